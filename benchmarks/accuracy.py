"""Accuracy on an evaluation set: hear every item, score it with the set's own scorer.

    python -m benchmarks.accuracy EVAL AUDIO [--kinds score,gen,groove,loop,project] [--workers 2]

EVAL holds truth.json and score.py; AUDIO holds the rendered items as ID.ogg or ID.flac.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, write_table

KINDS = "score,gen,groove,loop,project"
SECTIONS = ("loudness", "rhythm", "tonality")
COMMAND = "python -m benchmarks.accuracy EVAL AUDIO"
GOALS = {
    "tempo_acc1": "≥ .82, then .84",
    "tempo_acc2": "≥ .92, then .94",
    "tempo_within1pct": ".92",
    "beat_f": ".86",
    "beat_amlt": ".93",
    "onset_f": "≥ .70, then .83",
    "key_mirex": "≥ .83, then .88",
    "key_exact": ".83",
    "lufs_abs_err": "≤ .01 LU",
}


def predict(path: Path) -> dict[str, Any]:
    """What we hear in one file, in the words of the scorer."""
    from grym_synth.audio.listen import Settings, hear

    heard = hear(str(path), SECTIONS, Settings(), lambda fraction, message: None)
    found = {item.name: item for item in reversed(heard.findings) if item.rank == 0}
    return {
        "id": path.stem,
        "tempo_bpm": found["rhythm.tempo_bpm"].value,
        "tempo_confidence": found["rhythm.tempo_bpm"].confidence,
        "beats": found["rhythm.beats_s"].value,
        "onsets": found["rhythm.onsets_s"].value,
        "key": found["tonality.key"].value,
        "key_confidence": found["tonality.key"].confidence,
        "lufs": found["loudness.integrated_lufs"].value,
    }


def measure(evaluation: Path, audio: Path, kinds: list[str], workers: int) -> list[Row]:
    truth = json.loads((evaluation / "truth.json").read_text())
    wanted = {name: item for name, item in truth.items() if item["kind"] in kinds}
    files = [path for path in sorted(audio.iterdir()) if path.stem in wanted]
    missing = len(wanted) - len(files)
    if missing:
        print(f"{missing} of {len(wanted)} items have no audio in {audio}; they count as not answered", file=sys.stderr)
    with ProcessPoolExecutor(workers) as processes, tempfile.TemporaryDirectory() as folder:
        predictions, truths, scores = (
            Path(folder, name) for name in ("predictions.jsonl", "truth.json", "scores.json")
        )
        predictions.write_text("".join(json.dumps(line) + "\n" for line in processes.map(predict, files, chunksize=4)))
        truths.write_text(json.dumps(wanted))
        command = [sys.executable, str(evaluation / "score.py"), str(predictions), "--truth", str(truths)]
        subprocess.run([*command, "--by", "kind", "--json", str(scores)], check=True)
        result = json.loads(scores.read_text())
    rows = []
    for name, goal in GOALS.items():
        figure = f"{result[name]['mean']:.4f}" if name == "lufs_abs_err" else f"{result[name]['mean']:.3f}"
        worst = f", worst {result[name]['max']:.3f}" if "max" in result[name] else ""
        rows.append(
            Row(
                f"{name}, {len(files)} items of {', '.join(kinds)}",
                f"{figure} (n {result[name]['n']}{worst})",
                goal,
                COMMAND,
            )
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--kinds", default=KINDS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    rows = measure(a.evaluation, a.audio, a.kinds.split(","), a.workers)
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
