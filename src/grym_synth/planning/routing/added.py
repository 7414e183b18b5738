"""Capabilities that agents of the user bring: a question is for one when it is like one of its examples.

The trained router does not know them, and three examples train nothing; likeness to the nearest of them is enough for
questions that are meant for it, and far from all others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ...sentences.vectors import FloatArray
from .likeness import letter_grams, letters_shared

#: Likeness from which a question is for a capability, and from which it is for nothing else: by sentence vectors, and
#: by letters where there are none.
SENSE_LIKE, SENSE_SAME = 0.62, 0.85
LETTERS_LIKE, LETTERS_SAME = 0.55, 0.85


class Added:
    """The examples of each such capability.

    encode : from a sentence to its unit vector; None where the model that knows meanings is not here
    """

    def __init__(self, examples: Mapping[str, Sequence[str]], encode: Callable[[str], FloatArray] | None) -> None:
        self._examples = {name: tuple(sentences) for name, sentences in examples.items() if sentences}
        self._encode = encode
        self._vectors: dict[str, FloatArray] = {}

    def without_encoder(self) -> Added:
        """The same by letters: the model turned out to be damaged."""
        return Added(self._examples, None)

    def match(self, question: str) -> dict[str, tuple[str, float, bool]]:
        """Of each capability that the question is for: the nearest example, its likeness, and whether it is all."""
        like, same = (SENSE_LIKE, SENSE_SAME) if self._encode else (LETTERS_LIKE, LETTERS_SAME)
        found: dict[str, tuple[str, float, bool]] = {}
        if not self._examples:
            return found
        vector = self._encode(question) if self._encode else None
        for name, sentences in self._examples.items():
            likeness = [self._likeness(question, vector, sentence) for sentence in sentences]
            best = int(np.argmax(likeness))
            if likeness[best] >= like:
                found[name] = sentences[best], likeness[best], likeness[best] >= same
        return found

    def _likeness(self, question: str, vector: FloatArray | None, example: str) -> float:
        if self._encode is None or vector is None:
            return letters_shared(letter_grams(question), letter_grams(example))
        if example not in self._vectors:
            self._vectors[example] = self._encode(example)
        likeness: float = (vector @ self._vectors[example]).item()
        return likeness
