"""The library as columns: what has a row, how it follows the store, and what a damaged cache costs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grym_synth.memory.aspects import WEIGHTS, read_space
from grym_synth.memory.shelf import Shelves, shelf_of
from grym_synth.memory.shelf_cache import load_shelf, save_shelf
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, LibraryFile
from grym_synth.storage.sqlite import SqliteStore


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    store = SqliteStore(tmp_path / "store.db")
    yield Library(store)
    store.close()


def described(number: int, *, recipe: str = "r1", tempo: float = 120.0, is_hit: bool = False) -> Described:
    rng = np.random.default_rng(number)
    vectors = {name: rng.standard_normal(read_space().raw_length(name)).astype(np.float32) for name in WEIGHTS}
    vectors["timbre"][60:] *= not is_hit
    vectors["timbre"][:60] *= is_hit
    return Described(f"{number:064x}", recipe, {"tempo_bpm": tempo}, {"key": "A minor"}, {"drums": 0.5}, vectors)


def put(library: Library, item: Described, *paths: str) -> None:
    library.put_files(LibraryFile(path, 1, 1, 1, 1, 1, item.sha256) for path in paths)
    library.put([item])


def test_a_shelf_holds_what_the_store_holds(library: Library) -> None:
    put(library, described(1), "/b.wav", "/a.wav")
    put(library, described(2, tempo=90.0), "/c.wav")
    shelf = Shelves(library).current()
    assert shelf.paths == (("/a.wav", "/b.wav"), ("/c.wav",))
    assert shelf.figure("tempo_bpm").tolist() == [120.0, 90.0]
    assert np.isnan(shelf.figure("duration_s")).all()
    assert shelf.word("key") == ("A minor", "A minor")
    assert shelf.tags["drums"].tolist() == [0.5, 0.5]
    assert np.allclose(np.linalg.norm(shelf.vectors["rhythm"], axis=1), 1.0, atol=1e-5)


def test_what_lies_nowhere_has_no_row(library: Library) -> None:
    put(library, described(1), "/a.wav")
    put(library, described(2), "/b.wav")
    library.drop_files(["/a.wav"])
    assert Shelves(library).current().paths == (("/b.wav",),)


def test_another_recipe_is_left_out_and_counted(library: Library) -> None:
    for number in (1, 2):
        put(library, described(number), f"/{number}.wav")
    put(library, described(3, recipe="r2"), "/3.wav")
    shelf = Shelves(library).current()
    assert (len(shelf), shelf.recipe, shelf.left_out) == (2, "r1", 1)
    assert len(Shelves(library, recipe="r2").current()) == 1


def test_the_whole_has_what_another_recipe_knows_and_none_of_its_vectors(library: Library) -> None:
    put(library, described(1), "/1.wav")
    put(library, described(2, recipe="r0", tempo=90.0), "/2.wav")
    put(library, described(3, recipe="r0", tempo=70.0), "/3.wav")
    shelves = Shelves(library, recipe="r1")
    whole = shelves.whole()
    assert whole.figure("tempo_bpm").tolist() == [120.0, 90.0, 70.0]
    assert [bool(row.any()) for row in whole.matrix] == [True, False, False]
    assert shelves.whole() is whole, "nothing changed, so nothing is made anew"
    put(library, described(2), "/2.wav")  # heard anew
    library.drop_files(["/3.wav"])
    assert shelves.whole().sha256 == (described(1).sha256, described(2).sha256)
    assert shelves.whole().matrix.any(axis=1).all()


def test_what_another_recipe_knows_has_a_cache_of_its_own(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(library, described(1), "/1.wav")
    put(library, described(2, recipe="r0", tempo=90.0), "/2.wav")
    cache = tmp_path / "shelf"
    assert len(Shelves(library, cache, recipe="r1").whole()) == 2
    with monkeypatch.context() as patch:
        patch.setattr(library, "described", None)  # nothing is read from the store again
        whole = Shelves(library, cache, recipe="r1").whole()
    assert whole.figure("tempo_bpm").tolist() == [120.0, 90.0]
    assert [bool(row.any()) for row in whole.matrix] == [True, False]
    put(library, described(2), "/2.wav")  # heard anew
    assert len(Shelves(library, cache, recipe="r1").whole()) == 2
    assert [path.name for path in tmp_path.glob("shelf*")] == ["shelf"]


def test_changes_reach_the_shelf_and_only_they_are_read(library: Library, tmp_path: Path) -> None:
    for number in range(8):
        put(library, described(number), f"/{number}.wav")
    shelves = Shelves(library, tmp_path / "shelf")
    before = shelves.current()
    library.move_files([("/3.wav", LibraryFile("/new/3.wav", 1, 1, 1, 1, 1, f"{3:064x}", "known"))])
    library.drop_files(["/5.wav"])
    put(library, described(9, tempo=77.0), "/9.wav")
    after = shelves.current()
    again = Shelves(library).current()
    assert sorted(after.paths) == sorted(again.paths)
    assert dict(zip(after.paths, after.figure("tempo_bpm"), strict=True))[("/9.wav",)] == 77.0
    assert after.seq == again.seq > before.seq
    assert before.paths[3] == ("/3.wav",), "a shelf in use never changes"
    assert shelves.current() is after


def test_the_cache_gives_the_same_shelf(library: Library, tmp_path: Path) -> None:
    for number in range(5):
        put(library, described(number), f"/{number}\udcff.wav")
    first = Shelves(library, tmp_path / "shelf").current()
    loaded = load_shelf(tmp_path / "shelf")
    assert loaded is not None
    assert loaded.paths == first.paths
    assert np.array_equal(loaded.matrix, first.matrix)
    put(library, described(7), "/7.wav")
    assert len(Shelves(library, tmp_path / "shelf").current()) == 6


@pytest.mark.parametrize("damage", ["empty", "cut", "texts", "magic"])
def test_a_damaged_cache_is_removed_and_the_store_is_read(library: Library, tmp_path: Path, damage: str) -> None:
    put(library, described(1), "/a.wav")
    cache = tmp_path / "shelf"
    whole = Shelves(library, cache).current()
    raw = cache.read_bytes()
    at = raw.index(b"a.wav")
    cache.write_bytes(
        {"empty": b"", "cut": raw[:-4], "texts": raw[:at] + b"b" + raw[at + 1 :], "magic": b"x" + raw[1:]}[damage]
    )
    assert load_shelf(cache) is None
    assert not cache.exists()
    assert Shelves(library, cache).current().paths == whole.paths


def test_a_hit_has_no_rhythm_and_lies_apart_from_music() -> None:
    hit, song = described(1, is_hit=True), described(2)
    shelf = shelf_of([hit, song], {hit.sha256: ["/hit.wav"], song.sha256: ["/song.wav"]})
    assert not shelf.vectors["rhythm"][0].any()
    assert shelf.vectors["timbre"][0] @ shelf.vectors["timbre"][1] == 0.0


def test_shares_rise_with_the_cosine_and_name_what_is_near() -> None:
    space = read_space()
    for is_hit in (False, True):
        shares = space.share(np.linspace(-1.0, 1.0, 9), WEIGHTS, is_hit=is_hit)
        assert (np.diff(shares) > 0.0).all()
        assert shares[0] < 0.05
        assert shares[-1] > 0.95


def test_an_empty_library_is_an_empty_shelf(library: Library, tmp_path: Path) -> None:
    shelf = Shelves(library, tmp_path / "shelf").current()
    assert len(shelf) == 0
    save_shelf(tmp_path / "again", shelf)
    again = load_shelf(tmp_path / "again")
    assert again is not None
    assert len(again) == 0
