"""`grym agents` as its user meets it: an agent of one's own, from a file to an answer."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.ready_process import READY

pytestmark = pytest.mark.slow


class Grym:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        settings = {**os.environ, "GRYM_HOME": str(self.folder / "home")}
        return READY.run(words, cwd=self.folder, env=settings)

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json").stdout)


@pytest.fixture
def grym(tmp_path: Path, make_loop: Any) -> Grym:
    make_loop("song.wav", seconds=3.0)
    return Grym(tmp_path)


def test_an_agent_of_ones_own_answers_questions_once_it_is_approved(grym: Grym) -> None:
    assert grym("agents", "new", "mood").returncode == 0
    question = "what is the mean level of this file"
    assert "mood" not in grym.json("route", question, "song.wav")["capabilities"]
    assert grym("agents", "approve", "mood.py").returncode == 0
    answer = grym.json("ask", question, "song.wav")
    assert answer["route"]["capabilities"] == ["mood"]
    assert answer["claims"][0]["text"].startswith("Mood finds that the level is -")
    by_hand = json.loads(grym("agents", "run", "mood", "song.wav").stdout)
    assert by_hand["value"] == answer["evidence"][0]["value"]


def test_a_changed_agent_is_not_run_and_says_how_to_let_it(grym: Grym) -> None:
    grym("agents", "new", "mood")
    grym("agents", "approve", "mood.py")
    script = grym.folder / "home" / "agents" / "mood.py"
    script.write_text(script.read_text() + "\nopen('owned', 'w')\n")
    ran = grym("agents", "run", "mood", "song.wav")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert "has changed since it was approved" in ran.stderr
    assert "mood" not in grym.json("route", "what is the mean level of this file", "song.wav")["capabilities"]
    (gap,) = grym.json("analyze", "song.wav", "--only", "mood")["gaps"]
    assert "has changed since it was approved" in gap["reason"]
    assert not (grym.folder / "owned").exists()
    rows = {row["name"]: row["state"] for row in grym.json("agents", "list")["agents"]}
    assert (rows["mood"], rows["listen"]) == ("CHANGED", "ours")


def test_a_broken_script_hinders_nothing(grym: Grym) -> None:
    folder = grym.folder / "home" / "agents"
    folder.mkdir(parents=True)
    (folder / "broken.py").write_text("import this\n")
    assert "broken.py has no" in grym("agents", "list").stderr
    answer = grym.json("ask", "how fast is it", "song.wav")
    assert answer["evidence"]


def test_an_unknown_name_is_told_with_the_known_ones(grym: Grym) -> None:
    ran = grym("agents", "run", "singer")
    assert ran.returncode == 3
    assert "no agent 'singer'; there is compare" in ran.stderr
