"""A store is moved into another and back: every row, every number, every word; cut off, it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.postgres_world import PostgresWorld

from grym_synth.errors import BadRequest
from grym_synth.messages import Answer, Plan, Request, Route
from grym_synth.storage.contexts import Contexts
from grym_synth.storage.corrections import RouteCorrections
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import Account, AuditRow
from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.knowledge_rows import SourceRow
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, Fragment, LibraryFile
from grym_synth.storage.moving import Mover, tables
from grym_synth.storage.postgres import PostgresStore
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store
from grym_synth.storage.teachings import Label, Teachings

pytestmark = pytest.mark.slow


@pytest.fixture
def source(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "grym.db")
    fill(store, tmp_path / "grym.db")
    yield store
    store.close()


@pytest.fixture
def target(postgres: PostgresWorld) -> Iterator[PostgresStore]:
    store = PostgresStore(postgres.address(postgres.of_ours()))
    yield store
    store.close()


def fill(store: Store, path: Path) -> None:
    """Something of every kind; 1,500 recordings are more than one stretch."""
    rng = np.random.default_rng(5)
    library = Library(store)
    library.add_folder("/music")
    names = [f"{number:064x}" for number in range(1500)]
    library.put_files([LibraryFile(f"/music/caf\udce9 {n}.wav", 9, 1, 2, 3, 4, name) for n, name in enumerate(names)])
    library.put(
        Described(
            name, "listen 1", {"tempo_bpm": 120.1}, {"key": "A minor"}, {"techno": 0.1},
            {"timbre": rng.standard_normal(4)}, (Fragment(0.0, 5.1, rng.standard_normal(4)),),
        )
        for name in names
    )  # fmt: skip
    knowledge = Knowledge(store)
    for number in range(3):
        text = f"Müde Ohren täuschen, sagt Notiz {number}."
        row = SourceRow(f"/n{number}", "text", "notes", "mixing", "Ears", str(number), 1, 0.1, 0.2)
        knowledge.put(row, text, [], [(0, len(text), "")], bands=[[1, 2**62, -5]])
    knowledge.forget("/n2")  # its number is not given again
    Teachings(store).put_labels([Label("a", "dusty", False, "x.wav", 0.1 + 0.2)])
    Teachings(store).put_ear(b"\0\xff model", {"gain": 0.1})
    RouteCorrections(store).put("'; DROP TABLE heard; --\n\ud800?", ("rhythm",))
    store.keep_answer(
        Request("how fast?", context="album"),
        Answer("120", (), (), (), Route((), 1.0, {}, {}), Plan(()), "healthy", {}),
    )
    house = House(path, "hub 1")
    house.append_audit([AuditRow(1.5, "hub 1", "lease", "l1", "no heartbeat", 1, {"rows": []})])
    house.add_to_accounts([Account("album", 1, 0.1, 0.2)], "batch 1")
    house.close()


def ignore(table: str, done: int, of: int) -> None:
    pass


def test_everything_is_there_and_back_again(source: SqliteStore, target: PostgresStore, tmp_path: Path) -> None:
    mover = Mover(source, target, "the file")
    mover.copy(ignore)
    assert all(each.is_same for each in mover.finish(ignore))
    mover.end()
    assert sum(mover.counts().values()) > 7000
    assert [id for id, _ in Knowledge(target).match(["mude"], 5)] == [1, 2]
    assert Contexts(target).overview() == Contexts(source).overview()
    # What comes new gets numbers that nobody ever had.
    row = SourceRow("/new", "text", "notes", "mixing", "Ears", "9", 1, 0.1, 0.2)
    Knowledge(target).put(row, "Neu.", [], [(0, 4, "")])
    assert Knowledge(target).match(["neu"], 5)[0][0] == 4
    back = SqliteStore(tmp_path / "back.db")
    home = Mover(target, back, "the server")
    home.copy(ignore)
    assert all(each.is_same for each in home.finish(ignore))
    assert [id for id, _ in Knowledge(back).match(["mude"], 5)] == [1, 2]
    Knowledge(back).forget("/new")
    Knowledge(back).put(row, "Neu.", [], [(0, 4, "")])
    assert Knowledge(back).match(["neu"], 5)[0][0] == 5
    back.close()


def test_what_is_cut_off_goes_on_and_what_changes_meanwhile_comes_along(
    source: SqliteStore, target: PostgresStore
) -> None:
    class Cut(Exception):
        pass

    def cut(table: str, done: int, of: int) -> None:
        if table == "recordings" and done >= 1000:
            raise Cut

    with pytest.raises(Cut):
        Mover(source, target, "the file").copy(cut)
    assert target.read("SELECT state FROM store_moves") == [("copying",)]
    seen = list[tuple[str, int]]()
    Mover(source, target, "the file").copy(lambda table, done, of: seen.append((table, done)))
    assert ("recordings", 1000) not in seen  # those are there already
    Library(source).mark(f"{7:064x}", "failed", "it is noise")
    Library(source).drop_files(["/music/caf\udce9 9.wav"])
    RouteCorrections(source).put("later", ())
    compared = Mover(source, target, "the file").finish(ignore)
    assert all(each.is_same for each in compared)
    assert [each.rows for each in compared if each.table == "library_files"] == [1499]


def test_a_target_that_holds_something_else_is_left_alone(source: SqliteStore, target: PostgresStore) -> None:
    RouteCorrections(target).put("theirs", ())
    with pytest.raises(BadRequest, match="in use already"):
        Mover(source, target, "the file").copy(ignore)
    assert len(RouteCorrections(target).every()) == 1
    RouteCorrections(target).remove("theirs")
    Mover(source, target, "the file").copy(ignore)
    with pytest.raises(BadRequest, match="copy of another one, the file"):
        Mover(source, target, "another file").copy(ignore)


def test_one_changed_byte_is_found(source: SqliteStore, target: PostgresStore) -> None:
    mover = Mover(source, target, "the file")
    mover.copy(ignore)
    mover.finish(ignore)
    with target.transaction() as db:
        db.execute("UPDATE ears SET model = ?", (b"\0\xfe model",))
    assert [each.table for each in mover.compare(ignore) if not each.is_same] == ["ears"]


def test_every_table_of_the_schema_is_moved_or_named_as_one_that_is_not(source: SqliteStore) -> None:
    names = {name for (name,) in source.read("SELECT name FROM sqlite_master WHERE type = 'table'")}
    held = {name for name in names if not name.startswith(("sqlite_", "knowledge_words"))}
    assert held - {table.name for table in tables()} == {"store_moves", "leases", "events", "places"}
    assert all(table.keys for table in tables())
