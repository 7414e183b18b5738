"""Musical keys: reading them, their relatives, and the Camelot wheel of the DJs.

A key as a value is "A minor" or "C# major", sharps only. `read_key` keeps the spelling that a musician wrote.
"""

from __future__ import annotations

import re

from ..regex import lazily
from .pitch import NOTE_NAMES, Note, parse_note, spell

_MAJOR = r"major|maj|dur|mayor|majeur|maior|maggiore"
_MINOR = r"minor|min|moll|menor|mineur|minore"
_ACCIDENTAL = (
    r"##?|bb?|x|[\s-]*(?:sharp|flat|sostenido|sustenido|bemoll?e?|diese|dieze|diesis|kors)\b|(?:isis|iss?|eses|"
    r"ess?|ss?)(?![a-z])"
)
_KEY = lazily(
    rf"(?P<note>do|ut|re|mi|fa|sol|la|si|[a-h])(?P<sign>{_ACCIDENTAL})?[\s:_-]*(?P<mode>{_MAJOR}|{_MINOR}|m)?\.?",
    re.IGNORECASE,
)
_ACCENTS = str.maketrans("éèêíóôäüñç♯♭−–", "eeeiooaunc#b--")
_SIGN_WORDS = {
    "sharp": "#", "sostenido": "#", "sustenido": "#", "diese": "#", "dieze": "#", "diesis": "#", "kors": "#", "is": "#",
    "isis": "##", "flat": "b", "bemol": "b", "bemolle": "b", "bemoll": "b", "es": "b", "s": "b", "eses": "bb",
    "iss": "#", "ess": "b", "ss": "b",
}  # fmt: skip


def read_key(text: str) -> tuple[Note, str] | None:
    """The tonic as written and "major" or "minor"; None when `text` as a whole is no key.

    Reads "A minor", "Am", "f#m", "E♭ maj", "A:min", "la menor", "sol bémol majeur", "cis-moll", "H-Dur". With "Dur" and
    "Moll" note names are German: "B-Dur" is B flat major. A bare capital ("Eb") is major; a bare "e" or "As" is no key.
    """
    text = text.strip()
    if not text or len(text) > 40:
        return None
    found = _KEY.fullmatch(text.translate(_ACCENTS))
    if found is None:
        return None
    letter, sign, mode = found["note"], (found["sign"] or "").strip(" -"), found["mode"]
    german = (mode or "").lower() in ("dur", "moll")
    if mode is None and not (letter in "ABCDEFGH" and (not sign or sign[0] in "#bx")):
        return None
    sign = sign if sign in ("#", "##", "b", "bb", "x") else _SIGN_WORDS.get(sign.lower(), sign.lower())
    tonic = parse_note(letter + sign, german=german)
    if tonic is None:
        return None
    minor = mode == "m" or (mode or "").lower() in _MINOR.split("|")
    return tonic, "minor" if minor else "major"


def parse_key(text: str) -> str | None:
    """Read a key and normalise it: "Bbm" is "A# minor", "C-Dur" is "C major"; None when `text` is no key."""
    found = read_key(text)
    return None if found is None else key_name(found[0].pitch_class, found[1])


def key_name(pitch_class: int, mode: str) -> str:
    """The value that stands for a key: `key_name(9, "minor")` is "A minor"."""
    return f"{NOTE_NAMES[pitch_class % 12]} {mode}"


def split_key(key: str) -> tuple[int, str]:
    """Pitch class of the tonic and mode of a normalised key.

    Raises
    ------
    ValueError
        `key` is not of the form "A minor", sharps only.
    """
    tonic, _, mode = key.partition(" ")
    if tonic not in NOTE_NAMES or mode not in ("major", "minor"):
        raise ValueError(f"{key!r} is no key of the form 'A minor' or 'C# major' (read others with parse_key)")
    return NOTE_NAMES.index(tonic), mode


def camelot(key: str) -> str:
    """Place of a normalised key on the Camelot wheel: "A minor" is "8A", "C major" is "8B"."""
    pitch_class, mode = split_key(key)
    major = pitch_class if mode == "major" else pitch_class + 3
    return f"{(7 * major + 7) % 12 + 1}{'B' if mode == 'major' else 'A'}"


