"""Candidates from the server, for a process that has not the library in memory: a shared store with pgvector.

The server's index finds the rows nearest to a query, and only those are read and judged exactly. The places that it
searches are the rows of a shelf; hubs that stay give them to it, and what has none yet is a candidate in any case.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import numpy as np

from ..storage.library import Library
from ..storage.prints import Prints, StoredPrint
from .aspects import FloatArray, fit
from .duplicates import Duplicate, same_recording
from .nearest import weigh
from .shelf import Shelf, as_matrix, shelf_of, stacked, views

MANY = 2000  # recordings from which it is quicker to ask the server than to read all of them
MOST_ASKED = 100  # that can be found among the candidates
_COUNT = 600  # candidates; `benchmarks.places` says what they miss
_ALONE = (
    0.3  # share of the weights from which an aspect is asked about alone as well: by all together it is found worse
)
_LACKING = 500  # without a place, that are taken in addition; with more, the whole library is read
_AT_ONCE = 500


def can_ask(library: Library, recipe: str, k: int) -> bool:
    """Whether the server searches for so many, and knows so many recordings that it is worth it."""
    places = library.store.places
    return k <= MOST_ASKED and places is not None and places.is_there and library.recipes().get(recipe, 0) >= MANY


def candidates(
    library: Library, recipe: str, row: FloatArray, weights: Mapping[str, float], own: str = ""
) -> Shelf | None:
    """A shelf of what may be nearest to a row; None where the server knows too little.

    row : np.ndarray [shape=(192,)], as of a shelf's matrix
    own : a content that has to be among them, if it is known
    """
    places = library.store.places
    assert places is not None
    lacking = places.lacking(recipe, fit(), _LACKING + 1)
    if len(lacking) > _LACKING:
        return None
    weighted, at = weigh(row, weights), 0
    found = places.nearest(recipe, fit(), weighted, _COUNT)
    if len(found) < _COUNT // 2:  # most of what it came by is of another recipe, or lies nowhere
        return None
    for name, part in views(weighted[None]).items():
        if part.any() and weights[name] >= _ALONE * sum(weights.values()):
            found += places.nearest(recipe, fit(), part[0], _COUNT, at=at)
        at += part.shape[1]
    names = list(dict.fromkeys([*filter(None, [own]), *found, *(item.sha256 for item in lacking)]))
    described = library.described(names, recipe=recipe, with_fragments=False)
    return shelf_of(described, dict(library.paths(names)), recipe=recipe)


def nearest_names(shelf: Shelf, row: FloatArray, weights: Mapping[str, float], count: int) -> list[str]:
    """The contents nearest to a row, so many."""
    order = np.argsort(-(shelf.matrix @ weigh(row, weights)), kind="stable")[:count]
    return [shelf.sha256[i] for i in order.tolist()]


def give_places(library: Library, recipe: str, limit_s: float) -> bool:
    """Give the server the places that it lacks, for so long; whether more is left."""
    places = library.store.places
    if places is None or not places.is_there:
        return False
    until = time.monotonic() + limit_s
    while lacking := places.lacking(recipe, fit(), _AT_ONCE):
        by_name = {item.sha256: item for item in lacking}
        known = list(library.described(list(by_name), recipe=recipe, with_fragments=False))
        if not known:  # they went meanwhile
            break
        matrix = as_matrix(stacked(known), len(known))
        places.put(recipe, fit(), [(by_name[item.sha256], row) for item, row in zip(known, matrix, strict=True)])
        if time.monotonic() > until:
            return True
    places.drop_gone()
    return False


class DuplicatesAmong:
    """Finds the same recording in other files among a few: those are near by every aspect."""

    def __init__(self, prints: Prints, few: Sequence[str]) -> None:
        self._prints, self._few = prints, few

    def of(self, asked: StoredPrint) -> list[Duplicate]:
        found = []
        for sha256, other in self._prints.of([name for name in self._few if name != asked.sha256]).items():
            similarity = same_recording(asked, other)
            if similarity is not None:
                found.append(Duplicate(sha256, similarity))
        return sorted(found, key=lambda each: -each.similarity)
