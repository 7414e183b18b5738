"""Keys in a question: "in A minor", "8A", "minor ones", "C major or its relative", "keys that mix with F minor"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..regex import lazily
from ..theory.keys import from_camelot, from_open_key, key_name, neighbours, parse_key, relative
from ..theory.pitch import NOTE_NAMES, parse_note
from .query import OneOf

_SIGN = (
    r"(?:##?|bb?|[ -]?(?:sharp|flat|sostenido|sustenido|bemoll?e?|diese|diesis)|(?:iss?|ess?|s)(?=[ -](?:dur|moll)))"
)
_MAJOR, _MINOR = "major|maj|dur|mayor|majeur|maior|maggiore", "minor|min|moll|menor|mineur|minore"
_NAMED = lazily(rf"(?<![\w#])(?P<key>(?:do|re|mi|fa|sol|la|si|[a-h]){_SIGN}?[ :_-]?(?:{_MAJOR}|{_MINOR}))(?![\w#])")
_SHORT = lazily(r"(?<![\w#])(?P<key>[A-H](?:#|b|♯|♭)?m)(?![\w#])")  # on the text as written: "Am", "F#m"
_LONE = lazily(
    r"(?:(?<=\bin )|(?<=\bkey of )|(?<=\bkey )|(?<=\bkeys )|(?<=\btonart )|(?<=\bIn )|(?<=\boder )|(?<=\bor ))"
    r"(?P<key>[A-H](?:#|b|♯|♭)?)(?![\w#'])"
)
_CAMELOT = lazily(r"(?<![\w.:])(?P<code>(?:1[0-2]|[1-9])[ab])(?![\w])")
_OPEN = lazily(r"(?<![\w.:])open key (?P<code>(?:1[0-2]|[1-9])[dm])(?!\w)")
_MODE = lazily(
    rf"(?<![\w#])(?<!\d )(?:(?P<major>{_MAJOR})|(?P<minor>{_MINOR}|minors))"
    r"(?:[ -](?:key|ones?|keys|tonart(?:en)?|tonalit[ae]s?|mode))?(?![\w#])"
)
_RELATIVE = lazily(
    r"(?:,? (?:and|or|und|oder|y|o|et|ou|e|och|eller|plus|&) (?:its|the|their|la|sa|su|il|seine?r?)? ?"
    r"(?:relative|relativa|relatif|paralleltonart|parallelltonart|relativo)(?: (?:keys?|major|minor|mineur|majeur))*)"
)
_RELATIVE_OF = lazily(
    r"(?:the )?(?:relative|relativa|relatif|paralleltonart)(?: (?:keys?|major|minor))* (?:of|to|de|von|di) $"
)
_MIXES = lazily(
    r"(?:(?:compatible|mix(?:es|ing)?(?: well)?|fit(?:s|ting)?|harmonic(?:ally)?|match(?:es|ing)?|go(?:es)?(?: well)?|"
    r"neighbou?r(?:s|ing)?|works?)(?: keys?)? (?:with|to|of|in)|passend zu|passt zu|compatibles? (?:con|avec|com)) ?$"
)


@dataclass(frozen=True, slots=True)
class KeyFound:
    """Where a key stands in the text, and which keys are meant."""

    start: int
    end: int
    test: OneOf
    note: str = ""


def read_keys(written: str, text: str) -> Iterator[KeyFound]:
    """Keys in a text, as written and folded: both of the same length. None lies over another."""
    taken = list[tuple[int, int]]()
    for pattern, source in ((_NAMED, text), (_SHORT, written), (_OPEN, text), (_CAMELOT, text), (_LONE, written), (_MODE, text)):  # fmt: skip
        for match in pattern.finditer(source):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            if (
                pattern is _NAMED
                and re.match(r"a[ -]?min(?:or|\b)|a[ -]?maj", match["key"])
                and _is_article(written, match)
            ):
                continue
            found = _read(match, pattern, text)
            if found is not None:
                taken.append((found.start, found.end))
                yield found


def _is_article(written: str, match: re.Match[str]) -> bool:
    """ "in a minor key" speaks of a mode, "in a minor" of a key."""
    behind = re.match(r" (?:key|mode|scale)s?\b", written[match.end() :])
    return written[match.start()] == "a" and behind is not None


def _read(match: re.Match[str], pattern: re.Pattern[str], text: str) -> KeyFound | None:
    if pattern is _MODE:
        mode = "major" if match["major"] else "minor"
        values = tuple(key_name(pitch, mode) for pitch in range(12))
        return KeyFound(match.start(), match.end(), OneOf("key", values, of=f"any {mode} key"))
    if pattern is _LONE:
        tonic = parse_note(match["key"].replace("♯", "#").replace("♭", "b"))
        if tonic is None:
            return None
        name = NOTE_NAMES[tonic.pitch_class]
        both = (f"{name} major", f"{name} minor")
        note = f"{match['key']} was taken for {both[0]} or {both[1]}"
        return KeyFound(match.start(), match.end(), OneOf("key", both, of=f"{name}, major or minor"), note)
    if pattern is _CAMELOT:
        key = from_camelot(match["code"])
    elif pattern is _OPEN:
        key = from_open_key(match["code"])
    else:
        key = parse_key(match["key"].replace("_", " "))
    return None if key is None else _widened(match, key, text)


def _widened(match: re.Match[str], key: str, text: str) -> KeyFound:
    """With the relative key, or the keys that mix, where the words around ask for them."""
    start, end = match.span()
    if behind := _RELATIVE.match(text, end):
        return KeyFound(start, behind.end(), OneOf("key", (key, relative(key)), of=f"{key} and its relative"))
    if before := _RELATIVE_OF.search(text[:start]):
        return KeyFound(before.start(), end, OneOf("key", (relative(key),), of=f"the relative of {key}"))
    if before := _MIXES.search(text[:start]):
        return KeyFound(before.start(), end, OneOf("key", (key, *neighbours(key)), of=f"keys that mix with {key}"))
    return KeyFound(start, end, OneOf("key", (key,)))
