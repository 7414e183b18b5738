"""The fetch agent before a hostile web and before an ordinary one: what comes through, and what is read.

python -m benchmarks.fetching
"""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePath
from typing import Any

from tests.hostile_web import HOSTILE_CASES, HostileCase
from tests.ordinary_web import ORDINARY_CASES, OrdinaryCase
from tests.web_world import Certificates, World, certificates, world

from benchmarks.rows import Row, write_table
from grym_synth.errors import GrymError
from grym_synth.knowledge.reading.kinds import read_content
from grym_synth.knowledge.rules.addresses import judge_address

COMMAND = "python -m benchmarks.fetching"


def fault_of_hostile(case: HostileCase, made: Certificates, folder: Path) -> tuple[str, bool]:
    """What is wrong with how a hostile case ended, "" when nothing is; and whether anything came through."""
    with world(folder, made, case.certificate) as w:
        result = w.fetch(case.prepare(w), **case.more)
    came = bool(result.evidence) or any(folder.iterdir()) or _went_elsewhere(w)
    if came:
        return "came through", True
    gap = result.gaps[0]
    return ("" if gap.code == case.code else f"{gap.code} instead of {case.code}: {gap.reason}"), False


def _went_elsewhere(w: World) -> bool:
    """Whether a connection was made to an address that may not be opened."""
    try:
        for address in w.connected:
            judge_address(address)
    except GrymError:
        return True
    return False


def fault_of_ordinary(case: OrdinaryCase, made: Certificates, folder: Path) -> str:
    """What is wrong with how an ordinary case ended; "" when it came and was read."""
    with world(folder, made) as w:
        result = w.fetch(case.prepare(w), **case.more)
    if result.gaps:
        return result.gaps[0].reason
    told: Any = result.evidence[0].value
    wrong = {name: told[name] for name, value in case.told.items() if told[name] != value}
    if wrong or told["kind"] != case.kind:
        return f"told {wrong or told['kind']}"
    if not case.says:
        return ""
    address = str(told["address"])
    content = Path(told["path"]).read_bytes()
    try:
        found = read_content(content, PurePath(address).name, told["content_type"], address, lambda share, doing: None)
    except GrymError as error:
        return f"came, and is not read: {error}"
    said = "\n".join([found.title, found.text, *(link.address for link in found.links)])
    return "" if case.says in said else "came, and its words are lost"


def measure() -> tuple[list[Row], list[str]]:
    """The rows, and the faults in words."""
    faults, through = [], 0
    with certificates() as made, tempfile.TemporaryDirectory() as name:
        for number, hostile in enumerate(HOSTILE_CASES):
            fault, came = fault_of_hostile(hostile, made, _folder(name, f"h{number}"))
            through += came
            faults += [f"hostile, {hostile.name}: {fault}"] if fault else []
        wrong = len(faults)
        for number, ordinary in enumerate(ORDINARY_CASES):
            fault = fault_of_ordinary(ordinary, made, _folder(name, f"o{number}"))
            faults += [f"ordinary, {ordinary.name}: {fault}"] if fault else []
    return _rows(through, wrong, len(faults) - wrong), faults


def _rows(through: int, wrong: int, unread: int) -> list[Row]:
    codes, cases = len({case.code for case in HOSTILE_CASES}), len(HOSTILE_CASES)
    rows = [
        ("hostile web: cases, of which came through", f"{cases}, {through}", "≥ 80, 0"),
        (
            "hostile web: refused for the right reason, of so many reasons",
            f"{cases - wrong} of {cases}, {codes} reasons",
            "all, each its own",
        ),
        (
            "ordinary web: ways of sending pages, of which came and were read",
            f"{len(ORDINARY_CASES)}, {len(ORDINARY_CASES) - unread}",
            "≥ 30, all",
        ),
    ]
    return [Row(what, figure, goal, COMMAND) for what, figure, goal in rows]


def _folder(parent: str, name: str) -> Path:
    folder = Path(parent, name)
    folder.mkdir()
    return folder


def main() -> None:
    rows, faults = measure()
    for fault in faults:
        print(fault)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    write_table(rows)


if __name__ == "__main__":
    main()
