"""The personal ear by its commands: taught, trained, told in answers, taken back."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from tests.flow.test_command_line import Grym
from tests.unit.tuning.sounds import SR, make_hit

from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.teachings import Preference, Teachings
from grym_synth.tuning.ear import from_bytes, to_bytes

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


@pytest.fixture
def served(grym: Grym) -> Iterator[Grym]:
    with grym.serving():
        yield grym


def test_a_correction_is_told_as_the_owners_word_with_ours_beside_it(served: Grym, tmp_path: Path) -> None:
    (noted,) = served.json("teach", "--correct", "loop.wav", "tempo=192")
    assert noted["values"] == {"tempo": 192.0}
    assert noted["heard"]["tempo"] == pytest.approx(96.0, rel=0.02)
    shutil.move(tmp_path / "loop.wav", tmp_path / "renamed.wav")
    (answer,) = served.json("ask", "how fast is it?", "renamed.wav")
    assert "It runs at 192 BPM" in answer["answer"]
    assert "You said 192 BPM; I hear 96" in answer["answer"]
    said = next(item for item in answer["evidence"] if item["name"] == "rhythm.tempo_bpm")
    assert (said["value"], said["source"]["method"]) == (192.0, "said by you")
    (measured,) = served.json("analyze", "renamed.wav", "--only", "rhythm")
    assert measured["rhythm"]["tempo_bpm"] == 192.0
    assert measured["rhythm"]["heard_tempo_bpm"] == pytest.approx(96.0, rel=0.02)
    served.json("teach", "--forget", "--correct", "renamed.wav", "tempo")
    (answer,) = served.json("ask", "how fast is it?", "renamed.wav")
    assert "192" not in answer["answer"]


def test_a_sentence_teaches_after_a_yes(served: Grym) -> None:
    (shown,) = served.json("ask", "no, that's 48", "loop.wav")
    assert "I would note: tempo 48 BPM" in shown["answer"]
    assert [gap["code"] for gap in shown["gaps"]] == ["consent"]
    (listed,) = served.json("teach", "--list")
    assert listed["corrections"] == [], "without a yes nothing is kept"
    (done,) = served.json("ask", "no, that's 48", "loop.wav", "--yes")
    assert "Noted: tempo 48 BPM" in done["answer"]
    (done,) = served.json("ask", "this is a cowbell", "boom0.wav", "--yes")
    (answer,) = served.json("ask", "what kind of sound is it?", "boom0.wav")
    assert "It is a cowbell" in answer["answer"]
    (listed,) = served.json("teach", "--list")
    assert [(row["field"], row["value"]) for row in listed["corrections"]] == [("tempo", 48.0)]
    assert [row["label"] for row in listed["labels"]] == ["cowbell"]


def test_labels_train_an_ear_that_names_new_hits_and_can_be_taken_back(served: Grym, tmp_path: Path) -> None:
    for family, label in MINE.items():
        (noted,) = served.json("teach", label, *(f"{family}{number}.wav" for number in range(5)))
        assert len(noted["yes"]) == 5
    (trained,) = served.json("ear", "train")
    assert trained["parts"] == ["class"]
    assert trained["switched"]
    assert trained["judged"]["class"]["own"] > trained["judged"]["class"]["stock"]
    sf.write(tmp_path / "new.wav", 0.5 * make_hit("ping", np.random.default_rng(9)), SR)
    (document,) = served.json("analyze", "new.wav", "--only", "timbre")
    assert document["timbre"]["label"] == "cowbell"
    (answer,) = served.json("ask", "what kind of sound is it?", "new.wav")
    assert "I tell this by what you taught" in answer["answer"]
    (again,) = served.json("ear", "train")
    assert not again["switched"]
    (export,) = served.json("ear", "export", "mine.json")
    assert (tmp_path / "mine.json").stat().st_size == export["bytes"]
    assert served("ear", "export", "mine.json").returncode == 3, "nothing is written over"
    (undone,) = served.json("ear", "undo")
    assert undone["version"] is None
    (document,) = served.json("analyze", "new.wav", "--only", "timbre")
    assert document["findings"]["timbre.label"]["method"] != "learned from what you taught"
    (status,) = served.json("ear", "status")
    assert status["taught"]["labels"]["cowbell"] == {"yes": 5, "no": 0}
    assert served("ear", "undo").returncode == 3


def test_what_was_taught_by_an_earlier_version_is_heard_again_where_it_lies(grym: Grym, tmp_path: Path) -> None:
    with grym.serving():
        for family, label in MINE.items():
            grym.json("teach", label, *(f"{family}{number}.wav" for number in range(5)))
    with closing(sqlite3.connect(next(grym.home.glob("*.db")))) as db:
        assert db.execute("UPDATE ear_vectors SET recipe = 'an earlier version'").rowcount
        db.commit()
    (tmp_path / "boom4.wav").unlink()
    (trained,) = grym.json("ear", "train")
    assert trained["heard_again"] == 14
    assert trained["left_out"] == 1
    assert trained["parts"] == ["class"]
    assert grym.json("ear", "train")[0]["heard_again"] == 0


def test_an_ear_of_an_earlier_version_waits_and_says_so(grym: Grym) -> None:
    with grym.serving():
        for family, label in MINE.items():
            grym.json("teach", label, *(f"{family}{number}.wav" for number in range(5)))
        grym.json("index", ".")
        assert grym.json("ear", "train")[0]["parts"] == ["class"]
    teachings = Teachings(SqliteStore(grym.home / "grym.db"))
    stored = teachings.ear()
    assert stored is not None
    teachings.put_ear(to_bytes(replace(from_bytes(stored.model), recipe="an earlier version")), {})
    with closing(sqlite3.connect(grym.home / "grym.db")) as db:
        db.execute("UPDATE ear_vectors SET recipe = 'an earlier version'")
        db.commit()
    with grym.serving():
        assert "it waits" in grym("ear", "status").stdout
        assert "your ear says nothing of this" in grym("find", "cowbells").stdout
        assert "your ear" not in grym("find", "shorter than a minute").stdout
        (trained,) = grym.json("ear", "train")
        assert (trained["heard_again"], trained["left_out"], trained["parts"]) == (15, 0, ["class"])
        assert "it waits" not in grym("ear", "status").stdout
        assert "your ear" not in grym("find", "cowbells").stdout


def test_what_training_found_is_shown_also_where_nothing_changed(served: Grym) -> None:
    for family, label in (("boom", "mine"), ("ping", "other")):
        served.json("teach", label, f"{family}0.wav", f"{family}1.wav")
    for number in range(3):
        served.json("teach", "--prefer", f"boom{number}.wav", "--over", f"ping{number}.wav", "--than", "boom4.wav")
    (trained,) = served.json("ear", "train")
    (status,) = served.json("ear", "status")
    assert status["judged"] == trained["judged"]
    assert set(status["judged"]) == {"label mine", "label other"}
    assert status["lacking"] == {"weights of hits": "3 of 8 preferences"}
    shown = served("ear", "status").stdout
    assert "the latest training, 2" in shown
    assert "label mine: stock " in shown
    assert "of 4 held out" in shown
    assert "80 % interval" in shown
    assert "weights of hits: too little to judge, 3 of 8 preferences" in shown


def test_a_sentence_teaches_of_what_was_asked_about_before(served: Grym) -> None:
    (refused,) = served.json("ask", "this is a snare", "--yes", code=3)
    assert "which recording" in refused["answer"]
    served.json("ask", "what kind of sound is it?", "boom0.wav")
    for sentence, noted in (
        ("this is a snare", '"snare"'),
        ("call it dusty", '"dusty"'),
        ("its tempo is 70", "70 BPM"),
    ):
        (done,) = served.json("ask", sentence, "--yes")
        assert "boom0.wav" in done["answer"]
        assert noted in done["answer"]
    (listed,) = served.json("teach", "--list")
    assert {(row["label"], Path(row["path"]).name) for row in listed["labels"]} == {
        ("snare", "boom0.wav"), ("dusty", "boom0.wav")
    }  # fmt: skip


def test_a_told_tempo_and_key_are_what_stretches_fits_and_searches_start_from(served: Grym, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "loop.wav", tmp_path / "other.wav")
    with (tmp_path / "other.wav").open("ab") as file:
        file.write(b"\0")  # another content of the same sound
    (library := tmp_path / "lib").mkdir()
    shutil.move(tmp_path / "loop.wav", library / "loop.wav")
    shutil.move(tmp_path / "other.wav", library / "other.wav")
    served.json("index", "lib")
    served.json("teach", "--correct", "lib/loop.wav", "tempo=192", "key=F# major")
    (answer,) = served.json("ask", "stretch this to 160 bpm", "lib/loop.wav")
    assert "I would stretch it from 192 to 160 BPM" in answer["answer"]
    assert "starts from 192 BPM, the tempo that you told me" in answer["answer"]
    (made,) = served.json("edit", "lib/loop.wav", "stretch=160bpm", "--out", "made.wav")
    found = {item["name"]: item for item in made["evidence"]}
    assert found["edit.duration_s"]["value"] == pytest.approx(8.0 * 192 / 160, abs=0.01)
    assert found["rhythm.tempo_bpm"]["source"]["method"] == "said by you"
    done = served("edit", "lib/loop.wav", "stretch=170bpm", "--out", "again.wav")
    assert "stretched from 192.00 BPM, said by you" in done.stdout
    (compared,) = served.json("compare", "lib/loop.wav", "lib/other.wav")
    assert "2B" in json.dumps(compared), "F# major on the Camelot wheel"
    (found,) = served.json("find", "192 bpm")
    assert Path(found["matches"][0]["path"]).name == "loop.wav"
    assert found["matches"][0]["reasons"] == ["tempo: said by you"]
    (found,) = served.json("similar", "lib/other.wav", "--but", "faster")
    assert [Path(match["path"]).name for match in found["matches"]] == ["loop.wav"]


def test_own_labels_and_learned_weights_are_searched_by(grym: Grym, tmp_path: Path) -> None:
    grym.json("index", ".")
    (usual,) = grym.json("similar", "loop.wav")
    assert usual["weighed_by"] == "usual"
    booms, others = (
        [f"boom{i}.wav" for i in range(3)],
        [f"{name}{i}.wav" for name in ("hiss", "ping") for i in range(3)],
    )
    grym.json("teach", "thumpy", *booms, "--not", *others)
    (trained,) = grym.json("ear", "train")
    assert trained["parts"] == ["label thumpy"]
    (found,) = grym.json("find", "thumpy")
    order = [(Path(match["path"]).name, match["reasons"]) for match in found["matches"]]
    assert [name for name, _ in order[:3]] == booms
    assert [reasons for _, reasons in order[:3]] == [["thumpy: said by you"]] * 3
    assert {name for name, _ in order[3:]} == {"boom3.wav", "boom4.wav"}
    assert all(reasons[0].startswith("thumpy: learned, ") for _, reasons in order[3:])
    (answer,) = grym.json("ask", "how many thumpy sounds do I have?")
    assert "5" in answer["answer"]
    _learn_weights(grym)
    (mine,) = grym.json("similar", "loop.wav")
    assert mine["weighed_by"] == "your ear"
    assert mine["weights"] == {"timbre": 0.1, "rhythm": 0.6, "harmony": 0.1, "pitch": 0.1, "loudness": 0.1}
    assert "by your ear's weights: rhythm 60 %, " in grym("similar", "loop.wav").stdout
    (answer,) = grym.json("ask", "what sounds like this?", "loop.wav")
    assert "rhythm 60 %" in answer["answer"]
    (asked,) = grym.json("similar", "loop.wav", "--aspect", "timbre")
    assert (asked["weighed_by"], asked["weights"]) == ("asked", {"timbre": 1.0})
    (hit,) = grym.json("similar", "boom0.wav")
    assert hit["weighed_by"] == "usual", "no choice was about hits"


def _learn_weights(grym: Grym) -> None:
    """Eight choices between longer recordings, and an ear with weights, as many commands would have left them."""
    teachings = Teachings(SqliteStore(grym.home / "grym.db"))
    stored = teachings.ear()
    assert stored is not None
    ear = from_bytes(stored.model)
    for i in range(10):
        teachings.put_vectors(f"m{i}", ear.recipe, {"timbre": np.append(np.zeros(60), np.ones(160))})
    for i in range(8):
        teachings.put_preference(Preference(f"m{i}", f"m{i + 1}", f"m{(i + 5) % 10}", ("", "", "")))
    weights = {"timbre": 0.1, "rhythm": 0.6, "harmony": 0.1, "pitch": 0.1, "loudness": 0.1}
    teachings.put_ear(to_bytes(replace(ear, weights=weights)), {})


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
