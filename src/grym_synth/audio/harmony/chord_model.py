"""A small network from pitch features to chords: the same weights for each of the twelve roots.

What it hears of one moment is turned so that each root in turn comes first, and every turn goes through the same
hidden layer to a score for each quality. A chord that is moved by a semitone is therefore judged exactly as before,
and few weights have to be learned. They are fitted by `python -m benchmarks.fit_chords`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray

# Harte's short names, in the order of the network's scores, and the family that each is decoded with.
QUALITIES = ("maj", "min", "7", "maj7", "min7", "dim", "hdim7", "aug", "sus4", "sus2")
FAMILIES = ("maj", "min", "dim", "aug", "sus4", "sus2")
FAMILY_OF = np.array([0, 1, 0, 0, 1, 2, 2, 3, 4, 5])
N_STATES = 12 * len(FAMILIES) + 1  # root * 6 + family; the last is no chord

# [root, interval] → pitch class
TURNED: NDArray[np.intp] = (np.arange(12)[:, None] + np.arange(12)) % 12


@dataclass(frozen=True)
class ChordNet:
    """Weights of the network; they apply to inputs as `chord_inputs` gives them.

    hidden : np.ndarray [shape=(channels, 12, units)], second axis the interval above the root
    hidden_bias : np.ndarray [shape=(units,)]
    side : np.ndarray [shape=(sides, units)]
    quality : np.ndarray [shape=(units, 10)], quality_bias [shape=(10,)]
    none : np.ndarray [shape=(units,)], none_side [shape=(sides,)], none_bias [shape=(1,)], for no chord
    change : np.ndarray [shape=(2,)], what a change of chord costs between beats and on a beat
    """

    hidden: FloatArray
    hidden_bias: FloatArray
    side: FloatArray
    quality: FloatArray
    quality_bias: FloatArray
    none: FloatArray
    none_side: FloatArray
    none_bias: FloatArray
    change: FloatArray

    @functools.cached_property
    def _turned(self) -> FloatArray:
        """The hidden layer for all twelve roots at once, shape (channels * 12, 12 * units)."""
        channels, _, units = self.hidden.shape
        table = np.zeros((channels, 12, 12, units), np.float32)
        for root in range(12):
            table[:, TURNED[root], root] = self.hidden
        return table.reshape(channels * 12, 12 * units)

    def log_probabilities(self, pitches: FloatArray, sides: FloatArray) -> FloatArray:
        """Of each root and quality, and of no chord, shape (n, 121): column root * 10 + quality, no chord last.

        pitches : np.ndarray [shape=(n, channels, 12)], sides : np.ndarray [shape=(n, sides)], float32
        """
        n, units = len(pitches), len(self.hidden_bias)
        active = (pitches.reshape(n, -1) @ self._turned).reshape(n, 12, units)
        active += (self.hidden_bias + sides @ self.side)[:, None]
        np.maximum(active, 0.0, out=active)
        score = np.empty((n, 121), np.float32)
        score[:, :120] = (active.reshape(-1, units) @ self.quality + self.quality_bias).reshape(n, 120)
        score[:, 120] = active.mean(axis=1) @ self.none + sides @ self.none_side + self.none_bias[0]
        score -= score.max(axis=1, keepdims=True)
        score -= np.log(np.exp(score).sum(axis=1, keepdims=True))
        return score


def family_log_probabilities(log_probabilities: FloatArray) -> FloatArray:
    """The same with qualities of one family added up, shape (n, 73): column root * 6 + family, no chord last."""
    p = np.exp(log_probabilities)
    of_roots = p[:, :120].reshape(-1, 12, len(QUALITIES))
    families = np.stack([of_roots[:, :, f == FAMILY_OF].sum(axis=2) for f in range(len(FAMILIES))], axis=2)
    both = np.concatenate([families.reshape(len(p), -1), p[:, 120:]], axis=1)
    return np.asarray(np.log(np.maximum(both, 1e-9)))


@functools.cache
def read_chord_net() -> ChordNet:
    """The network that ships with the package."""
    with resources.files("grym_synth.audio").joinpath("data/chords.npz").open("rb") as file, np.load(file) as data:
        return ChordNet(**{name: data[name].astype(np.float32) for name in data.files})
