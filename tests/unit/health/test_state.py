"""The rules by which the state of a hub follows pressure: exact, no flapping, no delay on a fault."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.load_traces import KINDS, SIDES, changes_of, held_at

from grym_synth.health.state import FALLS, RISES, Condition, advance, better_in, start
from grym_synth.messages import Health


def play(pressures: Iterable[float], condition: Condition | None = None, at: float = 0.0) -> list[Condition]:
    """The conditions after each sample, one a second."""
    condition, found = condition or start(at), []
    for second, pressure in enumerate(pressures, start=1):
        condition = advance(condition, at + second, pressure, "memory")
        found.append(condition)
    return found


def states(pressures: Iterable[float]) -> list[Health]:
    return [condition.state for condition in play(pressures)]


def test_three_samples_running_make_a_warning_and_two_do_not() -> None:
    assert states([0.7, 0.7, 0.69, 0.7, 0.7, 0.7]) == [*["healthy"] * 5, "warning"]


def test_two_samples_running_make_a_warning_critical() -> None:
    assert states([0.7] * 3 + [0.9, 0.89, 0.9, 0.9]) == [*["healthy"] * 2, *["warning"] * 4, "critical"]


def test_what_is_healthy_becomes_critical_only_by_way_of_a_warning_or_by_a_hard_fault() -> None:
    assert states([0.99, 0.99, 0.99, 0.99])[-2:] == ["warning", "critical"]
    assert states([0.1, 1.0]) == ["healthy", "critical"]


def test_a_hard_fault_is_critical_at_once_in_a_warning_too() -> None:
    assert states([0.7] * 3 + [1.0])[-1] == "critical"


def test_ten_seconds_below_lead_one_step_back_and_never_two() -> None:
    found = states([1.0] + [0.0] * 30)
    assert found[:11] == ["critical"] * 11
    assert found[11:21] == ["warning"] * 10
    assert found[21:] == ["healthy"] * 10


@pytest.mark.parametrize("before", [[], [0.0] * 4, [0.0] * 4 + [0.9]])
def test_it_says_how_long_it_takes_until_it_can_be_better(before: Sequence[float]) -> None:
    condition = play([1.0, *before])[-1]
    seconds = better_in(condition, float(1 + len(before)))
    assert seconds == (7.0 if before == [0.0] * 4 else 10.0)
    calm = [each.state for each in play([0.0] * 20, condition, at=1.0 + len(before))]
    assert calm.index("warning") + 1 == seconds + (condition.calm_since is None), "the first calm sample begins it"
    assert better_in(start(0.0), 5.0) == 0.0


@pytest.mark.parametrize(("pressure", "state"), [(0.79, "warning"), (0.80, "critical")])
def test_it_leaves_critical_only_below_four_fifths(pressure: float, state: str) -> None:
    assert states([1.0] + [pressure] * 60)[-1] == state


@pytest.mark.parametrize(("pressure", "state"), [(0.59, "healthy"), (0.60, "warning")])
def test_it_leaves_a_warning_only_below_three_fifths(pressure: float, state: str) -> None:
    assert states([0.75] * 3 + [pressure] * 60)[-1] == state


def test_one_sample_above_begins_the_ten_seconds_anew() -> None:
    assert states([1.0] + [0.5] * 9 + [0.85] + [0.5] * 10)[-1] == "critical"


def test_many_changes_in_a_minute_double_the_time_of_recovery_and_delay_nothing_worse() -> None:
    condition = Condition("critical", 100.0, "memory", changes=tuple(99.0 + i / 10 for i in range(9)))
    calm = play([0.1] * 21, condition, at=100.0)
    assert [c.state for c in calm].index("warning") == 20
    assert play([1.0], Condition("healthy", 100.0, "x", changes=condition.changes), at=100.0)[0].state == "critical"


def test_the_cause_is_that_of_the_sample_which_changed_it() -> None:
    condition = start(0.0)
    for second, cause in enumerate(("cpu", "cpu", "disk"), start=1):
        condition = advance(condition, float(second), 0.8, cause)
    assert (condition.state, condition.cause, condition.since) == ("warning", "disk", 3.0)


@given(st.lists(st.floats(0.0, 1.5), max_size=200))
def test_no_step_skips_a_state_on_the_way_back_and_worse_only_comes_from_pressure(pressures: Sequence[float]) -> None:
    order = ("healthy", "warning", "critical")
    before = start(0.0)
    for condition, pressure in zip(play(pressures), pressures, strict=True):
        step = order.index(condition.state) - order.index(before.state)
        assert step >= -1
        if step > 0:
            assert pressure >= min(rise.pressure for rise in RISES if rise.source == before.state)
        if step < 0:
            assert pressure < next(fall.pressure for fall in FALLS if fall.source == before.state)
        before = condition


@given(st.lists(st.floats(0.0, 0.99), max_size=60), st.integers(0, 2))
def test_a_hard_fault_is_told_by_the_very_next_sample_whatever_was_before(before: Sequence[float], more: int) -> None:
    assert states([*before, 1.0])[-1] == "critical"


@pytest.mark.parametrize("threshold", sorted(SIDES))
@pytest.mark.parametrize("seed", range(6))
def test_a_level_held_about_a_threshold_changes_the_state_at_most_once(threshold: float, seed: int) -> None:
    for kind in KINDS:
        for was in SIDES[threshold]:
            trace = held_at(threshold, kind, random.Random(f"{seed}{kind}{was}"))
            assert changes_of(trace, was) <= 1, (kind, was)
