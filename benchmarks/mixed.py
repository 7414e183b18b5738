"""Two hundred mixed questions over forty files, put to one warm hub through the real command.

    python -m benchmarks.mixed [.venv/bin/grym] [--json OUT.json] [--only en001,de002]

Questions of seven languages, single, of several parts, with follow-ups, edits by words, vague and hostile ones, and
such as cannot be answered (benchmarks/mixed_questions.jsonl) over recordings whose truth is known
(benchmarks/mixed_files.py). Each answer is judged: a crash, a claim that its evidence does not hold (found by
benchmarks/mixed_numbers.py), a dead end that explains nothing, and whether the right capability answered for each
file. What the hub takes beside its agents is read from the answers' own timings.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.mixed_files import make_files, place
from benchmarks.mixed_judge import Asked, Verdict, judge
from benchmarks.rows import GRYM, Row, write_table

COMMAND = "python -m benchmarks.mixed"
QUESTIONS = Path(__file__).with_name("mixed_questions.jsonl")
# --- asking ----------------------------------------------------------------------------------------------------------


def read_questions(path: Path = QUESTIONS) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@contextlib.contextmanager
def warm_hub(command: Sequence[str], home: Path) -> Iterator[None]:
    """`grym serve` in this home for the body of a `with` block."""
    home.mkdir(parents=True, exist_ok=True)
    # On a busy machine a hub hears in part what it hears here in whole: benchmarks/lite.py measures that.
    (home / "config.toml").write_text("[limits]\ncpu = [2.0, 3.0]\n")
    environment = {**os.environ, "GRYM_HOME": str(home)}
    with (home / "serve.log").open("wb") as said:
        hub = subprocess.Popen([*command, "serve"], env=environment, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        try:
            give_up_at = time.monotonic() + 120
            while not (home / "hub.sock").exists():
                if hub.poll() is not None or time.monotonic() > give_up_at:
                    raise RuntimeError(f"the hub did not start: {(home / 'serve.log').read_text()[-400:]}")
                time.sleep(0.05)
            yield
        finally:
            hub.send_signal(signal.SIGTERM)
            hub.wait(60)


def ask(command: Sequence[str], row: Mapping[str, Any], paths: Mapping[str, Path], home: Path, folder: Path) -> Asked:
    """Put one question; one without a context has its own, so that nothing earlier is meant by "it"."""
    names = [str(paths[role]) for role in row["files"]]
    context = row.get("context", f"alone-{row['id']}")
    before, started = _tree(folder), time.perf_counter()
    try:
        done = subprocess.run(
            [*command, "ask", "--json", "--no-llm", "--context", context, "--", row["question"], *names],
            env={**os.environ, "GRYM_HOME": str(home)}, capture_output=True, text=True, timeout=180,
            check=False, stdin=subprocess.DEVNULL, cwd=folder,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Asked(124, None, "no answer within 180 s", 180.0)
    seconds = time.perf_counter() - started
    try:
        document = json.loads(done.stdout)
    except ValueError:
        document = None
    after = _tree(folder)
    changed = tuple(sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name)))
    return Asked(done.returncode, document if isinstance(document, dict) else None, done.stderr, seconds, changed)


def _tree(folder: Path) -> dict[str, tuple[int, int]]:
    found = [(path, path.stat()) for path in folder.rglob("*") if path.is_file()]
    return {str(path): (stat.st_size, stat.st_mtime_ns) for path, stat in found}


# --- measuring -------------------------------------------------------------------------------------------------------


def ask_all(command: Sequence[str], rows: Sequence[Mapping[str, Any]], folder: Path, home: Path) -> Iterator[Verdict]:
    """Make the recordings that the rows speak of and put the questions to the hub of this home, in their order."""
    paths = make_files(folder, sorted({role for row in rows for role in (*row["files"], *row.get("about", ()))}))
    for row in rows:
        yield judge(row, ask(command, row, paths, home, folder), paths)


def second_asks(rows: Sequence[Mapping[str, Any]], paths: Mapping[str, Path], home: Path) -> dict[str, list[float]]:
    """Milliseconds of questions asked before, over the socket: the whole, and the hub's part beside its agents."""
    from grym_synth.config import Config
    from grym_synth.frontends.hub_socket import perform_anywhere
    from grym_synth.frontends.protocol import operation_of

    found: dict[str, list[float]] = {"wall": [], "beside": []}

    async def put(row: Mapping[str, Any]) -> None:
        names, context = [str(paths[role]) for role in row["files"]], f"alone-{row['id']}"
        operation = operation_of("ask", question=row["question"], paths=names, context=context, use_cache=True)
        documents: list[Mapping[str, Any]] = []
        started = time.perf_counter()
        await perform_anywhere(
            Config(home=home), operation, lambda e: documents.append(e["document"]) if "document" in e else None
        )
        found["wall"].append(1000 * (time.perf_counter() - started))
        found["beside"] += [_beside(document["timings_ms"]) for document in documents if "timings_ms" in document]

    for row in rows:
        asyncio.run(put(row))
    return found


