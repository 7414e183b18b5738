"""Routing on an evaluation set, with the model pack and without it.

    python -m benchmarks.routing EVAL

EVAL holds routing.jsonl and score_routing.py. `routing_second.jsonl` and `routing_third.jsonl` in this folder were
written by others than the training examples, and each after the router of its day was fixed; the trainer leaves out
what is nearly one of their questions. The third has thirty questions in each of seven languages, and nobody who wrote
examples has read it: its figures are those to believe.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.calibration import corrected_ece
from benchmarks.rows import Row, write_table
from grym_synth.packs import find_pack
from grym_synth.planning.routing.router import Router, load_router

COMMAND = "python -m benchmarks.routing EVAL"
HERE = Path(__file__).parent
SECOND_SET, THIRD_SET = HERE / "routing_second.jsonl", HERE / "routing_third.jsonl"
#: Routes the first question in a process of its own, and prints the milliseconds since its imports began.
_COLD = """
import time
start = time.perf_counter()
from grym_synth.packs import find_pack
from grym_synth.planning.routing.router import load_router
load_router(find_pack("minilm") if {pack} else None).route("how fast is it, and in which key", ["a.wav"])
print(1000 * (time.perf_counter() - start))
"""


@dataclass(frozen=True, slots=True)
class Routed:
    """What became of the questions of one set."""

    line: str  # the scorer's
    times_ms: list[float]
    confidences: list[float]
    right: list[float]  # 1 where the route is exact
    exact_of: dict[str, float]  # language → share


def score(router: Router, evaluation: Path, truth: Path) -> Routed:
    """Route the questions of `truth`; each needs `gold` and may have some of `ok`."""
    questions = [json.loads(line) for line in truth.read_text().splitlines()]
    router.route("warm up", [])
    times, lines, confidences, right = [], [], [], []
    of_language: dict[str, list[float]] = defaultdict(list)
    for question in questions:
        start = time.perf_counter()
        route = router.route(question["query"], question["files"])
        times.append(1000 * (time.perf_counter() - start))
        lines.append(json.dumps({"id": question["id"], "capabilities": list(route.capabilities)}))
        confidences.append(route.confidence)
        needed, found = set(question["gold"]), set(route.capabilities)
        right.append(float(needed <= found <= needed | set(question.get("ok", ()))))
        of_language[question.get("lang", "")].append(right[-1])
    with tempfile.TemporaryDirectory() as folder:
        routes = Path(folder) / "routes.jsonl"
        routes.write_text("\n".join(lines) + "\n")
        command = [sys.executable, str(evaluation / "score_routing.py"), str(routes)]
        command += ["--truth", str(truth)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    shares = {language: sum(hits) / len(hits) for language, hits in sorted(of_language.items())}
    return Routed(printed.strip().splitlines()[-1], times, confidences, right, shares)


def cold_ms(*, pack: bool) -> float:
    """Milliseconds of the first route in a fresh process, imports and weights included; the median of three."""
    command = [sys.executable, "-c", _COLD.format(pack=pack)]
    runs = (subprocess.run(command, check=True, capture_output=True, text=True).stdout for _ in range(3))
    return statistics.median(float(printed) for printed in runs)


def measure(evaluation: Path) -> list[Row]:
    rows = []
    for what, router, goal in (
        ("with the MiniLM pack", load_router(find_pack("minilm")), "≥ .90 / .94"),
        ("without it", load_router(None), "≥ .78 / .86"),
    ):
        name = f"routing {what}"
        first = score(router, evaluation, evaluation / "routing.jsonl")
        second, third = score(router, evaluation, SECOND_SET), score(router, evaluation, THIRD_SET)
        rows.append(Row(f"{name}: exact, micro-F1", first.line, goal, COMMAND))
        times = first.times_ms + second.times_ms + third.times_ms
        figure = f"p50 {np.quantile(times, 0.5):.1f}, p99 {np.quantile(times, 0.99):.1f} ms"
        rows.append(Row(f"{name}: warm time", figure, "p50 ≤ 15, p99 ≤ 40 ms", COMMAND))
        cold = f"{cold_ms(pack='without' not in what):.0f} ms"
        rows.append(Row(f"{name}: cold, the first route of a process", cold, "≤ 1.5 s", COMMAND))
        rows.append(Row(f"{name}, second set", second.line, "as it is", COMMAND))
        rows.append(Row(f"{name}, third set, unread", third.line, "as it is", COMMAND))
        languages = "  ".join(f"{language} {share:.2f}" for language, share in third.exact_of.items())
        rows.append(Row(f"{name}, third set: exact by language", languages, "as it is", COMMAND))
        sure = np.array(second.confidences + third.confidences)
        ece = corrected_ece(sure, np.array(second.right + third.right))
        figure = f"corrected ECE {ece:.3f}, n {len(sure)}"
        rows.append(Row(f"{name}: calibration, second and third set", figure, "≤ .05", COMMAND))
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
