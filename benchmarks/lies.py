"""Planted lies and true sentences against the checker of answers.

python -m benchmarks.lies

Two programs make them, neither of which shares code with the checker: `tests.adversary` changes one thing in a plain
sentence, `tests.paraphrases` writes as musicians and language models do.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from tests import adversary, paraphrases

from benchmarks.rows import Row, write_table
from grym_synth.answering.check import check

COMMAND = "python -m benchmarks.lies"
Case = adversary.Case | paraphrases.Case


def accepts(case: Case) -> bool:
    return not check(case.text, case.cited, question=case.question, subjects=case.subjects)


def microseconds(cases: Sequence[Case]) -> float:
    """Processor time for one sentence."""
    start = time.process_time()
    for case in cases:
        accepts(case)
    return 1e6 * (time.process_time() - start) / len(cases)


def measure(seed: int = 2027, lies: int = 1000, truths: int = 2000) -> list[Row]:
    rows = []
    for words, program in (("", adversary), ("paraphrased ", paraphrases)):
        true = program.true_sentences(seed, truths)
        caught = sum(not accepts(case) for case in program.planted_lies(seed, lies))
        rejected = sum(not accepts(case) for case in true)
        rows += [
            Row(f"{words or 'planted '}lies caught by the checker", f"{caught} of {lies}", "all (≥ 99 %)", COMMAND),
            Row(f"{words}true sentences rejected by the checker", f"{rejected} of {truths}", "none (≤ 1 %)", COMMAND),
            Row(f"checking a {words}true sentence", f"{microseconds(true):.0f} µs", "≤ 1000 µs", COMMAND),
        ]
    return rows


if __name__ == "__main__":
    rows = measure()
    for row in rows:
        print(f"{row.what}: {row.figure}")
    write_table(rows)
