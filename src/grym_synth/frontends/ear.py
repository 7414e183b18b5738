"""`grym ear`: what was learned of this owner: trained, measured, taken back, handed on."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import Emit, operation_of
from .telling import JsonOption, fail, for_terminal, perform

if TYPE_CHECKING:
    from ..hub import Hub
    from ..messages import Json
    from ..storage.teachings import StoredEar

app = typer.Typer(
    help="What was learned of you: trained, measured, taken back, handed on.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def train(as_json: JsonOption = False) -> None:
    """Learn from all that was taught. A part is used only where it does better than stock on what was held out."""
    perform(operation_of("ear", do="train"), as_json, _show_trained)


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Which ear is in use, what the latest training found, and what was taught."""
    perform(operation_of("ear", do="status"), as_json, _show_status)


@app.command()
def undo(as_json: JsonOption = False) -> None:
    """Use the ear again that was in use before the present one, bit for bit."""
    perform(operation_of("ear", do="undo"), as_json, _show_undone)


@app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The new file.", metavar="OUT.json")],
    as_json: JsonOption = False,
) -> None:
    """Write what was taught and the ear in use to a file that another machine can merge. It names no files."""
    from ..errors import BadRequest

    if out.exists():
        fail(BadRequest(f"{str(out)!r} is there already", hint="name a new file"), as_json)
    perform(operation_of("ear", do="export", out=str(Path.cwd() / out)), as_json, _show_exported)


@app.command()
def merge(
    file: Annotated[Path, typer.Argument(help="What `grym ear export` wrote on another machine.")],
    as_json: JsonOption = False,
) -> None:
    """Take in what was taught on another machine; what was said later counts. Then train."""
    perform(operation_of("ear", do="merge", file=str(Path.cwd() / file)), as_json, _show_merged)


