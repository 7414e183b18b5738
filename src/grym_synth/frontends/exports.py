"""Evidence as the nested JSON of `grym analyze`: a section for each capability, as CONTRACT section 4 shows it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..messages import Evidence, Gap, Json, gap_to_json, span_to_json
from .document import Stretch, chord_name, chords_of, clock, keys_of, number, sections_of

if TYPE_CHECKING:
    from ..execution.executor import Outcome

#: Where a finding's confidence stands in its section: beside the value that decides it.
_HEADLINES = {"rhythm.tempo_bpm", "tonality.key", "timbre.label"}
#: Findings that can be wrong while the headline is right: their confidence has a name of its own.
_BESIDE = {
    "rhythm.metre": "metre_confidence",
    "rhythm.swing": "swing_confidence",
    "rhythm.drift_percent": "drift_confidence",
    "rhythm.downbeats_s": "downbeats_confidence",
    "tonality.tuning_cents": "tuning_confidence",
    "tonality.key_changes": "key_changes_confidence",
}
#: Findings that are a section, or stand beside the sections, by themselves.
_LISTS = {"chords": "chords.segments", "structure": "structure.sections", "notes": "notes.notes"}
_MELODY, _VECTORS = "notes.melody_hz", "timbre.vectors"


def recording_to_json(
    outcome: Outcome, capabilities: Sequence[str], gaps_of_all: Sequence[Gap], *, vectors: bool = False
) -> dict[str, Json]:
    """One recording's document: the sections asked for, or `error` when nothing of it could be heard.

    `gaps_of_all` are what no recording could be measured for. The long vectors of `timbre` only when asked for.
    """
    evidence, gaps = outcome.heard.evidence, outcome.heard.gaps
    subject = outcome.step.subject
    if not evidence and gaps:
        return {"path": subject, "error": {"code": gaps[0].code, "message": gaps[0].reason, "hint": gaps[0].hint}}
    facts = {item.name: item.value for item in evidence if not item.rank}
    document: dict[str, Json] = {"path": subject, "sha256": outcome.sha256}
    for name in ("duration_s", "sample_rate_hz", "channels"):
        document[name] = _finite(facts.get(f"facts.{name}"))
    document.update(_sections(evidence, capabilities, facts))
    if vectors and "timbre" in capabilities:
        document["vectors"] = _finite(facts.get(_VECTORS))
    asked = [item for item in evidence if item.capability in capabilities]
    document["findings"] = {item.name: _origin(item) for item in asked if not item.rank and item.name != _VECTORS}
    told = [_short(gap) for gap in (*gaps, *gaps_of_all) if gap.capability in capabilities]
    document["gaps"] = [*told, *(_short(gap) for gap in _not_numbers(asked))]
    document["timings_ms"] = {"total": round(1000.0 * outcome.seconds, 1)}
    return document


def join_outcomes(outcomes: Sequence[Outcome]) -> Outcome:
    """What several agents heard of one recording as one outcome; they come in the order of their steps."""
    first = outcomes[0]
    heard = replace(
        first.heard,
        evidence=tuple(item for outcome in outcomes for item in outcome.heard.evidence),
        gaps=tuple(gap for outcome in outcomes for gap in outcome.heard.gaps),
    )
    return replace(
        first,
        heard=heard,
        sha256=next((outcome.sha256 for outcome in outcomes if outcome.sha256), None),
        was_cached=all(outcome.was_cached for outcome in outcomes),
        seconds=sum(outcome.seconds for outcome in outcomes),
    )


def _sections(evidence: Sequence[Evidence], capabilities: Sequence[str], values: Mapping[str, Json]) -> dict[str, Json]:
    sections: dict[str, Json] = {}
    rest: dict[str, Json] = {}
    for capability in capabilities:
        own = [item for item in evidence if item.capability == capability]
        if capability not in _LISTS:
            sections[capability] = _section(capability, [item for item in own if item.name != _VECTORS])
            continue
        listed = values.get(_LISTS[capability])
        sections[capability] = _finite(listed) if isinstance(listed, list) else None
        if capability == "notes":
            sections["melody_hz"] = _finite(values.get(_MELODY))
        others = [item for item in own if item.name not in (_LISTS[capability], _MELODY)]
        if others:
            rest[capability] = _section(capability, others)
    return {**sections, "summary": rest} if rest else sections


def _section(capability: str, evidence: Sequence[Evidence]) -> Json:
    if not evidence:
        return None
    section: dict[str, Any] = {}
    for item in evidence:
        leaf, value = item.name.partition(".")[2], _finite(item.value)
        if item.rank:
            section.setdefault("alternatives", []).append({leaf: value, "confidence": item.confidence})
            continue
        section[leaf] = value
        if item.name in _HEADLINES:
            section["confidence"] = item.confidence
        elif item.name in _BESIDE and item.value is not None:
            section[_BESIDE[item.name]] = item.confidence
    if any(name.startswith(f"{capability}.") for name in _HEADLINES):
        section.setdefault("alternatives", [])
    return section


def _origin(item: Evidence) -> Json:
    """What else is known of a finding whose value stands in its section."""
    origin: dict[str, Json] = {"unit": item.unit, "confidence": item.confidence, "method": item.source.method}
    if item.span is not None:
        origin["span_s"] = span_to_json(item.span)
    return origin


def _short(gap: Gap) -> Json:
    return {
        key: value
        for key, value in gap_to_json(gap).items()
        if key in ("capability", "reason", "retry_after_s", "code")
    }


def _finite(value: Json) -> Json:
    """The value with null for every number that JSON cannot hold."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return {key: _finite(item) for key, item in value.items()} if isinstance(value, dict) else value


