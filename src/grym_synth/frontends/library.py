"""`grym index`: build and refresh the library, list its folders, take one out."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .files_words import FilesView, files_in_words, printable_line, summary_lines
from .patterns import seek
from .protocol import Emit, operation_of
from .telling import JsonOption, perform, say_error

if TYPE_CHECKING:
    from ..config import Config
    from ..hub import Hub
    from ..library.index import Report
    from ..library.tally import Tally
    from ..messages import Json
    from ..storage.library import Library


def index(
    folders: Annotated[
        list[str] | None, typer.Argument(help="Folders of recordings.", show_default=False, metavar="FOLDER...")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and follow what changes in them.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            help="Recordings to listen to at once.", min=1, max=64, show_default="one for each core", metavar="N"
        ),
    ] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Try again what could not be listened to.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show the folders of the library.")] = False,
    remove: Annotated[
        str | None,
        typer.Option(help="Take a folder out of the library; its files stay.", metavar="FOLDER", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Listen to every recording in folders once, so that they can be found; later only to what is new.

    Renaming, moving and copying files costs nothing: a recording is known by its content.

    grym index ~/Music ~/Samples

    grym index --list
    """
    if sum((bool(folders), list_, remove is not None)) != 1:
        raise typer.BadParameter("give FOLDER..., or --list, or --remove FOLDER")
    if list_:
        perform(operation_of("library", do="list"), as_json, _show_folders)
    if remove is not None:
        perform(operation_of("library", do="remove", of=remove), as_json, _show_removed)
    view = FilesView(is_terminal=sys.stderr.isatty())

    def show(document: dict[str, Any]) -> None:
        typer.echo("\n".join(map(printable_line, summary_lines(document, view.more))))

    operation = operation_of("index", folders=folders, watch=watch, workers=workers, retry=retry)
    try:
        perform(operation, as_json, show, view=view)
    except KeyboardInterrupt:
        sys.stderr.write("stopped: what was listened to is kept, the same command goes on from here\n")
        raise


