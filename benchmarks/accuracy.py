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

KINDS = "score,gen,groove,loop,project,form,oneshot,segment"
COMMAND = "python -m benchmarks.accuracy EVAL AUDIO"
#: Metric of the scorer → the floor that was set, then the goal.
GOALS = {
    "tempo_acc1": "≥ .86, goal .84",
    "tempo_acc2": "≥ .94",
    "tempo_within1pct": "≥ .92",
    "beat_f": "≥ .82, goal .86",
    "beat_amlt": "≥ .90, goal .93",
    "downbeat_f": "≥ .50, goal .60",
    "onset_f": "≥ .79, goal .83",
    "key_mirex": "≥ .87, goal .88",
    "key_exact": "≥ .81, goal .83",
    "chord_majmin": "≥ .82",
    "lufs_abs_err": "≤ .01 LU",
    "f0_rpa": "≥ .86, goal .90",
    "oneshot_1nn_acc": "≥ .56, goal .75",
    "segment_p_at_1": "≥ .62, goal .70",
    "boundary_f_0.5": "≥ .65, goal .75",
    "label_acc": "as it is (abstaining counts as wrong)",
}


def predict(path: Path, truth: dict[str, Any]) -> dict[str, Any]:
    """What we hear in one file, in the words of the scorer: what its truth can judge, and no more."""
    from grym_synth.audio.listen import Settings, hear

    said: dict[str, Any] = {"id": path.stem}
    sections = sorted(
        {section for field, section in _SECTION_OF.items() if truth.get(field) is not None}
        | ({"timbre"} if truth["kind"] in ("oneshot", "segment") else set())
    )
    heard = hear(str(path), sections, Settings(vectors=truth["kind"] in ("oneshot", "segment")), lambda *_: None)
    found = {item.name: item.value for item in heard.findings if item.rank == 0}
    for field, name in _FINDINGS.items():
        if found.get(name) is not None:
            said[field] = found[name]
    if "chords.segments" in found:
        said["chords"] = [[c["start_s"], c["end_s"], c["label"]] for c in found["chords.segments"]]
    if "structure.sections" in found:
        said["boundaries"] = [section["start_s"] for section in found["structure.sections"]]
    if "timbre.vectors" in found:
        said["embedding"] = found["timbre.vectors"]["all"]
    if truth.get("notes"):
        said["f0"] = melody(path)
    return said


#: What a truth holds → the section that answers it; what we find → its name in the scorer.
_SECTION_OF = {
    "tempo_bpm": "rhythm", "beats": "rhythm", "onsets": "rhythm", "key": "tonality", "chords": "chords",
    "lufs": "loudness", "boundaries": "structure", "label": "timbre",
}  # fmt: skip
_FINDINGS = {
    "tempo_bpm": "rhythm.tempo_bpm", "beats": "rhythm.beats_s", "downbeats": "rhythm.downbeats_s",
    "onsets": "rhythm.onsets_s", "key": "tonality.key", "lufs": "loudness.integrated_lufs", "label": "timbre.label",
}  # fmt: skip


def melody(path: Path) -> list[list[float]]:
    """The fundamental over time by the transcribing agent, as a person would run it."""
    agent = Path(__file__).parent.parent / "src/grym_synth/agents/transcribe.py"
    done = subprocess.run([sys.executable, str(agent), str(path)], capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        item = json.loads(line)
        if item.get("name") == "notes.melody_hz":
            return [[time, hz or 0.0] for time, hz in item["value"]]
    return []


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
        said = processes.map(predict, files, [wanted[path.stem] for path in files], chunksize=4)
        predictions.write_text("".join(json.dumps(line) + "\n" for line in said))
        truths.write_text(json.dumps(wanted))
        command = [sys.executable, str(evaluation / "score.py"), str(predictions), "--truth", str(truths)]
        subprocess.run([*command, "--all", "--by", "kind", "--json", str(scores)], check=True)
        result = json.loads(scores.read_text())
    rows = []
    for name, goal in GOALS.items():
        if name not in result:
            continue
        figure = f"{result[name]['mean']:.4f}" if name == "lufs_abs_err" else f"{result[name]['mean']:.3f}"
        n = f" (n {result[name]['n']})" if "n" in result[name] else ""
        worst = f", worst {result[name]['max']:.3f}" if "max" in result[name] else ""
        rows.append(Row(f"{name}, development half", f"{figure}{n}{worst}", goal, COMMAND))
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
