"""Every model of a hub behind one door: fit? allowed? room? Then asked, with the next one when it fails, and the bill.

Trying again happens here and nowhere below: first with the other models, then once more with one that failed for a
reason that passes.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Protocol

from ..config.models import ModelCard, ModelRules
from ..errors import AgentFailed, BadSetup, GrymError, ModelUnreachable, NotFit, Unavailable
from ..health.calls import Calls
from ..health.monitor import Snapshot
from ..messages import Json
from ..resources.pool import Pool
from ..resources.room import Room
from .choose import Choice, choose
from .desk import Desk, Listener
from .model import LanguageModel, ModelAbsent, ModelTimeout, OnText, Prompt, Said, Task
from .refusals import none_answered, not_asked
from .spending import Spending

log = logging.getLogger(__name__)

_CPU = 0.05  # cores: to wait for an answer, and to read it
_ROOM_WAIT_S = 30.0  # for a turn at a model that is busy with other questions of ours
_AGAIN_S = (0.25, 0.75)  # before the same model is asked once more
_PATIENCE_S = 5.0  # a server that wants to be left alone for longer is not waited for
_RETRY_S = 10.0  # a hub needs as long to recover
_CURED_BY_SERVING = ("wait", "pool")  # causes for which whoever has waited is not sent away

#: A model and what was wrong with it.
Failure = tuple[ModelCard, GrymError]


class Fitness(Protocol):
    """Who knows how the hub is, and is told how calls went."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def calls(self) -> Calls: ...


class GuardedModels:
    """The `Models` of a hub.

    open_model : makes what a card describes; must neither connect nor import much
    pool : gives each model as many turns at once as `turns` says, where it was told
    now : a clock in seconds that never goes back
    pause : spends a wait
    """

    def __init__(
        self,
        cards: Sequence[ModelCard],
        open_model: Callable[[ModelCard], LanguageModel],
        pool: Pool,
        fitness: Fitness,
        *,
        rules: ModelRules | None = None,
        spending: Spending | None = None,
        now: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.cards, self.rules = tuple(cards), rules or ModelRules()
        self._pool, self._fitness, self._pause = pool, fitness, pause
        self._spending = spending or Spending(None)
        self._desks = {card.name: Desk(card, open_model, now) for card in cards}

    def has(self, task: Task) -> bool:
        return any(task in card.tasks for card in self.cards)

    async def ask(self, prompt: Prompt, *, context: str, on_text: OnText | None = None) -> Said:
        """The answer of the first model that gives one; raises as `Models.ask` says."""
        self._check_fitness()
        choice, listener = self._choose(self.cards, prompt), Listener(on_text)
        failures: list[Failure] = []
        for pick in choice.order:
            said = await self._try(pick.card, prompt, context, listener, failures)
            if said is not None:
                return said
        for card, wait in worth_another_try(failures):
            await self._pause(wait)
            said = await self._try(card, prompt, context, listener, failures)
            if said is not None:
                return said
        raise none_answered(choice.left_out, failures)

    def status(self) -> dict[str, Json]:
        """What `grym status` shows: each model, how it is, what it did and cost since the hub began, and the day."""
        spent = self._spending.today()
        today: dict[str, Json] = {
            "money": round(spent.money, 6),
            "money_limit": self.rules.money_a_day,
            "tokens": spent.tokens,
            "tokens_limit": self.rules.tokens_a_day,
            "renewed_in_s": round(spent.renewed_in_s),
        }
        models: list[Json] = [desk.told() for desk in self._desks.values()]
        return {"models": models, "today": today, "privacy": self.rules.privacy, "prefer": self.rules.prefer}

    async def aclose(self) -> None:
        """Let go of every connection."""
        await asyncio.gather(*(desk.aclose() for desk in self._desks.values()), return_exceptions=True)

    async def _try(
        self, card: ModelCard, prompt: Prompt, context: str, listener: Listener, failures: list[Failure]
    ) -> Said | None:
        """The answer of one model; None when it gave none, which is added to the failures."""
        listener.begin()
        try:
            return await self._ask_one(card, prompt, context, listener)
        except NotFit:  # so would be every other
            raise
        except (Unavailable, AgentFailed, BadSetup) as error:
            log.info("a model gave no answer", extra={"model": card.name, "reason": str(error)})
            failures.append((card, error))
            return None

    async def _ask_one(self, card: ModelCard, prompt: Prompt, context: str, listener: Listener) -> Said:
        async with self._pool.lease(
            Room(cpu=_CPU, network=0.0 if card.is_local else min(1.0, self._pool.capacity.network)),
            holder=_turn(card),
            timeout=min(card.timeout, _ROOM_WAIT_S),
            priority="interactive",
            context=context,
            agent=_turn(card),
        ):
            if self._fitness.snapshot.cause not in _CURED_BY_SERVING:
                self._check_fitness()
            choice = self._choose([card], prompt)  # anew: while this one waited, others have failed, or spent
            if choice.left_out:
                raise not_asked(choice.left_out[0])
            (pick,) = choice.order
            with self._spending.reserve(pick.money, 0 if card.is_local else pick.tokens):
                charge = partial(self._charge, card, context)
                return await self._desks[card.name].ask(prompt, listener, self._fitness.calls, charge)

    def _charge(self, card: ModelCard, context: str, tokens_in: int, tokens_out: int, money: float) -> None:
        self._spending.add(money, 0 if card.is_local else tokens_in + tokens_out)
        if tokens_in + tokens_out:
            self._pool.accounts.report(context, model_tokens=tokens_in + tokens_out)

    def _choose(self, cards: Sequence[ModelCard], prompt: Prompt) -> Choice:
        resting = {card.name: self._desks[card.name].rests_s for card in cards}
        return choose(cards, prompt, self.rules, resting, self._spending.today())

    def _check_fitness(self) -> None:
        now = self._fitness.snapshot
        if now.state == "critical":
            raise NotFit(
                f"the hub asks no language model now: it is critical ({now.cause}, {now.pressure:.2f})",
                hint="close something, or free some space; `grym status` says more",
                retry_after=_RETRY_S,
            )


def turns(cards: Sequence[ModelCard]) -> Mapping[str, int]:
    """How often each model may be asked at once, for the `agents` of a pool's capacity."""
    return {_turn(card): card.concurrent for card in cards}


def worth_another_try(failures: Sequence[Failure]) -> list[tuple[ModelCard, float]]:
    """The first model whose failure may have passed after a short wait, with that wait in seconds; or nothing.

    What took too long, is switched off or wants to be left alone for longer is not waited for: somebody waits for us.
    """
    for card, error in failures:
        if not isinstance(error, ModelUnreachable) or isinstance(error, ModelAbsent | ModelTimeout):
            continue
        if error.retry_after is None:
            return [(card, random.uniform(*_AGAIN_S))]
        if error.retry_after <= _PATIENCE_S:
            return [(card, error.retry_after + random.uniform(0.0, _AGAIN_S[0]))]
    return []


def _turn(card: ModelCard) -> str:
    return f"model {card.name}"
