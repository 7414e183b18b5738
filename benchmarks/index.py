"""What an index costs beside the listening, and what it does not do twice.

    python -m benchmarks.index [--songs 4] [--shots 200] [--files 1000] [--kills 20] [--renames 10000] [--folder PATH]
                               [--dry-run]

It makes its own sounds. What is compared is measured in turns, so that a busy machine troubles both alike.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.index_rage import LIMITS, rage
from benchmarks.rows import Row, write_table
from grym_synth.audio.listen import SECTIONS, Settings, hear
from grym_synth.config import Config, agent_environment
from grym_synth.hub import Hub
from grym_synth.library.look import look_through
from grym_synth.library.reading import read_contents
from grym_synth.library.tally import Tally
from grym_synth.opening import open_hub
from grym_synth.packs import find_whole_pack
from grym_synth.storage.library_rows import Described

COMMAND = "python -m benchmarks.index"
SR = 44_100
SONG_S, SHOT_S = 180.0, 1.0


def write_shots(folder: Path, count: int, *, seconds: float = SHOT_S, seed: int = 1) -> None:
    """Short hits, every one another: a decaying tone with noise."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        t = np.arange(round(seconds * SR)) / SR
        tone = np.sin(2 * np.pi * rng.uniform(50, 2000) * t) * np.exp(-t * rng.uniform(4, 30))
        noise = rng.standard_normal(len(t)) * np.exp(-t * rng.uniform(10, 60))
        place = folder / f"{number // 100:03}"
        place.mkdir(parents=True, exist_ok=True)
        soundfile.write(place / f"{number:05}.wav", 0.4 * tone + 0.1 * noise, SR, subtype="PCM_16")


def write_songs(folder: Path, count: int, *, seconds: float = SONG_S, seed: int = 1) -> None:
    """Loops of drums and chords in stereo, which have all that is listened for."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        beat = round(SR * 60.0 / rng.uniform(80, 160))
        n, t = round(seconds * SR), np.arange(beat) / SR
        y = np.zeros(n + beat)
        for k in range(n // beat + 1):
            hit = np.sin(2 * np.pi * 55 * t) if k % 2 == 0 else 0.5 * rng.standard_normal(beat)
            chord = [(0, 4, 7), (5, 9, 12), (7, 11, 14), (9, 12, 16)][k // 4 % 4]
            tones = sum(np.sin(2 * np.pi * 220.0 * 2 ** (note / 12) * t) for note in chord)
            y[k * beat : (k + 1) * beat] += hit * np.exp(-t * 12) + 0.2 * tones * np.exp(-t * 2)
        y = y[:n] / np.abs(y).max() * 0.7
        soundfile.write(folder / f"{number:03}.wav", np.stack([y, 0.9 * y], axis=1), SR, subtype="PCM_16")


@dataclass(frozen=True)
class Cost:
    """Seconds a file: of listening alone, of the index with one and with two workers, and of the hub's own core."""

    alone: float
    one: float
    two: float
    hub_cpu: float

    @property
    def beside(self) -> float:
        return self.one - self.alone

    @property
    def gain(self) -> float:
        return self.one / self.two


def listen_alone(files: Sequence[Path]) -> float:
    """Seconds a file of the same listening with nothing around it, in a process as an agent's is: gentle, warm."""
    command = ["nice", "-n", "10", sys.executable, "-m", "benchmarks.index", "--alone", *map(str, files)]
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(command, cwd=root, env=agent_environment(), capture_output=True, text=True, check=True)
    return float(done.stdout)


def time_listening(files: Sequence[str]) -> float:
    """Seconds a file, the first of which is listened to before the clock runs."""
    pack, _ = find_whole_pack("musicnn")
    settings = Settings(vectors=True, tagger=str(pack.folder / "model") if pack else None)
    hear(files[0], SECTIONS, settings, lambda fraction, doing: None)
    began = time.perf_counter()
    for file in files:
        hear(file, SECTIONS, settings, lambda fraction, doing: None)
    return (time.perf_counter() - began) / len(files)


async def index(hub: Hub, folder: Path, workers: int = 1) -> tuple[float, float, Tally]:
    """Seconds, seconds of this process's cores, and what was done."""
    began, cpu = time.perf_counter(), time.process_time()
    tally = await hub.index.run([str(folder)], lambda report: None, workers=workers)
    return time.perf_counter() - began, time.process_time() - cpu, tally


