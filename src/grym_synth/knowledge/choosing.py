"""Of what was judged, what is shown: each thing once, and not the same again in other words while there is another."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..storage.knowledge_rows import Passage
from .vectors import Rows

_ALIKE = 0.85  # share of words above which two passages say the same
_ANOTHER = 0.85  # cosine up to which two passages mean different things
_DIVERSITY = 2.0  # that saying the same again takes from the line of a score


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, how surely it answers, and the words of the question that it holds."""

    passage: Passage
    score: float
    matched: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()  # other addresses that say the same


def folded(hits: Sequence[Hit], stems: Mapping[int, Sequence[str]]) -> list[Hit]:
    """Passages of other sources that say the same in the same words are told with the best of them."""
    kept: list[tuple[Hit, frozenset[str]]] = []
    copies: dict[int, list[str]] = {}
    for hit in hits:
        words = frozenset(stems[hit.passage.id])
        same = next((other for other, its in kept if _share(words, its) >= _ALIKE), None)
        if same is None:
            kept.append((hit, words))
            copies[hit.passage.id] = [*hit.passage.copies]
        elif hit.passage.address not in (same.passage.address, *copies[same.passage.id]):
            copies[same.passage.id].append(hit.passage.address)
    return [replace(hit, copies=tuple(copies[hit.passage.id])) for hit, _ in kept]


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    if not a or not b or min(len(a), len(b)) < _ALIKE * max(len(a), len(b)):
        return 0.0
    return len(a & b) / len(a | b)


def diverse(hits: Sequence[Hit], k: int, vectors: Mapping[int, Rows]) -> list[Hit]:
    """The best first; behind it those that are good, and of two that mean nearly the same the other one later.

    References
    ----------
    Carbonell and Goldstein, The Use of MMR, Diversity-Based Reranking (1998); here with a bound below which two
    passages are taken to mean different things.
    """
    nothing = np.zeros(next((len(row) for row in vectors.values()), 1), np.float32)
    rows = np.array([vectors.get(hit.passage.id, nothing) for hit in hits], np.float32)
    again = _DIVERSITY * np.clip((rows @ rows.T - _ANOTHER) / (1.0 - _ANOTHER), 0.0, 1.0)
    worth = np.array([_line(hit.score) for hit in hits])
    chosen: list[Hit] = []
    loss = np.zeros(len(hits))
    while len(chosen) < min(k, len(hits)):
        best = int(np.argmax(worth - loss))
        chosen.append(hits[best])
        worth[best] = -math.inf
        loss = np.maximum(loss, again[best])
    return chosen


def _line(score: float) -> float:
    """What a score was made of."""
    score = min(max(score, 1e-13), 1.0 - 1e-13)
    return math.log(score / (1.0 - score))
