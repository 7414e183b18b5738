"""The running agents of a hub: lent warm, started again after a crash, left alone when they keep failing, and ended.

Nothing outlives the hub: its end closes the agents' input, a parent-death signal ends them should it be killed, and a
keeper process then ends whatever they had started in turn.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import AgentCrashed, AgentTimeout, MalformedEvidence
from ..health.breaker import Breaker
from . import keeper
from .agent_process import AgentProcess
from .catalog import AgentCard
from .keeper import MARK, mark_of_this_process

log = logging.getLogger(__name__)

_MOST_PROCESSES = 64  # of an agent that sets no bound: the pool lends far less room than that
_FIRST_DELAY_S, _LONGEST_DELAY_S = 0.2, 5.0  # before a start after the second failure in a row, doubling
FAULTS = (AgentCrashed, AgentTimeout, MalformedEvidence)  # the agent's own; others are its caller's


@dataclass(slots=True)
class _Workers:
    """The processes of one agent."""

    card: AgentCard
    breaker: Breaker
    room: asyncio.Semaphore
    idle: list[tuple[float, AgentProcess]] = field(default_factory=list)  # since when; the latest last
    busy: set[AgentProcess] = field(default_factory=set)
    failures: int = 0  # in a row
    last_failure: float = 0.0

    @property
    def processes(self) -> list[AgentProcess]:
        return [*self.busy, *(process for _, process in self.idle)]


@dataclass(frozen=True, slots=True)
class Worker:
    """A running process of an agent; so many of the agent's stay when idle."""

    agent: str
    pid: int
    idle_s: float
    is_busy: bool
    keep_warm: int


class Supervisor:
    """Processes of agents, lent one call at a time.

    home : of the hub; its processes are marked with it
    check : raises when the script of an agent may not be run
    now : a clock in seconds that never goes back
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        home: Path,
        check: Callable[[AgentCard], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._home, self._check, self._now = str(home.absolute()), check, now
        self._mark = mark_of_this_process(self._home)
        self._environment = {**environment, MARK: self._mark}
        self._agents: dict[str, _Workers] = {}
        self._keeper: subprocess.Popen[bytes] | None = None

    @contextlib.asynccontextmanager
    async def borrow(self, card: AgentCard, *, is_gentle: bool = False) -> AsyncIterator[AgentProcess]:
        """Lend a process of this agent, a warm one if there is one, for one call in the body of a `with` block.

        is_gentle : one that everything else on the machine goes before; it never serves who is in a hurry

        Raises
        ------
        CircuitOpen
            It failed again and again.
        NotApproved, BadSetup
            Its script may not, or cannot, be run.
        AgentCrashed
            It could not be started.
        """
        workers = self._workers(card)
        async with workers.room:
            workers.breaker.enter()
            process = None
            try:
                process = await self._warm_or_new(workers, is_gentle=is_gentle)
                yield process
            except FAULTS:
                workers.failures, workers.last_failure = workers.failures + 1, self._now()
                workers.breaker.fail()
                raise
            except BaseException:
                workers.breaker.leave()
                raise
            else:
                workers.failures = 0
                workers.breaker.succeed()
            finally:
                if process is not None:
                    workers.busy.discard(process)
                    if process.is_alive:
                        workers.idle.append((self._now(), process))
                    else:
                        await process.kill()

    async def tell_health(self, health: Mapping[str, Any]) -> int:
        """Tell every running agent how the hub is; how many confirmed it."""
        return sum(await asyncio.gather(*(process.tell_health(health) for process in self._processes())))

    async def tell_changes(self, changes: Mapping[str, Any]) -> None:
        """Tell every running agent that wants it what changed in the store; nobody has to answer."""
        wanting = [process for process in self._processes() if process.card.hears_changes]
        await asyncio.gather(*(process.tell_changes(changes) for process in wanting))

    def processes(self) -> list[Worker]:
        """Every running process, and for how long it has been idle."""
        found = []
        for name, workers in self._agents.items():
            keep = workers.card.keep_warm
            found += [Worker(name, process.pid, 0.0, True, keep) for process in workers.busy]
            found += [Worker(name, process.pid, self._now() - since, False, keep) for since, process in workers.idle]
        return found

    async def stop_idle(self, pid: int) -> bool:
        """Stop the process with this number if it is still idle; whether it was."""
        for workers in self._agents.values():
            for item in workers.idle:
                if item[1].pid == pid:
                    workers.idle.remove(item)
                    await item[1].stop()
                    return True
        return False

    def statistics(self) -> dict[str, dict[str, Any]]:
        """Of each agent that was needed: its processes, the memory they say that they take, and its breaker."""
        return {
            name: {
                "busy": len(workers.busy),
                "idle": len(workers.idle),
                "pids": sorted(process.pid for process in workers.processes),
                "rss_mb": round(sum(float(process.said.get("rss_mb", 0.0)) for process in workers.processes), 1),
                "breaker": workers.breaker.state.value,
            }
            for name, workers in self._agents.items()
        }

    async def close(self) -> None:
        """End all of them; a call under way is lost."""
        processes = self._processes()
        self._agents.clear()
        await asyncio.gather(*(process.stop() for process in processes), return_exceptions=True)
        if self._keeper is not None:
            # Its input ends, so it looks for what the agents may have left, and ends as well.
            await asyncio.to_thread(self._keeper.communicate)
            self._keeper = None

    def _processes(self) -> list[AgentProcess]:
        return [process for workers in self._agents.values() for process in workers.processes]

    def _workers(self, card: AgentCard) -> _Workers:
        if card.name not in self._agents:
            breaker = Breaker(f"agent {card.name!r}", self._now)
            self._agents[card.name] = _Workers(card, breaker, asyncio.Semaphore(card.concurrency or _MOST_PROCESSES))
        return self._agents[card.name]

    async def _warm_or_new(self, workers: _Workers, *, is_gentle: bool) -> AgentProcess:
        """A living process, marked busy; a new one waits the longer the more often the agent has failed in a row."""
        while found := [item for item in workers.idle if item[1].is_gentle is is_gentle]:
            workers.idle.remove(found[-1])
            process = found[-1][1]
            if process.is_alive:
                workers.busy.add(process)
                return process
            await process.kill()  # it died while nobody was looking
        self._check(workers.card)
        if workers.failures > 1:
            delay = min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0 ** (workers.failures - 2))
            await asyncio.sleep(max(0.0, workers.last_failure + delay - self._now()))
        if self._keeper is None:
            command = [sys.executable, "-I", "-S", keeper.__file__, self._mark]
            self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, env={})
        process = await AgentProcess.launch(workers.card, self._environment, is_gentle=is_gentle)
        workers.busy.add(process)
        return process
