"""Onset strength from short spectra, and the onsets in it.

Spectra are read in blocks, so that an hour needs little more memory than a minute: what is kept is one number a frame
for onsets and three for the pulse.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray
from ..spectra.rows import Rows, RowsLike

IntArray = NDArray[np.integer]

BLOCK = 1024  # frames at a time; so few stay in the cache
_IN_MEMORY = 1 << 20  # bytes of the pulse: 14 minutes
_BANDS = (0, 8, 20)  # first mel band of the low, middle and high third in which the pulse is followed
# How far below the loudest bands a change still counts: 50 dB for the pulse, 70 for onsets.
_PULSE_GAIN, _ONSET_GAIN = 1e5, 1e7
_LOG10 = np.float32(np.log(10.0))
_FAINTEST_ONSET = 0.003  # of an envelope: a steady tone stays far below, the softest bow stroke above
# A compressed window reports a hit of strength 1 this share of its length too early, and more with every e-fold.
ONSET_EARLY, BEAT_EARLY, _EARLIER = 0.15, 0.14, 0.06


def loud_power(mel: RowsLike) -> float:
    """Power of the strongest band that 95 % of the frames do not exceed; the greatest of all where that is 0."""
    loudest = np.zeros(max(1, len(mel)), np.float32)
    for start in range(0, len(mel), BLOCK):
        loudest[start : start + BLOCK] = mel[start : start + BLOCK].max(axis=1)
    return max(float(np.quantile(loudest, 0.95, overwrite_input=True)) or float(loudest.max()), 1e-12)


def onset_envelope(mel: RowsLike, loud: float | None = None) -> FloatArray:
    """Onset strength per frame, shape (frames,), float32: mean squared rise of the mel bands' log power.

    Squaring makes one clear new partial count for more than a little vibrato in all bands.

    mel : rows of shape (frames, n_mels), power
    loud : as from `loud_power`, where it is known
    """
    strength = np.zeros(len(mel), np.float32)
    for start, rise in _rises(mel, _ONSET_GAIN, loud):
        strength[start : start + len(rise)] = np.einsum("ij,ij->i", rise, rise) / rise.shape[1]
    return strength


def pulse_envelope(mel: RowsLike, frame_rate: float, loud: float | None = None) -> Rows:
    """Onset strength in the low, middle and high bands, float32, each at unit RMS, its local mean removed.

    Rows of shape (frames, 3); arguments as of `onset_envelope`.
    """
    n_bands = mel.shape[1] if len(mel) else 0
    pulse = Rows(len(_BANDS), in_memory=_IN_MEMORY)
    if not len(mel):
        return pulse
    edges = [*_BANDS, n_bands]
    thirds = np.array([[low <= i < high for i in range(n_bands)] for low, high in itertools.pairwise(edges)])
    mean_of = (thirds / thirds.sum(axis=1, keepdims=True).clip(1)).T.astype(np.float32)
    for _, rise in _rises(mel, _PULSE_GAIN, loud):
        pulse.append((rise * np.sqrt(rise)) @ mean_of)
    reach = round(0.4 * frame_rate)
    _change_in_blocks(pulse, reach, lambda x: np.maximum(x[reach : len(x) - reach] - _moving_mean(x, reach), 0.0))
    blocks = (pulse[start : start + BLOCK] for start in range(0, len(pulse), BLOCK))
    power = sum((np.einsum("ij,ij->j", rows, rows, dtype=np.float64) for rows in blocks), np.zeros(1)) / len(pulse)
    kernel = _gaussian(0.012 * frame_rate)
    scale = (1.0 / (np.sqrt(power) + 1e-9)).astype(np.float32)
    _change_in_blocks(pulse, len(kernel) // 2, lambda x: _blur(np.minimum(x * scale, np.float32(6.0)), kernel), 0.0)
    return pulse


def detect_onsets(envelope: FloatArray, frame_rate: float) -> FloatArray:
    """Times of onsets in seconds: local peaks that stand out of the median around them.

    envelope : np.ndarray [shape=(frames,)], as from `onset_envelope`
    """
    if len(envelope) < 3 or not envelope.max() > 0.0:
        return np.zeros(0)
    before, after, around = (max(1, round(s * frame_rate)) for s in (0.05, 0.04, 0.08))
    floor = max(_FAINTEST_ONSET, 0.08 * float(np.quantile(envelope, 0.98)))
    is_peak = envelope > floor
    for k in range(1, before + 1):
        is_peak[k:] &= envelope[k:] >= envelope[:-k]
    for k in range(1, after + 1):
        is_peak[:-k] &= envelope[:-k] >= envelope[k:]
    peaks = np.flatnonzero(is_peak)
    # The median is wanted at the few peaks only, not at every frame.
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(envelope, around), 2 * around + 1)
    parts = [peaks[i : i + BLOCK] for i in range(0, len(peaks), BLOCK)]
    stands_out = [envelope[part] > 1.55 * np.median(windows[part], axis=1) for part in parts]
    peaks = peaks[np.concatenate([np.zeros(0, bool), *stands_out])]
    times = refine(envelope, peaks) / frame_rate
    keep = np.diff(times, prepend=-1.0) > 0.03
    return np.asarray(times[keep])


def early_by(strength: FloatArray, frames: FloatArray, usual: float) -> FloatArray:
    """How much too early what is found at each of `frames` is, in lengths of the window; `usual` for a strength of 1.

    The more a hit stands out of what sounded before, the smaller the part of it under the window that is noticed.
    """
    return np.asarray(usual + _EARLIER * np.log(struck(strength, frames).clip(0.2, 40.0)))


def struck(envelope: FloatArray, frames: FloatArray) -> FloatArray:
    """The greatest strength within 20 ms of each of `frames`, for every column of the envelope."""
    at = np.round(frames).astype(int).clip(2, len(envelope) - 3)
    return np.asarray(np.max([envelope[at + k] for k in (-2, -1, 0, 1, 2)], axis=0))


def refine(envelope: FloatArray, peaks: IntArray) -> FloatArray:
    """Positions of peaks between the frames, by the parabola through each and its neighbours."""
    if len(envelope) < 3:
        return np.asarray(peaks, float)
    inner = np.clip(peaks, 1, len(envelope) - 2)
    a, b, c = (envelope[inner + k].astype(float) for k in (-1, 0, 1))
    bend = a - 2.0 * b + c
    shift = np.where(bend < -1e-12, 0.5 * (a - c) / np.where(bend < -1e-12, bend, -1.0), 0.0)
    return np.asarray(peaks + np.where(inner == peaks, np.clip(shift, -0.5, 0.5), 0.0))


def _rises(mel: RowsLike, gain: float, loud: float | None) -> Iterator[tuple[int, FloatArray]]:
    """(first frame, rise) of blocks: how much the log10 of the power rises over two frames, centred, floored at 0.

    The log is smoothed over three frames with weights 1/4, 1/2, 1/4 before.
    """
    scale = np.float32(gain / (loud_power(mel) if loud is None else loud))
    for start in range(0, len(mel), BLOCK):
        stop = min(start + BLOCK, len(mel))
        power = mel[max(0, start - 2) : stop + 2]
        level = np.zeros((stop - start + 4, power.shape[1]), np.float32)  # what begins with the file rises from silence
        first = max(0, 2 - start)
        level[first : first + len(power)] = power
        level[first + len(power) :] = power[-1]  # that the file ends is no change
        level *= scale
        level += np.float32(1.0)
        np.log(level, out=level)
        rise = level[3:-1] - level[1:-3]
        rise += rise
        rise += level[4:]
        rise -= level[:-4]
        rise *= np.float32(0.25) / _LOG10
        yield start, np.maximum(rise, 0.0, out=rise)


def _change_in_blocks(
    x: Rows, reach: int, change: Callable[[FloatArray], FloatArray], outside: float | None = None
) -> None:
    """Replace the rows of `x` by `change` of them with `reach` rows more at each end, block by block, in place.

    Beyond the ends the first and the last row go on, or there is `outside`.
    """
    first, last = x[:1], x[-1:]
    if outside is not None:
        first, last = np.full_like(first, outside), np.full_like(last, outside)
    before = np.repeat(first, reach, axis=0)
    for start in range(0, len(x), BLOCK):
        stop = min(start + BLOCK, len(x))
        after = x[stop : stop + reach]
        rows = np.concatenate([before, x[start:stop], after, np.repeat(last, reach - len(after), axis=0)])
        before = rows[len(rows) - 2 * reach : len(rows) - reach].copy()
        x[start:stop] = change(rows)


def _moving_mean(x: FloatArray, reach: int) -> FloatArray:
    """Mean over 2 reach + 1 rows of x, where there are as many, shape (rows - 2 reach, n)."""
    total = np.cumsum(np.concatenate([np.zeros((1, x.shape[1])), x]), axis=0)
    width = 2 * reach + 1
    return np.asarray((total[width:] - total[:-width]) / width, np.float32)


def _gaussian(sigma: float) -> FloatArray:
    reach = int(3.0 * sigma) + 1
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.asarray(kernel / kernel.sum(), np.float32)


def _blur(x: FloatArray, kernel: FloatArray) -> FloatArray:
    """Weighted mean of neighbouring rows, shape (rows - len(kernel) + 1, n)."""
    n = len(x) - len(kernel) + 1
    total = kernel[0] * x[:n]
    for i in range(1, len(kernel)):
        total += kernel[i] * x[i : i + n]
    return np.asarray(total)
