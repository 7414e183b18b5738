"""What an agent holds of the hub's health: the newest word, and for how long it counts."""

from __future__ import annotations

from typing import Any

import pytest

from grym_synth.agent_stdio import HubHealth


class Clock:
    time = 50.0

    def __call__(self) -> float:
        return self.time


def snapshot(seq: Any, state: Any = "healthy", ttl_ms: Any = 1000) -> dict[str, Any]:
    return {"seq": seq, "state": state, "ttl_ms": ttl_ms, "pressure": 0.2}


def test_only_a_greater_number_replaces_what_is_held() -> None:
    health = HubHealth(Clock())
    assert (health.seq, health.state) == (-1, "unknown")
    for seq, state in ((5, "warning"), (5, "healthy"), (4, "critical")):
        assert health.hear(snapshot(seq, state))
        assert (health.seq, health.state) == (5, "warning")
    health.hear(snapshot(6, "critical"))
    assert health.state == "critical"


def test_a_word_that_is_older_than_three_times_its_life_says_nothing_any_more() -> None:
    clock = Clock()
    health = HubHealth(clock)
    health.hear(snapshot(1, "critical", ttl_ms=250))
    clock.time += 0.75
    assert health.state == "critical"
    clock.time += 0.01
    assert health.state == "unknown"
    health.hear(snapshot(1, "healthy", ttl_ms=5000))
    assert health.state == "unknown", "an old number says nothing new"


@pytest.mark.parametrize("wrong", [{}, snapshot("7"), snapshot(True), snapshot(7, "fine"), snapshot(7, None)])
def test_what_is_no_word_of_health_is_refused(wrong: dict[str, Any]) -> None:
    health = HubHealth(Clock())
    assert not health.hear(wrong)
    assert health.seq == -1


def test_a_life_that_is_no_number_counts_as_over() -> None:
    health = HubHealth(Clock())
    assert health.hear(snapshot(1, ttl_ms="long"))
    assert health.state == "unknown"
