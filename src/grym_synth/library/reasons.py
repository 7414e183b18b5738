"""Why a recording was found, in words: who says so, how sure that is, and where a pattern lies in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Columns, Mask
from .filters import TAGGED, has_octaves
from .query import Called, Holds, Query, Within

#: Figures and words that an owner may tell otherwise, and the word that says whose they are then: "owner" or "ear".
TOLD_BY: Mapping[str, str] = {"tempo_bpm": "tempo_by", "key": "key_by", "class": "class_by"}
#: How a row bears a label that one gave it whose pack was taken in: behind the owner's word, before what was learned.
SAID_BY_OTHERS = np.float32(0.9995)
_OWN: Mapping[str, str] = {"tempo_bpm": "tempo", "key": "key", "class": "kind of sound"}


def whose_word(columns: Columns, row: int, name: str) -> str:
    """That a figure or word is not measured but the owner's, or learned of him."""
    by = columns.shelf.words.get(TOLD_BY.get(name, ""))
    if by is None or not by[row]:
        return ""
    if by[row] == "owner":
        return f"{_OWN[name]}: said by you"
    return f"{_OWN[name]}: learned, {100.0 * float(columns.figure('class_confidence')[row]):.0f} %"


def bears(columns: Columns, row: int, called: Called) -> str:
    """How a row bears a label or a tag that was asked for."""
    name = called.name
    chance = float(columns.labelled(name)[row])
    if chance >= 1.0:
        return f"{name}: said by you"
    if chance == SAID_BY_OTHERS:
        return f"{name}: said by one whom you trust"
    if chance > 0.0:
        return f"{name}: learned, {100.0 * chance:.0f} %"
    share = float(_tagged(columns, called, np.array([row]))[0])
    return f"{name}: tag, {100.0 * share:.0f} %" if share >= TAGGED else ""


def _tagged(columns: Columns, called: Called, rows: NDArray[np.intp]) -> NDArray[np.floating[Any]]:
    """How sure the tags of some rows are that say it, or mean the same: the surest of them."""
    told = [columns.shelf.tags[name][rows] for name in called.synonyms or (called.name,) if name in columns.shelf.tags]
    return np.max(told, axis=0) if told else np.zeros(len(rows), np.float32)


def tagged_and_named(columns: Columns, query: Query, found: Mask) -> Iterator[str]:
    """Of how many a tag says what was asked for, and of how many only something that somebody wrote."""
    called = [c.test for c in query.conditions if isinstance(c.test, Called) and not c.is_not]
    rows = np.flatnonzero(found) if called else np.zeros(0, np.intp)
    for test in called:
        if by_tag := int((_tagged(columns, test, rows) >= TAGGED).sum()):
            others = len(rows) - by_tag
            rest = f"the other {others:,} by name, folder, genre or label" if others else "none by its name alone"
            yield f'"{test.name}": {by_tag:,} by a tag that was heard ({100 * TAGGED:.0f} % sure or more), {rest}'


def places_of(columns: Columns, query: Query, row: int) -> tuple[tuple[float, float], ...]:
    """Where the patterns that were asked for lie in a recording, in their order."""
    names = [c.test.name for c in query.conditions if isinstance(c.test, Holds) and not c.is_not]
    sha256 = columns.shelf.sha256[row]
    return tuple(sorted(place for name in names for place in columns.patterns[name].get(sha256, ())))


def octave(query: Query, tempo: float) -> str:
    """Whether a tempo is half or double what was asked for."""
    wanted = next((c.test for c in query.conditions if has_octaves(c)), None)
    if not isinstance(wanted, Within):
        return ""
    return "at half time" if tempo < wanted.low else "at double time"
