"""Whether two prints hold the same sound: words laid over each other, short sounds level by level.

Of words that belong to different sounds half of the bits differ, give or take a few in a hundred once two seconds are
compared; of the same sound, after a codec, half a hop of time, a semitone or 4 % of tempo, a tenth to a fifth do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray
from .meter import N_BITS, WordArray

LevelArray: TypeAlias = NDArray[np.uint8]

SAME_BITS = 0.30  # largest share of bits that may differ; see benchmarks/LOG.md
SAME_LEVELS_DB = 1.7  # largest mean difference of short sounds
SHORT_FRAMES = 48  # a print of at most so many words (4 s) is compared by its levels
FLOOR_DB = -45.0  # below the loudest: levels are cut off there

_SPEEDS = (1.0, 0.98, 1.02, 0.96, 1.04)
_SHIFTS = (0, 1, -1)
_LEAST_LENGTH = 0.6  # of the longer one, that the shorter one must have to be the same recording
_MOST_APART = 40  # words, 3 s: how much may be trimmed away at the beginning
_TELLING = 250  # words, 20 s: more of them say nothing new
_LEAST_SOUNDING = 0.5  # share of the words compared that must not be silence


@dataclass(frozen=True, slots=True)
class Fit:
    """How a stretch of one print lies on another.

    differing : share of the bits that differ, 0..1
    start : word of the other print on which the first word lies
    speed : words of the other print for each word of the stretch
    shift : semitones by which the other one is higher
    """

    differing: float
    start: int
    speed: float
    shift: int


def shifted(words: WordArray, semitones: int) -> tuple[WordArray, np.uint64]:
    """The words of the same sound so much higher, and which of their bits are known then; -63 to 63."""
    every = (1 << N_BITS) - 1
    if semitones >= 0:
        return words << np.uint64(semitones), np.uint64((every << semitones) & every)
    return words >> np.uint64(-semitones), np.uint64(every >> -semitones)


def lay(
    stretch: WordArray,
    other: WordArray,
    *,
    starts: tuple[int, int] | None = None,
    speeds: Sequence[float] = _SPEEDS,
    shifts: Sequence[int] = _SHIFTS,
) -> Fit | None:
    """Where a stretch lies best within another print; None when it is longer than that, or one of them is silent.

    starts : first and last word of the other print to try; default: all
    """
    best: Fit | None = None
    for speed in speeds:
        steps = np.round(np.arange(len(stretch)) * speed).astype(int)
        first, last = (0, len(other)) if starts is None else starts
        first, last = max(0, first), min(last, len(other) - 1 - int(steps[-1] if len(steps) else 0))
        if last < first or not len(stretch):
            continue
        laid = other[np.arange(first, last + 1)[:, None] + steps]
        sounding = (laid != 0) & (stretch != 0)
        count = sounding.sum(axis=1)
        for shift in shifts:
            moved, known = shifted(stretch, shift)
            bits = np.bitwise_count((laid ^ moved) & known)
            share = (bits * sounding).sum(axis=1) / (np.maximum(count, 1) * (N_BITS - abs(shift)))
            share[count < _LEAST_SOUNDING * len(stretch)] = 1.0
            at = int(share.argmin())
            if share[at] < (best.differing if best else 1.0):
                best = Fit(float(share[at]), first + at, speed, shift)
    return best


def differing_bits(a: WordArray, b: WordArray, *, shift: int = 0) -> FloatArray:
    """Share of differing bits of words that lie side by side; 1 where one of them is silent."""
    moved, known = shifted(a, shift)
    share = np.bitwise_count((moved ^ b) & known) / (N_BITS - abs(shift))
    return np.asarray(np.where((a != 0) & (b != 0), share, 1.0))


def are_alike(a: WordArray, b: WordArray) -> float | None:
    """Share of differing bits where the middle of the shorter one lies best on the longer one.

    None where their lengths, or the places where they would have to begin, rule out that they are one recording.
    """
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) < _LEAST_LENGTH * len(long):
        return None
    margin = max(min(_MOST_APART, len(short) // 4), (len(short) - _TELLING) // 2)
    around = (margin - _MOST_APART, margin + _MOST_APART + len(long) - len(short))
    fit = lay(short[margin : len(short) - margin], long, starts=around, speeds=(1.0,), shifts=(0,))
    return None if fit is None else fit.differing


def quantised(levels: FloatArray) -> LevelArray:
    """Levels of a short print in half decibels above the floor, which lies 45 dB below the loudest."""
    if not levels.size:
        return np.zeros((0, N_BITS + 1), np.uint8)
    above = np.clip(levels - levels.max() - FLOOR_DB, 0.0, None)
    return np.asarray(np.round(2.0 * above), np.uint8)


def level_distance(a: LevelArray, b: LevelArray) -> float:
    """Mean difference in dB of the quantised levels of two short prints, where one of them sounds; inf for silence."""
    best = np.inf
    for moved in (-1, 0, 1):  # words: an encoder may put a little silence in front
        x, y = a[max(0, moved) :], b[max(0, -moved) :]
        n = max(len(x), len(y))
        left = np.pad(x.astype(np.float32), ((0, n - len(x)), (0, 0)))
        right = np.pad(y.astype(np.float32), ((0, n - len(y)), (0, 0)))
        sounding = (left > 10) | (right > 10)  # 5 dB above the floor
        if sounding.any():
            best = min(best, float(np.abs(left - right)[sounding].mean()) / 2.0)
    return best
