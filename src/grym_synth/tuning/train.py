"""From what was taught to an ear: every part is learned, judged on what was held out, and used only when it is better.

Pure: the caller keeps the ear, in one transaction, so that whoever is killed on the way leaves the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..audio.spectra.frames import FloatArray
from ..errors import BadRequest
from ..messages import Json
from ..storage.teachings import Teachings
from .dataset import Taught, lay_out
from .ear import Ear
from .habits import Habit, fit_habit
from .heads import ClassHead, LabelHead, fit_classes, fit_label
from .measure import Judgement
from .weights import HIT_SPREADS, SPREADS, STOCK_HIT_WEIGHTS, STOCK_WEIGHTS, fit_weights

#: Fewer cases than these are not worth a judgement.
LEAST_HITS, LEAST_OF_LABEL, LEAST_CHOICES, LEAST_CORRECTIONS = 4, 2, 8, 4


@dataclass(frozen=True, slots=True)
class Trained:
    """An ear, how each part was judged, and what each part that could not be judged lacks."""

    ear: Ear
    judged: Mapping[str, Judgement]
    lacking: Mapping[str, str]
    left_out: int

    def figures(self) -> dict[str, Json]:
        """What `grym ear status` shows."""
        return {
            "parts": {name: judged.to_json() for name, judged in self.judged.items()},
            "lacking": dict(self.lacking),
            "left_out": self.left_out,
        }


def read_taught(teachings: Teachings, recipe: str) -> Taught:
    """What one store holds, with the vectors of one recipe."""
    vectors = {aspect: teachings.vectors(recipe, aspect) for aspect in STOCK_WEIGHTS}
    return lay_out(recipe, teachings.labels(), teachings.corrections(), teachings.preferences(), vectors)


def train(taught: Taught, *, seed: int = 0) -> Trained:
    """An ear from all that was taught; the same teachings give the same ear, byte for byte.

    Raises
    ------
    BadRequest
        Nothing was taught that anything can be learned from.
    """
    judged: dict[str, Judgement] = {}
    lacking: dict[str, str] = {}
    ear = Ear(
        taught.recipe,
        _classes(taught, judged, lacking, seed),
        _labels(taught, judged, lacking, seed),
        _weights("weights", taught.choices, STOCK_WEIGHTS, SPREADS, judged, lacking, seed),
        _weights("weights of hits", taught.hit_choices, STOCK_HIT_WEIGHTS, HIT_SPREADS, judged, lacking, seed),
        _habits(taught, judged, lacking),
    )
    if not judged and not lacking:
        if taught.left_out:
            what = f"all {taught.left_out} labels and preferences are of sounds heard by another version"
            raise BadRequest(what, hint="teach them again: they are listened to again")
        hint = "grym teach snare FILE ...; `grym teach --list` shows what was taught"
        raise BadRequest("nothing was taught that an ear could be trained on", hint=hint)
    return Trained(ear, judged, lacking, taught.left_out)


def _classes(taught: Taught, judged: dict[str, Judgement], lacking: dict[str, str], seed: int) -> ClassHead | None:
    n = len(taught.hits)
    if not n:
        return None
    if n < LEAST_HITS:
        lacking["class"] = f"{n} of {LEAST_HITS} hits"
        return None
    head, judged["class"] = fit_classes(taught.hits, taught.allowed, seed=seed)
    return head if judged["class"].is_better else None


def _labels(taught: Taught, judged: dict[str, Judgement], lacking: dict[str, str], seed: int) -> dict[str, LabelHead]:
    heads = {}
    for label, (timbre, is_so, presumed) in taught.labels.items():
        name, so, other = f"label {label}", int(is_so.sum()), int((~is_so).sum())
        if min(so, other) < LEAST_OF_LABEL:
            what = f"{so} of {LEAST_OF_LABEL} sounds that are it" if so < LEAST_OF_LABEL else ""
            what = what or f"{other} of {LEAST_OF_LABEL} sounds that are not (--not FILE)"
            lacking[name] = what
            continue
        head, judged[name] = fit_label(timbre, is_so, presumed, seed=seed)
        if judged[name].is_better:
            heads[label] = head
    return heads


def _weights(
    part: str,
    choices: FloatArray,
    stock: Mapping[str, float],
    spreads: Mapping[str, float],
    judged: dict[str, Judgement],
    lacking: dict[str, str],
    seed: int,
) -> Mapping[str, float]:
    n = len(choices)
    if n and n < LEAST_CHOICES:
        lacking[part] = f"{n} of {LEAST_CHOICES} preferences"
    if n < LEAST_CHOICES:
        return stock
    weights, judged[part] = fit_weights(choices, stock, spreads, seed=seed)
    return weights if judged[part].is_better else stock


def _habits(taught: Taught, judged: dict[str, Judgement], lacking: dict[str, str]) -> dict[str, Habit]:
    habits = {}
    for field, cases in taught.corrected.items():
        if not cases:
            continue
        habit, judgement = fit_habit(field, cases)
        if judgement.n < LEAST_CORRECTIONS:
            lacking[field] = f"{judgement.n} of {LEAST_CORRECTIONS} corrections to a candidate that was measured"
            continue
        judged[field] = judgement
        if judgement.is_better:
            habits[field] = habit
    return habits
