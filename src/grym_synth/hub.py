"""START HERE: the flow on one page. The hub builds the parts, hands them over and closes them.

request → route → plan → leases → agents → evidence and gaps → answer → memory
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from .answering.rewording import reword
from .answering.write import compose, write
from .config import Config, agent_environment
from .errors import BadRequest, BadSetup, Unavailable
from .execution.approval import Approvals
from .execution.catalog import Catalog, read_catalog
from .execution.executor import ANSWER, MEASUREMENT, Executor, OnProgress, Outcome, Urgency
from .execution.hearing import Ear
from .execution.inputs import Inputs, Recording, find_recordings
from .execution.keeper import mark_of_this_process
from .execution.supervisor import Supervisor
from .health.readings import total_ram_gb
from .jobs.cleaners import job_cleaners
from .jobs.engine import Engine, open_jobs
from .library.finder import Finder
from .library.index import Index
from .library.job import index_kind
from .library.recurring import pattern_kind
from .library.telling import library_findings
from .likeness import Likeness
from .llm.adapters import open_model
from .llm.guarded import GuardedModels, turns
from .llm.spending import Spending
from .memory.patterns import PatternSearch
from .memory.shelf import Shelves
from .messages import Answer, Evidence, Gap, Plan, Request, Route, Step
from .packs import find_pack
from .planning.planner import plan
from .planning.proposal import declared_sentences, route_by_model
from .planning.referring.in_play import after_edits
from .planning.referring.references import is_doubtful, is_meant, resolve, suppose_recording
from .planning.routing.router import Router, load_router
from .planning.teaching import read_teaching
from .resources.books import Books, known_accounts
from .resources.pool import Pool
from .resources.room import Capacity
from .storage.contexts import Contexts, Played, Turn
from .storage.corrections import RouteCorrections
from .storage.house import House
from .storage.library import Library
from .storage.sqlite import SqliteStore
from .storage.teachings import Teachings
from .tuning.owner import VECTORS, Heard, Owner
from .tuning.saying import carry_out, orders
from .upkeep import Upkeep, probed_parts

log = logging.getLogger(__name__)

_ALIKE_HINT = "grym similar FILE"
SELF_TOLD = ("system", "similar", "library", "teach")  # capabilities that the hub answers itself


@dataclass(frozen=True, slots=True)
class Understood:
    """What a question is taken to ask. With gaps, the asker has to say more first."""

    request: Request
    route: Route
    inputs: Inputs
    gaps: tuple[Gap, ...] = ()
    notices: tuple[str, ...] = ()  # what "it" was taken for, to be told
    offered: tuple[Played, ...] = ()  # what a question back names


@dataclass(frozen=True, slots=True)
class Laid:
    """A question laid out in steps."""

    request: Request
    route: Route
    plan: Plan
    recordings: tuple[Recording | Played, ...] = ()  # that it is about
    notices: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # why a language model's plan was not taken


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts, and the one way a question goes through them."""

    config: Config
    router: Router
    catalog: Catalog
    executor: Executor
    pool: Pool
    store: SqliteStore
    contexts: Contexts
    models: GuardedModels
    jobs: Engine
    upkeep: Upkeep
    index: Index
    likeness: Likeness
    finder: Finder
    owner: Owner
    troubles: tuple[Gap, ...] = ()  # what this hub lacks as a whole; told in every answer

    async def answer(self, request: Request, on_progress: OnProgress) -> Answer:
        """Answer a question about recordings, or about music arithmetic."""
        clock = Stopwatch()
        laid = await self.lay_out(request)
        clock.lap("route")
        outcomes = [found async for found in self.run(laid.request, laid.plan, on_progress)]
        clock.lap("work")
        evidence = [item for outcome in outcomes for item in outcome.heard.evidence]
        left_open = [gap for outcome in outcomes for gap in outcome.heard.gaps]
        async for told, open_too in self._tell_itself(laid, evidence):
            evidence, left_open = [*evidence, *told], [*left_open, *open_too]
        draft = write(laid.request, laid.route, evidence, [*self._troubles(), *laid.plan.gaps, *left_open])
        reworded = await reword(self.models, draft, laid.request, context=laid.request.context)
        text, claims = compose(draft, reworded.claims)
        text = " ".join([*laid.notices, text])
        clock.lap("write")
        referred, health = laid.request.referred, self.upkeep.snapshot.state
        notes = [Gap("system", note, "model_failed") for note in (*laid.notes, reworded.note) if note]
        gaps = (*draft.gaps, *notes)  # not told in words: the answer is whole without a model
        answer = Answer(text, claims, draft.evidence, gaps, laid.route, laid.plan, health, clock.laps_ms(), referred)
        return self._remember(laid, answer)

    async def _tell_itself(
        self, laid: Laid, heard: Sequence[Evidence]
    ) -> AsyncIterator[tuple[Sequence[Evidence], Sequence[Gap]]]:
        """What the hub knows without an agent, by capability: findings, and what is left open."""
        if "system" in laid.route.capabilities:
            yield self.upkeep.findings(), ()
        if "similar" in laid.route.capabilities:
            for recording in laid.recordings[:1]:
                yield await self.likeness.findings(recording.path, recording.subject, lambda *_: None)
        if "teach" in laid.route.capabilities:
            yield await self._teach(laid)
        if "library" in laid.route.capabilities:
            yield await asyncio.to_thread(library_findings, self.finder, laid.request.question, heard)

    async def hear(self, request: Request) -> tuple[list[Heard], list[Gap]]:
        """The recordings of a request, as something can be taught of them, and what could not be heard.

        What a correction is held against (tempo, key) is measured with the vectors that labels are learned from.
        """
        recipe = self.recipe
        request = replace(request, params={"vectors": True})
        heard: dict[str, Heard] = {}
        gaps: list[Gap] = []
        agents = self.catalog.capabilities()
        inputs = await asyncio.to_thread(find_recordings, request.paths, request.folder, sys.maxsize)
        wanted = Route(("rhythm", "tonality", "timbre"), 1.0, {}, {})
        steps = plan(request, wanted, inputs.recordings, agents, deadline=self.config.step_deadline)
        gaps += [*inputs.gaps, *steps.gaps]
        async for outcome in self.executor.run(steps, use_cache=True, on_progress=_silent, urgency=MEASUREMENT):
            step = outcome.step
            if outcome.sha256 is None or not outcome.heard.evidence:
                gaps += outcome.heard.gaps
                continue
            before = heard[step.subject].evidence if step.subject in heard else ()
            heard[step.subject] = Heard(step.subject, outcome.sha256, recipe, (*before, *outcome.heard.evidence))
        return list(heard.values()), gaps

    @property
    def recipe(self) -> str:
        """What made the vectors that this version hears by."""
        agent = self.catalog.capabilities().get("timbre")
        return "" if agent is None else agent.recipe

    async def _teach(self, laid: Laid) -> tuple[list[Evidence], list[Gap]]:
        """Note what a sentence says of its recordings; without consent say what would be noted."""
        taught = read_teaching(laid.request.question)
        subjects = [item.subject for item in laid.recordings]
        if taught is None or not subjects or not self.store.is_lasting:
            return [], [_not_taught(subjects, is_lasting=self.store.is_lasting)]
        if not laid.request.consent:
            gap = Gap("teach", "Nothing is noted yet", "consent", hint="say yes with `--yes`")
            return orders(taught, subjects, is_done=False), [gap]
        heard, gaps = await self.hear(replace(laid.request, paths=tuple(subjects)))
        try:
            carry_out(taught, heard, self.owner)
        except (Unavailable, BadRequest) as error:
            return [], [*gaps, Gap.from_error(error, capability="teach")]
        return orders(taught, [item.path for item in heard], is_done=True), gaps

    async def lay_out(self, request: Request) -> Laid:
        """Find out what a question speaks of, which capabilities it needs, and the steps that would answer it."""
        understood = await asyncio.to_thread(self._understand, request)
        if understood.gaps:
            return Laid(understood.request, understood.route, Plan((), understood.gaps), understood.offered)
        request, inputs = understood.request, understood.inputs
        route, notes = await self._propose(request, understood.route, inputs)
        steps = self.plan(request, route, inputs)
        steps = replace(steps, gaps=(*inputs.gaps, *steps.gaps))
        return Laid(request, route, steps, inputs.recordings, understood.notices, notes)

    async def _propose(self, request: Request, route: Route, inputs: Inputs) -> tuple[Route, tuple[str, ...]]:
        """The route that a language model proposes where ours is unsure and one is configured; else ours."""
        names = tuple(dict.fromkeys((*(item.subject for item in inputs.recordings), *request.paths)))
        declared = declared_sentences(self.catalog.capabilities())
        named = replace(request, paths=names)
        proposal = await route_by_model(self.models, named, route, declared, context=request.context)
        return proposal.route, ((proposal.note,) if proposal.note else ())

    def _understand(self, request: Request) -> Understood:
        """Route a question, with the recordings of its context that it speaks of."""
        inputs = self._find(request)
        named = [item.subject for item in inputs.recordings]
        if len(named) < 2:  # one recording may have been named twice, to be compared with itself
            named = [*(named or request.paths), *request.paths[1:]]
        route = self.router.route(request.question, named)
        resolved = resolve(request, self._turns(request), now=time.time(), is_there=os.path.exists)
        if not request.paths and resolved.request is request and not resolved.gaps and is_doubtful(route):
            resolved = suppose_recording(request)  # "how fast is it?" without one is to be asked back
        if resolved.request is not request or resolved.gaps or resolved.files != request.paths:
            referred = self.router.route(resolved.request.question, resolved.files)
            if is_meant(resolved, route, referred, self.catalog.capabilities()):
                inputs = self._find(resolved.request)
                return Understood(resolved.request, referred, inputs, resolved.gaps, resolved.notices, resolved.offered)
        return Understood(request, route, inputs)

    def _turns(self, request: Request) -> Sequence[Turn]:
        try:
            return self.contexts.turns(request.context)
        except Unavailable:  # whoever writes the answer down will say so
            return ()

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
        if "similar" in of_sound:
            others.append(Gap("similar", "what sounds alike is told of one recording", "unsupported", hint=_ALIKE_HINT))
        reasons = dict.fromkeys(of_sound, "asked for by name")
        steps = self.plan(request, Route(tuple(of_sound), 1.0, reasons, {}), inputs)
        yield replace(steps, gaps=(*self.troubles, *inputs.gaps, *others, *steps.gaps)), None
        async for outcome in self.run(request, steps, on_progress, MEASUREMENT):
            yield steps, outcome

    def _find(self, request: Request) -> Inputs:
        return find_recordings(request.paths, request.folder, self.config.max_files)

    def plan(self, request: Request, route: Route, inputs: Inputs) -> Plan:
        agents = self.catalog.capabilities()
        if "timbre" in route.capabilities and self._listens():
            request = replace(request, params={"vectors": True, **request.params})
        return plan(request, route, inputs.recordings, agents, deadline=self.config.step_deadline, answered=SELF_TOLD)

    def _listens(self) -> bool:
        """Whether the owner's ear needs vectors."""
        try:
            return self.owner.listens
        except (Unavailable, BadRequest):
            return False

    def run(
        self, request: Request, steps: Plan, on_progress: OnProgress, urgency: Urgency = ANSWER
    ) -> AsyncIterator[Outcome]:
        urgency = replace(urgency, context=request.context)
        outcomes = self.executor.run(steps, use_cache=request.use_cache, on_progress=on_progress, urgency=urgency)
        return self._as_told(outcomes, keeps_vectors=bool(request.params.get("vectors")))

    async def _as_told(self, outcomes: AsyncIterator[Outcome], *, keeps_vectors: bool) -> AsyncIterator[Outcome]:
        """Outcomes with the owner's word, and what was learned of it, before what was measured."""
        recipe = self.recipe
        async for outcome in outcomes:
            if outcome.sha256 is not None and outcome.step.beside is None:
                try:
                    told = self.owner.told(outcome.sha256, recipe, outcome.heard.evidence)
                except (Unavailable, BadRequest) as error:  # a store that fails stops no answer
                    log.warning("the owner's word is not told", extra={"reason": str(error)})
                    told = outcome.heard.evidence
                told = told if keeps_vectors else tuple(item for item in told if item.name != VECTORS)
                outcome = replace(outcome, heard=replace(outcome.heard, evidence=told))
            yield outcome

    def _troubles(self) -> list[Gap]:
        """What this hub lacks as a whole."""
        damaged = self.router.trouble
        return [*self.troubles, *([] if damaged is None else [Gap.from_error(damaged, capability="system")])]

    def _remember(self, laid: Laid, answer: Answer) -> Answer:
        try:
            played = [Played(item.subject, item.path) for item in laid.recordings]
            self.store.keep_answer(laid.request, answer, after_edits(played, answer.evidence))
        except Unavailable as error:
            return replace(answer, gaps=(*answer.gaps, Gap.from_error(error, capability="system")))
        return answer


