"""Where assistants keep their settings on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def user_folders(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Mapping[str, Path]:
    """The folders that settings of programs lie in: `home`, and `config` for what keeps to the custom of the system."""
    environ = os.environ if environ is None else environ
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    if platform == "darwin":
        config = home / "Library" / "Application Support"
    elif platform == "win32":
        config = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    else:
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    return {"home": home, "config": config, "xdg": Path(environ.get("XDG_CONFIG_HOME") or home / ".config")}


def home_variables(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What an assistant has to set so that it starts the hub of this home, where that is not the usual one."""
    environ = os.environ if environ is None else environ
    given = environ.get("GRYM_HOME")
    return {"GRYM_HOME": str(Path(given).expanduser().absolute())} if given else {}
