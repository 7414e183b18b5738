"""One entry in a JSON settings file that may have comments and trailing commas: found, put, taken out.

The text is changed only where the entry stands, so comments, order, numbers and indentation of the rest stay as
they were typed. Comments and trailing commas are blanked to spaces of the same length for the reading, so that
places in what is read are places in the text. Whatever cannot be done surely is a ValueError.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Each ends at the end of the text at the latest, so that none is tried again and again in a broken file.
_STRING = r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)'
_COMMENT = re.compile(rf"{_STRING}|//[^\r\n]*|/\*.*?(?:\*/|\Z)", re.S)
_TRAILING = re.compile(rf"{_STRING}|,(?=\s*[}}\]])", re.S)
_NO_BREAK = re.compile(r"[^\r\n]+")
_COMMA = re.compile(r"\s*,")
_SPACE = re.compile(r"\s*")
_FIRST_INDENT = re.compile(r'\n([ \t]+)"')


@dataclass(frozen=True, slots=True)
class _Member:
    key: str
    start: int  # of its key
    at: int  # of its value
    end: int


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A text and its two readings, all of one length."""

    text: str
    bare: str  # without comments
    clean: str  # and without trailing commas: JSON

    def object_at(self, start: int) -> tuple[list[_Member], int]:
        """The members of an object, and where it closes."""
        members, at = list[_Member](), self.skip(start + 1)
        decode = json.JSONDecoder().raw_decode
        while self.clean[at] != "}":
            key, end = decode(self.clean, at)
            value_at = self.skip(self.skip(end) + 1)
            _, value_end = decode(self.clean, value_at)
            members.append(_Member(key, at, value_at, value_end))
            at = self.skip(value_end)
            if self.clean[at] == ",":
                at = self.skip(at + 1)
        return members, at

    def skip(self, at: int) -> int:
        space = _SPACE.match(self.clean, at)
        return space.end() if space else at

    def has_comments(self, start: int, end: int) -> bool:
        return self.text[start:end] != self.bare[start:end]


def find(text: str, keys: Sequence[str]) -> str | None:
    """The entry as it is typed; None where there is none."""
    if not text.strip():
        return None
    sheet = _read(text)
    members, _, depth = _descend(sheet, keys)
    found = _last(members, keys[depth])
    return None if found is None else text[found.at : found.end]


def is_same(text: str, keys: Sequence[str], entry: dict[str, Any]) -> bool:
    """Whether exactly this entry is there."""
    if not text.strip():
        return False
    return bool(value_at(json.loads(_read(text).clean), keys) == entry)


def put(text: str, keys: Sequence[str], entry: dict[str, Any]) -> str:
    """The text with the entry in it, in the place of one of that name."""
    if not text.strip():
        return render(keys, entry)
    sheet = _read(text)
    members, start, depth = _descend(sheet, keys)
    found = _last(members, keys[depth])
    if found is None:
        value = entry
        for key in reversed(keys[depth + 1 :]):
            value = {key: value}
        new = _insert(sheet, start, members, keys[depth], value)
    elif sheet.has_comments(found.at, found.end):
        raise ValueError("there are comments inside the entry, which would be lost")
    else:
        indent = None if "\n" not in text.strip() else _indent_at(text, found.start)
        new = text[: found.at] + _typed(sheet, entry, indent) + text[found.end :]
    return _checked(new, with_value(json.loads(sheet.clean), keys, entry))


def drop(text: str, keys: Sequence[str]) -> str:
    """The text without the entry, which is there."""
    sheet = _read(text)
    members, _, depth = _descend(sheet, keys)
    found = _last(members, keys[depth])
    if found is None:
        raise ValueError("there is no entry to take out")
    place = members.index(found)
    comma = _COMMA.match(sheet.bare, found.end)
    has_comma = comma is not None
    cut = _whole_line(text, found.start, comma.end() if comma else found.end)
    new = text[: cut[0]] + text[cut[1] :]
    if not has_comma and place > 0:  # the comma before ours has nothing to part any more
        before = sheet.bare.index(",", members[place - 1].end)
        between = text[before + 1 : cut[0]]
        new = text[:before] + ("" if not between.strip() and "\n" not in between else between) + text[cut[1] :]
    return _checked(new, without_value(json.loads(sheet.clean), keys))


