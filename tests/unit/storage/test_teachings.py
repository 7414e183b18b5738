"""What was taught is kept by content; an ear is changed whole or not at all."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store
from grym_synth.storage.teachings import Correction, Label, Preference, Teachings


@pytest.fixture
def teachings(any_store: Store) -> Teachings:
    return Teachings(any_store)


def test_a_label_is_kept_by_content_and_a_later_word_takes_its_place(teachings: Teachings) -> None:
    teachings.put_labels([Label("a", "snare", True, "old/name \udcff.wav"), Label("b", "snare", False, "b.wav")])
    teachings.put_labels([Label("a", "snare", False, "new.wav"), Label("a", "dusty", True, "new.wav")])
    assert {(item.label, item.is_so, item.path) for item in teachings.labels("a")} == {
        ("snare", False, "new.wav"),
        ("dusty", True, "new.wav"),
    }
    assert len(teachings.labels()) == 3


def test_labels_are_taken_back_of_some_or_of_all(teachings: Teachings) -> None:
    teachings.put_labels([Label(sha, "snare", True, "") for sha in "abc"] + [Label("a", "dusty", True, "")])
    assert teachings.take_back_labels("snare", ["a", "b"]) == 2
    assert teachings.take_back_labels("snare", ["a"]) == 0
    assert teachings.take_back_labels("snare") == 1
    assert [item.label for item in teachings.labels()] == ["dusty"]


def test_a_correction_keeps_what_was_heard(teachings: Teachings) -> None:
    teachings.put_correction(Correction("a", "tempo", 140.0, ((70.0, 0.6), (140.0, 0.3)), "a.wav"))
    teachings.put_correction(Correction("a", "key", "A minor", (("C major", 0.5),), "a.wav"))
    assert [(item.field, item.value, item.heard) for item in teachings.corrections("a")] == [
        ("tempo", 140.0, ((70.0, 0.6), (140.0, 0.3))),
        ("key", "A minor", (("C major", 0.5),)),
    ]
    assert teachings.take_back_corrections("tempo", "a") == 1
    assert teachings.take_back_corrections(None, "a") == 1
    assert teachings.corrections() == []


def test_a_preference_replaces_its_contrary(teachings: Teachings) -> None:
    teachings.put_preference(Preference("a", "b", "c", ("a.wav", "b.wav", "c.wav")))
    teachings.put_preference(Preference("b", "a", "c", ("b.wav", "a.wav", "c.wav")))
    assert [(item.a, item.b, item.c) for item in teachings.preferences()] == [("b", "a", "c")]
    assert not teachings.take_back_preference("a", "b", "c")
    assert teachings.take_back_preference("b", "a", "c")


def test_vectors_of_another_recipe_are_not_mixed_in(teachings: Teachings) -> None:
    teachings.put_vectors("a", "r1", {"timbre": np.array([1.0, 2.0], np.float32)})
    teachings.put_vectors("a", "r2", {"timbre": np.array([3.0, 4.0], np.float32)})
    assert {sha: row.tolist() for sha, row in teachings.vectors("r1", "timbre").items()} == {"a": [1.0, 2.0]}
    assert teachings.vectors("r1", "rhythm") == {}


def test_ears_are_added_and_the_one_in_use_can_be_left_again(teachings: Teachings) -> None:
    assert teachings.ear() is None
    assert teachings.version() is None
    first = teachings.put_ear(b"one", {"n": 1})
    second = teachings.put_ear(b"two", {})
    assert (first.before, second.before) == (None, first.version)
    assert teachings.undo_ear() == (second.version, first.version)
    third = teachings.put_ear(b"three", {})
    assert third.before == first.version, "it came in the place of the one that was in use"
    assert teachings.undo_ear() == (third.version, first.version)
    found = teachings.ear()
    assert found is not None
    assert (found.model, found.figures) == (b"one", {"n": 1})
    assert [item.model for item in teachings.ears()] == [b"one", b"two", b"three"]


KILLED = """
import os, signal, sys
from pathlib import Path
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store
from grym_synth.storage.teachings import Teachings

store = SqliteStore(Path(sys.argv[1]))
def look(statement):
    if statement.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
store._db.set_trace_callback(look)
Teachings(store).put_ear(b"new", {})
"""


@pytest.mark.slow
@pytest.mark.parametrize("statement", ["BEGIN", "INSERT INTO ears", "UPDATE ear_in_use", "COMMIT"])
def test_a_training_that_is_killed_leaves_the_old_ear(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "grym.db"
    store = SqliteStore(path)
    Teachings(store).put_ear(b"old", {})
    store.close()
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), statement], check=False)
    assert done.returncode == -signal.SIGKILL
    after = Teachings(SqliteStore(path))
    found = after.ear()
    assert found is not None
    assert found.model == b"old"
    assert [item.model for item in after.ears()] == [b"old"]
