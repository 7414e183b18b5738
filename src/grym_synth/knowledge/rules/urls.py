"""Which URLs may be opened: every spelling is brought to one, and that one is judged.

What is refused here is refused before any name is looked up. Hosts are judged after mapping (IDNA with UTS 46), so that
a name of full-width letters is the name that it maps to, and is always told in ASCII.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from ipaddress import IPv6Address
from urllib.parse import quote, urljoin

from ...regex import lazily
from .addresses import Address, judge_address
from .refusals import Refused

LONGEST = 2_048
MOST_REDIRECTS = 3
PORTS = {"https": 443, "http": 80}

_SCHEME = lazily(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_AFTER = lazily(r"//([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.DOTALL)
_LABEL = lazily(r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
_NUMBER = lazily(r"\d+|0x[0-9a-f]*")
_QUAD = lazily(r"(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})")
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))
_LOCAL = frozenset(
    "localhost local localdomain internal intranet lan home corp private arpa svc onion alt invalid test".split()
)
_SCRIPTS_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_IN_PATH, _IN_QUERY = "/%:@!$&'()*+,;=~-._", "/%:@!$&'()*+,;=~-._?[]|^"


@dataclass(frozen=True, slots=True)
class Target:
    """What may be opened, once each address of its host was judged.

    url : in the one spelling that is kept, without fragment; ASCII
    host : ASCII; of an IPv6 address without brackets
    path : with the query, as it is asked for
    literal : the address, where the host is one
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str
    literal: Address | None = None

    @property
    def authority(self) -> str:
        """Host and port, as the request names them."""
        return _authority(self.scheme, self.host, self.port)

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"


def judge_url(text: str, *, allow_http: bool = False, loopback_only: bool = False) -> Target:
    """The URL as it is opened and kept.

    loopback_only : the setting of tests: any port, and of addresses only those of this machine

    Raises
    ------
    Refused
        It is not opened; the code and the sentence say why.
    """
    _check_characters(text)
    found = _SCHEME.match(text)
    if found is None:
        raise Refused("no_scheme", f"{text[:80]!r} does not begin with https://", "write the address out")
    scheme = found[1].lower()
    if scheme not in PORTS:
        raise Refused("bad_scheme", f"{scheme}: is not opened, only https", "save it, and give the file")
    parts = _AFTER.fullmatch(text, found.end())
    if parts is None or not parts[1]:
        raise Refused("no_host", f"{text[:80]!r} names no host after {scheme}://", "write the address out")
    host, port, literal = _judge_authority(parts[1], scheme, loopback_only=loopback_only)
    if scheme == "http" and not allow_http:
        raise Refused(
            "plain_http", f"{host} would be read over http, where anybody on the way can change it",
            "try https, or say --allow-http",
        )  # fmt: skip
    path = quote(parts[2], safe=_IN_PATH) or "/"
    path += quote(parts[3], safe=_IN_QUERY) if parts[3] else ""
    return Target(f"{scheme}://{_authority(scheme, host, port)}{path}", scheme, host, port, path, literal)


def judge_redirect(
    base: Target,
    location: str,
    before: Collection[str],
    *,
    allow_http: bool = False,
    loopback_only: bool = False,
    most: int = MOST_REDIRECTS,
) -> Target:
    """Where a page sends on to, judged as if it had been asked for.

    before : the URLs of all that were opened, this one's included
    most : redirects in all

    Raises
    ------
    Refused
        It is not followed.
    """
    if not location:
        raise Refused("redirect_to_nowhere", f"{base.url} sends on without saying where")
    _check_characters(location)
    target = judge_url(urljoin(base.url, location), allow_http=True, loopback_only=loopback_only)
    if base.scheme == "https" and target.scheme == "http":
        raise Refused("downgrade", f"{base.host} sends from https on to http, where anybody on the way can change it")
    if target.scheme == "http" and not allow_http:
        raise Refused("plain_http", f"{base.host} sends on to http", "try https, or say --allow-http")
    if target.url in before:
        raise Refused("redirect_loop", f"{base.host} sends round in a circle")
    if len(before) > most:
        raise Refused("too_many_redirects", f"{base.host} sends on more than {most} times")
    return target


