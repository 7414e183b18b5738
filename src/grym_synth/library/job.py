"""An index as a durable job: one item for each content that is to be listened to.

Its first items are done while the rest of the folders is still read. `watch_folders` starts one whenever something
changed.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import Unavailable, UnusableAudio
from ..jobs.port import Item as JobItem
from ..jobs.port import Job, Jobs, Kind, Work
from ..messages import Json
from ..storage.store import StoreUnavailable
from .finding import Item
from .index import Index, OnReport, Report
from .run import Run
from .tally import Tally, work_of
from .watch import QUIET_S, Watch

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
    little_s: float | None = None,
    quiet_s: float = 0.0,
) -> Run:
    """Bring the library up to date with these folders; what takes long is a job, which outlives this hub.

    workers : recordings that are listened to at once, as far as there is room
    little_s : seconds of work that are done without a job; None for the usual
    quiet_s : a file that changed since so many seconds is left for later

    Raises
    ------
    BadRequest
        None of them is a folder that can be looked into.
    Unavailable
        The library cannot be written.
    """
    index.check(roots)
    word, looked = uuid.uuid4().hex, Tally()
    run = Run(room=asyncio.Semaphore(workers), little_s=_LITTLE_S if little_s is None else little_s)
    index.runs[word] = run

    def report(doing: str, path: str = "") -> None:
        run.report(doing, path)
        on_report(Report(doing, path, run.tally, run.pace.done, run.pace.total, run.pace.left_s()))

    async def look() -> None:
        try:
            await index.find(roots, looked, report, run.take, foresight=run.pace, retry=retry, quiet_s=quiet_s)
        finally:
            run.close()

    looking = asyncio.create_task(look())
    try:
        await run.knows.wait()
        if run.is_much:
            await _end_orphans(index, jobs, roots)
            params: dict[str, Json] = {"folders": list(roots), "run": word, "retry": retry}
            await _follow(jobs, await jobs.start(INDEX, params), run, on_report)
        if not run.is_cancelled:
            await looking
        if not run.is_much:
            await index.listen_to_all(run.items, run.tally, on_report, workers=workers)
    finally:
        run.close()  # also when the look never began
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        del index.runs[word]
    run.tally.add(looked)
    index.count_failed(roots, run.tally)
    return run


async def hear_anew(index: Index, jobs: Jobs) -> str | None:
    """Start an index of the folders in which an earlier version heard something: its id, or None where there are none.

    Each folder once for a version: whoever cancels it is not asked again, and `grym index` does it at any time.

    Raises
    ------
    Unavailable
        The library or the jobs cannot be read.
    """
    begun = [job for job in await jobs.every() if job.kind == INDEX]
    done = {folder for job in begun if job.params.get("anew") == index.recipe for folder in _folders(job.params)}
    done |= {folder for job in begun if not job.has_ended for folder in _folders(job.params)}
    roots = await asyncio.to_thread(_with_older, index, done)
    if not roots:
        return None
    return await jobs.start(INDEX, {"folders": [*roots], "run": "", "retry": False, "anew": index.recipe})


def _with_older(index: Index, without: Collection[str]) -> list[str]:
    """Folders of the library that are there and hold what an earlier version heard."""
    roots = (folder.root for folder in index.library.folders() if folder.root not in without)
    return [root for root in roots if Path(root).is_dir() and index.library.has_older(root, index.recipe)]


async def watch_folders(
    index: Index, jobs: Jobs, roots: Sequence[str], on_report: OnReport, *, workers: int
) -> AsyncIterator[Run]:
    """Keep the library up to date with these folders until cancelled.

    Tells of the first look, then whenever something was done, or a folder went away or came back. Whoever cancels a job
    of it ends it.
    """
    before: tuple[object, ...] | None = None
    async with Watch(roots).watching() as watch:
        while True:
            await _join(index, jobs, roots, on_report)
            began = time.monotonic()
            run = await index_folders(index, jobs, roots, on_report, workers=workers, little_s=0.0, quiet_s=QUIET_S)
            away, is_settled = (run.tally.away, run.tally.folders_refused), not run.tally.written_to
            if run.tally.is_news or run.is_cancelled or (is_settled and away != before):
                yield run
                before = away
            if run.is_cancelled:
                return
            look_s = 0.0 if run.tally.analysed else time.monotonic() - began
            await watch.wait(look_s, soon=not is_settled)


def index_kind(index: Index, *, at_once: int, then: Callable[[], object] | None = None) -> Kind:
    """Index as a sort of job.

    at_once : recordings that this hub listens to at once
    then : what is made ready of the library at the end; what it lacks is made with the next question
    """

    def items(params: Mapping[str, Json]) -> Iterable[JobItem | None]:
        run = index.runs.get(str(params["run"]))
        if run is None:  # it was begun by a hub that is no more
            search = replace(index.search, retry=bool(params["retry"]))
            found: Iterable[Item | None] = search.items(_folders(params), Tally(), _silent)
        else:
            found = run.each()
        for item in found:
            if item is None:
                yield None
            else:
                yield JobItem(item.sha256, {"path": item.path, "size": item.size}, work_of(item.size))

    async def do(work: Work) -> Json:
        run = index.runs.get(str(work.params["run"])) or Run()
        path, size = _payload(work)
        async with run.room or nullcontext():
            result = await index.listen_to(Item(work.key, path, size), run.tally, run.report)
        run.pace.finish(size)
        if result == "failed":
            reason = index.library.failures_of([work.key]).get(work.key, "it cannot be listened to")
            raise UnusableAudio(f"{path}: {reason}")
        return result

    async def finish(id: str, params: Mapping[str, Json]) -> Json:
        assert then is not None
        with suppress(Unavailable):
            await asyncio.to_thread(then)
        return None

    def is_here(params: Mapping[str, Json]) -> bool:
        """Another machine, which does not see these folders, would take them for gone."""
        return str(params["run"]) in index.runs or all(Path(folder).is_dir() for folder in _folders(params))

    last = finish if then else None
    return Kind(INDEX, items, do, last, title=_title, at_once=at_once, tries=_TRIES, is_here=is_here)


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


async def _join(index: Index, jobs: Jobs, roots: Sequence[str], on_report: OnReport) -> None:
    """Wait for the indexes of the same folders that others of this hub have under way."""
    for job in await jobs.every():
        run = index.runs.get(str(job.params.get("run"))) if job.kind == INDEX and not job.has_ended else None
        if run is not None and not set(roots).isdisjoint(_folders(job.params)):
            async for told in jobs.follow(job.id):
                on_report(_report_of(told, run))


async def _end_orphans(index: Index, jobs: Jobs, roots: Sequence[str]) -> None:
    """End what earlier hubs left of an index of the same folders: a new look finds all of it."""
    for job in await jobs.every():
        is_mine = job.kind == INDEX and not job.has_ended and str(job.params["run"]) not in index.runs
        if is_mine and set(roots).issuperset(_folders(job.params)):
            await jobs.cancel(job.id)


def _report_of(job: Job, run: Run) -> Report:
    """How a job stands; while the folders are still read, of all that may have to be listened to."""
    now, finish, progress = time.time(), job.finish, job.progress
    left_s = None if finish is None else (max(0.0, finish.earliest - now), max(0.0, finish.latest - now))
    done, total = progress.done + progress.failed, progress.total
    if not progress.is_listed:
        left_s, total = run.pace.left_s(), max(total, run.pace.total)
    return Report(job.cause or run.doing, run.path, run.tally, done, total, left_s, progress.failed)


def _silent(doing: str, path: str = "") -> None:
    """Progress that nobody waits for."""


def _title(params: Mapping[str, Json]) -> str:
    return f"index of {', '.join(_folders(params))}"


def _folders(params: Mapping[str, Json]) -> list[str]:
    folders: Any = params["folders"]
    return [str(folder) for folder in folders]


def _payload(work: Work) -> tuple[str, int]:
    payload: Any = work.payload
    return str(payload["path"]), int(payload["size"])
