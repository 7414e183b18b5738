"""What chords are read from: pitch features gathered over half beats, with what comes before, after and around.

Half beats are short enough for the fastest changes and still hold a whole attack; without beats, steps of 0.25 s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..spectra.chroma import PitchFeatures
from ..spectra.frames import FloatArray

_STEP = 0.25  # seconds, where there are no beats
_SHORTEST_HALF, _LONGEST_GAP = 0.15, 3.0  # seconds: half beats are no shorter, and no beat is halved across a gap
_NEAR, _AROUND = 4, 16  # moments to either side that the surroundings are taken from
_REGISTER_POWER = 0.7  # on top of the square root: weak notes of a chord count nearly as much as strong ones


@dataclass(frozen=True, slots=True)
class Moments:
    """The stretches of time that are judged one by one, half beats or steps: n + 1 ascending edges in seconds.

    on_beat : np.ndarray [shape=(n,)], bool, whether a moment begins on a beat
    """

    edges_s: FloatArray
    on_beat: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.on_beat)


def lay_moments(beats_s: FloatArray, duration_s: float) -> Moments:
    """Half beats from 0 to the end; steps of 0.25 s where there are fewer than four beats."""
    beats = np.asarray(beats_s, np.float64)
    beats = beats[(beats > 0.02) & (beats < duration_s - 0.02) & (np.diff(beats, prepend=-1.0) > 0.05)]
    if duration_s <= 0.0:
        return Moments(np.zeros(1), np.zeros(0, bool))
    if len(beats) < 4:
        edges = np.arange(0.0, max(duration_s - _STEP / 5.0, _STEP / 5.0), _STEP)
        return Moments(np.append(edges, duration_s), np.zeros(len(edges), bool))
    first, last = beats[1] - beats[0], beats[-1] - beats[-2]
    before = beats[0] - first * np.arange(int(beats[0] / first), 0, -1)
    after = np.arange(beats[-1] + last, duration_s - 0.02, last)
    beats = np.concatenate([[0.0], before[before > 0.02], beats, after])
    gaps = np.diff(np.append(beats, beats[-1] + last))
    halved = (gaps > 2.0 * _SHORTEST_HALF) & (gaps < _LONGEST_GAP)
    starts = np.concatenate([beats, (beats + gaps / 2.0)[halved]])
    order = np.argsort(starts, kind="stable")
    starts, on_beat = starts[order], (np.arange(len(starts)) < len(beats))[order]
    inside = starts < duration_s - 0.03
    inside[0] = True
    return Moments(np.append(starts[inside], duration_s), on_beat[inside])


@dataclass(frozen=True, slots=True)
class Whole:
    """What every moment is heard against: mean chroma and bass [shape=(2, 12)], and how loud the loud frames are."""

    means: FloatArray
    loud: float


def hear_whole(pitch: PitchFeatures) -> Whole:
    """Of a whole recording."""
    total = sum((pitch.roots(frames)[:, :2].sum(axis=0, dtype=np.float64) for frames in pitch.blocks()), np.zeros(1))
    loud = float(np.quantile(pitch.loudness[:, 1], 0.9)) if pitch.n_frames else 0.0
    return Whole(np.asarray(total / max(1, pitch.n_frames)), loud + 1e-12)


def chord_inputs(
    pitch: PitchFeatures, moments: Moments, start: int, stop: int, whole: Whole | None = None
) -> tuple[FloatArray, FloatArray]:
    """What the network hears of the moments `start` to `stop` - 1: shapes (n, 27, 12) and (n, 4), float32.

    Chroma, bass and five registers of the moment, of the one before and of the one after; chroma and bass of 9 and of
    33 moments around it and of the whole; beside these how loud, how long, how noisy it is, and whether on a beat.

    whole : as from `hear_whole`, where it is known
    """
    whole = whole or hear_whole(pitch)
    low, high = max(0, start - _AROUND), min(len(moments), stop + _AROUND)
    edges = moments.edges_s[low : high + 1]
    means, loudness = _means(pitch, edges)
    length = np.diff(edges)
    here = np.arange(start, stop) - low
    before, after = np.maximum(here - 1, 0), np.minimum(here + 1, len(means) - 1)
    pitches = np.empty((len(here), 27, 12), np.float32)
    pitches[:, :7], pitches[:, 7:14], pitches[:, 14:21] = means[here], means[before], means[after]
    for first, reach in ((21, _NEAR), (23, _AROUND)):
        pitches[:, first : first + 2] = _surroundings(means[:, :2], length, reach)[here]
    pitches[:, 25:] = whole.means
    tonal = loudness[here, 1] / (loudness[here, 0] + 1e-9 * whole.loud)
    level = np.log10(loudness[here, 1] / whole.loud + 1e-3)
    sides = np.stack(
        [level, np.minimum(length[here], 1.5), np.minimum(tonal, 2.0), moments.on_beat[start:stop]], axis=1
    )
    return pitches, sides.astype(np.float32)


def _means(pitch: PitchFeatures, edges: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Means over the stretches between edges, frames counted by their share in each: shapes (n, 7, 12) and (n, 3)."""
    position = np.clip(edges * pitch.frame_rate + 0.5, 0.0, pitch.n_frames)
    first = int(position[0])
    frames = slice(first, min(pitch.n_frames, int(position[-1]) + 1))
    heard = np.concatenate([pitch.roots(frames).reshape(-1, 84), pitch.loudness[frames]], axis=1)
    np.power(heard[:, 24:84], _REGISTER_POWER, out=heard[:, 24:84])
    heard = np.concatenate([heard, np.zeros((1, 87), np.float32)])
    total = np.zeros((len(heard) + 1, 87))
    np.cumsum(heard, axis=0, out=total[1:])
    whole = position.astype(int) - first
    at = total[whole] + (position - first - whole)[:, None] * heard[whole]
    mean = np.diff(at, axis=0) / np.maximum(np.diff(position), 1e-6)[:, None]
    return mean[:, :84].reshape(-1, 7, 12), mean[:, 84:]


def _surroundings(means: FloatArray, length: FloatArray, reach: int) -> FloatArray:
    """Mean over up to `reach` moments on either side, by their length."""
    total = np.zeros((len(means) + 1, *means.shape[1:]))
    np.cumsum(means * length[:, None, None], axis=0, out=total[1:])
    time = np.concatenate([[0.0], np.cumsum(length)])
    i = np.arange(len(means))
    low, high = np.maximum(i - reach, 0), np.minimum(i + reach + 1, len(means))
    return np.asarray((total[high] - total[low]) / (time[high] - time[low])[:, None, None])
