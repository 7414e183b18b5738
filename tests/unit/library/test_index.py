from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.unit.library.listener import Listener, write

from grym_synth.errors import BadRequest, Unavailable
from grym_synth.library.index import Index, Report
from grym_synth.library.reading import read_content
from grym_synth.library.tally import Tally
from grym_synth.storage.library import Library
from grym_synth.storage.sqlite import SqliteStore


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    store = SqliteStore(tmp_path / "grym.db")
    yield Library(store)
    store.close()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    for name in ("a.wav", "b.wav", "sub/c.wav"):
        write(folder / name, name)
    return folder


def index(
    library: Library,
    listener: Listener,
    *roots: Path,
    workers: int = 2,
    retry: bool = False,
    on_report: Callable[[Report], None] = lambda report: None,
) -> Tally:
    work = Index(library, listener).run(list(map(str, roots)), on_report, workers=workers, retry=retry)
    return asyncio.run(asyncio.wait_for(work, 60.0))


def names(library: Library) -> dict[str, tuple[str, ...]]:
    """The files of each content that is described, by its first name."""
    described = {item.sha256 for item in library.described()}
    found = [tuple(Path(path).name for path in paths) for sha256, paths in library.paths() if sha256 in described]
    return {paths[0]: paths for paths in sorted(found)}


def test_every_content_is_listened_to_once_and_described(library: Library, music: Path) -> None:
    write(music / "copy.wav", "a.wav")
    listener = Listener()
    tally = index(library, listener, music)
    assert (tally.files, tally.analysed, tally.copied, tally.failed) == (4, 3, 1, {})
    assert sum(listener.listened.values()) == 3
    assert names(library) == {"a.wav": ("a.wav", "copy.wav"), "b.wav": ("b.wav",), "c.wav": ("c.wav",)}
    assert library.counts() == {"waiting": 0, "known": 4, "failed": 0}
    assert [folder.root for folder in library.folders()] == [str(music)]


def test_what_was_heard_is_kept_beside_what_is_described(library: Library, music: Path) -> None:
    index(library, Listener(), music)
    sha256 = read_content(str(music / "a.wav")).sha256
    heard = library.store.recall(sha256, "facts", "listen 1", {}, "asked")
    assert heard is not None
    assert [(item.name, item.subject) for item in heard.evidence] == [("facts.duration_s", "asked")]


def test_an_index_of_what_is_known_listens_to_nothing(library: Library, music: Path) -> None:
    listener = Listener()
    index(library, listener, music)
    listener.listened.clear()
    tally = index(library, listener, music)
    assert (tally.files, tally.analysed, tally.unchanged) == (3, 0, 3)
    assert not listener.listened


def test_renames_moves_and_copies_listen_to_nothing(library: Library, music: Path) -> None:
    listener = Listener()
    index(library, listener, music)
    listener.listened.clear()
    (music / "a.wav").rename(music / "renamed.wav")
    (music / "sub").rename(music / "elsewhere")
    write(music / "copy.wav", "b.wav")
    tally = index(library, listener, music)
    assert (tally.moved, tally.copied, tally.unchanged, tally.removed, tally.analysed) == (2, 1, 1, 0, 0)
    assert not listener.listened
    assert names(library) == {"b.wav": ("b.wav", "copy.wav"), "c.wav": ("c.wav",), "renamed.wav": ("renamed.wav",)}


def test_a_move_that_leaves_no_trace_in_the_stamp_is_known_by_its_content(library: Library, music: Path) -> None:
    listener = Listener()
    index(library, listener, music)
    listener.listened.clear()
    (music / "a.wav").unlink()
    write(music / "from another disk.wav", "a.wav")
    tally = index(library, listener, music)
    assert (tally.moved, tally.removed, tally.analysed) == (1, 0, 0)
    assert not listener.listened


def test_a_new_content_under_an_old_name_is_listened_to(library: Library, music: Path) -> None:
    listener = Listener()
    index(library, listener, music)
    write(music / "a.wav", "another take")
    tally = index(library, listener, music)
    assert (tally.analysed, tally.changed, tally.unchanged) == (1, 1, 2)
    assert listener.listened["a.wav"] == 2


def test_another_stamp_on_the_same_content_is_unchanged(library: Library, music: Path) -> None:
    listener = Listener()
    index(library, listener, music)
    os.utime(music / "a.wav")
    tally = index(library, listener, music)
    assert (tally.analysed, tally.unchanged) == (0, 3)


