"""`grym find`: the library by words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import Emit, operation_of
from .telling import JsonOption, perform, say_lines

if TYPE_CHECKING:
    from ..hub import Hub
    from ..library.search import Found, Match
    from ..messages import Json


_SPANS = 3  # places of a pattern in one recording that a person is shown


def find(
    words: Annotated[list[str], typer.Argument(help="What to find, in your own words.")],
    k: Annotated[int, typer.Option("-k", help="How many to show.", min=1, max=1000)] = 10,
    as_json: JsonOption = False,
) -> None:
    """Find recordings of the library by words: tempo, key, length, kind of sound, folder, date, and how they sound.

    grym find "dark kicks"

    grym find "loops between 120 and 125 bpm in A minor, without vocals"

    grym find "average tempo of my techno folder"
    """
    operation = operation_of("find", words=" ".join(words), k=k)

    def show(document: dict[str, Any]) -> None:
        say_lines(lines_of(document))

    perform(operation, as_json, show)


async def perform_find(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Search the library; exit code 3 when nothing of the words was understood."""
    found = await asyncio.to_thread(hub.finder.find, str(operation["words"]), k=int(operation["k"]))
    emit({"document": found_to_json(found)})
    return 3 if found.query.is_empty else 0


def found_to_json(found: Found) -> dict[str, Json]:
    """The document of `grym find --json`."""
    from ..library.aggregates import lines_of as summary_lines
    from ..library.aggregates import summary_to_json
    from ..library.filters import to_json
    from ..library.search import understood

    summary = found.summary
    return {
        "filters": to_json(found.query.conditions),
        "adjectives": {
            each.adjective.name: {
                "measure": each.figure,
                "percentile": [*each.percentile],
                "among": each.among,
                "measured": each.measured,
                "of": each.of,
                "not": each.adjective.is_not,
            }
            for each in found.chosen
        },
        "matches": [_match_to_json(match) for match in found.matches],
        "total": found.total,
        "at_half_or_double_time": found.at_other_times,
        "searched": found.searched,
        "understood": [*understood(found)],
        "not_understood": [*found.query.not_understood],
        "notes": [*found.notes],
        **({} if summary is None else {"answer": {**summary_to_json(summary), "lines": [*summary_lines(summary)]}}),
    }


def _match_to_json(match: Match) -> dict[str, Json]:
    return {
        "path": match.path,
        "sha256": match.sha256,
        "aspects": {},
        "span_s": [round(second, 2) for second in match.places[0]] if match.places else None,
        "spans_s": [[round(start, 2), round(end, 2)] for start, end in match.places],
        "figures": {name: round(value, 6) for name, value in match.figures.items()},
        "words": dict(match.words),
        "others": list(match.others),
        "reasons": [*match.reasons],
    }


def lines_of(document: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person: what was understood, what was found, and how to go on."""
    for line in document["understood"]:
        yield f"  {line}"
    for word in document["not_understood"]:
        yield f"  did not understand: {word}"
    for note in document["notes"]:
        yield f"  note: {note}"
    matches, total = document["matches"], document["total"]
    if not document["understood"]:
        yield 'Nothing of this was understood. Try: grym find "dark kicks", "loops at 120 bpm", "songs in A minor"'
        return
    if "answer" in document:
        yield from document["answer"]["lines"]
    else:
        yield _headline(total, len(matches), document["searched"])
    yield from _other_times(document)
    for match in matches:
        yield match["path"]
        if told := [*_figures(match), *match["words"].values(), *match["reasons"]]:
            yield f"    {', '.join(word.replace('_', ' ') for word in told)}"
        if spans := match["spans_s"]:
            more = f" and {len(spans) - _SPANS} times more" if len(spans) > _SPANS else ""
            yield f"    at {', '.join(f'{start:g} to {end:g} s' for start, end in spans[:_SPANS])}{more}"
        for other in match["others"][:2]:
            yield f"    also {other}"
    if "answer" not in document and total > len(matches):
        yield f"{total - len(matches):,} more: -k {min(1000, total)}"
    if matches:
        yield 'what sounds like one of them: grym similar FILE; all about it: grym ask "..." FILE'


def _headline(total: int, shown: int, searched: int) -> str:
    if not total and not shown:
        return f"Nothing of the {searched:,} recordings in your library is as asked."
    return f"{'1 match' if total == 1 else f'{total:,} matches'} of {searched:,} recordings"


def _other_times(document: Mapping[str, Any]) -> Iterator[str]:
    if more := document["at_half_or_double_time"]:
        yield f"{more:,} more at half or double that tempo (tempi may be counted either way), shown after these"


def _figures(match: Mapping[str, Any]) -> list[str]:
    from ..library.measures import measure_of

    return [f"{measure_of(name).name} {measure_of(name).say(value)}" for name, value in match["figures"].items()]
