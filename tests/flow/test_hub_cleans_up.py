"""A running hub removes what nobody uses, by time and by pressure, says why, and touches nothing that lives."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grym_synth.audio.spectrum.handle_names import SUFFIX, new_handle
from grym_synth.config import Config
from grym_synth.execution.keeper import mark_of_this_process
from grym_synth.hub import Hub
from grym_synth.messages import Request
from grym_synth.opening import open_hub
from grym_synth.resources.cleanup import AuditLog, clean
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import LeaseRow

pytestmark = pytest.mark.slow
_FAR = {"memory": (5.0, 6.0, 7.0), "disk": (3.0, 2.0, 1.0), "cpu": (5.0, 6.0)}


def lease(id: str, hub: str, heartbeat: float) -> LeaseRow:
    return LeaseRow(id, hub, "somebody", "listen", "default", "batch", 1.0, 0.5, heartbeat, None, heartbeat)


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it never came to that"
        await asyncio.sleep(0.05)


async def ask(hub: Hub, question: str, *paths: Path, context: str = "default") -> Any:
    request = Request(question, tuple(map(str, paths)), context=context, use_cache=False)
    return await hub.answer(request, lambda *_: None)


def old(path: Path, seconds: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    at = time.time() - seconds
    os.utime(path, (at, at))
    return path


def test_a_starting_hub_removes_what_others_left_with_its_cause_and_nothing_that_lives(tmp_path: Path) -> None:
    async def story() -> None:
        async with open_hub(Config(home=tmp_path, limits=_FAR)):
            pass  # makes the store
        house, now = House(tmp_path / "grym.db"), time.time()
        mine = mark_of_this_process(str(tmp_path))
        house.put_leases([lease("dead:1", "999999999:1:/x", now - 60.0), lease(f"{mine}:7", mine, now)])
        handle = old(tmp_path / "handles" / f"{new_handle()}{SUFFIX}", 3600.0)
        fresh = old(tmp_path / "handles" / f"{new_handle()}{SUFFIX}", 10.0)
        stranger = old(tmp_path / "handles" / "notes.txt", 1e6)
        async with open_hub(Config(home=tmp_path, limits=_FAR)):
            await until(lambda: not handle.exists() and [row.id for row in house.leases()] == [f"{mine}:7"])
        assert fresh.exists()
        assert stranger.exists()
        causes = {row.kind: row.cause for row in house.audit_since()}
        assert "no heartbeat for 30 s" in causes["lease"]
        assert "unused for 15 min" in causes["handle"]
        house.close()

    asyncio.run(story())


def test_idle_agents_are_stopped_but_for_what_is_kept_warm(tmp_path: Path, make_loop: Any) -> None:
    song = Path(make_loop("song.wav", seconds=6.0))

    async def story() -> None:
        async with open_hub(Config(home=tmp_path, limits=_FAR)) as hub:
            await asyncio.gather(ask(hub, "how fast is it", song), ask(hub, "dotted eighth at 120 bpm"))
            agents = hub.executor.agents
            assert {worker.agent for worker in agents.processes()} == {"listen", "theory"}
            later = agents._now
            agents._now = lambda: later() + 400.0
            await until(lambda: {worker.agent for worker in agents.processes()} == {"listen"}, 30.0)
            assert (await ask(hub, "dotted eighth at 120 bpm")).claims

    asyncio.run(story())


def test_memory_that_runs_short_stops_idle_agents_and_they_come_back_when_asked(tmp_path: Path) -> None:
    async def story() -> None:
        limits = {**_FAR, "memory": (1e-6, 0.999, 1.0)}  # always a warning
        async with open_hub(Config(home=tmp_path, limits=limits)) as hub:
            assert (await ask(hub, "dotted eighth at 120 bpm")).claims
            await until(lambda: not hub.executor.agents.processes(), 30.0)
            assert (await ask(hub, "dotted eighth at 120 bpm")).claims
        house = House(tmp_path / "grym.db")
        assert any("memory pressure" in row.cause for row in house.audit_since() if row.kind == "agent")
        house.close()

    asyncio.run(story())


def test_a_store_that_is_locked_delays_the_rows_and_not_the_clean_up(tmp_path: Path) -> None:
    import sqlite3

    async def story() -> None:
        async with open_hub(Config(home=tmp_path, limits=_FAR)) as hub:
            assert (await ask(hub, "dotted eighth at 120 bpm")).claims
            locker = sqlite3.connect(tmp_path / "grym.db", isolation_level=None)
            locker.execute("BEGIN EXCLUSIVE")
            handle = old(tmp_path / "handles" / f"{new_handle()}{SUFFIX}", 3600.0)  # the hub's own round is over
            audit = AuditLog(House(tmp_path / "grym.db"))
            report = await clean(RULES, hub.upkeep.cleaners, {}, time.time(), audit)
            assert not handle.exists(), "clean-up goes on"
            assert [item.kind for item in report.removed] == ["handle"]
            assert not await audit.write(), "its entry waits"
            locker.execute("ROLLBACK")
            locker.close()
            assert await audit.write()
        house = House(tmp_path / "grym.db")
        assert house.accounts()["default"].leases == 1
        assert any("unused for 15 min" in row.cause for row in house.audit_since())
        house.close()

    asyncio.run(story())


def test_a_question_does_not_wait_behind_a_folder(tmp_path: Path, make_loop: Any) -> None:
    songs = [Path(make_loop(f"song-{i}.wav", seconds=20.0 + i)) for i in range(12)]

    async def story() -> None:
        async with open_hub(Config(home=tmp_path, limits=_FAR)) as hub:
            request = Request("", tuple(map(str, songs)), context="folder", use_cache=False)
            done: list[float] = []

            async def scan() -> None:
                async for _, outcome in hub.measure(request, ["rhythm", "chords", "structure"], lambda *_: None):
                    if outcome is not None:
                        done.append(time.monotonic())

            await ask(hub, "dotted eighth at 120 bpm", context="person")  # what it costs to start is not meant here
            scanning = asyncio.create_task(scan())
            await until(lambda: hub.pool.statistics()["leases_by_priority"]["batch"] > 0)
            answer = await ask(hub, "dotted eighth at 120 bpm", context="person")
            answered = time.monotonic()
            await scanning
            assert answer.claims
            assert sum(at > answered for at in done) >= 6, "most of the folder came after the question"
            accounts = hub.pool.accounts.snapshot()
            assert accounts["folder"].leases == 12
            assert accounts["person"].leases == 2
            assert accounts["folder"].cpu_s > accounts["person"].cpu_s
        async with open_hub(Config(home=tmp_path, limits=_FAR)) as hub:
            assert hub.pool.accounts.of("folder").leases == 12, "a restart loses no account"

    asyncio.run(story())


def test_two_that_clean_at_once_remove_each_thing_once(tmp_path: Path) -> None:
    async def story() -> None:
        async with open_hub(Config(home=tmp_path, limits=_FAR)):
            pass
        house, now = House(tmp_path / "grym.db"), time.time()
        house.put_leases([lease(f"dead:{i}", "999999999:1:/x", now - 60.0) for i in range(50)])
        config = Config(home=tmp_path, limits=_FAR)
        async with open_hub(config), open_hub(config):
            await until(lambda: not house.leases())
        assert sum(row.count for row in house.audit_since() if row.kind == "lease") == 50
        house.close()

    asyncio.run(story())
