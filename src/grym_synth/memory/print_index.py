"""Where parts of words occur in many prints: an inverted index in memory, and what it says may lie on what.

A word is looked up by four overlapping parts of 22 bits. Of the same sound, changed as `audio.prints.match` says, one
word in ten or so has a part that is still the same; so two seconds are found, and a word needs no equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.prints.match import shifted
from ..audio.prints.meter import WordArray

_BITS = 22
_PARTS = (1, 14, 28, 41)  # first bit of each: neither end, where a shift brings in bits that nobody knows
_MOST_ENTRIES = 40_000_000  # 320 MB: in a larger library only every second word, or third, is entered
_COMMON = 400  # entries of one key: more of them say little and cost much, so only the first are taken
_OF_COMMON = 16  # and by these a loop that lies in a thousand recordings is found all the same
_SLACK = 8  # words by which a course may wander: 4 % of 10 s, and a little
_VOTES = 2
SHIFTS = (0, 1, -1)


@dataclass(frozen=True, slots=True)
class Hint:
    """A course on which two prints may hold the same sound."""

    row: int  # of the print in the index
    shift: int  # semitones by which that one is higher
    ahead: int  # words by which it lies ahead, about
    places: NDArray[np.intp]  # words of the asking print that spoke for it, sorted


class PrintIndex:
    """Prints in the order given; row i is the i-th."""

    def __init__(self, prints: Sequence[WordArray]) -> None:
        self.prints = list(prints)
        lengths = np.array([len(words) for words in prints], np.int64)
        self._starts = np.concatenate([[0], np.cumsum(lengths)])
        every = np.concatenate([np.zeros(0, np.uint64), *prints])
        stride = max(1, -(-len(every) * len(_PARTS) // _MOST_ENTRIES))
        entered = np.flatnonzero(every != 0)[::stride]
        keys = keys_of(every[entered])
        # Key and place as one number, sorted where it lies: an order of its own would take as much room again.
        entries = keys.astype(np.uint64) << np.uint64(32) | np.tile(entered.astype(np.uint64), len(_PARTS))
        entries.sort()
        self._keys, self._places = (entries >> np.uint64(32)).astype(np.uint32), entries.astype(np.uint32)

    def hints(
        self, words: WordArray, *, own_row: int = -1, among: NDArray[np.bool_] | None = None, most: int = 300
    ) -> list[Hint]:
        """Courses that several words speak for, those with the most voices first.

        own_row : of the asking print itself, when it is in the index: only what comes later in it counts
        among : (rows,), which others are asked; default: all
        """
        asking = np.flatnonzero(words != 0)
        found: list[tuple[int, Hint]] = []
        for shift in SHIFTS:
            moved, _ = shifted(words[asking], shift)
            own, theirs = self._meet(keys_of(moved), np.tile(asking, len(_PARTS)))
            row = np.searchsorted(self._starts, theirs, side="right") - 1
            ahead = theirs - self._starts[row] - own
            others = row != own_row if among is None else among[row] & (row != own_row)
            news = others | ((row == own_row) & (ahead > _SLACK))
            found += _courses(own[news], ahead[news], row[news], shift)
        found.sort(key=lambda item: -item[0])
        return [hint for _, hint in found[:most]]

    def _meet(self, keys: NDArray[np.uint32], places: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Pairs of places, here and in the index, that have a key in common."""
        first = np.searchsorted(self._keys, keys, side="left")
        count = np.searchsorted(self._keys, keys, side="right") - first
        count = np.where(count > _COMMON, _OF_COMMON, count)
        telling = count > 0
        first, count, places = first[telling], count[telling], places[telling]
        ends = np.cumsum(count)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - count, count)
        return np.repeat(places, count), self._places[np.repeat(first, count) + within].astype(np.int64)


def keys_of(words: WordArray) -> NDArray[np.uint32]:
    """The parts of words, the first part of all of them first; which part it is stands in the highest bits."""
    mask = np.uint64((1 << _BITS) - 1)
    parts = [
        ((words >> np.uint64(first)) & mask).astype(np.uint32) | np.uint32(number << _BITS)
        for number, first in enumerate(_PARTS)
    ]
    return np.concatenate(parts)


def _courses(
    own: NDArray[np.intp], ahead: NDArray[np.int64], row: NDArray[np.intp], shift: int
) -> list[tuple[int, Hint]]:
    """Meetings gathered by row and by how far the other lies ahead; each with the number of words that speak for it."""
    told = []
    # A course is a bin of 16 words, twice as wide as it may wander, and begins at every 8th: no course is cut in two.
    bins = (ahead + (1 << 31)) // _SLACK
    for half in (0, 1):
        course = row.astype(np.int64) << 32 | (bins + half) // 2
        order = np.lexsort((own, course))
        course, places, aheads = course[order], own[order], ahead[order]
        begins = np.flatnonzero(np.diff(course, prepend=-1))
        ends = np.append(begins[1:], len(order))
        spoken = ends - begins >= _VOTES
        for begin, end in zip(begins[spoken], ends[spoken], strict=True):
            voices = np.unique(places[begin:end])
            if len(voices) >= _VOTES:
                middle = int(np.median(aheads[begin:end]))
                told.append((len(voices), Hint(int(course[begin] >> 32), shift, middle, voices)))
    return told
