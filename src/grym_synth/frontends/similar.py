"""`grym similar`: what of the library sounds like a recording, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import Emit, operation_of
from .telling import JsonOption, perform, say_lines

if TYPE_CHECKING:
    from ..hub import Hub
    from ..memory.similar import Found, Match
    from ..messages import Json


def similar(
    file: Annotated[str, typer.Argument(help="The recording to start from; it need not be in the library.")],
    k: Annotated[int, typer.Option("-k", help="How many to show.", min=1, max=1000)] = 10,
    start: Annotated[
        float | None, typer.Option(help="Only the part from here, in seconds.", min=0.0, show_default=False)
    ] = None,
    end: Annotated[float | None, typer.Option(help="... to here.", min=0.0, show_default=False)] = None,
    aspect: Annotated[
        str,
        typer.Option(
            help="What counts, and how much: timbre=2,rhythm=1; of timbre, rhythm, harmony, pitch, loudness.",
            metavar="NAME=W,...",
            show_default=False,
        ),
    ] = "",
    but: Annotated[
        str,
        typer.Option(
            help="Like it, but: brighter, darker, faster, slower, louder, quieter, longer, shorter, busier, calmer, "
            "noisier or purer.",
            metavar="WORD",
            show_default=False,
        ),
    ] = "",
    fits: Annotated[bool, typer.Option("--fits", help="Only what goes with it by key and tempo.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Find recordings of the library that sound like one, with the reasons.

    grym similar kick.wav

    grym similar song.flac --start 30 --end 34 --aspect rhythm

    grym similar pad.wav --but darker
    """
    from ..errors import BadRequest
    from ..memory.similar import read_weights
    from ..memory.wishes import DIRECTIONS

    try:
        weights = read_weights(aspect) if aspect else None
        if but and but not in DIRECTIONS:
            raise BadRequest(f"unknown direction {but!r}", hint=f"there is {', '.join(DIRECTIONS)}")
        if start is not None and end is not None and not start < end:
            raise BadRequest(f"the part from {start:g} to {end:g} s is none", hint="--start before --end")
        if but and fits:
            raise BadRequest("--but and --fits exclude each other")
    except BadRequest as error:
        raise typer.BadParameter(f"{error}; {error.hint}" if error.hint else str(error)) from error
    operation = operation_of(
        "similar", path=file, k=k, start_s=start, end_s=end, weights=weights, direction=but, fits=fits
    )

    def show(document: dict[str, Any]) -> None:
        say_lines(lines_of(document))

    perform(operation, as_json, show)


async def perform_similar(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Look for what is like one recording, which is listened to first where it is not known."""
    from ..likeness import Asked

    path = str(Path(operation["folder"], operation["path"]))
    asked = Asked(
        int(operation["k"]),
        operation.get("weights"),
        operation.get("start_s"),
        operation.get("end_s"),
        str(operation.get("direction", "")),
        bool(operation.get("fits")),
    )

    def tell(fraction: float, message: str) -> None:
        told = {"step": "similar", "subject": operation["path"], "fraction": fraction, "message": message, "of": 1}
        emit({"progress": told})

    alike = await hub.likeness.find(path, asked, tell)
    emit({"document": found_to_json(alike.found, alike.weighed_by)})
    return 0


def found_to_json(found: Found, weighed_by: str) -> dict[str, Json]:
    """The document of `grym similar --json`."""
    return {
        "matches": [_match_to_json(match) for match in found.matches],
        "near": found.is_near,
        "searched": found.searched,
        "left_out": found.left_out,
        "weights": {name: round(weight, 4) for name, weight in found.weights.items()},
        "weighed_by": weighed_by,
    }


def _match_to_json(match: Match) -> dict[str, Json]:
    return {
        "path": match.path,
        "sha256": match.sha256,
        "similarity": round(match.similarity, 4),
        "aspects": {name: round(share, 4) for name, share in match.aspects.items()},
        "span_s": None if match.span_s is None else list(match.span_s),
        "relation": match.relation,
        "others": list(match.others),
        "reasons": [*match.reasons, *(each.says for each in match.shared)],
        "shared": [
            {"pattern": each.name, "span_s": [*each.here_s], "there_span_s": [*each.there_s]} for each in match.shared
        ],
    }


def lines_of(document: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person."""
    matches = document["matches"]
    if not matches:
        yield "Nothing of the library is as asked."
    elif not document["near"]:
        yield "Nothing in the library is near; the least far:"
    for match in matches:
        yield f"{100 * match['similarity']:3.0f} %  {match['path']}"
        told = {"copy": ["the same file"], "same recording": ["the same recording in another file"]}.get(
            match["relation"], [f"{name} {100 * share:.0f} %" for name, share in match["aspects"].items()]
        )
        told += match["reasons"]
        if match["span_s"] and match["span_s"][0] > 0.0:
            told.append(f"most at {_clock(match['span_s'][0])} to {_clock(match['span_s'][1])}")
        yield f"       {', '.join(told)}"
        for other in match["others"][:3]:
            yield f"       also {other}"
    if document["weighed_by"] == "your ear":
        most_first = sorted(document["weights"].items(), key=lambda item: -item[1])
        shares = ", ".join(f"{name} {100 * share:.0f} %" for name, share in most_first)
        yield f"(by your ear's weights: {shares}; others for once: --aspect timbre=2,rhythm=1)"
    if document["left_out"]:
        yield f"({document['left_out']} recordings were heard by an earlier version: grym index FOLDER)"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
