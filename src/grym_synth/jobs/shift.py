"""The work of one executor from its registration to its end: DBOS, the steps under way, and helping others."""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
from collections.abc import Sequence
from contextlib import suppress

from ..errors import GrymError, Unavailable
from ..storage.job_rows import Executor, Fenced, JobRow
from ..storage.jobs import JobStore
from .reaper import Reaper
from .runs import Launch, Released, Runs
from .threads import in_thread
from .worker import Worker

log = logging.getLogger(__name__)

_LOOK_S = 1.0  # between two looks for what others have started
_REAP_EVERY = 10  # looks


class Shift:
    """One for each registration; `look_after` works until it is cancelled, then `end` lets go.

    wake : set when there may be a new job
    """

    def __init__(
        self,
        store: JobStore,
        worker: Worker,
        executor: Executor,
        reaper: Reaper,
        wake: asyncio.Event,
        *,
        buries: bool,
        launch: Launch,
    ) -> None:
        self._store, self._worker, self._executor, self._reaper = store, worker, executor, reaper
        self._wake, self._buries, self._launch = wake, buries, launch
        self._loop = asyncio.get_running_loop()
        self._runs: Runs | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._submitted: set[tuple[str, int]] = set()
        self._is_over = False

    async def look_after(self) -> None:
        """See to it that every unfinished job is done by somebody, and help with those that others look after."""
        runs = await in_thread(self._launch_runs)
        looks = 0
        while True:
            self._wake.clear()
            try:
                await self._look(runs, reaps=looks % _REAP_EVERY == 0)
                looks += 1
            except Unavailable as error:  # what is under way goes on by itself when they can be read again
                log.warning("the jobs cannot be read", extra={"reason": str(error)})
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):  # `wait_for` of Python 3.11 can lose a cancellation here
                    await self._wake.wait()

    async def _look(self, runs: Runs, *, reaps: bool) -> None:
        unfinished = await in_thread(self._store.unfinished)
        await in_thread(self._submit, runs, unfinished)
        for row in unfinished:
            if row.state == "running" and row.executor != self._executor.id and self._worker.knows(row):
                self._help(row)
        if reaps:
            await in_thread(self._reap, runs)

    async def end(self) -> None:
        """Give up the items under way, and leave the jobs unfinished to whoever goes on with them."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._runs is not None:
            await in_thread(self._runs.close)

    def drop(self, id: str) -> None:
        """Give up what is under way of a job that was cancelled."""
        self._worker.drop(id)

    def is_at(self, id: str) -> bool:
        return self._worker.is_at(id)

    def _launch_runs(self) -> Runs:
        self._runs = self._launch(
            self._store.engine, self._executor.id, self._do_step
        )  # also when nobody waits any more
        return self._runs

    def _submit(self, runs: Runs, unfinished: Sequence[JobRow]) -> None:
        for row in unfinished:
            if not runs.has_room():
                return
            if (row.id, row.run) not in self._submitted and self._worker.knows(row):
                if runs.submit(row.id, row.run):
                    self._submitted.add((row.id, row.run))
                else:
                    self._store.run_again(row.id, row.run)

    def _reap(self, runs: Runs) -> None:
        self._submitted.clear()  # looked at anew now and then
        if self._buries:
            for silent in self._reaper.find():
                self._reaper.bury(silent.id)
        self._reaper.hand_over(runs, self._worker.knows)

    def _help(self, row: JobRow) -> None:
        if not self._worker.is_at(row.id):
            self._keep(asyncio.create_task(self._work(row)))

    async def _work(self, row: JobRow) -> None:
        with suppress(Fenced):  # told to whom it concerns already
            await self._worker.work(row)

    def _do_step(self, step: str, id: str, run: int) -> None:
        """Do a step on the event loop, for a thread of the runs; what goes wrong in it is no affair of theirs."""
        doing = asyncio.run_coroutine_threadsafe(self._step(step, id, run), self._loop)
        try:
            doing.result()
        except (concurrent.futures.CancelledError, Fenced):
            raise Released from None

    async def _step(self, step: str, id: str, run: int) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._keep(task)
        if self._is_over:
            raise asyncio.CancelledError
        try:
            await self._worker.step(step, id, run)
        except Fenced:
            raise
        except GrymError as error:
            await self._worker.give_up(id, run, str(error))
        except Exception as fault:
            log.exception("a job met a fault of ours", extra={"job": id})
            await self._worker.give_up(id, run, f"a fault of ours: {fault!r}")

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
