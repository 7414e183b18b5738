"""Chord names: from the syntax of Harte's labels ("A:min7/b3") to what musicians write ("Am7/C"), and what is the same.

References
----------
Harte, Sandler, Abdallah and Gómez (2005), Symbolic representation of musical chords, ISMIR.
"""

from __future__ import annotations

import functools

from ..regex import lazily
from ..theory.chords import parse_chord
from ..theory.pitch import parse_note

NO_CHORD = frozenset(("N", "X", ""))
#: Harte's shorthands that are written otherwise.
_QUALITIES = {
    "maj": "", "min": "m", "maj6": "6", "min6": "m6", "maj7": "maj7", "min7": "m7", "minmaj7": "mmaj7", "7": "7",
    "maj9": "maj9", "min9": "m9", "hdim7": "m7b5", "hdim": "m7b5", "dim": "dim", "dim7": "dim7", "aug": "aug",
    "sus4(b7)": "7sus4", "sus2": "sus2", "sus4": "sus4", "sus4(b7,9)": "9sus4", "maj(9)": "add9", "min(9)": "madd9",
    "5": "5", "1": "", "maj(*3)": "5",
}  # fmt: skip
#: Semitones of the degrees that a bass may be, as in "/b3".
_DEGREES = {"1": 0, "2": 2, "3": 4, "4": 5, "5": 7, "6": 9, "7": 11, "9": 14, "11": 17, "13": 21}
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_FLAT_KEYS = frozenset("F,A#,D#,G#,C#".split(","))  # tonics, as evidence spells them, of major keys with flats
_LABEL = lazily(r"([A-G](?:#|b)?)(?::([^/\s]{1,16}))?(?:/([#b]?)(\d{1,2}))?")

ChordId = tuple[int, frozenset[int], int]


@functools.lru_cache(maxsize=4096)
def common_chord(label: str, *, flat: bool = False) -> str | None:
    """A Harte label as musicians write it: "Bb:maj7" is "Bbmaj7", "C/3" is "C/E"; None for no chord.

    `flat` spells roots and basses with flats, as keys like F major and C minor want.
    """
    if label in NO_CHORD:
        return None
    match = _LABEL.fullmatch(label)
    if match is None:
        return label if parse_chord(label) is not None else None
    root = parse_note(match[1])
    if root is None:
        return None
    names = _FLATS if flat else _SHARPS
    quality = match[2] or ""
    shown = names[root.pitch_class] + _QUALITIES.get(quality, quality)
    if match[4]:
        if match[4] not in _DEGREES:
            return None
        bass = _DEGREES[match[4]] + {"#": 1, "b": -1}.get(match[3], 0)
        if bass % 12:
            shown += f"/{names[(root.pitch_class + bass) % 12]}"
    return shown if parse_chord(shown) is not None else None


@functools.lru_cache(maxsize=4096)
def chord_id(text: str) -> ChordId | None:
    """What makes two chord names the same: root, tones above it, and bass; None when `text` is no chord."""
    chord = parse_chord(text)
    if chord is None:
        shown = common_chord(text)
        chord = parse_chord(shown) if shown is not None else None
    if chord is None:
        return None
    tones = frozenset(semitones for _, semitones in chord.tones)
    bass = chord.root if chord.bass is None else chord.bass
    return chord.root.pitch_class, tones, bass.pitch_class


def wants_flats(key: str | None) -> bool:
    """Whether a key ("D minor", sharps only) is written with flats."""
    tonic, _, mode = (key or "").partition(" ")
    if tonic not in _SHARPS:
        return False
    major = tonic if mode != "minor" else _SHARPS[(_SHARPS.index(tonic) + 3) % 12]
    return major in _FLAT_KEYS


def plain_numeral(numeral: str) -> str:
    """A degree without its seventh: "V7" is "V", "viiø7" is "vii°"."""
    return numeral.replace("maj7", "").replace("ø7", "°").rstrip("7")


#: Kinds of chords that a question may ask for → what marks them.
KINDS = {
    "seventh": "7", "sevenths": "7", "diminished": "dim", "augmented": "aug", "suspended": "sus", "inversions": "/",
    "inverted": "/", "minor": "m", "major": "M",
}  # fmt: skip


def is_of_kind(name: str, kind: str) -> bool:
    """Whether a chord ("F#m7b5") is of one of KINDS."""
    identity = chord_id(name)
    if identity is None:
        return False
    tones, mark = identity[1], KINDS[kind]
    if mark == "7":
        return bool({10, 11} & tones) or {3, 6, 9} <= tones
    if mark in ("m", "M"):
        return (3 if mark == "m" else 4) in tones
    if mark == "dim":
        return {3, 6} <= tones
    if mark == "aug":
        return {4, 8} <= tones and 7 not in tones
    return mark in name
