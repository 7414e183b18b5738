from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.library.listener import Listener, write

from grym_synth.library import watch as module
from grym_synth.library.index import Index
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
    for place in (module, sys.modules["grym_synth.library.index"]):
        monkeypatch.setattr(place, "QUIET_S", 0.2)
    if request.param == "told":
        pytest.importorskip("watchfiles")
    else:
        monkeypatch.setitem(sys.modules, "watchfiles", None)
    return str(request.param)


def test_what_comes_moves_and_goes_is_followed(library: Library, tmp_path: Path, way: str) -> None:
    music = tmp_path / "music"
    write(music / "a.wav", "a")
    listener = Listener()

    async def story() -> None:
        tallies = Index(library, listener).watch([str(music)], lambda report: None, workers=2)

        async def following() -> Tally:
            return await asyncio.wait_for(anext(tallies), 30.0)

        assert (await following()).analysed == 1
        write(music / "sub/b.wav", "b")
        assert (await following()).analysed == 1
        (music / "a.wav").rename(music / "sub/c.wav")
        assert (await following()).moved == 1
        (music / "sub/b.wav").unlink()
        assert (await following()).removed == 1
        await tallies.aclose()  # type: ignore[attr-defined]

    asyncio.run(story())
    assert listener.listened == {"a.wav": 1, "b.wav": 1}


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
