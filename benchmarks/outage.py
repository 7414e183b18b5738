"""The server of the store is stopped while a hub indexes, answers and edits: nothing may be lost, or stay stuck.

    python -m benchmarks.outage [--away SECONDS] [--write]

One `grym serve` on a fresh Postgres, once reached directly and once through a pooler where there is one; `grym index`
of 60 recordings is in the middle when the server stops. While it is away the same question is asked again and again,
and one edit begins. When it is back: from when on the hub knows it, from when on it takes new work (which the rules of
health allow ten seconds after that), and whether the index and the edit are whole.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from tests.postgres_world import POOLER, PostgresWorld, running

from benchmarks.rows import GRYM, Row, write_table

COMMAND = "python -m benchmarks.outage"
_RATE, _SECONDS, _RECORDINGS = 44_100, 6, 60
_BEFORE_S, _AT_MOST_S = 6.0, 120.0
_FRESH = _RECORDINGS  # one that the index does not hear


@dataclass
class Home:
    """A home with a hub on a shared store, and some recordings."""

    folder: Path
    environment: dict[str, str]
    asked: list[tuple[float, int]] = field(default_factory=list)  # seconds that a question took, exit code

    @property
    def music(self) -> Path:
        return self.folder / "music"

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(GRYM), *words], env=self.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ask(self, number: int) -> int:
        """The exit code of a question about a recording."""
        began = time.monotonic()
        path = (self.folder if number == _FRESH else self.music) / f"{number}.wav"
        code = self.start("ask", "how loud is it?", str(path)).wait(_AT_MOST_S)
        self.asked.append((time.monotonic() - began, code))
        return code

    def status(self) -> dict[str, object]:
        return dict(json.loads(self.start("status", "--json").communicate(timeout=_AT_MOST_S)[0]))


@contextmanager
def serving(world: PostgresWorld, folder: Path, *, through_pooler: bool) -> Iterator[Home]:
    """A hub that serves, until the block ends."""
    name = world.database()
    session = world.address(name)
    store = world.pooled(name) if through_pooler else session
    own = {"GRYM_HOME": str(folder / "home"), "GRYM_STORE": store, "GRYM_STORE_SESSION": session}
    home = Home(folder, {**os.environ, **own})
    home.music.mkdir()
    rng, fading = np.random.default_rng(1), np.exp(-np.arange(_RATE * _SECONDS) / _RATE)
    for number in range(_RECORDINGS + 1):
        path = (folder if number == _FRESH else home.music) / f"{number}.wav"
        soundfile.write(path, 0.2 * rng.standard_normal(len(fading)) * fading, _RATE)
    hub = home.start("serve")
    try:
        _wait_until(lambda: home.ask(0) == 0 and "hub" in home.status())
        yield home
    finally:
        hub.terminate()
        hub.wait(30.0)


def _wait_until(is_so: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() < began + _AT_MOST_S, "it did not come to that"
        time.sleep(0.2)


def lived_through(world: PostgresWorld, home: Home, away_s: float) -> str:
    """Stop the server in the middle of things; what was seen. Raises AssertionError where something was lost."""
    index = home.start("index", str(home.music), "--json")
    time.sleep(_BEFORE_S)
    assert index.poll() is None, "the index must be in the middle"
    home.asked.clear()
    with world.stopped():
        began, edit = time.monotonic(), None
        while time.monotonic() < began + away_s:
            assert home.ask(1) in (0, 4), "answered from what is known, or refused with a reason"
            if edit is None and time.monotonic() > began + 5.0:
                edit = home.start("edit", str(home.music / "2.wav"), "gain=-3dB", "--out", str(home.folder / "e.wav"))
            time.sleep(1.0)
    slowest = max(seconds for seconds, _ in home.asked)
    began = time.monotonic()
    _wait_until(lambda: float(str(home.status()["pressure"])) < 0.8)
    known = time.monotonic() - began
    _wait_until(lambda: home.ask(_FRESH) == 0)
    again = time.monotonic() - began
    told = json.loads(index.communicate(timeout=_AT_MOST_S)[0].splitlines()[-1])
    assert (told["files"], told["analysed"], told["failed"]) == (_RECORDINGS, _RECORDINGS, []), told
    assert edit is not None
    edit.wait(_AT_MOST_S)
    assert soundfile.info(home.folder / "e.wav").frames == _RATE * _SECONDS
    return (
        f"seen to be back after {known:.1f} s, new work after {again:.1f} s; index and edit whole;"
        f" {len(home.asked)} questions, slowest while away {slowest:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--away", type=float, default=30.0)
    parser.add_argument("--write", action="store_true", help="write the table")
    asked = parser.parse_args()
    rows = []
    with running() as world:
        for through_pooler in [False, True] if POOLER else [False]:
            with (
                tempfile.TemporaryDirectory() as folder,
                serving(world, Path(folder), through_pooler=through_pooler) as home,
            ):
                figure = lived_through(world, home, asked.away)
            how = "through a pooler" if through_pooler else "reached directly"
            what = f"store {how} stopped for {asked.away:.0f} s in the middle of index, ask and edit"
            print(f"{what}: {figure}", flush=True)
            rows.append(Row(what, figure, "nothing lost or stuck; back ≤ 10 s, new work 10 s later", COMMAND))
    if asked.write:
        write_table(rows)


if __name__ == "__main__":
    main()
