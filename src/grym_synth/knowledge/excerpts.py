"""The part of a passage that is quoted: whole sentences, verbatim, with their own position in the source."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from ..regex import lazily
from ..storage.knowledge_rows import Passage
from .terms import stems_of

MOST = 320  # characters of a quotation

_SENTENCE = lazily(r"\S(?:.*?[.!?。！？](?=[\s\"')\]”’]|$)[\"')\]”’]*|(?:(?!\n\s*\n).)+)", re.DOTALL)

_HEADING = lazily(r"(?:#{1,6}[^\n]*\s+)+")


def sentences_of(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of a text begins and ends; an empty line ends one as well."""
    at = 0
    for block in re.split(r"(\n\s*\n)", text):
        for match in _SENTENCE.finditer(block):
            yield at + match.start(), at + len(match[0].rstrip()) + match.start()
        at += len(block)


def after_heading(text: str) -> int:
    """Where a passage goes on behind its heading, whose words stand in the section already."""
    heading = _HEADING.match(text)
    return heading.end() if heading and heading.end() < len(text) else 0


def excerpt(passage: Passage, stems: Collection[str]) -> tuple[int, int, str]:
    """The sentences of a passage with most of what is looked for: start, end and text, as in the source."""
    first_char = after_heading(passage.text)
    if len(passage.text) - first_char <= MOST:
        return passage.start + first_char, passage.end, passage.text[first_char:]
    spans = [span for span in sentences_of(passage.text) if span[0] >= first_char] or [(first_char, len(passage.text))]
    best, most = (0, 0), -1.0
    for first in range(len(spans)):
        for last in range(first, len(spans)):
            start, end = spans[first][0], spans[last][1]
            if end - start > MOST and last > first:
                break
            held = len({*stems_of(passage.text[start:end])}.intersection(stems))
            worth = held - 0.002 * (end - start)
            if worth > most:
                best, most = (start, end), worth
    start, end = best
    if end - start > MOST:  # one endless sentence: its words around the first that is looked for
        start, end = _cut(passage.text, start, end, stems)
    return passage.start + start, passage.start + end, passage.text[start:end]


def _cut(text: str, start: int, end: int, stems: Collection[str]) -> tuple[int, int]:
    words = [(match.start(), match.end()) for match in re.finditer(r"\S+", text[start:end])]
    hit = next((a for a, b in words if {*stems_of(text[start + a : start + b])} & {*stems}), 0)
    begin = next((a for a, _ in words if a >= hit - MOST // 3), 0)
    last = max((b for _, b in words if b <= begin + MOST), default=begin + MOST)
    return start + begin, min(end, start + max(last, begin + 1))
