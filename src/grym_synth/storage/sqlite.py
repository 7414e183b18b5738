"""The store of one machine: SQLite in WAL mode. All SQL of this version is in this package and its `migrations/`."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from ..errors import MigrationFailed, Unavailable
from ..messages import (
    Answer,
    Evidence,
    Gap,
    Json,
    Request,
    answer_to_json,
    evidence_from_json,
    evidence_to_json,
    gap_from_json,
    gap_to_json,
)

BUSY_TIMEOUT = 2.0  # seconds to wait for another process that is writing
MIGRATIONS = Path(__file__).parent / "migrations"

KEEP_HASH = "INSERT OR REPLACE INTO files (path, size, mtime_ns, ctime_ns, inode, sha256) VALUES (?, ?, ?, ?, ?, ?)"
KEEP_HEARD = (
    "INSERT OR REPLACE INTO heard (sha256, capability, recipe, params, evidence, gaps, heard_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)


class StoreUnavailable(Unavailable):
    """The store cannot be read or written just now: locked, full, or gone."""

    code = "store_unavailable"


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells, without reading it, that a file is still the same."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int  # set by the system at every change, also when a program puts the modification time back
    inode: int

    @classmethod
    def of(cls, path: str) -> FileStamp:
        """The stamp of the file at `path` now; raises OSError when there is none."""
        stat = Path(path).stat()
        return cls(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of one capability of one recording."""

    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]


class InPlay(Protocol):
    """A recording that a question was about: what it was called, and where it lies."""

    @property
    def subject(self) -> str: ...
    @property
    def path(self) -> str: ...


class SqliteStore:
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

    @classmethod
    def in_memory(cls) -> SqliteStore:
        """A store that lives as long as its process; for when there is no other, and for tests."""
        return cls(Path(":memory:"))

    @property
    def is_lasting(self) -> bool:
        """Whether what is kept outlives the process."""
        return str(self.path) != ":memory:"

    def close(self) -> None:
        self._db.close()

    def recall_hash(self, stamp: FileStamp) -> str | None:
        """The content hash of a file that has not changed since it was last hashed."""
        query = "SELECT sha256 FROM files WHERE (path, size, mtime_ns, ctime_ns, inode) = (?, ?, ?, ?, ?)"
        rows = self.read(query, _row(stamp))
        return str(rows[0][0]) if rows else None

    def keep_hash(self, stamp: FileStamp, sha256: str) -> None:
        with self.transaction() as db:
            db.execute(KEEP_HASH, (*_row(stamp), sha256))

    def recall(
        self, sha256: str, capability: str, recipe: str, params: Mapping[str, Json], subject: str
    ) -> Heard | None:
        """What was heard of a recording before, told of `subject`; None when nothing was, or by another recipe."""
        query = "SELECT evidence, gaps FROM heard WHERE sha256 = ? AND capability = ? AND recipe = ? AND params = ?"
        rows = self.read(query, (sha256, capability, recipe, _canonical(params)))
        if not rows:
            return None
        evidence = (replace(evidence_from_json(item), subject=subject) for item in json.loads(rows[0][0]))
        gaps = (replace(gap_from_json(item), subject=subject) for item in json.loads(rows[0][1]))
        return Heard(tuple(evidence), tuple(gaps))

    def keep(self, sha256: str, capability: str, recipe: str, params: Mapping[str, Json], heard: Heard) -> None:
        row = heard_row(sha256, capability, recipe, params, heard)
        with self.transaction() as db:
            db.execute(KEEP_HEARD, row)

    def keep_answer(self, request: Request, answer: Answer, recordings: Iterable[InPlay] = ()) -> None:
        """Keep an answer and the recordings that it was about, which a later question may call "it"."""
        row = (
            time.time(),
            to_text(request.context),
            to_text(request.question),
            json.dumps(request.paths),
            json.dumps(answer_to_json(answer)),
            to_text(request.folder),
        )
        with self.transaction() as db:
            number = db.execute(
                "INSERT INTO answers (asked_at, context, question, paths, answer, folder) VALUES (?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            db.executemany(
                "INSERT INTO in_play (turn, place, subject, path) VALUES (?, ?, ?, ?)",
                [(number, place, to_text(item.subject), to_text(item.path)) for place, item in enumerate(recordings)],
            )

    def answers(self, context: str, limit: int = 100) -> list[dict[str, Json]]:
        """The latest answers of a context, newest first, as JSON documents."""
        query = "SELECT answer FROM answers WHERE context = ? ORDER BY id DESC LIMIT ?"
        return [json.loads(row[0]) for row in self.read(query, (to_text(context), limit))]

    def check(self) -> None:
        """Write and read a row, and let SQLite look itself over: raises StoreUnavailable when that fails."""
        with self.transaction() as db:
            db.execute("CREATE TEMP TABLE probe (x)")
            db.execute("INSERT INTO probe VALUES (1)")
            db.execute("DROP TABLE probe")
            verdict = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise StoreUnavailable(f"the store {str(self.path)!r} is damaged: {verdict}")

    def read(self, query: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
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
                    for statement in step.read_text().split(";"):
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


def _row(stamp: FileStamp) -> tuple[str, int, int, int, int]:
    return to_text(stamp.path), stamp.size, stamp.mtime_ns, stamp.ctime_ns, stamp.inode


def heard_row(
    sha256: str, capability: str, recipe: str, params: Mapping[str, Json], heard: Heard
) -> tuple[object, ...]:
    """A row for KEEP_HEARD."""
    evidence = json.dumps([evidence_to_json(replace(item, subject="")) for item in heard.evidence])
    gaps = json.dumps([gap_to_json(replace(gap, subject="")) for gap in heard.gaps])
    return sha256, capability, recipe, _canonical(params), evidence, gaps, time.time()


def to_text(name: str) -> str:
    """Text as it is stored: file names need not be UTF-8; SQLite's text must be."""
    try:
        return name.encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeEncodeError:  # half a character, which no file name holds
        return name.encode("utf-8", "backslashreplace").decode("latin-1")


def from_text(stored: str) -> str:
    """The text that `to_text` stored."""
    return stored.encode("latin-1").decode("utf-8", "surrogateescape")


def _canonical(params: Mapping[str, Json]) -> str:
    return json.dumps(dict(params), sort_keys=True, separators=(",", ":"))
