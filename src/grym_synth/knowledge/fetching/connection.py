"""One request over one connection, to the very address that was judged, within one deadline."""

from __future__ import annotations

import contextlib
import functools
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import h11

from ..rules.addresses import Address, judge_address
from ..rules.refusals import NotNow, Refused
from ..rules.responses import Head
from ..rules.urls import Target

MOST_HEAD_BYTES = 64 << 10
_MOST_ADDRESSES = 32  # of a name; a page has a handful
_TRIED = 4  # of these
_CONNECT_S = 8.0  # for each
_PIECE = 1 << 16

Resolve = Callable[[str, int, float], Sequence[str]]  # host, port, seconds
Connect = Callable[[Address, int, float], socket.socket]  # address, port, seconds

_CERTIFICATES: Mapping[int, tuple[str, str]] = {  # by the number that OpenSSL gives the fault
    9: ("certificate_not_yet", "is not valid yet"),
    10: ("certificate_expired", "has expired"),
    18: ("certificate_self_signed", "is signed by itself alone"),
    19: ("certificate_unknown", "is signed by somebody whom nobody trusts"),
    20: ("certificate_unknown", "is signed by somebody whom nobody trusts"),
    21: ("certificate_unknown", "is signed by somebody whom nobody trusts"),
    23: ("certificate_revoked", "was revoked"),
    62: ("wrong_certificate", "belongs to another host"),
    64: ("wrong_certificate", "belongs to another address"),
}


class Deadline:
    """The end of everything that one page may take."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._now = seconds, now
        self._until = now() + seconds

    def left(self) -> float:
        """Seconds; raises NotNow when there are none."""
        left = self._until - self._now()
        if left <= 0:
            raise NotNow("too_slow", f"it was not there within {self._seconds:.0f} s", "try later")
        return left


def resolve_by_system(host: str, port: int, timeout: float) -> Sequence[str]:
    """The addresses of a name. The system cannot be told to stop asking, so a thread is left behind that asks on."""
    told: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            told.put(error)
        else:
            told.put([str(item[4][0]) for item in found])

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = told.get(timeout=timeout)
    except queue.Empty as error:
        raise TimeoutError from error
    if isinstance(answer, OSError):
        raise answer
    return answer


def connect_by_system(address: Address, port: int, timeout: float) -> socket.socket:
    """A connection to that address, and to no name."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.settimeout(timeout)
        line.connect((str(address), port))
    except BaseException:
        line.close()
        raise
    return line


@functools.cache
def trust_by_system() -> ssl.SSLContext:
    """Certificates as the system trusts them; where it trusts none, as browsers do."""
    trust = ssl.create_default_context()
    if not trust.cert_store_stats()["x509_ca"]:
        import certifi  # here: rarely needed

        trust.load_verify_locations(certifi.where())
    return trust


@dataclass(frozen=True, slots=True)
class Ways:
    """How the outside is reached; tests bring their own.

    loopback_only : the setting of tests: nothing but this machine
    """

    resolve: Resolve = resolve_by_system
    connect: Connect = connect_by_system
    trust: Callable[[], ssl.SSLContext] = trust_by_system
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    loopback_only: bool = False


def addresses_of(target: Target, ways: Ways, deadline: Deadline) -> list[Address]:
    """Every address of a host. One that may not be opened forbids them all: names that mix them are traps.

    Raises
    ------
    Refused, NotNow
    """
    if target.literal is not None:
        return [target.literal]
    try:
        found = ways.resolve(target.host, target.port, deadline.left())
    except TimeoutError:
        raise NotNow("too_slow", f"nobody said in time where {target.host} is", "try later") from None
    except (OSError, UnicodeError) as error:
        raise NotNow("no_such_host", f"{target.host} cannot be found", "check the name and the network") from error
    if len(found) > _MOST_ADDRESSES:
        raise Refused("many_addresses", f"{target.host} has {len(found)} addresses: at most {_MOST_ADDRESSES}")
    judged = [judge_address(text, host=target.host, resolved=True, loopback_only=ways.loopback_only) for text in found]
    if not judged:
        raise NotNow("no_such_host", f"{target.host} has no address")
    return list(dict.fromkeys(judged))


