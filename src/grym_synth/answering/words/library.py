"""What the library holds of what was asked: how many, the figure that was asked for, and the first of them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from ...messages import Evidence
from . import phrasing as say
from .page import Page, labels

_SUBJECT = ""
_SHOWN, _BRIEF = 5, 2
PLACE = "library.place"
_PLACES = 4  # of a pattern in one recording
#: How a figure is told: its name, and a unit that the evidence carries.
_FIGURES: Mapping[str, str] = {
    "tempo_bpm": "tempo", "duration_s": "length", "integrated_lufs": "loudness",
}  # fmt: skip


def describe(page: Page) -> None:
    """The figure that was asked for, else how many match and the first of them; then how the question was read."""
    total = page.number(_SUBJECT, "library.total")
    if total is None:
        return
    asked = page.find(_SUBJECT, "library.asked")
    if asked is None or not (_figure(page, say.text_in(asked) or "") or _values(page)):
        _count(page, *total)
        _first(page)
    reading, unknown = page.find(_SUBJECT, "library.reading"), page.find(_SUBJECT, "library.not_understood")
    notes = page.find(_SUBJECT, "library.notes")
    if reading is not None and (text := say.text_in(reading)):
        page.remark(f"Searched for: {text}.")
    if notes is not None:
        page.note(f"Note: {say.text_in(notes)}.")
    if unknown is not None:
        page.note(f"Did not understand: {say.text_in(unknown)}.")
    if not page.paths:
        page.suggest("", command=f"To see more of them: grym find {shlex.quote(page.question)}")


def _count(page: Page, found: Evidence, total: float) -> None:
    if not total:
        page.say("The library has no recording that matches.", found)
    elif total == 1:
        page.say("1 recording of the library matches.", found)
    else:
        page.say(f"{total:.0f} recordings of the library match.", found)
    more = page.number(_SUBJECT, "library.at_other_times")
    if more is not None:
        page.add(f"{_recordings(more[1])} more match by another count of their beats.", more[0])


def _first(page: Page) -> None:
    found = [item for item in page.findings.evidence if item.name == "library.match"]
    found = found[: _BRIEF if page.is_brief else _SHOWN]
    names = labels([item.subject for item in found])
    if found:
        verb = "The first is" if len(found) == 1 else "The first are"
        page.say(f"{verb} {say.listed([names[item.subject] for item in found])}.", *found)
    for item in found:
        places = [each for each in page.findings.evidence if each.name == PLACE and each.subject == item.subject]
        starts = [start for each in places[:_PLACES] if (start := say.finite(each.value)) is not None]
        if starts:
            where = say.listed([say.position(start) for start in starts])
            page.say(f"In {names[item.subject]} it lies at {where}.", *places[:_PLACES])


def _figure(page: Page, asked: str) -> bool:
    """ "The average tempo is 124 BPM, the median 125 BPM."; False where none was asked for."""
    for figure, name in _FIGURES.items():
        every = {word: page.number(_SUBJECT, f"library.{word}_{figure}") for word in ("average", "median", "total")}
        main = every.get(asked)
        if main is None:
            continue
        unit = main[0].unit
        page.say(f"The {asked} {name} is {_told(main[1], unit)}.", main[0])
        other = every["average" if asked == "median" else "median"]
        if other is not None:
            page.add(f"The {'average' if asked == 'median' else 'median'} {name} is {_told(other[1], unit)}.", other[0])
        _measured(page)
        return True
    return False


def _values(page: Page) -> bool:
    """ "A minor: 5 recordings." for each value, the most frequent first."""
    values = [item for item in page.findings.evidence if item.name == "library.value"]
    counts = [item for item in page.findings.evidence if item.name == "library.value_count"]
    different = page.number(_SUBJECT, "library.different")
    if different is not None and different[1] > 1:
        page.say(f"There are {different[1]:.0f} different ones.", different[0])
    for value, count in zip(values, counts, strict=False):
        number, text = say.finite(count.value), say.text_in(value)
        if number is not None and text:
            said = text if value.kind == "musical_key" else f'"{text}"'
            page.say(f"{said}: {_recordings(number)}.", value, count)
    if values:
        _measured(page)
    return bool(values)


def _measured(page: Page) -> None:
    measured, missing = (page.number(_SUBJECT, f"library.{name}") for name in ("measured", "missing"))
    if measured is not None:
        page.add(f"It was measured in {_recordings(measured[1])}.", measured[0])
    if missing is not None and missing[1]:
        page.add(f"In {_recordings(missing[1])} it is missing.", missing[0])


def _recordings(count: float) -> str:
    return "1 recording" if count == 1 else f"{count:.0f} recordings"


def _told(value: float, unit: str) -> str:
    return f"{value:.{1 if abs(value) < 1000 else 0}f} {unit}".rstrip()
