"""A hub that is killed, and the one after it: the log of health goes on, and nothing is left of the first."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ready_process import READY

from grym_synth.execution import keeper

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def serving(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A hub that serves, once it takes calls."""
    environment = {**os.environ, "GRYM_HOME": str(home)}
    hub = subprocess.Popen(
        [sys.executable, "-m", "grym_synth", "serve"], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert hub.stderr is not None
    try:
        for line in hub.stderr:
            if "is ready" in line:
                break
        yield hub
    finally:
        hub.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            hub.communicate(timeout=10.0)
        hub.kill()
        hub.communicate()


def grym(home: Path, *words: str) -> Any:
    done = READY.run((*words, "--json"), env={**os.environ, "GRYM_HOME": str(home)})
    return json.loads(done.stdout)


def rows(home: Path, what: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(home / "grym.db")) as db:
        return db.execute(what).fetchall()


def test_after_kill_9_the_next_hub_counts_on_and_says_how_long_nobody_watched(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        assert grym(tmp_path, "status")["hub"]["pid"] == first.pid
        time.sleep(3.0)
        first.kill()
        first.wait()
        died = time.time()
    unwatched = grym(tmp_path, "status")
    assert unwatched["hub"] is None
    assert [(unwatched["last"]["state"],)] == rows(tmp_path, "SELECT state FROM health_log ORDER BY seq DESC LIMIT 1")
    time.sleep(1.0)
    with serving(tmp_path):
        now = grym(tmp_path, "status")
        assert now["seq"] > unwatched["last"]["seq"]
        assert 1.0 <= now["unwatched_s"] <= time.time() - died + 5.0
    events = [event for (event,) in rows(tmp_path, "SELECT event FROM health_log WHERE event != '' ORDER BY seq")]
    assert [event for event in events if event != "changed"] == ["started", "started", "stopped"]
    numbers = [seq for (seq,) in rows(tmp_path, "SELECT seq FROM health_log ORDER BY seq")]
    assert len(numbers) == len(set(numbers))


def test_a_pause_outlives_the_hub_that_was_told(tmp_path: Path) -> None:
    assert grym(tmp_path, "pause") == {"paused": True}
    with serving(tmp_path):
        deadline = time.monotonic() + 5.0
        while not grym(tmp_path, "status")["pool"]["paused"] and time.monotonic() < deadline:
            time.sleep(0.1)
        assert grym(tmp_path, "status")["pool"]["paused"]
        assert grym(tmp_path, "resume") == {"paused": False}
        assert not grym(tmp_path, "status")["pool"]["paused"]
    assert not (tmp_path / "paused").exists()


def test_a_hub_that_is_killed_takes_its_agents_with_it_and_its_socket_hinders_nobody(
    tmp_path: Path, make_loop: Any
) -> None:
    song = str(make_loop("song.wav", seconds=6.0))
    with serving(tmp_path) as hub:
        assert grym(tmp_path, "ask", "how fast is it", song)["claims"]
        assert [pid for pid, mark in keeper.marks() if mark.endswith(f":{tmp_path}")]
        hub.kill()
        hub.wait()
        deadline = time.monotonic() + 5.0
        while [pid for pid, mark in keeper.marks() if mark.endswith(f":{tmp_path}")] and time.monotonic() < deadline:
            time.sleep(0.05)
    assert not [pid for pid, mark in keeper.marks() if mark.endswith(f":{tmp_path}")]
    assert grym(tmp_path, "ask", "how fast is it", song, "--no-cache")["claims"]
