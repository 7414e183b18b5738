"""What can be compared, and where each stands: recordings, channels, parts of the form, targets, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...regex import lazily
from .case import Case

_LOUDNESS = ("loudness.integrated_lufs", "facts.rms_dbfs", "loudness.short_term_max_lufs")
#: What is compared → names of the findings that settle it.
AXES: Mapping[str, tuple[str, ...]] = {
    "loudness": _LOUDNESS,
    "tempo": ("rhythm.tempo_bpm",),
    "duration": ("facts.duration_s",),
    "brightness": ("spectrum.centroid_hz",),
    "dynamics": ("loudness.range_lu", "loudness.plr_db", "loudness.crest_db"),
    "width": ("facts.correlation",),
    "height": (
        "rhythm.tempo_bpm", "loudness.integrated_lufs", "loudness.true_peak_dbtp", "loudness.range_lu",
        "tonality.tuning_cents", "facts.sample_rate_hz", "facts.bit_depth", "spectrum.centroid_hz",
    ),
}  # fmt: skip
_UNIT = {"loudness": "LUFS", "tempo": "BPM", "duration": "s", "brightness": "Hz"}
_NOT = lazily(r"(?i)\b(?:not|no|never|neither|nor|without|hardly)\b|n't\b")
PART = lazily(
    r"(?i)\b(?:(?P<p0>first third|beginning|start|opening|intro)|(?P<p1>middle third|second third|middle)"
    r"|(?P<p2>(?:last|final|closing) third|ending|end|outro|the last))\b"
)
_SIDE = lazily(r"(?i)\b(?P<side>left|right)\b")
_TARGET = lazily(r"(?i)\b(?:target|asked|goal)\b")


@dataclass(frozen=True, slots=True)
class Entity:
    """Something that can be compared: a recording, a channel, a part of the form, a target, or the number asked for."""

    start: int
    end: int
    kind: str  # "file", "side", "part", "target", "number"
    what: str


def is_negated(case: Case, start: int) -> bool:
    before = case.tokens.plain[max(0, start - 40) : start]
    return _NOT.search(re.split(r"[,;:.(]", before)[-1]) is not None


def entities_in(case: Case, axis: str) -> list[Entity]:
    plain = case.tokens.plain
    found = [Entity(name.start, name.end, "file", name.subjects[0]) for name in case.tokens.files if name.subjects]
    found += [Entity(m.start(), m.end(), "side", m["side"].casefold()) for m in _SIDE.finditer(plain)]
    found += [Entity(m.start(), m.end(), "part", (m.lastgroup or "p0")[1:]) for m in PART.finditer(plain)]
    found += [Entity(m.start(), m.end(), "target", "") for m in _TARGET.finditer(plain)]
    unit = _UNIT.get(axis, "")
    for quantity in case.tokens.quantities:
        if unit and quantity.unit == unit:
            found.append(Entity(quantity.start, quantity.end, "number", str(quantity.readings[0].value)))
    return sorted(found, key=lambda each: each.start)


def value_of(case: Case, axis: str, entity: Entity) -> float | None:
    """Where an entity stands on an axis, by the cited evidence (or the question, for a target)."""
    if entity.kind == "file":
        return case.held_value(entity.what, measures_of(case, axis))
    if entity.kind == "part" and axis in ("loudness", "height"):
        thirds = thirds_of(case)
        return thirds[int(entity.what)] if thirds else None
    if entity.kind == "side" and axis in ("loudness", "height"):
        levels = [
            fact.value
            for fact in case.facts
            if fact.evidence.name == "facts.channel_levels_dbfs" and fact.unit == "dBFS"
        ]
        at = ("left", "right").index(entity.what)
        balance = [f.value for f in case.facts if f.evidence.name == "facts.balance_db" and f.relation == "finding"]
        if balance:
            return balance[0] if entity.what == "left" else 0.0
        return levels[at] if len(levels) == 2 else None
    if entity.kind == "number":
        return float(entity.what)
    asked = case.asked_value(_UNIT.get(axis, ""))
    return asked[0].readings[0].value if entity.kind == "target" and asked else None


def thirds_of(case: Case) -> list[float]:
    values = [f.value for f in case.facts if f.evidence.name == "loudness.thirds_lufs" and f.relation == "finding"]
    return values if len(values) == 3 else []


def without_owners(case: Case, entities: list[Entity]) -> list[Entity]:
    """Entities but for the recording in "the left channel of a.wav", where the channel is what is compared."""
    return [
        each
        for at, each in enumerate(entities)
        if each.kind != "file"
        or not at
        or entities[at - 1].kind not in ("side", "part")
        or not _OWNED.fullmatch(case.tokens.plain[entities[at - 1].end : each.start])
    ]


_OWNED = lazily(r"(?i)(?: (?:channel|side|third|part|half))? (?:of|in) [\"']?")


def measures_of(case: Case, axis: str) -> tuple[str, ...]:
    """The findings that settle an axis; "higher" and "lower" say by their words, or by what is cited, which."""
    if axis != "height":
        return AXES[axis]
    named = [name for words, name in _HEIGHTS if re.search(words, case.tokens.plain)]
    shared = [
        item.name
        for item in case.cited
        if item.rank == 0 and isinstance(item.value, int | float) and item.source.agent != "hub"
    ]
    twice = [name for name in dict.fromkeys(shared) if shared.count(name) > 1]
    return tuple(named or twice or AXES[axis])


_HEIGHTS: tuple[tuple[str, str], ...] = (
    (r"(?i)\bRMS\b", "facts.rms_dbfs"), (r"(?i)\btrue peak", "loudness.true_peak_dbtp"),
    (r"(?i)\bsample peak", "loudness.sample_peak_dbfs"), (r"(?i)\bcrest", "loudness.crest_db"),
    (r"(?i)\bPLR\b|\bpeak[- ]to[- ]loudness", "loudness.plr_db"),
    (r"(?i)\bloudness range|\bLRA\b", "loudness.range_lu"),
    (r"(?i)\bsample rate", "facts.sample_rate_hz"), (r"(?i)\btempo\b", "rhythm.tempo_bpm"),
    (r"(?i)\bcentroid", "spectrum.centroid_hz"), (r"(?i)\broll-?off", "spectrum.rolloff_hz"),
)  # fmt: skip


def implied_value(case: Case, axis: str, other: Entity | None) -> float | None:
    """The value of "it": the only recording cited besides the one it is compared with."""
    if other is not None and other.kind in ("side", "part"):
        opposite = {"left": "right", "right": "left", "0": "2", "2": "0", "1": "0"}[other.what]
        return value_of(case, axis, Entity(0, 0, other.kind, opposite))
    rest = [name for name in case.subjects if other is None or other.kind != "file" or name != other.what]
    return case.held_value(rest[0], measures_of(case, axis)) if len(rest) == 1 else None


def against_the_rest(case: Case, axis: str, entity: Entity) -> tuple[float, float] | None:
    """A side against the other, the end against the start, one recording against the only other."""
    value = value_of(case, axis, entity)
    if value is None:
        return None
    if entity.kind == "file":
        others = [case.held_value(name, measures_of(case, axis)) for name in case.subjects if name != entity.what]
        known = [each for each in others if each is not None]
        return (value, known[0]) if len(known) == 1 and len(others) == 1 else None
    opposite = {"left": "right", "right": "left", "0": "2", "2": "0", "1": "0"}[entity.what]
    other = value_of(case, axis, Entity(0, 0, entity.kind, opposite))
    return None if other is None else (value, other)
