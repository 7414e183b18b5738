"""What only a store on Postgres can meet: it is stopped, its connections die, or there are too few of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from tests.postgres_world import NO_POOLER, POOLER, PostgresWorld

from grym_synth.errors import GrymError, MigrationFailed
from grym_synth.storage.corrections import RouteCorrections
from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.knowledge_rows import SourceRow
from grym_synth.storage.postgres import PostgresStore, to_postgres
from grym_synth.storage.store import StoreAway, StoreUnavailable

pytestmark = pytest.mark.slow


@pytest.fixture
def address(postgres: PostgresWorld) -> str:
    return postgres.address(postgres.of_ours())


@pytest.fixture
def store(address: str) -> Iterator[PostgresStore]:
    store = PostgresStore(address, most=3)
    yield store
    store.close()


def test_placeholders_are_those_of_postgres() -> None:
    assert to_postgres("SELECT ?, ?1 || '%' WHERE a = ?2") == ("SELECT %s, %s || '%%' WHERE a = %s", (0, 0, 1))


def test_a_hundred_at_once_share_three_connections(store: PostgresStore) -> None:
    corrections, failed = RouteCorrections(store), list[Exception]()

    def use(number: int) -> None:
        try:
            corrections.put(f"question {number}", ("rhythm",))
            assert f"question {number}" in {each.question for each in corrections.every()}
        except (GrymError, AssertionError) as error:
            failed.append(error)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60.0)
    assert not failed
    assert len(corrections.every()) == 100
    assert store.figures()["most"] == 3
    assert store.figures()["lent"] == 0


def test_who_waits_too_long_for_a_connection_is_told_when_to_come_again(address: str) -> None:
    store = PostgresStore(address, most=1, wait_s=0.2)
    with store.transaction():
        thread_told = list[StoreUnavailable]()

        def read() -> None:
            try:
                store.read("SELECT 1")
            except StoreUnavailable as error:
                thread_told.append(error)

        other = threading.Thread(target=read)
        other.start()
        other.join(10.0)
    assert thread_told[0].retry_after == 5.0
    assert store.read("SELECT 1") == [(1,)]
    store.close()


def test_when_every_connection_is_ended_reading_goes_on_and_a_transaction_is_whole_or_not_at_all(
    store: PostgresStore, address: str
) -> None:
    corrections = RouteCorrections(store)
    corrections.put("before", ("rhythm",))
    _end_connections(address)
    assert [each.question for each in corrections.every()] == ["before"]

    def cut_off() -> None:
        with store.transaction() as db:
            db.execute("DELETE FROM route_corrections")
            _end_connections(address)
            db.execute("INSERT INTO route_corrections VALUES ('after', '[]', 0)")

    with pytest.raises(StoreUnavailable):
        cut_off()
    assert [each.question for each in corrections.every()] == ["before"]
    corrections.put("later", ("rhythm",))


def _end_connections(address: str) -> None:
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_is_away_is_told_at_once_and_found_again_when_it_is_back(postgres: PostgresWorld) -> None:
    store = PostgresStore(postgres.address(postgres.of_ours()))
    corrections = RouteCorrections(store)
    corrections.put("before", ("rhythm",))
    with postgres.stopped():
        began = time.monotonic()
        with pytest.raises(StoreUnavailable) as told:
            corrections.every()
        assert told.value.retry_after
        assert time.monotonic() - began < 10.0
    back = time.monotonic()
    while time.monotonic() < back + 10.0:
        try:
            assert [each.question for each in corrections.every()] == ["before"]
            break
        except StoreUnavailable:
            time.sleep(0.2)
    else:
        pytest.fail("it was not found again within ten seconds")
    store.close()


@pytest.mark.skipif(POOLER is None, reason=NO_POOLER)
def test_behind_a_pooler_that_waits_for_its_server_nobody_waits_with_it(postgres: PostgresWorld) -> None:
    name = postgres.of_ours()
    store = PostgresStore(postgres.pooled(name), postgres.address(name))
    assert store.read("SELECT 1") == [(1,)]
    time.sleep(1.1)  # until an answer is asked for before anything else
    with postgres.stopped():
        began = time.monotonic()
        with pytest.raises(StoreAway):
            store.read("SELECT 1")
        assert time.monotonic() - began < 10.0
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(StoreAway):
                store.read("SELECT 1")
        assert time.monotonic() - began < 3.0
    store.close()


def test_what_cannot_be_reached_is_told_without_the_password() -> None:
    with pytest.raises(StoreUnavailable) as told:
        PostgresStore("postgresql://me:geheim@127.0.0.1:1/music")
    assert "geheim" not in str(told.value)
    assert "postgresql://me@127.0.0.1:1/music" in str(told.value)


def test_a_database_of_a_later_version_is_refused(address: str) -> None:
    with psycopg.connect(address) as db:
        db.execute("UPDATE schema_version SET version = 1000")
    with pytest.raises(MigrationFailed, match="version 1000"):
        PostgresStore(address)


def test_the_schema_is_made_once_however_many_begin_at_once(postgres: PostgresWorld) -> None:
    address = postgres.address(postgres.database())
    threads = [threading.Thread(target=lambda: PostgresStore(address).close()) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30.0)
    store = PostgresStore(address)
    store.check()
    store.close()


def test_who_is_not_the_owner_sees_no_row_of_any_table(store: PostgresStore, address: str) -> None:
    RouteCorrections(store).put("mine", ("rhythm",))
    with psycopg.connect(address, autocommit=True) as db:
        db.execute("DROP ROLE IF EXISTS stranger")
        db.execute("CREATE ROLE stranger")
        db.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO stranger")
        tables = [row[0] for row in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        assert len(tables) > 30
        db.execute("SET ROLE stranger")
        for table in tables:
            assert db.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,), table
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("INSERT INTO route_corrections VALUES ('theirs', '[]', 0)")
        db.execute("RESET ROLE")
        db.execute("DROP OWNED BY stranger")
        db.execute("DROP ROLE stranger")


def test_rare_words_and_titles_come_first_as_on_sqlite(store: PostgresStore) -> None:
    knowledge = Knowledge(store)
    for number, text in enumerate(["the gain is low", "the gain is high, and the gain stays", "the sidechain gain"]):
        title = "Limiters" if number == 0 else "Notes"
        row = SourceRow(f"/{number}", "text", "notes", "mixing", title, str(number), 1, 1.0, 1.0)
        knowledge.put(row, text, [], [(0, len(text), "")])
    found = [knowledge.passages([id])[0].address for id, _ in knowledge.match(["sidechain", "gain"], 5)]
    assert found[0] == "/2"
    assert len(knowledge.match(["limiting"], 5)) == 1
    assert [id for id, _ in knowledge.match(["sidechain", "gain"], 5, together=True)] == [3]
    assert knowledge.match(["'; DROP TABLE knowledge_words; --"], 5) == []
    assert knowledge.match(["&", "!!", ":*"], 5) == []
