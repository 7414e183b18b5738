"""How a spectrum is cut: length and step of the frames, window, and the bands that its bins are gathered in.

A full-scale sine reads 0 dBFS at the centre of each band, within .05 dB (.3 without a window, whose lobes reach far),
but for bands within four bins of 0 Hz, where it meets its own mirror image.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...errors import BadRequest
from ..spectra.frames import FloatArray
from .peaks import WINDOWS, make_window

Scale = Literal["linear", "mel", "log"]
SCALES: tuple[Scale, ...] = ("linear", "mel", "log")
MIN_FFT, MAX_FFT = 16, 1 << 20
MOST_OVERLAPPING = 64  # frames over one sample: more of them only cost time
#: The low bands of the logarithmic scale lie closer together than the bins of a short frame.
DEFAULT_FFT: Mapping[Scale, int] = {"linear": 2048, "mel": 2048, "log": 8192}
#: Bands in all (mel), bands to the octave (log).
DEFAULT_BANDS: Mapping[Scale, int] = {"linear": 0, "mel": 128, "log": 24}
MIN_BANDS, MAX_BANDS = 1, 512

_LOWEST_MEL_HZ, _LOWEST_LOG_HZ, _HIGHEST_HZ = 20.0, 32.703, 20_000.0  # 32.703 Hz is C1
_LOBE_STEPS = 64  # of the table of a window's lobe, to the bin


@dataclass(frozen=True, slots=True)
class Transform:
    """How a spectrum is cut: `n_fft` and `hop_length` in samples; `bands` in all (mel) or to the octave (log)."""

    n_fft: int = 2048
    hop_length: int = 512
    window: str = "hann"
    scale: Scale = "linear"
    bands: int = 0

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Transform:
        """Take settings from outside; the step is `hop` in samples or `overlap` as a share, by default a quarter frame.

        Raises
        ------
        BadRequest
            One is of the wrong type or out of its range.
        """
        window, scale = raw.get("window", "hann"), raw.get("scale", "linear")
        if not isinstance(window, str) or window not in WINDOWS:
            raise BadRequest(f"unknown window {window!r}; there is {', '.join(WINDOWS)}")
        if not isinstance(scale, str) or scale not in SCALES:
            raise BadRequest(f"unknown scale {scale!r}; there is {', '.join(SCALES)}")
        n_fft = _whole(raw, "n_fft", DEFAULT_FFT[scale], MIN_FFT, MAX_FFT)
        least = max(1, n_fft // MOST_OVERLAPPING)
        hop = _whole(raw, "hop", max(1, n_fft // 4), least, n_fft)
        overlap = raw.get("overlap")
        if overlap is not None:
            if raw.get("hop") is not None:
                raise BadRequest("both `hop` and `overlap` are given; give one of them")
            if not _is_number(overlap) or not 0.0 <= overlap <= 1.0 - least / n_fft:
                raise BadRequest(f"overlap must be a share in 0..{1.0 - least / n_fft:g}, got {overlap!r}")
            hop = min(n_fft, max(least, round(n_fft * (1.0 - overlap))))
        bands = 0 if scale == "linear" else _whole(raw, "bands", DEFAULT_BANDS[scale], MIN_BANDS, MAX_BANDS)
        return cls(n_fft, hop, window, scale, bands)


def make_bands(
    sr: int, transform: Transform, length: int | None = None
) -> tuple[FloatArray, list[tuple[slice, FloatArray]]]:
    """Centres of the bands in Hz; and of each the bins that it sees and their weights, none on the linear scale."""
    n_fft, bin_hz = transform.n_fft, sr / transform.n_fft
    if transform.scale == "linear":
        return np.arange(n_fft // 2 + 1) * bin_hz, []
    edges = _edges(sr, transform)
    bank = []
    for low, centre, high in zip(edges[:-2] / bin_hz, edges[1:-1] / bin_hz, edges[2:] / bin_hz, strict=True):
        # Triangles, no narrower than the bins lie apart: between two bins, they go from one to the other.
        below, above = max(1.0, centre - low), max(1.0, high - centre)
        first = max(0, int(np.floor(centre - below)) + 1)
        bins = np.arange(first, min(n_fft // 2, int(np.ceil(centre + above)) - 1) + 1)
        away = bins - centre
        weights = 1.0 - np.where(away < 0.0, -away / below, away / above)
        # A sine at the centre leaks into the bins about it: with that, the band reads 1.
        leaks = lobe_heights(np.abs(away), transform, length or n_fft)
        weights /= max(float(weights @ np.square(leaks)), 1e-9)
        bank.append((slice(first, first + len(bins)), np.asarray(weights, np.float32)))
    return edges[1:-1], bank


def _edges(sr: int, transform: Transform) -> FloatArray:
    """Centres of the bands, with one below the first and one above the last, in Hz."""
    highest = min(_HIGHEST_HZ, sr / 2.0)
    if transform.scale == "mel":  # 2595 log10(1 + f / 700), as in HTK
        lowest, top = 2595.0 * np.log10(1.0 + np.array([_LOWEST_MEL_HZ, highest]) / 700.0)
        return np.asarray(700.0 * (10.0 ** (np.linspace(lowest, top, transform.bands + 2) / 2595.0) - 1.0))
    octaves = np.log2(highest / _LOWEST_LOG_HZ)
    count = int(np.floor(octaves * transform.bands + 1e-9))  # bands above the first, whose upper neighbour is in range
    return np.asarray(_LOWEST_LOG_HZ * 2.0 ** (np.arange(-1, count + 1) / transform.bands))


def lobe_heights(away: FloatArray, transform: Transform, length: int) -> FloatArray:
    """What a sine of height 1 reads `away` bins from its frequency, when frames are `length` samples long."""
    lobe = _lobe(transform.window, min(length, 1024))
    at = away * (length / transform.n_fft)
    return np.asarray(np.interp(at, np.arange(len(lobe)) / _LOBE_STEPS, lobe, right=0.0))


@functools.lru_cache(maxsize=8)
def _lobe(window: str, n: int) -> FloatArray:
    """Height of a window's transform at 0, 1/64, 2/64, ... bins from its middle, up to n / 2 bins; 1 at 0."""
    w = window_of(window, n)
    return np.asarray(np.abs(np.fft.rfft(w, _LOBE_STEPS * n)) / w.sum())


def window_of(name: str, n: int) -> FloatArray:
    """A window of `n` points, whose sum is above 0."""
    w = make_window(name, n)
    return w if w.sum() > 0.0 else np.ones(n)  # some are 0 at a single sample


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(raw: Mapping[str, Any], name: str, default: int, low: int, high: int) -> int:
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise BadRequest(f"{name} must be a whole number in {low}..{high}, got {value!r}")
    return value
