"""Notes, their names, numbers and frequencies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.theory.pitch import Note, frequency_to_midi, midi_to_frequency, note_name, parse_note, spell

notes = st.builds(Note, st.integers(0, 6), st.integers(-2, 2), st.integers(-1, 9) | st.none())


def test_a4_is_midi_69_and_c4_is_midi_60() -> None:
    assert (note_name(69), note_name(60), note_name(0)) == ("A4", "C4", "C-1")


@pytest.mark.parametrize(
    ("text", "name", "midi"),
    [("A4", "A", 69), ("c#", "C#", None), ("E♭3", "Eb", 51), ("F##", "F##", None), ("Gx", "G##", None),
     ("Bbb2", "Bbb", 45),
     ("fis", "F#", None), ("es", "Eb", None), ("As", "Ab", None), ("H", "B", None), ("sol#4", "G#", 68),
     ("C-1", "C", 0),
     ("B#3", "B#", 60), ("Cb4", "Cb", 59), ("hello", None, None), ("", None, None), ("A" * 99, None, None)],
)  # fmt: skip
def test_a_written_note_is_read(text: str, name: str | None, midi: int | None) -> None:
    note = parse_note(text)
    assert (note and note.name) == name
    assert (note and note.midi) == midi


def test_a_german_b_is_b_flat() -> None:
    assert str(parse_note("B", german=True)) == "Bb"
    assert str(parse_note("B")) == "B"


@given(st.floats(-20, 150), st.floats(380, 480))
def test_frequency_and_midi_number_are_inverse(midi: float, a4: float) -> None:
    assert frequency_to_midi(midi_to_frequency(midi, a4), a4) == pytest.approx(midi, abs=1e-9)


@given(st.integers(0, 127))
def test_a_midi_number_survives_its_name(midi: int) -> None:
    note = parse_note(note_name(midi))
    assert note is not None
    assert note.midi == midi


@given(notes, st.integers(-14, 14), st.integers(-24, 24))
def test_transposing_up_then_down_is_identity(note: Note, steps: int, semitones: int) -> None:
    there_and_back = note.up(steps, semitones).up(-steps, -semitones)
    assert there_and_back.letter == note.letter
    assert there_and_back.pitch_class == note.pitch_class
    assert there_and_back.midi == note.midi


@given(notes)
def test_a_simple_spelling_is_the_same_key_of_the_piano(note: Note) -> None:
    assert abs(note.simple().accidental) <= 1
    assert (note.simple().pitch_class, note.simple().midi) == (note.pitch_class, note.midi)


def test_black_keys_are_sharps_unless_flats_are_wanted() -> None:
    assert [spell(pitch_class).name for pitch_class in (1, 3, 6)] == ["C#", "D#", "F#"]
    assert [spell(pitch_class, flats=True).name for pitch_class in (1, 3, 6)] == ["Db", "Eb", "Gb"]
