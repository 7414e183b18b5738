"""Where a question speaks of recordings without a path: by a pronoun, an order, a measurement, or a part of a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import Literal

from ...regex import lazily
from ...storage.contexts import Played
from ..aspects import read_aspects
from ..routing.features import fold, shorten
from ..teaching import read_teaching
from . import open_questions
from . import reference_words as words

Kind = Literal[
    "same", "pronoun", "generic", "other", "other or second", "others", "previous", "ordinal", "both", "all", "them",
    "measured", "named", "which", "left out",
]  # fmt: skip

#: Which patterns come first where several fit the same words.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str], int, str], ...] = (
    ("same", words.SAME, 0, ""),
    *(("measured", pattern, end, finding) for finding, end, pattern in words.MEASURES),
    ("previous", words.PREVIOUS, 0, ""),
    *(("ordinal", pattern, number, "") for number, pattern in words.ORDINALS.items()),
    ("other or second", words.OTHER_OR_SECOND, 2, ""),
    ("others", words.OTHERS, 0, ""),
    ("other", words.OTHER, 0, ""),
    ("both", words.BOTH, 2, ""),
    ("all", words.ALL, 0, ""),
    ("them", words.THEM, 0, ""),
)
_LAST_PATTERNS: tuple[tuple[Kind, re.Pattern[str], int, str], ...] = (
    ("generic", words.GENERIC, 0, ""),
    ("pronoun", words.PRONOUN, 0, ""),
)
_POINTED_AT = lazily(r"\b(?:this|that|it|these|those|they)\b")
_TOKEN = lazily(r"[a-z]+|\d+")
_LONGEST = 4  # words of a name's part
_BEFORE_A_NAME = frozenset(
    "the a an is are was were does do did has have of about than with to and or vs versus compare for from between "
    "el la los las del al es son con que y o de der die das den dem ist sind hat mit als und oder von vom le les l du "
    "est sont avec et ou il lo gli i dell all e di con det ar har med och eller om o os as do da no na com em".split()
)
_SOUNDING = ("timbre.sound", "timbre.instrument")
_STEMS = frozenset({"bass", "sub"})  # parts of a sound, and usual names of files
_UNITS = frozenset("hz khz db dbfs dbtp lu lufs ms s sec min bit bits bars bpm cents st semitones".split())
_GENERIC = frozenset(
    "mix mixdown remix master take version track song loop sample stem demo bounce render file audio clip recording v "
    "no nr part pista tema mezcla toma version stuck spur aufnahme datei morceau piste prise faixa gravacao traccia "
    "brano pezzo lat spar inspelning final edit new old wav mp3 flac untitled unbenannt".split()
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that stand for recordings. `files` are those of that name; `number` is an order, or which end."""

    kind: Kind
    start: int
    end: int
    number: int = 0
    finding: str = ""
    files: tuple[Played, ...] = ()


class Question:
    """A question twice: as it was written, on one line, and folded; places are those of the folded text."""

    def __init__(self, question: str) -> None:
        self.written = " ".join(unicodedata.normalize("NFC", shorten(question)).replace("’", "'").split())
        pieces = [fold(letter) for letter in self.written]
        self.text = "".join(pieces)
        self._places = [place for place, piece in enumerate(pieces) for _ in piece]

    def said(self, start: int, end: int) -> str:
        """The words between two places, as they were written; "it" where it goes without saying."""
        if start >= end:
            return "it"
        return self.written[self._places[start] : self._places[end - 1] + 1].strip()

    def rest(self, mentions: Iterable[Mention]) -> str:
        """What a question says beside its words for recordings; nothing of it when it only goes on from the last."""
        return " ".join(_TOKEN.findall(open_questions.FILLERS.sub(" ", _without(self.text, mentions))))


def find_mentions(question: Question, in_play: Sequence[Played]) -> list[Mention]:
    """Words for recordings, in their order; where two readings overlap, the more telling one."""
    text = words.mark_nouns(open_questions.DUMMY.sub(lambda match: "|" * len(match.group()), question.text))
    found: list[Mention] = []

    def add(mentions: Iterable[Mention]) -> None:
        for mention in mentions:
            if all(mention.end <= other.start or mention.start >= other.end for other in found):
                found.append(mention)

    named = list(_named(question.text, in_play))
    add(mention for mention in named if mention.number)
    add(_matches(text, _PATTERNS))
    add(mention for mention in named if not mention.number)
    add(
        mention
        for mention in _matches(text, _LAST_PATTERNS)
        if mention.kind != "generic" or not words.UNSURE_ARTICLE.match(question.text, mention.start)
    )
    if implied := open_questions.IMPLIED.match(text):
        add([Mention("pronoun", implied.end(), implied.end())])
    polite = [mention for mention in found if question.said(mention.start, mention.end) == "Sie"]  # German: you
    return sorted((mention for mention in found if mention not in polite), key=lambda mention: mention.start)


