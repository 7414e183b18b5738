"""An ear: what was learned of one owner, as one value that is asked and one file that is kept.

The stock ear is `Ear()`: it says nothing of its own. An ear only speaks of vectors of its own recipe.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..audio.spectra.frames import FloatArray
from ..errors import BadRequest
from ..messages import Json
from .features import is_hit, sound_features, stock_names
from .habits import Candidates, Habit
from .heads import LABEL_SURE, SURE_ENOUGH, ClassHead, LabelHead, names_of
from .weights import STOCK_HIT_WEIGHTS, STOCK_WEIGHTS

FORMAT = "grym-ear/1"


@dataclass(frozen=True, slots=True)
class Ear:
    """The parts that were learned and found better than stock; None or absent: as stock.

    recipe : of the vectors that it was trained on
    weights, hit_weights : aspect → its share of the likeness to a longer recording and to a single hit; they weigh the
        cosines of `memory.aspects` as its own weights do, whose place they take
    habits : by field, "tempo" and "key"
    """

    recipe: str = ""
    classes: ClassHead | None = None
    labels: Mapping[str, LabelHead] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=lambda: STOCK_WEIGHTS)
    hit_weights: Mapping[str, float] = field(default_factory=lambda: STOCK_HIT_WEIGHTS)
    habits: Mapping[str, Habit] = field(default_factory=dict)

    @property
    def listens(self) -> bool:
        """Whether it says something of the timbre of a sound."""
        return self.classes is not None or bool(self.labels)

    def speaks_of(self, recipe: str) -> bool:
        """Whether vectors of this recipe are those that it was trained on; the library's names all that made it."""
        return bool(self.recipe) and self.recipe in recipe.split("; ")

    def classify(self, timbre: FloatArray) -> list[tuple[str, float] | None]:
        """The class of each sound and its chance; None where the ear leaves it to stock: no hit, unsure, or strange.

        timbre : np.ndarray [shape=(n, 220)]
        """
        told: list[tuple[str, float] | None] = [None] * len(timbre)
        hits = np.flatnonzero(is_hit(timbre))
        if self.classes is None or not len(hits):
            return told
        chances = self.classes.chances(timbre[hits])
        for place, name, row in zip(hits, names_of(chances), chances, strict=True):
            told[place] = None if name is None else (name, float(row[stock_names().index(name)]))
        return told

    def own_labels(self, timbre: FloatArray, *, at_least: float = LABEL_SURE) -> dict[str, FloatArray]:
        """Chance that each sound bears each own label, shape (n,); NaN below `at_least` and for silence."""
        sounds = timbre.any(axis=1)
        found: dict[str, FloatArray] = {}
        for name, head in self.labels.items():
            chances = head.chances(timbre)
            found[name] = np.where(sounds & (chances >= at_least), chances, np.nan)
        return found

    def reweigh(self, field: str, candidates: Candidates) -> list[tuple[Json, float]]:
        """Measured candidates of a tempo or key, likeliest first, as the owner's habit has it; none is added."""
        habit = self.habits.get(field)
        return list(candidates) if habit is None else habit.weigh(candidates)

    @property
    def parts(self) -> tuple[str, ...]:
        """What it does otherwise than stock: "class", "label dusty", "weights", "weights of hits", "tempo", "key"."""
        named = [f"label {name}" for name in sorted(self.labels)]
        weights = ["weights"] if _learned(self.weights, STOCK_WEIGHTS) else []
        weights += ["weights of hits"] if _learned(self.hit_weights, STOCK_HIT_WEIGHTS) else []
        return (*(["class"] if self.classes else []), *named, *weights, *sorted(self.habits))


def to_bytes(ear: Ear) -> bytes:
    """The file of an ear: JSON with sorted keys, in which every number is written so that it is read back the same."""
    head = ear.classes
    document = {
        "format": FORMAT,
        "recipe": ear.recipe,
        "classes": None
        if head is None
        else {
            "names": list(stock_names()),
            "weights": head.weights.tolist(),
            "temperature": head.temperature,
            "reach": head.reach,
        },
        "labels": {
            name: {"weights": label.weights.tolist(), "temperature": label.temperature}
            for name, label in ear.labels.items()
        },
        "aspects": _learned(ear.weights, STOCK_WEIGHTS),
        "hit_aspects": _learned(ear.hit_weights, STOCK_HIT_WEIGHTS),
        "habits": {name: habit.weights.tolist() for name, habit in ear.habits.items()},
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def from_bytes(file: bytes) -> Ear:
    """The ear of a file.

    Raises
    ------
    BadRequest
        It is no ear, one of another format, or one of other classes than this version knows.
    """
    try:
        raw = json.loads(file)
        if raw["format"] != FORMAT:
            raise BadRequest(f"the ear is of format {raw['format']!r}; this version reads {FORMAT!r}")
        return Ear(
            str(raw["recipe"]),
            _read_classes(raw["classes"]),
            {str(name): _read_label(each) for name, each in raw["labels"].items()},
            _read_weights(raw.get("aspects"), STOCK_WEIGHTS),
            _read_weights(raw.get("hit_aspects"), STOCK_HIT_WEIGHTS),
            {name: Habit(name, _numbers(raw["habits"][name], (_FEATURES[name],))) for name in raw["habits"]},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadRequest(f"not an ear: {error!r}", hint="`grym ear export` writes one") from error


_FEATURES = {"tempo": 2, "key": 1}


def _read_classes(raw: Any) -> ClassHead | None:
    if raw is None:
        return None
    if tuple(raw["names"]) != stock_names():
        raise BadRequest("the ear knows other classes than this version", hint="grym ear train")
    features = len(sound_features(np.zeros((1, 220), np.float32))[0])
    shape = (features - 160, len(stock_names()))  # the part of hits, its flag standing for the intercept
    return ClassHead(_numbers(raw["weights"], shape), _positive(raw["temperature"]), _positive(raw["reach"]))


def _read_label(raw: Any) -> LabelHead:
    features = len(sound_features(np.zeros((1, 220), np.float32))[0])
    return LabelHead(_numbers(raw["weights"], (features + 1,)), _positive(raw["temperature"]))


def _learned(weights: Mapping[str, float], stock: Mapping[str, float]) -> dict[str, float] | None:
    """The weights, or None where they are those of stock, which a later version may choose otherwise."""
    return None if dict(weights) == dict(stock) else dict(weights)


def _read_weights(raw: Any, stock: Mapping[str, float]) -> Mapping[str, float]:
    if raw is None:
        return stock
    weights = {name: float(raw[name]) for name in stock}
    if not all(0.0 <= value < float("inf") for value in weights.values()) or not sum(weights.values()) > 0.0:
        raise ValueError("a weight is not 0 or more, or all are 0")
    return weights


def _numbers(raw: Sequence[Any], shape: tuple[int, ...]) -> FloatArray:
    numbers = np.array(raw, np.float64)
    if numbers.shape != shape or not np.isfinite(numbers).all():
        raise ValueError(f"numbers of shape {numbers.shape} where {shape} finite ones belong")
    return numbers


def _positive(raw: Any) -> float:
    value = float(raw)
    if not 0.0 <= value < float("inf"):
        raise ValueError(f"{value!r} is not 0 or more")
    return value


__all__ = ["FORMAT", "LABEL_SURE", "SURE_ENOUGH", "Ear", "from_bytes", "to_bytes"]
