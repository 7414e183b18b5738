"""What there is to learn from: an address, a file, or the files of a folder."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from ..errors import BadRequest
from ..regex import lazily
from .reading.kinds import READ_SUFFIXES, is_audio

_SCHEME = lazily(r"[A-Za-z][A-Za-z0-9+.-]*://")
_NO_WORD = lazily(r"[\W_]+")
_EVERY = lazily(r"(\d{1,6})\s*(m|h|d|w)")
_UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_LEAST_S, _MOST_S = 300.0, 366 * 86400.0
_LONGEST_SLUG = 80


def is_address(target: str) -> bool:
    """Whether it names something on the web, not a file."""
    return _SCHEME.match(target) is not None


def files_below(folder: str) -> Iterator[str]:
    """Files in a folder that can be read, and recordings; hidden ones and links to folders are left out."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            wanted = PurePath(name).suffix.lower() in READ_SUFFIXES or is_audio(name)
            path = os.path.join(root, name)  # noqa: PTH118 as the library writes its paths
            if wanted and not name.startswith(".") and _is_file(path):
                yield path


def check_file(path: str) -> None:
    """Raise BadRequest where there is neither a file nor a folder."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadRequest(f"{path!r} cannot be read: {why}", hint="name a file, a folder or an address") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise BadRequest(f"{path!r} is neither a file nor a folder", hint="name a file, a folder or an address")


def domain_of(target: str, parent: str = "") -> str:
    """The collection that something belongs to when nobody names one: its host, or its folder's name."""
    if is_address(target):
        return (urlsplit(target).hostname or "").removeprefix("www.")
    folder = PurePath(parent) if parent and not is_address(parent) else PurePath(target).parent
    return folder.name or "files"


def slug_of(title: str) -> str:
    """ "Low End, Explained" as "low-end-explained"."""
    plain = unicodedata.normalize("NFKC", title).casefold()
    return _NO_WORD.sub("-", plain).strip("-")[:_LONGEST_SLUG].rstrip("-")


def seconds_of(every: str) -> float:
    """ "7d" in seconds; raises BadRequest for what is no time, or one too short or too long."""
    found = _EVERY.fullmatch(every.strip().lower())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0.0
    if not _LEAST_S <= seconds <= _MOST_S:
        raise BadRequest(f"{every!r} is no time between 5m and 366d", hint="say 30m, 12h, 7d or 2w")
    return seconds


def _is_file(path: str) -> bool:
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 many of them
    except OSError:
        return False
