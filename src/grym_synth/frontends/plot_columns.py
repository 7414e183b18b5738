"""A recording narrowed to what a picture can show, read once, in blocks: an hour needs no more memory than a minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ..audio.files import open_audio
from ..audio.frames import FloatArray, Framer

F_MIN, F_MAX = 30.0, 16000.0
_COLUMNS = 1500  # about one a pixel; kept are at most twice as many
_ROWS = 300
_BLOCK_S = 10.0
_FULL_SCALE = 0.9999  # the largest value of 16-bit sound is 32767 / 32768


@dataclass(frozen=True, slots=True)
class Columns:
    """A recording, narrowed to what a picture can show.

    low, high : np.ndarray [shape=(columns, channels)], float32, least and greatest sample of each column
    clipped : np.ndarray [shape=(columns, channels)], bool, holds a run of 3 samples at full scale
    power : np.ndarray [shape=(spectra, bins)], float32, mean over the channels; a full-scale sine is 1 at its bin
    """

    low: FloatArray
    high: FloatArray
    clipped: NDArray[np.bool_]
    envelope_step: float  # seconds
    power: FloatArray
    power_step: float  # seconds
    bin_hz: float
    duration: float
    sr: int


def read_columns(path: str, expected: float | None = None) -> Columns:
    """Read a recording once, in blocks of 10 s; `expected`, its length in seconds, sets how finely."""
    with open_audio(path) as recording:
        sr, samples = recording.sr, 0
        envelope = _Envelope(recording.channels)
        spectrogram = _Spectrogram(sr, recording.channels, 60.0 if expected is None else expected)
        for block in recording.blocks(_BLOCK_S):
            samples += len(block)
            envelope.feed(block)
            spectrogram.feed(block)
    low, high, clipped = envelope.finish()
    power = spectrogram.finish()
    return Columns(
        low=low,
        high=high,
        clipped=clipped,
        envelope_step=envelope.step / sr,
        power=power,
        power_step=spectrogram.step / sr,
        bin_hz=sr / spectrogram.n_fft,
        duration=samples / sr,
        sr=sr,
    )


class _Envelope:
    """Least, greatest and clipped by column; whenever there are too many columns, they become twice as wide."""

    def __init__(self, channels: int) -> None:
        self.step = 1
        self._count = 0
        self._low = np.zeros((2 * _COLUMNS, channels), np.float32)
        self._high = np.zeros_like(self._low)
        self._clipped = np.zeros(self._low.shape, bool)
        self._rest = np.zeros((0, channels), np.float32)
        self._rest_runs = np.zeros((0, channels), bool)
        self._was_full = np.zeros((2, channels), bool)  # the last two samples of the block before

    def feed(self, block: FloatArray) -> None:
        full = np.concatenate([self._was_full, np.abs(block) >= _FULL_SCALE])
        self._was_full = full[-2:]
        y = np.concatenate([self._rest, block])
        runs = np.concatenate([self._rest_runs, full[2:] & full[1:-1] & full[:-2]])
        at = 0
        while n := min((len(y) - at) // self.step, 2 * _COLUMNS - self._count):
            end = at + n * self.step
            self._append(y[at:end].reshape(n, self.step, -1), runs[at:end].reshape(n, self.step, -1))
            at = end
        self._rest, self._rest_runs = y[at:].copy(), runs[at:].copy()

    def finish(self) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
        if len(self._rest):
            self._append(self._rest[None], self._rest_runs[None])
        return self._low[: self._count], self._high[: self._count], self._clipped[: self._count]

    def _append(self, y: FloatArray, runs: NDArray[np.bool_]) -> None:
        new = slice(self._count, self._count + len(y))
        self._low[new], self._high[new], self._clipped[new] = y.min(axis=1), y.max(axis=1), runs.any(axis=1)
        self._count += len(y)
        if self._count == 2 * _COLUMNS:
            self._count, self.step = _COLUMNS, self.step * 2
            self._low[:_COLUMNS] = np.minimum(self._low[::2], self._low[1::2])
            self._high[:_COLUMNS] = np.maximum(self._high[::2], self._high[1::2])
            self._clipped[:_COLUMNS] = self._clipped[::2] | self._clipped[1::2]


class _Spectrogram:
    """Mean power by column, narrowed as the envelope is."""

    def __init__(self, sr: int, channels: int, expected: float) -> None:
        # About 93 ms shows the drum hits of a loop; where a column is wider than that, 186 ms part two low notes.
        self.n_fft = 1 << max(8, round(math.log2((0.093 if expected < 10.0 else 0.186) * sr)))
        overlap = 16 if expected < 10.0 else 8 if expected < 600.0 else 2
        self.step = self.n_fft // overlap  # samples from column to column
        self._bins = min(self.n_fft // 2 + 1, math.ceil(F_MAX * self.n_fft / sr) + 2)
        self._framers = [Framer(self.n_fft, self.step) for _ in range(channels)]
        window = np.hanning(self.n_fft + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)
        self._group = 1  # frames in a column
        self._count = 0
        self._power = np.zeros((2 * _COLUMNS, self._bins), np.float32)
        self._rest = np.zeros((0, self._bins), np.float32)

    def feed(self, block: FloatArray) -> None:
        streams = [framer.feed(y) for framer, y in zip(self._framers, block.T, strict=True)]
        for frames in zip(*streams, strict=True):
            self._take(frames)

    def finish(self) -> FloatArray:
        for frames in zip(*[framer.flush() for framer in self._framers], strict=True):
            self._take(frames)
        if len(self._rest):
            self._append(self._rest[None])
        return self._power[: self._count]

    def _take(self, frames: Sequence[FloatArray]) -> None:
        """Take the same frames of each channel."""
        power = np.zeros((len(frames[0]), self._bins), np.float32)
        for one in frames:
            spectrum = scipy.fft.rfft(one * self._window, axis=1)[:, : self._bins]
            power += spectrum.real**2 + spectrum.imag**2
        power = np.concatenate([self._rest, power / len(frames)])
        at = 0
        while n := min((len(power) - at) // self._group, 2 * _COLUMNS - self._count):
            end = at + n * self._group
            self._append(power[at:end].reshape(n, self._group, -1))
            at = end
        self._rest = power[at:].copy()

    def _append(self, power: FloatArray) -> None:
        self._power[self._count : self._count + len(power)] = power.mean(axis=1)
        self._count += len(power)
        if self._count == 2 * _COLUMNS:
            self._count, self._group, self.step = _COLUMNS, self._group * 2, self.step * 2
            self._power[:_COLUMNS] = (self._power[::2] + self._power[1::2]) / 2


def log_rows(power: FloatArray, bin_hz: float, bottom_hz: float, top_hz: float) -> FloatArray:
    """Power of bins to level of `_ROWS` rows, equally wide in log frequency, in dBFS.

    A row takes the greatest of its bins, so that a tone reads its own level at any height; a row too narrow for a bin
    is read between the nearest two.
    """
    edges = np.geomspace(bottom_hz, top_hz, _ROWS + 1) / bin_hz
    rows = _between(power, np.sqrt(edges[:-1] * edges[1:]))
    first = np.minimum(np.ceil(edges).astype(int), power.shape[1] - 1)
    greatest = np.maximum.reduceat(power, first, axis=1)[:, :-1]
    rows = np.where(np.diff(first) > 0, np.maximum(rows, greatest), rows)
    return np.asarray(10.0 * np.log10(np.maximum(rows, 1e-15)), np.float32)


def _between(values: FloatArray, at: FloatArray) -> FloatArray:
    """Columns of `values` at fractional positions, linearly."""
    low = np.clip(np.floor(at).astype(int), 0, values.shape[1] - 2)
    share = np.clip(at - low, 0.0, 1.0)
    return np.asarray(values[:, low] * (1.0 - share) + values[:, low + 1] * share)
