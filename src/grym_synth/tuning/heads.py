"""Heads: what a few labels of the owner's change about which class a hit is, and which own labels a sound bears.

Both are linear models with a ridge. That of the classes starts from the stock model, to which the ridge pulls it back:
without labels it says what stock says. Chances are calibrated by cross-validation, with one temperature.

References
----------
Guo et al. (2017), "On calibration of modern neural networks", for the temperature; Boehning (1992), "Multinomial
logistic regression algorithm", for the bound of the curvature.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.spectra.frames import FloatArray
from .features import hit_features, sound_features, stock_guess, stock_logits, stock_names, strangeness
from .measure import Judgement, folds, judge

#: Below it nothing is named.
SURE_ENOUGH = 0.5
#: An own label is said of a sound from this chance on, and denied below its complement; between them nothing is said.
LABEL_SURE = 0.6

_RIDGE_CLASSES, _RIDGE_LABEL = 0.3, 1.0
_PRESUMED = 0.3  # weight of a sound that was taught something else: it is probably not that
# Of a fit: steps at most, and the change of a weight below which it has arrived. With 0.01 what is held out would leave
# a trace in the weights, for they start from those of all examples.
_STEPS, _STILL = 200, 1e-3
_REACH = 2.0  # a hit this many times stranger than any that was taught is left to stock
_TEMPERATURES = np.exp(np.linspace(-0.7, 1.6, 47))
_SPREAD = 0.35  # standard deviation of the logarithm of the temperature, before anything is known


@dataclass(frozen=True, slots=True)
class ClassHead:
    """Moves the chances of the classes of hits.

    weights : np.ndarray [shape=(38 + 1, classes)], the last row is the intercept
    reach : strangeness beyond which stock is asked
    """

    weights: FloatArray
    temperature: float
    reach: float

    def chances(self, timbre: FloatArray) -> FloatArray:
        """Chance of each class of `stock_names`, shape (n, classes); NaN for hits out of reach.

        timbre : np.ndarray [shape=(n, 220)], of single hits
        """
        logits = _with_one(hit_features(timbre)) @ self.weights + stock_logits(timbre)
        chances = _softmax(logits / self.temperature)
        return np.where(strangeness(timbre)[:, None] > self.reach, np.nan, chances)


@dataclass(frozen=True, slots=True)
class LabelHead:
    """Says whether a sound bears one label. weights : np.ndarray [shape=(199 + 1,)], the last is the intercept."""

    weights: FloatArray
    temperature: float

    def chances(self, timbre: FloatArray) -> FloatArray:
        """Chance that each sound bears it, shape (n,); timbre : np.ndarray [shape=(n, 220)]."""
        logits = _with_one(sound_features(timbre)) @ self.weights
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits / self.temperature, -60.0, 60.0))))


def fit_classes(timbre: FloatArray, allowed: NDArray[np.bool_], *, seed: int = 0) -> tuple[ClassHead, Judgement]:
    """Learn classes, and judge on held-out hits whether that is better than stock, and than counting what was taught.

    Parameters
    ----------
    timbre : np.ndarray [shape=(n, 220)], of single hits
    allowed : np.ndarray [shape=(n, classes)], the classes that each may be: the one it was taught to be, or all but
        those that it is not
    """
    x, base = _with_one(hit_features(timbre)), stock_logits(timbre)
    taught = allowed.sum(axis=1) == 1
    kinds = np.where(taught, allowed.argmax(axis=1), allowed.shape[1])
    weight = np.ones(len(x))
    fitter = _Fitter.of(x, base, allowed, weight, _RIDGE_CLASSES)
    whole = fitter.fit()
    held_out, times = np.zeros_like(base), np.zeros(len(x))
    right = np.zeros(len(x))
    for out in folds(kinds, seed):
        logits = base[out] + x[out] @ fitter.fit(~out, whole)
        held_out[out] += logits
        times[out] += 1
        right[out] += allowed[out, logits.argmax(axis=1)]
    times = np.maximum(times, 1.0)
    stock = allowed[np.arange(len(x)), stock_guess(timbre)]
    temperature = _temperature(held_out / times[:, None], allowed, weight)
    reach = _REACH * float(strangeness(timbre).max())
    head = ClassHead(whole, temperature, reach)
    told = taught & (np.bincount(kinds, minlength=allowed.shape[1] + 1)[kinds] > 1)  # the only one cannot be held out
    own = _log_chance(held_out / times[:, None] / temperature, allowed)
    plain = _log_chance(base / _temperature(base, allowed, weight), allowed)[told]
    # Stock is surer than it should be of labels that mean nothing. Whoever only counts how often each class was taught,
    # without the hit itself, foretells those better: the head has to do better than both.
    counted = np.log(np.bincount(kinds)[kinds[told]] / (taught.sum() - 1 + allowed.shape[1]))
    return head, judge(
        stock[told], (right / times)[told], own[told] - (counted if counted.sum() > plain.sum() else plain)
    )


def fit_label(
    timbre: FloatArray, is_so: NDArray[np.bool_], presumed: NDArray[np.bool_], *, seed: int = 0
) -> tuple[LabelHead, Judgement]:
    """Learn a label of the owner's, and judge whether it is told better than by naming what is commoner.

    Parameters
    ----------
    timbre : np.ndarray [shape=(n, 220)]
    is_so : np.ndarray [shape=(n,)]
    presumed : np.ndarray [shape=(n,)], of sounds that were taught something else, and so are probably not this
    """
    x = _with_one(sound_features(timbre))
    allowed = np.column_stack([~is_so, is_so])
    weight = np.where(presumed, _PRESUMED, 1.0)
    weight[~is_so] *= min(1.0, is_so.sum() / max(1e-9, weight[~is_so].sum()))  # however many there are of the others
    fitter = _Fitter.of(x, np.zeros((len(x), 2)), allowed, weight, _RIDGE_LABEL)
    whole = fitter.fit()
    held_out, times, right = np.zeros((len(x), 2)), np.zeros(len(x)), np.zeros(len(x))
    for out in folds(is_so.astype(np.int64), seed):
        logits = x[out] @ fitter.fit(~out, whole)
        held_out[out] += logits
        times[out] += 1
        right[out] += (logits[:, 1] > logits[:, 0]) == is_so[out]
    times = np.maximum(times, 1.0)
    commoner = np.full(len(x), 2 * is_so.sum() > len(x))
    temperature = _temperature(held_out / times[:, None], allowed, weight)
    head = LabelHead(whole[:, 1] - whole[:, 0], temperature)
    share = (is_so.sum() + 1.0) / (len(x) + 2.0)
    own = _log_chance(held_out / times[:, None] / temperature, allowed)
    return head, judge(
        (commoner == is_so).astype(np.float64), right / times, own - np.log(np.where(is_so, share, 1.0 - share))
    )


def names_of(chances: FloatArray) -> list[str | None]:
    """The class of each hit [shape=(n, classes)]; None where none is sure enough, or the head did not reach."""
    names = stock_names()
    best = np.where(np.isnan(chances), 0.0, chances)
    return [names[int(row.argmax())] if row.max() >= SURE_ENOUGH else None for row in best]


@dataclass(frozen=True, slots=True)
class _Fitter:
    """Fits softmax weights under a ridge, again and again for parts of the same examples.

    The curvature of the loss never exceeds half of that of least squares over all examples, so that one inverse serves
    every step of every part. Without BLAS: its threads cost more than they bring on arrays so small.

    base : np.ndarray [shape=(n, classes)], logits that the weights are added to
    """

    x: FloatArray
    base: FloatArray
    allowed: NDArray[np.bool_]
    weight: FloatArray
    ridge: float
    inverse: FloatArray

    @classmethod
    def of(
        cls, x: FloatArray, base: FloatArray, allowed: NDArray[np.bool_], weight: FloatArray, ridge: float
    ) -> _Fitter:
        curve = 0.5 * np.einsum("ni,n,nj->ij", x, weight, x, optimize=["einsum_path", (0, 1), (0, 1)])
        return cls(x, base, allowed, weight, ridge, np.linalg.inv(curve + ridge * np.eye(x.shape[1])))

    def fit(self, known: NDArray[np.bool_] | None = None, start: FloatArray | None = None) -> FloatArray:
        """Weights [shape=(d, classes)] under which the allowed classes of these examples (None: of all) are likeliest.

        start : weights that are near, such as those of all examples where a few are left out
        """
        known = np.ones(len(self.x), np.bool_) if known is None else known
        x, base, allowed, weight = self.x[known], self.base[known], self.allowed[known], self.weight[known, None]
        w = ahead = np.zeros((x.shape[1], base.shape[1])) if start is None else start
        for step in range(_STEPS):
            chances = _softmax(base + np.einsum("nd,dc->nc", x, ahead))
            among = np.where(allowed, chances, 0.0)
            miss = weight * (chances - among / (among.sum(axis=1, keepdims=True) + 1e-12))
            slope = np.einsum("nd,nc->dc", x, miss) + self.ridge * ahead
            after = ahead - np.einsum("de,ec->dc", self.inverse, slope)
            ahead = after + step / (step + 3.0) * (after - w)  # Nesterov's acceleration
            w, moved = after, float(np.abs(after - w).max())
            if moved < _STILL:
                break
        return w


def _temperature(logits: FloatArray, allowed: NDArray[np.bool_], weight: FloatArray) -> float:
    """What held-out logits have to be divided by for their chances to come true."""
    if not len(logits):
        return 1.0

    def surprise(temperature: float) -> float:
        told = _log_chance(logits / temperature, allowed)
        return float(-(weight * told).sum() + 0.5 * (np.log(temperature) / _SPREAD) ** 2)

    return float(min(_TEMPERATURES, key=surprise))


def _log_chance(logits: FloatArray, allowed: NDArray[np.bool_]) -> FloatArray:
    """Logarithm of the chance that the truth was given, shape (n,); nobody is blamed for more than 1 in 1000."""
    return np.asarray(np.log(np.where(allowed, _softmax(logits), 0.0).sum(axis=1) + 1e-3))


def _softmax(logits: FloatArray) -> FloatArray:
    chances = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def _with_one(x: FloatArray) -> FloatArray:
    return np.hstack([x, np.ones((len(x), 1))])
