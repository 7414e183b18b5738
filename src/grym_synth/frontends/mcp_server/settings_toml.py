"""One table in a TOML settings file: found, put, taken out, all else left as it is typed.

What is done to the lines is held against what `tomllib` reads before and after; where the two do not agree, as
for a table that is written inline, it is a ValueError.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from typing import Any

from .settings_json import value_at, with_value, without_value

_HEADER = re.compile(r"^[ \t]*\[")


def find(text: str, keys: Sequence[str]) -> str | None:
    """The entry as it is typed; None where there is none."""
    value = value_at(_read(text, keys), keys)
    if value is None:
        return None
    lines = text.splitlines(keepends=True)
    typed = "".join("".join(lines[start:end]) for start, end in _spans(lines, keys))
    return typed.rstrip() or json.dumps(value, default=str)


def is_same(text: str, keys: Sequence[str], entry: dict[str, Any]) -> bool:
    """Whether exactly this entry is there."""
    return bool(value_at(_read(text, keys), keys) == entry)


def put(text: str, keys: Sequence[str], entry: dict[str, Any]) -> str:
    """The text with the table at its end, or in the place of one of that name."""
    old = _read(text, keys)
    newline = "\r\n" if "\r\n" in text else "\n"
    table = render(keys, entry).replace("\n", newline)
    lines = text.splitlines(keepends=True)
    spans = _spans(lines, keys)
    if value_at(old, keys) is None:
        gap = "" if not text.strip() else newline if text.endswith("\n") else newline * 2
        new = text + gap + table
    elif any("#" in line for start, end in spans for line in lines[start:end]):
        raise ValueError("there are comments inside the entry, which would be lost")
    elif not spans:
        raise ValueError("its entry is not written as a table of its own")
    else:
        new = "".join([*lines[: spans[0][0]], table, *_others(lines, spans, spans[0][0])])
    return _checked(new, with_value(old, keys, entry))


def drop(text: str, keys: Sequence[str]) -> str:
    """The text without the table, which is there."""
    old = _read(text, keys)
    if value_at(old, keys) is None:
        raise ValueError("there is no entry to take out")
    lines = text.splitlines(keepends=True)
    new = "".join(_others(lines, _spans(lines, keys), 0))
    expected = without_value(old, keys)
    if not value_at(expected, keys[:-1]) and tomllib.loads(new) == without_value(old, keys[:-1]):
        return new  # the table around ours was there only by the header of ours
    return _checked(new, expected)


def render(keys: Sequence[str], entry: dict[str, Any]) -> str:
    """The table alone."""
    lines = [f"[{'.'.join(keys)}]"]
    for name, value in entry.items():
        if isinstance(value, dict):
            pairs = ", ".join(f"{key} = {_typed(item)}" for key, item in value.items())
            lines.append(f"{name} = {{ {pairs} }}")
        else:
            lines.append(f"{name} = {_typed(value)}")
    return "\n".join(lines) + "\n"


def _typed(value: Any) -> str:
    """Strings and lists of them are typed in TOML as in JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read(text: str, keys: Sequence[str]) -> dict[str, Any]:
    value = tomllib.loads(text)
    inner: Any = value
    for key in keys[:-1]:
        inner = inner.get(key, {})
        if not isinstance(inner, dict):
            raise ValueError(f"its {key!r} is no table")
    return value


def _spans(lines: list[str], keys: Sequence[str]) -> list[tuple[int, int]]:
    """Lines of the table and of tables in it, without the comments and empty lines that follow."""
    path = r"[ \t]*\.[ \t]*".join(rf"(?:{re.escape(key)}|\"{re.escape(key)}\"|'{re.escape(key)}')" for key in keys)
    ours = re.compile(rf"^[ \t]*\[[ \t]*{path}[ \t]*[\].]")
    spans = []
    for start, line in enumerate(lines):
        if ours.match(line):
            end = next((at for at in range(start + 1, len(lines)) if _HEADER.match(lines[at])), len(lines))
            while not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#"):
                end -= 1
            spans.append((start, end))
    return spans


def _others(lines: list[str], spans: list[tuple[int, int]], since: int) -> list[str]:
    ours = {at for start, end in spans for at in range(start, end)}
    return [line for at, line in enumerate(lines) if at >= since and at not in ours]


def _checked(new: str, expected: dict[str, Any]) -> str:
    if tomllib.loads(new) != expected:
        raise ValueError("its entry is written in a way that cannot be changed surely")
    return new
