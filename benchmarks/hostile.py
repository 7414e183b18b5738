"""Sixty hostile files through the command line: measured, compared with a good one, drawn, and made a page of.

python -m benchmarks.hostile
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tests.hostile import SR, HostileFile, encoded, make_hostile_files, music

from benchmarks.rows import GRYM, Row, write_table

COMMAND = "python -m benchmarks.hostile"
SLOWEST = 10.0  # seconds for one of these small files, with every section and all models


@dataclass(frozen=True)
class Verdict:
    """How one file fared with one command; `fault` is "" when all is as it should be."""

    file: HostileFile
    command: str
    seconds: float
    fault: str


def judge(file: HostileFile, command: str, folder: Path, words: Sequence[str] | None = None) -> Verdict:
    """Run one of COMMANDS on one file."""
    start = time.perf_counter()
    out = folder / f"out{'.html' if command == 'report' else '.png'}"
    out.unlink(missing_ok=True)
    words = _words(command, file, folder / "good.wav", out) if words is None else words
    try:
        done = subprocess.run(
            [str(GRYM), *words], capture_output=True, env={**os.environ, "GRYM_HOME": str(folder / "home")},
            timeout=60, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Verdict(file, command, 60.0, "hangs")
    seconds = time.perf_counter() - start
    fault = _common_fault(done, seconds) or _CHECKS[command](file, done, out)
    return Verdict(file, command, seconds, fault)


def _words(command: str, file: HostileFile, good: Path, out: Path) -> list[str]:
    path = os.fspath(file.path)
    if command == "compare":
        return ["compare", "--json", "--", os.fspath(good), path]
    if command == "analyze":
        return ["analyze", "--json", "--vectors", "--", path]
    return ["analyze", f"--{command}", os.fspath(out), "--only", "facts,loudness,rhythm", "--", path]


def _common_fault(done: subprocess.CompletedProcess[bytes], seconds: float) -> str:
    if b"Traceback" in done.stdout + done.stderr or b"fault of ours" in done.stderr:
        return f"a traceback: {done.stderr[-300:]!r}"
    return f"{seconds:.1f} s" if seconds > SLOWEST else ""


def _read(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """The document; of a comparison with a folder that holds nothing, the first of its two reasons."""
    documents = [json.loads(line, parse_constant=_refuse) for line in done.stdout.splitlines()]
    assert documents
    assert all(isinstance(document, dict) for document in documents)
    assert len(documents) == 1 or all("error" in document for document in documents)
    first: dict[str, Any] = documents[0]
    return first


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} in JSON")


def _repeated(gaps: Sequence[Mapping[str, Any]]) -> str:
    """A reason that is given twice for the same capability."""
    counts = Counter((gap["capability"], gap["reason"]) for gap in gaps)
    return next((f"said {n} times: {reason}" for (_, reason), n in counts.items() if n > 1), "")


def _analyze_fault(file: HostileFile, done: subprocess.CompletedProcess[bytes], _out: Path) -> str:
    try:
        document = _read(done)
    except (ValueError, AssertionError) as error:
        return f"no JSON document: {error}: {done.stdout[:200]!r}"
    if file.expected == "refused":
        if done.returncode != 3 or document.get("error", {}).get("code") != "unreadable":
            return f"exit {done.returncode}: {str(document)[:200]}"
        return "" if document["error"]["message"] and document["error"]["hint"] else "no reason or no way out"
    if done.returncode != 0 or "facts" not in document:
        return f"exit {done.returncode}: {str(document)[:200]}"
    if file.expected == "partly" and not document["gaps"]:
        return "heard in part, and no gap says so"
    null = [name for name in document if document[name] is None and name not in ("melody_hz", "vectors")]
    silent = [name for name in null if not any(gap["capability"] == name for gap in document["gaps"])]
    return f"null without a gap: {silent}" if silent else _repeated(document["gaps"])


def _compare_fault(file: HostileFile, done: subprocess.CompletedProcess[bytes], _out: Path) -> str:
    try:
        document = _read(done)
    except (ValueError, AssertionError) as error:
        return f"no JSON document: {error}: {done.stdout[:200]!r}"
    if file.expected == "refused":
        return "" if done.returncode == 3 and "error" in document else f"exit {done.returncode}: {str(document)[:200]}"
    if done.returncode not in (0, 3):
        return f"exit {done.returncode}: {str(document)[:200]}"
    return _repeated(document.get("gaps", []))


def _file_fault(file: HostileFile, done: subprocess.CompletedProcess[bytes], out: Path) -> str:
    if file.expected == "refused":
        return "" if done.returncode == 3 and not out.exists() else f"exit {done.returncode}, file: {out.exists()}"
    if done.returncode != 0 or not out.exists():
        return f"exit {done.returncode}, file: {out.exists()}: {done.stderr[-200:]!r}"
    return "<script>alert" if b"<script>alert" in out.read_bytes() else ""


_CHECKS: Mapping[str, Callable[[HostileFile, subprocess.CompletedProcess[bytes], Path], str]] = {
    "analyze": _analyze_fault, "compare": _compare_fault, "plot": _file_fault, "report": _file_fault,
}  # fmt: skip
COMMANDS = tuple(_CHECKS)


def measure() -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "files").mkdir()
        (folder / "good.wav").write_bytes(encoded(music(4.0, 2), SR, "WAV", "PCM_16"))
        files = make_hostile_files(folder / "files")
        verdicts = [judge(file, command, folder) for command in COMMANDS for file in files]
    for verdict in verdicts:
        if verdict.fault:
            print(f"{verdict.command} {verdict.file.kind} ({verdict.file.path.name!r}): {verdict.fault}", flush=True)
    right = sum(not verdict.fault for verdict in verdicts)
    slowest = max(verdict.seconds for verdict in verdicts)
    figure = f"{right} of {len(verdicts)} as they should be ({len(files)} files), slowest {slowest:.1f} s"
    what = "hostile files measured, compared, drawn, made a page of: a clear sentence or a stated gap, no traceback"
    return [Row(what, figure, f"all, < {SLOWEST:.0f} s", COMMAND)]


if __name__ == "__main__":
    write_table(measure())
