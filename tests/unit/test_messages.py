import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.errors import AdmissionDenied, MalformedEvidence
from grym_synth.messages import (
    EVIDENCE_UNITS,
    Evidence,
    Gap,
    Json,
    Source,
    Span,
    evidence_from_json,
    evidence_to_json,
    gap_from_json,
    gap_to_json,
)

TEMPO = Evidence(
    "e1", "rhythm.tempo_bpm", "tempo", 126.0, "BPM", 0.97, "a.wav", Source("listen", "1", "fit"), Span(0, 2)
)

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**9), 10**9)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(st.sampled_from(sorted(EVIDENCE_UNITS)), values, st.floats(0, 1), st.integers(0, 5))
def test_evidence_survives_json(kind: str, value: Json, confidence: float, rank: int) -> None:
    evidence = dataclasses.replace(
        TEMPO,
        kind=kind,
        unit=EVIDENCE_UNITS[kind],
        value=value,
        confidence=confidence,
        rank=rank,
    )
    assert evidence_from_json(json.loads(json.dumps(evidence_to_json(evidence)))) == evidence


@pytest.mark.parametrize(
    "change",
    [
        {"unit": "Hz"},
        {"kind": "mood"},
        {"confidence": 1.2},
        {"confidence": float("nan")},
        {"confidence": "sure"},
        {"source": "listen"},
        {"span_s": [1]},
    ],
)
def test_what_is_no_evidence_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(MalformedEvidence):
        evidence_from_json({**evidence_to_json(TEMPO), **change})


@pytest.mark.parametrize("raw", [None, [], "tempo", {}, {"name": "rhythm.tempo_bpm"}])
def test_other_shapes_are_no_evidence(raw: object) -> None:
    with pytest.raises(MalformedEvidence):
        evidence_from_json(raw)


def test_a_gap_keeps_what_its_error_knew() -> None:
    error = AdmissionDenied("no room", hint="wait", retry_after=3.0)
    gap = Gap.from_error(error, capability="rhythm", subject="a.wav")
    assert gap == Gap("rhythm", "no room", "refused", "a.wav", "wait", 3.0)
    assert gap_from_json(gap_to_json(gap)) == gap


def test_the_capability_is_the_first_part_of_the_name() -> None:
    assert TEMPO.capability == "rhythm"
