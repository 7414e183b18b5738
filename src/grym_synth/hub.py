"""START HERE: the flow on one page. The hub builds the parts, hands them over and closes them.

request → route → plan → leases → agents → evidence and gaps → answer → memory
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from .answering.write import compose, write
from .config import Config, agent_environment
from .errors import BadSetup, Unavailable
from .execution.approval import Approvals
from .execution.catalog import Catalog, read_catalog
from .execution.executor import Executor, OnProgress, Outcome
from .execution.inputs import Inputs, find_recordings
from .execution.supervisor import Supervisor
from .health.readings import read_host, total_ram_gb
from .health.signals import Signal, worst
from .messages import Answer, Gap, Need, Plan, Request, Route
from .packs import find_pack
from .planning.planner import plan
from .planning.router import Router, load_router
from .resources.handles import Handles
from .resources.pool import Pool
from .storage.sqlite import SqliteStore

_PATIENCE_S = 300.0  # how long a measurement, which nobody waits for in person, waits for an agent that kept failing


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts, and the one way a question goes through them."""

    config: Config
    router: Router
    catalog: Catalog
    executor: Executor
    pool: Pool
    store: SqliteStore
    read_signals: Callable[[], Mapping[str, Signal]]
    troubles: tuple[Gap, ...] = ()  # what this hub lacks as a whole; told in every answer

    async def answer(self, request: Request, on_progress: OnProgress) -> Answer:
        """Answer a question about recordings, or about music arithmetic."""
        clock = Stopwatch()
        inputs = await self.look_up(request)
        named = [recording.subject for recording in inputs.recordings]
        if len(named) < 2:  # one recording may have been named twice, to be compared with itself
            named = [*(named or request.paths), *request.paths[1:]]
        route = await asyncio.to_thread(self.router.route, request.question, named)
        clock.lap("route")
        steps = self.plan(request, route, inputs)
        outcomes = [found async for found in self.run(request, steps, on_progress)]
        clock.lap("work")
        evidence = [item for outcome in outcomes for item in outcome.heard.evidence]
        left_open = [gap for outcome in outcomes for gap in outcome.heard.gaps]
        draft = write(request, route, evidence, [*self._troubles(), *inputs.gaps, *steps.gaps, *left_open])
        text, claims = compose(draft)
        clock.lap("write")
        health = worst(self.read_signals())[1].state
        answer = Answer(text, claims, draft.evidence, draft.gaps, route, steps, health, clock.laps_ms())
        return self._remember(request, answer)

    async def measure(
        self, request: Request, capabilities: Sequence[str], on_progress: OnProgress
    ) -> AsyncIterator[tuple[Plan, Outcome | None]]:
        """Measure recordings without a question: the plan with None first, then each outcome in the order asked.

        All of them, however many: `max_files` bounds what one answer in words can hold.
        """
        inputs = await asyncio.to_thread(find_recordings, request.paths, request.folder, sys.maxsize)
        agents = self.catalog.capabilities()
        of_sound = [name for name in capabilities if name not in agents or agents[name].needs_recording]
        others = [
            Gap(name, f"{name!r} measures no recording; ask it a question", "unsupported")
            for name in capabilities
            if name not in of_sound
        ]
        reasons = dict.fromkeys(of_sound, "asked for by name")
        steps = self.plan(request, Route(tuple(of_sound), 1.0, reasons, {}), inputs)
        yield replace(steps, gaps=(*self.troubles, *inputs.gaps, *others, *steps.gaps)), None
        async for outcome in self.run(request, steps, on_progress, patience_s=_PATIENCE_S):
            yield steps, outcome

    async def look_up(self, request: Request) -> Inputs:
        """Find the recordings that a request names."""
        return await asyncio.to_thread(find_recordings, request.paths, request.folder, self.config.max_files)

    def plan(self, request: Request, route: Route, inputs: Inputs) -> Plan:
        agents = self.catalog.capabilities()
        return plan(request, route, inputs.recordings, agents, deadline=self.config.step_deadline)

    def run(
        self, request: Request, steps: Plan, on_progress: OnProgress, *, patience_s: float = 0.0
    ) -> AsyncIterator[Outcome]:
        return self.executor.run(steps, use_cache=request.use_cache, on_progress=on_progress, patience_s=patience_s)

    def _troubles(self) -> list[Gap]:
        """What this hub lacks as a whole."""
        damaged = self.router.trouble
        return [*self.troubles, *([] if damaged is None else [Gap.from_error(damaged, capability="system")])]

    def _remember(self, request: Request, answer: Answer) -> Answer:
        try:
            self.store.keep_answer(request, answer)
        except Unavailable as error:
            return replace(answer, gaps=(*answer.gaps, Gap.from_error(error, capability="system")))
        return answer


@asynccontextmanager
async def open_hub(config: Config) -> AsyncIterator[Hub]:
    """Build a hub for the body of an `async with` block; no process of it outlives the block."""
    store, troubles = _open_store(config)
    approvals = Approvals(config.agents_folder)
    catalog = read_catalog(config.agents_folder)
    capacity = Need(cpu=float(config.cpu_slots), ram_gb=total_ram_gb() * 0.8)
    pool = Pool(capacity)
    agents = Supervisor(agent_environment(), home=config.home, check=approvals.check)

    def signals() -> Mapping[str, Signal]:
        return read_host(config.home)

    executor = Executor(catalog, agents, pool, store, signals)
    handles = Handles(config.home / "handles")
    watching = [asyncio.create_task(agents.watch()), asyncio.create_task(_expire(handles))]
    try:
        router = await asyncio.to_thread(load_router, find_pack("minilm"), catalog.examples())
        yield Hub(config, router, catalog, executor, pool, store, signals, (*troubles, *catalog.troubles))
    finally:
        for task in watching:
            task.cancel()
        await agents.close()
        store.close()


async def _expire(handles: Handles) -> None:
    """Every minute, remove what was stored behind handles that nobody has used for long."""
    while True:
        await asyncio.to_thread(handles.expire)
        await asyncio.sleep(60.0)


def _open_store(config: Config) -> tuple[SqliteStore, tuple[Gap, ...]]:
    """The store, or one in memory that forgets everything, and says so: a broken store stops no answer."""
    try:
        return SqliteStore(config.store_path), ()
    except (Unavailable, BadSetup) as error:
        gap = Gap.from_error(error, capability="system")
        return SqliteStore.in_memory(), (replace(gap, reason=f"nothing will be remembered: {gap.reason}"),)


class Stopwatch:
    """Milliseconds of each lap, and of the whole."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self._laps[name], self._last = now - self._last, now

    def laps_ms(self) -> dict[str, float]:
        laps = {**self._laps, "total": time.perf_counter() - self._start}
        return {name: round(seconds * 1000, 1) for name, seconds in laps.items()}
