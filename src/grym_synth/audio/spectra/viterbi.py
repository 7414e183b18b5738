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
    likely, change = score - score.max(axis=1, keepdims=True), np.exp(-cost)
    np.exp(likely, out=likely)
    forward, backward, certainty = np.zeros((n, k)), np.ones(k), np.zeros(n)
    forward[0] = likely[0] / likely[0].sum()
    for t in range(1, n):
        # A change goes to any state alike: all others together are one sum.
        forward[t] = ((1.0 - change[t]) * forward[t - 1] + change[t]) * likely[t]
        forward[t] /= forward[t].sum()
    for t in range(n - 1, -1, -1):
        both = forward[t] * backward
        certainty[t] = both[path[t]] / both.sum()
        later = backward * likely[t]
        backward = (1.0 - change[t]) * later + change[t] * later.sum()
        backward /= backward.max()
    return certainty
