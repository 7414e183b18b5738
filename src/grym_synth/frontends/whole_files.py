"""Files that are written whole or not at all, and never over somebody else's work."""

from __future__ import annotations

import errno
import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import BadRequest

_HEAD_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file we write: what it is called, how it is named, and how one is told by its first bytes."""

    name: str  # "the picture"
    suffixes: tuple[str, ...]  # the first is the usual one
    beginning: str | None  # regular expression over the first bytes; None: nothing is ever replaced


PICTURE = Kind("the picture", (".png",), r"(?s)\x89PNG\r\n\x1a\n.{0,400}?Software\x00grym-synth")
PAGE = Kind("the report", (".html", ".htm"), r'<!doctype html>\n<html lang="en" data-made-by="grym-synth')
JAMS = Kind("the JAMS file", (".jams", ".json"), r'\{"file_metadata":')
TABLE = Kind("the table", (".csv",), r"path,section,name,start_s,")
LABELS = Kind("the labels", (".txt",), r"\d+\.\d{6}\t\d+\.\d{6}\t")
REAPER = Kind("the marker list", (".csv",), None)  # what REAPER itself exports begins like ours
MIDI = Kind("the MIDI file", (".mid", ".midi"), r"(?s)MThd.{10}MTrk.{0,8}\xff\x01\x0agrym-synth")
EAR = Kind("the ear", (".json",), None)
#: A copy of a recording replaces nothing: what lies there could be the only one of its kind.
RECORDING = Kind("the copy", (), None)


def check_target(out: str | Path, kind: Kind) -> Path:
    """The path to write to.

    Raises
    ------
    BadRequest
        It is a folder, lies in none, has another kind's name, or holds something that is not ours to replace.
    """
    target, name = Path(out), os.fspath(out)
    hint = f"name a file in a folder that exists and that you may write to{_such_as(kind)}"
    if target.is_dir() or not target.parent.is_dir():
        what = "is a folder" if target.is_dir() else "lies in a folder that does not exist"
        raise BadRequest(f"cannot write {kind.name}: {name!r} {what}", hint=hint)
    if kind.suffixes and target.suffix.lower() not in kind.suffixes:
        usual = str(target.with_suffix(kind.suffixes[0]))
        raise BadRequest(f"{kind.name} ends in {' or '.join(kind.suffixes)}, not {name!r}", hint=f"name it {usual!r}")
    if target.exists() and not _may_replace(target, kind):
        what = "exists" if kind.beginning is None else "exists and is something else"
        raise BadRequest(f"cannot write {kind.name}: {name!r} {what}", hint="name another file")
    return target


def _such_as(kind: Kind) -> str:
    return f", such as song{kind.suffixes[0]}" if kind.suffixes else ""


def _may_replace(target: Path, kind: Kind) -> bool:
    if kind.beginning is None or not target.is_file():
        return False
    try:
        with target.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return False
    return not head or re.match(kind.beginning.encode("latin-1"), head) is not None


@contextmanager
def new_file(out: str | Path, kind: Kind) -> Iterator[BinaryIO]:
    """A file to write into, which takes its name once everything is in it; on an error nothing is left of it.

    Raises
    ------
    BadRequest
        It cannot be written there; see also `check_target`.
    """
    target = check_target(out, kind)
    # Beside its target, so that the rename stays on one disk and nobody ever sees half a file.
    temporary = target.with_name(f".grym-{uuid.uuid4().hex}{target.suffix}")
    try:
        try:
            with temporary.open("xb") as file:
                yield file
            if kind.beginning is None and target.exists():  # put there while we wrote
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        why = error.strerror or str(error)
        hint = f"name a file in a folder that exists and that you may write to{_such_as(kind)}"
        raise BadRequest(f"cannot write {kind.name} to {os.fspath(target)!r}: {why}", hint=hint) from error


def write_text(text: str, out: str | Path, kind: Kind) -> None:
    """Write `text` as UTF-8; what is no text in a file's name (broken bytes) is written as a question mark."""
    with new_file(out, kind) as file:
        file.write(text.encode("utf-8", "replace"))
