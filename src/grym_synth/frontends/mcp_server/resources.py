"""What of the hub can be read by address, and who may."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import tempfile
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import mcp_types as types

from ...errors import BadRequest
from ...health.mapping import RESOURCE, TERMS
from ...messages import Health
from ..calls.callers import READ, Caller
from ..calls.desk import Desk
from .offer import Context

_JSON, _PNG = "application/json", "image/png"
_FRESH_MS = 5000
_MOST_LEVELS = 200_000  # numbers of a spectrum that one reading gives

Read = Callable[[Mapping[str, str], Caller], Awaitable[tuple[str | bytes, str]]]


class UnknownResource(BadRequest):
    """Nothing is behind an address, or not for this caller."""

    code = "unknown_resource"


class HubResources:
    """The resources of one desk. Reading and listening are checked alike."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._drawing = desk, threading.Lock()
        self._kinds: Sequence[tuple[re.Pattern[str], Read]] = (
            (re.compile(r"recordings://(?P<sha256>[0-9a-f]{64})"), self._recording),
            (re.compile(r"recordings://(?P<sha256>[0-9a-f]{64})/plot"), self._plot),
            (re.compile(r"fft://(?P<handle>[A-Za-z0-9_-]{32})/data"), self._spectrum),
            (re.compile(r"patterns://(?P<id>[0-9]{1,15})"), self._pattern),
            (re.compile(r"knowledge://(?P<domain>[^/]{0,100})/(?P<topic>[^/]{1,200})"), self._knowledge),
            (re.compile(r"jobs://(?P<id>[0-9a-f]{1,32})"), self._job),
        )

    def listed(self) -> Sequence[types.Resource]:
        about = "healthy, warning or critical, and why; subscribe to be told of every change"
        return [types.Resource(uri=RESOURCE, name="health", title="How the hub is", description=about, mime_type=_JSON)]

    def templates(self) -> Sequence[types.ResourceTemplate]:
        rows = (
            ("recordings://{sha256}", "recording", "All that was measured of a recording", _JSON),
            ("recordings://{sha256}/plot", "plot", "A picture of a recording: levels, spectrum, beats, keys", _PNG),
            ("fft://{handle}/data", "spectrum", "A spectrum that an answer gave a handle of, for 15 minutes", _JSON),
            ("patterns://{id}", "pattern", "A fragment that recurs, with every place", _JSON),
            ("knowledge://{domain}/{topic}", "knowledge", "Passages of the notes about a topic, verbatim", _JSON),
            ("jobs://{id}", "job", "How far long work is; subscribe to be told", _JSON),
        )
        return [
            types.ResourceTemplate(uri_template=uri, name=name, title=about, description=about, mime_type=kind)
            for uri, name, about, kind in rows
        ]

    async def read(self, uri: str, caller: Caller, context: Context) -> types.ReadResourceResult:
        caller.need(READ, "reading")
        if uri == RESOURCE:
            health = await self._desk.health()
            state: Health = health["state"]
            document = {**health, "ttl_ms": TERMS[state].ttl_ms}
            return _contents(uri, json.dumps(document), _JSON, ttl_ms=TERMS[state].ttl_ms)
        read, parts = self._find(uri)
        content, kind = await read(parts, caller)
        return _contents(uri, content, kind)

    async def check(self, uri: str, caller: Caller) -> None:
        """Raises NotAllowed for who may not read it, BadRequest for an address that nothing can be behind."""
        caller.need(READ, "listening")
        if uri == RESOURCE:
            return
        read, parts = self._find(uri)
        if read == self._job:  # the others are told of by what everybody who reads may know
            await self._job(parts, caller)

    def _find(self, uri: str) -> tuple[Read, Mapping[str, str]]:
        for pattern, read in self._kinds:
            if found := pattern.fullmatch(uri):
                return read, found.groupdict()
        raise UnknownResource(
            f"there is no resource {uri[:200]!r}", hint="resources/templates/list shows what there is"
        )

    async def _recording(self, parts: Mapping[str, str], caller: Caller) -> tuple[str, str]:
        return json.dumps(await self._measured(parts["sha256"], caller)), _JSON

    async def _measured(self, sha256: str, caller: Caller) -> dict[str, Any]:
        found = await self._desk.one("recording", caller.person, sha256=sha256)
        for path in [path for path in found["paths"] if self._may(path)]:
            document = await self._desk.one("analyze", caller.person, paths=[path], capabilities=[])
            if document.get("sha256") == sha256:  # it may have changed since
                return document
        raise UnknownResource("no recording that was heard has that sum", hint="analyze tells sums")

    def _may(self, path: str) -> bool:
        try:
            return self._desk.roots.inside(path) != ""
        except BadRequest:
            return False

    async def _plot(self, parts: Mapping[str, str], caller: Caller) -> tuple[bytes, str]:
        document = await self._measured(parts["sha256"], caller)
        return await asyncio.to_thread(self._draw, document), _PNG

    def _draw(self, document: dict[str, Any]) -> bytes:
        from ..plots import plot_recording

        with self._drawing, tempfile.TemporaryDirectory(prefix="grym-plot-") as folder:
            out = Path(folder, "plot.png")
            plot_recording(document["path"], document, out)
            return out.read_bytes()

    async def _spectrum(self, parts: Mapping[str, str], caller: Caller) -> tuple[str, str]:
        return json.dumps(await asyncio.to_thread(self._tile, parts["handle"])), _JSON

    def _tile(self, handle: str) -> dict[str, Any]:
        from dataclasses import asdict

        from ...resources.handles import Handles

        with Handles(self._desk.config.home / "handles").open(handle) as stored:
            rows, bands = stored.shape
            step = max(1, -(-rows * bands // _MOST_LEVELS))
            levels = [stored[at : at + 1][0].round(1).tolist() for at in range(0, rows, step)]
            return {**asdict(stored.meaning), "rows": rows, "bands": bands, "every": step, "levels_dbfs": levels}

    async def _pattern(self, parts: Mapping[str, str], caller: Caller) -> tuple[str, str]:
        return json.dumps(await self._desk.one("patterns", caller.person, do="show", id=int(parts["id"]))), _JSON

    async def _knowledge(self, parts: Mapping[str, str], caller: Caller) -> tuple[str, str]:
        domain, topic = unquote(parts["domain"]), unquote(parts["topic"])
        if domain in ("all", "-"):
            domain = ""
        return json.dumps(
            await self._desk.one("notes", caller.person, words=topic, k=10, domain=domain, text="")
        ), _JSON

    async def _job(self, parts: Mapping[str, str], caller: Caller) -> tuple[str, str]:
        job = await self._desk.one("jobs", caller.person, do="show", id=parts["id"], follow=False, stream=False)
        return json.dumps(job), _JSON


def _contents(uri: str, content: str | bytes, kind: str, *, ttl_ms: int = _FRESH_MS) -> types.ReadResourceResult:
    if isinstance(content, bytes):
        blob = base64.b64encode(content).decode()
        whole: list[Any] = [types.BlobResourceContents(uri=uri, blob=blob, mime_type=kind)]
    else:
        whole = [types.TextResourceContents(uri=uri, text=content, mime_type=kind)]
    return types.ReadResourceResult(contents=whole, ttl_ms=ttl_ms, cache_scope="private")
