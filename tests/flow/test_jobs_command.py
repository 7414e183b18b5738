"""`grym jobs`, `pause` and `status` from outside, with a hub that works on jobs and without one."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.job_process import noting

from grym_synth.config import Config
from grym_synth.frontends.hub_socket import hold_home, serving_hub
from grym_synth.hub import Hub
from grym_synth.jobs.engine import open_jobs
from grym_synth.jobs.port import Job
from grym_synth.messages import Request
from grym_synth.opening import open_hub
from grym_synth.testing import PlainRuns

pytestmark = pytest.mark.slow


async def begin(home: Path, *words: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "grym_synth", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "GRYM_HOME": str(home)},
    )


async def grym(home: Path, *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    process = await begin(home, *words)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def documents(home: Path, *words: str) -> list[Any]:
    code, out, err = await grym(home, *words, "--json")
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


@asynccontextmanager
async def serving(config: Config, *, stays: bool = False) -> AsyncIterator[Hub]:
    """A hub on its socket that knows the jobs of the test."""
    with hold_home(config) as is_ours:
        assert is_ours
        async with asyncio.timeout(100.0), serving_hub(config, serving=stays) as hub:
            hub.jobs.add(noting(config.home / "notes"))
            yield hub


async def do_one(config: Config, **params: int) -> str:
    """A job that is done by the time this returns."""
    kinds = [noting(config.home / "notes")]
    async with open_jobs(config.jobs_path, kinds, launch=PlainRuns) as jobs:
        id = await jobs.start("note", {"ms": 1, **params})
        await jobs.wait(id)
        return id


async def until(hub: Hub, id: str, reached: Callable[[Job], bool]) -> Job:
    async for job in hub.jobs.follow(id, every_s=0.02):
        if reached(job):
            return job
    raise AssertionError(f"it ended before that: {job}")


def test_without_a_hub_jobs_are_listed_shown_and_cancelled_and_nothing_is_made_to_look(config: Config) -> None:
    async def run() -> None:
        assert await documents(config.home, "jobs") == [{"jobs": []}]
        assert not config.home.exists()
        id = await do_one(config, count=10, bad=5)
        (listed,) = await documents(config.home, "jobs", "list")
        assert [(job["id"], job["state"], job["failed"]) for job in listed["jobs"]] == [(id, "done", 2)]
        (shown,) = await documents(config.home, "jobs", "show", id[:5])
        assert [item["key"] for item in shown["failed_items"]] == ["item 0", "item 5"]
        assert shown["failed_items"][0]["reason"] == "item 0 cannot be heard"
        code, out, _ = await grym(config.home, "jobs", "show", id[:5])
        assert (code, out.splitlines()[0]) == (0, f"{id}  note 10: done, 8 of 10 done, 2 failed")
        code, out, err = await grym(config.home, "jobs", "cancel", "nothing")
        assert (code, out, err) == (3, "", "grym: there is no job 'nothing'\n      grym jobs list\n")

    asyncio.run(run())


def test_a_job_that_nobody_works_on_says_so_and_can_be_cancelled(config: Config) -> None:
    async def run() -> None:
        async with open_jobs(config.jobs_path, [noting(config.home / "notes")], launch=PlainRuns) as jobs:
            id = await jobs.start("note", {"count": 100_000, "ms": 1000})
            await asyncio.sleep(0.1)
        (listed,) = await documents(config.home, "jobs")
        assert listed["jobs"][0]["cause"] == "no hub runs; `grym serve` goes on with it"
        assert listed["jobs"][0]["finish"] is None
        (status,) = await documents(config.home, "status")
        assert sum(status["jobs"][state] for state in ("running", "waiting")) == 1
        (cancelled,) = await documents(config.home, "jobs", "cancel", id)
        assert (cancelled["id"], cancelled["state"]) == (id, "cancelled")

    asyncio.run(run())


def test_a_hub_works_on_jobs_and_is_asked_and_told_through_its_socket(config: Config) -> None:
    async def run() -> None:
        home = config.home
        async with serving(config) as hub:
            id = await hub.jobs.start("note", {"count": 2000, "ms": 30})
            await until(hub, id, lambda job: job.progress.done > 0)
            (status,) = await documents(home, "status")
            assert status["jobs"] == {"running": 1, "waiting": 0, "paused": False, "held": ""}

            assert await documents(home, "pause") == [{"paused": True}]
            paused = await until(hub, id, lambda job: job.cause == "paused")
            await asyncio.sleep(0.3)  # what was under way
            at_rest = (await hub.jobs.show(id)).progress.done
            (shown,) = await documents(home, "jobs", "show", id)
            assert (shown["state"], shown["cause"], shown["done"]) == ("running", "paused", at_rest)
            (status,) = await documents(home, "status")
            assert status["jobs"]["paused"] is True
            assert at_rest >= paused.progress.done
            await documents(home, "resume")
            await until(hub, id, lambda job: job.progress.done > at_rest)

            (cancelled,) = await documents(home, "jobs", "cancel", id[:4])
            assert (cancelled["state"], cancelled["executor"]) == ("cancelled", "")
            code, _, err = await grym(home, "jobs", "retry", "zz")
            assert (code, "there is no job 'zz'" in err) == (3, True)
            (retried,) = await documents(home, "jobs", "retry", id)
            assert (retried["attempts"], retried["done"] >= cancelled["done"]) == (2, True)  # it may have begun again
            await until(hub, id, lambda job: job.progress.done > cancelled["done"])
            await hub.jobs.cancel(id)

            hub.upkeep.pause(wanted=True)
            short = await hub.jobs.start("note", {"count": 60, "ms": 1, "bad": 50})
            command = await begin(home, "jobs", "show", short, "--follow", "--json")
            assert command.stdout is not None
            first = json.loads(await command.stdout.readline())
            assert (first["id"], first["cause"]) == (short, "paused")
            hub.upkeep.pause(wanted=False)
            out, _ = await command.communicate()
            last = json.loads(out.splitlines()[-1])
            assert (last["state"], last["cause"], len(last["failed_items"])) == ("done", "2 of 60 items failed", 2)
            assert command.returncode == 0

    asyncio.run(run())


def test_a_pause_outlives_the_hub(config: Config) -> None:
    async def run() -> None:
        await documents(config.home, "pause")
        async with serving(config) as hub:
            id = await hub.jobs.start("note", {"count": 5, "ms": 1})
            await until(hub, id, lambda job: job.state == "running")
            await asyncio.sleep(0.5)
            assert (await hub.jobs.show(id)).progress.total == 0  # it is not even listed
        async with serving(config) as hub:
            assert await hub.jobs.resume() == 1
            assert (await hub.jobs.show(id)).cause == "paused"
            await documents(config.home, "resume")
            assert (await hub.jobs.wait(id)).progress.done == 5

    asyncio.run(run())


def test_a_job_of_a_kind_that_is_not_known_waits_for_a_hub_that_knows_it(config: Config) -> None:
    async def run() -> None:
        async with open_jobs(config.jobs_path, [noting(config.home / "notes")], launch=PlainRuns) as jobs:
            id = await jobs.start("note", {"count": 3, "ms": 60_000})
            async for job in jobs.follow(id):
                if job.state == "running":
                    break
        async with open_jobs(config.jobs_path, [], launch=PlainRuns) as jobs:
            assert await jobs.resume() == 0
            jobs.stand_by()
            await asyncio.sleep(0.5)
            job = await jobs.show(id)
            assert (job.state, job.cause) == ("running", "this hub knows no jobs of kind 'note'")

    asyncio.run(run())


def test_jobs_that_cannot_be_read_stop_neither_the_hub_nor_its_answers(config: Config) -> None:
    async def run() -> None:
        config.home.mkdir()
        config.jobs_path.write_text("a letter to a friend, and no database at all" * 50)
        async with open_hub(config, serving=True) as hub:
            assert ["no job goes on" in gap.reason for gap in hub.troubles] == [True]
            answer = await hub.answer(Request("dotted eighth at 120 bpm"), lambda *_: None)
            assert answer.claims
            assert "file is not a database" in str(hub.jobs.counts()["held"])
        assert config.jobs_path.read_text().startswith("a letter")

    asyncio.run(run())


def test_whoever_waits_for_a_job_does_not_keep_the_hub_from_ending(config: Config) -> None:
    async def run() -> None:
        async with serving(config, stays=True) as hub:
            id = await hub.jobs.start("note", {"count": 100_000, "ms": 50})
            command = await begin(config.home, "jobs", "show", id, "--follow", "--json")
            assert command.stdout is not None
            assert json.loads(await command.stdout.readline())["id"] == id
        out, _ = await command.communicate()
        assert command.returncode == 4
        error = json.loads(out.splitlines()[-1])["error"]
        assert error["message"] == f"the hub ends; job {id} goes on with the next"
        (listed,) = await documents(config.home, "jobs")
        assert listed["jobs"][0]["state"] in ("waiting", "running")

    asyncio.run(run())
