"""What the doctor of agents found, as lines for a terminal and as the JSON of CONTRACT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..execution.judging.verdict import Check, Verdict

#: What to do about a failed check.
ADVICE: Mapping[str, str] = {
    "header": "mend the `# /// script` block at the top of the script",
    "starts": "run it by hand without arguments and look at what it prints",
    "discover": "answer `server/discover` with `supportedVersions`, `capabilities`, `serverInfo`, `ttlMs`, ...",
    "initialize": "answer `initialize` with version 2025-11-25, `capabilities` and `serverInfo`, and `ping` with {}",
    "server_info": "answer with the name and version of the header",
    "tools": "answer `tools/list` with the same few tools in both eras",
    "schemas": "make each schema a JSON Schema of type object, without references to elsewhere",
    "main_tool": "offer a tool with the agent's name, with an `outputSchema`, and one called `health_update`",
    "call": "make a call with a sound recording succeed, within the limit",
    "evidence": "give each finding name, kind, value, unit, confidence, subject and source (docs/evidence.md)",
    "progress": "send `notifications/progress` that rises from 0 to 1, with the token of the call, until the answer",
    "result_type": "put `resultType` into answers to requests whose `_meta` says 2026-07-28, and into no others",
    "own_health": "put rss_mb, peak_ram_mb, queue and seq into `_meta` of every result",
    "health_update": "keep what has a greater `seq`, from the tool and from `_meta` of calls, and ignore the rest",
    "while_busy": "work in a thread beside the one that reads",
    "cancellation": "end a cancelled call soon, do not answer it, and answer the next one",
    "bad_arguments": "refuse arguments that are missing or of a wrong type: error -32602, or a result with `isError`",
    "missing_file": "answer with a gap when the recording cannot be read",
    "unknown_tool": "refuse it: error -32602, or a result with `isError`",
    "unknown_method": "answer with error -32601",
    "not_json": "answer with error -32700 and `id` null, and read on",
    "no_request": "answer with error -32600, and read on",
    "params_type": "answer with an error, and read on",
    "duplicate_ids": "refuse the second, and go on",
    "long_line": "read lines of any length",
    "memory": "take less, or declare more `ram_gb`",
    "exit_idle": "end when standard input does",
    "exit_busy": "end when standard input does, also during a call",
    "by_hand": "print the evidence of the same work, a JSON document a line; status 0, or 3 when nothing was found",
    "leftovers": "end what it starts before it ends, or start nothing",
    "stdout": "write words to standard error: nothing but protocol belongs on standard output",
    "answers": "answer each request once, with its id",
    "requests": "ask nothing of the hub",
    "texts": "leave control characters out of texts",
    "answer_size": "answer with less: a summary, or the path of a file",
    "messages": "send fewer: progress once in a hundredth is enough",
    "stderr": "write less to standard error",
    "stays_up": "go on after each request, whatever it was, until the input ends",
    "files": "write nothing but what was asked for",
    "time": "answer sooner",
}  # fmt: skip


def verdict_to_json(verdict: Verdict) -> dict[str, Any]:
    """The document that `grym agents doctor --json` prints."""
    return {
        "verdict": verdict.verdict,
        "checks": [
            {"name": check.name, "ok": check.ok, "detail": check.detail, "lacks": check.lacks}
            for check in verdict.checks
        ],
        "unexamined": list(verdict.unexamined),
    }


def verdict_lines(verdict: Verdict) -> Iterator[str]:
    """Each check on a line, what to do below those that failed, and the verdict at the end."""
    width = max((len(check.name) for check in verdict.checks), default=0)
    for check in verdict.checks:
        yield f"{_word(check):7} {check.name:{width}}  {check.detail}"
        if not check.ok and check.name in ADVICE:
            yield f"{'':7} {'':{width}}  → {ADVICE[check.name]}"
    if verdict.unexamined:
        yield f"not examined, because of what failed: {', '.join(verdict.unexamined)}"
    yield _summary(verdict)


def _word(check: Check) -> str:
    return "FAILED" if not check.ok else "lacks" if check.lacks else "ok"


def _summary(verdict: Verdict) -> str:
    failed = [check.name for check in verdict.checks if not check.ok]
    lacks = [check.name for check in verdict.checks if check.lacks]
    if failed:
        return f"fail: {', '.join(failed)}"
    if lacks:
        return f"pass, as an MCP server; as an agent it lacks: {', '.join(lacks)}"
    return f"pass: {len(verdict.checks)} checks"
