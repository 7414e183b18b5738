"""MCP with a candidate that may do anything: JSON-RPC lines over its pipes, and a note of whatever is not in order."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import math
import time
from collections.abc import Mapping
from typing import Any, Literal

from ...agent_stdio import LEGACY, MODERN, VERSION_KEY
from .candidate import Candidate
from .observed import CONTROL, DEEPEST, Observed, control_text, depth, note, shown
from .verdict import Limits

Era = Literal["modern", "legacy"]
CLIENT = {"name": "grym-doctor", "version": "1"}
_LAST_WORDS = 300
_MEMORY_EVERY_S = 0.05


class NoAnswer(Exception):
    """A candidate left a request unanswered: it is silent, gone, or had to be stopped. The message says which."""


class Conversation:
    """One candidate and what was said with it; `era` decides what goes into each request's `_meta`."""

    def __init__(self, candidate: Candidate, observed: Observed, limits: Limits, era: Era) -> None:
        self.candidate, self.observed, self.limits, self.era = candidate, observed, limits, era
        self.progress: dict[str, list[tuple[float, float]]] = {}  # (progress, total) by token
        self.refusals: list[Mapping[str, Any]] = []  # errors that name no request
        self.late: dict[str, float] = {}  # seconds from cancellation to the answer that should not have come
        self.late_results: set[str] = set()  # those of them that are no errors
        self._words = ""
        self.is_lost = False  # dead, or it left something unanswered: not to be used again
        self.is_ending = False  # its input has ended: now it may end
        self._ids = itertools.count(1)
        self._pending: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._answered: set[str] = set()
        self._twice: set[str] = set()
        self._cancelled: dict[str, float] = {}
        self._stopped = ""  # why we stopped listening
        self._something = asyncio.Event()
        self._n_messages, self._n_bytes, self._stderr_bytes = 0, 0, 0
        self._tasks = [asyncio.create_task(job()) for job in (self._listen, self._listen_to_stderr, self._weigh)]

    # --- saying -----------------------------------------------------------------------------------------------------

    async def request(
        self, method: str, params: Mapping[str, Any] | None = None, *, timeout: float | None = None
    ) -> dict[str, Any]:
        """Ask and wait for the whole answer: a message with `result` or `error`; raises NoAnswer."""
        return await self.answer_to(await self.ask(method, params), timeout)

    async def ask(self, method: str, params: Mapping[str, Any] | None = None, *, wants_progress: bool = False) -> int:
        """Send a request and return its id; raises NoAnswer when it cannot be sent."""
        number = next(self._ids)
        self._pending[json.dumps(number)] = asyncio.get_running_loop().create_future()
        meta = {**self._meta(), **(params or {}).get("_meta", {})}
        if wants_progress:
            meta["progressToken"] = number
            self.progress[json.dumps(number)] = []
        await self.say(id=number, method=method, params={**(params or {}), **({"_meta": meta} if meta else {})})
        return number

    def expect(self) -> int:
        """The id of a request that will be sent by `say`."""
        number = next(self._ids)
        self._pending[json.dumps(number)] = asyncio.get_running_loop().create_future()
        return number

    async def ask_again(self, number: int, method: str, params: Mapping[str, Any]) -> None:
        """A second request under an id that is in use; it may be answered twice from now on."""
        self._twice.add(json.dumps(number))
        await self.say(id=number, method=method, params={**params, "_meta": self._meta()})

    def forgive(self) -> None:
        """Go on with one that left a request unanswered, as it may."""
        self.is_lost = bool(self._stopped)

    async def answer_to(self, number: int, timeout: float | None = None) -> dict[str, Any]:
        """The answer to a request that was sent; raises NoAnswer."""
        timeout = self.limits.answer if timeout is None else timeout
        waiting = self._pending[json.dumps(number)]
        try:
            return await asyncio.wait_for(asyncio.shield(waiting), timeout)
        except TimeoutError:
            self.is_lost = True
            raise NoAnswer(f"no answer within {timeout:g} s") from None

    async def cancel(self, number: int) -> None:
        """Say that nobody waits for this request."""
        self._cancelled[json.dumps(number)] = time.monotonic()
        await self.notify("notifications/cancelled", {"requestId": number, "reason": "the doctor tries this"})

    async def notify(self, method: str, params: Mapping[str, Any] | None = None) -> None:
        await self.say(method=method, params={**(params or {}), **({"_meta": self._meta()} if self._meta() else {})})

    async def say(self, **message: Any) -> None:
        await self.say_line(json.dumps({"jsonrpc": "2.0", **message}).encode())

    async def say_line(self, line: bytes) -> None:
        """Send one line, whatever is in it; raises NoAnswer when it is not taken."""
        if self._stopped:
            raise NoAnswer(self._stopped)
        try:
            self.candidate.stdin.write(line + b"\n")
            async with asyncio.timeout(self.limits.answer):
                await self.candidate.stdin.drain()
        except TimeoutError:
            self.is_lost = True
            raise NoAnswer(f"it did not read its input for {self.limits.answer:g} s") from None
        except (OSError, RuntimeError):  # asyncio raises the latter for a transport that is closing
            await self._stop()
            raise NoAnswer(self._stopped) from None

    async def refusal(self, code: int, timeout: float) -> bool:
        """Whether an error of this code, to no request, has come or comes in time."""
        until = time.monotonic() + timeout
        while not any(error.get("code") == code for error in self.refusals):
            self._something.clear()
            left = until - time.monotonic()
            if left <= 0 or self._stopped:
                return False
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._something.wait(), left)
        return True

    def end_input(self) -> None:
        self.is_ending = True
        self.candidate.stdin.close()

    @property
    def last_words(self) -> str:
        """The last line on standard error."""
        lines = self._words.strip().splitlines()
        return CONTROL.sub("?", lines[-1])[-_LAST_WORDS:] if lines else ""

    def is_answered(self, number: int) -> bool:
        return json.dumps(number) in self._answered

    async def wait_for_output(self, timeout: float) -> None:
        """Until it says anything at all, or `timeout` seconds are over."""
        self._something.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._something.wait(), timeout)

    async def close(self) -> None:
        """Let nothing of it go on."""
        self._weigh_once()
        self.is_ending = True
        try:
            await self.candidate.close()
            await asyncio.wait(self._tasks[:2], timeout=1.0)  # what it said last is still in the pipes
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self.candidate.release()
        self.observed.stderr_bytes = max(self.observed.stderr_bytes, self._stderr_bytes)

    def _meta(self) -> dict[str, Any]:
        if self.era == "legacy":
            return {}
        prefix = "io.modelcontextprotocol"
        return {VERSION_KEY: MODERN, f"{prefix}/clientCapabilities": {}, f"{prefix}/clientInfo": CLIENT}

    # --- hearing ----------------------------------------------------------------------------------------------------

    async def _listen(self) -> None:
        rest, searched, most = bytearray(), 0, int(self.limits.answer_mb * 2**20)
        while chunk := await self.candidate.stdout.read(1 << 18):
            rest += chunk
            self._n_bytes += len(chunk)
            start = 0
            while (end := rest.find(b"\n", max(start, searched))) >= 0:
                if end - start > most:
                    break
                await self._hear(bytes(rest[start:end]))
                start = end + 1
            del rest[:start]
            searched = len(rest)
            if len(rest) > most or self._n_bytes > 4 * most:
                note(self.observed.sizes, f"it wrote more than {self.limits.answer_mb:g} MB for one answer")
                self._give_up(f"it answered more than {self.limits.answer_mb:g} MB")
                return
            if self._n_messages > self.limits.messages:
                note(self.observed.floods, f"it sent more than {self.limits.messages} messages")
                self._give_up(f"it sent more than {self.limits.messages} messages")
                return
        if rest:
            note(self.observed.junk, f"a last line without its end: {shown(bytes(rest))}")
        await self._stop()

    async def _hear(self, line: bytes) -> None:
        self._n_messages += 1
        try:
            message = json.loads(line)
        except (ValueError, RecursionError) as error:
            if isinstance(error, RecursionError):
                note(self.observed.sizes, "an answer is nested too deep to be read")
                self._give_up("its answer is nested too deep to be read")
            else:
                note(self.observed.junk, f"no JSON: {shown(line)}")
            return
        if depth(message) > DEEPEST:
            note(self.observed.sizes, f"an answer is nested deeper than {DEEPEST}")
            message = {key: message[key] for key in ("jsonrpc", "id") if key in message} | {"result": {}}
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            note(self.observed.junk, f"no JSON-RPC 2.0 message: {shown(line)}")
            return
        if text := control_text(message, line):
            note(self.observed.texts, f"a text holds {text}")
        await self._sort(message, line)
        self._something.set()

    async def _sort(self, message: dict[str, Any], line: bytes) -> None:
        match message:
            case {"method": "notifications/progress", "params": dict() as params}:
                self._hear_progress(params)
            case {"method": str() as method, "id": number}:
                if (method, self.era) != ("ping", "legacy"):
                    note(self.observed.asked, f"it asked {method[:60]!r} of us")
                    await self._reply(id=number, error={"code": -32601, "message": "this client offers nothing"})
                else:
                    await self._reply(id=number, result={})
            case {"method": str()}:
                pass  # other notifications
            case {"id": None, "error": dict() as error}:
                self.refusals.append(error)
            case {"id": number, "result": dict()} | {"id": number, "error": dict()}:
                self._hear_answer(json.dumps(number), message)
            case _:
                note(self.observed.junk, f"neither request nor answer: {shown(line)}")

    def _hear_answer(self, key: str, message: dict[str, Any]) -> None:
        waiting = self._pending.get(key)
        if waiting is None:
            note(self.observed.strays, f"it answered {key[:40]}, which was not asked")
        elif key in self._cancelled:
            self.late[key] = time.monotonic() - self._cancelled[key]
            if "result" in message:
                self.late_results.add(key)
        elif waiting.done() and key in self._twice:
            self._twice.remove(key)
        elif waiting.done():
            note(self.observed.strays, f"it answered {key} twice")
        else:
            waiting.set_result(message)
        self._answered.add(key)

    def _hear_progress(self, params: Mapping[str, Any]) -> None:
        token, share, total = json.dumps(params.get("progressToken")), params.get("progress"), params.get("total", 1.0)
        if not all(isinstance(n, int | float) and math.isfinite(n) for n in (share, total)):
            note(self.observed.progress, f"progress {share!r} of {total!r} is not of numbers")
        elif token not in self.progress:
            note(self.observed.progress, f"progress for the token {token[:40]}, which nobody gave")
        else:
            if token in self._answered:  # tokens are the ids of requests
                note(self.observed.progress, "progress after the answer")
            self.progress[token].append((float(share), float(total)))  # type: ignore[arg-type]  # checked above

    async def _reply(self, **message: Any) -> None:
        with contextlib.suppress(NoAnswer):
            await self.say(**message)

    async def _listen_to_stderr(self) -> None:
        while chunk := await self.candidate.stderr.read(1 << 16):
            self._stderr_bytes += len(chunk)
            self._words = (self._words + chunk.decode("utf-8", "replace"))[-4 * _LAST_WORDS :]
            if self._stderr_bytes > 16 * self.limits.stderr_mb * 2**20:
                self._give_up("it flooded standard error")
                return

    async def _weigh(self) -> None:
        while True:
            self._weigh_once()
            await asyncio.sleep(_MEMORY_EVERY_S)

    def _weigh_once(self) -> None:
        self.observed.peak_mb = max(self.observed.peak_mb, self.candidate.memory_mb()[1])

    def _give_up(self, why: str) -> None:
        """Stop listening to one that does not stop talking."""
        self._stopped, self.is_lost = why, True
        self._fail_pending(why)
        self.is_ending = True
        self.candidate.order_end()

    async def _stop(self) -> None:
        """Its output has ended: say how."""
        self.is_lost = True
        status = await self.candidate.wait(0.5)
        if status is None:
            why = "it closed its standard output, but lives"
        else:
            why = f"it was killed by signal {-status}" if status < 0 else f"it ended with status {status}"
            why = self.candidate.failed_start or why
        if not self.is_ending:
            await asyncio.sleep(0.02)  # its last words may come a moment later
            why += f"; it last said: {self.last_words}" if self.last_words else ""
            note(self.observed.deaths, why)
        if not self._stopped:
            self._stopped = why
        self._fail_pending(self._stopped)

    def _fail_pending(self, why: str) -> None:
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(NoAnswer(why))
                waiting.exception()  # nobody may be waiting
        self._something.set()


def initialize_params() -> dict[str, Any]:
    return {"protocolVersion": LEGACY, "capabilities": {}, "clientInfo": CLIENT}
