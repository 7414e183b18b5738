"""JSON Schemas that tools carry: are they sound, what arguments would they take, does an answer fit?

A small part of JSON Schema 2020-12: what tools use. Nothing is fetched: a `$ref` may only point into the schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}
_IN_MAPPING = ("properties", "$defs", "definitions", "patternProperties", "dependentSchemas")
_IN_LIST = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else")
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_DEEPEST, _MOST = 24, 5000


def fault_in_schema(schema: Any) -> str:
    """What makes this no schema of an object, as a sentence; "" when nothing does."""
    if not isinstance(schema, dict):
        return f"it is no object but {str(schema)[:40]!r}"
    if schema.get("type") != "object":
        return f"its type is {schema.get('type')!r}, not 'object'"
    n_seen, unseen = 0, [(schema, "", 0)]
    while unseen:
        part, where, depth = unseen.pop()
        n_seen += 1
        if depth > _DEEPEST or n_seen > _MOST:
            return f"it is deeper than {_DEEPEST} or has more than {_MOST} parts"
        if isinstance(part, bool):
            continue
        if not isinstance(part, dict):
            return f"{where or 'a part'} is no schema but {str(part)[:40]!r}"
        if fault := _fault_in_part(part):
            return f"{where + ': ' if where else ''}{fault}"
        unseen += [(inner, f"{where}/{name}"[-80:], depth + 1) for name, inner in _inner(part)]
    return ""


def _fault_in_part(part: Mapping[str, Any]) -> str:
    types = part.get("type", [])
    listed = types if isinstance(types, list) else [types]
    if any(not isinstance(name, str) or name not in _TYPES for name in listed):
        return f"unknown type {str(types)[:40]!r}"
    required = part.get("required", [])
    if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
        return "`required` is no list of names"
    if not isinstance(part.get("enum", []), list):
        return "`enum` is no list"
    for name in _IN_MAPPING:
        if not isinstance(part.get(name, {}), dict):
            return f"`{name}` is no object"
    for name in _IN_LIST:
        if not isinstance(part.get(name, []), list):
            return f"`{name}` is no list"
    for name in (*_NUMBERS, *_COUNTS):
        value = part.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, int if name in _COUNTS else int | float):
            return f"`{name}` is {str(value)[:40]!r}, no number"
    reference = part.get("$ref", "#")
    if not isinstance(reference, str) or not reference.startswith("#"):
        return f"`$ref` leads elsewhere: {str(reference)[:60]!r}"
    try:
        re.compile(part.get("pattern", ""))
    except (re.error, TypeError):
        return f"`pattern` is no regular expression: {str(part['pattern'])[:40]!r}"
    return ""


def _inner(part: Mapping[str, Any]) -> list[tuple[str, Any]]:
    found = [(name, part[name]) for name in _SINGLE if name in part]
    found += [(key, inner) for name in _IN_MAPPING for key, inner in part.get(name, {}).items()]
    return found + [(f"{name}[{n}]", inner) for name in _IN_LIST for n, inner in enumerate(part.get(name, []))]


def made_arguments(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that such a sound schema should take: those it requires, and no others."""
    properties = schema.get("properties", {})
    return {name: _made(properties.get(name, {}), schema, 0) for name in schema.get("required", [])}


def _made(part: Any, root: Mapping[str, Any], depth: int) -> Any:
    part = _followed(part, root)
    if not isinstance(part, dict) or depth > _DEEPEST:
        return "a"
    if "default" in part:
        return part["default"]
    if "const" in part:
        return part["const"]
    for name in ("enum", "examples"):
        if isinstance(part.get(name), list) and part[name]:
            return part[name][0]
    for name in ("anyOf", "oneOf", "allOf"):
        if part.get(name):
            return _made(part[name][0], root, depth + 1)
    kind = part.get("type", "string")
    match kind[0] if isinstance(kind, list) and kind else kind:
        case "object":
            inner = part.get("properties", {})
            return {name: _made(inner.get(name, {}), root, depth + 1) for name in part.get("required", [])}
        case "array":
            return [_made(part.get("items", {}), root, depth + 1)] * max(1, part.get("minItems", 1))
        case "integer" | "number":
            return part.get("minimum", part.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
        case "null":
            return None
    return "1" * max(1, part.get("minLength", 1))


def fault_in_value(value: Any, schema: Mapping[str, Any]) -> str:
    """Where a value does not fit a sound schema, by types, required names, and lists of values; "" when it fits."""
    unseen = [(value, schema, "")]
    while unseen:
        item, part, where = unseen.pop()
        part = _followed(part, schema)
        if not isinstance(part, dict):
            continue
        types = part.get("type", [])
        if types and not any(_is(item, name) for name in (types if isinstance(types, list) else [types])):
            return f"{where or 'it'} is {str(item)[:40]!r}, not of type {types!r}"
        if "enum" in part and item not in part["enum"]:
            return f"{where or 'it'} is {str(item)[:40]!r}, which is not among the values listed"
        if isinstance(item, dict):
            missing = [name for name in part.get("required", []) if name not in item]
            if missing:
                return f"{where or 'it'} has no {missing[0]!r}"
            unseen += [(item[k], inner, f"{where}/{k}") for k, inner in part.get("properties", {}).items() if k in item]
        elif isinstance(item, list) and "items" in part:
            unseen += [(inner, part["items"], f"{where}[{n}]") for n, inner in enumerate(item)]
    return ""


def _followed(part: Any, root: Mapping[str, Any]) -> Any:
    """The part that a chain of `$ref`s leads to; an empty one where it leads nowhere."""
    for _ in range(_DEEPEST):
        if not isinstance(part, dict) or "$ref" not in part:
            return part
        found: Any = root
        for name in part["$ref"].lstrip("#/").split("/"):
            found = found.get(name, {}) if name and isinstance(found, dict) else found
        part = found
    return {}


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    if name == "integer" and isinstance(value, float):
        return value.is_integer()
    kinds: dict[str, type | tuple[type, ...]]
    kinds = {"object": dict, "array": list, "string": str, "number": (int, float), "integer": int, "null": type(None)}
    return name in kinds and isinstance(value, kinds[name])
