"""Folders → recordings: look, read what is new, listen to each content once, keep what was heard.

Everything is written as it is done, so whatever ends this, the next index goes on where it ended. `search.items` says
what is to be listened to, `listen_to` does one of it; `run` does all, several at once.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from ..errors import Unavailable
from ..messages import Gap
from ..storage.library import Library
from ..storage.library_rows import HeardPart, LibraryFile
from ..storage.prints import Prints, read_print
from ..storage.sqlite import Heard
from .describe import describe, is_recording
from .finding import Item, OnDoing, Search
from .look import is_same_stamp, stamp_of
from .tally import Pace, Tally
from .watch import QUIET_S, Watch

#: Gaps that say nothing about the recording, but about the hub: it is waited until they are over.
_OF_THE_HUB = frozenset({"refused", "unavailable", "circuit_open", "store_unavailable", "hub_unreachable"})
#: Faults of an agent, which may have been killed for no fault of the recording.
_OF_THE_AGENT = frozenset({"agent_crashed", "agent_failed", "malformed_evidence"})
_TRIES, _WAIT_S = 3, 5.0
_WRITE_TRIES, _WRITE_WAIT_S = 5, 1.0

Result = Literal["analysed", "failed", "left"]


class Hearing(Protocol):
    """What came of listening to one recording."""

    @property
    def heard(self) -> Heard: ...
    @property
    def parts(self) -> Sequence[HeardPart]: ...
    @property
    def sha256(self) -> str | None: ...


class Listener(Protocol):
    """Who listens to one recording at a time; several calls may be under way."""

    @property
    def recipe(self) -> str: ...
    async def listen(self, path: str, size: int, on_progress: Callable[[float, str], None]) -> Hearing: ...


@dataclass(frozen=True, slots=True)
class Report:
    """How an index stands: what it does now, and to which file."""

    doing: str
    path: str
    tally: Tally
    pace: Pace


OnReport = Callable[[Report], None]


class _Over(Exception):
    """Nobody waits for what is being looked for."""


class Index:
    """Builds and refreshes the library; one run at a time, a second one waits.

    without : a folder that never belongs to it, whatever lies above: the hub's own
    """

    def __init__(self, library: Library, listener: Listener, *, without: str = "") -> None:
        self.library, self.listener = library, listener
        self.search = Search(library, listener.recipe, without)
        self._turn = asyncio.Lock()

    @property
    def recipe(self) -> str:
        """By which recordings are told of now."""
        return self.search.recipe

    async def run(
        self, roots: Sequence[str], on_report: OnReport, *, workers: int, retry: bool = False, quiet_s: float = 0.0
    ) -> Tally:
        """Bring the library up to date with these folders; returns when all of it has been done.

        workers : recordings that are listened to at once, as far as there is room
        retry : listen again to what could not be listened to, though it has not changed
        quiet_s : a file that changed since so many seconds is left for later

        Raises
        ------
        BadRequest
            None of them is a folder that can be looked into.
        Unavailable
            The library cannot be written, so going on would be in vain.
        """
        tally, pace = Tally(), Pace()
        waiting: asyncio.Queue[Item | None] = asyncio.Queue()
        loop, is_over = asyncio.get_running_loop(), threading.Event()
        search = replace(self.search, retry=retry, quiet_s=quiet_s)

        def report(doing: str, path: str = "") -> None:
            on_report(Report(doing, path, tally, pace))

        def report_from_afar(doing: str, path: str = "") -> None:
            if is_over.is_set():
                raise _Over
            loop.call_soon_threadsafe(report, doing, path)

        def hand_over(item: Item) -> None:
            pace.expect(item.size)
            waiting.put_nowait(item)

        def find() -> None:
            for item in search.items(roots, tally, report_from_afar):
                loop.call_soon_threadsafe(hand_over, item)
            for _ in range(workers):
                loop.call_soon_threadsafe(waiting.put_nowait, None)

        async def work() -> None:
            while (item := await waiting.get()) is not None:
                pace.begin()
                await self.listen_to(item, tally, report)
                pace.finish(item.size)
                report("listened to", item.path)

        if self._turn.locked():
            report("waiting for another index to end")
        async with self._turn:
            finding = loop.run_in_executor(None, find)
            working = [asyncio.create_task(work()) for _ in range(workers)]
            try:
                done, _ = await asyncio.wait([finding, *working], return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
            finally:
                is_over.set()
                for task in working:
                    task.cancel()
                await asyncio.gather(finding, *working, return_exceptions=True)
            for root in roots:  # whenever that was found out
                tally.failed |= {file.path: file.reason for file in self.library.failed(root)}
        return tally

    async def watch(self, roots: Sequence[str], on_report: OnReport, *, workers: int) -> AsyncIterator[Tally]:
        """Keep the library up to date with these folders until cancelled: a tally whenever something was done."""
        async with Watch(roots).watching() as watch:
            while True:
                began = time.monotonic()
                tally = await self.run(roots, on_report, workers=workers, quiet_s=QUIET_S)
                if tally.is_news:
                    yield tally
                look_s = 0.0 if tally.analysed else time.monotonic() - began
                await watch.wait(look_s, soon=bool(tally.written_to))

    async def listen_to(self, item: Item, tally: Tally, report: OnDoing) -> Result:
        """Listen to one content and keep what was heard; what cannot be listened to is kept as failed, with why."""
        tries = 0
        while True:
            file = self._where(item)
            if file is None:
                return "left"  # moved or changed since: the next index finds it
            hearing = await self.listener.listen(file.path, file.size, lambda _, doing: report(doing, item.path))
            if not _is_still(file):
                tally.written_to.append(file.path)
                return "left"
            if is_recording(hearing.heard.evidence):
                told = describe(item.sha256, self.recipe, hearing.heard.evidence)
                prints = [found] if (found := read_print(item.sha256, hearing.heard.evidence)) else []
                # Before the recording counts as known: a print too many is found by nobody.
                await _write(lambda: Prints(self.library.store).put(prints))  # noqa: B023 awaited here
                await _write(lambda: self.library.put([told], {item.sha256: hearing.parts}))  # noqa: B023 awaited here
                tally.analysed += 1
                return "analysed"
            gap = _why(hearing.heard.gaps)
            tries += gap.code in _OF_THE_AGENT
            if gap.code in _OF_THE_HUB:
                wait = gap.retry_after_s or _WAIT_S
                report(f"waiting {wait:.0f} s: {gap.reason}", item.path)
                await asyncio.sleep(wait)
            elif gap.code not in _OF_THE_AGENT or tries >= _TRIES:
                reason = gap.reason.replace(repr(file.path), "it")  # others may hold the same content
                await _write(lambda: self.library.mark(item.sha256, "failed", reason))  # noqa: B023 awaited here
                return "failed"

    def _where(self, item: Item) -> LibraryFile | None:
        """A file that holds the content and has not changed since it was read."""
        files = self.library.files_with(item.sha256)
        return next((file for file in sorted(files, key=lambda file: file.path != item.path) if _is_still(file)), None)


def _is_still(file: LibraryFile) -> bool:
    try:
        return is_same_stamp(stamp_of(file.path), file)
    except OSError:
        return False


def _why(gaps: Sequence[Gap]) -> Gap:
    """The gap that says most about why nothing was heard."""
    return gaps[0] if gaps else Gap("facts", "nothing was heard, and nobody said why", "agent_failed")


async def _write(work: Callable[[], None]) -> None:
    """Write, and again a little later while others do; a store that cannot be written ends the index."""
    for again in range(_WRITE_TRIES):
        try:
            return work()
        except Unavailable:
            if again + 1 == _WRITE_TRIES:
                raise
        await asyncio.sleep(_WRITE_WAIT_S)
    return None
