"""What health and room keep in the store: leases, the log of health, the audit log of clean-up, and accounts.

It has a connection of its own, so that clean-up works while others hold theirs. Every method is one short transaction
that takes the write lock at its beginning and may be repeated: done twice it is as done once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Protocol

from ..messages import Json
from .house_file import HouseFile
from .house_rows import Account, AuditRow, Entry, HealthRow, Kind, LeaseRow, Reading, Stale
from .store import Connection

FINE_S, KEPT_S = 24 * 3600.0, 30 * 24 * 3600.0  # every second of a day, then every minute of thirty days
_MINUTE_S = 60.0
_ALL = 2**62
_MINUTES_AT_ONCE = 120  # so many are thinned in one transaction
_BATCHES_KNOWN_S = 24 * 3600.0  # for which a batch of accounts is known to be in already


class Ground(Protocol):
    """Where the rows are."""

    usage: str  # a query for the connections that the server has lent, and has in all; "" where there is none

    def transaction(self, *, writes: bool = True) -> AbstractContextManager[Connection]: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class _Table:
    """Where rows of a kind are, what their last sign of life is, and what is told of one that is taken."""

    name: str
    sign: str
    told: tuple[str, ...]


_FIGURES = tuple(figure.name for figure in fields(Account) if figure.name != "context")
_USED, _LEASE = attrgetter(*_FIGURES), attrgetter(*(column.name for column in fields(LeaseRow)))
_TABLES: Mapping[Kind, _Table] = {"lease": _Table("leases", "heartbeat", ("holder", "agent", "context"))}


class House:
    """The rows of health and room. Nothing is opened before it is needed, and what was lost is opened again.

    where : a file of SQLite, or where else they are
    hub : under which name this process writes
    Every method raises StoreUnavailable while the store is locked, full, damaged, or gone; one that was there and is
    gone is never made anew. Threads may share a House, one after another.
    """

    def __init__(self, where: Path | Ground, hub: str = "") -> None:
        self.hub = _text(hub)
        self._ground = HouseFile(where) if isinstance(where, Path) else where

    def close(self) -> None:
        self._ground.close()

    def _transaction(self, *, writes: bool = True) -> AbstractContextManager[Connection]:
        return self._ground.transaction(writes=writes)

    def server_usage(self) -> tuple[int, int] | None:
        """How many connections the server of the store has lent, and has in all; None where the store is a file."""
        if not self._ground.usage:
            return None
        with self._transaction(writes=False) as db:
            lent, most = db.execute(self._ground.usage).fetchone()
        return int(lent), int(most)

    # Leases

    def put_leases(self, rows: Iterable[LeaseRow]) -> None:
        """Write leases, or their heartbeats anew; a heartbeat never goes back."""
        values = [tuple(_text(item) if isinstance(item, str) else item for item in _LEASE(row)) for row in rows]
        with self._transaction() as db:
            db.executemany(
                "INSERT INTO leases (id, hub, holder, agent, context, priority, cpu, ram_gb, since, expires, heartbeat)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                " expires = excluded.expires, heartbeat = CASE WHEN excluded.heartbeat > leases.heartbeat"
                " THEN excluded.heartbeat ELSE leases.heartbeat END",
                values,
            )

    def drop_leases(self, ids: Iterable[str]) -> None:
        """Remove leases that were given back."""
        with self._transaction() as db:
            db.executemany("DELETE FROM leases WHERE id = ?", [(_text(id),) for id in ids])

    def leases(self) -> list[LeaseRow]:
        """Every lease there is, the oldest first."""
        with self._transaction(writes=False) as db:
            rows = db.execute(
                "SELECT id, hub, holder, agent, context, priority, cpu, ram_gb, since, expires, heartbeat"
                " FROM leases ORDER BY since, id"
            ).fetchall()
        return [LeaseRow(*row) for row in rows]

    # What is stale

    def stale_hubs(self, kind: Kind, now: float, stale_after: float) -> dict[str, int]:
        """How many rows of each hub gave no sign of life in the last `stale_after` seconds."""
        table = _TABLES[kind]
        with self._transaction(writes=False) as db:
            count = f"SELECT hub, count(*) FROM {table.name} WHERE {table.sign} <= ? GROUP BY hub ORDER BY hub"
            return dict(db.execute(count, (now - stale_after,)).fetchall())

    def stale(
        self, kind: Kind, now: float, stale_after: float, *, limit: int = -1, spared: Iterable[str] = ()
    ) -> list[Stale]:
        """These rows but for those of the hubs in `spared`, at most `limit`, in the order of their names; -1 is all."""
        with self._transaction(writes=False) as db:
            return _find_stale(db, kind, now - stale_after, limit, spared)

    def take_stale(
        self, kind: Kind, now: float, *, stale_after: float, limit: int, cause: str, spared: Iterable[str] = ()
    ) -> list[Stale]:
        """Remove at most `limit` stale rows and write that into the audit log, both or neither; what was removed.

        Whether they are stale is looked up under the write lock, so a row goes to one cleaner only, however many
        there are, and one whose heartbeat came in the meantime stays.
        """
        with self._transaction() as db:
            taken = _find_stale(db, kind, now - stale_after, limit, spared)
            if taken:
                name = _TABLES[kind].name
                db.executemany(f"DELETE FROM {name} WHERE id = ?", [(row.id,) for row in taken])
                rows: list[Json] = [{"id": row.id, "last_sign": row.last_sign, **row.told} for row in taken]
                what = taken[0].id if len(taken) == 1 else f"{taken[0].id} and {len(taken) - 1} more"
                _audit(db, [AuditRow(now, self.hub, kind, what, cause, len(taken), {"rows": rows})])
        return taken

    # The log of health

    def append_health(self, snapshots: Sequence[Entry]) -> None:
        """Write snapshots; those that are in already are passed over.

        A number that is not greater than the last in the log (of a hub that could not read it when it began) becomes
        the next one: numbers are unique and only grow.
        """
        with self._transaction() as db:
            last = int(db.execute("SELECT coalesce(max(seq), 0) FROM health_log").fetchone()[0])
            for item in snapshots:
                same = "SELECT 1 FROM health_log WHERE (at, hub, event) = (?, ?, ?)"
                if db.execute(same, (item.at, self.hub, item.event)).fetchone():
                    continue
                last = max(last + 1, item.seq)
                signals = json.dumps({name: _reading(signal) for name, signal in item.signals.items()})
                db.execute(
                    "INSERT INTO health_log (seq, at, hub, state, pressure, cause, event, signals)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (last, item.at, self.hub, item.state, item.pressure, _text(item.cause), item.event, signals),
                )

    def last_health(self) -> tuple[int, float] | None:
        """Number and time of the latest entry; None when there is none."""
        with self._transaction(writes=False) as db:
            row = db.execute("SELECT seq, at FROM health_log ORDER BY seq DESC LIMIT 1").fetchone()
        return None if row is None else (int(row[0]), float(row[1]))

    def health_since(self, *, seq: int = 0, at: float = 0.0, limit: int = 1000) -> list[HealthRow]:
        """At most `limit` entries after number `seq` and not before the time `at`, in order."""
        with self._transaction(writes=False) as db:
            rows = db.execute(
                "SELECT seq, at, hub, state, pressure, cause, event, signals FROM health_log"
                " WHERE seq > ? AND at >= ? ORDER BY seq LIMIT ?",
                (seq, at, limit),
            ).fetchall()
        return [HealthRow(*(*columns, json.loads(signals))) for *columns, signals in rows]

    def thin_health(self, now: float) -> int:
        """Thin what is older than a day to one entry a minute, remove what is older than thirty; how many went.

        Of a minute the entry of greatest pressure stays, and every one that is more than a sample. The last entry
        stays whatever its age, for its number. One call does two hours of the log: call until nothing goes.
        """
        with self._transaction() as db:
            oldest = db.execute("SELECT min(at) FROM health_log WHERE is_fine = 1").fetchone()[0]
            went = 0
            if oldest is not None:
                until = min((now - FINE_S) // _MINUTE_S, oldest // _MINUTE_S + _MINUTES_AT_ONCE) * _MINUTE_S
                went = db.execute(
                    "DELETE FROM health_log WHERE is_fine = 1 AND at < ?1 AND event = ''"
                    " AND seq < (SELECT max(seq) FROM health_log) AND seq NOT IN (SELECT seq FROM (SELECT seq,"
                    "  row_number() OVER (PARTITION BY CAST(at AS INTEGER) / 60 ORDER BY pressure DESC, seq) AS place"
                    "  FROM health_log WHERE is_fine = 1 AND at < ?1) AS placed WHERE place = 1)",
                    (until,),
                ).rowcount
                db.execute("UPDATE health_log SET is_fine = 0 WHERE is_fine = 1 AND at < ?", (until,))
            old = "DELETE FROM health_log WHERE at < ? AND seq < (SELECT max(seq) FROM health_log)"
            return went + db.execute(old, (now - KEPT_S,)).rowcount

    # The audit log

    def append_audit(self, rows: Iterable[AuditRow]) -> None:
        with self._transaction() as db:
            _audit(db, rows)

    def audit_since(self, seq: int = 0, limit: int = 1000) -> list[AuditRow]:
        """At most `limit` entries after number `seq`, in order."""
        with self._transaction(writes=False) as db:
            rows = db.execute(
                "SELECT at, hub, kind, what, cause, count, detail, seq FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
                (seq, limit),
            ).fetchall()
        return [AuditRow(*(*columns, json.loads(detail), seq)) for *columns, detail, seq in rows]

    def thin_audit(self, now: float) -> int:
        """Remove what is older than thirty days; how many entries went."""
        with self._transaction() as db:
            return db.execute("DELETE FROM audit WHERE at < ?", (now - KEPT_S,)).rowcount

    # Accounts

    def add_to_accounts(self, used: Iterable[Account], batch: str) -> None:
        """Add what was used to the accounts of its contexts; `batch` is a name that no other call ever has.

        A batch that was added in the last day is not added again, so a call that may have failed can be repeated.
        """
        now = time.time()
        with self._transaction() as db:
            db.execute("DELETE FROM account_batches WHERE at < ?", (now - _BATCHES_KNOWN_S,))
            if db.execute(
                "INSERT INTO account_batches VALUES (?, ?) ON CONFLICT (batch) DO NOTHING", (batch, now)
            ).rowcount:
                db.executemany(
                    f"INSERT INTO accounts (context, {', '.join(_FIGURES)})"
                    f" VALUES (?{', ?' * len(_FIGURES)}) ON CONFLICT (context) DO UPDATE SET "
                    + ", ".join(f"{name} = accounts.{name} + excluded.{name}" for name in _FIGURES),
                    [(_text(item.context), *_USED(item)) for item in used],
                )

    def accounts(self) -> dict[str, Account]:
        """What every context has used, by its name."""
        with self._transaction(writes=False) as db:
            rows = db.execute(f"SELECT context, {', '.join(_FIGURES)} FROM accounts").fetchall()
        return {row[0]: Account(*row) for row in rows}


def _find_stale(db: Connection, kind: Kind, silent_since: float, limit: int, spared: Iterable[str]) -> list[Stale]:
    """In the order in which rows lie in the file: removing neighbours touches few pages."""
    table, hubs = _TABLES[kind], [_text(hub) for hub in spared]
    others = f" AND hub NOT IN ({', '.join('?' * len(hubs))})" if hubs else ""
    rows = db.execute(
        f"SELECT id, hub, {table.sign}, {', '.join(table.told)} FROM {table.name} WHERE {table.sign} <= ?"
        f"{others} ORDER BY id LIMIT ?",
        (silent_since, *hubs, limit if limit >= 0 else _ALL),
    ).fetchall()
    return [Stale(row[0], row[1], row[2], dict(zip(table.told, row[3:], strict=True))) for row in rows]


def _audit(db: Connection, rows: Iterable[AuditRow]) -> None:
    """Write entries of the audit log; the same entry twice is one."""
    db.executemany(
        "INSERT INTO audit (at, hub, kind, what, cause, count, detail) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (at, hub, kind, what, cause) DO NOTHING",
        [
            (row.at, _text(row.hub), row.kind, _text(row.what), _text(row.cause), row.count, json.dumps(row.detail))
            for row in rows
        ],
    )


def _reading(signal: Reading) -> list[Json]:
    """Four digits are more than any signal is good for, and a day has 86,400 entries."""
    numbers: list[Json] = [float(f"{signal.value:.4g}"), float(f"{signal.pressure:.4g}")]
    return [*numbers, signal.cause] if signal.cause else numbers


def _text(text: str) -> str:
    """Names need not be UTF-8, SQLite's text must be: what is none is spelled out."""
    return text.encode("utf-8", "backslashreplace").decode()
