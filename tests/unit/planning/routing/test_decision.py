"""Which capabilities are asked for together: sets are scored as a whole."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.planning.routing.decision import ROWS, SIZES, Decision, calibrate, row_of, spell_out, strongest
from grym_synth.planning.routing.heads import HEADS

RHYTHM, TONALITY, EDIT, LOUDNESS = (HEADS.index(name) for name in ("rhythm", "tonality", "edit", "loudness"))
SETS = np.zeros((5, len(HEADS)))
for row, places in enumerate([(RHYTHM,), (RHYTHM, TONALITY), (EDIT,), (EDIT, LOUDNESS), (len(HEADS) - 1,)]):
    SETS[row, list(places)] = 1.0


def decision(*, together: tuple[float, ...] = (0.0,) * 5, parts: float = 0.0) -> Decision:
    mix = np.array([1.0, parts, 0.0, 0.0])
    line = np.array([1.0, 0.0])
    return Decision(SETS, mix, np.zeros(len(HEADS)), np.array(together), np.zeros((ROWS, SIZES)), line)


def said(**log_odds: float) -> np.ndarray:
    scores = np.full(len(HEADS), -4.0)
    for name, value in log_odds.items():
        scores[HEADS.index(name)] = value
    return scores


def test_the_likeliest_set_is_chosen_with_its_share_of_all() -> None:
    names, p = decision().choose(said(rhythm=3.0), ())
    assert names == ("rhythm",)
    assert 0.9 < p < 1.0
    assert decision().choose(said(rhythm=3.0, tonality=2.0), ())[0] == ("rhythm", "tonality")
    assert decision().choose(said(none=2.0), ())[0] == ()


def test_equal_sets_share_the_probability() -> None:
    _, p = decision().choose(said(rhythm=2.0, edit=2.0), ())
    assert p == pytest.approx(0.5, abs=0.01)


def test_what_seldom_goes_together_has_to_be_said_louder() -> None:
    scores = said(edit=3.0, loudness=0.5)
    assert decision().choose(scores, ())[0] == ("loudness", "edit")
    assert decision(together=(0.0, 0.0, 0.0, -1.0, 0.0)).choose(scores, ())[0] == ("edit",)


def test_a_clause_speaks_for_what_the_whole_drowns() -> None:
    whole, clauses = said(rhythm=3.0, tonality=-1.0), (said(rhythm=3.0), said(tonality=3.0))
    assert decision().choose(whole, clauses)[0] == ("rhythm",)
    assert decision(parts=1.0).choose(whole, clauses)[0] == ("rhythm", "tonality")


def test_nothing_is_asked_for_only_when_no_clause_asks() -> None:
    parts = strongest(said(none=1.0), [said(none=3.0), said(rhythm=2.0, none=-2.0)])
    assert (parts[RHYTHM], parts[-1]) == (2.0, -2.0)
    assert strongest(said(rhythm=1.0), ())[RHYTHM] == 1.0


def test_questions_are_told_apart_by_their_clauses() -> None:
    assert row_of(np.array([0, 2, 3, 4, 9])).tolist() == [0, 1, 1, 2, 2]


def test_report_stands_for_five_capabilities() -> None:
    assert spell_out(("report", "chords")) == ("facts", "loudness", "rhythm", "tonality", "chords", "spectrum")
    assert spell_out(("theory", "rhythm")) == ("rhythm", "theory")


def test_a_line_turns_probabilities_into_shares() -> None:
    assert calibrate(0.5, 1.0, 0.0) == pytest.approx(0.5)
    assert calibrate(0.9, 0.5, 0.0) == pytest.approx(0.75)
    assert 0.0 < calibrate(0.0, 1.0, 0.0) < calibrate(1.0, 1.0, 0.0) < 1.0
