import asyncio
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from grym_synth.config import Config
from grym_synth.jobs.cleaners import job_cleaners
from grym_synth.jobs.reaper import DEAD_S, Reaper
from grym_synth.resources.cleanup import AuditLog, clean
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House
from grym_synth.storage.job_file import JobFile
from grym_synth.storage.job_postgres import JobsOnPostgres
from grym_synth.storage.job_rows import Fenced, JobRow, NewItem, NewJob, Place
from grym_synth.storage.jobs import JobStore

Ground = JobFile | JobsOnPostgres


@pytest.fixture
def ground(any_place: Config) -> Ground:
    shared = JobsOnPostgres(any_place.store, any_place.store_session) if any_place.store else None
    return shared or JobFile(any_place.jobs_path)


@pytest.fixture
def store(ground: Ground) -> Iterator[JobStore]:
    store = JobStore(ground)
    yield store
    store.close()


def fall_silent(ground: Ground, executor: str, seconds: float) -> None:
    with ground.transaction() as db:
        db.execute("UPDATE job_executors SET heartbeat = heartbeat - ? WHERE id = ?", (seconds, executor))


class Listed:
    """Runs that only say who has them."""

    def __init__(self, *pending: tuple[str, str]) -> None:
        self._pending, self.cancelled = list(pending), list[str]()

    def has_room(self) -> bool:
        return True

    def submit(self, id: str, run: int) -> bool:
        return True

    def pending(self) -> list[tuple[str, str]]:
        return self._pending

    def cancel(self, names: Sequence[str]) -> None:
        self.cancelled += names

    def close(self) -> None: ...


def test_who_is_silent_for_a_minute_is_dead_and_what_it_had_begun_waits_again(store: JobStore, ground: Ground) -> None:
    worker = store.register("worker-1", 1)
    store.add(NewJob("j1", "count", "a count", {}, "default"))
    assert store.begin("j1", worker)
    store.list_items(1, [NewItem("a", None, 1.0)], worker)
    item = store.claim(1, worker)
    assert item is not None
    reaper = Reaper(store, "hub")
    fall_silent(ground, "worker-1", DEAD_S - 5.0)
    assert (reaper.find(), reaper.bury("worker-1")) == ([], 0)
    fall_silent(ground, "worker-1", 5.0)
    assert [(silent.id, silent.items) for silent in reaper.find()] == [("worker-1", 1)]
    assert (reaper.bury("worker-1"), reaper.bury("worker-1")) == (1, 0)

    with pytest.raises(Fenced):
        store.finish(item, "too late", worker)
    with pytest.raises(Fenced):
        store.beat(worker)
    (row,) = store.items(1, None, 10)
    assert (row.state, row.result, row.attempts) == ("waiting", None, 1)
    other = store.register("worker-2", 2)
    again = store.claim(1, other)
    assert again is not None
    assert again.attempts == 2
    store.finish(again, "in time", other)
    (row,) = store.items(1, None, 10)
    assert (row.state, row.result, row.attempts) == ("done", "in time", 2)


def test_a_sign_of_life_keeps_one_alive_and_nobody_buries_himself(store: JobStore, ground: Ground) -> None:
    worker = store.register("worker-1", 1)
    fall_silent(ground, "worker-1", 100.0)
    store.beat(worker)
    assert Reaper(store, "hub").find() == []
    fall_silent(ground, "worker-1", 100.0)
    assert Reaper(store, "worker-1").find() == []
    assert Reaper(store, "worker-1").bury("worker-1") == 0


def test_when_the_clock_jumps_nobody_is_dead_before_there_was_time_for_a_sign_of_life(
    store: JobStore, ground: Ground
) -> None:
    store.register("worker-1", 1)
    now, steady = [1000.0], [0.0]
    reaper = Reaper(store, "hub", steady=lambda: steady[0], clock=lambda: now[0])
    assert reaper.find() == []
    fall_silent(ground, "worker-1", 7200.0)  # as it looks after the machine slept for two hours
    now[0], steady[0] = now[0] + 7200.0, 1.0
    assert reaper.find() == []
    now[0], steady[0] = now[0] + DEAD_S - 1.0, DEAD_S
    assert reaper.find() == []
    now[0], steady[0] = now[0] + 1.0, DEAD_S + 1.0
    assert [silent.id for silent in reaper.find()] == ["worker-1"]


