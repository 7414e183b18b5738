"""What was read: sources with their versions, passages with their words and vectors, and what is read again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .knowledge_rows import (
    SOURCE_COLUMNS,
    Follow,
    Forgotten,
    Passage,
    Section,
    SourceRow,
    row_of_source,
    sections_of_text,
    sections_to_text,
    source_of_row,
    valid,
)
from .store import Connection, Store, from_text, to_text

_PLACES = ", ".join("?" * 14)
_AT_ONCE = 500  # values of one query; SQLite takes more
_PUT_BAND = "INSERT INTO knowledge_bands VALUES (?, ?) ON CONFLICT (band, passage) DO NOTHING"
_WITH_PARTS = """
    WITH RECURSIVE parts (address) AS (
        SELECT address FROM knowledge_sources WHERE address = ?1 OR parent = ?1
        UNION SELECT knowledge_sources.address FROM knowledge_sources JOIN parts ON parent = parts.address
    ) SELECT DISTINCT address FROM knowledge_sources WHERE address IN (SELECT address FROM parts) ORDER BY address
"""


class Knowledge:
    """What was read, in one store. Every method is one short transaction, and raises StoreUnavailable as it does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def seq(self) -> int:
        """Grows with every change, so that what is kept in memory knows when it is old."""
        return int(self._store.read("SELECT seq FROM knowledge_changes")[0][0])

    # --- sources ----------------------------------------------------------------------------------------------------

    def put(
        self,
        source: SourceRow,
        text: str,
        sections: Sequence[Section],
        passages: Sequence[tuple[int, int, str]],
        *,
        copies: Sequence[int | None] = (),
        bands: Sequence[Sequence[int]] = (),
    ) -> int:
        """Keep what was read as a new version, if its bytes are not those of the latest; the version that is held.

        passages : start, end and section of each
        copies : for each passage the one that it repeats, which is shown in its place
        bands : for each passage, by what its near-duplicates find it
        """
        text = valid(text)
        with self._store.transaction() as db:
            latest = self._latest(db, source.address)
            if latest is not None and latest[2] == source.sha256:
                query = f"UPDATE knowledge_sources SET ({SOURCE_COLUMNS}) = ({_PLACES}) WHERE id = ?"
                kept = replace(source, version=latest[1], read_at=latest[3])
                db.execute(query, (*row_of_source(kept), latest[0]))
                _changed(db)
                return latest[1]
            version = 1 if latest is None else latest[1] + 1
            if latest is not None:
                db.execute("UPDATE knowledge_sources SET is_latest = 0 WHERE id = ?", (latest[0],))
                self._withdraw(db, [latest[0]])
            query = (
                f"INSERT INTO knowledge_sources ({SOURCE_COLUMNS}, is_latest, sections, text) "
                f"VALUES ({_PLACES}, 1, ?, ?) RETURNING id"
            )
            values = (*row_of_source(replace(source, version=version)), sections_to_text(sections), text)
            (number,) = db.execute(query, values).fetchone()
            for place, (start, end, section) in enumerate(passages):
                copy_of = _shown(db, copies[place]) if place < len(copies) else None
                row = (valid(source.title), valid(section), text[start:end])
                query = (
                    'INSERT INTO knowledge_passages (source, is_searched, copy_of, start, "end", title, section, text)'
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"
                )
                (id,) = db.execute(query, (number, int(copy_of is None), copy_of, start, end, *row)).fetchone()
                if copy_of is None:
                    self._store.words.put(db, id, row)
                    found = bands[place] if place < len(bands) else ()
                    db.executemany(_PUT_BAND, [(each, id) for each in found])
            _changed(db)
            return version

    def checked(self, address: str, at: float, *, etag: str | None = None, last_modified: str | None = None) -> None:
        """Note that an address was looked at again and is as it was."""
        query = (
            "UPDATE knowledge_sources SET checked_at = ?, etag = coalesce(?, etag),"
            " last_modified = coalesce(?, last_modified) WHERE address = ? AND is_latest = 1"
        )
        with self._store.transaction() as db:
            db.execute(query, (at, etag, last_modified, to_text(address)))

    def source(self, address: str, version: int | None = None) -> SourceRow | None:
        """What is known of an address: its latest version, or a given one."""
        rows = self._of(SOURCE_COLUMNS, address, version)
        return source_of_row(rows[0]) if rows else None

    def sources(self, *, domain: str = "", parent: str = "") -> list[SourceRow]:
        """The latest version of every source, or of those of one domain or parent, by address."""
        query = (
            f"SELECT {SOURCE_COLUMNS} FROM knowledge_sources WHERE is_latest = 1"
            " AND ?1 IN ('', domain) AND ?2 IN ('', parent) ORDER BY address"
        )
        return [source_of_row(row) for row in self._store.read(query, (valid(domain), to_text(parent)))]

    def text(self, address: str, version: int | None = None) -> str | None:
        """The text of a source: of its latest version, or of a given one."""
        rows = self._of("text", address, version)
        return str(rows[0][0]) if rows else None

    def sections(self, address: str, version: int | None = None) -> list[Section]:
        rows = self._of("sections", address, version)
        return sections_of_text(rows[0][0]) if rows else []

    def with_parts(self, address: str) -> list[str]:
        """What `forget` would take: the address and all that came from it, as far as something of it is held."""
        return [from_text(found) for (found,) in self._store.read(_WITH_PARTS, (to_text(address),))]

    def forget(self, address: str) -> Forgotten:
        """Take a source, all that came from it, and every version of these, for good: no byte of it stays."""
        with self._store.transaction() as db:
            names = [row[0] for row in db.execute(_WITH_PARTS, (to_text(address),)).fetchall()]
            sources = [
                row[0]
                for name in names
                for row in db.execute("SELECT id FROM knowledge_sources WHERE address = ?", (name,)).fetchall()
            ]
            passages = self._withdraw(db, sources)
            for id in sources:
                db.execute("DELETE FROM knowledge_passages WHERE source = ?", (id,))
                db.execute("DELETE FROM knowledge_sources WHERE id = ?", (id,))
            follows = sum(
                db.execute("DELETE FROM knowledge_follows WHERE address = ?", (name,)).rowcount
                for name in {to_text(address), *names}
            )
            self._store.words.wipe(db)
            _changed(db)
        self._store.empty_log()
        return Forgotten(tuple(from_text(name) for name in names), len(sources), passages, follows)

    # --- passages ---------------------------------------------------------------------------------------------------

    def match(
        self, terms: Sequence[str], limit: int, *, among: int = 1_000_000, together: bool = False
    ) -> list[tuple[int, float]]:
        """Passages that hold any of these words, in any of their forms, or all of them, and how well, best first.

        among : so many are looked at, the first that were kept: what most passages hold would take too long
        """
        return self._store.words.match(terms, limit, among, together=together)

    def holding(self, term: str, at_most: int) -> int:
        """How many passages hold a word, counted no further than `at_most`."""
        return self._store.words.holding(term, at_most)

    def count(self) -> int:
        """How many passages are searched."""
        return int(self._store.read("SELECT count(*) FROM knowledge_passages WHERE is_searched = 1")[0][0])

    def passages(self, ids: Sequence[int]) -> list[Passage]:
        """The passages of these ids that are there, in that order."""
        found: dict[int, Passage] = {}
        copies: dict[int, list[str]] = {}
        for some in _slices(ids):
            marks = ", ".join("?" * len(some))
            query = (
                "SELECT passage.copy_of, source.address FROM knowledge_passages AS passage"
                " JOIN knowledge_sources AS source ON source.id = passage.source"
                f" WHERE copy_of IN ({marks}) AND is_latest = 1 ORDER BY passage.id"
            )
            for id, address in self._store.read(query, some):
                copies.setdefault(id, []).append(from_text(address))
            query = (
                'SELECT passage.id, address, source.title, domain, topic, section, start, passage."end",'
                " passage.text, version, read_at, NOT EXISTS (SELECT 1 FROM knowledge_passages AS before WHERE"
                " before.id = passage.id - 1 AND (before.source, before.section) = (passage.source, passage.section))"
                " FROM knowledge_passages AS passage"
                f" JOIN knowledge_sources AS source ON source.id = passage.source WHERE passage.id IN ({marks})"
            )
            for row in self._store.read(query, some):
                other = tuple(dict.fromkeys(copies.get(row[0], ())))
                found[row[0]] = replace(Passage(row[0], from_text(row[1]), *row[2:]), opens=bool(row[11]), copies=other)
        return [found[id] for id in ids if id in found]

    def passages_of(self, address: str) -> list[Passage]:
        """Every passage of the latest version of a source, in their order, also those that repeat another."""
        query = (
            "SELECT passage.id FROM knowledge_passages AS passage JOIN knowledge_sources AS source"
            " ON source.id = passage.source WHERE address = ? AND is_latest = 1 ORDER BY start"
        )
        return self.passages([row[0] for row in self._store.read(query, (to_text(address),))])

    def near(self, bands: Iterable[int]) -> list[int]:
        """Passages that share one of these bands, those that share the most first."""
        counts: dict[int, int] = {}
        for some in _slices(list(bands)):
            query = f"SELECT passage FROM knowledge_bands WHERE band IN ({', '.join('?' * len(some))})"
            for (id,) in self._store.read(query, some):
                counts[id] = counts.get(id, 0) + 1
        return sorted(counts, key=lambda id: (-counts[id], id))

    # --- vectors ----------------------------------------------------------------------------------------------------

    def vectors(self, recipe: str) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """Ids of the passages that are searched and have a vector of this recipe, and the vectors, row for row."""
        query = (
            "SELECT passage, vector FROM knowledge_vectors JOIN knowledge_passages ON id = passage"
            " WHERE recipe = ? AND is_searched = 1 ORDER BY passage"
        )
        rows = self._store.read(query, (recipe,))
        ids = np.array([row[0] for row in rows], np.int64)
        data = np.frombuffer(b"".join(row[1] for row in rows), "<f2").astype(np.float16)
        return ids, data.reshape(len(rows), -1) if rows else data.reshape(0, 0)

    def put_vectors(self, recipe: str, rows: Sequence[tuple[int, NDArray[np.floating]]]) -> None:
        """Keep vectors of passages; of a passage that has gone meanwhile none is kept."""
        query = (
            "INSERT INTO knowledge_vectors (recipe, passage, vector)"
            " SELECT CAST(?1 AS TEXT), id, ?3 FROM knowledge_passages WHERE id = ?2"
            " ON CONFLICT (recipe, passage) DO UPDATE SET vector = excluded.vector"
        )
        with self._store.transaction() as db:
            db.executemany(query, [(recipe, int(id), np.asarray(vector, "<f2").tobytes()) for id, vector in rows])
            _changed(db)

    def without_vectors(self, recipe: str, limit: int) -> list[tuple[int, str]]:
        """Passages that are searched and have no vector of this recipe, with title, section and text in one."""
        query = (
            "SELECT id, title || '. ' || section || '. ' || text FROM knowledge_passages"
            " WHERE is_searched = 1 AND NOT EXISTS"
            " (SELECT 1 FROM knowledge_vectors WHERE recipe = ? AND passage = id) ORDER BY id LIMIT ?"
        )
        return [(int(id), str(text)) for id, text in self._store.read(query, (recipe, limit))]

    # --- what is read again -----------------------------------------------------------------------------------------

    def follow(
        self,
        address: str,
        every_s: float,
        kind: str,
        *,
        due_at: float | None = None,
        domain: str = "",
        allows_http: bool = False,
    ) -> None:
        """Read an address again every so many seconds, the first time when that has passed; 0: no longer."""
        due = time.time() + every_s if due_at is None else due_at
        with self._store.transaction() as db:
            db.execute("DELETE FROM knowledge_follows WHERE address = ?", (to_text(address),))
            if every_s > 0:
                row = (to_text(address), every_s, valid(kind), valid(domain), int(allows_http), due)
                db.execute("INSERT INTO knowledge_follows VALUES (?, ?, ?, ?, ?, ?)", row)

    def follows(self) -> list[Follow]:
        """What is read again, the next first."""
        return self.due(float("inf"))

    def due(self, now: float) -> list[Follow]:
        """What is to be read again by now, the longest due first."""
        query = (
            "SELECT address, every_s, kind, due_at, domain, allows_http FROM knowledge_follows"
            " WHERE due_at <= ? ORDER BY due_at, address"
        )
        return [
            Follow(from_text(address), every_s, kind, due_at, domain, bool(allows))
            for address, every_s, kind, due_at, domain, allows in self._store.read(query, (now,))
        ]

    def _of(self, columns: str, address: str, version: int | None) -> list[tuple[Any, ...]]:
        """These columns of a source: of its latest version, or of a given one."""
        which, values = ("is_latest = 1", ()) if version is None else ("version = ?", (version,))
        query = f"SELECT {columns} FROM knowledge_sources WHERE address = ? AND {which}"
        return self._store.read(query, (to_text(address), *values))

    def _latest(self, db: Connection, address: str) -> tuple[int, int, str, float] | None:
        query = "SELECT id, version, sha256, read_at FROM knowledge_sources WHERE address = ? AND is_latest = 1"
        row = db.execute(query, (to_text(address),)).fetchone()
        return None if row is None else (int(row[0]), int(row[1]), str(row[2]), float(row[3]))

    def _withdraw(self, db: Connection, sources: Sequence[int]) -> int:
        """Take the passages of these versions out of what is searched; of what repeated them the first is shown."""
        marked = [
            row
            for source in sources
            for row in db.execute(
                "SELECT id, is_searched, title, section, text FROM knowledge_passages WHERE source = ?", (source,)
            ).fetchall()
        ]
        gone = {row[0] for row in marked}
        for id, is_searched, *words in marked:
            db.execute("UPDATE knowledge_passages SET is_searched = 0, copy_of = NULL WHERE id = ?", (id,))
            db.execute("DELETE FROM knowledge_vectors WHERE passage = ?", (id,))
            if is_searched:
                self._store.words.drop(db, id, words)
        for id in gone:
            bands = db.execute("DELETE FROM knowledge_bands WHERE passage = ? RETURNING band", (id,)).fetchall()
            copies = db.execute(
                "SELECT id, title, section, text FROM knowledge_passages WHERE copy_of = ? ORDER BY id", (id,)
            ).fetchall()
            heirs = [row for row in copies if row[0] not in gone]
            if heirs:
                heir = heirs[0][0]
                db.execute("UPDATE knowledge_passages SET copy_of = ? WHERE copy_of = ?", (heir, id))
                db.execute("UPDATE knowledge_passages SET is_searched = 1, copy_of = NULL WHERE id = ?", (heir,))
                self._store.words.put(db, heir, heirs[0][1:])
                db.executemany(_PUT_BAND, [(band, heir) for (band,) in bands])
        return len(marked)


def _slices(values: Sequence[int]) -> Iterable[tuple[int, ...]]:
    for start in range(0, len(values), _AT_ONCE):
        yield tuple(values[start : start + _AT_ONCE])


def _changed(db: Connection) -> None:
    db.execute("UPDATE knowledge_changes SET seq = seq + 1")


def _shown(db: Connection, id: int | None) -> int | None:
    """The passage that is shown in the place of a copy of `id`; None when it is searched no longer."""
    row = db.execute("SELECT id FROM knowledge_passages WHERE id = ? AND is_searched = 1", (id,)).fetchone()
    return None if row is None else int(row[0])
