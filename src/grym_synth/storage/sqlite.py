"""The store of one machine: SQLite in WAL mode."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..errors import MigrationFailed
from .sqlite_words import SqliteWords
from .store import MIGRATIONS as MIGRATIONS
from .store import Connection, Store, StoreUnavailable

BUSY_TIMEOUT = 2.0  # seconds to wait for another process that is writing


class SqliteStore(Store):
    """Open it once per process; every method is one short transaction. Threads may share it, one after another.

    Raises
    ------
    MigrationFailed
        The file is no store of ours, or one of a later version.
    StoreUnavailable
        It cannot be opened, read or written; methods raise it too.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.RLock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.OperationalError) as error:
            raise StoreUnavailable(
                f"cannot open the store {str(path)!r}: {error}", hint="check the folder's rights, or set GRYM_HOME"
            ) from error
        self._migrate()
        self.words = SqliteWords(self)

    @classmethod
    def in_memory(cls) -> SqliteStore:
        """A store that lives as long as its process; for when there is no other, and for tests."""
        return cls(Path(":memory:"))

    @property
    def is_lasting(self) -> bool:
        """Whether what is kept outlives the process."""
        return str(self.path) != ":memory:"

    def close(self) -> None:
        with self._turn:  # a thread may still read: closing under it ends the process
            self._db.close()

    def check(self) -> None:
        """Write and read a row, and let SQLite look itself over: raises StoreUnavailable when that fails."""
        with self.transaction() as db:
            db.execute("CREATE TEMP TABLE probe (x)")
            db.execute("INSERT INTO probe VALUES (1)")
            db.execute("DROP TABLE probe")
            verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise StoreUnavailable(f"the store {str(self.path)!r} is damaged: {verdict}")

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of one query."""
        try:
            with self._turn:
                return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._failed(error) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All that the body writes, or nothing of it."""
        try:
            with self._turn:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield self._db
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
                self._db.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise self._failed(error) from error

    def number_given(self, table: str, column: str) -> int:
        rows = self.read("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,))
        return int(rows[0][0]) if rows else 0

    def give_numbers_after(self, db: Connection, table: str, column: str, number: int) -> None:
        if db.execute("SELECT 1 FROM sqlite_master WHERE name = ? AND sql LIKE '%AUTOINCREMENT%'", (table,)).fetchone():
            db.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, number))

    def empty_log(self) -> bool:
        """Move all of the write-ahead log into the store and empty it; False while somebody else reads it."""
        return bool(self.read("PRAGMA wal_checkpoint(TRUNCATE)")[0][0] == 0)

    def _failed(self, error: sqlite3.DatabaseError) -> StoreUnavailable:
        return StoreUnavailable(f"the store {str(self.path)!r} failed: {error}", retry_after=5.0)

    def _enter_wal(self) -> None:
        """Switch to the write-ahead log. SQLite's own time-out does not wait for the lock that this takes."""
        give_up_at = time.monotonic() + BUSY_TIMEOUT
        while True:
            try:
                self._db.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                    raise
                time.sleep(0.01)

    def _migrate(self) -> None:
        try:
            self._enter_wal()
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA secure_delete = ON")  # what is forgotten leaves no trace in the file
            with self.transaction() as db:  # the version is read under the lock: two processes may open at once
                steps = sorted(MIGRATIONS.glob("*.sql"))
                version = int(db.execute("PRAGMA user_version").fetchone()[0])
                for number, step in enumerate(steps[version:], start=version + 1):
                    for statement in _statements_of(step):
                        db.execute(statement)
                    db.execute(f"PRAGMA user_version = {number}")
        except sqlite3.OperationalError as error:
            raise self._failed(error) from error
        except sqlite3.DatabaseError as error:
            raise MigrationFailed(
                f"{str(self.path)!r} is no store of grym-synth: {error}", hint="move it away; a new one is made"
            ) from error
        if version > len(steps):
            raise MigrationFailed(
                f"the store {str(self.path)!r} is of version {version}, this program knows {len(steps)}",
                hint="use the newer grym-synth that wrote it, or another GRYM_HOME",
            )


def _statements_of(step: Path) -> list[str]:
    """The statements of one step: those for every store, then what only this one has."""
    own, found, text = step.parent / "sqlite" / step.name, step.read_text().split(";"), ""
    for line in own.read_text().splitlines(keepends=True) if own.exists() else ():
        text += line
        if sqlite3.complete_statement(text):  # the body of a trigger has semicolons too
            found.append(text)
            text = ""
    return found
