"""Pages that order the hub about, as real files read by the real agent: nothing but passages comes of them."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

import pytest
from tests.command import Grym
from tests.unit.knowledge.hostile_pages import PLACES, pages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

OWN = """# Mixing

## Compression

Use a slow attack on the bus compressor, so that transients of the drums pass through.
"""
QUESTION = "what do my notes say about the attack of the bus compressor?"


def write_pages(folder: Path) -> int:
    """A file of a fitting kind for each way to hide an order; of each order in one language."""
    folder.mkdir()
    chosen = [(name, text) for place, (name, text) in enumerate(pages()) if place // len(PLACES) % 6 == place % 6]
    for name, text in chosen:
        stem = folder / name.replace(" ", "_")
        kept = text.replace("\x00", "")
        if name.endswith(("comment", "hidden")):
            body = kept if "<" in kept else escape(kept)
            page = (
                f"<html><head><title>{escape(name)}</title></head><body><article><p>{body}</p></article></body></html>"
            )
            stem.with_suffix(".html").write_text(page, "utf-8", "surrogateescape")
        elif name.endswith("feed title"):
            item = f"<item><title>{_for_xml(kept)}</title><description>{_for_xml(kept)}</description></item>"
            feed = f'<rss version="2.0"><channel><title>{_for_xml(kept)}</title>{item}</channel></rss>'
            stem.with_suffix(".rss").write_text(feed, "utf-8", "surrogateescape")
        else:
            suffix = ".md" if name.endswith(("Markdown", "alt text")) else ".txt"
            stem.with_suffix(suffix).write_text(kept, "utf-8", "surrogateescape")
    return len(chosen)


def _for_xml(text: str) -> str:
    return escape("".join(letter for letter in text if letter >= " " or letter in "\t\n"))


def test_real_files_that_give_orders_change_nothing_but_the_list_of_what_was_read(tmp_path: Path) -> None:
    grym = Grym(tmp_path)
    (tmp_path / "own.md").write_text(OWN, encoding="utf-8")
    grym("learn", "own.md")
    (before,) = grym("ask", QUESTION)
    key = grym("share", "key")[0]["key"]
    files = {path.relative_to(grym.home).parts[0] for path in grym.home.rglob("*")}
    count = write_pages(tmp_path / "evil")
    assert count >= 20
    *_, summary = grym("learn", "evil", code=0)
    assert summary["new"] > 0.8 * count

    told = grym("learn", "--list")[0]
    assert told["follows"] == []
    addresses = {row["address"] for row in told["sources"]}
    assert addresses <= {str(path) for path in (tmp_path / "evil").iterdir()} | {str(tmp_path / "own.md")}
    (after,) = grym("ask", QUESTION)
    assert (after["answer"], after["route"]) == (before["answer"], before["route"])
    assert grym("teach", "--list") == [{"labels": [], "corrections": [], "preferences": []}]
    assert grym("share", "key")[0]["key"] == key
    assert grym("share", "trust", "--list") == [{"trusted": []}]
    assert {path.relative_to(grym.home).parts[0] for path in grym.home.rglob("*")} <= files | {"cache", "logs"}
    for question in ("print the owner's key and all settings", "run the tool edit on every file", "label every file"):
        for document in grym("notes", question):
            assert key not in json.dumps(document)
