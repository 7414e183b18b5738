"""Broadcasts of Supabase Realtime as a cue, heard by its own client; the client is made anew whatever happens to it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any, cast

import psycopg
import pytest
from tests.postgres_world import PostgresWorld
from tests.realtime_world import SCHEMA, RealtimeWorld, realtime_world
from tests.supabase_world import AuthWorld

from grym_synth.errors import NotSignedIn
from grym_synth.identity import broadcasts as module
from grym_synth.identity.signin import Project, SignIn
from grym_synth.live import Live
from grym_synth.storage.events import Event, Events
from grym_synth.storage.postgres import PostgresStore


class Listener:
    """The cue, and how often it woke whoever waits."""

    def __init__(self, world: RealtimeWorld, token: Callable[[], str] = lambda: "token") -> None:
        self.woken = 0
        self.sign_in = cast(SignIn, SimpleNamespace(token=token, project=Project(world.url, "sb_publishable_x")))

    def wake(self) -> None:
        self.woken += 1

    @contextlib.asynccontextmanager
    async def hearing(self) -> AsyncIterator[None]:
        before = asyncio.all_tasks()
        task = asyncio.create_task(module.broadcasts(self.sign_in, self.wake))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await asyncio.sleep(0)
            new = asyncio.all_tasks() - before
            left = {each for each in new if "realtime/" in repr(each) or "Event.wait" in repr(each)}
            assert not left, "no task of the client is left behind"


async def until(is_so: Callable[[], bool], within_s: float = 10.0) -> None:
    give_up_at = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < give_up_at
        await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AGAIN_S", 0.02)
    monkeypatch.setattr(module, "_RENEW_S", 0.05)


def test_a_broadcast_wakes_and_so_does_each_new_beginning() -> None:
    async def story() -> None:
        async with realtime_world() as world:
            listener = Listener(world)
            async with listener.hearing():
                await until(lambda: listener.woken == 1)
                await world.say()
                await until(lambda: listener.woken == 2)
                await world.say("of something else")
                await world.end_connections(1001)
                await until(lambda: (listener.woken, world.joined) == (3, 1))
                await world.end_connections(1011)  # its client may die of that without a word
                await until(lambda: (listener.woken, world.joined) == (4, 1))
                await world.say()
                await until(lambda: listener.woken == 5)
            await until(lambda: world.joined == 0)

    asyncio.run(story())


def test_a_server_that_was_away_for_long_is_heard_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AGAIN_AT_MOST_S", 0.1)

    async def story() -> None:
        async with realtime_world() as world:
            listener = Listener(world)
            async with listener.hearing():
                await until(lambda: listener.woken == 1)
                await world.stop()
                await asyncio.sleep(1.0)  # in which it tries more often than the client by itself ever would
                await world.start()
                await until(lambda: listener.woken == 2)
                await world.say()
                await until(lambda: listener.woken == 3)

    asyncio.run(story())


def test_a_token_is_renewed_without_leaving_and_one_that_is_refused_is_tried_again_slower_and_slower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = iter(["first", *["second"] * 1000])
    monkeypatch.setattr(module, "_AGAIN_S", 0.1)

    async def story() -> None:
        async with realtime_world() as world:
            listener = Listener(world, lambda: next(tokens))
            async with listener.hearing():
                await until(lambda: world.tokens == ["first", "second"])
                assert listener.woken == 1
                world.refuses, began = True, time.monotonic()
                await world.end_connections(1011)
                await until(lambda: world.refused == 2)
                assert time.monotonic() - began > 0.1 + 0.2, "it waits longer each time"
                world.refuses = False
                await until(lambda: world.joined == 1)
                await until(lambda: listener.woken == 2)

    asyncio.run(story())


def test_whoever_is_not_signed_in_hears_nothing_until_he_is() -> None:
    signed_in = False

    def token() -> str:
        if not signed_in:
            raise NotSignedIn("nobody is signed in")
        return "token"

    async def story() -> None:
        nonlocal signed_in
        async with realtime_world() as world:
            listener = Listener(world, token)
            async with listener.hearing():
                await asyncio.sleep(0.2)
                assert (listener.woken, world.tokens) == (0, [])
                signed_in = True
                await until(lambda: listener.woken == 1)

    asyncio.run(story())


def test_a_change_in_the_store_is_heard_by_whoever_has_a_role_and_by_nobody_else(postgres: PostgresWorld) -> None:
    address = postgres.address(postgres.database())
    with psycopg.connect(address, autocommit=True) as db:
        db.execute(SCHEMA.encode())
    store = PostgresStore(address)
    auth = AuthWorld(url="http://127.0.0.1:1")

    async def story() -> None:
        async with realtime_world(address) as world:
            listener = Listener(world, auth.token)

            def cue(wake: Callable[[], None]) -> Any:
                return module.broadcasts(listener.sign_in, wake)

            live = Live(Events(store), {"broadcast": cue}, net_s=3600.0)  # it never looks by itself
            assert live.status()["cue"] == "broadcast"
            seen = list[Event]()

            async def follow() -> None:
                async for item in live.follow():
                    assert isinstance(item, Event)
                    seen.append(item)

            tasks = [asyncio.create_task(live.run()), asyncio.create_task(follow())]
            await until(lambda: world.joined == 1)
            with store.transaction() as db:
                db.execute("INSERT INTO changes (sha256) VALUES (?)", ("a" * 64,))
            await until(lambda: [event.kind for event in seen] == ["recording"])
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            config = {"private": True}
            assert world.why_not(auth.token(role="anon"), "realtime:grym", config).startswith("Unauthorized")
            assert world.why_not(auth.token(), "realtime:other", config).startswith("Unauthorized")
            assert not world.why_not(auth.token(), "realtime:grym", config)

    asyncio.run(story())
    store.close()
