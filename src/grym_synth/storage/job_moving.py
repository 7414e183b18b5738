"""The jobs of one store, copied into another: with their history, and what has not ended goes on there.

It is done while no hub of the home runs, each job with its items in one transaction: one that is there already, from an
earlier copy, is replaced. Executors stay behind, so what was in somebody's hands waits for the next.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .job_ground import JobGround
from .moving import Compared, OnProgress, bytes_of
from .store import Connection

_JOB = (
    "id", "kind", "title", "params", "context", "only_one", "state", "cause", "run", "retries", "created", "started",
    "ended", "is_listed", "total", "done", "failed", "size", "size_ended", "changes", "result",
)  # fmt: skip
_ITEM = (
    "place", "key", "payload", "size", "state", "attempts", "not_before", "began", "ended", "result", "code", "reason",
)  # fmt: skip
_AT_ONCE = 1000


def count_jobs(ground: JobGround) -> int:
    """How many jobs there are."""
    if not ground.is_there:
        return 0
    with ground.transaction(writes=False) as db:
        return int(db.execute("SELECT count(*) FROM jobs").fetchone()[0])


def copy_jobs(source: JobGround, target: JobGround, on_progress: OnProgress) -> None:
    """Copy every job; raises StoreUnavailable where one of them cannot be read or written."""
    if source.engine == target.engine:  # two stores of one home, whose jobs lie in one file
        return
    count, ids = count_jobs(source), set[str]()
    for done, (number, job) in enumerate(_jobs(source) if count else (), start=1):
        ids.add(job[0])
        with target.transaction(alone=True) as db:
            _remove(db, job[0])
            _add(db, job, _items(source, number))
        on_progress("jobs", done, max(count, done))
    if isinstance(
        target.engine, str
    ):  # what was forgotten since an earlier copy; the file of a home may have had others
        for _, job in list(_jobs(target)):
            if job[0] not in ids:
                with target.transaction(alone=True) as db:
                    _remove(db, job[0])


def compare_jobs(source: JobGround, target: JobGround) -> Compared:
    """Every job of the source with what the target has under its id, by their number and a hash of all."""
    here, there, rows, rows_there = hashlib.sha256(), hashlib.sha256(), 0, 0
    for number, job in _jobs(source) if count_jobs(source) else ():
        rows += 1
        _tell(here, job, _items(source, number))
        found = next(_jobs(target, "WHERE id = ?", (job[0],)), None)
        if found is not None:
            rows_there += 1
            _tell(there, found[1], _items(target, found[0]))
    return Compared("jobs", rows, rows_there, here.digest() == there.digest())


def _jobs(ground: JobGround, where: str = "", values: tuple[Any, ...] = ()) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Each job as it goes on in another store, with its number here."""
    with ground.transaction(writes=False) as db:
        rows = db.execute(f"SELECT number, {', '.join(_JOB)} FROM jobs {where} ORDER BY number", values).fetchall()
    for number, *job in rows:
        if job[_JOB.index("state")] == "running":
            job[_JOB.index("state")], job[_JOB.index("cause")] = "waiting", ""
        yield int(number), tuple(job)


def _items(ground: JobGround, number: int) -> Iterator[tuple[Any, ...]]:
    after = -1
    while True:
        query = f"SELECT {', '.join(_ITEM)} FROM job_items WHERE job = ? AND place > ? ORDER BY place LIMIT {_AT_ONCE}"
        with ground.transaction(writes=False) as db:
            rows = db.execute(query, (number, after)).fetchall()
        for row in rows:
            item = list(row)
            if item[_ITEM.index("state")] == "running":
                item[_ITEM.index("state")], item[_ITEM.index("began")] = "waiting", None
            yield tuple(item)
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0]


def _remove(db: Connection, id: str) -> None:
    db.execute("DELETE FROM job_items WHERE job IN (SELECT number FROM jobs WHERE id = ?)", (id,))
    db.execute("DELETE FROM jobs WHERE id = ?", (id,))


def _add(db: Connection, job: tuple[Any, ...], items: Iterator[tuple[Any, ...]]) -> None:
    marks = ", ".join("?" * len(_JOB))
    insert = f"INSERT INTO jobs ({', '.join(_JOB)}) VALUES ({marks}) RETURNING number"
    (number,) = db.execute(insert, job).fetchone()
    marks = ", ".join("?" * (len(_ITEM) + 1))
    insert = f"INSERT INTO job_items (job, {', '.join(_ITEM)}) VALUES ({marks})"
    while some := list(islice(items, _AT_ONCE)):
        db.executemany(insert, [(number, *item) for item in some])


def _tell(told: Any, job: tuple[Any, ...], items: Iterator[tuple[Any, ...]]) -> None:
    for row in (job, *items):
        for value in row:
            told.update(bytes_of(value))
