"""Longer or shorter at the same pitch, and higher or lower at the same length.

Stretching is Signalsmith Stretch (python-stretch, MIT), a phase vocoder that follows several peaks at once. Shifting
stretches by the interval and then plays faster or slower by resampling: so its pitch is exact, which that library's own
shifting is not for low tones (20 cents at 55 Hz).

The library takes a whole sound at once. A long one goes through it in parts, which are joined where it is quiet, at the
place within 5 ms where their waves fit best; the joint keeps the power that their likeness calls for.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np

from ...errors import MissingDependency
from ..spectra.frames import FloatArray
from .resampling import at_ratio
from .streams import Blocks, Stream

_PART = 6_000_000  # values at once: 68 s of stereo at 44.1 kHz, and about a second of work that cannot be interrupted
_AROUND_S = 1.0  # of sound that a part gets beyond each joint, for its windows
_SEARCH_S = 6.0  # before the end of a part: where a quiet place is looked for
_JOINT_S, _APART_S = 0.03, 0.005
_DEAR = 0.4  # likeness that being moved by 5 ms must gain: noise is not moved for nothing
_FINEST = 2000  # denominator of a ratio at most: 1e-7 off, a five-thousandth of a cent


def stretch(stream: Stream, times: float) -> Stream:
    """`times` as long, at the same pitch; the length is exact to the sample.

    Raises
    ------
    MissingDependency
        While it is read: python-stretch is not installed.
    """
    if times == 1.0:
        return stream
    return stream.with_blocks(stretched(stream.blocks, stream.channels, stream.sr, times))


def shift(stream: Stream, semitones: float) -> Stream:
    """Higher by `semitones`, at the same length. Formants move along.

    Raises
    ------
    MissingDependency
        While it is read: python-stretch is not installed.
    """
    if semitones == 0.0:
        return stream
    ratio = Fraction(2.0 ** (semitones / 12.0)).limit_denominator(_FINEST)
    return stream.with_blocks(_shifted(stream, ratio))


def _shifted(stream: Stream, ratio: Fraction) -> Blocks:
    taken = 0

    def counted() -> Blocks:
        nonlocal taken
        for block in stream.blocks:
            taken += len(block)
            yield block

    longer = stretched(counted(), stream.channels, stream.sr, float(ratio))
    given = 0
    for block in at_ratio(longer, stream.channels, 1 / ratio):
        # What comes early is always within the length; the last block may be a sample too long.
        part = block if given + len(block) <= taken else block[: taken - given]
        given += len(part)
        yield part
    if given < taken:
        yield np.zeros((taken - given, stream.channels), np.float32)


def stretched(blocks: Blocks, channels: int, sr: int, times: float) -> Blocks:
    """Blocks `times` as long: round(n * times) frames come of n."""
    processor = _load(channels, sr, times)
    part, around, search = _PART // channels, round(_AROUND_S * sr), round(_SEARCH_S * sr)
    part = max(part, 2 * (search + around))
    joint, apart = round(_JOINT_S * sr * max(times, 1.0)), round(_APART_S * sr)
    pending = np.zeros((0, channels), np.float32)
    begin = 0  # frame of the input at which `pending` begins
    cut = 0  # frame of the input up to which all was handed out
    tail: FloatArray = pending  # of the part before: what follows its cut
    for block in blocks:
        pending = np.concatenate([pending, block])
        while len(pending) >= part + around:
            x = pending[: part + around]
            end = begin + _quiet_place(x, part - search, part)
            made = _Part(processor(x), begin, times, tail, cut, joint, apart)
            yield from made.until(end)
            tail, cut = made.after(end), end
            pending = pending[end - around - begin :]
            begin = end - around
    total = begin + len(pending)
    if total:
        yield from _Part(processor(pending), begin, times, tail, cut, joint, apart).until(total)


class _Part:
    """A stretched part of a sound, whose input began at frame `begin`, joined to what follows the cut before it."""

    def __init__(
        self, y: FloatArray, begin: int, times: float, tail: FloatArray, cut: int, joint: int, apart: int
    ) -> None:
        self.y, self.begin, self.times = y, begin, times
        self.joint, self.reach = joint, apart
        self.start = self._place(cut)
        self.moved = 0
        if len(tail):
            self.moved = self._best_fit(tail[:joint])
            self.start += self.moved
            self.y = y.copy()
            self.y[self.start : self.start + joint] = _crossed(tail[:joint], y[self.start : self.start + joint])

    def _place(self, frame: int) -> int:
        """Where a frame of the input lies in this part's output."""
        return round(frame * self.times) - round(self.begin * self.times)

    def _best_fit(self, tail: FloatArray) -> int:
        """By how many samples to begin later, so that the waves before and after the joint fit best."""
        low = max(0, self.start - self.reach)
        around = self.y[low : self.start + self.reach + len(tail)]
        if not tail.any() or len(around) < len(tail):
            return 0
        n = 1 << (len(around) + len(tail)).bit_length()
        spectrum = np.fft.rfft(around, n, axis=0) * np.conj(np.fft.rfft(tail, n, axis=0))
        products = np.fft.irfft(spectrum.sum(axis=1), n)[: len(around) - len(tail) + 1]
        power = np.concatenate([[0.0], np.cumsum(np.square(around, dtype=np.float64).sum(axis=1))])
        norms = np.sqrt(np.maximum(power[len(tail) :] - power[: -len(tail)], 1e-12) * np.vdot(tail, tail))
        moved = np.arange(len(products)) + low - self.start
        return int(moved[np.argmax(products / norms - _DEAR * np.abs(moved) / self.reach)])

    def until(self, end: int) -> Blocks:
        """From the joint to the frame `end` of the input; the place of the joint never moves what comes later."""
        stop = self._place(end) + self.moved
        missing = stop - len(self.y)  # at the end of the sound, at most what the joint moved
        yield self.y[self.start : stop]
        if missing > 0:
            yield np.zeros((missing, self.y.shape[1]), np.float32)

    def after(self, end: int) -> FloatArray:
        stop = self._place(end) + self.moved
        return self.y[stop : stop + self.joint]


