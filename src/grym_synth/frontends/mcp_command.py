"""`grym mcp`: the hub inside an assistant, which starts it and speaks with it over stdin and stdout."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .telling import settings, told, until_told

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
    from .mcp_server.hub_server import serve_stdio

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    with told(as_json=False):
        asyncio.run(until_told(serve_stdio(open_desk(settings()))))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
