"""`grym jobs`: long work that goes on after anything; what it is at, what failed and why, when it will be done."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from .job_documents import progress_in_words
from .protocol import operation_of
from .telling import JsonOption, for_terminal, perform

app = typer.Typer(
    help="Long work, such as indexing a folder: how far it is, what failed and why, when it will be done.\n\n"
    "A job goes on by itself after a crash or a restart, and does again only what it was at. While a hub runs\n"
    "(`grym serve`) it is worked on in the background; questions are answered first. `grym pause` holds it back.",
    invoke_without_command=True,
    rich_markup_mode=None,
)

Id = Annotated[str, typer.Argument(help="A job, as `list` shows it; its first letters are enough.", show_default=False)]
FollowOption = Annotated[
    bool, typer.Option("--follow", "-f", help="Stay until it is done; where no hub runs, work on it.")
]


@app.callback()
def jobs(context: typer.Context, follow: FollowOption = False, as_json: JsonOption = False) -> None:
    if context.invoked_subcommand is None:
        list_jobs(follow=follow, as_json=as_json)
    elif follow or as_json:
        raise typer.BadParameter(f"say it behind the word: grym jobs {context.invoked_subcommand} ... --json")


@app.command("list")
def list_jobs(follow: FollowOption = False, as_json: JsonOption = False) -> None:
    """Show the latest jobs, newest first: state, progress, when it will be done.

    With --follow, stay until all are done.
    """
    perform(operation_of("jobs", do="list", follow=follow, stream=as_json), as_json, _show_any)


@app.command()
def show(id: Id, follow: FollowOption = False, as_json: JsonOption = False) -> None:
    """Show one job, with the items that failed and why.

    grym jobs show 3f --follow
    """
    perform(operation_of("jobs", do="show", id=id, follow=follow, stream=as_json), as_json, _show_any)


@app.command()
def cancel(id: Id, as_json: JsonOption = False) -> None:
    """Begin nothing more of a job. What is done stays done, and `retry` goes on from there."""
    perform(operation_of("jobs", do="cancel", id=id, follow=False, stream=False), as_json, _show_any)


@app.command()
def retry(id: Id, follow: FollowOption = False, as_json: JsonOption = False) -> None:
    """Let a job that was cancelled, or left something undone, go on with that.

    Where no hub runs, this command works on it; Ctrl-C leaves the rest for another time.
    """
    perform(operation_of("jobs", do="retry", id=id, follow=follow, stream=as_json), as_json, _show_any)


def _show_any(document: dict[str, Any]) -> None:
    if "jobs" in document:
        _show_list(document["jobs"])
    else:
        _show_one(document)


def _show_list(rows: list[dict[str, Any]]) -> None:
    if not rows:
        typer.echo("there are no jobs; indexing a folder is one")
        return
    cells = [(row["id"], row["state"], progress_in_words(row), row["title"]) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(for_terminal(line.rstrip()))


def _show_one(job: dict[str, Any]) -> None:
    typer.echo(for_terminal(f"{job['id']}  {job['title']}: {job['state']}, {progress_in_words(job)}"))
    if job["attempts"] > 1:
        typer.echo(f"  started {job['attempts']} times")
    for item in job["failed_items"]:
        typer.echo(for_terminal(f"  {item['key']}: {item['reason']}"))
    unnamed = job["failed"] - len(job["failed_items"])
    if unnamed > 0:
        typer.echo(f"  and {unnamed:,} more")
