"""How much a question speaks for each capability: one logistic head each, trained by `benchmarks/train_router.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...messages import CAPABILITIES
from .features import Buckets, Features

FloatArray = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

#: What is weighed: the capabilities, a report on everything, and, last, "none of these".
HEADS: tuple[str, ...] = (*CAPABILITIES, "report", "none")
#: What a report on everything needs.
REPORT: tuple[str, ...] = ("facts", "loudness", "rhythm", "tonality", "spectrum")
#: What `features.describe_files` can say.
FILE_SORTS: tuple[str, ...] = ("0", *(f"{n}{sort}" for n in (1, 2, 3) for sort in ("audio", "pack", "text", "other")))


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights of all heads; `sense` is None in the set that works without the model pack."""

    chars: FloatArray  # (buckets, heads)
    grams: FloatArray
    files: FloatArray  # (FILE_SORTS, heads)
    aspects: FloatArray  # (ASPECTS, heads)
    bias: FloatArray  # (heads,)
    char_rarity: FloatArray  # (buckets,)
    word_rarity: FloatArray
    sense: FloatArray | None = None  # (384, heads)

    def score(self, features: Features, aspects: Sequence[int], vector: FloatArray | None) -> Scores:
        """Log odds of each head, shape (len(HEADS),), each by itself.

        `aspects` are places in `aspects.ASPECTS` of what the question names, `vector` its sentence vector.
        """
        scores = self.bias + self.files[FILE_SORTS.index(features.files)] + self.aspects[list(aspects)].sum(axis=0)
        scores = scores + _weigh(features.chars, self.char_rarity, self.chars).sum(axis=0)
        scores = scores + _weigh(features.grams, self.word_rarity, self.grams).sum(axis=0)
        if vector is not None and self.sense is not None:
            scores = scores + vector @ self.sense
        return np.asarray(scores, np.float64)

    def weigh_words(self, features: Features, head: str) -> Scores:
        """How much each word of the question speaks for a head."""
        place = [HEADS.index(head)]
        weight = np.zeros(len(features.words))
        np.add.at(weight, features.chars.word, _weigh(features.chars, self.char_rarity, self.chars[:, place])[:, 0])
        np.add.at(weight, features.grams.word, _weigh(features.grams, self.word_rarity, self.grams[:, place])[:, 0])
        return weight


def read_heads(stored: Mapping[str, npt.NDArray[np.generic]], name: str) -> Heads:
    """The set called `name` in the arrays of `data/router.npz`."""
    own = {
        key: stored[f"{key}_{name}"].astype(np.float32) for key in ("chars", "grams", "files", "aspects", "bias")
    } | {key: stored[key].astype(np.float32) for key in ("char_rarity", "word_rarity")}
    return Heads(**own, sense=stored["sense_pack"].astype(np.float32) if name == "pack" else None)


def _weigh(buckets: Buckets, rarity: FloatArray, weights: FloatArray) -> FloatArray:
    """Contribution of each bucket to each head, shape (buckets, heads)."""
    x = rarity[buckets.index]
    norm = float(np.linalg.norm(x))
    return np.asarray((x / max(norm, 1e-9))[:, None] * weights[buckets.index], dtype=np.float32)
