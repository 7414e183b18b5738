"""How soon a change by one process is seen by another that follows the same Postgres.

    python -m benchmarks.live [--changes N] [--write]

One process writes changes, one at a time with a pause drawn from a seed; another follows the store and notes when it is
told of each. Both read the same clock. Once it is woken by the server, once it only looks every two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import time
from functools import partial

import numpy as np
from tests.postgres_world import POOLER, running

from benchmarks.rows import Row, write_table
from grym_synth.live import Live
from grym_synth.storage.events import Event, Events
from grym_synth.storage.listening import listen
from grym_synth.storage.postgres import PostgresStore

COMMAND = "python -m benchmarks.live"


def write(pooled: str, session: str, count: int) -> None:
    """The process that changes something; the time of each change is in what it writes."""
    rng, store = random.Random(5), PostgresStore(pooled, session)
    for _ in range(count):
        time.sleep(rng.uniform(0.0, 0.05))
        with store.transaction() as db:
            db.execute("INSERT INTO changes (sha256) VALUES (?)", (repr(time.time()),))
    store.close()


async def delays(pooled: str, session: str, count: int, *, is_woken: bool) -> list[float]:
    """Seconds from each change to when a follower is told of it, in the order told."""
    store = PostgresStore(pooled, session)
    live = Live(Events(store), {"listen": partial(listen, session)} if is_woken else None)
    task = asyncio.create_task(live.run())
    found: list[float] = []

    async def follow() -> None:
        async for item in live.follow():
            assert isinstance(item, Event)
            found.append(time.time() - float(item.subject))
            if len(found) == count:
                return

    following = asyncio.create_task(follow())
    await asyncio.sleep(1.0)
    writer = subprocess.Popen([sys.executable, "-m", "benchmarks.live", "--as-writer", pooled, session, str(count)])
    try:
        async with asyncio.timeout(30.0 + count):
            await following
    finally:
        await asyncio.to_thread(writer.wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        store.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--changes", type=int, default=500)
    parser.add_argument("--as-writer", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true", help="write the table")
    asked = parser.parse_args()
    if asked.as_writer:
        write(asked.as_writer[0], asked.as_writer[1], int(asked.as_writer[2]))
        return
    rows = []
    with running() as world:
        for is_woken, how, floor in ((True, "woken by the server", "p95 <= 250 ms"), (False, "looking only", "-")):
            name = world.of_ours()
            pooled = world.pooled(name) if POOLER else world.address(name)
            count = asked.changes if is_woken else asked.changes // 5
            found = asyncio.run(delays(pooled, world.address(name), count, is_woken=is_woken))
            p50, p95, p99 = np.percentile(found, [50, 95, 99]) * 1000.0
            figure = f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms; {len(found)} of {count} seen"
            print(f"a change is seen by another process, {how}: {figure}")
            rows.append(Row(f"a change is seen by another process, {how}", figure, floor, COMMAND))
    if asked.write:
        write_table(rows)


if __name__ == "__main__":
    main()
