"""`grym learn` and `grym forget`: what is added to the knowledge base, and what goes from it for good."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .files_words import FilesView
from .protocol import Emit, operation_of
from .telling import JsonOption, for_terminal, perform, say_error

if TYPE_CHECKING:
    from ..hub import Hub
    from ..jobs.port import Job
    from ..messages import Json


def learn(
    targets: Annotated[
        list[str] | None,
        typer.Argument(help="Addresses, files, folders, feeds or sitemaps.", show_default=False, metavar="SOURCE..."),
    ] = None,
    every: Annotated[
        str, typer.Option(help="Read it again so often, while `grym serve` runs: 12h, 7d.", show_default=False)
    ] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and read what changes in these folders.")] = False,
    domain: Annotated[str, typer.Option(help="Put it in this collection.", show_default=False, metavar="NAME")] = "",
    allow_http: Annotated[bool, typer.Option("--allow-http", help="Also addresses that are not https.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show what was read, and what is read again when.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read something for your knowledge base; what has not changed is not read again.

    grym learn notes.md ~/Notes

    grym learn --list
    """
    if bool(targets) == list_:
        raise typer.BadParameter("give SOURCE..., or --list")
    if list_:
        perform(operation_of("sources", domain=domain), as_json, _show_sources)
    operation = operation_of("learn", targets=targets, every=every, watch=watch, domain=domain, allow_http=allow_http)
    perform(operation, as_json, _show_learned, view=FilesView(is_terminal=sys.stderr.isatty()))


