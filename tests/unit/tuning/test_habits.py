"""Habits: corrections teach which of the measured candidates is meant, and never bring in another value."""

import numpy as np

from grym_synth.tuning.habits import Habit, chosen, fit_habit

SLOW_FIRST = [([(bpm, 0.6), (2 * bpm, 0.4)], 2 * bpm) for bpm in (60.0, 66.0, 70.0, 74.0, 80.0, 84.0)]
FAST_STAYS = [([(bpm, 0.6), (bpm / 2, 0.4)], bpm) for bpm in (120.0, 128.0, 140.0)]


def test_somebody_who_counts_in_120_to_160_is_told_the_double_of_what_is_heard_slow() -> None:
    habit, judged = fit_habit("tempo", [*SLOW_FIRST, *FAST_STAYS])
    assert judged.is_better
    assert [value for value, _ in habit.weigh([(72.0, 0.55), (144.0, 0.35)])] == [144.0, 72.0]
    assert [value for value, _ in habit.weigh([(130.0, 0.6), (65.0, 0.3)])] == [130.0, 65.0]


def test_a_value_that_was_not_measured_is_never_told() -> None:
    habit, _ = fit_habit("tempo", SLOW_FIRST)
    assert habit.weigh([(72.0, 0.9)]) == [(72.0, 0.9)]
    assert habit.weigh([]) == []
    candidates = [(72.0, 0.5), (96.0, 0.3), (144.0, 0.1)]
    assert {value for value, _ in habit.weigh(candidates)} == {72.0, 96.0, 144.0}


def test_the_confidence_of_all_candidates_together_stays_what_it_was() -> None:
    habit, _ = fit_habit("tempo", SLOW_FIRST)
    assert np.isclose(sum(sure for _, sure in habit.weigh([(72.0, 0.5), (144.0, 0.2)])), 0.7)


def test_what_is_no_candidate_teaches_no_habit() -> None:
    _, judged = fit_habit("tempo", [([(100.0, 0.9), (50.0, 0.1)], 133.0)] * 5)
    assert judged.n == 0
    assert not judged.is_better
    assert chosen("tempo", [(100.0, 0.9)], 102.0) == 0
    assert chosen("tempo", [(100.0, 0.9), (None, 0.0)], 120.0) is None
    assert chosen("key", [("C major", 0.5), ("A minor", 0.4)], "A minor") == 1


def test_keys_are_told_in_the_mode_that_is_meant() -> None:
    taught = [([("C major", 0.55), ("A minor", 0.4)], "A minor"), ([("G major", 0.6), ("E minor", 0.3)], "E minor")]
    habit, judged = fit_habit("key", taught * 3)
    assert judged.is_better
    assert habit.weigh([("D major", 0.5), ("B minor", 0.4)])[0][0] == "B minor"
    assert habit.weigh([("D major", 0.97), ("B minor", 0.01)])[0][0] == "D major", "what is clear stays"


def test_a_habit_without_weights_changes_nothing() -> None:
    assert [value for value, _ in Habit("tempo", np.zeros(2)).weigh([(72.0, 0.6), (144.0, 0.4)])] == [72.0, 144.0]
