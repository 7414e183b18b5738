"""An index in a real hub: as many at once as there is room for, after everything else, and with room for a person."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from benchmarks.index import write_shots

from grym_synth.config import Config
from grym_synth.hub import Hub
from grym_synth.library.index import Report
from grym_synth.messages import Request
from grym_synth.opening import open_hub

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

#: What the machine is doing beside this test is no part of it.
FAR = {"memory": (5.0, 6.0, 7.0), "disk": (3.0, 2.0, 1.0), "cpu": (5.0, 6.0)}


@asynccontextmanager
async def indexing(
    home: Path, music: Path, on_report: Callable[[Report], None] = lambda report: None
) -> AsyncIterator[tuple[Hub, asyncio.Task[Any]]]:
    """A hub with two cores, and an index of `music` under way in it."""
    async with open_hub(Config(home=home, cpu=2, limits=FAR)) as hub:
        task = asyncio.create_task(hub.index.run([str(music)], on_report, workers=4))
        try:
            yield hub, task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(is_so: Callable[[], bool]) -> None:
    """Poll, for as long as it takes."""
    while not is_so():
        await asyncio.sleep(0.01)


def test_one_recording_for_each_core_and_a_person_is_answered_in_between(tmp_path: Path, make_loop: Any) -> None:
    write_shots(tmp_path / "music", 400)
    song = make_loop("song.wav", seconds=4.0)

    async def story() -> None:
        most, waiting = 0, 0
        reports: list[Report] = []
        async with indexing(tmp_path / "home", tmp_path / "music", reports.append) as (hub, index):
            while not reports or reports[-1].tally.analysed < 4:
                held = hub.pool.statistics()
                most = max(most, held["leases_by_priority"]["batch"])
                waiting = max(waiting, held["waiting_by_priority"]["batch"])
                await asyncio.sleep(0.001)
            workers = [worker.pid for worker in hub.executor.agents.processes() if worker.agent == "listen"]
            answer = await hub.answer(Request("how loud is it?", (str(song),), use_model=False), lambda *_: None)
            assert answer.claims
            assert not index.done()
            assert most == 2
            assert waiting  # four were asked for, and one core is kept for whoever asks in person
            mine = os.getpriority(os.PRIO_PROCESS, 0)
            assert len(workers) == 2
            assert all(os.getpriority(os.PRIO_PROCESS, pid) == min(19, mine + 10) for pid in workers)

    asyncio.run(story())


def test_a_paused_hub_begins_nothing_and_goes_on_afterwards(tmp_path: Path) -> None:
    write_shots(tmp_path / "music", 6)

    async def story() -> None:
        home = tmp_path / "home"
        home.mkdir()
        async with open_hub(Config(home=home, cpu=2, limits=FAR)) as hub:
            hub.upkeep.pause(wanted=True)
            reports: list[Report] = []
            index = asyncio.create_task(hub.index.run([str(tmp_path / "music")], reports.append, workers=2))
            await until(lambda: hub.pool.statistics()["waiting_by_priority"]["batch"] == 2)
            assert any(report.doing == "waiting for room" for report in reports)
            assert hub.index.library.counts() == {"waiting": 6, "known": 0, "failed": 0}
            hub.upkeep.pause(wanted=False)
            assert (await index).analysed == 6

    asyncio.run(story())


def test_what_was_indexed_carries_vectors_figures_and_a_recipe(tmp_path: Path) -> None:
    write_shots(tmp_path / "music", 2)

    async def story() -> None:
        async with open_hub(Config(home=tmp_path / "home", cpu=2, limits=FAR)) as hub:
            await hub.index.run([str(tmp_path / "music")], lambda report: None, workers=2)
            told = list(hub.index.library.described())
            assert len(told) == 2
            for item in told:
                assert item.recipe == hub.index.recipe == hub.catalog.agent("listen").recipe
                assert item.figures["duration_s"] == pytest.approx(1.0)
                assert {"integrated_lufs", "centroid_hz", "true_peak_dbtp"} <= set(item.figures)
                assert item.words["codec"] == "PCM_16"
                lengths = {name: len(vector) for name, vector in item.vectors.items()}
                expected = {"timbre": 220, "rhythm": 120, "harmony": 24, "pitch": 84, "loudness": 12, "all": 408}
                assert {name: lengths[name] for name in expected} == expected
                kept = hub.store.recall(item.sha256, "timbre", item.recipe, {}, "x")
                assert kept is not None
                assert "timbre.vectors" not in {evidence.name for evidence in kept.evidence}

    asyncio.run(story())
