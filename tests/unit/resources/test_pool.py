import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.errors import AdmissionDenied
from grym_synth.health.mapping import TERMS
from grym_synth.messages import Health, Need
from grym_synth.resources.accounts import Usage
from grym_synth.resources.changes import Changes
from grym_synth.resources.pool import Lease, Pool
from grym_synth.resources.room import PRIORITIES, Capacity, Priority, Room

ONE = Need(cpu=1.0, ram_gb=0.1)


class Clock:
    """Seconds, set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def follow(pool: Pool, state: Health) -> None:
    """What a hub does when its state changes."""
    pool.follow(batch_share=TERMS[state].concurrency, lowest=TERMS[state].lowest)


def test_a_lease_takes_capacity_and_gives_it_back() -> None:
    async def story() -> None:
        pool = Pool(Need(2.0, 1.0))
        async with pool.lease(ONE, holder="s1", timeout=1.0) as lease:
            assert lease.holder == "s1"
            assert pool.used() == Room.of(ONE)
        assert pool.used() == Room()

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


def test_deadlines_pass_one_after_the_other() -> None:
    async def story() -> None:
        pool = Pool(Need(1.0, 1.0))
        async with pool.lease(ONE, holder="s1", timeout=1.0):
            waiting = [asyncio.create_task(_hold(pool, "x", [], timeout=0.01 * i)) for i in range(3, 0, -1)]
            ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(error, AdmissionDenied) for error in ended)
        assert pool.statistics()["totals"] == {"granted": 1, "timed_out": 3, "released": 1}

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


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(0, 7)), min_size=1, max_size=40))
def test_no_capacity_is_lent_twice_or_lost_whoever_gives_up(holders: list[tuple[int, bool, int]]) -> None:
    async def story() -> None:
        pool = Pool(Capacity(4.0, 100.0, agents={"x": 2}))

        async def hold(cpu: int, naps: int) -> None:
            who: dict[str, Any] = {
                "priority": PRIORITIES[(cpu + naps) % 4],
                "context": "ab"[naps % 2],
                "agent": (None, "x")[cpu % 2],
            }
            async with pool.lease(Need(float(cpu), 0.1), holder="x", timeout=5.0, **who):
                for _ in range(naps % 4 + 1):
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
        assert pool.leases() == []

    run(story)


def test_interactive_work_asks_batch_leases_back_and_takes_none() -> None:
    async def story() -> None:
        pool, order = Pool(Need(4.0, 8.0)), list[str]()
        async with pool.lease(Need(3.0, 0.1), holder="b", timeout=1.0, priority="batch") as batch:
            async with pool.lease(ONE, holder="i", timeout=1.0) as interactive:
                assert not batch.wanted_back
                person = asyncio.create_task(_hold(pool, "person", order))
                await asyncio.sleep(0)
                assert batch.wanted_back
                assert not interactive.wanted_back
                assert pool.statistics()["leases_by_priority"]["batch"] == 1
            await person
            assert not batch.wanted_back
            pool.pause()
            assert batch.wanted_back
            pool.resume()
            pool.resize(Need(2.0, 8.0))
            assert batch.wanted_back
            assert pool.statistics()["is_overdrawn"]

    run(story)


def test_waiters_are_served_when_a_pause_ends_and_when_health_returns() -> None:
    async def story() -> None:
        pool, order = Pool(Need(4.0, 8.0)), list[str]()
        pool.pause()
        follow(pool, "critical")
        batch = asyncio.create_task(_hold(pool, "batch", order, priority="batch"))
        person = asyncio.create_task(_hold(pool, "person", order))
        async with pool.lease(ONE, holder="probe", timeout=0.0, priority="critical"):
            assert order == []
        follow(pool, "warning")
        await person
        assert order == ["person"]
        pool.resume()
        await batch
        assert order == ["person", "batch"]

    run(story)


def test_every_state_of_health_has_an_order() -> None:
    pool = Pool(Need(4.0, 8.0))
    for state, terms in TERMS.items():
        follow(pool, state)
        assert pool.statistics()["batch_share"] == terms.concurrency
        assert pool.statistics()["lowest_priority"] == terms.lowest


def test_time_alone_brings_room_and_ends_waiting() -> None:
    async def story() -> None:
        clock = Clock()
        pool, order = Pool(Need(1.0, 8.0), now=clock), list[str]()
        pool.resize(Need(2.0, 8.0))
        async with pool.lease(ONE, holder="s1", timeout=1.0):
            waiting = asyncio.create_task(_hold(pool, "s2", order))
            await asyncio.sleep(0)
            clock.now = 4.9
            pool.tick()
            assert not waiting.done()
            clock.now = 5.0  # its deadline; the second core would have been lent five seconds later
            pool.tick()
            with pytest.raises(AdmissionDenied, match=r"1 cores and 0\.1 GB of memory of 1 cores"):
                await waiting
            clock.now = 10.0
            async with pool.lease(ONE, holder="s3", timeout=0.0):
                assert pool.capacity.cpu == 2.0

    run(story)


def test_a_holder_that_is_cancelled_at_the_moment_of_the_grant_gives_back() -> None:
    async def story() -> None:
        pool, order = Pool(Need(1.0, 1.0)), list[str]()
        async with pool.lease(ONE, holder="s1", timeout=1.0):
            granted = asyncio.create_task(_hold(pool, "s2", order))
            after = asyncio.create_task(_hold(pool, "s3", order))
            await asyncio.sleep(0)
        granted.cancel()  # its future is set, it has not run yet
        await after
        assert order == ["s3"]
        assert pool.used() == Room()
        assert pool.statistics()["totals"] == {"granted": 3, "released": 3}

    run(story)


def test_a_reclaimed_holder_gives_back_late_without_harm() -> None:
    async def story() -> None:
        clock = Clock()
        pool, found = Pool(Need(1.0, 1.0), now=clock), list[Lease]()
        async with pool.lease(ONE, holder="silent", timeout=1.0, heartbeats=True) as lease:
            clock.now = 20.0
            assert lease.heartbeat()
            clock.now = 49.9
            assert pool.reclaim_stale() == []
            clock.now = 50.0
            found = pool.reclaim_stale()
            assert [item.id for item in found] == [lease.id]
            assert not lease.heartbeat()
            assert lease.wanted_back
            async with pool.lease(ONE, holder="next", timeout=0.0):
                assert [item.holder for item in pool.leases()] == ["next"]
        assert pool.used() == Room()
        assert pool.statistics()["totals"] == {"granted": 2, "reclaimed": 1, "released": 1}

    run(story)


def test_who_is_barred_by_order_counts_as_waiting_for_nothing() -> None:
    """Else a person who asked before the hub became critical would keep it critical."""

    async def story() -> None:
        clock = Clock()
        pool, order = Pool(Need(1.0, 1.0), now=clock), list[str]()
        follow(pool, "critical")
        person = asyncio.create_task(_hold(pool, "person", order))
        await asyncio.sleep(0)
        clock.now = 4.0
        found = pool.statistics()
        assert (found["waiting"], found["is_anybody_waiting"], found["oldest_interactive_wait_s"]) == (1, False, 0.0)
        async with pool.lease(ONE, holder="probe", timeout=0.0, priority="critical"):
            follow(pool, "warning")
            clock.now = 4.5
            found = pool.statistics()
            assert (found["is_anybody_waiting"], found["oldest_interactive_wait_s"]) == (True, 0.5)
        await person
        pool.pause()
        batch = asyncio.create_task(_hold(pool, "batch", order, priority="batch"))
        await asyncio.sleep(0)
        assert not pool.statistics()["is_anybody_waiting"]
        pool.resume()
        await batch

    run(story)


def test_statistics_tell_all_in_one_call() -> None:
    async def story() -> None:
        clock = Clock()
        pool = Pool(Capacity(4.0, 8.0, agents={"tag": 1}), now=clock)
        async with (
            pool.lease(Room(cpu=2.0, network=1), holder="b", timeout=1.0, priority="batch"),
            pool.lease(Room(cpu=1.0, ram_gb=4.0), holder="i", timeout=1.0, agent="tag"),
        ):
            waiting = asyncio.create_task(_hold(pool, "w", [], Need(2.0, 0.1)))
            await asyncio.sleep(0)
            clock.now = 3.0
            found = pool.statistics()
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        assert (found["cpu"], found["cpu_used"], found["network"], found["network_used"]) == (4.0, 3.0, 8, 1.0)
        assert found["agents"] == {"tag": {"used": 1, "limit": 1}}
        assert found["leases_by_priority"] == {"critical": 0, "interactive": 1, "batch": 1, "idle": 0}
        assert found["waiting_by_priority"] == {"critical": 0, "interactive": 1, "batch": 0, "idle": 0}
        assert found["oldest_interactive_wait_s"] == 3.0
        assert found["urgent_share"] == 0.5  # of memory
        assert found["is_anybody_waiting"]
        assert pool.statistics()["oldest_interactive_wait_s"] == 0.0
        assert pool.statistics()["totals"] == {"granted": 2, "cancelled": 1, "released": 2}

    run(story)


def test_contexts_are_charged_for_what_was_lent_to_them() -> None:
    async def story() -> None:
        clock = Clock()
        pool = Pool(Need(4.0, 8.0), now=clock)
        async with pool.lease(Need(2.0, 3.0), holder="s1", timeout=1.0, context="studio"):
            clock.now = 10.0
        assert pool.accounts.of("studio") == Usage(leases=1, cpu_s=20.0, ram_gb_s=30.0)

    run(story)


def test_a_writer_in_another_task_finds_what_became_of_leases() -> None:
    async def story() -> None:
        clock, changes = Clock(), Changes()
        pool = Pool(Need(4.0, 8.0), now=clock, on_change=changes.note)
        async with pool.lease(ONE, holder="long", timeout=1.0, heartbeats=True) as lease:
            async with pool.lease(ONE, holder="short", timeout=1.0):
                pass
            clock.now = 5.0
            lease.heartbeat()
            (found,) = changes.drain()
            assert (found.claim.holder, found.change, found.at, found.is_new) == ("long", "heartbeat", 5.0, True)
        (found,) = changes.drain()
        assert (found.claim.holder, found.change, found.is_new) == ("long", "released", False)
        assert len(changes) == 0

    run(story)


def test_changes_that_nobody_drains_are_bounded_and_the_loss_is_told() -> None:
    async def story() -> None:
        changes = Changes(limit=2)
        pool = Pool(Need(4.0, 8.0), on_change=changes.note)
        async with (
            pool.lease(ONE, holder="a", timeout=1.0),
            pool.lease(ONE, holder="b", timeout=1.0),
            pool.lease(ONE, holder="c", timeout=1.0),
        ):
            assert (len(changes), changes.lost) == (2, 1)
            assert [item.claim.holder for item in changes.drain(1)] == ["b"]

    run(story)


async def _hold(
    pool: Pool,
    holder: str,
    order: list[str],
    need: Need = ONE,
    priority: Priority = "interactive",
    timeout: float = 5.0,
) -> None:
    async with pool.lease(need, holder=holder, timeout=timeout, priority=priority):
        order.append(holder)
        await asyncio.sleep(0)
