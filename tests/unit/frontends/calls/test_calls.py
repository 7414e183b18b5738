"""The table of calls: bounded, described, and in step with what stands behind it."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from grym_synth.audio.spectrum.peaks import WINDOWS
from grym_synth.audio.spectrum.transform import SCALES
from grym_synth.frontends.calls import arguments as given_
from grym_synth.frontends.calls.desk import outcome_of
from grym_synth.frontends.calls.table import BY_NAME, CALLS, Call
from grym_synth.frontends.calls.wording import shortened, words_of
from grym_synth.frontends.protocol import OPERATIONS, least_role
from grym_synth.memory.aspects import ASPECTS
from grym_synth.memory.wishes import DIRECTIONS
from grym_synth.messages import CAPABILITIES

TOOLS = [call for call in CALLS if call.is_tool]
NAMES = [call.name for call in CALLS]


def test_words_that_are_written_out_are_those_of_the_parts_behind() -> None:
    assert set(get_args(given_.Measure)) < set(CAPABILITIES)
    assert set(get_args(given_.Aspect)) == set(ASPECTS)
    assert set(get_args(given_.Window)) == set(WINDOWS)
    assert set(get_args(given_.Scale)) == set(SCALES)
    assert set(get_args(given_.Direction)) == set(DIRECTIONS)


def test_assistants_see_few_tools_each_well_described() -> None:
    assert len(TOOLS) <= 20
    for call in TOOLS:
        assert 60 < len(call.about) < 500
        assert len(call.title) < 40
    assert len({call.name for call in CALLS}) == len(CALLS)


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_every_argument_is_described_and_has_bounds(call: Call) -> None:
    schema = call.takes.model_json_schema()
    assert schema["additionalProperties"] is False
    for name, part in schema.get("properties", {}).items():
        assert part.get("description"), f"{call.name}.{name}"
        for each in _leaves(part):
            if each.get("type") == "string":
                assert {"maxLength", "pattern", "enum", "const"} & each.keys(), f"{call.name}.{name}: {each}"
            if each.get("type") in ("integer", "number"):
                assert {"minimum", "maximum"} <= each.keys(), f"{call.name}.{name}: {each}"
            if each.get("type") == "array":
                assert "maxItems" in each, f"{call.name}.{name}"


def _leaves(part: dict[str, Any]) -> list[dict[str, Any]]:
    below = [*part.get("anyOf", ()), *([part["items"]] if isinstance(part.get("items"), dict) else [])]
    below += [each for each in [part.get("additionalProperties"), part.get("propertyNames")] if isinstance(each, dict)]
    return [part, *(leaf for each in below for leaf in _leaves(each))]


@pytest.mark.parametrize("call", CALLS, ids=NAMES)
def test_the_example_of_every_call_is_an_operation_of_the_hub(call: Call) -> None:
    arguments = call.takes.model_validate(dict(call.example or {}))
    op, rest = call.operation(arguments)
    assert op in OPERATIONS
    role = least_role({"op": op, **rest})
    if call.sort == "looks":
        assert role in ("viewer", None)
    if role == "editor":
        assert call.sort == "writes"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ask", {}),
        ("ask", {"question": ""}),
        ("ask", {"question": "a\0b"}),
        ("ask", {"question": "\ud800"}),
        ("ask", {"question": "x" * 4001}),
        ("ask", {"question": "how fast?", "paths": ["a"] * 51}),
        ("ask", {"question": "how fast?", "paths": "song.wav"}),
        ("ask", {"question": "how fast?", "path": "song.wav"}),
        ("ask", {"question": "how fast?", "consent": "yes"}),
        ("analyze", {"paths": []}),
        ("analyze", {"paths": ["a\nb"]}),
        ("analyze", {"paths": ["a"], "n_fft": 1e30}),
        ("analyze", {"paths": ["a"], "start_s": float("nan")}),
        ("analyze", {"paths": ["a"], "start_s": -1}),
        ("find_recordings", {"words": "dark", "limit": 0}),
        ("find_recordings", {"words": "dark", "limit": 10**9}),
        ("find_recordings", {"words": "dark", "limit": True}),
        ("find_similar", {"path": "a", "weights": {"smell": 1}}),
        ("edit_audio", {"path": "a", "operations": ["x"] * 21, "out": "b"}),
        ("jobs", {"id": "../x"}),
        ("change_job", {"id": "ab", "do": "delete"}),
    ],
)
def test_what_is_out_of_bounds_is_refused(name: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BY_NAME[name].takes.model_validate(arguments)


def test_a_whole_number_may_be_written_with_a_point_as_json_allows() -> None:
    assert BY_NAME["find_recordings"].takes.model_validate({"words": "dark", "limit": 10.0}).given()["limit"] == 10


def test_what_was_refused_is_an_error_with_its_time_and_what_is_partly_answered_is_an_answer() -> None:
    gap = {"capability": "rhythm", "code": "refused", "reason": "no room", "hint": "later", "retry_after_s": 2.5}
    refused = outcome_of(BY_NAME["ask"], [{"answer": "", "claims": [], "gaps": [gap]}], 4)
    assert refused.is_refused
    assert refused.retry_after_s == 2.5
    partly = outcome_of(BY_NAME["analyze"], [{"path": "a", "rhythm": {}}, {"path": "b", "error": {"code": "x"}}], 0)
    assert partly.error is None
    assert [each["path"] for each in (partly.document or {})["recordings"]] == ["a", "b"]
    failed = outcome_of(BY_NAME["analyze"], [{"path": "b", "error": {"code": "unreadable", "message": "no"}}], 3)
    assert failed.error == {"code": "unreadable", "message": "no"}
    assert not failed.is_refused


_json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=30) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=60,
)


@given(st.dictionaries(st.text(max_size=5), _json, max_size=5))
def test_a_document_of_any_shape_has_words_and_a_readable_length(document: dict[str, Any]) -> None:
    for call in TOOLS:
        assert isinstance(words_of(call, document), str)
    short = shortened(document, most=10)
    assert all(len(value) <= 10 for name, value in short.items() if isinstance(value, list) and name != "evidence")
    assert document.keys() <= short.keys()


def test_long_lists_are_cut_and_it_says_how_long_they_were() -> None:
    document = {"recordings": [{"rhythm": {"beats_s": list(range(1000))}}], "evidence": list(range(1000))}
    short = shortened(document)
    assert len(short["recordings"][0]["rhythm"]["beats_s"]) == 200
    assert short["shortened"] == {"recordings.rhythm.beats_s": 1000}
    assert len(short["evidence"]) == 1000  # what an answer cites is all there
