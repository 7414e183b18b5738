"""Habits: which of the measured candidates an owner means, the tempo or its double, the key or its relative.

A habit adds to the log chance of each candidate; a value that was not measured is never brought in. For tempi it leans
along the logarithm of the tempo and its square, so that "I count in 80 to 160" can be learned; for keys to one mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..audio.spectra.frames import FloatArray
from ..messages import Json
from ..theory.keys import split_key
from .measure import Judgement, judge

Candidates = Sequence[tuple[Json, float]]  # (value, confidence), the main finding first

SAME_TEMPO = 0.04  # share by which two tempi may differ and be the same
_MIDDLE_BPM = 120.0
_RIDGE = 0.5
_LEAST = 0.01  # chance of a candidate: what was measured faintly may still be meant
_FEATURES = {"tempo": 2, "key": 1}


@dataclass(frozen=True, slots=True)
class Habit:
    """weights : np.ndarray [shape=(features,)], by which a candidate's log chance is moved."""

    field: str  # "tempo" or "key"
    weights: FloatArray

    def weigh(self, candidates: Candidates) -> list[tuple[Json, float]]:
        """The same candidates, likeliest first, with their share of the confidence that all of them had."""
        if len(candidates) < 2:
            return list(candidates)
        total = sum(sure for _, sure in candidates)
        chances = _chances(_of(self.field, candidates), _prior(candidates), self.weights)
        shared = [(value, float(total * chance)) for (value, _), chance in zip(candidates, chances, strict=True)]
        return sorted(shared, key=lambda each: -each[1])


def fit_habit(field: str, taught: Sequence[tuple[Candidates, Json]]) -> tuple[Habit, Judgement]:
    """Learn a habit from what was heard and what the owner says it is; judged with one recording left out at a time.

    What the owner says and was not among the candidates teaches no habit.
    """
    usable = [(heard, found) for heard, value in taught if (found := chosen(field, heard, value)) is not None]
    cases = [(_of(field, heard), _prior(heard), found) for heard, found in usable]
    stock = np.array([float(found == 0) for _, _, found in cases])
    own, gain = np.zeros(len(cases)), np.zeros(len(cases))
    for i, (features, prior, found) in enumerate(cases):
        chances = _chances(features, prior, _fit(field, [*cases[:i], *cases[i + 1 :]]))
        own[i] = float(int(chances.argmax()) == found)
        gain[i] = np.log(chances[found]) - np.log(_chances(features, prior, 0.0 * features[0])[found])
    return Habit(field, _fit(field, cases)), judge(stock, own, gain)


def chosen(field: str, candidates: Candidates, value: Json) -> int | None:
    """Which of the candidates a value is; None when it is none of them."""
    for place, (each, _) in enumerate(candidates):
        if field == "key" and each == value:
            return place
        if (
            field == "tempo"
            and isinstance(each, int | float)
            and isinstance(value, int | float)
            and abs(each - value) <= SAME_TEMPO * value
        ):
            return place
    return None


def _of(field: str, candidates: Candidates) -> FloatArray:
    """Features of the candidates, shape (n, features)."""
    if field == "key":
        return np.array([[float(split_key(str(value))[1] == "minor")] for value, _ in candidates])
    octave = np.array([np.log2(max(float(value), 1.0) / _MIDDLE_BPM) for value, _ in candidates])  # type: ignore[arg-type]
    return np.column_stack([octave, octave**2])


def _prior(candidates: Candidates) -> FloatArray:
    return np.log(np.maximum([sure for _, sure in candidates], _LEAST))


def _chances(features: FloatArray, prior: FloatArray, weights: FloatArray) -> FloatArray:
    logits = prior + features @ weights
    chances = np.exp(logits - logits.max())
    return np.asarray(chances / chances.sum())


def _fit(field: str, cases: Sequence[tuple[FloatArray, FloatArray, int]]) -> FloatArray:
    """Weights by Newton's method; the loss is convex, and a ridge keeps it so."""
    weights = np.zeros(_FEATURES[field])
    for _ in range(30):
        slope, curve = _RIDGE * weights, _RIDGE * np.eye(len(weights))
        for features, prior, found in cases:
            chances = _chances(features, prior, weights)
            mean = chances @ features
            slope = slope + mean - features[found]
            curve = curve + (features * chances[:, None]).T @ features - np.outer(mean, mean)
        step = np.linalg.solve(curve, slope)
        weights = weights - step / max(1.0, float(np.abs(step).max()))  # at most 1 at a time: it always arrives
        if float(np.abs(step).max()) < 1e-9:
            break
    return weights
