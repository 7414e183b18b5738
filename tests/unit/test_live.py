"""Who follows a store sees every change once and in order: woken or not, over an outage, slow or late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import psycopg
from tests.postgres_world import PostgresWorld

from grym_synth.live import Live, Missed
from grym_synth.storage.events import Event, Events
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import LibraryFile
from grym_synth.storage.listening import listen
from grym_synth.storage.postgres import PostgresStore
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store, StoreUnavailable


def change(store: Store, *numbers: int) -> None:
    Library(store).put_files([LibraryFile(f"/{n}.wav", 1, 1, 1, n, 1, f"{n}") for n in numbers])


@asynccontextmanager
async def going(live: Live) -> AsyncIterator[None]:
    task = asyncio.create_task(live.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


class Follower:
    """Collects what is told until it is ended."""

    def __init__(self, live: Live, after: int | None = None) -> None:
        self.seen: list[Event | Missed] = []
        self._task = asyncio.create_task(self._follow(live, after))

    async def _follow(self, live: Live, after: int | None) -> None:
        async for item in live.follow(after):
            self.seen.append(item)

    def subjects(self) -> list[str]:
        return [item.subject if isinstance(item, Event) else "missed" for item in self.seen]

    async def until(self, count: int) -> list[str]:
        async with asyncio.timeout(30.0):
            while len(self.seen) < count:
                await asyncio.sleep(0.01)
        self._task.cancel()
        return self.subjects()


def test_a_change_is_announced_by_the_server_and_seen_without_looking(postgres: PostgresWorld) -> None:
    async def run() -> None:
        address = postgres.address(postgres.of_ours())
        store, other = PostgresStore(address), PostgresStore(address)
        change(other, 0)
        live = Live(Events(store), {"listen": partial(listen, address)}, net_s=3600.0)  # it never looks by itself
        async with going(live):
            late, new = Follower(live, after=0), Follower(live)
            await asyncio.sleep(0.5)
            for number in range(1, 4):
                await asyncio.to_thread(change, other, number)
            assert await late.until(4) == ["0", "1", "2", "3"]
            assert await new.until(3) == ["1", "2", "3"]
            assert live.status()["fault"] == ""
        store.close()
        other.close()

    asyncio.run(run())


def test_an_outage_costs_no_change_and_neither_does_a_lost_connection(postgres: PostgresWorld) -> None:
    async def run() -> None:
        name = postgres.of_ours()
        address = postgres.address(name)
        store, other = PostgresStore(address), PostgresStore(address)
        live = Live(Events(store), {"listen": partial(listen, address)}, net_s=0.5)
        async with going(live):
            follower = Follower(live)
            await asyncio.sleep(0.3)
            with psycopg.connect(postgres.address("postgres"), autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = %s AND application_name = 'grym-synth live'", (name,),
                )  # fmt: skip
            await asyncio.to_thread(change, other, 1)
            await asyncio.to_thread(change, other, 2)
            with postgres.stopped():
                await asyncio.sleep(0.1)
            async with asyncio.timeout(30.0):
                while True:
                    try:
                        await asyncio.to_thread(change, other, 3)
                        break
                    except StoreUnavailable:
                        await asyncio.sleep(0.2)
            assert await follower.until(3) == ["1", "2", "3"]
        store.close()
        other.close()

    asyncio.run(run())


def test_a_file_is_looked_at_and_a_reader_from_before_what_is_kept_is_told_so(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore(tmp_path / "grym.db")
        change(store, *range(6))
        Events(store).forget_before(1e12)  # all but the last
        live = Live(Events(store), net_s=0.05)
        async with going(live):
            asleep, awake = Follower(live, after=2), Follower(live, after=6)
            change(store, 7)
            assert await asleep.until(3) == ["missed", "5", "7"]
            assert await awake.until(1) == ["7"]
        store.close()

    asyncio.run(run())


def test_who_does_not_keep_up_is_told_once_and_goes_on(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore(tmp_path / "grym.db")
        live = Live(Events(store), net_s=0.02)
        async with going(live):
            follower = live.follow()
            reading = asyncio.ensure_future(anext(follower))
            await asyncio.sleep(0.1)
            change(store, 0)
            assert (await reading).seq == 1
            change(store, *range(1, 12_000))
            async with asyncio.timeout(60.0):
                while live.seq < 12_000:
                    await asyncio.sleep(0.05)
            item = await anext(follower)
            while isinstance(item, Event):
                item = await anext(follower)
            until = item.seq
            change(store, 20_000)
            async with asyncio.timeout(30.0):
                while (item := await anext(follower)).seq <= 12_000:
                    assert item.seq > until
            assert isinstance(item, Event)
            assert item.subject == "20000"
        store.close()

    asyncio.run(run())
