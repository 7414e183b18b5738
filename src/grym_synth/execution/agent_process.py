"""One agent as a process: spoken to in MCP over its stdin and stdout, one call at a time, health beside it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
from collections.abc import Callable, Mapping
from typing import Any

from ..agent_stdio import CHANGES, HEALTH_KEY, HEALTH_TOOL, MODERN, VERSION_KEY
from ..errors import AgentCrashed, AgentFailed, AgentTimeout, MalformedEvidence
from .catalog import AgentCard
from .launching import launch_command, spawn

MAX_ANSWER_BYTES = 32 * 1024 * 1024
_HEADWAY = 0.01  # of the work: what counts as getting on, so that nobody can put off the end for ever
_GENTLE = 10  # steps of niceness
_LAST_WORDS = 300  # characters of standard error that a crash is told with
Progress = Callable[[float, str], None]


class AgentProcess:
    """A running agent that takes one call at a time, and news of the hub's health at any."""

    def __init__(self, card: AgentCard, process: asyncio.subprocess.Process, *, is_gentle: bool = False) -> None:
        self.card, self._process, self.is_gentle = card, process, is_gentle
        self.said: Mapping[str, Any] = {}  # its own health, from its latest result
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._progress: dict[int, Progress] = {}
        self._failure: AgentFailed | None = None  # why nothing more is read from it
        self._last_words = ""
        self._listening = asyncio.gather(self._listen_to_stdout(), self._listen_to_stderr())

    @classmethod
    async def launch(cls, card: AgentCard, environment: Mapping[str, str], *, is_gentle: bool = False) -> AgentProcess:
        """Start the script; a gentle one is far below the hub in what the system lets run first.

        Raises
        ------
        AgentCrashed
            The operating system would not.
        BadSetup
            Something that the script needs is not here.
        """
        try:
            process = await spawn(launch_command(card), environment, limit=MAX_ANSWER_BYTES)
        except OSError as error:
            raise AgentCrashed(f"agent {card.name!r} could not be started: {error}") from error
        if is_gentle:
            with contextlib.suppress(OSError):  # it may have ended at once, which the first call will tell
                nice = os.getpriority(os.PRIO_PROCESS, 0) + _GENTLE
                os.setpriority(os.PRIO_PROCESS, process.pid, min(19, nice))
        return cls(card, process, is_gentle=is_gentle)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None and self._failure is None

    @property
    def pid(self) -> int:
        return self._process.pid

    async def call(
        self,
        arguments: Mapping[str, Any],
        *,
        deadline: float,
        health: Mapping[str, Any],
        on_progress: Progress = lambda fraction, message: None,
    ) -> dict[str, Any]:
        """Call the agent's tool and return its structured content.

        Whoever gets on may take longer: the deadline counts from the last time that progress grew by a hundredth.

        Raises
        ------
        AgentTimeout
            Neither an answer nor any headway within `deadline` seconds; the process is killed.
        AgentCrashed
            It ended in the middle of the call.
        AgentFailed
            It answered with an error.
        MalformedEvidence
            It answered something that is no result.
        """
        furthest = 0.0

        def get_on(fraction: float, message: str) -> None:
            nonlocal furthest
            if furthest + _HEADWAY <= fraction <= 1.0 and not limit.expired():
                furthest = fraction
                limit.reschedule(asyncio.get_running_loop().time() + deadline)
            on_progress(fraction, message)

        try:
            async with asyncio.timeout(deadline) as limit:
                answer = await self._request(self.card.name, arguments, health, get_on)
        except TimeoutError as error:
            await self.kill()
            raise AgentTimeout(f"agent {self.card.name!r} gave no answer within {deadline:.0f} s") from error
        except BaseException:  # cancelled or lost: nothing may go on in the background
            await self.kill()
            raise
        return self._content(answer)

    async def tell_health(self, health: Mapping[str, Any], timeout: float = 2.0) -> bool:
        """Tell how the hub is, also while a call is under way; whether the agent confirmed it in time."""
        try:
            async with asyncio.timeout(timeout):
                answer = await self._request(HEALTH_TOOL, health, {})
        except (TimeoutError, AgentFailed):
            return False
        return "result" in answer

    async def tell_changes(self, changes: Mapping[str, Any]) -> None:
        """Tell what changed in the store, also while a call is under way."""
        if self._failure is None:
            await self._write({"jsonrpc": "2.0", "method": CHANGES, "params": dict(changes)})

    async def stop(self, grace: float = 0.5) -> None:
        """Close its input, which ends a sound agent, and kill what is left after `grace` seconds."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), grace)
        await self.kill()

    async def kill(self) -> None:
        """End the whole process group at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        await self._listening

    async def _request(
        self, tool: str, arguments: Mapping[str, Any], health: Mapping[str, Any], on_progress: Progress | None = None
    ) -> dict[str, Any]:
        """Send one request and wait for its answer; progress counts only until then."""
        if self._failure is not None:
            raise self._failure
        request_id = next(self._ids)
        meta: dict[str, Any] = {VERSION_KEY: MODERN, "io.modelcontextprotocol/clientCapabilities": {}}
        if on_progress is not None:
            meta |= {"progressToken": request_id, HEALTH_KEY: dict(health)}
            self._progress[request_id] = on_progress
        params = {"name": tool, "arguments": dict(arguments), "_meta": meta}
        message = {"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": params}
        answered = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        try:
            await self._write(message)
            answer: dict[str, Any] = await answered
            return answer
        finally:
            self._waiting.pop(request_id, None)
            self._progress.pop(request_id, None)

    async def _write(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        # Should it have ended, the end of its output says so, and how.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            await self._process.stdin.drain()

    async def _listen_to_stdout(self) -> None:
        """Hand every answer to whoever waits for it; at the end, or at what is no protocol, fail all."""
        assert self._process.stdout is not None
        failure: AgentFailed | None = None
        while failure is None:
            try:
                line = await self._process.stdout.readline()
            except ValueError:  # longer than the limit
                megabytes = MAX_ANSWER_BYTES // 2**20
                failure = MalformedEvidence(f"agent {self.card.name!r} answered more than {megabytes} MB")
            else:
                failure = self._take(line) if line else await self._crashed()
        self._failure = failure
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(failure)

    def _take(self, line: bytes) -> AgentFailed | None:
        try:
            message = json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            return MalformedEvidence(f"agent {self.card.name!r} printed no protocol: {line[:80]!r}")
        match message:
            case {
                "method": "notifications/progress",
                "params": {"progressToken": int() as token, "progress": int() | float() as share, **rest},
            } if token in self._progress and 0 <= share <= 1:
                self._progress[token](float(share), str(rest.get("message", ""))[:_LAST_WORDS])
            case {"id": int() as answered} if answered in self._waiting and not self._waiting[answered].done():
                self._waiting[answered].set_result(message)
        return None

    def _content(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        match answer:
            case {"result": {"_meta": {"synth.grym/health": dict() as said}}}:
                self.said = {name: value for name, value in said.items() if isinstance(value, int | float)}
        match answer:
            case {"result": {"isError": True, "content": [{"text": str(text)}, *_]}} | {
                "error": {"message": str(text)}
            }:
                raise AgentFailed(f"agent {self.card.name!r}: {text}")
            case {"result": {"structuredContent": {"evidence": list(), "gaps": list()} as content}}:
                return dict(content)
        raise MalformedEvidence(f"agent {self.card.name!r} answered without evidence: {str(answer)[:200]}")

    async def _crashed(self) -> AgentCrashed:
        # Its output has ended; if it lives on all the same, it is of no use to anybody.
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self._process.wait()), 1.0)
        status = self._process.returncode
        if status is None:
            how = "closed its output"
        else:
            how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        said = f"; it last said: {self._last_words}" if self._last_words else ""
        return AgentCrashed(f"agent {self.card.name!r} {how} in the middle of a call{said}")

    async def _listen_to_stderr(self) -> None:
        assert self._process.stderr is not None
        while chunk := await self._process.stderr.read(4096):
            self._last_words = (self._last_words + chunk.decode("utf-8", "replace"))[-2000:].strip()[-_LAST_WORDS:]


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
