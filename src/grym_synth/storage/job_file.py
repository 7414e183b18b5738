"""The file of jobs: its connection and its tables, which lie beside those of the engine of jobs."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import MigrationFailed
from .job_rows import Executor
from .store import StoreUnavailable

BUSY_TIMEOUT = 10.0  # seconds; nobody waits for an answer here
NOW = "((julianday('now') - 2440587.5) * 86400.0)"  # the clock of the database, in seconds since 1970
_VERSION = 1
_SCHEMA = Path(__file__).parent / "jobs_schema.sql"


class Fenced(Exception):
    """This executor was declared dead: others do its work, and nothing that it writes counts any more."""


class JobFile:
    """One for each process; nothing is opened before it is needed. Threads may share it, one after another.

    What is written survives kill -9. What a power failure takes of it is done again, so most need not survive that.

    Every method that reads or writes raises StoreUnavailable while the file is locked, full, of a later version, or no
    file of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.RLock()
        self._db: sqlite3.Connection | None = None
        self._is_closed = False

    @property
    def is_there(self) -> bool:
        """Whether there were ever jobs."""
        return self.path.is_file()

    def close(self) -> None:
        with self._turn:
            self._is_closed = True
            if self._db is not None:
                self._db.close()
                self._db = None

    @contextmanager
    def transaction(self, *, writes: bool = True, survives_power: bool = False) -> Iterator[sqlite3.Connection]:
        """All that the body writes, or nothing of it; with `survives_power` on the disk before this ends."""
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
            raise StoreUnavailable(f"the jobs in {str(self.path)!r} failed: {error}", retry_after=5.0) from error

    def empty_log(self) -> None:
        """Move all of the write-ahead log into the file, as far as nobody else reads it, and empty it."""
        with self._turn:
            try:
                self._open().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except (OSError, sqlite3.Error) as error:
                raise StoreUnavailable(f"the jobs in {str(self.path)!r} failed: {error}", retry_after=5.0) from error

    @contextmanager
    def fenced(self, executor: Executor) -> Iterator[sqlite3.Connection]:
        """The same for what an executor writes; raises Fenced, and writes nothing, when it was declared dead."""
        with self.transaction() as db:
            query = "SELECT 1 FROM job_executors WHERE id = ? AND token = ? AND state = 'alive'"
            if db.execute(query, (executor.id, executor.token)).fetchone() is None:
                raise Fenced(f"{executor.id!r} was silent for too long, or another process goes by this name")
            yield db

    def _open(self) -> sqlite3.Connection:
        if self._is_closed:
            raise sqlite3.ProgrammingError("they were closed")
        if self._db is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            db = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
            try:
                _prepare(db, self.path)
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
        if version > _VERSION:
            raise MigrationFailed(
                f"the jobs in {str(path)!r} are of version {version}, this program knows {_VERSION}",
                hint="use the newer grym-synth that wrote them, or another GRYM_HOME",
            )
        if version < _VERSION:
            for statement in _SCHEMA.read_text().split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {_VERSION}")
    finally:
        db.execute("COMMIT")
