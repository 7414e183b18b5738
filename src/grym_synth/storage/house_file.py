"""The connection of health and room to the file of the store, beside that of everything else."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import MigrationFailed
from .sqlite import BUSY_TIMEOUT, SqliteStore
from .store import MIGRATIONS, StoreUnavailable


class HouseFile:
    """Nothing is opened before it is needed, and what was lost is opened again."""

    usage = ""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None  # device and number of the file that was opened last
        self._turn = threading.Lock()

    def close(self) -> None:
        with self._turn:
            self._drop()

    @contextmanager
    def transaction(self, *, writes: bool = True) -> Iterator[sqlite3.Connection]:
        with self._turn:
            try:
                db = self._open()
                db.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                try:
                    yield db
                    db.execute("COMMIT")
                finally:
                    if db.in_transaction:  # a full disk or a fault of the disk has ended it already
                        db.execute("ROLLBACK")
            except (OSError, sqlite3.DatabaseError) as error:
                if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY:
                    self._drop()  # what was wrong with the file may be over when it is opened again
                raise StoreUnavailable(f"the store {str(self.path)!r} failed: {error}", retry_after=5.0) from error

    def _open(self) -> sqlite3.Connection:
        """The connection, made anew when another file lies there: what is written to a removed one is lost."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            if self._file is not None:
                raise
        else:
            if self._db is not None and self._file == (found.st_dev, found.st_ino):
                return self._db
        self._drop()
        try:
            if not self._is_of_this_version():
                SqliteStore(self.path).close()  # makes it, or brings it to this version
        except MigrationFailed as error:
            raise StoreUnavailable(str(error), hint=error.hint, retry_after=60.0) from error
        found = self.path.stat()
        db = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
        self._db, self._file = db, (found.st_dev, found.st_ino)
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")  # as the store does: names of contexts stand here too
        return db

    def _is_of_this_version(self) -> bool:
        """Told without a lock, so that a busy store can be opened and read."""
        if not self.path.exists():
            return False
        with contextlib.closing(sqlite3.connect(self.path, timeout=BUSY_TIMEOUT)) as db:
            try:
                return int(db.execute("PRAGMA user_version").fetchone()[0]) == len(list(MIGRATIONS.glob("*.sql")))
            except sqlite3.DatabaseError:
                return False  # what is wrong with it is told when it is opened as a store

    def _drop(self) -> None:
        if self._db is not None:
            with contextlib.suppress(sqlite3.DatabaseError):
                self._db.close()
            self._db = None
