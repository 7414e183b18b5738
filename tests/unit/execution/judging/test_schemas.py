from typing import Any

import pytest

from grym_synth.execution.judging.schemas import fault_in_schema, fault_in_value, made_arguments

SOUND: dict[str, Any] = {
    "type": "object",
    "required": ["path", "n", "options"],
    "properties": {
        "path": {"type": "string", "minLength": 3},
        "n": {"type": "integer", "minimum": 16},
        "options": {"$ref": "#/$defs/options"},
        "unused": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"enum": ["a", "b"]}}]},
    },
    "$defs": {"options": {"type": "object", "required": ["fast"], "properties": {"fast": {"type": "boolean"}}}},
}


def test_a_sound_schema_has_no_fault_and_takes_the_arguments_made_for_it() -> None:
    assert fault_in_schema(SOUND) == ""
    made = made_arguments(SOUND)
    assert made == {"path": "111", "n": 16, "options": {"fast": False}}
    assert fault_in_value(made, SOUND) == ""


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (None, "no object"),
        ({"type": "array"}, "not 'object'"),
        ({}, "type is None"),
        ({"type": "object", "properties": []}, "`properties`"),
        ({"type": "object", "required": "path"}, "`required`"),
        ({"type": "object", "properties": {"a": {"type": "path"}}}, "/a: unknown type 'path'"),
        ({"type": "object", "properties": {"a": 5}}, "/a is no schema"),
        ({"type": "object", "properties": {"a": {"minimum": "1"}}}, "`minimum`"),
        ({"type": "object", "properties": {"a": {"pattern": "("}}}, "`pattern`"),
        ({"type": "object", "properties": {"a": {"$ref": "http://example.org/schema"}}}, "leads elsewhere"),
        ({"type": "object", "anyOf": {}}, "`anyOf`"),
    ],
)
def test_a_schema_that_is_none_is_told_where(schema: Any, words: str) -> None:
    assert words in fault_in_schema(schema)


def test_a_schema_that_is_built_to_break_readers_is_refused() -> None:
    deep: dict[str, Any] = {"type": "object"}
    for _ in range(5000):
        deep = {"type": "object", "properties": {"a": deep}}
    assert "deeper than" in fault_in_schema(deep)
    circle = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/properties/a"}}}
    assert fault_in_schema(circle) == ""
    assert made_arguments(circle) == {"a": "1"}
    assert fault_in_value({"a": 1}, circle) == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("text", "it is 'text', not of type 'object'"),
        ({"path": "x", "n": 1}, "it has no 'options'"),
        ({"path": 5, "n": 1, "options": {"fast": True}}, "/path"),
        ({"path": "x", "n": True, "options": {"fast": True}}, "/n"),
        ({"path": "x", "n": 1, "options": {}}, "/options has no 'fast'"),
    ],
)
def test_a_value_that_does_not_fit_is_told_where(value: Any, words: str) -> None:
    assert words in fault_in_value(value, SOUND)
