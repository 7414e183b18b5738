"""What bytes are in truth, whatever anybody says of them: by their first ones, as programs that open them judge."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOOKED_AT = 4_096  # bytes: where text is told from what is none

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "pdf"), (b"MThd", "midi"), (b"\x1f\x8b", "gzip"), (b"fLaC", "audio"), (b"ID3", "audio"),
    (b"OggS", "audio"), (b"caff", "audio"), (b"MZ", "program"), (b"\x7fELF", "program"), (b"#!", "program"),
    (b"\xca\xfe\xba\xbe", "program"), (b"\xcf\xfa\xed\xfe", "program"), (b"\xce\xfa\xed\xfe", "program"),
    (b"\xfe\xed\xfa\xce", "program"), (b"\xfe\xed\xfa\xcf", "program"), (b"\0asm", "program"), (b"dex\n", "program"),
    (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"), (b"BM", "picture"),
    (b"II*\0", "picture"), (b"MM\0*", "picture"), (b"\0\0\1\0", "picture"), (b"\x1aE\xdf\xa3", "video"),
    (b"7z\xbc\xaf\x27\x1c", "archive"), (b"Rar!", "archive"), (b"BZh", "archive"), (b"\xfd7zXZ", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"), (b"SQLite format 3", "database"), (b"\xd0\xcf\x11\xe0", "office document"),
    (b"wOFF", "font"), (b"wOF2", "font"), (b"{\\rtf", "office document"),
)  # fmt: skip
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|p|h[1-6]|table|article|main|section|nav|"
    rb"header|footer|ul|ol|a|b|br|span|img|center|font)[\s>/]",
    re.IGNORECASE,
)
_COMMENTS = re.compile(rb"(?:\s*(?:<!--.*?-->|<\?.*?\?>))*\s*", re.DOTALL)
_TAG = re.compile(rb"<(?:[A-Za-z_][\w.:-]*[\s>/]|!DOCTYPE\s+(?!html)\w|!ENTITY)", re.IGNORECASE)
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")  # ESC: Japanese of 7 bits

#: Kinds that are read, where nobody says what it is.
ANY = frozenset({"html", "xml", "text", "pdf", "midi", "audio", "gzip", "musicxml archive"})
WORDS: Mapping[str, str] = {
    "html": "a web page", "xml": "XML", "text": "plain text", "pdf": "a PDF", "midi": "MIDI", "audio": "sound",
    "gzip": "packed (gzip)", "musicxml archive": "a packed score", "program": "a program", "picture": "a picture",
    "video": "a video", "archive": "an archive", "database": "a database", "office document": "an office document",
    "font": "a font", "binary": "bytes of no known kind",
}  # fmt: skip
ENDINGS: Mapping[str, str] = {
    "html": ".html", "xml": ".xml", "text": ".txt", "pdf": ".pdf", "midi": ".mid", "gzip": ".gz",
    "musicxml archive": ".mxl", "empty": ".txt",
}  # fmt: skip


def kind_of_bytes(content: bytes) -> str:
    """A word of WORDS, or "empty"."""
    if not content.strip():
        return "empty"
    for magic, kind in _MAGIC:
        if content.startswith(magic) and not (magic in (b"MZ", b"BM", b"BZh") and _is_text(content)):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return "musicxml archive" if b"META-INF/container.xml" in content and not _is_book(content) else "archive"
    if content.startswith(b"RIFF") and len(content) >= 12:
        return {b"WAVE": "audio", b"WEBP": "picture", b"RMID": "midi"}.get(content[8:12], "video")
    if content.startswith(b"FORM") and content[8:12] in (b"AIFF", b"AIFC"):
        return "audio"
    if content[4:8] == b"ftyp":
        return "audio" if content[8:11] in (b"M4A", b"M4B") else "video"
    if _is_frame(content):
        return "audio"
    return _kind_of_text(content)


def _kind_of_text(content: bytes) -> str:
    plain = _as_bytes(content[:_LOOKED_AT])
    if plain is None:
        return "binary"
    start = plain.lstrip(b"\xef\xbb\xbf \t\r\n\f")
    if start.startswith(b"%PDF-"):
        return "pdf"
    rest = start[_COMMENTS.match(start).end() :] if start.startswith(b"<") else start  # type: ignore[union-attr]
    if _HTML.match(rest):
        return "html"
    if start[:5].lower() == b"<?xml" or _TAG.match(rest):
        return "xml"
    return "text"


def _as_bytes(start: bytes) -> bytes | None:
    """The beginning as ASCII sees it, also of UTF-16; None where it is no text."""
    for mark, charset in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if start.startswith(mark):
            text = start[2:].decode(charset, "replace")
            return None if "\0" in text else text.encode()
    if start[:1] == b"<" and start[1:2] == b"\0":
        return _as_bytes(b"\xff\xfe" + start)
    if start[:2] == b"\0<":
        return _as_bytes(b"\xfe\xff" + start)
    return start if _is_text(start) else None


def _is_text(content: bytes) -> bool:
    return not _CONTROLS.intersection(content[:_LOOKED_AT])


def _is_frame(content: bytes) -> bool:
    """Whether it begins as a frame of MPEG audio or AAC does; the mark of UTF-16 is none."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0 or content[1] == 0xFE:
        return False
    if content[1] & 0xF6 == 0xF0:  # AAC in ADTS: no layer
        return True
    version, layer = content[1] >> 3 & 3, content[1] >> 1 & 3
    return version != 1 and layer != 0 and content[2] >> 4 not in (0, 15) and content[2] >> 2 & 3 != 3


def _is_book(content: bytes) -> bool:
    return b"application/epub+zip" in content[:_LOOKED_AT] or b"application/vnd.oasis" in content[:_LOOKED_AT]
