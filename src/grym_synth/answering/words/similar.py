"""What of the library sounds like a recording: its copies, the same in other files, what is near and by what."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from ...messages import Evidence, Json
from . import phrasing as say
from .page import Page, labels

MATCH, NEAR, WEIGHTS = "similar.match", "similar.near", "similar.weights"
PATTERN, NO_PATTERN, PLACE, COMPARED = (
    "similar.pattern",
    "similar.no_pattern",
    "similar.place",
    "similar.places_compared",
)
SHARED = "similar.shared"

_ASPECTS = ("pitch", "timbre", "rhythm", "harmony", "loudness")
_SHOWN, _BRIEF = 5, 2
_TELLING = 60.0  # percent: an aspect below it is no reason
_REASONS = 2
_PLACES = 6  # of a pattern
_LEAST = 0.5  # likeness below which nothing is told beside what is near


def describe(page: Page) -> None:
    """Copies and the same in other files, the nearest in a sentence of its own with its reasons, the others in a line.

    Where nothing is near that is said first, and what is least far only then.
    """
    found = [item for item in page.findings.evidence if item.name == MATCH and _value(item)]
    _tell_patterns(page)
    near = next((item for item in page.findings.evidence if item.name == NEAR), None)
    if near is None:
        return
    names = labels(tuple(dict.fromkeys((*page.paths, near.subject, *(item.subject for item in found)))))
    if not found:
        page.say("Nothing else in the library sounds like it.", near)
        return
    if say.text_in(near) != "near":
        page.say("Nothing in the library is near it.", near)
        _tell_rest(page, found[: 1 if page.is_brief else 2], "The least far", names)
    else:
        for item in [item for item in found if _relation(item) != "alike"][: _BRIEF if page.is_brief else _SHOWN]:
            what = "is a copy of it" if _relation(item) == "copy" else "holds the same recording"
            page.say(f"{names[item.subject]} {what}.", item)
        alike = [item for item in found if _relation(item) == "alike" and item.confidence >= _LEAST]
        if alike:
            _tell_nearest(page, alike[0], names)
            if not page.is_brief:
                _tell_shared(page, alike[:_SHOWN], names)
            _tell_rest(page, alike[1 : _BRIEF if page.is_brief else _SHOWN], "Then", names)
    _tell_weights(page)
    page.suggest("", command=f"To see more of them: grym similar {shlex.quote(near.subject)}")


def _tell_patterns(page: Page) -> None:
    """Whether the patterns that the question names lie in the recording, and at which seconds."""
    places: list[Evidence] = []
    for item in reversed(page.findings.evidence):  # the places of a pattern stand behind it
        name = f'"{say.text_in(item)}"'
        if item.name in (PLACE, COMPARED):
            places.insert(0, item)
        elif item.name == PATTERN:
            told, more = places[:_PLACES], len(places) - _PLACES
            where = say.listed([say.position(start) for each in told if (start := say.finite(each.value)) is not None])
            page.say(f"It holds {name}, at {where}{' and later' if more > 0 else ''}.", item, *told)
            places = []
        elif item.name == NO_PATTERN:
            count = say.finite(places[0].value) if places else None
            compared = "" if count is None else f"; it was held against {say.count(count, 'place')}"
            page.say(f"{name} does not recur in it{compared}.", item, *places)
            places = []


def _tell_nearest(page: Page, item: Evidence, names: Mapping[str, str]) -> None:
    value, name = _value(item), names[item.subject]
    share = say.finite(value.get("similarity_percent"))
    if share is None:
        return
    reasons = _reasons(value)
    by = f", by {say.listed(reasons)}" if reasons and not page.is_brief else ""
    page.say(f"{name} sounds most like it ({say.percent(share)} alike){by}.", item, support="inferred")
    if item.span is not None and item.span.start_s > 0.0:
        where = f"from {say.position(item.span.start_s)} to {say.position(item.span.end_s)}"
        page.add(f"{name} is nearest {where}.", item, support="inferred")


def _tell_shared(page: Page, matches: Sequence[Evidence], names: Mapping[str, str]) -> None:
    """The pattern that the first of them and the recording both hold, with where it begins in each."""
    told = {item.subject for item in matches}
    evidence = page.findings.evidence
    for what, here, there in zip(evidence, evidence[1:], evidence[2:], strict=False):
        begins = [start for each in (here, there) if (start := say.finite(each.value)) is not None]
        if what.name != SHARED or there.subject not in told or len(begins) < 2:
            continue
        pattern = f'"{text}"' if (text := say.text_in(what)) else "the same fragment"
        starts = [
            f"{say.position(start)} in {names[each.subject]}" for start, each in zip(begins, (here, there), strict=True)
        ]
        page.say(
            f"Both hold {pattern}: it begins at {starts[0]} and at {starts[1]}.",
            what,
            here,
            there,
        )
        return


def _tell_rest(page: Page, items: Sequence[Evidence], word: str, names: Mapping[str, str]) -> None:
    told = [
        f"{names[item.subject]} ({say.percent(share)} alike)"
        for item in items
        if (share := say.finite(_value(item).get("similarity_percent"))) is not None
    ]
    if told:
        verb = "" if word == "Then" else " is" if len(told) == 1 else " are"
        page.say(f"{word}{verb} {say.listed(told)}.", *items, support="inferred")


def _tell_weights(page: Page) -> None:
    """That the aspects count as the owner's choices taught, and how much each."""
    weights = next((item for item in page.findings.evidence if item.name == WEIGHTS), None)
    if weights is not None and not page.is_brief:
        shares = [
            f"{name} {say.percent(share)}" for name in _ASPECTS if (share := say.finite(_value(weights).get(name)))
        ]
        page.say(f"By what you taught, each aspect counts so much: {say.listed(shares)}.", weights)


def _reasons(value: Mapping[str, Json]) -> list[str]:
    """The aspects by which it is nearest, the strongest first."""
    shares = [(share, name) for name in _ASPECTS if (share := say.finite(value.get(f"{name}_percent"))) is not None]
    strong = sorted((each for each in shares if each[0] >= _TELLING), key=lambda each: -each[0])[:_REASONS]
    return [f"{name} ({say.percent(share)})" for share, name in strong]


def _value(item: Evidence) -> dict[str, Json]:
    return item.value if isinstance(item.value, dict) else {}


def _relation(item: Evidence) -> str:
    return str(_value(item).get("relation", "alike"))
