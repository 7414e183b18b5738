"""What people wrote about a recording: tempo, key and level in its tags, tempo and key in the names of file and folder.

Names are read with care: a number is a tempo only behind or before "BPM", or right beside a key; "Am" is a key only
beside a number or in brackets, for "I Am Here.wav" is a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from ..messages import Evidence, Source
from ..regex import lazily
from ..theory.keys import parse_key
from .words.phrasing import finite

Topic = Literal["tempo", "key", "loudness", "duration"]

#: Tags in which a tempo, a key, a gain or a length is written, lower case.
TEMPO_TAGS = ("bpm", "tbpm", "tempo")
KEY_TAGS = ("initialkey", "initial_key", "initial key", "tkey", "key")
GAIN_TAGS = ("replaygain_track_gain",)
LENGTH_TAGS = ("tlen",)
REPLAYGAIN_LUFS = -18.0  # the level that ReplayGain 2.0 brings a recording to

FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#", "Cb": "B", "Fb": "E", "E#": "F", "B#": "C"}
_WHEEL = ("G#", "D#", "A#", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")  # minor keys 1A to 12A


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that is written about a recording. Of `number` and `key` the one that its topic has is there."""

    topic: Topic
    where: str  # "tag", "file name", "folder name", "chords"
    text: str  # as it stands there
    evidence: Evidence
    number: float | None = None  # BPM, LUFS or seconds
    key: str | None = None  # "A minor", sharps only


def read_statements(subject: str, tags: Evidence | None) -> list[Stated]:
    """Everything that tags and names say, the tags first."""
    found = [] if tags is None else [*_read_tags(tags)]
    path = PurePath(subject.replace("\\", "/"))
    for where, text in (("file name", path.stem), ("folder name", path.parent.name)):
        for topic, words, number, key in read_name(text):
            name = f"facts.{where.partition(' ')[0]}_{topic}"
            source = Source("hub", "", f"read from the {where}")
            item = Evidence("", name, "label", words, "", 1.0, subject, source)
            found.append(Stated(topic, where, words, item, number, key))
    return found


# --- tags -----------------------------------------------------------------------------------------------------------


def _read_tags(tags: Evidence) -> Iterator[Stated]:
    if (text := tag_text(tags, TEMPO_TAGS)) and (bpm := _number(text, "bpm")) is not None:
        yield Stated("tempo", "tag", text, tags, bpm)
    if (text := tag_text(tags, KEY_TAGS)) and (key := read_any_key(text)) is not None:
        yield Stated("key", "tag", text, tags, key=key)
    if (text := tag_text(tags, GAIN_TAGS)) and (gain := _number(text, "db")) is not None:
        yield Stated("loudness", "tag", text, tags, REPLAYGAIN_LUFS - gain)
    if (text := tag_text(tags, LENGTH_TAGS)) and (length := _number(text, "ms")) is not None:
        yield Stated("duration", "tag", text, tags, length / 1000.0)


def tag_text(tags: Evidence | None, names: Iterable[str]) -> str | None:
    """The text of the first of those tags that a recording carries."""
    if tags is None or not isinstance(tags.value, dict):
        return None
    by_name = {str(name).casefold(): value for name, value in tags.value.items()}
    for name in names:
        value = by_name.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if (number := finite(value)) is not None:
            return f"{number:g}"
    return None


def _number(text: str, unit: str) -> float | None:
    match = re.fullmatch(rf"\s*([+-]?\d{{1,8}}(?:[.,]\d{{1,6}})?)\s*(?:{unit})?\s*", text[:40], re.IGNORECASE)
    return float(match[1].replace(",", ".")) if match else None


def pitch_class_name(name: str) -> str:
    """A note name with sharps only: "Bb" and "B♭" are "A#"."""
    shown = name[:1].upper() + name[1:].replace("♯", "#").replace("♭", "b")
    return FLATS.get(shown, shown)


def read_key(text: str) -> str | None:
    """A key as a tag writes it ("Am", "F#m", "Bb major", "A min") as "A minor"; None when it is none."""
    match = re.fullmatch(r"\s*([A-Ga-g])([#b♯♭]?)[ _-]?(m|min|minor|moll|maj|major|dur)?\s*", text.strip()[:40])
    if match is None:
        return None
    mode = "minor" if (match[3] or "") in ("m", "min", "minor", "moll") else "major"
    return f"{pitch_class_name(match[1].upper() + match[2])} {mode}"


def read_any_key(text: str) -> str | None:
    """The same, also in other languages ("cis-moll") and as a place on the Camelot wheel ("8A")."""
    return read_key(text) or parse_key(text) or camelot_key(text)


def camelot_key(text: str) -> str | None:
    match = re.fullmatch(r"\s*0?(1[0-2]|[1-9])([ABab])\s*", text[:12])
    if match is None:
        return None
    place = int(match[1]) - 1
    if match[2].upper() == "A":
        return f"{_WHEEL[place]} minor"
    return f"{_WHEEL[(place - 3) % 12]} major"  # the relative lies three steps back in fifths


