"""Feeds and sitemaps: lists of addresses, each with what is said of it."""

from __future__ import annotations

import io
from urllib.parse import urljoin

from .document import MOST_LINKS, Document, Link, Unreadable, Writer, one_line
from .xml import local, parse_xml, refuse_entities


def read_feed(content: bytes, address: str = "") -> Document:
    """Read RSS, Atom or RDF: the entries are its links, their summaries its text."""
    import feedparser

    refuse_entities(content)
    feed = feedparser.parse(io.BytesIO(content), response_headers={"content-location": address} if address else {})
    if not feed.entries and not feed.version:
        reason = one_line(str(feed.get("bozo_exception", "it has no entries")))
        raise Unreadable(f"the feed cannot be read: {reason}")
    links, writer = list[Link](), Writer()
    for entry in feed.entries[:MOST_LINKS]:
        title = one_line(entry.get("title", ""))
        target = str(entry.get("link", "")).strip()
        enclosed = [str(each.get("href", "")) for each in entry.get("enclosures", ())]
        published = str(entry.get("published") or entry.get("updated") or "")[:60]
        for each in dict.fromkeys(filter(None, [target, *enclosed])):
            links.append(Link(urljoin(address, each), title, published))
        writer.head(title, 2)
        writer.block(_words(str(entry.get("summary", ""))))
    title = one_line(feed.feed.get("title", ""))
    return Document("feed", title, writer.text, tuple(writer.sections), tuple(links))


def read_sitemap(content: bytes, address: str = "") -> Document:
    """Read a sitemap, or an index of sitemaps."""
    root = parse_xml(content)
    name = local(root.tag)
    if name not in ("urlset", "sitemapindex"):
        raise Unreadable(f"the XML is no sitemap: it begins with <{one_line(name)[:40]}>")
    links = []
    for entry in root:
        told = {local(part.tag): (part.text or "").strip() for part in entry}
        if told.get("loc"):
            kind = "sitemap" if name == "sitemapindex" else "page"
            links.append(Link(urljoin(address, told["loc"]), "", told.get("lastmod", "")[:60], kind))
    return Document("sitemap", "", "", links=tuple(links[:MOST_LINKS]))


def _words(html: str) -> str:
    """A summary without its markup."""
    if "<" not in html:
        return html
    from lxml.html import fromstring  # type: ignore[import-untyped]

    try:
        return " ".join(str(fromstring(f"<div>{html}</div>").text_content()).split())
    except ValueError:  # control characters
        return ""
