"""A recording narrowed to what a picture can show, read once, in blocks: an hour needs no more memory than a minute."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ..audio.decoding.files import open_audio
from ..audio.levels.loudness import MIN_RATE_HZ, channel_weights, k_weighting
from ..audio.spectra.frames import FloatArray, Framer

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
    k_power : np.ndarray [shape=(frames,)], float64, K-weighted mean square of overlapping windows, channels summed
    """

    low: FloatArray
    high: FloatArray
    clipped: NDArray[np.bool_]
    envelope_step: float  # seconds
    power: FloatArray
    power_step: float  # seconds
    bin_hz: float
    k_power: FloatArray
    k_step: float  # seconds
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
    power, k_power = spectrogram.finish()
    return Columns(
        low=low,
        high=high,
        clipped=clipped,
        envelope_step=envelope.step / sr,
        power=power,
        power_step=spectrogram.step / sr,
        bin_hz=sr / spectrogram.n_fft,
        k_power=k_power,
        k_step=spectrogram.hop / sr,
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
        self.hop = self.step = self.n_fft // overlap  # samples from frame to frame, and from column to column
        self._bins = min(self.n_fft // 2 + 1, math.ceil(F_MAX * self.n_fft / sr) + 2)
        self._framers = [Framer(self.n_fft, self.step) for _ in range(channels)]
        window = np.hanning(self.n_fft + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)
        # Hann windows spread a sine's power over 1.5 bins, and half of it lies at negative frequencies.
        self._k_gain = _k_gain(sr, self.n_fft) / 3.0
        self._channel_weights = channel_weights(channels)
        self._k_power: list[FloatArray] = []
        self._group = 1  # frames in a column
        self._count = 0
        self._power = np.zeros((2 * _COLUMNS, self._bins), np.float32)
        self._rest = np.zeros((0, self._bins), np.float32)

    def feed(self, block: FloatArray) -> None:
        streams = [framer.feed(y) for framer, y in zip(self._framers, block.T, strict=True)]
        for frames in zip(*streams, strict=True):
            self._take(frames)

    def finish(self) -> tuple[FloatArray, FloatArray]:
        for frames in zip(*[framer.flush() for framer in self._framers], strict=True):
            self._take(frames)
        if len(self._rest):
            self._append(self._rest[None])
        k_power = np.concatenate(self._k_power) if self._k_power else np.zeros(0)
        return self._power[: self._count], k_power

    def _take(self, frames: Sequence[FloatArray]) -> None:
        """Take the same frames of each channel."""
        power = np.zeros((len(frames[0]), self._bins), np.float32)
        k_power = np.zeros(len(frames[0]))
        for one, weight in zip(frames, self._channel_weights, strict=True):
            spectrum = scipy.fft.rfft(one * self._window, axis=1)
            squares = spectrum.real**2 + spectrum.imag**2
            power += squares[:, : self._bins]
            k_power += weight * (squares @ self._k_gain)
        self._k_power.append(k_power)
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


def _k_gain(sr: int, n_fft: int) -> FloatArray:
    """Power gain of the K-weighting at each bin, shape (n_fft // 2 + 1,), float32; without weight at very low rates."""
    if sr < MIN_RATE_HZ:
        return np.zeros(n_fft // 2 + 1, np.float32)
    z = np.exp(-2j * np.pi * np.arange(n_fft // 2 + 1) / n_fft)
    gain = np.ones(len(z))
    for b, a in k_weighting(sr):
        gain *= np.abs(np.polyval(b[::-1], z) / np.polyval(a[::-1], z)) ** 2
    return gain.astype(np.float32)


def loudness_curve(columns: Columns, seconds: float) -> tuple[FloatArray, FloatArray]:
    """Middle of each window of that length, in s, and its loudness in LUFS (-inf for silence).

    The windows are those of short-term (3 s) and momentary (0.4 s) loudness of EBU Tech 3341, read from spectra, so
    that their edges are soft; good for a picture, a tenth of a LU from the real thing.
    """
    n = max(1, round(seconds / columns.k_step))
    if len(columns.k_power) < n:
        return np.zeros(0), np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(columns.k_power)])
    mean = np.maximum(total[n:] - total[:-n], 0.0) / n
    with np.errstate(divide="ignore"):
        level = -0.691 + 10.0 * np.log10(mean)
    return (np.arange(len(mean)) + (n - 1) / 2.0) * columns.k_step, level


def chroma_of(columns: Columns, tuning_cents: float = 0.0) -> FloatArray:
    """Pitch classes of the spectra, shape (spectra, 12), C first, the strongest of each at 1; for pictures.

    Bins from A2 to C8 count for the semitone they lie in, less the more they lie at its edges.
    """
    f = np.arange(columns.power.shape[1]) * columns.bin_hz
    heard = (f > 104.0) & (f < 4190.0)
    midi = 69.0 + 12.0 * np.log2(f[heard] / 440.0) - tuning_cents / 100.0
    nearest = np.round(midi)
    weights = np.zeros((int(heard.sum()), 12), np.float32)
    weights[np.arange(len(midi)), nearest.astype(int) % 12] = np.exp(-0.5 * ((midi - nearest) / 0.22) ** 2)
    chroma = columns.power[:, heard] ** 0.4 @ weights
    return np.asarray(chroma / (chroma.max(axis=1, keepdims=True, initial=1e-4)), np.float32)


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
