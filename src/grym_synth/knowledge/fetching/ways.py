"""How the outside is reached: names are looked up, every address is judged, and the one deadline is kept."""

from __future__ import annotations

import functools
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..rules.addresses import Address, judge_address
from ..rules.refusals import NotNow, Refused
from ..rules.urls import Target

_MOST_ADDRESSES = 32  # of a name; a page has a handful

Resolve = Callable[[str, int, float], Sequence[str]]  # host, port, seconds
Connect = Callable[[Address, int, float], socket.socket]  # address, port, seconds


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
