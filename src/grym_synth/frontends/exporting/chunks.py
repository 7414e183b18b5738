"""WAV and AIFF files as lists of chunks, and copies of them in which the sound stays as it is, byte for byte."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ...errors import BadRequest, UnusableAudio

_BLOCK_BYTES = 1 << 20
_UNKNOWN_SIZE = 0xFFFFFFFF  # written by programs that stream and cannot go back
_MAX_BYTES = 0xFFFFFFFF - 8


@dataclass(frozen=True, slots=True)
class Chunk:
    name: bytes  # four bytes
    start: int  # of its data in the file
    size: int  # of its data, without the byte that fills up odd ones


@dataclass(frozen=True, slots=True)
class Chunks:
    """What a file consists of. `form` is WAVE, AIFF or AIFC; `order` is "<" or ">", as in `struct`."""

    magic: bytes  # RIFF or FORM
    form: bytes
    chunks: tuple[Chunk, ...]

    @property
    def order(self) -> str:
        return "<" if self.magic == b"RIFF" else ">"

    def find(self, name: bytes) -> Chunk | None:
        return next((chunk for chunk in self.chunks if chunk.name == name), None)


def open_source(path: str | Path) -> BinaryIO:
    """Open a recording to copy it.

    Raises
    ------
    UnusableAudio
        There is no such file, or it may not be read.
    """
    source = Path(path)
    try:
        if not source.is_file():
            raise UnusableAudio(f"{str(path)!r} is no file")
        return source.open("rb")
    except (OSError, ValueError) as error:
        raise UnusableAudio(f"cannot read {str(path)!r}: {error}") from error


def read_chunks(file: BinaryIO, name: str) -> Chunks:
    """List the chunks of a WAV or AIFF file; `name` is what to call it in an error.

    Raises
    ------
    BadRequest
        It is another kind of file, or one of more than 4 GB (RF64).
    UnusableAudio
        It is damaged.
    """
    length = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    magic, form = head[:4], head[8:12]
    if magic in (b"RF64", b"BW64"):
        raise BadRequest(f"{name!r} is a WAV file of the RF64 kind, which is copied by nothing here",
                         hint="export it as a plain WAV file of less than 4 GB")  # fmt: skip
    if (magic, form) not in ((b"RIFF", b"WAVE"), (b"FORM", b"AIFF"), (b"FORM", b"AIFC")):
        raise BadRequest(f"{name!r} is no WAV or AIFF file")
    order = "<" if magic == b"RIFF" else ">"
    told = struct.unpack(f"{order}I", head[4:8])[0] + 8
    end = length if told > length or told < 12 else told
    chunks, at = [], 12
    while at + 8 <= end:
        file.seek(at)
        kind, size = struct.unpack(f"{order}4sI", file.read(8))
        if kind == b"data" and size == _UNKNOWN_SIZE:
            size = end - at - 8
        if at + 8 + size > length:
            raise UnusableAudio(f"{name!r} is cut short: its part {kind!r} ends {at + 8 + size - length} bytes "
                                "behind its end", hint="export or download it again")  # fmt: skip
        chunks.append(Chunk(kind, at + 8, size))
        at += 8 + size + size % 2
    return Chunks(magic, form, tuple(chunks))


def copy_chunks(
    source: BinaryIO,
    out: BinaryIO,
    layout: Chunks,
    is_replaced: Callable[[Chunk], bool],
    added: Sequence[tuple[bytes, bytes]],
) -> None:
    """Copy everything but what is replaced, in blocks, and put the `added` chunks (name, data) behind it."""
    kept = [chunk for chunk in layout.chunks if not is_replaced(chunk)]
    total = 4 + sum(8 + size + size % 2 for size in [*(c.size for c in kept), *(len(data) for _, data in added)])
    if total > _MAX_BYTES:
        raise BadRequest("the copy would be larger than 4 GB, more than a WAV or AIFF file can tell of")
    header = struct.Struct(f"{layout.order}4sI")
    out.write(header.pack(layout.magic, total) + layout.form)
    for chunk in kept:
        out.write(header.pack(chunk.name, chunk.size))
        source.seek(chunk.start)
        copy_bytes(source, out, chunk.size)
        out.write(b"\0" * (chunk.size % 2))
    for name, data in added:
        out.write(header.pack(name, len(data)) + data + b"\0" * (len(data) % 2))


def copy_bytes(source: BinaryIO, out: BinaryIO, n: int | None = None) -> None:
    """Copy `n` bytes, or all that are left, in blocks."""
    while n is None or n > 0:
        block = source.read(_BLOCK_BYTES if n is None else min(n, _BLOCK_BYTES))
        if not block:
            break
        out.write(block)
        n = None if n is None else n - len(block)
    if n:
        raise UnusableAudio("the recording became shorter while it was copied", hint="try again once nobody writes it")
