"""Waiting times of whole commands, as a person meets them.

    python -m benchmarks.timing [--runs 5]

Each run has a home of its own; the recording is three minutes of FLAC made from a seed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.rows import GRYM, Row, write_table

COMMAND = "python -m benchmarks.timing"
SR = 44100


def make_recording(path: Path, seconds: float = 180.0) -> None:
    """A three-minute stereo piece: a 124 BPM beat, a bass in D minor, noise."""
    rng = np.random.default_rng(3)
    t = np.arange(int(seconds * SR)) / SR
    beat = (t * 124 / 60) % 1.0 * 60 / 124
    kick = np.sin(2 * np.pi * (50 * beat + 6 * (1 - np.exp(-beat * 30)))) * np.exp(-beat * 12)
    notes = np.array([38, 41, 45, 36])[(t * 124 / 60 / 2).astype(int) % 4]
    bass = np.sin(2 * np.pi * np.cumsum(440 * 2 ** ((notes - 69) / 12)) / SR)
    y = 0.5 * kick + 0.2 * bass + 0.03 * rng.standard_normal(len(t))
    soundfile.write(path, np.stack([y, 0.8 * y + 0.01 * rng.standard_normal(len(t))], axis=1), SR, subtype="PCM_16")


def seconds_of(command: list[str], home: Path) -> float:
    start = time.perf_counter()
    environment = {**os.environ, "GRYM_HOME": str(home)}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(runs: int) -> list[Row]:
    grym = str(GRYM)
    with tempfile.TemporaryDirectory() as folder:
        song = Path(folder) / "song.flac"
        make_recording(song)
        helps = [seconds_of([grym, "--help"], Path(folder)) for _ in range(runs)]
        first, same, other = [], [], []
        for i in range(runs):
            home = Path(folder) / f"home{i}"
            first.append(seconds_of([grym, "ask", "how fast is it, and in which key?", str(song)], home))
            same.append(seconds_of([grym, "ask", "how fast is it, and in which key?", str(song)], home))
            other.append(seconds_of([grym, "ask", "what tempo should I set?", str(song)], home))
    cases = (
        ("`grym --help`", helps, "≤ .3 s"),
        ("`grym ask` on a 3-minute FLAC, cold, nothing cached", first, "≤ 5 s"),
        ("second `grym ask`, same question, no warm hub", same, "≤ 1 s"),
        ("second `grym ask`, another question about the same file", other, "≤ 1 s"),
    )
    return [
        Row(what, f"median {statistics.median(times):.2f}, worst {max(times):.2f} s of {runs}", goal, COMMAND)
        for what, times, goal in cases
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    rows = measure(parser.parse_args().runs)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    write_table(rows)


if __name__ == "__main__":
    main()
