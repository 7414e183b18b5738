"""A good call, looked at from all sides: evidence, era, health, progress, memory, and the same by hand."""

from __future__ import annotations

import asyncio
import itertools
import json
import math
import time
from collections.abc import Iterable, Mapping
from typing import Any

from ...agent_stdio import HEALTH_KEY
from ...errors import MalformedEvidence
from ...messages import CAPABILITIES, evidence_from_json, gap_from_json
from ..catalog import AgentCard
from ..launching import interpreter_for
from .bench import HEALTH_TOOL, Bench, Fault, Lacks, health_snapshot, is_refused, result_of
from .conversation import NoAnswer
from .schemas import fault_in_value

_GROWTH_MB, _FEWEST_CALLS, _MOST_CALLS, _CALLS_FOR_S = 64.0, 6, 40, 1.0
_OVER_DECLARED, _SLACK_MB = 1.25, 64.0


async def call(bench: Bench) -> str:
    """A good call is answered with a result."""
    tool = bench.callable_tool()
    conversation = await bench.conversation()
    began = time.monotonic()
    number = await bench.ask_to_call(conversation, bench.arguments())
    message = await conversation.answer_to(number)
    bench.call_seconds = time.monotonic() - began
    bench.progress = conversation.progress[json.dumps(number)]
    if bench.card is None and is_refused(message):
        return f"{tool['name']!r} refused arguments made up from its schema, as it may"
    bench.result = result_of(message, "a good call")
    if bench.result.get("isError"):
        raise Fault(f"a good call was refused: {_said(bench.result)}")
    if not isinstance(bench.result.get("content"), list) and bench.card is None:
        raise Fault("the result has no `content`")
    content = bench.result.get("structuredContent")
    if "outputSchema" in tool and (fault := fault_in_value(content, tool["outputSchema"])):
        raise Fault(f"`structuredContent` does not fit the `outputSchema`: {fault}")
    return f"{tool['name']!r} answered after {1000 * bench.call_seconds:.0f} ms"


