"""A small internet for tests: names and addresses are made up, every connection ends at servers of ours on loopback."""

from __future__ import annotations

import contextlib
import socket
import ssl
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.hostile_server import Answer, Authority, HostileServer, says

from grym_synth.agent_stdio import Call, Result
from grym_synth.agents.fetch import fetch
from grym_synth.knowledge.fetching.page import Browser
from grym_synth.knowledge.fetching.ways import Ways
from grym_synth.knowledge.rules.addresses import Address

PUBLIC = "93.184.215.14"
HOST = "page.example"
#: What the good certificate is for.
HOSTS = (HOST, "other.example", "xn--mnchen-3ya.example", "8.8.8.8", "2606:4700::1111")


@dataclass
class World:
    """Names, who answers behind them, and what was asked.

    names : addresses of hosts; a function is asked anew each time; every other host is at PUBLIC
    connected : the addresses that were really connected to
    """

    safe: HostileServer
    plain: HostileServer
    trust: ssl.SSLContext
    folder: Path
    names: dict[str, Sequence[str] | Callable[[], Sequence[str]]] = field(default_factory=dict)
    ports: dict[int, int] = field(default_factory=dict)
    connected: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    whole_s: float = 60.0

    def page(self, path: str, answer: bytes | Answer, *, robots: bytes | Answer | None = None) -> str:
        """Put an answer at a path of HOST; its address."""
        self.safe.answers[path] = says(answer) if isinstance(answer, bytes) else answer
        if robots is not None:
            self.safe.answers["/robots.txt"] = says(robots) if isinstance(robots, bytes) else robots
        return f"https://{HOST}{path}"

    def browser(self) -> Browser:
        ways = Ways(self._resolve, self._connect, lambda: self.trust, self.slept.append)
        return Browser(ways, self.whole_s, jitter=lambda: 0.5)

    def fetch(self, address: str, browser: Browser | None = None, **more: Any) -> Result:
        arguments = {"address": address, "folder": str(self.folder), **more}
        return fetch(arguments, Call(), browser or self.browser())

    @property
    def asked(self) -> list[str]:
        """Paths that were asked for, robots.txt left out."""
        every = [*self.safe.asked, *self.plain.asked]
        return [item.path for item in every if item.path != "/robots.txt"]

    def _resolve(self, host: str, port: int, timeout: float) -> Sequence[str]:
        self.looked_up.append(host)
        found = self.names.get(host, [PUBLIC])
        return found() if callable(found) else found

    def _connect(self, address: Address, port: int, timeout: float) -> socket.socket:
        self.connected.append(str(address))
        port = self.ports.get(port, self.safe.port if port == 443 else self.plain.port)
        return socket.create_connection(("127.0.0.1", port), timeout)


@dataclass(frozen=True)
class Certificates:
    """Made once, since keys take a while: what servers speak TLS with, by what is wrong with it."""

    trust: ssl.SSLContext
    contexts: Mapping[str, ssl.SSLContext]


@contextlib.contextmanager
def certificates() -> Iterator[Certificates]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        authority, stranger = Authority.make(folder), Authority.make(folder)
        yield Certificates(
            authority.trust(),
            {
                "": authority.context(*HOSTS),
                "self-signed": authority.context(*HOSTS, self_signed=True),
                "expired": authority.context(*HOSTS, days=(-30, -1)),
                "not yet": authority.context(*HOSTS, days=(1, 30)),
                "of another host": authority.context("elsewhere.example"),
                "of a stranger": stranger.context(*HOSTS),
            },
        )


@contextlib.contextmanager
def world(folder: Path, made: Certificates, certificate: str = "") -> Iterator[World]:
    with (
        HostileServer(made.contexts[certificate]).running() as safe,
        HostileServer().running() as plain,
    ):
        yield World(safe, plain, made.trust, folder)
