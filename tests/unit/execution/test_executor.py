import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from tests.fitness import SetFitness

from grym_synth.config import agent_environment
from grym_synth.execution.catalog import Catalog, read_card
from grym_synth.execution.executor import ANSWER, MEASUREMENT, Executor, Outcome, Urgency
from grym_synth.execution.supervisor import Supervisor
from grym_synth.messages import Need, Plan, Step, Taken
from grym_synth.resources.pool import Pool
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import StoreUnavailable

MOODY = Path(__file__).parents[2] / "moody_agent.py"


class Bench:
    """An executor over the moody agent, and files for it to be moody about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = SqliteStore(folder / "grym.db")
        self.fitness = SetFitness()

    def step(self, name: str, *capabilities: str, deadline: float = 10.0) -> Step:
        path = self.folder / f"{name}.wav"
        path.touch()
        path.write_text(name)
        wanted = capabilities or ("rhythm",)
        return Step(f"s-{name}", "moody", wanted, f"{name}.wav", str(path), {}, Need(1.0, 0.1), deadline)

    async def run(self, *steps: Step, use_cache: bool = True, urgency: Urgency = ANSWER) -> list[Outcome]:
        agents = Supervisor(agent_environment(), home=self.folder, check=lambda card: None)
        pool = Pool(Need(2.0, 4.0))
        executor = Executor(Catalog([read_card(MOODY)]), agents, pool, self.store, self.fitness)
        try:
            found = executor.run(Plan(steps), use_cache=use_cache, on_progress=lambda *_: None, urgency=urgency)
            return [outcome async for outcome in found]
        finally:
            assert pool.statistics()["leases"] == 0
            await agents.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.store.close()


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_outcomes_come_in_the_order_of_the_plan(bench: Bench) -> None:
    async def story() -> None:
        outcomes = await bench.run(*(bench.step(name) for name in ("slow", "fine-1", "fine-2")))
        assert [outcome.step.subject for outcome in outcomes] == ["slow.wav", "fine-1.wav", "fine-2.wav"]
        assert all(outcome.heard.evidence[0].value == 120.0 for outcome in outcomes)

    run(story)


def test_a_bad_file_among_good_ones_leaves_a_gap_beside_their_evidence(bench: Bench) -> None:
    async def story() -> None:
        outcomes = await bench.run(*(bench.step(name) for name in ("fine-1", "crash", "fine-2", "lies")))
        assert [len(outcome.heard.evidence) for outcome in outcomes] == [1, 0, 1, 0]
        assert [outcome.heard.gaps[0].code for outcome in (outcomes[1], outcomes[3])] == [
            "agent_crashed",
            "malformed_evidence",
        ]

    run(story)


def test_a_hang_becomes_a_gap_at_its_deadline(bench: Bench) -> None:
    async def story() -> None:
        (outcome,) = await bench.run(bench.step("hang", "facts", "rhythm", deadline=0.2))
        assert {gap.capability for gap in outcome.heard.gaps} == {"facts", "rhythm"}
        assert {gap.code for gap in outcome.heard.gaps} == {"agent_timeout"}

    run(story)


def test_what_was_heard_before_starts_no_agent(bench: Bench) -> None:
    async def story() -> None:
        (first,) = await bench.run(bench.step("fine"))
        bench.fitness.set("critical", 1.1)  # so no new work could be taken
        (second,) = await bench.run(bench.step("fine"))
        assert not first.was_cached
        assert second.was_cached
        assert second.heard == first.heard

    run(story)


def test_only_what_is_missing_is_asked_for(bench: Bench) -> None:
    async def story() -> None:
        (first,) = await bench.run(bench.step("fine", "rhythm"))
        (both,) = await bench.run(bench.step("fine", "facts", "rhythm"))
        assert [item.name for item in both.heard.evidence] == ["facts.channels", "rhythm.tempo_bpm"]
        assert both.heard.evidence[1] == first.heard.evidence[0]  # the same process said it

    run(story)


def test_a_renamed_recording_is_known_and_a_changed_one_is_not(bench: Bench) -> None:
    async def story() -> None:
        step = bench.step("fine-1")
        await bench.run(step)
        Path(step.path).rename(bench.folder / "fine-2.wav")
        renamed = Step("s", "moody", ("rhythm",), "fine-2.wav", str(bench.folder / "fine-2.wav"), {}, Need(), 10.0)
        (outcome,) = await bench.run(renamed)
        assert outcome.was_cached
        assert outcome.heard.evidence[0].subject == "fine-2.wav"
        Path(renamed.path).write_text("louder")
        assert not (await bench.run(renamed))[0].was_cached

    run(story)


def test_no_cache_listens_again(bench: Bench) -> None:
    async def story() -> None:
        await bench.run(bench.step("fine"))
        assert not (await bench.run(bench.step("fine"), use_cache=False))[0].was_cached

    run(story)


def test_a_failure_is_not_remembered(bench: Bench) -> None:
    async def story() -> None:
        await bench.run(bench.step("crash"))
        assert not (await bench.run(bench.step("crash")))[0].was_cached

    run(story)


def test_a_critical_hub_takes_no_new_work_and_says_when_to_come_back(bench: Bench) -> None:
    async def story() -> None:
        bench.fitness.set("critical", 0.97, better_in_s=6.4)
        (outcome,) = await bench.run(bench.step("fine"))
        (gap,) = outcome.heard.gaps
        assert (gap.code, gap.retry_after_s) == ("refused", 7.0)
        assert "it is critical (memory, 0.97)" in gap.reason
        assert gap.hint.startswith("close something")
        bench.fitness.set("critical", 1.0, "store")
        (outcome,) = await bench.run(bench.step("fine"))
        assert outcome.heard.gaps[0].hint == "`grym status` says more", "nothing to be closed helps"

    run(story)


def test_a_dead_store_stops_no_answer(bench: Bench) -> None:
    async def story() -> None:
        bench.store.close()
        (outcome,) = await bench.run(bench.step("fine"))
        assert outcome.heard.evidence[0].value == 120.0

    run(story)


@pytest.mark.slow
def test_many_steps_share_two_processes(bench: Bench) -> None:
    async def story() -> None:
        outcomes = await bench.run(*(bench.step(f"fine-{i}") for i in range(40)))
        pids = {outcome.heard.evidence[0].source.method for outcome in outcomes}
        assert len(pids) <= 2

    run(story)


def test_what_is_made_with_less_is_never_kept(bench: Bench) -> None:
    async def story() -> None:
        bench.fitness.set("warning", 0.8)
        (first,) = await bench.run(bench.step("lite"))
        assert first.heard.evidence[0].quality == "lite"
        (again,) = await bench.run(bench.step("lite"))
        assert not again.was_cached
        bench.fitness.set("healthy", 0.1)
        (whole,) = await bench.run(bench.step("lite"))
        assert whole.heard.evidence[0].quality == "full"
        assert (await bench.run(bench.step("lite")))[0].was_cached

    run(story)


def test_a_measurement_is_made_in_full_also_by_a_tired_hub(bench: Bench) -> None:
    async def story() -> None:
        bench.fitness.set("warning", 0.8)
        (outcome,) = await bench.run(bench.step("lite"), urgency=MEASUREMENT)
        assert outcome.heard.evidence[0].quality == "full"

    run(story)


def test_a_measurement_waits_until_the_hub_is_fit_again(bench: Bench) -> None:
    async def story() -> None:
        bench.fitness.set("critical", 1.0)
        asyncio.get_running_loop().call_later(0.3, bench.fitness.set, "warning", 0.75)
        (outcome,) = await bench.run(bench.step("fine"), urgency=MEASUREMENT)
        assert outcome.heard.evidence

    run(story)


def test_failed_calls_are_counted_and_a_callers_mistakes_are_not(bench: Bench) -> None:
    async def story() -> None:
        await bench.run(*(bench.step(f"error-{i}") for i in range(25)))
        assert bench.fitness.calls.errors().value == 0.0
        for i in range(4):
            await bench.run(bench.step(f"crash-{i}"))
        await bench.run(*(bench.step(f"fine-{i}") for i in range(36)))
        assert bench.fitness.calls.errors().value == pytest.approx(0.1)
        assert bench.fitness.calls.errors().state == "critical"

    run(story)


def test_a_store_that_keeps_failing_is_left_alone_for_a_while(bench: Bench) -> None:
    asked = 0

    class Broken:
        def __getattr__(self, name: str) -> Any:
            nonlocal asked
            asked += 1
            raise StoreUnavailable("locked")

    async def story() -> None:
        agents = Supervisor(agent_environment(), home=bench.folder, check=lambda card: None)
        executor = Executor(
            Catalog([read_card(MOODY)]), agents, Pool(Need(2.0, 4.0)), cast(SqliteStore, Broken()), bench.fitness
        )
        plan = Plan(tuple(bench.step(f"fine-{i}") for i in range(6)))
        found = [outcome async for outcome in executor.run(plan, use_cache=True, on_progress=lambda *_: None)]
        assert all(outcome.heard.evidence for outcome in found)
        assert asked == 5
        await agents.close()

    run(story)


def test_a_plan_may_have_more_steps_than_may_wait_for_room(bench: Bench) -> None:
    async def story() -> None:
        agents = Supervisor(agent_environment(), home=bench.folder, check=lambda card: None)
        pool = Pool(Need(2.0, 4.0), max_waiting=300)
        executor = Executor(Catalog([read_card(MOODY)]), agents, pool, bench.store, bench.fitness)
        plan = Plan(tuple(bench.step(f"fine-{i}") for i in range(400)))
        codes: list[str] = []
        async for outcome in executor.run(plan, use_cache=False, on_progress=lambda *_: None, urgency=MEASUREMENT):
            codes += [gap.code for gap in outcome.heard.gaps] or ["heard"]
            assert pool.statistics()["waiting"] <= 300
        assert codes == ["heard"] * 400
        await agents.close()

    run(story)


def test_a_step_waits_for_what_it_takes_and_gets_it(bench: Bench) -> None:
    async def story() -> None:
        first = bench.step("slow")
        second = replace(
            bench.step("fine"), after=(first.id,), takes={"tempo": Taken("slow.wav", "rhythm.tempo_bpm")},
            params={"n_fft": "{tempo}"},
        )  # fmt: skip
        before, after = await bench.run(first, second)
        assert after.heard.evidence
        assert after.step.params == {"n_fft": "120"}
        assert "with rhythm.tempo_bpm of slow.wav" in after.heard.evidence[0].source.method
        assert after.heard.evidence[0].confidence <= before.heard.evidence[0].confidence

    run(story)


def test_a_step_whose_source_failed_becomes_a_gap_and_the_others_go_on(bench: Bench) -> None:
    async def story() -> None:
        first, third = bench.step("crash"), bench.step("fine")
        second = replace(
            bench.step("fine-2"), after=(first.id,), takes={"tempo": Taken("crash.wav", "rhythm.tempo_bpm")}
        )
        _, waited, other = await bench.run(first, second, third)
        assert [gap.reason for gap in waited.heard.gaps] == ["this needs its tempo, which I could not measure"]
        assert other.heard.evidence

    run(story)
