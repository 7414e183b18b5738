"""Judgement: better is said where what was held out says so and little is to be lost."""

import numpy as np
import pytest

from grym_synth.tuning.measure import HARM, expected_harm, folds, judge


def test_better_is_what_did_better_with_little_to_lose() -> None:
    right, wrong = np.ones(20), np.zeros(20)
    clear = judge(wrong, right, np.full(20, 0.6))
    assert clear.is_better
    assert clear.more == 0
    faint = judge(wrong, right, np.where(np.arange(20) % 2, 1.0, -0.9))
    assert not faint.is_better
    assert faint.low < 0.0 < faint.high


def test_a_few_cases_that_agree_are_not_certain() -> None:
    assert not judge(np.zeros(2), np.ones(2), np.full(2, 0.2)).is_better
    assert judge(np.zeros(40), np.ones(40), np.full(40, 0.2)).is_better


def test_the_expected_harm_is_the_mean_of_what_lies_below_zero() -> None:
    for mean, error in ((0.3, 0.2), (0.0, 1.0), (-0.4, 0.3)):
        truths = np.random.default_rng(0).normal(mean, error, 400_000)
        assert expected_harm(mean, error) == pytest.approx(float(np.maximum(-truths, 0.0).mean()), rel=0.03)
    assert expected_harm(5.0, 0.1) == 0.0


def test_what_is_as_often_right_and_surer_of_it_is_better() -> None:
    told = judge(np.ones(30), np.ones(30), np.full(30, 0.4))
    assert told.is_better
    assert told.low > 0.0


def test_where_little_differs_little_is_to_be_lost() -> None:
    small = judge(np.zeros(50), np.ones(50), np.where(np.arange(50) % 2, 0.1, -0.05))
    assert small.is_better
    large = judge(np.zeros(50), np.ones(50), np.where(np.arange(50) % 2, 3.0, -2.9))
    assert small.harm < large.harm
    assert large.harm > HARM
    assert not large.is_better


def test_it_is_said_how_many_more_would_settle_it() -> None:
    told = judge(np.zeros(10), np.ones(10), np.where(np.arange(10) % 2, 1.2, -0.9))
    assert not told.is_better
    assert told.more is not None
    assert told.more > 0
    assert judge(np.ones(10), np.zeros(10), np.full(10, -0.3)).more is None, "more of the same would not help"


def test_what_is_oftener_wrong_is_not_better_however_sure() -> None:
    assert not judge(np.ones(30), np.zeros(30), np.full(30, 0.5)).is_better


def test_nothing_to_judge_is_not_better() -> None:
    told = judge(np.zeros(0), np.zeros(0), np.zeros(0))
    assert (told.n, told.is_better, told.more) == (0, False, None)


@pytest.mark.parametrize("count", [2, 7, 60, 61, 150, 300])
def test_every_case_is_held_out_as_often_as_every_other(count: int) -> None:
    kinds = np.arange(count, dtype=np.int64) % 3
    times = np.sum(list(folds(kinds, seed=0)), axis=0)
    assert times.min() == times.max() >= 1


def test_one_case_cannot_be_held_out() -> None:
    assert list(folds(np.zeros(1, np.int64), seed=0)) == []