def find_taught(question: Question) -> Mention | None:
    """The word for what a sentence teaches of ("this is a snare", "that's 140"), or all of it where it is left out."""
    if read_teaching(question.written) is None:
        return None
    found = _POINTED_AT.search(question.text)
    return Mention("left out", 0, len(question.text)) if found is None else Mention("pronoun", *found.span())


def find_left_out(question: Question) -> list[Mention]:
    """A question that goes on from the last one without a word for what it is about: "and the key?"."""
    text = open_questions.POLITE.sub("", question.text)
    marked = words.mark_nouns(text)
    if open_questions.NAMES_ANOTHER.search(question.written) or open_questions.NAMES_MANY.search(marked):
        return []
    if open_questions.WHICH.search(marked):
        return [Mention("which", 0, len(question.text))]
    begun = open_questions.CONTINUES.match(text)
    goes_on = begun is not None and 1 <= len(text[begun.end() :].split()) <= 6
    return [Mention("left out", 0, len(question.text))] if goes_on or open_questions.SUBJECTLESS.search(text) else []


def _matches(text: str, patterns: Iterable[tuple[Kind, re.Pattern[str], int, str]]) -> Iterator[Mention]:
    for kind, pattern, number, finding in patterns:
        for match in pattern.finditer(text):
            is_bare = match.groupdict().get("alone") is not None
            if is_bare and not words.stands_alone(text, match.end()):
                continue
            if kind == "measured" and open_questions.ASKS_WHICH.search(text[: match.start()]):
                continue
            start, end = match.span(0 if is_bare else match.lastindex or 0)
            yield Mention(kind, start, end, number, finding)


def _named(text: str, in_play: Sequence[Played]) -> Iterator[Mention]:
    """Files that the question calls by their name, whole or in part, the longest names first.

    `number` is 1 where the name stands there with its ending.
    """
    spans = [match.span() for match in _TOKEN.finditer(text)]
    tokens = [_plain(text[start:end]) for start, end in spans]
    places: dict[tuple[str, ...], int] = {}
    for length in range(1, _LONGEST + 1):
        for first in range(len(tokens) - length + 1):
            places.setdefault(tuple(tokens[first : first + length]), first)
    found: dict[tuple[int, int, int], list[Played]] = {}  # by how whole the name is, then the place
    for item in in_play:
        whole, stem = fold(PurePath(item.path).name), PurePath(item.path).stem
        if "." in whole and (at := text.find(whole)) >= 0 and not _goes_on(text, at, at + len(whole)):
            found.setdefault((2, at, at + len(whole)), []).append(item)
            continue
        name = tuple(_plain(token) for token in _TOKEN.findall(fold(stem)))
        for part, first in _parts(name, places):
            is_whole = part == name
            if _tells(part, tokens[first - 1] if first else "", is_whole=is_whole):
                span = spans[first][0], spans[first + len(part) - 1][1]
                found.setdefault((int(is_whole), *span), []).append(item)
                break
    for (wholeness, start, end), items in sorted(
        found.items(), key=lambda each: (-each[0][0], each[0][1] - each[0][2])
    ):
        yield Mention("named", start, end, int(wholeness == 2), files=tuple(items))


def _parts(name: tuple[str, ...], places: dict[tuple[str, ...], int]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Runs of a name's words that stand in the question, the longest first, and where."""
    for length in range(min(len(name), _LONGEST), 0, -1):
        for start in range(len(name) - length + 1):
            part = name[start : start + length]
            if part in places:
                yield part, places[part]


def _tells(part: tuple[str, ...], before: str, *, is_whole: bool) -> bool:
    """Whether these words of a name can be meant for the file: "the drums", "mix 3", but not "in A minor"."""
    has_number = any(word.isdigit() for word in part)
    own = [word for word in part if _is_own(word)]
    if has_number and (own or any(word in _GENERIC for word in part)):
        return not any(word in _UNITS for word in part)
    if not own:
        return False
    return (is_whole and len(part) > 1) or before in _BEFORE_A_NAME or not before


@cache
def _is_own(word: str) -> bool:
    """Whether a word names something: it is no word for recordings as such, or for what is measured in them."""
    if len(word) < 3 or word.isdigit() or word in _GENERIC or word in _UNITS or word in _BEFORE_A_NAME:
        return False
    return word in _STEMS or all(aspect.startswith(_SOUNDING) for aspect in read_aspects(word))


def _plain(token: str) -> str:
    return token.lstrip("0") or "0" if token.isdigit() else token


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a name that was found is only a part of a longer word."""
    return text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum()


def _without(text: str, mentions: Iterable[Mention]) -> str:
    for mention in mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text
