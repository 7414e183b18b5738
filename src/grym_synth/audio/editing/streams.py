"""A sound on its way: blocks of samples that are made when they are asked for, and a place for all of them.

Blocks are float32 of shape (n, channels), full scale at 1.0. An operation takes a stream and returns one; nothing is
computed before the last one is read.
"""

from __future__ import annotations

import errno
import tempfile
import weakref
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from ...errors import BadRequest, Unavailable
from ..spectra.frames import FloatArray

Blocks: TypeAlias = Iterator[FloatArray]

BLOCK = 1 << 16  # frames read at once from what was kept
_IN_MEMORY = 64 << 20  # bytes that are kept in memory before a file is used
_MOST_HELD = 32 << 20  # bytes of an end that are held back before all of it is kept instead


@dataclass(frozen=True, slots=True)
class Stream:
    """Blocks with what must be known to read them; `folder` is where a large sound may be kept for a while."""

    sr: int
    channels: int
    blocks: Blocks
    folder: Path

    def with_blocks(self, blocks: Blocks) -> Stream:
        return replace(self, blocks=blocks)


class Kept:
    """All of a sound: in memory while it is small, else in a file without a name, which goes with this process."""

    def __init__(self, stream: Stream) -> None:
        self.channels, self.frames = stream.channels, 0
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(stream.folder))  # noqa: SIM115 closed with this
        weakref.finalize(self, self._file.close)
        for block in stream.blocks:
            try:
                self._file.write(np.ascontiguousarray(block, np.float32).data)
            except OSError as error:
                raise no_room(error, stream.folder) from error
            self.frames += len(block)

    def read(self, start: int, stop: int) -> FloatArray:
        """Frames from `start` to `stop`, both within the sound."""
        row = 4 * self.channels
        self._file.seek(start * row)
        return np.frombuffer(self._file.read((stop - start) * row), np.float32).reshape(-1, self.channels)

    def blocks(self, start: int = 0, stop: int | None = None) -> Blocks:
        stop = self.frames if stop is None else stop
        for at in range(start, stop, BLOCK):
            yield self.read(at, min(at + BLOCK, stop))


def no_room(error: OSError, folder: Path) -> Unavailable | BadRequest:
    """What to tell when a disk did not take what was written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return Unavailable(f"there is no room in {str(folder)!r}: {error.strerror}", hint="free some space there")
    return BadRequest(f"cannot write in {str(folder)!r}: {error.strerror}", hint="name a folder you may write to")


def until_the_end(stream: Stream, n: int) -> Iterator[tuple[FloatArray, int | None]]:
    """The blocks of a stream, those of its last `n` frames with their place in them: 0 is n frames before the end.

    Where the sound is shorter than n, its first block lies at a place above 0.
    """
    if n * stream.channels * 4 > _MOST_HELD:
        kept = Kept(stream)
        tail = max(0, kept.frames - n)
        yield from ((block, None) for block in kept.blocks(0, tail))
        at = n - kept.frames + tail
        for block in kept.blocks(tail):
            yield block, at
            at += len(block)
        return
    held: deque[FloatArray] = deque()
    count = 0
    for block in stream.blocks:
        held.append(block)
        count += len(block)
        while held and count - len(held[0]) >= n:
            count -= len(held[0])
            yield held.popleft(), None
        if count > n:
            yield held[0][: count - n], None
            held[0] = held[0][count - n :]
            count = n
    at = n - count
    for block in held:
        yield block, at
        at += len(block)


def frames_of(seconds: float, sr: int) -> int:
    return round(seconds * sr)
