"""A process that works on jobs, to be killed: `python -m tests.job_process FILE EXECUTOR NOTES [DEAD_S]`.

Its kind of job notes in a file, a line for each, what it begins: so a test knows what was begun how often, and by whom.
It works until it is killed, or until its standard input ends.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from grym_synth.errors import UnusableAudio
from grym_synth.jobs.engine import open_jobs
from grym_synth.jobs.port import Item, Kind, Work
from grym_synth.messages import Json

AT_ONCE = 3


def noting(notes: Path, *, note: Callable[[str], None] | None = None) -> Kind:
    """Jobs of `count` items that take `seconds` each, every `bad`-th of which cannot be done."""

    def append(line: str) -> None:
        with notes.open("a") as file:  # one short write: lines of several processes do not mix
            file.write(line)

    write = note or append

    def items(params: Mapping[str, Json]) -> Iterator[Item]:
        for number in range(_number(params, "count")):
            yield Item(f"item {number}", number)

    async def do(work: Work) -> Json:
        write(f"{work.key}\t{work.attempt}\t{os.getpid()}\n")
        await asyncio.sleep(float(_number(work.params, "ms")) / 1000.0)
        bad = _number(work.params, "bad")
        if bad and int(str(work.payload)) % bad == 0:
            raise UnusableAudio(f"{work.key} cannot be heard")
        return {"pid": os.getpid()}

    async def finish(id: str, params: Mapping[str, Json]) -> Json:
        return {"finished_by": os.getpid()}

    return Kind("note", items, do, finish=finish, title=lambda params: f"note {params['count']}", at_once=AT_ONCE)


def _number(params: Mapping[str, Json], name: str) -> int:
    value = params.get(name, 0)
    assert isinstance(value, int)
    return value


async def main(path: Path, executor: str, notes: Path, dead_s: float) -> None:
    async with open_jobs(path, [noting(notes)], executor=executor, dead_s=dead_s) as jobs:
        jobs.stand_by()
        sys.stdout.write(f"working {time.time()}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), float((*sys.argv, "60")[4])))
