"""What the owner said of routes: for this question, these capabilities. It counts at once, and trains nothing.

The same question again, numbers and file names apart, is decided by it; so is one that is nearly the same. What is
near is judged closely: a correction that reaches too far would spoil questions that went well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...regex import lazily
from ...sentences.vectors import FloatArray
from .features import fold, name_plainly
from .likeness import letter_grams, letters_shared

#: How sure a route is that was told for this very question, and at most for one that is near.
SURE, NEAR_SURE = 0.99, 0.95
#: Likeness from which a question is near: by sentence vectors with at least so many shared letters, or by letters.
SENSE_NEAR, LETTERS_BESIDE, LETTERS_NEAR = 0.86, 0.3, 0.72
_WORDS = lazily(r"-?\d+(?:[.,:]\d+)*|[^\W_]+[#♯♭]?|[?&+/]")
_NUMBER = lazily(r"-?\d+(?:[.,:]\d+)*")
_KEY = lazily(
    r"\b[a-h](?:\s?(?:#|♯|♭|b|sharp|flat|is|es))?\s(?:major|minor|maj|min|dur|moll|mayor|menor|majeur|mineur|maior|"
    r"maggiore|minore)\b"
)


class Correction(Protocol):
    """A question, and the capabilities that it needs; none where it is not for this hub."""

    @property
    def question(self) -> str: ...
    @property
    def capabilities(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Told:
    """The correction that decides, and how sure the route is."""

    question: str
    capabilities: tuple[str, ...]
    confidence: float

    @property
    def reason(self) -> str:
        return f"like what you taught: “{self.question[:80]}”"


class Taught:
    """Corrections, the newest last: of two that are as near, it decides.

    encode : from a sentence to its unit vector; None where the model that knows meanings is not here
    """

    def __init__(self, corrections: Sequence[Correction], encode: Callable[[str], FloatArray] | None) -> None:
        self._corrections = tuple(corrections)
        self._encode = encode
        self._same = {_bare(item.question): item for item in self._corrections}
        self._grams = [letter_grams(bare) for bare in self._same]
        self._vectors: FloatArray | None = None

    def without_encoder(self) -> Taught:
        """The same by letters: the model turned out to be damaged."""
        return Taught(self._corrections, None)

    def match(self, question: str, vector: FloatArray | None) -> Told | None:
        """What was told of this question or of one that is nearly the same.

        vector : the sentence vector of the question, where there is a model
        """
        if not self._same:
            return None
        bare = _bare(question)
        if item := self._same.get(bare):
            return Told(item.question, item.capabilities, SURE)
        items = list(self._same.values())
        mine = letter_grams(bare)
        letters = np.array([letters_shared(mine, other) for other in self._grams])
        near = letters >= LETTERS_NEAR
        if vector is not None and self._encode is not None:
            sense = self._all_vectors() @ vector
            near |= (sense >= SENSE_NEAR) & (letters >= LETTERS_BESIDE)
            letters = np.maximum(letters, sense)
        if not near.any():
            return None
        likeness = np.where(near, letters, 0.0)
        best = len(items) - 1 - int(likeness[::-1].argmax())
        return Told(items[best].question, items[best].capabilities, round(min(NEAR_SURE, float(likeness[best])), 3))

    def _all_vectors(self) -> FloatArray:
        """Vectors of the corrections, encoded when the first question needs them."""
        if self._vectors is None:
            assert self._encode is not None
            self._vectors = np.array([self._encode(name_plainly(item.question)) for item in self._same.values()])
        return self._vectors


def _bare(question: str) -> str:
    """What is the same in the same question about other files, numbers and keys."""
    text = _KEY.sub(" 0key ", fold(name_plainly(question)))
    return " ".join("0" if _NUMBER.fullmatch(word) else word for word in _WORDS.findall(text) if word != "?")
