"""ID3v2 tags: reading the frames of one that is there, and writing one with some of them replaced.

Frames that are not replaced stay as they are, byte for byte, in the version of the tag they came with.

References
----------
M. Nilsson, "ID3 tag version 2.3.0" (1999); M. Nilsson and J. Sundström, "ID3 tag version 2.4.0" (2000).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import BadRequest, UnusableAudio

HEADER_BYTES = 10
_UNSYNCHRONISED, _EXTENDED, _FOOTER = 0x80, 0x40, 0x10


@dataclass(frozen=True, slots=True)
class Frame:
    name: bytes  # "TBPM"
    flags: bytes  # two bytes, as they were
    data: bytes


@dataclass(frozen=True, slots=True)
class Tag:
    version: int  # 3 or 4
    unsynchronised: bool  # its frames avoid what a decoder could take for sound; only of version 4
    frames: tuple[Frame, ...]


def tag_length(head: bytes) -> int:
    """Bytes of the tag that starts with `head` (10 bytes or more), its header and footer included; 0 without one."""
    if len(head) < HEADER_BYTES or head[:3] != b"ID3" or max(head[6:10]) > 0x7F:
        return 0
    return HEADER_BYTES + _from_syncsafe(head[6:10]) + (HEADER_BYTES if head[5] & _FOOTER else 0)


def read_tag(raw: bytes) -> Tag:
    """The frames of a tag.

    Raises
    ------
    BadRequest
        It is of a version that cannot be carried over.
    UnusableAudio
        It is damaged.
    """
    version, flags = raw[3], raw[5]
    if version not in (3, 4):
        raise BadRequest(f"its ID3 tag is of version 2.{version}, and only 2.3 and 2.4 can be carried over",
                         hint="save its tags once with a tag editor")  # fmt: skip
    body = raw[HEADER_BYTES : HEADER_BYTES + _from_syncsafe(raw[6:10])]
    if version == 3 and flags & _UNSYNCHRONISED:
        body = body.replace(b"\xff\x00", b"\xff")
    if flags & _EXTENDED and len(body) >= 4:
        size = _from_syncsafe(body[:4]) if version == 4 else struct.unpack(">I", body[:4])[0] + 4
        body = body[size:]
    # Some programs wrote plain sizes into tags of version 2.4: what leads from frame to frame is right.
    for syncsafe in (True, False) if version == 4 else (False,):
        frames = _walk(body, syncsafe)
        if frames is not None:
            return Tag(version, version == 4 and bool(flags & _UNSYNCHRONISED), frames)
    raise UnusableAudio("its ID3 tag is damaged", hint="save its tags once with a tag editor")


def _walk(body: bytes, syncsafe: bool) -> tuple[Frame, ...] | None:
    frames, at = [], 0
    while at + HEADER_BYTES <= len(body) and body[at]:
        name, size = body[at : at + 4], body[at + 4 : at + 8]
        if not re.fullmatch(rb"[A-Z0-9]{3}[A-Z0-9 ]", name) or (syncsafe and max(size) > 0x7F):
            return None
        start = at + HEADER_BYTES
        end = start + (_from_syncsafe(size) if syncsafe else struct.unpack(">I", size)[0])
        if end > len(body):
            return None
        frames.append(Frame(name, body[at + 8 : start], body[start:end]))
        at = end
    return None if any(body[at:]) else tuple(frames)


def write_tag(texts: Mapping[str, str], tag: Tag | None) -> bytes:
    """A tag with the frames of `tag` and the text frames `texts` (ASCII) in place of those of the same name."""
    version = 4 if tag is None else tag.version
    unsynchronised = tag is not None and tag.unsynchronised
    kept = [] if tag is None else [frame for frame in tag.frames if frame.name.decode() not in texts]
    new = [Frame(name.encode(), b"\0\0", b"\0" + text.encode("ascii")) for name, text in texts.items()]
    body = b"".join(_frame_bytes(frame, version) for frame in [*kept, *new])
    if len(body) >= 1 << 28:
        raise BadRequest("its tags are larger than 256 MB, more than ID3 can hold")
    flags = _UNSYNCHRONISED if unsynchronised else 0
    return b"ID3" + bytes([version, 0, flags]) + _to_syncsafe(len(body)) + body


def _frame_bytes(frame: Frame, version: int) -> bytes:
    size = _to_syncsafe(len(frame.data)) if version == 4 else struct.pack(">I", len(frame.data))
    return frame.name + size + frame.flags + frame.data


def _from_syncsafe(four: bytes) -> int:
    return four[0] << 21 | four[1] << 14 | four[2] << 7 | four[3]


def _to_syncsafe(n: int) -> bytes:
    return bytes([n >> 21 & 0x7F, n >> 14 & 0x7F, n >> 7 & 0x7F, n & 0x7F])
