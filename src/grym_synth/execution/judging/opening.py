"""How a server begins: it starts, tells which versions it speaks, who it is, and which tools it has."""

from __future__ import annotations

import re
import time
from typing import Any

from ...agent_stdio import LEGACY, MODERN
from .bench import HEALTH_TOOL, Bench, Fault, Lacks, quietly, result_of
from .conversation import Conversation, NoAnswer, initialize_params
from .schemas import fault_in_schema

#: Versions of the protocol with an `initialize` handshake.
LEGACY_VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", LEGACY)
_SILENCE_S = 0.7  # how long a server that has started may think about its first request
_MOST_TOOLS, _MOST_OF_AN_AGENT, _MOST_PAGES = 512, 32, 20
_TOOL_NAME = re.compile(r"[A-Za-z0-9_.\-/]{1,128}")


async def starts(bench: Bench) -> str:
    """It answers the first request with anything; a stranger's server may do so in the older era."""
    began = time.monotonic()
    conversation = await bench.begin("modern")
    if bench.card:
        message: dict[str, Any] | None = await conversation.request("server/discover", timeout=bench.limits.start)
    else:
        try:
            message = await _first_answer(conversation, bench.limits.start)
        except NoAnswer:
            if not conversation.observed.deaths:
                raise
            # It may end when it is spoken to in a language that it does not know.
            await conversation.close()
            bench.observed.deaths.clear()
            message, began = None, time.monotonic()
            await (await bench.begin("legacy")).request("initialize", initialize_params(), timeout=bench.limits.start)
    if message is not None and "result" in message:
        bench.openings["modern"] = message["result"]
        bench.eras.append("modern")
        bench.keep(conversation)
    return f"first answer after {1000 * (time.monotonic() - began):.0f} ms"


async def _first_answer(conversation: Conversation, timeout: float) -> dict[str, Any] | None:
    """The answer to `server/discover`; None from one that is silent about it, but answers `initialize` behind it."""
    newer = await conversation.ask("server/discover")
    if (answer := await quietly(conversation, newer, _SILENCE_S)) is not None:
        return answer
    conversation.forgive()
    older = await conversation.ask("initialize", initialize_params())
    await conversation.answer_to(older, timeout)
    answer = await quietly(conversation, newer, _SILENCE_S)
    conversation.forgive()
    return answer


async def discover(bench: Bench) -> str:
    """`server/discover` tells the versions, 2026-07-28 among them."""
    result = bench.openings.get("modern")
    if result is None:
        raise Lacks(f"lacks the protocol of {MODERN}: `server/discover` is not answered")
    versions = result.get("supportedVersions")
    if not isinstance(versions, list) or MODERN not in versions:
        bench.eras.remove("modern")
        raise Fault(f"`supportedVersions` is {str(versions)[:80]!r}, without {MODERN!r}")
    _check_capabilities(result)
    if bench.card:
        ttl, scope = result.get("ttlMs"), result.get("cacheScope")
        if isinstance(ttl, bool) or not isinstance(ttl, int) or ttl < 0 or scope not in ("public", "private"):
            raise Fault(f"`ttlMs` is {ttl!r} and `cacheScope` {scope!r}; milliseconds and public or private are due")
    return f"speaks {', '.join(map(str, versions))[:80]}"


async def initialize(bench: Bench) -> str:
    """`initialize` in a process of its own agrees on a version of the older era."""
    conversation = await bench.begin("legacy")
    try:
        message = await conversation.request("initialize", initialize_params(), timeout=bench.limits.start)
    except NoAnswer as silence:
        if not bench.eras or bench.card:
            raise
        raise Lacks(f"lacks the protocol of {LEGACY}: no answer to `initialize` ({silence})") from silence
    if "error" in message:
        if not bench.eras:
            raise Fault("it speaks neither era of the protocol: `server/discover` and `initialize` are both refused")
        raise Lacks(f"lacks the protocol of {LEGACY}: `initialize` is refused")
    result = message["result"]
    version = result.get("protocolVersion")
    if version not in (LEGACY_VERSIONS if bench.card is None else (LEGACY,)):
        raise Fault(f"asked for {LEGACY}, it claims to speak {str(version)[:40]!r}")
    _check_capabilities(result)
    bench.openings["legacy"] = result
    bench.eras.append("legacy")
    await conversation.notify("notifications/initialized")
    if "error" in await conversation.request("ping"):
        raise Fault("`ping` is refused")
    bench.keep(conversation)
    return f"speaks {version}"


