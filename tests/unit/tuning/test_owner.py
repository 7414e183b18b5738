"""The owner's word stands before what was measured, which is never lost; an ear speaks where the owner did not."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.tuning.sounds import timbre_of

from grym_synth.errors import BadRequest
from grym_synth.messages import Evidence, Source
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.teachings import Teachings
from grym_synth.tuning.ear import Ear, to_bytes
from grym_synth.tuning.features import stock_guess, stock_names
from grym_synth.tuning.habits import Habit
from grym_synth.tuning.owner import Heard, Owner
from grym_synth.tuning.train import read_taught, train

LISTEN = Source("listen", "1", "measured")


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    return Owner(Teachings(SqliteStore(tmp_path / "grym.db")))


def tempi(*found: tuple[float, float]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence("", "rhythm.tempo_bpm", "tempo", bpm, "BPM", sure, "x.wav", LISTEN, rank=rank)
        for rank, (bpm, sure) in enumerate(found)
    )


def key(name: str) -> tuple[Evidence, ...]:
    wheel = Evidence("", "tonality.camelot", "label", "8B", "", 0.7, "x.wav", LISTEN)
    return Evidence("", "tonality.key", "musical_key", name, "", 0.7, "x.wav", LISTEN), wheel


def hits(families: list[str], seed: int = 0) -> list[Heard]:
    found = []
    for place, row in enumerate(timbre_of(families, seed)):
        vectors = {"timbre": row.tolist(), "rhythm": [0.0] * 120, "harmony": [0.0] * 24, "pitch": [0.0] * 84,
                   "loudness": [0.1] * 12}  # fmt: skip
        label = stock_names()[int(stock_guess(row[None])[0])]
        evidence = (
            Evidence("", "timbre.label", "label", label, "", 0.6, "x.wav", LISTEN),
            Evidence("", "timbre.vectors", "vector", vectors, "", 1.0, "x.wav", LISTEN),
        )
        sha256 = hashlib.sha256(f"{families} {seed} {place}".encode()).hexdigest()
        found.append(Heard(f"{place}.wav", sha256, "r1", evidence))
    return found


def value_of(evidence: tuple[Evidence, ...], name: str) -> object:
    return next((item.value for item in evidence if item.name == name and item.rank == 0), None)


def test_a_correction_shows_at_once_with_ours_beside_it(owner: Owner) -> None:
    evidence = tempi((70.0, 0.8), (140.0, 0.2))
    owner.correct("tempo", 140.0, Heard("x.wav", "a" * 64, "r1", evidence))
    told = owner.told("a" * 64, "r1", evidence)
    main = next(item for item in told if item.name == "rhythm.tempo_bpm" and item.rank == 0)
    assert (main.value, main.confidence, main.source.agent, main.source.method) == (140.0, 1.0, "owner", "said by you")
    assert value_of(told, "rhythm.heard_tempo_bpm") == 70.0
    measured = [item.value for item in told if item.name == "rhythm.tempo_bpm" and item.rank > 0]
    assert measured == [70.0, 140.0], "what was measured is not lost"
    assert owner.told("b" * 64, "r1", evidence) == evidence, "other recordings stay as they are"


def test_a_corrected_key_takes_its_place_on_the_wheel_with_it(owner: Owner) -> None:
    owner.correct("key", "A minor", Heard("x.wav", "a" * 64, "r1", key("C major")))
    told = owner.told("a" * 64, "r1", key("C major"))
    assert (value_of(told, "tonality.key"), value_of(told, "tonality.camelot")) == ("A minor", "8A")
    assert value_of(told, "tonality.heard_key") == "C major"


def test_what_could_not_be_measured_can_be_said(owner: Owner) -> None:
    nothing = (replace(tempi((1.0, 0.0))[0], value=None),)
    owner.correct("tempo", 90.0, Heard("x.wav", "a" * 64, "r1", nothing))
    told = owner.told("a" * 64, "r1", nothing)
    assert value_of(told, "rhythm.tempo_bpm") == 90.0
    assert value_of(told, "rhythm.heard_tempo_bpm") is None


def test_labels_are_told_and_what_it_is_not_is_not_said(owner: Owner) -> None:
    (sound, other) = hits(["boom", "hiss"])
    heard = str(value_of(sound.evidence, "timbre.label"))
    owner.label("dusty", [sound], [other])
    owner.label(heard, [], [sound])
    told = owner.told(sound.sha256, "r1", sound.evidence)
    assert value_of(told, "timbre.labels") == "dusty"
    assert value_of(told, "timbre.label") is None
    assert value_of(told, "timbre.heard_label") == heard
    assert value_of(owner.told(other.sha256, "r1", other.evidence), "timbre.labels") is None
    owner.label("cowbell", [sound])
    assert value_of(owner.told(sound.sha256, "r1", sound.evidence), "timbre.label") == "cowbell"


def test_one_recording_cannot_be_something_and_not_be_it(owner: Owner) -> None:
    (sound,) = hits(["boom"])
    with pytest.raises(BadRequest, match="cannot be"):
        owner.label("kick", [sound], [sound])
    assert owner.teachings.labels() == []


def test_a_preference_is_about_three_different_sounds(owner: Owner) -> None:
    a, b, c = hits(["boom", "hiss", "ping"])
    with pytest.raises(BadRequest, match="three recordings"):
        owner.prefer(a, b, a)
    owner.prefer(a, b, c)
    owner.prefer(b, a, c)
    assert [(item.a, item.b) for item in owner.teachings.preferences()] == [(b.sha256, a.sha256)], (
        "the later one counts"
    )


def test_what_has_no_vectors_teaches_nothing(owner: Owner) -> None:
    with pytest.raises(BadRequest, match="nothing to learn from"):
        owner.label("kick", [Heard("x.wav", "a" * 64, "r1", tempi((70.0, 0.8)))])
    assert owner.teachings.labels() == []


def test_an_ear_in_use_names_new_hits_and_an_undo_gives_the_stock_answers_back(owner: Owner) -> None:
    mine = {"boom": "tom", "hiss": "clap", "ping": "cowbell"}
    for family, label in mine.items():
        owner.label(label, hits([family] * 5, seed=len(family)))
    trained = train(read_taught(owner.teachings, "r1"))
    owner.teachings.put_ear(to_bytes(trained.ear), trained.figures())
    (new,) = hits(["ping"], seed=77)
    told = owner.told(new.sha256, "r1", new.evidence)
    assert value_of(told, "timbre.label") == "cowbell"
    assert next(item for item in told if item.name == "timbre.label").source.agent == "ear"
    assert owner.told(new.sha256, "another recipe", new.evidence) == new.evidence, "recipes are never mixed"
    owner.teachings.undo_ear()
    assert owner.told(new.sha256, "r1", new.evidence) == new.evidence


def test_a_habit_chooses_among_what_was_measured_and_says_so(owner: Owner) -> None:
    ear = Ear("r1", habits={"tempo": Habit("tempo", np.array([4.0, 0.0]))})
    owner.teachings.put_ear(to_bytes(ear), {})
    told = owner.told("a" * 64, "r1", tempi((70.0, 0.6), (140.0, 0.3)))
    main = next(item for item in told if item.name == "rhythm.tempo_bpm" and item.rank == 0)
    assert (main.value, main.source.agent) == (140.0, "ear")
    assert value_of(told, "rhythm.heard_tempo_bpm") == 70.0
    assert {item.value for item in told} == {70.0, 140.0}
    owner.correct("tempo", 70.0, Heard("x.wav", "a" * 64, "r1", tempi((70.0, 0.6), (140.0, 0.3))))
    assert value_of(owner.told("a" * 64, "r1", tempi((70.0, 0.6), (140.0, 0.3))), "rhythm.tempo_bpm") == 70.0
