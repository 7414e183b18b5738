"""Heads: what a few labels of the owner's change about which class a hit is, and which own labels a sound bears.

Both are linear models with a ridge. That of the classes starts from the stock model, to which the ridge pulls it back:
without labels it says what stock says. Chances are calibrated by cross-validation, with one temperature.

References
----------
Guo et al. (2017), "On calibration of modern neural networks", for the temperature.
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
    """Learn classes, and judge on held-out hits whether that is better than stock.

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
    held_out, times = np.zeros_like(base), np.zeros(len(x))
    right = np.zeros(len(x))
    for out in folds(kinds, seed):
        logits = base[out] + x[out] @ _fit(x[~out], base[~out], allowed[~out], weight[~out], _RIDGE_CLASSES)
        held_out[out] += logits
        times[out] += 1
        right[out] += allowed[out, logits.argmax(axis=1)]
    times = np.maximum(times, 1.0)
    stock = allowed[np.arange(len(x)), stock_guess(timbre)]
    temperature = _temperature(held_out / times[:, None], allowed, weight)
    reach = _REACH * float(strangeness(timbre).max())
    head = ClassHead(_fit(x, base, allowed, weight, _RIDGE_CLASSES), temperature, reach)
    told = taught & (np.bincount(kinds, minlength=allowed.shape[1] + 1)[kinds] > 1)  # the only one cannot be held out
    own = _log_chance(held_out / times[:, None] / temperature, allowed)
    plain = _log_chance(base / _temperature(base, allowed, weight), allowed)
    return head, judge(stock[told], (right / times)[told], (own - plain)[told])


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
    base = np.zeros((len(x), 2))
    held_out, times, right = np.zeros((len(x), 2)), np.zeros(len(x)), np.zeros(len(x))
    for out in folds(is_so.astype(np.int64), seed):
        logits = x[out] @ _fit(x[~out], base[~out], allowed[~out], weight[~out], _RIDGE_LABEL)
        held_out[out] += logits
        times[out] += 1
        right[out] += (logits[:, 1] > logits[:, 0]) == is_so[out]
    times = np.maximum(times, 1.0)
    commoner = np.full(len(x), 2 * is_so.sum() > len(x))
    temperature = _temperature(held_out / times[:, None], allowed, weight)
    both = _fit(x, base, allowed, weight, _RIDGE_LABEL)
    head = LabelHead(both[:, 1] - both[:, 0], temperature)
    share = (is_so.sum() + 1.0) / (len(x) + 2.0)
    own = _log_chance(held_out / times[:, None] / temperature, allowed)
    return head, judge((commoner == is_so).astype(np.float64), right / times, own - np.log(np.where(is_so, share, 1.0 - share)))


def names_of(chances: FloatArray) -> list[str | None]:
    """The class of each hit [shape=(n, classes)]; None where none is sure enough, or the head did not reach."""
    names = stock_names()
    best = np.where(np.isnan(chances), 0.0, chances)
    return [names[int(row.argmax())] if row.max() >= SURE_ENOUGH else None for row in best]


def _fit(
    x: FloatArray, base: FloatArray, allowed: NDArray[np.bool_], weight: FloatArray, ridge: float
) -> FloatArray:
    """Weights [shape=(d, classes)] under which the allowed classes are likeliest, with a ridge; base is added."""
    from scipy.optimize import minimize

    shape = (x.shape[1], base.shape[1])

    def loss(flat: FloatArray) -> tuple[float, FloatArray]:
        w = flat.reshape(shape)
        chances = _softmax(base + x @ w)
        among = np.where(allowed, chances, 0.0)
        total = among.sum(axis=1, keepdims=True) + 1e-12
        slope = x.T @ (weight[:, None] * (chances - among / total)) + ridge * w
        return float(-(weight * np.log(total[:, 0])).sum() + 0.5 * ridge * np.square(w).sum()), slope.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 60})
    return np.asarray(found.x, np.float64).reshape(shape)


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
