"""Jobs as they are written down: enough to look at, start, cancel and retry them; work is done by the engine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import cast

from ..errors import BadRequest, Unavailable
from ..messages import Json
from ..storage.job_rows import JobRow, NewJob
from ..storage.jobs import JobStore
from ..storage.store import StoreUnavailable
from .finish_time import foresee_finish
from .port import Finish, ItemReport, ItemState, Job, JobState, Kind, NothingToRetry, Progress, UnknownJob
from .threads import in_thread

_LATELY = 400  # ended items that the finish time is judged by
_NAMED = 5  # jobs that a message about an ambiguous prefix names


class JobBook:
    """The jobs of one file; all of it is true with or without an engine at work.

    kinds : of jobs that may be started here
    held : why nothing new begins just now; "" when it does
    """

    def __init__(self, store: JobStore, kinds: Iterable[Kind] = (), *, held: Callable[[], str] = lambda: "") -> None:
        self.store, self.kinds = store, {kind.name: kind for kind in kinds}
        self._held = held
        self._is_ending = False

    def add(self, kind: Kind) -> None:
        """Know one more kind of job; before `resume`, so that those left by an earlier process go on."""
        self.kinds[kind.name] = kind

    async def start(
        self, kind: str, params: Mapping[str, Json], *, context: str = "default", only_one: str = ""
    ) -> str:
        """Begin a job and return its id; it is durable by then, and one that is unfinished is not begun twice."""
        known = self._known(kind)
        title = known.title(params) if known.title else kind
        new = NewJob(secrets.token_hex(4), kind, title, params, context, only_one)
        return await in_thread(self.store.add, new)

    async def cancel(self, id: str) -> Job:
        """Begin nothing more of a job; what is done stays done. One that has ended stays as it is."""
        row = await self._find(id)
        await in_thread(self.store.cancel, row.id, "cancelled")
        return await self.show(row.id)

    async def retry(self, id: str) -> Job:
        """Let a job that has ended go on with what is not done."""
        row = await self._find(id)
        if not await in_thread(self.store.retry, row.id):
            why = "it left nothing undone" if row.state == "done" else f"it is {row.state} already"
            raise NothingToRetry(f"job {row.id} cannot be retried: {why}", hint=f"grym jobs show {row.id}")
        return await self.show(row.id)

    async def every(self, limit: int = 100) -> list[Job]:
        """The latest jobs, newest first."""
        return [await self._told(row) for row in await in_thread(self.store.latest, limit)]

    async def show(self, id: str) -> Job:
        return await self._told(await self._find(id))

    async def items(self, id: str, state: ItemState | None = None, *, limit: int = 100) -> list[ItemReport]:
        """Items of a job in the order listed; of one state, or all."""
        row = await self._find(id)
        return [
            ItemReport(
                item.key,
                cast("ItemState", item.state),
                item.attempts,
                item.seconds,
                item.payload,
                item.result,
                item.code,
                item.reason,
            )
            for item in await in_thread(self.store.items, row.number, state, limit)
        ]

    async def follow(self, id: str, every_s: float = 0.5) -> AsyncIterator[Job]:
        """The job now, then whenever something of it changed; the last has ended.

        Raises
        ------
        Unavailable
            This process ends before the job does.
        """
        row = await self._find(id)
        held = self.why_held(row)
        while True:
            yield await self._told(row)
            if row.state not in ("waiting", "running"):
                return
            seen = (row.changes, held)
            while (row.changes, held) == seen:
                if self._is_ending:
                    raise Unavailable(f"the hub ends; job {row.id} goes on with the next", hint="grym serve")
                await asyncio.sleep(every_s)
                row = await self._find(row.id)
                held = self.why_held(row)

    def stop_following(self) -> None:
        """End every `follow`: whoever waits shall not keep the hub from ending."""
        self._is_ending = True

    async def wait(self, id: str) -> Job:
        """The job when it has ended."""
        return [job async for job in self.follow(id)][-1]

    def counts(self) -> dict[str, Json]:
        """How many jobs run and wait, for the status, and why nothing begins; also when they cannot be read."""
        held = self._held()
        try:
            found = self.store.counts() if self.store.is_there else {}
        except StoreUnavailable as error:
            found, held = {}, str(error)
        waiting, running = found.get("waiting", 0), found.get("running", 0)
        return {"running": running, "waiting": waiting, "paused": held == "paused", "held": held}

    def _known(self, kind: str) -> Kind:
        if kind not in self.kinds:
            raise BadRequest(f"there is no kind of job {kind!r}; known: {', '.join(self.kinds) or 'none'}")
        return self.kinds[kind]

    def why_held(self, job: JobRow) -> str:
        """Why nothing of a job begins just now; "" when it does."""
        return self._held()

    async def _find(self, id: str) -> JobRow:
        rows = await in_thread(self.store.find, id.strip(), _NAMED)
        if len(rows) == 1:
            return rows[0]
        if not rows:
            raise UnknownJob(f"there is no job {id!r}", hint="grym jobs list")
        names = ", ".join(row.id for row in rows)
        raise UnknownJob(f"{id!r} begins the ids of several jobs: {names}", hint="give more of it")

    async def _told(self, row: JobRow) -> Job:
        held = self.why_held(row) if row.state in ("waiting", "running") else ""
        finish = None if held else await self._foresee(row)
        ended = row.done + row.failed
        by_size = row.size_ended / row.size if row.size > 0.0 else float(ended) / max(1, row.total)
        fraction = 1.0 if row.state == "done" else min(1.0, max(0.0, by_size))
        return Job(
            row.id,
            row.kind,
            row.title,
            cast("JobState", row.state),
            Progress(row.done, row.failed, row.total, row.is_listed, fraction),
            row.params,
            row.context,
            row.created,
            row.started,
            row.ended,
            held or row.cause,
            finish,
            row.executor,
            row.retries + 1,
            row.result,
        )

    async def _foresee(self, row: JobRow) -> Finish | None:
        if row.state != "running" or not row.is_listed:
            return None
        ended = await in_thread(self.store.ended_lately, row.number, _LATELY)
        return foresee_finish(ended, left=max(0.0, row.size - row.size_ended))
