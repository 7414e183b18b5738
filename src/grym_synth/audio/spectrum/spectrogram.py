"""Spectra over time on demand: any window, any length, on a linear, mel or logarithmic scale of frequency.

Levels are in dBFS: a full-scale sine reads 0 at its frequency whatever the window; how near on the other scales, says
`transform`. Frames lie wholly inside what is fed, so the edges read no lower than the middle; sound shorter than one
frame is windowed as it is. However long the recording, no more than `MAX_CELLS` cells are kept: beyond that,
neighbouring frames become one row, the mean of their power.

References
----------
Heinzel, Rüdiger, Schilling (2002), "Spectrum and spectral density estimation by the DFT" (scaling by the window's sum).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...theory.pitch import frequency_to_midi, note_name
from ..spectra import fft
from ..spectra.frames import FloatArray, overlapping
from ..spectra.rows import Rows, RowsLike
from .peaks import Peak
from .transform import Transform, lobe_heights, make_bands, window_of

MAX_CELLS = 1 << 24  # 64 MB as they are stored
FLOOR_DBFS = -160.0  # what single precision cannot tell from nothing

_FLOOR = 10.0 ** (FLOOR_DBFS / 10.0)
_AT_ONCE = 1 << 18  # samples that are windowed and transformed together: they stay in the cache
_NEAR = 8  # bins of a whole frame to either side that a peak has to stand out of
_STANDS_OUT, _LEAST_OUT = 8.0, 1.6  # times their median power: in one frame, and in the mean of many


@dataclass(frozen=True, slots=True)
class Spectrogram:
    """Levels over time and frequency.

    levels : rows of shape (rows, bands), float32, dBFS, at least FLOOR_DBFS; earliest first, lowest band first
    centres_hz : np.ndarray [shape=(bands,)]
    mean_power : np.ndarray [shape=(n_fft // 2 + 1,)], of all frames, on the linear scale; a full-scale sine is 1
    first_s, row_s : centre of the first row, and from one row to the next, in seconds of what was fed
    frames_per_row : how many frames each row is the mean of
    frame_length : samples of one frame; fewer than n_fft when there was less sound
    lowest_dbfs, highest_dbfs : of all levels
    """

    levels: RowsLike
    centres_hz: FloatArray
    mean_power: FloatArray
    first_s: float
    row_s: float
    frames_per_row: int
    n_frames: int
    frame_length: int
    lowest_dbfs: float
    highest_dbfs: float


class SpectrogramMeter:
    """Feed mono blocks, then `finish()`.

    as_one : all frames become one row, their mean
    expected : samples that will be fed, if known: then frames are joined from the start and never a second time
    """

    def __init__(
        self, sr: int, transform: Transform, *, as_one: bool = False, expected: int = 0, max_cells: int = MAX_CELLS
    ) -> None:
        self.sr, self.transform, self.as_one = sr, transform, as_one
        self._scaled_window = _Windowed(transform.window, transform.n_fft)
        self.centres_hz, self._bank = make_bands(sr, transform)
        self._max_rows = max(2, max_cells // len(self.centres_hz) // 2 * 2)  # even, so that pairs come out
        frames = max(1, 1 + (expected - transform.n_fft) // transform.hop_length)
        self._per_row = 1 if as_one else -(-frames // self._max_rows)
        self._rows = Rows(len(self.centres_hz))
        self._row, self._in_row = np.zeros(len(self.centres_hz)), 0  # power and number of frames of the row under way
        self._total, self._n_frames = np.zeros(transform.n_fft // 2 + 1), 0
        self._pending, self._n_samples = np.zeros(0, np.float32), 0

    def feed(self, y: FloatArray) -> None:
        n_fft, hop = self.transform.n_fft, self.transform.hop_length
        self._n_samples += len(y)
        x = np.concatenate([self._pending, np.asarray(y, np.float32)])
        n = 1 + (len(x) - n_fft) // hop if len(x) >= n_fft else 0
        if n:
            frames = overlapping(x, n_fft, hop, n)
            at_once = max(1, _AT_ONCE // n_fft)
            for i in range(0, n, at_once):
                self._take(self._scaled_window.power(frames[i : i + at_once]))
        self._pending = x[n * hop :].copy()

    def finish(self) -> Spectrogram | None:
        """What there was; None when not one sample was fed."""
        n_fft, hop = self.transform.n_fft, self.transform.hop_length
        length = min(n_fft, self._n_samples)
        if not self._n_samples:
            return None
        if not self._n_frames:
            self.centres_hz, self._bank = make_bands(self.sr, self.transform, length)
            self._take(_Windowed(self.transform.window, length, n_fft).power(self._pending[None]))
        mean = self._total / self._n_frames
        if self.as_one:
            self._rows.append(_to_dbfs(self._on_scale(mean[None])))
            per_row = self._n_frames
        else:
            per_row = self._per_row
            if self._in_row:
                self._close_row(self._row / self._in_row)
        first_s = (length / 2.0 + (min(per_row, self._n_frames) - 1) * hop / 2.0) / self.sr
        bounds = [(float(part.min()), float(part.max())) for part in read_in_parts(self._rows)]
        lowest, highest = min(low for low, _ in bounds), max(high for _, high in bounds)
        return Spectrogram(
            levels=self._rows,
            centres_hz=self.centres_hz,
            mean_power=mean,
            first_s=first_s,
            row_s=per_row * hop / self.sr,
            frames_per_row=per_row,
            n_frames=self._n_frames,
            frame_length=length,
            lowest_dbfs=lowest,
            highest_dbfs=highest,
        )

    def _take(self, power: FloatArray) -> None:
        """Power of frames, shape (n, n_fft // 2 + 1)."""
        self._total += power.sum(axis=0, dtype=np.float64)
        self._n_frames += len(power)
        if self.as_one:
            return
        banded = self._on_scale(power)
        while len(banded):
            if len(self._rows) >= self._max_rows:
                self._join_pairs()
            if self._per_row == 1:
                room = self._max_rows - len(self._rows)
                self._rows.append(_to_dbfs(banded[:room]))
                banded = banded[room:]
            else:
                part = banded[: self._per_row - self._in_row]
                self._row += part.sum(axis=0, dtype=np.float64)
                self._in_row += len(part)
                banded = banded[len(part) :]
                if self._in_row == self._per_row:
                    self._close_row(self._row / self._in_row)

    def _close_row(self, power: FloatArray) -> None:
        self._rows.append(_to_dbfs(power[None]))
        self._row, self._in_row = np.zeros(len(self.centres_hz)), 0

    def _join_pairs(self) -> None:
        """Half as many rows, each the mean power of two: the recording is longer than was expected."""
        joined = Rows(len(self.centres_hz))
        for part in read_in_parts(self._rows, multiple=2):
            joined.append(_to_dbfs(_to_power(part).reshape(len(part) // 2, 2, -1).mean(axis=1)))
        self._rows, self._per_row = joined, 2 * self._per_row

    def _on_scale(self, power: FloatArray) -> FloatArray:
        if not self._bank:
            return power
        return np.stack([power[:, bins] @ weights for bins, weights in self._bank], axis=1)


class _Windowed:
    """Power spectra through a window of `length` samples, filled up with zeros to `n_fft`; a full-scale sine is 1."""

    def __init__(self, window: str, length: int, n_fft: int | None = None) -> None:
        self._n_fft = length if n_fft is None else n_fft
        w = window_of(window, length)
        self._w = (w / w.sum()).astype(np.float32)
        # Every frequency but 0 and the highest has half its power in its mirror image.
        self._weights = np.full(self._n_fft // 2 + 1, 4.0, np.float32)
        self._weights[0] = 1.0
        if self._n_fft % 2 == 0:
            self._weights[-1] = 1.0

    def power(self, frames: FloatArray) -> FloatArray:
        """float32 [shape=(n, n_fft // 2 + 1)] of frames [shape=(n, length)]."""
        spectrum = fft.rfft(frames * self._w, self._n_fft)
        power = np.square(spectrum.real)
        power += np.square(spectrum.imag)
        power *= self._weights
        return np.asarray(power)


def read_in_parts(rows: RowsLike, multiple: int = 1, cells: int = 1 << 20) -> Iterator[FloatArray]:
    """All rows in order, in blocks of about `cells` cells and of a multiple of `multiple` rows but for the last."""
    at_once = max(multiple, cells // max(1, rows.shape[1]) // multiple * multiple)
    for start in range(0, len(rows), at_once):
        yield rows[start : min(start + at_once, len(rows))]


def find_peaks(spectrogram: Spectrogram, sr: int, transform: Transform, most: int = 12) -> tuple[Peak, ...]:
    """The loudest peaks of the mean spectrum that stand out of the bins about them, loudest first.

    In one frame they must do so by 9 dB, as noise rarely does; the mean of many frames is smoother, and 2 dB will do.

    Frequency and level come from the ratio of the two strongest bins and the shape of the window's lobe, which is exact
    for one steady sine.
    """
    power = np.asarray(spectrogram.mean_power, np.float64)
    if len(power) < 3:
        return ()
    inner = power[1:-1]
    k = 1 + np.flatnonzero((inner > power[:-2]) & (inner >= power[2:]) & (inner > 100.0 * _FLOOR))
    k = k[np.argsort(-power[k], kind="stable")][: 8 * most]
    offsets = np.linspace(0.0, 0.5, 65)
    heights = lobe_heights(offsets, transform, spectrogram.frame_length)
    ratios = lobe_heights(1.0 - offsets, transform, spectrogram.frame_length) / heights
    stands_out = max(_LEAST_OUT, 1.0 + (_STANDS_OUT - 1.0) / np.sqrt(spectrogram.n_frames))
    near = _NEAR * transform.n_fft // spectrogram.frame_length  # a short frame has wide lobes
    found = []
    for i in (int(i) for i in k):
        if power[i] < stands_out * np.median(power[max(0, i - near) : i + near + 1]):
            continue
        side = 1 if power[i + 1] > power[i - 1] else -1
        offset = float(np.interp(np.sqrt(power[i + side] / power[i]), ratios, offsets))
        height = float(np.interp(offset, offsets, heights)) ** 2
        hz, level = (i + side * offset) * sr / transform.n_fft, 10.0 * float(np.log10(power[i] / height))
        midi = frequency_to_midi(hz)
        found.append(Peak(hz, level, note_name(round(midi)), 100.0 * (midi - round(midi))))
    return tuple(sorted(found, key=lambda peak: -peak.level_dbfs)[:most])


def _to_dbfs(power: FloatArray) -> FloatArray:
    levels: FloatArray = np.log10(np.maximum(power, _FLOOR))
    levels *= 10.0
    return np.maximum(levels, np.float32(FLOOR_DBFS), dtype=np.float32)


def _to_power(levels: FloatArray) -> FloatArray:
    return np.asarray(np.power(10.0, np.asarray(levels, np.float64) / 10.0))
