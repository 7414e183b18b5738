"""All that one store holds, copied into another: in stretches that are kept, then made equal while nobody writes.

Both have the same tables, so rows are copied as they are, in the order of their keys. A copy that was cut off goes on
behind the last row that came. At the end the source is held still: what came meanwhile is copied, and each table is
compared by the number of its rows and a hash of all of them; one that differs is copied anew.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..errors import BadRequest
from .sqlite import SqliteStore
from .store import Store

OnProgress = Callable[[str, int, int], None]  # table, rows that are there, rows that there are
_AT_ONCE = 1000
#: A lease is room on one machine, and ends with its process; an event is for those who look at this store.
_NOT_MOVED = frozenset({"store_moves", "leases", "events", "places"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table. `number` is the column that numbers its rows by itself; "" when none does."""

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    number: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One table in two stores."""

    table: str
    rows: int
    rows_there: int
    is_same: bool


class Mover:
    """Copies `source` into `target`, which is empty, or holds what an earlier call copied from the same source.

    name : of the source, without a password

    Raises
    ------
    BadRequest
        The target holds something else.
    StoreUnavailable
        By every method: one of them cannot be read or written. What was copied stays, and the next call goes on.
    """

    def __init__(self, source: Store, target: Store, name: str) -> None:
        self.source, self.target, self._name = source, target, name

    def check(self) -> None:
        """Raise what forbids to copy."""
        begun = self.target.read("SELECT source FROM store_moves")
        if begun and begun[0][0] != self._name:
            raise BadRequest(f"the new store holds a copy of another one, {begun[0][0]}", hint="name an empty database")
        if not begun and (held := [table.name for table in tables() if self._is_used(table)]):
            raise BadRequest(
                f"the new store is in use already: there are rows in {', '.join(held[:3])}",
                hint="name an empty database: nothing is ever mixed or overwritten",
            )

    def counts(self) -> dict[str, int]:
        """The rows of each table of the source."""
        return {table.name: _count(self.source, table) for table in tables()}

    def copy(self, on_progress: OnProgress) -> None:
        """Copy what the target lacks, while others go on reading and writing the source."""
        self.check()
        self._mark("copying")
        for table in tables():
            self._copy_rest(table, _count(self.source, table), on_progress)

    def finish(self, on_progress: OnProgress) -> list[Compared]:
        """Make the target equal to the source, which nobody writes meanwhile; how they compare in the end."""
        self.check()
        with self.source.held_still():
            for table in tables():
                count = _count(self.source, table)
                self._copy_rest(table, count, on_progress)
                if not self._compare(table).is_same:
                    with self.target.transaction() as db:
                        db.execute(f"DELETE FROM {table.name}")
                    self._copy_rest(table, count, on_progress)
            self._give_numbers()
            with self.target.transaction() as db:
                self.target.words.rebuild(db)
            compared = self.compare(on_progress)
            if all(each.is_same for each in compared):
                self._mark("whole")
        return compared

    def compare(self, on_progress: OnProgress) -> list[Compared]:
        """Each table of both, by the number of its rows and a hash of all that is in them."""
        found = []
        for table in tables():
            found.append(self._compare(table))
            on_progress(table.name, found[-1].rows, found[-1].rows)
        return found

    def end(self) -> None:
        """The target is a store like any other from now on."""
        with self.target.transaction() as db:
            db.execute("DELETE FROM store_moves")

    def _is_used(self, table: Table) -> bool:
        """Whether the target has more in a table than the schema puts into it, or a hub that looks at it."""
        if table.name in ("ear_in_use", "knowledge_changes", "health_log", "audit", "accounts", "account_batches"):
            return False
        return bool(self.target.read(f"SELECT 1 FROM {table.name} LIMIT 1"))

    def _mark(self, state: str) -> None:
        with self.target.transaction() as db:
            if not db.execute("SELECT 1 FROM store_moves").fetchone():  # what the schema and a first look put there
                for table in tables():
                    db.execute(f"DELETE FROM {table.name}")
            db.execute("DELETE FROM store_moves")
            db.execute("INSERT INTO store_moves VALUES (1, ?, ?, ?)", (self._name, state, time.time()))

    def _copy_rest(self, table: Table, count: int, on_progress: OnProgress) -> None:
        """Copy the rows behind the last that is there.

        What was changed after it was copied may stand in the way of what is new: that is left for the comparison.
        """
        marks = ", ".join("?" * len(table.columns))
        query = f"INSERT INTO {table.name} ({_listed(table.columns)}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        done = _count(self.target, table)
        for rows in _stretches(self.source, table, _last_key(self.target, table)):
            with self.target.transaction() as db:
                db.executemany(query, rows)
            done += len(rows)
            on_progress(table.name, done, max(count, done))

    def _compare(self, table: Table) -> Compared:
        (rows, here), (rows_there, there) = _told(self.source, table), _told(self.target, table)
        return Compared(table.name, rows, rows_there, (rows, here) == (rows_there, there))

    def _give_numbers(self) -> None:
        """A number that was given once is never given again, also by the new store."""
        with self.target.transaction() as db:
            for table in tables():
                if table.number:
                    query = f"SELECT coalesce(max({table.number}), 0) FROM {table.name}"
                    greatest = max(
                        int(db.execute(query).fetchone()[0]), self.source.number_given(table.name, table.number)
                    )
                    self.target.give_numbers_after(db, table.name, table.number, greatest)


@cache
def tables() -> tuple[Table, ...]:
    """Every table that is moved, as the schema has it: the same on all stores."""
    with closing(SqliteStore.in_memory()) as store:
        names = store.read(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE 'knowledge_words%' ORDER BY name"
        )
        return tuple(_table(store, name) for (name,) in names if name not in _NOT_MOVED)


def _table(store: Store, name: str) -> Table:
    told = store.read(f"PRAGMA table_info({name})")
    keys = tuple(row[1] for row in sorted(told, key=lambda row: row[5]) if row[5])
    is_numbered = len(keys) == 1 and keys[0] != "one" and all(row[2] == "INTEGER" for row in told if row[5])
    return Table(name, tuple(row[1] for row in told), keys, keys[0] if is_numbered else "")


def _stretches(store: Store, table: Table, after: tuple[Any, ...] | None) -> Iterator[list[tuple[Any, ...]]]:
    """The rows behind a key, in the order of their keys."""
    keys, places = _listed(table.keys), [table.columns.index(key) for key in table.keys]
    while True:
        where = f" WHERE ({keys}) > ({', '.join('?' * len(table.keys))})" if after is not None else ""
        query = f"SELECT {_listed(table.columns)} FROM {table.name}{where} ORDER BY {keys} LIMIT {_AT_ONCE}"
        rows = store.read(query, after or ())
        if rows:
            yield rows
        if len(rows) < _AT_ONCE:
            return
        after = tuple(rows[-1][place] for place in places)


def _told(store: Store, table: Table) -> tuple[int, str]:
    """How many rows, and a hash of what is in them."""
    count, told = 0, hashlib.sha256()
    for rows in _stretches(store, table, None):
        count += len(rows)
        for row in rows:
            for value in row:
                told.update(bytes_of(value))
    return count, told.hexdigest()


def bytes_of(value: Any) -> bytes:
    """A value with its kind and length, so that no two rows are taken for each other."""
    if isinstance(value, bytes | memoryview):
        return b"b%d:" % len(value) + bytes(value)
    if isinstance(value, str):
        text = value.replace("\0", "\ufffd").encode("utf-8", "surrogatepass")
        return b"t%d:" % len(text) + text
    return repr(float(value) if isinstance(value, int | float) else value).encode() + b";"


def _count(store: Store, table: Table) -> int:
    return int(store.read(f"SELECT count(*) FROM {table.name}")[0][0])


def _last_key(store: Store, table: Table) -> tuple[Any, ...] | None:
    order = ", ".join(f"{_quoted(key)} DESC" for key in table.keys)
    rows = store.read(f"SELECT {_listed(table.keys)} FROM {table.name} ORDER BY {order} LIMIT 1")
    return rows[0] if rows else None


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(map(_quoted, columns))


def _quoted(column: str) -> str:
    return f'"{column}"'
