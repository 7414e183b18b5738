"""A library moved from a file into Postgres and back, killed again and again, while somebody goes on reading it.

    python -m benchmarks.moving [--recordings N] [--kills N] [--write]

The recordings are made up: vectors of the usual lengths, two fragments each, figures, words, tags, a print and what was
heard of each, and a label for every tenth. `grym migrate` runs as a process, ended with kill -9 at even distances of
what there is to copy; after that it runs to its end. Meanwhile a reader asks the source for recordings, one after
the other.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tests.postgres_world import running

from benchmarks.rows import GRYM, Row, write_table
from grym_synth.config import Config
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, Fragment, HeardPart, LibraryFile
from grym_synth.storage.moving import Mover, tables
from grym_synth.storage.opening import open_store
from grym_synth.storage.prints import Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Heard, Store
from grym_synth.storage.teachings import Label, Teachings

COMMAND = "python -m benchmarks.moving"
_LENGTHS = {"timbre": 220, "rhythm": 64, "harmony": 24, "pitch": 24, "loudness": 12}


def fill(store: Store, count: int) -> None:
    """A made-up library."""
    rng = np.random.default_rng(11)
    library, prints = Library(store), Prints(store)
    library.add_folder("/music")
    names = [f"{number:064x}" for number in range(count)]
    library.put_files([LibraryFile(f"/music/{n // 100}/{n}.wav", 9, 1, 2, n, 4, name) for n, name in enumerate(names)])
    for start in range(0, count, 500):
        part = names[start : start + 500]
        vectors = {aspect: rng.standard_normal((len(part), n)) for aspect, n in _LENGTHS.items()}
        described = [
            Described(
                name, "listen 1", {"tempo_bpm": 60.0 + n % 90, "integrated_lufs": -14.1}, {"key": "A minor"},
                {"techno": 0.6}, {aspect: rows[n] for aspect, rows in vectors.items()},
                tuple(Fragment(at, at + 5.0, rng.standard_normal(344)) for at in (0.0, 5.0)),
            )
            for n, name in enumerate(part)
        ]  # fmt: skip
        library.put(described, {name: [HeardPart("rhythm", "listen 1", {}, Heard((), ()))] for name in part})
        words = rng.integers(1, 2**63, (len(part), 60), dtype=np.uint64)
        prints.put(
            StoredPrint(name, words[n], np.zeros((0, 65), np.uint8), np.zeros(130, np.float32))
            for n, name in enumerate(part)
        )
    Teachings(store).put_labels([Label(name, "dusty", True, "") for name in names[::10]])


@dataclass
class Reader:
    """Asks the store one question after the other, as a hub that serves."""

    store: Store
    asked: int = 0
    failed: int = 0
    slowest_s: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Reader:
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _read(self) -> None:
        library = Library(self.store)
        while not self._stop.is_set():
            began = time.monotonic()
            found = list(library.described([f"{self.asked % 1000:064x}"]))
            self.failed += len(found) != 1
            self.asked += 1
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
            self._stop.wait(0.005)


def move(home: Path, to: str, kills: int, total: int, target: Config) -> tuple[float, int]:
    """Move, killed so often; the seconds of the last run, and how often it was really killed."""
    killed = 0
    environment = {**os.environ, "GRYM_HOME": str(home)}
    command = [str(GRYM), "migrate", "--to", to, "--json"]
    for number in range(kills):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        while process.poll() is None and _copied(target) < total * (number + 1) / (kills + 1):
            time.sleep(0.02)
        killed += process.poll() is None
        process.kill()
        process.communicate()
    began = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["same"]
    return time.monotonic() - began, killed


def _copied(target: Config) -> int:
    if not target.store.startswith("postgresql") and not target.store_path.exists():
        return 0
    try:
        with closing(open_store(target)) as store:
            return sum(int(store.read(f"SELECT count(*) FROM {table.name}")[0][0]) for table in tables())
    except Exception:  # noqa: BLE001 it is only just being made
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write the table")
    asked = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, running() as world:
        home = Path(folder, "home")
        with closing(SqliteStore(home / "grym.db")) as store:
            fill(store, asked.recordings)
            total = sum(Mover(store, store, "").counts().values())
        size = (home / "grym.db").stat().st_size / 1e6
        address, back = world.address(world.database()), f"sqlite:///{folder}/back.db"
        ways = [
            ("file to Postgres", Config(home=home), address),
            ("Postgres to file", Config(home=home, store=address), back),
        ]
        for way, source, to in ways:
            with closing(open_store(source)) as served, Reader(served) as reader:
                seconds, killed = move(home, to, asked.kills, total, Config(home=home, store=to))
            assert killed == asked.kills, "it was too quick to be killed"
            assert reader.failed == 0
            figure = (
                f"equal by count and hash; {killed} kills; last run {seconds:.1f} s;"
                f" {reader.asked:,} questions meanwhile, none failed, slowest {reader.slowest_s * 1000:.0f} ms"
            )
            print(f"{way}, {asked.recordings:,} recordings, {total:,} rows, {size:.0f} MB: {figure}")
            rows.append(Row(f"moving {asked.recordings:,} recordings, {way}", figure, "equal, reads served", COMMAND))
            subprocess.run([str(GRYM), "migrate", "--confirm"], env={**os.environ, "GRYM_HOME": str(home)}, check=True)
        with closing(SqliteStore(home / "grym.db")) as first, closing(SqliteStore(Path(folder, "back.db"))) as last:
            assert all(each.is_same for each in Mover(first, last, "").compare(lambda *_: None))
    if asked.write:
        write_table(rows)


if __name__ == "__main__":
    main()
