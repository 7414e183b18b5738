"""What callers may do, and how often."""

from __future__ import annotations

import pytest

from grym_synth.errors import NotAllowed
from grym_synth.frontends.calls.callers import READ, Caller, Pace, Throttled, caller_of, owner
from grym_synth.frontends.calls.table import BY_NAME, CALLS
from grym_synth.identity.person import Person


def test_who_may_only_read_looks_and_measures_and_changes_nothing() -> None:
    viewer = caller_of(Person("7", "v@example.org", "viewer"), "http")
    agent = caller_of(Person("8", "", "agent"), "http")
    for call in CALLS:
        owner("stdio").check(call)
        for caller in (viewer, agent, Caller("client x", frozenset({READ}))):
            if call.sort == "writes":
                with pytest.raises(NotAllowed, match="grym:write"):
                    caller.check(call)
            else:
                caller.check(call)


def test_who_may_only_read_cannot_consent_to_what_a_question_would_write() -> None:
    reading = Caller("client x", frozenset({READ}))
    reading.check(BY_NAME["ask"])
    with pytest.raises(NotAllowed, match="grym:write"):
        reading.check(BY_NAME["ask"], consents=True)
    owner("http").check(BY_NAME["ask"], consents=True)


def test_without_a_scope_nothing_may_be_done() -> None:
    for call in CALLS:
        with pytest.raises(NotAllowed):
            Caller("nobody", frozenset()).check(call)


def test_an_editor_writes_and_is_known_by_his_number_and_not_by_his_address() -> None:
    editor = caller_of(Person("9", "e@example.org", "editor"), "http")
    editor.check(BY_NAME["index_folders"])
    assert editor.name == "person 9"


def test_too_many_calls_are_refused_until_there_is_room_again_and_others_never_notice() -> None:
    now = 0.0
    pace = Pace(now=lambda: now, a_second=2.0, at_once=3.0)
    for _ in range(3):
        pace.take("fast")
    with pytest.raises(Throttled) as refused:
        pace.take("fast")
    assert 0.1 <= (refused.value.retry_after or 0.0) <= 0.5
    pace.take("other")
    now += refused.value.retry_after or 0.0
    pace.take("fast")
    with pytest.raises(Throttled):
        pace.take("fast")
    now += 100.0
    for _ in range(3):
        pace.take("fast")  # it never saves up more than that
    with pytest.raises(Throttled):
        pace.take("fast")


def test_who_is_refused_again_and_again_is_told_to_wait_longer_until_he_is_served() -> None:
    pace = Pace(now=lambda: 0.0)
    waits = [pace.refused("a", 0.9) for _ in range(6)]
    assert waits[5] > 8 * waits[0]
    pace.served("a")
    assert pace.refused("a", 0.9) < 2 * waits[0]


def test_callers_without_number_take_no_memory_without_end() -> None:
    pace = Pace(now=lambda: 0.0)
    for number in range(10_050):
        pace.take(f"client {number}")
    assert len(pace._buckets) == 10_000
    assert "client 0" not in pace._buckets
