import dataclasses
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grym_synth.errors import MigrationFailed
from grym_synth.messages import Answer, Evidence, Gap, Json, Plan, Request, Route, Source
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import FileStamp, Heard, Store, StoreUnavailable

TEMPO = Evidence("", "rhythm.tempo_bpm", "tempo", 126.0, "BPM", 0.97, "a.wav", Source("listen", "1", "fit"))


@pytest.fixture
def store(tmp_path: Path) -> SqliteStore:
    return SqliteStore(tmp_path / "grym.db")


def test_what_was_heard_is_recalled_under_the_name_asked_now(any_store: Store) -> None:
    gap = Gap("rhythm", "ends early", "partial", "a.wav")
    any_store.keep("ab", "rhythm", "listen 1", {}, Heard((TEMPO,), (gap,)))
    recalled = any_store.recall("ab", "rhythm", "listen 1", {}, subject="renamed.wav")
    assert recalled is not None
    assert recalled.evidence == (dataclasses.replace(TEMPO, subject="renamed.wav"),)
    assert recalled.gaps[0].subject == "renamed.wav"


@pytest.mark.parametrize(
    ("sha256", "capability", "recipe", "params"),
    [
        ("cd", "rhythm", "listen 1", {}),
        ("ab", "tonality", "listen 1", {}),
        ("ab", "rhythm", "listen 2", {}),
        ("ab", "rhythm", "listen 1", {"n_fft": 64}),
    ],
)
def test_another_recording_recipe_or_setting_is_not_recalled(
    any_store: Store, sha256: str, capability: str, recipe: str, params: dict[str, Json]
) -> None:
    any_store.keep("ab", "rhythm", "listen 1", {}, Heard((TEMPO,), ()))
    assert any_store.recall(sha256, capability, recipe, params, "a.wav") is None


def test_a_changed_file_is_hashed_again(any_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"one")
    stamp = FileStamp.of(str(file))
    any_store.keep_hash(stamp, "ab")
    assert any_store.recall_hash(stamp) == "ab"
    file.write_bytes(b"other")
    assert any_store.recall_hash(FileStamp.of(str(file))) is None


def test_a_file_whose_modification_time_was_put_back_is_hashed_again(any_store: Store, tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"one")
    stamp = FileStamp.of(str(file))
    any_store.keep_hash(stamp, "ab")
    file.write_bytes(b"two")
    os.utime(file, ns=(stamp.mtime_ns, stamp.mtime_ns))
    assert FileStamp.of(str(file)).mtime_ns == stamp.mtime_ns
    assert any_store.recall_hash(FileStamp.of(str(file))) is None


def test_questions_that_are_no_utf8_can_be_stored(any_store: Store) -> None:
    answer = Answer("", (), (), (), Route((), 1.0, {}, {}), Plan(()), "healthy", {})
    any_store.keep_answer(Request("how fast \udcff", context="\udcfe"), answer)
    assert len(any_store.answers("\udcfe")) == 1


def test_names_that_are_no_utf8_can_be_stored(any_store: Store) -> None:
    stamp = FileStamp("/x/\udcff\n😀.wav", 1, 2, 3, 4)
    any_store.keep_hash(stamp, "ab")
    assert any_store.recall_hash(stamp) == "ab"


def test_answers_are_kept_by_context(any_store: Store) -> None:
    answer = Answer("It runs at 126 BPM.", (), (), (), Route((), 1.0, {}, {}), Plan(()), "healthy", {})
    any_store.keep_answer(Request("how fast?", context="album"), answer)
    assert [row["answer"] for row in any_store.answers("album")] == ["It runs at 126 BPM."]
    assert any_store.answers("default") == []


def test_everything_is_there_after_reopening(store: SqliteStore, tmp_path: Path) -> None:
    store.keep("ab", "rhythm", "listen 1", {}, Heard((TEMPO,), ()))
    store.close()
    assert SqliteStore(tmp_path / "grym.db").recall("ab", "rhythm", "listen 1", {}, "a.wav") is not None


def test_a_file_that_is_no_store_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "grym.db").write_text("this is a shopping list, " * 100)
    with pytest.raises(MigrationFailed, match="no store of grym-synth") as caught:
        SqliteStore(tmp_path / "grym.db")
    assert "move it away" in caught.value.hint


def test_a_store_of_a_later_version_is_refused(store: SqliteStore, tmp_path: Path) -> None:
    store.close()
    with sqlite3.connect(tmp_path / "grym.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(MigrationFailed, match="version 99"):
        SqliteStore(tmp_path / "grym.db")


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot open"):
        SqliteStore(tmp_path / "file" / "grym.db")


@pytest.mark.slow
def test_a_locked_store_fails_with_a_time_to_try_again(store: SqliteStore, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "grym.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked") as caught:
        store.keep_hash(FileStamp("a", 1, 2, 3, 4), "ab")
    assert caught.value.retry_after
    other.close()


@pytest.mark.slow
def test_two_can_open_a_new_store_at_the_same_time(tmp_path: Path) -> None:
    for i in range(10):
        with ThreadPoolExecutor(4) as threads:
            stores = list(threads.map(lambda _, i=i: SqliteStore(tmp_path / f"{i}.db"), range(4)))
        for store in stores:
            store.check()
            store.close()
