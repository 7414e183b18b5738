"""The evidence below an answer in words: what each finding says, how sure it is, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..theory.pitch import note_name
from .document import chord_name, clock, number
from .exports import brief, printable

#: More findings than this are told side by side, without how each was measured.
MANY = 12
_FIRST = 6  # of a list in words
_WIDTH = 110


def evidence_lines(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each finding; of many, those of one part of one recording stand together."""
    several = len({item["subject"] for item in items}) > 1
    if len(items) <= MANY:
        return [evidence_line(item, with_subject=several) for item in items]
    groups: dict[tuple[str, str], list[str]] = {}
    for item in items:
        capability, _, leaf = item["name"].partition(".")
        groups.setdefault((capability, item["subject"]), []).append(f"[{item['id']}] {leaf} {_said(item)}{_sure(item)}")
    lines = []
    for (capability, subject), said in groups.items():
        where = f" of {printable(subject)}" if several and subject else ""
        lines.append(f"  {capability}{where}")
        lines += _wrapped(said)
    return [*lines, "  (how each was measured: --json)"]


def evidence_line(item: Mapping[str, Any], *, with_subject: bool) -> str:
    """One piece of evidence for a person to check: its value, how sure it is, and where it comes from."""
    where = f" of {printable(item['subject'])}" if with_subject and item["subject"] else ""
    source = item["source"]
    return f"  [{item['id']}] {item['name']}{where}: {_said(item)}{_sure(item)} ({source['agent']}: {source['method']})"


def _sure(item: Mapping[str, Any]) -> str:
    return f", {item['confidence']:.0%} sure" if item["confidence"] < 1.0 else ""


def _said(item: Mapping[str, Any]) -> str:
    """The value with its unit; of a list how many there are, and the first ones in words."""
    value = item["value"]
    if value is None or value == [] or value == {}:
        return "none found"
    words = _WORDS.get(item["name"])
    if words is None or not isinstance(value, list):
        return f"{brief(value)} {item['unit']}".strip()
    noun, say = words
    known = [text for entry in value if isinstance(entry, dict) and (text := say(entry))]
    if not known:
        return f"{len(value)} {noun}"
    more = " ..." if len(value) > _FIRST else ""
    counted = f"{len(value)} {noun}: " if noun and len(value) > 1 else ""
    return f"{counted}{', '.join(map(printable, known[:_FIRST]))}{more}"


def _at(entry: Mapping[str, Any], words: str) -> str:
    start = number(entry.get("start_s"))
    return words if start is None or not words else f"{clock(start)} {words}"


def _chord(entry: Mapping[str, Any]) -> str:
    return _at(entry, chord_name(str(entry.get("label") or "")))


def _section(entry: Mapping[str, Any]) -> str:
    bars = number(entry.get("bars"))
    counted = "" if bars is None else f" ({bars:.0f} bar{'' if bars == 1 else 's'})"
    return _at(entry, f"{entry.get('label')}{counted}")


def _note(entry: Mapping[str, Any]) -> str:
    midi = number(entry.get("midi"))
    return "" if midi is None or not 0 <= midi <= 127 else _at(entry, note_name(round(midi)))


def _tag(entry: Mapping[str, Any]) -> str:
    sure = number(entry.get("confidence"))
    return str(entry.get("tag")) + ("" if sure is None else f" {sure:.0%}")


def _key(entry: Mapping[str, Any]) -> str:
    return _at(entry, str(entry.get("key")))


def _tempo(entry: Mapping[str, Any]) -> str:
    bpm = number(entry.get("tempo_bpm"))
    return "" if bpm is None else _at(entry, f"{bpm:.1f}")


def _peak(entry: Mapping[str, Any]) -> str:
    hz, level = number(entry.get("frequency_hz")), number(entry.get("level_dbfs"))
    if hz is None:
        return ""
    named = f" ({entry['note']})" if isinstance(entry.get("note"), str) else ""
    return f"{hz:.1f} Hz{named}" + ("" if level is None else f" {level:.1f} dBFS")


def _band(entry: Mapping[str, Any]) -> str:
    low, high, share = (number(entry.get(name)) for name in ("low_hz", "high_hz", "share_percent"))
    if low is None or high is None:
        return ""
    return f"{entry.get('masked')} {low:.0f}–{high:.0f} Hz" + ("" if share is None else f" {share:.0f} %")


#: Findings that are lists: what their entries are called, and how one is told.
_WORDS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {
    "chords.segments": ("chords", _chord), "structure.sections": ("sections", _section),
    "notes.notes": ("notes", _note), "notes.melody": ("notes", _note), "timbre.tags": ("", _tag),
    "tonality.key_changes": ("keys", _key), "rhythm.tempo_curve": ("tempi", _tempo),
    "spectrum.peaks": ("peaks", _peak), "compare.masking": ("bands", _band),
}  # fmt: skip


def _wrapped(said: Sequence[str]) -> Iterator[str]:
    line = ""
    for each in said:
        if line and len(line) + len(each) + 2 > _WIDTH:
            yield f"    {line}"
            line = ""
        line += f"; {each}" if line else each
    yield f"    {line}"
