"""Is it better than stock? Judged on what was held out, with an interval and by what it would cost to be wrong.

What is learned is pulled to stock, so that where little was taught it differs little: to demand that it be surely
better throws most of the gain away. It is used where it did better on what was held out and, as far as that can be
known, so little is to be lost that it does not matter.

References
----------
Good (1952), "Rational decisions", for the logarithm of the chance as what a forecast is worth; Stucchio (2015),
"Bayesian A/B testing", for the expected loss as what a choice is bounded by.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.spectra.frames import FloatArray
from ..messages import Json

SURE = 1.282  # standard errors: the true difference lies below the interval once in 10, and above it once in 10
#: What may be lost at most, in bits a case and as a share of what is gained. Chosen on drum kits and simulated owners
#: that no published figure comes from.
HARM, HARM_SHARE = 0.01, 0.2
FOLDS, REPEATS = 5, 3
FEW, MANY = 60, 200  # cases, up to which each is held out by itself; beyond which the parts are not dealt again
MOST = 20  # times as many cases as there are: further ahead nobody can look
PRIOR, PRIOR_BITS = 3, 0.5  # cases that are imagined beside the real ones, and how many bits they lie from the mean


@dataclass(frozen=True, slots=True)
class Judgement:
    """How stock and what was learned do on what was held out.

    stock, own : share of the cases that each told rightly
    gain, low, high : by how many bits a case the chances of `own` foretell the truth better; mean and 80 % interval
    harm : bits a case that using `own` is expected to lose, on the average of all that the truth may be; 0 where `own`
        is truly better
    more : about how many more cases would settle that it is better; 0: it is settled; None: it does not look better
    """

    n: int
    stock: float
    own: float
    gain: float
    low: float
    high: float
    harm: float
    more: int | None

    @property
    def is_better(self) -> bool:
        """Whether it may take the place of stock: better where held out, not oftener wrong, and little to lose."""
        return self.gain > 0.0 and self.own >= self.stock and self.harm <= _bearable(self.gain)

    def to_json(self) -> dict[str, Json]:
        figures = ("stock", "own", "gain", "low", "high", "harm")
        shown: dict[str, Json] = {name: round(float(getattr(self, name)), 4) for name in figures}
        return {"n": self.n, **shown, "better": self.is_better, "more": self.more}


def judge(stock_right: FloatArray, own_right: FloatArray, log_gain: FloatArray) -> Judgement:
    """Hold two judges against each other on the same cases.

    Whether each was right is what people ask for, but a case tells more than that by how sure each was of the truth:
    the interval and the harm are of this difference.

    Parameters
    ----------
    stock_right, own_right : np.ndarray [shape=(n,)], 0..1; over several repeats of cross-validation a mean, for the
        cases are n however often they are asked
    log_gain : np.ndarray [shape=(n,)], logarithm of the chance that own gave to the truth over that of stock
    """
    n = len(stock_right)
    if not n:
        return Judgement(0, 0.0, 0.0, 0.0, -1.0, 1.0, 1.0, None)
    bits = np.asarray(log_gain, np.float64) / math.log(2.0)
    mean = float(bits.mean())
    # A few cases that happen to agree would seem certain: their spread is not taken for less than that of PRIOR others.
    spread = math.sqrt((float(np.square(bits - mean).sum()) + PRIOR * PRIOR_BITS**2) / (n + PRIOR))
    error = spread / math.sqrt(n)
    right = float(np.mean(stock_right)), float(np.mean(own_right))
    more = None if mean <= 0.0 or right[1] < right[0] else _more(n, mean, spread)
    return Judgement(n, *right, mean, mean - SURE * error, mean + SURE * error, expected_harm(mean, error), more)


def _bearable(gain: float) -> float:
    return min(HARM, HARM_SHARE * gain)


def expected_harm(mean: float, error: float) -> float:
    """What is lost on the average where the truth is normal about `mean` and only what lies below 0 is a loss."""
    z = mean / error
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return error * max(0.0, density - z * 0.5 * math.erfc(z / math.sqrt(2.0)))


def _more(n: int, mean: float, spread: float) -> int | None:
    """How many more cases like these until there is little to lose; None: further ahead than anybody can look."""
    counts = range(n, (MOST + 1) * n + 1)
    more = bisect_left(
        counts, True, key=lambda count: expected_harm(mean, spread / math.sqrt(count)) <= _bearable(mean)
    )
    return more if more < len(counts) else None


def folds(kinds: NDArray[np.int64], seed: int) -> Iterator[NDArray[np.bool_]]:
    """Which cases are held out, masks [shape=(n,)]: each by itself where there are few, else FOLDS parts.

    Every part has its share of each kind. With few cases one less is a loss, and parts would look worse than the whole.
    """
    rng = np.random.default_rng(seed)
    count = len(kinds) if len(kinds) <= FEW else FOLDS
    repeats = 0 if len(kinds) < 2 else 1 if len(kinds) <= FEW or len(kinds) > MANY else REPEATS
    for _ in range(repeats):
        place = np.empty(len(kinds), np.int64)
        shuffled = rng.permutation(len(kinds))
        place[shuffled[np.argsort(kinds[shuffled], kind="stable")]] = np.arange(len(kinds))
        for fold in range(count):
            yield place % count == fold