@asynccontextmanager
async def open_hub(config: Config, *, serving: bool = False) -> AsyncIterator[Hub]:
    """Build a hub for the body of an `async with` block; no process of it outlives the block.

    serving : it stays for others, so that its parts are worth probing
    """
    store, troubles = _open_store(config)
    approvals, catalog = Approvals(config.agents_folder), read_catalog(config.agents_folder)
    house = House(config.store_path, hub=mark_of_this_process(str(config.home.absolute())))
    books = Books(house)
    at_once = {name: card.concurrency for name, card in catalog.cards.items() if card.concurrency}
    # One core more than there is: what is kept for questions is then that one, and batch work can use the rest.
    capacity = Capacity(config.cpu_slots + 1.0, total_ram_gb() * 0.8, agents={**at_once, **turns(config.models)})
    pool = Pool(capacity, on_change=books.changes.note, accounts=known_accounts(house))
    agents = Supervisor(agent_environment(), home=config.home, check=approvals.check)
    parts = probed_parts(config, catalog, pool, agents, house) if serving else {}
    upkeep = Upkeep(config, pool, agents, house, books, parts, remembers=not troubles)
    executor = Executor(catalog, agents, pool, store, upkeep)
    spending = Spending(config.spending_path)
    models = GuardedModels(config.models, open_model, pool, upkeep, rules=config.model_rules, spending=spending)
    troubles = (*troubles, *catalog.troubles)
    ear = Ear(catalog, executor, deadline=config.step_deadline)
    index = Index(Library(store), ear, without=str(config.home.absolute()))
    kinds = [index_kind(index, at_once=config.cpu_slots), pattern_kind(PatternSearch(store))]
    jobs = open_jobs(config.jobs_path, kinds, pool=pool, hold=upkeep.hold, buries=False)
    try:
        async with upkeep.running(), jobs as engine:
            upkeep.cleaners |= job_cleaners(engine.store, engine.reaper, engine.resume)
            router = await asyncio.to_thread(load_router, find_pack("minilm"), catalog.examples(approvals.is_approved))
            router.learn(RouteCorrections(store).every())
            cache = config.home / "cache" / "shelf" if store.is_lasting else None
            shelves = Shelves(index.library, cache, recipe=ear.recipe)
            near = Ear(catalog, executor, deadline=config.step_deadline, urgency=replace(ANSWER, takes_lite=False))
            contexts, owner = Contexts(store), Owner(Teachings(store))
            likeness = Likeness(index.library, near, shelves)
            finder = Finder(index.library, shelves, owner.labelled)
            if serving:
                troubles = (*troubles, *await _go_on(engine))
            yield Hub(
                config, router, catalog, executor, pool, store, contexts, models, engine, upkeep, index, likeness,
                finder, owner, troubles,
            )  # fmt: skip
    finally:
        await models.aclose()
        await agents.close()
        house.close()
        store.close()


