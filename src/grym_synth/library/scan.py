"""What a folder holds against what the library knows of it. Decides, touches nothing.

A file is the same when its size, time and inode are; else its content tells. What was only moved or copied is known by
its content, so it is never listened to again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal

from ..storage.library_rows import LibraryFile
from .look import Listing, is_same_stamp

_SECOND_NS = 1_000_000_000

#: `touched` has another stamp and the same content.
Became = Literal["new", "changed", "moved", "touched"]


@dataclass(frozen=True, slots=True)
class Differences:
    """What a look at folders tells before any file is read.

    unchanged : as the library knows them
    moved : (as known, as it is now); the new place is told by the stamp alone
    unread : new, or changed in some way: their content has to be read
    missing : known, and not there any more; where their content turns up, they were moved
    away : known, and in a place that cannot be looked at now, so nothing is said of them
    """

    unchanged: tuple[LibraryFile, ...]
    moved: tuple[tuple[LibraryFile, LibraryFile], ...]
    unread: tuple[LibraryFile, ...]
    missing: tuple[LibraryFile, ...]
    away: tuple[LibraryFile, ...]


def compare(listings: Sequence[Listing], known: Mapping[str, LibraryFile]) -> Differences:
    """Hold what is there against what is known of the same folders, by path."""
    there = {path: file for listing in listings for path, file in listing.files.items()}
    unchanged, unread = [], []
    for path, file in there.items():
        before = known.get(path)
        if before is not None and before.sha256 and is_same_stamp(before, file):
            unchanged.append(before)
        elif before is not None and before.state == "failed" and is_same_stamp(before, file):
            unchanged.append(before)  # it could not be read, and nothing has changed about it
        else:
            unread.append(file)
    gone: list[LibraryFile] = []
    away: list[LibraryFile] = []
    odd = {path for listing in listings for path in listing.odd}
    for path, file in known.items():
        if path not in there:
            (away if path in odd or _is_away(file, listings) else gone).append(file)
    moved, missing, unread = _moved_by_stamp(gone, unread, there)
    return Differences(tuple(unchanged), tuple(moved), tuple(unread), tuple(missing), tuple(away))


def _moved_by_stamp(
    gone: Iterable[LibraryFile], unread: Sequence[LibraryFile], there: Collection[str]
) -> tuple[list[tuple[LibraryFile, LibraryFile]], list[LibraryFile], list[LibraryFile]]:
    """Pairs of a file that is gone and a new one that must be the same, and what is left of both."""
    by_stamp: dict[tuple[int, int, int, int], list[LibraryFile]] = defaultdict(list)
    for file in gone:
        by_stamp[_lasting(file)].append(file)
    moved, left = [], []
    for file in unread:
        candidates = by_stamp.get(_lasting(file), [])
        before = candidates[-1] if len(candidates) == 1 else None
        if before is not None and before.sha256 and _is_certain(before, file):
            moved.append(
                (candidates.pop(), replace(file, sha256=before.sha256, state=before.state, reason=before.reason))
            )
        else:
            left.append(file)
    return moved, [file for files in by_stamp.values() for file in files], left


def _lasting(file: LibraryFile) -> tuple[int, int, int, int]:
    """What a file keeps when it gets another name."""
    return file.size, file.mtime_ns, file.inode, file.device


def _is_certain(before: LibraryFile, now: LibraryFile) -> bool:
    """Whether a stamp can be trusted across names.

    An inode is given again once its file is gone, and unpacked files share sizes and whole seconds. A time with a
    fraction is nobody else's, and a file whose folder was renamed keeps the time of its last change of any kind.
    """
    return before.mtime_ns % _SECOND_NS != 0 or before.ctime_ns == now.ctime_ns


def _is_away(file: LibraryFile, listings: Sequence[Listing]) -> bool:
    """Whether a file that was not found lies where nothing can be said: a folder that is gone as a whole with its disk,
    cannot be read, or is the empty place where another disk was.
    """
    path = PurePath(file.path)
    for listing in listings:
        if not path.is_relative_to(listing.root):
            continue
        if listing.fault:
            return True
        for folder in map(str, path.parents):
            if folder in listing.refused:
                return True
            seen = listing.folders.get(folder)
            if seen is not None:
                if seen.is_empty and seen.device != file.device:
                    return True
                break
    return False


def settle(read: LibraryFile, known: Mapping[str, LibraryFile], missing: Mapping[str, list[LibraryFile]]) -> Became:
    """What became of a file, now that its content has been read.

    known : as before, by path
    missing : files that are there no more, by content; the one that this file was is taken out
    """
    before = known.get(read.path)
    if before is not None and before.sha256 == read.sha256:
        return "touched"
    if missing.get(read.sha256):
        missing[read.sha256].pop()
        return "moved"
    return "new" if before is None else "changed"
