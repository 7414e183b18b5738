from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grym_synth.storage import sqlite
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, FloatArray, Fragment, LibraryFile
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


@pytest.fixture
def library(any_store: Store) -> Library:
    return Library(any_store)


def a_file(path: str, sha256: str = A) -> LibraryFile:
    return LibraryFile(path, 1000, 1, 2, 3, 4, sha256)


def a_description(sha256: str = A, recipe: str = "listen 1") -> Described:
    rng = np.random.default_rng(7)
    vectors: dict[str, FloatArray] = {"timbre": rng.standard_normal(220), "harmony": np.linspace(0, 1, 24)}
    parts = tuple(Fragment(start, start + 5.0, rng.standard_normal(24)) for start in (0.0, 7200.125))
    return Described(sha256, recipe, {"tempo_bpm": 126.0}, {"key": "A minor"}, {"techno": 0.6}, vectors, parts)


def test_what_is_described_is_read_back_as_it_was(library: Library) -> None:
    item = a_description()
    library.put([item, a_description(B)])
    (read,) = library.described([A])
    assert (read.sha256, read.recipe, read.figures, read.words, read.tags) == (
        item.sha256,
        item.recipe,
        item.figures,
        item.words,
        item.tags,
    )
    for name, vector in item.vectors.items():
        assert read.vectors[name].dtype == np.float32
        np.testing.assert_allclose(read.vectors[name], vector, rtol=1e-3, atol=1e-3)
    assert [(part.start_s, part.end_s) for part in read.fragments] == [(0.0, 5.0), (7200.125, 7205.125)]
    np.testing.assert_allclose(read.fragments[1].vector, item.fragments[1].vector, rtol=1e-3)
    assert [found.sha256 for found in library.described()] == [A, B]


def test_describing_again_takes_the_place_of_what_was(library: Library) -> None:
    library.put_files([a_file("/m/a.wav"), a_file("/m/b.wav", B)])
    library.put([a_description(), a_description(B)])
    library.put([replace(a_description(recipe="listen 2"), vectors={}, fragments=())])
    assert library.recipes() == {"listen 1": 1, "listen 2": 1}
    assert [found.vectors for found in library.described([A])] == [{}]
    assert [found.sha256 for found in library.described(recipe="listen 1")] == [B]
    assert library.recipes_of([A, B, C]) == {A: "listen 2", B: "listen 1"}


def test_a_number_that_is_none_is_refused_and_leaves_nothing(library: Library) -> None:
    with pytest.raises(ValueError, match="JSON"):
        library.put([a_description(), replace(a_description(B), figures={"tempo_bpm": float("nan")})])
    assert not list(library.described())


def test_vectors_that_are_no_numbers_become_finite_ones(library: Library) -> None:
    library.put([replace(a_description(), vectors={"timbre": np.array([np.nan, np.inf, -1e9, 1.0])})])
    (read,) = library.described()
    assert np.isfinite(read.vectors["timbre"]).all()


def test_paths_of_a_content_are_sorted_and_complete(library: Library) -> None:
    library.put_files([a_file("/m/z.wav"), a_file("/m/a.wav"), a_file("/m/b.wav", B), a_file("/m/unread.wav", "")])
    assert list(library.paths()) == [(A, ("/m/a.wav", "/m/z.wav")), (B, ("/m/b.wav",))]
    assert list(library.paths([B, C])) == [(B, ("/m/b.wav",))]


def test_names_that_are_no_utf8_are_kept(library: Library) -> None:
    name = os.fsdecode(b"/m/caf\xe9 \xff.wav")
    library.put_files([a_file(name)])
    assert [file.path for file in library.files("/m")] == [name]
    assert dict(library.paths())[A] == (name,)


def test_only_what_lies_below_a_folder_is_its_own(library: Library) -> None:
    library.put_files([a_file(path) for path in ("/m/a.wav", "/m/sub/b.wav", "/music/c.wav", "/m.wav", "/m-2/d.wav")])
    assert [file.path for file in library.files("/m")] == ["/m/a.wav", "/m/sub/b.wav"]
    assert library.counts("/m") == {"waiting": 2, "known": 0, "failed": 0}
    assert library.counts()["waiting"] == 5
    assert len(list(library.files("/"))) == 5


