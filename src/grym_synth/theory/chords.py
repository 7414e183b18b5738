"""Chords: reading a symbol, spelling it out, and finding the name of some notes."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..regex import lazily
from .pitch import Note, parse_note

_DEGREES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 9: 14, 11: 17, 13: 21}

_SYMBOL = lazily(
    r"(?P<root>[A-G](?:##?|bb?)?):?"
    r"(?P<mode>maj|Maj|MAJ|ma|M|min|mi|m|-|dim|°|o(?=7|$)|ø|hdim|aug|\+|Δ)?"
    r"(?P<major>\(?(?:maj|Maj|M|ma|Δ)(?=7|9|11|13))?"
    r"(?P<number>6/9|69|13|11|9|7|6|5|2|4)?\)?"
    r"(?P<rest>(?:\(?(?:sus[24]?|add(?:#|b)?(?:2|4|6|9|11|13)|(?:b|#|-|\+)(?:5|9|11|13)|alt|no[35]|omit[35]|maj7|M7)\)?,?){0,5})"
    r"(?:/(?P<bass>[A-G](?:##?|bb?)?))?"
)
_REST = lazily(r"(sus)([24]?)|(add)((?:#|b)?\d+)|(no|omit)([35])|(alt)|(maj|M)7|([b#+-])(5|9|11|13)")

#: The qualities that a set of notes is compared with, plainest first.
QUALITIES: tuple[str, ...] = (
    "", "m", "dim", "aug", "sus4", "sus2", "5", "7", "maj7", "m7", "m7b5", "dim7", "mmaj7", "6", "m6", "7sus4", "aug7",
    "maj7#5", "add9", "madd9", "6/9", "m6/9", "9", "maj9", "m9", "7b9", "7#9", "7b5", "maj7#11", "7#11", "9sus4",
    "mmaj9",
    "maj7b5", "11", "m11", "maj9#11", "9#11", "13", "maj13", "m13", "7b13", "add11", "madd11",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord: root, quality as written after it, its tones as (degree, semitones), and a bass other than the root."""

    root: Note
    quality: str
    tones: tuple[tuple[int, int], ...]
    bass: Note | None = None

    @property
    def notes(self) -> tuple[Note, ...]:
        """Tones from the root up, spelled by their degree, without octaves."""
        return tuple(self.root.up(degree - 1, semitones) for degree, semitones in self.tones)

    @property
    def symbol(self) -> str:
        """ "F#m7b5", "C/E"."""
        return self.root.name + self.quality + (f"/{self.bass.name}" if self.bass else "")

    @property
    def is_minor(self) -> bool:
        return (3, 3) in self.tones

    def up(self, steps: int, semitones: int) -> Chord:
        """This chord moved by an interval, in spellings with at most one accidental."""
        bass = self.bass.up(steps, semitones).simple() if self.bass else None
        return Chord(self.root.up(steps, semitones).simple(), self.quality, self.tones, bass)


def parse_chord(text: str) -> Chord | None:
    """Read a chord symbol ("Am7", "F#m7b5", "Bbmaj7#11/D", "C:min"); None when `text` as a whole is none."""
    if len(text) > 24 or (found := _SYMBOL.fullmatch(text.strip())) is None:
        return None
    root = parse_note(found["root"])
    if root is None:
        return None
    mode, number, rest = found["mode"] or "", found["number"] or "", found["rest"] or ""
    tones = _basic_tones(
        mode, number, major=bool(found["major"]) or (mode in _MAJOR_MODES and number not in ("", "6", "69", "6/9"))
    )
    if tones is None or not _alter(tones, rest):
        return None
    bass = parse_note(found["bass"]) if found["bass"] else None
    return Chord(root, _normal_quality(text.strip(), found), tuple(sorted(tones)), bass)


_MAJOR_MODES = ("maj", "Maj", "MAJ", "ma", "M", "Δ")
_MINOR_MODES = ("m", "min", "mi", "-")


def _basic_tones(mode: str, number: str, *, major: bool) -> set[tuple[int, int]] | None:
    """Tones of a symbol before its alterations, as (degree, semitones); None for numbers that need another word."""
    diminished, half = mode in ("dim", "°", "o"), mode in ("ø", "hdim")
    third = 3 if mode in _MINOR_MODES or diminished or half else 4
    fifth = 6 if diminished or half else 8 if mode in ("aug", "+") else 7
    tones = {(1, 0), (3, third), (5, fifth)}
    if number == "5":
        return {(1, 0), (5, 7)} if not mode else None
    if number in ("2", "4"):
        return tones | {(int(number), _DEGREES[int(number)])}
    if number.startswith("6"):
        return tones | {(6, 9)} | ({(9, 14)} if len(number) > 1 else set())
    if mode == "Δ" and not number:
        number, major = "7", True
    if half and not number:
        number = "7"
    if number:
        tones.add((7, 11 if major else 9 if diminished else 10))
        # The eleventh is left out of a thirteenth chord with a major third, where it would clash.
        extra = {"7": (), "9": (9,), "11": (9, 11), "13": (9, 13) if third == 4 else (9, 11, 13)}[number]
        tones |= {(degree, _DEGREES[degree]) for degree in extra}
    return tones


