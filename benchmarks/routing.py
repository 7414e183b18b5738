"""Routing on an evaluation set, with the model pack and without it.

    python -m benchmarks.routing EVAL

EVAL holds routing.jsonl and score_routing.py. `routing_second.jsonl` in this folder was written after the router was
fixed, by somebody who had not seen the training examples: nothing may be tuned to it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.rows import Row, write_table
from grym_synth.packs import find_pack
from grym_synth.planning.router import Router, load_router

COMMAND = "python -m benchmarks.routing EVAL"


SECOND_SET = Path(__file__).with_name("routing_second.jsonl")


def score(router: Router, evaluation: Path, truth: Path) -> tuple[str, list[float]]:
    """The scorer's line on the questions of `truth`, and the milliseconds of each route."""
    questions = [json.loads(line) for line in truth.read_text().splitlines()]
    router.route("warm up", [])
    times, lines = [], []
    for question in questions:
        start = time.perf_counter()
        route = router.route(question["query"], question["files"])
        times.append(1000 * (time.perf_counter() - start))
        lines.append(json.dumps({"id": question["id"], "capabilities": list(route.capabilities)}))
    with tempfile.TemporaryDirectory() as folder:
        routes = Path(folder) / "routes.jsonl"
        routes.write_text("\n".join(lines) + "\n")
        command = [sys.executable, str(evaluation / "score_routing.py"), str(routes)]
        command += ["--truth", str(truth)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return printed.strip().splitlines()[-1], times


def measure(evaluation: Path) -> list[Row]:
    rows = []
    for what, router, goal in (
        ("with the MiniLM pack", load_router(find_pack("minilm")), "≥ .75 / .85, then .90 / .94"),
        ("without it", load_router(None), "≥ .70 / .78, then .78 / .86"),
    ):
        line, times = score(router, evaluation, evaluation / "routing.jsonl")
        rows.append(Row(f"routing {what}: exact, micro-F1", line, goal, COMMAND))
        figure = f"p50 {statistics.median(times):.1f}, worst {max(times):.1f} ms"
        rows.append(Row(f"routing {what}: warm time", figure, "p50 ≤ 15 ms", COMMAND))
        second, _ = score(router, evaluation, SECOND_SET)
        rows.append(Row(f"routing {what}, second set that nothing was tuned to", second, "as it is", COMMAND))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    rows = measure(parser.parse_args().evaluation)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    write_table(rows)


if __name__ == "__main__":
    main()
