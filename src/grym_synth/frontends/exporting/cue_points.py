"""Cue points in a copy of a WAV file: samplers and editors jump to them, and see sections as regions.

A `cue ` chunk places the points, a `LIST` chunk of the kind `adtl` names them (`labl`) and gives regions their length
(`ltxt` with the purpose `rgn `), as the RIFF specification of Microsoft and IBM (1991) has it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from ...errors import BadRequest, UnusableAudio
from ..document import Document, Stretch
from ..whole_files import RECORDING, check_target, new_file
from .chunks import Chunk, Chunks, copy_chunks, open_source, read_chunks
from .layers import lay_out

USUAL_LAYERS = ("sections", "downbeats")


def write_cue_points(
    document: Document, source: str | Path, out: str | Path, layers: Sequence[str] = USUAL_LAYERS
) -> int:
    """Copy the WAV file `source` to `out` with a cue point for each label of the layers; how many there are.

    Cue points that the file had are replaced, everything else is copied as it is.

    Raises
    ------
    BadRequest
        The source is no WAV file, there is nothing to mark, or `out` exists.
    UnusableAudio
        The source cannot be read.
    """
    labels = [label for _, label in lay_out(document, layers)]
    if not labels:
        raise BadRequest(f"there is nothing to mark: none of {', '.join(layers)} was found",
                         hint="choose other layers, such as beats or onsets")  # fmt: skip
    if Path(out).suffix.lower() not in (".wav", ".wave"):
        raise BadRequest(f"a copy with cue points is a WAV file, so name it so, not {str(out)!r}")
    with open_source(source) as file:
        layout = read_chunks(file, str(source))
        if layout.form != b"WAVE":
            raise BadRequest(f"{str(source)!r} is no WAV file, and only those carry cue points", hint="export a WAV")
        sr = _sample_rate(file, layout, str(source))
        added = [(b"cue ", _cue(labels, sr)), (b"LIST", _adtl(labels, sr))]
        check_target(out, RECORDING)
        replaced = {chunk for chunk in layout.chunks if _is_cue(file, chunk)}
        with new_file(out, RECORDING) as copy:
            copy_chunks(file, copy, layout, replaced.__contains__, added)
    return len(labels)


def _sample_rate(file: BinaryIO, layout: Chunks, name: str) -> int:
    form = layout.find(b"fmt ")
    if form is None or form.size < 16:
        raise UnusableAudio(f"{name!r} does not say its sample rate", hint="export it again")
    file.seek(form.start + 4)
    (sr,) = struct.unpack("<I", file.read(4))
    return int(sr)


def _is_cue(file: BinaryIO, chunk: Chunk) -> bool:
    if chunk.name != b"LIST":
        return chunk.name == b"cue "
    file.seek(chunk.start)
    return file.read(4) == b"adtl"


def _cue(labels: Sequence[Stretch], sr: int) -> bytes:
    points = [struct.pack("<II4sIII", i, at, b"data", 0, 0, at) for i, at in _positions(labels, sr)]
    return struct.pack("<I", len(points)) + b"".join(points)


def _adtl(labels: Sequence[Stretch], sr: int) -> bytes:
    parts = [b"adtl"]
    for (i, at), label in zip(_positions(labels, sr), labels, strict=True):
        parts.append(_sub_chunk(b"labl", struct.pack("<I", i) + label.label.encode("utf-8", "replace") + b"\0"))
        length = round(label.end_s * sr) - at
        if label.end_s > label.start_s:
            parts.append(_sub_chunk(b"ltxt", struct.pack("<II4sHHHH", i, length, b"rgn ", 0, 0, 0, 0)))
    return b"".join(parts)


def _positions(labels: Sequence[Stretch], sr: int) -> list[tuple[int, int]]:
    return [(i, round(label.start_s * sr)) for i, label in enumerate(labels, start=1)]


def _sub_chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
