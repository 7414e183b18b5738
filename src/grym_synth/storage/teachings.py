"""What the owner has taught: labels, corrections and preferences by content hash; and the ears made of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..messages import Json
from .store import Connection, Store, from_text, to_text

Vector: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Label:
    """A recording is, or is not, of a kind."""

    sha256: str
    label: str
    is_so: bool
    path: str  # what it was called when this was taught
    at: float = 0.0  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Correction:
    """What a measured field truly is; `heard` is what was measured, with its confidence, the main finding first."""

    sha256: str
    field: str  # "tempo", "key"
    value: Json
    heard: tuple[tuple[Json, float], ...]
    path: str
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Preference:
    """`a` is closer to `c` than `b` is: three content hashes."""

    a: str
    b: str
    c: str
    paths: tuple[str, str, str]
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class StoredEar:
    """One version of an ear; `model` is its file, byte for byte."""

    version: int
    before: int | None  # the version in whose place it came; None: the stock ear
    made_at: float
    model: bytes
    figures: Mapping[str, Json] = field(default_factory=dict)


class Teachings:
    """What was taught, in one store. Every method is one short transaction, and raises StoreUnavailable as it does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- labels -----------------------------------------------------------------------------------------------------

    def labels(self, sha256: str | None = None) -> list[Label]:
        """Every label, or those of one recording, the oldest first."""
        where, values = ("", ()) if sha256 is None else (" WHERE sha256 = ?", (sha256,))
        query = f"SELECT sha256, label, is_so, path, at FROM ear_labels{where} ORDER BY at, sha256, label"
        return [
            Label(sha, from_text(label), bool(is_so), from_text(path), at)
            for sha, label, is_so, path, at in self._store.read(query, values)
        ]

    def put_labels(self, labels: Sequence[Label]) -> None:
        """Keep labels, all or none of them, each in the place of an earlier one of the same recording and kind."""
        now = time.time()
        rows = [
            (item.sha256, to_text(item.label), int(item.is_so), to_text(item.path), item.at or now) for item in labels
        ]
        with self._store.transaction() as db:
            db.executemany(_PUT_LABEL, rows)

    def take_back_labels(self, label: str | None, sha256s: Sequence[str] = ()) -> int:
        """How many labels were taken back: of that name, or any; of those recordings, or of all when none is named."""
        with self._store.transaction() as db:
            return sum(
                _delete(db, "ear_labels", label=None if label is None else to_text(label), sha256=sha256)
                for sha256 in sha256s or (None,)
            )

    def stamp(self) -> tuple[float, ...]:
        """Another one as soon as a label, a correction or a preference came, changed or went."""
        tables = ("ear_labels", "ear_corrections", "ear_preferences")
        parts = ", ".join(
            f"(SELECT count(*) FROM {name}), (SELECT coalesce(sum(at), 0.0) FROM {name})" for name in tables
        )
        return tuple(map(float, self._store.read(f"SELECT {parts}")[0]))

    # --- corrections ------------------------------------------------------------------------------------------------

    def corrections(self, sha256: str | None = None) -> list[Correction]:
        """Every correction, or those of one recording, the oldest first."""
        where, values = ("", ()) if sha256 is None else (" WHERE sha256 = ?", (sha256,))
        query = f"SELECT sha256, field, value, heard, path, at FROM ear_corrections{where} ORDER BY at, sha256, field"
        return [
            Correction(
                sha,
                name,
                json.loads(value),
                tuple((each, float(sure)) for each, sure in json.loads(heard)),
                from_text(path),
                at,
            )
            for sha, name, value, heard, path, at in self._store.read(query, values)
        ]

    def put_correction(self, item: Correction) -> None:
        """Keep a correction, in the place of an earlier one of the same field of the same recording."""
        heard = json.dumps([[value, sure] for value, sure in item.heard])
        row = (item.sha256, item.field, json.dumps(item.value), heard, to_text(item.path), item.at or time.time())
        with self._store.transaction() as db:
            db.execute(_PUT_CORRECTION, row)

    def take_back_corrections(self, field: str | None, sha256: str) -> int:
        """How many corrections of a recording were taken back: of one field, or of all."""
        with self._store.transaction() as db:
            return _delete(db, "ear_corrections", sha256=sha256, field=field)

    # --- preferences ------------------------------------------------------------------------------------------------

    def preferences(self) -> list[Preference]:
        """Every preference, the oldest first."""
        rows = self._store.read("SELECT a, b, c, paths, at FROM ear_preferences ORDER BY at, a, b, c")
        return [
            Preference(a, b, c, _three(from_text(name) for name in json.loads(paths)), at)
            for a, b, c, paths, at in rows
        ]

    def put_preference(self, item: Preference) -> None:
        """Keep a preference, in the place of its contrary: an owner may think again."""
        paths = json.dumps([to_text(path) for path in item.paths])
        with self._store.transaction() as db:
            db.execute("DELETE FROM ear_preferences WHERE (a, b, c) = (?, ?, ?)", (item.b, item.a, item.c))
            row = (item.a, item.b, item.c, paths, item.at or time.time())
            db.execute(_PUT_PREFERENCE, row)

    def take_back_preference(self, a: str, b: str, c: str) -> bool:
        """Whether there was this very preference."""
        with self._store.transaction() as db:
            return db.execute("DELETE FROM ear_preferences WHERE (a, b, c) = (?, ?, ?)", (a, b, c)).rowcount > 0

    # --- vectors ----------------------------------------------------------------------------------------------------

    def put_vectors(self, sha256: str, recipe: str, vectors: Mapping[str, Vector]) -> None:
        rows = [(sha256, recipe, aspect, np.asarray(vector, "<f4").tobytes()) for aspect, vector in vectors.items()]
        with self._store.transaction() as db:
            db.executemany(_PUT_VECTOR, rows)

    def vectors(self, recipe: str, aspect: str) -> dict[str, Vector]:
        """The vectors of one aspect and recipe, by content hash."""
        rows = self._store.read(
            "SELECT sha256, vector FROM ear_vectors WHERE (recipe, aspect) = (?, ?)", (recipe, aspect)
        )
        return {sha256: np.frombuffer(blob, "<f4").astype(np.float32) for sha256, blob in rows}

    def merge(
        self,
        labels: Sequence[Label],
        corrections: Sequence[Correction],
        preferences: Sequence[Preference],
        recipe: str,
        vectors: Mapping[str, Mapping[str, Vector]],
    ) -> dict[str, int]:
        """Take in what was taught elsewhere, in one transaction: what is newer counts. How many of each are taken."""
        taken = {"labels": 0, "corrections": 0, "preferences": 0}
        with self._store.transaction() as db:

            def put(kind: str, statement: str, row: tuple[object, ...]) -> None:
                taken[kind] += db.execute(statement, row).rowcount

            for each in labels:
                put("labels", _MERGE_LABEL, (each.sha256, to_text(each.label), int(each.is_so), "", each.at))
            for item in corrections:
                heard = json.dumps([[value, sure] for value, sure in item.heard])
                row = (item.sha256, item.field, json.dumps(item.value), heard, "", item.at)
                put("corrections", _MERGE_CORRECTION, row)
            for choice in preferences:
                abc = (choice.a, choice.b, choice.c)
                query = "SELECT at FROM ear_preferences WHERE (a, b, c) IN ((?, ?, ?), (?, ?, ?))"
                known = db.execute(query, (*abc, choice.b, choice.a, choice.c)).fetchone()
                if known is not None and known[0] >= choice.at:
                    continue
                db.execute("DELETE FROM ear_preferences WHERE (a, b, c) = (?, ?, ?)", (choice.b, choice.a, choice.c))
                put("preferences", _PUT_PREFERENCE, (*abc, json.dumps(choice.paths), choice.at))
            rows = [
                (sha256, recipe, aspect, np.asarray(vector, "<f4").tobytes())
                for aspect, known_vectors in vectors.items()
                for sha256, vector in known_vectors.items()
            ]
            db.executemany(
                "INSERT INTO ear_vectors VALUES (?, ?, ?, ?) ON CONFLICT (sha256, recipe, aspect) DO NOTHING", rows
            )
        return taken

    # --- ears -------------------------------------------------------------------------------------------------------

    def ears(self) -> list[StoredEar]:
        """Every ear that was made, the oldest first."""
        rows = self._store.read("SELECT version, before, made_at, model, figures FROM ears ORDER BY version")
        return [StoredEar(number, before, at, model, json.loads(told)) for number, before, at, model, told in rows]

    def version(self) -> int | None:
        """The version of the ear in use; None: the stock ear."""
        rows = self._store.read("SELECT version FROM ear_in_use")
        return None if not rows or rows[0][0] is None else int(rows[0][0])

    def ear(self) -> StoredEar | None:
        """The ear in use; None: the stock ear."""
        query = "SELECT ears.version, before, made_at, model, figures FROM ears JOIN ear_in_use USING (version)"
        rows = self._store.read(query)
        if not rows:
            return None
        number, before, at, model, told = rows[0]
        return StoredEar(number, before, at, model, json.loads(told))

    def put_ear(self, model: bytes, figures: Mapping[str, Json]) -> StoredEar:
        """Keep an ear and use it from now on, in one transaction: who is killed before its end has changed nothing."""
        with self._store.transaction() as db:
            (before,) = db.execute("SELECT version FROM ear_in_use").fetchone()
            row = (before, time.time(), model, json.dumps(dict(figures)))
            query = "INSERT INTO ears (before, made_at, model, figures) VALUES (?, ?, ?, ?) RETURNING version"
            (number,) = db.execute(query, row).fetchone()
            db.execute("UPDATE ear_in_use SET version = ?", (number,))
            db.execute(_PUT_JUDGED, (row[1], row[3]))
        return StoredEar(number, before, row[1], model, figures)

    def put_judged(self, figures: Mapping[str, Json]) -> None:
        """Keep what a training found that added no ear."""
        with self._store.transaction() as db:
            db.execute(_PUT_JUDGED, (time.time(), json.dumps(dict(figures))))

    def judged(self) -> tuple[float, Mapping[str, Json]] | None:
        """When the latest training was, in seconds since 1970, and what it found; None: there was none."""
        rows = self._store.read("SELECT at, figures FROM ear_judged")
        return (float(rows[0][0]), json.loads(rows[0][1])) if rows else None

    def undo_ear(self) -> tuple[int | None, int | None] | None:
        """Use the ear again in whose place the present one came: versions (left, taken up); None: nothing to undo."""
        with self._store.transaction() as db:
            (now,) = db.execute("SELECT version FROM ear_in_use").fetchone()
            if now is None:
                return None
            (before,) = db.execute("SELECT before FROM ears WHERE version = ?", (now,)).fetchone()
            db.execute("UPDATE ear_in_use SET version = ?", (before,))
        return now, before


