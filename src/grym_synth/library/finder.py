"""Answers questions about the library: reads the words, keeps what searching needs of the shelf, and tells it back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetup
from ..memory.shelf import Shelf
from ..storage.library import Library
from ..storage.patterns import Occurrence, Patterns
from .columns import Columns, fold
from .query import Called, OneOf, Query
from .search import DEFAULT_K, Found, find
from .words import read_query


class LabelledShelf(Protocol):
    """The library in memory, with how each row bears each label of the owner, as `Columns` takes it."""

    def with_labels(self) -> tuple[Shelf, Mapping[str, NDArray[np.floating[Any]]]]: ...
    def waiting(self) -> Collection[str]: ...


class EmptyLibrary(BadSetup):
    """There is nothing to search in."""

    code = "empty_library"


class Finder:
    """One for each hub; threads may share it."""

    def __init__(self, library: Library, shelves: LabelledShelf) -> None:
        self._library, self._shelves = library, shelves
        self._turn = threading.Lock()
        self._columns: Columns | None = None
        self._stamps: NDArray[np.floating[Any]] | None = None
        self._patterns = Patterns(library.store)
        self._taught: tuple[object, object] = ({}, {})

    def find(
        self, text: str, *, k: int = DEFAULT_K, now: datetime | None = None, without: Collection[str] = ()
    ) -> Found:
        """What of the library is as a text says.

        Raises
        ------
        EmptyLibrary
            There is nothing to search in.
        StoreUnavailable
            The library cannot be read.
        """
        with self._turn:
            columns = self._current()
            phrases = [name for name in (*columns.labels, *map(fold, columns.shelf.tags)) if " " in name]
            query = read_query(text, knows=columns.knows, phrases=phrases, patterns=tuple(columns.patterns), now=now)
            found = find(columns, query, self._changed, k=k, without=without)
            older = (_older(columns.shelf),) if columns.shelf.left_out else ()
            waits = (_WAITS,) if _speaks_of(found.query, self._shelves.waiting()) else ()
            return replace(found, notes=(*found.notes, *older, *waits))

    def prepare(self) -> None:
        """Read the library into memory and its cache, so that the next question need not wait for that."""
        with self._turn, suppress(EmptyLibrary):
            self._current()

    def _current(self) -> Columns:
        shelf, labels = self._shelves.with_labels()
        if not len(shelf):
            raise EmptyLibrary("the library is empty", hint="fill it first: grym index FOLDER")
        patterns = {name: _by_content(places) for name, places in self._patterns.names().items()}
        taught = (labels, patterns)
        is_old = labels is not self._taught[0] or patterns != self._taught[1]
        if self._columns is None or self._columns.shelf is not shelf or is_old:
            columns = Columns(shelf, labels, patterns, self._columns, {"size_mb": self._sizes(shelf)})
            self._columns, self._stamps, self._taught = columns, None, taught
        return self._columns

    def _sizes(self, shelf: Shelf) -> Callable[[], NDArray[np.floating[Any]]]:
        def sizes() -> NDArray[np.floating[Any]]:
            known = self._library.sizes()
            return np.array([known.get(sha, np.nan) for sha in shelf.sha256], np.float64) / 1e6

        return sizes

    def _changed(self) -> NDArray[np.floating[Any]]:
        assert self._columns is not None
        if self._stamps is None:
            known = self._library.changed_at()
            self._stamps = np.array([known.get(sha, np.nan) for sha in self._columns.shelf.sha256], np.float64)
        return self._stamps


def _by_content(places: Iterable[Occurrence]) -> dict[str, list[tuple[float, float]]]:
    """Where a pattern lies in each content, in seconds."""
    found: dict[str, list[tuple[float, float]]] = {}
    for each in places:
        found.setdefault(each.sha256, []).append((each.start_s, each.end_s))
    return found


_WAITS = "your ear says nothing of this: it learned from an earlier version of the measurements; grym ear train"


def _speaks_of(query: Query, waiting: Collection[str]) -> bool:
    """Whether a question is about a kind of sound or a label that an ear would say."""
    names = {fold(name) for name in waiting}
    tests = [condition.test for condition in query.conditions]
    asked = {test.word for test in tests if isinstance(test, OneOf)} & {"class"}
    asked |= {test.name for test in tests if isinstance(test, Called)}
    asked |= {query.asked.of} if query.asked is not None else set()
    return not names.isdisjoint({*asked, *map(fold, query.not_understood)})


def _older(shelf: Shelf) -> str:
    """That some of what is told was heard by an earlier version."""
    who = "1 recording was" if shelf.left_out == 1 else f"{shelf.left_out:,} recordings were"
    return f"{who} heard by an earlier version; to hear them anew: grym index FOLDER"
