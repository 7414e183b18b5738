"""What agents cost: calls, starts, memory, crashes; and how finely the work should be cut into agents.

    python -m benchmarks.agents RECORDING [--calls 1000] [--faults 200]

RECORDING is a recording of about half a minute. The dependency-free agent is the one that `grym agents new` writes.
Times are wall times on whatever else the machine does; run it on an idle one.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import signal
import sys
import tempfile
import time
import wave
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tests.chaos import DEADLINE_S, rage

from benchmarks.listening import hear_in_process
from benchmarks.rows import Row, write_table
from grym_synth.config import agent_environment
from grym_synth.errors import AgentCrashed
from grym_synth.execution.catalog import AGENTS_FOLDER, AgentCard, read_card
from grym_synth.execution.new_agent import write_agent
from grym_synth.execution.supervisor import Supervisor

COMMAND = "python -m benchmarks.agents RECORDING"
SECTIONS = ("facts", "loudness", "rhythm", "tonality", "spectrum", "chords")
HEALTH = {"state": "healthy", "pressure": 0.1, "seq": 1, "ttl_ms": 5000, "quality": "full"}


class Bench:
    """Agents in a folder of their own, and a short recording for the small ones."""

    def __init__(self, folder: Path, recording: Path) -> None:
        self.folder, self.recording = folder, recording
        self.short = folder / "short.wav"
        with wave.open(str(self.short), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(np.full(80, 1000, np.int16).tobytes())
        self.small = [read_card(write_agent(f"small_{i}", folder)[0]) for i in range(20)]
        self.listen = read_card(AGENTS_FOLDER / "listen.py")
        self.transcribe = read_card(AGENTS_FOLDER / "transcribe.py")

    def agents(self) -> Supervisor:
        return Supervisor(agent_environment(), home=self.folder, check=lambda card: None)

    async def call(
        self, agents: Supervisor, card: AgentCard, path: Path | None = None, capabilities: Sequence[str] = ()
    ) -> int:
        """Call once; the pid that answered."""
        wanted = list(capabilities or card.capabilities)
        arguments = {"path": str(path or self.short), "subject": "x", "capabilities": wanted}
        async with agents.borrow(card) as process:
            content = await process.call(arguments, deadline=60.0, health=HEALTH)
            assert content["evidence"], content
            return process.pid

    async def call_often(self, agents: Supervisor, card: AgentCard, times: int) -> int:
        """Call so many times, one after another; how many were answered."""
        for _ in range(times):
            await self.call(agents, card)
        return times


async def measure_calls(bench: Bench, calls: int) -> list[Row]:
    agents = bench.agents()
    card = bench.small[0]
    work = _work_in_process(card, bench.short)
    for _ in range(20):
        await bench.call(agents, card)
    took = []
    for _ in range(calls):
        begun = time.perf_counter()
        await bench.call(agents, card)
        took.append(time.perf_counter() - begun)
    await agents.close()
    p50, p99 = (1e3 * (float(np.quantile(took, q)) - work) for q in (0.5, 0.99))
    what = "call over stdio beside the work itself, warm, one caller, p50 / p99"
    return [Row(what, f"{p50:.2f} / {p99:.1f} ms (n {calls}, work {1e3 * work:.2f} ms)", "≤ 2 / 15 ms", COMMAND)]


def _work_in_process(card: AgentCard, path: Path) -> float:
    """Seconds of what the small agent computes, without any process: the median of many."""
    import runpy

    work: Callable[..., Any] = runpy.run_path(str(card.script), run_name="agent")["work"]
    took = []
    for _ in range(200):
        begun = time.perf_counter()
        work({"path": str(path)}, lambda share: None)
        took.append(time.perf_counter() - begun)
    return float(np.median(took))


async def measure_starts(bench: Bench) -> list[Row]:
    async def first_answer(card: AgentCard, path: Path, capabilities: Sequence[str] = ()) -> float:
        agents = bench.agents()
        begun = time.perf_counter()
        await bench.call(agents, card, path, capabilities)
        took = time.perf_counter() - begun
        await agents.close()
        return took

    small = [await first_answer(bench.small[0], bench.short) for _ in range(10)]
    listen = [await first_answer(bench.listen, bench.recording, ("facts",)) for _ in range(6)]
    agents = bench.agents()
    begun = time.perf_counter()
    pids = await asyncio.gather(*(bench.call(agents, card) for card in bench.small))
    up = time.perf_counter() - begun
    memory = sum(_proportional_mb(pid) for pid in pids)
    await agents.close()
    median, worst = (1e3 * f(small) for f in (np.median, max))
    of_listen = f"{np.median(listen):.2f} s, worst {max(listen):.2f} s (n {len(listen)})"
    return [
        Row(
            "start to first answer, dependency-free agent",
            f"{median:.0f} ms, worst {worst:.0f} (n 10)",
            "≤ 120 ms",
            COMMAND,
        ),
        Row("start to first answer, `listen`, facts of RECORDING", of_listen, "≤ 1.2 s", COMMAND),
        Row("20 dependency-free agents up; their memory", f"{up:.2f} s; {memory:.0f} MB", "≤ 6 s, ≤ 600 MB", COMMAND),
    ]


async def measure_kills(bench: Bench) -> list[Row]:
    """kill -9 in the middle of a call: how soon it is told, and how soon the next call is answered."""
    gaps, answers, others = [], [], 0
    for _ in range(10):
        agents = bench.agents()
        pid = await bench.call(agents, bench.listen, bench.recording, ("facts",))
        other = asyncio.create_task(bench.call_often(agents, bench.small[0], 200))
        call = asyncio.create_task(bench.call(agents, bench.listen, bench.recording, SECTIONS))
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        begun = time.perf_counter()
        try:
            await call
        except AgentCrashed:
            gaps.append(time.perf_counter() - begun)
        await bench.call(agents, bench.listen, bench.recording, ("facts",))
        answers.append(time.perf_counter() - begun)
        others += await other
        await agents.close()
    told = (
        f"{1e3 * max(gaps):.0f} ms / {max(answers):.2f} s, worst of {len(gaps)}; {others} of 2000 other calls answered"
    )
    return [
        Row(
            "kill -9 of `listen` in a call: gap / next good answer",
            told,
            "≤ 100 ms / ≤ 1.5 s, others unaffected",
            COMMAND,
        )
    ]


def measure_chaos(faults: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(rage(Path(folder), faults, seed=3))
    ended = ", ".join(f"{count} {name}" for name, count in report.ended.most_common())
    kept = f"{ended}; longest {report.longest_s:.1f} s at a deadline of {DEADLINE_S:g} s; "
    kept += f"left: {len(report.left)} processes, {report.leases} leases, {report.busy} busy"
    return [
        Row(
            f"{faults} random kills, hangs, crashes under load: what became of all calls",
            kept,
            "evidence or gap; nothing left",
            COMMAND,
        )
    ]


async def measure_cuts(bench: Bench) -> list[Row]:
    """The same six sections of one recording, by processes cut in different ways."""
    rows = []
    reader = write_reader(bench.folder)
    ways: dict[str, Callable[[Supervisor], Awaitable[object]]] = {
        "one for each signal (`listen`)": lambda agents: bench.call(agents, bench.listen, bench.recording, SECTIONS),
        "one for each function": lambda agents: asyncio.gather(
            *(bench.call(agents, bench.listen, bench.recording, (name,)) for name in SECTIONS)
        ),
    }
    cpu, wall = min(hear_in_process(bench.recording, SECTIONS, 3)["runs"][1:])
    figure = f"{wall:.2f} s, {cpu:.2f} CPU s"
    rows.append(Row("six sections, in process (a crash ends the hub)", figure, "as it is", COMMAND))
    for name, way in ways.items():
        agents = bench.agents()
        await way(agents)  # warm
        before = _children_cpu(agents)
        begun = time.perf_counter()
        await way(agents)
        wall = time.perf_counter() - begun
        pids = [pid for each in agents.statistics().values() for pid in each["pids"]]
        cpu, memory = _children_cpu(agents) - before, sum(_proportional_mb(pid) for pid in pids)
        figure = f"{wall:.2f} s, {cpu:.2f} CPU s, {memory:.0f} MB in {len(pids)} processes"
        rows.append(Row(f"six sections, {name}", figure, "as it is", COMMAND))
        await agents.close()
    for name, cards in (
        ("one for each signal and each set of libraries (`listen`, `transcribe`)", (bench.listen, bench.transcribe)),
        ("one for each privilege (all that only read in one)", (reader, reader)),
    ):
        agents = bench.agents()
        begun = time.perf_counter()
        answered = {
            await bench.call(agents, card, bench.recording, (capability,))
            for card, capability in zip(cards, ("facts", "notes"), strict=True)
        }
        took, memory = time.perf_counter() - begun, sum(map(_proportional_mb, answered))
        figure = f"{took:.2f} s, {memory:.0f} MB in {len(answered)} processes"
        rows.append(Row(f"facts and notes from a cold start, {name}", figure, "as it is", COMMAND))
        await agents.close()
    for count in (1, 5, 20):
        agents = bench.agents()
        await asyncio.gather(*(bench.call(agents, card) for card in bench.small[:count]))
        begun = time.perf_counter()
        await asyncio.gather(*(bench.call_often(agents, card, 400 // count) for card in bench.small[:count]))
        rate = 400 // count * count / (time.perf_counter() - begun)
        memory = sum(_proportional_mb(pid) for each in agents.statistics().values() for pid in each["pids"])
        rows.append(
            Row(
                f"small calls a second, {count} agents side by side",
                f"{rate:.0f}, {memory:.0f} MB",
                "as it is",
                COMMAND,
            )
        )
        await agents.close()
    return rows


_READER = """# /// script
# dependencies = ["grym-synth"]
# [tool.grym]
# name = "reader"
# version = "1"
# capabilities = ["facts", "notes"]
# needs_recording = true
# permissions = ["read"]
# cpu = 1.0
# ram_gb = 1.0
# ///
from grym_synth.agent_stdio import Tool, serve
from grym_synth.agents.listen import listen
from grym_synth.agents.transcribe import transcribe


def read(arguments, call):
    return (transcribe if "notes" in arguments["capabilities"] else listen)(arguments, call)


serve("reader", "1", [Tool("reader", "Reads.", {"type": "object"}, read)])
"""


def write_reader(folder: Path) -> AgentCard:
    """An agent that is `listen` and `transcribe` in one process."""
    script = folder / "reader.py"
    script.write_text(_READER)
    return read_card(script)


def _children_cpu(agents: Supervisor) -> float:
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for each in agents.statistics().values():
        for pid in each["pids"]:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / ticks
    return total


def _proportional_mb(pid: int) -> float:
    """Memory of a process, what it shares counted in parts."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith("Pss:"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recording", type=Path)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), a.recording)
        rows = asyncio.run(measure_calls(bench, a.calls))
        rows += asyncio.run(measure_starts(bench))
        rows += asyncio.run(measure_kills(bench))
        rows += asyncio.run(measure_cuts(bench))
    rows += measure_chaos(a.faults)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})", file=sys.stderr)
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
