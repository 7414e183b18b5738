"""True sentences as musicians and language models write them, and planted lies, made from evidence.

They judge the checker of answers from outside: nothing here shares code with it, and every sentence is true or false
by construction. The same seed gives the same sentences.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from . import facts, harmony, loudness, mixed, pairs, rhythm, spectrum, tonality
from .scene import Case, Scene

__all__ = ["Case", "planted_lies", "true_sentences"]

TOPICS: tuple[Callable[[Random], Scene], ...] = (
    *rhythm.TOPICS, *tonality.TOPICS, *harmony.TOPICS, *facts.TOPICS, *loudness.TOPICS, *spectrum.TOPICS, *pairs.TOPICS,
    *mixed.TOPICS,
)  # fmt: skip


def true_sentences(seed: int, n: int) -> list[Case]:
    """So many true sentences, topic after topic."""
    return [_scene(f"{seed} true {i}", i).truth() for i in range(n)]


def planted_lies(seed: int, n: int) -> list[Case]:
    """So many lies, no two of the same words."""
    found: dict[str, Case] = {}
    i = 0
    while len(found) < n:
        case = _scene(f"{seed} false {i}", i).falsehood()
        found.setdefault(case.text, case)
        i += 1
    return list(found.values())


def _scene(seed: str, i: int) -> Scene:
    scene = TOPICS[i % len(TOPICS)](Random(seed))
    scene.distract()
    return scene
