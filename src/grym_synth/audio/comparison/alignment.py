"""How two recordings lie against each other in time, and what is left when one is taken from the other.

The lag is found by correlating all of both at a low rate, then to a fraction of a sample in their loudest second each.
A positive lag means that the second recording comes later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..decoding.files import AudioFile
from ..spectra import fft
from ..spectra.frames import FloatArray
from ..spectra.resample import Resampler, resample

SKETCH_HZ, SKETCH_S = 4000, 300.0  # a recording as the search for the lag knows it: this rate, so much of its beginning
FLOOR_DB = -144.0  # a residual of nothing at all: the step of 24 bits

_LEAST_OVERLAP_S = 0.05
_LEAST_LIKENESS = 0.3  # correlation coefficient of unrelated music stays below, whatever the lag
_LEAST_LIKENESS_ONCE = 0.6  # where all there is is one second
_WINDOWS, _WINDOW_S = 5, 1.0
_REACH_S = 0.004  # to either side of the coarse lag
_UPSAMPLING = 16  # points of the fine correlation a sample
_AGREEMENT_S = 0.001
_NULL_S = 240.0
_BLOCK = 1 << 16  # samples
_TAPS = 32  # to either side, of the filter that shifts by a fraction of a sample


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the second recording lies against the first.

    lag_s : positive when the second comes later
    likeness : -1..1, correlation coefficient at that lag; negative when one is the other upside down
    places : how many places of the recordings say so, each for itself
    """

    lag_s: float
    likeness: float
    places: int = 1


@dataclass(frozen=True, slots=True)
class Null:
    """What is left of the second recording without the first, aligned and at the gain that leaves least.

    gain_db : level of the second against the first; its sign is that of the polarity
    residual_db : energy of the rest against that of the second, -144 or more
    seconds : how much of both was compared
    exact : every sample that both have is the same
    """

    gain_db: float
    inverted: bool
    residual_db: float
    seconds: float
    exact: bool


class SketchMeter:
    """Feed mono blocks, then `finish()`: the first five minutes at 4 kHz (or `rate`), treble lifted."""

    def __init__(self, sr: int) -> None:
        self.rate = min(SKETCH_HZ, sr)
        self._resampler = Resampler(sr, self.rate)
        self._parts: list[FloatArray] = []
        self._room = round(SKETCH_S * sr)

    def feed(self, y: FloatArray) -> None:
        if self._room > 0:
            self._parts.append(self._resampler.feed(y[: self._room]))
            self._room -= len(y)

    def finish(self) -> FloatArray:
        y = np.concatenate([*self._parts, self._resampler.flush()])
        return _lift(y)


def find_lag(a: FloatArray, b: FloatArray, rate: int) -> Alignment | None:
    """The lag of `b` behind `a` at which they are most alike; None when they are alike nowhere.

    a, b : np.ndarray [shape=(n,)], both at `rate`, as from `SketchMeter`
    """
    if min(len(a), len(b)) < _LEAST_OVERLAP_S * rate or not a.any() or not b.any():
        return None
    size = fft.next_fast_len(len(a) + len(b))
    products = fft.irfft(np.conj(fft.rfft(a, size)) * fft.rfft(b, size), size)
    lags = np.concatenate([np.arange(len(b)), np.arange(-len(a) + 1, 0)])
    products = np.concatenate([products[: len(b)], products[size - len(a) + 1 :]])
    k = int(np.abs(products).argmax())
    lag, product = int(lags[k]), float(products[k])
    shared_a, shared_b = a[max(0, -lag) : len(b) - lag], b[max(0, lag) : len(a) + lag]
    if len(shared_a) < _LEAST_OVERLAP_S * rate:
        return None
    energy = float(np.dot(shared_a, shared_a)) * float(np.dot(shared_b, shared_b))
    likeness = product / max(float(np.sqrt(energy)), 1e-20)
    return Alignment(lag / rate, float(np.clip(likeness, -1.0, 1.0))) if abs(likeness) >= _LEAST_LIKENESS else None


