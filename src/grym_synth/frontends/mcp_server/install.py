"""Puts the entry that starts our MCP server into the settings file of an assistant, and takes it out again.

Nothing is written that was not proposed first: `propose` reads and decides, `carry_out` writes. The file is
somebody else's, so only the entry changes in it, a copy of the old file stays beside it, and a file that cannot
be read or changed surely is left alone.
"""

from __future__ import annotations

import datetime
import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from ...config.clients import UserFolders
from ...errors import BadSetup, Unavailable
from . import settings_json, settings_toml, settings_yaml
from .client_table import Client, entry_of

LARGEST = 32 << 20  # bytes of a settings file; Claude Code keeps its history in it
_BOM = "\ufeff"
_FORMATS: dict[str, ModuleType] = {"json": settings_json, "toml": settings_toml, "yaml": settings_yaml}


@dataclass(frozen=True, slots=True)
class Change:
    """What would be done to a settings file.

    Attributes
    ----------
    path : the file as the client names it
    target : the file itself, where `path` is a link to it
    old, new : the bytes of the file; `old` is None where there is no file, both are the same where all is done
    before, after : the entry as it stands and as it would, None where there is none
    """

    path: Path
    target: Path
    old: bytes | None
    new: bytes
    before: str | None
    after: str | None

    @property
    def is_needed(self) -> bool:
        return self.new != (self.old or b"")


def settings_path(client: Client, folders: UserFolders, project: Path | None = None) -> Path:
    """The settings file of a client, for this user or for one project."""
    if project is not None:
        return project / client.project
    places = [_place(template, folders) for template in client.places[folders.platform]]
    return next((place for place in places if _is_there(place)), places[0])


def seems_here(client: Client, folders: UserFolders) -> bool:
    """Whether a client left traces in this user's home."""
    places = client.signs or tuple(str(Path(place).parent) for place in client.places[folders.platform])
    return any(_is_there(_place(template, folders)) for template in places)


def new_entry(client: Client, folders: UserFolders) -> dict[str, Any]:
    """The entry for this installation; of the environment it keeps only where our home is."""
    env = {} if folders.grym_home is None else {"GRYM_HOME": str(folders.grym_home)}
    return entry_of(client.shape, [*our_program(), "mcp"], env)


def our_program(
    called: str | None = None,
    python: str | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> list[str]:
    """The absolute path of the `grym` that runs, else how Python runs it.

    A link to it stays a link: an upgrade moves what it points to. The `grym` that stands beside this Python is ours
    for sure, one that is found on the PATH may be another.
    """
    called = sys.argv[0] if called is None else called
    python = sys.executable if python is None else python
    names = ("grym.exe", "grym") if sys.platform == "win32" else ("grym",)
    found = which(called) if called and Path(called).name in names else None
    beside = [str(Path(python).with_name(name)) for name in names]
    for candidate in (found, *beside, which("grym")):
        if candidate and os.access(candidate, os.X_OK) and Path(candidate).is_file():
            return [os.path.abspath(candidate)]  # noqa: PTH100 Path.resolve would follow the link
    return [os.path.abspath(python), "-m", "grym_synth"]  # noqa: PTH100


def snippet(client: Client, entry: dict[str, Any]) -> str:
    """The entry as the client wants it, to be put into its file by hand."""
    return str(_FORMATS[client.format].render(client.keys, entry))


def propose(client: Client, path: Path, entry: dict[str, Any] | None) -> Change:
    """What has to be done so that the entry is there, or for None that there is none of ours.

    Raises
    ------
    BadSetup
        The file cannot be read, or not be changed without harm to what else is in it.
    """
    form = _FORMATS[client.format]
    try:
        target = path.resolve()
        old = _read(target)
        text = (old or b"").decode("utf-8")
        mark, text = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
        before = form.find(text, client.keys)
        if entry is None:
            new = text if before is None else form.drop(text, client.keys)
        else:
            new = text if form.is_same(text, client.keys, entry) else form.put(text, client.keys, entry)
        after = None if entry is None else form.find(new, client.keys)
        return Change(path, target, old, (mark + new).encode("utf-8"), before, after)
    except (ValueError, RecursionError, RuntimeError, OSError) as error:
        raise BadSetup(
            f"{path} was left as it is: {_reason(error)}",
            hint=f"put the entry into it by hand; it is shown by: grym mcp install --client {client.name} --print"
            if entry is not None
            else "take the entry out of it by hand",
        ) from error


def carry_out(change: Change, *, mode: int = 0o600, now: datetime.datetime | None = None) -> Path | None:
    """Write what was proposed; the copy of the old file, None where there was none.

    The file is there whole at any time, the old one or the new one, with the rights that it had; `mode` is for a file
    that was not there.

    Raises
    ------
    Unavailable
        The file has changed since it was read: the client wrote to it.
    BadSetup
        It cannot be written. The old file is as it was.
    """
    target = change.target
    try:
        if _read(target) != change.old:
            raise Unavailable(f"{target} has changed just now", hint="close the program whose it is, and do it again")
        backup = None
        if change.old is None:
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if mode == 0o600 else 0o777)
        else:
            mode = stat.S_IMODE(target.stat().st_mode)
            backup = _keep(target, change.old, mode, now or datetime.datetime.now())
        _write(target, change.new, mode)
        if target.read_bytes() != change.new:
            raise BadSetup(f"{target} does not hold what was written", hint=f"the old file is {backup or 'none'}")
    except (OSError, ValueError) as error:
        raise BadSetup(f"{target} cannot be written: {_reason(error)}", hint="nothing was changed in it") from error
    return backup


def _place(template: str, folders: UserFolders) -> Path:
    named = {"home": folders.home, "settings": folders.settings, "roaming": folders.roaming, "codex": folders.codex}
    return Path(template.format_map(named))


def _is_there(path: Path) -> bool:
    with suppress(OSError):
        return path.exists()
    return False


def _read(target: Path) -> bytes | None:
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        raise ValueError("it is no file")
    if found.st_size > LARGEST:
        raise ValueError(f"it has {found.st_size / 1e6:.0f} MB, more than a settings file of {LARGEST / 1e6:.0f} MB")
    return target.read_bytes()


def _keep(target: Path, old: bytes, mode: int, now: datetime.datetime) -> Path:
    """A copy beside the file; one that is there already is not written over."""
    name = f"{target.name}.grym-backup-{now:%Y%m%d-%H%M%S}"
    for number in range(1, 100):
        backup = target.with_name(name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            _create(backup, old, mode)
            return backup
    raise FileExistsError(f"{name} is there already")


def _write(target: Path, text: bytes, mode: int) -> None:
    draft = target.with_name(f".{target.name}.grym-{secrets.token_hex(8)}.tmp")
    try:
        _create(draft, text, mode)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    with suppress(OSError):  # not every system opens folders
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _create(path: Path, text: bytes, mode: int) -> None:
    """A new file, readable for nobody else before it has its rights, and on the disk when this returns."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(text)
            file.flush()
            path.chmod(mode)
            os.fsync(file.fileno())
    except FileExistsError:
        raise
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _reason(error: Exception) -> str:
    match error:
        case UnicodeError():
            return "it is not UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case OSError():
            return error.strerror or str(error)
    return str(error)