def _check_characters(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused("too_long", f"an address of {len(text):,} characters is too long: at most {LONGEST:,}")
    if not text:
        raise Refused("no_address", "the address is empty")
    for letter in text:
        kind = unicodedata.category(letter)
        if kind == "Zs" or letter in "\t\n\r\f\v":
            raise Refused("whitespace", f"{text[:80]!r} holds white space", "write %20 for a space")
        if kind in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise Refused("control_characters", f"{text[:80]!r} holds a sign that cannot be seen")
    if "\\" in text:
        raise Refused("backslash", f"{text[:80]!r} holds a backslash, which programs read in different ways")


def _judge_authority(authority: str, scheme: str, *, loopback_only: bool) -> tuple[str, int, Address | None]:
    if "@" in unicodedata.normalize("NFKC", authority):
        raise Refused("userinfo", "the address holds a name or password before @", "leave that part out")
    if authority.startswith("["):
        inner, closed, rest = authority[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise Refused("odd_host", f"{authority[:80]!r} is no host")
        if "%" in inner:
            raise Refused("zone_address", f"{inner[:80]!r} names a part of this machine (%)")
        host, port_text = inner, rest[1:]
    else:
        host, _, port_text = authority.partition(":")
        if ":" in port_text:
            raise Refused("odd_host", f"{authority[:80]!r} is no host", "write an IPv6 address in [ ]")
    port = _judge_port(port_text, scheme, loopback_only=loopback_only)
    if authority.startswith("["):
        literal = judge_address(host, loopback_only=loopback_only)
        if not isinstance(literal, IPv6Address):
            raise Refused("odd_host", f"{authority[:80]!r} is no IPv6 address")
        return str(literal), port, literal
    name = _judge_host(host)
    if _QUAD.fullmatch(name):
        return name, port, judge_address(name, loopback_only=loopback_only)
    return name, port, None


def _judge_port(text: str, scheme: str, *, loopback_only: bool) -> int:
    if not text:
        return PORTS[scheme]
    if not (text.isascii() and text.isdecimal() and len(text) <= 5 and 0 < int(text) < 65_536):
        raise Refused("bad_port", f"{text[:20]!r} is no port")
    port = int(text)
    if port not in PORTS.values() and not loopback_only:
        raise Refused("odd_port", f"port {port} is not opened, only 80 and 443: behind others are rarely pages")
    return port


def _judge_host(host: str) -> str:
    """The host in ASCII and small letters; an IPv4 address only as four plain numbers."""
    if "%" in host:
        raise Refused("percent_host", f"the host {host[:80]!r} is spelled with %", "write its letters")
    name = unicodedata.normalize("NFKC", host).translate(_DOTS).lower()
    if name.endswith("."):
        raise Refused("trailing_dot", f"the host {host[:80]!r} ends with a dot", "leave the dot out")
    labels = name.split(".")
    if "" in labels:
        raise Refused("empty_label", f"the host {host[:80]!r} has an empty part")
    if _NUMBER.fullmatch(labels[-1]):
        if not (host.isascii() and _QUAD.fullmatch(host)):
            raise Refused(
                "disguised_address", f"{host[:80]!r} is an address in an unusual spelling",
                "no honest page is spelled so: write its name",
            )  # fmt: skip
        return host
    if not name.isascii() or any(label.startswith("xn--") for label in labels):
        name = _to_ascii(host)
        labels = name.split(".")
    if max(map(len, labels)) > 63:
        raise Refused("long_label", f"a part of the host has {max(map(len, labels))} characters: at most 63")
    if len(name) > 253:
        raise Refused("long_host", f"the host has {len(name)} characters: at most 253")
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused("odd_host", f"{host[:80]!r} is no host", "letters, digits and - make one")
    if len(labels) == 1 or labels[-1] in _LOCAL:
        raise Refused("local_name", f"{name!r} is a name for machines nearby, not for a page of the internet")
    return name


def _to_ascii(host: str) -> str:
    """Punycode of a name, whose letters of each part must be of one script where scripts look alike."""
    import idna  # here: most hosts are ASCII

    try:
        name = idna.encode(host, uts46=True).decode("ascii").lower()
        spoken = idna.decode(name)
    except (idna.IDNAError, UnicodeError) as error:
        raise Refused("bad_idna", f"{host[:80]!r} is no name that can be registered") from error
    for label in spoken.split("."):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in label if letter.isalpha()}
        if len(scripts & _SCRIPTS_ALIKE) > 1:
            raise Refused("mixed_scripts", f"{name!r} mixes letters of scripts that look alike, as forged names do")
    return name


def _authority(scheme: str, host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port == PORTS[scheme] else f"{shown}:{port}"
