"""How long clean-up takes: stale leases among live ones, several cleaners at once, each a process, on one SQLite file.

    python -m benchmarks.cleanup [--stale 100000] [--live 10000] [--cleaners 6] [--runs 5] [--dry-run]

The clock runs from the moment at which all cleaners are let go until the last has found nothing more; they go the
whole way of the hub's clean-up, audit log included, while the live leases' holder writes heartbeats every second.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import multiprocessing
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

from benchmarks.rows import Row, write_table
from grym_synth.resources.cleaners import StaleRows
from grym_synth.resources.cleanup import AuditLog, clean
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import LeaseRow

COMMAND = "python -m benchmarks.cleanup"
NOW = 1_800_000_000.0
LEASES = [rule for rule in RULES if rule.kind == "lease"]


def fill(path: Path, stale: int, live: int) -> None:
    """Leases that fell silent and such as have just given a sign, in no order."""
    beats = [("stale", n, NOW - 31.0 - n % 9973) for n in range(stale)] + [("live", n, NOW) for n in range(live)]
    random.Random(1).shuffle(beats)
    house = House(path, "gone")
    house.put_leases(
        LeaseRow(f"{what} {n}", "gone", f"step {n}", "listen", "default", "batch", 1.0, 0.5, NOW - 1e4, None, beat)
        for what, n, beat in beats
    )
    house.close()


def clean_until_done(path: Path, name: str, start: Barrier) -> None:
    """One cleaner: passes until one finds nothing."""
    house = House(path, name)
    cleaner, audit = StaleRows(house, "lease", steady=lambda: 0.0), AuditLog(house)  # as still as NOW
    house.last_health()
    start.wait()
    while asyncio.run(clean(LEASES, {"lease": cleaner}, {}, NOW, audit)).removed:
        pass
    house.close()


def beat(path: Path, start: Barrier, end: Event) -> None:
    """The holder of the live leases."""
    house = House(path, "holder")
    mine = [row for row in house.leases() if row.heartbeat == NOW]
    start.wait()
    while not end.wait(1.0):
        house.put_leases([dataclasses.replace(row, heartbeat=NOW) for row in mine])
    house.close()


def measure_once(stale: int, live: int, cleaners: int) -> tuple[float, int, int, int]:
    """Seconds; and how many stale ones were not taken, or taken more than once, and how many live ones were taken."""
    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grym.db"
        fill(path, stale, live)
        start, end = processes.Barrier(cleaners + 2), processes.Event()
        workers = [processes.Process(target=clean_until_done, args=(path, f"{n}", start)) for n in range(cleaners)]
        holder = processes.Process(target=beat, args=(path, start, end))
        for worker in (*workers, holder):
            worker.start()
        start.wait()
        begun = time.perf_counter()
        for worker in workers:
            worker.join()
        took = time.perf_counter() - begun
        end.set()
        holder.join()
        if any(worker.exitcode for worker in (*workers, holder)):
            raise SystemExit("a process failed")
        return took, *_faults(path, stale, live)


def _faults(path: Path, stale: int, live: int) -> tuple[int, int, int]:
    with sqlite3.connect(path) as db:
        details = [json.loads(row[0]) for row in db.execute("SELECT detail FROM audit")]
        left = {row[0] for row in db.execute("SELECT id FROM leases")}
    db.close()
    taken = Counter(row["id"] for detail in details for row in detail["rows"])
    expected = {f"stale {n}" for n in range(stale)}
    missed = len(expected - set(taken)) + len(left & expected)
    twice = sum(count > 1 for count in taken.values())
    return missed, twice, len(set(taken) - expected) + live - len(left - expected)


def measure(stale: int, live: int, cleaners: int, runs: int) -> list[Row]:
    found = [measure_once(stale, live, cleaners) for _ in range(runs)]
    times = [took for took, *_ in found]
    missed, twice, wrongly = (sum(run[i] for run in found) for i in (1, 2, 3))
    what = f"clean-up of {stale:,} stale leases among {live:,} live ones, {cleaners} cleaners at once"
    figure = f"median {statistics.median(times):.2f}, worst {max(times):.2f} s of {runs}"
    faults = f"missed {missed}, taken twice {twice}, live ones taken {wrongly}"
    return [Row(what, figure, "≤ 5 s", COMMAND), Row(f"the same: faults in {runs} runs", faults, "none", COMMAND)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stale", type=int, default=100_000)
    parser.add_argument("--live", type=int, default=10_000)
    parser.add_argument("--cleaners", type=int, default=6)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    rows = measure(a.stale, a.live, a.cleaners, a.runs)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})", file=sys.stderr)
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
