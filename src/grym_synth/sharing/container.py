"""The file of a pack: a ZIP archive with one possible form, so that no byte of it can be changed unnoticed.

Members are stored one behind the other, uncompressed, with nothing between, before or behind them; every field of their
headers follows from their names, lengths and contents. Whoever reads one makes the headers anew and compares: there is
no room for a second directory, a comment, a link, a date or an overlap.

References
----------
PKWARE, .ZIP File Format Specification 6.3, sections 4.3.7, 4.3.12 and 4.3.16.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from ..errors import BadRequest

MOST_MEMBERS = 1_000
MOST_BYTES = (1 << 31) - 1  # beyond it the format would need its longer form
_DATE = 0x0021  # 1980-01-01, the earliest there is
_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_PIECE = 1 << 20


class BadPack(BadRequest):
    """A file is no pack, or not the one that was signed. Nothing of it was taken in."""

    code = "bad_pack"


@dataclass(frozen=True, slots=True)
class Member:
    """Where the content of one member lies in the file."""

    name: str
    size: int
    crc: int
    at: int


def write_container(file: BinaryIO, members: Iterable[tuple[str, bytes]]) -> None:
    """Write the members in their order."""
    written: list[Member] = []
    at = 0
    for name, content in members:
        member = Member(name, len(content), zlib.crc32(content), at + _LOCAL.size + len(name))
        file.write(_local(member))
        file.write(content)
        at = member.at + member.size
        written.append(member)
    if at > MOST_BYTES or len(written) > MOST_MEMBERS:
        raise BadRequest(f"the pack would have {at >> 20:,} MB, more than {MOST_BYTES >> 20:,}", hint="share less")
    file.write(_directory(written, at))


def read_container(file: BinaryIO) -> list[Member]:
    """The members of a file of exactly this form; contents are not looked at.

    Raises
    ------
    BadPack
        It has another form.
    """
    size = file.seek(0, 2)
    if size > MOST_BYTES:
        raise BadPack(f"it has {size >> 20:,} MB, more than a pack may have ({MOST_BYTES >> 20:,})")
    members = _listed(file, size)
    at = 0
    for member in members:
        file.seek(at)
        if file.read(_LOCAL.size + len(member.name)) != _local(member):
            raise BadPack(f"its member {member.name[:80]!r} is not where or what its directory says")
        at = member.at + member.size
    file.seek(at)
    if file.read() != _directory(members, at):
        raise BadPack("its directory is not the one that its members have")
    return members


def content_of(file: BinaryIO, member: Member) -> bytes:
    """The content of a member, as it stands in the file."""
    file.seek(member.at)
    content = file.read(member.size)
    if len(content) != member.size or zlib.crc32(content) != member.crc:
        raise BadPack(f"its member {member.name[:80]!r} is damaged")
    return content


def _listed(file: BinaryIO, size: int) -> list[Member]:
    """What the directory says; the offsets are those that the form gives, whatever stands there."""
    if size < _END.size:
        raise BadPack("it is too short to be one")
    file.seek(size - _END.size)
    mark, _, _, _, count, length, start, comment = _END.unpack(file.read(_END.size))
    if mark != b"PK\5\6" or comment or start + length + _END.size != size or not 0 < count <= MOST_MEMBERS:
        raise BadPack("it does not end as one does")
    file.seek(start)
    rest = file.read(length)
    members: list[Member] = []
    at = 0
    for _ in range(count):
        if len(rest) < _ENTRY.size:
            raise BadPack("its directory is cut short")
        fields = _ENTRY.unpack_from(rest)
        crc, stored, n_name = fields[7], fields[9], fields[10]
        raw = rest[_ENTRY.size : _ENTRY.size + n_name]
        if not raw.isascii() or len(raw) != n_name:
            raise BadPack("a member of it has a name that no pack uses")
        member = Member(raw.decode("ascii"), stored, crc, at + _LOCAL.size + n_name)
        at = member.at + member.size
        if at > start:
            raise BadPack("its members are longer than the file")
        members.append(member)
        rest = rest[_ENTRY.size + n_name :]
    return members


def _local(member: Member) -> bytes:
    name = member.name.encode("ascii")
    sizes = (member.crc, member.size, member.size)
    return _LOCAL.pack(b"PK\3\4", 20, 0, 0, 0, _DATE, *sizes, len(name), 0) + name


def _directory(members: Sequence[Member], start: int) -> bytes:
    entries = b""
    for member in members:
        name = member.name.encode("ascii")
        sizes = (member.crc, member.size, member.size, len(name))
        at = member.at - _LOCAL.size - len(name)
        entries += _ENTRY.pack(b"PK\1\2", 20, 20, 0, 0, 0, _DATE, *sizes, 0, 0, 0, 0, 0, at) + name
    count = len(members)
    return entries + _END.pack(b"PK\5\6", 0, 0, count, count, len(entries), start, 0)
