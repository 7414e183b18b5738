"""`grym patterns foreign`: patterns that the earlier grym-synth wrote as JSON, kept apart from ours."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .asker import check_asker
from .telling import JsonOption, for_terminal, print_json, settings, told

if TYPE_CHECKING:
    from ..storage.foreign import ForeignPattern

app = typer.Typer(
    help="Patterns of the earlier grym-synth: vectors of another model, compared only among themselves.",
    no_args_is_help=True,
)

_SHOWN, _AT_ONCE = 20, 500


@app.command()
def add(
    path: Annotated[Path, typer.Argument(help="A JSON file, or a folder of them.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be taken, and write nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take patterns in, each once; what cannot be taken is told with its reason, and stops no other."""
    with told(as_json):
        document = _add(path, dry_run=dry_run, as_json=as_json)
    if as_json:
        print_json(document)
    else:
        did = "would be taken" if dry_run else "taken"
        typer.echo(
            f"{document['taken']} patterns {did}, {document['known']} known already, {document['linked']} of recordings"
        )
        for each in document["skipped"][:_SHOWN]:
            typer.echo(for_terminal(f"skipped {each['source']} {each['place'] or ''}: {each['reason']}"))
        if len(document["skipped"]) > _SHOWN:
            typer.echo(f"and {len(document['skipped']) - _SHOWN} more were skipped; all are told with --json")
    raise typer.Exit(0 if document["taken"] or document["known"] else 3)


def _add(path: Path, *, dry_run: bool, as_json: bool) -> dict[str, Any]:
    from ..errors import BadRequest
    from ..sharing.foreign import Skipped, files_of, link, read_patterns
    from ..storage.foreign import Foreign
    from ..storage.opening import open_or_empty, open_store

    if not path.exists():
        raise BadRequest(f"there is no {str(path)!r}", hint="give a JSON file, or a folder of them")
    config = settings(as_json)
    check_asker(config, "editor", "`grym patterns foreign add`")
    counts, skipped, seen = Counter[str](), list[dict[str, Any]](), set[str]()
    with closing((open_or_empty if dry_run else open_store)(config)) as store:
        foreign = Foreign(store)

        def take(batch: list[ForeignPattern]) -> None:
            known = foreign.known([item.id for item in batch])
            found = link([item for item in batch if not known.get(item.id)], foreign)
            changed = [item for item in found if item.recording or item.id not in known]
            new, linked = len(batch) - len(known), sum(bool(item.recording) for item in found)
            counts.update(taken=new, known=len(known), linked=linked)
            if changed and not dry_run:
                foreign.put(changed)

        batch: list[ForeignPattern] = []
        for file in files_of(path):
            for found in read_patterns(file):
                if isinstance(found, Skipped):
                    skipped.append({"source": found.source, "place": found.place, "reason": found.reason})
                elif found.id in seen:
                    counts.update(known=1)
                else:
                    seen.add(found.id)
                    batch.append(found)
                if len(batch) == _AT_ONCE:
                    take(batch)
                    batch = []
        take(batch)
    return {"taken": counts["taken"], "known": counts["known"], "linked": counts["linked"], "skipped": skipped}


@app.command("list")
def list_(
    k: Annotated[int, typer.Option("-k", help="How many to show.", min=1, max=10_000)] = 50, as_json: JsonOption = False
) -> None:
    """List them, the latest first, with the model that made each."""
    from ..storage.foreign import Foreign
    from ..storage.opening import open_or_empty

    with told(as_json), closing(open_or_empty(settings(as_json))) as store:
        found = [_to_json(item) for item in Foreign(store).find(limit=k)]
    if as_json:
        print_json({"foreign_patterns": found})
    elif not found:
        typer.echo("none; grym patterns foreign add FILE takes some in")
    for each in () if as_json else found:
        typer.echo(
            for_terminal(f"{each['id'][:8]}  {each['name']}  {each['model'] or 'model unknown'}, {each['length']}")
        )


@app.command()
def like(
    id: Annotated[str, typer.Argument(help="One of the list; its first letters are enough.", metavar="ID")],
    k: Annotated[int, typer.Option("-k", help="How many to show.", min=1, max=10_000)] = 10,
    as_json: JsonOption = False,
) -> None:
    """Show which are most alike, among those of the same model and length."""
    from ..errors import BadRequest
    from ..sharing.foreign import alike
    from ..storage.foreign import Foreign
    from ..storage.opening import open_or_empty

    with told(as_json), closing(open_or_empty(settings(as_json))) as store:
        foreign = Foreign(store)
        found = foreign.find(id.strip().lower(), 2) if id.strip() else []
        if len(found) != 1:
            what = "several begin" if found else "none begins"
            raise BadRequest(f"{what} with {id!r}", hint="grym patterns foreign list")
        near = alike(found[0], foreign.of_the_same(found[0]))[:k]
    told_ = [{**_to_json(item), "cosine": round(cosine, 4)} for item, cosine in near]
    if as_json:
        print_json({"of": _to_json(found[0]), "alike": told_})
        return
    for each in told_:
        typer.echo(for_terminal(f"{each['cosine']:.3f}  {each['id'][:8]}  {each['name']}"))


@app.command()
def forget(
    path: Annotated[Path, typer.Argument(help="The file that they came from.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Remove what was taken from a file; the file stays."""
    from ..storage.foreign import Foreign
    from ..storage.opening import open_or_empty

    with told(as_json):
        config = settings(as_json)
        check_asker(config, "editor", "`grym patterns foreign forget`")
        with closing(open_or_empty(config)) as store:
            count = Foreign(store).forget(str(path.absolute()))
    if as_json:
        print_json({"forgotten": count})
    else:
        typer.echo(f"{count} forgotten")
    raise typer.Exit(0 if count else 3)


def _to_json(item: ForeignPattern) -> dict[str, Any]:
    return {
        "id": item.id,
        "name": item.name,
        "model": item.model,
        "length": len(item.vector),
        "recording": item.recording or None,
        "source": item.source,
        "metadata": dict(item.metadata),
    }
