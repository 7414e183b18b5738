"""The peak between the samples: what a converter or a lossy encoder will make of them.

References
----------
ITU-R BS.1770-4 annex 2.
"""

from __future__ import annotations

import numpy as np

from ..spectra.frames import FloatArray

_CHUNK = 32  # samples looked at, or skipped, at once; not less than the longest history
_LIKELIEST, _AT_ONCE = 64, 512  # chunks that are interpolated first, and then at once


class TruePeakMeter:
    """Feed all channels; `peak` is the greatest magnitude so far, oversampled, `sample_peak` that of the samples.

    Oversampled 4 times; 2 times from 96 kHz on and not at all from 192 kHz on. The interpolator is a windowed sinc of
    49 taps as in libebur128. Like there, the sample peak is a lower bound, and no silence is put after the last
    sample. Parts that cannot hold the peak are skipped: the output is at most the greatest input times the sum of the
    magnitudes of the taps.
    """

    def __init__(self, sr: int, channels: int = 1) -> None:
        self.factor = 4 if sr < 96_000 else 2 if sr < 192_000 else 1
        self.sample_peak, self.peak = 0.0, 0.0
        taps = np.arange(49)
        m = (taps - 24) / self.factor
        h = np.sinc(m) * 0.5 * (1.0 - np.cos(2.0 * np.pi * taps / 48))
        phases = [h[phase :: self.factor] for phase in range(1, self.factor)]  # phase 0 gives the samples themselves
        self._history = max((len(phase) for phase in phases), default=1) - 1
        self._reach = np.float32(max((float(np.abs(phase).sum()) for phase in phases), default=1.0))
        self._taps = np.zeros((self._history + _CHUNK, _CHUNK * len(phases)), np.float32)
        for i, phase in enumerate(phases):
            for n in range(_CHUNK):
                stop = n + self._history + 1
                self._taps[stop - len(phase) : stop, i * _CHUNK + n] = phase[::-1]
        self._past = np.zeros((channels, self._history), np.float32)

    def feed(self, columns: FloatArray) -> None:
        """`columns` : shape (channels, n), or (n,) for a single one, float32."""
        y = columns if columns.ndim == 2 else columns[None]
        n = y.shape[1]
        if not n:
            return
        x = np.concatenate([self._past, y, np.zeros((len(y), -n % _CHUNK), np.float32)], axis=1)
        peaks = _chunk_peaks(x[:, self._history :])
        self.sample_peak = max(self.sample_peak, float(peaks.max()))
        self.peak = max(self.peak, self.sample_peak)
        if self.factor > 1:
            # A chunk also sees up to 12 (or 24) samples before it, all within the chunk before.
            bounds = peaks.copy()
            np.maximum(bounds[:, 1:], peaks[:, :-1], out=bounds[:, 1:])
            np.maximum(bounds[:, 0], np.abs(self._past).max(axis=1), out=bounds[:, 0])
            bounds *= self._reach
            self._interpolate(x, bounds, n)
        self._past = x[:, n : n + self._history].copy()

    def _interpolate(self, x: FloatArray, bounds: FloatArray, n: int) -> None:
        """Raise the peak to that between the samples; `bounds`, shape (channels, chunks), is what each can reach."""
        which = np.flatnonzero(bounds.ravel() > self.peak)
        if not len(which):
            return
        bound = bounds.ravel()[which]
        if len(which) > _LIKELIEST:
            # These first: they raise the peak, which lets most of the others be skipped.
            order = np.argpartition(-bound, _LIKELIEST)
            which, bound = which[order], bound[order]
        windows = np.lib.stride_tricks.sliding_window_view(x, len(self._taps), axis=1)[:, ::_CHUNK]
        start, stop = 0, _LIKELIEST
        while start < len(which):
            rows = which[start:stop]
            rows = rows[bound[start:stop] > self.peak]
            if len(rows):
                channel, chunk = np.divmod(rows, bounds.shape[1])
                z = windows[channel, chunk] @ self._taps
                if n % _CHUNK and chunk.max() == bounds.shape[1] - 1:  # nothing after the end yet
                    ended = (chunk == bounds.shape[1] - 1)[:, None] & (np.arange(z.shape[1]) % _CHUNK >= n % _CHUNK)
                    z[ended] = 0.0
                self.peak = max(self.peak, float(z.max()), -float(z.min()))
            start, stop = stop, stop + _AT_ONCE


def _chunk_peaks(x: FloatArray) -> FloatArray:
    """Greatest magnitude of each 32 samples, shape (channels, chunks).

    By neighbours 1, 2, then 4, 8 and 16 apart: numpy is slow at short rows, and fast at long ones.
    """
    m = np.abs(x)
    m = np.maximum(m[:, :-1], m[:, 1:])
    m = np.maximum(m[:, :-2:4], m[:, 2::4])  # of 4 samples each
    for apart in (1, 2, 4):
        m = np.maximum(m[:, :-apart], m[:, apart:])
    return m[:, ::8]
