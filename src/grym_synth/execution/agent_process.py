"""One agent as a process: launched without a shell, spoken to in MCP over its stdin and stdout."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from ..agent_stdio import HEALTH_KEY, MODERN, VERSION_KEY
from ..errors import AgentCrashed, AgentFailed, AgentTimeout, MalformedEvidence
from .catalog import AgentCard

MAX_ANSWER_BYTES = 32 * 1024 * 1024
_HEADWAY = 0.01  # of the work: what counts as getting on, so that nobody can put off the end for ever
Progress = Callable[[float, str], None]


class AgentProcess:
    """A running agent that takes one call at a time."""

    def __init__(self, card: AgentCard, process: asyncio.subprocess.Process) -> None:
        self.card, self._process = card, process
        self._ids = itertools.count(1)
        self._last_words = ""
        self._listening = asyncio.create_task(self._listen_to_stderr())

    @classmethod
    async def launch(cls, card: AgentCard, environment: Mapping[str, str]) -> AgentProcess:
        """Start the script with the running interpreter, in a process group of its own."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # the script's folder is not searched for modules
                str(card.script),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=dict(environment),
                start_new_session=True,
                limit=MAX_ANSWER_BYTES,
            )
        except OSError as error:
            raise AgentCrashed(f"agent {card.name!r} could not be started: {error}") from error
        return cls(card, process)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

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
        request_id = next(self._ids)
        meta = {
            VERSION_KEY: MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "progressToken": request_id,
            HEALTH_KEY: dict(health),
        }
        params = {"name": self.card.name, "arguments": dict(arguments), "_meta": meta}
        message = {"jsonrpc": "2.0", "id": request_id, "method": "tools/call", "params": params}
        furthest = 0.0

        def get_on(fraction: float, message: str) -> None:
            nonlocal furthest
            if furthest + _HEADWAY <= fraction <= 1.0:
                furthest = fraction
                limit.reschedule(asyncio.get_running_loop().time() + deadline)
            on_progress(fraction, message)

        try:
            async with asyncio.timeout(deadline) as limit:
                await self._send(message)
                answer = await self._receive(request_id, get_on)
        except TimeoutError as error:
            await self.kill()
            raise AgentTimeout(f"agent {self.card.name!r} gave no answer within {deadline:.0f} s") from error
        except BaseException:  # cancelled or lost: nothing may go on in the background
            await self.kill()
            raise
        return self._content(answer)

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

    async def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            await self._process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError) as error:
            raise await self._crashed() from error

    async def _receive(self, request_id: int, on_progress: Progress) -> dict[str, Any]:
        assert self._process.stdout is not None
        while True:
            try:
                line = await self._process.stdout.readline()
            except ValueError as error:  # longer than the limit
                raise MalformedEvidence(
                    f"agent {self.card.name!r} answered more than {MAX_ANSWER_BYTES // 2**20} MB"
                ) from error
            if not line:
                raise await self._crashed()
            try:
                message = json.loads(line)
            except ValueError as error:
                raise MalformedEvidence(f"agent {self.card.name!r} printed no protocol: {line[:80]!r}") from error
            match message:
                case {"method": "notifications/progress", "params": {"progress": int() | float() as fraction, **rest}}:
                    on_progress(float(fraction), str(rest.get("message", "")))
                case {"id": answered} if answered == request_id:
                    return dict(message)

    def _content(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        match answer:
            case {"result": {"isError": True, "content": [{"text": str(text)}, *_]}} | {
                "error": {"message": str(text)}
            }:
                raise AgentFailed(f"agent {self.card.name!r}: {text}")
            case {"result": {"structuredContent": {"evidence": list(), "gaps": list()} as content}}:
                return dict(content)
        raise MalformedEvidence(f"agent {self.card.name!r} answered without evidence: {str(answer)[:200]}")

    async def _crashed(self) -> AgentCrashed:
        status = await self._process.wait()
        await self._listening
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        said = f"; it last said: {self._last_words}" if self._last_words else ""
        return AgentCrashed(f"agent {self.card.name!r} {how} in the middle of a call{said}")

    async def _listen_to_stderr(self) -> None:
        assert self._process.stderr is not None
        while True:
            chunk = await self._process.stderr.read(4096)
            if not chunk:
                return
            self._last_words = (self._last_words + chunk.decode("utf-8", "replace"))[-2000:].strip()[-300:]


class AgentProcesses:
    """The running agents of a hub: warm ones are used again, as many run side by side as the pool lets."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._idle: dict[str, list[AgentProcess]] = defaultdict(list)

    @contextlib.asynccontextmanager
    async def borrow(self, card: AgentCard) -> AsyncIterator[AgentProcess]:
        """Lend a process of this agent, a warm one if there is one, for the body of a `with` block."""
        idle = self._idle[card.name]
        process = idle.pop() if idle else await AgentProcess.launch(card, self._environment)
        if not process.is_alive:  # it died while nobody was looking
            await process.kill()
            process = await AgentProcess.launch(card, self._environment)
        try:
            yield process
        finally:
            if process.is_alive:
                self._idle[card.name].append(process)

    async def close(self) -> None:
        idle = [process for processes in self._idle.values() for process in processes]
        self._idle.clear()
        await asyncio.gather(*(process.stop() for process in idle))
