"""A text becomes passages: pieces of some 60 to 180 words at its own borders, each at its exact place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..regex import lazily
from ..storage.knowledge_rows import Section

_FEW, _MANY = 60, 180  # words of a passage
_PARAGRAPH_END = lazily(r"(?:\r\n?|\n)[^\S\r\n]*(?=\r|\n)")
_FENCE = lazily(r"^[^\S\r\n]*(```+|~~~+)", re.MULTILINE)
_SENTENCE_END = lazily(r"[.!?…。！？][\"'”’)\]]*\s+|[。！？]|(?:\r\n?|\n)(?=[^\S\r\n]*(?:[-*+•|]|\d+[.)])\s)")
_WORD = lazily(r"\S+")
_AROUND_HEADINGS = " \t\r\n#=-"
_LONGEST = 2_000  # characters of a passage: a text without spaces has few words

Span = tuple[int, int]


def cut_passages(text: str, sections: Sequence[Section], title: str = "") -> list[tuple[int, int, str]]:
    """Start, end and section of each passage, in their order; together they hold all but white space and bare headings.

    A passage lies within one section and ends with a paragraph where it can, else with a sentence or a line of a list,
    else with a word. Paragraphs, lists, tables and code that fit into one are not divided. Names of sections do without
    the `title` of all, which stands beside them.
    """
    found: list[tuple[int, int, str]] = []
    for start, end, name in _parts(text, sections):
        if name and text[start:end].strip(_AROUND_HEADINGS) == name.rpartition(" > ")[2]:
            continue  # nothing stands below it, and its words stand in the names of the sections that do
        pieces = [piece for block in _blocks(text, start, end) for piece in _fitting(text, block)]
        name = "" if name == title else name.removeprefix(f"{title} > ")
        found += [(first, last, name) for first, last in _joined(text, pieces)]
    return found


def section_names(sections: Sequence[Section]) -> list[str]:
    """ "Chapter > Part" for each section."""
    names, above = [], list[tuple[int, str]]()
    for section in sections:
        while above and above[-1][0] >= section.level:
            above.pop()
        above.append((section.level, section.title))
        names.append(" > ".join(title for _, title in above))
    return names


def _parts(text: str, sections: Sequence[Section]) -> Iterator[tuple[int, int, str]]:
    """The stretches between headings, with what the last of them is called."""
    start, name = 0, ""
    for section, next_name in zip(sections, section_names(sections), strict=True):
        at = min(max(section.start, start), len(text))
        if at > start:
            yield start, at, name
        start, name = at, next_name
    yield start, len(text), name


def _blocks(text: str, start: int, end: int) -> Iterator[Span]:
    """Paragraphs of a stretch, without the white space around them; a fenced block of code is one of them."""
    fences = _FENCE.finditer(text, start, end)
    fence = next(fences, None)
    at = start
    while at < end:
        border = _PARAGRAPH_END.search(text, at, end)
        until = border.end() if border else end
        while fence is not None and fence.start() < until:
            if fence.start() >= at:
                closing = next((found for found in fences if found[1].startswith(fence[1])), None)
                border = _PARAGRAPH_END.search(text, closing.end(), end) if closing else None
                until = max(until, border.end() if border else end if closing else until)
            fence = next(fences, None)
        span = _trimmed(text, at, until)
        if span:
            yield span
        at = until


def _fitting(text: str, block: Span) -> Iterator[Span]:
    """A block, or, where it is too long, its sentences, and of a sentence too long its parts."""
    if _fits(text, *block):
        yield block
        return
    at = block[0]
    for border in [*(found.end() for found in _SENTENCE_END.finditer(text, *block)), block[1]]:
        span = _trimmed(text, at, border)
        at = border
        if span is None:
            continue
        if _fits(text, *span):
            yield span
        else:
            yield from _by_words(text, span)


def _by_words(text: str, span: Span) -> Iterator[Span]:
    """Parts of a stretch that has no borders: as many words as fit, and of a word too long as many characters."""
    first, last, words = span[0], span[0], 0
    for word in _WORD.finditer(text, *span):
        if words and (words == _MANY or word.end() - first > _LONGEST):
            yield first, last
            first, words = word.start(), 0
        while word.end() - first > _LONGEST:
            yield first, first + _LONGEST
            first += _LONGEST
        last, words = word.end(), words + 1
    if last > first:
        yield first, last


def _joined(text: str, pieces: Sequence[Span]) -> Iterator[Span]:
    """Neighbours made one passage, until it has enough words or would have too many."""
    held: Span | None = None
    for piece in pieces:
        if held is None:
            held = piece
        elif _words(text, *held) < _FEW and _fits(text, held[0], piece[1]):
            held = (held[0], piece[1])
        else:
            yield held
            held = piece
    if held is not None:
        yield held


def _fits(text: str, start: int, end: int) -> bool:
    return end - start <= _LONGEST and _words(text, start, end) <= _MANY


def _words(text: str, start: int, end: int) -> int:
    return len(text[start:end].split())


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    first = start + len(piece) - len(piece.lstrip())
    last = end - (len(piece) - len(piece.rstrip()))
    return (first, last) if first < last else None
