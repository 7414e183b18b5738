"""The rows of jobs: what there is to do, who does it, what came of it.

They lie in a file of their own beside the store of one machine, and in the store itself where several share one. Every
method is one short transaction. What an executor writes goes in only while nobody has declared it dead, which is looked
up in the same transaction; until that ends nobody can.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from ..messages import Json
from .job_file import JobFile
from .job_ground import JobGround
from .job_rows import (
    Claimed,
    Ended,
    Executor,
    ExecutorRow,
    Fenced,
    ItemRow,
    JobRow,
    NewItem,
    NewJob,
    Place,
    SilentExecutor,
)
from .store import Connection, from_text, to_text

_NAMES = tuple(column.name for column in fields(JobRow))
_UNFINISHED = "state IN ('waiting', 'running')"
_NOWHERE = Place()
_LISTED_AT_ONCE = 500


class JobStore:
    """Jobs, their items, and the executors that work on them.

    where : a file of a home, or where else they are
    """

    def __init__(self, where: Path | JobGround) -> None:
        self._ground: JobGround = JobFile(where) if isinstance(where, Path) else where
        self._now = self._ground.now

    @property
    def engine(self) -> Path | str:
        """Where the engine of jobs keeps its own."""
        return self._ground.engine

    @property
    def is_there(self) -> bool:
        """Whether there may be jobs."""
        return self._ground.is_there

    def close(self) -> None:
        self._ground.close()

    def empty_log(self) -> None:
        """Leave no trace of what was deleted in what is written ahead, as far as nobody else reads it."""
        self._ground.empty_log()

    # Jobs

    def add(self, job: NewJob) -> str:
        """Write a job down and give its id, or that of the unfinished one that stands in its place."""
        with self._ground.transaction(survives_power=True, alone=True) as db:
            if job.only_one:
                same = f"SELECT id FROM jobs WHERE kind = ? AND only_one = ? AND {_UNFINISHED}"
                row = db.execute(same, (job.kind, to_text(job.only_one))).fetchone()
                if row is not None:
                    return str(row[0])
            db.execute(
                "INSERT INTO jobs (id, kind, title, params, context, only_one, state, created)"
                f" VALUES (?, ?, ?, ?, ?, ?, 'waiting', {self._now})",
                (
                    job.id,
                    job.kind,
                    to_text(job.title),
                    json.dumps(dict(job.params)),
                    to_text(job.context),
                    to_text(job.only_one),
                ),
            )
        return job.id

    def find(self, prefix: str, limit: int = 2) -> list[JobRow]:
        """Jobs whose id begins so; one with exactly that id stands alone."""
        rows = self._jobs("WHERE id = ?", (prefix,))
        if rows or not prefix:
            return rows
        return self._jobs("WHERE substr(id, 1, ?) = ? ORDER BY number LIMIT ?", (len(prefix), prefix, limit))

    def job(self, id: str) -> JobRow | None:
        rows = self._jobs("WHERE id = ?", (id,))
        return rows[0] if rows else None

    def latest(self, limit: int) -> list[JobRow]:
        """The newest first."""
        return self._jobs("ORDER BY number DESC LIMIT ?", (limit,))

    def unfinished(self) -> list[JobRow]:
        """In the order in which they were started."""
        return self._jobs(f"WHERE {_UNFINISHED} ORDER BY number", ())

    def counts(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        with self._ground.transaction(writes=False) as db:
            return dict(db.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall())

    def begin(self, id: str, executor: Executor) -> bool:
        """Whether the job is to be worked on; by this executor, if so."""
        with self._fenced(executor) as db:
            return bool(
                db.execute(
                    "UPDATE jobs SET state = 'running', cause = '', executor = ?, changes = changes + 1,"
                    f" started = coalesce(started, {self._now}) WHERE id = ? AND {_UNFINISHED}",
                    (executor.id, id),
                ).rowcount
            )

    def end(self, id: str, state: str, cause: str, result: Json, executor: Executor) -> None:
        """Write how a job ended; one that has ended already stays as it is."""
        with self._fenced(executor) as db:
            db.execute(
                f"UPDATE jobs SET state = ?, cause = ?, result = ?, executor = '', ended = {self._now},"
                f" changes = changes + 1 WHERE id = ? AND {_UNFINISHED}",
                (state, to_text(cause), json.dumps(result), id),
            )

    def cancel(self, id: str, cause: str) -> None:
        with self._ground.transaction(survives_power=True) as db:
            db.execute(
                f"UPDATE jobs SET state = 'cancelled', cause = ?, executor = '', ended = {self._now},"
                f" changes = changes + 1 WHERE id = ? AND {_UNFINISHED}",
                (to_text(cause), id),
            )

    def retry(self, id: str) -> bool:
        """Let an ended job go on with what is not done; False when it has not ended or nothing is left undone."""
        with self._ground.transaction(survives_power=True) as db:
            row = db.execute(
                "SELECT number, state, is_listed, total - done FROM jobs"
                f" WHERE id = ? AND NOT {_UNFINISHED}{self._ground.mine}",
                (id,),
            ).fetchone()
            if row is None or (row[1] == "done" and row[2] and not row[3]):
                return False
            number = row[0]
            size = "SELECT coalesce(sum(size), 0) FROM job_items WHERE job = ? AND state = 'failed'"
            failed_size = db.execute(size, (number,)).fetchone()[0]
            db.execute(
                "UPDATE job_items SET state = 'waiting', attempts = 0, not_before = 0, code = '', reason = ''"
                " WHERE job = ? AND state = 'failed'",
                (number,),
            )
            db.execute(
                "UPDATE jobs SET state = 'waiting', cause = '', run = run + 1, retries = retries + 1, ended = NULL,"
                " failed = 0, size_ended = size_ended - ?, changes = changes + 1 WHERE number = ?",
                (failed_size, number),
            )
        return True

    def run_again(self, id: str, run: int) -> None:
        """Give a job another run, when the one that it had ended without it."""
        with self._ground.transaction() as db:
            db.execute(f"UPDATE jobs SET run = run + 1 WHERE id = ? AND run = ? AND {_UNFINISHED}", (id, run))

    def ended_before(self, at: float) -> dict[str, float]:
        """Jobs that ended before a time of day, and when each did; the oldest first."""
        if not self.is_there:
            return {}
        query = f"SELECT id, ended FROM jobs WHERE NOT {_UNFINISHED} AND ended < ? ORDER BY ended LIMIT 100"
        with self._ground.transaction(writes=False) as db:
            return dict(db.execute(query, (at,)).fetchall())

    def forget(self, id: str) -> int:
        """Remove a job that has ended, with its items; 1, or 0 when it goes on again or is gone already."""
        with self._ground.transaction() as db:
            row = db.execute(f"DELETE FROM jobs WHERE id = ? AND NOT {_UNFINISHED} RETURNING number", (id,)).fetchone()
            if row is None:
                return 0
            db.execute("DELETE FROM job_items WHERE job = ?", row)
        return 1

    # Items

    def list_items(self, job: int, items: Sequence[NewItem], executor: Executor) -> bool:
        """Add items to a job, but for those that it has already; False when the job has ended."""
        with self._fenced(executor) as db:
            return self._list_items(db, job, items)

    def close_list(self, job: int, executor: Executor) -> None:
        """Every item of a job is listed."""
        with self._fenced(executor) as db:
            db.execute("UPDATE jobs SET is_listed = 1, changes = changes + 1 WHERE number = ?", (job,))

    def claim(self, job: int, executor: Executor) -> Claimed | None:
        """Take the next item that waits; None when none does, or the job has ended. What was begun before goes last."""
        with self._fenced(executor) as db:
            row = db.execute(
                "SELECT place, key, payload, attempts FROM job_items WHERE job = ? AND state = 'waiting'"
                " AND EXISTS (SELECT 1 FROM jobs WHERE number = job AND state = 'running')"
                f" AND not_before <= {self._now}"
                f" ORDER BY attempts, place LIMIT 1{self._ground.of_nobody}",
                (job,),
            ).fetchone()
            if row is None:
                return None
            db.execute(
                f"UPDATE job_items SET state = 'running', attempts = attempts + 1, executor = ?, token = ?,"
                f" began = {self._now} WHERE job = ? AND place = ?",
                (executor.id, executor.token, job, row[0]),
            )
        return Claimed(job, row[0], from_text(row[1]), json.loads(row[2]), row[3] + 1)

    def finish(self, item: Claimed, result: Json, executor: Executor, more: Sequence[NewItem] = ()) -> None:
        """Keep the result of an item that is done, and list what it found."""
        self._end_item(item, "done", result, "", "", executor, more)

    def fail(self, item: Claimed, code: str, reason: str, executor: Executor) -> None:
        """Write down why an item cannot be done."""
        self._end_item(item, "failed", None, code, reason, executor)

    def put_back(self, item: Claimed, executor: Executor, after: float) -> None:
        """Let an item wait again, for `after` seconds at least."""
        with self._fenced(executor) as db:
            db.execute(
                f"UPDATE job_items SET state = 'waiting', not_before = {self._now} + ?, executor = ''"
                " WHERE (job, place, state, executor, token) = (?, ?, 'running', ?, ?)",
                (after, item.job, item.place, executor.id, executor.token),
            )

    def free_items(self, job: int, executor: Executor) -> int:
        """What an executor had begun of a job and will not end waits again, and was no attempt; how many items."""
        with self._fenced(executor) as db:
            return _free_items(db, executor.id, job, counts=False)

    def has_open_items(self, job: int) -> bool:
        """Whether an item of a job that goes on waits, is in somebody's hands, or may still be listed."""
        query = (
            "SELECT EXISTS (SELECT 1 FROM jobs WHERE number = ?1 AND state = 'running') AND ("
            " EXISTS (SELECT 1 FROM jobs WHERE number = ?1 AND is_listed = 0)"
            " OR EXISTS (SELECT 1 FROM job_items WHERE job = ?1 AND state = 'waiting')"
            " OR EXISTS (SELECT 1 FROM job_items WHERE job = ?1 AND state = 'running'))"
        )
        with self._ground.transaction(writes=False) as db:
            return bool(db.execute(query, (job,)).fetchone()[0])

    def items(self, job: int, state: str | None, limit: int) -> list[ItemRow]:
        """In the order listed."""
        where, values = ("", ()) if state is None else ("AND state = ? ", (state,))
        query = (
            "SELECT key, state, attempts, ended - began, payload, result, code, reason FROM job_items"
            f" WHERE job = ? {where}ORDER BY place LIMIT ?"
        )
        with self._ground.transaction(writes=False) as db:
            rows = db.execute(query, (job, *values, limit)).fetchall()
        return [
            ItemRow(
                from_text(key), found, attempts, s, json.loads(payload), json.loads(result), code, from_text(reason)
            )
            for key, found, attempts, s, payload, result, code, reason in rows
        ]

    def with_items(self, kind: str, keys: Collection[str]) -> set[str]:
        """The jobs of a kind that have an item with one of these keys."""
        if not self.is_there:
            return set()
        query = "SELECT id, key FROM job_items JOIN jobs ON number = job WHERE kind = ?"
        stored = {to_text(key) for key in keys}
        with self._ground.transaction(writes=False) as db:
            return {id for id, key in db.execute(query, (kind,)) if key in stored}

    def ended_lately(self, job: int, limit: int) -> list[Ended]:
        """The items that were done last, the latest first."""
        query = (
            "SELECT size, began, ended FROM job_items WHERE job = ? AND state = 'done'"
            " AND began IS NOT NULL ORDER BY ended DESC LIMIT ?"
        )
        with self._ground.transaction(writes=False) as db:
            return [Ended(*row) for row in db.execute(query, (job, limit))]

    # Executors

    def register(self, id: str, pid: int, place: Place = _NOWHERE) -> Executor:
        """Begin as this executor. Whoever was it before is fenced off, and what he had begun waits again."""
        with self._ground.transaction() as db:
            row = db.execute(
                "INSERT INTO job_executors (id, token, state, pid, heartbeat, host, cpus, ram_gb, since)"
                f" VALUES (?, 1, 'alive', ?, {self._now}, ?, ?, ?, {self._now})"
                " ON CONFLICT (id) DO UPDATE SET token = job_executors.token + 1, state = 'alive', pid = excluded.pid,"
                " heartbeat = excluded.heartbeat, host = excluded.host, cpus = excluded.cpus,"
                " ram_gb = excluded.ram_gb, since = excluded.since RETURNING token",
                (id, pid, to_text(place.host), place.cpus, place.ram_gb),
            ).fetchone()
            _free_items(db, id)  # after the row, for which whoever was it and still writes is waited for
        return Executor(id, row[0])

    def beat(self, executor: Executor) -> None:
        """Give a sign of life; raises Fenced when it comes too late."""
        with self._fenced(executor) as db:
            db.execute(f"UPDATE job_executors SET heartbeat = {self._now} WHERE id = ?", (executor.id,))

    def leave(self, executor: Executor) -> None:
        """End as this executor, of one's own will: what it had begun waits again, and was no attempt."""
        with self._fenced(executor) as db:
            _free_items(db, executor.id, counts=False)
            db.execute("UPDATE job_executors SET state = 'gone' WHERE id = ?", (executor.id,))

    def silent(self, after: float) -> list[SilentExecutor]:
        """Executors without a sign of life for `after` seconds."""
        query = (
            f"SELECT id, token, {self._now} - heartbeat, (SELECT count(*) FROM job_items"
            "  WHERE executor = job_executors.id AND state = 'running')"
            f" FROM job_executors WHERE state = 'alive' AND heartbeat <= {self._now} - ? ORDER BY id"
        )
        with self._ground.transaction(writes=False) as db:
            return [SilentExecutor(id, *rest) for id, *rest in db.execute(query, (after,))]

    def declare_dead(self, id: str, token: int, after: float) -> int | None:
        """Fence off a silent executor and let others do what it had begun: how many items; None when it lives."""
        with self._ground.transaction() as db:
            dead = db.execute(
                "UPDATE job_executors SET state = 'dead', token = token + 1"
                f" WHERE id = ? AND token = ? AND state = 'alive' AND heartbeat <= {self._now} - ?",
                (id, token, after),
            ).rowcount
            return _free_items(db, id) if dead else None

    def executors(self) -> list[ExecutorRow]:
        """Who works on the jobs, or did."""
        if not self.is_there:
            return []
        query = (
            f"SELECT id, token, state, pid, host, cpus, ram_gb, since, {self._now} - heartbeat,"
            " (SELECT count(*) FROM job_items WHERE executor = job_executors.id AND state = 'running')"
            " FROM job_executors ORDER BY id"
        )
        with self._ground.transaction(writes=False) as db:
            return [
                ExecutorRow(id, token, state, pid, from_text(host), *rest)
                for id, token, state, pid, host, *rest in db.execute(query)
            ]

    # The connection

    @contextmanager
    def _fenced(self, executor: Executor) -> Iterator[Connection]:
        """A transaction for what an executor writes; raises Fenced, and writes nothing, when it was declared dead."""
        with self._ground.transaction() as db:
            query = f"SELECT 1 FROM job_executors WHERE id = ? AND token = ? AND state = 'alive'{self._ground.still}"
            if db.execute(query, (executor.id, executor.token)).fetchone() is None:
                raise Fenced(f"{executor.id!r} was silent for too long, or another process goes by this name")
            yield db

    def _end_item(
        self,
        item: Claimed,
        state: str,
        result: Json,
        code: str,
        reason: str,
        executor: Executor,
        more: Sequence[NewItem] = (),
    ) -> None:
        with self._fenced(executor) as db:
            row = db.execute(
                f"UPDATE job_items SET state = ?, result = ?, code = ?, reason = ?, ended = {self._now}"
                " WHERE (job, place, state, executor, token) = (?, ?, 'running', ?, ?) RETURNING size",
                (
                    state,
                    json.dumps(result),
                    code,
                    to_text(reason),
                    item.job,
                    item.place,
                    executor.id,
                    executor.token,
                ),
            ).fetchone()
            if row is not None:
                column = "done" if state == "done" else "failed"
                db.execute(
                    f"UPDATE jobs SET {column} = {column} + 1, size_ended = size_ended + ?, changes = changes + 1"
                    " WHERE number = ?",
                    (row[0], item.job),
                )
                if more:
                    self._list_items(db, item.job, more)

    def _list_items(self, db: Connection, job: int, items: Sequence[NewItem]) -> bool:
        """Add items to a job, but for those that it has already; False when the job has ended."""
        db.execute(f"SELECT 1 FROM jobs WHERE number = ?{self._ground.mine}", (job,))  # one lists at a time
        place = int(db.execute("SELECT coalesce(max(place), 0) FROM job_items WHERE job = ?", (job,)).fetchone()[0])
        count, size, new = 0, 0.0, dict[str, NewItem]()
        for item in items:
            new.setdefault(to_text(item.key), item)
        listed = [(job, key, json.dumps(item.payload), item.size) for key, item in new.items()]
        for start in range(0, len(listed), _LISTED_AT_ONCE):  # few statements: a server may be far away
            rows = listed[start : start + _LISTED_AT_ONCE]
            marks = ", ".join("?" * len(rows))
            known = f"SELECT key FROM job_items WHERE job = ? AND key IN ({marks})"
            there = {key for (key,) in db.execute(known, (job, *(row[1] for row in rows)))}
            rows = [row for row in rows if row[1] not in there]
            if rows:
                values = [value for at, row in enumerate(rows) for value in (row[0], place + count + at + 1, *row[1:])]
                places = ", ".join(["(?, ?, ?, ?, ?)"] * len(rows))
                db.execute(f"INSERT INTO job_items (job, place, key, payload, size) VALUES {places}", values)
                count, size = count + len(rows), size + sum(row[3] for row in rows)
        added_to = "UPDATE jobs SET total = total + ?, size = size + ?, changes = changes + 1 WHERE number = ?"
        return bool(db.execute(f"{added_to} AND {_UNFINISHED}", (count, size, job)).rowcount)

    def _jobs(self, where: str, values: tuple[object, ...]) -> list[JobRow]:
        if not self.is_there:  # to look is no reason to make it
            return []
        with self._ground.transaction(writes=False) as db:
            return [_job(row) for row in db.execute(f"SELECT {', '.join(_NAMES)} FROM jobs {where}", values).fetchall()]


def _free_items(db: Connection, executor: str, job: int | None = None, *, counts: bool = True) -> int:
    """What an executor had begun, of one job or of all, waits again; how many items that are."""
    of_job, values = ("", ()) if job is None else (" AND job = ?", (job,))
    return db.execute(
        "UPDATE job_items SET state = 'waiting', executor = '', attempts = attempts - ?"
        f" WHERE executor = ? AND state = 'running'{of_job}",
        (not counts, executor, *values),
    ).rowcount


def _job(row: Sequence[Any]) -> JobRow:
    values = dict(zip(_NAMES, row, strict=True))
    for name in ("title", "context", "cause"):
        values[name] = from_text(values[name])
    for name in ("params", "result"):
        values[name] = json.loads(values[name])
    return JobRow(**{**values, "is_listed": bool(values["is_listed"])})
