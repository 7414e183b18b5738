"""What listening costs: CPU time and memory of the one pass, with peers in the same run.

    python -m benchmarks.listening TRACK [--peer librosa=PYTHON --peers EVAL/peers]

TRACK is a stereo recording of about four minutes (an OGG for the figures of the table). Every measurement is a process
of its own, on one thread. A peer is named with the Python that has it installed; its adapter is EVAL/peers/speed.py.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, write_table

COMMAND = "python -m benchmarks.listening TRACK"
FULL = ("facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "timbre")
RUNS = 4  # in one process, the first of them cold
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

_HEAR = """
import json, sys, time
begun = time.process_time(), time.perf_counter()
from grym_synth.audio.listen import Settings, hear
from grym_synth.packs import find_pack
imported = time.process_time() - begun[0], time.perf_counter() - begun[1]
pack, runs = find_pack("musicnn"), []
settings = Settings(tagger=str(pack.folder / "model") if pack else None)
for _ in range(int(sys.argv[3])):
    cpu, wall = time.process_time(), time.perf_counter()
    hear(sys.argv[1], sys.argv[2].split(","), settings, lambda fraction, message: None)
    runs.append((time.process_time() - cpu, time.perf_counter() - wall))
peak = next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"import": imported, "runs": runs, "peak_mb": peak}))
"""


def hear_in_process(track: Path, sections: tuple[str, ...], runs: int) -> dict[str, Any]:
    """Import and `runs` hearings in a fresh process: (CPU s, wall s) of each, and the peak resident memory in MB."""
    command = [sys.executable, "-c", _HEAR, str(track), ",".join(sections), str(runs)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **ONE_THREAD})
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _peer_in_process(track: Path, name: str, python: str, adapters: Path | None) -> dict[str, Any]:
    assert adapters is not None
    command = [python, str(adapters / "speed.py"), name, str(track), str(RUNS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **ONE_THREAD})
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def make_hour(track: Path, out: Path) -> None:
    """Sixty minutes of the same music, a little louder or softer each time round."""
    import soundfile

    y, sr = soundfile.read(track, dtype="float32", always_2d=True)
    with soundfile.SoundFile(out, "w", sr, y.shape[1], format="FLAC", subtype="PCM_16") as file:
        left, turn = 3600 * sr, 0
        while left > 0:
            file.write(y[:left] * (0.7 + 0.05 * (turn % 5)))
            left, turn = left - len(y), turn + 1


def measure(track: Path, peers: dict[str, str], adapters: Path | None) -> list[Row]:
    # A shared machine is faster at one moment than at another, so everybody runs as often, in turn.
    best, said = [], dict[str, list[float]]()
    peak_mb: dict[str, int] = {}
    for _ in range(2):
        best.append(hear_in_process(track, FULL, RUNS))
        for name, python in peers.items():
            found = _peer_in_process(track, name, python, adapters)
            said.setdefault(name, []).append(float(found["best_cpu"]))
            peak_mb[name] = int(found["rss_mb"])
    warm = min(cpu for found in best for cpu, _ in found["runs"][1:])
    first = min(found["runs"][0][0] for found in best)
    imported = min(found["import"][0] for found in best)
    rows = [
        Row("CPU of the full set, one thread, 4-minute stereo track", f"{warm:.2f} s", "≤ 1.5 s, then 1.2", COMMAND),
        Row("import of the listening code", f"{imported:.2f} s", "≤ .5 s", COMMAND),
        Row("first track after import, against a warm one", f"{first / warm:.2f}x", "≤ 1.5x", COMMAND),
    ]
    for name, times in said.items():
        figure = f"{min(times):.2f} s, {min(times) / warm:.1f}x ours; {peak_mb[name]} MB"
        rows.append(Row(f"the same with {name}, warm, same run", figure, "≥ 5x, then 6x", COMMAND))
    with ThreadPoolExecutor(2) as threads:
        both = list(threads.map(lambda _: hear_in_process(track, FULL, 3), range(2)))
    alone = min(wall for found in best for _, wall in found["runs"][1:])
    together = max(min(wall for _, wall in found["runs"][1:]) for found in both)
    rows.append(
        Row(
            "two processes on two cores, tracks a second against one", f"{2 * alone / together:.2f}x", "≥ 1.8x", COMMAND
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        hour = Path(folder, "hour.flac")
        make_hour(track, hour)
        short = hear_in_process(track, FULL, 1)["peak_mb"]
        long = hear_in_process(hour, FULL, 1)
    rows.append(Row("peak memory, 4 minutes, all sections", f"{short:.0f} MB", "≤ 350 MB, then 300", COMMAND))
    rows.append(
        Row("peak memory, 60 minutes", f"{long['peak_mb']:.0f} MB, {long['peak_mb'] / short:.2f}x", "≤ 1.1x", COMMAND)
    )
    rows.append(Row("CPU of the full set, 60 minutes", f"{long['runs'][0][0]:.1f} s", "as it is", COMMAND))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("track", type=Path)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=PYTHON")
    parser.add_argument("--peers", type=Path, help="folder of the adapters")
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    if a.peer and a.peers is None:
        parser.error("--peer needs --peers")
    rows = measure(a.track, dict(peer.split("=", 1) for peer in a.peer), a.peers)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
