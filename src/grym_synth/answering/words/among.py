"""Several recordings beside each other: which is first and which last, how they are spread, which lines are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...messages import Evidence
from . import phrasing as say
from .certainty import LIKELY
from .page import Page

FEW = 10  # recordings up to which a brief answer has a line for each
SOME = 12  # the same of a normal answer
EDGE = 3  # lines from either end where there are more
_ORDER = (
    r"which|what one|who|welche[rsnm]?|cu[aá]l(?:es)?|quel(?:le)?s?|qual|quali|quais|vilken|vilka|rank|sort|order"
    r"|\w{3,}est|most|least|(?:loud|quiet|fast|slow|bright|dark|long|short|soft|warm)er|same|equal|identical|differ\w*"
)
SAME = r"same|equal|identical|gleiche[nrs]?|misma|mismo|mesma|mesmo|même|stess[ao]|samma"
_EACH = (
    r"each|every|all of them|list|one by one|jede[rsnm]?|cada|chaque|ogn[iu]\w*|varje|alle|todos|todas|tous|tutti|alla"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number by which recordings are put in order."""

    name: str  # of the finding
    top: str  # what the greatest is called: "loudest"
    bottom: str
    of_two: tuple[str, str]  # the same of two: "louder", "quieter"
    show: Callable[[float], str]
    difference: tuple[str, str, str]  # name, kind and unit of the evidence for what lies between them
    same: str  # said where they hardly differ
    close: float  # a smaller difference is none


def asks_for_order(page: Page) -> bool:
    """Whether a question wants to know which one, not how much each."""
    return page.asks(_ORDER)


def asks_for_each(page: Page) -> bool:
    return page.asks(_EACH)


def in_order(page: Page, subjects: Sequence[str], name: str) -> list[tuple[float, Evidence]]:
    """The recordings that have that number, the greatest first."""
    found = [(each[1], each[0]) for subject in subjects if (each := page.number(subject, name)) is not None]
    return sorted(found, key=lambda each: each[0], reverse=True)


def rank(page: Page, subjects: Sequence[str], measure: Measure, *, from_below: bool = False) -> list[str]:
    """Say which is first and which last by a measure; the recordings in that order."""
    found = in_order(page, subjects, measure.name)
    if len(found) < 2:
        return [item.subject for _, item in found]
    (top, first), (bottom, last) = found[0], found[-1]
    order = [item.subject for _, item in found]
    if top - bottom < measure.close:
        page.say(page.verdict(True, measure.same) if page.asks(SAME) else measure.same, *(item for _, item in found))
        return order
    name, kind, unit = measure.difference
    gap = page.compute(name, kind, unit, top - bottom, "{0} - {1}", first, last)
    sure = min(first.confidence, last.confidence) >= LIKELY
    lead = "" if sure else "As far as I can tell, "
    words = measure.of_two if len(found) == 2 else (measure.top, measure.bottom)
    ends = [
        (page.name(first.subject), words[0], measure.show(top)),
        (page.name(last.subject), words[1], measure.show(bottom)),
    ]
    if from_below:
        ends.reverse()
    (one, is_one, at_one), (other, is_other, at_other) = ends
    between = f"{say.trimmed(top - bottom, 1)} {unit} {'below' if from_below else 'above'}"
    if len(found) == 2:
        text = f"{lead}{one} is the {is_one} at {at_one}, {between} {other} at {at_other}."
    else:
        text = f"{lead}{one} is the {is_one} at {at_one}, {other} the {is_other} at {at_other}."
    cited = [item for _, item in found] + ([gap] if len(found) == 2 else [])
    if page.asks(SAME):
        text = page.verdict(False, text)
    page.say(text, *cited, support="computed" if len(found) == 2 else "measured")
    return order[::-1] if from_below else order


def shares(page: Page, named: Sequence[tuple[str, Evidence]], *, one: str, most: int = 6) -> None:
    """ "A minor: 27 recordings; C major: 13 recordings": how often each comes, the most frequent first."""
    counts = Counter(name for name, _ in named).most_common()
    items = [item for _, item in named]
    told = []
    made = []
    for name, number in counts[:most]:
        operands = [item for other, item in named if other == name]
        made.append(page.compute(one, "count", "", number, f"how many recordings: {name}", *operands))
        told.append(f"{name}: {say.count(number, 'recording')}")
    text = "; ".join(told) + ("; and others" if len(counts) > most else "")
    page.say(f"{text[:1].upper()}{text[1:]}.", *items, *made, support="computed")


def shown(page: Page, subjects: tuple[str, ...], order: Sequence[str]) -> tuple[str, ...]:
    """The recordings that get a line: all of a few; of many those at either end, unless each was asked for."""
    most = FEW if page.is_brief else SOME
    if page.is_full or len(subjects) <= most or (not page.is_brief and asks_for_each(page)):
        return subjects
    by_rank = tuple(order) or subjects
    return (*by_rank[:EDGE], *by_rank[-EDGE:]) if order else by_rank[: 2 * EDGE]
