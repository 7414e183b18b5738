"""The watch: every second the signals are read, judged, published and written down, whatever else happens.

A snapshot has a number that only grows, also across restarts. When the log cannot be written, snapshots wait in
memory and are written later, so a reader finds no hole but the time in which no hub lived, and that is an entry.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..errors import Unavailable
from ..messages import Health, Json
from .mapping import TERMS
from .signals import Signal, worst
from .state import Condition, advance, better_in, start

log = logging.getLogger(__name__)

SAMPLE_S, WRITE_S = 1.0, 2.0
_MOST_WAITING = 24 * 3600  # snapshots that wait for the log: a day
_RECENT = 600  # samples that a status page shows: ten minutes
Event = Literal["", "started", "changed", "stopped"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How the hub was at one moment.

    seq : greater than that of every earlier one of this home
    at, since : seconds since 1970; `since` is when the state began
    cause : the signal that decides, or "started"
    unwatched_s : with a start, how long no hub had watched before; None when none ever did
    better_in_s : until the state can be better, if the pressure is low from now on
    """

    seq: int
    at: float
    state: Health
    pressure: float
    cause: str
    since: float
    signals: Mapping[str, Signal]
    event: Event = ""
    unwatched_s: float | None = None
    better_in_s: float = 0.0

    def to_meta(self) -> dict[str, Json]:
        """As every call to an agent carries it, and every `health_update`."""
        terms = TERMS[self.state]
        told: dict[str, Json] = {"state": self.state, "pressure": round(self.pressure, 3), "seq": self.seq}
        return {**told, "ttl_ms": terms.ttl_ms, "quality": terms.quality}


class HealthLog(Protocol):
    """Where snapshots are kept; methods raise Unavailable while that cannot be reached."""

    def last_health(self) -> tuple[int, float] | None: ...  # number and time of the latest
    def append_health(self, snapshots: Sequence[Snapshot]) -> None: ...


class Monitor:
    """One for each hub.

    read : the signals, now; it is told why the log could not be written, "" when it could
    on_change : told every snapshot in which the state has changed; it is not waited for
    """

    def __init__(
        self,
        read: Callable[[str], Mapping[str, Signal]],
        health_log: HealthLog | None,
        on_change: Callable[[Snapshot], Awaitable[object]],
        *,
        now: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._read, self._log, self._on_change, self._now, self._wall = read, health_log, on_change, now, wall
        self._condition: Condition = start(now())
        self._since = wall()
        self._waiting: deque[Snapshot] = deque(maxlen=_MOST_WAITING)
        self.recent: deque[tuple[float, float, Health, str]] = deque(maxlen=_RECENT)
        self.fault = ""  # why the log could not be written when that was last tried
        self._telling: set[asyncio.Task[object]] = set()
        try:
            last = None if health_log is None else health_log.last_health()
            self._seq = last[0] if last else 0
        except Unavailable:
            # The seconds since 1970 are greater than any count of seconds so far.
            last, self._seq = None, int(wall())
        self.unwatched_s = None if last is None else max(0.0, wall() - last[1])
        self.snapshot = self._take("started")

    def sample(self) -> Snapshot:
        """Read, judge and publish once."""
        before = self._condition.state
        self._take("")
        if self._condition.state != before:
            log.warning("health is %s: %s", self._condition.state, self._condition.cause)
        return self.snapshot

    async def run(self) -> None:
        """Sample every second until cancelled; then write what is left."""
        due, written = self._now() + SAMPLE_S, self._now()
        writing = asyncio.ensure_future(asyncio.to_thread(self.write))
        try:
            while True:
                await asyncio.sleep(max(0.0, due - self._now()))
                due = max(due + SAMPLE_S, self._now())
                was = self.snapshot.state
                now = self.sample()
                if now.state != was:
                    self._tell(now)
                if (now.state != was or self._now() - written >= WRITE_S) and writing.done():
                    # Not waited for: a store that is locked must not stop the watch.
                    written, writing = self._now(), asyncio.ensure_future(asyncio.to_thread(self.write))
        except asyncio.CancelledError:
            await asyncio.wait([writing])
            self._take("stopped")
            self.write()
            raise

    def write(self) -> bool:
        """Write what waits; whether nothing waits any more."""
        if self._log is None:
            self._waiting.clear()
            return True
        batch = list(self._waiting)
        if not batch:
            return True
        try:
            self._log.append_health(batch)
        except Unavailable as error:
            self.fault = str(error)
            return False
        self.fault = ""
        while self._waiting and self._waiting[0].seq <= batch[-1].seq:
            self._waiting.popleft()
        return not self._waiting

    @property
    def unwritten(self) -> int:
        return len(self._waiting)

    def _take(self, event: Event) -> Snapshot:
        signals = self._read(self.fault)
        cause, decisive = worst(signals) if signals else ("nothing", Signal(0.0, 0.0))
        before = self._condition
        if event != "started":
            self._condition = advance(before, self._now(), decisive.pressure, cause)
        changed = self._condition.state != before.state
        at = self._wall()
        if changed:
            self._since = at
        self._seq += 1
        self.snapshot = Snapshot(
            self._seq,
            at,
            self._condition.state,
            decisive.pressure,
            self._condition.cause if changed or self._condition.state != "healthy" else cause,
            self._since,
            signals,
            event or ("changed" if changed else ""),
            self.unwatched_s if event == "started" else None,
            better_in(self._condition, self._now()),
        )
        self._waiting.append(self.snapshot)
        self.recent.append((at, decisive.pressure, self._condition.state, self.snapshot.cause))
        return self.snapshot

    def _tell(self, snapshot: Snapshot) -> None:
        task = asyncio.ensure_future(self._on_change(snapshot))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)
