"""Words that nobody understood: slips of the pen, put right, and moods, which nobody measures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from . import vocabulary as v
from .adjectives import ADJECTIVES
from .columns import fold

_SOUNDS = dict(v.words_with_plurals({**v.CLASSES, **v.SHAPES}))
_OUR_WORDS = frozenset(word for word in (*_SOUNDS, *ADJECTIVES, *v.SUPERLATIVES) if len(word) >= 4 and word.isalpha())


def near_moods(unknown: Sequence[str]) -> Iterator[str]:
    """What is near a mood that nobody measured, and how it may be taught."""
    for word in unknown:
        if near := v.MOODS.get(fold(word)):
            yield (f'"{word}" is no measure, tag or name here; near it: grym find "{near}"; '
                   f"what you call so is found once you teach it: grym teach {fold(word)} FILE")  # fmt: skip


def mended(written: str, unknown: Sequence[str]) -> tuple[str, list[str]] | None:
    """The text with slips of the pen put right, and a note of each; None where there are none.

    A slip is two letters in the wrong order, or one that is missing, doubled or another, in a word of ours.
    """
    notes = list[str]()
    for word in unknown:
        if fold(word) in v.MOODS:
            continue
        near = {name for name in _OUR_WORDS if len(word) >= 4 and _is_slip(fold(word), name)}
        best = {name for name in near if sorted(name) == sorted(fold(word))} or near
        if len({name.removesuffix("s") for name in best}) == 1:
            meant = max(best, key=len) if word.endswith("s") else min(best, key=len)
            written = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", meant, written)
            notes.append(f"{word!r} was read as {meant!r}")
    return (written, notes) if notes else None


def _is_slip(word: str, name: str) -> bool:
    """Whether one word is the other but for one slip after its first letter."""
    if word[:1] != name[:1] or abs(len(word) - len(name)) > 1 or word == name:
        return False
    if len(word) == len(name):
        off = [i for i in range(len(word)) if word[i] != name[i]]
        swapped = (
            len(off) == 2 and off[1] == off[0] + 1 and word[off[0]] == name[off[1]] and word[off[1]] == name[off[0]]
        )
        return (len(off) == 1 and len(word) >= 5) or swapped
    longer, shorter = (word, name) if len(word) > len(name) else (name, word)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
