"""What a file says, once it is read; and the bounds that every kind of file is held to."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...errors import BadRequest
from ...messages import Json
from ...regex import lazily
from ...storage.knowledge_rows import Section

MOST_CHARACTERS = 5_000_000
MOST_SECTIONS = 10_000
MOST_LINKS = 50_000
MOST_BYTES = 64 << 20
_MOST_TITLE = 300
_LONGEST_TITLE, _ENDS_OF_SENTENCES = 100, (".", "!", "?", ",", ";", "。")
_SPACE = lazily(r"\s+")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Unreadable(BadRequest):
    """A file cannot be read; the sentence says why."""

    code = "unreadable"


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a feed or sitemap; `kind` is "page" or "sitemap", `published` as it was written there."""

    address: str
    title: str = ""
    published: str = ""
    kind: str = "page"


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says. `kind` is one of a source, or "feed" or "sitemap", which have links instead of a text."""

    kind: str
    title: str
    text: str
    sections: tuple[Section, ...] = ()
    links: tuple[Link, ...] = ()
    language: str = ""
    note: str = ""  # what was taken for granted: "read as Windows-1252"


class Writer:
    """Builds a text from blocks, with its sections at their places."""

    def __init__(self) -> None:
        self._blocks: list[str] = []
        self._length = 0
        self.sections: list[Section] = []

    def head(self, title: str, level: int, *, is_written: bool = True) -> None:
        """Begin a section; its title stands in the text, if it is written."""
        title = one_line(title)
        if title and len(self.sections) < MOST_SECTIONS:
            self.sections.append(Section(self._length, title, level))
        if title and is_written:
            self.block(title)

    def block(self, text: str) -> None:
        """Add a block; an empty line follows."""
        text = cleaned(text).strip("\n")
        if not text.strip():
            return
        self._blocks.append(text + "\n\n")
        self._length += len(text) + 2
        check_length(self._length)

    @property
    def text(self) -> str:
        return "".join(self._blocks)


def check_length(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise Unreadable(f"it has more than {MOST_CHARACTERS:,} characters of text", hint="split it into parts")


def cleaned(text: str) -> str:
    """Text without zero bytes and halves of characters, which no store holds; lines end with a line feed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    return _SPACE.sub(" ", cleaned(text)).strip()[:_MOST_TITLE]


def decode(content: bytes, charset: str = "") -> tuple[str, str]:
    """The text in bytes, without a byte order mark, and what was taken for granted.

    Nothing else is changed: whoever opens the file finds each passage at its position.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], name), ""
    if b"\0" in content[:65536]:
        raise Unreadable("it is no text: it holds zero bytes", hint="HTML, PDF, Markdown, text and scores can be read")
    try:
        text, note = content.decode("utf-8"), ""
    except UnicodeDecodeError:
        text, note = _by_label(content, charset)
    check_length(len(text))
    return text, note


def _by_label(content: bytes, charset: str) -> tuple[str, str]:
    try:
        return content.decode(charset), f"read as {charset}"
    except (LookupError, UnicodeDecodeError, ValueError):
        return content.decode("cp1252", "replace"), "no UTF-8: read as Windows-1252"


def _strictly(content: bytes, name: str) -> str:
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        raise Unreadable(f"it says that it is {name} and is not, at byte {error.start:,}") from error
    check_length(len(text))
    return text


def document_to_json(item: Document) -> dict[str, Json]:
    return {
        "kind": item.kind,
        "title": item.title,
        "text": item.text,
        "sections": [[each.start, each.title, each.level] for each in item.sections],
        "links": [[each.address, each.title, each.published, each.kind] for each in item.links],
        "language": item.language,
        "note": item.note,
    }


def document_from_json(raw: Any) -> Document:
    """The document that an agent told of; raises Unreadable when it is none."""
    try:
        sections = tuple(Section(int(start), str(title), int(level)) for start, title, level in raw["sections"])
        links = tuple(Link(*map(str, link)) for link in raw["links"])
        words = (str(raw[name]) for name in ("language", "note"))
        return Document(str(raw["kind"]), str(raw["title"]), str(raw["text"]), sections, links, *words)
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"the agent told of no document: {error!r}") from error


def first_line(text: str) -> str:
    """The first line that says something, as a title for what has none; "" where it is a sentence and no title."""
    line = one_line(next(filter(None, (line.strip() for line in text[:2000].splitlines())), ""))
    return "" if len(line) > _LONGEST_TITLE or line.endswith(_ENDS_OF_SENTENCES) else line


def listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(word for word in words if word))
