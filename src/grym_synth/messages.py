"""What travels: Request → Route → Plan of Steps → Evidence and Gaps → Answer.

All of it is frozen, carries unit and source, and knows how to become JSON and back
(`to_json`, `*_from_json`); nothing here saves or prints itself. Times are seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .errors import GrymError, MalformedEvidence, Unavailable

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

#: What routing answers with, in the order of CONTRACT.
CAPABILITIES: tuple[str, ...] = (
    "facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "notes", "timbre", "compare",
    "similar", "library", "teach", "knowledge", "learn", "share", "theory", "edit", "system",
)  # fmt: skip

#: Unit of each kind of evidence; "" where it has none.
EVIDENCE_UNITS: Mapping[str, str] = {
    "tempo": "BPM", "musical_key": "", "loudness": "LUFS", "loudness_range": "LU", "loudness_difference": "LU",
    "true_peak": "dBTP", "level": "dBFS", "ratio": "dB", "frequency": "Hz", "sample_rate": "Hz", "time": "s",
    "duration": "s", "tuning": "cents", "interval": "semitones", "chord": "", "section": "", "note": "", "label": "",
    "tag": "", "passage": "", "count": "", "bits": "bit", "share": "%", "number": "", "delay": "ms", "spectrum": "",
    "vector": "", "match": "",
}  # fmt: skip

Quality = Literal["full", "lite"]
Support = Literal["measured", "inferred", "computed", "quoted"]
Health = Literal["healthy", "warning", "critical"]
Detail = Literal["brief", "normal", "full"]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a recording."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Source:
    """Who found it, and how."""

    agent: str
    version: str
    method: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One finding, and enough to check it.

    `name` is where it stands in the JSON of CONTRACT section 4 ("rhythm.tempo_bpm"): the part before the
    dot is the capability. `rank` is 0 for the finding itself, 1, 2, ... for its alternatives, likeliest first.
    A `value` of several numbers is a list, or objects whose keys end in their unit ("frequency_hz").
    """

    id: str  # "e1", unique in its answer; "" until it is part of one
    name: str
    kind: str  # "tempo", "musical_key", ...: a key of EVIDENCE_UNITS
    value: Json
    unit: str  # "BPM", "LUFS", "s"; "" when it has none
    confidence: float  # 0..1
    subject: str  # the recording (its path as asked) or source it speaks of
    source: Source
    span: Span | None = None  # seconds, when it speaks of a part
    quality: Quality = "full"
    rank: int = 0

    @property
    def capability(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Gap:
    """What a step left open: why, and when to try again. `code` is that of the error behind it."""

    capability: str
    reason: str
    code: str = "unavailable"
    subject: str = ""
    hint: str = ""
    retry_after_s: float | None = None

    @classmethod
    def from_error(cls, error: GrymError, *, capability: str, subject: str = "") -> Gap:
        retry_after = error.retry_after if isinstance(error, Unavailable) else None
        return cls(capability, str(error), error.code, subject, error.hint, retry_after)


@dataclass(frozen=True, slots=True)
class Request:
    """A question and the recordings it is about. `params` are settings the asker gave outright (--n-fft)."""

    question: str
    paths: tuple[str, ...] = ()  # as asked; relative ones start at `folder`
    folder: str = "."
    context: str = "default"
    use_cache: bool = True
    params: Mapping[str, Json] = field(default_factory=dict)
    detail: Detail = "normal"
    use_model: bool = True  # a language model may plan and write, where one is configured
    consent: bool = False  # steps that write may be run; without it they are shown
    referred: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # words ("it") → recordings they stand for


@dataclass(frozen=True, slots=True)
class Route:
    """Which capabilities a question needs; none when it is not for this hub."""

    capabilities: tuple[str, ...]
    confidence: float
    reasons: Mapping[str, str]
    params: Mapping[str, Json]  # slots read from the question: see planning/slots.py


@dataclass(frozen=True, slots=True)
class Need:
    """The room a step asks for."""

    cpu: float = 1.0  # cores
    ram_gb: float = 0.3


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that a step takes from the evidence of an earlier one: the main finding `name` of `subject`."""

    subject: str
    name: str  # "rhythm.tempo_bpm"


@dataclass(frozen=True, slots=True)
class Step:
    """One call to one agent: all that is wanted of one input, or of two that are compared.

    What it `takes` is put where its parameters say "{word}"; it is not run before the steps named in `after`.
    """

    id: str
    agent: str
    capabilities: tuple[str, ...]
    subject: str  # path as asked; "" when the step needs no recording
    path: str  # the same, absolute
    params: Mapping[str, Json]
    need: Need
    deadline_s: float
    beside: tuple[str, str] | None = None  # another recording that it is held against: as asked, absolute
    after: tuple[str, ...] = ()  # ids of steps
    takes: Mapping[str, Taken] = field(default_factory=dict)  # by the word that stands for it in `params`


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps, which run side by side where none waits for another, and what could not be planned."""

    steps: tuple[Step, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer and what it rests on."""

    text: str
    evidence: tuple[str, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class Answer:
    """Text with citations, and everything needed to check it."""

    text: str
    claims: tuple[Claim, ...]
    evidence: tuple[Evidence, ...]
    gaps: tuple[Gap, ...]
    route: Route
    plan: Plan
    health: Health
    timings_ms: Mapping[str, float]
    referred: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # as in Request


# --- JSON -----------------------------------------------------------------------------------------------------------


def span_to_json(span: Span | None) -> Json:
    return None if span is None else [span.start_s, span.end_s]


def evidence_to_json(evidence: Evidence) -> dict[str, Json]:
    source = evidence.source
    return {
        "id": evidence.id,
        "name": evidence.name,
        "kind": evidence.kind,
        "value": evidence.value,
        "unit": evidence.unit,
        "confidence": evidence.confidence,
        "subject": evidence.subject,
        "span_s": span_to_json(evidence.span),
        "quality": evidence.quality,
        "rank": evidence.rank,
        "source": {"agent": source.agent, "version": source.version, "method": source.method},
    }


def evidence_from_json(raw: Any) -> Evidence:
    """Read evidence that came from outside (an agent, the store).

    Raises
    ------
    MalformedEvidence
        A field is missing or of the wrong type, or the kind or unit is not one of EVIDENCE_UNITS.
    """
    try:
        source, span = raw["source"], raw.get("span_s")
        evidence = Evidence(
            id=str(raw.get("id", "")),
            name=str(raw["name"]),
            kind=str(raw["kind"]),
            value=raw["value"],
            unit=str(raw["unit"]),
            confidence=float(raw["confidence"]),
            subject=str(raw["subject"]),
            source=Source(str(source["agent"]), str(source["version"]), str(source["method"])),
            span=None if span is None else Span(float(span[0]), float(span[1])),
            quality="lite" if raw.get("quality") == "lite" else "full",
            rank=int(raw.get("rank", 0)),
        )
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise MalformedEvidence(f"not evidence ({error!r}): {str(raw)[:200]!r}") from error
    if EVIDENCE_UNITS.get(evidence.kind) != evidence.unit:
        raise MalformedEvidence(
            f"{evidence.name!r} has kind {evidence.kind!r} with unit {evidence.unit!r}; "
            f"known kinds and their units: {dict(EVIDENCE_UNITS)}"
        )
    if not 0.0 <= evidence.confidence <= 1.0:
        raise MalformedEvidence(f"{evidence.name!r} has confidence {evidence.confidence!r}; it must lie in 0..1")
    return evidence


def gap_to_json(gap: Gap) -> dict[str, Json]:
    return {
        "capability": gap.capability,
        "reason": gap.reason,
        "code": gap.code,
        "subject": gap.subject,
        "hint": gap.hint,
        "retry_after_s": gap.retry_after_s,
    }


def gap_from_json(raw: Any) -> Gap:
    """Read a gap that came from outside; raises MalformedEvidence when it is none."""
    try:
        retry_after = raw.get("retry_after_s")
        return Gap(
            capability=str(raw["capability"]),
            reason=str(raw["reason"]),
            code=str(raw.get("code", "unavailable")),
            subject=str(raw.get("subject", "")),
            hint=str(raw.get("hint", "")),
            retry_after_s=None if retry_after is None else float(retry_after),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise MalformedEvidence(f"not a gap ({error!r}): {str(raw)[:200]!r}") from error


def route_to_json(route: Route) -> dict[str, Json]:
    return {
        "capabilities": list(route.capabilities),
        "confidence": route.confidence,
        "reasons": dict(route.reasons),
        "params": dict(route.params),
    }


def plan_to_json(plan: Plan) -> list[Json]:
    return [
        {
            "id": step.id,
            "agent": step.agent,
            "capabilities": list(step.capabilities),
            "subject": step.subject,
            **({"beside": step.beside[0]} if step.beside else {}),
            "params": dict(step.params),
            **({"after": list(step.after)} if step.after else {}),
            **(
                {"takes": {word: {"subject": t.subject, "name": t.name} for word, t in step.takes.items()}}
                if step.takes
                else {}
            ),
            "need": {"cpu": step.need.cpu, "ram_gb": step.need.ram_gb},
            "deadline_s": step.deadline_s,
        }
        for step in plan.steps
    ]


def referred_to_json(referred: Mapping[str, tuple[str, ...]]) -> dict[str, Json]:
    return {word: list(names) for word, names in referred.items()}


def claims_to_json(claims: Iterable[Claim]) -> list[Json]:
    return [{"text": claim.text, "evidence": list(claim.evidence), "support": claim.support} for claim in claims]


def answer_to_json(answer: Answer) -> dict[str, Json]:
    """The document that `grym ask --json` prints."""
    return {
        "answer": answer.text,
        "claims": claims_to_json(answer.claims),
        "evidence": [evidence_to_json(item) for item in answer.evidence],
        "gaps": [gap_to_json(gap) for gap in answer.gaps],
        "route": route_to_json(answer.route),
        "plan": plan_to_json(answer.plan),
        "health": answer.health,
        "timings_ms": dict(answer.timings_ms),
        **({"referred": referred_to_json(answer.referred)} if answer.referred else {}),
    }
