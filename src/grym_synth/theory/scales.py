"""Scales and modes, their notes and the chords that stand on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .chords import Chord, name_chord
from .pitch import Note

_MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)

#: Degrees of each scale against the major scale of its tonic.
SCALES: Mapping[str, str] = {
    "major": "1 2 3 4 5 6 7",
    "minor": "1 2 b3 4 5 b6 b7",
    "harmonic minor": "1 2 b3 4 5 b6 7",
    "melodic minor": "1 2 b3 4 5 6 7",
    "harmonic major": "1 2 3 4 5 b6 7",
    "dorian": "1 2 b3 4 5 6 b7",
    "phrygian": "1 b2 b3 4 5 b6 b7",
    "lydian": "1 2 3 #4 5 6 7",
    "mixolydian": "1 2 3 4 5 6 b7",
    "locrian": "1 b2 b3 4 b5 b6 b7",
    "major pentatonic": "1 2 3 5 6",
    "minor pentatonic": "1 b3 4 5 b7",
    "blues": "1 b3 4 b5 5 b7",
    "major blues": "1 2 b3 3 5 6",
    "whole tone": "1 2 3 #4 #5 b7",
    "diminished": "1 2 b3 4 b5 b6 6 7",
    "half-whole diminished": "1 b2 b3 3 #4 5 6 b7",
    "phrygian dominant": "1 b2 3 4 5 b6 b7",
    "lydian dominant": "1 2 3 #4 5 6 b7",
    "lydian augmented": "1 2 3 #4 #5 6 7",
    "mixolydian b6": "1 2 3 4 5 b6 b7",
    "dorian b2": "1 b2 b3 4 5 6 b7",
    "dorian #4": "1 2 b3 #4 5 6 b7",
    "locrian #2": "1 2 b3 4 b5 b6 b7",
    "altered": "1 b2 b3 b4 b5 b6 b7",
    "double harmonic": "1 b2 3 4 5 b6 7",
    "hungarian minor": "1 2 b3 #4 5 b6 7",
    "neapolitan minor": "1 b2 b3 4 5 b6 7",
    "neapolitan major": "1 b2 b3 4 5 6 7",
    "augmented": "1 b3 3 5 b6 7",
    "bebop dominant": "1 2 3 4 5 6 b7 7",
    "bebop major": "1 2 3 4 5 #5 6 7",
    "hirajoshi": "1 2 b3 5 b6",
    "in sen": "1 b2 4 5 b7",
    "chromatic": "1 b2 2 b3 3 4 #4 5 b6 6 b7 7",
}

#: Other names of the same scales.
ALIASES: Mapping[str, str] = {
    "ionian": "major", "aeolian": "minor", "natural minor": "minor", "pure minor": "minor",
    "pentatonic minor": "minor pentatonic",
    "pentatonic major": "major pentatonic", "minor blues": "blues", "blues minor": "blues",
    "blues major": "major blues",
    "jazz minor": "melodic minor", "acoustic": "lydian dominant", "super locrian": "altered", "superlocrian": "altered",
    "whole-half diminished": "diminished", "octatonic": "diminished", "half whole diminished": "half-whole diminished",
    "whole half diminished": "diminished", "dominant diminished": "half-whole diminished",
    "byzantine": "double harmonic",
    "double harmonic major": "double harmonic", "gypsy minor": "hungarian minor", "freygish": "phrygian dominant",
    "spanish phrygian": "phrygian dominant", "whole-tone": "whole tone", "wholetone": "whole tone",
    "minor harmonic": "harmonic minor", "minor melodic": "melodic minor", "minor natural": "minor",
    "mixolydian flat 6": "mixolydian b6", "half diminished": "locrian #2", "bebop": "bebop dominant",
}  # fmt: skip

#: The modes in other languages.
FOREIGN: Mapping[str, str] = {
    "dorico": "dorian", "dorisch": "dorian", "dorien": "dorian", "dorisk": "dorian", "lidio": "lydian",
    "lydisch": "lydian",
    "lydien": "lydian", "lydisk": "lydian", "frigio": "phrygian", "phrygisch": "phrygian", "phrygien": "phrygian",
    "frygisk": "phrygian", "mixolidio": "mixolydian", "misolidio": "mixolydian", "mixolydisch": "mixolydian",
    "mixolydien": "mixolydian", "mixolydisk": "mixolydian", "locrio": "locrian", "lokrisch": "locrian",
    "locrien": "locrian",
    "lokrisk": "locrian", "jonisch": "ionian", "jonico": "ionian", "ionien": "ionian", "aolisch": "aeolian",
    "eolico": "aeolian",
    "eolio": "aeolian", "eolien": "aeolian", "eolisk": "aeolian", "jonisk": "ionian",
}  # fmt: skip

#: The modes of the major scale, from its first degree to its seventh.
MODES: tuple[str, ...] = ("ionian", "dorian", "phrygian", "lydian", "mixolydian", "aeolian", "locrian")

_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")


def degree_interval(degree: str) -> tuple[int, int]:
    """Letters and semitones from the tonic to a degree: "b3" is (2, 3), "9" is (8, 14)."""
    number = int(degree.lstrip("#b"))
    octave, place = divmod(number - 1, 7)
    shift = degree.count("#") - degree.count("b")
    return number - 1, _MAJOR_SCALE[place] + 12 * octave + shift


def scale_notes(tonic: Note, scale: str) -> tuple[Note, ...]:
    """The notes of a scale (a key of SCALES or ALIASES) from its tonic up, as musicians spell them."""
    degrees = SCALES[ALIASES.get(scale, scale)].split()
    notes = tuple(tonic.up(*degree_interval(degree)) for degree in degrees)
    # Seven notes keep one letter each, double sharps included; other scales are written as simply as possible.
    return (
        notes if len(degrees) == 7 and scale not in ("altered", "super locrian") else tuple(n.simple() for n in notes)
    )


def diatonic_chords(tonic: Note, scale: str, *, sevenths: bool = False) -> tuple[tuple[str, Chord], ...]:
    """Roman numeral and chord on each degree of a scale of seven notes, stacked in thirds."""
    notes = scale_notes(tonic, scale)
    own_degrees = ALIASES.get(scale, scale) in ("minor", "harmonic minor", "melodic minor")
    chords = []
    for degree, root in enumerate(notes):
        stack = [notes[(degree + 2 * i) % 7] for i in range(4 if sevenths else 3)]
        chord = name_chord(stack, rooted=True)
        if chord is None:
            raise ValueError(f"no name for the chord on degree {degree + 1} of {tonic} {scale}")
        # Minor keys number their own degrees (III, VI, VII); modes are told from major (bIII, bVII).
        natural = root if own_degrees else tonic.up(*degree_interval(str(degree + 1)))
        chords.append((roman(degree, root.accidental - natural.accidental, chord), chord))
    return tuple(chords)


def roman(degree: int, shift: int, chord: Chord) -> str:
    """Roman numeral of a chord on degree 0..6, shifted by `shift` semitones: small letters for minor thirds."""
    numeral = ("#" * shift if shift > 0 else "b" * -shift) + (
        _ROMAN[degree].lower() if chord.is_minor else _ROMAN[degree]
    )
    suffix = chord.quality
    if suffix.startswith("m") and not suffix.startswith("maj"):
        suffix = "ø7" if suffix == "m7b5" else suffix[1:]
    return numeral + {"dim": "°", "dim7": "°7", "aug": "+"}.get(suffix, suffix)


def degrees_of(chords: Sequence[Chord], tonic: Note, mode: str) -> tuple[str, ...] | None:
    """Roman numerals of chords that all belong to a major or natural minor key; None when one does not.

    A dominant on the fifth degree (E or E7 in A minor) belongs to a minor key too.
    """
    numerals = []
    scale = scale_notes(tonic, mode)
    pitches = {note.pitch_class for note in scale}
    for chord in chords:
        place = (
            [note.pitch_class for note in scale].index(chord.root.pitch_class)
            if chord.root.pitch_class in pitches
            else -1
        )
        inside = pitches | ({(tonic.pitch_class + 11) % 12} if mode == "minor" and place == 4 else set())
        if place < 0 or not {note.pitch_class for note in chord.notes} <= inside:
            return None
        numerals.append(roman(place, 0, chord))
    return tuple(numerals)
