"""The hub over HTTP: the gate, the routes, and MCP at /mcp."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from mcp.server.streamable_http_manager import StreamableHTTPASGIApp, StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecuritySettings
from pydantic import BaseModel
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from ... import __version__
from ...errors import BadRequest, GrymError
from ..calls.callers import READ, WRITE, Caller
from ..calls.desk import Desk
from ..mcp_server.hub_server import Pulse, hub_server
from ..mcp_server.offer import Context
from ..protocol import operation_of
from .gate import LARGEST_BODY, Gate, metadata, metadata_url, vouching_of
from .metrics import CONTENT_TYPE, Metrics
from .pages import POLICY, docs_page, first_page
from .problems import TYPE, problem, problem_of
from .routes import Problem, call_routes, task_routes
from .uploads import LARGEST, take_upload

_PING_S = 15
_KEPT = 10_000  # events that one listener may be behind


def make_app(desk: Desk) -> Gate:
    """The application of a desk, which it opens and closes."""
    metrics = Metrics()
    desk.on_end = metrics.count
    pulse = Pulse(desk)
    server = hub_server(desk, pulse, who=_who)
    sessions = StreamableHTTPSessionManager(
        app=server.server,
        json_response=False,
        security_settings=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # the gate does that
    )

    @contextlib.asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        async with desk.open(), pulse.beating(server), sessions.run():
            yield

    app = FastAPI(
        title="grym-synth",
        version=__version__,
        description="Ask your recordings: measured answers about sound, with the evidence.",
        lifespan=living,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
    )
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    app.router.routes.append(Route("/mcp", StreamableHTTPASGIApp(sessions)))
    app.include_router(call_routes(desk))
    app.include_router(task_routes(desk))
    _add_pages(app, desk, metrics)
    _add_events(app, desk)
    _add_uploads(app, desk)
    _add_errors(app)
    own = urlsplit(desk.config.resource_url).netloc.lower()
    hosts = [own] if own else []
    return Gate(app, vouching_of(desk.config), hosts, desk.config.resource_url)


def _who(ctx: Context) -> Caller:
    """The caller that the gate found; requests of a session carry their own."""
    caller = getattr(getattr(ctx.request, "state", None), "caller", None)
    return caller if isinstance(caller, Caller) else Caller("nobody", frozenset(), None, "http")


class Health(BaseModel):
    state: str
    pressure: float
    cause: str
    seq: int


def _add_pages(app: FastAPI, desk: Desk, metrics: Metrics) -> None:
    headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

    @app.get("/", include_in_schema=False)
    async def first() -> HTMLResponse:
        return HTMLResponse(first_page(str(desk.config.home / "owner-token")), headers=headers)

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return HTMLResponse(docs_page(), headers=headers)

    if desk.config.oauth_issuer:
        path = urlsplit(metadata_url(desk.config.resource_url)).path

        @app.get(path, include_in_schema=False)
        async def about_tokens() -> dict[str, Any]:
            return metadata(desk.config)

    refusals: dict[int | str, dict[str, Any]] = {status: {"model": Problem} for status in (401, 403, 421, 429, 503)}

    @app.get("/v1/health", response_model=Health, responses=refusals, tags=["hub"], summary="How the hub is")
    async def health(request: Request) -> Response:
        return JSONResponse(await desk.health())

    @app.get("/metrics", responses=refusals, response_class=Response, tags=["hub"], summary="For Prometheus")
    async def measured() -> Response:
        status = await desk.one("status")
        return Response(await asyncio.to_thread(metrics.text, status), media_type=CONTENT_TYPE)


def _add_events(app: FastAPI, desk: Desk) -> None:
    @app.get(
        "/v1/events",
        response_class=EventSourceResponse,
        responses={status: {"model": Problem} for status in (401, 403, 409, 421, 422, 429, 503)},
        tags=["hub"],
        summary="Changes as they happen",
        description="Server-sent events: recordings, labels, notes, jobs, health. `id` is a number that only grows; "
        "give the last one back as `Last-Event-ID`, or as `after`, and nothing is missed. An event `missed` says that "
        "some before it are gone.",
    )
    async def events(
        request: Request,
        after: Annotated[int | None, Query(ge=0, le=1 << 53, description="The number of the last event seen.")] = None,
        last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    ) -> EventSourceResponse:
        caller: Caller = request.state.caller
        caller.need(READ, "listening")
        seen = after
        if last_event_id is not None:
            if not last_event_id.isdecimal():
                raise BadRequest("Last-Event-ID is a number")
            seen = min(int(last_event_id), 1 << 53)
        return EventSourceResponse(_events(desk, caller, seen), ping=_PING_S, sep="\n")


async def _events(desk: Desk, caller: Caller, after: int | None) -> AsyncIterator[dict[str, str]]:
    waiting: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue(_KEPT)

    def emit(event: Mapping[str, Any]) -> None:
        if waiting.full():  # who does not keep up comes again with his last number
            raise BadRequest("this listener is too far behind")
        waiting.put_nowait(event)

    work = asyncio.create_task(desk.perform(operation_of("events", after=after), emit, caller.person))

    def end(task: asyncio.Task[None]) -> None:
        if not waiting.full():
            waiting.put_nowait({"exit": 0})

    work.add_done_callback(end)
    try:
        while "exit" not in (event := await waiting.get()):
            document = event.get("document", {})
            if "seq" in document:
                kind = "missed" if document.get("missed") else str(document["kind"])
                yield {"id": str(document["seq"]), "event": kind, "data": json.dumps(document)}
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


_FILE = {"type": "string", "format": "binary", "minLength": 1}


class Uploaded(BaseModel):
    path: str
    bytes: int


def _add_uploads(app: FastAPI, desk: Desk) -> None:
    @app.put(
        "/v1/uploads/{name}",
        status_code=201,
        response_model=Uploaded,
        responses={status: {"model": Problem} for status in (400, 401, 403, 409, 413, 421, 422, 429, 503)},
        tags=["hub"],
        summary="Send a file",
        max_body_size=LARGEST,
        description=f"The body is the file, at most {LARGEST >> 30} GiB. The answer names the path that calls take; it "
        "is kept for a day.",
        openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": _FILE}}}},
    )
    async def upload(request: Request, name: str) -> Response:
        caller: Caller = request.state.caller
        caller.need(WRITE, "sending a file")
        desk.pace.take(caller.name)
        place = await take_upload(desk.config.home, name, request.stream())
        return JSONResponse({"path": str(place), "bytes": place.stat().st_size}, 201)


def _add_errors(app: FastAPI) -> None:
    @app.exception_handler(GrymError)
    async def ours(request: Request, error: Exception) -> Response:
        assert isinstance(error, GrymError)
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        wrong = [
            {"at": ".".join(map(str, item["loc"])), "message": item["msg"].removeprefix("Value error, ")}
            for item in error.errors()[:20]
        ]
        said = "; ".join(f"{item['at']}: {item['message']}" for item in wrong[:3])
        return problem(422, "bad_request", said, "see /docs", errors=wrong)

    @app.exception_handler(HTTPException)
    async def usual(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        headers = dict(error.headers or {})
        if error.status_code == 405:  # of all routes of a path, not of the first
            headers["Allow"] = ", ".join(_methods(app, request.scope))
        return problem(error.status_code, "http", str(error.detail), "see /docs", headers=headers)

    @app.exception_handler(Exception)
    async def fault(request: Request, error: Exception) -> Response:
        return problem(500, "fault", f"the hub met a fault of ours ({type(error).__name__})", "see its log")


def _methods(app: FastAPI, scope: Any) -> list[str]:
    """What may be done at a path."""
    found: set[str] = set()
    for route in app.routes:
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE:
            found |= set(route.methods or ())
    return sorted(found)


def _described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the token that everything wants, and errors of one media type."""
    if app.openapi_schema is None:
        from fastapi.openapi.utils import get_openapi

        whole = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        whole["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        whole["security"] = [{"token": []}]
        for path in whole["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    if status[0] in "45":
                        answer["content"] = {TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        app.openapi_schema = whole
    return app.openapi_schema
