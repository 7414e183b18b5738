"""Passages that answer a question: by words and by meaning, judged together, each told once, or none at all.

Words find what names the thing, vectors what speaks of it in other words. Both lists are judged by one line of weights
that was fitted to questions about documentation (`benchmarks/retrieval.py`); what even the best passage does not
reach is refused. What a page says of its own rank is a text like any other: a word counts once, however often it stands
there.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..errors import BadSetup
from ..storage.knowledge import Knowledge
from ..storage.knowledge_rows import Passage
from .terms import stem, stems_of, terms_of
from .vectors import Encode, Rows, Vectors

_POOL = 60  # passages that words, and as many that vectors, put forward
_LEAST_STEM = 4  # letters by which forms of a word are looked for; shorter ones begin too many others
_KEPT = 5_000  # words whose passages are counted once
_COMMON = 4_000  # passages that hold a word above which it alone puts none forward
_OFTEN, _MUCH = 4, 0.2  # times, and share of a text, above which a word stands there only to be found
_ALIKE = 0.85  # share of words above which two passages say the same
_DIVERSITY = 0.25  # of the score that likeness to what is shown already takes away
MOST = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of a passage beside a question; each in 0..1."""

    cosine: float  # of meanings; 0 without vectors
    covered: float  # share of the question's words that it holds, rare ones weighing more
    headed: float  # the same of its title and section
    near: float  # share of the question's neighbours that are neighbours here
    words: float  # its place among those that words put forward


@dataclass(frozen=True, slots=True)
class Weights:
    """A line through what was judged: the score, 0.5 where as many are right as wrong."""

    cosine: float
    covered: float
    headed: float
    near: float
    words: float
    bias: float

    def score(self, each: Judged) -> float:
        line = (
            self.cosine * each.cosine + self.covered * each.covered + self.headed * each.headed
            + self.near * each.near + self.words * each.words + self.bias
        )  # fmt: skip
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, line))))


