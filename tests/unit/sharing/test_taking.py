"""What a pack says holds for the recordings that are here, behind the owner's word, until it is taken back."""

import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grym_synth.errors import BadRequest
from grym_synth.messages import Evidence, Source
from grym_synth.sharing.pack import read_pack
from grym_synth.sharing.taking import look, take, take_back
from grym_synth.storage.sharing import Fit, Shared, SharedRow
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.tuning.owner import Owner

from .receiver import TEXT, House, content, sender


def taken(house: House, path: Path, name: str = "Ben") -> Any:
    pack = read_pack(path)
    house.shared.trust(pack.signer, name)
    looked = look(house.own, pack)
    take(house.own, looked)
    return looked


def test_labels_hold_for_the_same_bytes_and_for_the_same_sound_in_another_coding(tmp_path: Path) -> None:
    ben, anna = sender(tmp_path / "ben"), House(tmp_path / "anna")
    kick, loop = anna.has("kick"), anna.has("loop", bits=2)
    looked = taken(anna, ben.export(tmp_path / "1.grym"))
    fits = {fit.sha256: (fit.fit, fit.own) for fit in looked.fits}
    assert fits == {
        content("kick"): ("copy", kick), content("loop"): ("same", loop), content("tone"): ("none", ""),
    }  # fmt: skip
    assert [said.value["label"] for said in anna.shared.said_of(kick, "label")] == ["boom"]
    assert [said.value["value"] for said in anna.shared.said_of(loop, "correction")] == [60.0]
    assert anna.shared.said_of(content("tone"), "label") == []
    assert dict(looked.used) == {"label": 2, "correction": 1, "feature": 2, "note": 1}
    assert dict(looked.waiting) == {"preference": 1, "feature": 1}


def test_a_recording_that_is_told_of_otherwise_is_listed_and_nothing_said_of_it_holds(tmp_path: Path) -> None:
    ben, anna = sender(tmp_path / "ben"), House(tmp_path / "anna")
    kick = anna.has("kick", length=30.0)
    anna.has("loop", tempo=240.0)  # an octave is no contradiction
    looked = taken(anna, ben.export(tmp_path / "1.grym"))
    assert looked.refused == ((kick, kick, "its length is 8.00 s there and 30.00 s here"),)
    assert anna.shared.said_of(kick, "label") == []
    assert anna.shared.said_of(content("loop"), "label") != []


def test_a_recording_that_comes_later_is_known_when_the_pack_is_taken_in_again(tmp_path: Path) -> None:
    ben, anna = sender(tmp_path / "ben"), House(tmp_path / "anna")
    path = ben.export(tmp_path / "1.grym")
    taken(anna, path)
    assert anna.shared.said_of(anna.has("kick"), "label") == []
    taken(anna, path)
    assert anna.shared.said_of(content("kick"), "label") != []
    assert len(anna.shared.packs()) == 1


def test_the_owners_word_stands_first_and_anothers_behind_it_by_name(tmp_path: Path) -> None:
    ben, anna = sender(tmp_path / "ben"), House(tmp_path / "anna")
    kick = anna.has("kick")
    anna.teach(kick, "thump")
    anna.correct(content("loop"), 90.0)
    anna.has("loop")
    looked = taken(anna, ben.export(tmp_path / "1.grym"))
    assert looked.differs == ({"own": content("loop"), "name": "tempo", "yours": 90.0, "theirs": 60.0},)
    listen = Source("listen", "1", "heard")
    heard = [
        Evidence("", "timbre.label", "label", "kick", "", 0.9, "x", listen),
        Evidence("", "rhythm.tempo_bpm", "tempo", 120.0, "BPM", 0.9, "x", listen),
    ]
    owner = Owner(anna.teachings, anna.shared)
    told = {(item.name, item.value, item.source.agent) for item in owner.told(kick, "r", heard)}
    assert ("timbre.labels", "thump", "owner") in told
    assert ("timbre.said_labels", "boom", "share") in told
    of_loop = owner.told(content("loop"), "r", heard)
    assert next(item.value for item in of_loop if item.name == "rhythm.tempo_bpm") == 90.0
    (said,) = [item for item in of_loop if item.name == "rhythm.said_tempo_bpm"]
    assert (said.value, said.source.method) == (60.0, f"said by Ben ({ben.key.text[:13]})")


def test_what_one_no_longer_trusts_is_not_told(tmp_path: Path) -> None:
    ben, anna = sender(tmp_path / "ben"), House(tmp_path / "anna")
    kick = anna.has("kick")
    taken(anna, ben.export(tmp_path / "1.grym"))
    anna.shared.distrust(ben.key.text)
    assert anna.shared.said_of(kick, "label") == []


