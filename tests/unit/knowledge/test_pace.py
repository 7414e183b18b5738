"""Each host is asked at its own pace, and none waits for another."""

from __future__ import annotations

import asyncio

from grym_synth.knowledge.pace import Pace


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def test_one_host_is_asked_once_a_second_and_as_seldom_as_it_wishes() -> None:
    clock = Clock()
    pace = Pace(now=lambda: clock.now, sleep=clock.sleep)
    begun = []

    async def ask(host: str, wish: float) -> None:
        async with pace.turn(host) as pause:
            begun.append((host, clock.now))
            pause(wish)

    async def run() -> None:
        await ask("a", 0.0)
        await ask("b", 0.0)
        await ask("a", 5.0)
        await ask("a", 0.0)

    asyncio.run(run())
    assert begun == [("a", 0.0), ("b", 0.0), ("a", 1.0), ("a", 6.0)]


def test_of_one_host_only_one_request_is_under_way() -> None:
    clock = Clock()
    pace, at_once, most = Pace(now=lambda: clock.now, sleep=clock.sleep), 0, 0

    async def ask() -> None:
        nonlocal at_once, most
        async with pace.turn("a"):
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0)
            at_once -= 1

    async def run() -> None:
        await asyncio.gather(*(ask() for _ in range(9)))

    asyncio.run(run())
    assert (most, clock.now) == (1, 8.0)


def test_a_request_that_fails_gives_its_turn_on() -> None:
    clock = Clock()
    pace = Pace(now=lambda: clock.now, sleep=clock.sleep)

    async def run() -> float:
        try:
            async with pace.turn("a"):
                raise ConnectionError
        except ConnectionError:
            pass
        async with pace.turn("a"):
            return clock.now

    assert asyncio.run(run()) == 1.0