def refine_lag(
    a: AudioFile, b: AudioFile, coarse: Alignment, sketches: tuple[FloatArray, FloatArray], rate: int
) -> Alignment | None:
    """The lag to a fraction of a sample, from the loudest seconds that both have; None where these do not agree.

    sketches : of `a` and of `b`, at `rate`
    """
    found = []
    for start in _loudest_seconds(*sketches, rate, coarse.lag_s):
        fine = _fine_lag(a, b, start, coarse.lag_s)
        if fine is not None:
            found.append(fine)
    if not found:
        return None
    lag = float(np.median([each.lag_s for each in found]))
    agreeing = [each for each in found if abs(each.lag_s - lag) <= _AGREEMENT_S]
    if 2 * len(agreeing) <= len(found):
        return None
    likeness = max((each.likeness for each in agreeing), key=abs)
    # A single short sound, a drum above all, is a little like many others at some lag.
    if abs(likeness) < (_LEAST_LIKENESS if len(agreeing) > 1 else _LEAST_LIKENESS_ONCE):
        return None
    return Alignment(float(np.median([each.lag_s for each in agreeing])), likeness, len(agreeing))


def null_test(a: AudioFile, b: AudioFile, lag_s: float) -> Null | None:
    """Take `a` from `b`, at the lower of their rates; None when there is only silence.

    Of what both have the first four minutes are read, and on from there for as long as every sample is the same.
    """
    rate = min(a.sr, b.sr)
    mono = a.channels != b.channels
    first, second = _Stream(a, rate, mono=mono), _Stream(b, rate, mono=mono)
    lag = lag_s * rate
    whole = round(lag) if abs(lag - round(lag)) < 0.02 else int(np.floor(lag))
    first.skip(max(0, -whole))
    second.skip(max(0, whole))
    fraction = lag - whole if abs(lag - round(lag)) >= 0.02 else 0.0
    sums = _Sums()
    for x, y in _pairs(first, second, fraction):
        sums.add(x, y)
        if sums.samples >= _NULL_S * rate and not sums.exact:
            break
    return sums.result(rate)


# ---- the lag -----------------------------------------------------------------------------------------------------


def _lift(y: FloatArray) -> FloatArray:
    """Treble lifted by 6 dB an octave: music is loudest in the bass, where a correlation has the broadest peaks."""
    return np.diff(y, prepend=y[:1])


