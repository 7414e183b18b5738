"""The peak between the samples: what a converter or a lossy encoder will make of them.

References
----------
ITU-R BS.1770-4 annex 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .frames import FloatArray

_CHUNK = 32  # samples looked at, or skipped, at once; not less than the longest history


class TruePeakMeter:
    """Feed one channel; `peak` is the greatest magnitude so far, oversampled, `sample_peak` that of the samples.

    Oversampled 4 times; 2 times from 96 kHz on and not at all from 192 kHz on. The interpolator is a windowed sinc of
    49 taps as in libebur128. Like there, the sample peak is a lower bound, and no silence is put after the last
    sample. Parts that cannot hold the peak are skipped: the output is at
    most the greatest input times the sum of the magnitudes of the taps.
    """

    def __init__(self, sr: int) -> None:
        self.factor = 4 if sr < 96_000 else 2 if sr < 192_000 else 1
        self.sample_peak, self.peak = 0.0, 0.0
        taps = np.arange(49)
        m = (taps - 24) / self.factor
        h = np.sinc(m) * 0.5 * (1.0 - np.cos(2.0 * np.pi * taps / 48))
        phases = [h[phase :: self.factor] for phase in range(1, self.factor)]  # phase 0 gives the samples themselves
        self._history = max((len(phase) for phase in phases), default=1) - 1
        self._reach = max((float(np.abs(phase).sum()) for phase in phases), default=1.0)
        self._taps = np.zeros((self._history + _CHUNK, _CHUNK * len(phases)), np.float32)
        for i, phase in enumerate(phases):
            for n in range(_CHUNK):
                stop = n + self._history + 1
                self._taps[stop - len(phase) : stop, i * _CHUNK + n] = phase[::-1]
        self._past = np.zeros(self._history, np.float32)

    def feed(self, y: FloatArray) -> None:
        """`y` : shape (n,), float32."""
        if not len(y):
            return
        x = np.concatenate([self._past, y, np.zeros(-len(y) % _CHUNK, np.float32)])
        peaks = _row_peaks(x[self._history :].reshape(-1, _CHUNK))
        past_peak = np.abs(self._past).max(initial=0.0)
        self.sample_peak = max(self.sample_peak, float(peaks.max(initial=0.0)))
        self.peak = max(self.peak, self.sample_peak)
        if self.factor > 1:
            # A chunk also sees up to 12 (or 24) samples before it, all within the chunk before.
            bounds = self._reach * np.maximum(peaks, np.concatenate([[past_peak], peaks[:-1]]))
            valid = np.full(len(peaks), _CHUNK)
            if len(y) % _CHUNK:
                valid[-1] = len(y) % _CHUNK
            windows = np.lib.stride_tricks.sliding_window_view(x, self._taps.shape[0])[::_CHUNK]
            # The likeliest first: they raise the peak, which lets most of the others be skipped.
            likeliest = np.argpartition(bounds, -min(64, len(bounds)))[-64:]
            self._interpolate(windows, likeliest, bounds, valid)
            bounds[likeliest] = 0.0
            self._interpolate(windows, np.arange(len(bounds)), bounds, valid)
        self._past = x[len(y) : len(y) + self._history].copy()

    def _interpolate(
        self, windows: FloatArray, which: NDArray[np.intp], bounds: FloatArray, valid: NDArray[np.intp]
    ) -> None:
        which = which[bounds[which] > self.peak]
        for i in range(0, len(which), 512):
            rows = which[i : i + 512]
            z = (windows[rows] @ self._taps).reshape(len(rows), -1, _CHUNK)
            if (valid[rows] < _CHUNK).any():
                z *= (np.arange(_CHUNK) < valid[rows][:, None])[:, None, :]  # nothing after the end yet
            self.peak = max(self.peak, float(z.max(initial=0.0)), -float(z.min(initial=0.0)))


def _row_peaks(rows: FloatArray) -> FloatArray:
    """Greatest magnitude of each row of 32. Folded and turned first: numpy is slow at short rows."""
    magnitudes = np.abs(rows)
    half = magnitudes.shape[1] // 2
    peaks: FloatArray = np.ascontiguousarray(np.maximum(magnitudes[:, :half], magnitudes[:, half:]).T).max(axis=0)
    return peaks
