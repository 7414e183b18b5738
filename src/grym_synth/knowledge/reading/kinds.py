"""What kind of file it is: by its first bytes where they tell, else by its type and name; and its reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

from ...audio.decoding.suffixes import AUDIO_SUFFIXES
from .document import MOST_BYTES, Document, Unreadable, one_line

_MARKDOWN = frozenset({".md", ".markdown", ".mdown", ".mkd"})
_TEXT = frozenset({".txt", ".text", ".rst", ".org", ".log", ".csv", ".tsv"})
_HTML = frozenset({".html", ".htm", ".xhtml", ".xht"})
_XML = frozenset({".xml", ".rss", ".atom", ".rdf", ".musicxml"})
_OTHER = frozenset({".pdf", ".mid", ".midi", ".mxl"})
#: Names of files that are read in a folder.
READ_SUFFIXES = _MARKDOWN | _TEXT | _HTML | _XML | _OTHER
_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_COMMENT = re.compile(rb"<!--.*?-->|<\?.*?\?>", re.DOTALL)
_ROOTS = {
    b"rss": "feed", b"feed": "feed", b"rdf": "feed", b"urlset": "sitemap", b"sitemapindex": "sitemap",
    b"score-partwise": "score", b"score-timewise": "score", b"html": "html",
}  # fmt: skip
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

#: How a recording is called whose address does not tell.
SUFFIXES_OF_TYPES = {
    "audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/flac": ".flac", "audio/x-flac": ".flac", "audio/ogg": ".ogg",
    "audio/vorbis": ".ogg", "audio/opus": ".opus", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "audio/aac": ".aac",
    "audio/aiff": ".aiff", "audio/x-aiff": ".aiff",
}  # fmt: skip

Progress = Callable[[float, str], None]


def is_audio(name: str, content_type: str = "") -> bool:
    """Whether a file of that name or type is to be listened to, not read."""
    of_type = content_type.lower().startswith("audio/") and "midi" not in content_type.lower()
    return of_type or PurePath(name.partition("?")[0]).suffix.lower() in AUDIO_SUFFIXES


def read_content(content: bytes, name: str, content_type: str, address: str, progress: Progress) -> Document:
    """Read the bytes of a file.

    name : its name, whose ending tells of bytes that do not tell themselves
    content_type : as a server gave it; ""
    address : what links in it are relative to; ""

    Raises
    ------
    Unreadable
        It cannot be read; the sentence says why.
    """
    if not content.strip():
        raise Unreadable("it is empty: there is nothing to read in it")
    if len(content) > MOST_BYTES:
        raise Unreadable(f"it has {len(content) >> 20:,} MB, more than {MOST_BYTES >> 20}", hint="split it into parts")
    from . import feeds, html, markdown, pdf, scores, xml

    charset = (_CHARSET.search(content_type) or ("", ""))[1]
    match kind_of(content, name, content_type):
        case "pdf":
            return pdf.read_pdf(content, progress)
        case "midi":
            return scores.read_midi(content)
        case "zip":
            return scores.read_musicxml(xml.from_zip(content))
        case "gzip":
            inner = name[:-3] if name.lower().endswith(".gz") else name
            unpacked = xml.gunzip(content)
            if kind_of(unpacked, inner, "") == "gzip":
                raise Unreadable("it is compressed more than once: it is not read")
            return read_content(unpacked, inner, "", address, progress)
        case "audio":
            return Document("audio", PurePath(name).stem, "")
        case "score":
            return scores.read_musicxml(content)
        case "feed":
            return feeds.read_feed(content, address)
        case "sitemap":
            return feeds.read_sitemap(content, address)
        case "html":
            return html.read_html(content, address, charset)
        case "markdown":
            return markdown.read_markdown(content, charset)
        case "text":
            return markdown.read_text(content, charset)
        case other:
            raise Unreadable(
                f"it is {other}, which cannot be read",
                hint="web pages, PDF, Markdown, text, feeds, sitemaps, MusicXML and MIDI can be read",
            )


def kind_of(content: bytes, name: str, content_type: str) -> str:
    """ "pdf", "midi", "zip", "gzip", "audio", "score", "feed", "sitemap", "html", "markdown", "text"; else words."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    suffix, said = PurePath(name.partition("?")[0]).suffix.lower(), content_type.partition(";")[0].strip().lower()
    for magic, kind in ((b"%PDF-", "pdf"), (b"MThd", "midi"), (b"PK\x03\x04", "zip"), (b"\x1f\x8b", "gzip")):
        if start.startswith(magic) or content.startswith(magic):
            return kind
    if is_audio(name, content_type):
        return "audio"
    if content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90")):
        return "a picture or a program"
    is_markdown = suffix in _MARKDOWN or said in ("text/markdown", "text/x-markdown")
    if start.startswith(b"<") and not is_markdown:
        root = _ROOT.search(_COMMENT.sub(b"", content[: 1 << 16]))
        kind = _ROOTS.get(root[1].lower() if root else b"", "")
        if kind or suffix in _HTML or "html" in said or start[:9].lower() == b"<!doctype":
            return kind or "html"
        if suffix in _XML or said.endswith("xml"):
            named = one_line(root[1].decode("latin-1"))[:40] if root else ""
            return f"XML of an unknown kind (<{named}>)"
    if is_markdown:
        return "markdown"
    if suffix in (".pdf", ".mid", ".midi", ".mxl"):
        return f"called {suffix} and is none"
    if suffix in _HTML or said in ("text/html", "application/xhtml+xml"):
        return "html"
    if suffix in _XML:
        return f"called {suffix} and is none"
    return "text"
