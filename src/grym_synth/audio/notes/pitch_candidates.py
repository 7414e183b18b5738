"""Which single pitches could be sounding, every 10 ms: a few candidates with their strengths, heard without a model.

The strength of a pitch says how much the square root of the spectrum looks like its harmonics: hills at the first and
the prime ones, valleys between them, so that neither octave is favoured. It is 0..1; a steady harmonic tone has .6 and
more, noise .1 to .2. High pitches are heard in shorter windows than low ones.

References
----------
Camacho and Harris (2008), "A sawtooth waveform inspired pitch estimator for speech and music".
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.fft

from ..spectra.frames import FloatArray, Framer

SR = 16_000  # Hz, of what is fed
FRAME_RATE = 100.0
F_MIN, F_MAX = 46.875, 2093.75
N_CANDIDATES = 5

_HOP = 160
_WINDOWS = (512, 1024, 2048)
_PERIODS = 10.0  # that a window should hold
_PER_SEMITONE = 5
_TOP_HZ = 5000.0
#: Partials that place a pitch, and how much they count.
_PARTIALS = ((1, 1.0), (2, 0.2), (3, 1.0), (5, 1.0))
_PRIMES = (1, 2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103)


@dataclass(frozen=True, slots=True)
class PitchCandidates:
    """Candidates of each frame, strongest first; frame i is about the time i / 100 s.

    midi : np.ndarray [shape=(frames, 5)], float32, MIDI numbers with fraction; NaN where there are fewer
    strength : np.ndarray [shape=(frames, 5)], float32, 0..1; 0 where there are fewer
    level_db : np.ndarray [shape=(frames,)], float32, of 64 ms around the frame, dBFS; -120 at the least
    """

    midi: FloatArray
    strength: FloatArray
    level_db: FloatArray


class PitchCandidatesMeter:
    """Feed mono blocks at 16 kHz, then `finish()`."""

    def __init__(self) -> None:
        self._framer = Framer(_WINDOWS[-1], _HOP)
        self._grid_midi = _grid_midi()
        self._hanns = [_hann(n) for n in _WINDOWS]
        self._kernels = [_kernels(n) for n in _WINDOWS]
        self._parts: list[tuple[FloatArray, FloatArray, FloatArray]] = []

    def feed(self, y: FloatArray) -> None:
        self._take(self._framer.feed(y))

    def finish(self) -> PitchCandidates:
        self._take(self._framer.flush())
        none = np.zeros((0, N_CANDIDATES), np.float32)
        empty = (none, none, np.zeros(0, np.float32))
        midi, strength, level = (np.concatenate(column) for column in zip(empty, *self._parts, strict=True))
        return PitchCandidates(midi, strength, level)

    def _take(self, chunks: Iterator[FloatArray]) -> None:
        for frames in chunks:
            strength = np.zeros((len(frames), len(self._grid_midi)), np.float32)
            magnitude = np.zeros(0)
            for n, hann, (columns, kernel) in zip(_WINDOWS, self._hanns, self._kernels, strict=True):
                centre = (_WINDOWS[-1] - n) // 2
                spectrum = scipy.fft.rfft(frames[:, centre : centre + n] * hann, axis=1)[:, : _bins(n)]
                magnitudes = np.abs(spectrum)
                if n == _WINDOWS[1]:
                    magnitude = magnitudes
                strength[:, columns] += _likeness(magnitudes, kernel, n)
            inner = frames[:, 512:-512]
            power = np.einsum("ij,ij->i", inner, inner) / inner.shape[1]
            level = np.maximum(10.0 * np.log10(power + 1e-12), -120.0)
            midi, best = _pick(strength, self._grid_midi)
            self._parts.append((_refine(midi, magnitude), best, level.astype(np.float32)))


def hz_to_midi(hz: float) -> float:
    return float(69.0 + 12.0 * np.log2(hz / 440.0))


def _grid_midi() -> FloatArray:
    return np.arange(hz_to_midi(F_MIN), hz_to_midi(F_MAX), 1.0 / _PER_SEMITONE)


def _hann(n: int) -> FloatArray:
    window = np.hanning(n + 1)[:-1]
    return np.asarray(window / (window.sum() / 2.0), np.float32)


def _bins(n: int) -> int:
    return round(_TOP_HZ * n / SR)


def _erb_density(n: int) -> FloatArray:
    """How much of the ear's frequency scale each bin covers, up to a factor."""
    return np.asarray(1.0 / (229.0 + np.arange(_bins(n)) * SR / n), np.float32)