async def perform_ear(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Carry out one of the commands.

    Raises
    ------
    BadRequest
        Nothing was taught, nothing can be undone, or a file is no export.
    StoreUnavailable
        The store cannot be written; nothing has changed then.
    """
    import asyncio

    from ..errors import BadRequest, Unavailable

    if not hub.store.is_lasting:
        raise Unavailable("nothing is kept: the store cannot be opened", hint="see `grym doctor`")
    teachings = hub.word.owner.teachings
    match operation["do"]:
        case "train":
            again = await hub.word.hear_again()
            emit({"document": {**await asyncio.to_thread(_train, hub), "heard_again": again}})
        case "undo":
            undone = teachings.undo_ear()
            if undone is None:
                raise BadRequest("the stock ear is in use: there is nothing to undo")
            emit({"document": {"left": undone[0], "version": undone[1], "sha256": _sha256(hub)}})
        case "export":
            emit({"document": await asyncio.to_thread(_export, hub, Path(operation["out"]))})
        case "merge":
            emit({"document": await asyncio.to_thread(_merge, hub, Path(operation["file"]))})
        case _:
            emit({"document": _status(hub)})
    return 0


def _train(hub: Hub) -> dict[str, Json]:
    from ..tuning.ear import to_bytes
    from ..tuning.train import read_taught, train

    teachings = hub.word.owner.teachings
    begun = time.perf_counter()
    trained = train(read_taught(teachings, hub.word.recipe))
    seconds, model, before = time.perf_counter() - begun, to_bytes(trained.ear), teachings.ear()
    is_new = bool(trained.ear.parts) and (before is None or before.model != model)
    if is_new:
        stored: StoredEar | None = teachings.put_ear(model, trained.figures())
    else:
        stored = before
        teachings.put_judged(trained.figures())
    return {
        "version": None if stored is None else stored.version,
        "switched": is_new,
        "parts": list(trained.ear.parts),
        "judged": {name: judged.to_json() for name, judged in trained.judged.items()},
        "lacking": dict(trained.lacking),
        "left_out": trained.left_out,
        "seconds": round(seconds, 2),
        "sha256": _sha256(hub),
    }


def _status(hub: Hub) -> dict[str, Json]:
    teachings, stored = hub.word.owner.teachings, hub.word.owner.teachings.ear()
    labels: dict[str, dict[str, int]] = {}
    for item in teachings.labels():
        counts = labels.setdefault(item.label, {"yes": 0, "no": 0})
        counts["yes" if item.is_so else "no"] += 1
    taught: dict[str, Any] = {
        "labels": labels,
        "corrections": len(teachings.corrections()),
        "preferences": len(teachings.preferences()),
    }
    ear = hub.word.owner.ear
    judged_at, figures = teachings.judged() or (None, {})
    return {
        "version": None if stored is None else stored.version,
        "made_at": None if stored is None else stored.made_at,
        "sha256": _sha256(hub),
        "parts": list(ear.parts),
        "weights": dict(ear.weights),
        "hit_weights": dict(ear.hit_weights),
        "judged_at": judged_at,
        "judged": figures.get("parts", {}),
        "lacking": figures.get("lacking", {}),
        "left_out": figures.get("left_out", 0),
        "is_of_this_version": stored is None or ear.recipe == hub.word.recipe,
        "taught": taught,
        "ears": [
            {"version": item.version, "before": item.before, "made_at": item.made_at} for item in teachings.ears()
        ],
    }


def _sha256(hub: Hub) -> str | None:
    """Of the file of the ear in use; None for the stock ear."""
    stored = hub.word.owner.teachings.ear()
    return None if stored is None else hashlib.sha256(stored.model).hexdigest()


def _export(hub: Hub, out: Path) -> dict[str, Json]:
    """The file is there whole or not at all, and takes no other's place."""
    from ..errors import BadRequest
    from ..tuning.exchange import export

    file = export(hub.word.owner.teachings, hub.word.recipe)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(file)
            stream.flush()
            os.fsync(stream.fileno())
        os.link(part, out)
    except OSError as error:
        raise BadRequest(
            f"cannot write {str(out)!r}: {error.strerror}", hint="name a new file in a folder of yours"
        ) from error
    finally:
        part.unlink(missing_ok=True)
    return {"out": str(out), "bytes": len(file), "sha256": hashlib.sha256(file).hexdigest()}


_LARGEST = 256 << 20  # bytes of a file that is merged: some 60,000 recordings


def _merge(hub: Hub, file: Path) -> dict[str, Json]:
    from ..errors import BadRequest
    from ..tuning.exchange import merge

    try:
        if file.stat().st_size > _LARGEST:
            raise BadRequest(f"{str(file)!r} has {file.stat().st_size:,} bytes, and at most {_LARGEST:,} are read")
        content = file.read_bytes()
    except OSError as error:
        raise BadRequest(f"cannot read {str(file)!r}: {error.strerror}") from error
    return dict(merge(hub.word.owner.teachings, content))


# --- shown ----------------------------------------------------------------------------------------------------------


def _show_trained(document: dict[str, Any]) -> None:
    if again := document["heard_again"]:
        typer.echo(f"listened again to {again} recordings that were taught to an earlier version")
    _show_judged(document)
    parts = ", ".join(map(for_terminal, document["parts"]))
    if document["switched"]:
        typer.echo(f"in use from now on: ear {document['version']} ({parts}); to take it back: grym ear undo")
    elif document["parts"]:
        typer.echo(f"ear {document['version']} is in use and says the same")
    else:
        typer.echo("nothing does better than stock yet, so nothing changes")


def _show_judged(document: dict[str, Any]) -> None:
    for part, told in document["judged"].items():
        line = (
            f"{for_terminal(part)}: stock {told['stock']:.0%} → yours {told['own']:.0%} right of {told['n']} held out"
        )
        line += f"; the truth foretold better by {told['gain']:+.2f} bits a case"
        line += f" (80 % interval {told['low']:+.2f} to {told['high']:+.2f})"
        if told["better"]:
            line += ": better"
        elif told["more"]:
            line += f": not settled; about {told['more']} more may"
        else:
            line += ": not better"
        typer.echo(line)
    for part, lack in document["lacking"].items():
        typer.echo(f"{for_terminal(part)}: too little to judge, {lack}")
    if document["left_out"]:
        typer.echo(
            f"left out: {document['left_out']} of another version of the measurements, not found; teach them again"
        )


def _show_status(document: dict[str, Any]) -> None:
    if document["version"] is None:
        typer.echo("the stock ear is in use")
    else:
        typer.echo(f"ear {document['version']} is in use: {', '.join(map(for_terminal, document['parts']))}")
    if not document["is_of_this_version"]:
        typer.echo(
            "it waits: what it learned of sounds is of an earlier version of the measurements and is not used;"
            " grym ear train listens anew to what was taught, and learns it again"
        )
    if document["judged_at"] is not None:
        typer.echo(f"the latest training, {time.strftime('%Y-%m-%d %H:%M', time.localtime(document['judged_at']))}:")
    _show_judged(document)
    taught = document["taught"]
    for label, counts in taught["labels"].items():
        typer.echo(f"{for_terminal(label)}: {counts['yes']} that are it, {counts['no']} that are not")
    typer.echo(f"{taught['corrections']} corrections, {taught['preferences']} preferences")


def _show_undone(document: dict[str, Any]) -> None:
    now = "the stock ear" if document["version"] is None else f"ear {document['version']}"
    typer.echo(f"in use again: {now}, as it was before ear {document['left']}")


def _show_exported(document: dict[str, Any]) -> None:
    typer.echo(f"{for_terminal(document['out'])}: {document['bytes']:,} bytes")


def _show_merged(document: dict[str, Any]) -> None:
    typer.echo(", ".join(f"{count} {kind}" for kind, count in document.items()) + " are new here; grym ear train")
