"""One hub for each home: a file lock says who it is, a Unix socket lets everybody else ask it.

The first command that takes the lock is the hub for as long as it lives; the others send their operation to its
socket. Operations and documents travel as JSON, one a line.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import Config
from ..errors import HubUnreachable, Unavailable
from .protocol import OPERATIONS, Emit, needs_no_hub

if TYPE_CHECKING:
    from ..hub import Hub

log = logging.getLogger(__name__)

_LINE_LIMIT = 64 * 1024 * 1024
_PATIENCE = 15.0  # seconds to wait for a hub that holds the lock but does not take calls yet, or any more


async def perform_anywhere(config: Config, operation: Mapping[str, Any], emit: Emit) -> None:
    """Carry out one operation: by the running hub of this home, else by being the hub for so long.

    Raises
    ------
    HubUnreachable
        Another process holds the home but takes no calls.
    """
    give_up_at = asyncio.get_running_loop().time() + _PATIENCE
    if needs_no_hub(operation):
        if not await ask_running_hub(config, operation, emit):
            from ..identity.asking import in_name_of
            from .asker import asker_of
            from .looking import without_hub

            with in_name_of(await asker_of(config, operation)):
                emit({"document": await without_hub(config, operation)})
            emit({"exit": 0})
        return
    while True:
        with hold_home(config) as is_ours:
            if is_ours:
                from .operations import perform

                async with serving_hub(config) as hub:
                    await perform(hub, {**operation, "alone": True}, emit)
                return
        if await ask_running_hub(config, operation, emit):
            return
        if asyncio.get_running_loop().time() > give_up_at:
            raise HubUnreachable(
                f"another process is the hub of {str(config.home)!r} and takes no calls",
                hint="wait for it, stop it, or set GRYM_HOME to another folder",
                retry_after=_PATIENCE,
            )
        await asyncio.sleep(0.05)


def hold_home(config: Config) -> AbstractContextManager[bool]:
    """Be the hub of a home for the body of a `with` block; False when somebody else is."""
    return hold(config, config.lock_path)


@contextlib.contextmanager
def hold(config: Config, place: Path) -> Iterator[bool]:
    """Take a lock in the home for the body of a `with` block; False when somebody else has it.

    A home that cannot be written has no lock: then everybody is a hub for himself.
    """
    try:
        config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = place.open("w")
    except OSError:
        yield True
        return
    with lock:  # closing the file gives the lock back, also after kill -9
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_ours = True
        except BlockingIOError:
            is_ours = False
        yield is_ours


@contextlib.asynccontextmanager
async def serving_hub(config: Config, *, serving: bool = False) -> AsyncIterator[Hub]:
    """Open the hub and take calls on its socket; on leaving, calls under way are finished first."""
    from ..opening import open_hub  # here, because a command that asks a running hub needs none

    calls: set[asyncio.Task[None]] = set()
    async with open_hub(config, serving=serving) as hub:
        await _take_tasks(hub, serving=serving)

        async def take_call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            calls.add(task)
            try:
                await _answer_call(hub, reader, writer)
            finally:
                calls.discard(task)

        with contextlib.ExitStack() as stack:
            server = None
            with contextlib.suppress(OSError):  # no socket, no guests; the hub itself works
                listening = stack.enter_context(_bound_socket(config.socket_path))
                server = await asyncio.start_unix_server(take_call, sock=listening, limit=_LINE_LIMIT)
            try:
                yield hub
            finally:
                if serving:
                    hub.jobs.stop_following()  # a job may take all night; it goes on with the next hub
                if server is not None:
                    while calls:  # others are let in for as long: the home is ours until the last has left
                        await asyncio.wait(calls)
                    server.close()
                    config.socket_path.unlink(missing_ok=True)


async def _take_tasks(hub: Hub, *, serving: bool) -> None:
    """Know calls that are jobs; a hub that stays goes on with those that an earlier one left."""
    from .operations import perform
    from .tasks import call_kind

    hub.jobs.add(call_kind(hub.config, partial(perform, hub)))
    if serving:
        with contextlib.suppress(Unavailable):
            await hub.jobs.resume()


async def _answer_call(hub: Hub, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    from ..identity.person import person_from_json
    from .operations import perform

    def emit(document: Mapping[str, Any]) -> None:
        writer.write(json.dumps(document).encode() + b"\n")

    with contextlib.suppress(ConnectionError):
        line = await reader.readline()
        operation = _read_operation(line)
        if line and operation is None:
            error = {"code": "bad_request", "message": "that is no operation of this hub", "hint": "use the command"}
            emit({"document": {"error": error}})
            emit({"exit": 3})
            await writer.drain()
        elif operation is not None:
            work = asyncio.create_task(perform(hub, operation, emit, person_from_json(operation.get("person"))))
            gone = asyncio.create_task(reader.read(1))  # a guest says nothing more, so this ends when he leaves
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            for task in (work, gone):
                if not task.done():
                    task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)
            if not work.cancelled() and (fault := work.exception()) is not None:
                log.error("a fault of ours", exc_info=fault)
                error = {"code": "fault", "message": f"the hub met a fault of ours ({fault!r})", "hint": "see its log"}
                emit({"document": {"error": error}})
                emit({"exit": 1})
            await writer.drain()
    writer.close()


def _read_operation(line: bytes) -> dict[str, Any] | None:
    """What a guest asks for; None when it is no operation."""
    try:
        operation = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return operation if isinstance(operation, dict) and operation.get("op") in OPERATIONS else None


async def ask_running_hub(config: Config, operation: Mapping[str, Any], emit: Emit) -> bool:
    """Send an operation to the socket; False when nobody took it, so that asking again is safe."""
    try:
        with _socket_address(config.socket_path) as address:
            reader, writer = await asyncio.open_unix_connection(address, limit=_LINE_LIMIT)
    except OSError:
        return False
    taken = False
    try:
        writer.write(json.dumps(operation).encode() + b"\n")
        async for line in reader:
            document = json.loads(line)
            taken = taken or "document" in document  # until then nothing is lost by asking anew
            emit(document)
            if "exit" in document:
                return True
    except ConnectionError:
        pass
    finally:
        writer.close()
    if taken:
        raise HubUnreachable("the hub ended in the middle of the answer", hint="ask again", retry_after=1.0)
    return False


@contextlib.contextmanager
def _bound_socket(path: Path) -> Iterator[socket.socket]:
    path.unlink(missing_ok=True)  # we hold the lock, so this is what a killed hub left
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening, _socket_address(path) as address:
        before = os.umask(0o177)
        try:
            listening.bind(address)
        finally:
            os.umask(before)
        yield listening


@contextlib.contextmanager
def _socket_address(path: Path) -> Iterator[str]:
    """An address of at most 107 bytes, which is all a Unix socket takes, however deep the home lies."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


async def serve_forever(config: Config, announce: Callable[[], None]) -> bool:
    """Be the hub of this home until cancelled; False when there is one already."""
    with hold_home(config) as is_ours:
        if not is_ours:
            return False
        async with serving_hub(config, serving=True):
            announce()
            await asyncio.Event().wait()
    return True
