"""`grym patterns`: fragments that recur within and across the recordings of the library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import foreign
from .protocol import Emit, operation_of
from .telling import JsonOption, perform, say_lines

if TYPE_CHECKING:
    from ..hub import Hub
    from ..jobs.port import Job
    from ..messages import Json
    from ..storage.patterns import Pattern

app = typer.Typer(
    help="Fragments that recur within and across recordings: the same break, loop or riff.", no_args_is_help=True
)

app.add_typer(foreign.app, name="foreign")

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
def search(as_json: JsonOption = False) -> None:
    """Look through what is new in the library, as every index does when it ends; stopped, it goes on the next time."""
    _perform({"do": "search", "k": 50}, as_json)


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
        say_lines(lines_of(document, in_full=what["do"] == "show"))

    perform(operation_of("patterns", **what), as_json, show_lines)


async def perform_patterns(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """List, show, name or seek patterns; a list is what is known, and says what is still to be looked through."""
    from ..errors import BadRequest
    from ..storage.patterns import Patterns

    patterns, do, number = Patterns(hub.store), operation["do"], operation.get("id")
    if do == "name":
        patterns.give_name(int(operation["id"]), str(operation["name"]))
    if do == "search":
        await seek(hub, emit, stays=bool(operation.get("stays", True)))
    if do in ("list", "search"):
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
    emit({"document": {"patterns": [_to_json(pattern, paths) for pattern in found], **await _state(hub)}})
    return 0


async def seek(hub: Hub, emit: Emit, *, stays: bool = True) -> None:
    """Look through what is new in the library, and tell how far that is; with `stays` False it is only begun."""
    from ..library.recurring import look_for_patterns
    from ..memory.patterns import PatternSearch

    def tell(done: int, of: int, job: Job | None) -> None:
        message = f"looking for patterns, {done:,} of {of:,} recordings" + (
            f", {job.cause}" if job is not None and job.cause else ""
        )
        told = {"step": "patterns", "subject": "", "fraction": done / of if of else 0.0, "message": message, "of": 1}
        emit({"progress": told})

    await look_for_patterns(PatternSearch(hub.store), hub.jobs, tell, stays=stays)


async def _state(hub: Hub) -> dict[str, Json]:
    """How many recordings are still to be looked through, and the job that does it."""
    from ..library.recurring import under_way
    from ..storage.prints import Prints

    job = await under_way(hub.jobs)
    told: Json = None if job is None else {"id": job.id, "state": job.state, "done": job.progress.done}
    return {"left_to_look_through": Prints(hub.store).to_search(), "search": told}


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
        yield (
            "No fragment is known to recur."
            if document["left_to_look_through"]
            else "No fragment recurs in the library."
        )
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
    if left := document["left_to_look_through"]:
        yield f"({left:,} recording{'' if left == 1 else 's'} still to be looked through: {_how(document['search'])})"


def _how(search: Mapping[str, Any] | None) -> str:
    """How what is left comes to be looked through."""
    if search is None:
        return "the library has changed since, grym patterns search"
    return f"a search is under way, grym jobs show {search['id']}"
