"""A folder is indexed, found by words, and asked about."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.ready_process import READY

pytestmark = pytest.mark.slow


def grym(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return READY.run(words, env={**os.environ, "GRYM_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("music") / "Tones"
    folder.mkdir()
    for i, frequency in enumerate((60.0, 110.0, 220.0, 440.0, 880.0, 1760.0)):
        t = np.arange(int((1.0 + 0.5 * i) * 44100)) / 44100
        soundfile.write(folder / f"tone_{i}.wav", 0.5 * np.sin(2 * np.pi * frequency * t), 44100)
    done = grym(home, "index", str(folder))
    assert done.returncode == 0, done.stderr
    return home


def test_an_empty_library_says_how_to_fill_one(tmp_path: Path) -> None:
    done = grym(tmp_path, "find", "dark")
    assert (done.returncode, done.stdout) == (5, "")
    assert "grym index FOLDER" in done.stderr


def test_dark_sounds_are_found_with_their_measure(home: Path) -> None:
    document = json.loads(grym(home, "find", "dark sounds", "--json").stdout)
    assert document["adjectives"]["dark"]["measure"] == "centroid_hz"
    assert document["adjectives"]["dark"]["percentile"] == [0, 25]
    assert [Path(match["path"]).name for match in document["matches"]] == ["tone_0.wav", "tone_1.wav"]


def test_filters_are_told_and_hold(home: Path) -> None:
    document = json.loads(grym(home, "find", "wav", "longer than 2.2 seconds", "--json").stdout)
    assert document["filters"] == {"format": ["wav"], "duration_s": [2.2, None]}
    assert len(document["matches"]) == 3
    assert not any("similarity" in match for match in document["matches"])


def test_words_that_nobody_understands_are_said(home: Path) -> None:
    done = grym(home, "find", "bagpipes")
    assert done.returncode == 3
    assert "did not understand: bagpipes" in done.stdout


def test_a_question_about_the_library_is_answered_with_evidence(home: Path) -> None:
    done = grym(home, "ask", "how many recordings in my library are longer than 2.2 seconds?", "--no-llm", "--json")
    answer = json.loads(done.stdout)
    assert "3 recordings of the library match" in answer["answer"]
    assert answer["claims"]
