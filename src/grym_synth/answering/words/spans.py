"""Labelled stretches of a recording: chords, sections, keys and notes, as lists of start, end and what it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...messages import Evidence, Json
from . import phrasing as say
from .page import Page

LISTED = 12  # more entries than this nobody reads in a sentence


@dataclass(frozen=True, slots=True)
class Stretch:
    """One entry of such a list."""

    start_s: float
    end_s: float
    label: str
    confidence: float
    fields: dict[str, Json]

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def stretches(found: Evidence | None, key: str = "label") -> list[Stretch]:
    """The entries that have a start, an end and a text under `key`, in their order."""
    read = []
    for item in say.objects_in(found):
        start, end = say.finite(item.get("start_s")), say.finite(item.get("end_s"))
        label = item.get(key)
        if start is not None and end is not None and isinstance(label, str):
            sure = say.finite(item.get("confidence"))
            read.append(Stretch(start, end, label, 1.0 if sure is None else sure, item))
    return read


def at(entries: Sequence[Stretch], second: float) -> Stretch | None:
    """The entry that sounds at a time."""
    return next((each for each in entries if each.start_s <= second < each.end_s), None)


def between(entries: Sequence[Stretch], start_s: float, end_s: float) -> list[Stretch]:
    """The entries that sound within a range."""
    return [each for each in entries if each.start_s < end_s and each.end_s > start_s]


def asked_times(page: Page) -> tuple[float | None, float | None]:
    """The position, or the range, that a question names: (1:05, None), (30 s, 60 s), (None, None)."""
    start, end = (say.finite(page.params.get(name)) for name in ("start_s", "end_s"))
    return start, end


def when(second: float) -> str:
    """A time of a question as an answer repeats it: "1:05", "12.5 s"."""
    whole = abs(second - round(second)) < 0.005
    return say.clock(second) if whole and second >= 10 else f"{say.trimmed(second, 2)} s"


def listed_some(shown: Sequence[str], limit: int = LISTED, joint: str = ", ") -> str:
    """Entries with a joint between them; of many the first ones, "and so on"."""
    return joint.join(shown[:limit]) + (", and so on" if len(shown) > limit else "")
