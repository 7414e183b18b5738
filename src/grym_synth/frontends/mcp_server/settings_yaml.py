"""One block in a YAML settings file, found and put by its lines: no reader of YAML is among what we need.

Only the plain way is understood that programs write themselves: keys at the margin, and below one of them blocks
that are indented alike. Anything else is a ValueError, and the file stays as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

_MARGIN = re.compile(r"^(?:#|---\s*$|- |[A-Za-z_][\w.-]*:(?:\s|$))")


def find(text: str, keys: Sequence[str]) -> str | None:
    """The entry as it is typed; None where there is none."""
    lines = text.splitlines(keepends=True)
    span = _span(lines, keys)
    return None if span is None else "".join(lines[span[0] : span[1]]).rstrip()


def is_same(text: str, keys: Sequence[str], entry: dict[str, Any]) -> bool:
    """Whether this entry is there, in the words that we write it in."""
    found = find(text, keys)
    if found is None:
        return False
    indent = found[: len(found) - len(found.lstrip())]
    return found.splitlines() == _block(keys[-1], entry, indent)


def put(text: str, keys: Sequence[str], entry: dict[str, Any]) -> str:
    """The text with the block first under its key, or in the place of one of that name."""
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    at, indent = _key_line(lines, keys[0])
    block = [line + newline for line in _block(keys[1], entry, indent)]
    span = _span(lines, keys)
    if at is None:
        end = "" if not text or text.endswith("\n") else newline
        new = [*lines, end, f"{keys[0]}:{newline}", *block]
    elif span is None:
        key_line = re.sub(r":\s*\{\s*\}", ":", lines[at], count=1) if _is_empty(lines[at]) else lines[at]
        new = [*lines[:at], _ended(key_line, newline), *block, *lines[at + 1 :]]
    elif any("#" in line for line in lines[span[0] : span[1]]):
        raise ValueError("there are comments inside the entry, which would be lost")
    else:
        new = [*lines[: span[0]], *block, *lines[span[1] :]]
    if not is_same("".join(new), keys, entry):
        raise ValueError("it could not be changed surely")
    return "".join(new)


def drop(text: str, keys: Sequence[str]) -> str:
    """The text without the block, which is there."""
    lines = text.splitlines(keepends=True)
    at, _ = _key_line(lines, keys[0])
    span = _span(lines, keys)
    if span is None or at is None:
        raise ValueError("there is no entry to take out")
    new = lines[: span[0]] + lines[span[1] :]
    if _first_below(new, at) is None:  # a key with nothing below it would be no list of blocks any more
        new[at] = new[at].replace(":", ": {}", 1)
    return "".join(new)


def render(keys: Sequence[str], entry: dict[str, Any]) -> str:
    """A file that has only this entry."""
    return "\n".join([f"{keys[0]}:", *_block(keys[1], entry, "  ")]) + "\n"


def _block(name: str, entry: dict[str, Any], indent: str) -> list[str]:
    """The entry in lines; whatever JSON says on one line, YAML reads alike."""
    inner = [f"{indent}{indent}{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return [f"{indent}{name}:", *inner]


def _key_line(lines: list[str], key: str) -> tuple[int | None, str]:
    """The line of a key at the margin, None where there is none, and how far what is below it is indented."""
    for at, line in enumerate(lines):
        if line.strip() and (line.lstrip(" ").startswith("\t") or (line[0] != " " and not _MARGIN.match(line))):
            raise ValueError(f"its line {at + 1} is not understood")
        if at and line.startswith("---") and any(other.strip() and other[0] != "#" for other in lines[:at]):
            raise ValueError("it holds several documents")
    found = [at for at, line in enumerate(lines) if re.match(rf"{re.escape(key)}:", line)]
    if len(found) > 1:
        raise ValueError(f"its {key!r} is there twice")
    if not found:
        return None, "  "
    at = found[0]
    if not re.match(r"(?:\{\s*\})?\s*(?:#.*)?$", lines[at].partition(":")[2].strip()):
        raise ValueError(f"its {key!r} is written on one line")
    below = _first_below(lines, at)
    if below is None:
        if at + 1 < len(lines) and lines[at + 1].startswith("- "):
            raise ValueError(f"its {key!r} is a list")
        return at, "  "
    indent = lines[below][: len(lines[below]) - len(lines[below].lstrip(" "))]
    if _is_empty(lines[at]) or lines[below].lstrip().startswith(("- ", "{", "[")):
        raise ValueError(f"its {key!r} holds no blocks")
    return at, indent


def _is_empty(line: str) -> bool:
    return "{" in line.partition("#")[0]


def _ended(line: str, newline: str) -> str:
    return line if line.endswith("\n") else line + newline


def _first_below(lines: list[str], at: int) -> int | None:
    """The first line that is indented below another, comments aside."""
    for below in range(at + 1, len(lines)):
        line = lines[below]
        if line.strip() and not line.lstrip().startswith("#"):
            return below if line.startswith(" ") else None
    return None


def _span(lines: list[str], keys: Sequence[str]) -> tuple[int, int] | None:
    """The lines of the block, without empty ones that follow."""
    at, indent = _key_line(lines, keys[0])
    if at is None:
        return None
    name = re.escape(keys[1])
    for start in range(at + 1, len(lines)):
        line = lines[start]
        if line.strip() and not line.startswith((" ", "#")):
            return None
        if re.match(rf"{indent}(?:{name}|\"{name}\"|'{name}')[ ]*:", line):
            if not re.match(rf"{indent}{name}:\s*$", line):
                raise ValueError("its entry is not written as a block of its own")
            end = start + 1
            while end < len(lines) and (not lines[end].strip() or lines[end].startswith(indent + " ")):
                end += 1
            while not lines[end - 1].strip():
                end -= 1
            return start, end
    return None
