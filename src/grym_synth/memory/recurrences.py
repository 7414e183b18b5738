"""Where a recording holds what another one holds, or itself at another time: hints, proven word by word.

The same break, loop or riff is found with another gain, a tempo up to 4 % off and a pitch up to a semitone off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..audio.prints.match import SAME_BITS, Fit, differing_bits, lay
from ..audio.prints.meter import FRAME_RATE, WordArray
from .aspects import FloatArray
from .print_index import Hint, PrintIndex

LEAST_S = 2.0  # a shorter repetition is not told
WHOLE = 0.85  # of both recordings: then they are the same recording, and no pattern

_LEAST_PERIOD_S = 0.3  # a shorter one is a tone or a roll, which lies on itself anywhere
_SEED = 25  # words that must fit for a start: 2 s
_AROUND = 10  # words around the hinted place where it is looked for
_SMOOTH = 13  # words over which bits are judged when a match is followed: 1 s
_ENDS = 0.36  # share of differing bits at which it ends
_MOST_SEEDS = 6  # places of one hint that are tried


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A stretch of a print that lies on a stretch of another one; times are seconds.

    similarity : 0..1, 1 for equal words, 0 for words that have nothing in common
    """

    row: int  # of the other print
    start_s: float
    end_s: float
    other_start_s: float
    other_end_s: float
    similarity: float
    speed: float
    shift: int

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def find_recurrences(
    words: WordArray, index: PrintIndex, *, own_row: int = -1, among: NDArray[np.bool_] | None = None
) -> list[Recurrence]:
    """What of these words recurs in the prints of an index: for each other print stretches that do not overlap.

    own_row, among : as of `PrintIndex.hints`
    """
    found: list[Recurrence] = []
    for hint in index.hints(words, own_row=own_row, among=among):
        other = index.prints[hint.row]
        for place in _seeds(hint, found):
            fit = _prove(words, other, hint, place)
            if fit is None:
                continue
            grown = _grow(words, other, place, fit)
            is_itself = hint.row == own_row and grown.other_start_s - grown.start_s < _LEAST_PERIOD_S
            if grown.length_s >= LEAST_S - 0.1 and not is_itself:
                found.append(replace(grown, row=hint.row))
    return _apart(found)


def _seeds(hint: Hint, found: Sequence[Recurrence]) -> list[int]:
    """Where seeds of that hint begin, spread over its voices; not where a match on its course is known already."""
    known = [
        each
        for each in found
        if each.row == hint.row
        and each.shift == hint.shift
        and abs((each.other_start_s - each.start_s) * FRAME_RATE - hint.ahead) < 2 * _AROUND
    ]
    free = [
        int(place)
        for place in hint.places
        if not any(each.start_s <= place / FRAME_RATE <= each.end_s for each in known)
    ]
    if len(free) > _MOST_SEEDS:
        free = [free[i] for i in np.linspace(0, len(free) - 1, _MOST_SEEDS).astype(int)]
    return free


def _prove(words: WordArray, other: WordArray, hint: Hint, place: int) -> Fit | None:
    """How the words around a place lie on the other print, when they do; a seed before and one after the place."""
    fits = []
    for begin in (place - 2, place - _SEED + 3):
        start = max(0, min(begin, len(words) - _SEED))
        seed = words[start : start + _SEED]
        around = (start + hint.ahead - _AROUND, start + hint.ahead + _AROUND)
        fit = lay(seed, other, starts=around, shifts=(hint.shift,)) if len(seed) == _SEED else None
        if fit is not None and fit.differing <= SAME_BITS:
            fits.append(replace(fit, start=fit.start - round((start - place) * fit.speed)))
    return min(fits, key=lambda fit: fit.differing, default=None)


def _grow(words: WordArray, other: WordArray, place: int, fit: Fit) -> Recurrence:
    """Follow a match both ways, at the speed that fits its longest part best, until the bits part."""
    best: tuple[int, int, float, float] | None = None
    for speed in dict.fromkeys((fit.speed, 1.0, *(fit.speed + step for step in (-0.01, 0.01)))):
        steps = np.arange(-place, len(words) - place)
        laid = np.round(fit.start + steps * speed).astype(int)
        inside = (laid >= 0) & (laid < len(other))
        share = np.ones(len(words))
        share[inside] = differing_bits(words[inside], other[laid[inside]], shift=fit.shift)
        # Silence in both is no sign either way: a rest belongs to what is around it.
        silent = inside.copy()
        silent[inside] = (words[inside] == 0) & (other[laid[inside]] == 0)
        smooth = _smoothed(np.where(silent, _ENDS, share))
        first, last = _run(smooth <= _ENDS, place)
        if best is None or last - first > best[1] - best[0] + 2:
            best = (first, last, speed, float(share[first:last].mean()) if last > first else 1.0)
    assert best is not None
    first, last, speed, differing = best
    start = fit.start + (first - place) * speed
    similarity = max(0.0, 1.0 - 2.0 * differing)
    times = [n / FRAME_RATE for n in (first, last, start, start + (last - first) * speed)]
    return Recurrence(-1, times[0], times[1], max(0.0, times[2]), times[3], similarity, speed, fit.shift)


def _smoothed(share: FloatArray) -> FloatArray:
    """Mean over a second around each word; at the ends over what there is."""
    kernel = np.ones(_SMOOTH)
    total = np.convolve(share, kernel, "same")
    count = np.convolve(np.ones(len(share)), kernel, "same")
    return np.asarray((total / count)[: len(share)])


def _run(holds: NDArray[np.bool_], place: int) -> tuple[int, int]:
    """The run of true values around a place, or next to it within half a second; empty where there is none."""
    near = np.flatnonzero(holds[max(0, place - 6) : place + 7]) + max(0, place - 6)
    if not len(near):
        return place, place
    at = int(near[np.abs(near - place).argmin()])
    before, after = np.flatnonzero(~holds[:at]), np.flatnonzero(~holds[at:])
    return (int(before[-1]) + 1 if len(before) else 0), (at + int(after[0]) if len(after) else len(holds))


def _apart(found: Sequence[Recurrence]) -> list[Recurrence]:
    """The longest first; what overlaps with one of the same print, here and there, by half is the same find."""
    kept: list[Recurrence] = []
    for each in sorted(found, key=lambda each: -each.length_s * (each.similarity + 0.1)):
        same = [other for other in kept if other.row == each.row]
        if not any(_overlap(each, other) > 0.5 * each.length_s for other in same):
            kept.append(each)
    return kept


def _overlap(a: Recurrence, b: Recurrence) -> float:
    return min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
