"""`grym mcp`: the hub inside an assistant, which starts it and speaks with it over stdin and stdout."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .telling import JsonOption, for_terminal, print_json, say_error, settings, told, until_told

if TYPE_CHECKING:
    from ..config.clients import UserFolders
    from .mcp_server.client_table import Client
    from .mcp_server.install import Change

Say = Callable[[str], None]

app = typer.Typer(
    rich_markup_mode=None, help="Serve one assistant over stdin and stdout, by the Model Context Protocol."
)


@app.callback(invoke_without_command=True)
def mcp(
    context: typer.Context,
    conformance_fixture: Annotated[
        bool, typer.Option("--conformance-fixture", help="Serve what the official conformance suite needs, over HTTP.")
    ] = False,
    port: Annotated[
        int | None, typer.Option(help="Of the fixture, on 127.0.0.1.", min=0, max=65535, show_default="8473 or after")
    ] = None,
) -> None:
    """Serve one assistant over stdin and stdout, by the Model Context Protocol; assistants start this themselves.

    It is the hub of your home while it runs, or speaks for the one that runs already. `grym mcp install` tells an
    assistant of it; over HTTP the same is at /mcp of `grym serve`.
    """
    if context.invoked_subcommand is not None:
        return
    import asyncio

    if conformance_fixture:
        from .http.serve import bind, serve_fixture

        with told(as_json=False), bind("127.0.0.1", port) as listening:
            address = f"http://127.0.0.1:{listening.getsockname()[1]}/mcp"
            asyncio.run(until_told(serve_fixture(listening, lambda: _say(f"{address} is ready; stop it with Ctrl-C"))))
        return
    if sys.stdin.isatty():
        _say("this speaks the Model Context Protocol with an assistant, which starts it; to tell one: grym mcp install")
    import logging

    from .calls.desk import open_desk
    from .calls.traces import begin_traces
    from .mcp_server.hub_server import serve_stdio

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    begin_traces()
    with told(as_json=False):
        asyncio.run(until_told(serve_stdio(open_desk(settings()))))


@app.command()
def install(
    client: Annotated[
        str | None, typer.Option("--client", help="The assistant; without it they are listed.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
    print_only: Annotated[bool, typer.Option("--print", help="Only print the entry, to be pasted by hand.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take our entry out again.")] = False,
    project: Annotated[
        bool, typer.Option("--project", help="In the current folder's file, where the assistant has one.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write the entry that makes an assistant start `grym mcp` into its settings file.

    grym mcp install --client claude-desktop

    It is shown first, and asked for. A copy of the old file stays beside it.
    """
    from ..config.clients import read_user_folders
    from .mcp_server.client_table import CLIENTS
    from .mcp_server.install import new_entry, seems_here, settings_path, snippet

    with told(as_json):
        folders = read_user_folders()
    if client is None:
        if yes or print_only or remove or project:
            raise typer.BadParameter(f"name the assistant: --client {'|'.join(CLIENTS)}")
        _list(folders, as_json)
        return
    if client not in CLIENTS:
        raise typer.BadParameter(f"unknown client {client!r}; there is {', '.join(CLIENTS)}")
    if print_only and remove:
        raise typer.BadParameter("--print and --remove exclude each other")
    known = CLIENTS[client]
    if project and not known.project:
        raise typer.BadParameter(f"{known.title} has no settings of a project that we know of")
    with told(as_json):
        path = settings_path(known, folders, Path.cwd() if project else None)
        entry = new_entry(known, folders)
        document = {"client": client, "path": str(path), "entry": entry, "changed": False, "backup": None}
        if print_only:
            print_json(document) if as_json else typer.echo(snippet(known, entry), nl=False)
            return
        if not seems_here(known, folders):
            sys.stderr.write(f"{known.title} does not seem to be on this machine\n")
        mode = 0o644 if project else 0o600  # a project's file is for all who work on it
        _settle(known, document, None if remove else entry, may_write=yes, mode=mode, as_json=as_json)


def _settle(
    client: Client,
    document: dict[str, Any],
    entry: dict[str, Any] | None,
    *,
    may_write: bool,
    mode: int,
    as_json: bool,
) -> None:
    """Propose, ask, write, and say what was done."""
    from ..errors import BadSetup
    from .mcp_server.install import carry_out, propose, snippet

    path = Path(document["path"])

    def say(text: str) -> None:
        typer.echo(for_terminal(text), err=as_json)

    try:
        change = propose(client, path, entry)
        if not change.is_needed:
            say(f"already there: {path}" if entry is not None else f"there is no entry of ours in {path}")
        else:
            _show(change, say)
            if may_write or _is_agreed(say):
                backup = carry_out(change, mode=mode)
                document |= {"changed": True, "backup": backup and str(backup)}
                say(f"written: {path}" + (f"\nthe old file: {backup}" if backup else ""))
                say(client.after)
            else:
                say("nothing was written")
    except BadSetup:
        if entry is not None and not as_json:
            typer.echo(snippet(client, entry), nl=False)
        raise
    if as_json:
        print_json(document)


def _show(change: Change, say: Say) -> None:
    if change.after is None:
        say(f"From {change.path} this would be taken out:\n\n{change.before}\n")
    elif change.before is None:
        new = "a new file" if change.old is None else "all else in it stays as it is"
        say(f"Into {change.path} ({new}) this would be written:\n\n{change.after}\n")
    else:
        say(f"In {change.path} there is another entry of that name:\n\n{change.before}\n")
        say(f"This would take its place:\n\n{change.after}\n")


def _is_agreed(say: Say) -> bool:
    """The user's yes; nobody is there to give it without a terminal."""
    if not _is_terminal():
        say("It takes a yes: give --yes.")
        return False
    return typer.confirm("Write it?", default=False, err=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _list(folders: UserFolders, as_json: bool) -> None:
    """The assistants we know, and what is there of them."""
    from ..errors import BadSetup
    from .mcp_server.client_table import CLIENTS
    from .mcp_server.install import propose, seems_here, settings_path

    rows = []
    for client in CLIENTS.values():
        path = settings_path(client, folders)
        try:
            has_entry = propose(client, path, None).before is not None
        except BadSetup as error:
            has_entry = None
            say_error({"message": str(error), "hint": ""})
        rows.append(
            {
                "client": client.name,
                "title": client.title,
                "path": str(path),
                "here": seems_here(client, folders),
                "installed": has_entry,
            }
        )
    if as_json:
        print_json({"clients": rows})
        return
    for row in rows:
        mark = "has grym" if row["installed"] else "here" if row["here"] else ""
        typer.echo(for_terminal(f"{row['client']:15} {mark:9} {row['title']:19} {row['path']}"))
    typer.echo("\ninstall: grym mcp install --client NAME")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
