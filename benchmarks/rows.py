"""Rows of the benchmark table, and how a run rewrites it."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
GRYM = HERE.parent / ".venv" / "bin" / "grym"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, what came out, what is aimed at, and the command that measures it."""

    what: str
    figure: str
    goal: str
    command: str


def write_table(rows: list[Row]) -> None:
    """Replace the rows of these commands in README.md and results.json, leaving those of others."""
    store = HERE / "results.json"
    known = json.loads(store.read_text()) if store.exists() else []
    fresh = {row.command for row in rows}
    stamp = {"date": datetime.date.today().isoformat(), "commit": _commit(), "machine": machine()}
    merged = [row for row in known if row["command"] not in fresh] + [asdict(row) | stamp for row in rows]
    merged.sort(key=lambda row: row["command"])
    store.write_text(json.dumps(merged, indent=1) + "\n")
    lines = ["| what | figure | goal | command | date | commit |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row['what']} | {row['figure']} | {row['goal']} | `{row['command']}` | {row['date']} | {row['commit']} |"
        for row in merged
    ]
    readme = HERE / "README.md"
    before, _, rest = readme.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    readme.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}")


def machine() -> str:
    return f"{platform.system()}, {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}"


def _commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=HERE, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "-"
