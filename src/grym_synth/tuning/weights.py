"""Which aspects an owner hears first: weights learned from "a is closer to c than b is".

A choice is logistic in the weighted difference of the two likenesses; one choice in ten is taken to be a slip, so that
a few do not matter. The weights start at those of stock, and a normal prior on their logarithms pulls them back.

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
_SHARPNESS = 3.0  # slope of the logistic, in standard deviations of the difference, before anything is known
_STARTS = 2
_SHARPEST = 12.0  # logarithm
#: Standard errors of the interval: the prior keeps the weights near stock, so that a looser bound does no harm. Of 60
#: simulated owners none was served worse by the weights that it let through (`benchmarks.ear`).
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
    stock = stock / stock.sum()
    n = len(differences)
    leaning, leaning_stock, gain, times = np.zeros(n), differences @ stock, np.zeros(n), np.zeros(n)
    for out in folds(np.zeros(n, np.int64), seed):
        own = _fit(differences[~out], stock, seed)
        same = _fit(differences[~out], stock, seed, moves=False)
        leaning[out] += _agrees(differences[out] @ own.weights)
        gain[out] += np.log(own.chance(differences[out])) - np.log(same.chance(differences[out]))
        times[out] += 1
    times = np.maximum(times, 1.0)
    judged = judge(_agrees(leaning_stock), leaning / times, gain / times, sure=_SURE)
    return _fit(differences, stock, seed).weights, judged


def _agrees(leaning: FloatArray) -> FloatArray:
    """1 where it leans to the choice, one half where it does not lean."""
    return np.where(leaning > 0.0, 1.0, np.where(leaning < 0.0, 0.0, 0.5))


@dataclass(frozen=True, slots=True)
class _Choosing:
    """How choices come about: weights that add up to 1, and how sharply they decide."""

    weights: FloatArray
    sharpness: float

    def chance(self, differences: FloatArray) -> FloatArray:
        """Chance of each choice, shape (n,)."""
        return _SLIP + (1.0 - 2.0 * _SLIP) * _sigmoid(self.sharpness * (differences @ self.weights))


def _fit(differences: FloatArray, stock: FloatArray, seed: int, *, moves: bool = True) -> _Choosing:
    """The likeliest weights and sharpness; unless it `moves`, the sharpness alone."""
    from scipy.optimize import minimize

    scale = float(differences.std())
    if not len(differences) or not scale > 0.0:
        return _Choosing(stock, 0.0)
    d = differences / scale
    start = np.append(np.zeros(len(stock)), np.log(_SHARPNESS * len(stock) ** 0.5))

    def loss(at: FloatArray) -> tuple[float, FloatArray]:
        moved, sharp = at[:-1], float(np.exp(min(at[-1], _SHARPEST)))
        weights = _shares(np.log(stock) + moved)
        leaning = d @ weights
        chance = _sigmoid(sharp * leaning)
        told = _SLIP + (1.0 - 2.0 * _SLIP) * chance
        slope = -(1.0 - 2.0 * _SLIP) * chance * (1.0 - chance) / told
        by_weight = sharp * (slope @ d)
        by_moved = weights * (by_weight - weights @ by_weight) + moved / _SPREAD**2
        by_sharp = float(slope @ leaning) * sharp + (at[-1] - start[-1])
        value = -np.log(told).sum() + 0.5 * np.square(moved / _SPREAD).sum() + 0.5 * (at[-1] - start[-1]) ** 2
        return float(value), np.append(by_moved if moves else 0.0 * by_moved, by_sharp)

    rng = np.random.default_rng(seed)
    starts = [start]
    if moves:
        starts += [start + np.append(rng.normal(size=len(stock)), 0.0) for _ in range(_STARTS - 1)]
    tried = [minimize(loss, at, jac=True, method="L-BFGS-B", options={"maxiter": 80}) for at in starts]
    best = min(tried, key=lambda found: float(found.fun)).x
    return _Choosing(_shares(np.log(stock) + best[:-1]), float(np.exp(min(best[-1], _SHARPEST))) / scale)


def _sigmoid(x: FloatArray) -> FloatArray:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(x, -60.0, 60.0))))


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