def _crossed(before: FloatArray, after: FloatArray) -> FloatArray:
    """Two takes of one moment, crossed at constant power whatever their likeness."""
    n = len(before)
    t = (np.arange(n, dtype=np.float32)[:, None] + 0.5) / n
    down, up = 1.0 - t, t
    norm = float(np.sqrt(np.vdot(before, before) * np.vdot(after, after)))
    likeness = min(1.0, max(0.0, float(np.vdot(before, after)) / norm)) if norm else 1.0
    return np.asarray((down * before + up * after) / np.sqrt(down**2 + up**2 + 2.0 * down * up * likeness), np.float32)


def _quiet_place(x: FloatArray, low: int, high: int) -> int:
    """The middle of the quietest 30 ms between two frames."""
    hop = 512
    region = x[low:high]
    n = len(region) // hop
    power = np.square(region[: n * hop], dtype=np.float64).sum(axis=1).reshape(n, hop).sum(axis=1)
    smooth = np.convolve(power, np.ones(3), "same")
    return low + int(np.argmin(smooth[1:-1]) + 1) * hop + hop // 2


def _load(channels: int, sr: int, times: float) -> Callable[[FloatArray], FloatArray]:
    """A function that stretches a whole sound, shape (n, channels)."""
    try:
        from python_stretch import Signalsmith
    except ImportError as error:
        raise MissingDependency(
            "stretching and shifting need python-stretch, which is not installed",
            hint="pip install python-stretch==0.3.1",
        ) from error

    def process(x: FloatArray) -> FloatArray:
        made: Any = Signalsmith.Stretch()
        made.preset(channels, float(sr))
        made.timeFactor = 1.0 / times
        y = np.asarray(made.process(np.ascontiguousarray(x.T, np.float32)), np.float32).T
        n = round(len(x) * times)
        if len(y) < n:  # it rounds in its own way
            y = np.concatenate([y, np.zeros((n - len(y), channels), np.float32)])
        return y[:n]

    return process
