"""Text from strangers, made fit for a page."""

from __future__ import annotations

from html import escape


def plain(text: str) -> str:
    """Text without what a page may not hold: control characters and broken bytes become spaces and question marks."""
    return "".join(c if c.isprintable() else " " for c in text.encode("utf-8", "replace").decode())


def html_text(value: object) -> str:
    """The value as text between tags or within a quoted attribute."""
    return escape(plain(str(value)))
