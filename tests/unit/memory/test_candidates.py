"""Candidates that the server puts forward lead to the same answers as the whole library in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests import postgres_world
from tests.postgres_world import PostgresWorld
from tests.unit.memory.test_similar import Shop, described, print_of, vectors

from grym_synth.config import Config
from grym_synth.library.job import index_folders
from grym_synth.likeness import Asked
from grym_synth.memory import candidates as module
from grym_synth.memory.aspects import WEIGHTS, fit, read_space
from grym_synth.memory.candidates import DuplicatesAmong, can_ask, candidates, give_places, nearest_names
from grym_synth.memory.similar import Found, Query, Recall
from grym_synth.opening import open_hub
from grym_synth.storage.postgres import PostgresStore
from grym_synth.storage.postgres_places import PLACE_LENGTH, Lacking
from grym_synth.storage.sqlite import SqliteStore

pytestmark = [pytest.mark.slow]


@pytest.fixture
def shop(postgres: PostgresWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Through a pooler where there is one; forty recordings, five around each of eight, and one in two files."""
    monkeypatch.setattr(module, "MANY", 1)
    monkeypatch.setattr(module, "_COUNT", 12)
    name = postgres.of_ours()
    store = PostgresStore(
        postgres.pooled(name) if postgres_world.POOLER else postgres.address(name), postgres.address(name)
    )
    shop = Shop(store)
    for number in range(40):
        item = described(f"{number:02}", vectors(number, near=number % 8))
        shop.put(item, f"/music/{number}.wav", found=print_of(item.sha256, number))
    shop.put(
        described("same", vectors(3, near=3, apart=0.41)), "/music/3.flac", found=print_of("same", 3, flipped=0.02)
    )
    yield shop
    store.close()


def ask(shop: Shop, name: str, **weights: float) -> Found | None:
    """As a process without the library in memory asks."""
    query = query_of(shop, name)
    few = candidates(shop.library, "r", query.row, weights or WEIGHTS, name)
    if few is None:
        return None
    recall = Recall(shop.library, shop.prints)
    recall.duplicates = DuplicatesAmong(shop.prints, nearest_names(few, query.row, weights or WEIGHTS, 10))
    return recall.similar(few, query, 5, weights or None)


def query_of(shop: Shop, name: str) -> Query:
    known = next(iter(shop.library.described([name])))
    return Query(known, f"/music/{int(name)}.wav", shop.prints.of([name])[name])


def in_short(found: Found | None) -> list[tuple[str, float, str, tuple[str, ...]]]:
    assert found is not None
    return [(each.path, round(each.similarity, 4), each.relation, each.others) for each in found.matches]


def test_the_answer_is_that_of_the_whole_library(shop: Shop) -> None:
    assert can_ask(shop.library, "r", 100)
    assert not can_ask(shop.library, "r", 101), "so many are not among the candidates"
    assert not give_places(shop.library, "r", 60.0)
    for name in ("00", "03", "17", "29"):
        whole = shop.recall.similar(shop.shelf, query_of(shop, name), 5)
        assert in_short(ask(shop, name)) == in_short(whole)
    for aspect in ("timbre", "rhythm", "pitch"):
        whole = shop.recall.similar(shop.shelf, query_of(shop, "05"), 5, {aspect: 1.0})
        assert in_short(ask(shop, "05", **{aspect: 1.0})) == in_short(whole)
    assert ("/music/3.flac", "same recording") in [(each[0], each[2]) for each in in_short(ask(shop, "03"))]


def test_the_server_knows_where_each_aspect_lies(shop: Shop) -> None:
    query = "SELECT indexdef FROM pg_indexes WHERE tablename = 'places' AND schemaname = current_schema()"
    told = " ".join(row[0] for row in shop.library.store.read(query))
    at = 1
    for width in read_space().widths().values():
        assert f"subvector(place, {at}, {width})" in told
        at += width
    assert at == PLACE_LENGTH + 1


