"""What the pool costs when it is full, and whether it keeps its promises under random operations.

    python -m benchmarks.pool [--operations 100000] [--dry-run]

Times are of one decision each, in one process: on the wall, with whatever else the machine does, and of the processor.
A dry run changes no table.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack

import numpy as np
from tests.unit.resources.test_ledger_model import Report, drive

from benchmarks.rows import Row, write_table
from grym_synth.errors import AdmissionDenied
from grym_synth.resources.changes import Changes
from grym_synth.resources.pool import Pool
from grym_synth.resources.room import PRIORITIES, Capacity, Room

COMMAND = "python -m benchmarks.pool"
MANY = 10_000
RUNS = 20_000
CORE = Room(cpu=1.0, ram_gb=0.1)
GOAL = "≤ 1 / ≤ 1 ms"


class Times:
    """Seconds of many decisions: on the wall, and of the processor."""

    def __init__(self) -> None:
        self.wall: list[float] = []
        self.cpu: list[float] = []
        self._begun = (0.0, 0.0)

    def begin(self) -> None:
        self._begun = (time.perf_counter(), time.thread_time())

    def end(self) -> None:
        cpu, wall = time.thread_time(), time.perf_counter()
        self.wall.append(wall - self._begun[0])
        self.cpu.append(cpu - self._begun[1])


async def measure_held() -> list[Row]:
    """Grant and release beside 10,000 leases, of a hundred contexts and twenty agents that have a bound."""
    changes = Changes()
    agents = {f"a{i}": MANY for i in range(20)}
    pool = Pool(Capacity(3.0 * MANY, 1.0 * MANY, agents=agents), on_change=changes.note)
    grants, releases = Times(), Times()
    async with AsyncExitStack() as stack:
        for i in range(MANY):
            lease = pool.lease(CORE, holder=f"h{i}", timeout=0.0, context=f"c{i % 100}", agent=f"a{i % 20}")
            await stack.enter_async_context(lease)
        gc.collect()
        for i in range(RUNS):
            lease = pool.lease(CORE, holder="x", timeout=0.0, context=f"c{i % 100}", agent=f"a{i % 20}")
            grants.begin()
            await lease.__aenter__()
            grants.end()
            releases.begin()
            await lease.__aexit__(None, None, None)
            releases.end()
    return [Row("grant / release beside 10,000 leases, p99", _figure(grants, releases), GOAL, COMMAND)]


async def measure_waiting(what: str, context: Callable[[int], str], need: Callable[[int], Room]) -> Row:
    """Release, which decides who of 10,000 is next, and ask, which finds no room, beside 10,000 leases."""
    pool = Pool(Capacity(1.0 * MANY, 2.0 * MANY), max_waiting=2 * MANY)
    order: list[int] = []
    releases, asks = Times(), Times()

    async def wait(i: int, done: asyncio.Event) -> None:
        who = PRIORITIES[1 + i % 3] if i % 10 else "critical"
        async with pool.lease(need(i), holder=f"w{i}", timeout=1e6, priority=who, context=context(i)):
            order.append(i)
            await done.wait()

    held = [pool.lease(CORE, holder=f"h{i}", timeout=0.0, context=context(i)) for i in range(MANY)]
    for lease in held:
        await lease.__aenter__()
    done = asyncio.Event()
    tasks = [asyncio.create_task(wait(i, done)) for i in range(MANY)]
    await asyncio.sleep(0)
    assert pool.statistics()["waiting"] == MANY
    gc.collect()
    for i, lease in enumerate(held[: MANY // 2]):
        releases.begin()
        await lease.__aexit__(None, None, None)
        releases.end()
        newcomer = pool.lease(CORE, holder="x", timeout=0.0, context=context(i))
        asks.begin()
        try:
            await newcomer.__aenter__()
        except AdmissionDenied:
            asks.end()
        else:
            await newcomer.__aexit__(None, None, None)
    granted = pool.statistics()["totals"]["granted"] - MANY
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for lease in held[MANY // 2 :]:
        await lease.__aexit__(None, None, None)
    assert pool.used() == Room()
    assert granted > 0
    figure = _figure(asks, releases)
    return Row(f"ask in vain / release with 10,000 leases and 10,000 waiting, {what}, p99", figure, GOAL, COMMAND)


async def measure_semaphore() -> list[Row]:
    """One lease after another in an empty pool, against the semaphore of asyncio."""
    semaphore, pool = asyncio.Semaphore(4), Pool(Capacity(4.0, 8.0))

    async def with_semaphore() -> None:
        async with semaphore:
            pass

    async def with_pool() -> None:
        async with pool.lease(CORE, holder="x", timeout=1.0):
            pass

    took = []
    for lend in (with_semaphore, with_pool):
        best = []
        for _ in range(7):
            begun = time.perf_counter()
            for _ in range(RUNS // 4):
                await lend()
            best.append((time.perf_counter() - begun) / (RUNS // 4))
        took.append(1e6 * float(np.median(best)))
    begun = time.perf_counter()
    for _ in range(1000):
        pool.statistics()
    statistics = 1e3 * (time.perf_counter() - begun)
    figure = f"{took[1]:.0f} µs; semaphore {took[0]:.1f} µs; all statistics {statistics:.0f} µs"
    return [Row("a lease in an empty pool; asyncio.Semaphore beside it", figure, "as it is", COMMAND)]


def measure_model(operations: int) -> list[Row]:
    """Random operations with crashes, every decision compared with the slow reference; raises at the first fault."""
    begun, each = time.perf_counter(), 10_000
    reports = [drive(seed, min(each, operations)) for seed in range(1000, 1000 + max(1, operations // each))]
    whole = Report(sum((r.operations for r in reports), Counter()), sum((r.events for r in reports), Counter()))
    longest = max(report.longest_wait_s for report in reports)
    events = ", ".join(f"{count} {event}" for event, count in whole.events.most_common())
    crashed = sum(report.crashed for report in reports)
    figure = (
        f"0 faults in {whole.operations.total()} operations ({time.perf_counter() - begun:.0f} s): {events}; "
        f"{crashed} crashes; longest wait of a head that fitted {longest:.0f} s"
    )
    goal = "nothing lent twice, none lost, nobody starved"
    return [Row("random operations on the ledger against a reference", figure, goal, COMMAND)]


def _figure(*times: Times) -> str:
    def ms(read: Callable[[list[float]], float], digits: int, *, cpu: bool = False) -> str:
        return " / ".join(f"{1e3 * read(one.cpu if cpu else one.wall):.{digits}f}" for one in times)

    def p99(sample: list[float]) -> float:
        return float(np.quantile(sample, 0.99))

    def median(sample: list[float]) -> float:
        return float(np.median(sample))

    wall = f"{ms(p99, 2)} ms (median {ms(median, 2)}, worst {ms(max, 0)}"
    return f"{wall}; of the processor {ms(p99, 2, cpu=True)}, worst {ms(max, 0, cpu=True)}; n {len(times[0].wall)})"


async def _measure_times() -> list[Row]:
    def core(_: int) -> Room:
        return CORE

    return [
        *await measure_semaphore(),
        *await measure_held(),
        await measure_waiting("100 contexts", lambda i: f"c{i % 100}", core),
        await measure_waiting("10,000 contexts", lambda i: f"c{i}", core),
        await measure_waiting(
            "10,000 contexts, large and small needs", lambda i: f"c{i}", lambda i: Room(cpu=float(1 + i % 50))
        ),
    ]


def measure(operations: int) -> list[Row]:
    return [*asyncio.run(_measure_times()), *measure_model(operations)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--dry-run", action="store_true")
    a = parser.parse_args()
    rows = measure(a.operations)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
