from __future__ import annotations

import random
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from grym_synth.health.mapping import TERMS, THROTTLED, UNAVAILABLE, poll_interval_ms, refusal_data, retry_after_ms
from grym_synth.messages import Health


def test_every_state_has_its_terms_and_they_get_stricter() -> None:
    assert list(TERMS) == list(get_args(Health))
    terms = list(TERMS.values())
    assert [t.ttl_ms for t in terms] == [5000, 1000, 250]
    assert [t.concurrency for t in terms] == sorted((t.concurrency for t in terms), reverse=True)
    assert [t.lowest for t in terms] == ["idle", "batch", "critical"]


def test_error_codes_lie_outside_what_the_protocol_keeps_for_itself() -> None:
    for code in (UNAVAILABLE, THROTTLED):
        assert not -32768 <= code <= -32000


@given(st.floats(0.0, 1.5))
def test_tasks_are_polled_less_often_the_more_tired_the_hub(pressure: float) -> None:
    healthy, warning, critical = (poll_interval_ms(state, pressure) for state in TERMS)
    assert healthy == 1000 <= warning <= 10_000 < critical == 15_000
    assert poll_interval_ms("warning", 0.65) == 1000
    assert poll_interval_ms("warning", 0.90) == 10_000


@given(st.integers(0, 50), st.floats(0.0, 1.5), st.integers())
def test_who_is_refused_again_and_again_comes_back_later_within_a_minute(
    count: int, pressure: float, seed: int
) -> None:
    wait = retry_after_ms(count, pressure, random.Random(seed))
    assert 500 <= wait <= 60_000
    middle = random.Random(1)
    assert retry_after_ms(8, 1.0, middle) > retry_after_ms(0, 1.0, middle)


def test_a_refusal_says_all_that_a_program_needs() -> None:
    data = refusal_data("critical", 1.23456, 7, 2000, "memory")
    assert data == {
        "state": "critical", "pressure": 1.235, "seq": 7, "retryAfterMs": 2000, "reason": "memory",
        "resource": "health://hub",
    }  # fmt: skip
