from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.errors import CircuitOpen
from grym_synth.health.breaker import FAILURES, OPEN_S, SUCCESSES, WITHIN_S, Breaker, State


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


def failing(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.enter()
        breaker.fail()


def succeed(breaker: Breaker) -> None:
    breaker.enter()
    breaker.succeed()


def test_five_failures_in_a_row_open_it_and_say_when_to_come_back() -> None:
    clock = Clock()
    breaker = Breaker("the store", clock)
    failing(breaker, FAILURES - 1)
    assert breaker.state is State.CLOSED
    failing(breaker, 1)
    clock.time += 10.0
    with pytest.raises(CircuitOpen, match="the store failed 5 times in a row") as refused:
        breaker.enter()
    assert refused.value.retry_after == OPEN_S - 10.0


def test_failures_that_are_far_apart_or_have_a_success_between_them_do_not() -> None:
    clock = Clock()
    breaker = Breaker("x", clock)
    failing(breaker, FAILURES - 1)
    clock.time += WITHIN_S + 1.0
    failing(breaker, 1)
    assert breaker.state is State.CLOSED
    succeed(breaker)
    failing(breaker, FAILURES - 1)
    assert breaker.state is State.CLOSED


def test_after_half_a_minute_one_at_a_time_may_try_and_three_successes_close_it() -> None:
    clock = Clock()
    breaker = Breaker("x", clock)
    failing(breaker, FAILURES)
    clock.time += OPEN_S
    assert breaker.state is State.HALF_OPEN
    breaker.enter()
    with pytest.raises(CircuitOpen):
        breaker.enter()
    breaker.succeed()
    states = []
    for _ in range(SUCCESSES - 1):
        states.append(breaker.state)
        succeed(breaker)
    assert [*states, breaker.state] == [State.HALF_OPEN] * (SUCCESSES - 1) + [State.CLOSED]


def test_a_failed_try_opens_it_again_and_one_without_a_verdict_lets_the_next_try() -> None:
    clock = Clock()
    breaker = Breaker("x", clock)
    failing(breaker, FAILURES)
    clock.time += OPEN_S
    breaker.enter()
    breaker.leave()
    failing(breaker, 1)
    assert breaker.state is State.OPEN
    assert breaker.retry_after() == OPEN_S


@given(st.lists(st.tuples(st.sampled_from(["fail", "succeed", "leave"]), st.floats(0.0, 40.0)), max_size=60))
def test_it_is_never_open_for_longer_than_half_a_minute_and_never_stuck(story: list[tuple[str, float]]) -> None:
    clock = Clock()
    breaker = Breaker("x", clock)
    for outcome, pause in story:
        clock.time += pause
        if breaker.retry_after() > 0.0:
            clock.time += breaker.retry_after()
        breaker.enter()
        getattr(breaker, outcome)()
    assert breaker.retry_after() <= OPEN_S
    clock.time += OPEN_S
    breaker.enter()
