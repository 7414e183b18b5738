"""What one examination works with: a command, live conversations, recordings, and what was found so far."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...agent_stdio import HEALTH_KEY
from ...errors import AgentCrashed
from ..catalog import AgentCard
from .candidate import Candidate
from .conversation import Conversation, Era, NoAnswer, initialize_params
from .observed import Observed
from .recordings import Recordings
from .schemas import made_arguments
from .verdict import Limits

UNDECLARED_RAM_MB, BESIDE_MB = 4096.0, 512.0
_MOST_LAUNCHES = 16
HEALTH_TOOL = "health_update"
_QUESTION = "dotted eighth at 120 bpm"


class Fault(Exception):
    """A check has failed; the message says how."""


class Lacks(Exception):
    """Something is not there that strangers may do without; of an agent that declares itself it is a fault."""


class Bench:
    """The state of one examination. `card` is what a header declares; None for any other MCP server."""

    def __init__(
        self,
        command: Sequence[str],
        card: AgentCard | None,
        environment: Mapping[str, str],
        limits: Limits,
        folder: Path,
        recordings: Recordings,
        tool_to_call: str | None,
        script: Path | None = None,
    ) -> None:
        self.command, self.card, self.limits, self.recordings = tuple(command), card, limits, recordings
        self.environment, self.folder = environment, folder
        self.tool_to_call, self._script = tool_to_call, script
        self.observed = Observed()
        self.eras: list[Era] = []
        self.openings: dict[Era, Mapping[str, Any]] = {}  # results of server/discover and initialize
        self.tools: dict[Era, list[dict[str, Any]]] = {}
        self.result: Mapping[str, Any] = {}  # of the real call
        self.call_token = ""
        self.progress: list[tuple[float, float]] = []  # its (progress, total)
        self.call_seconds = 0.0
        self.left: list[str] = []  # processes left behind by one that ended by itself
        self._live: dict[Era, Conversation] = {}
        self._all: list[Conversation] = []

    @property
    def era(self) -> Era:
        """The newer of those that it speaks."""
        return self.eras[0] if self.eras else "modern"

    @property
    def ram_mb(self) -> float:
        """Private memory that a process may have."""
        if self.limits.ram_mb is not None:
            return self.limits.ram_mb
        return BESIDE_MB + 1024 * self.card.need.ram_gb if self.card else UNDECLARED_RAM_MB

    async def launch(self, command: Sequence[str] | None = None, folder: Path | None = None) -> Candidate:
        """Start the candidate, or another command in its place and elsewhere; raises NoAnswer."""
        if self.is_unwatched:
            raise NoAnswer("it killed the process that watches it, and is not started again")
        try:
            return await Candidate.launch(
                command or self.command, self.environment, folder or self.folder, self.limits, self.ram_mb
            )
        except AgentCrashed as error:
            raise NoAnswer(str(error)) from error

    async def open(self, era: Era) -> Conversation:
        """A new process, ready for requests of this era; raises NoAnswer."""
        conversation = await self.begin(era)
        if era == "legacy":
            await conversation.request("initialize", initialize_params(), timeout=self.limits.start)
            await conversation.notify("notifications/initialized")
        else:
            await conversation.request("server/discover", timeout=self.limits.start)
        return conversation

    async def begin(self, era: Era) -> Conversation:
        """A new process that nothing has been said to."""
        if len(self._all) >= _MOST_LAUNCHES:
            raise NoAnswer(f"it had to be started {_MOST_LAUNCHES} times; no further attempt is made")
        conversation = Conversation(await self.launch(), self.observed, self.limits, era)
        self._all.append(conversation)
        return conversation

    async def conversation(self, era: Era | None = None) -> Conversation:
        """One that is alive, of the newest era that it speaks; a new one when the last was lost. Raises NoAnswer."""
        era = era or self.era
        live = self._live.get(era)
        if live is not None and not live.is_lost and live.candidate.status is None:
            return live
        if live is not None:
            await live.close()
        self._live[era] = await self.open(era)
        return self._live[era]

    @property
    def n_escaped(self) -> int:
        """How many processes had got away from their warden, and were found by their mark."""
        return sum(conversation.candidate.n_escaped for conversation in self._all)

    @property
    def is_unwatched(self) -> bool:
        """Whether it has killed the process that watches it; then it is not started again."""
        return any(conversation.candidate.is_unwatched for conversation in self._all)

    def keep(self, conversation: Conversation) -> None:
        """Go on with this one where one of its era is wanted."""
        self._live[conversation.era] = conversation

    async def end_input(self, conversation: Conversation) -> float | None:
        """End its input; seconds until it ended, None when it did not in time. Nothing of it is left afterwards."""
        began = time.monotonic()
        conversation.end_input()
        status = await conversation.candidate.wait(self.limits.exit)
        seconds = time.monotonic() - began
        await conversation.close()
        if status is None:
            return None
        self.left += conversation.candidate.left
        return seconds

    async def close(self) -> None:
        """Leave nothing behind, whatever has happened."""
        await asyncio.gather(*(conversation.close() for conversation in self._all), return_exceptions=True)

    # --- calls ------------------------------------------------------------------------------------------------------

    def main_tool(self) -> dict[str, Any] | None:
        """The tool that may be called: the agent's own, a stranger's that only reads, the one named, or a script's own.

        Whoever names a script means it to run; of a server that is installed here, no tool is called that may act.
        """
        tools = self.tools.get(self.era, [])
        wanted = self.card.name if self.card else self.tool_to_call
        if wanted is not None:
            return next((tool for tool in tools if tool.get("name") == wanted), None)
        for tool in tools:
            says = tool.get("annotations")
            if isinstance(says, dict) and says.get("readOnlyHint") is True and tool["name"] != HEALTH_TOOL:
                return tool
        if self._script is not None:
            own = [tool for tool in tools if tool.get("name") != HEALTH_TOOL]
            named = [tool for tool in own if tool.get("name") == self._script.stem]
            return next(iter(named or (own if len(own) == 1 else ())), None)
        return None

    def callable_tool(self) -> dict[str, Any]:
        """The same; raises Lacks, or Fault for one that was asked for and is not there."""
        tool = self.main_tool()
        wanted = self.card.name if self.card else self.tool_to_call
        if tool is None and wanted is not None:
            raise Fault(f"there is no tool {wanted!r}")
        if tool is None:
            raise Lacks("lacks a tool that says it only reads, so none was called")
        return tool

    def arguments(self, *, long: bool = False) -> dict[str, Any]:
        """Those of a good call."""
        card, recording = self.card, self.recordings.long if long else self.recordings.short
        schema = (self.main_tool() or {}).get("inputSchema", {})
        if card is None:
            return made_arguments(schema)
        beside = self.recordings.long if long else self.recordings.other
        made = made_arguments(schema)
        common: dict[str, Any] = made | ({"capabilities": list(card.capabilities)} if card.capabilities else {})
        if card.takes_two:
            return common | {"paths": [str(beside), str(recording)], "subjects": [beside.name, recording.name]}
        if card.needs_recording:
            return common | {"path": str(recording), "subject": recording.name}
        if "question" in schema.get("properties", {}):
            made["question"] = self.question()
        return made

    def question(self) -> str:
        """What an agent without recordings is asked."""
        return self.card.examples[0] if self.card and self.card.examples else _QUESTION

    def by_hand(self) -> list[str]:
        """The command line arguments of the same good call, given where the recordings lie: names, as the subjects."""
        if self.card is None or not self.card.needs_recording:
            return [self.question()]
        paths = [self.recordings.other, self.recordings.short] if self.card.takes_two else [self.recordings.short]
        return [path.name for path in paths]

    async def ask_to_call(
        self, conversation: Conversation, arguments: Any, *, health: Mapping[str, Any] | None = None
    ) -> int:
        """Send a call of the main tool; its id."""
        tool = self.callable_tool()["name"]
        meta = {HEALTH_KEY: dict(health or health_snapshot(0))}
        params = {"name": tool, "arguments": arguments, "_meta": meta}
        return await conversation.ask("tools/call", params, wants_progress=True)


def health_snapshot(seq: int, **changes: Any) -> dict[str, Any]:
    """What the hub tells of itself, without the lease."""
    return {"state": "healthy", "pressure": 0.1, "seq": seq, "ttl_ms": 5000, "quality": "full", **changes}


def result_of(message: Mapping[str, Any], what: str) -> Mapping[str, Any]:
    """The result of an answer; raises Fault for an error."""
    if "error" in message:
        raise Fault(f"{what} was refused: {str(message['error'].get('message', message['error']))[:200]!r}")
    result: Mapping[str, Any] = message["result"]
    return result


def is_refused(message: Mapping[str, Any]) -> bool:
    """Whether an answer says no: an error, or a result that says that it is one."""
    return "error" in message or message["result"].get("isError") is True


async def quietly(conversation: Conversation, number: int, timeout: float) -> dict[str, Any] | None:
    """An answer that need not come; None without one."""
    with contextlib.suppress(NoAnswer):
        return await conversation.answer_to(number, timeout)
    return None


def python_command(script: Path, interpreter: str = sys.executable) -> list[str]:
    return [interpreter, "-P", str(script)]  # -P: the script's folder is not searched for modules
