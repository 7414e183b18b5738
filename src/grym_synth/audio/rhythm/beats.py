"""Beats of a known tempo, and what they say about it: its exact value, how it moves, and where the off-beat falls."""

from __future__ import annotations

import numpy as np

from ..spectra.frames import FloatArray
from ..spectra.rows import RowsLike
from .onsets import BLOCK, refine

_CURVE_STEP_S, _CURVE_POINTS = 4.0, 150  # of a tempo curve: its step, and how many there are at most
_LEAST_BEATS = 12  # for anything that is said of how the beats move
_LEAST_OFF_BEATS = 6
_OFF_BEAT = (0.42, 0.74)  # where an off-beat may fall; the last sixteenth of a dotted rhythm, at 0.75, is none


def track_beats(envelope: RowsLike, frame_rate: float, tempo_bpm: float, tightness: float = 400.0) -> FloatArray:
    """Beat positions in frames, between the frames, ascending: the best chain of strong and evenly spaced frames.

    envelope : rows of shape (frames, bands), whose sum is the strength

    Each chain scores the strength of its beats less `tightness` * log(interval / period)**2 for every interval.

    References
    ----------
    Ellis (2007), "Beat Tracking by Dynamic Programming".
    """
    strength = np.zeros(len(envelope), np.float32)
    for start in range(0, len(envelope), BLOCK):
        envelope[start : start + BLOCK].sum(axis=1, out=strength[start : start + BLOCK])
    n, period = len(strength), 60.0 * frame_rate / tempo_bpm
    if not n or not strength.any():
        return np.zeros(0)
    # As strength.std(), without a copy of it.
    square = float(np.einsum("i,i", strength, strength, dtype=np.float64)) / n
    spread = max(0.0, square - float(strength.mean(dtype=np.float64)) ** 2) ** 0.5
    if spread > 0.0:
        strength /= np.float32(spread)
    shortest, longest = max(1, round(0.7 * period)), max(2, round(1.4 * period))  # others never pay
    back = np.arange(longest, shortest - 1, -1)
    penalty = -tightness * np.log(back / period) ** 2
    lag = np.zeros(n, np.int16)  # frames back to the beat before; 0 where a chain begins
    # total[longest + i]: the best chain that ends at frame first + i. It holds a stretch and what reaches into it.
    stretch = longest + shortest * max(1, BLOCK // shortest)
    total = np.zeros(longest + stretch)
    chains = np.lib.stride_tricks.sliding_window_view(total, len(back))
    first = 0
    while True:
        last = min(first + stretch, n)
        # No beat depends on one less than `shortest` before it: so many frames are decided at once.
        for start in range(first, last, shortest):
            i, j = start - first, min(start + shortest, last) - first
            score = chains[i:j] + penalty
            best = score.argmax(axis=1)
            gain = score[np.arange(j - i), best]
            total[longest + i : longest + j] = strength[first + i : first + j] + np.maximum(gain, 0.0)
            lag[first + i : first + j] = back[best] * (gain > 0.0)
        if last == n:
            break
        total[:longest] = total[stretch:]
        first = last
    ends = total[: longest + n - first][-min(n, round(period), longest) :]
    beat = n - len(ends) + int(ends.argmax())
    beats = [beat]
    while lag[beat]:
        beat -= int(lag[beat])
        beats.append(beat)
    return refine(strength, np.array(beats[::-1]))


def fit_tempo(beats_s: FloatArray, tempo_bpm: float) -> float:
    """Tempo of the line through the beats, where it agrees with their median interval; else that of the median."""
    if len(beats_s) < 4:
        return tempo_bpm
    slope = float(np.polyfit(np.arange(len(beats_s)), beats_s, 1)[0])
    median = float(np.median(np.diff(beats_s)))
    period = slope if abs(slope / median - 1.0) < 0.06 else median
    return 60.0 / period if period > 0.0 else tempo_bpm


def fit_to_loop(
    tempo_bpm: float, duration_s: float, onsets_s: FloatArray, metre: int | None, ends_in_sound: bool
) -> float:
    """The exact tempo of a file that is a whole number of bars, cut on the beat at both ends; else `tempo_bpm`.

    ends_in_sound : whether something still sounds where the file ends
    """
    count = tempo_bpm * duration_s / 60.0
    whole = round(count)
    if not whole or whole % (metre or 4) or not ends_in_sound or not len(onsets_s) or onsets_s[0] > 0.03:
        return tempo_bpm
    # Every longer recording is near some whole number: the rest of a bar must be an unlikely small one.
    is_whole = abs(count / whole - 1.0) < 0.01 and abs(count - whole) < 0.2
    return 60.0 * whole / duration_s if is_whole else tempo_bpm


def local_tempi(beats_s: FloatArray, width_s: float = 8.0) -> FloatArray:
    """Tempo around each beat, shape (beats,): that of the line through those within half of `width_s`, at least 8.

    At the ends the stretch is not cut but moved inwards. Empty with fewer than 12 beats.
    """
    n = len(beats_s)
    if n < _LEAST_BEATS:
        return np.zeros(0)
    count = min(n, max(8, round(width_s / float(np.median(np.diff(beats_s))))))
    number = np.arange(count) - 0.5 * (count - 1)
    # Slope of the line through `count` beats: their covariance with the number over its variance.
    periods = np.convolve(beats_s - beats_s[0], number[::-1], "valid") / float(number @ number)
    centre = np.arange(n) - count // 2
    return np.asarray(60.0 / periods[centre.clip(0, n - count)])


def trace_tempo(beats_s: FloatArray) -> tuple[float | None, tuple[tuple[float, float], ...]]:
    """`(drift_percent, curve)`: 90 % range of the local tempo, and the tempo every few seconds as (start_s, tempo_bpm).

    (None, ()) with fewer than 12 beats.
    """
    tempi = local_tempi(beats_s)
    if not len(tempi):
        return None, ()
    low, middle, high = np.quantile(tempi, (0.05, 0.5, 0.95))
    step = max(_CURVE_STEP_S, float(beats_s[-1] - beats_s[0]) / _CURVE_POINTS)
    starts = np.arange(float(beats_s[0]), float(beats_s[-1]), step)
    curve = np.interp(starts, beats_s, tempi)
    points = tuple((float(at), float(bpm)) for at, bpm in zip(starts, curve, strict=True))
    return float(100.0 * (high - low) / middle), points


def measure_swing(beats_s: FloatArray, onsets_s: FloatArray) -> tuple[float | None, float]:
    """`(swing, confidence)`: where in the beat most off-beats fall, 0.5 straight, 0.667 triplets, 1 the next beat.

    confidence : 0..1, chance to be within 0.02; `(None, 0)` where too few beats have an off-beat
    """
    if len(beats_s) < _LEAST_BEATS or not len(onsets_s):
        return None, 0.0
    beat = np.searchsorted(beats_s, onsets_s, "right") - 1
    inside = (beat >= 0) & (beat < len(beats_s) - 1)
    beat, onsets = beat[inside], onsets_s[inside]
    place = (onsets - beats_s[beat]) / (beats_s[beat + 1] - beats_s[beat])
    place = place[(place > _OFF_BEAT[0]) & (place < _OFF_BEAT[1])]
    if not len(place):
        return None, 0.0
    count, edges = np.histogram(place, bins=round((_OFF_BEAT[1] - _OFF_BEAT[0]) / 0.005), range=_OFF_BEAT)
    density = np.convolve(count, np.exp(-0.5 * (np.arange(-12, 13) * 0.005 / 0.02) ** 2), "same")
    inner = slice(6, len(density) - 6)  # a heap at the edge belongs to something else
    peak = float(edges[inner][density[inner].argmax()]) + 0.0025
    near = place[np.abs(place - peak) < 0.06]
    if len(near) < max(_LEAST_OFF_BEATS, 0.12 * len(beats_s)):
        return None, 0.0
    spread = float(np.median(np.abs(near - np.median(near)))) / 0.6745
    # Other onsets between the beats, as of a tune that is straight while the drums swing, make it doubtful.
    agreement = len(near) / len(place)
    error = np.hypot(0.004, 1.25 * spread / np.sqrt(len(near)))
    return float(np.median(near)), float(agreement * np.exp(-0.5 * (error / 0.02) ** 2))
