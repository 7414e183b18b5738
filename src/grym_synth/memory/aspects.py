"""The aspects that sounds are compared by, as short rows of length 1 whose inner products mean something.

What `audio.timbre.vectors` says of a recording is standardised and reduced by projections that were fitted once
(`benchmarks.fit_aspects`), so that they hold for every library and for the first recording in it. A single hit and
anything longer lie in different columns of the timbre: their likeness is 0.

The likeness that is shown is no cosine but a share: of as many pairs that belong together (excerpts of one track; hits
of one class from different kits) as pairs that do not, how many of those this close belong together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.floating[Any]]

#: Aspects in the order of their columns, with the weight that each has when nothing is said about weights.
WEIGHTS: Mapping[str, float] = {"timbre": 0.3, "rhythm": 0.25, "harmony": 0.1, "pitch": 0.35, "loudness": 0.0}
#: The same for a single hit, of which rhythm, harmony and loudness say nothing.
WEIGHTS_OF_HIT: Mapping[str, float] = {"timbre": 0.85, "pitch": 0.15}
ASPECTS = tuple(WEIGHTS)
HIT_LENGTH = 60  # numbers of the timbre vector that tell of a single hit; the others are 0 then, and the reverse
FIT = Path(__file__).parent / "data" / "aspects.npz"


@dataclass(frozen=True, slots=True)
class Projection:
    """Standardise, project, and scale to length 1."""

    mean: FloatArray  # (d,)
    basis: FloatArray  # (d, columns), divided by the standard deviations

    def rows(self, vectors: FloatArray) -> FloatArray:
        """Vectors of shape (n, d) as rows of length 1, float32; what is all zero stays so."""
        speaks = np.asarray(vectors.any(axis=1))
        return _unit((vectors - self.mean) @ self.basis * speaks[:, None])


@dataclass(frozen=True, slots=True)
class Space:
    """How raw vectors become rows, and what their inner products mean.

    curves : (slope, offset) of the logistic curve from cosine to share, by aspect, "all", "hit" and "hit all"
    """

    projections: Mapping[str, Projection]
    curves: Mapping[str, tuple[float, float]]

    def lay(self, vectors: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Raw vectors by aspect, each of shape (n, d), as rows; an aspect that is missing is left out.

        Rhythm, harmony and loudness say nothing of a single hit: its rows are 0 there.
        """
        timbre, projections = vectors.get("timbre"), self.projections
        is_hit = None if timbre is None else timbre[:, :HIT_LENGTH].any(axis=1)
        rows = {}
        for name in ASPECTS:
            if name not in vectors:
                continue
            if name == "timbre":
                hit, longer = vectors[name][:, :HIT_LENGTH], vectors[name][:, HIT_LENGTH:]
                rows[name] = np.concatenate([projections["hit"].rows(hit), projections["timbre"].rows(longer)], axis=1)
            else:
                rows[name] = projections[name].rows(vectors[name])
                if is_hit is not None and name != "pitch":
                    rows[name][is_hit] = 0.0
        return rows

    def widths(self) -> dict[str, int]:
        """Columns of each aspect."""
        found = {name: self.projections[name].basis.shape[1] for name in ASPECTS}
        return {**found, "timbre": found["timbre"] + self.projections["hit"].basis.shape[1]}

    def raw_length(self, name: str) -> int:
        """Numbers of a raw vector of an aspect."""
        length = len(self.projections[name].mean)
        return length + HIT_LENGTH if name == "timbre" else length

    def share(self, cosine: FloatArray | float, weights: Mapping[str, float], *, is_hit: bool = False) -> FloatArray:
        """What the weighted cosine of these aspects means: 0..1, in the same order."""
        slope, offset = self._curve(weights, is_hit)
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(slope * np.asarray(cosine) + offset, -60.0, 60.0))))

    def _curve(self, weights: Mapping[str, float], is_hit: bool) -> tuple[float, float]:
        """The fitted curve of one aspect or of the usual weights; for other weights one in between."""
        given = {name: weight for name, weight in weights.items() if weight > 0.0}
        usual = WEIGHTS_OF_HIT if is_hit else WEIGHTS
        if given == {name: weight for name, weight in usual.items() if weight > 0.0}:
            return self.curves["hit all" if is_hit else "all"]
        total = sum(given.values()) or 1.0
        curves = [(weight / total, self.curves[_of(name, is_hit)]) for name, weight in given.items()]
        return sum(w * c[0] for w, c in curves), sum(w * c[1] for w, c in curves)


def _of(aspect: str, is_hit: bool) -> str:
    return "hit" if is_hit and aspect == "timbre" else aspect


@lru_cache(maxsize=1)
def fit() -> str:
    """Which fit ships with the program: rows of another do not compare."""
    return hashlib.sha256(FIT.read_bytes()).hexdigest()[:16]


@lru_cache(maxsize=1)
def read_space() -> Space:
    """The fitted projections and curves that ship with the program."""
    with np.load(FIT) as file:
        names = [key.partition(":")[2] for key in file.files if key.startswith("mean:")]
        projections = {name: Projection(file[f"mean:{name}"], file[f"basis:{name}"]) for name in names}
        kinds = [key.partition(":")[2] for key in file.files if key.startswith("curve:")]
        curves = {name: (float(file[f"curve:{name}"][0]), float(file[f"curve:{name}"][1])) for name in kinds}
    return Space(projections, curves)


def _unit(rows: FloatArray) -> FloatArray:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(length > 1e-9, length, 1.0), np.float32)
