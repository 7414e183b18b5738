"""A real hub under real stress: the right state and cause, agents that adapt, and well again by itself."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from grym_synth.config import Config
from grym_synth.health.readings import read_memory, total_ram_gb
from grym_synth.hub import Hub
from grym_synth.messages import Answer, Request
from grym_synth.opening import open_hub

pytestmark = pytest.mark.slow
_RECOVERY_S = 40.0  # twice ten seconds by the rules, and patience for a busy machine


@pytest.fixture
def song(make_loop: Any) -> Path:
    return Path(make_loop("song.wav", seconds=30.0))


async def ask(hub: Hub, song: Path, question: str = "how fast is it?") -> Answer:
    request = Request(question, (str(song),), str(song.parent), use_cache=False)
    return await hub.answer(request, lambda *_: None)


async def until(condition: Callable[[], bool], seconds: float) -> float:
    """Wait for a condition; how long it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds, "it never came to that"
        await asyncio.sleep(0.05)
    return time.monotonic() - begun


@asynccontextmanager
async def hub_of(home: Path, **settings: Any) -> AsyncIterator[Hub]:
    # The limits of what the test does not stress lie far away: other tests run beside it.
    far = {"memory": (5.0, 6.0, 7.0), "disk": (3.0, 2.0, 1.0), "cpu": (5.0, 6.0)}
    limits = {**far, **settings.pop("limits", {})}
    async with open_hub(Config(home=home, limits=limits, **settings)) as hub:
        yield hub


def test_a_memory_eater_makes_it_tired_and_then_critical_and_it_recovers(tmp_path: Path, song: Path) -> None:
    share = read_memory().value
    if share > 0.7:
        pytest.skip("this machine has no memory to spare")
    eat = int(0.12 * total_ram_gb() * 1e9)
    code = f"import time; x = bytearray({eat}); x[::4096] = b'x' * len(x[::4096]); time.sleep(60)"
    limits = {"memory": (share + 0.05, share + 0.08, share + 0.60)}

    async def story() -> None:
        async with hub_of(tmp_path, limits=limits) as hub:
            assert (await ask(hub, song)).health == "healthy"
            eater = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            try:
                await until(lambda: hub.upkeep.snapshot.state == "critical", 20.0)
                assert hub.upkeep.snapshot.cause == "memory"
                refused = await ask(hub, song)
                assert [gap.code for gap in refused.gaps] == ["refused"]
                assert refused.gaps[0].retry_after_s
            finally:
                eater.kill()
                eater.communicate()
            await until(lambda: hub.upkeep.snapshot.state == "warning", _RECOVERY_S)
            tired = await ask(hub, song)
            assert {item.quality for item in tired.evidence} == {"lite"}
            assert "hub is warning" in tired.evidence[0].source.method
            await until(lambda: hub.upkeep.snapshot.state == "healthy", _RECOVERY_S)
            well = await ask(hub, song)
            assert {item.quality for item in well.evidence} == {"full"}

    asyncio.run(story())


def test_a_locked_store_is_told_within_seconds_and_no_second_of_the_log_is_lost(tmp_path: Path, song: Path) -> None:
    async def story() -> None:
        async with hub_of(tmp_path) as hub:
            await asyncio.sleep(2.5)
            locker = sqlite3.connect(hub.config.store_path, isolation_level=None)
            locker.execute("BEGIN EXCLUSIVE")
            await until(lambda: hub.upkeep.snapshot.state == "critical", 10.0)
            assert hub.upkeep.snapshot.cause == "store"
            await asyncio.sleep(3.0)
            locker.execute("ROLLBACK")
            locker.close()
            await until(lambda: hub.upkeep.snapshot.state == "healthy", _RECOVERY_S)
            assert (await ask(hub, song)).claims
            await until(lambda: hub.upkeep.monitor.unwritten <= 3, 10.0)
        rows = (
            sqlite3.connect(tmp_path / "grym.db")
            .execute("SELECT seq, at, event FROM health_log ORDER BY seq")
            .fetchall()
        )
        assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
        assert max(b[1] - a[1] for a, b in itertools.pairwise(rows)) <= 3.0
        assert (rows[0][2], rows[-1][2]) == ("started", "stopped")

    asyncio.run(story())


def test_a_frozen_agent_costs_its_call_and_the_next_one_is_answered(tmp_path: Path, song: Path) -> None:
    async def story() -> None:
        async with hub_of(tmp_path, step_deadline=1.5) as hub:
            assert (await ask(hub, song)).claims
            (pid,) = hub.executor.agents.statistics()["listen"]["pids"]
            os.kill(pid, signal.SIGSTOP)
            frozen = await ask(hub, song)
            assert [gap.code for gap in frozen.gaps] == ["agent_timeout"]
            assert (await ask(hub, song)).claims

    asyncio.run(story())


def test_busy_cores_never_make_it_critical_and_a_question_is_answered(tmp_path: Path, song: Path) -> None:
    spin = [sys.executable, "-c", "while True: pass"]

    async def story() -> None:
        async with hub_of(tmp_path, limits={"cpu": (0.2, 0.3)}) as hub:
            hogs = [subprocess.Popen(spin) for _ in range(2 * len(os.sched_getaffinity(0)))]
            try:
                await until(lambda: hub.upkeep.snapshot.signals["cpu"].pressure >= 0.7, 60.0)
                await until(lambda: hub.upkeep.snapshot.state == "warning", 10.0)
                assert (await ask(hub, song)).claims
                assert "critical" not in {state for _, _, state, _ in hub.upkeep.monitor.recent}
            finally:
                for hog in hogs:
                    hog.kill()
                    hog.wait()

    asyncio.run(story())


def test_a_full_disk_is_critical_at_once_and_says_so(tmp_path: Path, song: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")

    async def story() -> None:
        async with open_hub(Config(home=small)) as hub:
            await until(lambda: hub.upkeep.snapshot.state == "critical", 3.0)
            assert hub.upkeep.snapshot.cause == "disk"
            refused = await ask(hub, song)
            assert "critical (disk" in refused.gaps[0].reason

    try:
        asyncio.run(story())
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_fault_of_ours_in_the_watch_is_logged_and_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with hub_of(tmp_path) as hub:
            monitor, sample = hub.upkeep.monitor, hub.upkeep.monitor.sample
            faults = iter([ZeroDivisionError("ours")])

            def faulty() -> Any:
                for fault in faults:
                    raise fault
                return sample()

            monkeypatch.setattr(monitor, "sample", faulty)
            before = monitor.snapshot.seq
            await until(lambda: monitor.snapshot.seq >= before + 3, 10.0)
        assert "the watch met a fault of ours" in caplog.text

    asyncio.run(story())