def _not_taught(subjects: Sequence[str], *, is_lasting: bool) -> Gap:
    """Why nothing was noted of a question that wants to teach something."""
    if not is_lasting:
        return Gap(
            "teach", "nothing is kept: the store cannot be opened", "store_unavailable", hint="see `grym doctor`"
        )
    if not subjects:
        reason = "Tell me which recording: put the file after the sentence"
        return Gap("teach", reason, "unclear")
    reason = 'Say it in one plain sentence, such as "this is a snare", "that\'s 140" or "it\'s in A minor"'
    return Gap("teach", reason, "unclear")


def _silent(step: Step, fraction: float, message: str) -> None:
    """Progress that nobody waits for."""


def _open_store(config: Config) -> tuple[SqliteStore, tuple[Gap, ...]]:
    """The store, or one in memory that forgets everything, and says so: a broken store stops no answer."""
    try:
        return SqliteStore(config.store_path), ()
    except (Unavailable, BadSetup) as error:
        gap = Gap.from_error(error, capability="system")
        return SqliteStore.in_memory(), (replace(gap, reason=f"nothing will be remembered: {gap.reason}"),)


async def _go_on(jobs: Engine) -> tuple[Gap, ...]:
    """Go on with jobs that an earlier hub left; that they cannot be read stops no answer."""
    try:
        await jobs.resume()
    except Unavailable as error:
        return (replace(Gap.from_error(error, capability="system"), reason=f"no job goes on: {error}"),)
    return ()


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
