"""What is told to sound alike: how much by which aspect, which is nearest, what is a copy, and that nothing is near."""

from __future__ import annotations

from ...messages import Evidence, Json
from ...regex import lazily
from ..words.phrasing import finite, text_in
from .case import Case, Problem

_MATCH, _NEAR = "similar.match", "similar.near"
_ASPECT = lazily(r"(?i)\b(timbre|rhythm|harmony|pitch|loudness)\W{1,3}(?:is |of )?(\d{1,3}(?:[.,]\d)?) ?(?:%|percent)")
_MOST = lazily(r"(?i)\b(?:most (?:like|similar|alike)|nearest (?!from)|closest|best match)\b")
_COPY = lazily(r"(?i)\b(?:cop(?:y|ies)|identical|duplicates?|the same (?:file|recording|sound|track))\b")
_NOTHING = lazily(
    r"(?i)\b(?:nothing|none|no (?:other )?(?:recording|file|sound)s?)\b[^.;]{0,60}\b(?:near|close|like|alike|similar)\b"
)
_NOT = lazily(r"(?i)(?:\b(?:no|not|never|neither)|n't)\b[^,;]{0,24}$")


def check_alike(case: Case) -> list[Problem]:
    """Claims about likeness that the cited matches do not bear out."""
    matches, text = case.by_name(_MATCH), case.tokens.text
    if not matches and not case.by_name(_NEAR):
        return []
    problems = []
    for found in _ASPECT.finditer(text):
        shares = [_number(item, f"{found[1].casefold()}_percent") for item in matches]
        if not any(share is not None and abs(share - float(found[2].replace(",", "."))) <= 0.5 for share in shares):
            problems.append(Problem(found[0], "no cited match is alike by that aspect so much"))
    for found in _COPY.finditer(text):
        named = _named(case, found.start(), matches)
        denied = _NOT.search(text[max(0, found.start() - 36) : found.start()]) is not None
        if named and all(_value(item).get("relation", "alike") == "alike" for item in named) is not denied:
            problems.append(Problem(found[0], "the cited match is told otherwise"))
    if (most := _MOST.search(text)) and len(matches) > 1:
        named = _named(case, most.start(), matches)
        best = max((_share(item) for item in matches), default=0.0)
        if named and max(map(_share, named)) < best:
            problems.append(Problem(most[0], "another cited match is more alike"))
    if (nothing := _NOTHING.search(text)) and any(text_in(item) == "near" for item in case.by_name(_NEAR)) and matches:
        problems.append(Problem(nothing[0], "something near is cited"))
    return problems


def _named(case: Case, start: int, matches: list[Evidence]) -> list[Evidence]:
    """The cited matches that the words there speak of."""
    subjects = {subject for name in case.group_at(start) for subject in name.subjects}
    return [item for item in matches if item.subject in subjects]


def _value(item: Evidence) -> dict[str, Json]:
    return item.value if isinstance(item.value, dict) else {}


def _number(item: Evidence, key: str) -> float | None:
    return finite(_value(item).get(key))


def _share(item: Evidence) -> float:
    return _number(item, "similarity_percent") or 0.0
