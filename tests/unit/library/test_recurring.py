"""The search for patterns as a job: begun once, ended by anything, gone on with, cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from tests.unit.memory.test_patterns import planted, put, words

from grym_synth.jobs.engine import Engine, open_jobs
from grym_synth.jobs.port import Job
from grym_synth.library import recurring
from grym_synth.library.recurring import PATTERNS, look_for_patterns, pattern_kind, under_way
from grym_synth.memory.patterns import PatternSearch
from grym_synth.storage.patterns import Patterns
from grym_synth.storage.sqlite import SqliteStore

pytestmark = pytest.mark.slow
RECORDINGS = 6


@pytest.fixture(autouse=True)
def everything_is_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurring, "_LITTLE", 0)


@asynccontextmanager
async def a_hub(home: Path) -> AsyncIterator[tuple[PatternSearch, Engine]]:
    store = SqliteStore(home / "grym.db")
    search = PatternSearch(store)
    try:
        async with open_jobs(home / "jobs.db", [pattern_kind(search)]) as jobs:
            yield search, jobs
    finally:
        store.close()


def fill(home: Path, numbers: range) -> None:
    store = SqliteStore(home / "grym.db")
    for number in numbers:
        put(store, f"r{number}", planted(words(20.0, 10 + number), words(5.0, 1), 3.0))
    store.close()


def quiet(done: int, of: int, job: Job | None) -> None:
    """Nobody waits for progress."""


def test_a_search_is_one_job_and_only_what_is_new_is_work(tmp_path: Path) -> None:
    async def story() -> None:
        told: list[tuple[int, int]] = []
        async with a_hub(tmp_path) as (search, jobs):
            sought = await look_for_patterns(search, jobs, lambda done, of, _: told.append((done, of)))
            assert sought.left == 0
            fill(tmp_path, range(RECORDINGS, RECORDINGS + 2))
            assert (await look_for_patterns(search, jobs, quiet)).left == 0
            later, first = await jobs.every()
            assert (first.kind, first.state, first.progress.done) == (PATTERNS, "done", RECORDINGS)
            assert later.progress.done == 2
            (pattern,) = Patterns(search.patterns.store).listed()
            assert pattern.recordings == RECORDINGS + 2
            assert (await look_for_patterns(search, jobs, quiet)).left == 0
            assert len(await jobs.every()) == 2  # nothing was new: no job
        assert max(told) == (RECORDINGS, RECORDINGS)

    fill(tmp_path, range(RECORDINGS))
    asyncio.run(asyncio.wait_for(story(), 60.0))


def test_a_search_that_was_begun_goes_on_with_the_next_hub(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_hub(tmp_path) as (search, jobs):
            sought = await look_for_patterns(search, jobs, quiet, stays=False)
            assert sought.job is not None
            again = await look_for_patterns(search, jobs, quiet, stays=False)
            assert again.job is None or again.job.id == sought.job.id
        async with a_hub(tmp_path) as (search, jobs):
            assert (await jobs.show(sought.job.id)).kind == PATTERNS
            await jobs.resume()
            assert (await jobs.wait(sought.job.id)).state == "done"
            assert search.waiting() == []
            assert await under_way(jobs) is None
            (pattern,) = search.patterns.listed()
            assert pattern.recordings == RECORDINGS

    fill(tmp_path, range(RECORDINGS))
    asyncio.run(asyncio.wait_for(story(), 60.0))


def test_a_search_that_is_cancelled_keeps_what_it_found(tmp_path: Path) -> None:
    async def story() -> None:
        async with a_hub(tmp_path) as (search, jobs):

            def cancel_it(done: int, of: int, job: Job | None) -> None:
                assert job is not None
                cancelling.append(asyncio.ensure_future(jobs.cancel(job.id)))

            cancelling: list[asyncio.Future[Job]] = []
            sought = await look_for_patterns(search, jobs, cancel_it)
            await asyncio.gather(*cancelling)
            (job,) = await jobs.every()
            assert job.state == "cancelled" if sought.left else job.has_ended
            assert len(search.waiting()) == sought.left
            assert (await look_for_patterns(search, jobs, quiet)).left == 0

    fill(tmp_path, range(RECORDINGS))
    asyncio.run(asyncio.wait_for(story(), 60.0))
