"""An index whose hub and agents are killed again and again, and whether it finds and listens to everything once.

As a script it is the hub that is killed: `python -m benchmarks.index_rage HOME FOLDER LOG WORKERS AS_JOB`. It writes a
line to LOG before it has a recording listened to, and one after what was heard is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grym_synth.config import Config
from grym_synth.frontends.library import perform_index
from grym_synth.frontends.protocol import operation_of
from grym_synth.library import job
from grym_synth.opening import open_hub
from grym_synth.storage.library import Library
from grym_synth.storage.sqlite import SqliteStore

#: The measure loads every core, which is no reason to do with less of them.
LIMITS = {"cpu": (0.98, 0.99)}


@dataclass
class Rage:
    """What came of it. `excess` : contents listened to more often than kills in flight explain."""

    kills: int = 0
    agents_killed: int = 0
    files: int = 0
    known: int = 0
    contents: int = 0
    described: int = 0
    begun: int = 0
    in_flight: int = 0  # at the kills, all of them together
    excess: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Every file in the library exactly once, and nothing listened to again but what was in flight.

        One recording for each killed agent may have been given to it while it died, which nobody saw.
        """
        is_all = self.files == self.known and self.contents == self.described
        return is_all and sum(self.excess.values()) <= self.agents_killed


async def be_hub(home: Path, folder: Path, log: Path, workers: int, *, as_job: bool) -> None:
    """Index a folder, writing down what begins and what is kept."""
    job._LITTLE_S = 0.0 if as_job else 1e9
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(word: str, path: str) -> None:
        os.write(descriptor, f"{word} {path}\n".encode())

    async with open_hub(Config(home=home, limits=LIMITS)) as hub:
        listener, put = hub.index.listener, hub.index.library.put
        listen = listener.listen

        async def listen_and_tell(path: str, size: int, on_progress: Callable[[float, str], None]) -> Any:
            write("begin", path)
            return await listen(path, size, on_progress)

        def put_and_tell(described: Any, heard: Any = None) -> None:
            put(described, heard)
            for item in described:
                write("kept", next(iter(dict(hub.index.library.paths([item.sha256])).values()))[0])

        listener.listen = listen_and_tell  # type: ignore[method-assign]
        hub.index.library.put = put_and_tell  # type: ignore[method-assign]
        operation = operation_of("index", folders=[str(folder)], workers=workers)
        await perform_index(hub, operation, lambda event: None)


def rage(home: Path, folder: Path, *, kills: int, workers: int, seed: int, as_job: bool = True) -> Rage:
    """Index `folder`, killing the hub so many times at random moments, and an agent before every other one."""
    rng, found, log = random.Random(seed), Rage(), home / "log"
    home.mkdir(parents=True, exist_ok=True)
    files = len(list(folder.rglob("*.wav")))
    began = time.monotonic()
    in_flight: Counter[str] = Counter()
    while True:
        hub = start(home, folder, log, workers, as_job=as_job)
        is_last = found.kills >= kills
        target = (
            files
            if is_last
            else kept(log) + rng.randint(1, max(1, 2 * (files - kept(log)) // (kills - found.kills + 1)))
        )
        while hub.poll() is None and kept(log) < target:
            time.sleep(0.002)
        if not is_last and hub.poll() is None:
            if found.kills % 2 and (agents := agents_of(hub.pid)):
                before, lines = under_way(log), len(log.read_text().splitlines())
                with contextlib.suppress(ProcessLookupError):
                    os.kill(rng.choice(agents), signal.SIGKILL)
                    found.agents_killed += 1
                after = under_way(log)
                time.sleep(rng.random() * 0.2)
                # What was given to the dead agent before anybody knew of it was begun once more at once.
                since = Counter(line for line in log.read_text().splitlines()[lines:] if line.startswith("begin "))
                in_flight.update({*before, *after, *(line[6:] for line, count in since.items() if count > 1)})
            hub.send_signal(signal.SIGKILL)
            hub.wait()
            found.kills += 1
            in_flight.update(under_way(log))
            continue
        if hub.wait():
            raise RuntimeError(f"the hub ended with {hub.returncode}")
        break
    found.seconds = time.monotonic() - began
    begun = Counter(line[6:] for line in log.read_text().splitlines() if line.startswith("begin "))
    found.begun, found.in_flight = sum(begun.values()), sum(in_flight.values())
    found.excess = {path: count - 1 - in_flight[path] for path, count in begun.items() if count > 1 + in_flight[path]}
    store = SqliteStore(home / "grym.db")
    library = Library(store)
    found.files, found.known = files, library.counts()["known"]
    found.contents, found.described = len(dict(library.paths())), len({item.sha256 for item in library.described()})
    store.close()
    return found


def start(home: Path, folder: Path, log: Path, workers: int, *, as_job: bool) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.index_rage",
        str(home),
        str(folder),
        str(log),
        str(workers),
        str(as_job),
    ]
    root = Path(__file__).resolve().parent.parent
    return subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kept(log: Path) -> int:
    """How many were kept so far."""
    return log.read_bytes().count(b"kept ") if log.exists() else 0


def under_way(log: Path) -> list[str]:
    """What was begun and not kept since."""
    open_: dict[str, None] = {}
    for line in log.read_text().splitlines() if log.exists() else ():
        word, _, path = line.partition(" ")
        if word == "begin":
            open_[path] = None
        else:
            open_.pop(path, None)
    return list(open_)


def agents_of(pid: int) -> list[int]:
    """The agents of a hub: its children that listen."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in children if b"listen.py" in Path(f"/proc/{child}/cmdline").read_bytes()]
    except OSError:
        return []


if __name__ == "__main__":
    home, folder, log = map(Path, sys.argv[1:4])
    asyncio.run(be_hub(home, folder, log, int(sys.argv[4]), as_job=sys.argv[5] == "True"))
