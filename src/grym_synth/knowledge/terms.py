"""What a question looks for: its words without those that every question has, and their stems."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from ..regex import lazily

_WORD = lazily(r"[^\W_]+(?:[.'’-](?=[^\W_])[^\W_]+)*")
_LONGEST = 40  # characters of a word that is looked for
MOST = 24  # words of a question that are looked for

#: Words that say nothing of what is looked for, in the languages in which questions come most often.
STOP = frozenset(
    """a about above according actually after again all also am an and any anything are around as ask at be because been
    before being below best between both but by can cannot could did do does doing done don each either else ever every
    find for from get gets give given gives go goes good got had has have having he her here him his how i if in into is
    it its itself just keep let like look looks make makes many may me mean means might mine more most much must my need
    needs never no nor not notes note noted of off often on once one ones only or other our out over own please quote
    rather read really said same say says see shall she should show so some something still such take tell than that
    the their them then there these they thing things this those though to too under until up upon us use used uses
    using very want was way ways we were what when where whether which while who whom whose why will with within
    without would write written wrote yes yet you your knowledge base page pages source sources document documents
    der die das ein eine einen und oder ist sind was wie wo wann wer mit von zu zum zur im in den dem des über meine
    meinen notizen sagt sagen le la les un une des et ou est sont que qui quoi comment où avec de du dans mes que dit
    disent el los las una y o es son qué cómo cuál dónde con en mis dice dicen
    """.split()
)  # fmt: skip

_ENDINGS = (
    "izations", "ization", "ions", "ion", "ations", "ation", "ments", "ment", "ingly", "edly", "nesses", "ness",
    "ities", "ity",
    "ings", "ing", "ives", "ive", "able", "ible", "ally", "ies", "ied", "ers", "ors", "er", "or", "ed", "es", "al",
    "ly", "s", "e", "y",
)  # fmt: skip


_INNER = lazily(r"[.'’-]")


def words_of(text: str) -> Iterator[str]:
    """Words in lower case without accents; "zero-phase" is two."""
    for match in _WORD.finditer(_plain(text)):
        word = match[0][:_LONGEST]
        if word.isalnum() or word[:1].isdigit():
            yield word
        else:
            yield from _INNER.split(word)


def terms_of(question: str) -> tuple[str, ...]:
    """The words that a question looks for, each once, at most 24; when it has none of its own, all of them."""
    every = list(dict.fromkeys(words_of(question)))
    told = [word for word in every if word not in STOP and (len(word) > 1 or not word.isascii() or word.isdigit())]
    return tuple((told or every)[:MOST])


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The beginning that forms of one word share: "filters", "filtering" and "filtered" are "filt"."""
    return _shorter(_shorter(word))


def _shorter(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            rest = word[: -len(ending)]
            return rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] else rest
    return word


def stems_of(text: str) -> list[str]:
    return [stem(word) for word in words_of(text)]


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
