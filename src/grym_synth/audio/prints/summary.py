"""What a print says on the whole: short vectors by which candidates are found, which the words then prove.

They see 120 Hz to 5 kHz only, and levels only against each other, so that codecs, sample rates and gains move them
little.
"""

from __future__ import annotations

import numpy as np

from ..spectra.frames import FloatArray
from .meter import FRAME_RATE, N_BITS, Print

SUMMARY_LENGTH = 2 * (N_BITS + 1)
FRAGMENT_S, FRAGMENT_STEP_S = 4.0, 2.0
FRAGMENTS_FROM_S = 8.0  # a shorter recording is its own fragment
MOST_FRAGMENTS = 900  # half an hour; of a longer one, further apart

_FLOOR_DB, _QUIET_DB = -50.0, -40.0  # below the loudest: levels are cut off; frames are left out
_POOLED = 3  # semitones that a fragment tells together, so that a shift of one matters little


def summarise(found: Print) -> FloatArray:
    """Mean and spread of the level of each band, in units of 10 dB, over the frames that sound; shape (130,)."""
    return _summary(found.levels, float(found.levels.max(initial=-200.0)))


def fragments(found: Print) -> list[tuple[float, float, FloatArray]]:
    """Start, end and vector (44 numbers) of stretches of 4 s; none for a short recording, silence left out."""
    n = len(found.levels)
    if n < FRAGMENTS_FROM_S * FRAME_RATE:
        return []
    length = round(FRAGMENT_S * FRAME_RATE)
    step = max(round(FRAGMENT_STEP_S * FRAME_RATE), -(-n // MOST_FRAGMENTS))
    told = []
    for start in range(0, n - length + 1, step):
        part = found.levels[start : start + length]
        if found.words[start : start + length].any():
            vector = fragment_vector(_summary(part, float(part.max())))
            told.append((start / FRAME_RATE, (start + length) / FRAME_RATE, vector))
    return told


def fragment_vector(summary: FloatArray) -> FloatArray:
    """A summary with three semitones told as one, around its mean; shape (44,)."""
    bands = N_BITS + 1
    groups = np.arange(0, bands, _POOLED)
    widths = np.diff(np.append(groups, bands))
    mean, spread = (np.add.reduceat(part, groups) / widths for part in (summary[:bands], summary[bands:]))
    return np.asarray(np.concatenate([mean - mean.mean(), spread]), np.float32)


def _summary(levels: FloatArray, loudest: float) -> FloatArray:
    if loudest < -95.0:
        return np.zeros(SUMMARY_LENGTH, np.float32)
    sounding = levels.max(axis=1) > loudest + _QUIET_DB
    level = np.maximum(levels[sounding] - loudest, _FLOOR_DB) / 10.0
    return np.concatenate([level.mean(axis=0), 2.0 * level.std(axis=0)]).astype(np.float32)
