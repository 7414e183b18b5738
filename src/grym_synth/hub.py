"""START HERE: the flow on one page. What the parts are and how they are joined is in `opening`.

request → route → plan → leases → agents → evidence and gaps → answer → memory
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from .answering.rewording import reword
from .answering.write import compose, write
from .config import Config
from .errands import Errands
from .errors import Unavailable
from .execution.catalog import Catalog
from .execution.executor import ANSWER, MEASUREMENT, Executor, OnProgress, Outcome, Urgency
from .execution.inputs import Inputs, Recording, find_recordings
from .jobs.engine import Engine
from .knowledge.learn import Learner
from .knowledge.search import Search
from .library.finder import Finder
from .library.index import Index
from .likeness import Likeness
from .llm.guarded import GuardedModels
from .messages import Answer, Evidence, Gap, Plan, Request, Route
from .owners_word import OwnersWord
from .planning.planner import plan
from .planning.proposal import declared_sentences, route_by_model
from .planning.referring.in_play import after_edits
from .planning.referring.references import is_doubtful, is_meant, resolve, suppose_recording
from .planning.routing.router import Router
from .resources.pool import Pool
from .sharing.taking import Own
from .storage.contexts import Contexts, Played, Turn
from .storage.store import Store
from .upkeep import Upkeep

_TAKES_ANY_FILE = {"learn", "share"}
_ALIKE_HINT = "grym similar FILE"


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


#: What the hub knows of a question without an agent, from what the agents heard: findings, and what is left open.
Teller = Callable[[Laid, Sequence[Evidence]], Awaitable[tuple[Sequence[Evidence], Sequence[Gap]]]]


@dataclass(frozen=True, slots=True)
class Hub:
    """The parts, and the one way a question goes through them."""

    config: Config
    router: Router
    catalog: Catalog
    executor: Executor
    pool: Pool
    store: Store
    contexts: Contexts
    models: GuardedModels
    jobs: Engine
    upkeep: Upkeep
    index: Index
    likeness: Likeness
    finder: Finder
    notes: Search
    word: OwnersWord
    learner: Learner
    sharing: Own
    errands: Errands
    tellers: Mapping[str, Teller]
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
        for capability in [name for name in self.tellers if name in laid.route.capabilities]:
            told, open_too = await self.tellers[capability](laid, evidence)
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

    async def lay_out(self, request: Request) -> Laid:
        """Find out what a question speaks of, which capabilities it needs, and the steps that would answer it."""
        understood = await asyncio.to_thread(self._understand, request)
        if understood.gaps:
            return Laid(understood.request, understood.route, Plan((), understood.gaps), understood.offered)
        request, inputs = understood.request, understood.inputs
        route, notes = await self._propose(request, understood.route, inputs)
        steps = self.plan(request, route, inputs)
        if not _TAKES_ANY_FILE & set(route.capabilities):  # to others a page or a pack is no recording
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
        route = self._route(request.question, named)
        resolved = resolve(request, self._turns(request), now=time.time(), is_there=os.path.exists)
        if not request.paths and resolved.request is request and not resolved.gaps and is_doubtful(route):
            resolved = suppose_recording(request)  # "how fast is it?" without one is to be asked back
        if resolved.request is not request or resolved.gaps or resolved.files != request.paths:
            referred = self._route(resolved.request.question, resolved.files)
            if is_meant(resolved, route, referred, self.catalog.capabilities()):
                inputs = self._find(resolved.request)
                return Understood(resolved.request, referred, inputs, resolved.gaps, resolved.notices, resolved.offered)
        return Understood(request, route, inputs)

    def _route(self, question: str, files: Sequence[str]) -> Route:
        """The router's route, unless the question is whether a pattern lies in a recording, which its owner named."""
        if files and self.likeness.seeks_pattern(question):
            return Route(("similar",), 1.0, {"similar": "asks for a pattern that you named"}, {})
        return self.router.route(question, files)

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
        if "timbre" in route.capabilities and self.word.listens:
            request = replace(request, params={"vectors": True, **request.params})
        answered = tuple(self.tellers)
        return plan(request, route, inputs.recordings, agents, deadline=self.config.step_deadline, answered=answered)

    def run(
        self, request: Request, steps: Plan, on_progress: OnProgress, urgency: Urgency = ANSWER
    ) -> AsyncIterator[Outcome]:
        urgency = replace(urgency, context=request.context)
        outcomes = self.executor.run(
            steps, use_cache=request.use_cache, on_progress=on_progress, urgency=urgency, as_told=self.word.told
        )
        return self.word.before(outcomes, keeps_vectors=bool(request.params.get("vectors")))

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
