"""What there is to listen to: folders against the library, and what is new in them read.

It reads files and waits for them: for a thread of its own.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ..storage.library import Library
from ..storage.library_rows import LibraryFile
from .look import Listing, look_through
from .reading import read_contents
from .scan import Differences, compare, settle
from .tally import Pace, Tally

_AT_ONCE = 1000  # files that are written down together


@dataclass(frozen=True, slots=True)
class Item:
    """A content that is to be listened to, and one of the files that hold it."""

    sha256: str
    path: str
    size: int


class OnDoing(Protocol):
    """Told what is being done, and to which file."""

    def __call__(self, doing: str, path: str = "") -> None: ...


class Foresight(Protocol):
    """Told what may have to be listened to, by sizes in bytes, before anybody has read it."""

    def expect(self, size: int) -> None: ...
    def drop(self, size: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Search:
    """How to look for work.

    recipe : what is known by another one is to be listened to again
    without : a folder that never belongs to the library
    retry : also what could not be listened to and has not changed
    quiet_s : a file that changed since so many seconds is left for later
    """

    library: Library
    recipe: str
    without: str = ""
    retry: bool = False
    quiet_s: float = 0.0

    def items(
        self, roots: Sequence[str], tally: Tally, report: OnDoing, foresight: Foresight | None = None
    ) -> Iterator[Item]:
        """Look at folders, write down what was moved, copied and removed, and yield each content to listen to, once."""
        foresight = foresight or Pace()
        report("looking at the folders")
        listings = self._look(roots, tally)
        known = {file.path: file for root in roots for file in self.library.files(root)}
        found = compare(listings, known)
        for start in range(0, len(found.moved), _AT_ONCE):
            part = found.moved[start : start + _AT_ONCE]
            self.library.move_files([(before.path, now) for before, now in part])
        tally.away = len(found.away)
        asked: set[str] = set()
        unread, fresh = _apart(found.unread, lambda file: not 0.0 <= time.time() - file.ctime_ns / 1e9 < self.quiet_s)
        tally.written_to += [file.path for file in fresh]
        due = list(self._due_again(found, tally, asked, unread))
        for size in (*(item.size for item in due), *(file.size for file in unread)):
            foresight.expect(size)
        yield from due
        if tally.stale:
            report(f"{tally.stale} recordings are known by an older version and are listened to anew")
        missing: dict[str, list[LibraryFile]] = defaultdict(list)
        for file in found.missing:
            missing[file.sha256].append(file)
        done, sizes = 0, {file.path: file.size for file in unread}
        for batch in read_contents(unread):
            wanted = list(self._take_in(batch, known, missing, tally, asked))
            for path in {file.path for file in batch}.difference(item.path for item in wanted):
                foresight.drop(sizes[path])
            yield from wanted
            done += len(batch)
            report(f"reading new files, {done} of {len(unread)}", batch[-1].path)
        self.library.drop_files([file.path for file in found.missing])
        tally.removed = sum(map(len, missing.values()))
        for listing in listings:
            if not listing.fault:
                self.library.add_folder(listing.root, scanned_at=time.time())

    def _due_again(
        self, found: Differences, tally: Tally, asked: set[str], unread: list[LibraryFile]
    ) -> Iterator[Item]:
        """Of files whose content is known: those that nobody has listened to yet, or by another recipe, or in vain."""
        seen = [*((file, "unchanged") for file in found.unchanged), *((now, "moved") for _, now in found.moved)]
        recipes = self.library.recipes_of([file.sha256 for file, _ in seen])
        for file, became in seen:
            is_due = self.retry if file.state == "failed" else recipes.get(file.sha256) != self.recipe
            if is_due and not file.sha256:
                unread.append(file)
            elif is_due and file.sha256 not in asked:
                asked.add(file.sha256)
                tally.stale += file.sha256 in recipes
                yield Item(file.sha256, file.path, file.size)
            elif file.state != "failed":
                tally.count(became)

    def _look(self, roots: Sequence[str], tally: Tally) -> list[Listing]:
        """Look into the folders; what cannot be looked into is told."""
        listings = [look_through(root, self.without) for root in roots]
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
    ) -> Iterator[Item]:
        """Write down files whose content was read; yield those whose content nobody has listened to."""
        contents = [file.sha256 for file in read if file.sha256]
        recipes = self.library.recipes_of(contents)
        failed = {} if self.retry else self.library.failures_of(contents)
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


def _apart(
    files: Sequence[LibraryFile], test: Callable[[LibraryFile], bool]
) -> tuple[list[LibraryFile], list[LibraryFile]]:
    """Those that pass, and the others."""
    passed: list[LibraryFile] = []
    others: list[LibraryFile] = []
    for file in files:
        (passed if test(file) else others).append(file)
    return passed, others