def _not_numbers(evidence: Sequence[Evidence]) -> Iterator[Gap]:
    for item in evidence:
        if _finite(item.value) != item.value:
            yield Gap(item.capability, f"{item.name} is not a finite number, so it is null", "unmeasurable")


def printable(text: str) -> str:
    """Text that is safe to show in a terminal: control characters and broken bytes are spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def as_text(document: Mapping[str, Any]) -> str:
    """One document of `grym analyze` for a person to read."""
    name = printable(str(document.get("path") or "input"))
    if "error" in document:
        error = document["error"]
        return f"{name}\n  not heard: {error['message']}" + (f"\n  {error['hint']}" if error["hint"] else "")
    lines = [name]
    for section, values in document.items():
        if section in ("timings_ms", "findings", "gaps", "summary", "vectors"):
            continue
        if section in _LISTS:
            lines += _listed_lines(document, section)
        elif isinstance(values, dict):
            lines.append(f"  {section}")
            for key, value in values.items():
                lines += _wrapped(key, _timed(document, key)) or [_line(key, brief(value))]
    lines += [f"  open: {gap['reason']}" for gap in document["gaps"]]
    return "\n".join(lines)


def _timed(document: Mapping[str, Any], key: str) -> list[str]:
    """What of a section is read along the time line."""
    if key == "key_changes":
        return [f"{clock(item.start_s)} {item.label}" for item in keys_of(document)]
    if key == "tempo_curve":
        items = document["rhythm"][key]
        told = [item for item in items or [] if isinstance(item, dict) and number(item.get("start_s")) is not None]
        return [f"{clock(item['start_s'])} {brief(item.get('tempo_bpm'))}" for item in told]
    return []


def _listed_lines(document: Mapping[str, Any], section: str) -> list[str]:
    lines = [f"  {section}"]
    if section == "chords":
        lines += _wrapped(section, [f"{clock(c.start_s)} {chord_name(c.label)}" for c in chords_of(document)])
    elif section == "structure":
        lines += _wrapped("sections", [_section_words(item) for item in sections_of(document)])
    elif isinstance(document.get("notes"), list):
        lines.append(_line("notes", f"{len(document['notes'])} in all"))
    told = document.get("summary", {}).get(section) or {}
    lines += [_line(key, brief(value)) for key, value in told.items() if not (key == "melody" and value)]
    if told.get("melody"):
        lines.append(_line("melody", f"{len(told['melody'])} notes"))
    return lines if len(lines) > 1 else []


def _section_words(section: Stretch) -> str:
    bars = f" ({section.detail} bar{'' if section.detail == '1' else 's'})" if section.detail else ""
    return f"{clock(section.start_s)} {section.label}{bars}"


def _line(key: str, words: str) -> str:
    return f"    {key:22} {words}"


def _wrapped(key: str, items: Sequence[str], width: int = 90, most: int = 120) -> list[str]:
    """Items side by side, on as many lines as they need."""
    if not items:
        return []
    more = [f"... ({len(items)} in all)"] if len(items) > most else []
    lines, line = [], ""
    for item in [*map(printable, items[:most]), *more]:
        if line and len(line) + len(item) + 2 > width:
            lines.append(line)
            line = ""
        line += f"  {item}" if line else item
    return [_line(key if i == 0 else "", line) for i, line in enumerate([*lines, line])]


def brief(value: Any) -> str:
    """A value on one line: long lists are counted, numbers rounded as their kind is read."""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"
    if isinstance(value, dict):
        return ", ".join(f"{printable(str(name))} {brief(item)}" for name, item in value.items()) or "none"
    if isinstance(value, list):
        shown = ", ".join(brief(item) if not isinstance(item, dict) else f"({brief(item)})" for item in value[:4])
        return f"{shown}, ... ({len(value)} in all)" if len(value) > 4 else shown or "none"
    return "none found" if value is None else printable(str(value))
