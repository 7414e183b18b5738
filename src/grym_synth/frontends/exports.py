"""Evidence as the nested JSON of `grym analyze`: a section for each capability, as CONTRACT section 4 shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..messages import Evidence, Gap, Json, gap_to_json

if TYPE_CHECKING:
    from ..execution.executor import Outcome

#: Where a finding's confidence stands in its section: beside the value that decides it.
_HEADLINES = {"rhythm.tempo_bpm", "tonality.key"}


def recording_to_json(outcome: Outcome, capabilities: Sequence[str], gaps_of_all: Sequence[Gap]) -> dict[str, Json]:
    """One recording's document: the sections asked for, or `error` when nothing of it could be heard.

    `gaps_of_all` are what no recording could be measured for.
    """
    evidence, gaps = outcome.heard.evidence, outcome.heard.gaps
    subject = outcome.step.subject
    if not evidence and gaps:
        return {"path": subject, "error": {"code": gaps[0].code, "message": gaps[0].reason, "hint": gaps[0].hint}}
    facts = {item.name: item.value for item in evidence}
    document: dict[str, Json] = {"path": subject, "sha256": outcome.sha256}
    for name in ("duration_s", "sample_rate_hz", "channels"):
        document[name] = facts.get(f"facts.{name}")
    for capability in capabilities:
        document[capability] = _section(capability, [item for item in evidence if item.capability == capability])
    document["gaps"] = [_short(gap) for gap in (*gaps, *gaps_of_all) if gap.capability in capabilities]
    document["timings_ms"] = {"total": round(1000.0 * outcome.seconds, 1)}
    return document


def _section(capability: str, evidence: list[Evidence]) -> Json:
    if not evidence:
        return None
    section: dict[str, Any] = {}
    for item in evidence:
        leaf = item.name.partition(".")[2]
        if item.rank:
            section.setdefault("alternatives", []).append({leaf: item.value, "confidence": item.confidence})
            continue
        section[leaf] = item.value
        if item.name in _HEADLINES:
            section["confidence"] = item.confidence
    if any(name.startswith(f"{capability}.") for name in _HEADLINES):
        section.setdefault("alternatives", [])
    return section


def _short(gap: Gap) -> Json:
    return {
        key: value
        for key, value in gap_to_json(gap).items()
        if key in ("capability", "reason", "retry_after_s", "code")
    }


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
        if isinstance(values, dict) and section != "timings_ms":
            lines.append(f"  {section}")
            lines += [f"    {key:22} {brief(value)}" for key, value in values.items()]
    lines += [f"  open: {gap['reason']}" for gap in document["gaps"]]
    return "\n".join(lines)


def evidence_line(item: Mapping[str, Any], *, with_subject: bool) -> str:
    """One piece of evidence for a person to check: its value, how sure it is, and where it comes from."""
    value = f"{brief(item['value'])} {item['unit']}".strip()
    sure = f", {item['confidence']:.0%} sure" if item["confidence"] < 1.0 else ""
    where = f" of {printable(item['subject'])}" if with_subject and item["subject"] else ""
    source = item["source"]
    return f"  [{item['id']}] {item['name']}{where}: {value}{sure} ({source['agent']}: {source['method']})"


def brief(value: Any) -> str:
    """A value on one line: long lists are counted, numbers rounded as their kind is read."""
    if isinstance(value, float):
        return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {brief(item)}" for name, item in value.items()) or "none"
    if isinstance(value, list):
        shown = ", ".join(brief(item) if not isinstance(item, dict) else f"({brief(item)})" for item in value[:4])
        return f"{shown}, ... ({len(value)} in all)" if len(value) > 4 else shown or "none"
    return "none found" if value is None else printable(str(value))
