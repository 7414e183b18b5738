"""One recording held against the first, and what was asked about the two."""

from __future__ import annotations

from pathlib import PurePath

from ...messages import Evidence
from .page import Page

VOCABULARY = frozenset("difference fit masking alignment polarity null".split())


class Pair:
    """One recording held against the first; every difference is its value minus that of the first."""

    def __init__(self, page: Page, subject: str) -> None:
        self.page, self.subject = page, subject
        others = [path for path in (*page.paths, *page.findings.subjects) if path and path != subject]
        self.own = page.name(subject)
        # A folder that was asked for is no recording: then the first of its files is meant.
        self.other = page.name(others[0]) if others and PurePath(others[0]).suffix else "the first recording"
        self.focus = page.focus(VOCABULARY)
        mentioned = {name.partition(".")[0] for name in page.mentioned}
        self.mentions = mentioned - {"compare"}
        self.several = len({item.subject for item in page.findings.evidence if item.capability == "compare"}) > 1

    def number(self, name: str) -> tuple[Evidence, float] | None:
        return self.page.number(self.subject, f"compare.{name}")

    def find(self, name: str) -> Evidence | None:
        return self.page.find(self.subject, f"compare.{name}")

    def asks_same(self) -> bool:
        return self.page.asks("same|identical|copy|duplicate|cancel|null")