@functools.cache
def _kernels(n: int) -> tuple[slice, FloatArray]:
    """The pitches heard in windows of n samples, and for each what its spectrum should look like; columns are pitches.

    A pitch between two lengths is heard in both, each with its share.
    """
    hz = 440.0 * 2.0 ** ((_grid_midi() - 69.0) / 12.0)
    octaves = np.log2(_PERIODS * SR / hz / n)  # by which the best window is longer than this one
    share = np.clip(1.0 - np.abs(octaves), 0.0, 1.0)
    if n == _WINDOWS[0]:
        share[octaves <= 0.0] = 1.0
    if n == _WINDOWS[-1]:
        share[octaves >= 0.0] = 1.0
    heard = np.flatnonzero(share)
    columns = slice(int(heard[0]), int(heard[-1]) + 1)
    f = np.arange(_bins(n)) * SR / n
    out = np.zeros((len(f), len(heard)), np.float32)
    for i, pitch in enumerate(hz[columns]):
        q = f / pitch
        kernel = np.zeros(len(f))
        for k in _PRIMES:
            if k * pitch > _TOP_HZ:
                break
            away = np.abs(q - k)
            hill = away < 0.25
            kernel[hill] = np.cos(2.0 * np.pi * q[hill])
            valley = (away >= 0.25) & (away < 0.75)
            kernel[valley] += np.cos(2.0 * np.pi * q[valley]) / 2.0
        kernel *= np.sqrt(1.0 / np.maximum(f, 1.0)) * _erb_density(n)
        hills = kernel[kernel > 0.0] / np.sqrt(_erb_density(n)[kernel > 0.0])
        out[:, i] = share[columns][i] * kernel / np.sqrt(np.sum(hills**2))
    return columns, out


def _likeness(magnitude: FloatArray, kernel: FloatArray, n: int) -> FloatArray:
    root = np.sqrt(magnitude)
    norm = np.sqrt(magnitude @ _erb_density(n))
    return np.asarray((root @ kernel) / np.maximum(norm, 1e-6)[:, None], np.float32)


def _pick(strength: FloatArray, grid_midi: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The highest local maxima of each row, placed by a parabola."""
    inner = strength[:, 1:-1]
    is_peak = (inner > strength[:, :-2]) & (inner >= strength[:, 2:]) & (inner > 0.05)
    height = np.where(is_peak, inner, 0.0)
    order = np.argsort(-height, axis=1, kind="stable")[:, :N_CANDIDATES]
    best = np.take_along_axis(height, order, axis=1)
    left, top, right = (np.take_along_axis(strength, order + d, axis=1) for d in (0, 1, 2))
    offset = 0.5 * (left - right) / np.minimum(left - 2.0 * top + right, -1e-6)
    midi = grid_midi[order + 1] + np.clip(offset, -0.5, 0.5) / _PER_SEMITONE
    return np.where(best > 0.0, midi, np.nan).astype(np.float32), best.astype(np.float32)


def _refine(midi: FloatArray, magnitude: FloatArray) -> FloatArray:
    """Candidates moved to where their low partials are, by at most 70 cents; magnitude is that of windows of 1024.

    Even partials count little: they may belong to a stop or reed an octave higher that is tuned differently.
    """
    bin_hz = SR / _WINDOWS[1]
    padded = np.pad(np.log(magnitude + 1e-9), ((0, 0), (0, 8)), constant_values=-20.7)
    rows = np.arange(len(midi))[:, None, None]
    moved, weights = np.zeros(midi.shape), np.full(midi.shape, 1e-9)
    hz = 440.0 * 2.0 ** ((np.nan_to_num(midi, nan=69.0) - 69.0) / 12.0)
    for partial, weight in _PARTIALS:
        place = hz * partial / bin_hz
        nearest = np.clip(np.round(place).astype(np.intp), 3, magnitude.shape[1] + 3)
        around = padded[rows, nearest[..., None] + np.arange(-3, 4)]
        top = 1 + around[..., 1:-1].argmax(axis=2)
        left, middle, right = (np.take_along_axis(around, (top + d)[..., None], axis=2)[..., 0] for d in (-1, 0, 1))
        vertex = 0.5 * (left - right) / np.minimum(left - 2.0 * middle + right, -1e-6)
        found = nearest + top - 3 + np.clip(vertex, -0.5, 0.5)
        off = 12.0 * np.log2(np.maximum(found, 0.5) / np.maximum(place, 0.5))
        is_peak = (middle >= left) & (middle >= right) & (np.abs(off) < 0.7) & (place > 3.0)
        share = np.where(is_peak, weight * np.exp(middle), 0.0)
        moved += share * off
        weights += share
    return np.asarray(midi + moved / weights, np.float32)
