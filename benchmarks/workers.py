"""Workers that are killed again and again while they do jobs from one Postgres: is each effect there exactly once?

    python -m benchmarks.workers [--jobs N] [--workers N] [--kill-for SECONDS] [--write]

Each job learns one short note. A worker is `grym worker` as a process in a home of its own, as on another machine; one
of them, another each time, is ended with kill -9 every five seconds and started again. At the end every job is
done, none failed, and every note is in the store in one version, with one passage.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.postgres_world import POOLER, PostgresWorld, running

from benchmarks.rows import GRYM, Row, write_table
from grym_synth.config import Config
from grym_synth.messages import Json
from grym_synth.storage.job_rows import NewJob
from grym_synth.storage.opening import open_job_store, open_store

COMMAND = "python -m benchmarks.workers"
_KILL_EVERY_S = 5.0
_AT_MOST_S = 1800.0


@dataclass
class Crew:
    """Workers on one store, each in its own home."""

    folder: Path
    store: str
    session: str
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: int = 0

    @property
    def config(self) -> Config:
        return Config(home=self.folder / "looking", store=self.store, store_session=self.session)

    def start(self, number: int) -> None:
        settings = {"GRYM_STORE": self.store, "GRYM_STORE_SESSION": self.session, "GRYM_CPU": "1"}
        environment = {**os.environ, **settings, "GRYM_HOME": str(self.folder / f"machine-{number}")}
        self.processes[number] = subprocess.Popen(
            [str(GRYM), "worker"], env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def kill(self, number: int) -> None:
        """kill -9, of the worker alone: what it launched ends by itself."""
        self.processes[number].kill()
        assert self.processes[number].wait() == -signal.SIGKILL, "it had ended before"
        self.killed += 1


@contextlib.contextmanager
def working(world: PostgresWorld, folder: Path, count: int) -> Iterator[Crew]:
    """So many workers on a fresh database, through a pooler where there is one, until the block ends."""
    name = world.database()
    session = world.address(name)
    crew = Crew(folder, world.pooled(name) if POOLER else session, session)
    open_store(crew.config).close()
    try:
        for number in range(count):
            crew.start(number)
        yield crew
    finally:
        for process in crew.processes.values():
            process.terminate()
        for process in crew.processes.values():
            try:
                process.wait(30.0)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def give_jobs(crew: Crew, count: int) -> None:
    """So many jobs, each of which learns a note of its own."""
    notes = crew.folder / "notes"
    notes.mkdir()
    with closing(open_job_store(crew.config)) as jobs:
        for number in range(count):
            note = notes / f"{number}.md"
            note.write_text(f"# Note {number}\n\nThe kick of take {number} is cut at {100 + number} Hz.\n")
            params: dict[str, Json] = {"targets": [str(note)], "domain": "", "allow_http": False}
            jobs.add(NewJob(f"{number:08x}", "learn", f"learn {note.name}", params, "default"))


def see_through(crew: Crew, *, kill_for_s: float, every_s: float = _KILL_EVERY_S) -> float:
    """Kill one worker after the other, from now on and for so long, and wait until all is done; how long it took."""
    began = next_kill = time.monotonic()
    with closing(open_job_store(crew.config)) as jobs:
        while jobs.unfinished():
            now = time.monotonic()
            assert now < began + _AT_MOST_S, f"{len(jobs.unfinished())} jobs are not done"
            if now >= next_kill and now < began + kill_for_s:
                number = crew.killed % len(crew.processes)
                crew.kill(number)
                crew.start(number)
                next_kill = now + every_s
            time.sleep(0.2)
    return time.monotonic() - began


def check(crew: Crew, count: int) -> int:
    """Raise AssertionError unless every effect is there exactly once; how many items were begun more than once."""
    with closing(open_job_store(crew.config)) as jobs:
        rows = jobs.latest(count + 1)
        assert len(rows) == count
        assert {(row.state, row.total, row.done, row.failed) for row in rows} == {("done", 1, 1, 0)}
        again = sum(jobs.items(row.number, None, 1)[0].attempts > 1 for row in rows)
    with closing(open_store(crew.config)) as store:
        sources = store.read("SELECT address, count(*), max(version) FROM knowledge_sources GROUP BY address")
        assert len(sources) == count
        assert {(rows, version) for _, rows, version in sources} == {(1, 1)}
        assert store.read("SELECT count(*) FROM knowledge_passages") == [(count,)]
    return again


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--kill-for", type=float, default=60.0)
    parser.add_argument("--write", action="store_true", help="write the table")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running() as world,
        working(world, Path(folder), asked.workers) as crew,
    ):
        give_jobs(crew, asked.jobs)
        seconds = see_through(crew, kill_for_s=asked.kill_for)
        again = check(crew, asked.jobs)
    figure = f"all done in {seconds:.0f} s, each effect once; {crew.killed} kills, {again} items begun again"
    what = f"{asked.workers} workers, {asked.jobs:,} jobs, one killed every 5 s for {asked.kill_for:.0f} s"
    print(f"{what}: {figure}")
    if asked.write:
        write_table([Row(what, figure, "each effect exactly once, all done", COMMAND)])


if __name__ == "__main__":
    main()
