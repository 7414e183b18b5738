"""The hub as an MCP server: its offer, and what tells clients of changes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import mcp_types as types

from ...errors import GrymError
from ...health.mapping import RESOURCE
from ..calls.callers import Caller, owner
from ..calls.desk import Desk
from ..calls.table import BY_NAME
from ..protocol import operation_of
from .offer import Context, Offer
from .prompts import hub_prompts
from .resources import HubResources
from .server import HubServer
from .tasks import HubTasks
from .tools import hub_tools, refusal

log = logging.getLogger(__name__)

_LOOK_S, _LOOK_FAR_S = 0.25, 1.0  # for the health of our own hub, or of one in another process
_AGAIN_S = 1.0
_HANDSHAKE_S = 2.0  # in which an assistant asks who we are and which tools there are


@dataclass(slots=True)
class Pulse:
    """Follows the hub, and tells the clients of a server."""

    desk: Desk
    left_alone: frozenset[str] = frozenset()
    _state: tuple[str, str] = ("", "")
    _server: HubServer | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def hidden(self) -> frozenset[str]:
        """Tools whose agent keeps failing and is left alone."""
        return frozenset(name for name, call in BY_NAME.items() if call.agent and call.agent in self.left_alone)

    @contextlib.asynccontextmanager
    async def beating(self, server: HubServer) -> Any:
        self._server = server
        self._tasks = [asyncio.create_task(self._follow_health()), asyncio.create_task(self._follow_changes())]
        try:
            yield
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _follow_health(self) -> None:
        assert self._server is not None
        with contextlib.suppress(GrymError):  # who asks something is told
            await self.desk.ready()
        while True:
            try:
                now = await self.desk.health()
                await self._tell(now)
            except GrymError:
                await asyncio.sleep(_AGAIN_S)
            await asyncio.sleep(_LOOK_S if self.desk.hub is not None else _LOOK_FAR_S)

    async def _tell(self, now: Mapping[str, Any]) -> None:
        assert self._server is not None
        state = (now["state"], now["cause"] if now["state"] != "healthy" else "")
        before, self._state = self._state, state
        if before[0] and before != state:
            await self._server.updated(RESOURCE)
        left_alone = frozenset(now["left_alone"])
        if left_alone != self.left_alone:
            hidden, self.left_alone = self.hidden(), left_alone
            if self.hidden() != hidden:
                await self._server.tools_changed()

    async def _follow_changes(self) -> None:
        """Changes of the store as cues for the resources that they are of."""
        assert self._server is not None
        waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue(10_000)

        def emit(event: Mapping[str, Any]) -> None:
            if "seq" in event.get("document", {}) and not waiting.full():
                waiting.put_nowait(event["document"])

        async def tell(server: HubServer) -> None:
            while True:
                event = await waiting.get()
                kind, subject = event.get("kind"), event.get("subject")
                if kind == "job":
                    await server.updated(f"jobs://{subject}")
                elif kind in ("recording", "label", "correction"):
                    await server.updated(f"recordings://{subject}")

        telling = asyncio.create_task(tell(self._server))
        try:
            with contextlib.suppress(GrymError):
                await self.desk.ready()
            while True:
                with contextlib.suppress(GrymError):
                    await self.desk.perform(operation_of("events"), emit)
                await asyncio.sleep(_AGAIN_S)
        finally:
            telling.cancel()


def hub_server(desk: Desk, pulse: Pulse, who: Any = None) -> HubServer:
    """The server of a desk.

    who : the caller of a request; None: the owner, on stdin and stdout
    """
    tasks = HubTasks(desk)
    offer = Offer(
        hub_tools(desk, tasks),
        HubResources(desk),
        hub_prompts(),
        tasks,
        hidden=pulse.hidden,
        complete=partial(_complete, desk),
    )
    local = owner("stdio")

    def count(caller: Caller) -> None:
        desk.pace.take(caller.name)

    return HubServer(offer, who or (lambda ctx: local), count, partial(refusal, desk))


async def serve_stdio(desk: Desk) -> None:
    """Serve one client on stdin and stdout until it leaves."""
    pulse = Pulse(desk)
    server = hub_server(desk, pulse)
    async with desk.open(within_s=_HANDSHAKE_S), pulse.beating(server):
        await server.run_stdio()


async def _complete(desk: Desk, params: types.CompleteRequestParams, caller: Caller) -> list[str]:
    """Values that an argument may have: folders and files below the roots, collections of notes."""
    name, begun = params.argument.name, params.argument.value[:1000]
    if name in ("path", "folder", "reference"):
        return await asyncio.to_thread(_paths, desk, begun)
    if name == "domain":
        found = await desk.one("sources", caller.person, domain="")
        domains = {row["domain"] for row in found["sources"] if row["domain"].startswith(begun)}
        return sorted(domains)
    return []


def _paths(desk: Desk, begun: str) -> list[str]:
    from pathlib import Path

    folder, _, start = begun.rpartition("/")
    try:
        place = Path(desk.roots.inside(folder or "."))
        names = sorted(each.name + ("/" if each.is_dir() else "") for each in place.iterdir())
    except (GrymError, OSError):
        return []
    head = f"{folder}/" if folder else ""
    return [head + each for each in names if each.startswith(start) and not each.startswith(".")][:100]


__all__ = ["Context", "Pulse", "hub_server", "serve_stdio"]
