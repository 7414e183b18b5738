"""Notes: what they are, and the notes of a melody."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray
from .melody import Melody
from .pitch_candidates import FRAME_RATE

_NEW_PITCH = 0.7  # semitones
_STRUCK_AGAIN_DB = 4.0  # rise of the level within 40 ms
_SHORTEST_FRAMES = 5
_SAME_START_FRAMES = 8
_DYNAMIC_RANGE_DB = 40.0

#: Log odds that a note starts within 50 ms and has the right pitch: constant, mean log odds of its frames, log of its
#: length over 0.15 s (0..1). Long notes may hide a start. Fitted to rendered solo lines of 24 instruments.
_WEIGHTS = (1.26, 0.32, -1.16)


@dataclass(frozen=True, slots=True)
class Note:
    """One note; times in seconds, `midi` a whole number, velocity and confidence 0..1."""

    start_s: float
    end_s: float
    midi: int
    velocity: float
    confidence: float


def melody_notes(melody: Melody) -> list[Note]:
    """The melody cut into notes: where the pitch jumps, where it stops, and where the same pitch is struck again."""
    starts, ends = _cut(melody)
    if not len(starts):
        return []
    loudest = float(np.max(melody.level_db))
    notes = []
    for start, end in zip(starts, ends, strict=True):
        level = float(np.max(melody.level_db[start:end]))
        notes.append(
            Note(
                start_s=start / FRAME_RATE,
                end_s=end / FRAME_RATE,
                midi=round(float(np.median(melody.midi[start:end]))),
                velocity=velocity_of(level - loudest),
                confidence=_chance(float(melody.confidence[start:end].mean()), (end - start) / FRAME_RATE),
            )
        )
    return notes


def _chance(confidence: float, length_s: float) -> float:
    p = min(max(confidence, 0.01), 0.99)
    length = min(1.0, max(0.0, math.log(length_s / 0.15)))
    odds = _WEIGHTS[0] + _WEIGHTS[1] * math.log(p / (1.0 - p)) + _WEIGHTS[2] * length
    return 1.0 / (1.0 + math.exp(-odds))


def velocity_of(level_db: float) -> float:
    """0..1 for a level beside the loudest, over a range of 40 dB."""
    return min(1.0, max(0.05, 1.0 + level_db / _DYNAMIC_RANGE_DB))


def _cut(melody: Melody) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First frames and ends of the notes that last 50 ms or more."""
    midi, n = melody.midi, len(melody.midi)
    voiced = ~np.isnan(midi)
    before = np.concatenate([[np.nan], midi[:-1]])
    begins = voiced & ~(np.abs(midi - before) < _NEW_PITCH)
    # The level of a new pitch rises a little after or before the pitch is there: that is no second note.
    around = np.lib.stride_tricks.sliding_window_view(np.pad(begins, _SAME_START_FRAMES), 2 * _SAME_START_FRAMES + 1)
    begins |= voiced & _struck(melody.level_db) & ~around.any(axis=1)
    stops = ~voiced & ~np.isnan(before)
    edges = np.append(np.flatnonzero(begins | stops), n)
    lasting = voiced[edges[:-1]] & (np.diff(edges) >= _SHORTEST_FRAMES)
    return edges[:-1][lasting], edges[1:][lasting]


def _struck(level_db: FloatArray) -> NDArray[np.bool_]:
    """Frames in which the level rises most steeply, by 4 dB or more within 40 ms."""
    rise = np.zeros(len(level_db))
    if len(level_db) > 4:
        rise[2:-2] = level_db[4:] - level_db[:-4]
    padded = np.pad(rise, 6, constant_values=-np.inf)
    highest = np.max(np.lib.stride_tricks.sliding_window_view(padded, 13), axis=1) if len(rise) else rise
    return np.asarray((rise >= _STRUCK_AGAIN_DB) & (rise == highest))
