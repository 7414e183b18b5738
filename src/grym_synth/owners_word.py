"""The owner's word: what is taught of recordings is noted, and told before what was measured of them."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

from .errors import BadRequest, Unavailable
from .execution.catalog import Catalog
from .execution.executor import MEASUREMENT, Executor, Outcome
from .execution.inputs import find_recordings
from .messages import Evidence, Gap, Request, Route, Step
from .planning.planner import plan
from .planning.teaching import read_teaching
from .storage.library import Library
from .storage.store import FileStamp, Store
from .tuning.owner import VECTORS, Heard, Owner
from .tuning.saying import carry_out, orders

log = logging.getLogger(__name__)


class OwnersWord:
    """One for each hub.

    deadline : seconds that a step of listening may take
    """

    def __init__(self, owner: Owner, store: Store, catalog: Catalog, executor: Executor, *, deadline: float) -> None:
        self.owner = owner
        self._store, self._catalog, self._executor, self._deadline = store, catalog, executor, deadline

    @property
    def recipe(self) -> str:
        """What made the vectors that this version hears by."""
        agent = self._catalog.capabilities().get("timbre")
        return "" if agent is None else agent.recipe

    @property
    def listens(self) -> bool:
        """Whether the owner's ear needs vectors to say something of a recording."""
        try:
            return self.owner.listens
        except (Unavailable, BadRequest):
            return False

    async def hear(self, request: Request) -> tuple[list[Heard], list[Gap]]:
        """The recordings of a request, as something can be taught of them, and what could not be heard.

        What a correction is held against (tempo, key) is measured with the vectors that labels are learned from.
        """
        recipe = self.recipe
        request = replace(request, params={"vectors": True})
        heard: dict[str, Heard] = {}
        gaps: list[Gap] = []
        inputs = await asyncio.to_thread(find_recordings, request.paths, request.folder, sys.maxsize)
        wanted = Route(("rhythm", "tonality", "timbre"), 1.0, {}, {})
        steps = plan(request, wanted, inputs.recordings, self._catalog.capabilities(), deadline=self._deadline)
        gaps += [*inputs.gaps, *steps.gaps]
        async for outcome in self._executor.run(steps, use_cache=True, on_progress=_silent, urgency=MEASUREMENT):
            step = outcome.step
            if outcome.sha256 is None or not outcome.heard.evidence:
                gaps += outcome.heard.gaps
                continue
            before = heard[step.subject].evidence if step.subject in heard else ()
            heard[step.subject] = Heard(step.subject, outcome.sha256, recipe, (*before, *outcome.heard.evidence))
        return list(heard.values()), gaps

    async def hear_again(self) -> int:
        """Listen anew to what was taught by another version, wherever the library or its old path still has it.

        Returns how many recordings that were.
        """
        missing = await asyncio.to_thread(self._not_heard)
        if not missing:
            return 0
        places = {path for paths in missing.values() for path in paths}
        heard, _ = await self.hear(Request("", tuple(sorted(places))))
        again = {item.sha256: item for item in heard if item.sha256 in missing and item.vectors}
        for item in again.values():
            await asyncio.to_thread(self.owner.keep_vectors, item)
        return len(again)

    def _not_heard(self) -> dict[str, list[str]]:
        """Contents of labels and preferences without vectors of this version, and files that they may lie in."""
        teachings = self.owner.teachings
        called = {item.sha256: item.path for item in teachings.labels()}
        for item in teachings.preferences():
            called |= dict(zip((item.a, item.b, item.c), item.paths, strict=True))
        known = teachings.vectors(self.recipe, "timbre")
        missing = {sha256: [path] for sha256, path in called.items() if sha256 not in known}
        for sha256, paths in Library(self._store).paths(list(missing)):
            missing[sha256] += paths
        there = {sha256: [path for path in paths if Path(path).is_file()][-1:] for sha256, paths in missing.items()}
        return {sha256: paths for sha256, paths in there.items() if paths}

    async def note(self, request: Request, subjects: Sequence[str]) -> tuple[list[Evidence], list[Gap]]:
        """Note what a sentence says of these recordings; without consent say what would be noted."""
        taught = read_teaching(request.question)
        if taught is None or not subjects or not self._store.is_lasting:
            return [], [_not_taught(subjects, is_kept=self._store.is_lasting)]
        if not request.consent:
            gap = Gap("teach", "Nothing is noted yet", "consent", hint="say yes with `--yes`")
            return orders(taught, subjects, is_done=False), [gap]
        heard, gaps = await self.hear(replace(request, paths=tuple(subjects)))
        try:
            carry_out(taught, heard, self.owner)
        except (Unavailable, BadRequest) as error:
            return [], [*gaps, Gap.from_error(error, capability="teach")]
        return orders(taught, [item.path for item in heard], is_done=True), gaps

    async def before(self, outcomes: AsyncIterator[Outcome], *, keeps_vectors: bool) -> AsyncIterator[Outcome]:
        """Outcomes with the owner's word, and what was learned of it, before what was measured."""
        async for outcome in outcomes:
            outcome = self.told(outcome)
            if not keeps_vectors:
                kept = tuple(item for item in outcome.heard.evidence if item.name != VECTORS)
                outcome = replace(outcome, heard=replace(outcome.heard, evidence=kept))
            yield outcome

    def told(self, outcome: Outcome) -> Outcome:
        """One outcome, as the owner tells it."""
        if outcome.sha256 is None:
            return outcome
        try:
            if outcome.step.beside is None:
                told = self.owner.told(outcome.sha256, self.recipe, outcome.heard.evidence)
            else:
                told = self.owner.told_pair(self._contents(outcome.step), outcome.heard.evidence)
        except (Unavailable, BadRequest, OSError) as error:  # a store that fails stops no answer
            log.warning("the owner's word is not told", extra={"reason": str(error)})
            return outcome
        return replace(outcome, heard=replace(outcome.heard, evidence=told))

    def _contents(self, step: Step) -> tuple[str, str]:
        """The contents of two recordings that were just held against each other, the first of them first."""
        paths = (step.beside[1] if step.beside else "", step.path)
        first, second = (self._store.recall_hash(FileStamp.of(path)) if path else "" for path in paths)
        return first or "", second or ""


def _not_taught(subjects: Sequence[str], *, is_kept: bool) -> Gap:
    """Why nothing was noted of a question that wants to teach something."""
    if not is_kept:
        reason, hint = "nothing is kept: the store cannot be opened", "see `grym doctor`"
        return Gap("teach", reason, "store_unavailable", hint=hint)
    if not subjects:
        return Gap("teach", "Tell me which recording: put the file after the sentence", "unclear")
    reason = 'Say it in one plain sentence, such as "this is a snare", "that\'s 140" or "it\'s in A minor"'
    return Gap("teach", reason, "unclear")


def _silent(step: Step, fraction: float, message: str) -> None:
    """Progress that nobody waits for."""
