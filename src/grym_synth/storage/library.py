"""The library in the store: folders, files and what is known of each content, with a sequence of its changes.

Every method is one short transaction or one query; what streams reads a stretch at a time, so that others get their
turn in between. A reader that remembers `seq()` catches up with `changes(since)`.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, TypeVar

from .library_rows import (
    Described,
    FloatArray,
    Folder,
    HeardPart,
    LibraryFile,
    State,
    pack_text,
    pack_vectors,
    unpack_fragments,
    unpack_vectors,
    vectors_of,
)
from .store import KEEP_HASH, KEEP_HEARD, Connection, Store, from_text, heard_row, to_text

T = TypeVar("T")

_AT_ONCE = 2000  # rows of a stretch: a few megabytes
_ASKED_AT_ONCE = 500  # SQLite takes at least 999 values in a query
_FILE = "path, size, mtime_ns, ctime_ns, inode, device, sha256, state, reason"
_ROW = "r.number, r.sha256, r.recipe, r.figures, r.words, r.tags, v.layout, v.data"
_FRAGMENTS = ", v.fragment_spans, v.fragment_data"
_FROM = " FROM recordings AS r JOIN vectors AS v ON v.number = r.number"
_PUT_FILE = (
    f"INSERT INTO library_files ({_FILE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET"
    f" {', '.join(f'{column} = excluded.{column}' for column in _FILE.split(', ')[1:])}"
)
_PUT_VECTORS = (
    "INSERT INTO vectors (number, layout, data, fragment_spans, fragment_data) VALUES (?, ?, ?, ?, ?) ON CONFLICT"
    " (number) DO UPDATE SET layout = excluded.layout, data = excluded.data,"
    " fragment_spans = excluded.fragment_spans, fragment_data = excluded.fragment_data"
)


class Library:
    """What is known of the folders that belong to the library.

    Raises
    ------
    StoreUnavailable
        By every method: the store is locked, full, damaged or gone.
    """

    def __init__(self, store: Store) -> None:
        self.store = store

    # --- folders ----------------------------------------------------------------------------------------------------

    def folders(self) -> list[Folder]:
        """The folders of the library, in the order of their names."""
        rows = self.store.read("SELECT root, added_at, scanned_at FROM library_folders ORDER BY root")
        return [Folder(from_text(root), added_at, scanned_at) for root, added_at, scanned_at in rows]

    def add_folder(self, root: str, *, scanned_at: float | None = None) -> None:
        """Let a folder belong to the library; of one that does, note when it was looked through."""
        with self.store.transaction() as db:
            db.execute(
                "INSERT INTO library_folders (root, added_at, scanned_at) VALUES (?, ?, ?) ON CONFLICT (root)"
                " DO UPDATE SET scanned_at = coalesce(excluded.scanned_at, library_folders.scanned_at)",
                (to_text(root), time.time(), scanned_at),
            )

    def remove_folder(self, root: str) -> int:
        """Take a folder out of the library, with all that is known only of its files; how many files went.

        Files that lie in another folder of the library stay.
        """
        with self.store.transaction() as db:
            db.execute("DELETE FROM library_folders WHERE root = ?", (to_text(root),))
            others = [from_text(row[0]) for row in db.execute("SELECT root FROM library_folders")]
            kept = "".join(" AND NOT (path >= ? AND path < ?)" for _ in others)
            bounds = [bound for folder in (root, *others) for bound in _below(folder)]
            gone = db.execute(f"SELECT path, sha256 FROM library_files WHERE path >= ? AND path < ?{kept}", bounds)
            rows = gone.fetchall()
            db.executemany("DELETE FROM library_files WHERE path = ?", [(path,) for path, _ in rows])
            _note_changes(db, (sha256 for _, sha256 in rows))
            _forget_homeless(db, {sha256 for _, sha256 in rows})
        return len(rows)

    # --- files ------------------------------------------------------------------------------------------------------

    def files(self, root: str) -> Iterator[LibraryFile]:
        """The files known below a folder, in the order of their paths."""
        after, end = _below(root)
        while rows := self.store.read(
            f"SELECT {_FILE} FROM library_files WHERE path > ? AND path < ? ORDER BY path LIMIT {_AT_ONCE}",
            (after, end),
        ):
            yield from map(_file, rows)
            after = rows[-1][0]

    def files_with(self, sha256: str) -> list[LibraryFile]:
        """The files that hold a content."""
        return [_file(row) for row in self.store.read(f"SELECT {_FILE} FROM library_files WHERE sha256 = ?", (sha256,))]

    def failed(self, root: str) -> list[LibraryFile]:
        """The files below a folder that could not be listened to."""
        query = f"SELECT {_FILE} FROM library_files WHERE path >= ? AND path < ? AND state = 'failed' ORDER BY path"
        return [_file(row) for row in self.store.read(query, _below(root))]

    def failures_of(self, sha256s: Sequence[str]) -> dict[str, str]:
        """Why those of these contents failed that did."""
        found: dict[str, str] = {}
        for part in _parts(sha256s, _ASKED_AT_ONCE):
            query = f"SELECT sha256, reason FROM library_files WHERE sha256 IN ({_marks(part)}) AND state = 'failed'"
            found |= {sha256: from_text(reason) for sha256, reason in self.store.read(query, tuple(part))}
        return found

    def put_files(self, files: Iterable[LibraryFile]) -> None:
        """Write how files look now. A path that holds another content than before is a change of both."""
        rows = [_file_row(file) for file in files]
        with self.store.transaction() as db:
            _note_changes(db, _contents_of(db, [row[0] for row in rows]))
            _write_files(db, rows)

    def drop_files(self, paths: Iterable[str]) -> None:
        """Files that are there no more. What is known of their content stays, for when it comes back."""
        stored = [to_text(path) for path in paths]
        with self.store.transaction() as db:
            _note_changes(db, _contents_of(db, stored))
            db.executemany("DELETE FROM library_files WHERE path = ?", [(path,) for path in stored])

    def move_files(self, moves: Iterable[tuple[str, LibraryFile]]) -> None:
        """Give files their new path and stamp: (the old path, the file as it is now), in one transaction."""
        rows = [(to_text(old), _file_row(file)) for old, file in moves]
        with self.store.transaction() as db:
            db.executemany("DELETE FROM library_files WHERE path = ?", [(old,) for old, _ in rows])
            _write_files(db, [row for _, row in rows])

    def mark(self, sha256: str, state: State, reason: str = "") -> None:
        """Say of every file with this content how it stands."""
        with self.store.transaction() as db:
            db.execute(
                "UPDATE library_files SET state = ?, reason = ? WHERE sha256 = ?", (state, to_text(reason), sha256)
            )

    def paths(self, sha256s: Sequence[str] | None = None) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Where each content lies, sorted; of all contents, or of these."""
        if sha256s is not None:
            for part in _parts(sha256s, _ASKED_AT_ONCE):
                yield from _grouped(
                    self.store.read(
                        "SELECT sha256, path FROM library_files WHERE sha256 IN"
                        f" ({_marks(part)}) AND sha256 <> '' ORDER BY sha256, path",
                        tuple(part),
                    )
                )
            return
        after = ""
        while rows := self.store.read(
            "SELECT sha256, path FROM library_files WHERE sha256 IN (SELECT DISTINCT sha256 FROM library_files"
            f" WHERE sha256 > ? ORDER BY sha256 LIMIT {_AT_ONCE}) ORDER BY sha256, path",
            (after,),
        ):
            yield from _grouped(rows)
            after = rows[-1][0]

    def changed_at(self) -> dict[str, float]:
        """When the files of each content were last changed, the latest of them; seconds since 1970."""
        query = "SELECT sha256, max(mtime_ns) FROM library_files WHERE sha256 <> '' GROUP BY sha256"
        return {sha256: mtime_ns / 1e9 for sha256, mtime_ns in self.store.read(query)}

    def sizes(self) -> dict[str, int]:
        """The bytes of each content that lies somewhere."""
        return dict(self.store.read("SELECT sha256, max(size) FROM library_files WHERE sha256 <> '' GROUP BY sha256"))

    def counts(self, root: str | None = None) -> dict[State, int]:
        """How many files wait, are known and failed; of all, or of those below a folder."""
        where, bounds = ("", ()) if root is None else (" WHERE path >= ? AND path < ?", _below(root))
        found = dict(self.store.read(f"SELECT state, count(*) FROM library_files{where} GROUP BY state", bounds))
        return {"waiting": found.get("waiting", 0), "known": found.get("known", 0), "failed": found.get("failed", 0)}

    # --- recordings -------------------------------------------------------------------------------------------------

    def put(self, described: Iterable[Described], heard: Mapping[str, Iterable[HeardPart]] | None = None) -> None:
        """Write what is known of contents, in place of what was; their files are known from then on.

        heard : by content, what it rests on, which goes to the evidence that is kept; all or nothing is written
        """
        rows = [(_recording_row(item), pack_vectors(item)) for item in described]
        kept = [
            heard_row(sha256, part.capability, part.recipe, part.params, part.heard)
            for sha256, parts in (heard or {}).items()
            for part in parts
        ]
        with self.store.transaction() as db:
            db.executemany(KEEP_HEARD, kept)
            for recording, vectors in rows:
                number = db.execute(
                    "INSERT INTO recordings (sha256, recipe, described_at, figures, words, tags)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (sha256) DO UPDATE SET recipe = excluded.recipe,"
                    " described_at = excluded.described_at, figures = excluded.figures, words = excluded.words,"
                    " tags = excluded.tags RETURNING number",
                    recording,
                ).fetchone()[0]
                db.execute(_PUT_VECTORS, (number, *vectors))
                db.execute(
                    "UPDATE library_files SET state = 'known', reason = '' WHERE sha256 = ? AND state <> 'known'",
                    recording[:1],
                )
            _note_changes(db, (recording[0] for recording, _ in rows))

    def described(
        self, sha256s: Sequence[str] | None = None, *, recipe: str | None = None, with_fragments: bool = True
    ) -> Iterator[Described]:
        """What is known of all contents, in the order in which they came, or of these; by one recipe, or by any.

        with_fragments : they are most of what is stored of a longer recording, and nothing that a shelf has
        """
        row = f"{_ROW}{_FRAGMENTS if with_fragments else ''}{_FROM}"
        only, values = ("", ()) if recipe is None else (" AND r.recipe = ?", (recipe,))
        if sha256s is not None:
            for part in _parts(sha256s, _ASKED_AT_ONCE):
                query = f"SELECT {row} WHERE r.sha256 IN ({_marks(part)}){only}"
                yield from _described(self.store.read(query, (*part, *values)))
            return
        number = 0
        while rows := self.store.read(
            f"SELECT {row} WHERE r.number > ?{only} ORDER BY r.number LIMIT {_AT_ONCE}", (number, *values)
        ):
            yield from _described(rows)
            number = rows[-1][0]

    def vectors(
        self, aspect: str, sha256s: Sequence[str] | None = None, *, recipe: str
    ) -> Iterator[tuple[list[str], FloatArray]]:
        """The vectors of one aspect as they were measured, of all contents of a recipe or of these, many at a time:
        the contents, and their vectors, shape (n, d), float32."""
        query = "SELECT r.number, r.sha256, v.layout, v.data FROM recordings AS r JOIN vectors AS v USING (number)"
        if sha256s is not None:
            for part in _parts(sha256s, _ASKED_AT_ONCE):
                where = f" WHERE r.recipe = ? AND r.sha256 IN ({_marks(part)})"
                yield from vectors_of(self.store.read(query + where, (recipe, *part)), aspect)
            return
        number = 0
        where = f" WHERE r.recipe = ? AND r.number > ? ORDER BY r.number LIMIT {_AT_ONCE}"
        while rows := self.store.read(query + where, (recipe, number)):
            yield from vectors_of(rows, aspect)
            number = rows[-1][0]

    def recipes_of(self, sha256s: Sequence[str]) -> dict[str, str]:
        """By which recipe each of these contents is known; what is not known is absent."""
        found: dict[str, str] = {}
        for part in _parts(sha256s, _ASKED_AT_ONCE):
            query = f"SELECT sha256, recipe FROM recordings WHERE sha256 IN ({_marks(part)})"
            found.update(self.store.read(query, tuple(part)))
        return found

    def recipes(self) -> Mapping[str, int]:
        """How many recordings that lie somewhere are known by each recipe."""
        return Counter(
            dict(
                self.store.read(
                    "SELECT recipe, count(*) FROM recordings AS r WHERE EXISTS"
                    " (SELECT 1 FROM library_files AS f WHERE f.sha256 = r.sha256) GROUP BY recipe"
                )
            )
        )

    def has_older(self, root: str, recipe: str) -> bool:
        """Whether something that lies below a folder is known by another recipe."""
        query = (
            "SELECT 1 FROM recordings AS r JOIN library_files AS f ON f.sha256 = r.sha256 WHERE (r.recipe < ? OR"
            " r.recipe > ?) AND f.path >= ? AND f.path < ? AND f.state = 'known' LIMIT 1"
        )
        return bool(self.store.read(query, (recipe, recipe, *_below(root))))

    # --- changes ----------------------------------------------------------------------------------------------------

    def seq(self) -> int:
        """The number of the latest change; 0 before the first."""
        return int(self.store.read("SELECT coalesce(max(seq), 0) FROM changes")[0][0])

    def changes(self, since: int) -> list[tuple[int, str]]:
        """Contents that were described anew, moved, or lost since that change: (seq, sha256), each once, in order."""
        return [
            (int(seq), str(sha256))
            for seq, sha256 in self.store.read("SELECT seq, sha256 FROM changes WHERE seq > ? ORDER BY seq", (since,))
        ]


