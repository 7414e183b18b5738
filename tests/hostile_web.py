"""What a fetcher must not fall for: more than eighty cases, each with the one reason that it has to be refused for."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.hostile_server import Answer, Asked, Line, reply, says
from tests.web_world import HOST, PUBLIC, World

MB = 1 << 20


@dataclass(frozen=True)
class HostileCase:
    """`prepare` puts it into a world and gives the address; `code` is the only reason that is right."""

    name: str
    code: str
    prepare: Callable[[World], str]
    certificate: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    opens: bool = True  # a connection may be made on the way


def _spelled(code: str, *addresses: str) -> list[HostileCase]:
    """Refused before any name is looked up."""

    def prepare(w: World, address: str) -> str:
        return address

    return [
        HostileCase(f"spelled {address[:60]!r}", code, partial(prepare, address=address), opens=False)
        for address in addresses
    ]


SPELLINGS = [
    *_spelled(
        "disguised_address",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://017700000001/",
        "https://127.1/",
        "https://0/",
        "https://127.0.0.01/",
        "https://10.0.258/",
        "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11/",
        "https://127\u30020\u30020\u30021/",
        "https://127\uff0e0\uff0e0\uff0e1/",
        "https://\u2460\u2461\u2466.0.0.1/",
        "https://8.8.8.010/",
    ),
    *_spelled("bad_address", "https://256.1.1.1/", "https://[::1::2]/", "https://[]/"),
    *_spelled("loopback_address", "https://127.0.0.1/", "https://127.255.255.254/", "https://[::1]/"),
    *_spelled("unspecified_address", "https://0.0.0.0/", "https://[::]/"),
    *_spelled(
        "embedded_address",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[::127.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2001:0:1::1]/",
        "https://[64:ff9b:1::a00:1]/",
        "https://[::ffff:0:127.0.0.1]/",
    ),
    *_spelled("zone_address", "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/"),
    *_spelled(
        "private_address", "https://10.0.0.1/", "https://172.31.255.1/", "https://192.168.1.1/", "https://[fd00::1]/"
    ),
    *_spelled("link_local_address", "https://169.254.1.1/", "https://[fe80::1]/"),
    *_spelled(
        "metadata_address",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://100.100.100.200/",
        "https://168.63.129.16/",
    ),
    *_spelled("carrier_address", "https://100.64.0.1/", "https://100.127.255.255/"),
    *_spelled("multicast_address", "https://224.0.0.1/", "https://239.255.255.250/", "https://[ff02::1]/"),
    *_spelled("broadcast_address", "https://255.255.255.255/"),
    *_spelled("documentation_address", "https://192.0.2.1/", "https://203.0.113.9/", "https://[2001:db8::1]/"),
    *_spelled(
        "reserved_address", "https://240.0.0.1/", "https://198.18.0.1/", "https://[4000::1]/", "https://[100::1]/"
    ),
    *_spelled(
        "userinfo",
        "https://me@page.example/",
        "https://page.example:secret@127.0.0.1/",
        "https://@page.example/",
        "https://page.example\uff20evil.example/",
    ),
    *_spelled("percent_host", "https://%31%32%37.0.0.1/", "https://page%2eexample/", "https://local%68ost/"),
    *_spelled("trailing_dot", "https://127.0.0.1./", "https://page.example./", "https://localhost./"),
    *_spelled("empty_label", "https://page..example/", "https://.page.example/"),
    *_spelled("long_label", f"https://{'a' * 64}.example/"),
    *_spelled("long_host", f"https://{'a.' * 126}example/"),
    *_spelled("odd_host", "https://-page.example/", "https://page!.example/", "https://::1/", "https://[8.8.8.8]/"),
    *_spelled("odd_port", "https://page.example:22/", "https://page.example:6379/", "https://page.example:8080/"),
    *_spelled(
        "bad_port", "https://page.example:0/", "https://page.example:65536/", "https://page.example:\uff18\uff10/"
    ),
    *_spelled(
        "local_name",
        "https://localhost/",
        "https://LOCALHOST/",
        "https://printer.local/",
        "https://router/",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://\u24dbocalhost/",
        "https://a.home.arpa/",
        "https://kubernetes.default.svc/",
        "https://x.localhost/",
        "https://hidden.onion/",
    ),
    *_spelled("bad_idna", "https://xn--zz-9.example/", "https://\u2603.example/"),
    *_spelled("mixed_scripts", "https://\u0440aypal.example/", "https://g\u03bfogle.example/"),
    *_spelled(
        "control_characters", "https://page.example/\x00", "https://page.exa\u200bmple/", "https://\u202egro.example/"
    ),
    *_spelled(
        "whitespace",
        "https://page.example/a b",
        "https://page.example/\r\nX-Header: 1",
        " https://page.example/",
        "https://pa\tge.example/",
    ),
    *_spelled("backslash", "https://page.example\\@127.0.0.1/", "https:\\\\127.0.0.1\\"),
    *_spelled("too_long", f"https://page.example/{'a' * 3_000}"),
    *_spelled("no_address", ""),
    *_spelled("no_scheme", "page.example", "//page.example/", "/etc/passwd"),
    *_spelled("no_host", "https:///etc/passwd", "https:page.example", "https://?x"),
    *_spelled(
        "bad_scheme",
        "file:///etc/passwd",
        "ftp://page.example/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "gopher://page.example:70/",
        "dict://page.example:2628/",
        "jar:https://page.example!/",
        "ws://page.example/",
    ),
    *_spelled("plain_http", "http://page.example/"),
]


def _named(code: str, name: str, *addresses: str) -> HostileCase:
    def prepare(w: World) -> str:
        w.names[HOST] = addresses
        return w.page("/", reply(200, b"secret"))

    return HostileCase(name, code, prepare, opens=False)


def _rebinds(w: World) -> str:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    w.names[HOST] = lambda: next(answers)
    return w.page("/", reply(200, b"secret"))


def _rebinds_at_redirect(w: World) -> str:
    answers = iter([[PUBLIC], [PUBLIC], ["10.0.0.7"]])
    w.names[HOST] = lambda: next(answers)
    w.page("/secret", reply(200, b"secret"))
    return w.page("/", reply(302, location="/secret"))


NAMES = [
    _named("private_address", "a name of a private machine", "192.168.0.10"),
    _named("loopback_address", "a name of this machine", "127.0.0.1"),
    _named("metadata_address", "a name of where clouds keep credentials", "169.254.169.254"),
    _named("private_address", "several addresses, of which one is private", PUBLIC, "10.1.2.3"),
    _named(
        "link_local_address", "several addresses, of which the last is link-local", PUBLIC, "2606:4700::1111", "fe80::1"
    ),
    _named("embedded_address", "a name of a mapped address", "::ffff:10.0.0.1"),
    _named("private_address", "a name of a private machine through NAT64", "64:ff9b::a00:1"),
    _named("zone_address", "a name of an address with a zone", "fe80::1%eth0"),
    _named("no_such_host", "a name without addresses"),
    _named("many_addresses", "a name of forty addresses", *(f"93.184.215.{i}" for i in range(40))),
    HostileCase("a name that leads elsewhere at the second look", "loopback_address", _rebinds),
    HostileCase("a name that leads elsewhere at the redirect", "private_address", _rebinds_at_redirect),
]


def _redirects(code: str, location: str | None, name: str = "", status: int = 302) -> HostileCase:
    return HostileCase(
        name or f"a redirect to {str(location)[:60]!r}", code,
        lambda w: w.page("/", reply(status, location=location)),
    )  # fmt: skip


def _chain(length: int) -> Callable[[World], str]:
    def prepare(w: World) -> str:
        for i in range(1, length + 1):
            w.page(f"/{i}", reply(301, location=f"/{i + 1}") if i < length else reply(200, b"<p>the end</p>"))
        return w.page("/0", reply(301, location="/1"))

    return prepare


def _pair(w: World) -> str:
    w.page("/b", reply(302, location="/a"))
    return w.page("/a", reply(302, location="/b"))


REDIRECTS = [
    _redirects("private_address", "https://10.0.0.1/"),
    _redirects("loopback_address", "https://127.0.0.1:443/"),
    _redirects("metadata_address", "https://169.254.169.254/latest/"),
    _redirects("disguised_address", "https://2130706433/"),
    _redirects("embedded_address", "https://[::ffff:127.0.0.1]/"),
    _redirects("local_name", "https://localhost/", status=308),
    _redirects("local_name", "//metadata.google.internal/"),
    _redirects("bad_scheme", "file:///etc/passwd"),
    _redirects("bad_scheme", "ftp://page.example/"),
    _redirects("bad_scheme", "javascript:alert(1)"),
    _redirects("userinfo", "https://page.example@evil.example/"),
    _redirects("odd_port", "https://page.example:25/"),
    _redirects("downgrade", "http://page.example/plain"),
    _redirects("backslash", "https:\\\\evil.example"),
    _redirects("whitespace", "/a\tb"),
    _redirects("whitespace", "/a b"),
    _redirects("too_long", "/" + "a" * 4_000),
    _redirects("redirect_to_nowhere", None, "a redirect that does not say where"),
    _redirects("redirect_to_nowhere", "", "a redirect to nothing", 307),
    _redirects("redirect_loop", "/", "a redirect to itself"),
    HostileCase("two that send to one another", "redirect_loop", _pair),
    HostileCase("a chain of four redirects", "too_many_redirects", _chain(4)),
    HostileCase(
        "a redirect to two places",
        "contradicting_headers",
        lambda w: w.page("/", b"HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: https://10.0.0.1/\r\n\r\n"),
    ),
    _redirects("odd_status", "/a", "a status that lets choose", 300),
    HostileCase("not modified, which nobody asked", "odd_status", lambda w: w.page("/", reply(304))),
]


def _status(status: int, code: str, **headers: str) -> HostileCase:
    return HostileCase(f"status {status}", code, lambda w: w.page("/", reply(status, b"no", **headers)))


def _body(name: str, code: str, answer: bytes | Answer) -> HostileCase:
    return HostileCase(name, code, lambda w: w.page("/", answer))


def _slow(name: str, answer: Answer) -> HostileCase:
    def prepare(w: World) -> str:
        w.whole_s = 0.8
        return w.page("/", answer)

    return HostileCase(name, "too_slow", prepare)


def _endlessly(start: bytes, piece: bytes) -> Answer:
    def answer(asked: Asked, line: Line) -> None:
        line.send(start)
        while not line.stopped.is_set():
            line.send(piece)

    return answer


def _drips(start: bytes, piece: bytes) -> Answer:
    def answer(asked: Asked, line: Line) -> None:
        line.send(start)
        while True:
            line.send(piece)
            line.wait(0.02)

    return answer


def _waits(asked: Asked, line: Line) -> None:
    line.wait(60.0)


def _stops(asked: Asked, line: Line) -> None:
    line.send(_OK + b"Content-Length: 99\r\n\r\nabc")
    line.wait(60.0)


def _hangs_up(asked: Asked, line: Line) -> None:
    return


def _bomb(compress: Callable[[bytes], bytes]) -> bytes:
    return compress(bytes(40 * MB))


def _typed(name: str, code: str, content_type: str | None, content: bytes) -> HostileCase:
    return _body(name, code, reply(200, content, content_type=content_type))


_PAGE = b"<!doctype html><title>A page</title><p>Some words."
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_EXE = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0"
_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"

ANSWERS = [
    _status(401, "needs_login", www_authenticate="Basic"),
    _status(407, "needs_login"),
    _status(403, "forbidden"),
    _status(402, "needs_payment"),
    _status(404, "not_found"),
    _status(410, "gone"),
    _status(451, "withheld"),
    _status(418, "client_error"),
    _status(429, "too_many_requests"),
    _status(500, "server_error"),
    _status(503, "server_error", retry_after="9999"),
    _status(206, "odd_status"),
    _status(204, "odd_status"),
    _body(
        "another protocol", "odd_status", b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
    ),
    _body("an endless body", "too_large", _endlessly(_OK + b"\r\n", b"<p>more</p>" * 6_000)),
    _body(
        "an endless body in chunks",
        "too_large",
        _endlessly(_OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + b"a" * 65_536 + b"\r\n"),
    ),
    _slow("a body that drips", _drips(_OK + b"\r\n", b"a")),
    _slow("headers that drip", _drips(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a")),
    _slow("a server that never answers", _waits),
    _slow("a body that stops", _stops),
    _body("a server that hangs up at once", "connection_lost", _hangs_up),
    _body("a server that hangs up amid the headers", "connection_lost", _OK),
    _body("one huge header", "huge_headers", _OK + b"X-Huge: " + b"a" * 200_000 + b"\r\n\r\n"),
    _body(
        "a hundred and fifty headers",
        "many_headers",
        _OK + b"".join(b"X-%d: 1\r\n" % i for i in range(150)) + b"\r\n" + _PAGE,
    ),
    _body("endless headers", "huge_headers", _endlessly(_OK, b"X-More: and more\r\n" * 100)),
    _body("endless first words", "huge_headers", _endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)),
    _body("less than was announced", "cut_short", reply(200, _PAGE, content_length="5000")),
    _body("more than was announced", "more_than_said", reply(200, _PAGE, content_length="10")),
    _body("a huge length", "too_large", reply(200, _PAGE, content_length=str(10**12))),
    _body("a length below zero", "bad_headers", reply(200, _PAGE, content_length="-1")),
    _body("two lengths", "bad_headers", reply(200, _PAGE).replace(b"\r\n\r\n", b"\r\ncontent-length: 5\r\n\r\n", 1)),
    _body(
        "a length and chunks",
        "contradicting_headers",
        reply(200, b"5\r\n<p>ab\r\n0\r\n\r\n", transfer_encoding="chunked"),
    ),
    _body(
        "two types",
        "contradicting_headers",
        reply(200, _PAGE).replace(b"\r\n\r\n", b"\r\ncontent-type: text/plain\r\n\r\n", 1),
    ),
    _body("chunks that are none", "bad_chunks", _OK + b"Transfer-Encoding: chunked\r\n\r\nzzz\r\nabc\r\n"),
    _body("chunks without an end", "cut_short", _OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<p>ab\r\n"),
    _body(
        "a name of chunks that goes on",
        "bad_chunks",
        _endlessly(_OK + b"Transfer-Encoding: chunked\r\n\r\n5;", b"a" * 4_096),
    ),
    _body("no status line", "not_http", b"Content-Type: text/html\r\n\r\n" + _PAGE),
    _body("HTTP/0.9", "not_http", _PAGE),
    _body("SSH", "not_http", b"SSH-2.0-OpenSSH_9.6\r\n"),
    _body("HTTP/2", "not_http", b"\0\0\x12\x04\0\0\0\0\0" + bytes(18)),
    _body("a zero byte in a header", "bad_headers", _OK + b"X-Header: a\0b\r\n\r\n" + _PAGE),
    _body("a header without a name", "bad_headers", _OK + b": nobody\r\n\r\n" + _PAGE),
    _body("a status that is no number", "bad_headers", b"HTTP/1.1 OK\r\n\r\n"),
    _body("a gzip bomb", "unpacks_too_large", reply(200, _bomb(gzip.compress), content_encoding="gzip")),
    _body("a deflate bomb", "unpacks_too_large", reply(200, _bomb(zlib.compress), content_encoding="deflate")),
    _body(
        "a packed file that is a bomb",
        "unpacks_too_large",
        reply(200, _bomb(gzip.compress), content_type="application/gzip"),
    ),
    _body(
        "packed twice", "packed_twice", reply(200, gzip.compress(gzip.compress(_PAGE)), content_encoding="gzip, gzip")
    ),
    _body(
        "packed twice in two headers",
        "packed_twice",
        reply(200, b"", content_encoding="gzip").replace(b"\r\n\r\n", b"\r\ncontent-encoding: gzip\r\n\r\n"),
    ),
    _body(
        "a packed file in another",
        "packed_twice",
        reply(200, gzip.compress(gzip.compress(_PAGE)), content_type="application/gzip"),
    ),
    _body(
        "packed once more than is said",
        "mislabelled",
        reply(200, gzip.compress(gzip.compress(_PAGE)), content_encoding="gzip"),
    ),
    _body("packed in a way nobody asked for", "unknown_packing", reply(200, b"\x0b\x02\x80", content_encoding="br")),
    _body("said to be packed and is not", "bad_packing", reply(200, _PAGE, content_encoding="gzip")),
    _body(
        "something after what is packed",
        "bad_packing",
        reply(200, gzip.compress(_PAGE) + b"more", content_encoding="gzip"),
    ),
    _body("packed, and cut off", "cut_short", reply(200, gzip.compress(_PAGE)[:-9], content_encoding="gzip")),
    _typed("a picture", "wrong_type", "image/png", _PNG),
    _typed("a video", "wrong_type", "video/mp4", b"\0\0\0\x18ftypmp42"),
    _typed("a script", "wrong_type", "application/javascript", b"alert(1)"),
    _typed("a program", "wrong_type", "application/x-msdownload", _EXE),
    _typed("a strange type", "wrong_type", "text/\x1b[31mred", _PAGE),
    _typed("a program as a page", "mislabelled", "text/html", _EXE),
    _typed("a program as a PDF", "mislabelled", "application/pdf", b"\x7fELF\x02\x01\x01" + bytes(9)),
    _typed("a page as a PDF", "mislabelled", "application/pdf", _PAGE),
    _typed("a PDF as a page", "mislabelled", "text/html", b"%PDF-1.7\n"),
    _typed("a picture as text", "mislabelled", "text/plain", _PNG),
    _typed("an archive as a page", "mislabelled", "text/html", b"PK\x03\x04" + bytes(26)),
    _typed("an archive as a score", "mislabelled", "application/vnd.recordare.musicxml", b"PK\x03\x04" + bytes(26)),
    _typed("text as MIDI", "mislabelled", "audio/midi", b"MIDI is what I am not"),
    _typed("a page as sound", "mislabelled", "audio/wav", _PAGE),
    _typed("a page as a feed", "mislabelled", "application/rss+xml", _PAGE),
    _typed("zeros as text", "mislabelled", "text/plain", bytes(100)),
    _typed("a script of a shell as text", "mislabelled", "text/plain", b"#!/bin/sh\nrm -r x\n"),
    _typed("a program without a type", "unreadable_kind", None, _EXE),
    _typed("a database of no known type", "unreadable_kind", "application/octet-stream", b"SQLite format 3\0"),
]


def _robots(name: str, code: str, answer: bytes | Answer, path: str = "/page", whole_s: float = 60.0) -> HostileCase:
    def prepare(w: World) -> str:
        w.whole_s = whole_s
        return w.page(path, reply(200, _PAGE), robots=answer)

    return HostileCase(f"robots.txt: {name}", code, prepare)


def _rules(text: str) -> bytes:
    return reply(200, text.encode(), content_type="text/plain")


ROBOTS = [
    _robots("forbids all", "robots", _rules("User-agent: *\nDisallow: /\n")),
    _robots("forbids this folder", "robots", _rules("User-agent: *\nDisallow: /private\n"), "/private/page"),
    _robots("forbids us by name", "robots", _rules("User-agent: *\nAllow: /\n\nUser-agent: grym-synth\nDisallow: /\n")),
    _robots("forbids by a pattern", "robots", _rules("User-agent: *\nDisallow: /*.html$\n"), "/a.html"),
    _robots(
        "is huge, and forbids at its beginning", "robots", _rules("User-agent: *\nDisallow: /\n" + "# more\n" * 10**5)
    ),
    _robots("fails", "robots_unreachable", reply(503, b"")),
    _robots("is asked too often", "robots_unreachable", reply(429, b"")),
    _robots("sends on to a private machine", "robots_redirect", reply(302, location="https://10.0.0.1/robots.txt")),
    _robots("sends on to http", "robots_redirect", reply(302, location=f"http://{HOST}/r")),
    _robots("sends round in a circle", "robots_redirect", reply(302, location="/robots.txt")),
    _robots("is a bomb", "unpacks_too_large", reply(200, _bomb(gzip.compress), content_encoding="gzip")),
    _robots("drips", "too_slow", _drips(_OK + b"\r\n", b"#"), whole_s=0.8),
    _robots("is no HTTP", "not_http", b"User-agent: *\nDisallow:\n\r\n\r\n"),
]


def _tls(certificate: str, code: str, address: str = f"https://{HOST}/") -> HostileCase:
    def prepare(w: World) -> str:
        w.page("/", reply(200, _PAGE))
        return address

    return HostileCase(f"a certificate that is {certificate or 'good'}, {address}", code, prepare, certificate)


def _without_tls(answer: Answer) -> Callable[[World], str]:
    def prepare(w: World) -> str:
        w.ports[443] = w.plain.port
        w.whole_s = 0.8
        w.plain.answers["/robots.txt"] = answer
        return f"https://{HOST}/"

    return prepare


def _closed(w: World) -> str:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        w.ports[443] = listener.getsockname()[1]
    return f"https://{HOST}/"


CONNECTIONS = [
    _tls("self-signed", "certificate_self_signed"),
    _tls("expired", "certificate_expired"),
    _tls("not yet", "certificate_not_yet"),
    _tls("of another host", "wrong_certificate"),
    _tls("of a stranger", "certificate_unknown"),
    _tls("", "wrong_certificate", "https://third.example/"),
    _tls("", "wrong_certificate", "https://93.184.215.14/"),
    HostileCase("a server that never begins with TLS", "too_slow", _without_tls(_waits)),
    HostileCase("nobody listens", "not_connected", _closed),
]

HOSTILE_CASES = [*SPELLINGS, *NAMES, *REDIRECTS, *ANSWERS, *ROBOTS, *CONNECTIONS]
__all__ = ["HOSTILE_CASES", "HostileCase", "says"]
