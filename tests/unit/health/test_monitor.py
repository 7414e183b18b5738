"""The watch: numbers that only grow, nothing lost while the log is away, restarts told, changes pushed."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Mapping, Sequence

from grym_synth.errors import Unavailable
from grym_synth.health import monitor as watch
from grym_synth.health.monitor import Monitor, Snapshot
from grym_synth.health.signals import Signal, measure


class Clock:
    def __init__(self, time: float = 1000.0) -> None:
        self.time = time

    def __call__(self) -> float:
        return self.time


class Log:
    """Where snapshots go; `away` while it cannot be reached."""

    def __init__(self) -> None:
        self.kept: list[Snapshot] = []
        self.away = False

    def last_health(self) -> tuple[int, float] | None:
        if self.away:
            raise Unavailable("locked")
        return (self.kept[-1].seq, self.kept[-1].at) if self.kept else None

    def append_health(self, snapshots: Sequence[Snapshot]) -> None:
        if self.away:
            raise Unavailable("locked")
        self.kept += snapshots


async def _nothing(snapshot: Snapshot) -> None:
    pass


def made(log: Log | None, clock: Clock, read: Callable[[str], Mapping[str, Signal]] | None = None) -> Monitor:
    calm = {"memory": measure("memory", 0.2)}
    return Monitor(read or (lambda fault: calm), log, _nothing, now=clock, wall=lambda: clock.time + 1.7e9)


def pass_time(monitor: Monitor, clock: Clock, seconds: int) -> None:
    for _ in range(seconds):
        clock.time += 1.0
        monitor.sample()


def test_a_restart_goes_on_counting_and_says_how_long_nobody_watched() -> None:
    log, clock = Log(), Clock()
    first = made(log, clock)
    assert (first.snapshot.event, first.snapshot.unwatched_s, first.snapshot.seq) == ("started", None, 1)
    pass_time(first, clock, 5)
    first.write()
    clock.time += 90.0
    second = made(log, clock)
    assert second.snapshot.event == "started"
    assert second.snapshot.unwatched_s == 90.0
    assert second.snapshot.seq == 7


def test_while_the_log_is_away_nothing_is_lost_and_numbers_still_only_grow() -> None:
    log, clock = Log(), Clock()
    monitor = made(log, clock)
    pass_time(monitor, clock, 3)
    assert monitor.write()
    log.away = True
    pass_time(monitor, clock, 50)
    assert not monitor.write()
    assert monitor.unwritten == 50
    log.away = False
    assert monitor.write()
    times = [snapshot.at for snapshot in log.kept]
    assert max(b - a for a, b in itertools.pairwise(times)) <= 3.0
    numbers = [snapshot.seq for snapshot in log.kept]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == 54


def test_a_hub_that_starts_without_its_log_counts_from_beyond_all_that_may_stand_in_it() -> None:
    log, clock = Log(), Clock()
    pass_time(made(log, clock), clock, 3)
    log.away = True
    assert made(log, clock).snapshot.seq > 1_000_000_000


def test_a_change_has_its_cause_and_its_time_and_is_pushed_once() -> None:
    clock, level, told = Clock(), [0.2], list[Snapshot]()

    async def tell(snapshot: Snapshot) -> None:
        told.append(snapshot)

    async def story() -> None:
        signals = lambda fault: {"memory": measure("memory", level[0]), "disk": Signal(1e12, 0.0)}  # noqa: E731
        monitor = Monitor(signals, None, tell, now=clock, wall=clock)
        running = asyncio.create_task(_run_fast(monitor, clock))
        await asyncio.sleep(0.02)
        level[0] = 0.98
        await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert [(s.state, s.cause, s.event) for s in told] == [("critical", "memory", "changed")]
        assert told[0].to_meta()["ttl_ms"] == 250
        assert monitor.snapshot.event == "stopped"

    asyncio.run(story())


async def _run_fast(monitor: Monitor, clock: Clock) -> None:
    """The real loop, with seconds that pass as soon as it waits for them."""
    sleep = asyncio.sleep

    async def at_once(seconds: float) -> None:
        clock.time += seconds
        await sleep(0.001)

    watch.asyncio.sleep = at_once  # type: ignore[attr-defined]
    try:
        await monitor.run()
    finally:
        watch.asyncio.sleep = sleep  # type: ignore[attr-defined]


def test_no_more_than_a_day_waits_in_memory() -> None:
    log, clock = Log(), Clock()
    monitor = made(log, clock)
    log.away = True
    pass_time(monitor, clock, 100)
    assert monitor._waiting.maxlen == 24 * 3600
