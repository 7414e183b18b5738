"""What a store is, whatever keeps it: one schema, SQL that SQLite and Postgres both take, and what every store holds.

Placeholders are `?`, or `?1`, `?2` where a value stands more than once. All SQL is in this package and its
`migrations/`.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from ..errors import Unavailable
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

if TYPE_CHECKING:
    from .postgres_places import Places

MIGRATIONS = Path(__file__).parent / "migrations"

KEEP_HASH = (
    "INSERT INTO files (path, size, mtime_ns, ctime_ns, inode, sha256) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (path)"
    " DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns,"
    " inode = excluded.inode, sha256 = excluded.sha256"
)
KEEP_HEARD = (
    "INSERT INTO heard (sha256, capability, recipe, params, evidence, gaps, heard_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (sha256, capability, recipe, params) DO UPDATE SET evidence = excluded.evidence,"
    " gaps = excluded.gaps, heard_at = excluded.heard_at"
)


class StoreUnavailable(Unavailable):
    """The store cannot be read or written just now: locked, full, or gone."""

    code = "store_unavailable"


class StoreAway(StoreUnavailable):
    """The server of the store cannot be reached: it comes back without anybody here doing something."""


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


class Rows(Protocol):
    """What a statement gave."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """What the body of a transaction writes with."""

    def execute(self, query: str, values: Sequence[Any] = (), /) -> Rows: ...
    def executemany(self, query: str, rows: Iterable[Sequence[Any]], /) -> object: ...


class Words(Protocol):
    """The words of the passages that are searched: each store finds them in its own way."""

    def put(self, db: Connection, passage: int, words: Sequence[str]) -> None:
        """Let a passage be found by title, section and text."""

    def drop(self, db: Connection, passage: int, words: Sequence[str]) -> None:
        """Let it be found no longer."""

    def wipe(self, db: Connection) -> None:
        """Leave nothing of what was dropped."""

    def rebuild(self, db: Connection) -> None:
        """Let all passages be found that are searched, and no others."""

    def match(self, terms: Sequence[str], limit: int, among: int, *, together: bool) -> list[tuple[int, float]]:
        """Passages that hold any of these terms, or all `together`, and how well (greater is better), best first."""

    def holding(self, term: str, at_most: int) -> int:
        """How many passages hold a term, counted no further than `at_most`."""


class Store(ABC):
    """Open one for each process; every method is one short transaction. Threads may share it.

    words : by what passages are found
    places : by what the server finds recordings that are near; None where there is no server
    Every method raises StoreUnavailable while it cannot be opened, read or written.
    """

    words: Words
    places: Places | None = None
    settled = ""  # in SQL, of a row of `events`: that none comes any more whose number is smaller

    @property
    @abstractmethod
    def is_lasting(self) -> bool:
        """Whether what is kept outlives the process."""

    @abstractmethod
    def close(self) -> None: ...

    @abstractmethod
    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows of one query; inside a transaction it sees what that has written."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[Connection]:
        """All that the body writes, or nothing of it. Nobody else writes meanwhile."""

    def held_still(self) -> AbstractContextManager[Connection]:
        """A transaction in which nobody else writes anything, health and room neither."""
        return self.transaction()

    @abstractmethod
    def number_given(self, table: str, column: str) -> int:
        """The greatest number that a table has given by itself, also to rows that are gone; 0 when it keeps none."""

    @abstractmethod
    def give_numbers_after(self, db: Connection, table: str, column: str, number: int) -> None:
        """Let a table give numbers that are greater than this one."""

    @abstractmethod
    def empty_log(self) -> bool:
        """Leave no trace of what was deleted in what is written ahead; False while somebody else reads it."""

    @abstractmethod
    def check(self) -> None:
        """Write and read a row, and look the store over; raises StoreUnavailable when that fails."""

    def recall_hash(self, stamp: FileStamp) -> str | None:
        """The content hash of a file that has not changed since it was last hashed."""
        query = "SELECT sha256 FROM files WHERE (path, size, mtime_ns, ctime_ns, inode) = (?, ?, ?, ?, ?)"
        rows = self.read(query, _row(stamp))
        return str(rows[0][0]) if rows else None

    def paths_of(self, sha256: str) -> list[str]:
        """Where files with a content lay when they were last hashed; they may have changed, or be gone."""
        rows = self.read("SELECT path FROM files WHERE sha256 = ? ORDER BY path", (sha256,))
        return [from_text(path) for (path,) in rows]

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
            (number,) = db.execute(
                "INSERT INTO answers (asked_at, context, question, paths, answer, folder) VALUES (?, ?, ?, ?, ?, ?)"
                " RETURNING id",
                row,
            ).fetchone()
            db.executemany(
                "INSERT INTO in_play (turn, place, subject, path) VALUES (?, ?, ?, ?)",
                [(number, place, to_text(item.subject), to_text(item.path)) for place, item in enumerate(recordings)],
            )

    def answers(self, context: str, limit: int = 100) -> list[dict[str, Json]]:
        """The latest answers of a context, newest first, as JSON documents."""
        query = "SELECT answer FROM answers WHERE context = ? ORDER BY id DESC LIMIT ?"
        return [json.loads(row[0]) for row in self.read(query, (to_text(context), limit))]


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
    """Text as it is stored: file names need not be UTF-8, the text of a store must be; no store has the character 0."""
    name = name.replace("\0", "\ufffd")
    try:
        return name.encode("utf-8", "surrogateescape").decode("latin-1")
    except UnicodeEncodeError:  # half a character, which no file name holds
        return name.encode("utf-8", "backslashreplace").decode("latin-1")


def from_text(stored: str) -> str:
    """The text that `to_text` stored."""
    return stored.encode("latin-1").decode("utf-8", "surrogateescape")


def without_password(address: str) -> str:
    """The address of a store as it may be shown."""
    found = urlsplit(address)
    who = f"{found.username}@" if found.username else ""
    port = f":{found.port}" if found.port else ""
    return f"{found.scheme}://{who}{found.hostname or ''}{port}{found.path}"


def _canonical(params: Mapping[str, Json]) -> str:
    return json.dumps(dict(params), sort_keys=True, separators=(",", ":"))
