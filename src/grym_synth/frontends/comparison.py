"""What comparing two recordings found, as the JSON of `grym compare`: one object for each pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..messages import Json, gap_to_json

if TYPE_CHECKING:
    from ..execution.executor import Outcome


def comparison_to_json(outcome: Outcome) -> dict[str, Json]:
    """`a` is the first recording, `b` the one held against it; every difference is that of b from a."""
    step, heard = outcome.step, outcome.heard
    document: dict[str, Json] = {"a": step.beside[0] if step.beside else "", "b": step.subject}
    if not heard.evidence and heard.gaps:
        gap = heard.gaps[0]
        return {**document, "error": {"code": gap.code, "message": gap.reason, "hint": gap.hint}}
    found = [item for item in heard.evidence if not item.rank]
    document |= {item.name.partition(".")[2]: item.value for item in found}
    document["findings"] = {
        item.name: {"unit": item.unit, "confidence": item.confidence, "method": item.source.method} for item in found
    }
    document["gaps"] = [gap_to_json(gap) for gap in heard.gaps]
    document["timings_ms"] = {"total": round(1000.0 * outcome.seconds, 1)}
    return document
