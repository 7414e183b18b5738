"""From a plan to evidence: the only place that acts. Each step: known already? fit? room? then the call.

A step that fails becomes a gap beside the evidence of the others.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import stat
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from ..errors import AdmissionDenied, CircuitOpen, GrymError
from ..health.signals import Signal, worst
from ..messages import Gap, Health, Plan, Step, evidence_from_json, gap_from_json
from ..resources.pool import Pool
from ..storage.sqlite import FileStamp, Heard, SqliteStore, StoreUnavailable
from .catalog import AgentCard, Catalog
from .supervisor import Supervisor

log = logging.getLogger(__name__)

_LONGEST_WAIT = 24 * 3600.0  # seconds: what one plan queues may take all night
_HASH_FIRST_BYTES = 1 << 30  # larger files are hashed only once they proved to be audio

_STATES = get_args(Health)  # from good to bad

#: Gaps that the same recording will always leave, so they are remembered with its evidence.
LASTING_GAPS = frozenset({"unmeasurable", "partial"})

#: (step, 0..1, what it is doing)
OnProgress = Callable[[Step, float, str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step. `sha256` is the hash of its recording, or of its two; None when there was none to read."""

    step: Step
    heard: Heard
    sha256: str | None = None
    was_cached: bool = False
    seconds: float = 0.0


