"""Chord names as musicians write them, from Harte's labels."""

from __future__ import annotations

import pytest

from grym_synth.answering.chord_names import chord_id, common_chord, is_of_kind, wants_flats


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("A:min7", "Am7"), ("D", "D"), ("D:maj", "D"), ("G:7", "G7"), ("B:hdim7", "Bm7b5"), ("C:maj/3", "C/E"),
        ("A:min/b3", "Am/C"), ("A:sus4(b7)", "A7sus4"), ("F#:minmaj7", "F#mmaj7"), ("E:maj/1", "E"),
    ],
)  # fmt: skip
def test_a_label_becomes_the_name_that_musicians_write(label: str, name: str) -> None:
    assert common_chord(label) == name


@pytest.mark.parametrize("label", ["N", "X", "", "H:min", "A:what", "A:min/19"])
def test_what_is_no_chord_has_no_name(label: str) -> None:
    assert common_chord(label) is None


def test_flats_are_written_where_the_key_wants_them() -> None:
    assert common_chord("A#:maj7", flat=wants_flats("F major")) == "Bbmaj7"
    assert common_chord("A#:maj7", flat=wants_flats("B major")) == "A#maj7"
    assert wants_flats("D minor")
    assert not wants_flats("E minor")
    assert not wants_flats(None)


def test_two_spellings_of_a_chord_are_the_same() -> None:
    assert chord_id("Bbmaj7") == chord_id("A#:maj7") == chord_id("A#M7")
    assert chord_id("Am7") != chord_id("Am")
    assert chord_id("C/E") == chord_id("C:maj/3") != chord_id("C")
    assert chord_id("Hello") is None


def test_kinds_of_chords_are_told_by_their_tones() -> None:
    assert is_of_kind("Bm7b5", "sevenths")
    assert is_of_kind("Bm7b5", "diminished")
    assert is_of_kind("Dsus2", "suspended")
    assert is_of_kind("C/E", "inversions")
    assert not is_of_kind("Am", "sevenths")