def _beside(timings_ms: Mapping[str, float]) -> float:
    return timings_ms["total"] - timings_ms.get("work", 0.0)


def measure(
    command: Sequence[str] = (str(GRYM),), rows: Sequence[Mapping[str, Any]] | None = None
) -> tuple[list[Row], list[Verdict]]:
    """Ask everything once, some of it twice: the rows of the table and every verdict."""
    rows = read_questions() if rows is None else rows
    with tempfile.TemporaryDirectory() as folder:
        home, files = Path(folder, "home"), Path(folder, "files")
        with warm_hub(command, home):
            verdicts = []
            for verdict in ask_all(command, rows, files, home):
                verdicts.append(verdict)
                if verdict.outcome != "right" or verdict.unsupported or verdict.unasked:
                    _tell(verdict)
            alone = [row for row in rows if row["kind"] == "answerable" and "context" not in row]
            again = second_asks(alone, place(files), home)
    return summary(verdicts, again), verdicts


def summary(verdicts: Sequence[Verdict], again: Mapping[str, Sequence[float]]) -> list[Row]:
    by_outcome = Counter(verdict.outcome for verdict in verdicts)
    asked = [verdict for verdict in verdicts if verdict.kind == "answerable"]
    answered = sum(verdict.outcome in ("right", "wrong value") for verdict in asked)
    right = sum(verdict.outcome == "right" for verdict in asked)
    others = [verdict for verdict in verdicts if verdict.kind != "answerable"]
    declined = sum(verdict.outcome == "right" for verdict in others)
    untrue = sum(len(verdict.unsupported) for verdict in verdicts)
    timed = [verdict.timings_ms for verdict in verdicts if verdict.timings_ms]
    figures = f"{untrue} / {by_outcome['crash']} / {by_outcome['dead end']}"
    share = 100 * answered / max(1, len(asked))
    beside, routes = [_beside(t) for t in timed], [t["route"] for t in timed if "route" in t]
    found = [
        (f"{len(verdicts)} mixed questions: unsupported claims / crashes / dead ends", figures, "0 / 0 / 0"),
        ("mixed questions answered by the right capability", f"{answered} of {len(asked)} ({share:.1f} %)", "≥ 95 %"),
        ("mixed questions answered so, and with the right value", f"{right} of {len(asked)}", "all"),
        ("mixed questions declined, refused or asked back as is right", f"{declined} of {len(others)}", "all"),
        ("sentences of arithmetic that nobody asked for", str(sum(len(v.unasked) for v in verdicts)), "0"),
        ("route within a warm ask, p50 / p99", _quantiles(routes), "≤ 15 / 40 ms"),
        ("ask beside its agents, warm hub, p50 / p99", _quantiles(beside), "≤ 60 ms"),
        ("the same asked a second time, p50 / p99", _quantiles(again["beside"]), "≤ 60 ms"),
        ("whole second ask over the socket, p50 / p99", _quantiles(again["wall"]), "-"),
    ]
    return [Row(what, figure, goal, COMMAND) for what, figure, goal in found]


def _quantiles(values_ms: Sequence[float]) -> str:
    if not values_ms:
        return "-"
    return f"{np.quantile(values_ms, 0.5):.0f} / {np.quantile(values_ms, 0.99):.0f} ms (n {len(values_ms)})"


def _tell(verdict: Verdict) -> None:
    sys.stderr.write(f"{verdict.id}  {verdict.kind}  {verdict.outcome}  {verdict.question}\n      {verdict.detail}\n")
    sys.stderr.writelines(f"      unsupported: {lie}\n" for lie in verdict.unsupported)
    sys.stderr.writelines(f"      unasked: {text}\n" for text in verdict.unasked)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="*", default=[str(GRYM)], help="how grym is started")
    parser.add_argument("--json", type=Path, help="write the verdicts there")
    parser.add_argument("--only", default="", help="ids, comma separated: then the table is left as it is")
    options = parser.parse_args()
    wanted = set(options.only.split(",")) - {""}
    chosen = [row for row in read_questions() if not wanted or row["id"] in wanted]
    rows, verdicts = measure(options.command, chosen)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    if options.json:
        text = json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=1, default=dict)
        options.json.write_text(text + "\n", encoding="utf-8")
    if not wanted:
        write_table(rows)


if __name__ == "__main__":
    main()
