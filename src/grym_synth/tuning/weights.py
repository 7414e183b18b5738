"""Which aspects an owner hears first: weights learned from "a is closer to c than b is".

They weigh the cosines of `memory.aspects`, as the search for similar recordings does. While they are learned each
cosine is held against its usual spread, so that a weight means the same for every aspect. A choice is logistic in the
weighted difference of the two likenesses; one choice in ten is taken to be a slip, so that a few do not matter. A
normal prior on the logarithms of the weights says which owners there may be; many are drawn, weighed by how well they
foretell the choices, and their mean is taken (importance sampling, twice).

References
----------
Bradley & Terry (1952), "Rank analysis of incomplete block designs: the method of paired comparisons"; Gelfand, Dey &
Chang (1992), "Model determination using predictive distributions", for what the others foretell of each choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..audio.spectra.frames import FloatArray
from ..memory.aspects import WEIGHTS, WEIGHTS_OF_HIT
from .measure import Judgement, judge

#: How much each aspect counts before anything is taught; of a single hit only two say anything.
STOCK_WEIGHTS: Mapping[str, float] = WEIGHTS
STOCK_HIT_WEIGHTS: Mapping[str, float] = WEIGHTS_OF_HIT
#: Standard deviation of the cosines of two longer recordings, and of two hits, drawn at random (106 and 84 of the
#: development half). Fixed, so that a weight does not change its meaning with the library.
SPREADS: Mapping[str, float] = {"timbre": 0.20, "rhythm": 0.26, "harmony": 0.29, "pitch": 0.25, "loudness": 0.50}
HIT_SPREADS: Mapping[str, float] = {"timbre": 0.33, "pitch": 0.28}

_SLIP = 0.1  # chance that a choice says nothing, or the contrary of what is meant
# Two owners in three are expected within a factor of e of the middle between stock and even weights: broad, since who
# the owners are is not known, and open to what stock leaves out.
_SPREAD, _EVEN = 1.0, 0.5
_SHARPNESS, _SHARP_SPREAD = 6.0, 1.0  # slope of the logistic in standard deviations of the difference, before anything
_SAMPLES, _WIDER = 4096, 1.3
_MOST = 500  # choices that are learned from, the latest: more would change little


def fit_weights(
    differences: FloatArray, stock: Mapping[str, float], spreads: Mapping[str, float], *, seed: int = 0
) -> tuple[dict[str, float], Judgement]:
    """Learn weights, and judge whether they are better than those of stock on each choice, foretold by the others.

    Parameters
    ----------
    differences : np.ndarray [shape=(n, aspects)], by how much more alike a is to c than b is, where the owner chose a
    stock, spreads : aspect → number, in the order of the columns; the learned weights add up to 1
    """
    spread, plain = (np.array([each[name] for name in stock]) for each in (spreads, stock))
    d = differences[-_MOST:] / spread
    usual = plain * spread / (plain * spread).sum()
    scale = float(np.sqrt(np.square(d).mean())) if len(d) else 0.0
    if not scale > 0.0:
        return dict(stock), judge(np.zeros(0), np.zeros(0), np.zeros(0))
    centre = (1.0 - _EVEN) * usual + _EVEN / len(usual)
    own = _sample(d / scale, centre, seed, spread=_SPREAD)
    same = _sample(d / scale, np.maximum(usual, 1e-9), seed, spread=1e-6)  # only how sharply it hears is learned
    means, chances = own.without_each()
    gain = chances - same.without_each()[1]
    judged = judge(_agrees(d @ usual), _agrees((d * means).sum(axis=1)), gain)
    learned = _mean(own.posterior(), own.weights) / spread
    return {name: float(value) for name, value in zip(stock, learned / learned.sum(), strict=True)}, judged


def _agrees(leaning: FloatArray) -> FloatArray:
    """1 where it leans to the choice, one half where it does not lean."""
    return np.where(leaning > 0.0, 1.0, np.where(leaning < 0.0, 0.0, 0.5))


@dataclass(frozen=True, slots=True)
class _Samples:
    """Owners that might be: weights [shape=(k, aspects)], and the log chance of each choice by each, shape (n, k).

    log_weight : np.ndarray [shape=(k,)], of each sample before any choice
    """

    weights: FloatArray
    log_chances: FloatArray
    log_weight: FloatArray

    def posterior(self) -> FloatArray:
        """Share of each sample after all choices, shape (k,)."""
        logarithms = self.log_weight + self.log_chances.sum(axis=0)
        shares = np.exp(logarithms - logarithms.max())
        return np.asarray(shares / shares.sum())

    def without_each(self) -> tuple[FloatArray, FloatArray]:
        """For each choice the weights to expect, shape (n, aspects), and its log chance, from all the others."""
        shares = self.posterior() * np.exp(-self.log_chances)  # bounded, since a slip is always possible
        total = shares.sum(axis=1)
        return np.einsum("nk,ka->na", shares, self.weights) / total[:, None], -np.log(total)


def _mean(shares: FloatArray, rows: FloatArray) -> FloatArray:
    # Here and above without BLAS: its threads cost more than they bring where the machine is busy and arrays are small.
    return np.asarray((shares[:, None] * rows).sum(axis=0))


def _sample(d: FloatArray, centre: FloatArray, seed: int, *, spread: float) -> _Samples:
    """Samples of the prior, then of where the choices have led."""
    rng = np.random.default_rng(seed)
    spreads = np.append(np.full(len(centre), spread), _SHARP_SPREAD)
    drawn = rng.normal(size=(_SAMPLES, len(spreads)))
    share = _of(d, centre, spreads * drawn, np.zeros(_SAMPLES)).posterior()
    middle = _mean(share, spreads * drawn)
    wide = _WIDER * np.sqrt(_mean(share, np.square(spreads * drawn - middle))) + 1e-3 * spreads
    drawn = rng.normal(size=drawn.shape)
    at = middle + wide * drawn
    log_weight = 0.5 * np.square(drawn).sum(axis=1) - 0.5 * np.square(at / spreads).sum(axis=1)
    return _of(d, centre, at, log_weight)


def _of(d: FloatArray, centre: FloatArray, at: FloatArray, log_weight: FloatArray) -> _Samples:
    """Samples at log weights and, last, log sharpness, both around those that are expected; shape (k, aspects + 1)."""
    weights = centre * np.exp(at[:, :-1])
    weights /= weights.sum(axis=1, keepdims=True)
    sharp = _SHARPNESS * np.exp(np.clip(at[:, -1], -9.0, 9.0))
    leaning = np.einsum("na,ka->nk", d, weights) * sharp
    chance = 1.0 / (1.0 + np.exp(-np.clip(leaning, -60.0, 60.0)))
    return _Samples(weights, np.log(_SLIP + (1.0 - 2.0 * _SLIP) * chance), log_weight)
