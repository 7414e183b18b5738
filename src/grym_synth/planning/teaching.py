"""What a sentence teaches of the recordings beside it: "this is a snare", "no, that's 140", "it's in A minor".

Only plain statements that are understood as a whole teach; a question, or a statement with anything else in it, does
not. Negations are read, and what cannot be told apart is asked back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..regex import lazily
from ..theory.keys import parse_key

Field = Literal["label", "tempo", "key"]

LOWEST_BPM, HIGHEST_BPM = 20.0, 400.0


@dataclass(frozen=True, slots=True)
class Teaching:
    """One thing that is taught of every recording of the question.

    value : the label as it was said, the tempo in BPM, or the key
    is_so : False where it is said not to be that
    """

    field: Field
    value: str | float
    is_so: bool = True


_OPENING = r"(?:(?:no|nope|wrong|actually|sorry|hey|ok|okay|well|but|please|remember|note)\b[\s,.!:;-]*(?:that\s+)?)*"
_THING = r"(?:file|sound|recording|sample|track|song|loop|hit)"
_IT = rf"(?:th(?:is|at|e) {_THING}|th(?:is|at) one|this|that|it|these|those|they)"
_IS = r"(?:\s+(?:is|are|was)|['’]?s|['’]re|s)"
_NOT = r"(?:\s+not|n['’]t)"
_ADVERB = r"(?:\s+(?:really|actually|in fact|clearly|definitely|truly|supposed to be))?"
_END = r"(?:\s*,?\s*(?:not|and not|instead of)\s+(?P<instead>[^,.!?]{1,40}))?\s*[.!]*\s*"
_BPM = r"(?P<bpm>\d{2,3}(?:[.,]\d{1,3})?)"
_KEY = r"(?P<key>[A-Ha-h](?:\s?(?:#|b|♯|♭|sharp|flat))?[\s-]*(?:minor|major|min|maj|m|moll|dur)|[A-H][#b♯♭]?)"
_THE_TEMPO = rf"(?:(?:the|its|my|real|right|true|correct|actual)\s+)*(?:tempo|bpm|speed)(?:\s+(?:of {_IT}))?"
_THE_KEY = rf"(?:(?:the|its|my|real|right|true|correct|actual)\s+)*(?:key|tonality)(?:\s+(?:of {_IT}))?"
_LABEL = r"(?P<label>[a-z0-9][a-z0-9 &'+/-]{0,38}[a-z0-9]|[a-z0-9])"


def _pattern(body: str) -> re.Pattern[str]:
    return lazily(_OPENING + body + _END, re.IGNORECASE)


_TEMPO = (
    _pattern(rf"{_IT}{_IS}{_ADVERB}\s+(?:at\s+)?(?:about\s+)?{_BPM}\s*(?:bpm|beats (?:a|per) minute)?"),
    _pattern(rf"{_IT}\s+(?:runs|goes|plays)\s+at\s+{_BPM}\s*(?:bpm)?"),
    _pattern(rf"{_THE_TEMPO}(?:{_IS}|\s+should be|\s*[:=])\s*{_BPM}\s*(?:bpm)?"),
    _pattern(rf"{_BPM}\s*bpm"),
)
_KEYS = (
    _pattern(rf"{_IT}{_IS}{_ADVERB}\s+(?:in\s+)(?:the key of\s+)?{_KEY}"),
    _pattern(rf"{_IT}{_IS}{_ADVERB}\s+(?P<key>[A-H](?:\s?(?:#|b|♯|♭|sharp|flat))?\s*(?:minor|major))"),
    _pattern(rf"{_THE_KEY}(?:{_IS}|\s+should be|\s*[:=])\s*{_KEY}"),
)
_LABELS = (
    _pattern(rf"{_IT}{_IS}(?P<not>{_NOT})?{_ADVERB}\s+(?:an?|my)\s+{_LABEL}"),
    _pattern(rf"(?:teach|learn|remember|label|tag|mark|call)\s+{_IT}\s+(?:as\s+)?(?:an?\s+)?[\"'“]?{_LABEL}[\"'”]?"),
    _pattern(rf"{_IT}\s+(?P<not>(?:is|are)n['’]?t|(?:is|are) not)\s+(?:an?|my)\s+{_LABEL}"),
)
#: What follows "a" and is no kind of sound: a judgement, or half a question.
_NO_LABEL = lazily(
    r"\b(?:question|problem|bit|little|lot|test|mess|joke|good|bad|great|nice|shame|pity|must|what|which|how|why|"
    r"file|recording|song|track|too|very|than|or|and|but|because|if|when|who|that|with|bpm|at|in|key|tempo|minor|major)\b",
    re.IGNORECASE,
)


def read_teaching(question: str) -> Teaching | None:
    """What a sentence teaches; None when it is no such statement."""
    text = " ".join(question.split())
    if not text or len(text) > 120 or "?" in text:
        return None
    for pattern in _TEMPO:
        found = pattern.fullmatch(text)
        if found and LOWEST_BPM <= (bpm := float(found["bpm"].replace(",", "."))) <= HIGHEST_BPM:
            return Teaching("tempo", bpm)
    for pattern in _KEYS:
        found = pattern.fullmatch(text)
        if found and (key := parse_key(found["key"])):
            return Teaching("key", key)
    for pattern in _LABELS:
        found = pattern.fullmatch(text)
        if found and not _NO_LABEL.search(found["label"]):
            is_so = "not" not in found.re.groupindex or found["not"] is None
            return Teaching("label", found["label"].casefold(), is_so)
    return None
