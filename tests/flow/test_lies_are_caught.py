"""Promise 1 on trial: no sentence of an answer states what its evidence does not hold, and true ones get through."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from grym_synth.answering.check import check

# The test folders are no packages: both adversaries are found from the root of the checkout.
sys.path.insert(0, str(Path(__file__).parents[2]))
from tests import adversary, paraphrases

#: Another seed gives other sentences; failures can be made again from this one.
SEED = 20
Case = adversary.Case | paraphrases.Case
Adversary = Callable[[int, int], "list[adversary.Case] | list[paraphrases.Case]"]

LIARS = pytest.mark.parametrize("lies", [adversary.planted_lies, paraphrases.planted_lies], ids=["changed", "reworded"])
TELLERS = pytest.mark.parametrize(
    "truths", [adversary.true_sentences, paraphrases.true_sentences], ids=["plain", "reworded"]
)


def accepted(case: Case) -> bool:
    return not check(case.text, case.cited, question=case.question, subjects=case.subjects)


def listed(cases: Iterable[Case]) -> str:
    lines = []
    for case in cases:
        held = "; ".join(f"{item.subject} {item.name}={str(item.value)[:120]}" for item in case.cited)
        lines.append(f"{case.kind or 'true'}: {case.text}\n    evidence: {held}\n    question: {case.question}")
    return "\n".join(lines)


def assert_lies_are_caught(lies: Adversary, n: int) -> None:
    missed = [case for case in lies(SEED, n) if accepted(case)]
    kinds = Counter(case.kind for case in missed)
    assert not missed, f"{len(missed)} of {n} lies slipped through {dict(kinds)}:\n{listed(missed[:40])}"


def assert_truths_get_through(truths: Adversary, n: int) -> None:
    rejected = [case for case in truths(SEED, n) if not accepted(case)]
    assert not rejected, f"{len(rejected)} of {n} true sentences were rejected:\n{listed(rejected[:40])}"


@pytest.mark.slow
def test_the_adversaries_repeat_themselves() -> None:
    assert adversary.planted_lies(3, 40) == adversary.planted_lies(3, 40)
    assert adversary.true_sentences(3, 40) == adversary.true_sentences(3, 40)
    assert paraphrases.planted_lies(3, 60) == paraphrases.planted_lies(3, 60)
    assert paraphrases.true_sentences(3, 60) == paraphrases.true_sentences(3, 60)


@pytest.mark.slow
@LIARS
def test_lies_of_every_kind_are_caught(lies: Adversary) -> None:
    assert_lies_are_caught(lies, 300)


@pytest.mark.slow
@TELLERS
def test_true_sentences_get_through(truths: Adversary) -> None:
    assert_truths_get_through(truths, 500)


@pytest.mark.slow
@LIARS
def test_a_thousand_lies_are_caught(lies: Adversary) -> None:
    assert_lies_are_caught(lies, 1000)


@pytest.mark.slow
@TELLERS
def test_two_thousand_true_sentences_get_through(truths: Adversary) -> None:
    assert_truths_get_through(truths, 2000)
