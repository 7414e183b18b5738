from typing import Any

import pytest

from grym_synth.errors import AdmissionDenied, BadRequest
from grym_synth.resources.holdings import SILENCE_S, Rules
from grym_synth.resources.ledger import GROW_S, MOST_OVERTAKES, Ledger
from grym_synth.resources.room import Capacity, Room
from grym_synth.resources.waiting import RISE_S, Claim

CORE = Room(cpu=1.0)
LONG = 1e6  # seconds: a deadline that never comes


class Books:
    """A ledger, a clock set by hand, and short words for both."""

    def __init__(self, cpu: float = 1.0, **others: Any) -> None:
        self.now = 0.0
        waiting = others.pop("max_waiting", 10_000)
        self.ledger = Ledger(Capacity(cpu, 8.0, **others), max_waiting=waiting)

    def ask(self, holder: str, need: Room = CORE, *, timeout: float = LONG, **how: Any) -> Claim:
        return self.ledger.ask(self.now, need, holder=holder, timeout=timeout, **how)

    def give_back(self, claim: Claim) -> list[str]:
        """End it; who was granted something thereby."""
        self.ledger.events.clear()
        assert self.ledger.give_back(self.now, claim.id)
        return self.granted()

    def wait(self, seconds: float) -> list[str]:
        """Let time pass; who was granted something thereby."""
        self.ledger.events.clear()
        self.now += seconds
        self.ledger.tick(self.now)
        return self.granted()

    def granted(self) -> list[str]:
        return [claim.holder for event, claim in self.ledger.events if event == "granted"]

    def run_out(self, *held: Claim) -> list[str]:
        """End what is held, then whoever is granted something, one after the other: the order of all grants."""
        todo, order = list(held), list[str]()
        while todo:
            self.ledger.events.clear()
            self.ledger.give_back(self.now, todo.pop(0).id)
            got = [claim for event, claim in self.ledger.events if event == "granted"]
            order += [claim.holder for claim in got]
            todo += got
        return order


def test_higher_priorities_come_first_whenever_they_came() -> None:
    books = Books()
    held = books.ask("first")
    for priority in ("idle", "batch", "interactive", "critical"):
        books.ask(priority, priority=priority)
    assert books.run_out(held) == ["critical", "interactive", "batch", "idle"]


@pytest.mark.slow
def test_a_context_with_ten_thousand_waiting_does_not_delay_the_one_step_of_another() -> None:
    books = Books()
    held = books.ask("first", priority="batch", context="mass")
    for i in range(10_000):
        books.ask(f"mass-{i}", priority="batch", context="mass")
    books.ask("single", priority="batch", context="other")
    assert books.give_back(held) == ["single"]


def test_contexts_take_turns_by_what_they_hold() -> None:
    books = Books(cpu=4.0)
    held = [books.ask(f"{context}-held", context=context) for context in "aaab"]
    for i in range(2):
        books.ask(f"a{i}", context="a")
        books.ask(f"b{i}", context="b")
    # `a` holds two of the other three cores, so `b` is first; then both hold two, and it is the turn of `a`.
    assert books.give_back(held[0]) == ["b0"]
    assert books.give_back(held[1]) == ["a0"]


def test_nobody_is_overtaken_within_class_and_context_even_by_what_would_fit() -> None:
    books = Books(cpu=2.0)
    held = books.ask("first")
    books.ask("large", Room(cpu=2.0))
    assert books.ask("small").since is None
    assert books.run_out(held) == ["large", "small"]


def test_a_queue_rises_one_class_for_each_half_minute_without_a_grant() -> None:
    books = Books()
    held = books.ask("first")
    books.ask("old", priority="batch", context="a")
    books.wait(RISE_S - 0.001)
    books.ask("new", context="b")
    books.wait(0.001)
    # Now both are interactive, and of equal share: the context that came first is first.
    assert books.run_out(held) == ["old", "new"]


def test_a_backlog_that_moves_does_not_rise_above_people() -> None:
    books = Books()
    held = books.ask("first", priority="batch", context="mass")
    for i in range(50):
        books.ask(f"mass-{i}", priority="batch", context="mass")
    for _ in range(20):  # one every ten seconds: the last ones have been waiting for minutes then
        books.wait(10.0)
        books.give_back(held)
        held = next(claim for event, claim in books.ledger.events if event == "granted")
    books.ask("person")
    assert books.give_back(held) == ["person"]


