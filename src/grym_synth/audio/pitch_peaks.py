"""Peaks of long spectra, frame by frame: what pitch is heard from. No spectra are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from .frames import FloatArray, Framer

WINDOW = 0.3715  # seconds, at every sample rate: 16384 samples at 44.1 kHz
F_MIN, F_MAX = 38.0, 5000.0

_PEAKS_PER_FRAME = 48
_CHUNK_SAMPLES = 1 << 18  # window samples per FFT call, so that 384 kHz takes no more memory than 44.1 kHz
_NEIGHBOURHOOD_HZ = 88.0  # to either side, for the prominence of a peak


@dataclass(frozen=True, slots=True)
class PitchPeaks:
    """Spectral peaks of a recording, frame by frame; frame i is about the time i / frame_rate.

    frame : np.ndarray [shape=(peaks,)], int32, not falling
    midi : np.ndarray [shape=(peaks,)], float32, pitch as a MIDI number with fraction, 69 at 440 Hz
    magnitude : np.ndarray [shape=(peaks,)], float32, 1 for a full-scale sine
    prominence : np.ndarray [shape=(peaks,)], float32, magnitude over the mean of its surroundings
    starts_from_silence : bool, the first 2 ms are silent beside the first 2 s: not cut out of a longer recording
    """

    frame: NDArray[np.int32]
    midi: FloatArray
    magnitude: FloatArray
    prominence: FloatArray
    n_frames: int
    frame_rate: float
    starts_from_silence: bool


class PitchPeaksMeter:
    """Feed mono blocks, then `finish()`."""

    def __init__(self, sr: int) -> None:
        self.sr = sr
        self.n_fft = scipy.fft.next_fast_len(max(256, round(WINDOW * sr)), real=True)
        self.hop_length = max(1, self.n_fft // 4)
        self._framer = Framer(self.n_fft, self.hop_length)
        # Blackman: low side lobes, so that a loud bass note leaves no false peaks around itself.
        window = np.blackman(self.n_fft + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)
        bin_hz = sr / self.n_fft
        self._low = max(2, round(F_MIN / bin_hz))
        self._high = min(self.n_fft // 2 - 1, round(F_MAX / bin_hz))
        self._reach = max(2, round(_NEIGHBOURHOOD_HZ / bin_hz))
        self._peaks: list[tuple[NDArray[np.int32], FloatArray, FloatArray, FloatArray]] = []
        self._frames = 0
        self._samples = 0
        self._start_energy = self._opening_energy = 0.0

    def feed(self, y: FloatArray) -> None:
        self._hear_start(y)
        self._take(self._framer.feed(y))

    def finish(self) -> PitchPeaks:
        self._take(self._framer.flush())
        none = np.zeros(0, np.float32)
        frame, midi, magnitude, prominence = (
            np.concatenate(column) for column in zip((none, none, none, none), *self._peaks, strict=True)
        )
        rate = self.sr / self.hop_length
        return PitchPeaks(
            frame.astype(np.int32), midi, magnitude, prominence, self._frames, rate, self._started_from_silence()
        )

    def _hear_start(self, y: FloatArray) -> None:
        start, opening = (max(0, round(s * self.sr) - self._samples) for s in (0.002, 2.0))
        if opening:
            self._start_energy += float(np.square(y[:start], dtype=np.float64).sum())
            self._opening_energy += float(np.square(y[:opening], dtype=np.float64).sum())
        self._samples += len(y)

    def _started_from_silence(self) -> bool:
        opening = min(self._samples, 2 * self.sr) / self.sr
        loudness = self._opening_energy / max(opening, 0.002)
        return bool(self._start_energy / 0.002 < 10.0**-1.5 * loudness)

    def _take(self, chunks: Iterator[FloatArray]) -> None:
        rows = max(1, _CHUNK_SAMPLES // self.n_fft)
        for chunk in chunks:
            for i in range(0, len(chunk), rows):
                frames = chunk[i : i + rows]
                spectrum = scipy.fft.rfft(frames * self._window, axis=1)[:, self._low - 1 : self._high + 2]
                self._pick_peaks(spectrum.real**2 + spectrum.imag**2)
                self._frames += len(frames)

    def _pick_peaks(self, power: FloatArray) -> None:
        """Keep the strongest local maxima of each row; column 0 is bin `_low - 1`."""
        magnitude = np.sqrt(power)
        mean = moving_mean(magnitude, self._reach)
        inner = magnitude[:, 1:-1]
        is_peak = (inner > magnitude[:, :-2]) & (inner >= magnitude[:, 2:])
        is_peak &= (inner > 1.5 * mean[:, 1:-1]) & (inner > 1e-6)
        row, column = np.nonzero(is_peak)
        keep = _strongest_of_each_row(row, inner[row, column], len(power))
        row, column = row[keep], column[keep] + 1
        left, top, right = (np.log(np.maximum(power[row, column + d], 1e-20)) for d in (-1, 0, 1))
        offset = 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-6)  # vertex of a parabola in dB
        hz = (column + self._low - 1 + np.clip(offset, -0.5, 0.5)) * (self.sr / self.n_fft)
        strength = magnitude[row, column]
        self._peaks.append(
            (
                (row + self._frames).astype(np.int32),
                (69.0 + 12.0 * np.log2(hz / 440.0)).astype(np.float32),
                strength.astype(np.float32),
                (strength / mean[row, column]).astype(np.float32),
            )
        )


def moving_mean(x: FloatArray, reach: int) -> FloatArray:
    """Mean over 2 reach + 1 neighbours along the last axis; at the ends over those that exist."""
    n = x.shape[-1]
    total = np.zeros((*x.shape[:-1], n + 1))
    np.cumsum(x, axis=-1, out=total[..., 1:])
    i = np.arange(n)
    low, high = np.maximum(i - reach, 0), np.minimum(i + reach + 1, n)
    mean: FloatArray = ((total[..., high] - total[..., low]) / (high - low)).astype(np.float32)
    return mean


def _strongest_of_each_row(row: NDArray[np.intp], strength: FloatArray, n_rows: int) -> NDArray[np.intp]:
    """Indices of at most 48 elements of each row, in the order given."""
    order = np.lexsort((-strength, row))
    first = np.searchsorted(row[order], np.arange(n_rows))
    rank = np.arange(len(order)) - first[row[order]]
    return np.sort(order[rank < _PEAKS_PER_FRAME])
