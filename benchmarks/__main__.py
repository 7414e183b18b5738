"""All benchmarks in one command.

python -m benchmarks EVAL AUDIO
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import accuracy, answered, fft, hostile, lies, mixed, routing, timing
from benchmarks.rows import Row, write_table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    a = parser.parse_args()
    rows: list[Row] = [
        *accuracy.measure(a.evaluation, a.audio, accuracy.KINDS.split(","), workers=2),
        *routing.measure(a.evaluation),
        *fft.measure(),
        *timing.measure(runs=5),
        *hostile.measure(),
        *answered.measure(),
        *lies.measure(),
        *mixed.measure()[0],
    ]
    for row in rows:
        print(f"{row.what}: {row.figure} (goal {row.goal})")
    write_table(rows)


if __name__ == "__main__":
    main()
