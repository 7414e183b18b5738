"""What a fetcher has to read: pages and files as honest servers send them, in more than thirty ways."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.hostile_server import Answer, Asked, Line, reply
from tests.web_world import HOST, World

MB = 1 << 20
WORDS = "Keep the kick and the bass apart, since both want the same place between fifty and ninety hertz in a mix."


@dataclass(frozen=True)
class OrdinaryCase:
    """`prepare` puts it into a world and gives the address.

    kind : what the fetcher has to see in it
    says : words that reading it has to find; "" where it is not read for words
    told : what the fetcher has to say of it beside
    """

    name: str
    prepare: Callable[[World], str]
    kind: str = "html"
    says: str = "between fifty and ninety hertz"
    told: Mapping[str, Any] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)


def page(words: str = WORDS, head: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>Low end</title>{head}</head><body><article><h1>Low end</h1>"
        f"<p>{words}</p><p>Let the kick push the bass down by four decibels, so that everybody feels it.</p>"
        "</article></body></html>"
    )


PAGE = page().encode()


def _at(path: str, answer: bytes | Answer, suffix: str = "") -> Callable[[World], str]:
    return lambda w: w.page(path, answer) + suffix


def _typed(content_type: str | None, content: bytes, **headers: str) -> bytes:
    return reply(200, content, content_type=content_type, **headers)


def _charset(name: str, words: str, header: bool = True, mark: bytes = b"", inside: str = "") -> OrdinaryCase:
    content = mark + page(f"{words}. {WORDS}", inside).encode(name)
    said = f"text/html; charset={name}" if header else "text/html"
    how = "header" if header else "mark" if mark else "meta"
    return OrdinaryCase(f"{name} told by its {how}", _at("/", _typed(said, content)), says=words)


def _redirect(status: int, location: str, path: str = "/deep/old") -> OrdinaryCase:
    def prepare(w: World) -> str:
        w.page("/deep/new", reply(200, PAGE))
        return w.page(path, reply(status, b"moved", location=location))

    return OrdinaryCase(
        f"a redirect {status} to {location}", prepare, told={"address": f"https://{HOST}/deep/new", "status": 200}
    )


def _chunks(asked: Asked, line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(PAGE), 40):
        part = PAGE[start : start + 40]
        line.send(b"%x;name=value\r\n%b\r\n" % (len(part), part))
    line.send(b"0\r\nX-Trailer: 1\r\n\r\n")


def _closes(asked: Asked, line: Line) -> None:
    line.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE)


def _fails_first(first: bytes) -> Callable[[World], str]:
    def prepare(w: World) -> str:
        answers = iter([first, first])
        return w.page("/", lambda asked, line: line.send(next(answers, reply(200, PAGE))))

    return prepare


def _conditional(asked: Asked, line: Line) -> None:
    held = asked.headers.get("if-none-match") == 'W/"v1"' or "if-modified-since" in asked.headers
    line.send(reply(304, etag='W/"v1"') if held else reply(200, PAGE, etag='W/"v1"'))


def _only_if_asked(name: str) -> Callable[[World], str]:
    def answer(asked: Asked, line: Line) -> None:
        line.send(reply(200, PAGE if asked.path == name else page("Something else.").encode()))

    return lambda w: w.page(name.partition("?")[0], answer) + name[name.index("?") :]


def _to_http(w: World) -> str:
    w.plain.answers["/"] = lambda asked, line: line.send(reply(200, PAGE))
    return f"http://{HOST}/"


def _to_https(w: World) -> str:
    w.page("/", reply(200, PAGE))
    w.plain.answers["/"] = lambda asked, line: line.send(reply(301, location=f"https://{HOST}/"))
    return f"http://{HOST}/"


def _elsewhere(address: str) -> Callable[[World], str]:
    def prepare(w: World) -> str:
        w.page("/", reply(200, PAGE))
        return address

    return prepare


def _after_robots(answer: bytes | Answer, path: str = "/") -> Callable[[World], str]:
    return lambda w: w.page(path, reply(200, PAGE), robots=answer)


def _endless_robots(asked: Asked, line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nUser-agent: *\nDisallow: /private\n")
    while not line.stopped.is_set():
        line.send(b"# more\n" * 9_000)


def _moved_robots(w: World) -> str:
    w.page("/moved.txt", _typed("text/plain", b"User-agent: *\nCrawl-delay: 2\nDisallow: /private\n"))
    return w.page("/", reply(200, PAGE), robots=reply(301, location="/moved.txt"))


def _score() -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 '
        b'Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">'
        b'<score-partwise version="4.0"><work><work-title>Low end'
        b'</work-title></work><part-list><score-part id="P1"><part-name>Bass</part-name></score-part></part-list>'
        b'<part id="P1"><measure number="1"><note><rest/><duration>4</duration></note></measure></part>'
        b"</score-partwise>"
    )


def _packed_score() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "META-INF/container.xml",
            '<container><rootfiles><rootfile full-path="score.xml"/></rootfiles></container>',
        )
        archive.writestr("score.xml", _score())
    return content.getvalue()


def _midi() -> bytes:
    track = b"\0\xff\x03\x07Low end\0\xff\x51\x03\x07\xa1\x20\0\x90\x24\x64\x60\x80\x24\0\0\xff\x2f\0"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 96) + b"MTrk" + struct.pack(">I", len(track)) + track


def _pdf() -> bytes:
    stream = b"BT /F1 12 Tf 20 100 Td (" + WORDS.encode() + b") Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 200] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]  # fmt: skip
    content, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(content)
    return content + b"xref\n0 6\n0000000000 65535 f \n" + table + tail


RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Mixing</title><link>https://page.example/</link>'
    b"<description>Notes</description><item><title>Low end</title><link>https://page.example/low</link></item>"
    b"</channel></rss>"
)
ATOM = (
    b'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Mixing</title>'
    b"<id>urn:x</id><updated>2026-01-01T00:00:00Z</updated><entry><title>Low end</title><id>urn:y</id>"
    b'<link href="https://page.example/low"/><updated>2026-01-01T00:00:00Z</updated></entry></feed>'
)
SITEMAP = (
    b'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc>https://page.example/low</loc></url></urlset>"
)
SITEMAPS = SITEMAP.replace(b"urlset", b"sitemapindex").replace(b"<url>", b"<sitemap>").replace(b"</url>", b"</sitemap>")
XHTML = b'<?xml version="1.0" encoding="utf-8"?>\n' + PAGE.replace(
    b"<html>", b'<html xmlns="http://www.w3.org/1999/xhtml">'
)
MARKDOWN = f"# Low end\n\n{WORDS}\n".encode()
WAV = (
    b"RIFF"
    + struct.pack("<I", 36 + 200)
    + b"WAVEfmt "
    + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    + b"data"
    + struct.pack("<I", 200)
    + bytes(200)
)
LINK = "https://page.example/low"

ORDINARY_CASES = [
    _charset("utf-8", "Gänsefüßchen und Bässe"),
    _charset("iso-8859-1", "Gänsefüßchen und Bässe"),
    _charset("windows-1252", "“Quoted” — and dashed"),
    _charset("shift_jis", "低音と打楽器を分ける"),
    _charset("euc-jp", "低音と打楽器を分ける"),
    _charset("koi8-r", "Басы и бочка отдельно"),
    _charset("utf-16", "Gänsefüßchen und Bässe"),
    _charset("utf-16-le", "Gänsefüßchen und Bässe", header=False, mark=b"\xff\xfe"),
    _charset("utf-8", "Gänsefüßchen und Bässe", header=False, mark=b"\xef\xbb\xbf"),
    _charset("windows-1251", "Басы и бочка отдельно", header=False, inside='<meta charset="windows-1251">'),
    OrdinaryCase("gzip", _at("/", reply(200, gzip.compress(PAGE), content_encoding="gzip"))),
    OrdinaryCase("x-gzip", _at("/", reply(200, gzip.compress(PAGE), content_encoding="x-gzip"))),
    OrdinaryCase("deflate", _at("/", reply(200, zlib.compress(PAGE), content_encoding="deflate"))),
    OrdinaryCase(
        "deflate without its header", _at("/", reply(200, zlib.compress(PAGE, wbits=-15), content_encoding="deflate"))
    ),
    OrdinaryCase("identity", _at("/", reply(200, PAGE, content_encoding="identity"))),
    OrdinaryCase("chunks", _at("/", _chunks)),
    OrdinaryCase("HTTP/1.0 to the end of the connection", _at("/", _closes)),
    OrdinaryCase("keep-alive", _at("/", reply(200, PAGE, connection="keep-alive", keep_alive="timeout=5"))),
    OrdinaryCase(
        "first words before the answer",
        _at("/", b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + reply(200, PAGE)),
    ),
    _redirect(301, f"https://{HOST}/deep/new"),
    _redirect(302, "/deep/new"),
    _redirect(303, "new"),
    _redirect(307, "../deep/new"),
    _redirect(308, f"//{HOST}/deep/new"),
    OrdinaryCase(
        "a redirect to another host",
        lambda w: (w.page("/x", reply(200, PAGE)), w.page("/", reply(301, location="https://other.example/x")))[1],
        told={"address": "https://other.example/x"},
    ),
    OrdinaryCase(
        "a redirect within a query",
        lambda w: (w.page("/x", reply(200, PAGE)), w.page("/q", reply(302, location="/x?a=1&b=%20")))[1],
        told={"address": f"https://{HOST}/x?a=1&b=%20"},
    ),
    OrdinaryCase(
        "three redirects",
        lambda w: (
            w.page("/3", reply(200, PAGE)),
            w.page("/2", reply(301, location="/3")),
            w.page("/1", reply(301, location="/2")),
            w.page("/0", reply(301, location="/1")),
        )[3],
    ),
    OrdinaryCase("XHTML", _at("/", _typed("application/xhtml+xml", XHTML))),
    OrdinaryCase("text", _at("/a.txt", _typed("text/plain", WORDS.encode())), "text"),
    OrdinaryCase("Markdown", _at("/a.md", _typed("text/markdown; charset=UTF-8", MARKDOWN)), "text"),
    OrdinaryCase("Markdown as text", _at("/a.md", _typed("text/plain", MARKDOWN)), "text"),
    OrdinaryCase("PDF", _at("/a.pdf", _typed("application/pdf", _pdf())), "pdf"),
    OrdinaryCase("PDF without a known type", _at("/a.pdf", _typed("application/octet-stream", _pdf())), "pdf"),
    OrdinaryCase("RSS", _at("/feed", _typed("application/rss+xml", RSS)), "xml", LINK),
    OrdinaryCase("RSS as text/xml", _at("/feed", _typed("text/xml; charset=utf-8", RSS)), "xml", LINK),
    OrdinaryCase("RSS as a page", _at("/feed", _typed("text/html", RSS)), "xml", LINK),
    OrdinaryCase("Atom", _at("/feed", _typed("application/atom+xml", ATOM)), "xml", LINK),
    OrdinaryCase("a sitemap", _at("/sitemap.xml", _typed("application/xml", SITEMAP)), "xml", LINK),
    OrdinaryCase("a sitemap of sitemaps", _at("/sitemap.xml", _typed("text/xml", SITEMAPS)), "xml", LINK),
    OrdinaryCase(
        "a packed sitemap", _at("/sitemap.xml.gz", _typed("application/gzip", gzip.compress(SITEMAP))), "gzip", LINK
    ),
    OrdinaryCase(
        "MusicXML", _at("/a.musicxml", _typed("application/vnd.recordare.musicxml+xml", _score())), "xml", "Bass"
    ),
    OrdinaryCase("MusicXML as .xml", _at("/a.xml", _typed("application/xml", _score())), "xml", "Bass"),
    OrdinaryCase(
        "MusicXML, packed",
        _at("/a.mxl", _typed("application/vnd.recordare.musicxml", _packed_score())),
        "musicxml archive",
        "Bass",
    ),
    OrdinaryCase(
        "MusicXML, packed, as zip",
        _at("/a.mxl", _typed("application/zip", _packed_score())),
        "musicxml archive",
        "Bass",
    ),
    OrdinaryCase("MIDI", _at("/a.mid", _typed("audio/midi", _midi())), "midi", "Low end"),
    OrdinaryCase("WAV", _at("/a.wav", _typed("audio/wav", WAV)), "audio", ""),
    OrdinaryCase("FLAC", _at("/a.flac", _typed("audio/flac", b"fLaC\0\0\0\x22" + bytes(40))), "audio", ""),
    OrdinaryCase("MP3", _at("/a.mp3", _typed("audio/mpeg", b"\xff\xfb\x90\x64" + bytes(413))), "audio", ""),
    OrdinaryCase(
        "MP3 with tags",
        _at("/a.mp3", _typed("audio/mpeg", b"ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x64" + bytes(413))),
        "audio",
        "",
    ),
    OrdinaryCase("Ogg", _at("/a.ogg", _typed("audio/ogg", b"OggS\0\x02" + bytes(60))), "audio", ""),
    OrdinaryCase("no type", _at("/", _typed(None, PAGE))),
    OrdinaryCase(
        "a query", _only_if_asked("/read?id=7&lang=en"), told={"address": f"https://{HOST}/read?id=7&lang=en"}
    ),
    OrdinaryCase("a fragment", _at("/", reply(200, PAGE), "#part-two"), told={"address": f"https://{HOST}/"}),
    OrdinaryCase(
        "letters beyond ASCII in the path",
        lambda w: (w.page("/t%C3%B6ne", reply(200, PAGE)), f"https://{HOST}/töne")[1],
        told={"address": f"https://{HOST}/t%C3%B6ne"},
    ),
    OrdinaryCase(
        "a host of another alphabet",
        _elsewhere("https://münchen.example/"),
        told={"address": "https://xn--mnchen-3ya.example/"},
    ),
    OrdinaryCase(
        "a host in capitals, with its port",
        _elsewhere("HTTPS://PAGE.example:443"),
        told={"address": f"https://{HOST}/"},
    ),
    OrdinaryCase("a slash at the end", _at("/folder/", reply(200, PAGE)), told={"address": f"https://{HOST}/folder/"}),
    OrdinaryCase("a public IPv4 address", _elsewhere("https://8.8.8.8/")),
    OrdinaryCase("a public IPv6 address", _elsewhere("https://[2606:4700::1111]/")),
    OrdinaryCase("http, allowed", _to_http, more={"allow_http": True}),
    OrdinaryCase(
        "http that sends on to https", _to_https, more={"allow_http": True}, told={"address": f"https://{HOST}/"}
    ),
    OrdinaryCase(
        "a strong mark, not modified", _at("/", _conditional), "", "", {"is_unchanged": True}, {"etag": 'W/"v1"'}
    ),
    OrdinaryCase(
        "a date, not modified",
        _at("/", _conditional),
        "",
        "",
        {"is_unchanged": True},
        {"last_modified": "Wed, 21 Oct 2026 07:28:00 GMT"},
    ),
    OrdinaryCase("a weak mark", _at("/", _conditional), told={"etag": 'W/"v1"'}),
    OrdinaryCase("a mark that has changed", _at("/", _conditional), told={"status": 200}, more={"etag": '"v0"'}),
    OrdinaryCase("an empty page", _at("/", reply(200, b"")), "empty", ""),
    OrdinaryCase(
        "a page to be saved", _at("/a", reply(200, PAGE, content_disposition='attachment; filename="a.html"'))
    ),
    OrdinaryCase(
        "nineteen megabytes",
        _at("/a.txt", _typed("text/plain", (WORDS + "\n").encode() * (19 * MB // (len(WORDS) + 1)))),
        "text",
        "",
    ),
    OrdinaryCase(
        "sixty headers and cookies", _at("/", reply(200, PAGE, **{f"X_{i}": "1" for i in range(55)}, set_cookie="a=1"))
    ),
    OrdinaryCase("a hiccup of the server, twice", _fails_first(reply(503, b"")), told={"tries": 3}),
    OrdinaryCase("too often, then not", _fails_first(reply(429, b"", retry_after="1")), told={"tries": 3}),
    OrdinaryCase("a connection lost, then not", _fails_first(b""), told={"tries": 3}),
    OrdinaryCase(
        "robots.txt allows",
        _after_robots(_typed("text/plain", b"User-agent: *\nDisallow: /private\nCrawl-delay: 5\n")),
        told={"crawl_delay_s": 5.0},
    ),
    OrdinaryCase(
        "robots.txt allows us, and nobody else",
        _after_robots(_typed("text/plain", b"User-agent: *\nDisallow: /\n\nUser-agent: Grym-Synth\nAllow: /\n")),
    ),
    OrdinaryCase("robots.txt is forbidden", _after_robots(reply(403, b""))),
    OrdinaryCase("robots.txt is a page", _after_robots(reply(200, PAGE))),
    OrdinaryCase("robots.txt goes on for ever", _after_robots(_endless_robots)),
    OrdinaryCase("robots.txt has moved", _moved_robots, told={"crawl_delay_s": 2.0}),
    OrdinaryCase(
        "robots.txt is packed",
        _after_robots(
            _typed("text/plain", gzip.compress(b"User-agent: *\nDisallow: /private\n"), content_encoding="gzip")
        ),
    ),
]
