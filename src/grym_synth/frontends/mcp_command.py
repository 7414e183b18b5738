"""`grym mcp`: the hub inside an assistant, which starts it and speaks with it over stdin and stdout."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from .telling import JsonOption, print_json, settings, told, until_told

if TYPE_CHECKING:
    from .mcp_server.install import Change

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
        str | None, typer.Option(help="The assistant; without it they are listed.", metavar="NAME", show_default=False)
    ] = None,
    project: Annotated[
        bool, typer.Option("--project", help="In the settings of the folder you are in, not in your own.")
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take the entry out again.")] = False,
    only_print: Annotated[bool, typer.Option("--print", help="Only print the entry, to be written by hand.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell an assistant of the hub: show the entry, ask, and write it into its settings.

    A copy of the old settings is kept beside them.

    grym mcp install --client claude-desktop
    """
    from .mcp_server import install as installing

    if client is None:
        _list_clients(as_json=as_json)
        return
    with told(as_json):
        if client not in installing.CLIENTS:
            raise typer.BadParameter(f"unknown client {client!r}; there is {', '.join(installing.CLIENTS)}")
        known = installing.client_of(client)
        if only_print:
            typer.echo(installing.as_text(known, installing.entry_of(known)), nl=False)
            return
        change = installing.plan(known, project=project, remove=remove)
        backup, is_agreed = None, yes
        if change.text is not None:
            _show_change(change, as_json=as_json)
            if not yes and sys.stdin.isatty():
                is_agreed = typer.confirm(f"Write it to {change.path}?", err=True)
            if is_agreed:
                backup = installing.carry_out(change)
    is_changed = change.text is not None and is_agreed
    if as_json:
        document = {"client": known.name, "path": str(change.path), "entry": change.new, "changed": is_changed}
        print_json({**document, "backup": None if backup is None else str(backup)})
    elif change.text is None:
        typer.echo(f"{change.path} {'has no entry of ours' if remove else 'has it already'}")
    elif is_changed:
        typer.echo(f"written: {change.path}" + (f", the old one is {backup}" if backup else ""))
        typer.echo(f"{known.title}: {known.afterwards}")
    else:
        typer.echo("nothing was written; say --yes to write it")


def _list_clients(*, as_json: bool) -> None:
    from .mcp_server.install import CLIENTS, is_there, place_of

    rows = [
        {"client": each.name, "title": each.title, "path": str(place_of(each, project=False)), "here": is_there(each)}
        for each in CLIENTS.values()
    ]
    if as_json:
        print_json({"clients": rows})
        return
    for row in rows:
        typer.echo(f"{row['client']:15} {row['title']}{' (it seems to be here)' if row['here'] else ''}")
    typer.echo("to tell one: grym mcp install --client NAME")


def _show_change(change: Change, *, as_json: bool) -> None:
    from .mcp_server.install import as_text

    say = _say if as_json else typer.echo
    if change.old is not None:
        say(f"instead of:\n{as_text(change.client, change.old)}")
    if change.new is not None:
        say(f"{change.path} gets:\n{as_text(change.client, change.new)}")
    else:
        say(f"it is taken out of {change.path}")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
