"""What evidence holds: its numbers in base units, its words, its keys, and the recordings it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ...messages import Evidence, Json
from ...theory.pitch import note_name
from ..weigh import TEMPO_TAGS, pitch_class_name, read_key
from ..words.phrasing import finite
from .tokens import normalise

Relation = Literal["finding", "span", "length", "confidence", "tag", "count"]

_BASE: dict[str, tuple[str, float]] = {"ms": ("s", 1e-3), "": ("", 1.0)}
_SUFFIXES: tuple[tuple[str, str, float], ...] = (
    ("_dbfs", "dBFS", 1.0), ("_dbtp", "dBTP", 1.0), ("_lufs", "LUFS", 1.0), ("_db", "dB", 1.0), ("_lu", "LU", 1.0),
    ("_khz", "Hz", 1e3), ("_hz", "Hz", 1.0), ("_bpm", "BPM", 1.0), ("_ms", "s", 1e-3), ("_s", "s", 1.0),
    ("cents", "cents", 1.0), ("_percent", "%", 1.0), ("semitones", "semitones", 1.0), ("_bit", "bit", 1.0),
)  # fmt: skip
#: What a count counts, by its name; and what the items of a list are.
COUNTED: dict[str, tuple[str, ...]] = {
    "rhythm.beat_count": ("beat",), "rhythm.onset_count": ("onset",), "facts.channels": ("channel",),
    "facts.clipped_samples": ("sample",), "facts.nonfinite_samples": ("sample",),
    "spectrum.n_fft": ("point", "sample", "bin"), "rhythm.metre": ("beat",), "chords.distinct": ("chord",),
    "structure.section_count": ("section",), "chords.changes_per_minute": ("change",), "notes.note_count": ("note",),
    "library.total": ("file",), "library.at_other_times": ("file",), "library.value_count": ("file",),
    "library.different": ("file",),
    "library.measured": ("file",), "library.missing": ("file",), "library.searched": ("file",),
}  # fmt: skip
ITEMS: dict[str, str] = {
    "rhythm.beats_s": "beat", "rhythm.onsets_s": "onset", "rhythm.downbeats_s": "downbeat",
    "structure.sections": "section", "notes.notes": "note", "notes.melody": "note", "timbre.tags": "tag",
    "tonality.key_changes": "key",
    "facts.silence_s": "silence",
    "spectrum.peaks": "peak", "spectrum.resonances": "resonance", "facts.tags": "tag",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One number that evidence holds."""

    value: float
    unit: str  # base unit; "#" for counts
    evidence: Evidence
    relation: Relation = "finding"
    item: int | None = None  # place in a list
    key: str = ""  # field of an object, tag, or what is counted; "asked", "between" for differences
    other: Evidence | None = None  # what a difference was taken to

    @property
    def is_alternative(self) -> bool:
        return self.evidence.rank > 0 and self.evidence.capability != "theory"

    @property
    def is_reference(self) -> bool:
        """Whether it is a level that recordings are held against, not one that was measured."""
        return (
            self.evidence.capability == "loudness" and not self.evidence.subject and self.evidence.source.agent == "hub"
        )

    @property
    def is_difference(self) -> bool:
        """Whether its sign says a direction, so that words may carry it: "8 cents flat"."""
        computed = self.evidence.source.agent == "hub" and " - " in self.evidence.source.method
        kind = self.evidence.kind in ("loudness_difference", "tuning", "interval")
        if self.evidence.capability == "compare" and self.relation == "finding" and self.item is None:
            return True
        return kind or computed or self.key in ("cents", "asked", "between") or self.evidence.name == "facts.balance_db"


def facts_of(evidence: Evidence) -> list[Fact]:
    """Every number of one finding."""
    found = list(_value_facts(evidence))
    if evidence.span is not None:
        found.append(Fact(evidence.span.start_s, "s", evidence, "span", key="start"))
        found.append(Fact(evidence.span.end_s, "s", evidence, "span", key="end"))
    found.append(Fact(100 * evidence.confidence, "%", evidence, "confidence"))
    return found


def _value_facts(evidence: Evidence) -> Iterator[Fact]:
    value, unit, scale = evidence.value, *_BASE.get(evidence.unit, (evidence.unit, 1.0))
    if evidence.kind == "count" or evidence.name == "chords.changes_per_minute":
        unit = "#"
    if evidence.name == "facts.codec" and isinstance(value, str):
        if match := re.fullmatch(r"PCM_[SU]?(\d{1,2})", value):
            yield Fact(float(match[1]), "bit", evidence)
    elif (number := finite(value)) is not None:
        for noun in COUNTED.get(evidence.name, ("",)) if unit == "#" else ("",):
            yield Fact(number * scale, unit, evidence, key=noun)
    elif isinstance(value, list):
        if evidence.name in ITEMS:
            yield Fact(float(len(value)), "#", evidence, "count", key=ITEMS[evidence.name])
        if evidence.name == "rhythm.downbeats_s":
            yield Fact(float(len(value)), "#", evidence, "count", key="bar")
        for index, item in enumerate(value):
            yield from _item_facts(evidence, item, index, unit, scale)
    elif isinstance(value, dict):
        if evidence.kind == "tag":
            yield from _tag_facts(evidence, value)
        else:
            yield from _object_facts(evidence, value, None, unit, scale)


