"""The header of a script: what it declares, read without running it, and whether all of it can be true."""

from __future__ import annotations

import math
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from ...errors import BadSetup
from ..catalog import AgentCard, read_card

_BLOCK = re.compile(r"(?m)^# /// script$\s((?:^#(?:| .*)$\s)+)^# ///$")
_TEXTS, _FLAGS = ("name", "version", "about", "lowest_health"), ("needs_recording", "takes_two", "hears_changes")
_LISTS, _WHOLE = ("capabilities", "examples", "permissions", "packs"), ("concurrency", "keep_warm")
_KNOWN = {*_TEXTS, *_FLAGS, *_LISTS, *_WHOLE, "cpu", "ram_gb", "cost", "settings"}


class NoHeader(Exception):
    """A script declares nothing; the message says what is not there."""


def read_header(script: Path) -> AgentCard:
    """What a script declares.

    Raises
    ------
    NoHeader
        It has no `[tool.grym]` table.
    BadSetup
        What it declares cannot be true.
    """
    try:
        text = script.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetup(f"{script.name} cannot be read: {error}") from error
    block = _BLOCK.search(text)
    if block is None:
        if re.search(r"(?m)^#\s*\[tool\.grym\]", text):
            raise BadSetup(f"{script.name} has a [tool.grym] table outside a `# /// script` block (PEP 723)")
        raise NoHeader("a `# /// script` header")
    try:
        header = tomllib.loads("".join(line[2:] for line in block[1].splitlines(keepends=True)))
    except tomllib.TOMLDecodeError as error:
        raise BadSetup(f"the header of {script.name} is no TOML: {error}") from error
    tool = header.get("tool", {})
    if not isinstance(tool, dict) or "grym" not in tool:
        raise NoHeader("a [tool.grym] table")
    if not isinstance(tool["grym"], dict):
        raise BadSetup("`tool.grym` is no table")
    if fault := _fault_in(tool["grym"]) or _fault_in_python(str(header.get("requires-python", ""))):
        raise BadSetup(fault)
    return read_card(script)


def _fault_in(declared: dict[str, Any]) -> str:
    """What is of a wrong type or out of range, as a sentence; "" when nothing is."""
    if unknown := sorted(set(declared) - _KNOWN):
        return f"`{unknown[0]}` is no key of [tool.grym]; there is {', '.join(sorted(_KNOWN))}"
    for name in _TEXTS:
        if not isinstance(declared.get(name, ""), str):
            return f"`{name}` must be a text, got {declared[name]!r}"
    for name in _FLAGS:
        if not isinstance(declared.get(name, False), bool):
            return f"`{name}` must be true or false, got {declared[name]!r}"
    for name in _LISTS:
        if not _is_list_of_texts(declared.get(name, [])):
            return f"`{name}` must be a list of texts, got {str(declared[name])[:60]!r}"
    if not declared.get("version") or "capabilities" not in declared:
        return "it needs a `version` and `capabilities`, an empty list for one that is only called by name"
    for name in _WHOLE:
        if isinstance(declared.get(name, 0), bool) or not isinstance(declared.get(name, 0), int):
            return f"`{name}` must be a whole number, got {declared[name]!r}"
    return _fault_in_room(declared)


def _fault_in_room(declared: dict[str, Any]) -> str:
    cost = declared.get("cost", {})
    if not isinstance(cost, dict) or set(cost) - {"cpu_s", "per_minute"}:
        return f"`cost` must be {{cpu_s, per_minute}}, got {str(cost)[:60]!r}"
    numbers = {
        "cpu": declared.get("cpu"),
        "ram_gb": declared.get("ram_gb"),
        **{f"cost.{k}": v for k, v in cost.items()},
    }
    for name, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
            return f"`{name}` must be a number of at least 0, got {value!r}"
    settings = declared.get("settings", {})
    if not isinstance(settings, dict) or not all(map(_is_list_of_texts, settings.values())):
        return f"`settings` must name lists of texts, got {str(settings)[:60]!r}"
    if strange := sorted(set(settings) - set(declared["capabilities"])):
        return f"`settings` names {strange[0]!r}, which is none of its capabilities"
    return ""


def _fault_in_python(wanted: str) -> str:
    """A version that is asked for in vain is found when it is launched; this finds what nobody can ask for."""
    if wanted and not re.fullmatch(r"\s*([<>=!~]=?=?\s*\d+(\.(\d+|\*))*\s*(,\s*|$))+", wanted):
        return f"`requires-python` is {wanted!r}, no list of versions such as '>=3.{sys.version_info.minor}'"
    return ""


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
