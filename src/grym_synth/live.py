"""Changes of a store as they happen, by whomever they were made: `Live` follows them for everybody in this process.

The table of events is the truth, and every reader catches up by its numbers. What wakes him is only a cue: a NOTIFY of
Postgres, a broadcast of Supabase, and always a look every two seconds; a cue that is lost costs time and no event.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from .errors import Unavailable
from .messages import Json
from .storage.events import Event, Events

log = logging.getLogger(__name__)

NET_S = 2.0  # between two looks that nobody asked for
_HELD_BACK_S = 0.03  # until a look for what was still being written
_AT_ONCE = 500
_LATEST = 20  # that the status tells
_MOST_WAITING = 10_000  # events that one reader may be behind

#: Calls what it is given whenever something may have changed, until it is cancelled.
Cue = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Missed:
    """Stands where a reader has not seen all: anything may have changed up to this number."""

    seq: int


class Live:
    """One for each process; `run` keeps it going.

    cues : what wakes it beside the look every few seconds, by the name that the status tells
    """

    def __init__(self, events: Events, cues: Mapping[str, Cue] | None = None, *, net_s: float = NET_S) -> None:
        self.seq = 0
        self.events, self._cues, self._net_s = events, cues or {}, net_s
        self._latest: deque[Event] = deque(maxlen=_LATEST)
        self._woken, self._has_begun = asyncio.Event(), asyncio.Event()
        self._readers: list[asyncio.Queue[Event | Missed]] = []
        self._fault = ""

    async def run(self) -> None:
        """Follow from now on until cancelled; while the store is away, wait until it is back."""
        cues = [asyncio.create_task(cue(self._woken.set)) for cue in self._cues.values()]
        try:
            while True:
                self._woken.clear()
                pause = self._net_s
                try:
                    if await self._catch_up():
                        pause = _HELD_BACK_S
                    self._fault = ""
                except Unavailable as error:
                    self._fault = str(error)
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()
        finally:
            for cue in cues:
                cue.cancel()
            await asyncio.gather(*cues, return_exceptions=True)

    async def follow(self, after: int | None = None) -> AsyncIterator[Event | Missed]:
        """Events after a number, or from now on, as they come; `Missed` where some are gone that were not seen."""
        await self._has_begun.wait()
        queue: asyncio.Queue[Event | Missed] = asyncio.Queue(_MOST_WAITING)
        seen, self._readers = self.seq if after is None else after, [*self._readers, queue]
        try:
            async for item in self._before(seen, self.seq):
                seen = item.seq
                yield item
            while True:
                item = await queue.get()
                if item.seq > seen:
                    seen = item.seq
                    yield item
        finally:
            self._readers = [each for each in self._readers if each is not queue]

    def status(self) -> dict[str, Json]:
        """How it stands, for `grym status`: what wakes it, and what it saw last."""
        latest: list[Json] = [asdict(event) for event in reversed(self._latest)]
        return {"cue": " and ".join(self._cues) or "look", "seq": self.seq, "fault": self._fault, "latest": latest}

    async def _before(self, seen: int, until: int) -> AsyncIterator[Event | Missed]:
        """What came after a number and up to another, from the store."""
        first = await asyncio.to_thread(self.events.first)
        if 0 < seen < first - 1:
            yield Missed(first - 1)
            seen = first - 1
        while seen < until:
            batch = await asyncio.to_thread(self.events.since, seen, _AT_ONCE)
            for event in batch:
                if event.seq <= until:
                    yield event
            seen = batch[-1].seq if batch else until

    async def _catch_up(self) -> bool:
        """Hand out what is new; whether something is there that its forerunners hold back."""
        if not self._has_begun.is_set():
            self.seq = await asyncio.to_thread(partial(self.events.last, settled=True))
            self._has_begun.set()
        while batch := await asyncio.to_thread(self.events.since, self.seq, _AT_ONCE):
            self._hand_out(batch)
        return await asyncio.to_thread(self.events.last) > self.seq

    def _hand_out(self, batch: Sequence[Event]) -> None:
        self.seq = batch[-1].seq
        self._latest.extend(batch)
        for queue in self._readers:
            if queue.qsize() + len(batch) >= queue.maxsize:  # who does not keep up is told so, and goes on from here
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(Missed(self.seq))
                continue
            for event in batch:
                queue.put_nowait(event)
