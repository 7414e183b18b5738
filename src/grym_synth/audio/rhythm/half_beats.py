"""What sounds in each half of a beat: the halves, so that beats half a beat later can be looked at too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray
from ..spectra.pitch_peaks import PitchPeaks
from ..spectra.rows import RowsLike
from .onsets import BLOCK, loud_power

_LEVEL_GAIN = 1e4  # how far below the loudest bands a sound still counts: 40 dB
_PEAK_FRAMES = 512  # frames of peaks at a time
_HALVES = 64  # whose accents are looked for at once
_REACH_S = 0.03  # to either side of a beat, where its accent is looked for


@dataclass(frozen=True, slots=True)
class HalfBeats:
    """What is heard in each half of a beat; row 2 i begins with beat i, row 2 i + 1 in the middle of it.

    accent : shape (n, 3), pulse in the low, middle and high bands where the half begins
    level : shape (n, 20), mean log power in pairs of mel bands
    chroma, bass : shape (n, 12), strength of each pitch class from A2 up, and below G#3
    """

    accent: FloatArray
    level: FloatArray
    chroma: FloatArray
    bass: FloatArray


def hear_halves(
    mel: RowsLike,
    pulse: RowsLike,
    frame_rate: float,
    beats_s: FloatArray,
    peaks: PitchPeaks | None = None,
    early_s: float = 0.0,
    loud: float | None = None,
) -> HalfBeats:
    """What is heard in the halves of the beats, two for each but one for the last.

    pulse : as from `onsets.pulse_envelope`
    early_s : how much earlier than at its time a beat shows in `pulse`
    loud : as from `onsets.loud_power`, where it is known
    """
    edges = np.empty(2 * len(beats_s))
    edges[:-1:2] = beats_s
    edges[1:-1:2] = 0.5 * (beats_s[1:] + beats_s[:-1])
    edges[-1] = 2.0 * edges[-2] - edges[-3]
    at = np.round((edges[:-1] - early_s) * frame_rate).astype(int)
    accent = _accents(pulse, at, max(1, round(_REACH_S * frame_rate)))
    level = _mean_levels(mel, np.round(edges * frame_rate).astype(int), loud_power(mel) if loud is None else loud)
    chroma, bass = _pitch_classes(peaks, edges)
    return HalfBeats(accent, level, chroma, bass)


def _accents(pulse: RowsLike, at: NDArray[np.integer], reach: int) -> FloatArray:
    """The greatest pulse within `reach` frames of each of the frames `at`, which do not fall; shape (len(at), 3)."""
    accent = np.zeros((len(at), pulse.shape[1]), np.float32)
    for start in range(0, len(at), _HALVES):
        near = at[start : start + _HALVES, None] + np.arange(-reach, reach + 1)
        near.clip(0, len(pulse) - 1, out=near)
        first = int(near[0, 0])
        accent[start : start + _HALVES] = pulse[first : int(near[-1, -1]) + 1][near - first].max(axis=1)
    return accent


def _mean_levels(mel: RowsLike, edges: NDArray[np.integer], loud: float) -> FloatArray:
    """Mean log power between the frames `edges`, shape (edges - 1, 20)."""
    n_pairs = mel.shape[1] // 2
    sums = np.zeros((len(edges) - 1, n_pairs), np.float32)
    edges = edges.clip(0, len(mel))
    scale = np.float32(_LEVEL_GAIN / loud)
    for start in range(int(edges[0]), int(edges[-1]), BLOCK):
        stop = min(start + BLOCK, int(edges[-1]))
        level = mel[start:stop][:, : 2 * n_pairs] * scale
        level += np.float32(1.0)
        np.log(level, out=level)
        first = int(np.searchsorted(edges, start, "right")) - 1
        last = int(np.searchsorted(edges, stop, "left"))
        begins = np.maximum(edges[first:last] - start, 0)
        sums[first:last] += np.add.reduceat(level, begins, axis=0).reshape(last - first, n_pairs, 2).sum(axis=2)
    sums /= (2.0 * np.log(10.0) * np.diff(edges).clip(1)).astype(np.float32)[:, None]
    return sums


def _pitch_classes(peaks: PitchPeaks | None, edges: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Strength of the pitch classes, and of those in the bass, between the times `edges`, shape (edges - 1, 12)."""
    n = len(edges) - 1
    chroma, bass = np.zeros((n, 12), np.float32), np.zeros((n, 12), np.float32)
    if peaks is None or not peaks.n_frames:
        return chroma, bass
    half = np.searchsorted(edges, np.arange(peaks.n_frames) / peaks.frame_rate, "right") - 1
    for start in range(0, peaks.n_frames, _PEAK_FRAMES):
        block = peaks.block(start, start + _PEAK_FRAMES)
        row = half[start + block.frame]
        inside = (row >= 0) & (row < n)
        if not inside.any():
            continue
        row, midi = row[inside], block.midi[inside]
        first, count = int(row[0]), int(row[-1] - row[0]) + 1
        weight = np.minimum(block.prominence[inside], 16.0) * block.magnitude[inside] ** 0.75
        high = weight * ((midi >= 45.0) & (midi < 100.0))
        low = weight * ((56.0 - midi) / 12.0).clip(0.0, 1.0) * (midi >= 28.0)
        cell = 12 * (row - first) + np.round(midi).astype(int) % 12
        for total, strength in ((chroma, high), (bass, low)):
            total[first : first + count] += np.bincount(cell, strength, minlength=12 * count).reshape(count, 12)
    frames = np.bincount(half[(half >= 0) & (half < n)], minlength=n)[:, None].astype(np.float32) + np.float32(0.5)
    chroma /= frames
    bass /= frames
    return chroma, bass
