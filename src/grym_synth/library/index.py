"""Folders → recordings: look, read what is new, listen to each content once, keep what was heard.

Everything is written as it is done, so whatever ends this, the next index goes on where it ended. `search.items` says
what is to be listened to, `listen_to` does one of it; `run` does all, several at once.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from ..errors import BadRequest, Unavailable
from ..messages import Gap
from ..storage.library import Library
from ..storage.library_rows import HeardPart, LibraryFile
from ..storage.prints import Prints, read_print
from ..storage.store import Heard, StoreAway
from .describe import describe, is_recording
from .finding import Foresight, Item, OnDoing, Search
from .look import fault_of, is_same_stamp, stamp_of
from .run import Run
from .tally import Pace, Tally

#: Gaps that say nothing about the recording, but about the hub: it is waited until they are over.
_OF_THE_HUB = frozenset({"refused", "unavailable", "circuit_open", "store_unavailable", "hub_unreachable"})
#: Faults of an agent, which may have been killed for no fault of the recording.
_OF_THE_AGENT = frozenset({"agent_crashed", "agent_failed", "malformed_evidence"})
_TRIES, _WAIT_S = 3, 5.0
_WRITE_TRIES, _WRITE_WAIT_S = 5, 1.0
_AWAY_TRIES = 300  # of which each is told at once, or waits for half a second

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
    """How an index stands: what it does now and to which file, and how many of the recordings are done.

    left_s : seconds that the rest takes, at least and at most; None while nobody can know
    failed : of those done, how many could not be listened to
    """

    doing: str
    path: str
    tally: Tally
    done: int = 0
    total: int = 0
    left_s: tuple[float, float] | None = None
    failed: int = 0


OnReport = Callable[[Report], None]


class _Over(Exception):
    """Nobody waits for what is being looked for."""


class Index:
    """Builds and refreshes the library. Several may do so at once: nothing is listened to twice.

    without : a folder that never belongs to it, whatever lies above: the hub's own
    """

    def __init__(self, library: Library, listener: Listener, *, without: str = "") -> None:
        self.library, self.listener = library, listener
        self.search = Search(library, listener.recipe, without)
        self._turn = asyncio.Lock()  # of who looks for work
        self.runs: dict[str, Run] = {}  # that somebody in this process waits for
        self._under_way: dict[str, asyncio.Event] = {}  # by content

    @property
    def recipe(self) -> str:
        """By which recordings are told of now."""
        return self.search.recipe

    async def run(
        self, roots: Sequence[str], on_report: OnReport, *, workers: int, retry: bool = False, quiet_s: float = 0.0
    ) -> Tally:
        """Bring the library up to date with these folders, here and now; returns when all of it has been done.

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
        self.check(roots)
        tally, items = Tally(), list[Item]()

        def report(doing: str, path: str = "") -> None:
            on_report(Report(doing, path, tally))

        await self.find(roots, tally, report, items.append, retry=retry, quiet_s=quiet_s)
        await self.listen_to_all(items, tally, on_report, workers=workers)
        self.count_failed(roots, tally)
        return tally

    async def listen_to_all(self, items: Sequence[Item], tally: Tally, on_report: OnReport, *, workers: int) -> None:
        """Listen to so many contents at once until all are done."""
        pace, waiting = Pace(), deque(items)
        for item in items:
            pace.expect(item.size)

        def report(doing: str, path: str = "") -> None:
            on_report(Report(doing, path, tally, pace.done, pace.total, pace.left_s()))

        async def work() -> None:
            while waiting:
                item = waiting.popleft()
                await self.listen_to(item, tally, report)
                pace.finish(item.size)
                report("listened to", item.path)

        tasks = [asyncio.create_task(work()) for _ in range(min(workers, len(items)))]
        try:
            for task in asyncio.as_completed(tasks):
                await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def find(
        self,
        roots: Sequence[str],
        tally: Tally,
        report: OnDoing,
        take: Callable[[Item], None],
        *,
        foresight: Foresight | None = None,
        retry: bool = False,
        quiet_s: float = 0.0,
    ) -> None:
        """Look for what there is to listen to, in a thread, and hand it over; one at a time, a second one waits."""
        if self._turn.locked():
            report("waiting for another index to have looked")
        search = replace(self.search, retry=retry, quiet_s=quiet_s)
        loop, is_over = asyncio.get_running_loop(), threading.Event()

        def report_from_afar(doing: str, path: str = "") -> None:
            if is_over.is_set():
                raise _Over
            loop.call_soon_threadsafe(report, doing, path)

        def look() -> None:
            for item in search.items(roots, tally, report_from_afar, foresight):
                loop.call_soon_threadsafe(take, item)

        async with self._turn:
            looking = loop.run_in_executor(None, look)
            try:
                await asyncio.shield(looking)
            finally:
                is_over.set()
                await asyncio.gather(looking, return_exceptions=True)  # it must not outlive the store

    def check(self, roots: Sequence[str]) -> None:
        """Refuse folders of which not one can be looked into, unless the library knows them all.

        Raises
        ------
        BadRequest
            The first of them, and why.
        """
        faults = {root: fault for root in roots if (fault := fault_of(root))}
        known = {folder.root for folder in self.library.folders()}
        if len(faults) == len(roots) and not known.issuperset(faults):
            root, fault = next(iter(faults.items()))
            raise BadRequest(f"{root!r} cannot be looked into: {fault}", hint="name a folder with recordings in it")

    def count_failed(self, roots: Sequence[str], tally: Tally) -> None:
        """Tell in the tally of all that cannot be listened to, whenever that was found out."""
        for root in roots:
            tally.failed |= {file.path: file.reason for file in self.library.failed(root)}

    async def hear_one(self, path: str, sha256: str) -> str:
        """Take one file into the library, wherever it lies, and listen to it; why nothing can be heard in it, or "".

        Raises OSError where there is none.
        """
        file = replace(stamp_of(path), sha256=sha256)
        await _write(lambda: self.library.put_files([file]))
        came = await self.listen_to(Item(sha256, path, file.size), Tally(), lambda doing, path="": None)
        if came == "left":  # it was known by another file
            await _write(lambda: self.library.mark(sha256, "known"))
        return self.library.failures_of([sha256]).get(sha256, "") if came == "failed" else ""

    async def listen_to(self, item: Item, tally: Tally, report: OnDoing) -> Result:
        """Listen to one content and keep what was heard; what cannot be listened to is kept as failed, with why.

        What somebody else listens to is waited for, and what is known by then is left as it is.
        """
        while (other := self._under_way.get(item.sha256)) is not None:
            await other.wait()
        if self.library.recipes_of([item.sha256]).get(item.sha256) == self.recipe:
            tally.unchanged += 1
            return "left"
        over = self._under_way[item.sha256] = asyncio.Event()
        try:
            return await self._listen_to(item, tally, report)
        finally:
            del self._under_way[item.sha256]
            over.set()

    async def _listen_to(self, item: Item, tally: Tally, report: OnDoing) -> Result:
        tries = 0
        while True:
            file = self._where(item)
            if file is None:
                return "left"  # moved or changed since: the next index finds it
            hearing = await self.listener.listen(file.path, file.size, lambda _, doing: report(doing, item.path))
            if hearing.sha256 not in (item.sha256, None) or not _is_still(file):
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
    """Write, and again a little later while others do; a store that cannot be written ends the index.

    One whose server is away is waited for for minutes: what was listened to is not thrown away.
    """
    again = 0
    while True:
        again += 1
        try:
            return work()
        except Unavailable as error:
            if again >= (_AWAY_TRIES if isinstance(error, StoreAway) else _WRITE_TRIES):
                raise
        await asyncio.sleep(_WRITE_WAIT_S)
