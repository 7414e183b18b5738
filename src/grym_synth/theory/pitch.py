"""Notes: their names, MIDI numbers and frequencies, and the spelling that tells F# from Gb.

Octaves are scientific (C4 = MIDI 60 = middle C, A4 = MIDI 69). Machine values (`note_name`) use sharps only; a `Note`
keeps the letter it was written with, so that a fourth above F is Bb and not A#.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from ..regex import lazily

NOTE_NAMES: tuple[str, ...] = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")

_LETTERS = "CDEFGAB"
_NATURAL = (0, 2, 4, 5, 7, 9, 11)  # pitch classes of the letters
_SOLFEGE = {"do": "C", "ut": "C", "re": "D", "mi": "E", "fa": "F", "sol": "G", "la": "A", "si": "B"}
_GERMAN = {"es": "Eb", "as": "Ab", "b": "Bb", "h": "B", "his": "B#", "hes": "Bb", "eses": "Ebb", "asas": "Abb"}
_SYMBOLS = str.maketrans({"♯": "#", "♭": "b", "♮": "", "𝄪": "##", "𝄫": "bb", "−": "-", "–": "-"})
_NOTE = lazily(r"([A-Ga-g])(##?|bb?|x)?(-?\d{1,2})?")


def note_name(midi: int) -> str:
    """Name of a MIDI note with its octave, sharps only: 69 is "A4"."""
    return f"{NOTE_NAMES[midi % 12]}{midi // 12 - 1}"


def frequency_to_midi(f: float, a4: float = 440.0) -> float:
    """MIDI note number, with fraction, of a frequency in Hz (> 0) where A4 is `a4` Hz."""
    return 69.0 + 12.0 * math.log2(f / a4)


def midi_to_frequency(m: float, a4: float = 440.0) -> float:
    """Frequency in Hz of a MIDI note number, fractions allowed, where A4 is `a4` Hz."""
    return a4 * math.exp2((m - 69.0) / 12.0)


@dataclass(frozen=True, slots=True)
class Note:
    """A written note: letter, accidentals, and the octave where it has one."""

    letter: int  # 0..6: C, D, ... B
    accidental: int = 0  # semitones: -2 is double flat
    octave: int | None = None  # of the letter: B#3 sounds as C4

    @property
    def pitch_class(self) -> int:
        """0 for C ... 11 for B."""
        return (_NATURAL[self.letter] + self.accidental) % 12

    @property
    def midi(self) -> int | None:
        """MIDI number; None without an octave."""
        return None if self.octave is None else 12 * (self.octave + 1) + _NATURAL[self.letter] + self.accidental

    @property
    def name(self) -> str:
        """As written, without octave: "Bb"."""
        return _LETTERS[self.letter] + ("#" * self.accidental if self.accidental > 0 else "b" * -self.accidental)

    def __str__(self) -> str:
        return self.name if self.octave is None else f"{self.name}{self.octave}"

    def up(self, steps: int, semitones: int) -> Note:
        """This note moved by an interval: `steps` letters (a third is 2) and `semitones`; negative is down."""
        place = self.letter + steps
        natural = _NATURAL[place % 7] + 12 * (place // 7)
        accidental = _NATURAL[self.letter] + self.accidental + semitones - natural
        octave = None if self.octave is None else self.octave + place // 7
        # A letter further than six semitones away is a wrap of the octave, not a sixfold accidental.
        if self.octave is None:
            accidental = (accidental + 6) % 12 - 6
        return Note(place % 7, accidental, octave)

    def simple(self) -> Note:
        """The same key of the piano, with at most one accidental; single accidentals stay as they are."""
        if abs(self.accidental) <= 1:
            return self
        flat = self.accidental < 0
        for letter in range(7):
            for accidental in (0, -1 if flat else 1):
                if (_NATURAL[letter] + accidental) % 12 == self.pitch_class:
                    other = Note(letter, accidental)
                    return other if self.midi is None else other.at_midi(self.midi)
        raise AssertionError("every pitch class has a name with at most one accidental")

    def at_midi(self, midi: int) -> Note:
        """The same spelling in the octave in which it sounds as `midi`, a number of its pitch class."""
        return Note(self.letter, self.accidental, (midi - self.accidental - _NATURAL[self.letter]) // 12 - 1)


def spell(pitch_class: int, *, flats: bool = False) -> Note:
    """The usual spelling of a pitch class, black keys as sharps or as flats."""
    pitch_class %= 12
    if pitch_class in _NATURAL:
        return Note(_NATURAL.index(pitch_class))
    return Note(_NATURAL.index(pitch_class + 1), -1) if flats else Note(_NATURAL.index(pitch_class - 1), 1)


def parse_note(text: str, *, german: bool = False) -> Note | None:
    """Read one written note: "A4", "c#", "E♭", "Gx", "Bbb2"; also "la", "sol#", "cis", "es", "H"; else None.

    With `german`, a bare "B" is B flat, as in "B-Dur"; "H" is B either way.
    """
    text = text.strip().translate(_SYMBOLS)
    if not text or len(text) > 12:
        return None
    word = text.lower()
    stem, octave = re.fullmatch(r"(.*?)(-?\d{1,2})?", word, re.DOTALL).groups()  # type: ignore[union-attr]
    tail = octave or ""
    stem = stem[:-1] if stem.endswith("ss") else stem  # "fiss", "ess" in Swedish
    if stem in _GERMAN and (german or stem != "b"):
        return parse_note(_GERMAN[stem] + tail)
    if found := re.fullmatch(r"([a-h])(isis|is|eses|es)", stem):
        letter = "B" if found[1] == "h" else found[1].upper()
        return parse_note(letter + {"isis": "##", "is": "#", "eses": "bb", "es": "b"}[found[2]] + tail)
    if (found := re.fullmatch(r"(do|ut|re|mi|fa|sol|la|si)(##?|bb?|x)?", stem)) is not None:
        return parse_note(_SOLFEGE[found[1]] + (found[2] or "") + tail)
    if (found := _NOTE.fullmatch(text)) is None:
        return None
    signs = (found[2] or "").replace("x", "##")
    accidental = len(signs) if signs.startswith("#") else -len(signs)
    return Note(_LETTERS.index(found[1].upper()), accidental, int(found[3]) if found[3] else None)
