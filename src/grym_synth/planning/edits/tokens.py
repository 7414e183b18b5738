"""A question as tokens: words, numbers, clock times, quoted names and the recordings that it names.

Time grows with the length of the text and no faster: each pattern is bounded, and words are looked up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from ...regex import lazily
from ..routing.features import fold
from .lexicon import FORMATS
from .numbers import NUMBER_WORDS
from .vocabulary import UNIT_WORDS, WORDS

Kind = Literal["word", "mark", "number", "clock", "quantity", "change", "range", "edge", "file", "name", "quoted"]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a question.

    Of a quantity `value` is in `unit`, of clock times and edges in seconds; `second` is where a range or a change
    ends, None where it goes on to the end. An edge is "first" or "last" by its `text`. `subject` is the recording
    that a file names.
    """

    kind: Kind
    text: str
    folded: str = ""
    concepts: frozenset[str] = frozenset()
    value: float = 0.0
    unit: str = ""
    second: float | None = None
    subject: str = ""
    is_signed: bool = False


_NAMED = "|".join(sorted(FORMATS, key=len, reverse=True))
_TOKEN = lazily(
    r"(?P<quoted>\"[^\"\n]{1,250}\"|“[^”\n]{1,250}”|„[^“”\n]{1,250}[“”]|«[^»\n]{1,250}»|`[^`\n]{1,250}`"
    r"|(?<!\w)'[^'\n]{1,250}'(?!\w))"
    rf"|(?P<name>[^\s\"'`“”«»,;:!?()]{{1,250}}\.(?:{_NAMED})(?![\w]))"
    r"|(?P<format>(?:mp[34]|m4a|ac3|r128)(?!\w))"
    r"|(?P<clock>(?<![\d:.,])\d{1,4}:[0-5]?\d(?::[0-5]\d)?(?:[.,]\d{1,3})?(?![\d:]))"
    r"|(?P<number>(?<![\w.,])[+\-−–]?\d{1,9}(?:[.,]\d{1,6})?|\d{1,9}(?:[.,]\d{1,6})?|(?<![\w.,])\.\d{1,6})"
    r"|(?P<arrow>-{1,2}>|→|=>)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<mark>[^\w\s]|_)",
    re.IGNORECASE,
)


_HALF = lazily(r"(?i)\b(\w{1,9})-and-a-half\b")


def split(question: str, subjects: Sequence[str]) -> list[Token]:
    """Words, numbers, names and marks as they are written, in their order."""
    text = _HALF.sub(r"\1 and a half", unicodedata.normalize("NFC", question))
    tokens: list[Token] = []
    at = 0
    for start, end, subject in _files_in(text, subjects):
        tokens += _plain_tokens(text[at:start])
        tokens.append(Token("file", text[start:end], subject=subject))
        at = end
    tokens += _plain_tokens(text[at:])
    return tokens


def _plain_tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        shown = match.group()
        match match.lastgroup:
            case "quoted":
                yield Token("quoted", shown[1:-1].strip())
            case "name":
                yield Token("name", shown)
            case "clock":
                yield Token("clock", shown, value=_clock(shown))
            case "number":
                yield Token("number", shown, value=read_number(shown), is_signed=shown[0] in "+-−–")
            case "arrow":
                yield Token("mark", "->", "->", frozenset({"RANGE_TO"}))
            case "word" | "format":
                yield Token("word", shown, fold(shown))
            case _:
                yield Token("mark", shown, shown)


def _clock(text: str) -> float:
    total = 0.0
    for part in text.replace(",", ".").split(":"):
        total = 60.0 * total + float(part)
    return total


def read_number(text: str) -> float:
    return float(text.replace("−", "-").replace("–", "-").replace(",", "."))


# --- names of the recordings ---


def _files_in(text: str, subjects: Sequence[str]) -> list[tuple[int, int, str]]:
    """Where recordings are named, by their path, their file name, or that without its ending."""
    found: list[tuple[int, int, str]] = []
    lower = text.lower()
    by_name: dict[str, list[str]] = {}
    for subject in dict.fromkeys(subjects):
        for name in {subject, PurePath(subject).name, *_stem(subject)} - {""}:
            by_name.setdefault(name, []).append(subject)
    for name in sorted(by_name, key=len, reverse=True):
        exact = len(name) == 1
        where, wanted = (text, name) if exact or len(lower) != len(text) else (lower, name.lower())
        at = where.find(wanted)
        while at >= 0 and len(found) < 100:
            end = at + len(wanted)
            if _is_apart(text, at, end, exact) and all(end <= start or at >= stop for start, stop, _ in found):
                found.append((at, end, by_name[name][0]))
            at = where.find(wanted, end)
    return sorted(found)


def _stem(subject: str) -> tuple[str, ...]:
    """The name without its ending, where that can be told from the words of an order."""
    stem = PurePath(subject).stem
    letters = re.sub(r"[\W\d_]+", " ", fold(stem)).split()
    if len(stem) == 1:
        return (stem,) if stem.isupper() else ()
    known = all(word in WORDS or word in UNIT_WORDS or word in NUMBER_WORDS for word in letters)
    return () if known or len(stem) < 3 else (stem,)


def _is_apart(text: str, start: int, end: int, is_letter: bool) -> bool:
    before, behind = text[start - 1 : start], text[end : end + 2]
    if before and (before.isalnum() or before in "/\\._-"):
        return False
    if is_letter and (not before or (text[start:end] in "AI" and behind[:1] == " " and behind[1:].islower())):
        return False  # "A fade", "I want"
    return not (behind[:1].isalnum() or behind[:1] == "_" or (behind[:1] in ".-/\\" and behind[1:].isalnum()))
