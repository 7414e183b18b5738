"""What a word means to an edit: as it is, by its beginning, without a pronoun at its end, or but for a slip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...regex import lazily
from .lexicon import CONCEPTS, FORMATS, UNITS


def _read_table(table: Mapping[str, str]) -> tuple[dict[str, frozenset[str]], dict[str, list[tuple[str, str]]]]:
    """Whole words and phrases → keys; and beginnings → keys, by their first three letters."""
    whole: dict[str, set[str]] = {}
    begun: dict[str, list[tuple[str, str]]] = {}
    for key, words in table.items():
        for word in words.split():
            if word.endswith("*"):
                begun.setdefault(word[:3], []).append((word[:-1], key))
            else:
                whole.setdefault(word.replace("_", " "), set()).add(key)
    return {word: frozenset(keys) for word, keys in whole.items()}, begun


WORDS, _BEGUN = _read_table(CONCEPTS)
UNIT_WORDS: Mapping[str, str] = {
    word.replace("_", " "): unit for unit, words in UNITS.items() for word in words.split()
}


def _longest(phrases: Iterable[str]) -> dict[str, int]:
    """First word → words of the longest phrase that begins with it."""
    longest: dict[str, int] = {}
    for phrase in phrases:
        first, _, rest = phrase.partition(" ")
        longest[first] = max(longest.get(first, 1), 1 + len(rest.split()))
    return longest


LONGEST_PHRASES = _longest([*WORDS, *UNIT_WORDS])


def concepts_of(word: str) -> frozenset[str]:
    """Everything that a folded word or phrase can mean."""
    begun = {key for beginning, key in _BEGUN.get(word[:3], ()) if word.startswith(beginning)}
    found = WORDS.get(word, frozenset()) | begun
    if not found and word not in UNIT_WORDS and word not in FORMATS and (meant := _meant(word, _WORDS_BY_LETTER)):
        found = WORDS[meant]
    if not found and (match := _ENCLITIC.fullmatch(word)):
        return concepts_of(match[1])
    return found | {implied for concept, implied in _IMPLIED.items() if concept in found}


def unit_of(word: str, *, behind_number: bool) -> str:
    """The unit that a word names; behind a number a slip is forgiven."""
    unit = UNIT_WORDS.get(word, "")
    if not unit and behind_number and word not in WORDS and word not in FORMATS:
        unit = UNIT_WORDS.get(_meant(word, _UNITS_BY_LETTER), "")
    return unit


def _meant(word: str, known_words: Mapping[str, list[str]]) -> str:
    """The known word that an unknown one is but for one slip of a finger; "" for none.

    Short words only count when two neighbours changed places: too many others lie near them.
    """
    for known in known_words.get(word[:1], ()) if 4 <= len(word) <= 20 else ():
        if _is_swapped(word, known) or (len(word) >= 6 and len(known) >= 6 and _is_slip(word, known)):
            return known
    return ""


def _is_swapped(one: str, other: str) -> bool:
    if len(one) != len(other):
        return False
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and one[apart[0]] == other[apart[1]]
        and one[apart[1]] == other[apart[0]]
    )


def _is_slip(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing or too many."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    shorter, longer = sorted((one, other), key=len)
    return shorter[at + (len(one) == len(other)) :] == longer[at + 1 :]


def _by_letter(words: Iterable[str]) -> Mapping[str, list[str]]:
    """Single words long enough to be mistyped, by their first letter."""
    found: dict[str, list[str]] = {}
    for word in words:
        if " " not in word and len(word) >= 4:
            found.setdefault(word[0], []).append(word)
    return found


_WORDS_BY_LETTER, _UNITS_BY_LETTER = _by_letter(WORDS), _by_letter(UNIT_WORDS)
_ENCLITIC = lazily(r"([^\W\d_]{4,20}?)(?:me)?(?:los|las|lo|la|le|li|los)")  # "córtalo", "taglialo"
_IMPLIED = {"CUT_OUT": "CUT", "FADE_IN": "FADE", "FADE_OUT": "FADE"}
