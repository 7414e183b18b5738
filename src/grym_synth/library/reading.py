"""The content of files, as a hash: several files at once, without trusting that any of them holds still."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ..storage.library_rows import LibraryFile
from .look import is_same_stamp, stamp_of

AT_ONCE = 2  # enough for one disk, and little of the machine
_BATCH, _BATCH_BYTES = 64, 256 << 20  # files that are handed over together: a second of work, about


def read_contents(files: Sequence[LibraryFile]) -> Iterator[list[LibraryFile]]:
    """The same files with their hash, or with why they have none, a batch at a time."""
    with ThreadPoolExecutor(AT_ONCE, "grym-read") as threads:
        for batch in _batches(files):
            yield list(threads.map(read_content, [file.path for file in batch]))


def read_content(path: str) -> LibraryFile:
    """A file with its stamp and hash. One that is written to while it is read waits; an unreadable one has failed."""
    before = LibraryFile(path, 0, 0, 0, 0, 0)
    try:
        before = stamp_of(path)
        # Without waiting: what was a file a moment ago may be a pipe now, whose other end nobody holds.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return replace(before, state="failed", reason="it is no ordinary file")
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        after = stamp_of(path)
    except OSError as error:
        return replace(before, state="failed", reason=f"it cannot be read: {error.strerror or error}")
    if not is_same_stamp(before, after):
        return replace(after, reason="it is being written to")
    return replace(after, sha256=sha256)


def _batches(files: Sequence[LibraryFile]) -> list[list[LibraryFile]]:
    batches: list[list[LibraryFile]] = []
    size = _BATCH_BYTES
    for file in files:
        if size >= _BATCH_BYTES or len(batches[-1]) >= _BATCH:
            batches.append([])
            size = 0
        batches[-1].append(file)
        size += file.size
    return batches