async def perform_index(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Bring folders up to date, and with `watch` keep them so."""
    import asyncio

    from ..errors import BadRequest, Unavailable
    from ..library.job import INDEX, index_folders, watch_folders
    from .job_documents import job_to_json

    if not hub.store.is_lasting:
        raise Unavailable("there is no library: the store cannot be opened", hint="see `grym doctor`")
    roots = [_absolute(operation["folder"], name) for name in operation["folders"]]
    roots = list(dict.fromkeys(roots))
    workers = operation.get("workers") or hub.config.cpu_slots
    began = time.monotonic()

    def tell(report: Report) -> None:
        emit({"progress": _report_to_json(report)})

    def end(tally: Tally, *, is_cancelled: bool = False) -> None:
        more = {**_more_to_json(tally), "cancelled": is_cancelled}
        emit({"progress": {"step": "index", "subject": "", "message": "done", "fraction": 1.0, "more": more}})
        emit({"document": summary_to_json(tally, time.monotonic() - began)})

    if not operation.get("stays", True):
        for root in roots:
            if not Path(root).is_dir():
                raise BadRequest(f"{root!r} is no folder", hint="name a folder of recordings")
        id = await hub.jobs.start(INDEX, {"folders": [*roots], "run": "", "retry": bool(operation.get("retry"))})
        emit({"document": job_to_json(await hub.jobs.show(id))})
        return 0
    if operation.get("watch"):
        async for run in watch_folders(hub.index, hub.jobs, roots, tell, workers=workers):
            end(run.tally, is_cancelled=run.is_cancelled)
            await seek(hub, emit, stays=False)
            began = time.monotonic()
        return 0
    run = await index_folders(hub.index, hub.jobs, roots, tell, workers=workers, retry=bool(operation.get("retry")))
    end(run.tally, is_cancelled=run.is_cancelled)
    if not run.is_cancelled:
        await seek(hub, emit)
        await asyncio.to_thread(hub.finder.prepare)
    return 0


async def perform_library(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """List the folders of the library, or take one out."""
    emit({"document": _document(hub.index.library, operation, hub.index.recipe)})
    return 0


async def perform_recording(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Where a recording that was heard lies, by its SHA-256; nowhere is an answer as well."""
    import asyncio

    sha256 = str(operation["sha256"])
    in_library = await asyncio.to_thread(lambda: dict(hub.index.library.paths([sha256])))
    known = await asyncio.to_thread(hub.store.paths_of, sha256)
    emit({"document": {"sha256": sha256, "paths": list(dict.fromkeys([*in_library.get(sha256, ()), *known]))}})
    return 0


def library_without_hub(config: Config, operation: Mapping[str, Any]) -> dict[str, Json]:
    """The same where no hub runs."""
    from ..execution.catalog import read_catalog
    from ..execution.hearing import recipe_of
    from ..storage.library import Library
    from ..storage.opening import open_or_empty

    store = open_or_empty(config)
    try:
        return _document(Library(store), operation, recipe_of(read_catalog()))
    finally:
        store.close()


def summary_to_json(tally: Tally, seconds: float) -> dict[str, Json]:
    """The document with which an index ends."""
    return {
        "files": tally.files,
        "analysed": tally.analysed,
        "unchanged": tally.unchanged,
        "moved": tally.moved,
        "removed": tally.removed,
        "failed": [{"path": path, "reason": reason} for path, reason in sorted(tally.failed.items())],
        "seconds": round(seconds, 1),
    }


def _more_to_json(tally: Tally) -> dict[str, Json]:
    """What the person who waits is told beside the summary."""
    return {
        "copied": tally.copied,
        "changed": tally.changed,
        "away": tally.away,
        "stale": tally.stale,
        "written_to": [*sorted(tally.written_to)],
        "refused": dict(sorted(tally.folders_refused.items())),
        "linked": [*sorted(tally.linked)],
    }


def _report_to_json(report: Report) -> dict[str, Any]:
    return {
        "step": "index",
        "subject": report.path,
        "message": report.doing,
        "fraction": report.done / report.total if report.total else 0.0,
        "done": report.done,
        "of": report.total,
        "failed": report.failed or len(report.tally.failed),
        "left_s": report.left_s,
    }


def _absolute(folder: str, name: str) -> str:
    """A folder as the library knows it: absolute, no dots in it; links stay what they are called."""
    return os.path.abspath(os.path.join(folder, os.path.expanduser(name)))  # noqa: PTH100, PTH111, PTH118


def _document(library: Library, operation: Mapping[str, Any], recipe: str) -> dict[str, Json]:
    from ..errors import BadRequest
    from ..identity.asking import as_itself

    if operation["do"] == "list":
        recipes = dict(library.recipes())
        folders = [_folder_to_json(library, folder.root, folder.scanned_at) for folder in library.folders()]
        total = sum(recipes.values())
        return {"folders": [*folders], "recordings": total, "stale": total - recipes.get(recipe, 0)}
    root = _absolute(operation["folder"], operation["of"])
    known = [folder.root for folder in library.folders()]
    if root not in known:
        raise BadRequest(f"{root!r} is no folder of the library", hint="grym index --list")
    with as_itself():  # it looks through folders by itself
        return {"removed": root, "files": library.remove_folder(root)}


def _folder_to_json(library: Library, root: str, scanned_at: float | None) -> dict[str, Json]:
    counts = library.counts(root)
    return {
        "path": root,
        "files": sum(counts.values()),
        "known": counts["known"],
        "waiting": counts["waiting"],
        "failed": counts["failed"],
        "indexed_at": scanned_at,
        "is_there": Path(root).is_dir(),
    }


def _show_folders(document: dict[str, Any]) -> None:
    if not document["folders"]:
        typer.echo("the library is empty; `grym index FOLDER` fills it")
        return
    for folder in document["folders"]:
        marks = [f"{folder['failed']:,} could not be listened to"] if folder["failed"] else []
        marks += [f"{folder['waiting']:,} not listened to yet"] if folder["waiting"] else []
        marks += [] if folder["is_there"] else ["cannot be looked into now"]
        at = folder["indexed_at"]
        marks.append(time.strftime("indexed %Y-%m-%d %H:%M", time.localtime(at)) if at else "never indexed to its end")
        typer.echo(printable_line(f"{folder['path']}  {files_in_words(folder['files'])}, {', '.join(marks)}"))
    typer.echo(f"{document['recordings']:,} different recordings are known")
    if document["stale"]:
        typer.echo(f"{document['stale']:,} of them by an older version: the next `grym index` listens to them anew")


def _show_removed(document: dict[str, Any]) -> None:
    if "error" in document:
        say_error(document["error"])
        return
    path = printable_line(document["removed"])
    typer.echo(
        f"{path} is no part of the library any more ({files_in_words(document['files'])}); its files are as they were"
    )
