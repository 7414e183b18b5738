import asyncio
import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grym_synth.health.signals import Signal
from grym_synth.resources import cleanup
from grym_synth.resources.cleaners import Given, StaleRows, orphans
from grym_synth.resources.cleanup import AuditLog, Cleaner, Report, Why, clean, keep_clean
from grym_synth.resources.rules import RULES, Item, Rule
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import LeaseRow

NOW = 1_800_000_000.0
ANY = Rule("thing", "removed", "unused", 10.0)
LEASES = next(rule for rule in RULES if rule.kind == "lease")


class Things:
    """Things in memory; some cannot be removed, and some are gone already."""

    audits_itself = False

    def __init__(self, *keys: str, stuck: str = "", gone: str = "") -> None:
        self.there, self.stuck, self.gone = list(keys), stuck, gone

    async def find(self, rule: Rule, now: float) -> Sequence[Item]:
        return [Item(key, 1000.0) for key in self.there]

    async def remove(self, item: Item, why: Why) -> int:
        if item.key == self.stuck:
            raise PermissionError("not yours")
        if item.key == self.gone:
            return 0
        self.there.remove(item.key)
        return 1


class Broken(Things):
    async def find(self, rule: Rule, now: float) -> Sequence[Item]:
        raise RuntimeError("the disk is on fire")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "grym.db", "hub 1")
    yield house
    house.close()


def lease(id: str, heartbeat: float) -> LeaseRow:
    return LeaseRow(id, "hub 0", "s1", "listen", "default", "batch", 1.0, 0.5, NOW - 500.0, None, heartbeat)


def run(house: House, *, dry_run: bool = False, now: float = NOW, **cleaners: Cleaner) -> Report:
    rules = [LEASES, *(Rule(kind, "removed", "unused", 10.0) for kind in cleaners if kind != "lease")]
    return asyncio.run(clean(rules, cleaners, {}, now, AuditLog(house), dry_run=dry_run))


def test_everything_that_goes_is_in_the_audit_log_with_its_cause(house: House) -> None:
    report = run(house, thing=Things("a", "b"))
    assert [(item.what, item.cause, item.count) for item in report.removed] == [("a", "unused", 1), ("b", "unused", 1)]
    (row,) = house.audit_since()
    assert (row.hub, row.kind, row.cause, row.count) == ("hub 1", "thing", "unused", 2)
    assert row.detail["items"] == ["a", "b"]


def test_it_is_written_down_before_it_is_done(house: House) -> None:
    known: list[int] = []

    async def find(rule: Rule, now: float) -> Sequence[Item]:
        return [Item("a", 1.0)]

    async def take(item: Item) -> int:
        known.append(len(house.audit_since()))
        return 1

    run(house, thing=Given(find, take))
    assert known == [1]


def test_a_cleaner_that_fails_stops_no_other(house: House) -> None:
    first, last = Things("a"), Things("z")
    report = run(house, first=first, broken=Broken("b"), last=last)
    assert (first.there, last.there) == ([], [])
    assert [(failure.kind, failure.reason) for failure in report.failures] == [("broken", "the disk is on fire")]


def test_a_thing_that_cannot_be_removed_stops_no_other_and_the_audit_log_says_that_it_stayed(house: House) -> None:
    things = Things("a", "b", "c", "d", stuck="b", gone="c")
    report = run(house, thing=things)
    assert things.there == ["b", "c"]
    assert [item.what for item in report.removed] == ["a", "d"]
    assert [(failure.what, failure.reason) for failure in report.failures] == [("b", "not yours")]
    told = {row.what: row.cause for row in house.audit_since() if not row.count}
    assert told == {"b": "stayed: not yours", "c": "stayed: in use again, or removed by another"}


def test_a_cleaner_that_hangs_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleanup, "_PATIENCE_S", 0.02)

    async def find(rule: Rule, now: float) -> Sequence[Item]:
        await asyncio.Event().wait()
        return []

    async def take(item: Item) -> int:
        return 0

    last = Things("z")
    report = run(house, hangs=Given(find, take), last=last)
    assert last.there == []
    assert "took more than" in report.failures[0].reason


def test_a_dry_run_says_what_would_go_and_changes_nothing(house: House) -> None:
    house.put_leases([lease("old", NOW - 40.0)])
    things = Things("a", "b")
    report = run(house, dry_run=True, lease=StaleRows(house, "lease"), thing=things)
    assert [(item.kind, item.what) for item in report.removed] == [("lease", "old"), ("thing", "a"), ("thing", "b")]
    assert things.there == ["a", "b"]
    assert len(house.leases()) == 1
    assert house.audit_since() == []


