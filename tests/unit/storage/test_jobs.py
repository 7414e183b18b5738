import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from grym_synth.config import Config
from grym_synth.storage.job_rows import Executor, Fenced, NewItem, NewJob
from grym_synth.storage.jobs import JobStore
from grym_synth.storage.opening import open_job_store
from grym_synth.storage.store import StoreUnavailable

ODD = "caf\udce9 \x1b[31m 楽曲"  # a file name that is no UTF-8


@pytest.fixture
def store(any_place: Config) -> Iterator[JobStore]:
    store = open_job_store(any_place)
    yield store
    store.close()


def begin(store: JobStore, *keys: str) -> Executor:
    executor = store.register("hub", 1)
    store.add(NewJob("j1", "count", ODD, {"folder": ODD}, "default"))
    store.begin("j1", executor)
    store.list_items(1, [NewItem(key, {"path": key}, 2.0) for key in keys], executor)
    return executor


def test_names_that_are_no_text_come_back_as_they_were(store: JobStore) -> None:
    executor = begin(store, ODD)
    item = store.claim(1, executor)
    assert item is not None
    assert (item.key, item.payload) == (ODD, {"path": ODD})
    store.fail(item, "unreadable", f"{ODD} is no audio", executor)
    row = store.job("j1")
    assert row is not None
    assert (row.title, row.params) == (ODD, {"folder": ODD})
    (found,) = store.items(1, "failed", 10)
    assert (found.key, found.reason) == (ODD, f"{ODD} is no audio")


def test_what_is_listed_twice_is_there_once(store: JobStore) -> None:
    executor = begin(store, "a", "b")
    assert store.list_items(1, [NewItem("b", None, 5.0), NewItem("c", None, 5.0), NewItem("c", None, 5.0)], executor)
    row = store.job("j1")
    assert row is not None
    assert (row.total, row.size) == (3, 9.0)
    assert [item.key for item in store.items(1, None, 10)] == ["a", "b", "c"]


def test_what_an_item_found_is_listed_in_the_moment_in_which_it_ends_and_only_by_who_holds_it(store: JobStore) -> None:
    executor = begin(store, "feed")
    lost = store.claim(1, executor)
    assert lost is not None
    later = store.register("hub", 2)  # the item is no longer the first one's
    with pytest.raises(Fenced):
        store.finish(lost, None, executor, [NewItem("lost", None, 1.0)])
    item = store.claim(1, later)
    assert item is not None
    store.finish(item, None, later, [NewItem("page", None, 1.0), NewItem("feed", None, 1.0)])
    row = store.job("j1")
    assert row is not None
    assert (row.total, row.done) == (2, 1)
    assert [each.key for each in store.items(1, None, 10)] == ["feed", "page"]
    assert store.has_open_items(1)


def test_what_was_begun_before_comes_last(store: JobStore) -> None:
    executor = begin(store, "a", "b", "c")
    first = store.claim(1, executor)
    assert first is not None
    assert first.key == "a"
    executor = store.register("hub", 2)  # after a crash
    claimed = [store.claim(1, executor) for _ in range(4)]
    assert [item and (item.key, item.attempts) for item in claimed] == [("b", 1), ("c", 1), ("a", 2), None]


def test_a_job_that_has_ended_takes_no_items_and_gives_none(store: JobStore) -> None:
    executor = begin(store, "a")
    store.cancel("j1", "cancelled")
    assert store.claim(1, executor) is None
    assert not store.list_items(1, [NewItem("z", None, 1.0)], executor)
    assert not store.begin("j1", executor)
    store.end("j1", "done", "", None, executor)
    row = store.job("j1")
    assert row is not None
    assert row.state == "cancelled"


def test_many_threads_never_claim_the_same_item(store: JobStore, any_place: Config) -> None:
    executor = begin(store, *map(str, range(200)))
    keys: list[str] = []

    def claim() -> None:
        with_own_connection = open_job_store(any_place)
        while (item := with_own_connection.claim(1, executor)) is not None:
            keys.append(item.key)
        with_own_connection.close()

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(keys) == sorted(map(str, range(200)))


def test_a_prefix_finds_a_job_and_a_whole_id_stands_alone(store: JobStore) -> None:
    for id in ("ab", "abc", "b%"):
        store.add(NewJob(id, "count", "", {}, "default"))
    assert [row.id for row in store.find("ab")] == ["ab"]
    assert [row.id for row in store.find("a")] == ["ab", "abc"]
    assert [row.id for row in store.find("%")] == []
    assert [row.id for row in store.find("")] == []


def test_a_file_of_a_later_version_or_of_somebody_else_is_told_and_left_alone(tmp_path: Path) -> None:
    later = tmp_path / "later.db"
    with sqlite3.connect(later) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreUnavailable, match="of version 99, this program knows 4"):
        JobStore(later).register("hub", 1)
    other = tmp_path / "other.db"
    other.write_text("a letter to a friend, and no database at all" * 50)
    with pytest.raises(StoreUnavailable, match="file is not a database"):
        JobStore(other).register("hub", 1)
    assert other.read_text().startswith("a letter")
