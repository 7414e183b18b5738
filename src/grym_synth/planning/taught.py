"""What the owner said of routes: for this question, these capabilities. It counts at once, and trains nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .added import Added
from .features import fold, shorten
from .sentence_vectors import FloatArray

SURE = 0.99  # of a route that was told for this very question
_NUMBER = re.compile(r"-?\d+(?:[.,:]\d+)*")


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


class Taught:
    """Corrections, of which the latest about a question decides; also about one that is nearly the same.

    encode : from a sentence to its unit vector; None where the model that knows meanings is not here
    """

    def __init__(self, corrections: Sequence[Correction], encode: Callable[[str], FloatArray] | None) -> None:
        self._corrections = tuple(corrections)
        self._same = {_bare(item.question): item for item in self._corrections}
        self._near = Added({bare: (item.question,) for bare, item in self._same.items()}, encode)

    def without_encoder(self) -> Taught:
        """The same by letters: the model turned out to be damaged."""
        return Taught(self._corrections, None)

    def match(self, question: str) -> Told | None:
        """What was told of this question, numbers apart, or of one that is nearly the same."""
        if not self._same:
            return None
        if item := self._same.get(_bare(question)):
            return Told(item.question, item.capabilities, SURE)
        found = self._near.match(shorten(question))
        near = [(likeness, bare) for bare, (_, likeness, is_same) in found.items() if is_same]
        if not near:
            return None
        likeness, bare = max(near)
        item = self._same[bare]
        return Told(item.question, item.capabilities, round(min(SURE, likeness), 3))


def _bare(question: str) -> str:
    """What is the same in the same question about other numbers."""
    words = re.findall(r"[^\W_]+[#♯♭]?", _NUMBER.sub("0", fold(shorten(question))))
    return " ".join(words)
