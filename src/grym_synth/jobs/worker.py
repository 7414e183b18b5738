"""Doing items: take one, do it, write down what came of it, as many at a time as the kind and the room allow."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar

from ..errors import AdmissionDenied, BadRequest, GrymError, Unavailable
from ..messages import Json
from ..resources.pool import Pool
from ..storage.job_rows import Claimed, Executor, Fenced, JobRow, NewItem
from ..storage.jobs import JobStore
from ..storage.store import StoreAway, StoreUnavailable
from .port import Found, Item, Kind, Work
from .threads import in_thread

log = logging.getLogger(__name__)
T = TypeVar("T")

_LISTED_AT_ONCE, _LISTED_WITHIN_S = 500, 0.5  # what one transaction lists, at most
_LONGEST_WAIT = 24 * 3600.0  # seconds: what takes all night waits all night for room
_LOOK_S = 0.2  # between two looks for what others leave, and for the end of a pause
_LONGEST_RETRY_S = 4.0  # between two tries to write what was done, so that work goes on soon after an outage
_RETRY_S = 5.0  # until an item is tried again whose error names no time
_LARGEST_RESULT = 64 * 1024  # characters
_CRASHES = 25  # times that a process may be killed over one item before it is given up


#: Why nothing new may begin just now; "" when it may.
Hold = Callable[[], str]


class Worker:
    """Does the items of jobs as one executor; all of it on one event loop.

    fenced : called when it turns out that others count this executor as dead
    """

    def __init__(
        self,
        store: JobStore,
        kinds: Mapping[str, Kind],
        executor: Executor,
        *,
        pool: Pool | None,
        hold: Hold,
        fenced: Callable[[], None],
    ) -> None:
        self._store, self._kinds, self._executor = store, kinds, executor
        self._pool, self._hold, self._fenced = pool, hold, fenced
        self._slots: dict[str, list[asyncio.Task[None]]] = {}  # by job

    async def step(self, step: str, id: str, run: int) -> None:
        """Do one step of a run of a job; nothing, when the job has ended or has another run by now."""
        job = await self._store_call(self._store.job, id)
        if job is None or job.run != run or job.state not in ("waiting", "running"):
            return
        match step:
            case "list":
                await self._store_call(self._store.begin, id, self._executor)
                if not job.is_listed:
                    await self._list_and_do(job)
            case "do":
                while self.is_at(id):  # helping, or about to let go of an earlier run
                    await asyncio.sleep(_LOOK_S)
                await self._store_call(self._store.begin, id, self._executor)
                await self.work(job)
            case "finish":
                await self._finish(job)

    async def give_up(self, id: str, run: int, cause: str) -> None:
        """Write down why a run of a job cannot go on."""
        job = await self._store_call(self._store.job, id)
        if job is not None and job.run == run:
            await self._store_call(self._store.end, id, "failed", cause, None, self._executor)

    async def work(self, job: JobRow) -> None:
        """Do items of a job until none waits and none is in anybody's hands, or somebody has ended the job."""
        kind = self._kind(job)
        slots = [asyncio.create_task(self._slot(job, kind)) for _ in range(kind.at_once)]
        self._slots[job.id] = slots
        try:
            await asyncio.wait(slots, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for slot in slots:
                slot.cancel()
            await asyncio.gather(*slots, return_exceptions=True)
            del self._slots[job.id]
        for slot in slots:
            if not slot.cancelled():
                slot.result()
        await self._store_call(self._store.free_items, job.number, self._executor)  # of a job that was cancelled

    def knows(self, job: JobRow) -> bool:
        """Whether this process can do items of a job, on this machine."""
        kind = self._kinds.get(job.kind)
        return kind is not None and (kind.is_here is None or kind.is_here(job.params))

    def is_at(self, id: str) -> bool:
        """Whether this process does items of a job."""
        return id in self._slots

    def drop(self, id: str) -> None:
        """Let go of a job that was cancelled; what it was doing waits again."""
        for slot in self._slots.get(id, ()):
            slot.cancel()

    async def _list_and_do(self, job: JobRow) -> None:
        """Begin with what is listed while the rest is still looked for: to list may take as long as the work."""

        async def work() -> None:
            while self.is_at(job.id):  # as a helper: it ends when all is listed and done
                await asyncio.sleep(_LOOK_S)
            await self.work(job)

        tasks = [asyncio.create_task(self._list(job)), asyncio.create_task(work())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in tasks:
            if not task.cancelled():
                task.result()

    async def _list(self, job: JobRow) -> None:
        """Write every item of a job down; what is written already is passed over."""
        items = iter(self._kind(job).items(job.params))
        while True:
            await self._wait_while_held()
            batch, is_last = await in_thread(_next_batch, items)
            if batch and not await self._store_call(self._store.list_items, job.number, batch, self._executor):
                return  # somebody has ended the job
            if is_last:
                break
            if not batch and not await self._store_call(self._store.has_open_items, job.number):
                return
        await self._store_call(self._store.close_list, job.number, self._executor)

    async def _finish(self, job: JobRow) -> None:
        """Write how a job ended whose items have all ended."""
        kind, result = self._kind(job), None
        if kind.finish is not None:
            result = _checked(await kind.finish(job.id, job.params))
        state = "failed" if job.total and job.failed == job.total else "done"
        cause = f"{job.failed} of {job.total} items failed" if job.failed else ""
        await self._store_call(self._store.end, job.id, state, cause, result, self._executor)

    async def _slot(self, job: JobRow, kind: Kind) -> None:
        while True:
            try:
                item = await self._do_next(job, kind)
            except AdmissionDenied as error:  # the pool's queue is full: later, like everything here
                await asyncio.sleep(error.retry_after or _RETRY_S)
                continue
            if item is None:
                if not await self._store_call(self._store.has_open_items, job.number):
                    return
                await asyncio.sleep(_LOOK_S)  # for an item that waits, or that others may leave

    async def _do_next(self, job: JobRow, kind: Kind) -> Claimed | None:
        """Do one item in the room that it needs; None when there is none to do now."""
        await self._wait_while_held()
        async with self._room(job, kind):
            item = await self._store_call(self._store.claim, job.number, self._executor)
            if item is not None:
                await self._do(job, kind, item)
        return item

    async def _wait_while_held(self) -> None:
        while self._hold():
            await asyncio.sleep(_LOOK_S)

    @asynccontextmanager
    async def _room(self, job: JobRow, kind: Kind) -> AsyncIterator[None]:
        if self._pool is None or kind.need is None:
            yield
            return
        holder = f"job {job.id}"
        async with self._pool.lease(
            kind.need, holder=holder, timeout=_LONGEST_WAIT, priority="batch", context=job.context
        ):
            yield

    async def _do(self, job: JobRow, kind: Kind, item: Claimed) -> None:
        if item.attempts > _CRASHES:
            reason = f"the process ended {_CRASHES} times while working on it"
            await self._store_call(self._store.fail, item, "crashed", reason, self._executor)
            return
        work = Work(job.id, job.params, job.context, item.key, item.payload, item.attempts)
        try:
            came = await kind.do(work)
            found = came if isinstance(came, Found) else Found(came, ())
            result, more = _checked(found.result), [_listed(each) for each in found.items]
        except GrymError as error:
            tries = _CRASHES if isinstance(error, StoreAway) else kind.tries  # for minutes: it comes back by itself
            if isinstance(error, Unavailable) and item.attempts < tries:
                wait = error.retry_after or _RETRY_S
                await self._store_call(self._store.put_back, item, self._executor, wait)
            else:
                await self._store_call(self._store.fail, item, error.code, str(error), self._executor)
        except Exception as fault:
            log.exception("a fault of ours in an item of a job", extra={"job": job.id, "key": item.key})
            await self._store_call(self._store.fail, item, "fault", repr(fault), self._executor)
        else:
            await self._store_call(self._store.finish, item, result, self._executor, more)

    def _kind(self, job: JobRow) -> Kind:
        try:
            return self._kinds[job.kind]
        except KeyError:
            raise BadRequest(f"there is no kind of job {job.kind!r}; known: {', '.join(self._kinds)}") from None

    async def _store_call(self, call: Callable[..., T], *arguments: object) -> T:
        """Ask the store, and again while it fails: what was done is not thrown away for a disk that is full now."""
        wait = 0.5
        while True:
            try:
                return await in_thread(call, *arguments)
            except Fenced:
                self._fenced()
                raise
            except StoreUnavailable as error:
                log.warning("the jobs cannot be written", extra={"reason": str(error), "again_in_s": wait})
                await asyncio.sleep(wait)
                wait = min(_LONGEST_RETRY_S, wait * 2.0)


def _listed(item: Item) -> NewItem:
    return NewItem(item.key, item.payload, item.size)


def _next_batch(items: Iterator[Item | None]) -> tuple[list[NewItem], bool]:
    """The next items, as many as come in a short time, and whether they are the last."""
    batch, until = list[NewItem](), time.monotonic() + _LISTED_WITHIN_S
    for item in items:
        if item is not None:
            batch.append(_listed(item))
        if len(batch) == _LISTED_AT_ONCE or time.monotonic() > until or (batch and item is None):
            return batch, False
    return batch, True


def _checked(result: Json) -> Json:
    """A result that can be kept; raises BadRequest for one that cannot."""
    try:
        size = len(json.dumps(result))
    except (TypeError, ValueError) as error:
        raise BadRequest(f"the result of an item is no JSON: {error}", hint="return numbers, text, lists") from error
    if size > _LARGEST_RESULT:
        raise BadRequest(
            f"the result of an item has {size} characters, {_LARGEST_RESULT} are kept at most",
            hint="write it to the store, and return where it is",
        )
    return result
