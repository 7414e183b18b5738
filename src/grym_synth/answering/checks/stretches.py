"""Lists of labelled stretches (`start_s`, `end_s` and what it is), read alike."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from ...messages import Evidence, Json
from ...theory.pitch import note_name
from ..chord_names import NO_CHORD, chord_id
from ..words.phrasing import finite
from .case import Case
from .held import canonical_key
from .names import pitch
from .tokens import MASK, Name, Quantity

#: Lists, and the kind of name that their entries have.
LISTS = {
    "chords.segments": "note", "structure.sections": "section", "tonality.key_changes": "key", "notes.notes": "note",
    "notes.melody": "note",
}  # fmt: skip
EDGE_S = 0.02  # a stretch that a printed time only touches with its last half second does not sound there


@dataclass(frozen=True, slots=True)
class Entry:
    start_s: float
    end_s: float
    label: Hashable
    bars: float | None


def entries_of(item: Evidence) -> list[Entry]:
    found: list[tuple[float, float, Entry]] = []
    for each in item.value if isinstance(item.value, list) else []:
        if not isinstance(each, dict):
            continue
        start, end, label = finite(each.get("start_s")), finite(each.get("end_s")), _label(item, each)
        if start is not None and end is not None and label is not None:
            # Notes that begin together are told from the lowest up.
            found.append((start, finite(each.get("midi")) or 0.0, Entry(start, end, label, finite(each.get("bars")))))
    return [entry for *_, entry in sorted(found, key=lambda each: each[:2])]


def _label(item: Evidence, each: Mapping[str, Json]) -> Hashable | None:
    label = each.get("label")
    if item.kind == "note":
        midi = each.get("midi")
        return note_name(round(midi)) if isinstance(midi, int | float) else None
    if item.kind == "musical_key":
        return canonical_key(str(each.get("key")))
    if item.kind == "chord":
        return "N" if str(label) in NO_CHORD else chord_id(str(label))
    return label if isinstance(label, str) else None


def label_of(case: Case, name: Name, kind: str) -> Hashable | None:
    if kind == "key":
        return canonical_key(name.text)
    if kind == "section":
        return name.text
    if "chords" in case.topics:
        return chord_id(name.text)
    return pitch(name.text)


def collapsed(entries: Sequence[Entry]) -> list[Entry]:
    """Neighbours that are the same as one; what is no chord is left out."""
    kept: list[Entry] = []
    for entry in entries:
        if entry.label == "N":
            continue
        if kept and kept[-1].label == entry.label:
            kept[-1] = Entry(kept[-1].start_s, entry.end_s, entry.label, None)
        else:
            kept.append(entry)
    return kept


def room(quantity: Quantity) -> float:
    return 0.5 + 1e-6 if quantity.clock else max(0.05, max(each.step for each in quantity.readings) / 2) + 1e-6


def near_length(quantity: Quantity, value: float) -> bool:
    return any(abs(each.value - value) <= max(0.05, min(each.step / 2, 0.5)) + 1e-6 for each in quantity.readings)


def is_near(quantity: Quantity, value: float) -> bool:
    return any(abs(each.value - value) <= room(quantity) for each in quantity.readings)


def gap(case: Case, start: int, end: int) -> int:
    """Letters between two places, the names of recordings aside; negative when the first lies behind."""
    return len(case.tokens.unnamed[start:end].replace(MASK, "")) if end >= start else -1
