"""The engine of jobs: DBOS looks after each job as a whole, our own rows say what became of each item.

A job is one durable workflow of three steps: list the items, do them, finish. DBOS brings it back after a crash; what
is done is known from `JobStore`, so a step that runs again begins nothing that has ended. Why so, and what it costs:
docs/decisions/jobs-on-dbos.md.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from ..errors import InvalidConfig, Unavailable
from ..identity.asking import as_itself
from ..messages import Json
from ..resources.pool import Pool
from ..storage.job_rows import Executor, Fenced, JobRow, Place
from ..storage.jobs import JobStore
from .book import JobBook
from .port import Job, Kind
from .reaper import DEAD_S, Reaper
from .runs import Launch, launch_dbos
from .shift import Shift
from .threads import in_thread
from .worker import Hold, Worker

log = logging.getLogger(__name__)

_BEATS = 6  # signs of life in the time of silence after which one is dead
_AGAIN_S = 1.0  # after a fault, before it begins again
_NOWHERE = Place()
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


class Engine(JobBook):
    """Works on jobs, in this process, on the event loop on which it was opened.

    Nothing heavy is loaded before there is work: it begins with `resume`, or with a job that is started or retried.
    """

    def __init__(
        self,
        store: JobStore,
        kinds: Iterable[Kind],
        executor: str,
        *,
        place: Place,
        pool: Pool | None,
        hold: Hold,
        dead_s: float,
        buries: bool,
        launch: Launch,
    ) -> None:
        super().__init__(store, kinds, held=hold)
        self.reaper = Reaper(store, executor, dead_s=dead_s)
        self._name, self._place, self._pool, self._hold = executor, place, pool, hold
        self._dead_s, self._buries, self._launch = dead_s, buries, launch
        self._wake = asyncio.Event()
        self._working: asyncio.Task[None] | None = None
        self._shift: Shift | None = None

    async def start(
        self, kind: str, params: Mapping[str, Json], *, context: str = "default", only_one: str = ""
    ) -> str:
        id = await super().start(kind, params, context=context, only_one=only_one)
        self._begin()
        return id

    async def cancel(self, id: str) -> Job:
        job = await super().cancel(id)
        if self._shift is not None:
            self._shift.drop(job.id)
        elif self._working is None:  # what stands in this name was in the hands of a process that is gone
            executor = await in_thread(self.store.register, self._name, os.getpid(), self._place)
            await in_thread(self.store.leave, executor)
        return job

    def why_held(self, job: JobRow) -> str:
        kind = self.kinds.get(job.kind)
        if job.executor and job.executor != self._name:
            return ""
        if kind is None:
            return f"this hub knows no jobs of kind {job.kind!r}"
        if kind.is_here is not None and not kind.is_here(job.params):
            return "its files are not seen from this machine"
        return super().why_held(job)

    def is_at(self, id: str) -> bool:
        """Whether this process does items of a job just now."""
        return self._shift is not None and self._shift.is_at(id)

    async def retry(self, id: str) -> Job:
        self._known((await self.show(id)).kind)
        job = await super().retry(id)
        self._begin()
        return job

    async def resume(self) -> int:
        """Go on with all that has not ended; how many jobs that are."""
        unfinished = await in_thread(self.store.unfinished)
        count = sum(row.kind in self.kinds for row in unfinished)
        if count:
            self._begin()
        return count

    def stand_by(self) -> None:
        """Begin now, also to help with jobs that other processes start later."""
        self._begin()

    async def close(self) -> None:
        """Let go: items under way are given up and begun anew by whoever goes on."""
        if self._working is not None:
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)
            self._working = None

    def _begin(self) -> None:
        self._wake.set()
        if self._working is None:
            with as_itself():  # for all, and not for whoever asked just now
                self._working = asyncio.create_task(self._go_on())

    async def _go_on(self) -> None:
        """Work, and begin again as somebody new after having been declared dead."""
        while True:
            try:
                await self._work()
            except Fenced as error:
                log.warning("work on jobs begins again", extra={"reason": str(error)})
            except Unavailable as error:  # where they are kept: it comes back
                log.warning("jobs cannot be read; work on them begins again", extra={"reason": str(error)})
            except Exception:
                log.exception("work on jobs met a fault of ours and begins again")
            await asyncio.sleep(_AGAIN_S)

    async def _work(self) -> None:
        executor = await in_thread(self.store.register, self._name, os.getpid(), self._place)
        fenced = asyncio.Event()
        worker = Worker(self.store, self.kinds, executor, pool=self._pool, hold=self._hold, fenced=fenced.set)
        shift = self._shift = Shift(
            self.store, worker, executor, self.reaper, self._wake, buries=self._buries, launch=self._launch
        )
        duties = [
            asyncio.create_task(duty)
            for duty in (shift.look_after(), self._keep_beating(executor), _raise_when(fenced))
        ]
        try:
            await asyncio.wait(duties, return_when=asyncio.FIRST_COMPLETED)
            for duty in duties:
                if duty.done():
                    duty.result()
        finally:
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)
            await shift.end()
            self._shift = None
            with suppress(Fenced, Unavailable):  # the next to register as this executor, or the reaper, does the same
                await in_thread(self.store.leave, executor)

    async def _keep_beating(self, executor: Executor) -> None:
        while True:
            await asyncio.sleep(self._dead_s / _BEATS)
            try:
                await in_thread(self.store.beat, executor)
            except Fenced:
                raise
            except Unavailable as error:
                log.warning("no sign of life could be written", extra={"reason": str(error)})


async def _raise_when(fenced: asyncio.Event) -> None:
    await fenced.wait()
    raise Fenced("this process was silent for too long; others do its work")


@asynccontextmanager
async def open_jobs(
    where: Path | JobStore,
    kinds: Iterable[Kind],
    *,
    executor: str = "hub",
    place: Place = _NOWHERE,
    pool: Pool | None = None,
    hold: Hold = lambda: "",
    dead_s: float = DEAD_S,
    buries: bool = True,
    launch: Launch = launch_dbos,
) -> AsyncIterator[Engine]:
    """Jobs for the body of an `async with` block; what is not done by then goes on another time.

    where : a file, or a store of jobs, which is closed at the end
    executor : the name of this process, always the same and no other's at the same time: "hub", "worker-1"
    place : where that is, for those who look at it from another machine
    pool : lends the room that items need, at batch priority; None where there is nobody to share with
    hold : why nothing new may begin just now; "" when it may
    dead_s : seconds of silence after which an executor is dead; the same in all processes
    launch : makes runs of jobs durable; a test may give a plain one
    buries : whether it declares others dead itself; False where the hub's clean-up does it
    """
    if not _NAME.fullmatch(executor):
        raise InvalidConfig(f"{executor!r} is no name of an executor: small letters, digits and dashes, at most 63")
    store = JobStore(where) if isinstance(where, Path) else where
    engine = Engine(
        store, kinds, executor, place=place, pool=pool, hold=hold, dead_s=dead_s, buries=buries, launch=launch
    )
    try:
        yield engine
    finally:
        await engine.close()
        store.close()
