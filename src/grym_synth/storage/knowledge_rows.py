"""What was read, as it is stored: sources, sections, passages, and what is read again by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .store import from_text, to_text

SOURCE_COLUMNS = (
    "address, kind, domain, topic, title, sha256, version, read_at, checked_at,"
    " parent, etag, last_modified, recording, author_key"
)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One address or file that was read. Times are seconds since 1970.

    address : canonical URL, or absolute path
    kind : "page", "pdf", "markdown", "text", "score", "midi", "audio"
    domain : its collection: host or folder name, or as given
    topic : slug of the title
    sha256 : of the bytes that were read
    version : 1, 2, ...; the latest is searched, earlier ones are kept until forgotten
    parent : the folder, feed or sitemap it came from
    recording : sha256 of the recording, of kind "audio"
    author_key : who shared it; "" for what the owner read himself
    """

    address: str
    kind: str
    domain: str
    topic: str
    title: str
    sha256: str
    version: int
    read_at: float
    checked_at: float
    parent: str = ""
    etag: str = ""
    last_modified: str = ""
    recording: str = ""
    author_key: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Where a part of a text begins, what it is called, and how deep it lies (1: a chapter)."""

    start: int
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source: `text` is the source's text from `start` to `end`, in code points.

    section : "Chapter > Part"
    opens : whether its section begins with it
    copies : addresses of near-duplicates folded into it
    """

    id: int
    address: str
    title: str
    domain: str
    topic: str
    section: str
    start: int
    end: int
    text: str
    version: int
    read_at: float
    opens: bool = False
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went for good."""

    addresses: tuple[str, ...] = ()
    versions: int = 0
    passages: int = 0
    follows: int = 0


@dataclass(frozen=True, slots=True)
class Follow:
    """An address that is read again every `every_s` seconds; `kind` is "page", "folder", "feed" or "sitemap"."""

    address: str
    every_s: float
    kind: str
    due_at: float
    domain: str = ""
    allows_http: bool = False


def valid(text: str) -> str:
    """The text with "?" for each half of a character and for the character 0, which not every store holds; positions
    stay."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "?")


def row_of_source(item: SourceRow) -> tuple[object, ...]:
    """Values in the order of SOURCE_COLUMNS."""
    named = (valid(text) for text in (item.kind, item.domain, item.topic, item.title, item.sha256))
    told = (valid(text) for text in (item.etag, item.last_modified, item.recording, item.author_key))
    times = (item.version, item.read_at, item.checked_at)
    return (to_text(item.address), *named, *times, to_text(item.parent), *told)


def source_of_row(row: Sequence[Any]) -> SourceRow:
    """The source in a row of SOURCE_COLUMNS."""
    address, kind, domain, topic, title, sha256, version, read_at, checked_at, parent, *rest = row
    return SourceRow(
        from_text(address), kind, domain, topic, title, sha256, version, read_at, checked_at, from_text(parent), *rest
    )


def sections_to_text(sections: Iterable[Section]) -> str:
    return json.dumps([[item.start, valid(item.title), item.level] for item in sections], ensure_ascii=False)


def sections_of_text(stored: str) -> list[Section]:
    return [Section(int(start), str(title), int(level)) for start, title, level in json.loads(stored)]
