"""The supervisor: warm processes, crashes, back-off, breaker, idle stop, health told to all, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import wave
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grym_synth.config import agent_environment
from grym_synth.errors import AgentCrashed, CircuitOpen, NotApproved
from grym_synth.execution import keeper
from grym_synth.execution.agent_process import AgentProcess
from grym_synth.execution.catalog import AGENTS_FOLDER, AgentCard, read_card
from grym_synth.execution.new_agent import write_agent
from grym_synth.execution.supervisor import Supervisor

MOODY = Path(__file__).parents[2] / "moody_agent.py"


@pytest.fixture(scope="module")
def card() -> AgentCard:
    return read_card(MOODY)


class Clock:
    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def run(home: Path, story: Callable[[Supervisor, Clock], Coroutine[Any, Any, None]]) -> None:
    async def whole() -> None:
        clock = Clock()
        agents = Supervisor(agent_environment(), home=home, check=lambda card: None, now=clock)
        try:
            await story(agents, clock)
        finally:
            await agents.close()

    asyncio.run(whole())


async def call(process: AgentProcess, mood: str, deadline: float = 10.0) -> str:
    arguments = {"path": f"/x/{mood}.wav", "subject": f"{mood}.wav", "capabilities": ["rhythm"]}
    content = await process.call(arguments, deadline=deadline, health={"state": "healthy", "seq": 1})
    return str(content["evidence"][0]["source"]["method"])  # "pid 123"


async def ask(agents: Supervisor, card: AgentCard, mood: str) -> str:
    async with agents.borrow(card) as process:
        return await call(process, mood)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def marked(home: Path) -> list[int]:
    return [pid for pid, mark in keeper.marks() if mark.endswith(f":{home}")]


def gone_within(home: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while marked(home) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not marked(home)


def test_gentle_work_has_processes_of_its_own_that_others_go_before(tmp_path: Path, card: AgentCard) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        async with agents.borrow(card) as quick:
            assert os.getpriority(os.PRIO_PROCESS, quick.pid) == os.getpriority(os.PRIO_PROCESS, 0)
        async with agents.borrow(card, is_gentle=True) as gentle:
            assert gentle.pid != quick.pid
            assert os.getpriority(os.PRIO_PROCESS, gentle.pid) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 10)
        async with agents.borrow(card, is_gentle=True) as again, agents.borrow(card) as other:
            assert (again.pid, other.pid) == (gentle.pid, quick.pid)

    run(tmp_path, story)


def test_a_warm_process_is_used_again_and_a_crashed_one_is_replaced(card: AgentCard, tmp_path: Path) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        first, again = await ask(agents, card, "fine"), await ask(agents, card, "fine")
        with pytest.raises(AgentCrashed):
            await ask(agents, card, "crash")
        assert first == again
        assert await ask(agents, card, "fine") != first

    run(tmp_path, story)


def test_a_process_that_died_while_idle_is_not_handed_out(card: AgentCard, tmp_path: Path) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        pid = int((await ask(agents, card, "fine")).split()[1])
        os.kill(pid, signal.SIGKILL)
        while is_running(pid):
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert await ask(agents, card, "fine") != f"pid {pid}"

    run(tmp_path, story)


def test_five_crashes_in_a_row_open_the_breaker_and_a_good_answer_between_them_does_not(
    card: AgentCard, tmp_path: Path
) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        for mood in ("crash", "crash", "crash", "crash", "fine", "crash", "crash", "crash", "crash"):
            clock.time += 6.0  # no back-off to wait for
            with contextlib.suppress(AgentCrashed):
                await ask(agents, card, mood)
        clock.time += 6.0
        with pytest.raises(AgentCrashed):
            await ask(agents, card, "crash")
        with pytest.raises(CircuitOpen) as refused:
            await ask(agents, card, "fine")
        assert refused.value.retry_after == pytest.approx(30.0)
        clock.time += 30.0
        assert await ask(agents, card, "fine")

    run(tmp_path, story)


def test_other_calls_go_on_while_one_crashes(card: AgentCard, tmp_path: Path) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        moods = ("slow", "crash", "slow", "fine")
        found = await asyncio.gather(*(ask(agents, card, mood) for mood in moods), return_exceptions=True)
        assert [isinstance(answer, AgentCrashed) for answer in found] == [False, True, False, False]

    run(tmp_path, story)


def test_an_idle_process_is_told_with_its_age_and_can_be_stopped_and_a_busy_one_cannot(
    card: AgentCard, tmp_path: Path
) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        await ask(agents, replace(card, keep_warm=1), "fine")
        clock.time += 40.0
        (worker,) = agents.processes()
        assert (worker.idle_s, worker.is_busy, worker.keep_warm) == (40.0, False, 1)
        async with agents.borrow(card) as process:
            assert [worker.is_busy for worker in agents.processes()] == [True]
            assert not await agents.stop_idle(process.pid)
        assert await agents.stop_idle(worker.pid)
        assert not is_running(worker.pid)
        assert not await agents.stop_idle(worker.pid)
        assert agents.processes() == []

    run(tmp_path, story)


def test_no_more_processes_run_than_an_agent_allows(card: AgentCard, tmp_path: Path) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        alone = replace(card, concurrency=1)
        assert len({await each for each in [asyncio.create_task(ask(agents, alone, "slow")) for _ in range(3)]}) == 1

    run(tmp_path, story)


def test_a_script_that_may_not_be_run_is_not_started(card: AgentCard, tmp_path: Path) -> None:
    def refuse(card: AgentCard) -> None:
        raise NotApproved("no")

    async def story() -> None:
        agents = Supervisor(agent_environment(), home=tmp_path, check=refuse)
        with pytest.raises(NotApproved):
            await ask(agents, card, "fine")
        assert not marked(tmp_path)
        await agents.close()

    asyncio.run(story())


def test_health_is_told_to_every_running_agent_and_stays_with_it(tmp_path: Path) -> None:
    theory = read_card(AGENTS_FOLDER / "theory.py")

    async def story(agents: Supervisor, clock: Clock) -> None:
        async with agents.borrow(theory) as process:
            await process.call({"question": "C to G"}, deadline=10.0, health={"state": "healthy", "seq": 3})
            assert process.said["seq"] == 3
            assert await agents.tell_health({"state": "warning", "seq": 5, "ttl_ms": 1000, "pressure": 0.8}) == 1
            assert await agents.tell_health({"state": "healthy", "seq": 4, "ttl_ms": 1000, "pressure": 0.1}) == 1
            await process.call({"question": "C to G"}, deadline=10.0, health={"state": "warning", "seq": 5})
            assert process.said["seq"] == 5
            assert 1.0 < process.said["rss_mb"] <= process.said["peak_ram_mb"]

    run(tmp_path, story)


@pytest.mark.slow
def test_many_changes_reach_twenty_busy_agents_in_order(tmp_path: Path) -> None:
    cards = [read_card(write_agent(f"small_{i}", tmp_path)[0]) for i in range(20)]
    noise = tmp_path / "noise.wav"
    with wave.open(str(noise), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(range(256)) * 4000)

    async def busy(agents: Supervisor, card: AgentCard) -> int:
        async with agents.borrow(card) as process:
            arguments = {"path": str(noise), "subject": "x", "capabilities": [card.name]}
            await process.call(arguments, deadline=30.0, health={"state": "healthy", "seq": 0, "ttl_ms": 5000})
            return int(process.said["seq"])

    async def story(agents: Supervisor, clock: Clock) -> None:
        await asyncio.gather(*(busy(agents, card) for card in cards))
        calls = [asyncio.create_task(busy(agents, card)) for card in cards]
        await asyncio.sleep(0.02)
        for seq in range(1, 31):
            news = {"state": ("warning", "critical", "healthy")[seq % 3], "seq": seq, "ttl_ms": 1000, "pressure": 0.8}
            assert await agents.tell_health(news) == 20
        await asyncio.gather(*calls)
        assert set(await asyncio.gather(*(busy(agents, card) for card in cards))) == {30}

    run(tmp_path, story)


@pytest.mark.skipif(sys.platform != "linux", reason="marks are read from /proc")
def test_a_child_that_left_the_process_group_ends_with_the_hub(card: AgentCard, tmp_path: Path) -> None:
    async def story(agents: Supervisor, clock: Clock) -> None:
        await ask(agents, card, "fork")
        assert len(marked(tmp_path)) == 2

    run(tmp_path, story)
    assert not marked(tmp_path)


_HUB = """
import asyncio, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from grym_synth.config import agent_environment
from grym_synth.execution.catalog import read_card
from grym_synth.execution.new_agent import write_agent
from grym_synth.execution.supervisor import Supervisor
async def main():
    agents = Supervisor(agent_environment(), home=Path({home!r}), check=lambda card: None)
    async with agents.borrow(read_card(Path({moody!r}))) as process:
        call = dict(path="/x/fork.wav", subject="x", capabilities=["rhythm"])
        await process.call(call, deadline=10.0, health=dict())
        print("ready", flush=True)
        await process.call(call | dict(path="/x/hang.wav"), deadline=100.0, health=dict())
asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="marks are read from /proc")
def test_nothing_outlives_a_hub_that_is_killed_in_the_middle_of_a_call(tmp_path: Path) -> None:
    code = _HUB.format(tests=str(MOODY.parent), home=str(tmp_path), moody=str(MOODY))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as hub:
        assert hub.stdout is not None
        assert hub.stdout.readline() == "ready\n"
        assert len(marked(tmp_path)) == 2
        hub.kill()
    assert gone_within(tmp_path, 5.0)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="marks are read from /proc")
def test_what_a_killed_hub_left_is_ended_by_the_next_and_what_a_living_one_runs_is_not(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]

    def start(mark: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(sleep, env={keeper.MARK: mark}, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()
        return process

    orphan, owned = start(f"999999999:1:{tmp_path}"), start(keeper.mark_of_this_process(str(tmp_path)))
    elsewhere = start("999999999:1:/another/home")
    try:
        (left,) = {mark for _, mark in keeper.left_behind(str(tmp_path))}
        assert keeper.end_marked(left) == 1
        assert orphan.wait(5.0) == -signal.SIGKILL
        assert owned.poll() is None
        assert elsewhere.poll() is None
    finally:
        for process in (orphan, owned, elsewhere):
            process.kill()
            process.communicate()
