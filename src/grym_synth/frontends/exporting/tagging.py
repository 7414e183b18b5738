"""Tempo and key as tags in a copy of a recording; the sound is copied, never decoded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from ...errors import BadRequest, UnusableAudio
from ...theory.keys import camelot, parse_key
from ..document import Document, number, part
from ..whole_files import RECORDING, check_target, new_file
from .chunks import Chunk, copy_bytes, copy_chunks, open_source, read_chunks
from .id3 import HEADER_BYTES, Tag, read_tag, tag_length, write_tag
from .vorbis_comments import copy_flac, copy_ogg


def write_tagged_copy(
    document: Document, source: str | Path, out: str | Path, *, in_camelot: bool = False
) -> Mapping[str, str]:
    """Copy `source` to `out` with its tempo and key as tags; what was written, by ID3 name (`TBPM`, `TKEY`).

    MP3, WAV and AIFF get an ID3v2 tag (2.4, or the version that is there), FLAC and Ogg get Vorbis comments `BPM`,
    `INITIALKEY` and `KEY`. Other tags stay. `in_camelot` writes "10B" for "D", as some DJ programs sort by.

    Raises
    ------
    BadRequest
        The format carries no such tags here, nothing is known to be written, or `out` exists.
    UnusableAudio
        The source cannot be read, or is damaged.
    """
    texts = tag_texts(document, in_camelot=in_camelot)
    if not texts:
        raise BadRequest("there is nothing to write: neither tempo nor key was found")
    if Path(out).suffix.lower() != Path(source).suffix.lower():
        raise BadRequest(f"a copy keeps its format, so end its name in {Path(source).suffix!r}, not {str(out)!r}")
    target = check_target(out, RECORDING)
    with open_source(source) as file, new_file(target, RECORDING) as copy:
        try:
            _copy(file, copy, texts, str(source))
        except (BadRequest, UnusableAudio) as error:
            message = str(error)
            named = message if str(source) in message else f"{str(source)!r}: {message}"
            raise type(error)(named, hint=error.hint) from error
    return texts


def tag_texts(document: Document, *, in_camelot: bool = False) -> dict[str, str]:
    """Tempo and key as ID3 writes them: a whole number of BPM, and "F#m" for F# minor."""
    texts = {}
    tempo = number(part(document, "rhythm").get("tempo_bpm"))
    if tempo is not None and tempo > 0.0:
        texts["TBPM"] = str(round(tempo))
    told = part(document, "tonality").get("key")
    key = parse_key(told) if isinstance(told, str) else None
    if key is not None:
        tonic, mode = key.split()
        texts["TKEY"] = camelot(key) if in_camelot else f"{tonic}{'m' if mode == 'minor' else ''}"
    return texts


def _copy(source: BinaryIO, out: BinaryIO, texts: Mapping[str, str], name: str) -> None:
    head = source.read(16)
    source.seek(0)
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"FORM"):
        _copy_chunks(source, out, texts, name)
    elif head[:4] == b"fLaC":
        copy_flac(source, out, _comments(texts))
    elif head[:4] == b"OggS":
        copy_ogg(source, out, _comments(texts))
    elif length := tag_length(head):
        old = source.read(length)
        if len(old) < length:
            raise UnusableAudio("it is cut short within its tags", hint="export or download it again")
        if source.read(4) == b"fLaC":
            raise BadRequest("it is a FLAC file behind an ID3 tag, which FLAC does not know", hint="save it again")
        source.seek(length)
        out.write(write_tag(texts, read_tag(old)))
        copy_bytes(source, out)
    elif _is_mpeg_frame(head):
        out.write(write_tag(texts, None))
        copy_bytes(source, out)
    else:
        raise BadRequest("tags are written to copies of MP3, FLAC, Ogg, WAV and AIFF files alone",
                         hint="export it as one of those")  # fmt: skip


def _comments(texts: Mapping[str, str]) -> dict[str, str]:
    """The same under the names that programs look for in Vorbis comments; they do not agree on that of the key."""
    named = {"TBPM": ("BPM",), "TKEY": ("INITIALKEY", "KEY")}
    return {name: text for frame, text in texts.items() for name in named[frame]}


def _is_mpeg_frame(head: bytes) -> bool:
    """Eleven bits of sync, then neither reserved version, nor layer other than III, nor impossible rates."""
    return (
        len(head) >= 4
        and head[0] == 0xFF
        and head[1] & 0xE0 == 0xE0
        and head[1] & 0x18 != 0x08
        and head[1] & 0x06 == 0x02
        and head[2] & 0xF0 != 0xF0
        and head[2] & 0x0C != 0x0C
    )


def _copy_chunks(source: BinaryIO, out: BinaryIO, texts: Mapping[str, str], name: str) -> None:
    layout = read_chunks(source, name)
    old: Tag | None = None
    for chunk in filter(_is_id3, layout.chunks):
        source.seek(chunk.start)
        raw = source.read(chunk.size)
        if HEADER_BYTES <= tag_length(raw) <= len(raw) + HEADER_BYTES:
            old = read_tag(raw)
    added = [(b"id3 " if layout.form == b"WAVE" else b"ID3 ", write_tag(texts, old))]
    copy_chunks(source, out, layout, _is_id3, added)


def _is_id3(chunk: Chunk) -> bool:
    return chunk.name.lower() == b"id3 "
