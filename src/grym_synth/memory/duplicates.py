"""The same recording in another file: another codec, gain, sample rate, a second trimmed away.

Every print has a short summary. The nearest summaries are candidates; the words of longer recordings, and the levels of
short ones, then prove or disprove each. So a library needs no inverted index, and one question costs one scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..audio.prints.match import SAME_BITS, SAME_LEVELS_DB, are_alike, level_distance
from ..storage.prints import Prints, StoredPrint
from .aspects import FloatArray

CANDIDATES = 24
_COARSE = 500  # candidates that the pooled summaries leave to the whole ones
_POOL = 10  # numbers of a summary that are told as one, so that going through all of them takes a tenth
_LEAST_WORDS = 12  # that sound, in both: fewer words prove nothing
_FAR = 20.0  # squared distance of summaries beyond which it is another recording; one in a hundred is further apart


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same recording in another file; similarity 0..1, 1 when nothing differs."""

    sha256: str
    similarity: float


def same_recording(a: StoredPrint, b: StoredPrint) -> float | None:
    """How alike two files of one recording are, 0..1; None when they are of different recordings."""
    if float(np.square(a.summary - b.summary).sum()) > _FAR:
        return None
    if len(a.levels) and len(b.levels):
        apart = level_distance(a.levels, b.levels)
        return max(0.0, 1.0 - apart / 10.0) if apart <= SAME_LEVELS_DB else None
    if min(np.count_nonzero(a.words), np.count_nonzero(b.words)) < _LEAST_WORDS:
        return None
    differing = are_alike(a.words, b.words)
    return 1.0 - differing if differing is not None and differing <= SAME_BITS else None


class Duplicator(Protocol):
    """Whoever finds duplicates."""

    def of(self, asked: StoredPrint) -> Sequence[Duplicate]: ...


class Duplicates:
    """Finds duplicates among all prints of a store; what came since the last question is read with the next."""

    def __init__(self, prints: Prints) -> None:
        self._prints = prints
        self._latest = 0
        self._sha256: list[str] = []
        self._summaries: NDArray[np.float16] = np.zeros((0, 0), np.float16)
        self._pooled: FloatArray = np.zeros((0, 0), np.float32)
        self._norms: FloatArray = np.zeros(0, np.float32)

    def of(self, asked: StoredPrint) -> list[Duplicate]:
        """The duplicates of a print, the most alike first; contents equal to its own are none."""
        self._catch_up()
        if not len(self._summaries) or not asked.summary.any():
            return []
        # Pooled summaries are never further apart than the whole ones: what is near stays among the candidates.
        pooled = _pooled(asked.summary[None])[0]
        roughly = self._norms - np.float32(2.0) * (pooled @ self._pooled) + np.square(pooled).sum()
        some = np.flatnonzero(roughly < _FAR)
        some = some[_least(roughly[some], _COARSE)]
        apart = np.square(self._summaries[some].astype(np.float32) - asked.summary).sum(axis=1)
        names = [self._sha256[some[i]] for i in _least(apart, CANDIDATES) if apart[i] < _FAR]
        found = []
        for sha256, other in self._prints.of([name for name in names if name != asked.sha256]).items():
            similarity = same_recording(asked, other)
            if similarity is not None:
                found.append(Duplicate(sha256, similarity))
        return sorted(found, key=lambda each: -each.similarity)

    def _catch_up(self) -> None:
        fresh = list(self._prints.summaries(after=self._latest))
        if not fresh:
            return
        self._latest = fresh[-1][0]
        again = {sha256 for _, sha256, _ in fresh}
        stay = [i for i, sha256 in enumerate(self._sha256) if sha256 not in again]
        new = np.array([summary for _, _, summary in fresh], np.float16)
        self._sha256 = [*(self._sha256[i] for i in stay), *(sha256 for _, sha256, _ in fresh)]
        self._summaries = np.concatenate([self._summaries[stay], new]) if stay else new
        pooled = _pooled(self._summaries)
        # A column for each print: a row at a time is added up, four times as fast as a product for each print.
        self._pooled, self._norms = np.ascontiguousarray(pooled.T), np.square(pooled).sum(axis=1)


def _pooled(summaries: NDArray[np.floating[Any]]) -> FloatArray:
    """Sums of neighbours, scaled so that no distance grows."""
    sums = summaries.reshape(len(summaries), -1, _POOL).sum(axis=2, dtype=np.float32)
    return np.asarray(sums / np.sqrt(_POOL), np.float32)


def _least(values: FloatArray, count: int) -> NDArray[np.intp]:
    """Places of the least values, in no order."""
    return np.arange(len(values)) if len(values) <= count else np.argpartition(values, count)[:count]


def folded(order: Sequence[str], prints: Mapping[str, StoredPrint]) -> dict[str, list[str]]:
    """Contents in their order, each with the later ones that are the same recording and stand nowhere else."""
    known = [sha256 for sha256 in order if sha256 in prints]
    if not known:
        return {sha256: [] for sha256 in order}
    summaries = np.array([prints[sha256].summary for sha256 in known], np.float32)
    squares = np.square(summaries).sum(axis=1)
    is_near = squares[:, None] + squares[None, :] - 2.0 * summaries @ summaries.T <= _FAR + 1.0
    place = {sha256: i for i, sha256 in enumerate(known)}
    kept: dict[str, list[str]] = {}
    for sha256 in order:
        candidates = [
            each for each in kept if sha256 in place and each in place and is_near[place[sha256], place[each]]
        ]
        same = (each for each in candidates if same_recording(prints[each], prints[sha256]) is not None)
        first = next(same, None)
        if first is None:
            kept[sha256] = []
        else:
            kept[first].append(sha256)
    return kept
