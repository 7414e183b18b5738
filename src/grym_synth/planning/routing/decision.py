"""From the scores of single heads to one set of them: which capabilities are asked for together, and how surely.

Heads know nothing of each other: "normalise it to -14 LUFS" speaks for `edit` and for `loudness`. Here every set that
can be asked for is scored as a whole: what its heads say of the question and of its clauses, which of them go
together, and how many things a question of so many clauses asks for. Weights come from `benchmarks/train_router.py`.

References
----------
Ghamrawi and McCallum, "Collective multi-label classification", 2005.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...messages import CAPABILITIES
from .heads import HEADS, REPORT, Scores

#: Columns of `Decision.size`: sets of none, one, two, and more heads.
#: Rows: questions of one, two or three, and more clauses.
SIZES, ROWS = 4, 3


@dataclass(frozen=True, slots=True)
class Decision:
    """Sets of heads, and what speaks for them."""

    sets: npt.NDArray[np.float64]  # (sets, HEADS): 1 where a head is in the set; the last stands for the empty set
    mix: Scores  # (4,): weight of the whole question and of its clauses, and what clauses change in both
    shift: Scores  # (HEADS,)
    together: Scores  # (sets,): which of its heads go together
    size: Scores  # (ROWS, SIZES)
    calibration: Scores  # slope, offset

    def choose(self, whole: Scores, clauses: Sequence[Scores]) -> tuple[tuple[str, ...], float]:
        """The likeliest set of heads, and the probability that the whole of it is right."""
        scores = self.score(whole[None], strongest(whole, clauses)[None], np.array([len(clauses)]))[0]
        best = int(scores.argmax())
        p = 1.0 / float(np.exp(scores - scores[best]).sum())
        names = tuple(name for i, name in enumerate(HEADS[:-1]) if self.sets[best, i])
        return names, calibrate(p, *map(float, self.calibration))

    def score(self, whole: Scores, parts: Scores, clauses: npt.NDArray[np.int64]) -> Scores:
        """Score of each set for each question, shape (questions, sets)."""
        a, b, c, d = self.mix
        joined = (clauses > 0)[:, None]
        heads = (a + c * joined) * whole + (b + d * joined) * parts + self.shift
        sizes = np.minimum(self.sets[:, :-1].sum(axis=1).astype(int), SIZES - 1)
        return np.asarray(heads @ self.sets.T + self.together + self.size[row_of(clauses)][:, sizes])


def strongest(whole: Scores, clauses: Sequence[Scores]) -> Scores:
    """What the clause says that says it most; nothing is asked for only when no clause asks for anything."""
    if not clauses:
        return whole
    parts = np.max(clauses, axis=0)
    parts[-1] = np.min(clauses, axis=0)[-1]
    return np.asarray(parts)


def row_of(clauses: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Row of `Decision.size` for questions of so many clauses, 0 standing for one."""
    return np.asarray(np.minimum(clauses, 4) // 2)


def calibrate(p: float, slope: float, offset: float) -> float:
    """Share of right ones among sets of this probability."""
    p = min(max(p, 1e-6), 1.0 - 1e-6)
    return float(1.0 / (1.0 + np.exp(-(slope * np.log(p / (1.0 - p)) + offset))))


def spell_out(heads: Sequence[str]) -> tuple[str, ...]:
    """Capabilities that the chosen heads stand for, in the order of CAPABILITIES."""
    wanted = {*heads, *(REPORT if "report" in heads else ())}
    return tuple(name for name in CAPABILITIES if name in wanted)


def read_decision(stored: Mapping[str, npt.NDArray[np.generic]], name: str) -> Decision:
    """The set called `name` in the arrays of `data/router.npz`."""
    keys = ("mix", "shift", "together", "size", "calibration")
    own = {key: stored[f"{key}_{name}"].astype(np.float64) for key in keys}
    return Decision(stored["sets"].astype(np.float64), **own)