def test_idle_work_is_served_under_an_endless_stream_of_critical_work() -> None:
    books = Books(cpu=2.0)
    books.ask("long", context="patient")  # a share by which it would be last among equals
    held = [books.ask("c0", priority="critical")]
    books.ask("idle", priority="idle", context="patient")
    for i in range(1, 200):
        books.now += 1.0
        books.ask(f"c{i}", priority="critical")
        books.ledger.events.clear()
        books.ledger.give_back(books.now, held.pop().id)
        held += [claim for event, claim in books.ledger.events if event == "granted"]
        if held[-1].holder == "idle":
            break
    assert books.now == 4 * RISE_S


def test_room_is_kept_for_a_large_need_after_a_bounded_number_of_overtakes() -> None:
    books = Books(cpu=2.0)
    held = [books.ask("s0", context="small"), books.ask("s1", context="small")]
    large = books.ask("large", Room(cpu=2.0), context="large")
    for i in range(2, 100):
        books.ask(f"s{i}", context="small")
        books.ledger.events.clear()
        books.ledger.give_back(books.now, held.pop(0).id)
        held += [claim for event, claim in books.ledger.events if event == "granted"]
        if any(claim.id == large.id for claim in held):
            break
    # Overtaken so often, then the two that still ran had to end.
    assert i == 2 + MOST_OVERTAKES + 1


def test_room_kept_for_one_resource_does_not_keep_back_work_that_needs_none_of_it() -> None:
    books = Books(cpu=2.0, connections=1)
    books.ask("holder", Room(connections=1), context="a")
    waiter = books.ask("writer", Room(cpu=0.5, connections=1), context="b")
    for i in range(MOST_OVERTAKES + 5):
        small = books.ask(f"s{i}", context="c")
        assert small.since is not None
        books.give_back(small)
    assert not books.ledger.is_held(waiter.id)


def test_long_batch_leases_never_take_the_last_core_from_interactive_work() -> None:
    books = Books(cpu=2.0)
    assert books.ask("b0", priority="batch").since is not None
    assert books.ask("b1", priority="batch").since is None
    books.wait(3600.0)  # the second has long risen above everybody; it waits for the first and keeps nobody else back
    for i in range(30):
        person = books.ask(f"person-{i}")
        assert person.since is not None
        books.give_back(person)


def test_batch_work_larger_than_its_ceiling_runs_alone() -> None:
    books = Books(cpu=4.0)
    first = books.ask("small", priority="batch")
    large = books.ask("large", Room(cpu=4.0), priority="batch")
    assert large.since is None
    assert books.give_back(first) == ["large"]


def test_under_warning_batch_concurrency_is_halved_and_under_critical_only_critical_work_starts() -> None:
    books = Books(cpu=8.0)
    books.ledger.order(0.0, Rules(batch_share=0.5))
    batch = [books.ask(f"b{i}", priority="batch") for i in range(8)]
    assert sum(claim.since is not None for claim in batch) == 3  # of six
    books.ledger.order(0.0, Rules(batch_share=0.5, lowest="critical"))
    assert books.ask("person").since is None
    assert books.ask("probe", priority="critical").since is not None
    books.ledger.events.clear()
    books.ledger.order(1.0, Rules())
    assert books.granted() == ["person", "b3", "b4", "b5"]


def test_paused_work_waits_and_does_not_rush_in_afterwards() -> None:
    books = Books()
    held = books.ask("first")
    books.ledger.order(0.0, Rules(paused=True))
    books.ask("batch", priority="batch", context="a")
    books.wait(500.0)
    books.ask("person", context="b")
    books.ledger.order(books.now, Rules())
    assert books.run_out(held) == ["person", "batch"]


def test_an_agent_runs_no_more_often_than_it_may_and_keeps_nobody_else_back() -> None:
    books = Books(cpu=4.0, agents={"tag": 1})
    held = books.ask("t0", agent="tag")
    assert books.ask("t1", agent="tag").since is None
    assert books.ask("l0", agent="listen").since is not None
    assert books.give_back(held) == ["t1"]


def test_batch_work_leaves_a_turn_of_each_agent_to_people() -> None:
    books = Books(cpu=8.0, agents={"tag": 2})
    assert books.ask("b0", agent="tag", priority="batch").since is not None
    assert books.ask("b1", agent="tag", priority="batch").since is None
    assert books.ask("person", agent="tag").since is not None


