"""`grym learn` and `grym forget` as a person and a script meet them."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest
from tests.command import Grym

PAGE = """<html lang="en"><head><title>Low end</title></head><body><nav>Home</nav><article><h1>Low end</h1>
<p>Keep the kick and the bass apart, since both want the same place between fifty and ninety hertz in a mix.</p>
<h2>Ducking</h2><p>Let the kick push the bass down by four decibels, with a release that ends before the next hit
comes, so that nobody hears it work and everybody feels it.</p></article></body></html>"""


@pytest.fixture
def grym(tmp_path: Path) -> Grym:
    return Grym(tmp_path)


def test_a_folder_is_read_once_and_only_what_changed_is_read_again(grym: Grym, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "low.html").write_text(PAGE, encoding="utf-8")
    (notes / "copy.htm").write_text(PAGE + "<!-- saved -->", encoding="utf-8")
    (notes / "room.md").write_text("# Rooms\r\n\r\nHang something soft.\r\n", encoding="utf-8")
    (notes / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    *told, summary = grym("learn", "notes")
    states = {Path(item.get("address") or item["path"]).name: item for item in told}
    assert (summary["new"], summary["failed"]) == (3, 1)
    assert "damaged" in states["broken.pdf"]["error"]["message"]
    assert sorted((states["low.html"]["folded"], states["copy.htm"]["folded"])) == [0, states["low.html"]["passages"]]
    (notes / "room.md").write_text("# Rooms\n\nHang something heavy.\n", encoding="utf-8")
    (notes / "copy.htm").unlink()
    (notes / "broken.pdf").unlink()
    *told, summary = grym("learn", "notes")
    assert [(item["state"], item["title"], item["version"]) for item in told] == [("changed", "Rooms", 2)]
    assert (summary["unchanged"], summary["missing"]) == (1, [str(notes / "copy.htm")])
    (listed,) = grym("learn", "--list")
    assert {(row["kind"], row["domain"]) for row in listed["sources"]} == {("page", "notes"), ("markdown", "notes")}


def test_what_is_forgotten_is_shown_first_and_then_gone(grym: Grym, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("the quincetwirler word stands only here", encoding="utf-8")
    grym("learn", "one.txt", "--domain", "mine")
    (asked,) = grym("forget", "mine", code=3)
    assert asked == {"would_forget": [str(tmp_path / "one.txt")]}
    (gone,) = grym("forget", "mine", "--yes")
    assert (gone["forgotten"], gone["passages"]) == ([str(tmp_path / "one.txt")], 1)
    for path in grym.home.rglob("*"):
        assert not path.is_file() or b"quincetwirler" not in path.read_bytes(), path
    grym("forget", "mine", "--yes", code=3)


def test_what_is_not_there_is_refused_before_anything_begins(grym: Grym) -> None:
    (refused,) = grym("learn", "nowhere.md", code=3)
    assert "nowhere.md" in refused["error"]["message"]
    (refused,) = grym("learn", "/etc/hostname", "--every", "1s", code=3)
    assert "5m" in refused["error"]["message"]


def test_a_folder_that_is_read_again_is_listed_with_its_time(grym: Grym, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    grym("learn", "notes", "--every", "12h")
    (listed,) = grym("learn", "--list")
    assert [(item["address"], item["every_s"]) for item in listed["follows"]] == [(str(tmp_path / "notes"), 43200.0)]


def test_a_recording_that_cannot_be_heard_is_told_with_the_reason(grym: Grym, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    failed, summary = grym("learn", "empty.wav", code=3)
    assert failed["error"]["message"].startswith("'empty.wav' cannot be listened to: ")
    assert len(failed["error"]["message"]) > len("'empty.wav' cannot be listened to: ") + 5
    assert summary["failed"] == 1


def test_a_watched_folder_is_read_again_when_something_changes_and_the_watch_ends_when_told(
    grym: Grym, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "one.md").write_text("# One\n\nThe first.\n", encoding="utf-8")
    with subprocess.Popen(
        grym.command("learn", "notes", "--watch"), cwd=tmp_path, env=grym.environment, stdout=subprocess.PIPE, text=True
    ) as watch:
        assert watch.stdout is not None
        told = (json.loads(line) for line in watch.stdout)
        try:
            assert (next(told)["title"], next(told)["new"]) == ("One", 1)
            (notes / "two.md").write_text("# Two\n\nThe second.\n", encoding="utf-8")
            assert (next(told)["title"], next(told)["new"]) == ("Two", 1)
            (notes / "one.md").write_text("# One, again\n\nThe first.\n", encoding="utf-8")
            assert (next(told)["version"], next(told)["changed"]) == (2, 1)
            (notes / "two.md").unlink()
            assert next(told)["missing"] == [str(notes / "two.md")]
        finally:
            watch.send_signal(signal.SIGINT)
        assert not [*told]
    assert watch.returncode in (130, -signal.SIGINT)