def _said(result: Mapping[str, Any]) -> str:
    content = result.get("content")
    texts = (
        [str(part.get("text", "")) for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    )
    return repr(" ".join(texts)[:200])


async def evidence(bench: Bench) -> str:
    """Every finding is evidence of a known kind, finite, about the subject, by this agent."""
    content = bench.result.get("structuredContent")
    if bench.card is None and not (isinstance(content, dict) and "evidence" in content):
        raise Lacks("lacks evidence: its answers are data without unit and source")
    if not isinstance(content, dict) or not all(isinstance(content.get(k), list) for k in ("evidence", "gaps")):
        raise Fault(f"`structuredContent` is {str(content)[:80]!r}, without lists of `evidence` and `gaps`")
    for raw in content["evidence"]:
        _check_finding(bench, raw)
    for raw in content["gaps"]:
        try:
            gap = gap_from_json(raw)
        except MalformedEvidence as error:
            raise Fault(str(error)) from error
        if not gap.reason or (bench.card and gap.capability not in _speaks_of(bench.card)):
            raise Fault(f"a gap in {gap.capability!r} for the reason {gap.reason[:80]!r}")
    if not content["evidence"] and not content["gaps"]:
        raise Fault("neither evidence nor a gap: nobody can tell what became of the question")
    return f"{len(content['evidence'])} findings, {len(content['gaps'])} gaps"


def _check_finding(bench: Bench, raw: Any) -> None:
    for key in ("confidence", "rank"):
        if (
            isinstance(raw, dict)
            and key in raw
            and (isinstance(raw[key], bool) or not isinstance(raw[key], int | float))
        ):
            raise Fault(f"`{key}` is {str(raw[key])[:40]!r}, no number")
    if isinstance(raw, dict) and not all(isinstance(raw.get(key), str) for key in ("name", "kind", "unit", "subject")):
        raise Fault(f"`name`, `kind`, `unit` and `subject` must be texts: {str(raw)[:120]}")
    if not _is_finite(raw):
        raise Fault(f"a number is not finite: {str(raw)[:120]}")
    try:
        found = evidence_from_json(raw)
    except (MalformedEvidence, OverflowError) as error:
        raise Fault(str(error)[:300]) from error
    if bench.card is None:
        return
    subject = bench.recordings.short.name if bench.card.needs_recording or bench.card.takes_two else found.subject
    subjects = (subject, bench.recordings.other.name) if bench.card.takes_two else (subject,)
    if found.subject not in subjects:
        raise Fault(f"{found.name!r} is about {found.subject[:60]!r}; the call's subject was {subject!r}")
    if (found.source.agent, found.source.version) != (bench.card.name, bench.card.version) or not found.source.method:
        raise Fault(f"{found.name!r} comes from {found.source!r}; {bench.card.name!r} {bench.card.version!r} is due")
    if found.capability not in _speaks_of(bench.card):
        raise Fault(f"{found.name!r} belongs to none of {', '.join(bench.card.capabilities)}")
    if found.span is not None and not 0.0 <= found.span.start_s <= found.span.end_s:
        raise Fault(f"{found.name!r} is about the span {found.span}")


def _speaks_of(card: AgentCard) -> set[str]:
    """What its findings may be about: its capabilities, or any of the hub's when it has none, and its own name."""
    return {*(card.capabilities or CAPABILITIES), card.name}


def _is_finite(value: Any) -> bool:
    unseen = [value]
    while unseen:
        item = unseen.pop()
        if isinstance(item, float) and not math.isfinite(item):
            return False
        unseen += item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return True


async def result_type(bench: Bench) -> str:
    """`resultType` stands in results of the newer era, and only there."""
    found = []
    for era in bench.eras:
        conversation = await bench.conversation(era)
        results = [result_of(await conversation.request("tools/list"), "`tools/list`"), bench.openings[era]]
        if era == bench.era and bench.result:
            results.append(bench.result)
        elif bench.card:
            number = await bench.ask_to_call(conversation, bench.arguments())
            results.append(result_of(await conversation.answer_to(number), "a good call"))
        for result in results:
            if (result.get("resultType") == "complete") != (era == "modern"):
                raise Fault(f"`resultType` is {result.get('resultType')!r} in an answer of the {era} era")
        found.append(f"{era}: {'complete' if era == 'modern' else 'none'}")
    return ", ".join(found)


async def own_health(bench: Bench) -> str:
    """Every result carries the agent's own memory, queue, and the number of the health that it holds."""
    own = _own_health(bench.result)
    conversation = await bench.conversation()
    _own_health(result_of(await conversation.request("tools/list"), "`tools/list`"))
    return f"{own['rss_mb']:g} MB, at most {own['peak_ram_mb']:g} MB"


def _own_health(result: Mapping[str, Any]) -> Mapping[str, Any]:
    own = (result.get("_meta") or {}).get(HEALTH_KEY)
    if own is None:
        raise Lacks(f"lacks its own health in `_meta[{HEALTH_KEY!r}]`")
    for name in ("rss_mb", "peak_ram_mb", "queue", "seq"):
        value = own.get(name) if isinstance(own, dict) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise Lacks(f"lacks a number {name!r} in its own health: {str(own)[:100]}")
    return dict(own)


async def health_update(bench: Bench) -> str:
    """What the hub tells of itself is kept when its number is greater, by the tool and with each call."""
    if not any(tool["name"] == HEALTH_TOOL for tool in bench.tools[bench.era]):
        raise Lacks(f"lacks the tool {HEALTH_TOOL!r}: it never hears how the hub is")
    conversation = await bench.conversation()
    for told, due in ((5, 5), (3, 5), (7, 7)):
        params = {"name": HEALTH_TOOL, "arguments": health_snapshot(told, state="warning")}
        result = result_of(await conversation.request("tools/call", params), f"`{HEALTH_TOOL}`")
        if result.get("isError"):
            raise Fault(f"`{HEALTH_TOOL}` was refused: {_said(result)}")
        if (held := _own_health(result)["seq"]) != due:
            raise Fault(f"told {told}, it holds {held!r}; {due} is the greatest that it heard")
    for told, due in ((6, 7), (9, 9)):
        number = await bench.ask_to_call(conversation, bench.arguments(), health=health_snapshot(told))
        result = result_of(await conversation.answer_to(number), "a good call")
        if (held := _own_health(result)["seq"]) != due:
            raise Fault(f"told {told} with a call, it holds {held!r}; {due} is the greatest that it heard")
    return "greater numbers kept, smaller ignored, both ways"


async def progress(bench: Bench) -> str:
    """Progress rises within 0..1 while a call is under way."""
    if bench.observed.progress:
        raise Fault("; ".join(bench.observed.progress))
    shares = [share for share, _ in bench.progress]
    if not shares:
        raise Lacks("lacks progress: its calls must end within one deadline")
    if any(later <= earlier for earlier, later in itertools.pairwise(shares)):
        raise Fault(f"progress does not rise: {shares[:8]}")
    if bench.card and not all(0.0 <= share <= total == 1.0 for share, total in bench.progress):
        raise Fault(f"progress leaves 0..1: {bench.progress[:4]}")
    return f"{len(shares)} times, up to {shares[-1]:g}"


async def memory(bench: Bench) -> str:
    """Memory stays within what is declared, and does not grow from call to call."""
    grown = await _growth_mb(bench) if bench.result else 0.0
    peak, declared = bench.observed.peak_mb, 1024 * bench.card.need.ram_gb if bench.card else None
    if declared is not None and peak > _OVER_DECLARED * declared + _SLACK_MB:
        raise Fault(f"it took {peak:.0f} MB; its header declares {declared:.0f} MB (`ram_gb`)")
    if peak > 0.9 * bench.ram_mb:
        raise Fault(f"it took {peak:.0f} MB, all that it was given")
    if grown > _GROWTH_MB:
        raise Fault(f"it grew by {grown:.0f} MB while it answered the same call again and again")
    return f"at most {peak:.0f} MB"


async def _growth_mb(bench: Bench) -> float:
    """How much more it holds after many equal calls than it ever held after the first half of them."""
    conversation = await bench.conversation()
    arguments, held, until = bench.arguments(), list[float](), time.monotonic() + _CALLS_FOR_S
    while len(held) < _MOST_CALLS and (len(held) < _FEWEST_CALLS or time.monotonic() < until):
        try:
            await conversation.answer_to(await bench.ask_to_call(conversation, arguments))
        except NoAnswer as error:
            raise Fault(f"call {len(held) + 2} of the same was not answered: {error}") from error
        held.append(conversation.candidate.memory_mb()[0])
    # What is loaded once, and what an allocator keeps for a while, is no growth.
    return min(held[-2:]) - max(held[: len(held) // 2])


async def by_hand(bench: Bench) -> str:
    """With arguments in place of a protocol it prints the same evidence."""
    if bench.card is None:
        raise Lacks("lacks a header, so it is not run by hand")
    command = [interpreter_for(bench.card), "-P", str(bench.card.script), *bench.by_hand()]
    candidate = await bench.launch(command, bench.recordings.short.parent)
    try:
        candidate.stdin.close()
        async with asyncio.timeout(bench.limits.start + bench.limits.answer):
            printed, words = await asyncio.gather(
                _read(candidate.stdout, bench.limits.answer_mb), _read(candidate.stderr, bench.limits.answer_mb)
            )
        status = await candidate.wait(bench.limits.exit)
    except TimeoutError:
        raise Fault("it did not end by itself") from None
    finally:
        await candidate.close()
        candidate.release()
    try:
        documents = [json.loads(line) for line in printed.splitlines()]
    except (ValueError, RecursionError) as error:
        last = words.decode("utf-8", "replace").strip()[-200:]
        raise Fault(f"it printed no JSON lines: {printed[:80]!r}; it last said: {last}") from error
    found = [one for one in documents if isinstance(one, dict) and "gap" not in one]
    if status != (0 if found else 3):
        raise Fault(f"it ended with status {status} after {len(found)} findings; 0 is due, 3 when nothing was found")
    _compare(found, bench.result["structuredContent"]["evidence"])
    return f"{len(found)} findings, the same"


async def _read(stream: asyncio.StreamReader, most_mb: float) -> bytes:
    read = bytearray()
    while chunk := await stream.read(1 << 16):
        read += chunk
        if len(read) > most_mb * 2**20:
            raise Fault(f"it printed more than {most_mb:g} MB")
    return bytes(read)


def _compare(printed: Iterable[Mapping[str, Any]], answered: Iterable[Mapping[str, Any]]) -> None:
    keys = ("name", "kind", "unit", "rank", "value")
    ours, theirs = ([tuple(item.get(key) for key in keys) for item in found] for found in (printed, answered))
    if len(ours) != len(theirs):
        raise Fault(f"it printed {len(ours)} findings and answered {len(theirs)}")
    for one, other in zip(ours, theirs, strict=True):
        if not _same(list(one), list(other)):
            raise Fault(f"it printed {str(one)[:100]} and answered {str(other)[:100]}")


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) or isinstance(other, float):
        numbers = isinstance(one, int | float) and isinstance(other, int | float)
        return numbers and math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-6)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)