def test_what_came_changed_or_went_since_is_found_as_it_is_now(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    give_places(shop.library, "r", 60.0)
    shop.put(described("new", vectors(90, near=0, apart=0.1)), "/music/new.wav")
    shop.put(described("01", vectors(91, near=0, apart=0.1)), "/music/1.wav")  # another sound by the same name
    shop.library.drop_files(["/music/8.wav"])
    first = in_short(ask(shop, "00"))
    assert {each[0] for each in first[:2]} == {"/music/new.wav", "/music/1.wav"}
    assert "/music/8.wav" not in [each[0] for each in first]
    places = shop.library.store.places
    assert places is not None
    assert [item.sha256 for item in places.lacking("r", fit(), 9)] == ["01", "new"]
    monkeypatch.setattr(module, "_LACKING", 1)
    assert ask(shop, "00") is None, "too many lack a place, so the whole library is read"
    with shop.library.store.transaction() as db:
        db.execute("DELETE FROM recordings WHERE sha256 = '09'")
    assert not give_places(shop.library, "r", 60.0)
    assert places.lacking("r", fit(), 9) == []
    assert in_short(ask(shop, "00")) == first
    assert shop.library.store.read("SELECT count(*) FROM places") == [(41,)], "no place is left of what is gone"


def test_places_that_were_laid_by_other_projections_do_not_count(shop: Shop) -> None:
    give_places(shop.library, "r", 60.0)
    with shop.library.store.transaction() as db:
        db.execute("UPDATE places SET fit = 'earlier'")
    assert ask(shop, "00") is None
    assert not give_places(shop.library, "r", 60.0)
    assert ask(shop, "00") is not None


def test_giving_places_goes_on_where_it_was_cut_off(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 10)
    rounds = 1
    while give_places(shop.library, "r", 0.0):
        rounds += 1
    assert rounds == 6
    assert shop.library.store.read("SELECT count(*) FROM places WHERE place IS NOT NULL") == [(41,)]


def test_a_filter_that_leaves_one_in_a_hundred_leaves_all_of_them(shop: Shop, postgres: PostgresWorld) -> None:
    give_places(shop.library, "r", 60.0)
    store = shop.library.store
    (name,) = store.read("SELECT current_database()")[0]
    with store.transaction() as db:
        db.execute(f"ALTER DATABASE {name} SET enable_seqscan = off")  # so few rows would be gone through without it
        db.execute(f"ALTER DATABASE {name} SET enable_sort = off")
    again, row, rng = PostgresStore(postgres.address(name)), query_of(shop, "00").row, np.random.default_rng(1)
    assert again.places is not None
    nearer = [row + 0.1 * rng.standard_normal(len(row)) for _ in range(400)]  # than most of ours, and not to be found
    again.places.put("another", fit(), [(Lacking(1000 + i, "", 0.0), place) for i, place in enumerate(nearer)])
    assert len(again.places.nearest("r", fit(), row, 5)) == 5
    again.close()


def test_where_the_server_has_no_vectors_all_is_as_before(shop: Shop) -> None:
    store = shop.library.store
    with store.transaction() as db:
        db.execute("ALTER TABLE places DROP COLUMN place")
    assert not can_ask(shop.library, "r", 5)
    assert not give_places(shop.library, "r", 60.0)
    file = SqliteStore.in_memory()
    assert not can_ask(Shop(file).library, "r", 5)
    file.close()


def test_a_machine_without_the_library_in_memory_asks_the_server(
    postgres: PostgresWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MANY", 1)
    monkeypatch.setattr(module, "_COUNT", 4)
    store = postgres.address(postgres.of_ours())
    music, rng = tmp_path / "music", np.random.default_rng(1)
    music.mkdir()
    for number in range(4):
        soundfile.write(music / f"{number}.wav", 0.1 * rng.standard_normal(22_050 * (number + 1)), 44_100)

    async def story() -> None:
        async with open_hub(Config(home=tmp_path / "studio", store=store)) as hub:
            await index_folders(hub.index, hub.jobs, [str(music)], lambda _: None, workers=2, retry=False)
            assert not give_places(hub.index.library, hub.index.recipe, 60.0)
        async with open_hub(Config(home=tmp_path / "laptop", store=store)) as hub:
            path = str(music / "0.wav")
            asked = await hub.likeness.find(path, Asked(), lambda *_: None)
            assert not hub.likeness._shelf.is_at_hand
            hub.likeness._shelf.current()
            assert asked == await hub.likeness.find(path, Asked(), lambda *_: None)
            assert (len(asked.found.matches), asked.found.searched) == (3, 4)

    asyncio.run(story())
