"""`grym patterns`: fragments that recur within and across the recordings of the library."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import Emit, operation_of
from .telling import JsonOption, for_terminal, perform

if TYPE_CHECKING:
    from ..hub import Hub
    from ..messages import Json
    from ..storage.patterns import Pattern

app = typer.Typer(
    help="Fragments that recur within and across recordings: the same break, loop or riff.", no_args_is_help=True
)

_SOUGHT_S = 20.0  # that `list` looks through what is new before it answers; the rest goes on with the next
_SHOWN = 4  # occurrences of a pattern in a list for a person


@app.command("list")
def list_(
    name: Annotated[str, typer.Option(help="Only those whose name holds these words.", show_default=False)] = "",
    within: Annotated[
        str, typer.Option("--in", help="Only those that occur in this recording.", metavar="FILE", show_default=False)
    ] = "",
    k: Annotated[int, typer.Option("-k", help="How many to show.", min=1, max=10_000)] = 50,
    as_json: JsonOption = False,
) -> None:
    """List patterns: named ones first, then those that occur most."""
    _perform({"do": "list", "name": name, "in": within, "k": k}, as_json)


@app.command()
def show(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number in the list.")], as_json: JsonOption = False
) -> None:
    """Show where one pattern occurs, in seconds."""
    _perform({"do": "show", "id": number}, as_json)


@app.command()
def name(
    number: Annotated[int, typer.Argument(metavar="ID", help="Its number in the list.")],
    words: Annotated[list[str], typer.Argument(help="What to call it.")],
    as_json: JsonOption = False,
) -> None:
    """Give a pattern a name, by which it is found."""
    _perform({"do": "name", "id": number, "name": " ".join(words)}, as_json)


def _perform(what: dict[str, Any], as_json: bool) -> None:
    def show_lines(document: dict[str, Any]) -> None:
        for line in lines_of(document, in_full=what["do"] == "show"):
            typer.echo(for_terminal(line) if sys.stdout.isatty() else line)

    perform(operation_of("patterns", **what), as_json, show_lines)


async def perform_patterns(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """List, show or name patterns; what is new in the library is looked through first, for a while."""
    import asyncio

    from ..errors import BadRequest
    from ..memory.patterns import seek_patterns
    from ..storage.patterns import Patterns

    patterns, do, number = Patterns(hub.store), operation["do"], operation.get("id")
    if do == "name" and not patterns.give_name(int(operation["id"]), str(operation["name"]).strip()[:200]):
        raise BadRequest(f"there is no pattern {number}", hint="grym patterns list")
    left = 0
    if do == "list":

        def tell(done: int, of: int) -> bool:
            told = {
                "step": "patterns",
                "subject": "",
                "fraction": done / of,
                "message": "looking for patterns",
                "of": 1,
            }
            loop.call_soon_threadsafe(emit, {"progress": told})
            return True

        loop = asyncio.get_running_loop()
        sought = await asyncio.to_thread(seek_patterns, hub.store, budget_s=_SOUGHT_S, on_progress=tell)
        left = sought.left
        found = patterns.named(operation["name"]) if operation.get("name") else patterns.listed()
        if operation.get("in"):
            found = _within(hub, operation, found)
        found = found[: int(operation["k"])]
    else:
        one = patterns.pattern(int(operation["id"]))
        if one is None:
            raise BadRequest(f"there is no pattern {number}", hint="grym patterns list")
        found = [one]
    paths = dict(hub.index.library.paths([each.sha256 for pattern in found for each in pattern.occurrences]))
    emit({"document": {"patterns": [_to_json(pattern, paths) for pattern in found], "left_to_look_through": left}})
    return 0


def _within(hub: Hub, operation: Mapping[str, Any], found: Sequence[Pattern]) -> list[Pattern]:
    from pathlib import Path

    path = str(Path(operation["folder"], operation["in"]))
    contents = {sha256 for sha256, paths in hub.index.library.paths() if path in paths}
    return [pattern for pattern in found if any(each.sha256 in contents for each in pattern.occurrences)]


def _to_json(pattern: Pattern, paths: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    lengths = sorted(each.length_s for each in pattern.occurrences)
    return {
        "id": pattern.id,
        "name": pattern.name,
        "length_s": round(lengths[len(lengths) // 2], 2),
        "recordings": pattern.recordings,
        "occurrences": [
            {
                "path": paths[each.sha256][0],
                "sha256": each.sha256,
                "span_s": [round(each.start_s, 2), round(each.end_s, 2)],
                "similarity": round(each.similarity, 4),
            }
            for each in pattern.occurrences
            if each.sha256 in paths
        ],
    }


def lines_of(document: Mapping[str, Any], *, in_full: bool) -> Iterator[str]:
    """The same for a person."""
    if not document["patterns"]:
        yield "No fragment recurs in the library."
    for pattern in document["patterns"]:
        places = pattern["occurrences"]
        name = f'"{pattern["name"]}"' if pattern["name"] else "no name yet"
        yield (
            f"{pattern['id']:5}  {name}: {pattern['length_s']:g} s, {len(places)} times"
            f" in {pattern['recordings']} recording{'s' if pattern['recordings'] > 1 else ''}"
        )
        for place in places if in_full else places[:_SHOWN]:
            start, end = place["span_s"]
            yield f"         {start:8.2f} to {end:8.2f} s  {100 * place['similarity']:3.0f} %  {place['path']}"
        if not in_full and len(places) > _SHOWN:
            yield f"         … and {len(places) - _SHOWN} more"
    if document["left_to_look_through"]:
        yield f"({document['left_to_look_through']} recordings are still to be looked through: ask again)"
