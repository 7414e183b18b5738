"""What can be asked here, with examples that fit the recordings at hand."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOT_MINE = "That is not a question I can answer."
_ABOUT = (
    "I listen to recordings, for tempo, key, chords, notes, loudness, spectrum, form, kind of sound and faults, "
    "compare them, and do music arithmetic."
)
_HELP = (
    r"(?:what|how) (?:can|could|do|should|may) (?:i|you|we|one)\b.*|help(?: me)?|what (?:are you|is this)(?: for)?"
    r"|who are you|was kannst du.*|qu[eé] puedes.*|que (?:peux|sais)-tu.*|o que (?:voc[eê]|podes).*|cosa (?:sai|puoi).*"
    r"|vad kan du.*|hilfe|ayuda|aide|ajuda|aiuto|hjälp"
)
_NONE = ('"How long is a dotted eighth at 120 BPM?"', '"Which notes are in F# minor?"')
_ONE = ('"How fast is it, and in which key?"', '"Is it loud enough for streaming?"', '"Is anything wrong with it?"')
_TWO = ('"What is the difference?"', '"Do they fit together?"', '"Which is louder?"')
_MANY = ('"Which is the fastest?"', '"Is anything wrong with any of these?"', '"Tempo and key of each?"')


def asks_for_help(question: str) -> bool:
    return re.fullmatch(rf"\W*(?:{_HELP})\W*", question.casefold()) is not None


def guidance(question: str, recordings: Sequence[str], *, is_brief: bool) -> str:
    """What to say to a question that is not for this hub: what is, and three examples of it."""
    count = len(recordings)
    examples = _TWO if count == 2 else _MANY if count > 2 else _ONE
    shown = f"Ask, for instance: {' '.join(examples)}"
    if not count:
        shown = f"Ask, for instance: {_NONE[0]} or, with a file behind it, {_ONE[0]} and {_ONE[2]}"
    opening = _ABOUT if asks_for_help(question) else f"{_NOT_MINE} {_ABOUT}"
    return opening if is_brief else f"{opening} {shown}"
