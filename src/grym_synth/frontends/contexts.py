"""`grym context`: what a project has asked, which recordings are in play in it, what it cost; and how all that goes.

With a running hub its own figures are shown, which are newer than those in the store by some seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import Emit, operation_of
from .telling import JsonOption, fail, for_terminal, perform, settings, told

if TYPE_CHECKING:
    from ..config import Config
    from ..errors import BadRequest
    from ..hub import Hub
    from ..messages import Json
    from ..storage.contexts import ContextRow, Turn
    from ..storage.store import Store

app = typer.Typer(
    help='Contexts: the projects under which answers are kept, and what "it" and "the other mix" mean in them.',
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(help="A context, as `list` shows it.")]
_PROBES = "hub"  # under which the hub's own probes are counted
_SHOWN = 10  # questions, where nobody says how many
_WIDE = 100  # characters of an answer that is shown in short


@app.command("list")
def list_contexts(as_json: JsonOption = False) -> None:
    """Show every context: its questions, when it was last asked, its recordings, what it cost."""
    perform(operation_of("context", do="list"), as_json, _show_list)


@app.command()
def show(
    name: Name,
    count: Annotated[int, typer.Option("-n", "--count", help="The last so many questions.", min=1)] = _SHOWN,
    as_json: JsonOption = False,
) -> None:
    """Show the last questions of a context with their answers in short, the newest last."""
    perform(operation_of("context", do="show", name=name, count=count), as_json, _show_turns)


@app.command()
def forget(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete a context for good: its questions, its answers and its account. Recordings stay as they are.

    grym context forget album --yes
    """
    if not yes:
        if not _is_somebody_there():
            raise typer.BadParameter("nobody can be asked here: say --yes to delete it for good")
        found = _figures_of(name, as_json)
        if not typer.confirm(f"forget {for_terminal(name)}: {_asked(found['questions'])}, for good?", err=True):
            raise typer.Exit(2)
    perform(operation_of("context", do="forget", name=name), as_json, _show_forgotten)


def _is_somebody_there() -> bool:
    return sys.stdin.isatty()


