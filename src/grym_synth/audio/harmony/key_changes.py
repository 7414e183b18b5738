"""Where the key changes: the likeliest path through the 24 keys, which pays dearly for every change."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from ..calibration import calibrated
from ..spectra.frames import FloatArray
from ..spectra.viterbi import best_path, path_probabilities
from .key_model import TonalSeconds, key_name, score_keys

_REACH = 10  # seconds to either side that the key of a second is read from
_SHARPNESS = 0.25  # neighbouring seconds hear nearly the same: what one of them is worth
_CHANGE = 11.0  # cost of a change, in log probability
_SHORTEST = 8  # seconds of a segment
_BLOCK = 256  # seconds scored at once


@dataclass(frozen=True, slots=True)
class KeySegment:
    """A stretch in one key, "A minor"."""

    start_s: float
    end_s: float
    key: str
    confidence: float


def find_key_changes(seconds: TonalSeconds, duration_s: float, key: str, confidence: float) -> tuple[KeySegment, ...]:
    """Keys over time, without gaps; one entry, `key`, where it does not change."""
    whole = (KeySegment(0.0, duration_s, key, confidence),)
    if len(seconds) < 2 * _SHORTEST:
        return whole
    score = local_scores(seconds)
    cost = np.full(len(score), _CHANGE)
    path = best_path(score, cost)
    edges = _drop_short([0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)])
    keys = [int(score[first:last].sum(axis=0).argmax()) for first, last in itertools.pairwise(edges)]
    path = np.repeat(keys, np.diff(edges))
    if (path == path[0]).all():
        return whole
    sure = path_probabilities(score, cost, path)
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    return tuple(
        KeySegment(
            float(first),
            duration_s if last == len(path) else float(last),
            key_name(int(path[first])),
            round(calibrated("key", float(sure[first:last].mean())), 4),
        )
        for first, last in itertools.pairwise(edges)
    )


def local_scores(seconds: TonalSeconds) -> FloatArray:
    """Log probability of each key in the seconds around each second, shape (n, 24), scaled for a path."""
    n = len(seconds)
    score = np.zeros((n, 24))
    for start in range(0, n, _BLOCK):
        stop = min(start + _BLOCK, n)
        near = slice(max(0, start - _REACH), stop + _REACH)
        kept = slice(start - near.start, stop - near.start)
        parts = (seconds.chords, seconds.harmony, seconds.chroma, seconds.bass)
        score[start:stop] = score_keys(*(_windows(x[near])[kept] for x in parts))
    score -= score.max(axis=1, keepdims=True)
    score -= np.log(np.exp(score).sum(axis=1, keepdims=True))
    heard = np.minimum(seconds.harmony, 1.0)[:, None]
    return np.asarray(_SHARPNESS * np.maximum(score, -12.0) * heard)


def _windows(x: FloatArray) -> FloatArray:
    """Sums over 21 rows around each row."""
    total = np.zeros((len(x) + 1, *x.shape[1:]))
    np.cumsum(x, axis=0, out=total[1:])
    i = np.arange(len(x))
    return np.asarray(total[np.minimum(i + _REACH + 1, len(x))] - total[np.maximum(i - _REACH, 0)])


def _drop_short(edges: list[int]) -> list[int]:
    """Edges of the segments, each shorter than 8 s joined to its longer neighbour."""
    edges = list(edges)
    while len(edges) > 2:
        lengths = np.diff(edges)
        shortest = int(lengths.argmin())
        if lengths[shortest] >= _SHORTEST:
            break
        before = lengths[shortest - 1] if shortest else -1
        after = lengths[shortest + 1] if shortest + 1 < len(lengths) else -1
        edges.pop(shortest if before > after else shortest + 1)
    return edges
