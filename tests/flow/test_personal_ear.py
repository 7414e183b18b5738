"""The personal ear by its commands: taught, trained, told in answers, taken back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from tests.flow.test_command_line import Grym
from tests.unit.tuning.sounds import SR, make_hit

pytestmark = pytest.mark.slow

MINE = {"boom": "tom", "hiss": "clap", "ping": "cowbell"}  # what this owner calls them


@pytest.fixture
def grym(tmp_path: Path, make_loop: Callable[..., Path]) -> Grym:
    make_loop("loop.wav", tempo_bpm=96.0, seconds=8.0)
    rng = np.random.default_rng(0)
    for family in MINE:
        for number in range(5):
            sf.write(tmp_path / f"{family}{number}.wav", 0.5 * make_hit(family, rng), SR)
    return Grym(tmp_path)


def test_a_correction_is_told_as_the_owners_word_with_ours_beside_it(grym: Grym, tmp_path: Path) -> None:
    (noted,) = grym.json("teach", "--correct", "loop.wav", "tempo=192")
    assert noted["values"] == {"tempo": 192.0}
    assert noted["heard"]["tempo"] == pytest.approx(96.0, rel=0.02)
    shutil.move(tmp_path / "loop.wav", tmp_path / "renamed.wav")
    (answer,) = grym.json("ask", "how fast is it?", "renamed.wav")
    assert "It runs at 192 BPM" in answer["answer"]
    assert "You said 192 BPM; I hear 96" in answer["answer"]
    said = next(item for item in answer["evidence"] if item["name"] == "rhythm.tempo_bpm")
    assert (said["value"], said["source"]["method"]) == (192.0, "said by you")
    (measured,) = grym.json("analyze", "renamed.wav", "--only", "rhythm")
    assert measured["rhythm"]["tempo_bpm"] == 192.0
    assert measured["rhythm"]["heard_tempo_bpm"] == pytest.approx(96.0, rel=0.02)
    grym.json("teach", "--forget", "--correct", "renamed.wav", "tempo")
    (answer,) = grym.json("ask", "how fast is it?", "renamed.wav")
    assert "192" not in answer["answer"]


def test_a_sentence_teaches_after_a_yes(grym: Grym) -> None:
    (shown,) = grym.json("ask", "no, that's 48", "loop.wav")
    assert "I would note: tempo 48 BPM" in shown["answer"]
    assert [gap["code"] for gap in shown["gaps"]] == ["consent"]
    (listed,) = grym.json("teach", "--list")
    assert listed["corrections"] == [], "without a yes nothing is kept"
    (done,) = grym.json("ask", "no, that's 48", "loop.wav", "--yes")
    assert "Noted: tempo 48 BPM" in done["answer"]
    (done,) = grym.json("ask", "this is a cowbell", "boom0.wav", "--yes")
    (answer,) = grym.json("ask", "what kind of sound is it?", "boom0.wav")
    assert "It is a cowbell" in answer["answer"]
    (listed,) = grym.json("teach", "--list")
    assert [(row["field"], row["value"]) for row in listed["corrections"]] == [("tempo", 48.0)]
    assert [row["label"] for row in listed["labels"]] == ["cowbell"]


def test_labels_train_an_ear_that_names_new_hits_and_can_be_taken_back(grym: Grym, tmp_path: Path) -> None:
    for family, label in MINE.items():
        (noted,) = grym.json("teach", label, *(f"{family}{number}.wav" for number in range(5)))
        assert len(noted["yes"]) == 5
    (trained,) = grym.json("ear", "train")
    assert trained["parts"] == ["class"]
    assert trained["switched"]
    assert trained["judged"]["class"]["own"] > trained["judged"]["class"]["stock"]
    sf.write(tmp_path / "new.wav", 0.5 * make_hit("ping", np.random.default_rng(9)), SR)
    (document,) = grym.json("analyze", "new.wav", "--only", "timbre")
    assert document["timbre"]["label"] == "cowbell"
    (answer,) = grym.json("ask", "what kind of sound is it?", "new.wav")
    assert "I tell this by what you taught" in answer["answer"]
    (again,) = grym.json("ear", "train")
    assert not again["switched"]
    (export,) = grym.json("ear", "export", "mine.json")
    assert (tmp_path / "mine.json").stat().st_size == export["bytes"]
    assert grym("ear", "export", "mine.json").returncode == 3, "nothing is written over"
    (undone,) = grym.json("ear", "undo")
    assert undone["version"] is None
    (document,) = grym.json("analyze", "new.wav", "--only", "timbre")
    assert document["findings"]["timbre.label"]["method"] != "learned from what you taught"
    (status,) = grym.json("ear", "status")
    assert status["taught"]["labels"]["cowbell"] == {"yes": 5, "no": 0}
    assert grym("ear", "undo").returncode == 3


def test_what_training_found_is_shown_also_where_nothing_changed(grym: Grym) -> None:
    for family, label in (("boom", "mine"), ("ping", "other")):
        grym.json("teach", label, f"{family}0.wav", f"{family}1.wav")
    for number in range(3):
        grym.json("teach", "--prefer", f"boom{number}.wav", "--over", f"ping{number}.wav", "--than", "boom4.wav")
    (trained,) = grym.json("ear", "train")
    (status,) = grym.json("ear", "status")
    assert status["judged"] == trained["judged"]
    assert set(status["judged"]) == {"label mine", "label other"}
    assert status["lacking"] == {"weights of hits": "3 of 8 preferences"}
    shown = grym("ear", "status").stdout
    assert "the latest training, 2" in shown
    assert "label mine: stock " in shown
    assert "of 4 held out" in shown
    assert "80 % interval" in shown
    assert "weights of hits: too little to judge, 3 of 8 preferences" in shown


def test_a_bad_file_never_stops_the_good_ones_and_is_named(grym: Grym, tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")
    documents = grym.json("teach", "dusty", "boom0.wav", "text.wav", "gone.wav", "--not", "ping0.wav")
    assert {Path(item["path"]).name for item in documents if "error" in item} == {"text.wav", "gone.wav"}
    assert documents[-1]["yes"] == ["boom0.wav"]
    assert documents[-1]["no"] == ["ping0.wav"]
    done = grym("teach", "--correct", "boom0.wav", "tempo=9000")
    assert done.returncode == 3
    assert "20 to 400" in done.stderr
    assert grym("teach", "snare").returncode == 2
    assert grym("teach", "--prefer", "boom0.wav", "--over", "ping0.wav").returncode == 2
