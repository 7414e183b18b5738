"""A folder is learnt, searched by words, and asked about, beside a recording as well."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.ready_process import READY

from grym_synth.messages import Json

pytestmark = pytest.mark.slow

TEXT = """# Mastering

## Levels

Master quiet music to -14 LUFS integrated for streaming. Keep the true peak below -1 dBTP.

## Compression

Use a slow attack on the bus compressor, so that transients of the drums pass through.
"""
SONG = Path(__file__).parents[2] / "examples" / "going_home_small_band.ogg"


def grym(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return READY.run(words, env={**os.environ, "GRYM_HOME": str(home)})


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("notes") / "mixing"
    folder.mkdir()
    (folder / "mastering.md").write_text(TEXT)
    done = grym(home, "learn", str(folder))
    assert done.returncode == 0, done.stderr
    return home


def asked(home: Path, *words: str) -> dict[str, Json]:
    done = grym(home, *words, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Json] = json.loads(done.stdout)
    return document


def test_nothing_learnt_is_said_with_how_to_begin(tmp_path: Path) -> None:
    done = grym(tmp_path, "notes", "reverb")
    assert done.returncode == 0
    assert "grym learn" in done.stdout


def test_passages_stand_in_the_file_at_their_position(home: Path) -> None:
    document = json.loads(grym(home, "notes", "which attack on the bus compressor", "--json").stdout)
    first = document["passages"][0]
    assert Path(first["source"]).read_text()[first["start"] : first["end"]] == first["text"]
    assert "slow attack" in first["text"]
    assert first["domain"] == "mixing"


def test_the_kept_text_is_printed_whole(home: Path) -> None:
    assert grym(home, "notes", "--text", "mastering.md").stdout == TEXT


def test_an_answer_quotes_and_another_says_that_it_is_not_there(home: Path) -> None:
    quoted = asked(home, "ask", "what do my notes say about the bus compressor?")
    assert "“Use a slow attack on the bus compressor, so that transients of the drums pass through.”" in str(
        quoted["answer"]
    )
    nothing = asked(home, "ask", "what do my notes say about tomatoes?")
    assert str(nothing["answer"]).startswith("That is not in your notes")


def test_a_mix_is_held_against_what_the_notes_name(home: Path) -> None:
    question = "what do my notes say about loudness for streaming, and does this mix keep to it?"
    answer = str(asked(home, "ask", question, str(SONG))["answer"])
    assert "-14 LUFS integrated for streaming" in answer
    assert "the notes name -14 LUFS: 2 LU below" in answer
