"""Sixty hostile files through the command line, one call each and then all at once beside a good one.

python -m benchmarks.hostile
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.hostile import HostileFile, make_hostile_files

from benchmarks.rows import GRYM, Row, write_table

COMMAND = "python -m benchmarks.hostile"


@dataclass(frozen=True)
class Verdict:
    """How one file fared; `fault` is "" when all is as it should be."""

    file: HostileFile
    seconds: float
    fault: str


def judge(file: HostileFile, home: Path) -> Verdict:
    """Ask for all measurements of one file by `grym analyze --json`."""
    start = time.perf_counter()
    command = [str(GRYM), "analyze", "--json", "--", os.fspath(file.path)]
    done = subprocess.run(
        command, capture_output=True, env={**os.environ, "GRYM_HOME": str(home)}, timeout=60, check=False
    )
    seconds = time.perf_counter() - start
    return Verdict(file, seconds, _fault(file, done, seconds))


def _fault(file: HostileFile, done: subprocess.CompletedProcess[bytes], seconds: float) -> str:
    if b"Traceback" in done.stdout + done.stderr:
        return "a traceback"
    if seconds > 5.0:
        return f"{seconds:.1f} s"
    lines = done.stdout.splitlines()
    if len(lines) != 1:
        return f"{len(lines)} lines"
    document = json.loads(lines[0])
    if file.expected == "refused":
        if done.returncode != 3 or document.get("error", {}).get("code") != "unreadable":
            return f"exit {done.returncode}: {lines[0][:200]!r}"
        return "" if document["error"]["message"] and document["error"]["hint"] else "no reason or no way out"
    if done.returncode != 0 or "facts" not in document:
        return f"exit {done.returncode}: {lines[0][:200]!r}"
    if file.expected == "partly" and not document["gaps"]:
        return "heard in part, and no gap says so"
    return ""


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        files = make_hostile_files(Path(folder))
        verdicts = [judge(file, Path(folder, "home")) for file in files]
    faults = [verdict for verdict in verdicts if verdict.fault]
    for verdict in faults:
        print(f"{verdict.file.kind}: {verdict.fault}")
    slowest = max(verdict.seconds for verdict in verdicts)
    figure = f"{len(verdicts) - len(faults)} of {len(verdicts)} as they should be, slowest {slowest:.1f} s"
    return [Row("hostile files: one clear sentence or a stated gap, no traceback", figure, "all, < 5 s", COMMAND)]


if __name__ == "__main__":
    write_table(measure())
