"""Folders → recordings: look, read what is new, listen to each content once, keep what was heard.

Everything is written as it is done, so whatever ends this, the next index goes on where it ended. `enumerate` says
what is to be listened to, `listen_to` does one of it; `run` does all, several at once.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from ..errors import BadRequest, Unavailable
from ..messages import Gap
from ..storage.library import Library
from ..storage.library_rows import HeardPart, LibraryFile
from ..storage.sqlite import Heard
from .describe import describe, is_recording
from .look import Listing, is_same_stamp, look_through, stamp_of
from .reading import read_contents
from .scan import compare, settle
from .tally import Pace, Tally
from .watch import QUIET_S, Watch

#: Gaps that say nothing about the recording, but about the hub: it is waited until they are over.
_OF_THE_HUB = frozenset({"refused", "unavailable", "circuit_open", "store_unavailable", "hub_unreachable"})
#: Faults of an agent, which may have been killed for no fault of the recording.
_OF_THE_AGENT = frozenset({"agent_crashed", "agent_failed", "malformed_evidence"})
_TRIES, _WAIT_S = 3, 5.0
_WRITE_TRIES, _WRITE_WAIT_S = 5, 1.0
_AT_ONCE = 1000  # files that are written down together

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
class Item:
    """A content that is to be listened to, and one of the files that hold it."""

    sha256: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Report:
    """How an index stands: what it does now, and to which file."""

    doing: str
    path: str
    tally: Tally
    pace: Pace


OnReport = Callable[[Report], None]


class OnDoing(Protocol):
    """Told what is being done, and to which file."""

    def __call__(self, doing: str, path: str = "") -> None: ...


class Index:
    """Builds and refreshes the library; one run at a time, a second one waits.

    without : a folder that never belongs to it, whatever lies above: the hub's own
    """

    def __init__(self, library: Library, listener: Listener, *, without: str = "") -> None:
        self.library, self._listener, self._without = library, listener, without
        self._turn = asyncio.Lock()

    @property
    def recipe(self) -> str:
        """By which recordings are told of now."""
        return self._listener.recipe

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

        def report(doing: str, path: str = "") -> None:
            on_report(Report(doing, path, tally, pace))

        async def find() -> None:
            async for item in self.enumerate(roots, tally, report, retry=retry, quiet_s=quiet_s):
                pace.expect(item.size)
                waiting.put_nowait(item)
            for _ in range(workers):
                waiting.put_nowait(None)

        async def work() -> None:
            while (item := await waiting.get()) is not None:
                pace.begin()
                await self.listen_to(item, tally, report)
                pace.finish(item.size)
                report("listened to", item.path)

        if self._turn.locked():
            report("waiting for another index to end")
        async with self._turn:
            await _all_of([find(), *(work() for _ in range(workers))])
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

    async def enumerate(
        self,
        roots: Sequence[str],
        tally: Tally,
        report: OnDoing,
        *,
        retry: bool = False,
        quiet_s: float = 0.0,
    ) -> AsyncIterator[Item]:
        """Look at folders, write down what was moved, copied and removed, and yield each content to listen to, once."""
        report("looking at the folders")
        listings = await self._look(roots, tally)
        known = await asyncio.to_thread(
            lambda: {file.path: file for root in roots for file in self.library.files(root)}
        )
        found = await asyncio.to_thread(compare, listings, known)
        for start in range(0, len(found.moved), _AT_ONCE):
            part = found.moved[start : start + _AT_ONCE]
            self.library.move_files([(before.path, now) for before, now in part])
        tally.away = len(found.away)
        asked: set[str] = set()
        seen = [*((file, "unchanged") for file in found.unchanged), *((now, "moved") for _, now in found.moved)]
        unread, fresh = _apart(found.unread, lambda file: not 0.0 <= time.time() - file.ctime_ns / 1e9 < quiet_s)
        tally.written_to += [file.path for file in fresh]
        recipes = await asyncio.to_thread(self.library.recipes_of, [file.sha256 for file, _ in seen])
        for file, became in seen:
            is_due = retry if file.state == "failed" else recipes.get(file.sha256) != self.recipe
            tally.stale += is_due and file.sha256 in recipes
            if is_due and not file.sha256:
                unread.append(file)
            elif is_due and file.sha256 not in asked:
                asked.add(file.sha256)
                yield Item(file.sha256, file.path, file.size)
            elif file.state != "failed":
                tally.count(became)
        missing: dict[str, list[LibraryFile]] = defaultdict(list)
        for file in found.missing:
            missing[file.sha256].append(file)
        done = 0
        async for batch in read_contents(unread):
            for item in self._take_in(batch, known, missing, tally, asked, retry=retry):
                yield item
            done += len(batch)
            report(f"reading new files, {done} of {len(unread)}", batch[-1].path)
        self.library.drop_files([file.path for file in found.missing])
        tally.removed = sum(map(len, missing.values()))
        for listing in listings:
            if not listing.fault:
                self.library.add_folder(listing.root, scanned_at=time.time())

    async def listen_to(self, item: Item, tally: Tally, report: OnDoing) -> Result:
        """Listen to one content and keep what was heard; what cannot be listened to is kept as failed, with why."""
        tries = 0
        while True:
            file = self._where(item)
            if file is None:
                return "left"  # moved or changed since: the next index finds it
            hearing = await self._listener.listen(file.path, file.size, lambda _, doing: report(doing, item.path))
            if not _is_still(file):
                tally.written_to.append(file.path)
                return "left"
            if is_recording(hearing.heard.evidence):
                told = describe(item.sha256, self.recipe, hearing.heard.evidence)
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

    async def _look(self, roots: Sequence[str], tally: Tally) -> list[Listing]:
        """Look into the folders; what cannot be looked into is told, and refused where that is all there is."""
        listings = [await asyncio.to_thread(look_through, root, self._without) for root in roots]
        known = {folder.root for folder in self.library.folders()}
        faulty = [listing for listing in listings if listing.fault]
        if len(faulty) == len(listings) and any(listing.root not in known for listing in faulty):
            fault, root = faulty[0].fault, faulty[0].root
            raise BadRequest(f"{root!r} cannot be looked into: {fault}", hint="name a folder with recordings in it")
        for listing in listings:
            tally.folders_refused |= {listing.root: listing.fault} if listing.fault else listing.refused
            tally.linked += listing.linked
            tally.others += listing.others
            tally.failed |= listing.odd
        tally.files = len({path for listing in listings for path in (*listing.files, *listing.odd)})
        return listings

    def _take_in(
        self,
        read: Sequence[LibraryFile],
        known: Mapping[str, LibraryFile],
        missing: Mapping[str, list[LibraryFile]],
        tally: Tally,
        asked: set[str],
        *,
        retry: bool,
    ) -> Iterator[Item]:
        """Write down files whose content was read; yield those whose content nobody has listened to."""
        contents = [file.sha256 for file in read if file.sha256]
        recipes = self.library.recipes_of(contents)
        failed = {} if retry else self.library.failures_of(contents)
        rows, items = [], []
        for file in read:
            if not file.sha256:
                if file.state != "failed":
                    tally.written_to.append(file.path)
                rows.append(file)
                continue
            became = settle(file, known, missing)
            if recipes.get(file.sha256) == self.recipe:
                rows.append(replace(file, state="known"))
                tally.count(became)
            elif file.sha256 in failed:
                rows.append(replace(file, state="failed", reason=failed[file.sha256]))
            else:
                rows.append(file)
                tally.stale += file.sha256 in recipes
                tally.changed += became == "changed"
                if file.sha256 in asked:
                    tally.copied += 1
                else:
                    asked.add(file.sha256)
                    items.append(Item(file.sha256, file.path, file.size))
        self.library.put_files(rows)
        yield from items

    def _where(self, item: Item) -> LibraryFile | None:
        """A file that holds the content and has not changed since it was read."""
        files = self.library.files_with(item.sha256)
        return next((file for file in sorted(files, key=lambda file: file.path != item.path) if _is_still(file)), None)


def _apart(
    files: Sequence[LibraryFile], test: Callable[[LibraryFile], bool]
) -> tuple[list[LibraryFile], list[LibraryFile]]:
    """Those that pass, and the others."""
    passed: list[LibraryFile] = []
    others: list[LibraryFile] = []
    for file in files:
        (passed if test(file) else others).append(file)
    return passed, others


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


async def _all_of(work: Sequence[Coroutine[Any, Any, None]]) -> None:
    """Do all of it side by side; the first error ends the rest."""
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
