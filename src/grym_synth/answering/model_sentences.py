"""What a language model wrote, sentence by sentence: where one ends, what it cites, and what it may be made of.

The checker reads numbers, names and comparisons. What a sentence says beside them is held to words that are known to
claim nothing the checker does not read, and to those of our own sentences about the same findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..messages import Evidence
from ..regex import lazily
from .checks.tokens import MASK, Tokens
from .model_words import HARMLESS, OPPOSITES, TOPICS, UNTOLD

MAX_SENTENCE = 600  # characters

_CITATION = r"\[\s{0,3}[eE]\d{1,4}(?:\s{0,3}(?:,|;|and|&|\s)\s{0,3}[eE]\d{1,4}){0,40}\s{0,3}\]"
#: Where a sentence may end: its mark, what closes with it, and citations put behind it. Bounded, so that no text of a
#: model takes more than linear time.
_END = lazily(
    rf"(?<![.!?…])[.!?…]{{1,8}}[\"'”’)*_]{{0,8}}(?:[ \t]{{0,3}}{_CITATION}){{0,20}}[.!?]{{0,3}}(?=\s|$)"
    r"|(?<![ \t])[ \t]*\n\s*"
)
_BULLET = lazily(r"\s*(?:(?:[-*•–—·+]|#{1,6}|>|\d{1,2}[.)])\s+)")
_LIST_NUMBER = lazily(r"\s*\d{1,3}")
#: Behind these a full stop ends nothing, whatever follows; and these only before a number.
_ABBREVIATIONS = frozenset("e.g i.e approx ca cf vs resp incl eg ie etc.g mr mrs ms dr prof st feat ft".split())
_BEFORE_NUMBERS = frozenset("no nr nos op vol ch p pp fig sec min max bar bars".split())

_CITED = lazily(_CITATION)
_PLAIN = lazily(r"[A-Za-z0-9 .,;:!?'’()%/+=#♯♭°≈×…–—−-]*")
_STRAY_QUOTE = lazily(r"(?<![A-Za-z0-9])['’]|['’](?![A-Za-z])|--")
_WORD = lazily(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_POSSESSIVE = lazily(r"['’]s$")
_VERDICT = lazily(r"(?i)^(yes|no|about the same|true|right|correct|false|wrong)\s*[,:;.!–—-]\s*")
_NOT_SURE = lazily(r"(?i)\b(?:not (?:sure|certain)|unsure|uncertain)\b")
_NEGATION = lazily(r"(?i)\b(?:not|no|never|none|neither|nor|without|nothing|cannot)\b|n['’]t\b")
_SURE = lazily(r"(?i)\b(?:sure|surely|certain|certainly|confident)\b")
_TRUST = lazily(r"(?i)\b(?:confidence|certainty)\b")
_SURE_BY_NUMBER = lazily(r"(?i)(?:\bnot|\bless|%|\bper ?cent) (?:sure|certain|confident)\b")
_PERHAPS = lazily(r"(?i)\b(?:perhaps|maybe|possibly|might|may|could)\b")
_LIKELY = lazily(r"(?i)\b(?:likely|likeliest|probably)\b")


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence of a model: its words without marks of layout, and the evidence that it cites."""

    text: str
    cited: tuple[str, ...]


def split(text: str) -> list[str]:
    """The sentences of a text, with their citations; joined they give back all of its letters.

    A doubtful place is no end: two sentences that stay together are checked together.
    """
    parts, start = [], 0
    for match in _END.finditer(text):
        if match.end() > start and _ends_here(
            text[start : match.start()], match[0], text[match.end() : match.end() + 40]
        ):
            parts.append(text[start : match.end()].strip())
            start = match.end()
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def _ends_here(before: str, mark: str, behind: str) -> bool:
    """Whether a sentence ends with this mark, and is not only interrupted by it."""
    following = behind.lstrip()
    if "\n" in mark:
        told = before.rstrip()[-1:] in ".!?…:)]*"
        is_layout = mark.count("\n") > 1 or _BULLET.match(following) is not None
        return bool(before.strip()) and (is_layout or (told and not following.startswith("[")))
    if _LIST_NUMBER.fullmatch(before) or following[:1].islower():
        return False
    if mark != ".":
        return True
    word = before.rpartition(" ")[2].lstrip("([\"'").casefold()
    if word in _ABBREVIATIONS or (word in _BEFORE_NUMBERS and following[:1].isdigit()):
        return False
    return re.search(r"(?<![\w#♯♭])[I-Z]$", before) is None  # an initial; A to H are notes and sections


