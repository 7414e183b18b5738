"""Telling an assistant of the hub: one entry in its settings, everything else as it was, and a copy of the old file."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...config.clients import home_variables, user_folders
from ...errors import BadRequest, BadSetup

NAME = "grym"
_LARGEST = 16 << 20  # bytes of settings


@dataclass(frozen=True, slots=True)
class Client:
    """An assistant, and how its settings name servers.

    place : of its settings, below one of the folders of `user_folders`
    key : under which servers stand
    project : the same for one folder of work, below it; "" where it has none
    form : "plain" has command, args and env; the others add or rename something
    afterwards : what its user has to do
    """

    name: str
    title: str
    place: tuple[str, str]
    key: str
    project: str = ""
    form: str = "plain"
    afterwards: str = "start it anew"


CLIENTS: Mapping[str, Client] = {
    client.name: client
    for client in (
        Client("claude-desktop", "Claude Desktop", ("config", "Claude/claude_desktop_config.json"), "mcpServers"),
        Client("claude-code", "Claude Code", ("home", ".claude.json"), "mcpServers", ".mcp.json", "typed"),
        Client("cursor", "Cursor", ("home", ".cursor/mcp.json"), "mcpServers", ".cursor/mcp.json"),
        Client(
            "vscode", "Visual Studio Code", ("config", "Code/User/mcp.json"), "servers", ".vscode/mcp.json", "typed"
        ),
        Client("windsurf", "Windsurf", ("home", ".codeium/windsurf/mcp_config.json"), "mcpServers"),
        Client("zed", "Zed", ("xdg", "zed/settings.json"), "context_servers", ".zed/settings.json", "zed"),
        Client("gemini-cli", "Gemini CLI", ("home", ".gemini/settings.json"), "mcpServers", ".gemini/settings.json"),
        Client("codex", "Codex", ("home", ".codex/config.toml"), "mcp_servers", "", "toml"),
        Client("lm-studio", "LM Studio", ("home", ".lmstudio/mcp.json"), "mcpServers"),
        Client("opencode", "opencode", ("xdg", "opencode/opencode.json"), "mcp", "opencode.json", "opencode"),
    )
}


@dataclass(frozen=True, slots=True)
class Change:
    """What would be written.

    old, new : the entry, before and after; None where there is none
    text : the whole file as it will be; None where nothing changes
    """

    client: Client
    path: Path
    old: Any
    new: Any
    text: str | None


def client_of(name: str) -> Client:
    """Raises BadRequest for one that is not known."""
    if name not in CLIENTS:
        raise BadRequest(f"unknown client {name!r}", hint=f"there is {', '.join(CLIENTS)}")
    return CLIENTS[name]


def place_of(client: Client, *, project: bool, environ: Mapping[str, str] | None = None) -> Path:
    """The settings of a client, or those of the folder that is worked in; raises BadRequest where it has none."""
    if project:
        if not client.project:
            raise BadRequest(f"{client.title} has no settings for one folder", hint="leave --project out")
        return Path.cwd() / client.project
    folder, below = client.place
    return user_folders(environ)[folder] / below


def is_there(client: Client, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a client seems to be used on this machine."""
    place = place_of(client, project=False, environ=environ)
    return place.exists() or (place.parent.is_dir() and place.parent != user_folders(environ)["home"])