def _alter(tones: set[tuple[int, int]], rest: str) -> bool:
    """Apply what follows the number of a symbol to `tones`, in place; False when it makes no sense."""
    for found in _REST.finditer(rest):
        sus, kind, add, added, no, without, alt, major, sign, degree = found.groups()
        if sus:
            _drop(tones, 3)
            tones |= {(2, 2)} if kind == "2" else {(4, 5)}
        elif add:
            number = int(added.lstrip("#b"))
            tones.add((number, _DEGREES[number] + added.count("#") - added.count("b")))
        elif no:
            _drop(tones, int(without))
        elif alt:
            _drop(tones, 5)
            tones |= {(5, 6), (7, 10), (9, 13), (9, 15), (13, 20)}
        elif major:
            _drop(tones, 7)
            tones.add((7, 11))
        else:
            number = int(degree)
            shift = -1 if sign in "b-" else 1
            if (number, _DEGREES[number]) in tones:
                _drop(tones, number)
            tones.add((number, _DEGREES[number] + shift))
    return len(tones) >= 2


def _drop(tones: set[tuple[int, int]], degree: int) -> None:
    tones.difference_update([tone for tone in tones if tone[0] == degree])


def _normal_quality(text: str, found: re.Match[str]) -> str:
    """The part of a symbol after its root, in one way of writing: "min7" and "-7" are "m7", "M7" and "Δ" are "maj7"."""
    mode, major, number, rest = (found[part] or "" for part in ("mode", "major", "number", "rest"))
    if mode in _MINOR_MODES:
        head = "m"
    elif mode in _MAJOR_MODES:
        head, number = "maj", number or ("7" if mode == "Δ" else "")
        head = head if number not in ("", "6", "69", "6/9") else ""
    else:
        head = {"°": "dim", "o": "dim", "+": "aug"}.get(mode, mode)
    if head in ("ø", "hdim"):
        head, number, rest = "m", number or "7", "b5" + rest
    rest = re.sub(r"[(),]", "", rest).replace("omit", "no")
    rest = re.sub(r"-(?=\d)", "b", re.sub(r"\+(?=\d)", "#", rest)).replace("M7", "maj7")
    rest = re.sub(r"sus(?![24])", "sus4", rest)
    return head + ("maj" if major else "") + ("6/9" if number == "69" else number) + rest


def chord_of(root: Note, quality: str) -> Chord:
    """A chord from its root and one of QUALITIES.

    Raises
    ------
    ValueError
        `quality` is not a way to write a chord.
    """
    chord = parse_chord("C" + quality)
    if chord is None:
        raise ValueError(f"{quality!r} is no chord quality, as in 'm7b5'")
    return Chord(root, quality, chord.tones)


_SHAPES = tuple((quality, chord_of(Note(0), quality).tones) for quality in QUALITIES)


def name_chords(notes: Sequence[Note], *, rooted: bool = False) -> tuple[Chord, ...]:
    """All names of some notes, lowest note first: as root position before inversions, complete chords before others.

    With `rooted` the first note is the root. A chord of four or more tones may lack its fifth.
    """
    pitches = {note.pitch_class for note in notes}
    found: list[tuple[tuple[bool, bool, int], Chord]] = []
    for i, root in enumerate(notes[:1] if rooted else dict.fromkeys(notes)):
        wanted = {(pitch - root.pitch_class) % 12 for pitch in pitches}
        for order, (quality, tones) in enumerate(_SHAPES):
            full = {semitones % 12 for _, semitones in tones}
            lacks_fifth = len(tones) > 3 and wanted == full - {7}
            if wanted == full or lacks_fifth:
                bass = None if i == 0 else Note(notes[0].letter, notes[0].accidental)
                plain = Note(root.letter, root.accidental)
                found.append(((lacks_fifth and wanted != full, i > 0, order), Chord(plain, quality, tones, bass)))
    return tuple(chord for _, chord in sorted(found, key=lambda item: item[0]))


def name_chord(notes: Sequence[Note], *, rooted: bool = False) -> Chord | None:
    """The likeliest name of some notes, lowest note first; None when they form no chord with a name."""
    names = name_chords(notes, rooted=rooted)
    return names[0] if names else None


@functools.lru_cache(maxsize=16)  # most parsers ask for the chords of the same question
def find_chords(text: str) -> tuple[Chord, ...]:
    """The longest row of chord symbols in a text; the article "A" at its start is none."""
    runs: list[list[Chord]] = [[]]
    tokens = re.split(r"[\s,;|>?!:\"]+|(?<=\w)-(?=[A-G])|(?<=\S)\.(?=\s|$)", text)
    for i, token in enumerate(tokens):
        word = token.strip("()[].'")
        chord = parse_chord(word) if word[:1] in "ABCDEFG" else None
        following = next((t for t in tokens[i + 1 :] if t), "")
        if (
            chord
            and word == "A"
            and following[:1].islower()
            and following not in ("to", "and", "then", "up", "down", "major", "minor")
        ):
            chord = None
        if chord and chord.quality == "" and following in ("minor", "min"):
            chord = Chord(chord.root, "m", chord_of(chord.root, "m").tones)
        if chord:
            runs[-1].append(chord)
        elif word not in ("", "-", "and", "then", "major", "minor", "y", "und", "et", "e", "och"):
            runs.append([])
    longest = max(len(run) for run in runs)
    return tuple(next(run for run in runs if len(run) == longest))