def test_a_shrunken_pool_takes_nothing_away_and_lends_nothing_until_it_fits() -> None:
    books = Books(cpu=4.0)
    held = [books.ask(f"h{i}") for i in range(4)]
    books.ledger.resize(0.0, Capacity(2.0, 8.0))
    assert books.ledger.count_held() == 4
    assert books.ledger.held.is_overdrawn
    books.ask("next")
    assert books.give_back(held[0]) == []
    assert books.give_back(held[1]) == []
    assert books.give_back(held[2]) == ["next"]


def test_capacity_that_comes_and_goes_is_lent_only_when_it_stays() -> None:
    books = Books(cpu=4.0)
    for second in range(60):
        books.ledger.resize(float(second), Capacity(4.0 if second % 5 else 2.0, 8.0))
        assert second == 0 or books.ledger.capacity.cpu == 2.0
    books.now = 59.0
    for i in range(3):
        books.ask(f"h{i}")
    four_since = 56.0  # without a break
    assert books.wait(four_since + GROW_S - 0.001 - books.now) == []
    assert books.wait(0.001) == ["h2"]


def test_a_waiter_that_has_become_too_large_keeps_nobody_back_and_is_served_when_there_is_room_again() -> None:
    books = Books(cpu=4.0)
    held = books.ask("h0", Room(cpu=3.0))
    books.ask("large", Room(cpu=4.0), context="large")
    books.ledger.resize(0.0, Capacity(2.0, 8.0))
    assert books.give_back(held) == []
    for _ in range(20):
        books.give_back(books.ask("small"))
    books.ledger.resize(0.0, Capacity(4.0, 8.0))
    assert books.wait(GROW_S) == ["large"]


def test_what_never_fits_is_refused_at_once_and_told_what_there_is() -> None:
    books = Books(cpu=2.0)
    with pytest.raises(AdmissionDenied, match="needs 1 cores and 9 GB of memory; there are 2 cores") as caught:
        books.ask("x", Room(cpu=1.0, ram_gb=9.0))
    assert caught.value.retry_after is None
    books.ledger.resize(0.0, Capacity(1.0, 8.0))
    with pytest.raises(AdmissionDenied, match="for now") as caught:
        books.ask("x", Room(cpu=2.0))
    assert caught.value.retry_after
    with pytest.raises(AdmissionDenied, match="may not run at all"):
        Books(agents={"tag": 0}).ask("x", agent="tag")


def test_a_full_queue_refuses_at_once_but_for_contexts_of_which_few_wait() -> None:
    books = Books(max_waiting=100)
    books.ask("first")
    for i in range(100):
        books.ask(f"b{i}", priority="batch", context="mass")
    with pytest.raises(AdmissionDenied, match="100 are waiting already") as caught:
        books.ask("one more", priority="batch", context="mass")
    assert caught.value.retry_after == 10.0
    books.ask("person", context="mass")  # also in the same context
    for i in range(24):
        books.ask("other", context=f"c{i}")
    with pytest.raises(AdmissionDenied, match="125 are waiting"):
        books.ask("other", context="c24")
    assert books.ledger.totals["refused"] == 2


def test_whoever_does_not_want_to_wait_is_told_at_once() -> None:
    books = Books()
    assert books.ask("first", timeout=0.0).since is not None
    with pytest.raises(AdmissionDenied, match="no room for 1 cores at once"):
        books.ask("second", timeout=0.0)
    assert len(books.ledger.waiting) == 0


def test_a_deadline_that_passes_lets_those_behind_go_on() -> None:
    books = Books(cpu=2.0)
    books.ask("first")
    books.ask("large", Room(cpu=2.0), timeout=5.0)
    books.ask("small")
    assert books.ledger.next_event() == 5.0
    assert books.wait(5.0) == ["small"]
    assert books.ledger.totals["timed_out"] == 1


def test_a_silent_holder_loses_its_lease_and_may_give_it_back_late() -> None:
    books = Books()
    silent = books.ask("silent", heartbeats=True)
    books.ask("next")
    books.wait(SILENCE_S - 0.001)
    assert books.ledger.reclaim_stale(books.now) == []
    books.now += 0.001
    assert [claim.id for claim in books.ledger.reclaim_stale(books.now)] == [silent.id]
    assert books.ledger.used == CORE  # of the next
    assert not books.ledger.give_back(books.now, silent.id)
    assert not books.ledger.heartbeat(books.now, silent.id)
    assert books.ledger.used == CORE


def test_a_lease_that_is_heard_from_is_never_stale_nor_one_that_promised_nothing() -> None:
    books = Books(cpu=2.0)
    heard = books.ask("heard", heartbeats=True)
    books.ask("quiet")
    for _ in range(100):
        books.now += SILENCE_S - 0.01
        assert books.ledger.reclaim_stale(books.now) == []
        assert books.ledger.heartbeat(books.now, heard.id)
    assert books.ledger.count_held() == 2


