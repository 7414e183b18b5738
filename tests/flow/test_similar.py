"""From a folder to what sounds alike: the real command, the real library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.conftest import SR, drum_loop
from tests.flow.test_command_line import Grym

pytestmark = pytest.mark.slow


def write(path: Path, y: np.ndarray) -> Path:
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, y, SR, subtype="PCM_16")
    return path


def noise(seed: int) -> np.ndarray:
    return 0.2 * np.random.default_rng(seed).standard_normal((6 * SR, 2))


@pytest.fixture(scope="module")
def grym(tmp_path_factory: pytest.TempPathFactory) -> Grym:
    """A library of two loops, a copy, a quieter file of one of them, and noise."""
    folder = tmp_path_factory.mktemp("similar")
    write(folder / "lib" / "loop.wav", 0.5 * drum_loop(120.0, 12.0))
    write(folder / "lib" / "copy.wav", 0.5 * drum_loop(120.0, 12.0))
    write(folder / "lib" / "quiet.wav", 0.1 * drum_loop(120.0, 12.0)[SR:])
    write(folder / "lib" / "other.wav", 0.5 * drum_loop(96.0, 12.0))
    write(folder / "lib" / "noise.wav", noise(1))
    grym = Grym(folder)
    (summary,) = grym.json("index", "lib")
    assert summary["analysed"] == 4
    return grym


def paths(document: dict[str, Any]) -> list[str]:
    return [Path(match["path"]).name for match in document["matches"]]


def test_copies_then_the_same_recording_then_what_is_near(grym: Grym) -> None:
    (document,) = grym.json("similar", "lib/loop.wav", "-k", "4")
    assert paths(document)[:3] == ["copy.wav", "quiet.wav", "other.wav"]
    copy, quiet = document["matches"][:2]
    assert copy["similarity"] == 1.0
    assert quiet["relation"] == "same recording"
    assert 0.99 <= quiet["similarity"] < 1.0
    assert {"path", "sha256", "similarity", "aspects", "span_s"} <= set(copy)
    similarities = [match["similarity"] for match in document["matches"]]
    assert similarities == sorted(similarities, reverse=True)
    assert str(grym.folder / "lib" / "loop.wav") not in {match["path"] for match in document["matches"]}


def test_a_file_that_is_not_in_the_library_is_listened_to_first(grym: Grym) -> None:
    write(grym.folder / "new" / "new.wav", 0.4 * drum_loop(108.0, 10.0))
    (document,) = grym.json("similar", "new/new.wav", "-k", "2", "--aspect", "timbre=2,pitch=1")
    assert "noise.wav" not in paths(document)
    assert document["near"]
    text = grym("similar", "new/new.wav", "-k", "1").stdout
    assert "timbre" in text


def test_a_part_and_a_direction_can_be_asked_for(grym: Grym) -> None:
    (document,) = grym.json("similar", "lib/loop.wav", "--start", "2", "--end", "6", "-k", "3")
    assert document["matches"][0]["relation"] == ""
    (document,) = grym.json("similar", "lib/loop.wav", "--but", "slower")
    assert paths(document) == ["other.wav"]
    assert "slower by tempo" in document["matches"][0]["reasons"][0]


def test_what_is_asked_wrongly_is_refused_with_the_bound(grym: Grym) -> None:
    assert grym("similar", "lib/loop.wav", "--aspect", "colour").returncode == 2
    assert grym("similar", "lib/loop.wav", "--but", "wetter").returncode == 2
    assert grym("similar", "lib/loop.wav", "--start", "4", "--end", "2").returncode == 2
    assert grym("similar", "lib/nobody.wav").returncode == 3
    done = grym("similar", "lib/loop.wav", "--start", "40")
    assert (done.returncode, "lasts 12.000 s" in done.stderr) == (3, True)


def test_an_empty_library_says_how_to_fill_one(grym: Grym) -> None:
    done = grym("similar", "lib/loop.wav", GRYM_HOME=str(grym.folder / "empty"))
    assert done.returncode == 5
    assert "grym index FOLDER" in done.stderr


def test_the_question_is_answered_in_words(grym: Grym) -> None:
    (answer,) = grym.json("ask", "what else sounds like this?", "lib/loop.wav")
    assert "copy.wav is a copy of it" in answer["answer"]
    assert "quiet.wav holds the same recording" in answer["answer"]
    assert all(claim["evidence"] for claim in answer["claims"])


def test_patterns_are_listed_named_and_found_by_name(grym: Grym) -> None:
    (document,) = grym.json("patterns", "list")
    assert (document["left_to_look_through"], document["search"]) == (0, None)
    pattern = document["patterns"][0]
    assert len(pattern["occurrences"]) >= 2
    number = str(pattern["id"])
    (named,) = grym.json("patterns", "name", number, "four on the floor")
    assert named["patterns"][0]["name"] == "four on the floor"
    (found,) = grym.json("patterns", "list", "--name", "FLOOR")
    assert [each["id"] for each in found["patterns"]] == [pattern["id"]]
    assert "four on the floor" in grym("patterns", "show", number).stdout
    assert grym("patterns", "show", "99999").returncode == 3


def test_a_named_pattern_is_used_by_find_similar_and_answers(grym: Grym) -> None:
    (document,) = grym.json("patterns", "list")
    pattern = document["patterns"][0]
    assert grym("patterns", "name", str(pattern["id"]), "four on the floor").returncode == 0
    holding = {Path(each["path"]).name for each in pattern["occurrences"]}
    (found,) = grym.json("find", "tracks with the four on the floor")
    assert {Path(match["path"]).name for match in found["matches"]} & holding
    assert all(match["span_s"] == match["spans_s"][0] for match in found["matches"])
    assert found["filters"] == {"pattern": ["four on the floor"]}
    assert " s" in grym("find", "four on the floor").stdout
    (answer,) = grym.json("ask", "which of my tracks use the four on the floor?")
    assert "it lies at" in answer["answer"]
    (answer,) = grym.json("ask", "does this hold the four on the floor?", found["matches"][0]["path"])
    assert answer["answer"].startswith('It holds "four on the floor", at')
    tempo = 96.0 if holding == {"other.wav"} else 120.0
    write(grym.folder / "new.wav", 0.3 * drum_loop(tempo, 8.0))
    (answer,) = grym.json("ask", "is the four on the floor in here?", "new.wav")
    assert answer["answer"].startswith('It holds "four on the floor", at')
    (answer,) = grym.json("ask", "where does the four on the floor come back in this?", "new.wav")
    assert answer["answer"].startswith('It holds "four on the floor", at')
    (answer,) = grym.json("ask", "does this contain the four on the floor?", "lib/noise.wav")
    assert '"four on the floor" does not recur in it; it was held against' in answer["answer"]
    half = drum_loop(tempo, 6.0)
    write(grym.folder / "half.wav", 0.3 * np.concatenate([half, np.random.default_rng(7).standard_normal(half.shape)]))
    (answer,) = grym.json("ask", "what else sounds like this?", "half.wav")
    assert 'Both hold "four on the floor": it begins at' in answer["answer"]
    (answer,) = grym.json("ask", "does this contain the amen break?", "lib/other.wav", code=3)
    assert "there are 'four on the floor'" in answer["gaps"][0]["reason"]
    (answer,) = grym.json("ask", "which pattern does this hold, the amen break?", "lib/other.wav", code=3)
    assert "no pattern has a name" in answer["gaps"][0]["reason"]


def test_a_name_of_a_file_never_begins_a_line(grym: Grym) -> None:
    write(grym.folder / "odd" / "a\nb\x1b[31m.wav", 0.4 * drum_loop(120.0, 9.0))
    grym("index", "odd")
    for words in (["similar", "lib/other.wav", "-k", "9"], ["find", "everything"], ["find", "loops"]):
        lines = grym(*words).stdout.splitlines()
        assert not any(line.startswith("b") for line in lines)
        assert "\x1b" not in "".join(lines)
    (answer,) = grym.json("ask", "what else sounds like this?", "lib/other.wav")
    assert "\x1b" not in answer["answer"]
    assert "\nb" not in answer["answer"]
    assert grym("index", "--remove", "odd").returncode == 0
