"""The library in memory, as columns: what every search reads. The store is the truth; this is made from it.

`Shelves.current()` is what callers want: it reads the cache file or the store once, and then only what changed.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..storage.library import Library
from ..storage.library_rows import Described
from .aspects import ASPECTS, FloatArray, read_space

log = logging.getLogger(__name__)

_AT_ONCE = 4096  # recordings that become rows together


@dataclass(frozen=True, slots=True)
class Shelf:
    """The library as columns: row i is one content. Never changed; a newer one takes its place.

    Only contents that lie somewhere have a row, and only those known by one and the same recipe have vectors.
    """

    seq: int  # of the library's changes: how new it is
    sha256: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]  # where it lies now, sorted, at least one
    figures: Mapping[str, FloatArray]  # float32 (n,), NaN where not measured
    words: Mapping[str, tuple[str, ...]]  # "" where unknown
    tags: Mapping[str, FloatArray]  # (n,), 0 where not told
    vectors: Mapping[str, FloatArray]  # by aspect, float32 (n, d), rows of length 1 or all zero: columns of `matrix`
    recipe: str = ""
    left_out: int = 0  # contents known by another recipe: not here, or without vectors
    matrix: FloatArray = field(default_factory=lambda: _empty_matrix())  # all aspects side by side, (n, 192)

    def __len__(self) -> int:
        return len(self.sha256)

    def figure(self, name: str) -> FloatArray:
        """A figure of every row; NaN everywhere when nobody measured it."""
        found = self.figures.get(name)
        return np.full(len(self), np.nan, np.float32) if found is None else found

    def word(self, name: str) -> tuple[str, ...]:
        """A word of every row; "" everywhere when nobody knows it."""
        return self.words.get(name) or ("",) * len(self)


def shelf_of(
    described: Iterable[Described], paths: Mapping[str, Sequence[str]], *, seq: int = 0, recipe: str = ""
) -> Shelf:
    """A shelf of these recordings; those that lie nowhere, by `paths` from content to places, have no row."""
    parts, rest = list[Shelf](), iter(described)
    while some := list(islice(rest, _AT_ONCE)):
        if placed := [item for item in some if paths.get(item.sha256)]:
            parts.append(_part(placed, paths))
    return joined(parts, seq=seq, recipe=recipe)


def joined(parts: Sequence[Shelf], *, seq: int, recipe: str, left_out: int = 0) -> Shelf:
    """Shelves one after another as one."""
    sizes = [len(part) for part in parts]
    figures = {name: np.concatenate([part.figure(name) for part in parts]) for name in _names(p.figures for p in parts)}
    tags = {
        name: np.concatenate([p.tags.get(name, np.zeros(n, np.float32)) for p, n in zip(parts, sizes, strict=True)])
        for name in _names(p.tags for p in parts)
    }
    words = {name: tuple(word for part in parts for word in part.word(name)) for name in _names(p.words for p in parts)}
    matrix = np.concatenate([part.matrix for part in parts]) if parts else _empty_matrix()
    return Shelf(
        seq,
        tuple(sha for part in parts for sha in part.sha256),
        tuple(places for part in parts for places in part.paths),
        figures,
        words,
        tags,
        views(matrix),
        recipe,
        left_out,
        matrix,
    )


def taken(shelf: Shelf, rows: NDArray[np.intp]) -> Shelf:
    """A shelf of some rows."""
    matrix = shelf.matrix[rows]
    return Shelf(
        shelf.seq,
        tuple(shelf.sha256[i] for i in rows),
        tuple(shelf.paths[i] for i in rows),
        {name: column[rows] for name, column in shelf.figures.items()},
        {name: tuple(column[i] for i in rows) for name, column in shelf.words.items()},
        {name: column[rows] for name, column in shelf.tags.items()},
        views(matrix),
        shelf.recipe,
        shelf.left_out,
        matrix,
    )


def views(matrix: FloatArray) -> dict[str, FloatArray]:
    """The columns of each aspect."""
    found, at = {}, 0
    for name, width in read_space().widths().items():
        found[name] = matrix[:, at : at + width]
        at += width
    return found


def as_matrix(vectors: Mapping[str, FloatArray], n: int) -> FloatArray:
    """Raw vectors by aspect, each of shape (n, d), as n rows of all aspects side by side; 0 where one is missing."""
    space = read_space()
    rows = space.lay(vectors)
    widths = space.widths()
    return np.concatenate([rows.get(name, np.zeros((n, widths[name]), np.float32)) for name in ASPECTS], axis=1)


def _part(items: Sequence[Described], paths: Mapping[str, Sequence[str]]) -> Shelf:
    n = len(items)
    figures = _columns([item.figures for item in items], np.nan)
    tags = _columns([item.tags for item in items], 0.0)
    words = {name: tuple(item.words.get(name, "") for item in items) for name in _names(item.words for item in items)}
    matrix = as_matrix(stacked(items), n)
    places = tuple(tuple(sorted(paths[item.sha256])) for item in items)
    return Shelf(0, tuple(i.sha256 for i in items), places, figures, words, tags, views(matrix), matrix=matrix)


def _columns(rows: Sequence[Mapping[str, float]], missing: float) -> dict[str, FloatArray]:
    """Numbers by name of each row as columns. They are put into their places all at once, for there are millions."""
    places: dict[str, int] = {}
    codes = [places.setdefault(name, len(places)) for row in rows for name in row]
    at = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    table = np.full((len(places), len(rows)), missing, np.float32)
    table[codes, at] = np.fromiter(chain.from_iterable(row.values() for row in rows), np.float64, len(codes))
    return dict(zip(places, table, strict=True))


def stacked(items: Sequence[Described]) -> dict[str, FloatArray]:
    """Raw vectors of each aspect under each other; zero rows for those that have none, or of another length."""
    found = {}
    for name in ASPECTS:
        known = [item.vectors[name] for item in items if name in item.vectors]
        if known:
            length = read_space().raw_length(name)
            none = np.zeros(length, np.float32)
            rows = [item.vectors.get(name, none) for item in items]
            found[name] = np.concatenate([row if len(row) == length else none for row in rows]).reshape(-1, length)
    return found


def _names(each: Iterable[Mapping[str, object]]) -> list[str]:
    return list(dict.fromkeys(name for item in each for name in item))


def _empty_matrix() -> FloatArray:
    return np.zeros((0, sum(read_space().widths().values())), np.float32)


class Shelves:
    """The shelf of a library, kept current; threads may share it.

    cache : a file that spares the first reading of the store; may be lost or damaged at any time. None: no cache
    recipe : only what is known by it; None for the one that most recordings have
    """

    def __init__(self, library: Library, cache: Path | None = None, *, recipe: str | None = None) -> None:
        self._library, self._cache, self._recipe = library, cache, recipe
        self._turn = threading.Lock()
        self._shelf: Shelf | None = None
        self._old: dict[str, Shelf] = {}  # by recipe, without vectors
        self._whole: tuple[tuple[Shelf, ...], Shelf] | None = None

    @property
    def is_at_hand(self) -> bool:
        """Whether it is in memory or in the cache, so that only what changed has to be read from the store."""
        return self._shelf is not None or (self._cache is not None and self._cache.exists())

    def current(self) -> Shelf:
        """The library as it is now; raises StoreUnavailable where the store cannot be read."""
        with self._turn:
            shelf, cached_seq = self._shelf, -1
            if shelf is None and self._cache is not None:
                shelf = self._load(self._cache)
                cached_seq = -1 if shelf is None else shelf.seq
            seq = self._library.seq()
            recipe = self._current_recipe()
            if shelf is None or shelf.recipe != recipe or shelf.seq > seq:
                shelf = self._read(seq, recipe)
            elif shelf.seq < seq:
                shelf = self._refreshed(shelf, seq)
            if self._shelf is None and self._cache is not None and shelf.seq != cached_seq:
                self._keep(self._cache, shelf)
                if not shelf.left_out:  # nothing of another recipe is left
                    for old in self._cache.parent.glob(f"{self._cache.name}-*"):
                        old.unlink(missing_ok=True)
            self._shelf = shelf
            return shelf

    def whole(self) -> Shelf:
        """With what only an earlier recipe knows: figures and words, and no vectors, which are of another measure."""
        shelf = self.current()
        if not shelf.left_out:
            self._old = {}
            return shelf
        with self._turn:
            others = [name for name in self._library.recipes() if name != shelf.recipe]
            self._old = {name: self._old_one(name, shelf.seq) for name in others}
            parts = (shelf, *self._old.values())
            if self._whole is None or any(a is not b for a, b in zip(self._whole[0], parts, strict=False)):
                self._whole = parts, joined(parts, seq=shelf.seq, recipe=shelf.recipe, left_out=shelf.left_out)
            return self._whole[1]

    def _old_one(self, recipe: str, seq: int) -> Shelf:
        shelf = self._old.get(recipe)
        if shelf is not None and shelf.seq == seq:
            return shelf
        cache = self._cache and self._cache.with_name(f"{self._cache.name}-{_digest(recipe)}")
        cached = None if shelf is not None or cache is None else self._load(cache)
        shelf = shelf or cached
        if shelf is None or shelf.recipe != recipe or shelf.seq > seq:
            shelf = self._read(seq, recipe)
        elif shelf.seq < seq:
            shelf = self._refreshed(shelf, seq)
        nothing = np.zeros_like(shelf.matrix)
        shelf = replace(shelf, matrix=nothing, vectors=views(nothing))
        if cache is not None and recipe not in self._old and (cached is None or cached.seq != seq):
            self._keep(cache, shelf)
        return shelf

    def _current_recipe(self) -> str:
        if self._recipe is not None:
            return self._recipe
        if self._shelf is not None and self._shelf.seq == self._library.seq():
            return self._shelf.recipe  # nothing changed, so nothing has to be counted
        return max(self._library.recipes().items(), key=lambda item: item[1], default=("", 0))[0]

    def _read(self, seq: int, recipe: str) -> Shelf:
        paths = dict(self._library.paths())
        described = self._library.described(recipe=recipe, with_fragments=False)
        shelf = shelf_of(described, paths, seq=seq, recipe=recipe)
        return _counted(shelf, self._library)

    def _refreshed(self, shelf: Shelf, seq: int) -> Shelf:
        """The rows that did not change, and those that did as they are now."""
        changed = [sha for number, sha in self._library.changes(shelf.seq) if number <= seq]
        if 2 * len(changed) > len(shelf):
            return self._read(seq, shelf.recipe)
        old = set(changed)
        stay = np.array([i for i, sha in enumerate(shelf.sha256) if sha not in old], np.intp)
        described = self._library.described(changed, recipe=shelf.recipe, with_fragments=False)
        fresh = shelf_of(described, dict(self._library.paths(changed)), seq=seq)
        same = joined([taken(shelf, stay), fresh], seq=seq, recipe=shelf.recipe)
        return _counted(same, self._library)

    def _load(self, cache: Path) -> Shelf | None:
        from .shelf_cache import load_shelf

        return load_shelf(cache)

    def _keep(self, cache: Path, shelf: Shelf) -> None:
        from .shelf_cache import save_shelf

        try:
            save_shelf(cache, shelf)
        except OSError as error:  # a full disk costs the next start some seconds, no more
            log.warning("the cache of the library could not be written", extra={"reason": str(error)})


def _digest(recipe: str) -> str:
    return hashlib.sha256(recipe.encode()).hexdigest()[:12]


def _counted(shelf: Shelf, library: Library) -> Shelf:
    return replace(shelf, left_out=sum(n for recipe, n in library.recipes().items() if recipe != shelf.recipe))
