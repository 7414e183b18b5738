"""Two people with homes of their own exchange packs by the command line and by asking; a kill leaves nothing half."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.command import Grym

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Person(Grym):
    """Whose command tells one thing."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, home=name)

    def told(self, *words: str, code: int = 0) -> dict[str, Any]:
        return self(*words, code=code)[-1]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the recordings of two people, and the homes that they begin with."""
    folder = tmp_path_factory.mktemp("world")
    rng, t = np.random.default_rng(3), np.arange(22050) / 44100
    for name in ("music/hit.wav", "hers/07.wav"):
        (folder / name).parent.mkdir()
    soundfile.write(folder / "music" / "hit.wav", 0.5 * rng.standard_normal(22050) * np.exp(-14 * t), 44100)
    shutil.copy(folder / "music" / "hit.wav", folder / "hers" / "07.wav")
    (folder / "side.md").write_text("# Sidechain\n\nDuck the pad by 6 dB when the kick hits.\n", encoding="utf-8")
    ben, anna = Person(folder, "ben"), Person(folder, "anna")
    ben.told("index", "music")
    ben.told("teach", "splat", "music/hit.wav")
    ben.told("learn", "side.md")
    anna.told("index", "hers")
    return folder


@pytest.fixture
def ben(world: Path, tmp_path: Path) -> Person:
    """Somebody with a labelled recording and a note."""
    return Person(world, str(shutil.copytree(world / "ben", tmp_path / "ben")))


@pytest.fixture
def anna(world: Path, tmp_path: Path) -> Person:
    """Somebody with the same recording under another name."""
    return Person(world, str(shutil.copytree(world / "anna", tmp_path / "anna")))


@pytest.fixture
def at_work(ben: Person, anna: Person) -> Iterator[None]:
    """With a hub of each that serves: what follows does not open one for each command."""
    with ben.serving(), anna.serving():
        yield


@pytest.mark.usefixtures("at_work")
def test_a_pack_is_refused_until_its_signer_is_trusted_then_told_by_name_and_taken_back(
    ben: Person, anna: Person
) -> None:
    made = ben.told("share", "export", "ben.grym", "--what", "labels,features,notes")
    assert made["holds"] == {"labels": 1, "features": 1, "notes": 1, "recordings": 1}
    seen = anna.told("share", "verify", "ben.grym")
    assert (seen["trusted"], seen["recordings"]["copy"], seen["signer"]) == (False, 1, made["signer"])
    refused = anna.told("share", "import", "ben.grym", code=3)
    assert refused["error"]["code"] == "not_trusted"
    assert anna.told("share", "list")["packs"] == []
    anna.told("share", "trust", ben.told("share", "key")["key"], "--name", "Ben")
    assert anna.told("share", "import", "ben.grym", "--dry-run")["taken"] is False
    assert anna.told("share", "list")["packs"] == []
    assert anna.told("share", "import", "ben.grym")["taken"] is True

    answer = anna.told("ask", "what is this?", "hers/07.wav")
    assert 'Ben calls it "splat"' in answer["answer"]
    (said,) = [item for item in answer["evidence"] if item["name"] == "timbre.said_labels"]
    assert said["source"]["method"] == f"said by Ben ({made['signer'][:13]})"
    assert len(anna.told("find", "splat")["matches"]) == 1
    (passage,) = anna.told("notes", "sidechain kick pad")["passages"]
    assert passage["source"].startswith(f"{made['signer'][:13]}:")
    assert "Duck the pad by 6 dB" in anna.told("ask", "what do my notes say about ducking the pad?")["answer"]

    anna.told("share", "undo")
    assert "splat" not in anna.told("ask", "what is this?", "hers/07.wav")["answer"]
    assert anna.told("notes", "sidechain kick pad")["passages"] == []


@pytest.mark.usefixtures("at_work")
def test_packs_are_written_and_taken_in_by_asking_and_only_after_a_yes(ben: Person, anna: Person) -> None:
    planned = ben.told("ask", "share my labels with Anna", code=0)
    assert "I would write 1 label to" in planned["answer"]
    assert not (ben.folder / "labels.grym").exists()
    assert "I wrote 1 label to" in ben.told("ask", "share my labels with Anna", "--yes")["answer"]
    key = ben.told("share", "key")["key"]
    assert "whom you do not trust" in anna.told("ask", "whose pack is labels.grym?")["answer"]
    assert "do not trust who signed it" in anna.told("ask", "import labels.grym", "--yes")["answer"]
    anna.told("share", "trust", key, "--name", "Ben")
    assert "Nothing is taken in yet" in anna.told("ask", "import labels.grym")["answer"]
    assert anna.told("share", "list")["packs"] == []
    assert "It is taken in as" in anna.told("ask", "import labels.grym", "--yes")["answer"]
    assert len(anna.told("share", "list")["packs"]) == 1


def test_pages_are_read_and_forgotten_by_asking_and_only_after_a_yes(ben: Person) -> None:
    with ben.serving():
        _read_and_forget_by_asking(ben)


def _read_and_forget_by_asking(ben: Person) -> None:
    (ben.folder / "room.md").write_text("# Rooms\n\nHang something soft behind the desk.\n", encoding="utf-8")
    before = ben.told("learn", "--list")["sources"]
    assert "I would read" in ben.told("ask", "add this file to my notes", "room.md")["answer"]
    assert ben.told("learn", "--list")["sources"] == before
    assert (
        "I read, and it is new: “Rooms”" in ben.told("ask", "add this file to my notes", "room.md", "--yes")["answer"]
    )
    assert len(ben.told("learn", "--list")["sources"]) == len(before) + 1
    refused = ben.told("ask", "add https://192.168.1.1/admin to my notes", "--yes", code=3)
    assert "belongs to a private network" in refused["answer"]
    assert "I would forget" in ben.told("ask", "forget the page room.md in my notes")["answer"]
    assert "Forgotten" in ben.told("ask", "forget the page room.md in my notes", "--yes")["answer"]
    assert ben.told("learn", "--list")["sources"] == before


def test_export_and_import_that_are_killed_leave_nothing_half(ben: Person, anna: Person) -> None:
    rng = random.Random(5)
    anna.told("share", "trust", ben.told("share", "key")["key"])
    for number in range(2):
        out = ben.folder / f"{number}.grym"
        _killed(ben, ["share", "export", out.name, "--what", "labels,notes"], rng.uniform(0.3, 1.1))
        if out.exists():
            assert anna.told("share", "verify", out.name)["holds"] == {"label": 1, "note": 1}
    ben.told("share", "export", "whole.grym", "--what", "labels,notes")
    for _ in range(2):
        _killed(anna, ["share", "import", "whole.grym"], rng.uniform(0.3, 1.1))
        packs, notes = anna.told("share", "list")["packs"], anna.told("learn", "--list")["sources"]
        assert [pack["holds"] for pack in packs] in ([], [{"label": 1, "note": 1}])
        assert len(notes) == len(packs)
    anna.told("share", "import", "whole.grym")
    assert len(anna.told("share", "list")["packs"]) == 1
    assert len(anna.told("learn", "--list")["sources"]) == 1


def _killed(person: Person, words: list[str], after_s: float) -> None:
    process = subprocess.Popen(
        person.command(*words), cwd=person.folder, env=person.environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(after_s)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
