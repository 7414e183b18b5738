"""A new agent to start from: a working script and a test beside it, from the templates."""

from __future__ import annotations

import contextlib
import keyword
import sys
from pathlib import Path

from ..errors import BadRequest
from ..messages import CAPABILITIES
from .catalog import AGENTS_FOLDER, NAME

_TEMPLATES = Path(__file__).with_name("templates")
_PLACE = "@NAME@"


def write_agent(name: str, folder: Path) -> tuple[Path, Path]:
    """Write `NAME.py` and `test_NAME.py` into `folder`; their paths.

    The script needs the standard library only, measures the mean level of a WAV file, and keeps docs/agents.md.

    Raises
    ------
    BadRequest
        The name cannot be that of an agent, or one of the files is there already; then nothing is written.
    """
    _check_name(name)
    targets = folder / f"{name}.py", folder / f"test_{name}.py"
    if not folder.is_dir():
        raise BadRequest(f"there is no folder {folder}", hint="make it first")
    taken = next((path for path in targets if path.exists() or path.is_symlink()), None)
    if taken is not None:
        raise BadRequest(f"{taken} is there already", hint="move it away, or give the agent another name")
    written: list[Path] = []
    try:
        for path, template in zip(targets, ("agent.py.txt", "test_agent.py.txt"), strict=True):
            text = (_TEMPLATES / template).read_text(encoding="utf-8").replace(_PLACE, name)
            with path.open("x", encoding="utf-8") as file:  # never over something that came meanwhile
                written.append(path)
                file.write(text)
    except OSError as error:
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink()
        raise BadRequest(f"cannot write {targets[len(written) - 1] if written else targets[0]}: {error}") from error
    return targets


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise BadRequest(
            f"{name!r} cannot be the name of an agent: 1 to 31 small letters, digits and _ make one, a letter first"
        )
    if keyword.iskeyword(name) or name in sys.stdlib_module_names:
        why = "is a module or a word of Python itself, which a file of that name would hide"
    elif name in CAPABILITIES:
        why = "is something that the hub answers already"
    elif (AGENTS_FOLDER / f"{name}.py").exists() or name == "health_update":
        why = "is the name of an agent or a tool of the hub's own"
    else:
        return
    raise BadRequest(f"{name!r} {why}", hint="give the agent another name")
