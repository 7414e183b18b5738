"""What finds and removes the things that `cleanup.py` has rules for: rows, files, and what the hub hands in.

Each looks again, at the moment of removing, whether the thing is still what it was found to be.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..audio.spectrum.handle_names import HANDLE, SUFFIX
from ..packs import PACKS
from ..storage.house import House
from ..storage.house_rows import Kind
from .cleanup import Cleaner, Why
from .rules import Item, Rule

log = logging.getLogger(__name__)

_AT_ONCE = 1000  # rows that one transaction takes
_CLOCK_STEP_S = 5.0  # between two looks; more is a clock that was set, or a machine that slept
_RANDOM = "[a-z0-9_]{8}"  # as `tempfile` makes them


class StaleRows:
    """Rows of the store whose owner fell silent, and the audit log in the same transaction.

    lives : whether a hub is known to run; the rows of one that does are its own affair, also while it cannot write
    steady : a clock that is never set

    Heartbeats carry the time of day. When that jumps, as after a sleep of the machine, every living lease looks silent
    until its next heartbeat: then nothing is taken before there has been time for one.
    """

    audits_itself = True

    def __init__(
        self,
        house: House,
        kind: Kind,
        lives: Callable[[str], bool] = lambda hub: False,
        *,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._house, self._kind, self._lives, self._steady = house, kind, lives, steady
        self._offset: float | None = None
        self._trusted_from = float("-inf")

    async def find(self, rule: Rule, now: float) -> Sequence[Item]:
        """One item for all of them: they are taken by the thousand, and each cleaner takes what others left."""
        if not self._can_trust(now, rule.stale_after_s):
            return []
        return await asyncio.to_thread(self._find, now, rule.stale_after_s)

    async def remove(self, item: Item, why: Why) -> int:
        """Take what is stale still; what comes meanwhile is for the next pass."""
        return await asyncio.to_thread(self._take, item.count, why)

    def _find(self, now: float, stale_after: float) -> list[Item]:
        hubs = self._house.stale_hubs(self._kind, now, stale_after)
        spared = [hub for hub in hubs if self._lives(hub)]
        count = sum(hubs.values()) - sum(hubs[hub] for hub in spared)
        first = self._house.stale(self._kind, now, stale_after, limit=1, spared=spared)
        if not first:
            return []
        name = first[0].id if count == 1 else f"{first[0].id} and {count - 1} more"
        return [Item(name, now - first[0].last_sign, count)]

    def _take(self, most: int, why: Why) -> int:
        after = why.rule.stale_after_s
        spared = [hub for hub in self._house.stale_hubs(self._kind, why.now, after) if self._lives(hub)]
        count = 0
        while count < most:
            taken = self._house.take_stale(
                self._kind, why.now, stale_after=after, limit=_AT_ONCE, cause=why.cause, spared=spared
            )
            count += len(taken)
            if len(taken) < _AT_ONCE:
                break
        return count

    def _can_trust(self, now: float, stale_after: float) -> bool:
        steady = self._steady()
        before, self._offset = self._offset, now - steady
        if before is not None and abs(self._offset - before) > _CLOCK_STEP_S:
            log.warning("the clock jumped; nothing is stale for a while", extra={"by_s": self._offset - before})
            self._trusted_from = steady + stale_after
        return steady >= self._trusted_from


@dataclass(frozen=True, slots=True)
class Place:
    """Where files of ours lie, and what they are called; with `is_folder`, folders with all that is in them."""

    folder: Path
    name: re.Pattern[str]
    is_folder: bool = False


class OwnFiles:
    """Files that we made, told by folder, name, kind and owner. Links are never followed, and what is open stays.

    What is open is known of the processes of this user, on Linux.
    """

    audits_itself = False

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = tuple(places)

    async def find(self, rule: Rule, now: float) -> Sequence[Item]:
        return await asyncio.to_thread(self._find, rule, now)

    async def remove(self, item: Item, why: Why) -> int:
        return await asyncio.to_thread(self._remove, Path(item.key), why)

    def _find(self, rule: Rule, now: float) -> list[Item]:
        found = [(place, path, status) for place in self._places for path, status in _matching(place)]
        if not any(now - status.st_mtime >= rule.stale_after_s for _, _, status in found):
            return []
        opened = _opened()
        return [
            Item(
                str(path),
                now - status.st_mtime,
                size=max(1, _size(path, status)),
                in_use=_is_open(path, opened, is_folder=place.is_folder),
            )
            for place, path, status in found
        ]

    def _remove(self, path: Path, why: Why) -> int:
        try:
            status = path.lstat()
            named = [place for place in self._places if place.folder == path.parent and place.name.fullmatch(path.name)]
            if why.now - status.st_mtime < why.rule.stale_after_s or not any(
                _is_ours(place, status) for place in named
            ):
                return 0
            if stat.S_ISDIR(status.st_mode):
                shutil.rmtree(path)
            else:
                path.unlink()
        except FileNotFoundError:  # somebody was faster
            return 0
        return 1


@dataclass(frozen=True, slots=True)
class Given:
    """A cleaner made of two functions: what there is, and removing one of it."""

    look: Callable[[Rule, float], Awaitable[Sequence[Item]]]
    take: Callable[[Item], Awaitable[int]]
    audits_itself: bool = False

    async def find(self, rule: Rule, now: float) -> Sequence[Item]:
        return await self.look(rule, now)

    async def remove(self, item: Item, why: Why) -> int:
        return await self.take(item)


def orphans(look: Callable[[], Iterable[tuple[int, str]]], end: Callable[[str], int]) -> Cleaner:
    """Processes that outlived the hub that launched them; `look` gives (pid, mark of the hub), `end` kills by mark."""

    def found() -> list[Item]:
        pids: dict[str, list[int]] = {}
        for pid, mark in look():
            pids.setdefault(mark, []).append(pid)
        return [Item(mark, 0.0, len(numbers)) for mark, numbers in pids.items()]

    async def find(rule: Rule, now: float) -> Sequence[Item]:
        return await asyncio.to_thread(found)

    async def take(item: Item) -> int:
        return await asyncio.to_thread(end, item.key)

    return Given(find, take)


def handle_places(home: Path) -> list[Place]:
    """Spectra behind handles, whole or half written."""
    whole = rf"{HANDLE.pattern}{re.escape(SUFFIX)}"
    return [Place(home / "handles", re.compile(rf"{whole}|\.{whole}\.[0-9a-f]+\.part"))]


def cache_places(home: Path) -> list[Place]:
    """What is made again when it is missing. What was heard of recordings is no cache: it is finished work."""
    return [*handle_places(home), Place(home / "matplotlib", re.compile(r"fontlist-v\d+\.json"))]


def temporary_places(home: Path, *others: Path) -> list[Place]:
    """What a command that was killed may leave: in the home, in the folder for temporary files, and in `others`."""
    shared = Path(tempfile.gettempdir())
    half = re.compile(r"\.grym-[0-9a-f]{32}(?:\..+)?")
    drafts = re.compile(rf"\.grym-{_RANDOM}")
    packs = re.compile(rf"\.(?:{'|'.join(map(re.escape, PACKS))})-{_RANDOM}")
    fetched = re.compile(r"fetched-[0-9a-f]{32}\.\w+|\.grym-[0-9a-f]{32}")
    folders = dict.fromkeys(folder.absolute() for folder in (home, shared, *others))
    return [
        *(Place(folder, half) for folder in folders),
        Place(home, drafts),
        Place(home / "cache" / "fetched", fetched),
        Place(shared, re.compile(rf"grym-doctor-{_RANDOM}"), is_folder=True),
        Place(home / "models", packs, is_folder=True),
    ]


def upload_places(home: Path) -> list[Place]:
    """Files that were sent over HTTP, each in a folder of its own."""
    return [Place(home / "uploads", re.compile(r"[0-9a-f]{32}"), is_folder=True)]


def result_places(home: Path) -> list[Place]:
    """What tasks came to."""
    return [Place(home / "results", re.compile(r"[0-9a-f]{8}\.json"))]


def report_places() -> list[Place]:
    """Details of faults of ours, which somebody may still want to send."""
    return [Place(Path(tempfile.gettempdir()), re.compile(rf"grym-fault-{_RANDOM}\.txt"))]


def usual_cleaners(home: Path, house: House, lives: Callable[[str], bool], *folders: Path) -> dict[str, Cleaner]:
    """Cleaners for all that needs no hub to be removed; `folders` are looked through for leftovers as well."""
    return {
        "lease": StaleRows(house, "lease", lives),
        "handle": OwnFiles(handle_places(home)),
        "temporary": OwnFiles(temporary_places(home, *folders)),
        "upload": OwnFiles(upload_places(home)),
        "result": OwnFiles(result_places(home)),
        "fault report": OwnFiles(report_places()),
        "cache": OwnFiles(cache_places(home)),
    }


def _matching(place: Place) -> Iterator[tuple[Path, os.stat_result]]:
    try:
        with os.scandir(place.folder) as entries:
            for entry in entries:
                if place.name.fullmatch(entry.name):
                    try:
                        status = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    if _is_ours(place, status):
                        yield place.folder / entry.name, status
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:  # of another user: the other places are looked through all the same
        log.info("cannot look for leftovers", extra={"folder": str(place.folder), "reason": error.strerror})


def _is_ours(place: Place, status: os.stat_result) -> bool:
    is_kind = stat.S_ISDIR if place.is_folder else stat.S_ISREG
    return is_kind(status.st_mode) and status.st_uid == os.getuid()


def _size(path: Path, status: os.stat_result) -> int:
    """Bytes of a file, or of all files in a folder."""
    if not stat.S_ISDIR(status.st_mode):
        return status.st_size
    total = 0
    for folder, _, names in os.walk(path, onerror=None):
        for name in names:
            try:
                total += os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 as `os.walk` gives them
            except OSError:
                continue
    return total


def _opened() -> set[str]:
    """Paths that processes of this user hold open or work in, as far as the system tells."""
    paths: set[str] = set()
    for process in Path("/proc").glob("[0-9]*"):
        for link in (*_entries(process / "fd"), str(process / "cwd")):
            try:
                paths.add(os.readlink(link))  # noqa: PTH115 some thousand times, and as text
            except OSError:
                continue
    return paths


def _entries(folder: Path) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(folder)]
    except OSError:
        return []


def _is_open(path: Path, opened: set[str], *, is_folder: bool) -> bool:
    try:
        name = str(path.resolve())
    except OSError:
        return False
    return name in opened or (is_folder and any(other.startswith(f"{name}/") for other in opened))
