"""Which recordings a request speaks of: files as named, folders as the audio files in them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..audio.decoding.suffixes import AUDIO_SUFFIXES
from ..messages import Gap


@dataclass(frozen=True, slots=True)
class Recording:
    """A file somebody asked about; whether it can be heard is found out by listening."""

    subject: str  # as asked
    path: str  # absolute
    size: int  # bytes; 0 when there is no such file


@dataclass(frozen=True, slots=True)
class Inputs:
    recordings: tuple[Recording, ...]
    gaps: tuple[Gap, ...]


def find_recordings(paths: tuple[str, ...], folder: str, max_files: int) -> Inputs:
    """Look the named files and folders up; what a folder holds beyond `max_files` is told in a gap."""
    found: dict[str, Recording] = {}
    gaps: list[Gap] = []
    left_out = 0
    for name in paths:
        path = Path(folder, name)
        if not _is_folder(path):
            if len(found) < max_files:
                found.setdefault(str(path), _recording(name, path))
            else:
                left_out += 1
            continue
        refused: list[OSError] = []
        files = list(_audio_files(path, refused.append))
        for error in refused:
            reason = f"the folder {error.filename!r} cannot be read: {error.strerror}"
            gaps.append(Gap("facts", reason, "unreadable", name, "check its rights"))
        if not files and not refused:
            hint = f"name a folder with recordings in it: {' '.join(sorted(AUDIO_SUFFIXES))}"
            gaps.append(Gap("facts", f"the folder {name!r} holds no audio files", "unreadable", name, hint))
        for file in files:
            if len(found) < max_files:
                found.setdefault(str(file), _recording(str(Path(name, file.relative_to(path))), file))
            else:
                left_out += 1
    if left_out:
        reason = f"I read the first {max_files} files; {left_out} more were left out"
        gaps.append(Gap("library", reason, "refused", hint="raise `max_files` in the settings, or name fewer"))
    return Inputs(tuple(found.values()), tuple(gaps))


def _recording(subject: str, path: Path) -> Recording:
    try:
        size = path.stat().st_size
    except (OSError, ValueError):  # ValueError: a zero byte in the name
        size = 0
    return Recording(subject, str(path), size)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name that is too long, a folder we may not look into: listening will say so
        return False


def _audio_files(folder: Path, refuse: Callable[[OSError], None]) -> Iterator[Path]:
    """Audio files below `folder` in name order; hidden ones and linked folders are left out."""
    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in AUDIO_SUFFIXES:
                yield Path(here, name)
