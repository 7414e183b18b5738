"""From a plan to evidence: the only place that acts. Each step: known already? fit? room? then the call.

A step that fails becomes a gap beside the evidence of the others.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import logging
import math
import stat
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar, get_args

from ..errors import CircuitOpen, GrymError, NotFit
from ..health.breaker import Breaker
from ..health.calls import Calls
from ..health.monitor import Snapshot
from ..identity.asking import as_itself
from ..messages import Gap, Health, Plan, Step, evidence_from_json, gap_from_json
from ..resources.pool import Pool
from ..resources.room import Priority
from ..storage.store import FileStamp, Heard, Store, StoreUnavailable
from .catalog import AgentCard, Catalog
from .estimate import Estimate, StepEstimate, declared_s, estimate
from .handing_over import NothingToTake, fill, trusted_as
from .supervisor import FAULTS, Supervisor

log = logging.getLogger(__name__)
T = TypeVar("T")

_LONGEST_WAIT = 24 * 3600.0  # seconds: what one plan queues may take all night
_HASH_FIRST_BYTES = 1 << 30  # larger files are hashed only once they proved to be audio

_STATES = get_args(Health)  # from good to bad
_OF_THE_MACHINE = ("memory", "cpu", "disk", "pool", "wait")  # causes that whoever sits there can do something about
_CURED_BY_SERVING = ("wait", "pool")  # causes for which whoever has waited is not sent away
_AHEAD = 256  # steps of one plan that are under way or wait for room; far fewer than may wait in all

#: Gaps that the same recording will always leave, so they are remembered with its evidence.
LASTING_GAPS = frozenset({"unmeasurable", "partial"})

#: (step, 0..1, what it is doing)
OnProgress = Callable[[Step, float, str], None]


@dataclass(frozen=True, slots=True)
class Urgency:
    """How steps stand against others.

    patience_s : how long one may wait for an agent that is left alone, or for a hub that is not fit
    takes_lite : whether less than a full hearing will do, when the hub is tired
    is_gentle : done by processes that everything else on the machine goes before
    """

    priority: Priority
    patience_s: float
    takes_lite: bool
    context: str = "default"
    is_gentle: bool = False


#: Somebody waits in person, and would rather have less than nothing; nobody does, and it must be whole.
ANSWER = Urgency("interactive", 0.0, takes_lite=True)
MEASUREMENT = Urgency("batch", 300.0, takes_lite=False)


class Fitness(Protocol):
    """Who knows how the hub is, and is told how calls went."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def calls(self) -> Calls: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step. `sha256` is the hash of its recording, or of its two; None when there was none to read."""

    step: Step
    heard: Heard
    sha256: str | None = None
    was_cached: bool = False
    seconds: float = 0.0


AsTold = Callable[[Outcome], Outcome]


