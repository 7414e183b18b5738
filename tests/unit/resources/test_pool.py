import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.errors import AdmissionDenied
from grym_synth.messages import Need
from grym_synth.resources.pool import Pool

ONE = Need(cpu=1.0, ram_gb=0.1)


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_a_lease_takes_capacity_and_gives_it_back() -> None:
    async def story() -> None:
        pool = Pool(Need(2.0, 1.0))
        async with pool.lease(ONE, holder="s1", timeout=1.0) as lease:
            assert lease.holder == "s1"
            assert pool.used() == ONE
        assert pool.used() == Need(0, 0)

    run(story)


def test_capacity_comes_back_when_the_holder_fails() -> None:
    async def story() -> None:
        pool = Pool(Need(1.0, 1.0))
        with pytest.raises(ValueError, match="broken"):
            async with pool.lease(ONE, holder="s1", timeout=1.0):
                raise ValueError("broken")
        assert pool.statistics()["leases"] == 0

    run(story)


def test_more_than_there_is_at_all_is_refused_at_once() -> None:
    async def story() -> None:
        pool = Pool(Need(1.0, 1.0))
        with pytest.raises(AdmissionDenied, match="there are 1 cores"):
            async with pool.lease(Need(2.0, 0.1), holder="s1", timeout=60.0):
                pass

    run(story)


def test_who_waits_too_long_is_refused_and_leaves_the_queue() -> None:
    async def story() -> None:
        pool = Pool(Need(1.0, 1.0))
        async with pool.lease(ONE, holder="s1", timeout=1.0):
            with pytest.raises(AdmissionDenied, match="waited 0 s") as caught:
                async with pool.lease(ONE, holder="s2", timeout=0.01):
                    pass
            assert caught.value.retry_after == 0.01
            assert pool.statistics()["waiting"] == 0

    run(story)


def test_full_queue_refuses_at_once() -> None:
    async def story() -> None:
        pool = Pool(Need(1.0, 1.0), max_waiting=1)
        async with pool.lease(ONE, holder="s1", timeout=1.0):
            waiting = asyncio.create_task(_hold(pool, "s2", []))
            await asyncio.sleep(0)
            with pytest.raises(AdmissionDenied, match="1 are waiting already"):
                async with pool.lease(ONE, holder="s3", timeout=60.0):
                    pass
        await waiting

    run(story)


def test_the_first_in_the_queue_is_served_first() -> None:
    async def story() -> None:
        pool, order = Pool(Need(1.0, 1.0)), list[str]()
        async with pool.lease(ONE, holder="s1", timeout=1.0):
            waiting = [asyncio.create_task(_hold(pool, name, order)) for name in ("s2", "s3", "s4")]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)
        assert order == ["s2", "s3", "s4"]

    run(story)


def test_a_small_need_does_not_overtake_a_large_one_that_waits() -> None:
    async def story() -> None:
        pool, order = Pool(Need(2.0, 1.0)), list[str]()
        async with pool.lease(ONE, holder="s1", timeout=1.0):
            large = asyncio.create_task(_hold(pool, "large", order, Need(2.0, 0.1)))
            await asyncio.sleep(0)
            small = asyncio.create_task(_hold(pool, "small", order))
            await asyncio.sleep(0)
            assert order == []
        await asyncio.gather(large, small)
        assert order == ["large", "small"]

    run(story)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 3)), min_size=1, max_size=40))
def test_no_capacity_is_lent_twice_or_lost_whoever_gives_up(holders: list[tuple[int, bool, int]]) -> None:
    async def story() -> None:
        pool = Pool(Need(4.0, 100.0))

        async def hold(cpu: int, naps: int) -> None:
            async with pool.lease(Need(float(cpu), 0.1), holder="x", timeout=5.0):
                for _ in range(naps + 1):
                    assert pool.used().cpu <= 4.0
                    await asyncio.sleep(0)

        tasks = []
        for cpu, gives_up, naps in holders:
            tasks.append(asyncio.create_task(hold(cpu, naps)))
            if naps % 2:
                await asyncio.sleep(0)
            if gives_up:
                tasks[len(tasks) // 2].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert pool.statistics()["cpu_used"] == 0
        assert pool.statistics()["waiting"] == 0

    run(story)


async def _hold(pool: Pool, holder: str, order: list[str], need: Need = ONE) -> None:
    async with pool.lease(need, holder=holder, timeout=5.0):
        order.append(holder)
        await asyncio.sleep(0)