async def cost(folder: Path, make: str, count: int, rounds: int) -> Cost:
    """Listening and indexing new files in turns; agents are warm before the clock runs."""
    write = write_songs if make == "songs" else write_shots
    figures: list[list[float]] = []
    async with open_hub(Config(home=folder / "home", limits=LIMITS)) as hub:
        write(folder / "warm", 2 if make == "songs" else 8, seed=99)
        await index(hub, folder / "warm", 2)
        for turn in range(rounds):
            laps, cpu = [], 0.0
            for workers in (0, 1, 2):
                place = folder / f"{make}-{turn}-{workers}"
                write(place, count, seed=10 * turn + workers)
                files = sorted(place.rglob("*.wav"))
                os.sync()
                if workers == 0:
                    laps.append(await asyncio.to_thread(listen_alone, files))
                else:
                    seconds, cpu, tally = await index(hub, place, workers)
                    assert tally.analysed == count, tally
                    laps.append(seconds / count)
                shutil.rmtree(place)
            figures.append([*laps, cpu / count])
    return Cost(*(statistics.median(column) for column in zip(*figures, strict=True)))


async def repeat(folder: Path, count: int) -> tuple[float, float]:
    """Of many files that are known: milliseconds of core time of an unchanged one, seconds to follow all renamed."""
    place = folder / "many"
    write_shots(place, count, seconds=0.02)
    async with open_hub(Config(home=folder / "home", limits=LIMITS)) as hub:
        library = hub.index.library
        for batch in read_contents(list(look_through(str(place)).files.values())):
            library.put_files(batch)
            library.put(Described(file.sha256, hub.index.recipe) for file in batch)
        library.add_folder(str(place))
        _, cpu, tally = await index(hub, place)
        assert tally.unchanged == count, tally
        for path in sorted(place.rglob("*.wav")):
            path.rename(path.with_name(f"renamed {path.name}"))
        seconds, _, tally = await index(hub, place)
        assert (tally.moved, tally.analysed) == (count, 0), tally
    return 1000.0 * cpu / count, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=4)
    parser.add_argument("--shots", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--renames", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="where to work; default: a temporary folder")
    parser.add_argument("--alone", nargs="+", metavar="FILE", help="only time listening to these, in this process")
    parser.add_argument("--dry-run", action="store_true", help="print the rows, write no table")
    options = parser.parse_args()
    if options.alone:
        print(time_listening(options.alone))
        return
    rows: list[Row] = []

    def say(what: str, figure: str, goal: str) -> None:
        rows.append(Row(what, figure, goal, COMMAND))
        print(f"{what}: {figure} (goal: {goal})", flush=True)

    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        if options.songs:
            songs = asyncio.run(cost(folder / "a", "songs", options.songs, options.rounds))
            share = f"{songs.beside / songs.alone:.0%} of {songs.alone:.2f} s"
            share += f"; {1000 * songs.hub_cpu:.0f} ms of the hub's core"
            say("index: beside the listening, 3-minute file", share, "≤ 15 %")
            say("index: 2 workers against 1, 3-minute files", f"{songs.gain:.2f}x", "≥ 1.8x")
        if options.shots:
            shots = asyncio.run(cost(folder / "b", "shots", options.shots, options.rounds))
            figure = f"{1000 * shots.beside:.1f} ms beside {1000 * shots.alone:.0f} ms"
            figure += f"; {1000 * shots.hub_cpu:.1f} ms of the hub's core"
            say("index: beside the listening, one-shot of 1 s", figure, "≤ 25 ms")
            say("index: 2 workers against 1, one-shots", f"{shots.gain:.2f}x", "≥ 1.8x")
        if options.renames:
            unchanged_ms, renames_s = asyncio.run(repeat(folder / "c", options.renames))
            say("index: unchanged file", f"{unchanged_ms:.2f} ms CPU", "≤ 10 ms")
            say(f"index: {options.renames:,} files renamed", f"{renames_s:.1f} s, none anew", "≤ 30 s")
        if options.kills:
            write_shots(folder / "d" / "music", options.files, seconds=0.3)
            found = rage(folder / "d" / "home", folder / "d" / "music", kills=options.kills, workers=2, seed=1)
            figure = (
                f"{found.known} of {found.files} files once, {found.begun - found.contents} listened to again"
                f" ({found.in_flight} in flight at {found.kills} kills of the hub and {found.agents_killed} of agents)"
            )
            say(f"index of {options.files:,} files under kill -9", figure, "each once; only what was in flight again")
            if not found.is_whole:
                print(f"NOT WHOLE: {found}")
    if not options.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