# --- names ----------------------------------------------------------------------------------------------------------

_EDGE, _STOP = r"(?<![A-Za-z0-9#.])", r"(?![A-Za-z0-9#])"
_BPM = lazily(
    rf"{_EDGE}(?:(\d{{2,3}}(?:[.,]\d{{1,2}})?)[ _-]?bpm|bpm[ _-]?(\d{{2,3}}(?:[.,]\d{{1,2}})?)){_STOP}", re.IGNORECASE
)
_SIGN = r"#|♯|b|♭|[ -]?(?:sharp|flat)"
_LONG_KEY = lazily(
    rf"{_EDGE}(?P<tonic>[A-Ga-g])(?P<sign>{_SIGN})?(?P<gap>[ _-]?)"
    rf"(?P<mode>major|minor|maj|min|Major|Minor|Maj|Min){_STOP}"
)
_SHORT_KEY = lazily(rf"{_EDGE}(?P<tonic>[A-G])(?P<sign>#|♯|b|♭|sharp|flat)?m{_STOP}")
_CAMELOT = lazily(rf"{_EDGE}(?:1[0-2]|[1-9])[AB]{_STOP}")
_BEFORE, _BEHIND = lazily(r"(?:^|[ _-])(\d{2,3})[ _-]{1,3}$"), lazily(r"^(?:[_-]| - )(\d{2,3})(?:[ _-]|$)")
_SLOWEST, _FASTEST = 40.0, 300.0  # BPM that anybody writes
_BARE_SLOWEST, _BARE_FASTEST = 60, 200  # without the word


def read_name(text: str) -> list[tuple[Topic, str, float | None, str | None]]:
    """Tempo and key in the name of a file or folder: topic, the very words, BPM, key. Of several none is meant."""
    text = text[:200]
    tempi = [(match, float((match[1] or match[2]).replace(",", "."))) for match in _BPM.finditer(text)]
    tempi = [each for each in tempi if _SLOWEST <= each[1] <= _FASTEST]
    keys = [*_keys(text, has_tempo=bool(tempi))]
    found: list[tuple[Topic, str, float | None, str | None]] = []
    if len({bpm for _, bpm in tempi}) == 1:
        found.append(("tempo", tempi[0][0][0], tempi[0][1], None))
    elif not tempi and len(keys) == 1 and (bare := _beside(text, keys[0][0])) is not None:
        found.append(("tempo", bare, float(bare), None))
    if len({key for _, key in keys}) == 1:
        found.append(("key", keys[0][0][0].strip(), None, keys[0][1]))
    return found


def _keys(text: str, *, has_tempo: bool) -> Iterator[tuple[re.Match[str], str]]:
    for match in _LONG_KEY.finditer(text):
        if (key := _spelled(match, match["mode"])) and not _is_a_word(text, match):
            yield match, key
    for match in _SHORT_KEY.finditer(text):
        is_word = match[0] in ("Am", "Em") and not (_is_bracketed(text, match) or _is_beside_tempo(text, match))
        if not is_word and (key := _spelled(match, "minor")):
            yield match, key
    for match in _CAMELOT.finditer(text):
        beside = has_tempo or _beside(text, match) is not None
        if beside and (key := camelot_key(match[0])):
            yield match, key


def _spelled(match: re.Match[str], mode: str) -> str | None:
    sign = (match["sign"] or "").strip(" -").replace("♯", "#").replace("♭", "b")
    sign = {"sharp": "#", "flat": "b"}.get(sign, sign)
    return read_key(f"{match['tonic'].upper()}{sign} {mode.lower()}")


def _is_a_word(text: str, match: re.Match[str]) -> bool:
    """ "A Minor Miracle", "in a major way": the article before a word."""
    if match["sign"] or match["gap"] != " " or match["tonic"] not in "Aa":
        return False
    return match["tonic"] == "a" or re.match(r"[ _-]*[A-Za-z]", text[match.end() :]) is not None


def _is_bracketed(text: str, match: re.Match[str]) -> bool:
    return text[match.start() - 1 : match.start()] in ("(", "[") and text[match.end() : match.end() + 1] in (")", "]")


def _is_beside_tempo(text: str, match: re.Match[str]) -> bool:
    near = text[max(0, match.start() - 8) : match.start()], text[match.end() : match.end() + 8]
    return _beside(text, match) is not None or any(re.search(r"(?i)\d ?[_-]?bpm|bpm ?\d", part) for part in near)


def _beside(text: str, match: re.Match[str]) -> str | None:
    """A number right before or behind a key that can be a tempo: "120_Am", "8A - 126 - Title"."""
    before, behind = _BEFORE.search(text[: match.start()]), _BEHIND.match(text[match.end() :])
    numbers = [each[1] for each in (before, behind) if each is not None]
    numbers = [each for each in numbers if _BARE_SLOWEST <= int(each) <= _BARE_FASTEST]
    return numbers[0] if len(numbers) == 1 else None
