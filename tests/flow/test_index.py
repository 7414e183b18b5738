"""`grym index` as a person and a script meet it, and as it goes on after kill -9."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from benchmarks.index import write_shots
from benchmarks.index_rage import rage
from tests.ready_process import READY

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SR = 44_100


class Grym:
    """The real command in a process of its own, with a home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "GRYM_HOME": str(folder / "home")}

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = READY.run(words, cwd=self.folder, env=self.environment)
        assert "Traceback" not in done.stdout + done.stderr
        return done

    def json(self, *words: str, code: int = 0) -> dict[str, Any]:
        """The one document of a command."""
        done = self(*words, "--json")
        assert done.returncode == code, done.stderr
        (line,) = done.stdout.splitlines()
        document = json.loads(line)
        assert isinstance(document, dict)
        return document

    @contextlib.contextmanager
    def begun(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-m", "grym_synth", *words]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job inherits it ignored
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def grym(tmp_path: Path) -> Grym:
    return Grym(tmp_path)


def write_hostile(folder: Path) -> dict[str, bool]:
    """Files that nobody should be able to trip over; which of them can be listened to."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    noise = 0.1 * rng.standard_normal((SR, 7))
    soundfile.write(folder / "seven channels.wav", noise, SR)
    soundfile.write(folder / "silent.wav", np.zeros(SR), SR)
    soundfile.write(folder / "one sample.wav", np.array([0.5]), SR)
    holes = noise[:, 0].copy()
    holes[100:200] = np.nan
    soundfile.write(folder / "nan.wav", holes, SR, subtype="FLOAT")
    soundfile.write(folder / "mislabelled.wav", noise[:, 0], SR, format="FLAC")
    soundfile.write(folder / "latin.wav", noise[:, 1], SR)
    (folder / "latin.wav").rename(folder / os.fsdecode(b"caf\xe9.wav"))
    (folder / "empty.wav").touch()
    (folder / "text.mp3").write_text("milk, eggs\n" * 50)
    (folder / "truncated.wav").write_bytes((folder / "seven channels.wav").read_bytes()[:30])
    os.mkfifo(folder / "pipe.wav")
    (folder / "zero.wav").symlink_to("/dev/zero")
    (folder / "dead.wav").symlink_to("nowhere")
    (folder / "loop").symlink_to("..")
    (folder / "cover.jpg").write_bytes(b"\xff\xd8")
    return {
        "seven channels.wav": True,
        "silent.wav": True,
        "one sample.wav": True,
        "nan.wav": True,
        "mislabelled.wav": True,
        "caf\udce9.wav": True,
        "empty.wav": False,
        "text.mp3": False,
        "truncated.wav": False,
        "pipe.wav": False,
        "zero.wav": False,
        "dead.wav": False,
    }


def test_a_folder_is_listened_to_once_and_followed_through_everything(grym: Grym) -> None:
    music = grym.folder / "music"
    write_shots(music, 6)
    first = grym.json("index", "music")
    assert set(first) == {"files", "analysed", "unchanged", "moved", "removed", "failed", "seconds"}
    assert (first["files"], first["analysed"], first["failed"]) == (6, 6, [])
    again = grym.json("index", "music")
    assert (again["analysed"], again["unchanged"]) == (0, 6)

    (music / "000/00000.wav").rename(music / "renamed.wav")
    shutil.copy(music / "000/00001.wav", music / "copy.wav")
    (music / "000/00002.wav").unlink()
    (music / "000").rename(music / "kit")
    after = grym.json("index", "music")
    assert (after["files"], after["analysed"], after["removed"], after["failed"]) == (6, 0, 1, [])
    assert after["moved"] == 5

    (answer,) = [grym.json("analyze", "music/renamed.wav", "--only", "timbre")]
    assert answer["timings_ms"] is not None
    assert "timbre" in answer


def test_what_was_indexed_is_known_to_questions(grym: Grym) -> None:
    write_shots(grym.folder / "music", 1)
    grym.json("index", "music")
    before = heard(grym)
    assert {params for _, params, _ in before} == {"{}"}  # as a question asks
    done = grym("ask", "what kind of sound is it, and how loud?", "music/000/00000.wav", "--json")
    assert json.loads(done.stdout)["evidence"]
    assert heard(grym) == before


def test_bad_files_are_named_with_their_reasons_and_stop_nothing(grym: Grym) -> None:
    expected = write_hostile(grym.folder / "music")
    summary = grym.json("index", "music")
    failed = {Path(item["path"]).name: item["reason"] for item in summary["failed"]}
    assert set(failed) == {name for name, is_good in expected.items() if not is_good}
    assert all(reason and "/" not in reason for reason in failed.values())
    assert summary["files"] == len(expected)
    assert summary["analysed"] == sum(expected.values())
    again = grym.json("index", "music")
    assert (again["analysed"], again["unchanged"], again["failed"]) == (0, summary["analysed"], summary["failed"])
    told = grym("index", "music")
    assert "6 unchanged, 6 could not be listened to" in told.stdout
    assert "text.mp3: it cannot be read as audio" in told.stdout


def test_what_is_no_folder_is_refused_with_what_to_do(grym: Grym) -> None:
    (grym.folder / "a.wav").touch()
    for name, why in (("nowhere", "No such file or directory"), ("a.wav", "Not a directory")):
        done = grym("index", name)
        assert done.returncode == 3
        assert why in done.stderr
        assert "name a folder" in done.stderr
    assert grym("index").returncode == 2
    assert grym("index", "x", "--list").returncode == 2
    assert grym("index", "x", "--workers", "0").returncode == 2


def test_the_library_is_listed_and_folders_are_taken_out_of_it(grym: Grym) -> None:
    assert grym.json("index", "--list") == {"folders": [], "recordings": 0, "stale": 0}
    for name in ("one", "two"):
        write_shots(grym.folder / name, 2, seed=len(name + name[0]))
    shutil.copytree(grym.folder / "one", grym.folder / "two/copies")
    grym.json("index", "one", "two")
    listed = grym.json("index", "--list")
    assert [(Path(item["path"]).name, item["files"], item["known"]) for item in listed["folders"]] == [
        ("one", 2, 2),
        ("two", 4, 4),
    ]
    assert grym.json("index", "--remove", "two") == {"removed": str(grym.folder / "two"), "files": 4}
    assert grym.json("index", "--list")["recordings"] == 2
    assert (grym.folder / "two/copies").is_dir()
    with contextlib.closing(sqlite3.connect(grym.folder / "home/grym.db")) as db:
        db.execute("UPDATE recordings SET recipe = 'listen of last year'")
        db.commit()
    assert grym.json("index", "--list")["stale"] == 2
    assert "the next `grym index` listens to them anew" in grym("index", "--list").stdout
    assert grym.json("index", "one")["analysed"] == 2
    assert grym.json("index", "--list")["stale"] == 0
    assert grym.json("index", "--remove", "two", code=3)["error"]["hint"] == "grym index --list"
    assert "2 files" in grym("index", "--list").stdout


def test_a_running_hub_indexes_for_others(grym: Grym) -> None:
    write_shots(grym.folder / "music", 3)
    with grym.begun("serve") as hub:
        assert hub.stderr is not None
        assert any("is ready" in line for line in hub.stderr)
        assert grym.json("index", "music")["analysed"] == 3
        assert grym.json("index", "--list")["recordings"] == 3
        assert grym.json("index", "music")["unchanged"] == 3


def test_a_hub_that_serves_hears_anew_what_an_earlier_version_heard_and_tells_of_it_meanwhile(grym: Grym) -> None:
    write_shots(grym.folder / "music", 3)
    grym.json("index", "music")
    with contextlib.closing(sqlite3.connect(grym.folder / "home/grym.db")) as db:
        db.execute("UPDATE recordings SET recipe = 'listen of last year'")
        db.execute("DELETE FROM heard")
        db.commit()
    shutil.rmtree(grym.folder / "home/cache")  # only a new version changes recipes, and none is of its recipe then
    found = grym.json("find", "shorter than a minute")
    assert found["total"] == 3
    assert "3 recordings were heard by an earlier version" in found["notes"][0]
    with grym.begun("serve"):
        deadline = time.monotonic() + 120.0
        while time.monotonic() < deadline and grym.json("index", "--list")["stale"]:
            time.sleep(0.2)
        assert grym.json("index", "--list")["stale"] == 0
        assert grym.json("find", "shorter than a minute")["notes"] == []
        (job,) = grym.json("jobs")["jobs"]
        assert (job["kind"], job["done"]) == ("index", 3)


def test_who_is_interrupted_says_how_to_go_on_and_does(grym: Grym) -> None:
    write_shots(grym.folder / "music", 40)
    with grym.begun("index", "music", "--workers", "1") as index:
        deadline = time.monotonic() + 120.0
        while time.monotonic() < deadline and known(grym) < 3:
            time.sleep(0.05)
        os.killpg(index.pid, signal.SIGINT)
        _, told = index.communicate(timeout=60.0)
        assert index.returncode == 130
    assert "the same command goes on from here" in told
    assert "Traceback" not in told
    before = known(grym)
    assert 3 <= before < 40
    summary = grym.json("index", "music")
    assert (summary["analysed"], summary["unchanged"]) == (40 - before, before)


def test_folders_are_followed_while_somebody_watches(grym: Grym) -> None:
    write_shots(grym.folder / "music", 1)
    with grym.begun("index", "music", "--watch", "--json") as watch:
        assert watch.stdout is not None
        assert json.loads(watch.stdout.readline())["analysed"] == 1
        write_shots(grym.folder / "music", 2)  # the first is the same again
        assert json.loads(watch.stdout.readline())["analysed"] == 1
    assert known(grym) == 2


@pytest.mark.parametrize("as_job", [True, False])
def test_an_index_that_is_killed_again_and_again_listens_to_nothing_twice_but_what_was_under_way(
    tmp_path: Path, as_job: bool
) -> None:
    write_shots(tmp_path / "music", 30, seconds=0.2)
    found = rage(tmp_path / "home", tmp_path / "music", kills=4, workers=2, seed=3, as_job=as_job)
    assert found.kills == 4
    assert found.is_whole, found


def heard(grym: Grym) -> list[tuple[str, str, float]]:
    """What was listened to: capability, settings, when."""
    with contextlib.closing(sqlite3.connect(grym.folder / "home/grym.db")) as db:
        return db.execute("SELECT capability, params, heard_at FROM heard ORDER BY capability").fetchall()


def known(grym: Grym) -> int:
    """Recordings that the library knows; none before there is one."""
    store = grym.folder / "home/grym.db"
    if not store.exists():
        return 0
    with contextlib.closing(sqlite3.connect(store)) as db, contextlib.suppress(sqlite3.OperationalError):
        return int(db.execute("SELECT count(*) FROM recordings").fetchone()[0])
    return 0
