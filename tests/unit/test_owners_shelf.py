"""The library as its owner tells it: his word before what was measured, and what his ear learned where he is silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pytest
from tests.unit.tuning.sounds import music, timbre_of

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.library.finder import Finder
from grym_synth.library.search import Found
from grym_synth.memory.shelf import Shelves
from grym_synth.owners_shelf import OwnersShelf
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, LibraryFile
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.teachings import Correction, Label, Teachings
from grym_synth.tuning.ear import Ear, to_bytes
from grym_synth.tuning.features import stock_names
from grym_synth.tuning.heads import LabelHead, fit_classes, fit_label
from grym_synth.tuning.owner import Owner

RECIPE, WHOLE = "timbre 1", "facts 1; timbre 1"
WEIGHTS = {"timbre": 0.4, "rhythm": 0.3, "harmony": 0.1, "pitch": 0.1, "loudness": 0.1}


class Shop:
    """A library, its owner, and both together."""

    def __init__(self, store: SqliteStore) -> None:
        self.library, self.owner = Library(store), Owner(Teachings(store))
        self.told = OwnersShelf(Shelves(self.library, recipe=WHOLE), self.library, self.owner)
        self.finder = Finder(self.library, self.told)

    def put(self, timbre: FloatArray, prefix: str, *, heard_as: str = "") -> None:
        names = [f"{prefix}{row}" for row in range(len(timbre))]
        self.library.put_files(LibraryFile(f"/lib/{name}.wav", 1, 1, 1, 1, 1, name) for name in names)
        figures = {"tempo_bpm": 96.0, "tempo_confidence": 0.6, "class_confidence": 0.9, "duration_s": 1.0}
        words = {"key": "C major", "camelot": "8B", "class": heard_as}
        self.library.put(
            Described(name, WHOLE, figures, words, {}, {"timbre": row}) for name, row in zip(names, timbre, strict=True)
        )

    def use(self, ear: Ear) -> None:
        self.owner.teachings.put_ear(to_bytes(ear), {})

    def find(self, text: str) -> Found:
        return self.finder.find(text, now=datetime(2026, 1, 1).astimezone())


@pytest.fixture
def shop() -> Iterator[Shop]:
    store = SqliteStore.in_memory()
    yield Shop(store)
    store.close()


def names(found: Found) -> list[str]:
    return [match.sha256 for match in found.matches]


def dusty_head() -> LabelHead:
    """Told of recordings whose spectrum falls from those whose spectrum rises."""
    timbre = np.vstack([music(8, -1.0, seed=5), music(8, 1.0, seed=6)])
    return fit_label(timbre, np.arange(16) < 8, np.zeros(16, np.bool_))[0]


def test_without_a_word_of_the_owner_the_library_is_the_very_same(shop: Shop) -> None:
    shop.put(music(2, 1.0), "a")
    assert shop.told.current() is shop.told.current()
    assert "tempo_by" not in shop.told.current().words


def test_a_correction_goes_before_what_was_measured_until_it_is_taken_back(shop: Shop) -> None:
    shop.put(music(2, 1.0), "a")
    assert shop.find("192 bpm").total == 0
    shop.owner.teachings.put_correction(Correction("a1", "tempo", 192.0, ((96.0, 0.6),), "a1.wav"))
    shop.owner.teachings.put_correction(Correction("a1", "key", "A minor", (), "a1.wav"))
    found = shop.find("192 bpm")
    assert (found.total, found.at_other_times, names(found)) == (1, 1, ["a1", "a0"])
    assert found.matches[0].reasons == ("tempo: said by you",)
    assert names(shop.find("in A minor")) == names(shop.find("in 8A")) == ["a1"]
    summary = shop.find("average tempo").summary
    assert summary is not None
    assert summary.value == pytest.approx(144.0)
    shop.owner.teachings.take_back_corrections(None, "a1")
    assert shop.find("192 bpm").total == 0


def test_an_own_label_is_found_where_it_was_said_first_then_where_it_is_likeliest(shop: Shop) -> None:
    shop.put(music(4, -1.0, seed=1), "down")
    shop.put(music(4, 1.0, seed=2), "up")
    shop.owner.teachings.put_labels([Label("up0", "dusty", True, ""), Label("down3", "dusty", False, "")])
    assert names(shop.find("dusty")) == ["up0"]
    shop.use(Ear(RECIPE, labels={"dusty": dusty_head()}))
    found = shop.find("dusty")
    assert names(found)[0] == "up0"
    assert set(names(found)[1:]) == {"down0", "down1", "down2"}
    assert found.matches[0].reasons == ("dusty: said by you",)
    assert all(match.reasons[0].startswith("dusty: learned, ") for match in found.matches[1:])
    counted = shop.find("how many dusty sounds").summary
    assert counted is not None
    assert counted.value == 4.0


def test_what_comes_later_is_heard_and_what_goes_is_forgotten(shop: Shop) -> None:
    shop.put(music(2, -1.0, seed=1), "first")
    shop.use(Ear(RECIPE, labels={"dusty": dusty_head()}))
    assert sorted(names(shop.find("dusty"))) == ["first0", "first1"]
    shop.put(np.vstack([music(1, -1.0, seed=3), music(1, 1.0, seed=4)]), "second")
    assert sorted(names(shop.find("dusty"))) == ["first0", "first1", "second0"]
    shop.library.drop_files(["/lib/first0.wav"])
    assert sorted(names(shop.find("dusty"))) == ["first1", "second0"]
    shop.owner.teachings.undo_ear()
    assert shop.find("dusty").query.is_empty


def test_an_ear_of_another_recipe_says_nothing(shop: Shop) -> None:
    shop.put(music(2, -1.0, seed=1), "a")
    shop.use(Ear("timbre 2", labels={"dusty": dusty_head()}, weights=WEIGHTS))
    assert shop.find("dusty").query.is_empty
    assert shop.owner.weights_for(WHOLE, is_hit=False) is None


def test_a_class_is_the_owners_then_the_ears_then_what_was_measured(shop: Shop) -> None:
    families = {"boom": "tom", "hiss": "clap", "ping": "cowbell"}
    known = [family for family in families for _ in range(5)]
    allowed = np.array([[name == families[family] for name in stock_names()] for family in known])
    shop.put(timbre_of(["ping"] * 3, seed=1), "ping", heard_as="snare")
    shop.put(music(1, 1.0), "song", heard_as="snare")
    shop.use(Ear(RECIPE, classes=fit_classes(timbre_of(known), allowed)[0]))
    teachings = shop.owner.teachings
    teachings.put_labels([Label("ping0", "snare", True, ""), Label("ping1", "cowbell", False, "")])
    cowbells, snares = shop.find("cowbell"), shop.find("snares")
    assert names(cowbells) == ["ping2"]
    assert cowbells.matches[0].words["class"] == "cowbell"
    assert set(names(snares)) == {"ping0", "ping1", "song0"}
    assert {match.sha256: match.reasons for match in snares.matches}["ping0"] == ("kind of sound: said by you",)
    teachings.put_labels([Label("ping1", "snare", False, "")])
    assert "ping1" not in names(shop.find("snares"))


def test_learned_weights_hold_for_the_kind_that_the_choices_were_about(shop: Shop) -> None:
    shop.use(Ear(RECIPE, weights=WEIGHTS))
    assert shop.owner.weights_for(WHOLE, is_hit=False) == pytest.approx(WEIGHTS)
    assert shop.owner.weights_for(WHOLE, is_hit=True) is None, "nobody said anything of hits"
    shop.use(Ear(RECIPE, hit_weights={"timbre": 0.8, "pitch": 0.2}))
    assert shop.owner.weights_for(WHOLE, is_hit=False) is None, "nobody said anything of music"
    assert shop.owner.weights_for(WHOLE, is_hit=True) == pytest.approx({"timbre": 0.8, "pitch": 0.2})


def test_an_ear_that_cannot_be_read_hinders_no_search(shop: Shop) -> None:
    shop.put(music(2, -1.0, seed=1), "a")
    shop.owner.teachings.put_ear(b"no ear", {})
    assert shop.find("96 bpm").total == 2
