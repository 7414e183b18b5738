"""What sounds like a recording: copies, the same in other files, what is near with its reasons, and wishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from grym_synth.audio.prints.summary import SUMMARY_LENGTH
from grym_synth.errors import BadRequest
from grym_synth.memory.aspects import ASPECTS, read_space
from grym_synth.memory.shelf import Shelf, Shelves
from grym_synth.memory.similar import Query, Recall, read_weights
from grym_synth.memory.wishes import fitting, shifted
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, Fragment, LibraryFile
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store

FIGURES = {"tempo_bpm": 120.0, "centroid_hz": 2000.0, "duration_s": 30.0, "integrated_lufs": -14.0}


def vectors(seed: int, *, near: int | None = None, apart: float = 0.4) -> dict[str, np.ndarray]:
    """Vectors of music that are those of another seed, a little changed, or like nobody's."""
    rng = np.random.default_rng(seed)
    found = {}
    for name in ASPECTS:
        projection = read_space().projections[name]
        spread = np.linalg.norm(projection.basis, axis=1)
        base = np.random.default_rng(seed if near is None else near).standard_normal(len(spread))
        values = projection.mean + (base + apart * rng.standard_normal(len(spread)) * (near is not None)) / (
            spread + 0.1
        )
        found[name] = np.concatenate([np.zeros(60), values]) if name == "timbre" else values
    return {name: np.asarray(values, np.float32) for name, values in found.items()}


def described(name: str, heard: dict[str, np.ndarray], **figures: float) -> Described:
    fragments = (Fragment(0.0, 4.0, np.ones(44, np.float32)), Fragment(2.0, 6.0, np.arange(44, dtype=np.float32)))
    return Described(name, "r", {**FIGURES, **figures}, {"key": "A minor"}, {}, heard, fragments)


def print_of(name: str, seed: int, *, flipped: float = 0.0) -> StoredPrint:
    rng = np.random.default_rng(seed)
    words = rng.integers(1, 1 << 63, 200, dtype=np.uint64)
    wrong = np.random.default_rng(99).random((200, 64)) < flipped
    words ^= np.packbits(wrong, axis=1, bitorder="little").view("<u8")[:, 0]
    summary = rng.standard_normal(SUMMARY_LENGTH).astype(np.float32)
    return StoredPrint(name, words, np.zeros((0, BANDS), np.uint8), summary)


class Shop:
    """A library with a recall over it."""

    def __init__(self, store: Store) -> None:
        self.library, self.prints = Library(store), Prints(store)
        self.recall = Recall(self.library, self.prints)
        self._shelves = Shelves(self.library)

    def put(self, item: Described, *paths: str, found: StoredPrint | None = None) -> None:
        self.library.put_files(LibraryFile(path, 1, 1, 1, 1, 1, item.sha256) for path in paths)
        self.library.put([item])
        self.prints.put([found] if found else [])

    @property
    def shelf(self) -> Shelf:
        return self._shelves.current()


@pytest.fixture
def shop() -> Iterator[Shop]:
    store = SqliteStore.in_memory()
    yield Shop(store)
    store.close()


def test_copies_come_first_then_the_same_recording_then_what_is_near(shop: Shop) -> None:
    own = described("own", vectors(1))
    shop.put(own, "/own.wav", "/copy.wav", found=print_of("own", 1))
    shop.put(described("mp3", vectors(50)), "/own.mp3", found=print_of("mp3", 1, flipped=0.15))
    shop.put(described("near", vectors(2, near=1)), "/near.wav", found=print_of("near", 2))
    for seed in range(10, 20):
        shop.put(described(f"far{seed}", vectors(seed)), f"/far{seed}.wav", found=print_of(f"far{seed}", seed))
    found = shop.recall.similar(shop.shelf, Query(own, "/own.wav", print_of("own", 1)), 5)
    assert [match.path for match in found.matches[:3]] == ["/copy.wav", "/own.mp3", "/near.wav"]
    assert [match.relation for match in found.matches[:3]] == ["copy", "same recording", ""]
    assert found.matches[0].similarity == 1.0
    assert 0.9 < found.matches[2].similarity < found.matches[1].similarity < 1.0
    similarities = [match.similarity for match in found.matches]
    assert similarities == sorted(similarities, reverse=True)
    assert len(found.matches) == 5
    assert found.is_near
    assert set(found.matches[2].aspects) == set(ASPECTS)


def test_of_several_files_of_one_recording_only_the_nearest_is_listed(shop: Shop) -> None:
    shop.put(described("a", vectors(2, near=1)), "/a.flac", found=print_of("a", 2))
    shop.put(described("b", vectors(2, near=1)), "/b.mp3", found=print_of("b", 2, flipped=0.1))
    shop.put(described("c", vectors(3, near=1)), "/c.wav", "/c2.wav", found=print_of("c", 3))
    found = shop.recall.similar(shop.shelf, Query(described("new", vectors(1))), 10)
    listed = {match.path: match.others for match in found.matches}
    assert len(listed) == 2
    assert listed["/c.wav"] == ("/c2.wav",)
    assert {"/a.flac", "/b.mp3"} == {next(path for path in listed if path != "/c.wav"), *listed.get("/a.flac", ()),
                                     *listed.get("/b.mp3", ())}  # fmt: skip