def _loudest_seconds(a: FloatArray, b: FloatArray, rate: int, lag_s: float) -> list[float]:
    """Starts of the loudest windows of the first recording within what the second has as well, in seconds."""
    n = max(1, round(_WINDOW_S * rate))
    first, last = max(0, round(-lag_s * rate)), min(len(a), round(len(b) - lag_s * rate))
    power = np.add.reduceat(a[first:last].astype(np.float64) ** 2, np.arange(0, last - first, n))
    whole = power[: max(1, (last - first) // n)]
    loudest = np.argsort(-whole, kind="stable")[:_WINDOWS]
    return [float(first + i * n) / rate for i in sorted(loudest)]


def _fine_lag(a: AudioFile, b: AudioFile, start_s: float, lag_s: float) -> Alignment | None:
    rate = min(a.sr, b.sr)
    # Where both start on whole samples, so that nothing is rounded away.
    first = round(start_s * a.sr)
    second = max(0, round((start_s + lag_s) * b.sr))
    x = _mono(a, first, round(_WINDOW_S * a.sr), rate)
    y = _mono(b, second, round(_WINDOW_S * b.sr), rate)
    n = min(len(x), len(y))
    if n < _LEAST_OVERLAP_S * rate:
        return None
    x, y = _lift(x[:n]), _lift(y[:n])
    norm = float(np.sqrt(np.dot(x, x) * np.dot(y, y)))
    if norm <= 1e-12:
        return None
    size = fft.next_fast_len(2 * n)
    spectrum = np.conj(fft.rfft(x, size)) * fft.rfft(y, size)
    products = fft.irfft(_UPSAMPLING * spectrum, _UPSAMPLING * size) / norm
    offset = second / b.sr - first / a.sr - lag_s
    reach = min(size // 2, round((_REACH_S + abs(offset)) * rate) + 1) * _UPSAMPLING
    near = np.concatenate([products[-reach:], products[: reach + 1]])
    k = int(np.abs(near).argmax())
    fine = (k - reach + _vertex(np.abs(near), k)) / (_UPSAMPLING * rate)
    return Alignment(second / b.sr - first / a.sr + fine, float(np.clip(near[k], -1.0, 1.0)))


def _vertex(y: FloatArray, k: int) -> float:
    """Where the parabola through y[k] and its neighbours is highest, -0.5..0.5 from k."""
    if not 0 < k < len(y) - 1:
        return 0.0
    bend = float(y[k - 1] - 2.0 * y[k] + y[k + 1])
    return 0.5 * float(y[k - 1] - y[k + 1]) / bend if bend < 0.0 else 0.0


def _mono(audio: AudioFile, first: int, n: int, rate: int) -> FloatArray:
    block = audio.read(first / audio.sr, n)
    return resample(block.mean(axis=1, dtype=np.float32), audio.sr, rate).astype(np.float64)


# ---- the null test -----------------------------------------------------------------------------------------------


class _Stream:
    """The samples of a recording from its start, at another rate, as many at a time as wanted."""

    def __init__(self, audio: AudioFile, rate: int, *, mono: bool) -> None:
        self._channels = 1 if mono else audio.channels
        self._blocks = _resampled(audio, rate, mono=mono)
        self._waiting = np.zeros((0, self._channels), np.float32)

    def take(self, n: int) -> FloatArray:
        """The next `n` samples, shape (n, channels); fewer at the end."""
        parts, have = [self._waiting], len(self._waiting)
        while have < n and (block := next(self._blocks, None)) is not None:
            parts.append(block)
            have += len(block)
        samples = np.concatenate(parts)
        self._waiting = samples[n:]
        return samples[:n]

    def skip(self, n: int) -> None:
        while n > 0 and (taken := len(self.take(min(n, _BLOCK)))):
            n -= taken


def _resampled(audio: AudioFile, rate: int, *, mono: bool) -> Iterator[FloatArray]:
    resamplers = [Resampler(audio.sr, rate) for _ in range(1 if mono else audio.channels)]
    for block in audio.blocks(1.0):
        columns = block.mean(axis=1, dtype=np.float32, keepdims=True) if mono else block
        if audio.sr == rate:
            yield columns
        else:
            yield np.stack([r.feed(column) for r, column in zip(resamplers, columns.T, strict=True)], axis=1)
    if audio.sr != rate:
        yield np.stack([r.flush() for r in resamplers], axis=1)


def _pairs(first: _Stream, second: _Stream, fraction: float) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Blocks of both that lie at the same time, the second `fraction` of a sample earlier."""
    filtered = fraction != 0.0
    if filtered:
        k = np.arange(-_TAPS + 1, _TAPS + 1)
        taps = np.sinc(k - fraction) * np.cos(np.pi * (k - fraction) / (2.0 * _TAPS + 1.0)) ** 2
        taps /= taps.sum()
        first.skip(_TAPS - 1)  # the filter needs neighbours on both sides
        tail = second.take(2 * _TAPS - 1)
    while True:
        x, y = first.take(_BLOCK), second.take(_BLOCK)
        n = min(len(x), len(y))
        if not n:
            return
        x, y = x[:n].astype(np.float64), y[:n]
        if filtered:
            y = np.concatenate([tail, y])
            tail = y[-(2 * _TAPS - 1) :]
            y = np.stack([np.convolve(column, taps[::-1], "valid") for column in y.T.astype(np.float64)], axis=1)
        yield x, y.astype(np.float64)


class _Sums:
    """Energies of both recordings and of what is left, whose best gain is known only at the end."""

    def __init__(self) -> None:
        self._gain: float | None = None
        self._first = self._second = self._rest = self._shared = 0.0
        self.samples = 0
        self.exact = True

    def add(self, x: FloatArray, y: FloatArray) -> None:
        energy = float(np.vdot(x, x))
        if self._gain is None and energy > 0.0:
            # A first guess, from which the best gain differs by little: so small residuals lose no digits.
            self._gain = float(np.vdot(x, y)) / energy
        rest = y - (self._gain or 0.0) * x
        self._first += energy
        self._second += float(np.vdot(y, y))
        self._rest += float(np.vdot(rest, rest))
        self._shared += float(np.vdot(rest, x))
        self.samples += len(x)
        self.exact = self.exact and bool(np.array_equal(x, y))

    def result(self, rate: int) -> Null | None:
        if self._first <= 0.0 or self._second <= 0.0:
            return None
        gain = (self._gain or 0.0) + self._shared / self._first
        rest = max(0.0, self._rest - self._shared**2 / self._first) / self._second
        residual_db = max(FLOOR_DB, 10.0 * float(np.log10(rest + 1e-30)))
        gain_db = 20.0 * float(np.log10(max(abs(gain), 1e-9)))
        return Null(gain_db, gain < 0.0, residual_db, self.samples / rate, self.exact)