def render(keys: Sequence[str], entry: dict[str, Any]) -> str:
    """A file that has only this entry."""
    value = entry
    for key in reversed(keys):
        value = {key: value}
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def value_at(value: Any, keys: Sequence[str]) -> Any:
    """What stands at some keys; None where nothing does."""
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def with_value(value: dict[str, Any], keys: Sequence[str], entry: dict[str, Any]) -> dict[str, Any]:
    new = inner = copy.deepcopy(value)
    for key in keys[:-1]:
        inner = inner.setdefault(key, {})
    inner[keys[-1]] = entry
    return new


def without_value(value: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    new = inner = copy.deepcopy(value)
    for key in keys[:-1]:
        inner = inner[key]
    del inner[keys[-1]]
    return new


def _read(text: str) -> _Sheet:
    def blank_comment(match: re.Match[str]) -> str:
        found = match[0]
        if found.startswith('"'):
            return found
        if found.startswith("/*") and (len(found) < 4 or not found.endswith("*/")):
            raise ValueError("a comment in it does not end")
        return _NO_BREAK.sub(lambda match: " " * len(match[0]), found)

    bare = _COMMENT.sub(blank_comment, text)
    clean = _TRAILING.sub(lambda match: " " if match[0] == "," else match[0], bare)
    if not isinstance(json.loads(clean), dict):
        raise ValueError("it holds no object")
    return _Sheet(text, bare, clean)


def _descend(sheet: _Sheet, keys: Sequence[str]) -> tuple[list[_Member], int, int]:
    """The deepest object on the way to the entry that is there: its members, its place, and which key is its."""
    start = sheet.skip(0)
    for depth, key in enumerate(keys):
        members, _ = sheet.object_at(start)
        found = _last(members, key)
        if found is None or depth == len(keys) - 1:
            break
        if sheet.clean[found.at] != "{":
            raise ValueError(f"its {key!r} is no object")
        start = found.at
    return members, start, depth


def _last(members: list[_Member], key: str) -> _Member | None:
    """Of keys that are there twice the last counts, as for whoever reads the file."""
    return next((member for member in reversed(members) if member.key == key), None)


def _insert(sheet: _Sheet, start: int, members: list[_Member], key: str, value: dict[str, Any]) -> str:
    """A member after the last one, and after what is said about that in a comment."""
    text = sheet.text
    close = sheet.object_at(start)[1]
    is_inline = bool(members) and "\n" not in text[start:close]
    after = members[-1].end if members else start + 1
    rest = text[after:close]
    kept = rest.rstrip()
    has_comma = bool(members) and sheet.bare[after:close].strip() == ","
    base = _indent_at(text, start)
    indent = base + _unit(text)
    if members and not text[text.rfind("\n", 0, members[-1].start) + 1 : members[-1].start].strip():
        indent = _indent_at(text, members[-1].start)
    member = f"{json.dumps(key)}: {_typed(sheet, value, None if is_inline else indent)}"
    space = rest[len(kept) :]
    if not is_inline and "\n" not in space:
        space = _newline(text) + base
    comma = "," if members and not has_comma else ""
    lead = " " if is_inline else _newline(text) + indent
    return text[:after] + comma + kept + lead + member + ("," if has_comma else "") + space + text[close:]


def _typed(sheet: _Sheet, value: dict[str, Any], indent: str | None) -> str:
    """A value as the file would have it, on one line without an indent."""
    if indent is None:
        return json.dumps(value, ensure_ascii=False)
    lines = json.dumps(value, indent=_unit(sheet.text), ensure_ascii=False).split("\n")
    return (_newline(sheet.text) + indent).join(lines)


def _unit(text: str) -> str:
    first = _FIRST_INDENT.search(text)
    return first[1] if first else "  "


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _indent_at(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _whole_line(text: str, start: int, end: int) -> tuple[int, int]:
    """A span, with its lines where nothing else stands on them."""
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    if last < 0 or text[first:start].strip() or text[end:last].strip():
        return start, end
    return first, last + 1


def _checked(new: str, expected: dict[str, Any]) -> str:
    if json.loads(_read(new).clean) != expected:
        raise ValueError("it could not be changed surely")
    return new