@dataclass(slots=True)
class Exchange:
    """A request that was sent, and its response as it comes."""

    target: Target
    address: Address
    _line: socket.socket
    _deadline: Deadline
    _http: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT, MOST_HEAD_BYTES))
    _start: bytes = b""
    _received: int = 0
    _is_over: bool = False

    def send(self, headers: Sequence[tuple[str, str]]) -> None:
        request = h11.Request(method="GET", target=self.target.path, headers=list(headers))
        content = (self._http.send(request) or b"") + (self._http.send(h11.EndOfMessage()) or b"")
        with self._lost():
            self._line.settimeout(self._deadline.left())
            self._line.sendall(content)

    def head(self) -> Head:
        """Status and headers; raises Refused for what is no HTTP, NotNow where nothing comes."""
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                raise self._bad_head() from error
            if isinstance(event, h11.Response):
                headers = [(key.decode("latin-1").lower(), _text(value)) for key, value in event.headers]
                return Head(event.status_code, headers)
            if self._is_over:
                raise NotNow("connection_lost", f"{self.target.host} hung up before it answered", "try later")
            if event is h11.NEED_DATA:
                self._receive()
                if self._received > MOST_HEAD_BYTES + _PIECE:
                    raise Refused("huge_headers", f"the headers have over {MOST_HEAD_BYTES >> 10} kB: no more is read")

    def _bad_head(self) -> Refused | NotNow:
        if self._is_over and self._received == 0:
            return NotNow("connection_lost", f"{self.target.host} hung up before it answered", "try later")
        if re.match(rb"HTTP/1\.1 101\b", self._start):
            return Refused("odd_status", f"{self.target.url} wants to speak another protocol (101)")
        if not self._start.startswith(b"HTTP/1."):
            return Refused("not_http", f"what {self.target.host} answers is no HTTP/1")
        if self._received > MOST_HEAD_BYTES:
            return Refused("huge_headers", f"the headers have over {MOST_HEAD_BYTES >> 10} kB: no more is read")
        if self._is_over:
            return NotNow("connection_lost", f"{self.target.host} hung up in the middle of its answer", "try later")
        return Refused("bad_headers", f"the headers of {self.target.host} are broken, or contradict one another")

    def body(self) -> Iterator[bytes]:
        """The body, piece by piece; raises NotNow where its end does not come, Refused where it is broken."""
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                if self._is_over:
                    raise NotNow(
                        "cut_short", f"{self.target.host} hung up before the end of it", "try later"
                    ) from error
                raise Refused("bad_chunks", f"what {self.target.host} sends is broken") from error
            if isinstance(event, h11.Data):
                yield bytes(event.data)
            elif event is h11.NEED_DATA:
                self._receive()
            else:
                if self._http.trailing_data[0]:
                    raise Refused("more_than_said", f"{self.target.host} sends more than it announced")
                return

    def _receive(self) -> None:
        with self._lost():
            self._line.settimeout(self._deadline.left())
            piece = self._line.recv(_PIECE)
        self._start = self._start or piece[:16]
        self._received += len(piece)
        self._is_over = not piece
        self._http.receive_data(piece)

    @contextlib.contextmanager
    def _lost(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            self._deadline.left()
            raise NotNow("too_slow", f"{self.target.host} stopped answering", "try later") from None
        except OSError as error:
            raise NotNow("connection_lost", f"the connection to {self.target.host} was lost", "try later") from error


@contextlib.contextmanager
def opened(target: Target, ways: Ways, deadline: Deadline) -> Iterator[Exchange]:
    """A connection for one request, encrypted and checked where the URL says so; closed afterwards."""
    line, address = _connected(target, addresses_of(target, ways, deadline), ways, deadline)
    with line:
        if target.scheme == "http":
            yield Exchange(target, address, line, deadline)
            return
        with _encrypted(line, target, ways, deadline) as safe:
            yield Exchange(target, address, safe, deadline)


def _connected(
    target: Target, addresses: Sequence[Address], ways: Ways, deadline: Deadline
) -> tuple[socket.socket, Address]:
    last: OSError | None = None
    for address in addresses[:_TRIED]:
        try:
            return ways.connect(address, target.port, min(_CONNECT_S, deadline.left())), address
        except OSError as error:  # the next address may answer
            last = error
    why = "it does not answer" if isinstance(last, TimeoutError) else "it refuses the connection"
    raise NotNow("not_connected", f"{target.host} cannot be reached: {why}", "try later") from last


def _encrypted(line: socket.socket, target: Target, ways: Ways, deadline: Deadline) -> ssl.SSLSocket:
    """The certificate has to be that of the host as it was asked for, whatever the address."""
    try:
        line.settimeout(deadline.left())
        return ways.trust().wrap_socket(line, server_hostname=target.host)
    except ssl.SSLCertVerificationError as error:
        code, words = _CERTIFICATES.get(error.verify_code, ("bad_certificate", "is not accepted"))
        raise Refused(code, f"the certificate of {target.host} {words}", "https is not safe there") from error
    except TimeoutError:
        raise NotNow("too_slow", f"{target.host} stopped answering", "try later") from None
    except (ssl.SSLEOFError, ConnectionError) as error:
        raise NotNow("connection_lost", f"{target.host} hung up before it was encrypted", "try later") from error
    except (ssl.SSLError, ValueError) as error:
        raise Refused("tls_failed", f"no safe connection to {target.host} can be made") from error


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
