"""Answers questions about the library: reads the words, keeps what searching needs of the shelf, and tells it back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadSetup
from ..memory.shelf import Shelf, Shelves
from ..storage.library import Library
from .columns import Columns, fold
from .search import DEFAULT_K, Found, find
from .words import read_query

Labels = Callable[[], Mapping[str, Iterable[str]]]


class EmptyLibrary(BadSetup):
    """There is nothing to search in."""

    code = "empty_library"


class Finder:
    """One for each hub; threads may share it.

    labels : what the owner called things: the contents of each label
    """

    def __init__(self, library: Library, shelves: Shelves, labels: Labels = dict) -> None:
        self._library, self._shelves, self._labels = library, shelves, labels
        self._turn = threading.Lock()
        self._columns: Columns | None = None
        self._stamps: NDArray[np.floating[Any]] | None = None
        self._labelled: Mapping[str, Iterable[str]] = {}

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
            query = read_query(text, knows=columns.knows, phrases=phrases, now=now)
            return find(columns, query, self._changed, k=k, without=without)

    def _current(self) -> Columns:
        shelf = self._shelves.current()
        if not len(shelf):
            raise _nothing_in(shelf)
        labels = {name: frozenset(contents) for name, contents in self._labels().items()}
        if self._columns is None or self._columns.shelf is not shelf or labels != self._labelled:
            self._columns, self._stamps, self._labelled = Columns(shelf, labels), None, labels
        return self._columns

    def _changed(self) -> NDArray[np.floating[Any]]:
        assert self._columns is not None
        if self._stamps is None:
            known = self._library.changed_at()
            self._stamps = np.array([known.get(sha, np.nan) for sha in self._columns.shelf.sha256], np.float64)
        return self._stamps


def _nothing_in(shelf: Shelf) -> EmptyLibrary:
    if shelf.left_out:
        return EmptyLibrary(
            f"all {shelf.left_out:,} recordings of the library were heard by an earlier version",
            hint="let them be heard again: grym index FOLDER",
        )
    return EmptyLibrary("the library is empty", hint="fill it first: grym index FOLDER")