def entry_of(client: Client, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What makes a client start the hub."""
    program = Path(sys.argv[0])
    is_grym = program.name == "grym" and program.exists()
    found = str(program.absolute()) if is_grym else shutil.which("grym")
    command, args = (found, ["mcp"]) if found else (sys.executable, ["-m", "grym_synth", "mcp"])
    env = home_variables(environ)
    match client.form:
        case "opencode":
            told = {"type": "local", "command": [command, *args], "enabled": True}
            return {**told, "environment": env} if env else told
        case "zed":
            return {"source": "custom", "command": command, "args": args, "env": env}
        case "typed":
            return {"type": "stdio", "command": command, "args": args, **({"env": env} if env else {})}
    return {"command": command, "args": args, **({"env": env} if env else {})}


def as_text(client: Client, entry: Mapping[str, Any]) -> str:
    """The entry as its client's settings have it."""
    if client.form == "toml":
        return _toml(client, entry)
    return json.dumps({client.key: {NAME: entry}}, indent=2, ensure_ascii=False) + "\n"


def plan(
    client: Client, *, project: bool = False, remove: bool = False, environ: Mapping[str, str] | None = None
) -> Change:
    """What would change in the settings of a client; nothing is written.

    Raises
    ------
    BadSetup
        The settings cannot be read, or not be changed without losing what is in them.
    """
    place = place_of(client, project=project, environ=environ)
    if place.is_symlink():  # the file itself is written, and the link stays
        place = Path(os.path.realpath(place))
    new = None if remove else entry_of(client, environ)
    text = _read(place)
    if client.form == "toml":
        return _plan_toml(client, place, text, new)
    hint = "write it there yourself: grym mcp install --print" if new else "take it out yourself"
    try:
        whole = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise BadSetup(f"{place} is no plain JSON, or has comments, which would be lost: {error}", hint=hint) from error
    servers = whole.get(client.key, {}) if isinstance(whole, dict) else None
    if not isinstance(whole, dict) or not isinstance(servers, dict):
        raise BadSetup(f"{place} does not have its servers under {client.key!r} as it should", hint=hint)
    old = servers.get(NAME)
    if old == new:
        return Change(client, place, old, new, None)
    kept = {name: value for name, value in servers.items() if name != NAME or new is not None}
    changed = {**kept, **({NAME: new} if new is not None else {})}
    indent = _indent_of(text)
    told = json.dumps({**whole, client.key: changed}, indent=indent, ensure_ascii=False)
    return Change(client, place, old, new, told + "\n")


def carry_out(change: Change) -> Path | None:
    """Write a change, whole or not at all; the copy of the old file, or None where there was none.

    Raises
    ------
    BadSetup
        It cannot be written; the old file is as it was.
    """
    assert change.text is not None
    place, backup = change.path, None
    draft = place.with_name(f".{place.name}.{os.getpid()}.grym")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        mode = place.stat().st_mode & 0o777 if place.exists() else 0o600
        if place.exists():
            backup = _free(place.with_name(f"{place.name}.grym-backup-{time.strftime('%Y%m%d-%H%M%S')}"))
            shutil.copy2(place, backup)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(change.text)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(mode)
        draft.replace(place)
    except OSError as error:
        raise BadSetup(f"{place} cannot be written: {error.strerror}", hint="check its rights") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    return backup


def _free(place: Path) -> Path:
    number, free = 1, place
    while free.exists():
        number += 1
        free = place.with_name(f"{place.name}-{number}")
    return free


def _read(place: Path) -> str:
    try:
        with place.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise BadSetup(f"{place} cannot be read: {error.strerror}", hint="check its rights") from error
    if len(content) > _LARGEST:
        raise BadSetup(f"{place} is larger than settings are", hint="is that the right file?")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadSetup(f"{place} is no text in UTF-8", hint="write it anew as such") from error


def _indent_of(text: str) -> int | str:
    """How a file indents, so that it looks as before."""
    for line in text.splitlines()[1:]:
        space = line[: len(line) - len(line.lstrip())]
        if space:
            return "\t" if space[0] == "\t" else len(space)
    return 2


def _toml(client: Client, entry: Mapping[str, Any]) -> str:
    """A table of TOML; JSON's strings and lists of strings are TOML's as well."""
    lines = [
        f"[{client.key}.{NAME}]",
        f"command = {json.dumps(entry['command'])}",
        f"args = {json.dumps(entry['args'])}",
    ]
    if entry.get("env"):
        pairs = ", ".join(f"{json.dumps(name)} = {json.dumps(value)}" for name, value in entry["env"].items())
        lines.append(f"env = {{ {pairs} }}")
    return "\n".join(lines) + "\n"


def _plan_toml(client: Client, place: Path, text: str, new: dict[str, Any] | None) -> Change:
    """The table is put at the end; one that is there is replaced where it can be cut out surely."""
    hint = "write it there yourself: grym mcp install --print"
    try:
        whole = tomllib.loads(text)
    except ValueError as error:
        raise BadSetup(f"{place} is no TOML: {error}", hint="mend it first") from error
    servers = whole.get(client.key, {})
    if not isinstance(servers, dict):
        raise BadSetup(f"{place} does not have its servers under {client.key!r} as it should", hint=hint)
    old = servers.get(NAME)
    if old == new:
        return Change(client, place, old, new, None)
    kept = _without_table(text, f"[{client.key}.{NAME}]") if old is not None else text
    told = kept.rstrip("\n") + ("\n\n" if kept.strip() and new else "\n") + (_toml(client, new) if new else "")
    told = told.lstrip("\n")
    wanted = {name: value for name, value in servers.items() if name != NAME} | ({NAME: new} if new else {})
    try:
        read = tomllib.loads(told)
    except ValueError:  # what is there is written in another form
        read = {}
    if {**read, client.key: read.get(client.key, {})} != {**whole, client.key: wanted}:
        raise BadSetup(f"{place} has an entry {NAME!r} that cannot be replaced surely", hint=hint)
    return Change(client, place, old, new, told)


def _without_table(text: str, header: str) -> str:
    """Text without a table and those below it."""
    kept, is_ours = [], False
    below = header[:-1] + "."
    for line in text.splitlines(keepends=True):
        bare = line.strip()
        if bare.startswith("["):
            is_ours = bare.startswith((header, below))
        if not is_ours:
            kept.append(line)
    return "".join(kept)
