"""`grym serve`: the hub of a home for others, with its web address.

The address is open from the first moment; what answers there is loaded when somebody comes, since a hub that only its
own commands ask does without.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from ...errors import BadSetup
from ..calls.desk import Desk

if TYPE_CHECKING:
    import uvicorn

    from .gate import Gate

PORT = 8473
_OTHERS = 20  # ports that are tried after the usual one
_MOST = 512  # connections at once
_GRACE_S = 5


def bind(host: str, port: int | None) -> socket.socket:
    """A listening socket; without a port the usual one, or the next that is free.

    Raises
    ------
    BadSetup
        Nobody can listen there.
    """
    wanted = [port] if port is not None else [*range(PORT, PORT + _OTHERS), 0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    why: OSError | None = None
    for number in wanted:
        # Named as TCP, or asyncio leaves small answers waiting for the client's next word (Nagle), 40 ms each.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((host, number))
            listening.listen(_MOST)
            listening.setblocking(False)
            return listening
        except (OSError, OverflowError) as error:
            listening.close()
            why = error if isinstance(error, OSError) else OSError(str(error))
    raise BadSetup(f"nobody can listen on {host}, port {wanted[0]}: {why}", hint="name another with --port") from why


class Announce(Protocol):
    """Says that calls are answered, and whether by another process."""

    def __call__(self, *, is_front: bool) -> None: ...


async def serve_web(desk: Desk, listening: socket.socket, announce: Announce) -> None:
    """Be the hub, or its front, and answer at an address, until cancelled."""
    async with desk.open():
        await desk.ready()
        announce(is_front=desk.hub is None)
        await _somebody(listening)
        await _serve(await asyncio.to_thread(_load, desk), listening)


async def _somebody(listening: socket.socket) -> None:
    """Wait until a connection comes."""
    loop, came = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(listening, came.set)
    try:
        await came.wait()
    finally:
        loop.remove_reader(listening)


async def serve_fixture(listening: socket.socket, announce: Callable[[], None]) -> None:
    """Answer the conformance suite at an address of this machine, until cancelled."""
    from .fixture import make_fixture

    announce()
    await _serve(_server_of(make_fixture()), listening)


async def _serve(server: uvicorn.Server, listening: socket.socket) -> None:
    """Serve until cancelled; requests under way are finished first, for as long as `_GRACE_S`."""
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)


def _load(desk: Desk) -> uvicorn.Server:
    from ..calls.traces import begin_traces
    from .app import make_app

    begin_traces()

    return _server_of(make_app(desk))


def _server_of(app: Gate) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        """Leaves signals to whoever runs it."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    config = uvicorn.Config(
        app, lifespan="on", log_level="warning", access_log=False, limit_concurrency=_MOST,
        timeout_graceful_shutdown=_GRACE_S, timeout_keep_alive=30, server_header=False, ws="none",
    )  # fmt: skip
    return Server(config)