def test_notes_come_with_their_signer_and_go_without_a_trace(tmp_path: Path) -> None:
    ben, anna = sender(tmp_path / "ben"), House(tmp_path / "anna")
    anna.note("/home/anna/own.md", "# Own\n\nMy own words.\n")
    taken(anna, ben.export(tmp_path / "1.grym"))
    (theirs,) = [item for item in anna.knowledge.sources() if item.author_key]
    assert theirs.author_key == ben.key.text
    assert theirs.address.startswith(f"{ben.key.text[:13]}:notes/kick-")
    assert anna.knowledge.text(theirs.address) == TEXT
    take_back(anna.own, anna.shared.packs()[0].id[:10])
    assert [item.address for item in anna.knowledge.sources()] == ["/home/anna/own.md"]
    anna.store.close()
    assert b"Cut 300 Hz" not in b"".join(path.read_bytes() for path in anna.folder.glob("grym.db*"))


def test_a_newer_pack_of_a_signer_speaks_instead_of_an_older_and_taking_it_back_lets_that_speak_again(
    tmp_path: Path,
) -> None:
    ben, anna = sender(tmp_path / "ben"), House(tmp_path / "anna")
    kick = anna.has("kick")
    old = ben.export(tmp_path / "1.grym", made_at=1000)
    ben.teachings.take_back_labels("boom")
    ben.teach(kick, "thud")
    ben.knowledge.forget("/home/ben/notes/kick.md")
    ben.note("/home/ben/notes/kick.md", "# Kick\n\nBetter words.\n")
    new = ben.export(tmp_path / "2.grym", made_at=2000)
    taken(anna, new)
    assert not taken(anna, old).is_newest
    assert [said.value["label"] for said in anna.shared.said_of(kick, "label")] == ["thud"]
    assert [anna.knowledge.text(item.address) for item in anna.knowledge.sources()] == ["# Kick\n\nBetter words.\n"]
    take_back(anna.own, read_pack(new).id)
    assert [said.value["label"] for said in anna.shared.said_of(kick, "label")] == ["boom"]
    assert [anna.knowledge.text(item.address) for item in anna.knowledge.sources()] == [TEXT]


def test_taking_back_what_is_not_there_or_not_one_says_so(tmp_path: Path) -> None:
    anna = House(tmp_path / "anna")
    with pytest.raises(BadRequest, match="no pack of that name"):
        take_back(anna.own, "")
    with pytest.raises(BadRequest, match="no pack of that name"):
        take_back(anna.own, "abc")


_KEYS = ("grym1aaa", "grym1bbb", "grym1ccc")
_ROWS = st.builds(
    lambda kind, key, value: SharedRow(kind, key, value),
    st.sampled_from(("label", "correction", "note")), st.sampled_from(("r1 x", "r2 x", "r3 y")), st.integers(0, 3),
)  # fmt: skip
_PACKS = st.lists(
    st.tuples(
        st.sampled_from(_KEYS), st.integers(1, 4),
        st.lists(_ROWS, max_size=4, unique_by=lambda row: (row.kind, row.key)),
    ),
    min_size=1, max_size=7,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(_PACKS, st.randoms(use_true_random=False), st.sets(st.integers(0, 6)))
def test_packs_converge_whatever_the_order_and_however_often(
    packs: list[tuple[str, int, list[SharedRow]]], rng: random.Random, back: set[int]
) -> None:
    states = []
    for _ in range(3):
        shared = Shared(SqliteStore.in_memory())
        for key in _KEYS:
            shared.trust(key)
        order = [*range(len(packs)), *(rng.randrange(len(packs)) for _ in range(3))]
        rng.shuffle(order)
        late = [number for number in back if number < len(packs)]
        for number in order:
            signer, made_at, rows = packs[number]
            fits = [Fit(row.key.split(" ")[0], f"own {row.key[:2]}", "copy") for row in rows[:1]]
            shared.put(f"pack {number}", signer, made_at, rows, fits)
            if late and rng.random() < 0.2:  # taken back in the middle, and perhaps taken in again later
                shared.drop(f"pack {rng.choice(late)}")
        for number in rng.sample(late, len(late)):
            shared.drop(f"pack {number}")
        held = [(item.id, item.signer, dict(item.counts), item.speaks) for item in shared.packs()]
        said = [shared.said(kind) for kind in ("label", "correction")]
        states.append((sorted(held), [shared.rows(kind) for kind in ("label", "correction", "note")], said))
    assert states[0] == states[1] == states[2]


def test_an_interrupted_taking_in_is_finished_by_the_next(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ben, anna = sender(Path(folder) / "ben"), House(Path(folder) / "anna")
        pack = read_pack(ben.export(Path(folder) / "1.grym"))
        looked = look(anna.own, pack)
        anna.shared.put(pack.id, pack.signer, pack.made_at, looked.rows, looked.fits)  # and killed before its notes
        assert anna.knowledge.sources() == []
        from grym_synth.sharing.taking import bring_notes

        bring_notes(anna.own)
        bring_notes(anna.own)
        assert len(anna.knowledge.sources()) == 1


def test_labels_alone_are_collected_without_reading_the_whole_library(tmp_path: Path) -> None:
    ben = sender(tmp_path / "ben")
    asked: list[Any] = []
    described = ben.library.described
    ben.library.described = lambda sha256s=None, **more: (asked.append(sha256s), described(sha256s, **more))[1]  # type: ignore[method-assign, func-returns-value]
    ben.export(tmp_path / "1.grym", ("labels",))
    assert asked == [sorted([content("kick"), content("loop"), content("tone")])]
