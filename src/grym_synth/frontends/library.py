"""`grym index`: build and refresh the library, list its folders, take one out."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import Emit, operation_of
from .telling import JsonOption, for_terminal, perform, say_error

if TYPE_CHECKING:
    from ..config import Config
    from ..hub import Hub
    from ..library.index import Report
    from ..library.tally import Tally
    from ..messages import Json
    from ..storage.library import Library

_LINE_EVERY_S = 3.0
_SHOWN = 20  # files that failed, before the rest is only counted


def index(
    folders: Annotated[list[str] | None, typer.Argument(help="Folders of recordings.", show_default=False)] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and follow what changes in them.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(help="Recordings to listen to at once.", min=1, max=64, show_default="one for each core"),
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
    view = IndexView(is_terminal=sys.stderr.isatty())

    def show(document: dict[str, Any]) -> None:
        typer.echo(for_terminal("\n".join(summary_lines(document, view.more))))

    operation = operation_of("index", folders=folders, watch=watch, workers=workers, retry=retry)
    try:
        perform(operation, as_json, show, view=view)
    except KeyboardInterrupt:
        sys.stderr.write("stopped: what was listened to is kept, the same command goes on from here\n")
        raise


async def perform_index(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Bring folders up to date, and with `watch` keep them so."""
    from ..errors import Unavailable

    if not hub.store.is_lasting:
        raise Unavailable("there is no library: the store cannot be opened", hint="see `grym doctor`")
    roots = [_absolute(operation["folder"], name) for name in operation["folders"]]
    roots = list(dict.fromkeys(roots))
    workers = operation.get("workers") or hub.config.cpu_slots
    began = time.monotonic()

    def tell(report: Report) -> None:
        emit({"progress": _report_to_json(report)})

    def end(tally: Tally) -> None:
        emit(
            {
                "progress": {
                    "step": "index",
                    "subject": "",
                    "message": "done",
                    "fraction": 1.0,
                    "more": _more_to_json(tally),
                }
            }
        )
        emit({"document": summary_to_json(tally, time.monotonic() - began)})

    if operation.get("watch"):
        async for tally in hub.index.watch(roots, tell, workers=workers):
            end(tally)
            began = time.monotonic()
        return 0
    end(await hub.index.run(roots, tell, workers=workers, retry=bool(operation.get("retry"))))
    return 0


async def perform_library(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """List the folders of the library, or take one out."""
    emit({"document": _document(hub.index.library, operation)})
    return 0


def library_without_hub(config: Config, operation: Mapping[str, Any]) -> dict[str, Json]:
    """The same where no hub runs."""
    from ..storage.library import Library
    from ..storage.sqlite import SqliteStore

    store = SqliteStore(config.store_path) if config.store_path.exists() else SqliteStore.in_memory()
    try:
        return _document(Library(store), operation)
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


def _report_to_json(report: Report) -> dict[str, Json]:
    pace = report.pace
    left = pace.left_s()
    return {
        "step": "index",
        "subject": report.path,
        "message": report.doing,
        "fraction": pace.done / pace.total if pace.total else 0.0,
        "done": pace.done,
        "of": pace.total,
        "failed": len(report.tally.failed),
        "left_s": None if left is None else [round(seconds, 1) for seconds in left],
    }


def _absolute(folder: str, name: str) -> str:
    """A folder as the library knows it: absolute, no dots in it; links stay what they are called."""
    return os.path.abspath(os.path.join(folder, os.path.expanduser(name)))  # noqa: PTH100, PTH111, PTH118


def _document(library: Library, operation: Mapping[str, Any]) -> dict[str, Json]:
    from ..errors import BadRequest

    if operation["do"] == "list":
        recipes = dict(library.recipes())
        folders = [_folder_to_json(library, folder.root, folder.scanned_at) for folder in library.folders()]
        return {"folders": [*folders], "recordings": sum(recipes.values())}
    root = _absolute(operation["folder"], operation["of"])
    known = [folder.root for folder in library.folders()]
    if root not in known:
        raise BadRequest(f"{root!r} is no folder of the library", hint="grym index --list")
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


class IndexView:
    """How an index goes, on stderr: a line that is written anew in a terminal, one now and then elsewhere."""

    def __init__(self, *, is_terminal: bool) -> None:
        self._is_terminal = is_terminal
        self._last = time.monotonic()
        self.more: Mapping[str, Any] = {}

    def show(self, progress: Mapping[str, Any]) -> None:
        self.more = progress.get("more", self.more)
        now = time.monotonic()
        if now - self._last < (0.2 if self._is_terminal else _LINE_EVERY_S):
            return
        self._last = now
        text = for_terminal(progress_line(progress))
        sys.stderr.write(f"\r\x1b[K{text[: _width()]}" if self._is_terminal else f"{text}\n")
        sys.stderr.flush()

    def close(self) -> None:
        if self._is_terminal:
            sys.stderr.write("\r\x1b[K")


def progress_line(progress: Mapping[str, Any]) -> str:
    """One line about how far an index is."""
    if not progress.get("of"):
        return f"{progress['message']}  {progress['subject']}".rstrip()
    failed = f", {progress['failed']} cannot be" if progress["failed"] else ""
    left = progress.get("left_s")
    until = f"{_range(*left)} left" if left else "time left unknown yet"
    of = f"{progress['done']:,} of {progress['of']:,} listened to{failed}"
    return f"{of} · {until} · {progress['message']}  {progress['subject']}"


def summary_lines(document: Mapping[str, Any], more: Mapping[str, Any]) -> list[str]:
    """The summary for people."""
    parts = [
        (document["analysed"], "listened to"),
        (document["unchanged"], "unchanged"),
        (document["moved"], "moved"),
        (more.get("copied", 0), "the same as others"),
        (len(document["failed"]), "could not be listened to"),
    ]
    told = ", ".join(f"{count:,} {word}" for count, word in parts if count)
    removed = f"; {document['removed']:,} gone" if document["removed"] else ""
    lines = [f"{_files(document['files'])}{': ' if told else ''}{told}{removed}, in {_span(document['seconds'])}"]
    if more.get("stale"):
        lines.append(f"{more['stale']:,} were known by an older version and were listened to anew")
    lines += [f"{folder}: {reason}; nothing in it was looked at" for folder, reason in more.get("refused", {}).items()]
    if more.get("away"):
        lines.append(f"{_files(more['away'])} that cannot be looked at now: what is known of them is kept")
    lines += [f"{path}: a link to a folder, left out; name the folder itself" for path in more.get("linked", ())]
    lines += [f"{path}: is being written to; index again when that is done" for path in more.get("written_to", ())]
    failed = document["failed"]
    lines += [f"{item['path']}: {item['reason']}" for item in failed[:_SHOWN]]
    if len(failed) > _SHOWN:
        lines.append(f"and {len(failed) - _SHOWN:,} more; --json lists them all")
    return lines


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
        typer.echo(for_terminal(f"{folder['path']}  {_files(folder['files'])}, {', '.join(marks)}"))
    typer.echo(f"{document['recordings']:,} different recordings are known")


def _show_removed(document: dict[str, Any]) -> None:
    if "error" in document:
        say_error(document["error"])
        return
    path = for_terminal(document["removed"])
    typer.echo(f"{path} is no part of the library any more ({_files(document['files'])}); its files are as they were")


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def _range(low: float, high: float) -> str:
    """A length of time that is known only within bounds."""
    shortest, longest = _span(low), _span(high)
    return f"about {longest}" if shortest == longest else f"{shortest} to {longest}"


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _width() -> int:
    return shutil.get_terminal_size().columns - 1
