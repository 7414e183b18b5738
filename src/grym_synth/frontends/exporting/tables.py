"""One long, tidy table: a row for each value, with where it stands in time, its unit and its confidence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..document import (
    Document,
    beats_of,
    chords_of,
    confidence_of,
    duration_of,
    keys_of,
    melody_of,
    notes_of,
    number,
    part,
    sections_of,
    silences_of,
    span_of,
    tags_of,
    times,
    unit_of,
)
from ..whole_files import TABLE, write_text

COLUMNS = ("path", "section", "name", "start_s", "end_s", "value", "unit", "confidence")
#: Leaves that have rows of their own, one for each thing they list.
_TOLD_OTHERWISE = {"facts.silence_s", "rhythm.beats_s", "rhythm.downbeats_s", "rhythm.onsets_s",
                   "rhythm.tempo_curve", "tonality.key_changes", "timbre.tags", "notes.melody"}  # fmt: skip
_HEADS = ("path", "error", "gaps", "timings_ms", "findings", "summary", "chords", "structure", "notes", "melody_hz")


class Row(NamedTuple):
    section: str
    name: str
    start_s: float | None
    end_s: float | None
    value: Any
    unit: str = ""
    confidence: float | None = None


def table_rows(document: Document) -> list[Row]:
    """Every value of the document; what holds for the whole recording has no start and no end."""
    return [row for row in _rows(document) if row.value is not None]


def table_text(document: Document, *, with_header: bool = True) -> str:
    """The table as CSV; without its header, tables of several recordings can follow each other."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    if with_header:
        rows.writerow(COLUMNS)
    path = _safe(str(document.get("path") or ""))
    for row in table_rows(document):
        start, end, sure = (None if x is None else round(x, 6) for x in (row.start_s, row.end_s, row.confidence))
        rows.writerow([path, _safe(row.section), _safe(row.name), start, end, _shown(row.value), row.unit, sure])
    return out.getvalue()


def write_table(document: Document, out: str | Path) -> None:
    """Write the table to `out` (.csv)."""
    write_text(table_text(document), out, TABLE)


def _rows(document: Document) -> Iterator[Row]:
    for section, values in document.items():
        if section in _HEADS:
            continue
        if isinstance(values, dict):
            yield from _leaves(document, section, values)
        else:
            yield from _flat(document, "recording", section, values)
    for section, values in part(document, "summary").items():
        if isinstance(values, dict):
            yield from _leaves(document, section, values)
    yield from _on_the_time_line(document)


def _leaves(document: Document, section: str, values: dict[str, Any]) -> Iterator[Row]:
    for name, value in values.items():
        if f"{section}.{name}" in _TOLD_OTHERWISE or name == "confidence" or name.endswith("_confidence"):
            continue
        if name == "alternatives" and isinstance(value, list):
            yield from _alternatives(section, value)
        else:
            yield from _flat(document, section, name, value)


def _alternatives(section: str, items: list[Any]) -> Iterator[Row]:
    for rank, item in enumerate(items, start=1):
        for name, value in item.items() if isinstance(item, dict) else []:
            if name != "confidence":
                sure = number(item.get("confidence"))
                yield Row(section, f"alternatives.{rank}.{name}", None, None, value, unit_of(name), sure)


def _flat(document: Document, section: str, name: str, value: Any) -> Iterator[Row]:
    """A value, or the values within it under longer names: "bands_db.sub", "peaks.1.frequency_hz"."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(document, section, f"{name}.{key}", item)
    elif isinstance(value, list):
        for i, item in enumerate(value, start=1):
            yield from _flat(document, section, f"{name}.{i}", item)
    else:
        leaf = f"{section}.{name.partition('.')[0]}"
        start, end = span_of(document, leaf) or (None, None)
        sure = confidence_of(document, leaf)
        yield Row(section, name, start, end, value, unit_of(name, document, section), sure)


def _on_the_time_line(document: Document) -> Iterator[Row]:
    rhythm, duration = part(document, "rhythm"), duration_of(document)
    sure = confidence_of(document, "rhythm.beats_s")
    for silence in silences_of(document):
        yield Row("facts", "silence", silence.start_s, silence.end_s, silence.end_s - silence.start_s, "s")
    for number_, beat in enumerate(beats_of(document), start=1):
        yield Row("rhythm", "beat", beat.time_s, None, beat.position or number_, "", sure)
    for bar, time in enumerate(times(rhythm.get("downbeats_s"), duration), start=1):
        yield Row("rhythm", "downbeat", time, None, bar, "", confidence_of(document, "rhythm.downbeats_s"))
    for i, time in enumerate(times(rhythm.get("onsets_s"), duration), start=1):
        yield Row("rhythm", "onset", time, None, i)
    curve = rhythm.get("tempo_curve")
    for item in curve if isinstance(curve, list) else []:
        if isinstance(item, dict):
            yield Row("rhythm", "local_tempo", number(item.get("start_s")), None, number(item.get("tempo_bpm")), "BPM")
    for section, name, stretches in (
        ("tonality", "local_key", keys_of(document)),
        ("chords", "chord", chords_of(document)),
        ("structure", "section", sections_of(document)),
    ):
        for item in stretches:
            yield Row(section, name, item.start_s, item.end_s, item.label, "", item.confidence)
    for note in notes_of(document):
        yield Row("notes", "note", note.start_s, note.end_s, note.midi, "MIDI", note.confidence)
    for time, frequency in melody_of(document):
        yield Row("notes", "melody", time, None, frequency, "Hz")
    for tag, confidence in tags_of(document):
        yield Row("timbre", "tag", None, None, tag, "", confidence)


def _shown(value: Any) -> Any:
    return _safe(value) if isinstance(value, str) else round(value, 6) if isinstance(value, float) else value


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula: tags and file names come from strangers."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
