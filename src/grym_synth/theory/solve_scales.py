"""Questions of scales: their notes, modes, degrees and diatonic chords."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..regex import lazily
from . import keys
from .chords import find_chords
from .finding import Finding, Value, finding, listed
from .intervals import find_notes
from .keys import find_key
from .pitch import Note
from .question import Question
from .scales import ALIASES, FOREIGN, MODES, SCALES, diatonic_chords, scale_notes
from .solve_harmony import find_numerals
from .solve_keys import OF_RECORDINGS

_SCALE_NAMES = sorted([*SCALES, *ALIASES, *FOREIGN], key=len, reverse=True)
_SCALE = lazily(
    rf"(?<![\w#])(?P<tonic>[A-G](?:##?|bb?)?|[a-g](?:##?|b)?)[ "
    rf"-](?P<scale>{'|'.join(map(re.escape, _SCALE_NAMES))}|maj|min)(?![a-z#])"
    r"(?![ -](?:second|third|sixth|seventh|2nd|3rd|6th|7th|7|9|triad|chord(?!s)))",
    re.IGNORECASE,
)
_SCALE_OF = lazily(
    (
        rf"(?<![\w#])(?P<scale>{'|'.join(map(re.escape, _SCALE_NAMES))}) (?:scale |mode |pentatonic )?(?:of|in|on|"
        rf"from|starting on|de|di|da|von|i) (?P<tonic>[A-G](?:##?|bb?)?)(?![\w#])"
    ),
    re.IGNORECASE,
)
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "1st": 1, "2nd": 2,
    "3rd": 3,
    "4th": 4, "5th": 5, "6th": 6, "7th": 7,
}  # fmt: skip
_ORDINAL = lazily(r"(?<!\w)(first|second|third|fourth|fifth|sixth|seventh|1st|2nd|3rd|4th|5th|6th|7th)(?![a-z])")


def solve_scales(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of question about scales that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


def _find_scale(question: Question) -> tuple[Note, str] | None:
    for pattern in (_SCALE_OF, _SCALE):
        if found := pattern.search(question.text):
            name = found["scale"].lower()
            name = {"maj": "major", "min": "minor"}.get(name, FOREIGN.get(name, name))
            key = keys.read_key(found["tonic"][0].upper() + found["tonic"][1:])
            if key is not None and -12 <= keys.key_signature(key[0], "major") <= 12:
                return key[0], name
    found = re.search(
        r"(?<![\w#])([A-G][#b]?m?) scale(?![a-z])|scale (?:of|de|di|du|von|av) ([A-G][#b]?m?)(?![\w#])", question.text
    )
    return keys.read_key(found[1] or found[2]) if found else None


def _mode_of_degree(question: Question) -> tuple[Finding, ...]:
    """ "the second mode of C major", "which major scale is D dorian from"."""
    scale = _find_scale(question)
    if scale is None:
        return ()
    tonic, name = scale
    name = ALIASES.get(name, name)
    mode_name = "ionian" if name == "major" else "aeolian" if name == "minor" else name
    ordinal = _ORDINAL.search(question.words)
    if ordinal and question.says("modes?") and name == "major":
        place = _ORDINALS[ordinal[1]]
        root = scale_notes(tonic, "major")[place - 1]
        value = f"{root.name} {MODES[place - 1]}"
        return (
            finding(
                "mode",
                "label",
                value,
                "the same notes from another degree",
                f"The {ordinal[1]} mode of {tonic.name} major is {value}.",
            ),
        )
    if name == "major" and question.says("modes") and not ordinal:
        notes = scale_notes(tonic, "major")
        names = [f"{note.name} {mode}" for note, mode in zip(notes, MODES, strict=True)]
        return (
            finding(
                "modes",
                "label",
                list(names),
                "the same notes from each degree",
                f"The modes of {tonic.name} major are {listed(names)}.",
            ),
        )
    if (
        mode_name in MODES
        and mode_name != "ionian"
        and question.says(
            r"parent|(?:which|what) (?:major )?(?:scale|key) (?:is|does|has)|belongs? to|comes? from|relative "
            r"major|from which"
        )
        and question.says(r"major|parent|key")
    ):
        if name == "minor":
            return ()
        place = MODES.index(mode_name)
        semitones = (0, 2, 4, 5, 7, 9, 11)[place]
        parent = tonic.up(-place, -semitones).simple()
        text = f"{tonic.name} {mode_name} has the notes of {parent.name} major."
        return (
            finding(
                "parent_scale", "label", f"{parent.name} major", "the major scale whose degree the mode stands on", text
            ),
        )
    return ()


def _degree(question: Question) -> tuple[Finding, ...]:
    """ "the fifth degree of Eb major", "the leading tone of F# minor"."""
    scale = _find_scale(question) or find_key(question.text)
    names = {
        "subdominant": 4,
        "dominant": 5,
        "supertonic": 2,
        "mediant": 3,
        "submediant": 6,
        "leading tone": 7,
        "leading note": 7,
        "tonic": 1,
    }
    ordinal = _ORDINAL.search(question.words)
    word = next((name for name in sorted(names, key=len, reverse=True) if question.says(name)), None)
    if question.says(
        r"secondary|dominant (?:seventh|7th|7)|phrygian dominant|lydian dominant|chords|modes?|inversion|substitut\w*"
    ) or (scale is None and word is None):
        return ()
    if scale is None:
        found = re.search(r"(?:of|in|de|di) ([A-G][#b]?m?)(?![\w#])", question.text)
        scale = keys.read_key(found[1]) if found else None
    if scale is None:
        return ()
    if not word and not (ordinal and question.says(r"degrees?|(?:note|tone) (?:of|in)|scale")):
        return ()
    tonic, name = scale
    place = names[word] if word else _ORDINALS[ordinal[1]] if ordinal else 1
    notes = scale_notes(tonic, "harmonic minor" if word and word.startswith("leading") and name == "minor" else name)
    if len(notes) != 7:
        return ()
    note = notes[place - 1]
    what = word or f"{ordinal[1] if ordinal else ''} degree"
    return (
        finding(
            "note", "note", note.name, "counted along the scale", f"The {what} of {tonic.name} {name} is {note.name}."
        ),
    )


def _diatonic(question: Question) -> tuple[Finding, ...]:
    if not question.says(r"chords|triads|sevenths|seventh chords|diatonic") or question.says(
        r"transpos\w*|capo|secondary|what chord|song|track|progression"
    ):
        return ()
    scale = _find_scale(question) or find_key(question.text)
    if scale is None:
        return ()
    if find_numerals(question.text) or len(find_chords(question.text)) > 1:
        return ()
    tonic, name = scale
    sevenths = question.says(r"sevenths?|7ths?|seventh chords|7th chords|tetrads|four-note")
    try:
        rows = diatonic_chords(tonic, name, sevenths=sevenths)
    except (ValueError, IndexError):
        return ()
    value: list[Value] = [{"numeral": numeral, "chord": chord.symbol} for numeral, chord in rows]
    text = (
        f"The {'seventh chords' if sevenths else 'triads'} of {tonic.name} {name} are "
        + listed([f"{chord.symbol} ({numeral})" for numeral, chord in rows])
        + "."
    )
    return (finding("diatonic_chords", "chord", value, "thirds stacked on each degree of the scale", text),)


def _scale(question: Question) -> tuple[Finding, ...]:
    if question.says(
        r"chords?|relative|parallel|camelot|transpos\w*|mix\w*|hz|frequency|signature|sharps|flats|interval|tempo|bpm"
    ) or question.values("db", "bpm"):
        return ()
    if question.says(OF_RECORDINGS):
        return ()
    scale = _find_scale(question)
    if scale is None or not (
        question.says(r"scales?|modes?|notes?|spell\w*|degrees?|what is|play|tones?|pentatonic|blues")
        or len(question.words) < 32
    ):
        return ()
    tonic, name = scale
    base = ALIASES.get(name, name)
    if (
        base in ("major", "minor")
        and name in ("major", "minor")
        and not question.says(r"scales?|notes?|spell\w*|tones?")
    ):
        return ()
    notes = [note.name for note in scale_notes(tonic, name)]
    text = f"{tonic.name} {name} is {', '.join(notes)}."
    return (
        finding(
            "scale_notes",
            "note",
            list(notes),
            "the degrees of the scale on its tonic, a letter each where it has seven",
            text,
        ),
    )


def _scale_name(question: Question) -> tuple[Finding, ...]:
    """The scales that some notes are, the first note as the tonic."""
    notes = find_notes(question.text)
    if len(notes) < 5 or not question.says(r"(?:which|what) (?:scale|mode)|name (?:of )?(?:the|this) (?:scale|mode)"):
        return ()
    pitches = {note.pitch_class for note in notes}
    tonic = Note(notes[0].letter, notes[0].accidental)
    names = [
        f"{tonic.name} {name}" for name in SCALES if {note.pitch_class for note in scale_notes(tonic, name)} == pitches
    ]
    if not names:
        return ()
    written = " ".join(note.name for note in notes)
    text = f"{written} is {listed(names)}."
    value: Value = names[0] if len(names) == 1 else list(names)
    return (finding("scale", "label", value, "every scale compared on the first note as its tonic", text),)


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _scale_name, _mode_of_degree, _degree, _diatonic, _scale,
)  # fmt: skip
