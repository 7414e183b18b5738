"""What is not in order in the words of a candidate: how it is noted, and what to look for in a message."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 64  # levels of an answer: more has no use here, and readers of JSON that recurse fall over it
# Control characters and those that turn the direction of writing, as JSON text can hold them: raw or escaped.
_SUSPECT = re.compile(
    rb"\\[bf]|\\u00(?:0[0-8bcefBCEF]|1|7[fF]|[89])|\\u20(?:2[a-eA-E]|6[6-9])|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]"
)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_MOST_WORDS = 600
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(slots=True)
class Observed:
    """What was not in order in any conversation with a candidate, each as a sentence; the first few of a kind."""

    junk: list[str] = field(default_factory=list)  # on standard output, and no protocol
    strays: list[str] = field(default_factory=list)  # answers nobody waits for
    asked: list[str] = field(default_factory=list)  # requests to us
    texts: list[str] = field(default_factory=list)  # control characters
    sizes: list[str] = field(default_factory=list)  # too much or too deep
    floods: list[str] = field(default_factory=list)  # too many
    deaths: list[str] = field(default_factory=list)  # ended although its input had not
    progress: list[str] = field(default_factory=list)
    stderr_bytes: int = 0  # of the noisiest process
    peak_mb: float = 0.0  # of resident memory, of any process


def note(notes: list[str], sentence: str) -> None:
    """Keep the first few sentences of a kind."""
    if len(notes) < 5 and sentence not in notes:
        notes.append(sentence)


def printable(text: str) -> str:
    """A stranger's words on one line, without anything that could act on a terminal or cannot be encoded."""
    return _UNPRINTABLE.sub("?", text)[:_MOST_WORDS]


def shown(line: bytes) -> str:
    """The beginning of a line as it may be shown."""
    return repr(CONTROL.sub("?", line[:80].decode("utf-8", "replace")))


def depth(value: Any) -> int:
    """Levels of lists and objects; no recursion, for it may be built to break one."""
    n_levels, level = 0, [value]
    while level := [item for item in level if isinstance(item, dict | list)]:
        n_levels += 1
        if n_levels > DEEPEST:
            break
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item)]
    return n_levels


def control_text(value: Any, line: bytes) -> str:
    """The first control character in a text of a message, whose JSON is `line`, as "U+001B in '...'"; or ""."""
    if not _SUSPECT.search(line):
        return ""
    unseen = [value]
    while unseen:
        item = unseen.pop()
        if isinstance(item, str) and (found := CONTROL.search(item)):
            around = CONTROL.sub("?", item[max(0, found.start() - 10) : found.start() + 20])
            return f"U+{ord(found[0]):04X} in {around!r}"
        if isinstance(item, dict):
            unseen += [*item, *item.values()]
        elif isinstance(item, list):
            unseen += item
    return ""