def test_when_nothing_is_near_that_is_said(shop: Shop) -> None:
    for seed in range(10, 20):
        shop.put(described(f"far{seed}", vectors(seed)), f"/far{seed}.wav")
    found = shop.recall.similar(shop.shelf, Query(described("new", vectors(1))), 3)
    assert not found.is_near
    assert len(found.matches) == 3


def test_weights_decide_which_is_nearest(shop: Shop) -> None:
    own = vectors(1)
    shop.put(described("rhythm", {**vectors(2), "rhythm": own["rhythm"]}), "/rhythm.wav")
    shop.put(described("pitch", {**vectors(3), "pitch": own["pitch"]}), "/pitch.wav")
    for aspect in ("rhythm", "pitch"):
        found = shop.recall.similar(shop.shelf, Query(described("new", own)), 2, {aspect: 1.0})
        assert found.matches[0].path == f"/{aspect}.wav"
        assert found.matches[0].aspects[aspect] > 0.95
    silent = {name: np.zeros_like(values) for name, values in own.items()}
    with pytest.raises(BadRequest, match="nothing of it can be compared by rhythm"):
        shop.recall.similar(shop.shelf, Query(described("new", silent)), 2, {"rhythm": 1.0})


def test_the_seconds_that_are_most_like_it_are_told(shop: Shop) -> None:
    shop.put(described("other", vectors(2, near=1)), "/other.wav")
    asked = replace(described("new", vectors(1)), fragments=(Fragment(0.0, 4.0, np.arange(44, dtype=np.float32)),))
    (match,) = shop.recall.similar(shop.shelf, Query(asked), 1).matches
    assert match.span_s == (2.0, 6.0)


def test_a_part_finds_its_own_recording_elsewhere_and_no_copies(shop: Shop) -> None:
    own = described("own", vectors(1))
    shop.put(own, "/own.wav")
    found = shop.recall.similar(shop.shelf, Query(described("", vectors(5, near=1)), "/own.wav", is_part=True), 3)
    assert [match.relation for match in found.matches] == [""]


def test_darker_ones_are_darker_and_say_by_how_much(shop: Shop) -> None:
    for number, centroid in enumerate((500.0, 1000.0, 1900.0, 4000.0)):
        shop.put(described(f"r{number}", vectors(number), centroid_hz=centroid), f"/r{number}.wav")
    wish = shifted(shop.shelf, FIGURES, "darker")
    found = shop.recall.similar(shop.shelf, Query(described("new", vectors(1))), 10, None, wish)
    assert {match.path for match in found.matches} == {"/r0.wav", "/r1.wav"}
    assert next(m.reasons for m in found.matches if m.path == "/r0.wav") == ("75 % darker by spectral centroid",)
    with pytest.raises(BadRequest, match="unknown direction 'wetter'"):
        shifted(shop.shelf, FIGURES, "wetter")
    with pytest.raises(BadRequest, match="was not measured"):
        shifted(shop.shelf, {}, "darker")


def test_what_fits_has_a_key_that_mixes_and_a_tempo_that_can_be_reached(shop: Shop) -> None:
    for name, key, tempo in (
        ("same", "A minor", 120.0), ("half", "E minor", 61.0), ("clash", "D# minor", 120.0),
        ("far", "A minor", 95.0), ("keyless", "", 122.0), ("free", "C major", np.nan), ("unknown", "", np.nan),
    ):  # fmt: skip
        item = described(name, vectors(len(name)), tempo_bpm=tempo)
        figures = {k: v for k, v in item.figures.items() if not np.isnan(v)}
        shop.put(replace(item, figures=figures, words={"key": key}), f"/{name}.wav")
    wish = fitting(shop.shelf, FIGURES, {"key": "A minor"})
    told = {shop.shelf.sha256[i]: wish.reason(i) for i in np.flatnonzero(wish.mask).tolist()}
    assert set(told) == {"same", "half", "keyless", "free"}
    assert told["half"] == ("neighbouring keys, 9A", "-1.6 % stretch at half time")
    assert told["same"] == ("same key, 8A", "+0.0 % stretch")
    with pytest.raises(BadRequest, match="neither its key nor its tempo"):
        fitting(shop.shelf, {}, {})


def test_weights_are_read_as_they_are_typed() -> None:
    assert read_weights("timbre=2, rhythm") == {"timbre": 2.0, "rhythm": 1.0}
    for wrong in ("colour=1", "timbre=x", "timbre=-1", "timbre=0", "", "timbre=nan"):
        with pytest.raises(BadRequest):
            read_weights(wrong)