def test_what_is_deleted_goes_and_is_known_again_when_it_comes_back(library: Library, music: Path) -> None:
    listener = Listener()
    index(library, listener, music)
    (music / "a.wav").unlink()
    assert index(library, listener, music).removed == 1
    assert "a.wav" not in names(library)
    write(music / "back.wav", "a.wav")
    tally = index(library, listener, music)
    assert tally.analysed == 0
    assert listener.listened["back.wav"] == 0
    assert "back.wav" in names(library)


def test_a_root_that_is_gone_keeps_all_that_is_known(library: Library, music: Path, tmp_path: Path) -> None:
    listener = Listener()
    index(library, listener, music)
    music.rename(tmp_path / "unplugged")
    tally = index(library, listener, music)
    assert (tally.files, tally.removed, tally.away) == (0, 0, 3)
    assert tally.folders_refused == {str(music): "No such file or directory"}
    assert len(names(library)) == 3
    (tmp_path / "unplugged").rename(music)
    assert index(library, listener, music).unchanged == 3


def test_a_folder_that_never_was_one_is_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="nowhere' cannot be looked into"):
        index(library, Listener(), tmp_path / "nowhere")
    assert not library.folders()


def test_a_bad_file_stops_nothing_and_is_not_tried_again_before_it_changes(library: Library, music: Path) -> None:
    listener = Listener(gaps={"b.wav": ["unreadable"] * 5})
    tally = index(library, listener, music)
    assert (tally.analysed, tally.failed) == (2, {str(music / "b.wav"): "it is no good"})
    again = index(library, listener, music)
    assert (again.analysed, again.unchanged, again.failed) == (0, 2, tally.failed)
    assert listener.listened["b.wav"] == 1
    (music / "b.wav").rename(music / "renamed.wav")
    assert list(index(library, listener, music).failed) == [str(music / "renamed.wav")]
    assert listener.listened["renamed.wav"] == 0
    write(music / "renamed.wav", "mended")
    assert index(library, listener, music).failed == {}


def test_retry_listens_again_to_what_failed(library: Library, music: Path) -> None:
    listener = Listener(gaps={"b.wav": ["missing"]})
    index(library, listener, music)
    tally = index(library, listener, music, retry=True)
    assert (tally.analysed, tally.unchanged, tally.failed) == (1, 2, {})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_tried_again_when_it_may(library: Library, music: Path) -> None:
    (music / "a.wav").chmod(0)
    listener = Listener()
    assert index(library, listener, music).failed == {str(music / "a.wav"): "it cannot be read: Permission denied"}
    (music / "a.wav").chmod(0o600)
    assert index(library, listener, music).analysed == 1


def test_an_agent_that_was_killed_is_asked_again(library: Library, music: Path) -> None:
    listener = Listener(gaps={"b.wav": ["agent_crashed", "agent_crashed"]})
    assert index(library, listener, music).analysed == 3
    assert listener.listened["b.wav"] == 3


def test_a_file_that_crashes_every_agent_is_given_up(library: Library, music: Path) -> None:
    listener = Listener(gaps={"b.wav": ["agent_crashed"] * 9})
    tally = index(library, listener, music)
    assert (tally.analysed, list(tally.failed)) == (2, [str(music / "b.wav")])
    assert listener.listened["b.wav"] == 3


def test_a_hub_that_is_not_fit_is_waited_for(library: Library, music: Path) -> None:
    listener = Listener(gaps={"a.wav": ["refused"] * 6 + ["circuit_open"] * 6})
    told: list[str] = []
    tally = index(library, listener, music, on_report=lambda report: told.append(report.doing))
    assert (tally.analysed, tally.failed) == (3, {})
    assert any(doing.startswith("waiting") for doing in told)


def test_a_file_that_grows_while_it_is_listened_to_is_left_for_later(library: Library, music: Path) -> None:
    def grow(path: str) -> None:
        if path.endswith("a.wav"):
            write(Path(path), "a.wav and more")

    tally = index(library, Listener(before=grow), music)
    assert (tally.analysed, tally.written_to) == (2, [str(music / "a.wav")])
    assert "a.wav" not in names(library)
    assert index(library, Listener(), music).analysed == 1


