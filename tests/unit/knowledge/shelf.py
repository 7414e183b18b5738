"""A small knowledge base in memory, for tests of searching and telling."""

from __future__ import annotations

import hashlib
import re

from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.knowledge_rows import SourceRow
from grym_synth.storage.sqlite import SqliteStore

MASTERING = """# Mastering

## Levels

Master quiet music to -14 LUFS integrated for streaming. Keep the true peak below -1 dBTP.

## Compression

Use a slow attack on the bus compressor, so that transients of the drums pass through.
"""
CLUB = """# Club nights

## Levels

Master quiet music to -9 LUFS integrated for streaming. Mono below 120 Hz keeps the bass firm.
"""
GARDEN = """# Garden

## Tomatoes

Water tomatoes in the morning and keep their leaves dry. Feed them with potash once they flower.
"""


def put(knowledge: Knowledge, address: str, text: str, *, domain: str = "mixing") -> None:
    """Keep a text, a passage for each section."""
    title = text.splitlines()[0].lstrip("# ")
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = SourceRow(address, "markdown", domain, title.lower(), title, digest, 1, 0.0, 0.0)
    pieces = []
    for match in re.finditer(r"(?ms)^## ([^\n]+)\n\n(.*?)\n*(?=^## |\Z)", text):
        pieces.append((match.start(2), match.end(2), match[1]))
    knowledge.put(row, text, [], pieces or [(0, len(text), "")])


def small() -> Knowledge:
    knowledge = Knowledge(SqliteStore.in_memory())
    put(knowledge, "/notes/mastering.md", MASTERING)
    put(knowledge, "/notes/club.md", CLUB)
    put(knowledge, "/notes/garden.md", GARDEN, domain="garden")
    return knowledge
