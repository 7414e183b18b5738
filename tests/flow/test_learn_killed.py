"""`grym learn` killed with kill -9 at several points: run again, every source is kept once, and whole."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.sqlite import SqliteStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

COUNT = 12
KILL_AT = (0, 4)  # sources that are kept by then


def command(home: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "grym_synth", "learn", str(folder), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "GRYM_HOME": str(home)},
    )  # fmt: skip


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """What a file of the hub holds just now; nothing while it is not made yet."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []


def count_kept(home: Path) -> int:
    return len(rows(home / "grym.db", "SELECT 1 FROM knowledge_sources"))


def until(reached: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 90.0
    while not reached():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)


def write_notes(folder: Path) -> dict[str, str]:
    folder.mkdir()
    written = {}
    for number in range(COUNT):
        path = folder / f"note {number:02}.md"
        text = "\n".join(f"# Part {part}\n\nOf word{number:02}x{part} nobody else writes.\n" for part in range(20))
        path.write_text(text, encoding="utf-8", newline="")
        written[str(path)] = text
    return written


def test_killed_at_several_points_and_run_again_every_source_is_kept_once_and_whole(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "notes"
    written = write_notes(folder)
    for kept in KILL_AT:
        process = command(home, folder)
        begun = lambda: bool(rows(home / "jobs.db", "SELECT 1 FROM job_items"))  # noqa: E731
        until(lambda kept=kept, begun=begun: begun() and count_kept(home) >= kept, process)  # type: ignore[misc]
        process.kill()
        process.communicate()
        check_whole(home, written)
    assert count_kept(home) < COUNT  # else nothing was interrupted
    process = command(home, folder)
    out, err = process.communicate(timeout=120.0)
    assert process.returncode == 0, out + err
    assert json.loads(out.splitlines()[-1])["failed"] == 0
    assert check_whole(home, written) == set(written)


def check_whole(home: Path, written: dict[str, str]) -> set[str]:
    """Whatever is kept is kept once and whole, and can be found; the addresses."""
    if not (home / "grym.db").exists():
        return set()
    with closing(SqliteStore(home / "grym.db")) as store:
        knowledge = Knowledge(store)
        kept = [row.address for row in knowledge.sources()]
        assert len(kept) == len(set(kept))
        for address in kept:
            row, text = knowledge.source(address), written[address]
            assert row is not None
            assert (row.version, knowledge.text(address)) == (1, text)
            passages = knowledge.passages_of(address)
            assert all(passage.text == text[passage.start : passage.end] for passage in passages)
            number = address[-5:-3]
            assert all(f"word{number}x{part}" in "".join(each.text for each in passages) for part in range(20))
            found = knowledge.passages([id for id, _ in knowledge.match([f"word{number}x19"], 10)])
            assert [passage.address for passage in found] == [address]
        return set(kept)


def test_what_is_forgotten_does_not_come_back_with_a_job_that_was_cut_off(tmp_path: Path) -> None:
    home, folder, other = tmp_path / "home", tmp_path / "notes", tmp_path / "other.md"
    write_notes(folder)
    other.write_text("# Other\n\nNothing of the rest.\n", encoding="utf-8")
    process = command(home, folder)
    until(lambda: count_kept(home) >= 2, process)
    process.kill()
    process.communicate()
    assert 0 < count_kept(home) < COUNT
    environment = {**os.environ, "GRYM_HOME": str(home)}
    grym = [sys.executable, "-m", "grym_synth"]
    subprocess.run([*grym, "forget", "--yes", str(folder)], check=True, capture_output=True, env=environment)
    subprocess.run([*grym, "learn", str(other)], check=True, capture_output=True, env=environment)
    with closing(SqliteStore(home / "grym.db")) as store:
        assert [row.address for row in Knowledge(store).sources()] == [str(other)]
    assert b"note 07.md" not in b"".join(path.read_bytes() for path in home.glob("jobs.db*"))
