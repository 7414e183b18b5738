"""What health costs and how quickly it acts: rules under made traces, word to agents, the price of the watch.

python -m benchmarks.health [--traces 10000]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tests.load_traces import KINDS, SIDES, changes_of, held_at

from benchmarks.rows import Row, write_table
from grym_synth.config import Config, agent_environment
from grym_synth.execution.catalog import read_card, read_catalog
from grym_synth.execution.new_agent import write_agent
from grym_synth.execution.supervisor import Supervisor
from grym_synth.health.state import advance, start
from grym_synth.messages import Need
from grym_synth.resources.books import Books
from grym_synth.resources.pool import Pool
from grym_synth.storage.house import House
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.upkeep import Upkeep

COMMAND = "python -m benchmarks.health"
_STATES = ("healthy", "warning", "critical")


def measure_rules(traces: int) -> list[Row]:
    """Levels held about every threshold, and random loads with hard faults in them."""
    rng, most, late, faults = random.Random(0), 0, 0, 0
    holds = list(itertools.product(sorted(SIDES), KINDS))
    for number in range(traces // 2):
        threshold, kind = holds[number % len(holds)]
        trace = held_at(threshold, kind, rng)
        most = max(most, changes_of(trace, SIDES[threshold][number // len(holds) % 2]))
    for _ in range(traces - traces // 2):
        condition, waits = start(0.0), 0
        for second, pressure in enumerate(_load(rng), start=1):
            condition = advance(condition, float(second), pressure, "memory")
            waits = waits + 1 if pressure >= 1.0 and condition.state != "critical" else 0
            faults += pressure >= 1.0
            late = max(late, waits)
    return [
        Row(
            f"changes of state while a level is held about a threshold for 10 minutes ({traces // 2} traces)",
            f"{most} at most",
            "≤ 1",
            COMMAND,
        ),
        Row(f"samples until a hard fault is told ({faults} of them)", f"{late} late", "≤ 2 s", COMMAND),
    ]


def _load(rng: random.Random) -> Sequence[float]:
    """Five minutes of somebody's work: plateaus, ramps, spikes."""
    trace: list[float] = []
    while len(trace) < 300:
        level, other, n = rng.uniform(0.0, 1.1), rng.uniform(0.0, 1.1), rng.randint(2, 60)
        trace += list(
            np.linspace(level, level if rng.random() < 0.5 else other, n)
            + np.array([rng.gauss(0, 0.03) for _ in range(n)])
        )
        if rng.random() < 0.2:
            trace += [rng.uniform(1.0, 1.5)] * rng.randint(1, 5)
    return trace


async def measure_word(folder: Path) -> list[Row]:
    """From a change of state until twenty agents have confirmed it, half of them in the middle of a call."""
    agents = Supervisor(agent_environment(), home=folder, check=lambda card: None)
    cards = [read_card(write_agent(f"small_{i}", folder)[0]) for i in range(20)]
    path = folder / "noise.wav"
    _write_noise(path, 60.0)

    async def call(card_at: int) -> None:
        async with agents.borrow(cards[card_at]) as process:
            arguments = {"path": str(path), "subject": "x", "capabilities": [cards[card_at].name]}
            await process.call(arguments, deadline=120.0, health={"state": "healthy", "seq": 0, "ttl_ms": 5000})

    await asyncio.gather(*(call(i) for i in range(20)))
    took, confirmed = [], 0
    for seq in range(1, 61):
        calls = [asyncio.create_task(call(i)) for i in range(10)]
        await asyncio.sleep(0.02)
        begun = time.perf_counter()
        confirmed += await agents.tell_health({"state": _STATES[seq % 3], "seq": seq, "ttl_ms": 1000, "pressure": 0.8})
        took.append(time.perf_counter() - begun)
        await asyncio.gather(*calls)
    await agents.close()
    p50, p99 = (1e3 * float(np.quantile(took, q)) for q in (0.5, 0.99))
    figure = f"{p50:.0f} / {p99:.0f} ms, {confirmed} of {60 * 20} confirmed"
    return [
        Row(
            "a change of state in hand of all of 20 agents, half of them busy, p50 / p99",
            figure,
            "p99 ≤ 250 ms",
            COMMAND,
        )
    ]


def _write_noise(path: Path, seconds: float) -> None:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.random.default_rng(0).integers(-3000, 3000, int(8000 * seconds), np.int16).tobytes())


async def measure_watch(folder: Path, seconds: int) -> list[Row]:
    """The watch as it runs in a hub that serves, with its store, for some seconds; probes are calls and not counted."""
    config = Config(home=folder)
    SqliteStore(config.store_path).close()
    agents = Supervisor(agent_environment(), home=folder, check=lambda card: None)
    house = House(config.store_path)
    upkeep = Upkeep(config, Pool(Need(2.0, 4.0)), agents, house, Books(house), {})
    assert read_catalog()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with upkeep.running():
        await asyncio.sleep(2.0)
        begun = time.process_time()
        await asyncio.sleep(seconds)
        cpu = time.process_time() - begun
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    await agents.close()
    figure = f"{100.0 * cpu / seconds:.2f} % of a core, {grown:.1f} MB"
    return [Row(f"the watch beside everything else, {seconds} s", figure, "≤ .5 %, ≤ 10 MB", COMMAND)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--traces", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    rows = measure_rules(a.traces)
    with tempfile.TemporaryDirectory() as folder:
        rows += asyncio.run(measure_word(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        rows += asyncio.run(measure_watch(Path(folder), a.seconds))
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
