"""How far the class of a single hit is to be trusted: learned from answers about kits that took no part in the fit.

The confidence is judged on recorded drum kits, a few of them electronic, that nobody has heard here. So all sources are
asked about, each by a fit without it, and weighted so that they look like that: a hit of the development half counts
once, no other source counts as more than MOST_OF_ONE hits, and the classes of these are as frequent as there. One sound
in seven is taken to be none of the classes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.timbre.one_shots import SURE_ENOUGH, grounds_of_trust, trust_of

ASKED_LIKE = ("real", "font", "sample", "asked")  # kinds of examples, all of them as they are, not varied
MOST_OF_ONE = 30.0
OF_NO_CLASS = 1.0 / 7.0
PENALTY = 3.0  # on the square of what a class adds to the log odds
PENALTY_OF_OURS = 0.003  # on the squares of the weights of `fit_ours`, where all examples weigh 1


@dataclass(frozen=True)
class Unseen:
    """What is said of sounds by fits that did not see their source."""

    names: NDArray[np.str_]
    log_chance: FloatArray
    distance: FloatArray
    ours: FloatArray
    vectors: FloatArray
    label: NDArray[np.str_]
    kind: NDArray[np.str_]
    source: NDArray[np.str_]

    @property
    def right(self) -> NDArray[np.bool_]:
        return np.asarray(self.names[self.log_chance.argmax(axis=1)] == self.label)

    def where(self, mask: NDArray[np.bool_]) -> Unseen:
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return Unseen(**{name: part if name == "names" else part[mask] for name, part in parts.items()})


def weigh_sources(unseen: Unseen) -> FloatArray:
    """What each sound counts: see above. Those of no class make up one in seven, half notes, half percussion."""
    real, ours = unseen.kind == "real", unseen.label != ""
    weight = np.ones(len(ours))
    frequency = {name: 1.0 + (unseen.label[real] == name).sum() for name in sorted(set(unseen.label[ours]))}
    counted = ours & ~real
    size = {
        name: min(MOST_OF_ONE, (unseen.source[counted] == name).sum()) for name in sorted(set(unseen.source[counted]))
    }
    for _ in range(30):
        for kept, targets in ((unseen.label, frequency), (unseen.source, size)):
            for name, target in targets.items():
                chosen = counted & (kept == name)
                if chosen.any():
                    weight[chosen] *= target / weight[chosen].sum()
    whole = weight[ours].sum() * OF_NO_CLASS / (1.0 - OF_NO_CLASS)
    for others in (~ours & (unseen.kind == "note"), ~ours & (unseen.kind != "note")):
        weight[others] = 0.5 * whole / max(1, others.sum())
    return weight


def fit_trust(unseen: Unseen) -> FloatArray:
    """The logistic model of `trust_of`; only what the classes add is held near nothing."""
    grounds = grounds_of_trust(unseen.log_chance, unseen.distance)
    penalty = np.where(np.arange(grounds.shape[1]) < 3, 1e-6, PENALTY)
    return fit_logistic(grounds, unseen.right, weigh_sources(unseen), penalty)


def fit_ours(z: FloatArray, of_ours: NDArray[np.bool_], weight: FloatArray) -> FloatArray:
    """The logistic model of `Classes.chance_of_ours` without its prior: both sides weigh the same."""
    weight = np.where(of_ours, weight / weight[of_ours].sum(), weight / weight[~of_ours].sum()) / 2.0
    penalty = np.append(np.full(z.shape[1], PENALTY_OF_OURS), 1e-9)
    return fit_logistic(np.column_stack([z, np.ones(len(z))]), of_ours, weight, penalty)


def fit_logistic(x: FloatArray, right: NDArray[np.bool_], weight: FloatArray, penalty: FloatArray) -> FloatArray:
    """Weights [shape=(columns,)] by Newton's method."""
    found = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1.0 / (1.0 + np.exp(-x @ found))
        slope = x.T @ (weight * (right - p)) - penalty * found
        bend = x.T @ (x * (weight * p * (1.0 - p))[:, None]) + np.diag(penalty)
        step = np.linalg.solve(bend, slope).clip(-1.0, 1.0)
        found = found + step
        if np.abs(step).max() < 1e-7:
            break
    return np.asarray(found)


def trust_of_others(unseen: Unseen) -> FloatArray:
    """Trust in what is said of each sound, by a model of trust that has seen nothing of its source."""
    trust = np.zeros(len(unseen.right))
    for source in sorted(set(unseen.source)):
        told = unseen.source == source
        trust[told] = trust_of(fit_trust(unseen.where(~told)), unseen.log_chance[told], unseen.distance[told])
    return trust


def say(unseen: Unseen, trust: FloatArray) -> str:
    """JSON lines for `benchmarks.calibration`: the hits of our classes, with what each counts."""
    weight = weigh_sources(unseen)
    rows = [
        {
            "source": str(unseen.source[i]),
            "p": round(float(trust[i]), 4),
            "right": bool(unseen.right[i]),
            "weight": round(float(weight[i]), 3),
        }
        for i in np.flatnonzero(unseen.label != "")
    ]
    return "".join(json.dumps(row) + "\n" for row in rows)


def report(unseen: Unseen, trust: FloatArray) -> None:
    weight, ours, is_ours = weigh_sources(unseen), unseen.label != "", unseen.ours >= SURE_ENOUGH
    print(
        f"sources asked about {len(set(unseen.source[ours]))}, hits {ours.sum()}, which weigh {weight[ours].sum():.0f}"
    )
    for kind in (*ASKED_LIKE, "note"):
        for are_ours in (True, False):
            those = (unseen.kind == kind) & (ours == are_ours)
            if those.any():
                told = "of our classes" if are_ours else "of none"
                right = np.average(unseen.right[those], weights=weight[those])
                kept = np.average(is_ours[those], weights=weight[those])
                named = np.average((is_ours & (trust >= SURE_ENOUGH))[those], weights=weight[those])
                print(
                    f"  {kind}, {told} ({those.sum()}): {kept:.3f} taken for ours, {right:.3f} told right; "
                    f"{named:.3f} named before calibration"
                )
