import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from grym_synth.config import agent_environment
from grym_synth.errors import AgentCrashed, AgentFailed, AgentTimeout, MalformedEvidence
from grym_synth.execution.agent_process import AgentProcess
from grym_synth.execution.catalog import AgentCard, read_card
from grym_synth.messages import evidence_from_json

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
        pid = process.pid
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


def test_an_agent_that_closes_its_output_is_no_agent_any_more(card: AgentCard) -> None:
    async def story() -> None:
        process = await AgentProcess.launch(card, agent_environment())
        with pytest.raises(AgentCrashed, match="closed its output"):
            await call(process, "mute")
        assert not process.is_alive
        await process.kill()

    run(story)


def test_progress_that_is_none_or_of_no_call_changes_nothing(card: AgentCard) -> None:
    async def story() -> None:
        process, seen = await AgentProcess.launch(card, agent_environment()), list[float]()
        for _ in range(2):
            content = await process.call(
                arguments("overdone"), deadline=5.0, health={}, on_progress=lambda share, text: seen.append(share)
            )
            assert content["evidence"]
        assert seen == [0.5, 0.5]  # what it says at the end of every call
        await process.stop()

    run(story)


def test_numbers_that_are_none_are_malformed() -> None:
    sound = {
        "name": "rhythm.tempo_bpm", "kind": "tempo", "value": 120.0, "unit": "BPM", "confidence": 0.9, "subject": "x",
        "source": {"agent": "a", "version": "1", "method": "m"},
    }  # fmt: skip
    for wrong in ({"rank": float("inf")}, {"confidence": 10**400}, {"span_s": [0, 10**400]}):
        with pytest.raises(MalformedEvidence):
            evidence_from_json(sound | wrong)


def test_it_is_told_what_changed_in_the_store_and_need_not_answer(tmp_path: Path) -> None:
    async def story() -> None:
        script, before = tmp_path / "moody_agent.py", "    message = json.loads(line)\n"
        notes = f"open({str(tmp_path / 'heard')!r}, 'a').write(line)"
        heard = f"    if 'id' not in message:\n        {notes}\n        continue\n"
        source = MOODY.read_text()
        assert source.count(before) == 1
        script.write_text(source.replace(before, before + heard))
        process = await AgentProcess.launch(read_card(script), agent_environment())
        changes = {"changes": [{"seq": 7, "kind": "label", "subject": "aa", "what": "taught"}], "missed": False}
        await process.tell_changes(changes)
        assert (await call(process, "fine"))["evidence"]  # and it goes on
        await process.stop()
        told = json.loads((tmp_path / "heard").read_text())
        assert told == {"jsonrpc": "2.0", "method": "notifications/synth.grym/changes", "params": changes}
        await process.tell_changes(changes)  # to one that has ended: nobody minds

    run(story)
