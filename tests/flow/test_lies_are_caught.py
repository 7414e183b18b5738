"""Promise 1 on trial: no sentence of an answer states what its evidence does not hold, and true ones get through."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from grym_synth.answering.check import check

# The test folders are no packages: the adversary is found from the root of the checkout.
sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.adversary import Case, planted_lies, true_sentences

#: Another seed gives other sentences; failures can be made again from this one.
SEED = 20


def accepted(case: Case) -> bool:
    return not check(case.text, case.cited, question=case.question, subjects=case.subjects)


def listed(cases: Iterable[Case]) -> str:
    lines = []
    for case in cases:
        held = "; ".join(f"{item.subject} {item.name}={str(item.value)[:120]}" for item in case.cited)
        lines.append(f"{case.kind or 'true'}: {case.text}\n    evidence: {held}\n    question: {case.question}")
    return "\n".join(lines)


def assert_lies_are_caught(n: int) -> None:
    missed = [case for case in planted_lies(SEED, n) if accepted(case)]
    kinds = Counter(case.kind for case in missed)
    assert not missed, f"{len(missed)} of {n} lies slipped through {dict(kinds)}:\n{listed(missed[:40])}"


def assert_truths_get_through(n: int) -> None:
    rejected = [case for case in true_sentences(SEED, n) if not accepted(case)]
    assert not rejected, f"{len(rejected)} of {n} true sentences were rejected:\n{listed(rejected[:40])}"


@pytest.mark.slow
def test_the_adversary_repeats_itself() -> None:
    assert planted_lies(3, 40) == planted_lies(3, 40)
    assert true_sentences(3, 40) == true_sentences(3, 40)


@pytest.mark.slow
def test_lies_of_every_kind_are_caught() -> None:
    assert_lies_are_caught(300)


@pytest.mark.slow
def test_true_sentences_get_through() -> None:
    assert_truths_get_through(500)


@pytest.mark.slow
def test_a_thousand_lies_are_caught() -> None:
    assert_lies_are_caught(1000)


@pytest.mark.slow
def test_two_thousand_true_sentences_get_through() -> None:
    assert_truths_get_through(2000)