def test_a_file_that_changed_a_moment_ago_is_left_for_later_where_that_is_asked(library: Library, music: Path) -> None:
    async def once(quiet_s: float) -> Tally:
        work = Index(library, Listener())
        return await work.run([str(music)], lambda report: None, workers=2, quiet_s=quiet_s)

    tally = asyncio.run(once(3600.0))
    assert (tally.analysed, len(tally.written_to), tally.failed) == (0, 3, {})
    assert asyncio.run(once(0.0)).analysed == 3


def test_a_file_that_vanishes_is_no_failure(library: Library, music: Path) -> None:
    for file in (music / "b.wav", music / "sub/c.wav"):
        file.unlink()

    def vanish(path: str) -> None:
        Path(path).unlink()

    tally = index(library, Listener(before=vanish), music)
    assert (tally.analysed, tally.failed) == (0, {})


def test_another_copy_is_listened_to_when_the_first_vanishes(library: Library, music: Path) -> None:
    write(music / "z copy.wav", "a.wav")
    listener = Listener(gaps={"a.wav": ["refused"]})
    listener.before = lambda path: Path(path).unlink() if path.endswith("/a.wav") else None
    index(library, listener, music)
    index(library, listener, music)
    assert names(library)["z copy.wav"] == ("z copy.wav",)


def test_a_new_recipe_listens_to_everything_again_and_says_how_much(library: Library, music: Path) -> None:
    index(library, Listener(), music)
    newer = Listener("listen 2")
    tally = index(library, newer, music)
    assert (tally.stale, tally.analysed, tally.unchanged) == (3, 3, 0)
    assert library.recipes() == {"listen 2": 3}


def test_what_is_interrupted_goes_on_where_it_was(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    for number in range(30):
        write(folder / f"{number:02}.wav", str(number))
    listener = Listener()

    async def interrupt() -> None:
        enough = asyncio.Event()

        def stop(report: Report) -> None:
            if report.tally.analysed >= 10:
                enough.set()

        task = asyncio.create_task(Index(library, listener).run([str(folder)], stop, workers=2))
        await enough.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(interrupt())
    done = library.counts()["known"]
    assert 10 <= done < 30
    tally = index(library, listener, folder)
    assert (tally.analysed, tally.unchanged) == (30 - done, done)
    assert sum(listener.listened.values()) <= 30 + 2  # only what was under way


def test_no_more_are_listened_to_at_once_than_asked(library: Library, music: Path) -> None:
    for workers in (1, 3):
        listener = Listener(f"recipe {workers}")
        index(library, listener, music, workers=workers)
        assert listener.most == workers


def test_folders_within_folders_are_looked_at_once(library: Library, music: Path) -> None:
    tally = index(library, Listener(), music, music / "sub")
    assert (tally.files, tally.analysed) == (3, 3)
    again = index(library, Listener(), music, music / "sub")
    assert (again.files, again.unchanged) == (3, 3)


def test_two_at_the_same_time_take_turns(library: Library, music: Path) -> None:
    listener = Listener()

    async def both() -> list[Tally]:
        work = Index(library, listener)
        return await asyncio.gather(*(work.run([str(music)], lambda report: None, workers=2) for _ in range(2)))

    first, second = asyncio.run(both())
    assert (first.analysed, second.analysed, second.unchanged) == (3, 0, 3)
    assert max(listener.listened.values()) == 1


def test_a_full_disk_ends_the_index_and_it_goes_on_when_there_is_room(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grym_synth.library.index._WRITE_WAIT_S", 0.0)
    for number in range(300):
        write(tmp_path / f"music/{number:03}.wav", str(number))
    listener = Listener()
    pages = int(library.store.read("PRAGMA page_count")[0][0])
    library.store.read(f"PRAGMA max_page_count = {pages + 50}")  # SQLite meets a full disk there
    with pytest.raises(Unavailable, match="full"):
        index(library, listener, tmp_path / "music")
    assert library.counts()["known"] < 300
    library.store.read("PRAGMA max_page_count = 1000000")
    tally = index(library, listener, tmp_path / "music")
    assert tally.analysed + tally.unchanged == 300
    assert library.counts() == {"waiting": 0, "known": 300, "failed": 0}


def test_an_empty_folder_is_an_empty_library(library: Library, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    tally = index(library, Listener(), tmp_path / "empty")
    assert (tally.files, tally.is_news) == (0, False)
    assert [folder.root for folder in library.folders()] == [str(tmp_path / "empty")]
