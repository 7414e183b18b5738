"""Which aspects an owner hears first: weights learned from "a is closer to c than b is".

A choice is logistic in the weighted difference of the two likenesses; one choice in ten is taken to be a slip, so that
a few do not matter. A normal prior on the logarithms of the weights, around those of stock, says which owners there may
be; many are drawn, weighed by how well they foretell the choices, and their mean is taken (importance sampling, twice).

References
----------
Bradley & Terry (1952), "Rank analysis of incomplete block designs: the method of paired comparisons".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.spectra.frames import FloatArray
from .measure import Judgement, folds, judge

#: Aspects that two recordings are held against each other by, and how much each counts before anything is taught.
STOCK_WEIGHTS: Mapping[str, float] = {"timbre": 0.2, "rhythm": 0.2, "harmony": 0.2, "pitch": 0.2, "loudness": 0.2}

_SLIP = 0.1  # chance that a choice says nothing, or the contrary of what is meant
_SPREAD = 1.5  # standard deviation of the logarithm of a weight around that of stock
_SHARPNESS, _SHARP_SPREAD = 6.0, 1.0  # slope of the logistic in standard deviations of the difference, before anything
_SAMPLES, _WIDER = 4096, 1.3
_MOST = 2000  # choices that are learned from, the latest: more would change nothing
#: Standard errors of the interval: the prior keeps the weights near stock, so that a looser bound does little harm.
_SURE = 0.842


def likeness(one: FloatArray, other: FloatArray) -> FloatArray:
    """Cosine of rows, shape (n,), -1..1; 0 where either is all zeros, for then the aspect says nothing."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(axis=1) / np.where(lengths > 0.0, lengths, 1.0), np.float64)


def fit_weights(differences: FloatArray, stock: FloatArray, *, seed: int = 0) -> tuple[FloatArray, Judgement]:
    """Learn weights, and judge on held-out choices whether they are better than those of stock.

    Parameters
    ----------
    differences : np.ndarray [shape=(n, aspects)], how much liker a is to c than b is: the owner chose a
    stock : np.ndarray [shape=(aspects,)], positive; the learned weights add up to 1
    """
    stock, d = stock / stock.sum(), differences[-_MOST:]
    n, scale = len(d), float(np.sqrt(np.square(d).mean())) if len(d) else 0.0
    if not n or not scale > 0.0:
        return stock, judge(np.zeros(0), np.zeros(0), np.zeros(0))
    own, same = _sample(d / scale, stock, seed, moves=True), _sample(d / scale, stock, seed, moves=False)
    right, gain, times = np.zeros(n), np.zeros(n), np.zeros(n)
    for out in folds(np.zeros(n, np.int64), seed):
        right[out] += _agrees(d[out] @ own.mean(~out))
        gain[out] += own.log_chance(out) - same.log_chance(out)
        times[out] += 1
    times = np.maximum(times, 1.0)
    judged = judge(_agrees(d @ stock), right / times, gain / times, sure=_SURE)
    return own.mean(np.ones(n, np.bool_)), judged


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

    def posterior(self, known: NDArray[np.bool_]) -> FloatArray:
        """Share of each sample after those choices, shape (k,)."""
        return _shares(self.log_weight + self.log_chances[known].sum(axis=0))

    def mean(self, known: NDArray[np.bool_]) -> FloatArray:
        """The weights to expect after those choices."""
        return np.asarray((self.posterior(known)[:, None] * self.weights).sum(axis=0))

    def log_chance(self, out: NDArray[np.bool_]) -> FloatArray:
        """What is foretold of choices from all the others, shape (held out,)."""
        return np.asarray(np.log((np.exp(self.log_chances[out]) * self.posterior(~out)).sum(axis=1)))


def _sample(d: FloatArray, stock: FloatArray, seed: int, *, moves: bool) -> _Samples:
    """Samples of the prior, then of where the choices have led; unless it `moves`, of the sharpness alone."""
    rng = np.random.default_rng(seed)
    spread = np.append(np.full(len(stock), _SPREAD if moves else 1e-6), _SHARP_SPREAD)
    drawn = rng.normal(size=(_SAMPLES, len(spread)))
    first = _of(d, stock, spread * drawn, np.zeros(_SAMPLES))
    share = first.posterior(np.ones(len(d), np.bool_))
    centre = share @ (spread * drawn)
    wide = _WIDER * np.sqrt(share @ np.square(spread * drawn - centre)) + 1e-3 * spread
    drawn = rng.normal(size=drawn.shape)
    at = centre + wide * drawn
    log_weight = 0.5 * np.square(drawn).sum(axis=1) - 0.5 * np.square(at / spread).sum(axis=1)
    return _of(d, stock, at, log_weight)


def _of(d: FloatArray, stock: FloatArray, at: FloatArray, log_weight: FloatArray) -> _Samples:
    """Samples at log weights and, last, log sharpness, both around those that are expected; shape (k, aspects + 1)."""
    weights = np.exp(np.log(stock) + at[:, :-1])
    weights /= weights.sum(axis=1, keepdims=True)
    sharp = _SHARPNESS * np.exp(np.clip(at[:, -1], -9.0, 9.0))
    # Without BLAS: its threads cost more than they bring where the machine is busy and the arrays are small.
    leaning = np.einsum("na,ka->nk", d, weights) * sharp
    chance = 1.0 / (1.0 + np.exp(-np.clip(leaning, -60.0, 60.0)))
    return _Samples(weights, np.log(_SLIP + (1.0 - 2.0 * _SLIP) * chance), log_weight)


def _shares(logarithms: FloatArray) -> FloatArray:
    weights = np.exp(logarithms - logarithms.max())
    return np.asarray(weights / weights.sum())


def weighed(likenesses: Mapping[str, NDArray[np.floating]], weights: Mapping[str, float]) -> FloatArray:
    """Likeness over all aspects, shape (n,): the weighted mean of those that are there.

    likenesses : aspect → np.ndarray [shape=(n,)], NaN where an aspect says nothing
    """
    names: Sequence[str] = [name for name in weights if name in likenesses]
    table = np.array([likenesses[name] for name in names], np.float64)
    by = np.array([weights[name] for name in names])[:, None] * ~np.isnan(table)
    return np.asarray((by * np.nan_to_num(table)).sum(axis=0) / np.maximum(by.sum(axis=0), 1e-12))
