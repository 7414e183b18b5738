"""A question as tokens that are understood: numbers in words, phrases as one token, each with its meanings and unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .numbers import AND_A_HALF, HALVES, MOST_WORDS, NUMBER_WORDS, ONLY_BEFORE_UNITS
from .tokens import Token, read_number, split
from .vocabulary import LONGEST_PHRASES, UNIT_WORDS, WORDS, concepts_of, unit_of


def tokenise(question: str, subjects: Sequence[str]) -> list[Token]:
    """Words, numbers, names and marks, in their order; phrases of several words are one token each."""
    return _with_concepts(_with_numbers(split(question, subjects)))


# --- numbers in words ---


def _with_numbers(tokens: Sequence[Token]) -> list[Token]:
    """Number words as numbers; a sign in a word and a decimal point in a word taken in."""
    merged: list[Token] = []
    at = 0
    while at < len(tokens):
        length, value = _spoken(tokens, at)
        if length:
            text = " ".join(token.text for token in tokens[at : at + length])
            merged.append(Token("number", text, value=value))
        else:
            length = 1
            merged.append(tokens[at])
        at += length
    return list(_with_signs(_with_decimals(merged)))


def _spoken(tokens: Sequence[Token], at: int) -> tuple[int, float]:
    """How many tokens from `at` on are a number in words, and which; 0 for none."""
    words: list[str] = []
    places: list[int] = []
    for place in range(at, min(len(tokens), at + 2 * MOST_WORDS)):
        if tokens[place].kind == "word":
            words.append(tokens[place].folded)
            places.append(place)
        elif tokens[place].text != "-":
            break
    for count in range(min(MOST_WORDS, len(words)), 0, -1):
        phrase = " ".join(words[:count])
        behind = places[count - 1] + 1
        if count == 1 and phrase in AND_A_HALF:
            of = 1 if phrase == "couple" and _is_word(tokens, behind, "of") else 0
            return 1 + of, AND_A_HALF[phrase]
        if count == 1 and phrase in ONLY_BEFORE_UNITS:
            after_number = at > 0 and tokens[at - 1].kind == "number"
            if _unit_at(tokens, behind) and not after_number:
                return 1, float(ONLY_BEFORE_UNITS[phrase])
            return 0, 0.0
        if phrase in NUMBER_WORDS:
            return behind - at, float(NUMBER_WORDS[phrase])
    return 0, 0.0


def _is_word(tokens: Sequence[Token], at: int, word: str) -> bool:
    return at < len(tokens) and tokens[at].folded == word


def _unit_at(tokens: Sequence[Token], at: int) -> bool:
    """Whether a unit stands there, maybe behind what may come between: "a half second", "one and a half minutes"."""
    for token in tokens[at : at + 5]:
        if token.folded in ("bit", "bits", "x"):
            return False  # "a bit slower"
        if token.folded in UNIT_WORDS or token.folded in _BEGIN_UNITS:
            return True
        between = (
            token.text in ("-", "'", "’") or token.folded in HALVES or token.folded in ("and", "a", "e", "et", "y")
        )
        if not between and WORDS.get(token.folded, frozenset()).isdisjoint(_BEFORE_UNITS):
            return False
    return False


_BEGIN_UNITS = frozenset("demi semi whole half helt hela".split())
_BEFORE_UNITS = frozenset({"MAJOR", "MINOR", "QUALITY", "FIRST", "LAST"})
_POINTS = frozenset("point punto virgule komma virgula virgola ponto".split())
_MINUS = frozenset("minus negative menos moins meno".split())


def _with_decimals(tokens: Sequence[Token]) -> list[Token]:
    merged: list[Token] = []
    at = 0
    while at < len(tokens):
        parts = tokens[at : at + 3]
        if len(parts) == 3 and parts[0].kind == parts[2].kind == "number" and parts[1].folded in _POINTS:
            value = read_number(f"{parts[0].value:g}.{parts[2].value:g}") if parts[2].value < 1e6 else parts[0].value
            merged.append(Token("number", " ".join(part.text for part in parts), value=value))
            at += 3
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def _with_signs(tokens: Sequence[Token]) -> Iterator[Token]:
    waiting: Token | None = None
    for token in tokens:
        if waiting is not None and token.kind == "number" and not token.is_signed:
            yield Token("number", f"{waiting.text} {token.text}", value=-token.value, is_signed=True)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = token if token.folded in _MINUS else None
        if waiting is None:
            yield token
    if waiting is not None:
        yield waiting


# --- what words mean ---


def _with_concepts(tokens: Sequence[Token]) -> list[Token]:
    """Each word with all it can mean; the longest phrase first. Units get their unit."""
    merged: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token.kind != "word":
            merged.append(token)
            at += 1
            continue
        phrase, length = _phrase(tokens, at)
        text = " ".join(part.text for part in tokens[at : at + length])
        unit = unit_of(phrase, behind_number=bool(merged) and merged[-1].kind == "number")
        merged.append(Token("word", text, phrase, concepts_of(phrase), unit=unit))
        at += length
    return merged


def _phrase(tokens: Sequence[Token], at: int) -> tuple[str, int]:
    """The longest known phrase from `at` on, and how many tokens it takes; hyphens and apostrophes are skipped."""
    words, phrase, taken = [tokens[at].folded], tokens[at].folded, 1
    most = LONGEST_PHRASES.get(words[0], 1)
    place = at + 1
    while len(words) < most and place < len(tokens):
        token = tokens[place]
        place += 1
        if token.kind == "word":
            words.append(token.folded)
            joined = " ".join(words)
            if joined in WORDS or joined in UNIT_WORDS:
                phrase, taken = joined, place - at
        elif token.text not in ("-", "'", "’"):
            break
    return phrase, taken