def _below(root: str) -> tuple[str, str]:
    """Stored paths below a folder are those from the first on and before the second: "0" comes after "/"."""
    stored = to_text(root).rstrip("/")
    return f"{stored}/", f"{stored}0"


def _note_changes(db: Connection, sha256s: Iterable[str]) -> None:
    """A content that changed before gets a new number: the sequence holds each content once."""
    values = [(item,) for item in dict.fromkeys(sha256s) if item]
    db.executemany("DELETE FROM changes WHERE sha256 = ?", values)
    db.executemany("INSERT INTO changes (sha256) VALUES (?)", values)


def _write_files(db: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of files, and their hashes, which questions about the same files need not read again."""
    db.executemany(_PUT_FILE, rows)
    db.executemany(KEEP_HASH, [(*row[:5], row[6]) for row in rows if row[6]])
    _note_changes(db, (row[6] for row in rows))


def _contents_of(db: Connection, stored_paths: Sequence[str]) -> list[str]:
    """The contents that files at these stored paths held so far."""
    found: list[str] = []
    for part in _parts(stored_paths, _ASKED_AT_ONCE):
        found += [
            row[0] for row in db.execute(f"SELECT sha256 FROM library_files WHERE path IN ({_marks(part)})", part)
        ]
    return found


def _forget_homeless(db: Connection, sha256s: Iterable[str]) -> None:
    """Remove what is known of those contents that lie nowhere any more."""
    homeless = " WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM library_files AS f WHERE f.sha256 = recordings.sha256)"
    values = [(item,) for item in sha256s]
    db.executemany(f"DELETE FROM vectors WHERE number IN (SELECT number FROM recordings{homeless})", values)
    db.executemany(f"DELETE FROM recordings{homeless}", values)
    nowhere = " WHERE sha256 = ? AND NOT EXISTS (SELECT 1 FROM library_files AS f WHERE f.sha256 = {0}.sha256)"
    for table in ("prints", "occurrences"):
        db.executemany(f"DELETE FROM {table}{nowhere.format(table)}", values)


def _file(row: tuple[Any, ...]) -> LibraryFile:
    path, size, mtime_ns, ctime_ns, inode, device, sha256, state, reason = row
    return LibraryFile(from_text(path), size, mtime_ns, ctime_ns, inode, device, sha256, state, from_text(reason))


def _file_row(file: LibraryFile) -> tuple[Any, ...]:
    stamp = (file.size, file.mtime_ns, file.ctime_ns, file.inode, file.device)
    return to_text(file.path), *stamp, file.sha256, file.state, to_text(file.reason)


def _recording_row(item: Described) -> tuple[Any, ...]:
    texts = (pack_text(item.figures), pack_text(item.words), pack_text(item.tags))
    return item.sha256, item.recipe, time.time(), *texts


def _described(rows: Sequence[tuple[Any, ...]]) -> Iterator[Described]:
    """Rows of `_ROW`, with or without their fragments. Their texts are read as one: that is twice as quick."""
    figures, words, tags = (json.loads(f"[{','.join(row[column] for row in rows)}]") for column in (3, 4, 5))
    vectors = unpack_vectors((row[6] for row in rows), [row[7] for row in rows])
    for row, *of_row in zip(rows, figures, words, tags, vectors, strict=True):
        fragments = unpack_fragments(row[8], row[9]) if len(row) > 8 else ()
        yield Described(row[1], row[2], of_row[0], of_row[1], of_row[2], of_row[3], fragments)


def _grouped(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for sha256, group in groupby(rows, itemgetter(0)):
        yield sha256, tuple(from_text(path) for _, path in group)


def _parts(items: Sequence[T], length: int) -> Iterator[list[T]]:
    rest = iter(items)
    while part := list(islice(rest, length)):
        yield part


def _marks(items: Sequence[object]) -> str:
    return ", ".join("?" * len(items))
