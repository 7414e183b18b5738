"""Another sample rate for a stream of mono blocks: a windowed sinc, applied as products of small matrices.

Output n is the sound at the time n / sr_out of the input, so nothing comes late. Up to 88 % of the lower Nyquist
frequency passes unchanged; what would fold back into the output is 90 dB down.

References
----------
Kaiser (1974), "Nonrecursive digital filter design using the I0-sinh window function".
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from .frames import FloatArray

_STOP_DB = 92.0
_PASS = 0.88  # of the lower Nyquist frequency
_BETA = 0.1102 * (_STOP_DB - 8.7)
#: Half the length of the filter, in samples of the lower rate (Kaiser's formula for its transition band).
_HALF_LENGTH = (_STOP_DB - 7.95) / (2.285 * np.pi * (1.0 - _PASS)) / 2.0
_GROUP = 16  # outputs that share one product: wider costs more multiplications, narrower more calls
_MOST_COEFFICIENTS = 1_500_000  # 6 MB


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring outputs of a period: which, and the weights of the inputs from `start` on."""

    outputs: slice
    start: int
    weights: FloatArray  # [shape=(inputs, outputs)]


class Resampler:
    """Feed mono blocks of any length, then `flush()`; what comes out joins to the whole signal at `sr_out`.

    In all, `ceil(n * sr_out / sr_in)` samples come out for n samples fed. Rates with no common factor need a table
    for each of very many phases; where that grew beyond reason the ratio is rounded, by less than 1e-6 of itself.
    """

    def __init__(self, sr_in: int, sr_out: int) -> None:
        if sr_in <= 0 or sr_out <= 0:
            raise ValueError(f"sample rates must be above 0, got {sr_in!r} and {sr_out!r}")
        self.sr_in, self.sr_out = sr_in, sr_out
        self._given = self._taken = 0  # samples out and in
        if sr_in == sr_out:
            return
        self._reach, self._n_in, self._n_out, self._groups = _design(sr_in, sr_out)
        self._pending = np.zeros(self._reach, np.float32)

    def feed(self, y: FloatArray) -> FloatArray:
        """What became complete, float32; y : np.ndarray [shape=(n,)]."""
        self._taken += len(y)
        if self.sr_in == self.sr_out:
            self._given += len(y)
            return np.asarray(y, np.float32)
        x = np.concatenate([self._pending, np.asarray(y, np.float32)])
        periods = max(0, (len(x) - 2 * self._reach - 1) // self._n_in)
        out = np.empty((periods, self._n_out), np.float32)
        if periods:
            for group in self._groups:
                width = len(group.weights)
                rows = np.lib.stride_tricks.sliding_window_view(x, width)[group.start :: self._n_in][:periods]
                out[:, group.outputs] = np.ascontiguousarray(rows) @ group.weights
        self._pending = x[periods * self._n_in :].copy()
        self._given += out.size
        return out.ravel()

    def flush(self) -> FloatArray:
        """The rest, as if silence followed."""
        missing = -(-self._taken * self.sr_out // self.sr_in) - self._given
        if self.sr_in == self.sr_out or missing <= 0:
            return np.zeros(0, np.float32)
        periods = -(-missing // self._n_out)
        silence = max(0, periods * self._n_in + 2 * self._reach + 1 - len(self._pending))
        taken = self._taken
        rest = self.feed(np.zeros(silence, np.float32))[:missing]
        self._taken = taken
        return rest


@functools.lru_cache(maxsize=4)
def _design(sr_in: int, sr_out: int) -> tuple[int, int, int, tuple[_Group, ...]]:
    """Samples that the filter reaches to either side, inputs and outputs of a period, and the groups of the outputs."""
    scale = max(1.0, sr_in / sr_out)
    reach = int(np.ceil(_HALF_LENGTH * scale)) + 1
    step = Fraction(sr_in, sr_out).limit_denominator(max(1, round(_MOST_COEFFICIENTS / (2.6 * reach))))
    repeats = -(-_GROUP // step.denominator)
    n_out, n_in = step.denominator * repeats, step.numerator * repeats
    groups = (_group(first, min(first + _GROUP, n_out), step, scale, reach) for first in range(0, n_out, _GROUP))
    return reach, n_in, n_out, tuple(groups)


def _group(first: int, end: int, step: Fraction, scale: float, reach: int) -> _Group:
    """Weights of the outputs `first` to `end`. Input i of a period lies at index i + reach of what is pending."""
    start, last = int(first * step), int((end - 1) * step)
    inputs = np.arange(start - reach, last + reach + 2)
    centre = np.array([float(n * step) for n in range(first, end)])
    t = (inputs[:, None] - centre) / scale  # in samples of the lower rate
    window = np.i0(_BETA * np.sqrt(np.clip(1.0 - (t / _HALF_LENGTH) ** 2, 0.0, None)))
    weights = np.sinc(t * (1.0 + _PASS) / 2.0) * np.where(np.abs(t) < _HALF_LENGTH, window, 0.0)
    # Each output's weights sum to 1, so that a constant stays one, exactly.
    return _Group(slice(first, end), start, (weights / weights.sum(axis=0)).astype(np.float32))


def resample(y: FloatArray, sr_in: int, sr_out: int) -> FloatArray:
    """All of a mono signal at another rate, float32 [shape=(ceil(n * sr_out / sr_in),)]."""
    resampler = Resampler(sr_in, sr_out)
    return np.concatenate([resampler.feed(y), resampler.flush()])
