"""How like two sentences are by their letters, where no model knows what they mean."""

from __future__ import annotations

import math

_GRAM = 4


def letter_grams(sentence: str) -> frozenset[str]:
    """Runs of four letters, case and punctuation apart."""
    words = " ".join("".join(c if c.isalnum() else " " for c in sentence.casefold()).split())
    text = f" {words} "
    return frozenset(text[i : i + _GRAM] for i in range(max(1, len(text) - _GRAM + 1)))


def letters_shared(a: frozenset[str], b: frozenset[str]) -> float:
    """Cosine of two sets of runs: 1 for the same, 0 for nothing in common."""
    return len(a & b) / max(1.0, math.sqrt(len(a) * len(b)))
