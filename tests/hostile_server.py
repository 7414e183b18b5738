"""A web server of ours on loopback that answers whatever bytes a case wants, also none, slowly, or for ever."""

from __future__ import annotations

import contextlib
import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came: the path with its query, and the headers in small letters."""

    path: str
    headers: Mapping[str, str]

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


class Line:
    """The connection, to write on; what nobody reads any longer ends the answer."""

    def __init__(self, line: socket.socket, stopped: threading.Event) -> None:
        self._line, self.stopped = line, stopped

    def send(self, content: bytes) -> None:
        self._line.sendall(content)

    def wait(self, seconds: float) -> None:
        """Raise OSError when the server ends meanwhile."""
        if self.stopped.wait(seconds):
            raise ConnectionAbortedError


Answer = Callable[[Asked, Line], None]


def reply(status: int = 200, body: bytes = b"", *, version: str = "1.1", **headers: str | None) -> bytes:
    """A whole response; `content_type="text/plain"` is a header, None leaves one of the usual out."""
    told: dict[str, str | None] = {"content_type": "text/html; charset=utf-8", "content_length": str(len(body))}
    if status in (204, 304) or status < 200:
        told = {}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in {**told, **headers}.items() if value is not None]
    return (
        f"HTTP/{version} {status} Some words\r\n{''.join(line + chr(13) + chr(10) for line in lines)}\r\n".encode()
        + body
    )


def says(content: bytes) -> Answer:
    return lambda asked, line: line.send(content)


@dataclass
class HostileServer:
    """Answers by path, and writes down what it was asked; `/robots.txt` is not there unless it is set.

    context : with one it speaks TLS
    """

    context: ssl.SSLContext | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _stopped: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def running(self) -> Iterator[HostileServer]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            main = threading.Thread(target=self._serve, args=(listener,))
            main.start()
            try:
                yield self
            finally:
                self._stopped.set()
                socket.create_connection(("127.0.0.1", self.port)).close()  # wakes it
                main.join()

    def _serve(self, listener: socket.socket) -> None:
        at_work = []
        while not self._stopped.is_set():
            line, _ = listener.accept()
            at_work.append(threading.Thread(target=self._answer, args=(line,)))
            at_work[-1].start()
        for thread in at_work:
            thread.join()

    def _answer(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), line:
            line.settimeout(5.0)
            if self.context is not None:
                line = self.context.wrap_socket(line, server_side=True)
            with line:
                asked = _read(line)
                self.asked.append(asked)
                path = asked.path.partition("?")[0]
                answer = self.answers.get(path, says(reply(404, b"no such page")))
                answer(asked, Line(line, self._stopped))
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_WR)
                while line.recv(1 << 16):  # a connection that is closed with something unread loses what was sent
                    pass


def _read(line: socket.socket) -> Asked:
    content = b""
    while b"\r\n\r\n" not in content:
        piece = line.recv(1 << 16)
        if not piece:
            raise ConnectionAbortedError
        content += piece
    first, *lines = content.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    headers = dict(item.partition(": ")[::2] for item in lines)
    return Asked(first.split(" ")[1], {name.lower(): value for name, value in headers.items()})


@dataclass(frozen=True, slots=True)
class Authority:
    """Somebody who signs certificates, whom only tests trust."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        certificate = (
            _dated(x509.CertificateBuilder(), days=(-1, 30))
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_usage(signs=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(key, certificate, folder)

    def trust(self) -> ssl.SSLContext:
        """What trusts this authority and no other."""
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def context(self, *names: str, days: tuple[int, int] = (-1, 30), self_signed: bool = False) -> ssl.SSLContext:
        """What a server speaks TLS with, under a certificate for `names` (hosts, addresses)."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a server of tests")])
        signer = key if self_signed else self.key
        certificate = (
            _dated(x509.CertificateBuilder(), days=days)
            .subject_name(subject)
            .issuer_name(subject if self_signed else self.certificate.subject)
            .public_key(key.public_key())
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        place = self.folder / f"{certificate.serial_number}.pem"
        place.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(place)
        return context


def _dated(builder: x509.CertificateBuilder, *, days: tuple[int, int]) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    first, last = (now + datetime.timedelta(days=each) for each in days)
    return builder.serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=signs, crl_sign=signs, encipher_only=False, decipher_only=False,
    )  # fmt: skip
