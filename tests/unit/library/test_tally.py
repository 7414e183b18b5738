from __future__ import annotations

import pytest

from grym_synth.library.tally import Pace


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def a_run(seconds: list[float], *, of: int, size: int = 0) -> Pace:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(of):
        pace.expect(size)
    for each in seconds:
        clock.at += each
        pace.finish(size)
    return pace


def test_nothing_is_said_of_the_time_left_before_it_can_be_known() -> None:
    assert Pace().left_s() is None
    assert a_run([1.0, 1.0], of=10).left_s() is None
    assert a_run([0.1] * 5, of=10).left_s() is None


def test_an_even_pace_goes_on() -> None:
    left = a_run([1.0] * 10, of=30).left_s()
    assert left == pytest.approx((20.0, 20.0))


def test_an_uneven_pace_gives_a_range() -> None:
    left = a_run([1.0] * 10 + [3.0] * 10, of=40).left_s()
    assert left == pytest.approx((20 * 2.0, 20 * 3.0))


def test_long_recordings_weigh_more() -> None:
    clock = Clock()
    pace = Pace(clock)
    for size in (*[30_000_000] * 4, *[100_000] * 4):
        pace.expect(size)
    for _ in range(4):
        clock.at += 1.0
        pace.finish(30_000_000)
    left = pace.left_s()
    assert left is not None
    assert left[1] < 1.0
    assert (pace.done, pace.total) == (4, 8)


def test_at_the_end_nothing_is_left() -> None:
    assert a_run([1.0] * 5, of=5).left_s() == pytest.approx((0.0, 0.0))
