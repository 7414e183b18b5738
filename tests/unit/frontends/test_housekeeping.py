import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from grym_synth.execution.keeper import MARK, mark_of_this_process
from grym_synth.frontends.housekeeping import cleanup, report_lines
from grym_synth.resources.cleanup import Removed, Report
from grym_synth.storage.house import House
from grym_synth.storage.house_rows import LeaseRow

HALF = ".grym-" + "0123456789abcdef" * 2 + ".wav"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("GRYM_HOME", str(home))
    monkeypatch.chdir(tmp_path)
    return home


def run(*words: str) -> Any:
    app = typer.Typer()
    app.command()(cleanup)
    return CliRunner().invoke(app, list(words))


def removed(*words: str) -> list[tuple[str, str]]:
    """(kind, name) of what a run removed, or would have."""
    done = run("--json", *words)
    assert done.exit_code == 0, done.output
    (line,) = done.stdout.splitlines()
    return [(item["kind"], Path(item["what"]).name) for item in json.loads(line)["removed"]]


def litter(home: Path, folder: Path) -> House:
    """A stale lease, a leftover beside an output, an old handle."""
    for path in (folder / HALF, home / "handles" / f"{'h' * 32}.npy"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 2_000_000)
        os.utime(path, (time.time() - 7200.0,) * 2)
    house = House(home / "grym.db", "gone")
    now = time.time()
    living = mark_of_this_process(str(home))  # a hub that runs, and cannot write just now
    house.put_leases(
        LeaseRow(id, hub, "step 1", "listen", "default", "batch", 1.0, 0.5, now - 90.0, None, beat)
        for id, hub, beat in (("stale", "gone", now - 60.0), ("live", "gone", now), ("own", living, now - 60.0))
    )
    return house


def test_a_dry_run_says_what_a_run_then_removes(home: Path, tmp_path: Path) -> None:
    house = litter(home, tmp_path)
    expected = [("lease", "stale"), ("handle", f"{'h' * 32}.npy"), ("temporary", HALF)]
    assert removed("--dry-run") == expected
    assert removed("--dry-run") == expected
    assert house.audit_since() == []
    assert removed() == expected
    assert removed() == []
    assert [row.kind for row in house.audit_since()] == ["lease", "handle", "temporary"]
    assert {row.id for row in house.leases()} == {"live", "own"}
    house.close()


def test_people_are_told_what_why_and_how_much(home: Path, tmp_path: Path) -> None:
    litter(home, tmp_path).close()
    lines = run("--dry-run").stdout.splitlines()
    assert lines[0] == "lease         stale: no heartbeat for 30 s"
    assert lines[2] == f"temporary     {tmp_path / HALF} (2.0 MB): untouched for 60 min"
    assert lines[-1] == "3 would be removed, 4.0 MB"
    assert run().stdout.splitlines()[-1] == "3 removed, 4.0 MB"
    assert run().stdout == "there was nothing to remove\n"
    assert run("--dry-run").stdout == "nothing would be removed\n"


def test_a_name_that_would_steer_the_terminal_is_spelled_out(home: Path) -> None:
    report = Report((Removed("handle", "a\x1b[2Jb", "unused", 1, None),))
    assert report_lines(report, dry_run=False)[0] == "handle        a\\x1b[2Jb: unused"


def test_a_store_that_cannot_be_opened_is_told_and_the_files_go_all_the_same(home: Path, tmp_path: Path) -> None:
    litter(home, tmp_path).close()
    for path in home.glob("grym.db*"):
        path.unlink()
    (home / "grym.db").write_text("a shopping list, " * 200)
    done = run()
    assert done.exit_code == 0
    assert "no store of grym-synth" in done.stderr
    assert "2 removed" in done.stdout
    assert run("--json").exit_code == 5
    assert (home / "grym.db").read_text().startswith("a shopping list")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="the system tells no environments")
def test_processes_of_a_hub_that_runs_no_more_are_ended_and_those_of_a_living_one_are_not(home: Path) -> None:
    sleep: Sequence[str] = [sys.executable, "-c", "input()"]
    marks = [f"999999999:1:{home}", mark_of_this_process(str(home)), f"999999999:1:{home}/other"]
    running = [subprocess.Popen(sleep, stdin=subprocess.PIPE, env={MARK: mark}) for mark in marks]
    try:
        for process, mark in zip(running, marks, strict=True):
            while mark.encode() not in Path(f"/proc/{process.pid}/environ").read_bytes():
                time.sleep(0.01)
        assert [kind for kind, _ in removed("--dry-run")] == ["process"]
        assert [process.poll() for process in running] == [None] * 3
        assert [kind for kind, _ in removed()] == ["process"]
        assert running[0].wait(10.0) < 0
        assert [process.poll() for process in running[1:]] == [None] * 2
    finally:
        for process in running:
            process.communicate()
