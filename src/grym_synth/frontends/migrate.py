"""`grym migrate`: everything that one store holds, moved into another, proven equal, and taken back until confirmed."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .asker import check_asker
from .files_words import FilesView
from .telling import JsonOption, for_terminal, print_json, settings, told

if TYPE_CHECKING:
    from ..config import Config
    from ..storage.job_ground import JobGround
    from ..storage.moving import Compared, Mover

_NOT_MOVED = "fetched recordings, caches, model packs and your key stay on this machine"


def migrate(
    to: Annotated[
        str, typer.Option(help="The new store: postgresql://... or sqlite:///PATH.", show_default=False, metavar="URL")
    ] = "",
    session: Annotated[
        str,
        typer.Option(help="The new store without its pooler, where it has one.", show_default=False, metavar="URL"),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be moved, and write nothing.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Compare the old store with the new one.")] = False,
    rollback: Annotated[bool, typer.Option("--rollback", help="Use the old store again.")] = False,
    confirm: Annotated[bool, typer.Option("--confirm", help="Be done: the old store is no longer needed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Move everything into another store; the old one is left as it is.

    grym migrate --to postgresql://me@server/music --dry-run

    grym migrate --to postgresql://me@server/music

    grym migrate --confirm
    """
    if sum(map(bool, (to, verify, rollback, confirm))) != 1:
        raise typer.BadParameter("give --to URL, --verify, --rollback or --confirm")
    if (session or dry_run) and not to:
        raise typer.BadParameter("--session and --dry-run go with --to URL")
    config = settings(as_json)
    with told(as_json):
        check_asker(config, "owner", "`grym migrate`")
        if to:
            document = _would_move(config, to, session) if dry_run else _move(config, to, session)
        elif verify:
            document = _verify(config)
        else:
            document = _roll_back(config) if rollback else _confirm(config)
        if as_json:
            print_json(document)
        else:
            typer.echo(for_terminal("\n".join(_lines(document))))
    raise typer.Exit(0 if document.get("same", True) else 3)


def _would_move(config: Config, to: str, session: str) -> dict[str, Any]:
    from ..storage.job_moving import count_jobs
    from ..storage.moving import Mover
    from ..storage.opening import name_of, open_job_ground, open_store

    target = _target(config, to, session)
    with closing(open_store(config)) as source:
        rows = {name: count for name, count in Mover(source, source, "").counts().items() if count}
    with closing(open_job_ground(config)) as jobs:
        rows |= {"jobs": count} if (count := count_jobs(jobs)) else {}
    return {"would_move": rows, "rows": sum(rows.values()), "from": name_of(config), "to": name_of(target)}


def _move(config: Config, to: str, session: str) -> dict[str, Any]:
    from ..config.writing import put_store, write_private
    from ..errors import Unavailable
    from ..storage.job_moving import compare_jobs, copy_jobs
    from ..storage.opening import name_of
    from .hub_socket import hold_home

    target, began = _target(config, to, session), time.monotonic()
    with _mover(config, target) as mover, _progress("copied") as show:
        mover.copy(show)
        with hold_home(config) as is_ours:
            if not is_ours:
                raise Unavailable(
                    "a hub of this home is running; all is copied but for what comes now",
                    hint="end it (Ctrl-C in `grym serve`) and say the same again: it goes on from here",
                    retry_after=5.0,
                )
            compared = mover.finish(show)
            with _both_jobs(config, target) as (jobs, jobs_there):
                copy_jobs(jobs, jobs_there, show)
                compared.append(compare_jobs(jobs, jobs_there))
            _insist(compared)
            note = {"from": [config.store, config.store_session], "to": [target.store, target.store_session]}
            write_private(_note_path(config), json.dumps({**note, "at": time.time()}))
            put_store(config.home / "config.toml", target.store, target.store_session)
    return {
        "moved": sum(each.rows for each in compared), "tables": len(compared), "same": True, "from": name_of(config),
        "to": name_of(target), "seconds": round(time.monotonic() - began, 1), "variable": "GRYM_STORE" in os.environ,
    }  # fmt: skip


def _verify(config: Config) -> dict[str, Any]:
    from ..storage.job_moving import compare_jobs
    from ..storage.opening import name_of

    old, new = _moved(config)
    with _mover(old, new) as mover, _progress("compared") as show:
        compared = mover.compare(show)
        with _both_jobs(old, new) as (jobs, jobs_there):
            compared.append(compare_jobs(jobs, jobs_there))
    differ = {each.table: [each.rows, each.rows_there] for each in compared if not each.is_same}
    return {"same": not differ, "differ": differ, "tables": len(compared), "from": name_of(old), "to": name_of(new)}