def _item_facts(evidence: Evidence, item: Json, index: int, unit: str, scale: float) -> Iterator[Fact]:
    if (number := finite(item)) is not None:
        yield Fact(number * scale, unit, evidence, item=index)
    elif isinstance(item, dict):
        yield from _object_facts(evidence, item, index, unit, scale)
    elif isinstance(item, list):
        edges = [edge * scale for edge in map(finite, item) if edge is not None]
        if len(edges) != 2:
            yield from (Fact(edge, unit, evidence, item=index) for edge in edges)
        else:
            yield Fact(edges[0], unit, evidence, item=index, key="start")
            yield Fact(edges[1], unit, evidence, item=index, key="end")
            yield Fact(edges[1] - edges[0], unit, evidence, "length", index)


def _object_facts(
    evidence: Evidence, item: dict[str, Json], index: int | None, unit: str, scale: float
) -> Iterator[Fact]:
    start, end = finite(item.get("start_s")), finite(item.get("end_s"))
    if start is not None and end is not None:
        yield Fact(start, "s", evidence, item=index, key="start")
        yield Fact(end, "s", evidence, item=index, key="end")
        yield Fact(end - start, "s", evidence, "length", index)
    for key, value in item.items():
        number = finite(value)
        if number is None or (key in ("start_s", "end_s") and end is not None):
            continue
        if key == "bars":
            yield Fact(number, "#", evidence, item=index, key="bar")
            continue
        if key == "confidence" or key == "velocity":
            if evidence.kind != "note":  # of thousands of notes nobody tells how sure each is
                yield Fact(100 * number, "%", evidence, "confidence", index)
            continue
        named = next(((name, worth) for end, name, worth in _SUFFIXES if key.endswith(end)), (unit, scale))
        yield Fact(number * named[1], named[0], evidence, item=index, key=key)


def _tag_facts(evidence: Evidence, tags: dict[str, Json]) -> Iterator[Fact]:
    yield Fact(float(len(tags)), "#", evidence, "count", key="tag")
    for key, value in tags.items():
        text = value if isinstance(value, str) else f"{value:g}" if finite(value) is not None else ""
        match = re.fullmatch(r"\s*(-?\d{1,9}(?:[.,]\d{1,4})?)\s*(?:bpm)?\s*", text[:40], re.IGNORECASE)
        if match:
            unit = "BPM" if key.casefold() in TEMPO_TAGS else ""
            yield Fact(float(match[1].replace(",", ".")), unit, evidence, "tag", key=key)


def strings_of(evidence: Evidence) -> list[str]:
    """Every text that a finding holds (names of tags and bands too; notes by their names), normalised."""
    if evidence.kind == "note" and isinstance(evidence.value, list):
        return sorted(midi_names(evidence.value))
    found: dict[str, None] = {}  # in their order, each once: a list of chords names the same ones again and again
    waiting: list[Json] = [evidence.value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found[value] = None
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            found.update(dict.fromkeys(value))
            waiting.extend(value.values())
    return [" ".join(normalise(text).split()) for text in found]


def midi_names(value: Json) -> set[str]:
    """Names, sharps only, of the notes in a list of objects."""
    numbers = [finite(item.get("midi")) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return {note_name(round(number)) for number in numbers if number is not None and 0 <= number <= 127}


def keys_of(evidence: Evidence) -> set[str]:
    """The keys ("A minor", sharps only) that a finding names."""
    texts = strings_of(evidence)
    if evidence.kind == "tag":
        return {key for text in texts if (key := read_key(text)) is not None}
    if evidence.kind == "musical_key" or evidence.capability == "theory":
        return {key for text in texts if (key := canonical_key(text)) is not None}
    return set()


def canonical_key(text: str) -> str | None:
    """ "Bb major", "A-flat minor" or "F# min" with sharps only; other modes keep their name."""
    match = re.fullmatch(r"([A-G])(?: ?(#|b)|[ -](sharp|flat))?[ -]?([A-Za-z]{3,12})", text.strip())
    if match is None:
        return None
    accidental = match[2] or {"sharp": "#", "flat": "b"}.get((match[3] or "").casefold(), "")
    mode = match[4].casefold()
    return f"{pitch_class_name(match[1] + accidental)} {({'min': 'minor', 'maj': 'major'}).get(mode, mode)}"


_CLASSES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def camelot(key: str) -> str | None:
    """The Camelot code of a key with sharps: "8A" for "A minor"."""
    tonic, _, mode = key.partition(" ")
    if tonic not in _CLASSES or mode not in ("major", "minor"):
        return None
    fifths = 7 * (_CLASSES.index(tonic) - (9 if mode == "minor" else 0)) % 12
    return f"{(fifths + 7) % 12 + 1}{'A' if mode == 'minor' else 'B'}"


def operands(evidence: Evidence, cited: Sequence[Evidence]) -> list[Evidence]:
    """The cited evidence that a computed one was computed from."""
    if evidence.source.agent != "hub":
        return []
    ids = set(re.findall(r"\be\d{1,4}\b", evidence.source.method[:500]))
    return [item for item in cited if item.id in ids and item is not evidence]


def subjects_of(evidence: Evidence, cited: Sequence[Evidence]) -> frozenset[str]:
    """The recordings that a finding speaks of: a computed one also of those of its operands."""
    return frozenset({evidence.subject, *(item.subject for item in operands(evidence, cited))} - {""})
