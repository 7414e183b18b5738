"""Questions about a library are read as they are meant, and what is not understood is said."""

from __future__ import annotations

import pytest
from benchmarks.find_questions import AFTER, DEVELOPED, brief, in_order, read

from grym_synth.library.query import Called, Holds
from grym_synth.library.words import read_query


@pytest.mark.parametrize(("question", "wanted"), [*DEVELOPED, *AFTER])
def test_a_question_is_read_as_it_is_meant(question: str, wanted: str) -> None:
    assert brief(read(question)) == in_order(wanted)


def test_a_number_means_what_its_unit_says() -> None:
    assert brief(read("120 bpm")) != brief(read("120 s"))
    assert read("longer than 2").not_understood


def test_a_tempo_without_a_unit_is_told_as_a_guess() -> None:
    assert "taken for a tempo" in read("loops between 120 and 125").notes[0]


@pytest.mark.parametrize("text", ["", " ", "???", "a" * 100_000, "\0\0", "🎵" * 300, "((((", "not", "or or", "ß é ø"])
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    read_query(text)


@pytest.mark.parametrize(
    "text",
    [
        "amen break",
        "tracks with the amen break",
        "which of my tracks use the Amen Break?",
        "songs that contain the pattern called amen break",
        'recordings using "amen break"',
    ],
)
def test_a_named_pattern_is_understood_whole(text: str) -> None:
    query = read_query(text, patterns=["amen", "amen break"])
    assert Holds("amen break") in [condition.test for condition in query.conditions]
    assert not any(isinstance(condition.test, Called) for condition in query.conditions)
    assert query.not_understood == ()


def test_a_pattern_may_be_left_out() -> None:
    (condition,) = read_query("without the amen break", patterns=["amen break"]).conditions
    assert (condition.test, condition.is_not) == (Holds("amen break"), True)