class Executor:
    """Runs plans against agents, within the room that the pool lends."""

    def __init__(
        self,
        catalog: Catalog,
        agents: Supervisor,
        pool: Pool,
        store: SqliteStore,
        read_signals: Callable[[], Mapping[str, Signal]],
    ) -> None:
        self.catalog, self.agents, self.pool, self.store = catalog, agents, pool, store
        self.read_signals = read_signals

    async def run(
        self, plan: Plan, *, use_cache: bool, on_progress: OnProgress, patience_s: float = 0.0
    ) -> AsyncIterator[Outcome]:
        """Run all steps side by side, as far as there is room; yield what came of them in the order of the plan.

        patience_s : how long a step may wait for an agent that is left alone because it kept failing
        """
        steps = (self._run_step(step, use_cache, on_progress, patience_s) for step in plan.steps)
        tasks = deque(asyncio.create_task(step) for step in steps)
        try:
            while tasks:
                yield await tasks[0]
                tasks.popleft()  # what was handed on is not kept: a folder may hold thousands
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run_step(self, step: Step, use_cache: bool, on_progress: OnProgress, patience_s: float) -> Outcome:
        card, begun = self.catalog.agent(step.agent), time.perf_counter()
        stamp, sha256 = await self._identify(step.path, up_to_bytes=_HASH_FIRST_BYTES)
        beside = None
        if step.beside and sha256:
            beside, other = await self._identify(step.beside[1], up_to_bytes=_HASH_FIRST_BYTES)
            sha256 = None if other is None else hashlib.sha256(f"{other} {sha256}".encode()).hexdigest()
        known = self._recall(step, card, sha256) if use_cache and sha256 and not card.writes else {}
        missing = [capability for capability in step.capabilities if capability not in known]
        cached = not missing
        try:
            if missing:
                fresh = await self._call_patiently(step, card, missing, on_progress, patience_s)
                known |= fresh
                if sha256 is None and not step.beside and any(heard.evidence for heard in fresh.values()):
                    on_progress(step, 0.95, "hashing")
                    _, sha256 = await self._identify(step.path)
                unchanged = stamp == _stamp(step.path) and (not step.beside or beside == _stamp(step.beside[1]))
                if sha256 and unchanged and not card.writes:  # else it was being written to while we listened
                    self._keep(step, card, sha256, fresh)
        except GrymError as error:
            gaps = tuple(Gap.from_error(error, capability=name, subject=step.subject) for name in missing)
            known |= {gap.capability: Heard((), (gap,)) for gap in gaps}
        on_progress(step, 1.0, "known already" if cached else "done")
        parts = [known[capability] for capability in step.capabilities]
        evidence = tuple(item for part in parts for item in part.evidence)
        gaps = tuple(dict.fromkeys(gap for part in parts for gap in part.gaps))
        return Outcome(step, Heard(evidence, gaps), sha256, cached, time.perf_counter() - begun)

    async def _call_patiently(
        self, step: Step, card: AgentCard, capabilities: list[str], on_progress: OnProgress, patience_s: float
    ) -> dict[str, Heard]:
        """Call, and try again when the agent was left alone: five bad files must not cost the sixth its turn."""
        until = time.monotonic() + patience_s
        while True:
            try:
                return await self._call(step, card, capabilities, on_progress)
            except CircuitOpen as error:
                wait = error.retry_after or 1.0
                if time.monotonic() + wait > until:
                    raise
                on_progress(step, 0.0, f"waiting {wait:.0f} s: the agent kept failing")
                await asyncio.sleep(wait)

    async def _call(
        self, step: Step, card: AgentCard, capabilities: list[str], on_progress: OnProgress
    ) -> dict[str, Heard]:
        arguments: dict[str, Any] = {"capabilities": capabilities, **step.params}
        if step.beside:
            arguments |= {"paths": [step.beside[1], step.path], "subjects": [step.beside[0], step.subject]}
        elif step.path:
            arguments |= {"path": step.path, "subject": step.subject}
        lease = {"cpu": step.need.cpu, "ram_gb": step.need.ram_gb, "deadline_s": step.deadline_s}
        on_progress(step, 0.0, "waiting for room")
        async with self.pool.lease(step.need, holder=step.id, timeout=_LONGEST_WAIT):
            signal = self._fitness(card)
            health = {"state": signal.state, "pressure": round(signal.pressure, 3), "quality": "full", "lease": lease}
            async with self.agents.borrow(card) as process:
                content = await process.call(
                    arguments,
                    deadline=step.deadline_s,
                    health=health,
                    on_progress=lambda fraction, message: on_progress(step, fraction, message),
                )
        evidence = [evidence_from_json(item) for item in content["evidence"]]
        gaps = [gap_from_json(item) for item in content["gaps"]]
        return {
            name: Heard(
                tuple(item for item in evidence if item.capability == name),
                tuple(gap for gap in gaps if gap.capability == name),
            )
            for name in capabilities
        }

    def _fitness(self, card: AgentCard) -> Signal:
        """The signal that decides; refuses work that is not for such a state, also what waited until then."""
        name, signal = worst(self.read_signals())
        if _STATES.index(signal.state) > _STATES.index(card.lowest_health):
            raise AdmissionDenied(
                f"agent {card.name!r} takes no new work: {name} is {signal.state} (pressure {signal.pressure:.2f})",
                hint="close something, or free some space",
                retry_after=10.0,
            )
        return signal

    async def _identify(self, path: str, *, up_to_bytes: float = float("inf")) -> tuple[FileStamp | None, str | None]:
        """Stamp and content hash of a file; None where there is no ordinary file to read, or too large a one."""
        stamp = _stamp(path)
        if stamp is None:
            return None, None
        try:
            sha256 = self.store.recall_hash(stamp)
            if sha256 is None and stamp.size > up_to_bytes:
                return stamp, None
            if sha256 is None:
                sha256 = await asyncio.to_thread(_hash_file, path)
                self.store.keep_hash(stamp, sha256)
        except OSError:
            return None, None  # the agent will find out and say why
        except StoreUnavailable as error:
            log.warning("store unavailable", extra={"reason": str(error)})
            sha256 = await asyncio.to_thread(_hash_file, path)
        return stamp, sha256

    def _recall(self, step: Step, card: AgentCard, sha256: str) -> dict[str, Heard]:
        known = {}
        try:
            for name in step.capabilities:
                heard = self.store.recall(sha256, name, card.recipe, _settings(step, card, name), step.subject)
                if heard is not None:
                    known[name] = heard
        except StoreUnavailable as error:
            log.warning("store unavailable", extra={"reason": str(error)})
        return known

    def _keep(self, step: Step, card: AgentCard, sha256: str, fresh: Mapping[str, Heard]) -> None:
        try:
            for name, heard in fresh.items():
                if all(gap.code in LASTING_GAPS for gap in heard.gaps) and not _is_lite(heard):
                    self.store.keep(sha256, name, card.recipe, _settings(step, card, name), heard)
        except StoreUnavailable as error:
            log.warning("what was heard could not be kept", extra={"reason": str(error)})


def _settings(step: Step, card: AgentCard, capability: str) -> dict[str, Any]:
    """The settings that this capability's result depends on."""
    beside: dict[str, Any] = {"beside": step.beside[0]} if step.beside else {}  # its findings name the other
    return beside | {name: step.params[name] for name in card.settings.get(capability, ()) if name in step.params}


def _is_lite(heard: Heard) -> bool:
    """Made with less, for somebody who waited: never kept, or it would pass for the whole later."""
    return any(item.quality == "lite" for item in heard.evidence)


def _stamp(path: str) -> FileStamp | None:
    try:
        return FileStamp.of(path) if path and stat.S_ISREG(Path(path).stat().st_mode) else None
    except (OSError, ValueError):
        return None


def _hash_file(path: str) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
