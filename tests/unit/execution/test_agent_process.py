import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from grym_synth.config import agent_environment
from grym_synth.errors import AgentCrashed, AgentFailed, AgentTimeout, MalformedEvidence
from grym_synth.execution.agent_process import AgentProcess, AgentProcesses
from grym_synth.execution.catalog import AgentCard, read_card

MOODY = Path(__file__).parents[2] / "moody_agent.py"


@pytest.fixture(scope="module")
def card() -> AgentCard:
    return read_card(MOODY)


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def arguments(mood: str) -> dict[str, Any]:
    return {"path": f"/x/{mood}.wav", "subject": f"{mood}.wav", "capabilities": ["rhythm"]}


async def call(process: AgentProcess, mood: str, deadline: float = 10.0) -> dict[str, Any]:
    return await process.call(arguments(mood), deadline=deadline, health={"state": "healthy"})


def test_a_call_brings_evidence_and_progress(card: AgentCard) -> None:
    async def story() -> None:
        process, seen = await AgentProcess.launch(card, agent_environment()), list[tuple[float, str]]()
        content = await process.call(
            arguments("fine"), deadline=10.0, health={}, on_progress=lambda share, text: seen.append((share, text))
        )
        assert content["evidence"][0]["value"] == 120.0
        assert seen == [(0.5, "half")]
        await process.stop()
        assert not process.is_alive

    run(story)


def test_a_crash_says_how_it_ended_and_its_last_words(card: AgentCard) -> None:
    async def story() -> None:
        process = await AgentProcess.launch(card, agent_environment())
        with pytest.raises(AgentCrashed, match="status 7 in the middle of a call; it last said: out of cheese"):
            await call(process, "crash")

    run(story)


@pytest.mark.slow
def test_who_gets_on_may_take_longer_than_the_deadline_and_who_only_says_so_may_not(card: AgentCard) -> None:
    async def story() -> None:
        process = await AgentProcess.launch(card, agent_environment())
        assert (await call(process, "plod", deadline=0.5))["evidence"]
        with pytest.raises(AgentTimeout):
            await call(process, "loiter", deadline=0.5)

    asyncio.run(story())


def test_a_hang_ends_at_its_deadline_and_leaves_no_process(card: AgentCard) -> None:
    async def story() -> None:
        process = await AgentProcess.launch(card, agent_environment())
        pid = process._process.pid
        with pytest.raises(AgentTimeout, match="within 0 s"):
            await call(process, "hang", deadline=0.2)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    run(story)


@pytest.mark.parametrize(
    ("mood", "error", "words"),
    [
        ("chatter", MalformedEvidence, "printed no protocol"),
        ("error", AgentFailed, "not today"),
        ("empty", MalformedEvidence, "without evidence"),
    ],
)
def test_what_is_no_answer_is_an_error_of_the_agent(
    card: AgentCard, mood: str, error: type[Exception], words: str
) -> None:
    async def story() -> None:
        process = await AgentProcess.launch(card, agent_environment())
        with pytest.raises(error, match=words):
            await call(process, mood)
        await process.kill()

    run(story)


@pytest.mark.slow
def test_an_endless_line_is_cut_off(card: AgentCard) -> None:
    async def story() -> None:
        process = await AgentProcess.launch(card, agent_environment())
        with pytest.raises(MalformedEvidence, match="more than 32 MB"):
            await call(process, "flood")

    run(story)


def test_a_warm_process_is_used_again_and_a_dead_one_is_replaced(card: AgentCard) -> None:
    async def story() -> None:
        processes, pids = AgentProcesses(agent_environment()), list[str]()
        for mood in ("fine", "fine", "crash", "fine"):
            try:
                async with processes.borrow(card) as process:
                    content = await call(process, mood)
                    pids.append(content["evidence"][0]["source"]["method"])
            except AgentCrashed:
                pids.append("crashed")
        assert pids[0] == pids[1]
        assert pids[2] == "crashed"
        assert pids[3] != pids[0]
        await processes.close()

    run(story)


def test_a_process_that_died_while_idle_is_not_handed_out(card: AgentCard) -> None:
    async def story() -> None:
        processes = AgentProcesses(agent_environment())
        async with processes.borrow(card) as idle:
            await call(idle, "fine")
        os.kill(idle._process.pid, 9)
        await idle._process.wait()
        async with processes.borrow(card) as process:
            assert process is not idle
            await call(process, "fine")
        await processes.close()

    run(story)


def test_a_cancelled_call_kills_the_agent(card: AgentCard) -> None:
    async def story() -> None:
        process = await AgentProcess.launch(card, agent_environment())
        task = asyncio.create_task(call(process, "hang"))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not process.is_alive

    run(story)
