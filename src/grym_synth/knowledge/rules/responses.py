"""What is taken of a response: its status, its headers, and a body that is what it is said to be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from ...messages import Json
from ...regex import lazily
from .content import ANY, WORDS, kind_of_bytes
from .refusals import NotNow, Refused

WHOLE_S = 30.0  # for all that one page takes, tries and waits included
MOST_BYTES = 20 << 20  # as it comes, and unpacked
MOST_HEADERS = 100

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ENCODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "identity": "", "": ""}
_ETAG = lazily(r'(?:W/)?"[\x21\x23-\x7e]{0,200}"')
_CHARSET = lazily(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)

#: What each type that is taken may hold in truth; servers call feeds and sources many things, programs none of these.
_HTML, _TEXT = frozenset({"html", "xml", "text"}), frozenset({"text", "html", "xml"})
_XML, _PDF, _ZIP = frozenset({"xml", "text"}), frozenset({"pdf"}), frozenset({"musicxml archive"})
_MIDI, _AUDIO, _GZIP = frozenset({"midi"}), frozenset({"audio"}), frozenset({"gzip"})
_TYPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("text/html", "application/xhtml+xml"), _HTML),
    **dict.fromkeys(("text/plain", "text/markdown", "text/x-markdown", "text/csv", "text/x-rst"), _TEXT),
    **dict.fromkeys(
        ("application/xml", "text/xml", "application/rss+xml", "application/atom+xml", "application/rdf+xml",
         "application/vnd.recordare.musicxml+xml"), _XML,
    ),
    "application/pdf": _PDF,
    **dict.fromkeys(
        ("application/vnd.recordare.musicxml", "application/zip", "application/x-zip-compressed"), _ZIP
    ),
    **dict.fromkeys(("audio/midi", "audio/x-midi", "audio/mid", "audio/sp-midi", "application/x-midi"), _MIDI),
    **dict.fromkeys(
        ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/flac", "audio/x-flac", "audio/mpeg",
         "audio/mp3", "audio/ogg", "audio/opus", "audio/vorbis", "audio/mp4", "audio/x-m4a", "audio/aac", "audio/aiff",
         "audio/x-aiff", "application/ogg"), _AUDIO,
    ),
    **dict.fromkeys(("application/gzip", "application/x-gzip"), _GZIP),
    **dict.fromkeys(("", "application/octet-stream", "binary/octet-stream"), ANY),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The status and headers of a response; names in small letters."""

    status: int
    headers: Sequence[tuple[str, str]]

    def get(self, name: str) -> str:
        """The first header of that name; "" without."""
        return next((value.strip() for key, value in self.headers if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value.strip() for key, value in self.headers if key == name]


@dataclass(frozen=True, slots=True)
class Expected:
    """What the headers of a response promise.

    kinds : of content, one of which it has to be
    encoding : "gzip", "deflate" or ""
    """

    content_type: str
    charset: str
    kinds: frozenset[str]
    encoding: str
    etag: str
    last_modified: str

    def to_json(self) -> dict[str, Json]:
        return {
            "content_type": self.content_type, "charset": self.charset, "etag": self.etag,
            "last_modified": self.last_modified,
        }  # fmt: skip


def judge_status(head: Head, url: str, *, was_conditional: bool = False) -> None:
    """Let a page pass, and a "not modified" that was asked for; redirects are followed before.

    Raises
    ------
    Refused, NotNow
        There is no page; NotNow where there may be one later.
    """
    status = head.status
    if status in (200, 203) or (status == 304 and was_conditional):
        return
    for codes, code, words in (
        ((401, 407), "needs_login", "wants a login, which is never given"),
        ((403,), "forbidden", "does not let us read it"),
        ((402,), "needs_payment", "wants to be paid"),
        ((404,), "not_found", "has no such page"),
        ((410,), "gone", "says that the page is gone for good"),
        ((451,), "withheld", "may not show it, for reasons of law"),
    ):
        if status in codes:
            raise Refused(code, f"{url} {words} ({status})", "" if code != "needs_login" else "save it as a file")
    if status == 429:
        raise NotNow("too_many_requests", f"{url} says that it was asked too often (429)", "wait", retry_after_of(head))
    if 500 <= status < 600:
        raise NotNow("server_error", f"the server of {url} has an error ({status})", "later", retry_after_of(head))
    if 400 <= status < 500:
        raise Refused("client_error", f"{url} is refused by its server ({status})")
    raise Refused("odd_status", f"{url} answers {status}, which was not asked for")


def retry_after_of(head: Head) -> float | None:
    """Seconds that the server asks to wait; None when it does not say in seconds."""
    text = head.get("retry-after")
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def judge_head(head: Head) -> Expected:
    """What a page's headers promise, before any of its body is read.

    Raises
    ------
    Refused
        It is of a type that is not read, packed in a way that is not unpacked, or too large.
    """
    if len(head.headers) > MOST_HEADERS:
        raise Refused("many_headers", f"the response has {len(head.headers)} headers: at most {MOST_HEADERS}")
    for name in ("content-type", "content-length"):
        if len(set(head.all(name))) > 1:
            raise Refused("contradicting_headers", f"the response says twice, and differently, what its {name} is")
    length = head.get("content-length")
    if length and head.get("transfer-encoding"):
        raise Refused("contradicting_headers", "the response has a length and comes in chunks, which may hide another")
    if length.isdecimal() and int(length) > MOST_BYTES:
        raise Refused("too_large", f"it has {int(length) >> 20:,} MB: at most {MOST_BYTES >> 20} are read")
    said = head.get("content-type")
    media = said.partition(";")[0].strip().lower()
    if media not in _TYPES:
        shown = "".join(letter for letter in media if letter.isprintable())[:60]
        raise Refused("wrong_type", f"it is {shown!r}, which is not read", "pages, text, feeds, PDF and scores are")
    charset = (_CHARSET.search(said) or ("", ""))[1].lower()
    etag, modified = head.get("etag"), head.get("last-modified")
    return Expected(
        said if said.isprintable() and len(said) <= 200 else media, charset, _TYPES[media], _encoding(head),
        etag if is_etag(etag) else "", modified if is_date(modified) else "",
    )  # fmt: skip


def location_of(head: Head) -> str:
    """Where a redirect leads; "" when it does not say. Raises Refused when it names several places."""
    places = list(dict.fromkeys(head.all("location")))
    if len(places) > 1:
        raise Refused("contradicting_headers", "the response sends on to several places at once")
    return places[0] if places else ""


def is_etag(text: str) -> bool:
    """Whether it may be sent back to the server as it came."""
    return _ETAG.fullmatch(text) is not None


def is_date(text: str) -> bool:
    if not text.isascii() or not text.isprintable() or len(text) > 60:
        return False
    try:
        parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return False
    return True


def _encoding(head: Head) -> str:
    """How the body is packed: once at most."""
    layers = [part.strip().lower() for value in head.all("content-encoding") for part in value.split(",")]
    layers = [part for part in layers if part not in ("", "identity")]
    if len(layers) > 1:
        raise Refused("packed_twice", f"it is packed {len(layers)} times over, as bombs are")
    if layers and layers[0] not in _ENCODINGS:
        raise Refused("unknown_packing", f"it is packed as {layers[0][:30]!r}, which was not asked for")
    return _ENCODINGS[layers[0]] if layers else ""


def judge_body(content: bytes, expected: Expected) -> str:
    """The kind of what came: "html", "xml", "text", "pdf", "midi", "audio", "gzip", "musicxml archive", "empty".

    Raises
    ------
    Refused
        It is not what its type says, or nothing that can be read.
    """
    kind = kind_of_bytes(content)
    if kind == "empty" or kind in expected.kinds:
        return kind
    words = WORDS.get(kind, kind)
    said = expected.content_type.partition(";")[0].strip()
    if expected.kinds is ANY:
        raise Refused("unreadable_kind", f"it is {words}, which is not read", "pages, text, feeds, PDF and scores are")
    raise Refused("mislabelled", f"it says that it is {said}, and is {words}", "save it, look at it, and give the file")
