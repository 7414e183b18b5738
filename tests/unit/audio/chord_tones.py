"""Chords of harmonic tones, and the peaks that are heard in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.spectra.pitch_peaks import PitchPeaks, PitchPeaksMeter

SHAPES = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10),
    "dim": (0, 3, 6), "aug": (0, 4, 8), "sus4": (0, 5, 7),
}  # fmt: skip
SR = 22050


def voice(root: int, quality: str = "maj", bass: int = 0) -> tuple[int, ...]:
    """MIDI notes of a chord in close position about C4, with `bass` (a number of its notes) below."""
    shape = SHAPES[quality]
    return (36 + (root + shape[bass]) % 12, *sorted(57 + (root + x - 57) % 12 for x in shape))


def play(
    chords: Sequence[Sequence[int]], seconds: float = 1.0, sr: int = SR, *, cents: float = 0.0, lead_in: float = 0.3
) -> FloatArray:
    """One chord after the other, each note with six falling partials; an empty one is silence."""
    t = np.arange(round(seconds * sr)) / sr
    fade = np.minimum(1.0, t / 0.01) * np.exp(-1.5 * t)
    parts = [np.zeros(round(lead_in * sr))]
    for chord in chords:
        f = [440.0 * 2.0 ** ((m - 69 + cents / 100.0) / 12.0) for m in chord]
        tones = [0.6**h * np.sin(2 * np.pi * (h + 1) * f0 * t) for f0 in f for h in range(6) if (h + 1) * f0 < sr / 2]
        parts.append(0.1 * fade * np.sum(tones, axis=0) if tones else np.zeros(len(t)))
    return np.concatenate(parts).astype(np.float32)


def hear(y: FloatArray, sr: int = SR, block: int = 65536) -> PitchPeaks:
    meter = PitchPeaksMeter(sr)
    for i in range(0, len(y), block):
        meter.feed(y[i : i + block])
    return meter.finish()