class Executor:
    """Runs plans against agents, within the room that the pool lends."""

    def __init__(
        self,
        catalog: Catalog,
        agents: Supervisor,
        pool: Pool,
        store: Store,
        fitness: Fitness,
    ) -> None:
        self.catalog, self.agents, self.pool, self.store = catalog, agents, pool, store
        self.fitness = fitness
        self._store_breaker = Breaker("the store", time.monotonic)

    async def run(
        self,
        plan: Plan,
        *,
        use_cache: bool,
        on_progress: OnProgress,
        urgency: Urgency = ANSWER,
        keep: bool = True,
        as_told: AsTold | None = None,
    ) -> AsyncIterator[Outcome]:
        """Run steps side by side, as far as there is room and none waits for another; yield what came of them in the
        order of the plan.

        keep : whether what is heard is kept; False for whoever keeps it himself
        as_told : what somebody knows better than was measured, for the steps that take values from others
        """
        needed = {name for step in plan.steps for name in step.after}
        earlier: dict[str, asyncio.Task[Outcome]] = {}  # those that others wait for

        def begin(step: Step) -> asyncio.Task[Outcome]:
            before = [earlier[name] for name in step.after]  # a plan has them in this order
            task = asyncio.create_task(self._run_after(before, step, use_cache, on_progress, urgency, keep, as_told))
            if step.id in needed:
                earlier[step.id] = task
            return task

        coming = map(begin, plan.steps)
        # Not all at once: a folder may hold more files than may wait for room, and what is done is not kept.
        # Of a question only as many as fit: its own steps are no others that wait for room.
        ahead = _AHEAD if urgency.priority == "batch" else max(2, round(self.pool.capacity.room.cpu))
        tasks = deque(itertools.islice(coming, ahead))
        try:
            while tasks:
                yield await tasks[0]
                tasks.popleft()
                tasks.extend(itertools.islice(coming, 1))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def foresee(self, plan: Plan, *, use_cache: bool) -> Estimate:
        """What a plan would take. Files are not read: what was heard is known of those that did not change since."""
        steps = [self._foresee_step(step, use_cache) for step in plan.steps]
        return estimate(steps, self.pool.capacity.room.cpu)

    def _foresee_step(self, step: Step, use_cache: bool) -> StepEstimate:
        card, stamp = self.catalog.agent(step.agent), _stamp(step.path)
        sha256 = None
        if use_cache and stamp is not None and step.beside is None and not card.writes:
            sha256 = self._from_store(lambda store: store.recall_hash(stamp))
        known = self._recall(step, card, sha256) if sha256 else {}
        is_known = all(name in known for name in step.capabilities)
        return StepEstimate(step, 0.0 if is_known else declared_s(step, card), is_known)

    async def _run_after(
        self,
        before: Sequence[asyncio.Task[Outcome]],
        step: Step,
        use_cache: bool,
        on_progress: OnProgress,
        urgency: Urgency,
        keep: bool,
        as_told: AsTold | None,
    ) -> Outcome:
        """Wait for the steps that this one takes values from, and run it with them."""
        outcomes = [await task for task in before]
        if as_told is not None:
            outcomes = [as_told(outcome) for outcome in outcomes]
        try:
            step, taken = fill(step, outcomes)
        except NothingToTake as error:
            gaps = [Gap.from_error(error, capability=name, subject=step.subject) for name in step.capabilities]
            return Outcome(step, Heard((), tuple(gaps)))
        outcome = await self._run_step(step, use_cache, on_progress, urgency, keep)
        return replace(outcome, heard=trusted_as(outcome.heard, taken)) if taken else outcome

    async def _run_step(
        self, step: Step, use_cache: bool, on_progress: OnProgress, urgency: Urgency, keep: bool
    ) -> Outcome:
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
                fresh = await self._call_patiently(step, card, missing, on_progress, urgency)
                known |= fresh
                if sha256 is None and not step.beside and any(heard.evidence for heard in fresh.values()):
                    on_progress(step, 0.95, "hashing")
                    _, sha256 = await self._identify(step.path)
                unchanged = stamp == _stamp(step.path) and (not step.beside or beside == _stamp(step.beside[1]))
                if keep and sha256 and unchanged and not card.writes:  # else it was being written to while we listened
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
        self, step: Step, card: AgentCard, capabilities: list[str], on_progress: OnProgress, urgency: Urgency
    ) -> dict[str, Heard]:
        """Call, and try again when the agent was left alone, or the hub is not fit, as long as there is patience.

        Five bad files must not cost the sixth its turn.
        """
        until = time.monotonic() + urgency.patience_s
        while True:
            try:
                return await self._call(step, card, capabilities, on_progress, urgency)
            except (CircuitOpen, NotFit) as error:
                wait = error.retry_after or 1.0
                if time.monotonic() + wait > until:
                    raise
                on_progress(step, 0.0, f"waiting {wait:.0f} s: {error}")
                await asyncio.sleep(wait)

    async def _call(
        self, step: Step, card: AgentCard, capabilities: list[str], on_progress: OnProgress, urgency: Urgency
    ) -> dict[str, Heard]:
        arguments: dict[str, Any] = {"capabilities": capabilities, **step.params}
        if step.beside:
            arguments |= {"paths": [step.beside[1], step.path], "subjects": [step.beside[0], step.subject]}
        elif step.path:
            arguments |= {"path": step.path, "subject": step.subject}
        lease = {"cpu": step.need.cpu, "ram_gb": step.need.ram_gb, "deadline_s": step.deadline_s}
        on_progress(step, 0.0, "waiting for room")
        self._check_fitness(card)  # at once: who waits for room that is not given would wait in vain
        async with self.pool.lease(
            step.need,
            holder=step.id,
            timeout=_LONGEST_WAIT,
            priority=urgency.priority,
            context=urgency.context,
            agent=card.name,
        ):
            if self.fitness.snapshot.cause not in _CURED_BY_SERVING:
                self._check_fitness(card)
            health = {**self.fitness.snapshot.to_meta(), "lease": lease}
            if not urgency.takes_lite:
                health["quality"] = "full"
            async with self.agents.borrow(card, is_gentle=urgency.is_gentle) as process:
                begun = time.monotonic()
                try:
                    content = await process.call(
                        arguments,
                        deadline=step.deadline_s,
                        health=health,
                        on_progress=lambda fraction, message: on_progress(step, fraction, message),
                    )
                    evidence = [evidence_from_json(item) for item in content["evidence"]]
                    gaps = [gap_from_json(item) for item in content["gaps"]]
                except FAULTS:
                    self.fitness.calls.failed()
                    raise
                self.fitness.calls.succeeded(time.monotonic() - begun, declared_s(step, card))
        return {
            name: Heard(
                tuple(item for item in evidence if item.capability == name),
                tuple(gap for gap in gaps if gap.capability == name),
            )
            for name in capabilities
        }

    def _check_fitness(self, card: AgentCard) -> None:
        """Refuse work that is not for such a state, also what waited until it came."""
        now = self.fitness.snapshot
        if _STATES.index(now.state) > _STATES.index(card.lowest_health):
            raise NotFit(
                f"the hub takes no new work for {card.name!r}: it is {now.state} ({now.cause}, {now.pressure:.2f})",
                hint=("close something, or free some space; " if now.cause in _OF_THE_MACHINE else "")
                + "`grym status` says more",
                retry_after=max(1.0, math.ceil(now.better_in_s)),
            )

    async def _identify(self, path: str, *, up_to_bytes: float = float("inf")) -> tuple[FileStamp | None, str | None]:
        """Stamp and content hash of a file; None where there is no ordinary file to read, or too large a one."""
        stamp = _stamp(path)
        if stamp is None:
            return None, None
        try:
            known = self._from_store(lambda store: store.recall_hash(stamp))
            if known is not None or stamp.size > up_to_bytes:
                return stamp, known
            sha256 = await asyncio.to_thread(_hash_file, path)
        except OSError:
            return None, None  # the agent will find out and say why
        self._from_store(lambda store: store.keep_hash(stamp, sha256))
        return stamp, sha256

    def _recall(self, step: Step, card: AgentCard, sha256: str) -> dict[str, Heard]:
        def recall(store: Store) -> dict[str, Heard]:
            found = {
                name: store.recall(sha256, name, card.recipe, _settings(step, card, name), step.subject)
                for name in step.capabilities
            }
            return {name: heard for name, heard in found.items() if heard is not None}

        return self._from_store(recall) or {}

    def _keep(self, step: Step, card: AgentCard, sha256: str, fresh: Mapping[str, Heard]) -> None:
        def keep(store: Store) -> None:
            if any(_is_lite(heard) for heard in fresh.values()):
                return
            for name, heard in fresh.items():
                if lasts(heard):
                    store.keep(sha256, name, card.recipe, _settings(step, card, name), heard)

        self._from_store(keep)

    def _from_store(self, work: Callable[[Store], T]) -> T | None:
        """Ask the store; None while it fails, since no answer hangs on it. It is left alone when it keeps failing.

        What was measured is kept by the hub itself, whoever asked: it is so for all.
        """
        try:
            self._store_breaker.enter()
        except CircuitOpen:
            return None
        try:
            with as_itself():
                found = work(self.store)
        except StoreUnavailable as error:
            self._store_breaker.fail()
            log.warning("store unavailable", extra={"reason": str(error)})
            return None
        except BaseException:
            self._store_breaker.leave()
            raise
        self._store_breaker.succeed()
        return found


def _settings(step: Step, card: AgentCard, capability: str) -> dict[str, Any]:
    """The settings that this capability's result depends on."""
    beside: dict[str, Any] = {"beside": step.beside[0]} if step.beside else {}  # its findings name the other
    return beside | {name: step.params[name] for name in card.settings.get(capability, ()) if name in step.params}


def lasts(heard: Heard) -> bool:
    """Whether the same recording would leave the same gaps again."""
    return all(gap.code in LASTING_GAPS for gap in heard.gaps)


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