def from_camelot(code: str) -> str | None:
    """The key of a Camelot code ("8a" is "A minor"); None when it is none."""
    found = re.fullmatch(r"\s*0?(1[0-2]|[1-9])\s*([ABab])\s*", code)
    if found is None:
        return None
    major = 7 * (int(found[1]) - 8) % 12  # seven is its own inverse modulo twelve
    return key_name(major, "major") if found[2] in "Bb" else key_name(major - 3, "minor")


def open_key(key: str) -> str:
    """Open Key notation: "C major" is "1d", "A minor" is "1m"."""
    code = camelot(key)
    return f"{(int(code[:-1]) + 4) % 12 + 1}{'d' if code[-1] == 'B' else 'm'}"


def from_open_key(code: str) -> str | None:
    """The key of an Open Key code ("1m" is "A minor"); None when it is none."""
    found = re.fullmatch(r"\s*0?(1[0-2]|[1-9])\s*([dmDM])\s*", code)
    if found is None:
        return None
    return from_camelot(f"{(int(found[1]) + 6) % 12 + 1}{'B' if found[2] in 'dD' else 'A'}")


def relative(key: str) -> str:
    """The key with the same notes: "A minor" for "C major" and back."""
    pitch_class, mode = split_key(key)
    return key_name(pitch_class - 3, "minor") if mode == "major" else key_name(pitch_class + 3, "major")


def parallel(key: str) -> str:
    """The key on the same tonic: "C minor" for "C major" and back."""
    pitch_class, mode = split_key(key)
    return key_name(pitch_class, "minor" if mode == "major" else "major")


def neighbours(key: str) -> tuple[str, ...]:
    """Keys that mix well with `key`: a step down and up the Camelot wheel, and the relative key."""
    pitch_class, mode = split_key(key)
    return key_name(pitch_class + 5, mode), key_name(pitch_class + 7, mode), relative(key)


def key_signature(tonic: Note, mode: str) -> int:
    """Accidentals of a key as written: sharps positive, flats negative; beyond 7 the key is only theoretical."""
    fifths = (0, 2, 4, -1, 1, 3, 5)[tonic.letter] + 7 * tonic.accidental
    return fifths if mode == "major" else fifths - 3


def usual_spelling(key: str) -> tuple[Note, str]:
    """The spelling of a normalised key with the fewest accidentals: "A# major" is written Bb major."""
    pitch_class, mode = split_key(key)
    sharp, flat = spell(pitch_class), spell(pitch_class, flats=True)
    best = min((flat, sharp), key=lambda tonic: abs(key_signature(tonic, mode)))
    return best, mode


NAMED_KEY = lazily(
    r"(?<![\w#])([A-Ga-g](?:##?|bb?)?)[ -]?(major|minor|maj|min)(?![\w#])(?![ -](?:second|third|sixth|seventh|"
    r"2nd|3rd|6th|7th|7|9|triad|chord))"
)
_KEY_SHORT = lazily(r"(?<![\w#])([A-G][#b]?m)(?![\w#])")
KEY_OF = lazily(
    r"(?:key of|(?<![a-z])in(?: the key of)?|(?<![a-z])in key) ([A-G][#b]?m?|[a-g](?: |$)|[a-g][#b]m?)(?![\w#/])"
)


def find_key(text: str) -> tuple[Note, str] | None:
    """The key named in a text: "Eb major", "F#m", "key of G", "in Bb"."""
    for pattern in (NAMED_KEY, KEY_OF, _KEY_SHORT):
        for found in pattern.finditer(text):
            word = " ".join(part for part in found.groups() if part).strip()
            key = read_key(word[0].upper() + word[1:])
            if key is not None and abs(key_signature(*key)) <= 14:
                return key
    return None


def key_text(tonic: Note, mode: str) -> str:
    """ "Eb major", as written."""
    return f"{tonic.name} {mode}"
