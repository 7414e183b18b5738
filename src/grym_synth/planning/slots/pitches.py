"""Keys, notes, chords and the tuning that a question names."""

from __future__ import annotations

import re

from ...messages import Json
from ...regex import lazily
from ...theory.chords import parse_chord
from ...theory.keys import parse_key

_KEY = lazily(
    r"(?<![\w#♯♭'’])((?:[A-Ha-h]|do|re|ré|mi|fa|sol|la|si|dó|ré|lá)"
    r"(?:[ -]?(?:sharp|flat|sostenido|sustenido|bemol|bémol|bemolle|"
    r"di[eè]se|diesis)|iss?|ess?|s(?=[- ](?:dur|moll))|[#♯b♭])?"
    r"(?:[ -]?(?:major|minor|maj|min|dur|moll|mayor|menor|majeur|mineur|maior|maggiore|minore)))(?![\w])",
    re.IGNORECASE,
)
_SHORT_KEY = lazily(r"(?<![\w#♯♭])([A-G][#♯b♭]?m)(?![\w#/♯♭]|\s+I\b)")
_NOTE = lazily(r"(?<![\w#♯♭])([A-Ga-g][#♯b♭]?-?\d)(?![\w#.♯♭])")
_PITCH_TALK = lazily(
    r"\b(?:notes?|notas?|noten?|töne?|tons?|toner?|frequen\w+|frecuen\w+|frequenz\w*|fréquence\w*|frekvens\w*|hz|midi|"
    r"pitch|octave)\b",
    re.IGNORECASE,
)
_CHORD = lazily(r"(?<![\w#♯♭])([A-G](?:[#♯b♭](?![a-z]{2}))?[\w#♯♭+°øΔ()/-]{1,11})(?![\w])")
_A4 = lazily(
    r"\ba4?\s?=\s?(4\d\d(?:\.\d+)?|39\d|38\d)\b"
    r"|\b(39[0-9]|4[0-6]\d(?:\.\d+)?)\s?-?(?:hz\s+)?(?:tuning|pitch|reference|stimmung|stämning)\b"
    r"|\b(?:tuned (?:to|at|in)|tuning (?:of|is|at)|reference (?:of|at)|diapason (?:de|a|à)|"
    r"afinad[oa]s? (?:a|em)|kammerton|"
    r"gestimmt auf|auf|accord[ée]e?s? (?:à|a)|accordat[oa] a|stämd (?:till|i))\s*(39\d|4[0-6]\d(?:\.\d+)?)\b",
    re.IGNORECASE,
)


def read_pitches(text: str, slots: dict[str, Json]) -> None:
    """Put `keys`, `notes` and `chords` into the slots."""
    keys: list[str] = []
    for pattern in (_KEY, _SHORT_KEY):
        for match in pattern.finditer(text):
            key = parse_key(match.group(1))
            if key is not None and key not in keys:
                keys.append(key)
    rest = _KEY.sub(" ", text)
    notes = [match.group(1)[0].upper() + match.group(1)[1:] for match in _NOTE.finditer(rest) if _is_note(match, rest)]
    chords = []
    for match in _CHORD.finditer(rest):
        symbol = match.group(1).rstrip("()/-.")
        if match.group() == "Am" and "Am I " in rest:
            continue
        if _looks_like_chord(symbol) and symbol not in notes and parse_chord(symbol) is not None:
            chords.append(symbol)
    for name, found in (("keys", keys), ("notes", notes), ("chords", chords)):
        if found:
            slots[name] = list(dict.fromkeys(found))


def read_tuning(text: str, slots: dict[str, Json]) -> str:
    """Put `a4_hz` into the slots; what is left of the text when the tuning is taken out."""
    a4 = _A4.search(text)
    if a4 is None:
        return text
    slots["a4_hz"] = float(next(group for group in a4.groups() if group))
    return text.replace(a4.group(), " ")


def _is_note(match: re.Match[str], text: str) -> bool:
    """ "A4" is a note, "a4" only where notes are the subject, and "G7" is a chord unless a pitch is the subject."""
    symbol = match.group(1)
    speaks_of_pitch = _PITCH_TALK.search(text) is not None
    return speaks_of_pitch or (symbol[0].isupper() and symbol[-1] not in "679")


def _looks_like_chord(symbol: str) -> bool:
    """More than a note name and an octave: a quality, a sixth, seventh or ninth, or a bass."""
    return re.fullmatch(r"[A-G][#♯b♭]?-?[0-58]?", symbol) is None