_PUT_LABEL = (
    "INSERT INTO ear_labels VALUES (?, ?, ?, ?, ?) ON CONFLICT (sha256, label) DO UPDATE SET is_so = excluded.is_so,"
    " path = excluded.path, at = excluded.at"
)
_PUT_CORRECTION = (
    "INSERT INTO ear_corrections VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sha256, field) DO UPDATE SET"
    " value = excluded.value, heard = excluded.heard, path = excluded.path, at = excluded.at"
)
_PUT_PREFERENCE = (
    "INSERT INTO ear_preferences VALUES (?, ?, ?, ?, ?) ON CONFLICT (a, b, c) DO UPDATE SET paths = excluded.paths,"
    " at = excluded.at"
)
_PUT_VECTOR = (
    "INSERT INTO ear_vectors VALUES (?, ?, ?, ?) ON CONFLICT (sha256, recipe, aspect) DO UPDATE SET"
    " vector = excluded.vector"
)
_PUT_JUDGED = (
    "INSERT INTO ear_judged VALUES (1, ?, ?) ON CONFLICT (one) DO UPDATE SET at = excluded.at,"
    " figures = excluded.figures"
)
_MERGE_LABEL = (
    "INSERT INTO ear_labels VALUES (?, ?, ?, ?, ?) ON CONFLICT (sha256, label) DO UPDATE SET is_so = excluded.is_so,"
    " at = excluded.at WHERE excluded.at > ear_labels.at"
)
_MERGE_CORRECTION = (
    "INSERT INTO ear_corrections VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sha256, field) DO UPDATE SET"
    " value = excluded.value, heard = excluded.heard, at = excluded.at WHERE excluded.at > ear_corrections.at"
)


def _delete(db: Connection, table: str, **wanted: str | None) -> int:
    """How many rows went that have these values; None is any."""
    told = {column: value for column, value in wanted.items() if value is not None}
    where = f" WHERE {' AND '.join(f'{column} = ?' for column in told)}" if told else ""
    return db.execute(f"DELETE FROM {table}{where}", tuple(told.values())).rowcount


def _three(names: Iterable[str]) -> tuple[str, str, str]:
    a, b, c = names
    return a, b, c
