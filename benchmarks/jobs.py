"""What jobs cost beside the work in them, what a crash repeats, and what a second process gains.

    python -m benchmarks.jobs [--items 100000] [--kills 20] [--folder FOLDER] [--dry-run]

The files of the jobs lie in FOLDER, which should be on the disk that is meant; without it, where temporary files lie.
A dry run changes no table.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.flow.test_jobs_survive import kill_and_go_on, opened
from tests.job_process import AT_ONCE

from benchmarks.rows import Row, write_table
from grym_synth.jobs.book import JobBook
from grym_synth.jobs.engine import open_jobs
from grym_synth.jobs.port import Item, Kind, Work
from grym_synth.messages import Json
from grym_synth.storage.jobs import JobStore

COMMAND = "python -m benchmarks.jobs"
STANDING_S = 20.0
BURNT = 120  # items of the work that two processes share


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--work", nargs=2, metavar=("FILE", "EXECUTOR"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        asyncio.run(work(Path(arguments.work[0]), arguments.work[1]))
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        rows = [
            *asyncio.run(measure_items(Path(folder), arguments.items)),
            *measure_dbos(Path(folder)),
            measure_crashes(Path(folder), arguments.kills),
            asyncio.run(measure_two(Path(folder))),
        ]
    for row in rows:
        print(f"{row.what}: {row.figure} (goal: {row.goal})")
    if not arguments.dry_run:
        write_table(rows)


def nothing(*, at_once: int) -> Kind:
    """Items that take no time, so that all of it is ours."""

    def items(params: Mapping[str, Json]) -> Iterable[Item]:
        return (Item(f"{number:064x}", {"path": f"/music/{number}.wav"}) for number in range(int(str(params["n"]))))

    async def do(work: Work) -> Json:
        return "done"

    return Kind("nothing", items, do, at_once=at_once)


async def measure_items(folder: Path, count: int) -> list[Row]:
    """What starting a job takes, what an item costs, and what the engine takes while there is nothing to do."""
    rows = []
    async with open_jobs(folder / "items.db", [nothing(at_once=2)]) as jobs:
        jobs.stand_by()
        await jobs.wait(await jobs.start("nothing", {"n": 10}))  # everything is loaded by then
        starts = []
        for _ in range(20):
            begun = time.perf_counter()
            id = await jobs.start("nothing", {"n": 0})
            starts.append(time.perf_counter() - begun)
            await jobs.wait(id)
        begun, used = time.perf_counter(), time.process_time()
        job = await jobs.wait(await jobs.start("nothing", {"n": count}))
        wall, cpu = time.perf_counter() - begun, time.process_time() - used
        assert job.progress.done == count
        each = f"{wall / count * 1000:.2f} ms, {cpu / count * 1000:.2f} ms CPU"
        rows.append(Row(f"cost of an item of a job, of {count:,}, listed, begun and kept", each, "≤ 3 ms CPU", COMMAND))
        rows.append(Row("a job is durable after, median", f"{sorted(starts)[10] * 1000:.1f} ms", "≤ 50 ms", COMMAND))
        used = time.process_time()
        await asyncio.sleep(STANDING_S)
        share = (time.process_time() - used) / STANDING_S
        rows.append(Row("the engine of jobs with nothing to do, of one core", f"{share:.1%}", "≤ 3 %", COMMAND))
    return rows


def measure_dbos(folder: Path, count: int = 500) -> list[Row]:
    """What an item would cost as a step of DBOS, and as a workflow of its own: the ways that were not taken."""
    from dbos import DBOS, SetWorkflowID

    from grym_synth.jobs import workflows

    @DBOS.workflow(name="benchmark-steps")
    def steps(count: int) -> None:
        for number in range(count):
            DBOS.run_step({"name": "item"}, str, number)

    @DBOS.workflow(name="benchmark-item")
    def item(number: int) -> str:
        return DBOS.run_step({"name": "item"}, str, number)

    runs = workflows.Workflows(folder / "dbos.db", "benchmark", lambda step, id, run: None)
    try:
        DBOS.register_queue("items", worker_concurrency=8, polling_interval_sec=0.01)
        figures = {}
        begun, used = time.perf_counter(), time.process_time()
        with SetWorkflowID("steps"):
            DBOS.start_workflow(steps, count).get_result()
        figures["step"] = (time.perf_counter() - begun, time.process_time() - used)
        begun, used = time.perf_counter(), time.process_time()
        handles = [DBOS.enqueue_workflow("items", item, number) for number in range(count)]
        for handle in handles:
            handle.get_result(polling_interval_sec=0.05)
        figures["workflow"] = (time.perf_counter() - begun, time.process_time() - used)
    finally:
        runs.close()
    return [
        Row(
            f"the same as a {what} of DBOS, of {count:,}",
            f"{wall / count * 1000:.2f} ms, {cpu / count * 1000:.2f} ms CPU",
            "for comparison",
            COMMAND,
        )
        for what, (wall, cpu) in figures.items()
    ]


def measure_crashes(folder: Path, kills: int) -> Row:
    """Kill the process that works, at any moment, again and again."""
    count = 1000
    place = folder / "crashes"
    place.mkdir()
    with opened(place) as home:
        job = asyncio.run(kill_and_go_on(home, count=count, kills=kills, ms=10))
        begun = home.begun()
    assert job.progress.done == len(begun) == count
    again = sum(begun.values()) - count
    figure = f"{job.progress.done:,} of {count:,} done, {again} begun twice"
    goal = f"{count:,}, ≤ {kills * AT_ONCE}: {AT_ONCE} in flight at each kill"
    return Row(f"kill -9 {kills} times during a job of {count:,} items", figure, goal, COMMAND)


def burning() -> Kind:
    """Items that keep a core busy for 50 ms."""

    def items(params: Mapping[str, Json]) -> Iterable[Item]:
        return (Item(str(number)) for number in range(BURNT))

    async def do(work: Work) -> Json:
        def burn() -> None:
            until = time.thread_time() + 0.05
            while time.thread_time() < until:
                sum(range(1000))

        await asyncio.to_thread(burn)
        return None

    return Kind("burn", items, do)


async def work(path: Path, executor: str) -> None:
    """Be a process that works until its standard input ends."""
    async with open_jobs(path, [burning()], executor=executor) as jobs:
        jobs.stand_by()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def measure_two(folder: Path) -> Row:
    """The same work by one process and by two, each with one core; the first and last second are no part of it."""
    one, two = await _rate(folder / "one.db", 1), await _rate(folder / "two.db", 2)
    figure = f"{two / one:.2f}x ({one:.1f} and {two:.1f} items a second)"
    return Row("two processes against one, on items of 50 ms of one core", figure, "≥ 1.8x, of two idle cores", COMMAND)


async def _rate(path: Path, processes: int) -> float:
    """Items a second, between the moments at which a tenth and nine tenths were done."""
    book = JobBook(JobStore(path), [burning()])
    try:
        with ExitStack() as stack:
            for number in range(processes):
                words = [sys.executable, "-m", "benchmarks.jobs", "--work", str(path), f"worker-{number}"]
                process = stack.enter_context(
                    subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
                )
                assert process.stdin is not None
                assert process.stdout is not None
                stack.callback(process.stdin.close)
                await asyncio.to_thread(process.stdout.readline)
            id = await book.start("burn", {})
            moments: dict[int, float] = {}
            async for job in book.follow(id, every_s=0.01):
                moments.setdefault(job.progress.done, time.perf_counter())
    finally:
        book.store.close()
    first = min(done for done in moments if done >= BURNT // 10)
    last = max(done for done in moments if done <= BURNT * 9 // 10)
    return (last - first) / (moments[last] - moments[first])


if __name__ == "__main__":
    main()
