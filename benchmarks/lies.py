"""Planted lies and true sentences against the checker of answers.

python -m benchmarks.lies
"""

from __future__ import annotations

from tests.adversary import Case, planted_lies, true_sentences

from benchmarks.rows import Row, write_table
from grym_synth.answering.check import check

COMMAND = "python -m benchmarks.lies"


def accepts(case: Case) -> bool:
    return not check(case.text, case.cited, question=case.question, subjects=case.subjects)


def measure(seed: int = 2026, lies: int = 1000, truths: int = 2000) -> list[Row]:
    caught = sum(not accepts(case) for case in planted_lies(seed, lies))
    rejected = sum(not accepts(case) for case in true_sentences(seed, truths))
    return [
        Row("planted lies caught by the checker", f"{caught} of {lies}", "all (≥ 99 %)", COMMAND),
        Row("true sentences rejected by the checker", f"{rejected} of {truths}", "none (≤ 1 %)", COMMAND),
    ]


if __name__ == "__main__":
    rows = measure()
    for row in rows:
        print(f"{row.what}: {row.figure}")
    write_table(rows)