def test_a_stale_lease_is_taken_once_and_a_live_one_never(house: House) -> None:
    house.put_leases([lease(f"old {n}", NOW - 40.0) for n in range(1500)] + [lease(f"live {n}", NOW) for n in range(9)])
    cleaner = StaleRows(house, "lease")
    report = run(house, lease=cleaner)
    assert sum(item.count for item in report.removed) == 1500
    assert {row.id for row in house.leases()} == {f"live {n}" for n in range(9)}
    assert sum(row.count for row in house.audit_since()) == 1500
    assert run(house, lease=cleaner) == Report()


def test_a_lease_whose_heartbeat_comes_while_the_pass_runs_stays(house: House) -> None:
    house.put_leases([lease("a", NOW - 40.0), lease("b", NOW - 41.0)])

    class Late(StaleRows):
        async def remove(self, item: Item, why: Why) -> int:
            house.put_leases([lease("b", NOW)])
            return await super().remove(item, why)

    run(house, lease=Late(house, "lease"))
    assert [row.id for row in house.leases()] == ["b"]
    assert [row.what for row in house.audit_since()] == ["a"]


def test_rows_of_a_hub_that_is_known_to_live_are_its_own_affair(house: House) -> None:
    alive, dead = lease("a", NOW - 40.0), dataclasses.replace(lease("b", NOW - 40.0), hub="dead")
    house.put_leases([alive, dead])
    cleaner = StaleRows(house, "lease", lambda hub: hub == alive.hub)
    assert [(item.what, item.count) for item in run(house, dry_run=True, lease=cleaner).removed] == [("b", 1)]
    assert [(item.what, item.count) for item in run(house, lease=cleaner).removed] == [("b", 1)]
    assert house.leases() == [alive]


def test_after_a_sleep_of_the_machine_nobody_is_taken_for_dead_before_a_heartbeat_was_possible(house: House) -> None:
    steady = 100.0
    house.put_leases([lease("a", NOW)])
    cleaner = StaleRows(house, "lease", steady=lambda: steady)
    assert run(house, now=NOW + 10.0, lease=cleaner) == Report()
    steady += 10.0  # the machine slept for an hour, which the steady clock does not count
    assert run(house, now=NOW + 3620.0, lease=cleaner) == Report()
    house.put_leases([lease("b", NOW + 3620.0)])
    steady += 20.0
    assert run(house, now=NOW + 3640.0, lease=cleaner) == Report()
    steady += 10.0
    assert [item.what for item in run(house, now=NOW + 3650.0, lease=cleaner).removed] == ["a and 1 more"]


def test_a_store_that_cannot_be_written_delays_the_audit_log_and_not_the_clean_up(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("in the way")
    house = House(tmp_path / "folder" / "grym.db", "hub 1")
    house.close()
    things, audit = Things("a"), AuditLog(house)

    async def story() -> None:
        rules = [LEASES, ANY]
        report = await clean(rules, {"lease": StaleRows(house, "lease"), "thing": things}, {}, NOW, audit)
        assert [failure.kind for failure in report.failures] == ["lease"]
        assert things.there == []
        assert not await audit.write()
        (tmp_path / "folder").unlink()
        assert await audit.write()

    asyncio.run(story())
    assert [row.what for row in house.audit_since()] == ["a"]
    house.close()


def test_orphans_are_ended_by_the_mark_of_their_hub(house: House) -> None:
    running = {11: "1:1:/home", 12: "1:1:/home", 13: "2:2:/home"}

    def end(mark: str) -> int:
        pids = [pid for pid, found in running.items() if found == mark]
        for pid in pids:
            del running[pid]
        return len(pids)

    cleaner = orphans(lambda: [(pid, mark) for pid, mark in running.items() if mark != "2:2:/home"], end)
    report = run(house, process=cleaner)
    assert [(item.what, item.count) for item in report.removed] == [("1:1:/home", 2)]
    assert running == {13: "2:2:/home"}


def test_each_rule_is_looked_after_as_often_as_it_says_and_a_failing_signal_stops_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleanup, "_LOOK_S", 0.0)
    looks: list[tuple[str, float]] = []
    clock = 0.0

    class Watched(Things):
        async def find(self, rule: Rule, now: float) -> Sequence[Item]:
            looks.append((rule.kind, clock))
            return []

    def signals() -> dict[str, Signal]:
        nonlocal clock
        if clock == 40.0:  # with rules due
            clock += 5.0
            raise OSError("no reading")
        clock += 5.0
        return {}

    rules = [Rule("often", "", "", 10.0), Rule("seldom", "", "", 60.0)]
    cleaners = {"often": Watched(), "seldom": Watched()}

    async def story() -> None:
        task = asyncio.ensure_future(
            keep_clean(cleaners, signals, AuditLog(house), rules=rules, now=lambda: NOW, steady=lambda: clock)
        )
        while clock < 130.0:
            await asyncio.sleep(0.0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())
    assert [at for kind, at in looks if kind == "seldom"] == [5.0, 65.0, 125.0]
    often = [at for kind, at in looks if kind == "often"]
    assert often == [5.0 + 10.0 * n for n in range(len(often))]
    assert len(often) >= 12
