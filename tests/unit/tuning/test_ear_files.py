"""An ear as a file: read back the same, refused when it is none; and what machines exchange."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from tests.unit.tuning.test_owner import LISTEN, hits

from grym_synth.errors import BadRequest
from grym_synth.memory.aspects import read_space
from grym_synth.messages import Evidence
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.teachings import Teachings
from grym_synth.tuning.ear import Ear, from_bytes, to_bytes
from grym_synth.tuning.exchange import export, merge
from grym_synth.tuning.owner import Heard, Owner
from grym_synth.tuning.train import read_taught, train
from grym_synth.tuning.weights import STOCK_HIT_WEIGHTS

OTHERS = {"rhythm": 120, "harmony": 24, "pitch": 84, "loudness": 12}  # numbers of the aspects but timbre


def taught(folder: Path) -> Owner:
    owner = Owner(Teachings(SqliteStore(folder / "grym.db")))
    for family, label in {"boom": "tom", "hiss": "clap", "ping": "cowbell"}.items():
        owner.label(label, hits([family] * 5, seed=len(family)))
    booms, pings = hits(["boom"] * 5, seed=4), hits(["ping"] * 5, seed=4)
    owner.label("mine", booms[:4], pings[:4])
    for a, b in zip(booms[:4], pings[:4], strict=True):
        owner.prefer(a, b, booms[4])
    return owner


def test_the_same_teachings_give_the_same_ear_byte_for_byte(tmp_path: Path) -> None:
    owner = taught(tmp_path)
    one, two = (to_bytes(train(read_taught(owner.teachings, "r1")).ear) for _ in range(2))
    assert one == two
    assert to_bytes(from_bytes(one)) == one
    assert from_bytes(one).classes is not None


def test_undo_restores_bit_for_bit_what_was_in_use(tmp_path: Path) -> None:
    owner = taught(tmp_path)
    teachings = owner.teachings
    first = to_bytes(train(read_taught(teachings, "r1")).ear)
    teachings.put_ear(first, {})
    owner.label("cowbell", hits(["ping"] * 3, seed=50))
    second = to_bytes(train(read_taught(teachings, "r1")).ear)
    assert second != first
    teachings.put_ear(second, {})
    assert teachings.undo_ear() == (2, 1)
    stored = teachings.ear()
    assert stored is not None
    assert stored.model == first
    assert teachings.undo_ear() == (1, None)
    assert teachings.ear() is None
    assert owner.ear == Ear()
    assert teachings.undo_ear() is None


def music_heard(count: int) -> list[Heard]:
    """Longer recordings whose aspects have nothing to do with each other."""
    rng = np.random.default_rng(0)
    found = []
    for place in range(count):
        timbre = [*[0.0] * 60, *rng.normal(size=160).tolist()]
        others = {name: rng.normal(size=length).tolist() for name, length in OTHERS.items()}
        row = Evidence("", "timbre.vectors", "vector", {"timbre": timbre, **others}, "", 1.0, "x.wav", LISTEN)
        found.append(Heard(f"{place}.wav", hashlib.sha256(str(place).encode()).hexdigest(), "r1", (row,)))
    return found


def test_choices_by_rhythm_train_weights_of_rhythm_that_the_file_keeps(tmp_path: Path) -> None:
    owner = Owner(Teachings(SqliteStore(tmp_path / "grym.db")))
    heard = music_heard(60)
    rows = read_space().lay({"rhythm": np.array([item.vectors["rhythm"] for item in heard])})["rhythm"]
    for at in range(0, 60, 3):
        a, b, c = at, at + 1, at + 2
        first = rows[a] @ rows[c] > rows[b] @ rows[c]
        owner.prefer(heard[a if first else b], heard[b if first else a], heard[c])
    trained = train(read_taught(owner.teachings, "r1"))
    assert trained.ear.parts == ("weights",)
    assert max(trained.ear.weights, key=lambda name: trained.ear.weights[name]) == "rhythm"
    assert dict(trained.ear.hit_weights) == dict(STOCK_HIT_WEIGHTS)
    assert from_bytes(to_bytes(trained.ear)) == trained.ear


def test_choices_held_against_a_hit_say_nothing_of_longer_recordings(tmp_path: Path) -> None:
    owner = Owner(Teachings(SqliteStore(tmp_path / "grym.db")))
    one, two, *hits_heard = [*music_heard(2), *hits(["boom"] * 4 + ["ping"] * 6)]
    owner.prefer(one, two, hits_heard[0])
    for a, b in zip(hits_heard[:4], hits_heard[4:], strict=False):
        owner.prefer(a, b, hits_heard[9])
    taught = read_taught(owner.teachings, "r1")
    assert (taught.choices.shape, taught.hit_choices.shape) == ((0, 5), (5, 2))
    assert train(taught).lacking == {"weights of hits": "5 of 8 preferences"}


def test_what_a_training_found_is_kept_also_where_it_added_no_ear(tmp_path: Path) -> None:
    teachings = Teachings(SqliteStore(tmp_path / "grym.db"))
    assert teachings.judged() is None
    teachings.put_judged({"parts": {"class": {"n": 3}}})
    judged = teachings.judged()
    assert judged is not None
    assert judged[1] == {"parts": {"class": {"n": 3}}}
    assert teachings.ear() is None
    teachings.put_ear(to_bytes(Ear()), {"parts": {}})
    teachings.undo_ear()
    judged = teachings.judged()
    assert judged is not None
    assert judged[1] == {"parts": {}}, "to go back to an ear is no training"


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.update(format="grym-ear/9"),
        lambda raw: raw["classes"].update(temperature=-1.0),
        lambda raw: raw["classes"]["weights"].pop(),
        lambda raw: raw["classes"]["names"].reverse(),
        lambda raw: raw.update(aspects={"timbre": 1.0}),
        lambda raw: raw.update(hit_aspects={"timbre": 0.0, "pitch": 0.0}),
        lambda raw: raw["habits"].update(loudness=[1.0]),
        lambda raw: raw.pop("labels"),
    ],
)
def test_a_file_that_is_no_ear_is_refused(tmp_path: Path, change: object) -> None:
    raw = json.loads(to_bytes(train(read_taught(taught(tmp_path).teachings, "r1")).ear))
    assert callable(change)
    change(raw)
    with pytest.raises(BadRequest):
        from_bytes(json.dumps(raw).encode())


def test_another_machine_learns_the_same_from_an_export(tmp_path: Path) -> None:
    here = taught(tmp_path / "here").teachings
    there = Teachings(SqliteStore(tmp_path / "there" / "grym.db"))
    file = export(here, "r1")
    assert b".wav" not in file, "no name of a file leaves the machine"
    assert merge(there, file) == {"labels": 23, "corrections": 0, "preferences": 4}
    assert merge(there, file) == {"labels": 0, "corrections": 0, "preferences": 0}
    assert to_bytes(train(read_taught(there, "r1")).ear) == to_bytes(train(read_taught(here, "r1")).ear)


def test_what_was_said_later_counts_when_two_machines_differ(tmp_path: Path) -> None:
    here, there = (Owner(Teachings(SqliteStore(tmp_path / name / "grym.db"))) for name in ("here", "there"))
    (sound, _, other) = hits(["boom", "hiss", "ping"])
    here.label("mine", [sound])
    there.label("mine", [], [sound])
    assert merge(here.teachings, export(there.teachings, "r1"))["labels"] == 1
    assert [item.is_so for item in here.teachings.labels()] == [False]
    here.label("mine", [sound], [other])
    assert merge(here.teachings, export(there.teachings, "r1"))["labels"] == 0


@pytest.mark.parametrize(
    "file", [b"", b"[]", b"{}", b'{"format": "x"}', b"\xff\xfe", b'{"format": "grym-teachings/1"}']
)
def test_a_file_that_is_no_export_changes_nothing(tmp_path: Path, file: bytes) -> None:
    teachings = Teachings(SqliteStore(tmp_path / "grym.db"))
    with pytest.raises(BadRequest):
        merge(teachings, file)
    assert teachings.labels() == []


def test_an_export_with_vectors_that_cannot_be_is_refused_whole(tmp_path: Path) -> None:
    raw = json.loads(export(taught(tmp_path / "here").teachings, "r1"))
    sha256 = next(iter(raw["vectors"]["timbre"]))
    raw["vectors"]["timbre"][sha256] = "AAAA"
    there = Teachings(SqliteStore(tmp_path / "there" / "grym.db"))
    with pytest.raises(BadRequest):
        merge(there, json.dumps(raw).encode())
    assert there.labels() == []


def test_too_little_is_told_and_changes_nothing(tmp_path: Path) -> None:
    owner = Owner(Teachings(SqliteStore(tmp_path / "grym.db")))
    with pytest.raises(BadRequest, match="nothing was taught"):
        train(read_taught(owner.teachings, "r1"))
    owner.label("mine", hits(["boom"]))
    trained = train(read_taught(owner.teachings, "r1"))
    assert trained.ear.parts == ()
    assert trained.lacking == {"label mine": "1 of 2 sounds that are it"}
    with pytest.raises(BadRequest, match="another version"):
        train(read_taught(owner.teachings, "r2"))
