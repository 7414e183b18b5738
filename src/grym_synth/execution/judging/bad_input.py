"""What must be refused in words while the server goes on: bad arguments, unknown names, lines that are no requests."""

from __future__ import annotations

from typing import Any

from .bench import Bench, Fault, Lacks, is_refused, quietly
from .conversation import Conversation, NoAnswer

_REFUSAL_S = 3.0  # enough for an error that costs no work
_SILENCE_S = 0.3  # how long a stranger's server is listened to that may say nothing at all
_LONG_LINE_BYTES = 1_000_000


async def bad_arguments(bench: Bench) -> str:
    """Missing arguments and those of a wrong type are refused."""
    tool = bench.callable_tool()
    good = bench.arguments()
    tried: list[tuple[str, Any]] = [("no arguments", {})] if tool.get("inputSchema", {}).get("required") else []
    if bench.card:
        tried += [(f"{name!r} of a wrong type", good | {name: 5}) for name in good] + [("a text for arguments", "all")]
        if not tried:
            raise Fault("its `inputSchema` requires nothing")
    if not tried:
        raise Lacks("lacks required arguments, so none could be left out")
    conversation = await bench.conversation()
    for what, arguments in tried:
        message = await conversation.answer_to(await bench.ask_to_call(conversation, arguments))
        if not is_refused(message):
            raise Fault(f"{what}: it answered as if all were well")
    await _check_goes_on(conversation)
    return f"{len(tried)} refused"


async def missing_file(bench: Bench) -> str:
    """A recording that is not there becomes a gap or an error, never evidence."""
    if bench.card is None or not (bench.card.needs_recording or bench.card.takes_two):
        return "needs no recording"
    gone = str(bench.recordings.short.with_name("gone.wav"))
    arguments = bench.arguments()
    arguments |= {"paths": [gone, gone]} if bench.card.takes_two else {"path": gone}
    conversation = await bench.conversation()
    message = await conversation.answer_to(await bench.ask_to_call(conversation, arguments))
    if is_refused(message):
        return "an error"
    content = message["result"].get("structuredContent")
    if not isinstance(content, dict) or content.get("evidence") or not content.get("gaps"):
        raise Fault(f"about a file that is not there it answered {str(content)[:120]}")
    return "a gap"


async def unknown_tool(bench: Bench) -> str:
    """A tool that does not exist is refused."""
    conversation = await bench.conversation()
    message = await conversation.request("tools/call", {"name": "no_such_tool", "arguments": {}})
    if not is_refused(message):
        raise Fault(f"a call of a tool that it does not have was answered: {str(message['result'])[:100]}")
    await _check_goes_on(conversation)
    return "refused"


async def unknown_method(bench: Bench) -> str:
    """A method that does not exist is error -32601."""
    conversation = await bench.conversation()
    code = (await conversation.request("no/such_method")).get("error", {}).get("code")
    if code is None:
        raise Fault("a method that it does not have was answered with a result")
    await _check_goes_on(conversation)
    if code != -32601:
        raise Lacks(f"lacks the usual error for an unknown method: {code!r} for -32601")
    return "error -32601"


async def not_json(bench: Bench) -> str:
    """A line that is no JSON is error -32700, and the next request is answered."""
    return await _refuses_lines(bench, -32700, b"{this is not JSON", b"\xff\xfe\x00", b"[" * 100_000)


async def no_request(bench: Bench) -> str:
    """JSON that is no request is error -32600, and the next request is answered."""
    return await _refuses_lines(bench, -32600, b'{"jsonrpc":"2.0","hello":1}', b"5", b'"text"')


async def _refuses_lines(bench: Bench, code: int, *lines: bytes) -> str:
    silent = 0
    for line in lines:
        conversation = await bench.conversation()
        conversation.refusals.clear()
        await conversation.say_line(line)
        if not await conversation.refusal(code, _REFUSAL_S if bench.card else _SILENCE_S):
            silent += 1
        await _check_goes_on(conversation, after=repr(line[:30]))
        if silent and bench.card:
            raise Fault(f"no error {code} for the line {line[:30]!r}")
    if silent:
        raise Lacks(f"lacks an error {code} for {silent} of {len(lines)} such lines, but goes on")
    return f"error {code}, {len(lines)} times"


async def params_type(bench: Bench) -> str:
    """`params` or `_meta` of a wrong type is refused, and the next request is answered."""
    silent = 0
    for params in ([1, 2], "text", {"_meta": 5}):
        conversation = await bench.conversation()
        number = await conversation.ask("tools/list")
        await conversation.answer_to(number)
        answer = await _ask_with(conversation, params, _REFUSAL_S if bench.card else _SILENCE_S)
        if answer is None:
            silent += 1
        elif "error" not in answer and bench.card:
            raise Fault(f"`params` {params!r} was answered with a result")
        await _check_goes_on(conversation, after=f"`params` {params!r}")
        if silent and bench.card:
            raise Fault(f"no answer to `params` {params!r}")
    if silent:
        raise Lacks("lacks an answer to `params` of a wrong type, but goes on")
    return "refused"


async def _ask_with(conversation: Conversation, params: Any, timeout: float) -> dict[str, Any] | None:
    number = conversation.expect()
    await conversation.say(id=number, method="tools/list", params=params)
    answer = await quietly(conversation, number, timeout)
    if answer is None:
        conversation.forgive()
    return answer


async def long_line(bench: Bench) -> str:
    """A request of a megabyte is read to its end."""
    conversation = await bench.conversation()
    meta = {"synth.grym/padding": "x" * _LONG_LINE_BYTES}
    if "error" in await conversation.request("tools/list", {"_meta": meta}):
        raise Fault("a request of one megabyte was refused")
    return "1 MB read"


async def duplicate_ids(bench: Bench) -> str:
    """Two calls with the same id do not confuse it."""
    tool = bench.callable_tool()
    conversation = await bench.conversation()
    number = await bench.ask_to_call(conversation, bench.arguments())
    again = {"name": tool["name"], "arguments": bench.arguments()}
    await conversation.ask_again(number, "tools/call", again)
    await conversation.answer_to(number)
    await _check_goes_on(conversation)
    # Whichever it answers first, each of the two may have an answer, but no third.
    await conversation.wait_for_output(0.1)
    return "goes on"


async def _check_goes_on(conversation: Conversation, *, after: str = "it") -> None:
    try:
        message = await conversation.request("tools/list")
    except NoAnswer as error:
        raise Fault(f"after {after} the next request was not answered: {error}") from error
    if "error" in message:
        raise Fault(f"after {after} it refuses good requests: {str(message['error'])[:100]}")
