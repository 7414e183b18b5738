"""Seeded material with known notes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def tone(hz: float, seconds: float, sr: int, partials: int = 8, fade_s: float = 0.01) -> np.ndarray:
    """A harmonic tone, level about -12 dBFS, with short fades."""
    t = np.arange(round(seconds * sr)) / sr
    y = sum(np.sin(2.0 * np.pi * hz * k * t) / k for k in range(1, partials + 1) if hz * k < sr / 2.2)
    ramp = np.minimum(1.0, np.minimum(t, seconds - t) / fade_s)
    return (0.2 * y * ramp).astype(np.float32)


def line(
    midis: Sequence[int], seconds: float, sr: int, gap_s: float = 0.03
) -> tuple[np.ndarray, list[tuple[float, float, int]]]:
    """One note after another from 0.2 s on; the sound, and (start, end, midi) of each note."""
    y = np.zeros(round((0.4 + len(midis) * seconds) * sr), np.float32)
    notes = []
    for i, midi in enumerate(midis):
        start = 0.2 + i * seconds
        sound = tone(440.0 * 2.0 ** ((midi - 69) / 12.0), seconds - gap_s, sr)
        first = round(start * sr)
        y[first : first + len(sound)] += sound
        notes.append((start, start + seconds - gap_s, midi))
    return y, notes


def drums(seconds: float, sr: int, seed: int = 1) -> np.ndarray:
    """Bursts of noise four times a second, dull and bright in turn."""
    rng = np.random.default_rng(seed)
    y = np.zeros(round(seconds * sr), np.float32)
    for i, start in enumerate(np.arange(0.1, seconds - 0.3, 0.25)):
        t = np.arange(round(0.2 * sr)) / sr
        hiss = rng.standard_normal(len(t))
        if i % 2 == 0:
            hiss = np.convolve(hiss, np.hanning(41) / 10.0, mode="same")
        first = round(start * sr)
        y[first : first + len(t)] += (0.3 * hiss * np.exp(-30.0 * t)).astype(np.float32)
    return y
