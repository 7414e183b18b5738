"""What the heads see of a sound: its timbre vector, on scales on which a few examples suffice.

The first 60 numbers of a timbre vector speak of single hits, the other 160 of anything longer (`audio.timbre.vectors`).
Lengths do not matter: vectors come as measured, or shortened to length 1.
"""

from __future__ import annotations

import numpy as np

from ..audio.spectra.frames import FloatArray
from ..audio.timbre.one_shots import VECTOR_LENGTH, read_classes

LENGTH = VECTOR_LENGTH + 160  # of a timbre vector

_SHARP = 0.5  # share of the sharp chances beside the soft ones
_REST = 3.0  # of the direction that the classes do not tell
_LEAST = 1e-4  # chance: half precision knows no smaller ones
#: Trust in the stock model: a power of its chances, which are too sure of kits that it has not heard.
_TRUST = 0.5


def stock_names() -> tuple[str, ...]:
    """The classes of single hits that the stock model knows, in the order of its chances."""
    return read_classes().names


def is_hit(timbre: FloatArray) -> FloatArray:
    """Whether each vector [shape=(n, 220)] speaks of a single hit, shape (n,), bool."""
    return np.asarray(timbre[:, :VECTOR_LENGTH].any(axis=1))


def hit_features(timbre: FloatArray) -> FloatArray:
    """Shape (n, 38): log chances of the classes, soft and sharp, around their means; the direction of the rest."""
    parts, n = _in_measure(timbre), len(stock_names())
    soft, sharp, rest = parts[:, 2 * n : 3 * n], parts[:, 3 * n : 4 * n], parts[:, 4 * n :]
    length = np.linalg.norm(rest, axis=1, keepdims=True) + 1e-9
    soft, sharp = (each - each.mean(axis=1, keepdims=True) for each in (soft, sharp))
    return np.hstack([soft, _SHARP * sharp, _REST * rest / length])


def stock_logits(timbre: FloatArray) -> FloatArray:
    """What the stock model says of hits, shape (n, classes), softened."""
    soft = _in_measure(timbre)[:, : len(stock_names())]
    return np.asarray(_TRUST * np.log(soft + _LEAST))


def stock_guess(timbre: FloatArray) -> FloatArray:
    """Index of the class that the stock model finds likeliest, shape (n,)."""
    return np.asarray(_in_measure(timbre)[:, : len(stock_names())].argmax(axis=1))


def strangeness(timbre: FloatArray) -> FloatArray:
    """How far hits lie from the nearest class of the stock model, shape (n,), squared, in no unit."""
    return np.asarray(np.linalg.norm(_in_measure(timbre)[:, 4 * len(stock_names()) :], axis=1))


def sound_features(timbre: FloatArray) -> FloatArray:
    """Of hits and of anything longer, shape (n, 199): each has its part and zeros in the other's, and which it is."""
    hits = is_hit(timbre)[:, None]
    longer = timbre[:, VECTOR_LENGTH:]
    longer = 3.0 * longer / (np.linalg.norm(longer, axis=1, keepdims=True) + 1e-9)
    return np.hstack([np.where(hits, hit_features(timbre), 0.0), np.where(hits, 0.0, longer), hits])


def _in_measure(timbre: FloatArray) -> FloatArray:
    """The part of hits, shape (n, 60), so that the soft chances add up to 1 as they were measured."""
    part = np.asarray(timbre[:, :VECTOR_LENGTH], np.float64)
    total = part[:, : len(stock_names())].sum(axis=1, keepdims=True)
    return np.asarray(part / np.where(total > 0.0, total, 1.0))