def forget(
    sources: Annotated[
        list[str], typer.Argument(help="Addresses, files, folders or collections.", metavar="SOURCE...")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take something out of the knowledge base for good: every version of it, and all that came from it.

    grym forget ~/Notes --yes
    """
    if not yes and sys.stdin.isatty() and not as_json:
        typer.confirm(f"Forget {', '.join(sources)} for good?", abort=True, err=True)
        yes = True
    perform(operation_of("forget", sources=sources, yes=yes), as_json, _show_forgotten)


async def perform_learn(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Judge every target before anything begins, then learn in a job that outlives this hub."""
    from ..errors import Unavailable
    from ..identity.asking import as_itself
    from ..knowledge.job import LEARN
    from ..knowledge.targets import check_file, is_address, seconds_of
    from .job_documents import job_to_json

    if not hub.store.is_lasting:
        raise Unavailable("nothing can be learned: the store cannot be opened", hint="see `grym doctor`")
    allow_http = bool(operation.get("allow_http"))
    every_s = seconds_of(operation["every"]) if operation.get("every") else 0.0
    targets = []
    for target in operation["targets"]:
        if is_address(target):
            targets.append(hub.learner.judge(target, allow_http=allow_http))
        else:
            targets.append(_absolute(operation["folder"], target))
            check_file(targets[-1])
    params: dict[str, Json] = {
        "targets": [*targets], "domain": operation.get("domain") or "", "allow_http": allow_http,
    }  # fmt: skip
    with as_itself():  # it will read them again by itself
        for target in targets if every_s else ():
            hub.learner.knowledge.follow(
                target, every_s, "page" if is_address(target) else "folder",
                domain=str(params["domain"]), allows_http=allow_http,
            )  # fmt: skip
    if not operation.get("stays", True):
        emit({"document": job_to_json(await hub.jobs.show(await hub.jobs.start(LEARN, params)))})
        return 0
    if not operation.get("watch"):
        code, _ = await _learn_once(hub, await hub.jobs.start(LEARN, params), targets, emit)
        return code
    return await _watch(hub, targets, params, emit)


async def _watch(hub: Hub, targets: list[str], params: Mapping[str, Json], emit: Emit) -> int:
    """Learn anew whenever something changes in these folders, until stopped."""
    from ..knowledge.job import LEARN
    from ..library.watch import Watch

    told: list[str] = []  # of the files that are missing
    async with Watch([target for target in targets if "://" not in target]).watching() as watch:
        while True:
            began = time.monotonic()
            job = await hub.jobs.start(LEARN, params)
            _, told = await _learn_once(hub, job, targets, emit, told_missing=told)
            await watch.wait(time.monotonic() - began)


async def _learn_once(
    hub: Hub, job_id: str, targets: list[str], emit: Emit, *, told_missing: list[str] | None = None
) -> tuple[int, list[str]]:
    """Follow a job to its end, and tell what came of each item and of all; the exit code, and the files missing.

    told_missing : while folders are watched, the files of which it was told before that they are missing; nothing is
        told then of a look that found all as it was
    """
    import asyncio

    began = time.monotonic()
    try:
        async for job in hub.jobs.follow(job_id):
            emit({"progress": _progress(job)})
    except asyncio.CancelledError:
        await asyncio.shield(hub.jobs.cancel(job_id))
        raise
    counts: Counter[str] = Counter()
    first_failed = ""
    for item in await hub.jobs.items(job_id, limit=job.progress.total):
        if item.state == "failed":
            counts["failed"] += 1
            first_failed = first_failed or item.code
            error = {"code": item.code, "message": item.reason, "hint": ""}
            emit({"document": {"path": item.key, "error": error}})
        elif isinstance(item.result, dict):
            counts[str(item.result["state"])] += 1
            if item.result["state"] != "unchanged":
                emit({"document": _titled(hub, item.result)})
    missing = [path for target in targets for path in hub.learner.missing(target)]
    summary = {
        **{name: counts[name] for name in ("new", "changed", "unchanged", "followed", "failed")},
        "missing": missing,
        "job": job_id,
        "seconds": round(time.monotonic() - began, 1),
    }
    if missing != told_missing or counts["new"] or counts["changed"] or counts["failed"]:
        emit({"document": summary})
    return 3 if counts["failed"] and counts.total() == counts["failed"] else 0, missing


def _progress(job: Job) -> dict[str, Any]:
    left_s = None
    if job.finish is not None:
        left_s = [max(0.0, at - time.time()) for at in (job.finish.earliest, job.finish.latest)]
    return {
        "step": "learn", "subject": "", "message": job.cause or "reading", "verb": "read",
        "fraction": job.progress.fraction, "done": job.progress.done + job.progress.failed,
        "of": job.progress.total, "failed": job.progress.failed, "left_s": left_s,
    }  # fmt: skip


def _titled(hub: Hub, told: Mapping[str, Any]) -> dict[str, Json]:
    row = hub.learner.knowledge.source(str(told["address"]))
    return {**told, "title": row.title if row else ""}


async def perform_sources(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """What was read, and what is read again."""
    knowledge = hub.learner.knowledge
    sources = [
        {
            "address": row.address, "kind": row.kind, "title": row.title, "domain": row.domain, "topic": row.topic,
            "version": row.version, "read_at": row.read_at, "checked_at": row.checked_at, "parent": row.parent,
        }
        for row in knowledge.sources(domain=operation.get("domain") or "")
    ]  # fmt: skip
    follows = [
        {"address": item.address, "every_s": item.every_s, "kind": item.kind, "due_at": item.due_at}
        for item in knowledge.follows()
    ]
    emit({"document": {"sources": sources, "follows": follows}})
    return 0


async def perform_forget(hub: Hub, operation: Mapping[str, Any], emit: Emit) -> int:
    """Forget sources for good; without consent say what would go."""
    from ..errors import BadRequest
    from ..knowledge.forgetting import find_sources

    found = {name: find_sources(hub.learner.knowledge, name, operation["folder"]) for name in operation["sources"]}
    unknown = [name for name, addresses in found.items() if not addresses]
    if unknown:
        raise BadRequest(f"{unknown[0]!r} was never read", hint="`grym learn --list` shows what was")
    knowledge = hub.learner.knowledge
    addresses = list(dict.fromkeys(address for each in found.values() for address in each))
    if not operation.get("yes"):
        held = [part for address in addresses for part in knowledge.with_parts(address)]
        emit({"document": {"would_forget": list(dict.fromkeys(held)) or addresses}})
        return 3
    gone, ended = await hub.errands.forget(addresses)
    emit(
        {
            "document": {
                "forgotten": list(dict.fromkeys(name for each in gone for name in each.addresses)),
                "versions": sum(each.versions for each in gone),
                "passages": sum(each.passages for each in gone),
                "follows": sum(each.follows for each in gone),
                "ended_jobs": [*ended],
            }
        }
    )
    return 0


def _absolute(folder: str, name: str) -> str:
    from ..knowledge.forgetting import absolute

    return absolute(folder, name)


def _show_learned(document: dict[str, Any]) -> None:
    if "error" in document:
        say_error(document["error"])
    elif "job" in document:
        counted = [f"{document[name]} {name}" for name in ("new", "changed", "unchanged", "followed", "failed")]
        typer.echo(", ".join(words for words in counted if not words.startswith("0 ")) or "nothing to read there")
        for path in document["missing"]:
            typer.echo(for_terminal(f"no longer there, and kept until you `grym forget` it: {path}"))
    elif document["state"] == "followed":
        left = f", {document['left']} of it left out" if document["left"] else ""
        count = "1 entry" if document["entries"] == 1 else f"{document['entries']} entries"
        typer.echo(for_terminal(f"{document['kind']} {document['address']}: {count}{left}"))
    else:
        copies = f", {document['folded']} known already" if document["folded"] else ""
        told = f"{document['passages']} passage{'' if document['passages'] == 1 else 's'}{copies}"
        typer.echo(for_terminal(f"{document['state']}: {document['title']} ({told}) from {document['address']}"))


def _show_sources(document: dict[str, Any]) -> None:
    if not document["sources"] and not document["follows"]:
        typer.echo("nothing was read yet; `grym learn FILE` begins")
    for row in document["sources"]:
        typer.echo(for_terminal(f"{row['domain']}: {row['title']} ({row['kind']}, version {row['version']})"))
        typer.echo(for_terminal(f"  {row['address']}"))
    for item in document["follows"]:
        due = time.strftime("%Y-%m-%d %H:%M", time.localtime(item["due_at"]))
        typer.echo(for_terminal(f"read again at {due}, every {item['every_s'] / 3600:g} h: {item['address']}"))


def _show_forgotten(document: dict[str, Any]) -> None:
    if "would_forget" in document:
        typer.echo("These would be forgotten for good; say so with --yes:")
        for address in document["would_forget"]:
            typer.echo(for_terminal(f"  {address}"))
        return
    for address in document["forgotten"]:
        typer.echo(for_terminal(f"forgotten: {address}"))
    for title in document["ended_jobs"]:
        typer.echo(for_terminal(f"ended, since it still read this: {title}; for the rest of it, say so again"))
