from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.unit.library.listener import Listener, write

from grym_synth.jobs.engine import Engine, open_jobs
from grym_synth.library import watch as module
from grym_synth.library.index import Index
from grym_synth.library.job import INDEX, index_folders, index_kind, watch_folders
from grym_synth.library.tally import Tally
from grym_synth.library.watch import Watch
from grym_synth.storage.library import Library
from grym_synth.storage.sqlite import SqliteStore

pytestmark = pytest.mark.slow


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    store = SqliteStore(tmp_path / "grym.db")
    yield Library(store)
    store.close()


@pytest.fixture(params=["told", "looking"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With what tells of changes, where it is installed; and without."""
    monkeypatch.setattr(module, "_LEAST_S", 0.2)
    for place in (module, sys.modules["grym_synth.library.job"]):
        monkeypatch.setattr(place, "QUIET_S", 0.2)
    if request.param == "told":
        pytest.importorskip("watchfiles")
    else:
        monkeypatch.setitem(sys.modules, "watchfiles", None)
    return str(request.param)


class Following:
    """Somebody who watches folders in a hub."""

    def __init__(self, index: Index, jobs: Engine, *roots: Path) -> None:
        self.index, self.jobs = index, jobs
        self.runs = watch_folders(index, jobs, [str(root) for root in roots], lambda report: None, workers=2)

    async def next(self) -> Tally:
        return (await asyncio.wait_for(anext(self.runs), 30.0)).tally


@asynccontextmanager
async def watching(library: Library, home: Path, listener: Listener, *roots: Path) -> AsyncIterator[Following]:
    index = Index(library, listener)
    async with open_jobs(home / "jobs.db", [index_kind(index, at_once=2)]) as jobs:
        following = Following(index, jobs, *roots)
        try:
            yield following
        finally:
            await following.runs.aclose()  # type: ignore[attr-defined]


def test_what_comes_moves_and_goes_is_followed_by_jobs(library: Library, tmp_path: Path, way: str) -> None:
    music = tmp_path / "music"
    write(music / "a.wav", "a")
    listener = Listener()

    async def story() -> None:
        async with watching(library, tmp_path, listener, music) as following:
            assert (await following.next()).analysed == 1
            write(music / "sub/b.wav", "b")
            assert (await following.next()).analysed == 1
            (music / "a.wav").rename(music / "sub/c.wav")
            assert (await following.next()).moved == 1
            (music / "sub/b.wav").unlink()
            assert (await following.next()).removed == 1
            assert [(job.kind, job.state) for job in await following.jobs.every()] == [(INDEX, "done")] * 2

    asyncio.run(story())
    assert listener.listened == {"a.wav": 1, "b.wav": 1}


def test_a_folder_that_vanishes_is_said_to_be_away_and_its_recordings_stay(
    library: Library, tmp_path: Path, way: str
) -> None:
    music, drive = tmp_path / "music", tmp_path / "drive"
    write(music / "a.wav", "a")
    write(drive / "kit/b.wav", "b")
    listener = Listener()

    async def story() -> None:
        async with watching(library, tmp_path, listener, music, drive) as following:
            assert (await following.next()).analysed == 2
            drive.rename(tmp_path / "unplugged")
            write(music / "c.wav", "c")  # something else goes on
            gone = await following.next()
            assert (gone.removed, gone.away) == (0, 1)
            assert gone.folders_refused == {str(drive): "No such file or directory"}
            assert library.counts()["known"] == 2 + gone.analysed
            (tmp_path / "unplugged").rename(drive)
            write(music / "d.wav", "d")
            while (back := await following.next()).away:
                assert back.removed == 0
            assert not back.folders_refused

    asyncio.run(story())
    assert listener.listened == {"a.wav": 1, "b.wav": 1, "c.wav": 1, "d.wav": 1}


def test_who_watches_joins_the_index_that_is_under_way(library: Library, tmp_path: Path, way: str) -> None:
    music = tmp_path / "music"
    for number in range(6):
        write(music / f"{number}.wav", str(number))
    listener = Listener()

    async def story() -> None:
        async with watching(library, tmp_path, listener, music) as following:
            begun = asyncio.Event()
            listener.before = lambda path: begun.set()
            first = asyncio.create_task(
                index_folders(
                    following.index, following.jobs, [str(music)], lambda report: None, workers=1, little_s=0.0
                )
            )
            await begun.wait()
            assert (await following.next()).unchanged == 6
            assert (await first).tally.analysed == 6
            assert len(await following.jobs.every()) == 1

    asyncio.run(story())
    assert max(listener.listened.values()) == 1


def test_who_cancels_its_job_ends_a_watch(library: Library, tmp_path: Path, way: str) -> None:
    music = tmp_path / "music"
    for number in range(20):
        write(music / f"{number}.wav", str(number))

    async def story() -> None:
        listener, begun = Listener(), asyncio.Event()
        listener.before = lambda path: begun.set()
        async with watching(library, tmp_path, listener, music) as following:
            ended = asyncio.create_task(following.next())
            await begun.wait()
            (job,) = await following.jobs.every()
            await following.jobs.cancel(job.id)
            assert (await ended).analysed < 20
            with pytest.raises(StopAsyncIteration):
                await following.next()

    asyncio.run(story())


def test_the_less_often_is_looked_the_longer_a_look_takes(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def note(event: object, timeout: float) -> None:
        waits.append(timeout)
        raise TimeoutError

    async def story() -> None:
        watch = Watch(["/nowhere"])
        monkeypatch.setattr(asyncio, "wait_for", note)
        for look_s, soon in ((0.001, False), (3.0, False), (3.0, True)):
            await watch.wait(look_s, soon=soon)

    monkeypatch.setattr(asyncio.Event, "wait", lambda self: None)
    asyncio.run(story())
    assert waits == [0.2, 60.0, 0.2]
