"""What a folder holds now: its recordings with their stamps, and what in it could not be looked at.

Nothing is opened, and no link to a folder is followed: a folder is looked at once, however it is linked.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from ..audio.decoding.suffixes import AUDIO_SUFFIXES
from ..storage.library_rows import LibraryFile

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class FolderSeen:
    """A folder that was looked into: on which device it is, and whether there was anything at all in it."""

    device: int
    is_empty: bool


@dataclass(slots=True)
class Listing:
    """What is there.

    root : absolute
    fault : why the root itself could not be looked into; "" when it could
    files : recordings by path, with the stamp they have now and nothing else
    odd : what has the name of a recording and is none: path to what it is
    refused : folders below the root that could not be read: path to why
    linked : links to folders, which are left out
    others : how many other files there are
    """

    root: str
    fault: str = ""
    files: dict[str, LibraryFile] = field(default_factory=dict)
    odd: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    linked: list[str] = field(default_factory=list)
    folders: dict[str, FolderSeen] = field(default_factory=dict)
    others: int = 0


def look_through(root: str, without: str = "") -> Listing:
    """Everything below a folder; hidden files and folders are left out, as are links to folders, and `without`."""
    listing = Listing(root)
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            device = os.stat(folder).st_dev  # noqa: PTH116 a name may be a few bytes that no Path changes
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            if folder == root:
                listing.fault = error.strerror or str(error)
            else:
                listing.refused[folder] = error.strerror or str(error)
            continue
        listing.folders[folder] = FolderSeen(device, not entries)
        waiting += reversed([path for path in _look_at(entries, listing) if path != without])
    return listing


def fault_of(root: str) -> str:
    """Why a folder cannot be looked into; "" when it can."""
    try:
        os.scandir(root).close()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def stamp_of(path: str) -> LibraryFile:
    """A file as it looks now; raises OSError when there is none."""
    return _stamped(path, os.stat(path))  # noqa: PTH116


def is_same_stamp(file: LibraryFile, other: LibraryFile) -> bool:
    """Whether nothing tells that a file was written to between two looks."""
    return _stamp(file) == _stamp(other)


def _look_at(entries: list[os.DirEntry[str]], listing: Listing) -> Iterator[str]:
    """Take the entries of one folder into the listing; yield the folders among them."""
    for entry in entries:
        if entry.name.startswith("."):
            continue
        try:
            if entry.is_dir():
                if entry.is_symlink():
                    listing.linked.append(entry.path)
                else:
                    yield entry.path
            elif PurePath(entry.name).suffix.lower() not in AUDIO_SUFFIXES:
                listing.others += 1
            else:
                _take(entry, listing)
        except OSError as error:
            listing.odd[entry.path] = error.strerror or str(error)


def _take(entry: os.DirEntry[str], listing: Listing) -> None:
    if entry.is_symlink() and not os.path.exists(entry.path):  # noqa: PTH110
        listing.odd[entry.path] = "the link leads nowhere"
        return
    seen = entry.stat()
    if stat.S_ISREG(seen.st_mode):
        listing.files[entry.path] = _stamped(entry.path, seen)
        return
    kind = next((name for test, name in _KINDS if test(seen.st_mode)), "no ordinary file")
    listing.odd[entry.path] = f"it is {kind}, which is never opened"


def _stamped(path: str, seen: os.stat_result) -> LibraryFile:
    return LibraryFile(path, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns, seen.st_ino, seen.st_dev)


def _stamp(file: LibraryFile) -> tuple[int, ...]:
    return file.size, file.mtime_ns, file.ctime_ns, file.inode
