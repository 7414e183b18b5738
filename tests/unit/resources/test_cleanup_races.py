"""Cleaners as processes of their own, several at once on one store, and killed in the middle."""

import contextlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from grym_synth.storage.house import House
from grym_synth.storage.house_rows import LeaseRow

NOW = 1_800_000_000.0
STALE, LIVE, CLEANERS = 10_000, 1_000, 6

Process: TypeAlias = "subprocess.Popen[str]"
Start: TypeAlias = Callable[..., Process]

#: Waits for the start, then cleans until nothing is stale, through the same pass as the hub. Prints what it took.
CLEANER = """
import asyncio, json, sys
from pathlib import Path
from grym_synth.resources.cleaners import StaleRows
from grym_synth.resources.cleanup import AuditLog, clean
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House

house = House(Path(sys.argv[1]), sys.argv[2])
rules = [rule for rule in RULES if rule.kind == "lease"]
cleaner = StaleRows(house, "lease", steady=lambda: 0.0)  # a clock as still as the time of the test
house.leases()
print("ready", flush=True)
sys.stdin.readline()
count = 0
while True:
    report = asyncio.run(clean(rules, {"lease": cleaner}, {}, float(sys.argv[3]), AuditLog(house)))
    assert not report.failures, report.failures
    count += sum(item.count for item in report.removed)
    if not report.removed:
        break
print(json.dumps(count), flush=True)
"""

#: Beats for its leases, again and again, until its input ends.
HOLDER = """
import dataclasses, select, sys
from pathlib import Path
from grym_synth.storage.house import House

house = House(Path(sys.argv[1]), "holder")
mine = [row for row in house.leases() if row.id.startswith("live")]
print("ready", flush=True)
beats = 0
while not select.select([sys.stdin], [], [], 0.01)[0]:
    house.put_leases([dataclasses.replace(row, heartbeat=float(sys.argv[2])) for row in mine])
    beats += 1
print(beats)
"""

#: Cleans up handles once; prints what it took.
FILES = """
import asyncio, json, sys, time
from pathlib import Path
from grym_synth.resources.cleaners import OwnFiles, handle_places
from grym_synth.resources.cleanup import AuditLog, clean
from grym_synth.resources.rules import RULES
from grym_synth.storage.house import House

home = Path(sys.argv[1])
rules = [rule for rule in RULES if rule.kind == "handle"]
audit = AuditLog(House(home / "grym.db", sys.argv[2]))
asyncio.run(audit.write())
print("ready", flush=True)
sys.stdin.readline()
report = asyncio.run(clean(rules, {"handle": OwnFiles(handle_places(home))}, {}, time.time(), audit))
assert not report.failures, report.failures
print(json.dumps([item.what for item in report.removed]))
"""

#: The same, killed between the hundredth file and its next line.
KILLED = (
    """
import os, pathlib, signal

left = 100
unlink = pathlib.Path.unlink

def unlink_or_die(path, missing_ok=False):
    global left
    unlink(path, missing_ok)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

pathlib.Path.unlink = unlink_or_die
"""
    + FILES
)

#: Takes a few rows at a time, so that a kill finds it in the middle.
SLOW = """
import sys
from pathlib import Path
from grym_synth.storage.house import House

house = House(Path(sys.argv[1]), "slow")
print("ready", flush=True)
while house.take_stale("lease", float(sys.argv[2]), stale_after=30.0, limit=20, cause="no heartbeat"):
    pass
print("done", flush=True)
"""


