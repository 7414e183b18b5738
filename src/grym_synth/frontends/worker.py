"""`grym worker`: take jobs on this machine from a store that several share."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from .telling import JsonOption, for_terminal, print_json, settings, told, until_told

if TYPE_CHECKING:
    from ..config import Config

_LOOK_S = 1.0
_SHOWN = 20  # of the latest jobs


def worker(
    name: Annotated[
        str, typer.Option(help="What it is called, where several run in one GRYM_HOME.", metavar="NAME")
    ] = "worker",
    as_json: JsonOption = False,
) -> None:
    """Take jobs on this machine until Ctrl-C: long work that anybody who shares the store has begun.

    Each machine takes what it has room for, and only jobs whose folders it sees under the same path. What it was at
    when it is stopped, others begin anew.
    """
    import asyncio
    import re

    from ..errors import BadRequest, BadSetup
    from ..storage.opening import is_shared, name_of
    from .hub_socket import hold

    config = settings(as_json)
    with told(as_json):
        if not re.fullmatch(r"[a-z][a-z0-9]{0,15}", name):
            raise BadRequest(f"{name!r} is no name of a worker: small letters and digits, at most 16")
        if not is_shared(config):
            hint = "`grym serve` works on the jobs of this home; how to share a store: docs/postgres.md"
            raise BadSetup(f"the store {name_of(config)} is a file, which machines do not share", hint=hint)
        with hold(config, config.home / f"{name}.lock") as is_ours:
            if is_ours:
                asyncio.run(until_told(_work(config, name, as_json=as_json)))
                return
    sys.stderr.write(f"a worker {name!r} of {config.home} is running already; another takes a --name\n")
    raise typer.Exit(4)


async def _work(config: Config, name: str, *, as_json: bool) -> None:
    import asyncio

    from ..errors import Unavailable
    from ..opening import open_hub
    from ..storage.opening import name_of

    async with open_hub(config, serving=True, role=name) as hub:
        sys.stderr.write(f"{name} takes jobs of {name_of(config)}; stop it with Ctrl-C\n")
        before: tuple[list[str], str] | None = None
        while True:
            at, held = list[str](), hub.upkeep.hold()
            try:
                at = [job.title for job in await hub.jobs.every(_SHOWN) if hub.jobs.is_at(job.id)]
            except Unavailable as error:  # it goes on by itself when that is over
                held = str(error)
            if (at, held) != before:
                before = (at, held)
                if as_json:
                    print_json({"worker": name, "at": at, "held": held})
                else:
                    sys.stderr.write(_in_words(at, held) + "\n")
            await asyncio.sleep(_LOOK_S)


def _in_words(at: list[str], held: str) -> str:
    return for_terminal(", ".join(at)) or (f"waits: {held}" if held else "nothing to do just now")
