"""Where programs of this user keep their settings: the folders that their settings files are named by."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import InvalidConfig

Platform = Literal["linux", "darwin", "win32"]


@dataclass(frozen=True, slots=True)
class UserFolders:
    """The folders of one user on one machine."""

    platform: Platform
    home: Path
    settings: Path  # XDG_CONFIG_HOME, or ~/.config
    roaming: Path  # APPDATA, as Windows has it
    codex: Path  # CODEX_HOME, or ~/.codex
    grym_home: Path | None  # GRYM_HOME, where it is set


def read_user_folders(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> UserFolders:
    """The folders of whoever runs this.

    Raises
    ------
    InvalidConfig
        Nothing says where the user's home is.
    """
    from . import read_home

    environ = os.environ if environ is None else environ
    known: Platform = "win32" if platform == "win32" else "darwin" if platform == "darwin" else "linux"
    home = _absolute(environ, "USERPROFILE" if known == "win32" else "HOME")
    if home is None:
        raise InvalidConfig("the environment does not say where your home is", hint="set HOME to its absolute path")
    return UserFolders(
        platform=known,
        home=home,
        settings=_absolute(environ, "XDG_CONFIG_HOME") or home / ".config",
        roaming=_absolute(environ, "APPDATA") or home / "AppData" / "Roaming",
        codex=_absolute(environ, "CODEX_HOME") or home / ".codex",
        grym_home=read_home(environ) if environ.get("GRYM_HOME") else None,
    )


def _absolute(environ: Mapping[str, str], name: str) -> Path | None:
    """A folder that a variable names; a relative one counts as none, as the XDG rules have it."""
    path = Path(environ.get(name, ""))
    return path if path.is_absolute() else None
