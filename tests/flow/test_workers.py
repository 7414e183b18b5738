"""Workers on other machines: processes with homes of their own, on one Postgres, behind a pooler where there is one."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.workers import check, give_jobs, see_through, working
from tests.command import Grym
from tests.postgres_world import PostgresWorld

from grym_synth.storage.job_rows import NewJob
from grym_synth.storage.opening import open_job_store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

_JOBS = 16


def test_killed_workers_leave_no_job_undone_and_do_none_twice_and_everybody_sees_who_works(
    postgres: PostgresWorld, tmp_path: Path
) -> None:
    with working(postgres, tmp_path, 2) as crew:
        elsewhere = tmp_path / "only on another machine"
        with closing(open_job_store(crew.config)) as jobs:
            jobs.add(NewJob("f" * 8, "learn", "of others", {"targets": [str(elsewhere)]}, "default"))
        looking = Grym(tmp_path, home="looking", GRYM_STORE=crew.store, GRYM_STORE_SESSION=crew.session)
        until = time.monotonic() + 60.0
        while len(workers := looking("status")[0]["workers"]) < 2:
            assert time.monotonic() < until
        assert {(each["cpus"], each["items"]) for each in workers} == {(1.0, 0)}
        assert len({each["name"] for each in workers}) == 2
        give_jobs(crew, _JOBS)
        crew.kill(0)
        crew.start(0)
        (job,) = [job for job in looking("jobs")[0]["jobs"] if job["id"] == "f" * 8]
        assert (job["state"], job["cause"]) == ("waiting", "")
        looking("jobs", "cancel", "f" * 8)
        see_through(crew, kill_for_s=3.0, every_s=1.5)
        assert crew.killed >= 1
        with closing(open_job_store(crew.config)) as jobs:
            assert jobs.forget("f" * 8) == 1
        check(crew, _JOBS)
        home = tmp_path / "machine-0"
    assert not list(home.glob("grym.db*"))
    assert not list(home.glob("jobs.db*"))
    with closing(open_job_store(crew.config)) as jobs:
        assert {row.state for row in jobs.executors()} == {"gone"}  # they were told to end, and said so


def test_a_worker_says_what_it_lacks(tmp_path: Path) -> None:
    grym = Grym(tmp_path)
    (said,) = grym("worker", code=5)
    assert "is a file, which machines do not share" in said["error"]["message"]
    assert "docs/postgres.md" in said["error"]["hint"]
    assert "no name of a worker" in grym("worker", "--name", "../x", code=3)[0]["error"]["message"]
