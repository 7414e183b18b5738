"""How commands speak: results on stdout, all else on stderr, errors as one sentence with the promised exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, Protocol, TypeVar

import typer

if TYPE_CHECKING:
    from ..config import Config
    from ..errors import GrymError

JsonOption = Annotated[bool, typer.Option("--json", help="Print compact JSON, one document a line, and nothing else.")]
T = TypeVar("T")
Show = Callable[[dict[str, Any]], None]


class View(Protocol):
    """Shows the person who waits how far it is."""

    def show(self, progress: Mapping[str, Any]) -> None: ...
    def close(self) -> None: ...


def perform(
    operation: dict[str, Any],
    as_json: bool,
    show: Show,
    afterwards: Show | None = None,
    view: View | None = None,
) -> NoReturn:
    """Carry out an operation and leave with its exit code; documents are shown as they come."""
    import asyncio
    import logging

    from .hub_socket import perform_anywhere
    from .progress import ProgressView

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    view = view or ProgressView(is_terminal=sys.stderr.isatty())
    exit_code = 1

    def emit(event: dict[str, Any]) -> None:
        nonlocal exit_code
        if "progress" in event:
            view.show(event["progress"])
        elif "exit" in event:
            exit_code = event["exit"]
        else:
            document = event["document"]
            if as_json:
                print_json(document)
            elif set(document) == {"error"}:
                say_error(document["error"])
            else:
                show(document)
            if afterwards is not None:
                afterwards(document)

    with told(as_json):
        try:
            asyncio.run(perform_anywhere(settings(as_json), operation, emit))
        finally:
            view.close()
    raise typer.Exit(exit_code)


def settings(as_json: bool = False) -> Config:
    """The settings; a bad one ends the command with its sentence."""
    from ..config import read_config

    with told(as_json):
        return read_config()


@contextmanager
def told(as_json: bool) -> Iterator[None]:
    """Errors of ours end the command with their sentence and their exit code."""
    from ..errors import GrymError

    try:
        yield
    except GrymError as error:
        fail(error, as_json)


def fail(error: GrymError, as_json: bool) -> NoReturn:
    """End the command with an error's sentence and its exit code."""
    from .protocol import error_exit, error_to_json

    if as_json:
        print_json({"error": error_to_json(error)})
    else:
        say_error(error_to_json(error))
    raise typer.Exit(error_exit(error)) from error


def say_error(error: dict[str, Any]) -> None:
    sys.stderr.write(f"grym: {error['message']}\n" + (f"      {error['hint']}\n" if error["hint"] else ""))


def print_json(document: object) -> None:
    """Print a document on one line."""
    typer.echo(json.dumps(document, separators=(",", ":")))


def say_lines(lines: Iterable[str]) -> None:
    """Lines on stdout, each of them one line whatever the names of files and tags in it hold."""
    from .exports import printable

    for line in lines:
        typer.echo(printable(line))


def for_terminal(text: str) -> str:
    """Names and tags are text from strangers: what would steer a terminal is spelled out."""
    from .exports import printable

    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


async def until_told(work: Awaitable[T]) -> T | None:
    """What work comes to; None when Ctrl-C or SIGTERM ended it."""
    import asyncio
    import signal

    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return None