def test_readers_catch_up_by_sequence(library: Library) -> None:
    assert library.seq() == 0
    library.put_files([a_file("/m/a.wav"), a_file("/m/b.wav", B)])
    library.put([a_description(), a_description(B)])
    seen = library.seq()
    assert [sha256 for _, sha256 in library.changes(0)] == [A, B]
    library.move_files([("/m/a.wav", a_file("/m/moved.wav"))])
    assert [sha256 for _, sha256 in library.changes(seen)] == [A]
    seen = library.seq()
    library.drop_files(["/m/b.wav"])
    assert [sha256 for _, sha256 in library.changes(seen)] == [B]
    seen = library.seq()
    library.put_files([a_file("/m/moved.wav", C)])
    assert {sha256 for _, sha256 in library.changes(seen)} == {A, C}
    assert library.seq() == library.changes(0)[-1][0]
    assert library.changes(library.seq()) == []


def test_what_is_known_stays_while_its_file_is_away_and_goes_with_its_folder(library: Library) -> None:
    for root in ("/m", "/other"):
        library.add_folder(root)
    library.put_files([a_file("/m/a.wav"), a_file("/m/b.wav", B), a_file("/other/b.wav", B)])
    library.put([a_description(), a_description(B)])
    library.drop_files(["/m/a.wav"])
    assert library.recipes_of([A]) == {A: "listen 1"}
    library.put_files([a_file("/m/a.wav")])
    assert library.remove_folder("/m") == 2
    assert library.recipes_of([A, B]) == {B: "listen 1"}
    assert [found.sha256 for found in library.described()] == [B]
    assert [folder.root for folder in library.folders()] == ["/other"]


def test_a_folder_within_a_folder_keeps_its_files_when_the_outer_one_goes(library: Library) -> None:
    for root in ("/m", "/m/techno"):
        library.add_folder(root)
    library.put_files([a_file("/m/a.wav"), a_file("/m/techno/b.wav", B)])
    assert library.remove_folder("/m") == 1
    assert [file.path for file in library.files("/m")] == ["/m/techno/b.wav"]


def test_when_a_folder_was_looked_through_is_kept(library: Library) -> None:
    library.add_folder("/m", scanned_at=5.0)
    library.add_folder("/m")
    assert [folder.scanned_at for folder in library.folders()] == [5.0]


def test_files_are_known_once_their_content_is(library: Library) -> None:
    library.put_files([a_file("/m/a.wav"), a_file("/m/copy.wav"), a_file("/m/b.wav", B)])
    library.mark(B, "failed", "no audio")
    library.put([a_description()])
    assert [(file.path, file.state, file.reason) for file in library.files("/m")] == [
        ("/m/a.wav", "known", ""),
        ("/m/b.wav", "failed", "no audio"),
        ("/m/copy.wav", "known", ""),
    ]


def test_more_rows_than_are_read_at_once_come_whole_and_in_order(library: Library) -> None:
    contents = [f"{number:064x}" for number in range(1, 4500)]
    library.put_files([a_file(f"/m/{sha256}.wav", sha256) for sha256 in contents])
    library.put([Described(sha256, "r") for sha256 in contents])
    assert [found.sha256 for found in library.described()] == contents
    assert len(list(library.described(contents))) == len(contents)
    assert [sha256 for sha256, _ in library.paths()] == contents
    assert [file.sha256 for file in library.files("/m")] == contents
    assert len(library.recipes_of(contents)) == len(contents)


def test_a_store_of_the_version_before_gains_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = tmp_path / "migrations"
    older.mkdir()
    for step in sorted(sqlite.MIGRATIONS.glob("*.sql"))[:3]:
        (older / step.name).write_text(step.read_text())
    with monkeypatch.context() as patch:
        patch.setattr(sqlite, "MIGRATIONS", older)
        SqliteStore(tmp_path / "grym.db").close()
    store = SqliteStore(tmp_path / "grym.db")
    Library(store).add_folder("/m")
    assert [folder.root for folder in Library(store).folders()] == ["/m"]
    store.close()
