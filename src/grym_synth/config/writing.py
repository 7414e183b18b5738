"""What a command writes into the home: the setting that names the store, and files that only its owner reads."""

from __future__ import annotations

import json
import os
import re
import secrets
import tomllib
from contextlib import suppress
from pathlib import Path

from ..errors import InvalidConfig

_STORE = re.compile(r"^\s*store(_session)?\s*=.*$")
_TABLE = re.compile(r"^\s*\[")


def put_store(path: Path, store: str, session: str) -> None:
    """Name the store in `config.toml`, "" for the usual one; all else in it stays as it is written.

    The file is written whole or not at all, for its owner alone: an address may hold a password.
    """
    old = path.read_text(encoding="utf-8") if path.exists() else ""
    lines, kept, is_top = old.splitlines(), list[str](), True
    for line in lines:
        is_top = is_top and not _TABLE.match(line)
        if not (is_top and _STORE.match(line)):
            kept.append(line)
    told = [f"{name} = {json.dumps(value)}" for name, value in (("store", store), ("store_session", session)) if value]
    text = "\n".join([*told, *kept]).strip("\n")
    read = tomllib.loads(text)
    if (read.get("store", ""), read.get("store_session", "")) != (store, session):
        raise InvalidConfig(f"the store cannot be named in {path}", hint=f"write it there: store = {store!r}")
    write_private(path, f"{text}\n" if text else "")


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, that only its owner reads."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_once(path: Path, text: str) -> None:
    """Write a file that only its owner reads, unless it is there; whole, whoever else does so at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.exists():
        return
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        with suppress(FileExistsError):
            os.link(draft, path)  # unlike a rename it never takes the place of another
    finally:
        draft.unlink(missing_ok=True)