def _check_capabilities(result: Any) -> None:
    capabilities = result.get("capabilities")
    if not isinstance(capabilities, dict) or not isinstance(capabilities.get("tools"), dict):
        raise Fault(f"`capabilities` is {str(capabilities)[:80]!r}, without `tools`")


async def server_info(bench: Bench) -> str:
    """`serverInfo` tells name and version, those that are declared."""
    found = ""
    for era, result in bench.openings.items():
        info = result.get("serverInfo")
        if info is None and era == "modern":
            info = (result.get("_meta") or {}).get("io.modelcontextprotocol/serverInfo")
        name, version = (info.get("name"), info.get("version")) if isinstance(info, dict) else (None, None)
        if not isinstance(name, str) or not isinstance(version, str) or not name:
            raise Fault(f"`serverInfo` is {str(info)[:80]!r} ({era}); a name and a version are due")
        if bench.card and (name, version) != (bench.card.name, bench.card.version):
            raise Fault(f"it calls itself {name!r} {version!r}, declared {bench.card.name!r} {bench.card.version!r}")
        found = f"{name[:60]} {version[:40]}"
    return found


async def tools(bench: Bench) -> str:
    """`tools/list` names the same few tools in both eras."""
    for era in bench.eras:
        bench.tools[era] = await _list_tools(bench, era)
    if not bench.tools:
        raise Fault("it speaks no version of the protocol that is known here")
    listed = [sorted(tool["name"] for tool in found) for found in bench.tools.values()]
    if any(names != listed[0] for names in listed):
        raise Fault(f"the tools are {listed[0][:5]} in one era and {listed[1][:5]} in the other")
    most = _MOST_OF_AN_AGENT if bench.card else _MOST_TOOLS
    if len(listed[0]) > most:
        raise Fault(f"it has {len(listed[0])} tools; at most {most} are sensible")
    if len(set(listed[0])) < len(listed[0]):
        raise Fault("two tools have the same name")
    if not listed[0]:
        raise Fault("it has no tools")
    return f"{len(listed[0])}: {', '.join(listed[0])[:100]}"


async def _list_tools(bench: Bench, era: Any) -> list[dict[str, Any]]:
    conversation = await bench.conversation(era)
    found: list[dict[str, Any]] = []
    cursor = None
    for _ in range(_MOST_PAGES):
        params: dict[str, Any] = {"cursor": cursor} if cursor is not None else {}
        result = result_of(await conversation.request("tools/list", params), "`tools/list`")
        page = result.get("tools")
        if not isinstance(page, list):
            raise Fault(f"`tools` is no list but {str(page)[:60]!r}")
        for tool in page:
            name = tool.get("name") if isinstance(tool, dict) else None
            if not isinstance(name, str) or not _TOOL_NAME.fullmatch(name):
                raise Fault(f"a tool has the name {str(name)[:60]!r}; letters, digits, _ - . make one")
        found += page
        cursor = result.get("nextCursor")
        if cursor is None or len(found) > 2 * _MOST_TOOLS:
            return found
    raise Fault(f"`tools/list` has no end: {_MOST_PAGES} pages, and each names a next one")


async def schemas(bench: Bench) -> str:
    """Every tool has an `inputSchema` that describes an object, and a sound `outputSchema` if any."""
    found = [tool for listed in bench.tools.values() for tool in listed]
    for tool in found:
        if fault := fault_in_schema(tool.get("inputSchema")):
            raise Fault(f"`inputSchema` of {tool['name']!r}: {fault}")
        if "outputSchema" in tool and (fault := fault_in_schema(tool["outputSchema"])):
            raise Fault(f"`outputSchema` of {tool['name']!r}: {fault}")
        if not isinstance(tool.get("description", ""), str):
            raise Fault(f"the description of {tool['name']!r} is no text")
    return f"{len(found)} sound"


async def main_tool(bench: Bench) -> str:
    """There is a tool with the agent's name, with an `outputSchema`, and `health_update`."""
    if bench.card is None:
        raise Lacks("lacks a declaration, so no tool of its own name is looked for")
    names = {tool["name"]: tool for tool in bench.tools[bench.era]}
    if bench.card.name not in names:
        raise Fault(f"there is no tool {bench.card.name!r}; there is {', '.join(names)[:100]}")
    if "outputSchema" not in names[bench.card.name]:
        raise Fault(f"{bench.card.name!r} has no `outputSchema`")
    if HEALTH_TOOL not in names:
        raise Fault(f"there is no tool {HEALTH_TOOL!r}")
    return bench.card.name
