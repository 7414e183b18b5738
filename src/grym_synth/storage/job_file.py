"""The file of jobs of one home, in which those of the engine of jobs lie as well."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import MigrationFailed
from .job_ground import MIGRATIONS
from .store import StoreUnavailable

BUSY_TIMEOUT = 10.0  # seconds; nobody waits for an answer here


class JobFile:
    """A `JobGround`, one for each process; threads share it one after another, and one process writes at a time.

    What is written survives kill -9. What a power failure takes of it is done again, so most need not survive that.

    Every method that reads or writes raises StoreUnavailable while the file is locked, full, of a later version, or no
    file of ours.
    """

    now = "((julianday('now') - 2440587.5) * 86400.0)"
    of_nobody = still = mine = ""  # whoever writes is alone

    def __init__(self, path: Path) -> None:
        self.engine: Path | str = path
        self._path = path
        self._turn = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._is_closed = False

    @property
    def is_there(self) -> bool:
        """Whether there were ever jobs."""
        return self._path.is_file()

    def close(self) -> None:
        with self._turn:
            self._is_closed = True
            if self._db is not None:
                self._db.close()
                self._db = None

    @contextmanager
    def transaction(
        self, *, writes: bool = True, survives_power: bool = False, alone: bool = False
    ) -> Iterator[sqlite3.Connection]:
        try:
            with self._turn:
                db = self._open()
                db.execute(f"PRAGMA synchronous = {'FULL' if survives_power else 'NORMAL'}")
                db.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
                try:
                    yield db
                    db.execute("COMMIT")
                finally:
                    if db.in_transaction:  # a full disk has ended it already
                        db.execute("ROLLBACK")
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(f"the jobs in {str(self._path)!r} failed: {error}", retry_after=5.0) from error

    def empty_log(self) -> None:
        with self._turn:
            try:
                self._open().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except (OSError, sqlite3.Error) as error:
                raise StoreUnavailable(f"the jobs in {str(self._path)!r} failed: {error}", retry_after=5.0) from error

    def _open(self) -> sqlite3.Connection:
        if self._is_closed:
            raise sqlite3.ProgrammingError("they were closed")
        if self._db is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            db = sqlite3.connect(self._path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
            try:
                _prepare(db, self._path)
                db.execute("PRAGMA secure_delete = ON")  # what is forgotten leaves no trace in the file
            except BaseException as error:
                db.close()
                if isinstance(error, MigrationFailed):
                    raise StoreUnavailable(str(error), hint=error.hint, retry_after=60.0) from error
                raise
            self._db = db
        return self._db


def _enter_wal(db: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite's own time-out does not wait for the lock that this takes."""
    give_up_at = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                raise
            time.sleep(0.01)


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    _enter_wal(db)
    db.execute("BEGIN IMMEDIATE")  # two processes may open at once
    try:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        steps = sorted(MIGRATIONS.glob("*.sql"))
        if version > len(steps):
            raise MigrationFailed(
                f"the jobs in {str(path)!r} are of version {version}, this program knows {len(steps)}",
                hint="use the newer grym-synth that wrote them, or another GRYM_HOME",
            )
        for step in steps[version:]:
            for statement in step.read_text().split(";"):
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(steps)}")
    finally:
        db.execute("COMMIT")
