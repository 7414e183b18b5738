from __future__ import annotations

from grym_synth.health.calls import LEAST_CALLS, WINDOW_S, Calls


class Clock:
    time = 0.0

    def __call__(self) -> float:
        return self.time


def test_a_few_calls_say_nothing() -> None:
    calls = Calls(Clock())
    for _ in range(LEAST_CALLS - 1):
        calls.failed()
    assert calls.errors().pressure == 0.0
    calls.failed()
    assert calls.errors().value == 1.0
    assert calls.errors().pressure > 1.0


def test_the_share_that_failed_makes_the_pressure() -> None:
    calls = Calls(Clock())
    for number in range(40):
        if number % 20:
            calls.succeeded(1.0, 2.0)
        else:
            calls.failed()
    assert calls.errors().value == 0.05
    assert calls.errors().state == "warning"
    assert calls.latency().value == 0.5
    assert calls.latency().state == "healthy"


def test_what_is_older_than_a_minute_does_not_count() -> None:
    clock = Clock()
    calls = Calls(clock)
    for _ in range(LEAST_CALLS):
        calls.failed()
    clock.time = WINDOW_S + 0.1
    for _ in range(LEAST_CALLS):
        calls.succeeded(4.0, 1.0)
    assert calls.errors().value == 0.0
    assert calls.latency().value == 4.0
    assert calls.latency().pressure == 1.0