def read_sentence(part: str) -> Written:
    """A part of `split` without bullets and emphasis, its citations taken out."""
    bare = _BULLET.sub("", part, count=1) if _BULLET.match(part) else part
    cited = dict.fromkeys(f"e{number}" for mark in _CITED.findall(bare) for number in re.findall(r"\d+", mark))
    words = " ".join(_CITED.sub(" ", bare.replace("**", "").replace("__", "").replace("*", "")).split())
    return Written(re.sub(r"\s+([.,;:!?])", r"\1", words), tuple(cited))


def is_plain(text: str) -> bool:
    """Whether a sentence is made of plain letters: no quotations of its own, links, code or controls."""
    fits = len(text) <= MAX_SENTENCE and _PLAIN.fullmatch(text) is not None
    return fits and _STRAY_QUOTE.search(text) is None and any(letter.isalnum() for letter in text)


def words_of(tokens: Tokens) -> frozenset[str]:
    """The words of a sentence beside its numbers, names and recordings, in small letters."""
    letters = list(tokens.plain)
    for quantity in tokens.quantities:
        letters[quantity.start : quantity.end] = MASK * (quantity.end - quantity.start)
    found = (_POSSESSIVE.sub("", word.casefold()) for word in _WORD.findall("".join(letters).replace("’", "'")))
    return frozenset(found) - {""}


def speaks_of(words: frozenset[str], ours: frozenset[str], findings: Iterable[Evidence]) -> bool:
    """Whether a sentence speaks of these findings and of nothing else, by name where a number alone says too little.

    Its words are harmless, or speak of what it states, or stand in our own sentences about the same.
    """
    topics = [
        (item.kind, frozenset().union(*(TOPICS[at] for at in TOPICS if item.name.startswith(at)))) for item in findings
    ]
    if words - HARMLESS - ours - frozenset().union(*(topic for _, topic in topics)):
        return False
    named = [topic for kind, topic in topics if kind in UNTOLD and not topic.isdisjoint(ours)]
    return not any(topic.isdisjoint(words) for topic in named)


def verdict(text: str) -> str:
    """ "yes", "no" or "about the same" where a sentence opens with it; "" otherwise."""
    match = _VERDICT.match(text)
    return match[1].casefold() if match else ""


def denials(text: str) -> int:
    """How often a sentence denies something; its verdict and its doubts deny nothing."""
    return len(_NEGATION.findall(_NOT_SURE.sub("", _VERDICT.sub("", text))))


def doubts(text: str) -> tuple[int, int]:
    """How often a sentence says "perhaps" and the like, and how often "most likely" and the like."""
    return len(_PERHAPS.findall(text)) or int(_NOT_SURE.search(text) is not None), len(_LIKELY.findall(text))


def claims_certainty(text: str) -> bool:
    """Whether a sentence calls something sure, other than by so many per cent."""
    by_number = "%" in text or "percent" in text.replace(" ", "")
    return _SURE.search(_SURE_BY_NUMBER.sub("", text)) is not None or (
        _TRUST.search(text) is not None and not by_number
    )


def turns_round(words: frozenset[str], ours: frozenset[str]) -> bool:
    """Whether a word stands where ours have its opposite: "turn it up" for "turn it down"."""
    pairs = (pair for both in OPPOSITES for pair in (both, both[::-1]))
    return any(one in words and other in ours and one not in ours for one, other in pairs)
