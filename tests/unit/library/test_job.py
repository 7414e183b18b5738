from __future__ import annotations

import asyncio
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from tests.unit.library.listener import Listener, write

from grym_synth.errors import Unavailable
from grym_synth.jobs.engine import Engine, open_jobs
from grym_synth.library import job as module
from grym_synth.library.index import Index, Report
from grym_synth.library.job import INDEX, hear_anew, index_folders, index_kind
from grym_synth.library.reading import read_contents
from grym_synth.library.run import Run
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import LibraryFile
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import StoreUnavailable

pytestmark = pytest.mark.slow
T = TypeVar("T")


@pytest.fixture(autouse=True)
def everything_is_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LITTLE_S", 0.0)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    for number in range(12):
        write(tmp_path / f"music/{number:02}.wav", str(number))
    return tmp_path / "music"


@asynccontextmanager
async def a_hub(
    home: Path, listener: Listener, then: Callable[[], object] | None = None
) -> AsyncIterator[tuple[Index, Engine]]:
    store = SqliteStore(home / "grym.db")
    index = Index(Library(store), listener)
    try:
        async with open_jobs(home / "jobs.db", [index_kind(index, at_once=3, then=then)]) as jobs:
            yield index, jobs
    finally:
        store.close()


def run(work: Awaitable[T]) -> T:
    async def within() -> T:
        return await asyncio.wait_for(work, 60.0)

    return asyncio.run(within())


def quiet(report: Report) -> None:
    """Nobody waits for progress."""


async def one_index(home: Path, music: Path, listener: Listener, *, workers: int = 3, retry: bool = False) -> Run:
    async with a_hub(home, listener) as (index, jobs):
        return await index_folders(index, jobs, [str(music)], quiet, workers=workers, retry=retry)


def test_an_index_is_a_job_whose_items_are_contents(tmp_path: Path, music: Path) -> None:
    async def story() -> None:
        listener = Listener(gaps={"03.wav": ["unreadable"]})
        reports: list[Report] = []
        async with a_hub(tmp_path, listener) as (index, jobs):
            found = await index_folders(index, jobs, [str(music)], reports.append, workers=3)
            assert (found.tally.analysed, found.tally.failed) == (11, {str(music / "03.wav"): "it is no good"})
            (told,) = await jobs.every()
            assert (told.kind, told.state, told.progress.done, told.progress.failed) == (INDEX, "done", 11, 1)
            assert told.title == f"index of {music}"
            (failed,) = await jobs.items(told.id, "failed")
            assert failed.reason == f"{music / '03.wav'}: it is no good"
            assert not index.runs
        assert max(report.total for report in reports) == 12
        assert sum(listener.listened.values()) == 12

    run(story())


