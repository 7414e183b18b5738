"""How well each key fits: a log-linear model of the chords, pitch classes and bass of some seconds of music.

Every term is turned so that the tonic of the key in question comes first: twelve intervals, one set of weights for
major keys and one for minor. They are fitted by `python -m benchmarks.fit_chords`. Keys are numbered 0..11 for C..B
major, 12..23 for minor.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

import numpy as np

from ...theory.pitch import NOTE_NAMES
from ..spectra.chroma import PitchFeatures
from ..spectra.frames import FloatArray
from .chord_inputs import chord_inputs, hear_whole, lay_moments
from .chord_model import FAMILIES, TURNED, ChordNet, family_log_probabilities, read_chord_net

_STRETCH = 512  # moments judged at once
_OPENING = 10  # frames: 0.9 s, the first chord
_MOMENTS_PER_SECOND = 4


@dataclass(frozen=True, slots=True)
class TonalSeconds:
    """What keys are read from, second by second, as sums that can be added up over any stretch.

    chords : np.ndarray [shape=(n, 12, 3)], probability of a major, minor and diminished chord on each root
    harmony : np.ndarray [shape=(n,)], probability of any chord
    chroma, bass : np.ndarray [shape=(n, 12)]
    """

    chords: FloatArray
    harmony: FloatArray
    chroma: FloatArray
    bass: FloatArray

    def __len__(self) -> int:
        return len(self.harmony)


@dataclass(frozen=True, slots=True)
class KeyWeights:
    """chords [shape=(2, 12, 3)], chroma, bass, opening_chroma, opening_bass [shape=(2, 12)] by mode, major first;
    minor [shape=(1,)] for being minor at all."""

    chords: FloatArray
    chroma: FloatArray
    bass: FloatArray
    opening_chroma: FloatArray
    opening_bass: FloatArray
    minor: FloatArray


def key_name(k: int) -> str:
    """`"C major"` for 0 to `"B minor"` for 23."""
    return f"{NOTE_NAMES[k % 12]} {'major' if k < 12 else 'minor'}"


def gather_seconds(pitch: PitchFeatures, net: ChordNet | None = None) -> TonalSeconds:
    """The evidence of a whole recording; its last second may be a part of one. `net` is by default the one shipped."""
    duration = pitch.n_frames / pitch.frame_rate
    moments, net = lay_moments(np.zeros(0), duration), net or read_chord_net()
    n, whole = -(-len(moments) // _MOMENTS_PER_SECOND), hear_whole(pitch)
    chords, harmony = np.zeros((n, 12, 3), np.float32), np.zeros(n, np.float32)
    for start in range(0, len(moments), _STRETCH):
        stop = min(start + _STRETCH, len(moments))
        heard = net.log_probabilities(*chord_inputs(pitch, moments, start, stop, whole))
        p = np.exp(family_log_probabilities(heard))
        second = np.arange(start, stop) // _MOMENTS_PER_SECOND
        np.add.at(chords, second, p[:, :-1].reshape(-1, 12, len(FAMILIES))[:, :, :3])
        np.add.at(harmony, second, 1.0 - p[:, -1])
    chroma, bass = np.zeros((n, 12), np.float32), np.zeros((n, 12), np.float32)
    for frames in pitch.blocks():
        second = np.minimum((np.arange(frames.start, frames.stop) / pitch.frame_rate).astype(int), n - 1)
        power = pitch.roots(frames)[:, :2] ** 2
        np.add.at(chroma, second, power[:, 0])
        np.add.at(bass, second, power[:, 1])
    return TonalSeconds(chords, harmony, chroma, bass)


def shares(
    chords: FloatArray, harmony: FloatArray, chroma: FloatArray, bass: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Share of the time that has chords for each chord, and shares of chroma and bass, from sums as `TonalSeconds`."""
    total = chroma.sum(axis=-1, keepdims=True) + 1e-9
    low = bass / (bass.sum(axis=-1, keepdims=True) + 0.1 * total)
    return chords / (harmony[..., None, None] + 1e-3), chroma / total, low


def score_keys(chords: FloatArray, harmony: FloatArray, chroma: FloatArray, bass: FloatArray) -> FloatArray:
    """Log odds of the keys, shape (..., 24), from sums over stretches of music: shapes as in `TonalSeconds`."""
    weights = read_key_weights()
    share, pitch, low = shares(chords, harmony, chroma, bass)
    score = np.einsum("...tif,mif->...mt", share[..., TURNED, :], weights.chords)
    score += np.einsum("...ti,mi->...mt", pitch[..., TURNED], weights.chroma)
    score += np.einsum("...ti,mi->...mt", low[..., TURNED], weights.bass)
    score[..., 1, :] += weights.minor[0]
    return np.asarray(score.reshape(*score.shape[:-2], 24))


def hear_opening(pitch: PitchFeatures) -> tuple[FloatArray, FloatArray]:
    """Chroma and bass of the first chord, shape (12,) each; 0 for a recording that is cut out of another."""
    if not pitch.starts_from_silence:
        return np.zeros(12), np.zeros(12)
    first = int(np.argmax(pitch.sounding()))
    power = pitch.roots(slice(first, first + _OPENING))[:, :2] ** 2
    chroma = power[:, 0].sum(axis=0)
    return chroma / (chroma.sum() + 1e-9), power[:, 1].mean(axis=0)


def score_opening(pitch: PitchFeatures) -> FloatArray:
    """What the first chord and its bass add to the log odds of the keys, shape (24,)."""
    weights, (chroma, bass) = read_key_weights(), hear_opening(pitch)
    score = weights.opening_chroma @ chroma[TURNED].T + weights.opening_bass @ bass[TURNED].T
    return np.asarray(score.reshape(24), np.float64)


@functools.cache
def read_key_weights() -> KeyWeights:
    """The weights that ship with the package."""
    with resources.files("grym_synth.audio").joinpath("data/keys.npz").open("rb") as file, np.load(file) as data:
        return KeyWeights(**{name: data[name].astype(np.float64) for name in data.files})
