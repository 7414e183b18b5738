"""The fixture of the conformance suite at an address of this machine, behind our gate."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette
from starlette.routing import Route

from ..mcp_server.fixture import conformance_server
from .gate import Gate


def make_fixture() -> Gate:
    server = conformance_server()
    sessions = StreamableHTTPSessionManager(
        app=server.server, security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False)
    )

    @contextlib.asynccontextmanager
    async def living(app: Starlette) -> AsyncIterator[None]:
        async with sessions.run():
            yield

    app = Starlette(routes=[Route("/mcp", StreamableHTTPASGIApp(sessions))], lifespan=living)
    return Gate(app, (), anybody=True)
