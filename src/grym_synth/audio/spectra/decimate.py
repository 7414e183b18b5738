"""A signal at a fraction of its sample rate, as products of matrices.

References
----------
Kaiser (1974), "Nonrecursive digital filter design using the I0-sinh window function".
"""

from __future__ import annotations

import numpy as np

from .frames import FloatArray

_STOP_DB = 80.0
_GROUP = 32  # outputs of one row of a product


class Decimator:
    """Feed mono blocks, then `flush()`: keeps every `factor`-th sample of what lies below `keep_hz`.

    Sample i of the output is at the time of sample i * factor of the input. What lies above the new half rate may
    fold back to between `keep_hz` and there, not below: down there it is 80 dB weaker.
    """

    def __init__(self, sr: int, factor: int, keep_hz: float) -> None:
        if factor != 1 and not 1 < factor < sr / (2.0 * keep_hz):
            raise ValueError(f"{sr} Hz cannot be kept up to {keep_hz:g} Hz in every {factor}. sample")
        self.factor, self.rate = factor, sr / factor
        if factor == 1:
            return
        transition = (self.rate - 2.0 * keep_hz) / sr  # of the sample rate; centred on the new half rate
        reach = int(np.ceil((_STOP_DB - 7.95) / (2.285 * 2.0 * np.pi * transition) / 2.0))
        n = np.arange(-reach, reach + 1)
        taps = np.sinc(n / factor) * np.kaiser(2 * reach + 1, 0.1102 * (_STOP_DB - 8.7))
        taps /= taps.sum()
        self._reach, self._width = reach, _GROUP * factor
        seen = len(taps) + (_GROUP - 1) * factor
        weights = np.zeros((seen, _GROUP), np.float32)
        for i in range(_GROUP):
            weights[i * factor : i * factor + len(taps), i] = taps
        self._weights = [weights[first : first + self._width] for first in range(0, seen, self._width)]
        self._pending = np.zeros(reach, np.float32)
        self._taken = self._given = 0

    def feed(self, y: FloatArray) -> FloatArray:
        """What became complete, float32."""
        if self.factor == 1:
            return y
        self._taken += len(y)
        return self._filter(y)

    def flush(self) -> FloatArray:
        """The rest, up to the last sample that lies in the signal."""
        if self.factor == 1:
            return np.zeros(0, np.float32)
        missing = -(-self._taken // self.factor) - self._given
        silence = np.zeros(self._reach + (len(self._weights) + 1) * self._width, np.float32)
        return self._filter(silence)[:missing]

    def _filter(self, y: FloatArray) -> FloatArray:
        parts = len(self._weights)
        x = np.concatenate([self._pending, y])
        rows = len(x) // self._width - parts + 1
        if rows <= 0:
            self._pending = x
            return np.zeros(0, np.float32)
        # A row of outputs sees several rows of inputs; each of them has a product of its own, which copies nothing.
        inputs = x[: (rows + parts - 1) * self._width].reshape(-1, self._width)
        out: FloatArray = inputs[:rows] @ self._weights[0]
        for part in range(1, parts):
            weights = self._weights[part]
            out += inputs[part : part + rows, : len(weights)] @ weights
        self._pending = x[rows * self._width :].copy()
        self._given += out.size
        return out.ravel()
