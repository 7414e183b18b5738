"""What two recordings hide of each other when they play together: levels in narrow bands, moment by moment.

A band of one recording is hidden where the other, spread over its neighbouring bands as in the ear, is a few dB
stronger there, and where the recording does not hide that band itself.

References
----------
Schroeder, Atal, Hall (1979), "Optimizing digital speech coders by exploiting masking properties of the human ear".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..spectra import fft
from ..spectra.frames import FloatArray, Framer
from ..spectra.rows import Rows

#: Edges of the bands: thirds of an octave from 90 Hz on, wider where the ear and the window tell no more apart.
EDGES_HZ: FloatArray = np.concatenate([[20.0, 56.0], 1000.0 * 2.0 ** ((np.arange(-11, 14) - 0.5) / 3.0)])
N_BANDS = len(EDGES_HZ) - 1

_WINDOW_S, _HOP_S = 0.1, 0.05
_BLOCK = 512  # frames
_HIDDEN_DB = 5.0  # below the other, as it is spread
_BELOW_USUAL_DB, _BELOW_LOUDEST_DB = 15.0, 45.0  # what counts as sounding: against the same band, the loudest band
_LEAST_SHARE, _LEAST_FRAMES = 25.0, 4
_SAMPLE = 4000  # frames from which the usual level of a band is read


@dataclass(frozen=True, slots=True)
class BandLevels:
    """Power of a recording in narrow bands.

    power : rows of shape (frames, N_BANDS), float32; frame i is about the time i / frame_rate
    mean_power : np.ndarray [shape=(n_fft // 2 + 1,)], float64, of the sum of all channels, a full-scale sine is 1
    """

    power: Rows
    mean_power: FloatArray
    sr: int
    n_fft: int
    frame_rate: float


@dataclass(frozen=True, slots=True)
class Masked:
    """A range of frequencies in which one recording is hidden by the other.

    second : it is the second recording that is hidden
    share_percent : of the time in which it sounds there
    """

    low_hz: float
    high_hz: float
    second: bool
    share_percent: float


class BandLevelsMeter:
    """Feed blocks of shape (n, channels), then `finish()`. Powers of the channels add up, whatever their phases."""

    def __init__(self, sr: int, channels: int) -> None:
        self.sr = sr
        self.n_fft = fft.next_fast_len(max(64, round(_WINDOW_S * sr)))
        self._hop = max(1, round(_HOP_S * sr))
        self._framers = [Framer(self.n_fft, self._hop) for _ in range(min(2, channels))]
        window = np.hanning(self.n_fft + 1)[:-1]
        self._window = (window * (2.0 / window.sum())).astype(np.float32)
        self._weights = band_weights(EDGES_HZ, sr, self.n_fft).astype(np.float32)
        self._rows = Rows(N_BANDS)
        self._total = np.zeros(self.n_fft // 2 + 1)

    def feed(self, block: FloatArray) -> None:
        self._take([framer.feed(y) for framer, y in zip(self._framers, self._columns(block), strict=True)])

    def finish(self) -> BandLevels:
        self._take([framer.flush() for framer in self._framers])
        mean = self._total / max(1, len(self._rows))
        return BandLevels(self._rows, mean, self.sr, self.n_fft, self.sr / self._hop)

    def _columns(self, block: FloatArray) -> list[FloatArray]:
        if block.shape[1] <= 2:
            return [np.ascontiguousarray(column) for column in block.T]
        return [block[:, side::2].mean(axis=1, dtype=np.float32) for side in (0, 1)]

    def _take(self, chunks: list[Iterator[FloatArray]]) -> None:
        for frames in zip(*chunks, strict=True):
            power = np.zeros((len(frames[0]), self.n_fft // 2 + 1), np.float32)
            for channel in frames:
                spectrum = fft.rfft(channel * self._window)
                power += spectrum.real**2 + spectrum.imag**2
            self._rows.append(power @ self._weights)
            self._total += power.sum(axis=0)


def band_weights(edges_hz: FloatArray, sr: int, n_fft: int) -> FloatArray:
    """How much of each bin belongs to each band between the edges, 0..1, shape (n_fft // 2 + 1, bands)."""
    bin_hz = sr / n_fft
    f = np.arange(n_fft // 2 + 1)[:, None] * bin_hz
    low, high = edges_hz[:-1], edges_hz[1:]
    overlap = np.minimum(f + bin_hz / 2.0, high) - np.maximum(f - bin_hz / 2.0, low)
    weights: FloatArray = np.clip(overlap / bin_hz, 0.0, 1.0)
    return weights


def find_masking(a: BandLevels, b: BandLevels) -> tuple[Masked, ...]:
    """Where one hides the other for a quarter of the time or more in which it sounds, most hidden first.

    Both play from their beginnings, at the levels that they have.
    """
    hidden = np.zeros((2, N_BANDS))
    sounding = np.zeros((2, N_BANDS))
    floors = [_sounding_floor(levels) for levels in (a, b)]
    spread, margin = _spread(), 10.0 ** (-_HIDDEN_DB / 10.0)
    for x, y in _together(a, b):
        for i, (maskee, masker) in enumerate(((x, y), (y, x))):
            heard = (maskee > floors[i]) & (maskee >= margin * _excitation(maskee, spread))
            sounding[i] += heard.sum(axis=0)
            hidden[i] += (heard & (maskee < margin * _excitation(masker, spread))).sum(axis=0)
    share = 100.0 * hidden / np.maximum(sounding, 1.0)
    share[sounding < _LEAST_FRAMES] = 0.0
    found = [found for i in (0, 1) for found in _ranges(share[i], sounding[i], second=bool(i))]
    return tuple(sorted(found, key=lambda each: -each.share_percent))


def _together(a: BandLevels, b: BandLevels) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Powers of both at the same times, a block after the other."""
    n = min(len(a.power), int(len(b.power) * a.frame_rate / b.frame_rate))
    for start in range(0, n, _BLOCK):
        x = a.power[start : min(start + _BLOCK, n)]
        at = np.round((start + np.arange(len(x))) * (b.frame_rate / a.frame_rate)).astype(int)
        y = b.power[int(at[0]) : int(at[-1]) + 1]
        yield x, y[np.minimum(at - at[0], len(y) - 1)]


def _sounding_floor(levels: BandLevels) -> FloatArray:
    """Power above which a band sounds, shape (N_BANDS,): near its usual one; infinite where that is too little."""
    n = len(levels.power)
    step = max(1, n // _SAMPLE)
    parts = [levels.power[i : i + _BLOCK][::step] for i in range(0, n, _BLOCK)]
    if not parts:
        return np.full(N_BANDS, np.inf)
    usual = np.quantile(np.concatenate(parts).astype(np.float64), 0.9, axis=0)
    loudest = float(usual.max())
    if loudest <= 0.0:
        return np.full(N_BANDS, np.inf)
    floor = usual * 10.0 ** (-_BELOW_USUAL_DB / 10.0)
    return np.asarray(np.where(usual > loudest * 10.0 ** (-_BELOW_LOUDEST_DB / 10.0), floor, np.inf))


def _excitation(power: FloatArray, spread: FloatArray) -> FloatArray:
    """The strongest that reaches each band from any band, shape (frames, N_BANDS)."""
    return np.asarray((power[:, :, None] * spread).max(axis=1))


def _spread() -> FloatArray:
    """What of a band reaches each other one, shape (from, to): Schroeder's slopes on the Bark scale, 1 to itself."""
    centre = np.sqrt(EDGES_HZ[:-1] * EDGES_HZ[1:])
    bark = 13.0 * np.arctan(0.00076 * centre) + 3.5 * np.arctan((centre / 7500.0) ** 2)
    away = bark[None, :] - bark[:, None] + 0.474
    decibels = 15.81 + 7.5 * away - 17.5 * np.sqrt(1.0 + away**2)
    return np.asarray(10.0 ** (np.minimum(decibels, 0.0) / 10.0), np.float32)


def _ranges(share: FloatArray, sounding: FloatArray, *, second: bool) -> Iterator[Masked]:
    """Neighbouring bands that are hidden often enough, as one range each."""
    often = np.concatenate([[False], share >= _LEAST_SHARE, [False]])
    starts, ends = np.flatnonzero(~often[:-1] & often[1:]), np.flatnonzero(often[:-1] & ~often[1:])
    for start, end in zip(starts, ends, strict=True):
        mean = float(np.average(share[start:end], weights=sounding[start:end]))
        yield Masked(round(float(EDGES_HZ[start]), 1), round(float(EDGES_HZ[end]), 1), second, round(mean, 1))
