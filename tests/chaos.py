"""Agents that are killed, hang, crash and babble at random while calls run; what comes of every call all the same."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.fitness import SetFitness

from grym_synth.config import agent_environment
from grym_synth.execution import keeper
from grym_synth.execution.catalog import Catalog, read_card
from grym_synth.execution.executor import Executor
from grym_synth.execution.supervisor import Supervisor
from grym_synth.messages import Need, Plan, Step
from grym_synth.resources.pool import Pool
from grym_synth.storage.sqlite import SqliteStore

MOODY = Path(__file__).parent / "moody_agent.py"
DEADLINE_S = 1.0  # of one call
#: What the recordings make the agent do; "slow" and "plod" are there to be killed in the middle.
MOODS = (*["fine"] * 8, *["slow"] * 8, "plod", "hang", "crash", "chatter", "error", "lies", "mute")
_FAULTS = ("agent_crashed", "agent_timeout", "malformed_evidence")


@dataclass
class Report:
    kills: int = 0
    faults: int = 0  # calls that ended by a kill, a hang, a crash or babble
    ended: Counter[str] = field(default_factory=Counter)  # "evidence", or the code of the gap
    longest_s: float = 0.0  # of a call, the start of an agent included
    leases: int = 0
    busy: int = 0
    left: list[int] = field(default_factory=list)  # processes


async def rage(folder: Path, faults: int, seed: int) -> Report:
    """Run calls and kill agents under them, until so many faults have happened; then look around.

    Eight at a time."""
    rng, report = random.Random(seed), Report()
    store = SqliteStore(folder / "grym.db")
    # Its clock runs 100 times as fast: a breaker that is open for 30 s is open for a third of one here.
    agents = Supervisor(agent_environment(), home=folder, check=lambda card: None, now=lambda: 100.0 * time.monotonic())
    pool = Pool(Need(8.0, 8.0))
    executor = Executor(Catalog([read_card(MOODY)]), agents, pool, store, SetFitness())

    def step(number: int) -> Step:
        mood = rng.choice(MOODS)
        path = folder / f"{mood}-{number}.wav"
        path.write_text(str(number))
        return Step(f"s{number}", "moody", ("rhythm",), path.name, str(path), {}, Need(1.0, 0.1), DEADLINE_S)

    async def kill() -> None:
        while True:
            await asyncio.sleep(rng.uniform(0.05, 0.6))
            pids = agents.statistics().get("moody", {}).get("pids", [])
            if pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(rng.choice(pids), signal.SIGKILL)
                    report.kills += 1

    killing, number = asyncio.create_task(kill()), 0
    try:
        while report.faults < faults:
            steps = tuple(step(number + k) for k in range(8))
            number += len(steps)
            found = executor.run(Plan(steps), use_cache=False, on_progress=lambda *_: None)
            async for outcome in found:
                codes = [gap.code for gap in outcome.heard.gaps] or ["evidence"]
                report.ended[codes[0]] += 1
                report.faults += codes[0] in _FAULTS
                refused = codes[0] == "circuit_open"
                report.longest_s = max(report.longest_s, outcome.seconds)
            if refused:
                await asyncio.sleep(0.1)
    finally:
        killing.cancel()
        report.leases = int(pool.statistics()["leases"])
        report.busy = sum(each["busy"] for each in agents.statistics().values())
        await agents.close()
        store.close()
    report.left = [pid for pid, mark in keeper.marks() if mark.endswith(f":{folder}")]
    assert sum(report.ended.values()) == number
    return report