def fill(path: Path, *, stale: int, live: int) -> None:
    """Leases without a heartbeat for over 30 s among those with one, in no order."""
    rows = [(f"stale {n}", NOW - 31.0 - n % 977) for n in range(stale)] + [(f"live {n}", NOW) for n in range(live)]
    random.Random(5).shuffle(rows)
    house = House(path, "dead hub")
    house.put_leases(
        LeaseRow(id, "dead hub", "s1", "listen", "default", "batch", 1.0, 0.5, NOW - 9e3, None, beat)
        for id, beat in rows
    )
    house.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start programs, which then wait for a word; all of them end with the test."""
    with contextlib.ExitStack() as stack:

        def begin(program: str, *arguments: object) -> Process:
            command = [sys.executable, "-c", program, *map(str, arguments)]
            process = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            return process

        yield begin


def write_handles(home: Path, *, stale: int, live: int) -> Path:
    """Files behind handles, unused for long or just made."""
    handles = home / "handles"
    handles.mkdir()
    for n in range(stale + live):
        file = handles / f"{n:032}.npy"
        file.write_bytes(b"x")
        if n < stale:
            os.utime(file, (time.time() - 1e4,) * 2)
    return handles


def let_go(processes: Iterable[Process]) -> None:
    """Give all of them the word at once."""
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()


def audited(path: Path) -> Counter[str]:
    """How often each lease stands in the audit log."""
    with sqlite3.connect(path) as db:
        details = [json.loads(row[0]) for row in db.execute("SELECT detail FROM audit")]
    db.close()
    return Counter(row["id"] for detail in details for row in detail["rows"])


def there(path: Path) -> set[str]:
    house = House(path)
    ids = {row.id for row in house.leases()}
    house.close()
    return ids


@pytest.mark.slow
def test_six_cleaners_at_once_take_each_stale_lease_once_and_no_live_one(tmp_path: Path, start: Start) -> None:
    path = tmp_path / "grym.db"
    fill(path, stale=STALE, live=LIVE)
    holder = start(HOLDER, path, NOW)
    cleaners = [start(CLEANER, path, f"hub {n}", NOW) for n in range(CLEANERS)]
    let_go(cleaners)
    counts = [json.loads(cleaner.communicate()[0]) for cleaner in cleaners]
    assert int(holder.communicate("\n")[0]) > 0
    assert sum(counts) == STALE
    assert there(path) == {f"live {n}" for n in range(LIVE)}
    taken = audited(path)
    assert set(taken) == {f"stale {n}" for n in range(STALE)}
    assert set(taken.values()) == {1}


@pytest.mark.slow
def test_what_a_killed_cleaner_took_is_removed_and_audited_and_the_rest_is_still_there(
    tmp_path: Path, start: Start
) -> None:
    path = tmp_path / "grym.db"
    fill(path, stale=STALE, live=100)
    everything = there(path)
    chance = random.Random(3)
    interrupted = 0
    for _ in range(8):
        cleaner = start(SLOW, path, NOW)
        time.sleep(chance.uniform(0.0, 0.03))
        cleaner.kill()
        assert cleaner.stdout is not None
        is_done = bool(cleaner.stdout.read())
        cleaner.wait()
        gone, left = audited(path), there(path)
        interrupted += not is_done and 0 < len(gone) < STALE
        assert set(gone) | left == everything
        assert not set(gone) & left
        assert set(gone.values()) <= {1}
    assert interrupted, "no cleaner was killed in the middle"
    last = start(CLEANER, path, "last", NOW)
    last.communicate("\n")
    assert there(path) == {f"live {n}" for n in range(100)}
    assert sum(audited(path).values()) == STALE


@pytest.mark.slow
def test_cleaners_wait_for_one_that_holds_the_write_lock_and_what_it_did_not_finish_is_theirs(
    tmp_path: Path, start: Start
) -> None:
    path = tmp_path / "grym.db"
    fill(path, stale=50, live=5)
    hold = sqlite3.connect(path, isolation_level=None)
    hold.execute("BEGIN IMMEDIATE")
    hold.execute("DELETE FROM leases")
    cleaner = start(CLEANER, path, "hub 1", NOW)
    let_go([cleaner])
    time.sleep(0.2)
    assert there(path) == {f"stale {n}" for n in range(50)} | {f"live {n}" for n in range(5)}
    hold.execute("ROLLBACK")
    hold.close()
    assert json.loads(cleaner.communicate()[0]) == 50
    assert len(there(path)) == 5


@pytest.mark.slow
def test_files_that_six_cleaners_find_at_once_go_once_without_a_failure(tmp_path: Path, start: Start) -> None:
    handles = write_handles(tmp_path, stale=300, live=100)
    cleaners = [start(FILES, tmp_path, f"hub {n}") for n in range(CLEANERS)]
    let_go(cleaners)
    went = Counter(path for cleaner in cleaners for path in json.loads(cleaner.communicate()[0]))
    assert len(went) == 300
    assert set(went.values()) == {1}
    assert len(list(handles.iterdir())) == 100


@pytest.mark.slow
def test_of_the_files_that_a_killed_cleaner_removed_every_one_is_in_the_audit_log(tmp_path: Path, start: Start) -> None:
    handles = write_handles(tmp_path, stale=300, live=10)
    before = {str(file) for file in handles.iterdir()}
    cleaner = start(KILLED, tmp_path, "hub 1")
    let_go([cleaner])
    assert cleaner.wait() == -signal.SIGKILL
    removed = before - {str(file) for file in handles.iterdir()}
    assert len(removed) == 100
    house = House(tmp_path / "grym.db")
    named = {key for row in house.audit_since() for key in row.detail["items"]}  # type: ignore[union-attr]
    house.close()
    assert removed <= named
    assert not {str(file) for file in sorted(handles.iterdir())[-10:]} & named
