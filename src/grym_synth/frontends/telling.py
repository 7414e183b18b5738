"""How commands tell of errors: one sentence, what to do about it, and the exit code that the contract promises."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

JsonOption = Annotated[bool, typer.Option("--json", help="Print compact JSON, one document a line, and nothing else.")]


@contextmanager
def told(as_json: bool) -> Iterator[None]:
    """Errors of ours end the command with their sentence and their exit code."""
    from ..errors import GrymError
    from .protocol import error_exit, error_to_json

    try:
        yield
    except GrymError as error:
        said = error_to_json(error)
        if as_json:
            print_json({"error": said})
        else:
            sys.stderr.write(f"grym: {said['message']}\n" + (f"      {said['hint']}\n" if said["hint"] else ""))
        raise typer.Exit(error_exit(error)) from error


def print_json(document: object) -> None:
    """Print a document on one line."""
    typer.echo(json.dumps(document, separators=(",", ":")))
