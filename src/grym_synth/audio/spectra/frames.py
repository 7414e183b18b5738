"""Short windowed spectra of a stream, computed once and shared: mel energies for rhythm, mean power for balance.

Frames are centred: frame i is about the time i / frame_rate. The hop is 10 ms at every sample rate, so that what is
tuned in frames holds at 8 kHz and at 384 kHz alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import fft
from .rows import Rows, RowsLike

FloatArray: TypeAlias = NDArray[np.floating]

N_MELS = 40
_WINDOW_S = 0.04644  # 2048 samples at 44.1 kHz
_NARROW = 24  # bands that together cover a quarter of the bins
_CHUNK = 48  # frames per FFT call: small enough to stay in the L2 cache
_AT_ONCE = 16  # frames are handed out in multiples of this: what is done for several at once costs less for each


def short_window(sr: int) -> tuple[int, int]:
    """`(n_fft, hop_length)` of the short spectra at sample rate `sr`: 46 ms, every 10 ms, alike at every rate."""
    return 2 * fft.next_fast_len(max(128, round(_WINDOW_S / 2.0 * sr))), max(1, round(sr / 100))


def overlapping(x: FloatArray, n: int, step: int, count: int) -> FloatArray:
    """`count` stretches of `n` samples, each `step` after the one before, as rows of a view; x contiguous, shape (m,).

    As `sliding_window_view` gives them, which takes 30 microseconds longer: much, many times a second.
    """
    if count and (count - 1) * step + n > len(x):
        raise ValueError(f"{count} stretches of {n} samples, {step} apart, do not fit into {len(x)}")
    size = x.itemsize
    return np.ndarray((count, n), x.dtype, x.data, 0, (step * size, size))


class Framer:
    """Cuts a stream of mono blocks into overlapping frames, with half a window of zeros before and after."""

    def __init__(self, n_fft: int, hop_length: int, at_once: int = _AT_ONCE) -> None:
        self.n_fft, self.hop_length, self._at_once = n_fft, hop_length, at_once
        self._pending = np.zeros(n_fft // 2, np.float32)

    def feed(self, y: FloatArray) -> Iterator[FloatArray]:
        """Yield what became complete, as views of shape (at most 48, n_fft); the latest few may wait."""
        yield from self._cut(y, self._at_once)

    def flush(self) -> Iterator[FloatArray]:
        """Yield the other frames whose centre still lies in the signal."""
        yield from self._cut(np.zeros(self.n_fft // 2, np.float32), 1)

    def _cut(self, y: FloatArray, multiple: int) -> Iterator[FloatArray]:
        x = np.concatenate([self._pending, y])
        n = 1 + (len(x) - self.n_fft) // self.hop_length if len(x) >= self.n_fft else 0
        n -= n % multiple
        if n:
            frames = overlapping(x, self.n_fft, self.hop_length, n)
            for i in range(0, n, _CHUNK):
                yield frames[i : min(i + _CHUNK, n)]
        self._pending = x[n * self.hop_length :].copy()


def mel_filterbank(
    sr: int, n_fft: int, n_mels: int = N_MELS, f_min: float = 30.0, f_max: float = 16000.0
) -> FloatArray:
    """Triangular mel filters of unit sum, shape (n_mels, n_fft // 2 + 1); HTK mel scale, 2595 log10(1 + f / 700)."""

    lowest, highest = 2595.0 * np.log10(1.0 + np.array([f_min, min(f_max, sr / 2)]) / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(lowest, highest, n_mels + 2) / 2595.0) - 1.0)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    f = np.arange(n_fft // 2 + 1) * sr / n_fft
    rising = (f[None, :] - low[:, None]) / (centre - low)[:, None]
    falling = (high[:, None] - f[None, :]) / (high - centre)[:, None]
    weights = np.clip(np.minimum(rising, falling), 0.0, None)
    # Narrow low bands may fall between two bins: they take the nearest one, so that no band is dead.
    for i in np.flatnonzero(weights.sum(axis=1) == 0.0):
        weights[i, round(float(centre[i]) * n_fft / sr)] = 1.0
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True)
class ShortSpectra:
    """What one pass keeps of the short spectra.

    mel : rows of shape (frames, n_mels), float32, power; a full-scale sine is about 1 in its band
    mean_power : np.ndarray [shape=(n_fft // 2 + 1,)], float64, mean power; a full-scale sine is 1 at its bin
    """

    mel: RowsLike
    mean_power: FloatArray
    sr: int
    n_fft: int
    hop_length: int

    @property
    def frame_rate(self) -> float:
        """Frames per second."""
        return self.sr / self.hop_length


class ShortSpectraMeter:
    """Feed mono blocks, then `finish()`."""

    def __init__(self, sr: int) -> None:
        self.sr = sr
        self.n_fft, self.hop_length = short_window(sr)
        self._framer = Framer(self.n_fft, self.hop_length)
        window = np.hanning(self.n_fft + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)  # a full-scale sine has magnitude 1
        bank = mel_filterbank(sr, self.n_fft).T
        # Twice each row: for the squares of the real and of the imaginary part, which lie side by side.
        self._bank = [
            _nonzero_part(np.repeat(bank, 2, axis=0), part) for part in (slice(_NARROW), slice(_NARROW, None))
        ]
        self._mel = Rows(N_MELS)
        self._squares = np.zeros(2 * (self.n_fft // 2 + 1))
        self._frames = 0

    def feed(self, y: FloatArray) -> None:
        self._take(self._framer.feed(y))

    def finish(self) -> ShortSpectra:
        self._take(self._framer.flush())
        power = (self._squares[::2] + self._squares[1::2]) / max(1, self._frames)
        return ShortSpectra(self._mel, power, self.sr, self.n_fft, self.hop_length)

    def _take(self, chunks: Iterator[FloatArray]) -> None:
        for frames in chunks:
            squares = fft.rfft(frames * self._window).view(np.float32)
            np.square(squares, out=squares)
            self._mel.append(np.concatenate([squares[:, bins] @ weights for bins, weights in self._bank], axis=1))
            self._squares += squares.sum(axis=0)
            self._frames += len(frames)


def _nonzero_part(bank: FloatArray, bands: slice) -> tuple[slice, FloatArray]:
    """The bins that some of the `bands` of a bank, shape (bins, bands), see, and their weights."""
    seen = np.flatnonzero(bank[:, bands].any(axis=1))
    bins = slice(int(seen[0]), int(seen[-1]) + 1)
    return bins, np.ascontiguousarray(bank[bins, bands])
