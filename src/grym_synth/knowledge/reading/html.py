"""Web pages: what is said on one, without what stands around it, with headings as sections."""

from __future__ import annotations

from typing import Any

from ...regex import lazily
from .document import Document, Unreadable, Writer, check_length, one_line

_BLOCKS = frozenset(
    "p li dt dd pre blockquote td th figcaption caption summary address h1 h2 h3 h4 h5 h6 div section article".split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSAID = frozenset("script style noscript template svg head nav iframe object form button select textarea".split())
_LEVEL = lazily(r"h([1-6])")


def read_html(content: bytes, address: str = "", charset: str = "") -> Document:
    """Read a page. Where its main part cannot be told, all that it says is taken."""
    from trafilatura import bare_extraction, load_html

    tree = load_html(_text(content, charset) or content)
    if tree is None:
        raise Unreadable("it is no web page: no HTML was found in it")
    title = one_line(tree.findtext(".//title") or "")
    language = str(tree.get("lang") or "")[:20]
    writer = Writer()
    found: Any = bare_extraction(
        tree, url=address or None, include_comments=False, include_tables=True, favor_recall=True, with_metadata=False
    )
    if found is not None and found.body is not None:
        _write_extracted(found.body, writer)
    if not writer.text.strip():
        writer = Writer()
        tree = load_html(_text(content, charset) or content)  # extracting has changed the first
        if tree is not None:
            _write_all(tree, writer)
    if not writer.text.strip():
        raise Unreadable("the page says nothing: it has no text of its own", hint="it may need scripts to show itself")
    check_length(len(writer.text))
    if not title:
        title = writer.sections[0].title if writer.sections else ""
    return Document("page", title, writer.text, tuple(writer.sections), language=language)


def _text(content: bytes, charset: str) -> str:
    """What the server said it is, when that holds; else trafilatura finds out."""
    try:
        return content.decode(charset) if charset else content.decode("utf-8")
    except (LookupError, ValueError):
        return ""


def _write_extracted(body: Any, writer: Writer) -> None:
    """Write the blocks of the main part, in the element names of TEI that trafilatura uses."""
    done: set[Any] = set()
    for element in body.iter():
        if element in done or not isinstance(element.tag, str):
            continue
        match element.tag:
            case "head":
                level = _LEVEL.fullmatch(str(element.get("rend", "")))
                writer.head(_words(element), int(level[1]) if level else 2)
            case "p" | "quote" | "ab" | "fw":
                writer.block(_words(element))
            case "code":
                writer.block("".join(element.itertext()))
            case "list":
                items = [f"- {words}" for item in element.iter("item") if (words := _words(item))]
                writer.block("\n".join(items))
            case "table":
                rows = [" | ".join(_words(cell) for cell in row.iter("cell")) for row in element.iter("row")]
                writer.block("\n".join(row for row in rows if row.strip(" |")))
            case _:
                continue
        done.update(element.iter())


def _write_all(tree: Any, writer: Writer) -> None:
    """Write every block that holds words of its own, in their order."""
    silent = {part for element in tree.iter(*_UNSAID) for part in element.iter()}
    for element in tree.iter(*_BLOCKS, "body"):
        if element in silent:
            continue
        words = _own_words(element, silent)
        if element.tag in _HEADINGS:
            writer.head(words, _HEADINGS[element.tag])
        else:
            writer.block(words)


def _own_words(block: Any, silent: set[Any]) -> str:
    """The words of a block without those of blocks in it."""
    said, waiting = [block.text or ""], list(reversed(block))
    while waiting:
        element = waiting.pop()
        if isinstance(element, str):
            said.append(element)
            continue
        waiting.append(element.tail or "")
        if isinstance(element.tag, str) and element not in silent and element.tag not in _BLOCKS:
            said.append(" " if element.tag == "br" else element.text or "")
            waiting += reversed(element)
    return " ".join("".join(said).split())


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