def _roll_back(config: Config) -> dict[str, Any]:
    from ..config.writing import put_store
    from ..errors import Unavailable
    from ..storage.opening import name_of
    from .hub_socket import hold_home

    old, new = _moved(config)
    with hold_home(config) as is_ours:
        if not is_ours:
            raise Unavailable("a hub of this home is running", hint="end it first", retry_after=5.0)
        put_store(config.home / "config.toml", old.store, old.store_session)
        _note_path(config).unlink()
    return {"rolled_back": True, "store": name_of(old), "left": name_of(new), "variable": "GRYM_STORE" in os.environ}


def _confirm(config: Config) -> dict[str, Any]:
    from ..storage.opening import name_of, open_store

    old, new = _moved(config)
    with closing(open_store(new)) as store, store.transaction() as db:
        db.execute("DELETE FROM store_moves")
    _note_path(config).unlink()
    return {"confirmed": True, "store": name_of(new), "left": name_of(old)}


def _target(config: Config, to: str, session: str) -> Config:
    """The settings with the new store, once it is clear that it may be moved to."""
    from ..config import values
    from ..errors import BadRequest
    from ..storage.opening import is_there, name_of

    target = replace(config, store=values.store(to), store_session=values.store_session(session))
    if _note_path(config).exists():
        raise BadRequest("an earlier move is neither confirmed nor taken back", hint="grym migrate --confirm")
    if not is_there(config):
        raise BadRequest(f"there is nothing to move: no store at {name_of(config)}")
    if (name_of(target), target.store_session) == (name_of(config), config.store_session):
        raise BadRequest(f"{name_of(target)} is the store that is used already")
    return target


def _moved(config: Config) -> tuple[Config, Config]:
    """The settings with the old store and with the new one."""
    from ..errors import BadRequest

    try:
        note = json.loads(_note_path(config).read_text(encoding="utf-8"))
        (old, old_session), (new, new_session) = note["from"], note["to"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadRequest("nothing was moved, or it is confirmed already", hint="grym migrate --to URL") from error
    return replace(config, store=old, store_session=old_session), replace(config, store=new, store_session=new_session)


def _note_path(config: Config) -> Path:
    return config.home / "moved.json"


@contextmanager
def _mover(old: Config, new: Config) -> Iterator[Mover]:
    from ..storage.moving import Mover
    from ..storage.opening import name_of, open_store

    with closing(open_store(old)) as source, closing(open_store(new)) as target:
        yield Mover(source, target, name_of(old))


@contextmanager
def _both_jobs(old: Config, new: Config) -> Iterator[tuple[JobGround, JobGround]]:
    from ..storage.opening import open_job_ground

    with closing(open_job_ground(old)) as source, closing(open_job_ground(new)) as target:
        yield source, target


def _insist(compared: Sequence[Compared]) -> None:
    from ..errors import MigrationFailed

    if differ := [each.table for each in compared if not each.is_same]:
        raise MigrationFailed(
            f"the copy is not equal in {', '.join(differ)}; the old store is used as before",
            hint="say the same again, and report it if it stays so",
        )


@contextmanager
def _progress(verb: str) -> Iterator[Any]:
    view = FilesView(is_terminal=sys.stderr.isatty())

    def show(table: str, done: int, of: int) -> None:
        view.show({"done": done, "of": of, "verb": f"rows {verb}", "failed": 0, "message": table, "subject": ""})

    try:
        yield show
    finally:
        view.close()


def _lines(document: dict[str, Any]) -> Iterator[str]:
    if "would_move" in document:
        yield f"{document['rows']:,} rows would be moved from {document['from']} to {document['to']}:"
        yield from (f"  {count:>9,}  {name}" for name, count in document["would_move"].items())
        yield _NOT_MOVED
    elif "moved" in document:
        yield f"{document['moved']:,} rows are in {document['to']}, equal row for row; it is used from now on."
        yield f"{document['from']} is as it was. Back: grym migrate --rollback; be done: grym migrate --confirm"
        yield f"({_NOT_MOVED})"
    elif "differ" in document:
        same = document["tables"] - len(document["differ"])
        yield f"{same} of {document['tables']} tables are equal in {document['from']} and {document['to']}"
        yield from (f"  {name}: {old:,} rows, {new:,} rows there" for name, (old, new) in document["differ"].items())
    elif "rolled_back" in document:
        yield f"{document['store']} is used again. What came since stays in {document['left']}, and is not used."
    else:
        yield f"{document['store']} is your store. {document['left']} is no longer needed: delete it when you like."
    if document.get("variable"):
        yield "GRYM_STORE is set in your environment, and goes before config.toml: set it to the same store."
