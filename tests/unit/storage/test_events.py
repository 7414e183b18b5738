"""Every change is told once, in order, and nobody passes over one that is written while he looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from tests.postgres_world import PostgresWorld

from grym_synth.config import Config
from grym_synth.health.signals import Signal
from grym_synth.storage.events import KEPT_S, Events
from grym_synth.storage.job_rows import NewJob
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import LibraryFile
from grym_synth.storage.opening import is_shared, open_house, open_job_store
from grym_synth.storage.postgres import PostgresStore
from grym_synth.storage.store import Store
from grym_synth.storage.teachings import Label, Teachings


@dataclass(frozen=True, slots=True)
class Reading:
    seq: int
    at: float
    event: str
    state: str = "healthy"
    pressure: float = 0.1
    cause: str = "cpu"
    signals: Mapping[str, Signal] = field(default_factory=dict)


def told(events: Events, since: int = 0) -> list[tuple[str, str, str]]:
    return [(event.kind, event.subject, event.what) for event in events.since(since)]


def test_what_changes_is_told_in_order_and_a_reader_goes_on_where_he_was(any_store: Store, any_place: Config) -> None:
    events, library, teachings = Events(any_store), Library(any_store), Teachings(any_store)
    assert (told(events), events.last(), events.first()) == ([], 0, 0)
    library.put_files([LibraryFile("/a.wav", 1, 1, 1, 1, 1, "aa")])
    teachings.put_labels([Label("aa", "dusty", True, "/a.wav")])
    teachings.put_labels([Label("aa", "dusty", False, "/a.wav")])
    assert told(events) == [("recording", "aa", "changed"), ("label", "aa", "taught"), ("label", "aa", "taught")]
    seen = events.last()
    teachings.take_back_labels("dusty")
    house = open_house(any_place, "the hub")
    for number, event in enumerate(("started", "", "changed"), start=1):
        house.append_health([Reading(number, float(number), event)])
    house.close()
    assert told(events, seen) == [
        ("label", "aa", "taken back"), ("health", "the hub", "healthy"), ("health", "the hub", "healthy"),
    ]  # fmt: skip
    numbers = [event.seq for event in events.since(0)]
    assert numbers == sorted(set(numbers))
    assert [event.seq for event in events.since(0, limit=2)] == numbers[:2]


def test_jobs_of_a_shared_store_are_told(any_store: Store, any_place: Config) -> None:
    jobs = open_job_store(any_place)
    jobs.add(NewJob("j1", "learn", "", {}, "default"))
    executor = jobs.register("worker", 1)
    jobs.begin("j1", executor)
    jobs.end("j1", "done", "", None, executor)
    jobs.close()
    wanted = [("job", "j1", "waiting"), ("job", "j1", "running"), ("job", "j1", "done")]
    assert told(Events(any_store)) == (wanted if is_shared(any_place) else [])


def test_what_is_old_goes_but_never_the_last_number(any_store: Store) -> None:
    events, library = Events(any_store), Library(any_store)
    library.put_files([LibraryFile(f"/{n}.wav", 1, 1, 1, n, 1, f"{n}") for n in range(3)])
    now, last = time.time(), events.last()
    assert (events.count_before(now - KEPT_S), events.forget_before(now - KEPT_S)) == (0, 0)
    assert (events.count_before(now + 1.0), events.forget_before(now + 1.0)) == (2, 2)
    assert (events.first(), events.last()) == (last, last)


def test_an_event_whose_forerunner_is_still_being_written_waits_for_it(postgres: PostgresWorld) -> None:
    address = postgres.address(postgres.of_ours())
    slow, quick = PostgresStore(address), PostgresStore(address, writes="house")  # which do not wait for each other
    events, began, go_on = Events(quick), threading.Event(), threading.Event()

    def write() -> None:
        with slow.transaction() as db:
            db.execute("INSERT INTO changes (sha256) VALUES ('first')")
            began.set()
            go_on.wait(10.0)

    writing = threading.Thread(target=write)
    writing.start()
    assert began.wait(10.0)
    with quick.transaction() as db:
        db.execute("INSERT INTO ear_labels (sha256, label, is_so, path, at) VALUES ('second', 'x', 1, '', 0.0)")
    assert (events.since(0), events.last()) == ([], 2)  # it is there, and is not told before the first
    go_on.set()
    writing.join()
    assert told(events) == [("recording", "first", "changed"), ("label", "second", "taught")]
    slow.close()
    quick.close()


@pytest.mark.parametrize("breaks", [False, True])
def test_supabase_is_told_to_broadcast_and_a_broadcast_that_fails_fails_no_write(
    postgres: PostgresWorld, *, breaks: bool
) -> None:
    store = PostgresStore(postgres.address(postgres.of_ours()))
    does = (
        "RAISE EXCEPTION 'no room'"
        if breaks
        else "INSERT INTO realtime.messages VALUES (payload, event, topic, private)"
    )
    with store.transaction() as db:
        db.execute("CREATE SCHEMA realtime")
        db.execute("CREATE TABLE realtime.messages (payload JSONB, event TEXT, topic TEXT, private BOOLEAN)")
        db.execute(
            "CREATE FUNCTION realtime.send(payload JSONB, event TEXT, topic TEXT, private BOOLEAN DEFAULT TRUE)"
            f" RETURNS VOID LANGUAGE plpgsql AS $$ BEGIN {does}; END $$"
        )
    Library(store).put_files([LibraryFile("/a.wav", 1, 1, 1, 1, 1, "aa")])
    assert told(Events(store)) == [("recording", "aa", "changed")]
    sent = store.read("SELECT payload, event, topic, private FROM realtime.messages")
    assert sent == ([] if breaks else [({"kind": "recording"}, "change", "grym", True)])
    store.close()
