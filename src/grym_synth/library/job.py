"""An index as a durable job: one item for each content that is to be listened to."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from ..errors import Unavailable, UnusableAudio
from ..jobs.port import Item as JobItem
from ..jobs.port import Job, Jobs, Kind, Work
from ..messages import Json
from ..storage.sqlite import StoreUnavailable
from .finding import Item
from .index import Index, OnReport, Report, Run
from .tally import Tally, work_of

INDEX = "index"
_TRIES = 3
_LITTLE_S = 20.0  # of one core: less is done before a job has begun


async def index_folders(
    index: Index,
    jobs: Jobs,
    roots: Sequence[str],
    on_report: OnReport,
    *,
    workers: int,
    retry: bool = False,
) -> Run:
    """Bring the library up to date with these folders; what takes long is a job, which outlives this hub.

    workers : recordings that are listened to at once, as far as there is room

    Raises
    ------
    BadRequest
        None of them is a folder that can be looked into.
    Unavailable
        The library cannot be written.
    """
    index.check(roots)
    word = uuid.uuid4().hex
    run = index.runs[word] = Run(room=asyncio.Semaphore(workers))

    def report(doing: str, path: str = "") -> None:
        on_report(Report(doing, path, run.tally))

    try:
        await index.find(roots, run.tally, report, run.items.append, retry=retry)
        if sum(work_of(item.size) for item in run.items) <= _LITTLE_S:
            await index.listen_to_all(run.items, run.tally, on_report, workers=workers)
        else:
            await _end_orphans(index, jobs, roots)
            params: dict[str, Json] = {"folders": list(roots), "run": word, "retry": retry}
            await _follow(jobs, await jobs.start(INDEX, params), run, on_report)
        index.count_failed(roots, run.tally)
    finally:
        del index.runs[word]
    return run


def index_kind(index: Index, *, at_once: int) -> Kind:
    """Index as a sort of job.

    at_once : recordings that this hub listens to at once
    """

    def items(params: Mapping[str, Json]) -> Iterable[JobItem]:
        run = index.runs.get(str(params["run"]))
        if run is None:  # it was begun by a hub that is no more
            search = replace(index.search, retry=bool(params["retry"]))
            found: Iterable[Item] = search.items(_folders(params), Tally(), Run().report)
        else:
            found = run.items
        for item in found:
            yield JobItem(item.sha256, {"path": item.path, "size": item.size}, work_of(item.size))

    async def do(work: Work) -> Json:
        run = index.runs.get(str(work.params["run"])) or Run()
        path, size = _payload(work)
        async with run.room or nullcontext():
            result = await index.listen_to(Item(work.key, path, size), run.tally, run.report)
        if result == "failed":
            reason = index.library.failures_of([work.key]).get(work.key, "it cannot be listened to")
            raise UnusableAudio(f"{path}: {reason}")
        return result

    return Kind(INDEX, items, do, title=_title, at_once=at_once, tries=_TRIES)


async def _follow(jobs: Jobs, id: str, run: Run, on_report: OnReport) -> None:
    """Wait for a job, and end it with whoever waits."""
    try:
        async for job in jobs.follow(id):
            on_report(_report_of(job, run))
    except Unavailable:  # this hub ends; the job goes on with the next one
        raise
    except BaseException:
        await asyncio.shield(jobs.cancel(id))
        raise
    run.is_cancelled = job.state == "cancelled"
    for item in await jobs.items(id, "failed"):
        if item.code == StoreUnavailable.code:
            raise StoreUnavailable(item.reason, hint="free some space; the same command goes on from here")


async def _end_orphans(index: Index, jobs: Jobs, roots: Sequence[str]) -> None:
    """End what earlier hubs left of an index of the same folders: a new look has found all of it."""
    for job in await jobs.every():
        is_mine = job.kind == INDEX and not job.has_ended and str(job.params["run"]) not in index.runs
        if is_mine and set(roots).issuperset(_folders(job.params)):
            await jobs.cancel(job.id)


def _report_of(job: Job, run: Run) -> Report:
    now, finish, progress = time.time(), job.finish, job.progress
    left_s = None if finish is None else (max(0.0, finish.earliest - now), max(0.0, finish.latest - now))
    done = progress.done + progress.failed
    return Report(job.cause or run.doing, run.path, run.tally, done, progress.total, left_s)


def _title(params: Mapping[str, Json]) -> str:
    return f"index of {', '.join(_folders(params))}"


def _folders(params: Mapping[str, Json]) -> list[str]:
    folders: Any = params["folders"]
    return [str(folder) for folder in folders]


def _payload(work: Work) -> tuple[str, int]:
    payload: Any = work.payload
    return str(payload["path"]), int(payload["size"])
