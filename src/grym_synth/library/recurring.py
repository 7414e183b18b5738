"""The search for patterns as a durable job: one item for each recording that nobody looked through yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from ..jobs.port import Item, Job, Jobs, Kind, Work
from ..memory.patterns import PatternSearch
from ..messages import Json

PATTERNS = "patterns"
_LITTLE = 20  # recordings, a few seconds: less is done before a job has begun

OnSought = Callable[[int, int, Job | None], None]
"""Told how many recordings are looked through, of how many; and the job, where it is one."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is still to be looked through, and why: the job that does it, or that was cancelled."""

    left: int
    job: Job | None = None


async def look_for_patterns(search: PatternSearch, jobs: Jobs, on_sought: OnSought, *, stays: bool = True) -> Sought:
    """Look through what is new in the library; what takes long is a job, which outlives this hub.

    stays : wait for the job; it goes on whether or not somebody waits
    """
    job: Job | None = None
    while left := await asyncio.to_thread(search.waiting):
        if job is not None and (job.state != "done" or job.progress.failed or job.progress.total == 0):
            return Sought(len(left), job)
        if len(left) <= _LITTLE and await under_way(jobs) is None:
            for done, sha256 in enumerate(left):
                on_sought(done, len(left), None)
                await asyncio.to_thread(search.look_through, sha256)
            search.let_go()
            continue
        params: dict[str, Json] = {"up_to": await asyncio.to_thread(search.prints.latest)}
        id = await jobs.start(PATTERNS, params, only_one=PATTERNS)
        if not stays:
            return Sought(len(left), await jobs.show(id))
        async for job in jobs.follow(id):
            on_sought(job.progress.done, job.progress.total, job)
        # What came while it went on is looked through next.
    return Sought(0)


async def under_way(jobs: Jobs) -> Job | None:
    """The search that has not ended, if there is one."""
    return next((job for job in await jobs.every() if job.kind == PATTERNS and not job.has_ended), None)


def pattern_kind(search: PatternSearch) -> Kind:
    """The search as a sort of job. One recording at a time: the prints of all lie in memory, and one core is enough."""

    def items(params: Mapping[str, Json]) -> Iterable[Item]:
        for sha256 in search.waiting():
            yield Item(sha256)

    async def do(work: Work) -> Json:
        up_to = work.params.get("up_to")
        return await asyncio.to_thread(search.look_through, work.key, up_to=up_to if isinstance(up_to, int) else None)

    async def finish(id: str, params: Mapping[str, Json]) -> Json:
        search.let_go()
        return None

    return Kind(PATTERNS, items, do, finish, title=lambda _: "search for patterns", at_once=1)