def test_a_clock_that_goes_back_does_no_harm() -> None:
    books = Books()
    held = books.ask("first", heartbeats=True)
    books.now = -100.0
    books.ask("second", timeout=1.0)
    assert books.give_back(held) == ["second"]


def test_sums_are_exact_however_often_odd_needs_come_and_go() -> None:
    books = Books(cpu=1.0)
    sixth = Room(cpu=1 / 6, ram_gb=0.1)
    for _ in range(1000):
        held = [books.ask(f"h{i}", sixth) for i in range(6)]
        assert all(claim.since is not None for claim in held)
        for claim in held:
            books.give_back(claim)
    assert books.ledger.used == Room()


def test_books_do_not_grow_with_what_is_over() -> None:
    books = Books()
    books.ask("first")
    for i in range(1_500):
        books.now += 0.1
        books.give_back(books.ask("x", context=f"c{i}"))
        books.ledger.next_event()
    waiting = books.ledger.waiting
    assert len(waiting._deadlines) < 200
    assert len(waiting._rises) < 200
    assert len(waiting._contexts) == 1
    assert sum(len(lane) for level in waiting._levels for lane in level.values()) < 200


@pytest.mark.parametrize("figure", [-1.0, float("nan"), float("inf")])
def test_a_need_that_is_no_number_is_a_bad_request(figure: float) -> None:
    with pytest.raises(BadRequest, match="cpu"):
        Room(cpu=figure)


def test_an_unknown_priority_is_a_bad_request_and_changes_nothing() -> None:
    books = Books()
    with pytest.raises(BadRequest, match="priorities are critical, interactive, batch, idle"):
        books.ask("x", priority="urgent")
    with pytest.raises(BadRequest, match=r"0\.\.1"):
        books.ledger.order(0.0, Rules(batch_share=2.0))
    assert books.ledger.used == Room()


def test_one_that_is_heard_from_does_not_cover_a_silent_one_behind_it() -> None:
    books = Books(cpu=2.0)
    heard, silent = (books.ask(name, heartbeats=True) for name in ("heard", "silent"))
    books.now = SILENCE_S - 1.0
    books.ledger.heartbeat(books.now, heard.id)
    books.now = SILENCE_S
    assert [claim.id for claim in books.ledger.reclaim_stale(books.now)] == [silent.id]


def test_a_queue_whose_head_left_rises_when_its_next_has_waited_for_long() -> None:
    books = Books()
    held = books.ask("first")
    gone = books.ask("gone", priority="batch", context="a")
    books.wait(5.0)
    books.ask("old", priority="batch", context="a")
    books.wait(RISE_S - 4.0)  # one second after the head has risen, and four before its next would
    books.give_back(gone)
    books.ask("new", context="b")
    books.wait(4.0)
    assert books.run_out(held) == ["old", "new"]


def test_batch_work_larger_than_its_ceiling_does_not_slip_past_one_for_whom_room_is_kept() -> None:
    books = Books(cpu=4.0)
    books.ask("person", Room(cpu=3.0))
    waiter = books.ask("waiter", Room(cpu=2.0, ram_gb=1.0), priority="batch", context="a")
    for i in range(MOST_OVERTAKES):
        books.give_back(books.ask(f"s{i}", Room(cpu=1.0), priority="batch", context="b"))
    assert books.ask("large", Room(ram_gb=7.0), priority="batch", context="c").since is None
    assert not books.ledger.is_held(waiter.id)


def test_the_turn_of_an_agent_is_kept_with_the_room() -> None:
    books = Books(cpu=2.0, agents={"tag": 1})
    long = books.ask("long", context="z")
    books.ask("waiter", Room(cpu=2.0), agent="tag", context="a")
    for i in range(MOST_OVERTAKES):
        books.give_back(books.ask(f"s{i}", context="b"))
    assert books.ask("other", Room(network=1.0), agent="tag", context="c").since is None
    assert books.give_back(long) == ["waiter"]


def test_a_refusal_is_as_good_a_moment_as_any_to_see_that_a_deadline_has_passed() -> None:
    books = Books(cpu=2.0)
    books.ask("first")
    books.ask("large", Room(cpu=2.0), timeout=5.0)
    small = books.ask("small")
    books.now = 5.0
    with pytest.raises(AdmissionDenied):
        books.ask("giant", Room(cpu=3.0))
    assert books.ledger.is_held(small.id)
