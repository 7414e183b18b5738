"""Paths through states over time, where every change of state costs the same whatever it goes to.

References
----------
Rabiner (1989), "A tutorial on hidden Markov models and selected applications in speech recognition".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .frames import FloatArray


def best_path(score: FloatArray, cost: FloatArray) -> NDArray[np.integer]:
    """The path of states with the greatest score less `cost[t]` for every change into moment t (Viterbi).

    score : np.ndarray [shape=(n, states)], cost : np.ndarray [shape=(n,)]
    """
    n, k = score.shape
    came_from = np.zeros((n, k), np.uint8)
    total, stay = score[0].astype(np.float64), np.arange(k)
    for t in range(1, n):
        best = int(total.argmax())
        change = total[best] - cost[t]
        came_from[t] = np.where(total >= change, stay, best)
        total = np.maximum(total, change) + score[t]
    path = np.zeros(n, np.int16)
    path[-1] = total.argmax()
    for t in range(n - 1, 0, -1):
        path[t - 1] = came_from[t, path[t]]
    return path


def path_probabilities(score: FloatArray, cost: FloatArray, path: NDArray[np.integer]) -> FloatArray:
    """Probability of each state of `path` over all paths, shape (n,) (forward-backward)."""
    n, k = score.shape
    likely, ones = np.asarray(score - score.max(axis=1, keepdims=True), np.float64), np.ones(k)
    np.exp(likely, out=likely)
    change = np.exp(-cost).tolist()
    both = np.empty((n, k))  # forward, then times backward
    both[0] = now = likely[0] / likely[0].sum()
    for t in range(1, n):
        # A change goes to any state alike: all others together are one sum.
        now = now * (1.0 - change[t])
        now += change[t]
        now *= likely[t]
        now /= now.dot(ones)
        both[t] = now
    now = ones
    for t in range(n - 1, -1, -1):
        both[t] *= now
        later = now * likely[t]
        now = later * (1.0 - change[t])
        now += change[t] * later.dot(ones)
        now /= now.dot(ones)
    return np.asarray(both[np.arange(n), path] / both.sum(axis=1))
