"""One request over one connection, to the very address that was judged, within one deadline."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import h11

from ..rules.addresses import Address
from ..rules.refusals import NotNow, Refused
from ..rules.responses import Head
from ..rules.urls import Target
from .ways import Deadline, Ways, addresses_of

MOST_HEAD_BYTES = 64 << 10
_TRIED = 4  # addresses of one name
_CONNECT_S = 8.0  # for each
_PIECE = 1 << 16

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
