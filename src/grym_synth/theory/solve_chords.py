"""Questions about chords themselves: their notes, names, inversions, degrees, and the keys that hold them."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..regex import lazily
from .chords import find_chords, name_chords
from .finding import Finding, Value, finding, listed
from .intervals import find_notes
from .keys import KEY_OF, NAMED_KEY, find_key, key_text
from .pitch import Note
from .question import Question
from .scales import degrees_of
from .solve_harmony import chord_row, find_numerals


def solve_chords(question: Question) -> tuple[Finding, ...]:
    """Findings of the first kind of question about chords that this one is; empty when it is none."""
    for parser in _PARSERS:
        if found := parser(question):
            return found
    return ()


_INVERSIONS = {"root position": 0, "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3}


def _inversion(question: Question) -> tuple[Finding, ...]:
    found = re.search(r"(first|1st|second|2nd|third|3rd) inversion|(root position)", question.words)
    chords = find_chords(question.text)
    all_of_them = re.search(r"(?<![a-z])inversions", question.words)
    if not chords or not (found or all_of_them) or question.says("key"):
        return ()
    chord = chords[0]
    notes = [note.simple() if abs(note.accidental) > 2 else note for note in chord.notes]
    wanted = [_INVERSIONS[found[1] or found[2]]] if found else list(range(len(notes)))
    if wanted[0] >= len(notes):
        return ()
    rows: list[Value] = [" ".join(note.name for note in notes[i:] + notes[:i]) for i in wanted]
    if found:
        name = found[0] if found[2] else f"The {found[1]} inversion"
        text = f"{name[0].upper()}{name[1:]} of {chord.symbol} is {rows[0]}."
        return (
            finding(
                "inversion",
                "note",
                [note.name for note in notes[wanted[0] :] + notes[: wanted[0]]],
                "the lowest notes moved up an octave",
                text,
            ),
        )
    text = f"{chord.symbol} and its inversions are " + listed([str(row) for row in rows]) + "."
    return (finding("inversions", "note", rows, "the lowest note moved up an octave, one after the other", text),)


_TONE = lazily(
    r"(?<![a-z0-9])(root|third|fifth|sixth|seventh|ninth|eleventh|thirteenth|3rd|5th|6th|7th|9th|11th|13th) "
    r"(?:note )?(?:of|in) (?:the |an? )?"
)
_TONE_DEGREES = {
    "root": 1, "third": 3, "fifth": 5, "sixth": 6, "seventh": 7, "ninth": 9, "eleventh": 11, "thirteenth": 13, "3rd": 3,
    "5th": 5, "6th": 6, "7th": 7, "9th": 9, "11th": 11, "13th": 13,
}  # fmt: skip


def _chord_tone(question: Question) -> tuple[Finding, ...]:
    """ "the third of Am": of a chord that says its quality, for a bare letter could be a key as well."""
    asked = _TONE.search(question.words)
    chords = find_chords(question.text[asked.end() :]) if asked else ()
    if asked is None or len(chords) != 1 or not (chords[0].quality or question.says("chord|triad")):
        return ()
    degree = _TONE_DEGREES[asked[1]]
    notes = [note for note, tone in zip(chords[0].notes, chords[0].tones, strict=True) if tone[0] == degree]
    if len(notes) != 1:
        return ()
    text = f"The {asked[1]} of {chords[0].symbol} is {notes[0].name}."
    return (finding("note", "note", notes[0].name, "the tone of the chord with that degree", text),)


def _chord_notes(question: Question) -> tuple[Finding, ...]:
    if not question.says(r"notes?|spell\w*|tones?|made of|consists? of|what is in|what's in|built|contain\w*|play"):
        return ()
    if (
        question.says(r"scales?|modes?|keys?|midi|pentatonic|blues|frequency|hz|transpos\w*|delay|above|below")
        or question.tempi
    ):
        return ()
    chords = find_chords(question.text)
    said = question.says(r"chords?|triads?|spell\w*|arpeggio\w*")
    if not chords or len(chords) > 12:
        return ()
    if any(chord.quality == "" and not said and chord.bass is None for chord in chords):
        return ()  # a bare letter is a note as well
    if (len(chords) > 1 and all(chord.quality == "" for chord in chords)) or (
        question.says("what chord|which chord|name") and len(chords) > 2
    ):
        return ()
    found = []
    for chord in chords:
        names = [note.name for note in chord.notes]
        if chord.bass and chord.bass.name in names:
            names = [chord.bass.name, *[name for name in names if name != chord.bass.name]]
        elif chord.bass:
            names = [chord.bass.name, *names]
        text = f"{chord.symbol} is made of {listed(names)}."
        found.append(
            finding(
                "chord_notes",
                "note",
                list(names),
                "the root and the intervals of the chord, each spelled by its degree",
                text,
            )
        )
    return tuple(found)


def _chord_name(question: Question) -> tuple[Finding, ...]:
    notes = tuple(Note(note.letter, note.accidental) for note in find_notes(question.text))
    if not 2 <= len(notes) <= 8 or question.says(
        r"keys?|transpos\w*|scales?|intervals?|progression|capo|chords are|relative"
    ):
        return ()
    if not question.says(
        r"(?:what|which|name|identify|name of)(?: \w+){0,4} chord|chord (?:is|has|with|contains|made|from|name|"
        r"of)|what (?:is|are) these notes|chord"
    ):
        return ()
    if len(notes) != len(find_chords(question.text)) or any(
        chord.quality or chord.bass for chord in find_chords(question.text)
    ):
        return ()
    names = name_chords(notes)
    if not names:
        return ()
    written = " ".join(note.name for note in notes)
    first = finding(
        "chord",
        "chord",
        names[0].symbol,
        "each note tried as the root; the first note is the bass",
        f"{written} is {names[0].symbol}.",
    )
    if len(names) == 1:
        return (first,)
    others = [chord.symbol for chord in names[1:4]]
    also = finding(
        "chord_alternatives",
        "chord",
        list(others),
        "the other roots that explain the same notes",
        f"The same notes can be called {listed(others)}.",
    )
    return first, also


def _key_of_chords(question: Question) -> tuple[Finding, ...]:
    chords = find_chords(question.text)
    if (
        len(chords) < 2
        or not question.says(r"keys?|tonality|tonalidad|tonart|tonalite|tonalidade|tonalita|tonart")
        or question.says(r"transpos\w*|capo|relative|parallel")
    ):
        return ()
    rows = []
    for fifths in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6, -6):
        tonic = Note(0)
        for _ in range(abs(fifths)):
            tonic = tonic.up(4, 7) if fifths > 0 else tonic.up(-4, -7)
        for key in ((tonic, "major"), (tonic.up(5, 9), "minor")):
            if (numerals := degrees_of(chords, *key)) is not None:
                rows.append((key, numerals))
    if not rows or len(rows) > 8:
        return ()
    # A key that opens or closes on its own tonic chord is likelier meant.
    rows.sort(key=lambda row: (chords[0].root != row[0][0], chords[-1].root != row[0][0]))
    text = (
        f"{chord_row(chords)} belong to "
        + listed([f"{key_text(*key)} ({' '.join(numerals)})" for key, numerals in rows])
        + "."
    )
    value: list[Value] = [{"musical_key": key_text(*key), "numerals": " ".join(numerals)} for key, numerals in rows]
    return (finding("keys_of_chords", "label", value, "keys whose scale holds every note of every chord", text),)


def _numerals_of_chords(question: Question) -> tuple[Finding, ...]:
    key = find_key(question.text)
    if (
        key is None
        or not question.says(r"roman numerals?|numerals?|degrees?|analy[sz]e|function|nashville")
        or find_numerals(question.text)
    ):
        return ()
    named = NAMED_KEY.search(question.text) or KEY_OF.search(question.text)
    chords = find_chords(question.text[: named.start()]) if named else ()
    chords = chords or (find_chords(question.text[named.end() :]) if named else ())
    numerals = degrees_of(chords, *key) if chords else None
    if not numerals:
        return ()
    text = f"In {key_text(*key)}, {chord_row(chords)} {'are' if len(chords) > 1 else 'is'} {', '.join(numerals)}."
    value: Value = list(numerals) if len(numerals) > 1 else numerals[0]
    return (finding("numerals", "label", value, "the degree of each root, small letters for minor chords", text),)


_PARSERS: tuple[Callable[[Question], tuple[Finding, ...]], ...] = (
    _numerals_of_chords, _inversion, _chord_tone, _key_of_chords, _chord_name, _chord_notes,
)  # fmt: skip
