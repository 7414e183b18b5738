"""Recordings that a sentence names, and what it quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...regex import lazily
from .masked import Masked
from .stated import FileName, Quotation
from .units import UNIT

_NO_ARTICLE = r"(?<!\b[Tt]he )(?<!\b[Aa] )(?<!\b[Aa]n )(?<!\b[Ii]ts )(?<!\b[Tt]his )(?<!\b[Yy]our )"
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_PLACE = lazily(
    rf"(?i)\b(?:the )?({'|'.join(_PLACES)}|last) (?:audio )?(?:file|recording|track|song)\b(?! of (?:the|an|a)\b)"
)
_PLACE_ALONE = lazily(
    rf"(?i)\bthe ({'|'.join(_PLACES)}|last)(?: one)?(?= (?:at|is|runs|has|lies|comes|measures|lasts|in|with)\b|[,.;]|$)"
)
_PART_WORD = lazily(r"(?i)\b(?:thirds?|halves|half|parts?|sections?|beats?|onsets?|peaks?|tags?|resonances?)\b")
_QUOTE = lazily(r"\"([^\"]{0,500})\"|(?<!\w)'([^']{1,500})'(?!\w)")
_FILE_LIKE = lazily(r"[^\s\"'()\[\],;:\x01]+")
EXTENSION = lazily(r"(?i)\.(?:[a-z][a-z0-9]{1,4}|w64|3gp)$")
_LIKENESS = lazily(r"(?i)\bsounds like:?(?: [^.;:]{0,120})?[ ,]$")


def take_files(masked: Masked, table: Mapping[str, tuple[str, ...]]) -> Iterator[FileName]:
    """Recordings by one of their names."""
    used = sorted((name for name in table if name in masked.text), key=len, reverse=True)
    if not used:
        return
    # A plain word ("loop") is no name behind an article: "the loop" may be any.
    edges = r"(?<![\w/\\.-]){}(?![\w/\\]|\.\w|-\w)"
    choices = [(_NO_ARTICLE if name.isalpha() else "") + edges.format(re.escape(name)) for name in used]
    for match in re.compile("|".join(choices)).finditer(masked.plain):
        if match[0].isalpha() and _LIKENESS.search(masked.text, max(0, match.start() - 160), match.start()):
            continue  # "It sounds like: ambient, slow" beside a file called "ambient.wav"
        if match[0][-1].isdigit() and UNIT.at(masked.text, match.end()) is not None:
            continue  # "Tempo 120 BPM" beside a file called "Tempo 120.wav"
        masked.mask(match.start(), match.end())
        yield FileName(match.start(), match.end(), match[0], table[match[0]])


def take_places(masked: Masked, places: tuple[str, ...]) -> Iterator[FileName]:
    """ "The second file", of the recordings in the order in which they were asked for."""
    found = masked.take(_PLACE) if places else []
    if found and not _PART_WORD.search(masked.plain):
        found += masked.take(_PLACE_ALONE)  # "the second file runs at 128 BPM, the first at 126"
    for match in found:
        word = match[1].casefold()
        at = len(places) - 1 if word == "last" else _PLACES.index(word)
        yield FileName(match.start(), match.end(), match[0], places[at : at + 1])


def take_unknown_files(masked: Masked) -> Iterator[FileName]:
    """What looks like the name of a file."""
    for match in _FILE_LIKE.finditer(masked.plain):
        word = match[0].rstrip(".!?")
        if EXTENSION.search(word) and any(letter.isalnum() for letter in word.rpartition(".")[0]):
            masked.mask(match.start(), match.start() + len(word))
            yield FileName(match.start(), match.start() + len(word), word, ())


def take_quotations(masked: Masked, files: list[FileName]) -> list[Quotation]:
    found = []
    for match in _QUOTE.finditer(masked.text):
        start, end = match.span(1) if match[1] is not None else match.span(2)
        whole = any(name.start <= start and end <= name.end for name in files if name.subjects)
        if whole or start == end:
            continue
        files[:] = [name for name in files if name.subjects or not start <= name.start < end]
        found.append(Quotation(start, end, masked.text[start:end]))
        masked.mask(start, end)
    return found
