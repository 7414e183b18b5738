"""`grym jobs` as operations and documents: the same whether a hub runs or not."""

from __future__ import annotations

import datetime
import math
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..jobs.reaper import DEAD_S
from ..storage.opening import is_shared, open_job_store
from ..storage.store import StoreUnavailable
from .protocol import Emit

if TYPE_CHECKING:
    from ..config import Config
    from ..hub import Hub
    from ..jobs.book import JobBook
    from ..jobs.port import ItemReport, Job, Jobs
    from ..messages import Json
    from ..storage.jobs import JobStore

_PRIVATE = ("call",)  # kinds whose jobs tell only their beginner what they are about
_NAMED = 100  # failed items that a document names


async def perform_jobs(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Carry out `grym jobs` in a running hub; one that lives for this command only stays until the work is done."""
    jobs, do = hub.jobs, operation["do"]
    if do == "list":
        if operation["follow"]:
            await jobs.resume()
            for job in await jobs.every():
                if not job.has_ended and job.kind in jobs.kinds:
                    await follow(jobs, job.id, emit, is_told=operation["stream"])
        emit({"document": await _list(jobs)})
        return 0
    if do == "retry":
        await jobs.retry(operation["id"])
    if operation["follow"] or (do == "retry" and operation.get("alone")):
        await jobs.resume()
        job = await follow(jobs, operation["id"], emit, is_told=operation["stream"])
        emit({"document": await _whole(jobs, job)})
        return 0 if job.state == "done" else 5
    emit({"document": await _one(jobs, operation)})
    return 0


async def jobs_without_hub(config: Config, operation: Mapping[str, Any]) -> dict[str, Json]:
    """The document of `grym jobs` where no hub runs, from the file alone."""
    book = book_without_hub(config)
    try:
        return await _list(book) if operation["do"] == "list" else await _one(book, operation)
    finally:
        book.store.close()


def book_without_hub(config: Config) -> JobBook:
    """The jobs of a home in which nobody works on them."""
    from ..jobs.book import JobBook

    store = open_job_store(config)

    def held() -> str:
        if is_shared(config):
            return "" if working(store) else "nobody works on it; `grym serve` or `grym worker` does"
        return "paused" if config.pause_path.exists() else "no hub runs; `grym serve` goes on with it"

    return JobBook(store, held=held)


def jobs_status(book: JobBook, *, has_workers: bool) -> dict[str, Json]:
    """What the status says of jobs, also when they cannot be read; waits for the store."""
    told: dict[str, Json] = {"jobs": book.counts()}
    if has_workers:
        with suppress(StoreUnavailable):
            told["workers"] = working(book.store)
    return told


def working(store: JobStore) -> list[Json]:
    """Who works on the jobs of a store that machines share, for the status."""
    return [
        {
            "name": row.id,
            "host": row.host,
            "cpus": row.cpus,
            "ram_gb": round(row.ram_gb, 1),
            "items": row.items,
            "silent_s": round(max(0.0, row.silent_s), 1),
        }
        for row in store.executors()
        if row.state == "alive" and row.silent_s < DEAD_S
    ]


def jobs_status_without_hub(config: Config) -> dict[str, Json]:
    """How many jobs wait in a home in which nobody works on them, and who else does."""
    book = book_without_hub(config)
    try:
        return jobs_status(book, has_workers=is_shared(config))
    finally:
        book.store.close()


async def follow(jobs: Jobs, id: str, emit: Emit, *, is_told: bool = False) -> Job:
    """Tell how far a job is until it has ended; with `is_told` as documents, else for the person who waits."""
    async for job in jobs.follow(id):
        if is_told and not job.has_ended:
            emit({"document": job_to_json(job)})
        elif not is_told:
            told, share = progress_in_words(job_to_json(job)), job.progress.fraction
            emit({"progress": {"step": job.id, "subject": job.title, "fraction": share, "message": told}})
    return job


def job_to_json(job: Job) -> dict[str, Json]:
    """A job as a document; times are ISO 8601, `left_s` is the range in which the work left is done, or null."""
    progress, finish, now = job.progress, job.finish, time.time()
    return {
        "id": job.id,
        "kind": job.kind,
        "title": job.title,
        "state": job.state,
        "cause": job.cause,
        "done": progress.done,
        "failed": progress.failed,
        "total": progress.total,
        "listed": progress.is_listed,
        "fraction": round(progress.fraction, 4),
        "created": _iso(job.created),
        "started": _iso(job.started),
        "ended": _iso(job.ended),
        "finish": None if finish is None else [_iso(finish.earliest), _iso(finish.latest)],
        "left_s": None if finish is None else [round(max(0.0, at - now), 1) for at in (finish.earliest, finish.latest)],
        "executor": job.executor,
        "attempts": job.attempts,
        "context": job.context,
        "params": {} if job.kind in _PRIVATE else dict(job.params),
        "result": job.result,
    }


def progress_in_words(job: Mapping[str, Any]) -> str:
    """How far the job of a document is: "312 of 1,000 done, 2 failed, 4 to 6 min left"."""
    told = [f"{job['done']:,} of {job['total']:,}{'' if job['listed'] else ' or more'} done"]
    if job["failed"]:
        told.append(f"{job['failed']:,} failed")
    if job["state"] == "running":
        told.append(job["cause"] or left_in_words(job["left_s"]))
    elif job["state"] != "done" and job["cause"] != job["state"]:
        told.append(job["cause"])
    return ", ".join(filter(None, told))


def left_in_words(left_s: tuple[float, float] | None) -> str:
    """When work will be done, as a range in the unit that suits it, or that nobody can know yet."""
    if left_s is None:
        return "time left unknown yet"
    earliest, latest = left_s
    unit, length = next(
        ((unit, length) for unit, length in (("h", 3600.0), ("min", 60.0)) if latest >= 2.0 * length), ("s", 1.0)
    )
    low, high = int(earliest / length), math.ceil(latest / length)
    return f"{high} {unit} left" if low == high else f"{low} to {high} {unit} left"


async def _list(jobs: JobBook) -> dict[str, Json]:
    return {"jobs": [job_to_json(job) for job in await jobs.every()]}


async def _one(jobs: JobBook, operation: Mapping[str, Any]) -> dict[str, Json]:
    if operation["do"] == "cancel":
        await jobs.cancel(operation["id"])
    return await _whole(jobs, await jobs.show(operation["id"]))


async def _whole(jobs: JobBook, job: Job) -> dict[str, Json]:
    """A job with the items that failed and why."""
    failed = await jobs.items(job.id, "failed", limit=_NAMED)
    return {**job_to_json(job), "failed_items": [_item_to_json(item) for item in failed]}


def _item_to_json(item: ItemReport) -> dict[str, Json]:
    return {
        "key": item.key,
        "payload": item.payload,
        "code": item.code,
        "reason": item.reason,
        "attempts": item.attempts,
    }


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="seconds")