def test_the_first_are_listened_to_before_the_last_are_read(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits sees at once how much there may be, and how many of them are done while others are still read."""
    heard = threading.Event()

    def slowly(files: Sequence[LibraryFile]) -> Iterator[list[LibraryFile]]:
        yield from read_contents(files[:4])
        assert heard.wait(60.0)
        yield from read_contents(files[4:])

    monkeypatch.setattr("grym_synth.library.finding.read_contents", slowly)

    async def story() -> None:
        listener = Listener()
        listener.before = lambda path: heard.set() if sum(listener.listened.values()) == 4 else None
        reports: list[Report] = []
        async with a_hub(tmp_path, listener) as (index, jobs):
            found = await index_folders(index, jobs, [str(music)], reports.append, workers=3)
        assert found.tally.analysed == 12
        assert {report.total for report in reports if report.done} == {12}

    run(story())


def test_what_turns_out_to_be_known_is_expected_no_more(tmp_path: Path, music: Path) -> None:
    for number in range(12):
        shutil.copy(music / f"{number:02}.wav", music / f"copy {number}.wav")

    async def story() -> None:
        reports: list[Report] = []
        async with a_hub(tmp_path, Listener()) as (index, jobs):
            found = await index_folders(index, jobs, [str(music)], reports.append, workers=3)
        assert (found.tally.files, found.tally.analysed, found.tally.copied) == (24, 12, 12)
        assert reports[-1].total == 12

    run(story())


def test_a_look_that_fails_keeps_what_was_found_and_is_told(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def broken(files: Sequence[LibraryFile]) -> Iterator[list[LibraryFile]]:
        yield from read_contents(files[:4])
        raise StoreUnavailable("the disk is full")

    monkeypatch.setattr("grym_synth.library.finding.read_contents", broken)

    async def story() -> None:
        async with a_hub(tmp_path, Listener()) as (index, jobs):
            with pytest.raises(StoreUnavailable, match="full"):
                await index_folders(index, jobs, [str(music)], quiet, workers=3)
            assert index.library.counts()["known"] == 4
            assert not index.runs

    run(story())


def test_an_index_with_nothing_to_listen_to_is_no_job(tmp_path: Path, music: Path) -> None:
    run(one_index(tmp_path, music, Listener()))

    async def story() -> None:
        async with a_hub(tmp_path, Listener()) as (index, jobs):
            found = await index_folders(index, jobs, [str(music)], quiet, workers=3)
            assert (found.tally.unchanged, found.tally.analysed) == (12, 0)
            assert len(await jobs.every()) == 1

    run(story())


def test_no_more_are_listened_to_at_once_than_asked(tmp_path: Path, music: Path) -> None:
    listener = Listener()
    run(one_index(tmp_path, music, listener, workers=1))
    assert listener.most == 1


def test_who_waits_no_more_ends_the_job_and_the_next_goes_on(tmp_path: Path, music: Path) -> None:
    listener = Listener()

    async def story() -> None:
        async with a_hub(tmp_path, listener) as (index, jobs):
            enough = asyncio.Event()
            listener.before = lambda path: enough.set() if sum(listener.listened.values()) >= 4 else None
            task = asyncio.create_task(index_folders(index, jobs, [str(music)], quiet, workers=1))
            await enough.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [told.state for told in await jobs.every()] == ["cancelled"]

    run(story())
    found = run(one_index(tmp_path, music, listener))
    assert found.tally.analysed + found.tally.unchanged == 12
    assert sum(listener.listened.values()) <= 12 + 1


def test_what_an_earlier_hub_left_is_taken_over(tmp_path: Path, music: Path) -> None:
    async def leave() -> None:
        async with a_hub(tmp_path, Listener()) as (_, jobs):
            await jobs.start(INDEX, {"folders": [str(music)], "run": "gone", "retry": False})

    run(leave())

    async def story() -> None:
        listener = Listener()
        async with a_hub(tmp_path, listener) as (index, jobs):
            found = await index_folders(index, jobs, [str(music)], quiet, workers=2)
            assert found.tally.analysed + found.tally.unchanged == 12
            assert max(listener.listened.values()) == 1
            assert {told.state for told in await jobs.every()} == {"done", "cancelled"}

    run(story())


def test_a_hub_that_stays_goes_on_with_what_was_left(tmp_path: Path, music: Path) -> None:
    async def leave() -> None:
        async with a_hub(tmp_path, Listener()) as (_, jobs):
            await jobs.start(INDEX, {"folders": [str(music)], "run": "gone", "retry": False})

    run(leave())

    async def story() -> None:
        async with a_hub(tmp_path, Listener()) as (index, jobs):
            await jobs.resume()
            (left,) = await jobs.every()
            assert (await jobs.wait(left.id)).state == "done"
            assert index.library.counts()["known"] == 12

    run(story())


def test_a_library_that_cannot_be_written_is_told_as_such(
    tmp_path: Path, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grym_synth.library.index._WRITE_WAIT_S", 0.0)
    monkeypatch.setattr("grym_synth.library.job._TRIES", 1)

    def full(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    async def story() -> None:
        async with a_hub(tmp_path, Listener()) as (index, jobs):
            monkeypatch.setattr(index.library, "put", full)
            with pytest.raises(Unavailable, match="full") as told:
                await index_folders(index, jobs, [str(music)], quiet, workers=2)
            assert "goes on from here" in told.value.hint

    run(story())


def test_what_an_earlier_version_heard_is_heard_anew_once_for_each_folder(tmp_path: Path, music: Path) -> None:
    async def story() -> None:
        ready: list[int] = []
        async with a_hub(tmp_path, Listener()) as (index, jobs):
            await index_folders(index, jobs, [str(music)], quiet, workers=3)
            assert await hear_anew(index, jobs) is None, "all of it is of this version"
        listener = Listener(recipe="listen 2")
        async with a_hub(tmp_path, listener, then=lambda: ready.append(1)) as (index, jobs):
            index.library.add_folder(str(tmp_path / "gone"))
            id = await hear_anew(index, jobs)
            assert id is not None
            await jobs.cancel(id)
            assert await hear_anew(index, jobs) is None, "whoever ended it is not asked again"
        listener = Listener(recipe="listen 3")
        async with a_hub(tmp_path, listener, then=lambda: ready.append(1)) as (index, jobs):
            id = await hear_anew(index, jobs)
            assert id is not None
            assert await hear_anew(index, jobs) is None, "it is under way"
            told = [job async for job in jobs.follow(id)][-1]
            assert (told.state, told.params["folders"]) == ("done", [str(music)])
            assert dict(index.library.recipes()) == {"listen 3": 12}
            assert sum(listener.listened.values()) == 12
            assert ready, "the library is made ready for the next question"

    run(story())
