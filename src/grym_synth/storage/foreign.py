"""Patterns of other programs in the store."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..messages import Json
from .store import Store, from_text, to_text


@dataclass(frozen=True, slots=True)
class ForeignPattern:
    """A vector of a model that is not ours, and what was said of it.

    vector : np.ndarray [shape=(length,)], float32, finite
    recording : SHA-256 of a recording of the library, "" where none is meant
    source : the file that it came from
    """

    id: str
    name: str
    model: str
    vector: NDArray[np.float32]
    metadata: Mapping[str, Json]
    recording: str
    source: str


class Foreign:
    """Those of one store. Methods raise StoreUnavailable as the store does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def known(self, ids: Sequence[str]) -> dict[str, str]:
        """Which of these are there, each with its recording; "" where none is known yet."""
        marks = ", ".join("?" * len(ids))
        query = f"SELECT id, recording FROM foreign_patterns WHERE id IN ({marks})"
        return {str(id): str(recording) for id, recording in (self._store.read(query, ids) if ids else [])}

    def put(self, patterns: Sequence[ForeignPattern]) -> None:
        """Keep patterns, all or none of them; those that are there stay as they are, or get their recording."""
        now = time.time()
        rows = [
            (
                item.id, to_text(item.name), to_text(item.model), len(item.vector),
                item.vector.astype("<f4").tobytes(), json.dumps(dict(item.metadata)), item.recording,
                to_text(item.source), now,
            )
            for item in patterns
        ]  # fmt: skip
        with self._store.transaction() as db:
            db.executemany(
                "INSERT INTO foreign_patterns (id, name, model, length, vector, metadata, recording, source, at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET recording = excluded.recording"
                " WHERE foreign_patterns.recording = ''",
                rows,
            )

    def find(self, prefix: str = "", limit: int = 100) -> list[ForeignPattern]:
        """Those whose id begins so, the latest first."""
        return self._read("WHERE substr(id, 1, ?) = ? ORDER BY at DESC, id LIMIT ?", (len(prefix), prefix, limit))

    def of_the_same(self, pattern: ForeignPattern) -> list[ForeignPattern]:
        """All of the same model with as many numbers, itself among them."""
        values = (to_text(pattern.model), len(pattern.vector))
        return self._read("WHERE model = ? AND length = ? ORDER BY id", values)

    def forget(self, source: str) -> int:
        """Remove what came from a file; how many."""
        with self._store.transaction() as db:
            return db.execute("DELETE FROM foreign_patterns WHERE source = ?", (to_text(source),)).rowcount

    def recordings_at(self, paths: Sequence[str], sha256s: Sequence[str]) -> dict[str, str]:
        """Which recordings of the library lie at these paths or have these hashes: SHA-256 by what was given."""
        found = {}
        for column, given in (("path", [to_text(path) for path in paths]), ("sha256", list(sha256s))):
            for start in range(0, len(given), 500):
                part = given[start : start + 500]
                marks = ", ".join("?" * len(part))
                query = f"SELECT {column}, sha256 FROM library_files WHERE sha256 <> '' AND {column} IN ({marks})"
                found.update({from_text(key): str(sha256) for key, sha256 in self._store.read(query, part)})
        return found

    def _read(self, where: str, values: tuple[object, ...]) -> list[ForeignPattern]:
        rows = self._store.read(
            f"SELECT id, name, model, vector, metadata, recording, source FROM foreign_patterns {where}", values
        )
        return [
            ForeignPattern(
                id, from_text(name), from_text(model), np.frombuffer(vector, "<f4"), json.loads(metadata), recording,
                from_text(source),
            )
            for id, name, model, vector, metadata, recording, source in rows
        ]  # fmt: skip
