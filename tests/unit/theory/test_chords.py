"""Chord symbols, scales and intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.theory.chords import QUALITIES, chord_of, name_chord, name_chords, parse_chord
from grym_synth.theory.intervals import interval_between, interval_name, invert, make_interval
from grym_synth.theory.pitch import Note, parse_note, spell
from grym_synth.theory.scales import SCALES, diatonic_chords, scale_notes

roots = st.builds(lambda pitch_class, flats: spell(pitch_class, flats=flats), st.integers(0, 11), st.booleans())


@pytest.mark.parametrize(
    ("text", "symbol", "spelled"),
    [("C", "C", "C E G"), ("C-7", "Cm7", "C Eb G Bb"), ("CΔ", "Cmaj7", "C E G B"), ("Cø", "Cm7b5", "C Eb Gb Bb"),
     ("Co7", "Cdim7", "C Eb Gb Bbb"), ("Cm(maj7)", "Cmmaj7", "C Eb G B"), ("C7(b9)", "C7b9", "C E G Bb Db"),
     ("C69", "C6/9", "C E G A D"),
     ("Csus", "Csus4", "C F G"), ("F#m7b5", "F#m7b5", "F# A C E"), ("C:min", "Cm", "C Eb G"),
     ("Bb13", "Bb13", "Bb D F Ab C G"),
     ("Cmaj7#11", "Cmaj7#11", "C E G B F#"), ("C7alt", "C7alt", "C E Gb Bb Db D# Ab")],
)  # fmt: skip
def test_a_chord_symbol_is_spelled_out(text: str, symbol: str, spelled: str) -> None:
    chord = parse_chord(text)
    assert chord is not None
    assert chord.symbol == symbol
    assert " ".join(note.name for note in chord.notes) == spelled


@pytest.mark.parametrize("text", ["", "H", "hello", "Cabbage", "Dad", "C" * 50, "Add9", "E5m", "c"])
def test_a_word_is_no_chord(text: str) -> None:
    assert parse_chord(text) is None


@given(roots, st.sampled_from(QUALITIES))
def test_the_notes_of_a_chord_name_it_again(root: Note, quality: str) -> None:
    chord = chord_of(root, quality)
    named = name_chord(chord.notes, rooted=True)
    assert named is not None
    assert {note.pitch_class for note in chord.notes} <= {note.pitch_class for note in named.notes}
    assert named.root == root


@given(roots, st.sampled_from(QUALITIES), st.integers(-7, 7), st.integers(-12, 12))
def test_a_chord_moved_up_and_down_sounds_the_same(root: Note, quality: str, steps: int, semitones: int) -> None:
    chord = chord_of(root, quality)
    back = chord.up(steps, semitones).up(-steps, -semitones)
    assert back.root.pitch_class == chord.root.pitch_class
    assert back.quality == quality


def test_an_inversion_is_named_with_its_bass() -> None:
    notes = [note for name in "E G C".split() if (note := parse_note(name))]
    assert [chord.symbol for chord in name_chords(notes)] == ["C/E"]


@given(roots, st.sampled_from([scale for scale in SCALES if len(SCALES[scale].split()) == 7]))
def test_a_scale_of_seven_notes_has_seven_pitches(tonic: Note, scale: str) -> None:
    notes = scale_notes(tonic, scale)
    assert len({note.pitch_class for note in notes}) == 7
    assert notes[0] == tonic


@given(roots, st.sampled_from(["major", "minor", "dorian", "harmonic minor", "melodic minor"]))
def test_diatonic_chords_stay_in_their_scale(tonic: Note, scale: str) -> None:
    inside = {note.pitch_class for note in scale_notes(tonic, scale)}
    for _, chord in diatonic_chords(tonic, scale, sevenths=True):
        assert {note.pitch_class for note in chord.notes} <= inside


@given(roots, roots)
def test_an_interval_leads_from_one_note_to_the_other(low: Note, high: Note) -> None:
    interval = interval_between(low, high)
    assert interval.steps is not None
    reached = low.up(interval.steps, interval.semitones)
    assert (reached.letter, reached.pitch_class) == (high.letter, high.pitch_class)


@given(st.sampled_from(["perfect", "major", "minor", "augmented", "diminished"]), st.integers(1, 6))
def test_an_interval_inverted_twice_is_itself(quality: str, steps: int) -> None:
    interval = make_interval(quality, steps)
    if interval is not None:
        assert invert(invert(interval)) == interval
        assert interval_name(steps, interval.semitones) == f"{quality} {interval.name.split()[1]}"
