"""`grym cleanup`: remove what nobody uses any more, and say what and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .telling import JsonOption, print_json, told

if TYPE_CHECKING:
    from ..resources.cleanup import Removed, Report


def cleanup(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove what nobody uses any more: leases, handles, leftovers of killed commands, caches on a full disk.

    A running hub does this by itself. Leftovers beside outputs are looked for in the current folder.
    """
    import asyncio

    with told(as_json):
        report = asyncio.run(_clean(dry_run=dry_run))
    if as_json:
        print_json(report_to_json(report, dry_run=dry_run))
    else:
        typer.echo("\n".join(report_lines(report, dry_run=dry_run)))
        for failure in report.failures:
            sys.stderr.write(f"grym: {_printable(f'{failure.kind} {failure.what}'.strip())}: {failure.reason}\n")
    raise typer.Exit(5 if report.failures and not report.removed else 0)


def report_to_json(report: Report, *, dry_run: bool) -> dict[str, Any]:
    """What a pass did, or would do, as a document."""
    removed = [
        {
            "kind": item.kind,
            "what": item.what,
            "cause": item.cause,
            "count": item.count,
            "size_bytes": item.size_bytes,
        }
        for item in report.removed
    ]
    failed = [{"kind": item.kind, "what": item.what, "reason": item.reason} for item in report.failures]
    return {"dry_run": dry_run, "removed": removed, "failed": failed}


def report_lines(report: Report, *, dry_run: bool) -> list[str]:
    """The same in lines, for people."""
    lines = [f"{item.kind:12}  {_printable(item.what)}{_extent(item)}: {item.cause}" for item in report.removed]
    count = sum(item.count for item in report.removed)
    size = sum(item.size_bytes or 0 for item in report.removed)
    if not count:
        return ["nothing would be removed" if dry_run else "there was nothing to remove"]
    total = f"{count} {'would be removed' if dry_run else 'removed'}"
    return [*lines, f"{total}, {size / 1e6:.1f} MB" if size else total]


async def _clean(*, dry_run: bool) -> Report:
    import contextlib
    import time
    from dataclasses import replace
    from functools import partial
    from pathlib import Path

    from ..config import read_config
    from ..execution.keeper import end_marked, is_alive, left_behind, mark_of_this_process
    from ..health.readings import read_host
    from ..resources.cleaners import orphans, usual_cleaners
    from ..resources.cleanup import AuditLog, Failure, clean
    from ..resources.rules import RULES
    from ..storage.opening import open_house
    from ..upkeep import rules_of

    config = read_config()
    with contextlib.suppress(OSError):  # what cannot be made is told by the store
        config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    home = str(config.home.absolute())

    house = open_house(config, mark_of_this_process(home))
    cleaners = {
        **usual_cleaners(config.home, house, is_alive, Path.cwd()),
        "process": orphans(partial(left_behind, home), end_marked),
    }
    audit = AuditLog(house)
    try:
        readings = read_host(config.home, rules_of(config))
        report = await clean(RULES, cleaners, readings, time.time(), audit, dry_run=dry_run)
        if dry_run or await audit.write():
            return report
        lost = Failure("audit", "", "the store cannot be written, so what was removed is recorded nowhere but here")
        return replace(report, failures=(*report.failures, lost))
    finally:
        house.close()


def _extent(item: Removed) -> str:
    if item.size_bytes is not None:
        return f" ({item.size_bytes / 1e6:.1f} MB)"
    return f" ({item.count})" if item.count > 1 else ""


def _printable(text: str) -> str:
    """Names of files are text from strangers: what would steer a terminal is spelled out."""
    from .exports import printable

    return printable(text)
