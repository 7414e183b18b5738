"""The sound of a page: the recording's own bytes where browsers play them, else a rendering, else a link."""

from __future__ import annotations

import base64
import io
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np
import soundfile

from ...audio.decoding.files import open_audio
from ...errors import UnusableAudio

MOST_BYTES, MOST_SECONDS = 40_000_000, 20 * 60.0
_WRITE_FRAMES = 16384  # libsndfile's Vorbis encoder keeps what it gets on the stack


@dataclass(frozen=True, slots=True)
class Sound:
    """`data` in base64 with its type, or `link`, an address relative to the page; and what the reader should know."""

    mime: str
    data: str = ""
    link: str = ""
    note: str = ""


def embed_sound(path: str | Path, out: str | Path, duration: float) -> Sound:
    """What the page at `out` plays of the recording at `path`.

    Raises
    ------
    UnusableAudio
        It cannot be read.
    """
    source = Path(path)
    mime = browser_type(source)
    if duration > MOST_SECONDS:
        note = "The recording is longer than 20 minutes, so it is not inside this page: keep the page beside it."
        return Sound(mime or "application/octet-stream", link=_relative(source, Path(out)), note=note)
    if mime and source.stat().st_size <= MOST_BYTES:
        return Sound(mime, data=base64.b64encode(source.read_bytes()).decode())
    kind, raw = render(source)
    why = "large" if mime else "of a kind that browsers do not play"
    note = f"The recording is {why}: what plays here is a rendering, and every figure was measured on the original."
    return Sound(kind, data=base64.b64encode(raw).decode(), note=note)


def browser_type(source: Path) -> str:
    """The media type when browsers play the file as it is, told by its first bytes; "" when they do not."""
    try:
        with source.open("rb") as file:
            head = file.read(64)
    except (OSError, ValueError) as error:
        raise UnusableAudio(f"cannot read {str(source)!r}: {error}") from error
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        coding = int.from_bytes(head[20:22], "little") if head[12:16] == b"fmt " else 0
        bits = int.from_bytes(head[34:36], "little")
        return "audio/wav" if coding in (1, 3, 0xFFFE) and bits in (8, 16, 24, 32) else ""
    if head[:4] == b"OggS":
        return "audio/ogg" if b"vorbis" in head or b"OpusHead" in head else ""
    if head[:4] == b"fLaC":
        return "audio/flac"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    is_mpeg = head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] in (b"\xfb", b"\xfa", b"\xf3", b"\xf2"))
    return "audio/mpeg" if is_mpeg and source.suffix.lower() == ".mp3" else ""


def render(source: Path) -> tuple[str, bytes]:
    """The recording as Ogg Vorbis, or FLAC at rates Vorbis has not; more than two channels are mixed to one."""
    out = io.BytesIO()
    with open_audio(source) as audio:
        channels = audio.channels if audio.channels <= 2 else 1
        is_vorbis = 8000 <= audio.sr <= 192_000
        kind = {"format": "OGG", "subtype": "VORBIS"} if is_vorbis else {"format": "FLAC", "subtype": "PCM_16"}
        with soundfile.SoundFile(out, "w", audio.sr, channels, **kind) as file:
            for block in audio.blocks():
                y = block if channels == block.shape[1] else block.mean(axis=1, keepdims=True)
                for at in range(0, len(y), _WRITE_FRAMES):
                    file.write(np.clip(y[at : at + _WRITE_FRAMES], -1.0, 1.0))
    return ("audio/ogg" if is_vorbis else "audio/flac"), out.getvalue()


def _relative(source: Path, out: Path) -> str:
    try:
        relative = os.path.relpath(source, out.parent)
    except ValueError:  # on another drive
        return source.resolve().as_uri()
    return quote(os.fsencode(relative.replace(os.sep, "/")))
