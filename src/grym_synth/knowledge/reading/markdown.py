"""Markdown and plain text: the text is the file, and headings say where sections begin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...regex import lazily
from ...storage.knowledge_rows import Section
from .document import MOST_SECTIONS, Document, Unreadable, decode, first_line, one_line

_LINE_END = lazily(r"\r\n?|\n")
_FRONT = lazily(r"---[ \t]*(?:\r\n?|\n)(.*?)(?:\r\n?|\n)(?:---|\.\.\.)[ \t]*(?:\r\n?|\n|\Z)", re.DOTALL)
_TITLE = lazily(r"^title[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
_WIKI = lazily(r"!?\[\[([^\[\]|#\n]{1,200})(?:#[^\[\]|\n]*)?(?:\|([^\[\]\n]{1,200}))?\]\]")
_LINK = lazily(r"!?\[([^\[\]\n]{0,200})\]\([^()\n]{0,2000}\)")
_MARKUP = lazily(r"[*_`~]+")


def read_markdown(content: bytes, charset: str = "") -> Document:
    """Read Markdown; the front matter's title comes before the first heading."""
    text, note = decode(content, charset)
    _check(text)
    front = _FRONT.match(text)
    start = front.end() if front else 0
    named = _TITLE.search(front[1]) if front else None
    sections = tuple(_sections(text, start))
    if named:
        title = one_line(named[1].strip("\"'"))
    else:
        title = next((each.title for each in sections if each.level == 1), "") or first_line(text[start:])
    return Document("markdown", title, text, sections, note=note)


def read_text(content: bytes, charset: str = "") -> Document:
    text, note = decode(content, charset)
    _check(text)
    return Document("text", first_line(text), text, note=note)


def _check(text: str) -> None:
    if not text.strip():
        raise Unreadable("it is empty: there is nothing to read in it")
    strange = sum(1 for sign in text[:4000] if sign < " " and sign not in "\t\n\r\f\v\x1b")
    if strange > len(text[:4000]) // 20:
        raise Unreadable("it is no text: it is full of control characters")


def _sections(text: str, start: int) -> Iterator[Section]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.disable(["inline", "text_join"], ignoreInvalid=True)  # headings are all that is wanted
    body = text[start:]
    lines = [0, *(found.end() for found in _LINE_END.finditer(body))]
    tokens = parser.parse(body)
    found = 0
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.map is not None and found < MOST_SECTIONS:
            title = _plain(tokens[place + 1].content)
            if title:
                found += 1
                yield Section(start + lines[token.map[0]], title, int(token.tag[1:]))


def _plain(heading: str) -> str:
    """A heading as it is shown: without its markup."""
    heading = _WIKI.sub(lambda found: found[2] or found[1], heading)
    return one_line(_MARKUP.sub("", _LINK.sub(r"\1", heading)))
