from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.health.signals import RULES as SIGNALS
from grym_synth.health.signals import WARNING, Signal, measure
from grym_synth.resources.rules import RULES, Item, Rule, applies, cause_of, choose, rules_table

IDLE = Rule("agent", "stopped", "idle", 10.0, stale_after_s=300.0)
PRUNE = next(rule for rule in RULES if rule.kind == "cache")


def keys(items: list[Item]) -> list[str]:
    return [item.key for item in items]


def test_the_rules_are_those_of_the_design() -> None:
    by_time = {rule.kind: rule.stale_after_s for rule in RULES if not rule.signal}
    assert by_time["lease"] == 30.0
    assert by_time["agent"] == 300.0
    assert by_time["handle"] == 15 * 60.0
    assert {rule.every_s for rule in RULES if rule.kind in ("process", "temporary")} == {60.0}
    levels = {(rule.kind, rule.signal, rule.of): rule.level for rule in RULES if rule.signal}
    assert levels == {
        ("agent", "pool", "value"): 0.80,
        ("agent", "memory", "pressure"): WARNING,
        ("connection", "store", "value"): 0.80,
        ("cache", "disk", "pressure"): WARNING,
    }
    assert {rule.signal for rule in RULES if rule.signal} <= set(SIGNALS)


def test_a_rule_without_a_signal_always_applies() -> None:
    assert applies(IDLE, {})


@pytest.mark.parametrize(("free", "does"), [(5.0e9, True), (5.1e9, False), (1.0e8, True)])
def test_caches_are_pruned_from_the_warning_of_the_disk_on(free: float, does: bool) -> None:
    assert applies(PRUNE, {"disk": measure("disk", free, zero=1e12)}) is does


@pytest.mark.parametrize(("held", "does"), [(0.79, False), (0.80, True), (1.0, True)])
def test_idle_agents_are_stopped_when_most_of_the_pool_is_held_even_if_nobody_waits(held: float, does: bool) -> None:
    rule = next(rule for rule in RULES if rule.signal == "pool")
    assert applies(rule, {"pool": measure("pool", held, waiting=False)}) is does


def test_a_signal_that_was_not_read_removes_nothing() -> None:
    assert not applies(PRUNE, {"memory": Signal(1.0, 1.5)})


def test_what_is_as_old_as_the_rule_says_goes_and_what_is_younger_stays() -> None:
    items = [Item("young", 299.875), Item("old", 300.0), Item("older", 301.0), Item("of the future", -5.0)]
    assert keys(choose(IDLE, items)) == ["older", "old"]


def test_what_is_in_use_never_goes_however_old() -> None:
    assert choose(IDLE, [Item("busy", 1e9, in_use=True)]) == []


def test_as_many_stay_as_a_group_keeps_warm_and_the_busy_count() -> None:
    idle = [Item(f"a{n}", 400.0 + n, group="a", floor=2) for n in range(4)]
    busy = Item("a busy", 0.0, group="a", floor=2, in_use=True)
    other = Item("b0", 500.0, group="b")
    assert keys(choose(IDLE, [*idle, other])) == ["b0", "a3", "a2"]
    assert keys(choose(IDLE, [*idle, busy])) == ["a3", "a2", "a1"]
    assert choose(IDLE, idle[:2]) == []


def test_a_quiet_pool_does_not_decay_below_its_floor() -> None:
    pool = [Item(str(n), 1e6 + n, group="a", floor=3) for n in range(10)]
    for _ in range(20):
        gone = choose(IDLE, pool)
        pool = [item for item in pool if item not in gone]
    assert len(pool) == 3


def test_half_of_the_idle_go_at_once_the_longest_unused_first_until_all_have_gone() -> None:
    rule = next(rule for rule in RULES if rule.signal == "pool")
    agents = [Item(str(n), float(n)) for n in range(7)]
    passes = []
    while agents:
        gone = choose(rule, agents)
        passes.append(keys(gone))
        agents = [item for item in agents if item not in gone]
    assert passes == [["6", "5", "4", "3"], ["2", "1"], ["0"]]


def test_a_cache_shrinks_to_half_its_size_the_largest_and_oldest_first() -> None:
    items = [Item("large, old", 1000.0, size=400), Item("small, old", 1000.0, size=10), Item("new", 100.0, size=400)]
    items += [Item("opened", 1e6, size=500, in_use=True), Item("just made", 5.0, size=190)]
    assert keys(choose(PRUNE, items)) == ["large, old", "new"]


def test_what_was_made_within_the_last_minute_is_left_in_a_full_cache() -> None:
    assert choose(PRUNE, [Item("new", 59.0, size=10**9)]) == []


def test_the_cause_names_what_was_measured_and_where_the_bound_is() -> None:
    assert cause_of(IDLE, {}) == "idle for 5 min"
    text = cause_of(PRUNE, {"disk": Signal(3e9, 0.8)})
    assert text == "unused for 60 s, and disk pressure 0.80 is at 0.70 or above"


def test_the_table_has_a_line_for_every_rule() -> None:
    lines = rules_table().splitlines()
    assert len(lines) == 2 + len(RULES)
    assert "| lease | no heartbeat for 30 s | taken back | oldest | every 10 s |" in lines


def test_the_docs_show_the_table_that_the_code_runs_on() -> None:
    page = Path(__file__).parents[3] / "docs" / "cleanup.md"
    assert rules_table() in page.read_text()


ITEMS = st.builds(
    Item,
    st.uuids().map(str),
    st.floats(-10.0, 1e6),
    st.integers(1, 5),
    st.integers(1, 10**6),
    st.sampled_from(["a", "b", ""]),
    st.integers(0, 4),
    st.booleans(),
)
ANY_RULE = st.builds(
    Rule,
    st.just("x"),
    st.just(""),
    st.just(""),
    st.just(1.0),
    st.sampled_from([0.0, 60.0, 300.0]),
    floor=st.integers(0, 3),
    share=st.sampled_from([0.25, 0.5, 1.0]),
    order=st.sampled_from(["oldest", "largest and oldest"]),
)


@pytest.mark.slow
@given(ANY_RULE, st.lists(ITEMS, max_size=30))
def test_no_choice_ever_breaks_a_floor_or_touches_what_is_young_or_in_use(rule: Rule, items: list[Item]) -> None:
    gone = choose(rule, items)
    assert len(set(gone)) == len(gone)
    assert all(item in items and not item.in_use and item.age_s >= rule.stale_after_s for item in gone)
    there: Counter[str] = Counter()
    left: Counter[str] = Counter()
    for item in items:
        there[item.group] += item.count
        left[item.group] += item.count if item not in gone else 0
    for item in items:
        assert left[item.group] >= min(there[item.group], max(rule.floor, item.floor))
    if rule.share == 1.0 and rule.floor == 0 and not any(item.floor for item in items):
        assert set(gone) == {item for item in items if not item.in_use and item.age_s >= rule.stale_after_s}
