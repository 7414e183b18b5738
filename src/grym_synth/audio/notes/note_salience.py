"""How likely each of 88 pitches sounds and starts, by arithmetic alone: where the Basic Pitch net is not at hand.

Every spectrum is explained as a sum of harmonic combs, one for each pitch, and of broad bands of noise, none negative.

References
----------
Lee and Seung (2001), "Algorithms for non-negative matrix factorization", with the combs held fixed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from ..spectra.frames import FloatArray, Framer
from ..spectra.resample import Resampler
from .transcription import LOWEST, N_PITCHES, Likelihoods

SR = 16_000  # Hz

_N_FFT, _HOP = 2048, 256
_TOP_HZ = 5000.0
_ROUNDS = 12
_PARTIALS = 12
_FADE = 0.75  # of each partial beside the one below
_NOISE_BANDS = 12
_STEP_DB = 0.5  # of what is kept
_FLOOR_DB = -50.0  # of the root of the spectrum: below a sine of -80 dBFS
_RANGE_DB = 36.0  # below the loudest within which a pitch may count as sounding
_RISE_DB = 14.0  # of a sure start, within _RISE_FRAMES
_RISE_FRAMES = 3

_LATE_S = 0.021  # measured on rendered scores
_WEIGHTS = (-2.02, 0.55, 1.76, 0.7, 0.44)


class NoteSalienceMeter:
    """Feed mono blocks at `sr`, then `finish()`. Kept are 88 bytes a frame."""

    def __init__(self, sr: int) -> None:
        self._resampler = Resampler(sr, SR)
        self._framer = Framer(_N_FFT, _HOP)
        window = np.hanning(_N_FFT + 1)[:-1]
        self._window = (window / (window.sum() / 2.0)).astype(np.float32)
        self._bins = round(_TOP_HZ * _N_FFT / SR)
        self._combs = _combs(self._bins)
        self._levels: list[NDArray[np.uint8]] = []

    def feed(self, y: FloatArray) -> None:
        self._take(self._framer.feed(self._resampler.feed(y)))

    def finish(self) -> Likelihoods:
        self._take(self._framer.feed(self._resampler.flush()))
        self._take(self._framer.flush())
        loudest = max(1, max((int(part.max()) for part in self._levels), default=0))
        onset, note = [], []
        before = np.zeros((_RISE_FRAMES, N_PITCHES), np.uint8)
        for part in self._levels:
            note.append(_sounding(part, loudest))
            onset.append(_starting(part, before, note[-1]))
            before = np.concatenate([before, part])[-_RISE_FRAMES:]
        return Likelihoods(onset, note, SR / _HOP, _WEIGHTS, _LATE_S)

    def _take(self, chunks: Iterator[FloatArray]) -> None:
        for frames in chunks:
            spectrum = np.abs(scipy.fft.rfft(frames * self._window, axis=1)[:, : self._bins])
            activity = _explain(spectrum.astype(np.float32), self._combs)[:, :N_PITCHES]
            level = 20.0 * np.log10(activity + 1e-7)
            self._levels.append(np.clip((level - _FLOOR_DB) / _STEP_DB, 0, 255).astype(np.uint8))


@functools.cache
def _combs(bins: int) -> FloatArray:
    """What each pitch, and each band of noise, looks like; rows of unit sum, shape (88 + bands, bins)."""
    f = np.arange(bins) * SR / _N_FFT
    out = np.zeros((N_PITCHES + _NOISE_BANDS, bins))
    lobe_hz = 2.0 * SR / _N_FFT
    for i in range(N_PITCHES):
        hz = 440.0 * 2.0 ** ((LOWEST + i - 69) / 12.0)
        for partial in range(1, _PARTIALS + 1):
            width = lobe_hz + 0.006 * hz * partial  # a little out of tune is still that note
            away = np.abs(f - hz * partial) / width
            out[i] += _FADE ** (partial - 1) * np.cos(np.minimum(away, 1.0) * np.pi / 2.0) ** 2
    edges = np.linspace(0.0, bins, _NOISE_BANDS + 2)
    for i in range(_NOISE_BANDS):
        out[N_PITCHES + i] = np.interp(np.arange(bins), edges[i : i + 3], [0.0, 1.0, 0.0])
    return np.asarray(out / np.maximum(out.sum(axis=1, keepdims=True), 1e-9), np.float32)


def _explain(spectrum: FloatArray, combs: FloatArray) -> FloatArray:
    """How much of each comb is in each row of `spectrum`, by multiplicative steps towards the least divergence."""
    root = np.sqrt(spectrum) + np.float32(1e-5)  # else loud partials alone would decide
    activity = np.full((len(root), len(combs)), 1.0, np.float32) * root.sum(axis=1, keepdims=True) / len(combs)
    for _ in range(_ROUNDS):
        activity *= (root / (activity @ combs + np.float32(1e-7))) @ combs.T
    return np.asarray(activity)


def _sounding(level: NDArray[np.uint8], loudest: int) -> NDArray[np.uint8]:
    below_db = (level.astype(np.float32) - loudest) * _STEP_DB
    likelihood = np.clip(255.0 * (1.0 + below_db / _RANGE_DB), 0.0, 255.0)
    return np.where(level > 0, likelihood, 0.0).astype(np.uint8)


def _starting(level: NDArray[np.uint8], before: NDArray[np.uint8], sounding: NDArray[np.uint8]) -> NDArray[np.uint8]:
    earlier = np.concatenate([before, level])[: len(level)].astype(np.float32)
    rise_db = (level.astype(np.float32) - earlier) * _STEP_DB
    return np.asarray(np.clip(rise_db / _RISE_DB, 0.0, 1.0) * sounding, np.uint8)
