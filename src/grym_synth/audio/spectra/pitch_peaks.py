"""Peaks of long spectra, frame by frame: what pitch is heard from. No spectra are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import fft
from .decimate import Decimator
from .frames import FloatArray, Framer
from .rows import Rows

WINDOW = 0.3715  # seconds, at every sample rate: 16384 samples at 44.1 kHz
F_MIN, F_MAX = 38.0, 5000.0

_PEAKS_PER_FRAME = 48
_LEAST_RATE_HZ = 10_800.0  # to which the signal is thinned out: leaves a filter room above F_MAX
_AT_ONCE = 48  # frames
_TILE = 64  # bins whose moving means are one product
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

    def block(self, start: int, stop: int) -> PitchPeaks:
        """The peaks of the frames `start` to `stop` - 1, with frames counted from `start`."""
        start, stop, _ = slice(start, stop).indices(self.n_frames)
        first, last = np.searchsorted(self.frame, (start, max(start, stop)))
        inside = slice(int(first), int(last))
        return PitchPeaks(
            self.frame[inside] - np.int32(start),
            self.midi[inside],
            self.magnitude[inside],
            self.prominence[inside],
            max(0, stop - start),
            self.frame_rate,
            self.starts_from_silence and start == 0,
        )


class StoredPitchPeaks(PitchPeaks):
    """The same, of a recording of any length: read it in blocks. Its arrays are made anew at every access."""

    _rows: Rows
    _starts: NDArray[np.int64]

    def __init__(self, rows: Rows, starts: NDArray[np.int64], frame_rate: float, starts_from_silence: bool) -> None:
        """`rows` hold midi, magnitude and prominence; those of frame i begin at `starts[i]`, and the end is there."""
        for name, value in (
            ("_rows", rows),
            ("_starts", starts),
            ("n_frames", len(starts) - 1),
            ("frame_rate", frame_rate),
            ("starts_from_silence", starts_from_silence),
        ):
            object.__setattr__(self, name, value)

    def block(self, start: int, stop: int) -> PitchPeaks:
        start, stop, _ = slice(start, stop).indices(self.n_frames)
        starts = self._starts[start : max(start, stop) + 1]
        midi, magnitude, prominence = np.ascontiguousarray(self._rows[int(starts[0]) : int(starts[-1])].T)
        frame = np.repeat(np.arange(len(starts) - 1, dtype=np.int32), np.diff(starts))
        opening = self.starts_from_silence and start == 0
        return PitchPeaks(frame, midi, magnitude, prominence, len(starts) - 1, self.frame_rate, opening)

    @property
    def frame(self) -> NDArray[np.int32]:
        return self.block(0, self.n_frames).frame

    @property
    def midi(self) -> FloatArray:
        return self.block(0, self.n_frames).midi

    @property
    def magnitude(self) -> FloatArray:
        return self.block(0, self.n_frames).magnitude

    @property
    def prominence(self) -> FloatArray:
        return self.block(0, self.n_frames).prominence


class PitchPeaksMeter:
    """Feed mono blocks, then `finish()`."""

    def __init__(self, sr: int) -> None:
        self._sr = sr  # of what is fed
        self._decimator = Decimator(sr, max(1, int(sr / _LEAST_RATE_HZ)), F_MAX)
        self.sr = self._decimator.rate
        self.n_fft = fft.next_fast_len(max(256, round(WINDOW * self.sr)))
        self.hop_length = max(1, self.n_fft // 4)
        self._framer = Framer(self.n_fft, self.hop_length, _AT_ONCE)
        # Blackman: low side lobes, so that a loud bass note leaves no false peaks around itself.
        window = np.blackman(self.n_fft + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)
        bin_hz = self.sr / self.n_fft
        self._low = max(2, round(F_MIN / bin_hz))
        self._high = min(self.n_fft // 2 - 1, round(F_MAX / bin_hz))
        self._mean = MovingMean(self._high - self._low + 3, max(2, round(_NEIGHBOURHOOD_HZ / bin_hz)))
        self._rows = Rows(3)
        self._counts: list[NDArray[np.int64]] = []  # peaks of each frame
        self._samples = 0
        self._start_energy = self._opening_energy = 0.0

    def feed(self, y: FloatArray) -> None:
        self._hear_start(y)
        self._take(self._framer.feed(self._decimator.feed(y)))

    def finish(self) -> StoredPitchPeaks:
        self._take(self._framer.feed(self._decimator.flush()))
        self._take(self._framer.flush())
        starts = np.concatenate([[0], *self._counts]).cumsum()
        return StoredPitchPeaks(self._rows, starts, self.sr / self.hop_length, self._started_from_silence())

    def _hear_start(self, y: FloatArray) -> None:
        start, opening = (max(0, round(s * self._sr) - self._samples) for s in (0.002, 2.0))
        if opening:
            self._start_energy += float(np.square(y[:start], dtype=np.float64).sum())
            self._opening_energy += float(np.square(y[:opening], dtype=np.float64).sum())
        self._samples += len(y)

    def _started_from_silence(self) -> bool:
        opening = min(self._samples, 2 * self._sr) / self._sr
        loudness = self._opening_energy / max(opening, 0.002)
        return bool(self._start_energy / 0.002 < 10.0**-1.5 * loudness)

    def _take(self, chunks: Iterator[FloatArray]) -> None:
        for frames in chunks:
            spectrum = fft.rfft(frames * self._window)[:, self._low - 1 : self._high + 2]
            self._pick_peaks(np.abs(spectrum))

    def _pick_peaks(self, magnitude: FloatArray) -> None:
        """Keep the strongest local maxima of each row; column 0 is bin `_low - 1`."""
        n_rows, n_columns = magnitude.shape
        mean = self._mean(magnitude)
        inner = magnitude[:, 1:-1]
        is_peak = inner > magnitude[:, :-2]
        is_peak &= inner >= magnitude[:, 2:]
        is_peak &= inner > 1.5 * mean[:, 1:-1]
        is_peak &= inner > 1e-6
        at = np.flatnonzero(is_peak)
        row = at // (n_columns - 2)
        at += 2 * row + 1  # from places in `inner` to places in `magnitude`
        at, row = _strongest_of_each_row(at, row, magnitude.ravel()[at], n_rows)
        flat = magnitude.ravel()
        strength = flat[at]
        left, top, right = (np.log(np.maximum(flat[at + d], 1e-10)) for d in (-1, 0, 1))
        offset = 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-6)  # vertex of a parabola in dB
        bins = at % n_columns + (self._low - 1) + np.clip(offset, -0.5, 0.5).astype(np.float64)
        rows = np.empty((len(at), 3), np.float32)
        rows[:, 0] = 69.0 + 12.0 * np.log2(bins * (self.sr / self.n_fft / 440.0))
        rows[:, 1] = strength
        rows[:, 2] = strength / mean.ravel()[at]
        self._rows.append(rows)
        self._counts.append(np.bincount(row, minlength=n_rows))


class MovingMean:
    """Mean over 2 reach + 1 neighbours in rows of `n` columns; at the ends over those that exist.

    A product of matrices for each tile of columns: exact for weak neighbours of strong ones, unlike running sums.
    """

    def __init__(self, n: int, reach: int) -> None:
        self._tiles = []
        for start in range(0, n, _TILE):
            stop = min(start + _TILE, n)
            low, high = max(0, start - reach), min(n, stop + reach)
            distance = np.abs(np.arange(low, high)[:, None] - np.arange(start, stop))
            inside = (distance <= reach).astype(np.float32)
            self._tiles.append((slice(low, high), slice(start, stop), inside / inside.sum(axis=0)))

    def __call__(self, x: FloatArray) -> FloatArray:
        """`x` : np.ndarray [shape=(rows, n)], float32."""
        mean = np.empty_like(x)
        for inputs, outputs, weights in self._tiles:
            mean[:, outputs] = x[:, inputs] @ weights
        return mean


def moving_mean(x: FloatArray, reach: int) -> FloatArray:
    """Mean over 2 reach + 1 neighbours along the last axis; at the ends over those that exist."""
    n = x.shape[-1]
    total = np.zeros((*x.shape[:-1], n + 1))
    np.cumsum(x, axis=-1, out=total[..., 1:])
    i = np.arange(n)
    low, high = np.maximum(i - reach, 0), np.minimum(i + reach + 1, n)
    mean: FloatArray = ((total[..., high] - total[..., low]) / (high - low)).astype(np.float32)
    return mean


def _strongest_of_each_row(
    at: NDArray[np.intp], row: NDArray[np.intp], strength: FloatArray, n_rows: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places and rows of the 48 strongest peaks of each row (more where several are equal), in the order given."""
    counts = np.bincount(row, minlength=n_rows)
    most = int(counts.max(initial=0))
    if most <= _PEAKS_PER_FRAME:
        return at, row
    table = np.zeros((n_rows, most), np.float32)
    table[np.arange(most) < counts[:, None]] = strength
    table.partition(most - _PEAKS_PER_FRAME, axis=1)
    keep = strength >= table[row, most - _PEAKS_PER_FRAME]
    return at[keep], row[keep]
