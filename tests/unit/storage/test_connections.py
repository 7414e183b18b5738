"""The circle: connections run out, that is pressure, pressure cleans up, and cleaning gives connections back."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.postgres_world import PostgresWorld

from grym_synth.config import Config
from grym_synth.execution.supervisor import Supervisor
from grym_synth.resources.books import Books
from grym_synth.resources.cleanup import AuditLog, clean
from grym_synth.resources.pool import Pool
from grym_synth.resources.room import Capacity
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House
from grym_synth.storage.opening import open_house, open_store
from grym_synth.storage.postgres import PostgresStore
from grym_synth.upkeep import Upkeep


def upkeep_of(config: Config, house: House) -> Upkeep:
    agents = Supervisor({}, home=config.home, check=lambda card: None)
    return Upkeep(config, Pool(Capacity(2.0, 4.0)), agents, house, Books(house), {})


@contextlib.contextmanager
def all_in_use(store: PostgresStore, count: int) -> Iterator[None]:
    """So many connections of a pool are lent for the body of a `with` block."""
    taken, done = threading.Barrier(count + 1), threading.Event()

    def hold() -> None:
        with store.beside_others() as db:
            db.execute("SELECT 1")
            taken.wait(30.0)
            done.wait(30.0)

    threads = [threading.Thread(target=hold) for _ in range(count)]
    for thread in threads:
        thread.start()
    taken.wait(30.0)
    try:
        yield
    finally:
        done.set()
        for thread in threads:
            thread.join()


def fill_the_server(address: str, held: contextlib.ExitStack) -> int:
    """Take connections as an ordinary user until there are none; how many."""
    count = 0
    with contextlib.suppress(psycopg.OperationalError):
        while True:
            held.enter_context(contextlib.closing(psycopg.connect(address)))
            count += 1
    return count


def test_connections_run_out_which_is_pressure_and_cleans_up_and_others_find_room_again(
    postgres: PostgresWorld, tmp_path: Path
) -> None:
    name = postgres.of_ours()
    config = Config(home=tmp_path, store=postgres.address(name))
    with psycopg.connect(postgres.address(name), autocommit=True) as db:
        db.execute("DROP ROLE IF EXISTS grym_other")
        db.execute("CREATE ROLE grym_other LOGIN")
    other = postgres.address(name, "grym_other")
    house, store = open_house(config, "the hub"), open_store(config)
    assert isinstance(store, PostgresStore)
    upkeep = upkeep_of(config, house)
    upkeep.connections.look()  # health and room have their own connection from now on
    assert upkeep.signals()["store"].pressure < 0.2

    with contextlib.ExitStack() as held:
        with all_in_use(store, 3):
            taken = fill_the_server(other, held)
            assert taken > 10
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(other)
            usage = upkeep.connections.look()  # also while none is left
            assert usage.server_lent >= usage.server_most > taken
        signal = upkeep.signals()["store"]
        assert signal.state == "critical"
        assert f"{usage.server_lent} of {usage.server_most} connections of the server" in signal.cause

        usage = upkeep.connections.look()
        assert (usage.open, usage.lent) == (3, 0)  # three that nobody uses
        cleaners = {"connection": upkeep._usual_cleaners()["connection"]}
        report = asyncio.run(clean(RULES, cleaners, upkeep.signals(), time.time(), AuditLog(house)))
        (removed,) = report.removed
        assert (removed.kind, removed.count) == ("connection", 3)
        assert "store value" in removed.cause
        until = time.monotonic() + 10.0
        while True:  # the server takes a moment to see them gone
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(other):
                break
            assert time.monotonic() < until
        assert [(row.kind, row.count) for row in house.audit_since() if row.kind == "connection"] == [("connection", 3)]
        assert store.read("SELECT 1") == [(1,)]  # ours works on, by a new one
    upkeep.connections.look()
    assert upkeep.signals()["store"].state == "healthy"
    store.close()
    house.close()


def test_a_full_pool_with_somebody_who_waits_is_pressure_and_without_is_none(
    postgres: PostgresWorld, tmp_path: Path
) -> None:
    config = Config(home=tmp_path, store=postgres.address(postgres.of_ours()))
    house = open_house(config)
    upkeep = upkeep_of(config, house)
    store = PostgresStore(config.store, most=2)
    with all_in_use(store, 2):
        upkeep.connections.look()
        assert (upkeep.connections.usage.share, upkeep.signals()["store"].state) == (1.0, "healthy")
        waiting = threading.Thread(target=lambda: store.read("SELECT 1"))
        waiting.start()
        until = time.monotonic() + 4.0
        while not upkeep.connections.look().waiting:
            assert time.monotonic() < until
        assert upkeep.signals()["store"].state == "critical"
        assert upkeep.signals()["store"].cause == "1 wait for a connection"
    waiting.join()
    assert upkeep.connections.look().lent == 0
    told: Any = upkeep.status()["store"]
    assert told["connections"]["most"] == 2
    store.close()
    house.close()


def test_where_the_store_is_a_file_there_is_nothing_to_count(tmp_path: Path) -> None:
    house = open_house(Config(home=tmp_path))
    upkeep = upkeep_of(Config(home=tmp_path), house)
    assert upkeep.connections.look().most == 0
    assert "connections" not in str(upkeep.status()["store"])
    house.close()
