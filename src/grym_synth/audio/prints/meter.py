"""A print of a recording: how the levels of 65 semitone bands change, as one word of 64 bits every 80 ms.

The windows are long (0.37 s) and the bands a semitone wide, so that a codec, a gain, another sample rate or half a hop
of time change few bits; a shift of pitch by a semitone moves the bits by one place, and a change of tempo moves the
words in time.

References
----------
Haitsma and Kalker (2002), "A Highly Robust Audio Fingerprinting System": signs of differences over bands and time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..spectra import fft
from ..spectra.decimate import Decimator
from ..spectra.frames import FloatArray

WordArray: TypeAlias = NDArray[np.uint64]

FRAME_RATE = 12.5  # words per second
N_BITS = 64
LOWEST_HZ = 120.0  # edge of the lowest of N_BITS + 1 bands, a semitone each

_WINDOW_S = 0.372
_BACK = 2  # words: how far back a change is taken, 160 ms
_AT_ONCE = 16  # frames per FFT call
_SILENT_DB = -60.0  # below the loudest frame: no word
_FAINTEST = 1e-10  # of a full-scale sine: a band below it is as good as empty
_KEEP_HZ = LOWEST_HZ * 2.0 ** ((N_BITS + 2) / 12.0)


@dataclass(frozen=True, slots=True)
class Print:
    """What a recording is recognised by.

    words : np.ndarray [shape=(n,)], uint64, one every 80 ms; 0 where it is silent
    levels : np.ndarray [shape=(n, 65)], float32, power of each band in dB
    """

    words: WordArray
    levels: FloatArray


class PrintMeter:
    """Feed mono blocks, then `finish()`."""

    def __init__(self, sr: int) -> None:
        factor = max([f for f in range(2, sr // 2) if f < sr / (2.0 * _KEEP_HZ)], default=1)
        self._decimator = Decimator(sr, factor, _KEEP_HZ if factor > 1 else 1.0)
        rate = sr / factor
        self._n_fft = 2 * fft.next_fast_len(round(_WINDOW_S * rate / 2.0))
        self._hop = rate / FRAME_RATE  # not always whole: frames begin at the nearest sample, so nothing drifts
        window = np.hanning(self._n_fft + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)
        self._bank = _semitone_bands(rate, self._n_fft)
        self._pending = np.zeros(self._n_fft // 2, np.float32)
        self._first = -(self._n_fft // 2)  # where in the decimated signal the pending samples begin
        self._frames = 0
        self._levels: list[FloatArray] = []

    def feed(self, y: FloatArray) -> None:
        self._take(self._decimator.feed(y), _AT_ONCE)

    def finish(self) -> Print:
        self._take(np.concatenate([self._decimator.flush(), np.zeros(self._n_fft // 2, np.float32)]), 1)
        levels = np.concatenate([np.zeros((0, N_BITS + 1), np.float32), *self._levels])
        return Print(words_of(levels), levels)

    def _take(self, y: FloatArray, multiple: int) -> None:
        if not len(y) and multiple > 1:
            return
        x = np.concatenate([self._pending, y])
        half, ends = self._n_fft // 2, self._first + len(x)
        ready = int((ends - half) / self._hop) + 1 - self._frames if ends >= half else 0
        ready = max(0, ready - ready % multiple)
        for done in range(0, ready, _AT_ONCE):
            count = min(_AT_ONCE, ready - done)
            centres = np.round((self._frames + np.arange(count)) * self._hop).astype(int)
            starts = np.minimum(centres - half - self._first, len(x) - self._n_fft)
            spectrum = fft.rfft(x[starts[:, None] + np.arange(self._n_fft)] * self._window)
            power = (spectrum.real**2 + spectrum.imag**2) @ self._bank
            self._levels.append((10.0 * np.log10(power + np.float32(_FAINTEST))).astype(np.float32))
            self._frames += count
        keep = max(0, round(self._frames * self._hop) - half - self._first)
        self._pending, self._first = x[keep:].copy(), self._first + keep


def words_of(levels: FloatArray) -> WordArray:
    """A word for each row of levels: bit b is set where band b rose against band b + 1 since 160 ms ago."""
    if not len(levels):
        return np.zeros(0, np.uint64)
    tilt = levels[:, :-1] - levels[:, 1:]
    before = np.concatenate([np.repeat(tilt[:1] * 0.0, min(_BACK, len(tilt)), axis=0), tilt[:-_BACK]])
    bits = tilt > before[: len(tilt)]
    words = np.packbits(bits, axis=1, bitorder="little").view("<u8")[:, 0].astype(np.uint64)
    loudness = np.max(levels, axis=1)
    words[loudness < max(float(loudness.max()) + _SILENT_DB, -95.0)] = 0
    return words


def _semitone_bands(rate: float, n_fft: int) -> FloatArray:
    """Triangles over semitones, shape (n_fft // 2 + 1, 65); bands above half the rate are empty."""
    hz = np.arange(n_fft // 2 + 1) * rate / n_fft
    semitone = 12.0 * np.log2(np.maximum(hz, 1e-3) / LOWEST_HZ)
    distance = np.abs(semitone[:, None] - np.arange(N_BITS + 1)[None, :] - 0.5)
    return np.clip(1.0 - distance, 0.0, None).astype(np.float32)
