"""Probes: twice before it counts, dead when it is vital, only a warning when it is optional."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from grym_synth.errors import AgentFailed, CircuitOpen
from grym_synth.health.probes import Part, Probes


def failing(times: float, error: Exception | None = None) -> Callable[[], Awaitable[None]]:
    """Work that fails so many times before it goes well."""
    left = times

    async def work() -> None:
        nonlocal left
        if left > 0:
            left -= 1
            raise error or AgentFailed("no tone was heard")

    return work


def tried(part: Part, times: int) -> Probes:
    probes = Probes({"listen": part, "theory": Part(failing(0), 1.0)})

    async def story() -> None:
        for _ in range(times):
            await probes.attempt("listen")

    asyncio.run(story())
    return probes


def test_what_goes_well_at_the_second_try_was_no_failure() -> None:
    assert tried(Part(failing(1), 1.0), 1).signal().pressure == 0.0


def test_three_failures_in_a_row_are_critical_and_one_is_a_warning() -> None:
    assert [tried(Part(failing(99), 1.0), n).signal().state for n in (1, 2, 3)] == ["warning", "warning", "critical"]
    assert "listen: no tone was heard" in tried(Part(failing(99), 1.0), 1).signal().cause


def test_a_success_forgets_the_failures_before_it() -> None:
    assert tried(Part(failing(4), 1.0), 3).signal().pressure == 0.0


def test_a_vital_part_that_fails_is_a_hard_fault_and_an_optional_one_never_more_than_a_warning() -> None:
    assert tried(Part(failing(99), 1.0, is_vital=True), 1).signal().pressure >= 1.0
    assert tried(Part(failing(99), 1.0, is_optional=True), 9).signal().state == "warning"


def test_a_probe_that_could_not_run_says_nothing() -> None:
    assert tried(Part(failing(99, CircuitOpen("left alone")), 1.0), 5).signal().pressure == 0.0


def test_a_part_that_hangs_fails_by_its_limit() -> None:
    async def hang() -> None:
        await asyncio.Event().wait()

    probes = tried(Part(hang, 0.02), 1)
    assert probes.signal().cause == "listen: no answer within 0.02 s"


@pytest.mark.parametrize("fault", [ValueError("ours")])
def test_a_fault_of_ours_is_not_swallowed(fault: Exception) -> None:
    with pytest.raises(ValueError, match="ours"):
        tried(Part(failing(1, fault), 1.0), 1)


def test_a_hub_of_which_no_agent_works_is_dead() -> None:
    probes = Probes({name: Part(failing(99), 1.0) for name in ("listen", "theory")})

    async def story() -> None:
        await probes.attempt("listen")
        assert probes.signal().state == "warning"
        await probes.attempt("theory")

    asyncio.run(story())
    assert probes.signal().pressure >= 1.0


def test_a_vital_part_that_works_again_is_found_out_soon_and_others_wait_for_their_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("grym_synth.health.probes.AGAIN_S", 0.01)
    begun: Counter[str] = Counter()

    async def work(name: str) -> None:
        begun[name] += 1
        if begun[name] <= 6:  # twice in each attempt
            raise AgentFailed("away")

    async def run() -> None:
        parts = {name: Part(partial(work, name), 1.0, is_vital=name == "store") for name in ("store", "listen")}
        probes = Probes(parts, every_s=3600.0)
        task = asyncio.create_task(probes.run())
        async with asyncio.timeout(30.0):
            while probes.failures["store"] or not begun["listen"]:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        assert (begun["store"], begun["listen"]) == (7, 2)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
