"""What a tired hub saves, and what it costs: full and lite hearing of the same recordings, CPU and accuracy.

    python -m benchmarks.lite EVAL AUDIO TRACK

EVAL holds truth.json and score.py, AUDIO the rendered items as ID.ogg or ID.flac, TRACK is a recording of some minutes.
Recordings of less than 20 s are heard whole either way and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, write_table

COMMAND = "python -m benchmarks.lite EVAL AUDIO TRACK"
_TIMED = """
import json, sys, time
from dataclasses import replace
from grym_synth.audio.listen import SECTIONS, Settings, hear
from grym_synth.packs import find_pack
pack = find_pack("musicnn")
settings = Settings(tagger=str(pack.folder / "model") if pack else None)
took = {False: [], True: []}
for _ in range(4):
    for lite in took:
        begun = time.process_time()
        hear(sys.argv[1], SECTIONS, replace(settings, lite=lite), lambda fraction, message: None)
        took[lite].append(time.process_time() - begun)
print(json.dumps([min(times) for times in took.values()]))
"""


def hear_both(path: Path) -> list[dict[str, Any]]:
    """Tempo, key and loudness of a recording by a full and by a lite hearing."""
    from grym_synth.audio.listen import Settings, hear

    found = []
    for lite in (False, True):
        heard = hear(str(path), ("loudness", "rhythm", "tonality"), Settings(lite=lite), lambda fraction, message: None)
        if lite and not heard.is_part:
            return []
        found.append({item.name: item.value for item in heard.findings if item.rank == 0})
    return found


def _share(hits: list[bool]) -> str:
    return f"{sum(hits) / len(hits):.3f} (n {len(hits)})" if hits else "none"


def measure(evaluation: Path, audio: Path, track: Path) -> list[Row]:
    truth = json.loads((evaluation / "truth.json").read_text())
    kinds = {"score", "gen", "groove", "project", "form"}
    files = [path for path in sorted(audio.iterdir()) if truth.get(path.stem, {}).get("kind") in kinds]
    with ProcessPoolExecutor(2) as processes:
        both = list(processes.map(hear_both, files, chunksize=4))
    tempo: tuple[list[bool], list[bool]] = ([], [])
    key: tuple[list[bool], list[bool]] = ([], [])
    apart = []
    for path, found in zip(files, both, strict=True):
        item = truth[path.stem]
        for which, values in enumerate(found):
            if item.get("tempo_bpm"):
                bpm = values.get("rhythm.tempo_bpm")
                tempo[which].append(bpm is not None and abs(bpm / item["tempo_bpm"] - 1.0) < 0.04)
            if item.get("key"):
                key[which].append(values.get("tonality.key") == item["key"])
        levels: list[Any] = [values.get("loudness.integrated_lufs") for values in found]
        if levels and None not in levels:
            apart.append(abs(levels[0] - levels[1]))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    timed = subprocess.run(
        [sys.executable, "-c", _TIMED, str(track)], capture_output=True, text=True, check=True, env=environment
    )
    full, lite = json.loads(timed.stdout)
    apart.sort()
    lufs = (
        f"{apart[len(apart) // 2]:.2f} / {apart[int(0.95 * (len(apart) - 1))]:.2f} LU (n {len(apart)})" if apart else ""
    )
    return [
        Row("lite against full, CPU of all sections of TRACK", f"{lite:.2f} / {full:.2f} s", "≤ half", COMMAND),
        Row("tempo acc1, full / lite", f"{_share(tempo[0])} / {_share(tempo[1])}", "as it is", COMMAND),
        Row("key exact, full / lite", f"{_share(key[0])} / {_share(key[1])}", "as it is", COMMAND),
        Row("loudness, lite away from full, median / p95", lufs, "as it is", COMMAND),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("track", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    rows = measure(a.evaluation, a.audio, a.track)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
