"""Vorbis comments, the tags of FLAC and Ogg files, and both kinds of file copied with other ones.

References
----------
Xiph.Org, "Ogg Vorbis I format specification: comment field"; RFC 9639 (FLAC); RFC 3533 (Ogg); RFC 7845 (Opus).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from ...errors import BadRequest, UnusableAudio
from .chunks import copy_bytes

_COMMENT_BLOCK, _LAST = 4, 0x80
_PAGE = struct.Struct("<4sBBqIIIB")  # "OggS", version, flags, granule position, serial, number, checksum, segments
_CONTINUED, _FIRST, _END = 0x01, 0x02, 0x04
_REVERSED = bytes(int(f"{i:08b}"[::-1], 2) for i in range(256))


def replace_comments(block: bytes, texts: Mapping[str, str]) -> tuple[bytes, int]:
    """The comments in `block` with `texts` in place of those of the same names; and where the old ones ended.

    Raises
    ------
    UnusableAudio
        They are damaged.
    """
    try:
        (vendor,) = struct.unpack_from("<I", block)
        at = 4 + vendor
        (count,) = struct.unpack_from("<I", block, at)
        at, comments = at + 4, []
        for _ in range(min(count, len(block) // 4)):
            (size,) = struct.unpack_from("<I", block, at)
            comments.append(block[at + 4 : at + 4 + size])
            at += 4 + size
    except struct.error as error:
        raise UnusableAudio("its tags are damaged", hint="save its tags once with a tag editor") from error
    if at > len(block):
        raise UnusableAudio("its tags are damaged", hint="save its tags once with a tag editor")
    names = {name.lower().encode() for name in texts}
    kept = [comment for comment in comments if comment.partition(b"=")[0].lower() not in names]
    new = [f"{name}={text}".encode() for name, text in texts.items()]
    written = [struct.pack("<I", len(comment)) + comment for comment in [*kept, *new]]
    return block[: 4 + vendor] + struct.pack("<I", len(written)) + b"".join(written), at


def copy_flac(source: BinaryIO, out: BinaryIO, texts: Mapping[str, str]) -> None:
    """Copy a FLAC file from its marker on: the comments change, every other block and all sound stays as it is."""
    out.write(source.read(4))
    blocks, is_last = [], False
    while not is_last:
        head = source.read(4)
        data = source.read(int.from_bytes(head[1:], "big"))
        if len(head) < 4 or len(data) < int.from_bytes(head[1:], "big"):
            raise UnusableAudio("it is cut short within its head", hint="export or download it again")
        is_last = bool(head[0] & _LAST)
        blocks.append((head[0] & ~_LAST, data))
    i = next((i for i, (kind, _) in enumerate(blocks) if kind == _COMMENT_BLOCK), None)
    old = struct.pack("<II", 0, 0) if i is None else blocks[i][1]
    new = (_COMMENT_BLOCK, replace_comments(old, texts)[0])
    if len(new[1]) >= 1 << 24:
        raise BadRequest("its tags are larger than 16 MB, more than a FLAC file can hold")
    # The first block describes the stream and has to stay the first.
    blocks = [*blocks[:1], new, *blocks[1:]] if i is None else [*blocks[:i], new, *blocks[i + 1 :]]
    for n, (kind, data) in enumerate(blocks, start=1):
        out.write(bytes([kind | (_LAST if n == len(blocks) else 0)]) + len(data).to_bytes(3, "big") + data)
    copy_bytes(source, out)


@dataclass(frozen=True, slots=True)
class _Page:
    flags: int
    granule: int
    serial: int
    number: int
    lacing: bytes
    body: bytes

    def to_bytes(self) -> bytes:
        head = _PAGE.pack(b"OggS", 0, self.flags, self.granule, self.serial, self.number, 0, len(self.lacing))
        raw = head + self.lacing + self.body
        return raw[:22] + struct.pack("<I", _checksum(raw)) + raw[26:]


def copy_ogg(source: BinaryIO, out: BinaryIO, texts: Mapping[str, str]) -> None:
    """Copy an Ogg file of Vorbis or Opus: the comments change, every packet of sound stays as it is.

    When the comments take more or fewer pages than before, the pages behind them are counted anew.
    """
    pages = _pages(source)
    first = next(pages, None)
    if first is None or not first.flags & _FIRST:
        raise UnusableAudio("it is damaged at its beginning", hint="export or download it again")
    if first.body.startswith(b"\x01vorbis"):
        prefix, n_headers = b"\x03vorbis", 2
    elif first.body.startswith(b"OpusHead"):
        prefix, n_headers = b"OpusTags", 1
    else:
        raise BadRequest("it is an Ogg file of neither Vorbis nor Opus, and tags are written to those alone")
    packets, used = _header_packets(pages, first.serial, n_headers)
    if not packets[0].startswith(prefix):
        raise UnusableAudio("its tags are not where they belong", hint="export or download it again")
    old = packets[0][len(prefix) :]
    comments, end = replace_comments(old, texts)
    heads = _paged([prefix + comments + old[end:], *packets[1:]], first.serial)
    for page in [first, *heads]:
        out.write(page.to_bytes())
    shift, serial = len(heads) - used, first.serial
    for page in pages:
        moves = page.serial == serial and shift
        moved = _Page(page.flags, page.granule, page.serial, page.number + shift, page.lacing, page.body)
        out.write((moved if moves else page).to_bytes())
        if page.serial == serial and page.flags & _END:
            shift = 0  # what follows is another stream, chained to this one


def _header_packets(pages: Iterator[_Page], serial: int, n: int) -> tuple[list[bytes], int]:
    """The next `n` packets and how many pages they fill."""
    packets, rest, used = list[bytes](), b"", 0
    while len(packets) < n:
        page = next(pages, None)
        if page is None:
            raise UnusableAudio("it is cut short within its head", hint="export or download it again")
        if page.serial != serial:
            raise BadRequest("it holds several streams at once, and tags are written to a single one alone")
        used += 1
        at = 0
        for size in page.lacing:
            rest += page.body[at : at + size]
            at += size
            if size < 255:
                packets.append(rest)
                rest = b""
    if len(packets) > n or rest:
        raise UnusableAudio("its sound starts where its head should end", hint="export it again")
    return packets, used


def _paged(packets: list[bytes], serial: int) -> list[_Page]:
    """Packets of the head on as few pages as they need, from page 1 on."""
    pieces = [
        (packet[at : at + 255], at + 255 > len(packet))  # a packet ends with a piece of less than 255 bytes
        for packet in packets
        for at in range(0, len(packet) + 1, 255)
    ]
    pages, is_continued = list[_Page](), False
    for at in range(0, len(pieces), 255):
        some = pieces[at : at + 255]
        lacing = bytes(len(piece) for piece, _ in some)
        granule = 0 if any(ends for _, ends in some) else -1
        flags = _CONTINUED if is_continued else 0
        pages.append(_Page(flags, granule, serial, len(pages) + 1, lacing, b"".join(piece for piece, _ in some)))
        is_continued = not some[-1][1]
    return pages


def _pages(source: BinaryIO) -> Iterator[_Page]:
    while head := source.read(_PAGE.size):
        if len(head) < _PAGE.size or head[:4] != b"OggS":
            raise UnusableAudio("it is damaged or cut short", hint="export or download it again")
        _, _, flags, granule, serial, number, _, n = _PAGE.unpack(head)
        lacing = source.read(n)
        body = source.read(sum(lacing))
        if len(lacing) < n or len(body) < sum(lacing):
            raise UnusableAudio("it is cut short", hint="export or download it again")
        yield _Page(flags, granule, serial, number, lacing, body)


def _checksum(raw: bytes) -> int:
    """CRC-32 of Ogg: zlib's polynomial with the bits in the other order, starting at 0 and not inverted."""
    reflected = zlib.crc32(raw.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)
