"""Which entries of feeds and sitemaps are learned, and how many; reader and fetcher are replaced."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from grym_synth.errors import BadRequest
from grym_synth.knowledge.learn import MOST_ENTRIES, Fetched, Learned, Learner, Wish
from grym_synth.knowledge.reading.document import Document, Link, document_to_json
from grym_synth.messages import Evidence, Source
from grym_synth.storage.knowledge import Knowledge
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Heard

HOME = "https://example.org"


class Web:
    """Pages by address; it is the fetcher and the reader at once."""

    def __init__(self, folder: Path, pages: dict[str, Document]) -> None:
        self.folder, self.pages = folder, pages

    def judge(self, address: str, *, allow_http: bool) -> str:
        if not address.startswith("https://"):
            raise BadRequest(f"{address!r} does not begin with https://")
        return address

    async def fetch(self, address: str, *, allow_http: bool, etag: str, last_modified: str) -> Fetched:
        path = self.folder / "fetched"
        path.write_text(address)
        return Fetched(str(path), address)

    async def read(self, path: str, *, name: str = "", content_type: str = "", address: str = "") -> Heard:
        document = document_to_json(self.pages[Path(path).read_text()])
        return Heard((Evidence("", "read.document", "document", document, "", 1.0, "", Source("read", "1", "")),), ())


def learn(folder: Path, pages: dict[str, Document], wish: Wish) -> Learned:
    web = Web(folder, pages)
    return asyncio.run(Learner(Knowledge(SqliteStore.in_memory()), web, web).learn(wish))


def sitemap(*addresses: str, kind: str = "page") -> Document:
    return Document("sitemap", "", "", links=tuple(Link(each, "", "", kind) for each in addresses))


def test_no_more_entries_are_taken_than_were_wished_and_the_rest_is_told(tmp_path: Path) -> None:
    pages = {HOME: sitemap(*(f"{HOME}/{number}" for number in range(500)))}
    learned = learn(tmp_path, pages, Wish(HOME, domain="news"))
    assert len(learned.entries) == MOST_ENTRIES
    assert (learned.told["entries"], learned.told["left"]) == (200, 300)
    assert learned.entries[0] == Wish(f"{HOME}/0", HOME, "news", most=1, depth=1)


def test_sitemaps_of_a_sitemap_share_what_may_be_taken_and_all_belong_to_the_one_that_was_named(tmp_path: Path) -> None:
    names = [f"{HOME}/{number}.xml" for number in range(6)]
    pages = {HOME: sitemap(*names, kind="sitemap")}
    pages |= {name: sitemap(*(f"{name}/{number}" for number in range(100))) for name in names}
    below = learn(tmp_path, pages, Wish(HOME)).entries
    found = [entry for each in below for entry in learn(tmp_path, pages, each).entries]
    assert len(below) + len(found) <= MOST_ENTRIES
    assert {each.parent for each in found} == {HOME}
    assert {each.address.partition(".xml")[0] for each in found} == {f"{HOME}/{number}" for number in range(6)}


def test_feeds_that_hold_feeds_come_to_an_end(tmp_path: Path) -> None:
    pages = {f"{HOME}/{depth}": Document("feed", "", "", links=(Link(f"{HOME}/{depth + 1}"),)) for depth in range(9)}
    wishes = [Wish(f"{HOME}/0")]
    while entries := learn(tmp_path, pages, wishes[-1]).entries:
        wishes += entries
    assert [wish.depth for wish in wishes] == [0, 1, 2, 3]


@pytest.mark.parametrize("entry", ["/etc/passwd", "notes.md", "file:///etc/passwd", "~/.ssh/id_ed25519"])
def test_an_entry_is_an_address_and_never_a_file(entry: str, tmp_path: Path) -> None:
    pages = {HOME: Document("feed", "", "", links=(Link(entry),))}
    (wish,) = learn(tmp_path, pages, Wish(HOME)).entries
    with pytest.raises(BadRequest):
        learn(tmp_path, pages, wish)