LEAST = 0.5  # score below which the best passage is no answer
WITH_VECTORS = Weights(cosine=9.74, covered=1.88, headed=0.0, near=0.0, words=0.36, bias=-4.95)
WORDS_ALONE = Weights(cosine=0.0, covered=6.28, headed=2.22, near=2.08, words=1.42, bias=-5.51)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage, how surely it answers, and the words of the question that it holds."""

    passage: Passage
    score: float
    matched: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()  # other addresses that say the same


@dataclass(frozen=True, slots=True)
class Found:
    """The passages found, best first; `refused` when even the first is no answer."""

    hits: tuple[Hit, ...]
    looked_for: tuple[str, ...]
    searched: int  # passages that were there to be found
    refused: bool


class Search:
    """One for each hub.

    encode : the sentence encoder; None: by words alone
    """

    def __init__(self, knowledge: Knowledge, encode: Encode | None) -> None:
        self.knowledge = knowledge
        self._encode = encode
        self._vectors = Vectors(knowledge)
        self._turn = threading.Lock()
        self._seq, self._count = -1, 0
        self._holding: dict[str, int] = {}  # passages that hold a word, of those asked for lately

    def find(self, question: str, k: int = 10, *, domain: str = "") -> Found:
        """The k passages that answer best, those of one `domain` where it is named."""
        terms = terms_of(question)
        count, held = self._held(terms)
        query = self._vector_of(question) if terms else None
        by_words = self._by_words(terms, held)
        by_meaning = [] if query is None else self._vectors.nearest(query, _POOL if not domain else 10 * _POOL)
        ids = list(dict.fromkeys([*by_words, *(each for each, _ in by_meaning)]))
        vectors = {} if query is None else self._vectors.of(ids)
        rarity = {stem(term): _rarity(holding, count) for term, holding in held.items()}
        hits = []
        for passage in self.knowledge.passages(ids):
            if domain and passage.domain != domain:
                continue
            cosine = float(vectors[passage.id] @ query) if query is not None and passage.id in vectors else 0.0
            judged = judge(passage, terms, rarity, cosine, by_words.get(passage.id, 0.0))
            matched = tuple(term for term in terms if stem(term) in {*stems_of(passage.text)})
            weights = WITH_VECTORS if passage.id in vectors else WORDS_ALONE  # of what has no vector yet, words tell
            hits.append(Hit(passage, weights.score(judged), matched))
        hits.sort(key=lambda hit: (-hit.score, hit.passage.id))
        refused = not hits or hits[0].score < LEAST
        chosen = _diverse(_folded(hits[: 4 * k + 20]), min(k, MOST), vectors)
        return Found(tuple(chosen), terms, count, refused)

    def _vector_of(self, question: str) -> Rows | None:
        """None without the pack, or where it is damaged: words find a passage all the same."""
        try:
            return None if self._encode is None else self._encode(question)
        except BadSetup:
            return None

    def _held(self, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        """How many passages there are, and how many hold each word, counted no further than `_COMMON`."""
        with self._turn:
            if (seq := self.knowledge.seq) != self._seq or len(self._holding) > _KEPT:
                self._seq, self._count, self._holding = seq, self.knowledge.count(), {}
            for term in terms:
                if term not in self._holding:
                    self._holding[term] = self.knowledge.holding(_quoted(term), _COMMON)
            return self._count, {term: self._holding[term] for term in terms}

    def _by_words(self, terms: Sequence[str], held: Mapping[str, int]) -> dict[int, float]:
        """Passages with the rarest of the words, each with its score relative to the best.

        Common words alone would make the store go through most of the passages: they come in only together.
        """
        known = sorted((term for term in terms if held[term]), key=lambda term: held[term])
        if not known:
            return {}
        rare, total = list[str](), 0
        for term in known:
            if rare and total + held[term] > _COMMON:
                break
            rare.append(_quoted(term))
            total += held[term]
        if total >= _COMMON and len(known) > 1:  # all of them are common
            rare = [f"({_quoted(known[0])} AND {_quoted(known[1])})"]
        found = self.knowledge.match(" OR ".join(rare), _POOL)
        best = max((abs(score) for _, score in found), default=0.0)
        return {each: abs(score) / best if best else 0.0 for each, score in found}


def judge(passage: Passage, terms: Sequence[str], rarity: Mapping[str, float], cosine: float, words: float) -> Judged:
    """What is known of a passage beside the words of a question."""
    wanted = [stem(term) for term in terms]
    body, head = stems_of(passage.text), {*stems_of(f"{passage.title} {passage.section}")}
    inside = {*body}
    total = sum(rarity.get(each, 1.0) for each in wanted) or 1.0
    covered = sum(rarity.get(each, 1.0) for each in wanted if each in inside or each in head) / total
    headed = sum(rarity.get(each, 1.0) for each in wanted if each in head) / total
    pairs, here = {*pairwise(wanted)}, {*pairwise(body)}
    near = len(pairs & here) / len(pairs) if pairs else 0.0
    if _is_stuffed([*stems_of(passage.section), *body], {*wanted}):
        return Judged(max(0.0, cosine), covered / 2, 0.0, 0.0, 0.0)
    return Judged(max(0.0, cosine), covered, headed, near, words)


def _is_stuffed(words: Sequence[str], wanted: set[str]) -> bool:
    """Whether words of the question stand there to be found: beside themselves, or as a large part of the text."""
    if any(a == b for a, b in pairwise(words) if a in wanted):
        return True
    most = max((words.count(each) for each in wanted), default=0)
    return most > _OFTEN and most > _MUCH * len(words)


def _rarity(holding: int, count: int) -> float:
    """How much a word tells: 1 for one that a single passage holds, or none; near 0 for one that most hold."""
    return max(0.05, math.log((count + 1) / (holding + 0.5)) / math.log(count + 2)) if count else 1.0


def _quoted(term: str) -> str:
    """A word for the full-text search, in all its forms: quoted, it is no operator."""
    start = stem(term)
    return f'"{start}"*' if len(start) >= _LEAST_STEM else f'"{term}"'


def _folded(hits: Sequence[Hit]) -> list[Hit]:
    """Passages of other sources that say the same in the same words are told with the best of them."""
    kept: list[tuple[Hit, frozenset[str]]] = []
    copies: dict[int, list[str]] = {}
    for hit in hits:
        words = frozenset(stems_of(hit.passage.text))
        same = next((other for other, its in kept if _share(words, its) >= _ALIKE), None)
        if same is None:
            kept.append((hit, words))
            copies[hit.passage.id] = [*hit.passage.copies]
        elif hit.passage.address not in (same.passage.address, *copies[same.passage.id]):
            copies[same.passage.id].append(hit.passage.address)
    return [Hit(hit.passage, hit.score, hit.matched, tuple(copies[hit.passage.id])) for hit, _ in kept]


def _share(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def _diverse(hits: Sequence[Hit], k: int, vectors: Mapping[int, Rows]) -> list[Hit]:
    """The best first; behind it those that are good and say something else (maximal marginal relevance)."""
    left, chosen = list(hits), list[Hit]()
    closest = dict.fromkeys((hit.passage.id for hit in left), 0.0)
    while left and len(chosen) < k:
        best = max(left, key=lambda hit: (hit.score * (1 - _DIVERSITY * closest[hit.passage.id]), -hit.passage.id))
        left.remove(best)
        chosen.append(best)
        if (vector := vectors.get(best.passage.id)) is not None:
            for hit in left:
                if (other := vectors.get(hit.passage.id)) is not None:
                    alike = float(np.clip(vector @ other, 0.0, 1.0))
                    closest[hit.passage.id] = max(closest[hit.passage.id], alike)
    return chosen
