"""Real processes with DBOS that are killed, stopped and replaced: every item is done once, and nobody writes twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.job_process import AT_ONCE, noting

from grym_synth.jobs.book import JobBook
from grym_synth.jobs.port import Job
from grym_synth.storage.jobs import JobStore

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

COUNT = 300  # items of a job that two processes share


class Home:
    """A file of jobs, the processes that work on it, and what they noted."""

    def __init__(self, folder: Path) -> None:
        self.path, self.notes = folder / "jobs.db", folder / "notes"
        self.book = JobBook(JobStore(self.path), [noting(self.notes)])

    def state(self, executor: str) -> str:
        return next(row.state for row in self.book.store.executors() if row.id == executor)

    @contextlib.contextmanager
    def process(self, executor: str, dead_s: float = 60.0) -> Iterator[subprocess.Popen[str]]:
        """A process that works until the block ends; it need not end well."""
        words = [sys.executable, "-m", "tests.job_process", str(self.path), executor, str(self.notes), str(dead_s)]
        process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    async def until(self, id: str, reached: Callable[[Job], bool]) -> Job:
        async for job in self.book.follow(id, every_s=0.02):
            if reached(job):
                return job
        raise AssertionError(f"it ended before that: {job}")

    def begun(self) -> Counter[str]:
        """How often each item was begun."""
        return Counter(line.split("\t")[0] for line in self.notes.read_text().splitlines())

    def pids(self) -> Counter[str]:
        """How many items each process began."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        return Counter(line.split("\t")[2] for line in lines)

    def token(self, executor: str) -> int:
        """Which incarnation of an executor the store knows."""
        return next(row.token for row in self.book.store.executors() if row.id == executor)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Home]:
    home = Home(folder)
    try:
        yield home
    finally:
        home.book.store.close()


async def kill_and_go_on(home: Home, *, count: int, kills: int, ms: int, seed: int = 1) -> Job:
    """Kill the one process that works again and again at any moment; the job as it ends."""
    rng = random.Random(seed)
    id = await home.book.start("note", {"count": count, "ms": ms})
    for _ in range(kills):
        done = (await home.book.show(id)).progress.done
        target = done + rng.randrange(count // kills)
        with home.process("hub") as process:
            await home.until(id, lambda job, target=target: job.progress.done >= target)  # type: ignore[misc]
            await asyncio.sleep(rng.random() * 0.05)
            process.kill()
    with home.process("hub"):
        return await home.book.wait(id)


def test_killed_again_and_again_every_item_is_done_and_only_those_in_flight_are_repeated(tmp_path: Path) -> None:
    count, kills = 120, 4
    with opened(tmp_path) as home:
        job = asyncio.run(kill_and_go_on(home, count=count, kills=kills, ms=10))
        assert (job.state, job.progress.done, job.progress.failed, job.attempts) == ("done", count, 0, 1)
        begun = home.begun()
        assert len(begun) == count
        assert sum(begun.values()) - count <= kills * AT_ONCE
        items = asyncio.run(home.book.items(job.id, limit=count))
        attempts = {item.key: item.attempts for item in items}
        # One that was claimed and not yet begun when the kill came counts as tried.
        assert all(attempts[key] >= times for key, times in begun.items())
        assert sum(attempts.values()) - count <= kills * AT_ONCE


def test_a_process_ends_well_when_it_is_asked_to_and_says_nothing(tmp_path: Path) -> None:
    async def run(home: Home) -> None:
        id = await home.book.start("note", {"count": 50, "ms": 20, "bad": 7})
        with home.process("hub") as process:
            await home.until(id, lambda job: job.progress.done >= 3)
            out, err = process.communicate(timeout=60.0)
            assert (process.returncode, err) == (0, "")
            assert out.startswith("working ")
        with home.process("hub"):
            job = await home.book.wait(id)
        assert (job.progress.done, job.progress.failed, job.cause) == (42, 8, "8 of 50 items failed")
        assert {item.attempts for item in await home.book.items(id, limit=50)} == {1}

    with opened(tmp_path) as home:
        asyncio.run(run(home))


def test_when_a_process_dies_another_goes_on_with_its_job(tmp_path: Path) -> None:
    async def run(home: Home) -> None:
        with home.process("worker-1", dead_s=5.0) as one, home.process("worker-2", dead_s=5.0) as other:
            id, first, second = await both_at_work(home, {"worker-1": one, "worker-2": other})
            first.kill()
            job = await home.book.wait(id)
        assert (job.state, job.progress.done, job.attempts) == ("done", COUNT, 1)
        assert job.result == {"finished_by": second.pid}
        begun = home.begun()
        assert len(begun) == COUNT
        assert sum(begun.values()) - COUNT <= AT_ONCE

    with opened(tmp_path) as home:
        asyncio.run(run(home))


def test_who_was_declared_dead_and_wakes_up_writes_nothing_and_works_on_as_somebody_new(tmp_path: Path) -> None:
    async def run(home: Home) -> None:
        with home.process("worker-1", dead_s=5.0) as one, home.process("worker-2", dead_s=5.0) as other:
            id, first, second = await both_at_work(home, {"worker-1": one, "worker-2": other})
            name = (await home.book.show(id)).executor
            token = home.token(name)
            first.send_signal(signal.SIGSTOP)
            await until(lambda: home.state(name) == "dead")
            job = await home.book.wait(id)  # by the other alone
            assert (job.state, job.progress.done, job.attempts) == ("done", COUNT, 1)
            assert job.result == {"finished_by": second.pid}
            first.send_signal(signal.SIGCONT)
            await until(lambda: home.token(name) > token + 1)  # one for the burial, one for a new beginning
            assert await home.book.show(id) == job
            begun = home.begun()
            assert sum(begun.values()) - COUNT <= AT_ONCE
            assert {item.attempts for item in await home.book.items(id, limit=COUNT)} <= {1, 2}
            another = await home.book.start("note", {"count": COUNT, "ms": 50})
            noted = home.pids()[str(first.pid)]
            assert (await home.book.wait(another)).progress.done == COUNT
            assert home.pids()[str(first.pid)] > noted

    with opened(tmp_path) as home:
        asyncio.run(run(home))


async def both_at_work(
    home: Home, processes: dict[str, subprocess.Popen[str]]
) -> tuple[str, subprocess.Popen[str], subprocess.Popen[str]]:
    """A job that two processes do items of: its id, the process that looks after it, and the other."""
    await until(lambda: {row.id for row in home.book.store.executors()} == set(processes))
    id = await home.book.start("note", {"count": COUNT, "ms": 100})
    await until(lambda: set(home.pids()) == {str(process.pid) for process in processes.values()})
    job = await home.book.show(id)
    assert not job.has_ended
    return id, processes[job.executor], next(found for name, found in processes.items() if name != job.executor)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(90.0):
        while not reached():
            await asyncio.sleep(0.02)