def test_runs_of_the_dead_and_the_gone_are_handed_over_and_those_of_the_living_are_not(
    store: JobStore, ground: Ground
) -> None:
    store.register("worker-1", 1)
    for id in "abcd":
        store.add(NewJob(id, "strange" if id == "d" else "count", "a count", {}, "default"))
    store.leave(store.register("worker-2", 2))
    store.register("worker-3", 3)
    fall_silent(ground, "worker-3", 100.0)
    reaper = Reaper(store, "worker-1")
    gone = (("b.1", "worker-2"), ("b.7", "worker-2"), ("d.1", "never seen"), ("forgotten.1", "never seen"))
    runs = Listed(("a.1", "worker-1"), ("c.1", "worker-3"), *gone)

    def knows(job: JobRow) -> bool:
        return job.kind == "count"

    assert reaper.hand_over(runs, knows) == 3
    assert runs.cancelled == ["b.1", "b.7", "forgotten.1"]  # what it cannot do is left to others
    assert [row.run for row in reversed(store.latest(10))] == [1, 2, 1, 1]
    reaper.bury("worker-3")
    assert reaper.hand_over(runs, knows) == 4
    assert [(row.run, row.retries) for row in reversed(store.latest(10))] == [(1, 0), (2, 0), (2, 0), (1, 0)]


def test_a_burial_by_the_hubs_clean_up_stands_in_the_audit_log_and_its_jobs_go_on(
    store: JobStore, ground: Ground, tmp_path: Path
) -> None:
    went_on: list[str] = []

    async def go_on() -> None:
        went_on.append("yes")

    store.register("worker-1", 1)
    house = House(tmp_path / "grym.db", "the hub")
    cleaners, audit = job_cleaners(store, Reaper(store, "hub"), go_on), AuditLog(house)
    assert asyncio.run(clean(RULES, cleaners, {}, time.time(), audit)).removed == ()
    fall_silent(ground, "worker-1", 100.0)
    report = asyncio.run(clean(RULES, cleaners, {}, time.time(), audit))
    assert [(item.what, item.cause) for item in report.removed] == [("worker-1", "no heartbeat for 60 s")]
    assert [(row.id, row.state) for row in store.executors()] == [("worker-1", "dead")]
    assert went_on == ["yes"]
    assert [(row.kind, row.what, row.cause) for row in house.audit_since()] == [
        ("worker", "worker-1", "no heartbeat for 60 s")
    ]
    house.close()


def test_a_job_is_forgotten_a_month_after_it_ended_and_one_that_goes_on_never(store: JobStore, tmp_path: Path) -> None:
    async def go_on() -> None:
        raise AssertionError("nobody was buried")

    worker = store.register("hub", 1)
    for id in ("j1", "j2"):
        store.add(NewJob(id, "count", "a count", {}, "default"))
        store.begin(id, worker)
        store.list_items(int(id[1]), [NewItem("a", None, 1.0)], worker)
    store.cancel("j1", "cancelled")
    house = House(tmp_path / "grym.db", "the hub")
    cleaners, audit, month = job_cleaners(store, Reaper(store, "hub"), go_on), AuditLog(house), 30 * 86400.0
    assert asyncio.run(clean(RULES, cleaners, {}, time.time() + month - 60.0, audit)).removed == ()
    assert asyncio.run(clean(RULES, cleaners, {}, time.time() + month + 60.0, audit)).removed != ()
    assert [row.id for row in store.latest(10)] == ["j2"]
    assert (store.items(1, None, 10), len(store.items(2, None, 10))) == ([], 1)
    house.close()


def test_where_there_never_were_jobs_nobody_is_dead_and_no_file_is_made(store: JobStore, any_place: Config) -> None:
    assert Reaper(store, "hub").find() == []
    assert not any_place.jobs_path.exists()


def test_a_new_beginning_under_the_same_name_fences_off_the_one_before(store: JobStore) -> None:
    first, second = store.register("hub", 1), store.register("hub", 2, Place("studio", 8.0, 32.0))
    assert second.token == first.token + 1
    with pytest.raises(Fenced):
        store.beat(first)
    store.beat(second)
    (row,) = store.executors()
    assert (row.pid, row.state, row.host, row.cpus, row.ram_gb) == (2, "alive", "studio", 8.0, 32.0)
