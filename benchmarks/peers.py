"""Other libraries on the same recordings, scored by the same scorer.

    python -m benchmarks.peers EVAL AUDIO --peer librosa=PYTHON --peer essentia=PYTHON [--kinds score,gen,...]

A peer is named with the Python that has it installed; its adapter is EVAL/peers/b_NAME.py. None is a dependency.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.rows import Row, write_table

COMMAND = "python -m benchmarks.peers EVAL AUDIO"
KINDS = "score,gen,groove,loop,project,form,oneshot,segment"
TOLD = (
    "tempo_acc1", "tempo_acc2", "tempo_within1pct", "beat_f", "beat_amlt", "downbeat_f", "onset_f", "key_mirex",
    "key_exact", "chord_majmin", "f0_rpa", "lufs_abs_err", "boundary_f_0.5", "oneshot_1nn_acc", "segment_p_at_1",
)  # fmt: skip


def measure(evaluation: Path, audio: Path, name: str, python: str, kinds: str) -> list[Row]:
    """Run one peer over the set and score it; what it does not do has no row."""
    adapter = evaluation / "peers" / "run.py"
    with tempfile.TemporaryDirectory() as folder:
        # The adapters look for the audio under the names of the truth; ours may be in another format.
        truth = json.loads((evaluation / "truth.json").read_text())
        here = {path.stem: path.name for path in audio.iterdir()}
        truth = {key: {**item, "audio": here[key]} for key, item in truth.items() if key in here}
        truths, said, scores = (Path(folder, each) for each in ("truth.json", "said.jsonl", "scores.json"))
        truths.write_text(json.dumps(truth))
        command = [python, str(adapter), f"b_{name}", str(truths), str(audio), str(said), "--kinds", kinds]
        subprocess.run(command, check=True)
        scorer = [sys.executable, str(evaluation / "score.py"), str(said), "--truth", str(truths)]
        subprocess.run([*scorer, "--json", str(scores)], check=True, stdout=subprocess.DEVNULL)
        result = json.loads(scores.read_text())
    figures = [f"{each} {result[each]['mean']:.3f}" for each in TOLD if each in result]
    return [Row(f"peer {name}, same recordings", "; ".join(figures), "ours above", COMMAND)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--peer", action="append", required=True, metavar="NAME=PYTHON")
    parser.add_argument("--kinds", default=KINDS)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write the table")
    a = parser.parse_args()
    peers = [peer.split("=", 1) for peer in a.peer]
    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(lambda peer: measure(a.evaluation, a.audio, peer[0], peer[1], a.kinds), peers))
    rows = [row for each in found for row in each]
    for row in rows:
        print(f"{row.what}: {row.figure}")
    if not a.dry_run:
        write_table(rows)


if __name__ == "__main__":
    main()
