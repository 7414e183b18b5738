"""What an edit is called that nobody named: beside its source, after it, and never where something is."""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

from ..decoding.decoders import Header
from .formats import suffix_for
from .grammar import FORMATS
from .operations import Convert
from .outputs import sidecar_of

_EDITED = re.compile(r"-edited(?:-\d+)?\Z")


def free_name(source: str, header: Header, convert: Convert) -> Path:
    """`song-edited.wav` for `song.wav`, or `song-edited-2.wav` where that is taken; an edit of an edit counts on.

    Beside a `song.flac` it is `song-wav-edited.mp3`: both may be converted at once.
    """
    path = Path(source).absolute()
    stem, suffix = _EDITED.sub("", path.stem) or path.stem, suffix_for(source, header, convert)
    if path.suffix and suffix != path.suffix and _has_namesake(path):
        stem = f"{stem}-{path.suffix.lstrip('.')}"
    numbers = ("", *(f"-{number}" for number in range(2, 10_000)))
    names = (path.with_name(f"{stem}-edited{number}{suffix}") for number in numbers)
    return next(itertools.filterfalse(_is_taken, names), path.with_name(f"{stem}-edited{suffix}"))


def _has_namesake(path: Path) -> bool:
    """Whether another recording beside it differs only in how its name ends."""
    endings = {f".{name}" for name in FORMATS} - {path.suffix.lower()}
    return any(os.path.lexists(path.with_suffix(ending)) for ending in endings)


def _is_taken(path: Path) -> bool:
    """By a file, by an earlier edit whose sidecar is left, or by the slices of one."""
    first = path.with_name(f"{path.stem}-01{path.suffix}")
    return any(os.path.lexists(name) for name in (path, sidecar_of(path), first))