async def perform_context(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Carry out `grym context` in a running hub."""
    from ..errors import Unavailable

    if not hub.store.is_lasting:
        raise Unavailable("nothing is kept: the store cannot be opened", hint="see `grym doctor`")
    used = {name: (usage.cpu_s, usage.model_tokens) for name, usage in hub.pool.accounts.snapshot().items()}
    if operation["do"] == "forget":
        hub.pool.accounts.forget(operation["name"])
    emit({"document": _document(hub.store, operation, used)})
    return 0


def context_without_hub(config: Config, operation: Mapping[str, Any]) -> dict[str, Json]:
    """The document of `grym context` where no hub runs.

    Raises
    ------
    BadRequest
        There is no context of that name.
    StoreUnavailable, MigrationFailed
        The store cannot be opened.
    """
    from ..storage.opening import open_or_empty

    store = open_or_empty(config)
    try:
        return _document(store, operation, {})
    finally:
        store.close()


def _document(store: Store, operation: Mapping[str, Any], used: Mapping[str, tuple[float, int]]) -> dict[str, Json]:
    """What an operation on contexts gives.

    used : core seconds and tokens of each context, where somebody knows better than the store
    """
    from ..storage.contexts import ContextRow, Contexts
    from ..storage.house_rows import Account

    contexts = Contexts(store)
    rows = {row.name: row for row in contexts.overview()}
    rows |= {name: ContextRow(name, 0, None, None, 0, Account(name)) for name in used if name not in rows}
    if _PROBES in rows and not rows[_PROBES].questions:
        del rows[_PROBES]
    if operation["do"] == "list":
        return {"contexts": [_row_to_json(row, used) for row in rows.values()]}
    name = str(operation["name"])
    if name not in rows:
        raise _unknown(name)
    if operation["do"] == "show":
        turns = contexts.turns(name, limit=int(operation["count"]))
        return {"context": name, "questions": [_turn_to_json(turn) for turn in reversed(turns)]}
    forgotten = contexts.forget(name)
    is_wiped = forgotten is None or forgotten.is_wiped
    return {"forgotten": _row_to_json(rows[name], used), "is_wiped": is_wiped}


def _unknown(name: str) -> BadRequest:
    from ..errors import BadRequest

    return BadRequest(f"there is no context {name!r}", hint="grym context list")


def _row_to_json(row: ContextRow, used: Mapping[str, tuple[float, int]]) -> dict[str, Json]:
    cpu_s, tokens = used.get(row.name, (row.account.cpu_s, row.account.model_tokens))
    return {
        "name": row.name,
        "questions": row.questions,
        "first_asked": _iso(row.first_asked),
        "last_asked": _iso(row.last_asked),
        "recordings": row.recordings,
        "cpu_s": round(cpu_s, 1),
        "model_tokens": tokens,
    }


def _turn_to_json(turn: Turn) -> dict[str, Json]:
    answer = turn.answer()
    claims = answer.get("claims") or [{"text": answer.get("answer", "")}]
    return {
        "question": turn.question,
        "asked_at": _iso(turn.asked_at),
        "answer": answer.get("answer", ""),
        "in_short": _in_short(claims[0]["text"]),
        "referred": answer.get("referred", {}),
        "recordings": [item.path for item in turn.recordings],
    }


def _iso(at: float | None) -> str | None:
    import datetime

    return None if at is None else datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="seconds")


# For people


def _show_list(document: dict[str, Any]) -> None:
    rows = document["contexts"]
    if not rows:
        typer.echo("no question has been kept yet; every answer is, under --context NAME or `default`")
        return
    cells = [
        (
            for_terminal(row["name"]),
            _counted(row["questions"], "question"),
            _when(row["last_asked"]),
            _counted(row["recordings"], "recording"),
            f"{row['cpu_s']:.1f} CPU s",
            _counted(row["model_tokens"], "token"),
        )
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _show_turns(document: dict[str, Any]) -> None:
    from ..planning.telling import listed, short_names

    if not document["questions"]:
        typer.echo("nothing has been asked in it; it has only measured")
    for turn in document["questions"]:
        about = listed(short_names(turn["recordings"]))
        words = {word: paths for word, paths in turn["referred"].items() if word != turn["question"]}
        meant = [f"{word} = {listed(short_names(paths))}" for word, paths in words.items()]
        typer.echo(for_terminal(f"{_when(turn['asked_at'])}: {turn['question']}"))
        if about:
            typer.echo(for_terminal(f"  about {about}" + (f" ({'; '.join(meant)})" if meant else "")))
        typer.echo(for_terminal(f"  {turn['in_short']}"))


def _show_forgotten(document: dict[str, Any]) -> None:
    gone = document["forgotten"]
    what = f"{_asked(gone['questions'])}, an account of {gone['cpu_s']:.1f} CPU s"
    typer.echo(for_terminal(f"forgotten: {gone['name']}: {what} and {_counted(gone['model_tokens'], 'token')}"))
    if not document["is_wiped"]:
        sys.stderr.write("grym: somebody is reading the store; traces of it stay in its log until they have done\n")


def _figures_of(name: str, as_json: bool) -> dict[str, Any]:
    """One context in figures, from whoever is the hub now; ends the command when there is none of that name."""
    import asyncio

    from .hub_socket import perform_anywhere

    found: list[dict[str, Any]] = []

    def take(event: dict[str, Any]) -> None:
        found.extend(row for row in event.get("document", {}).get("contexts", ()) if row["name"] == name)

    with told(as_json):
        asyncio.run(perform_anywhere(settings(as_json), operation_of("context", do="list"), take))
    if not found:
        fail(_unknown(name), as_json)
    return found[0]


def _when(iso: str | None) -> str:
    import datetime
    import time

    from ..planning.telling import ago

    return "never asked" if iso is None else ago(datetime.datetime.fromisoformat(iso).timestamp(), time.time())


def _in_short(sentence: str) -> str:
    """The first line of what was answered, without its citations."""
    import re

    line = re.sub(r"\s?\[e\d+\]", "", sentence).strip().partition("\n")[0]
    return line if len(line) <= _WIDE else f"{line[:_WIDE].rsplit(' ', 1)[0]} ..."


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _asked(questions: int) -> str:
    return f"{_counted(questions, 'question')} with {'its answer' if questions == 1 else 'their answers'}"
