"""Jobs with their history go from one store into another and back, and what has not ended goes on there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests import postgres_world
from tests.postgres_world import PostgresWorld

from grym_synth.storage.job_file import JobFile
from grym_synth.storage.job_ground import JobGround
from grym_synth.storage.job_moving import _ITEM, _JOB, compare_jobs, copy_jobs, count_jobs
from grym_synth.storage.job_postgres import JobsOnPostgres
from grym_synth.storage.job_rows import NewItem, NewJob, Place
from grym_synth.storage.jobs import JobStore

pytestmark = [pytest.mark.slow]


@pytest.fixture
def there(postgres: PostgresWorld) -> Iterator[JobGround]:
    session = postgres.address(name := postgres.of_ours())
    with closing(JobsOnPostgres(postgres.pooled(name) if postgres_world.POOLER else session, session)) as ground:
        yield ground


def fill(jobs: JobStore) -> None:
    """One job that is done, one in the middle of its 2,500 items, one that nobody has begun."""
    executor = jobs.register("hub", 1, Place())
    for name in ("done", "middle", "waits"):
        jobs.add(NewJob(name, "learn", f"learn {name}", {"targets": ["ä\ud800"]}, "default"))
    for name, count in (("done", 2), ("middle", 2500)):
        assert jobs.begin(name, executor)
        row = jobs.job(name)
        assert row is not None
        jobs.list_items(row.number, [NewItem(f"{i}", {"i": i}, 1.0) for i in range(count)], executor)
        for _ in range(2):
            claimed = jobs.claim(row.number, executor)
            assert claimed is not None
            jobs.finish(claimed, {"said": "yes"}, executor)
    jobs.end("done", "done", "", {"all": True}, executor)
    row = jobs.job("middle")
    assert row is not None
    assert jobs.claim(row.number, executor) is not None  # in its hands when it goes


def test_there_and_back_again(tmp_path: Path, there: JobGround) -> None:
    here, back = JobFile(tmp_path / "jobs.db"), JobFile(tmp_path / "back.db")
    jobs = JobStore(here)
    fill(jobs)
    told = list[tuple[str, int, int]]()
    copy_jobs(here, there, lambda *each: told.append(each))
    assert told == [("jobs", 1, 3), ("jobs", 2, 3), ("jobs", 3, 3)]
    compared = compare_jobs(here, there)
    assert (compared.rows, compared.rows_there, compared.is_same) == (3, 3, True)
    moved = JobStore(there)
    assert [(row.id, row.state, row.executor) for row in moved.latest(9)] == [
        ("waits", "waiting", ""), ("middle", "waiting", ""), ("done", "done", ""),
    ]  # fmt: skip
    middle = moved.job("middle")
    assert middle is not None
    assert (middle.total, middle.done) == (2500, 2)
    copy_jobs(there, back, lambda *_: None)
    assert compare_jobs(there, back).is_same
    assert compare_jobs(here, back).is_same
    executor = moved.register("another", 1, Place())
    assert moved.begin("middle", executor)
    claimed = moved.claim(middle.number, executor)
    assert claimed is not None
    assert claimed.key in ("2", "3"), "what was in somebody's hands waits with the others"
    for ground in (here, back):
        ground.close()


def test_a_copy_that_is_made_again_takes_the_place_of_the_first(tmp_path: Path, there: JobGround) -> None:
    here = JobFile(tmp_path / "jobs.db")
    jobs = JobStore(here)
    fill(jobs)
    copy_jobs(here, there, lambda *_: None)
    jobs.cancel("waits", "enough")
    assert not compare_jobs(here, there).is_same
    copy_jobs(here, there, lambda *_: None)
    assert compare_jobs(here, there).is_same
    jobs.forget("done")
    copy_jobs(here, there, lambda *_: None)
    assert count_jobs(there) == 2, "what was forgotten is so there too"
    copy_jobs(here, here, lambda *_: None)  # two stores of one home have one file of jobs
    assert compare_jobs(here, there).is_same
    here.close()
    assert count_jobs(JobFile(tmp_path / "none.db")) == 0


def test_every_column_is_moved_or_of_the_executor(tmp_path: Path) -> None:
    here = JobFile(tmp_path / "jobs.db")
    with here.transaction() as db:
        jobs, items = ({row[1] for row in db.execute(f"PRAGMA table_info({table})")} for table in ("jobs", "job_items"))
    assert jobs - {*_JOB} == {"number", "executor"}
    assert items - {*_ITEM} == {"job", "executor", "token"}
    here.close()
