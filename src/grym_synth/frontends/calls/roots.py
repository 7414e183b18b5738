"""Which files a caller may name: those below the roots, wherever links and dots lead, and nothing hidden."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from ...config import Config
from ...errors import BadRequest
from ...regex import lazily

_BETWEEN_WORDS = lazily(r"[\s\"'`“”„«»()\[\]{}<>=,;|]+")
_LIKE_A_PATH = lazily(r"[/\\~]|^\.\.|\.\w{2,8}$")
_NO_PATH = lazily(r"(?i)https?://|/\d+$")  # an address is judged when it is opened; "3 /4" is a metre
_LONGEST, _LONGEST_PART = 4000, 255  # bytes
_HINT = "name a file below these folders, or set `roots` in config.toml: docs/mcp.md"


class OutOfBounds(BadRequest):
    """A path leads to where this caller may not go; whether anything is there is not told."""

    code = "out_of_bounds"


class Roots:
    """The folders that callers may name files in.

    A path is judged by where it leads, after every link and dot; a part of it below the root that begins with a dot is
    hidden, and hidden things are for their owner alone. On a file system that takes upper for lower case the written
    form counts, so that at worst too much is refused.

    folder : where relative paths start
    never : folders that are refused wherever they lie
    except_in : a folder in one of these in which files may be named all the same
    """

    def __init__(
        self, roots: Sequence[Path], *, folder: Path, never: Sequence[Path] = (), except_in: Path | None = None
    ) -> None:
        self.roots = tuple(dict.fromkeys(_led(root) for root in roots))
        self.folder = _led(folder)
        self._never = tuple(_led(place) for place in never)
        self._except_in = None if except_in is None else _led(except_in)

    def inside(self, name: str) -> str:
        """Where a name leads, absolute.

        Raises
        ------
        OutOfBounds
            It leads out of every root, to something hidden, or nowhere at all.
        """
        if not name or "\0" in name:
            raise OutOfBounds("that is no path", hint=_HINT)
        try:
            place = Path(os.path.realpath(self.folder / Path(name).expanduser()))
        except (OSError, RuntimeError, ValueError) as error:
            raise OutOfBounds(f"{name[:200]!r} is no path", hint=_HINT) from error
        if len(os.fsencode(place)) > _LONGEST or any(len(os.fsencode(part)) > _LONGEST_PART for part in place.parts):
            raise OutOfBounds("that is no path: it is too long", hint=_HINT)
        if self._except_in is not None and self._except_in in place.parents:
            return str(place)
        if not any(place.is_relative_to(never) for never in self._never):
            for root in self.roots:
                if place.is_relative_to(root) and not _is_hidden(place.relative_to(root)):
                    return str(place)
        known = ", ".join(map(str, self.roots)) or "none"
        raise OutOfBounds(f"{name[:200]!r} lies outside the folders that may be named: {known}", hint=_HINT)

    def check_words(self, words: str) -> None:
        """Raises OutOfBounds when words name a file outside: a question may ask to read one, or to write one."""
        for word in _BETWEEN_WORDS.split(words):
            name = word.rstrip(".:!?")
            if _LIKE_A_PATH.search(name) and not _NO_PATH.match(name):
                self.inside(name)


def _is_hidden(place: Path) -> bool:
    return any(part.startswith(".") for part in place.parts)


def roots_of(config: Config, folder: Path, user: Path | None = None) -> Roots:
    """Those that the settings name; else the home of the user and the folder that the caller works in.

    The home of the hub is never among them: it holds tokens, and what others taught.
    """
    user = user or Path.home()
    named = [Path(root).expanduser() for root in config.roots] or [user, *([folder] if folder != Path("/") else [])]
    starts_at = folder if not config.roots else named[0]
    return Roots(named, folder=starts_at, never=[config.home], except_in=config.home / "uploads")


def _led(place: Path) -> Path:
    return Path(os.path.realpath(place))
