"""A call that is interrupted, and the end: cancellation, health while busy, end of input, what is left behind."""

from __future__ import annotations

import asyncio
import json
import time

from .bench import HEALTH_TOOL, Bench, Fault, Lacks, health_snapshot
from .conversation import NoAnswer

_AT_ONCE_S = 0.5  # what counts as "at once" on a busy machine
_TOO_LATE_TO_STOP_S = 0.25  # an answer this soon after its cancellation was on its way
_UNDER_WAY_S, _LISTEN_S = 0.1, 0.7


async def while_busy(bench: Bench) -> str:
    """`health_update` is answered at once while a call is under way."""
    if not any(tool["name"] == HEALTH_TOOL for tool in bench.tools[bench.era]):
        raise Lacks(f"lacks the tool {HEALTH_TOOL!r}")
    conversation = await bench.conversation()
    busy = await bench.ask_to_call(conversation, bench.arguments(long=True))
    began = time.monotonic()
    params = {"name": HEALTH_TOOL, "arguments": health_snapshot(20)}
    try:
        await conversation.request("tools/call", params)
    except NoAnswer as error:
        raise Fault(f"`{HEALTH_TOOL}` during a call: {error}") from error
    seconds, was_first = time.monotonic() - began, not conversation.is_answered(busy)
    if not was_first and seconds > _AT_ONCE_S:
        raise Fault(f"`{HEALTH_TOOL}` was answered after {seconds:.1f} s, when the call under way had ended")
    if was_first:
        await conversation.cancel(busy)
    return f"answered after {1000 * seconds:.0f} ms"


async def cancellation(bench: Bench) -> str:
    """A cancelled call ends soon, gets no answer, and the next one is answered."""
    bench.callable_tool()
    conversation = await bench.conversation()
    cancelled = await bench.ask_to_call(conversation, bench.arguments(long=True))
    await conversation.cancel(cancelled)
    began = time.monotonic()
    following = await bench.ask_to_call(conversation, bench.arguments())
    try:
        await conversation.answer_to(following)
    except NoAnswer as error:
        raise Fault(f"the call after a cancelled one: {error}") from error
    seconds = time.monotonic() - began
    # One that works on the cancelled call beside the next one may still go on with it, and answer.
    reported = len(conversation.progress[json.dumps(cancelled)])
    await asyncio.sleep(_LISTEN_S)
    if len(conversation.progress[json.dumps(cancelled)]) > reported + 1:
        raise Fault("it goes on with a cancelled call: it still reports progress of it")
    late = conversation.late.get(json.dumps(cancelled))
    if late is not None and late > _TOO_LATE_TO_STOP_S:
        if bench.card is None and json.dumps(cancelled) not in conversation.late_results:
            raise Lacks("lacks silence about cancelled calls: it answers them with an error")
        raise Fault(f"a cancelled call was answered, {late:.1f} s after its cancellation")
    if seconds > bench.limits.exit + 2 * bench.call_seconds and bench.card:
        raise Fault(f"a cancelled call held up the next one for {seconds:.1f} s")
    return f"next call answered after {1000 * seconds:.0f} ms"


async def exit_idle(bench: Bench) -> str:
    """It ends when its input does."""
    conversation = await bench.conversation()
    await conversation.request("tools/list")
    seconds = await bench.end_input(conversation)
    if seconds is None:
        raise Fault(f"it still ran {bench.limits.exit:g} s after the end of its input")
    return f"after {1000 * seconds:.0f} ms"


async def exit_busy(bench: Bench) -> str:
    """It ends when its input does, also in the middle of a call."""
    bench.callable_tool()
    conversation = await bench.conversation()
    await bench.ask_to_call(conversation, bench.arguments(long=True))
    await conversation.wait_for_output(_UNDER_WAY_S)
    seconds = await bench.end_input(conversation)
    if seconds is None:
        raise Fault(f"it still ran {bench.limits.exit:g} s after the end of its input, which came during a call")
    return f"after {1000 * seconds:.0f} ms"


async def leftovers(bench: Bench) -> str:
    """No process is left behind, in whatever group or session."""
    await bench.close()
    if bench.left or bench.n_escaped:
        named = f": {'; '.join(list(dict.fromkeys(bench.left))[:3])}" if bench.left else ", which had got away"
        raise Fault(f"it left {len(bench.left) or bench.n_escaped} processes behind{named}")
    return "none"
