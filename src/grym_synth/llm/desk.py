"""One model under guard: left alone after failures, held to a time, judged by what came, and its bill written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ..config.models import ModelCard
from ..errors import BadSetup, GrymError
from ..health.breaker import Breaker, State
from ..health.calls import Calls
from ..messages import Json
from .choose import estimate_tokens, money_of
from .model import (
    RESTART,
    LanguageModel,
    ModelAbsent,
    ModelBusy,
    ModelRefused,
    ModelTimeout,
    OnText,
    Prompt,
    Said,
    UnusableAnswer,
)

_LONGEST_REST_S = 3600.0  # whatever a server says
_MOST_TOKENS = 10**9  # that a server may say a question took

#: Told what a question has cost: tokens read, tokens written, money.
Charge = Callable[[int, int, float], None]


class Listener:
    """Passes on what models say, and RESTART before another try where something came before."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text, self._bytes = on_text, 0

    @property
    def hear(self) -> OnText | None:
        return None if self._on_text is None else self._hear

    @property
    def tokens(self) -> int:
        """About as many as came in this try."""
        return -(-self._bytes // 3)

    def begin(self) -> None:
        if self._bytes and self._on_text is not None:
            self._on_text(RESTART)
        self._bytes = 0

    def _hear(self, piece: str) -> None:
        if piece and self._on_text is not None:
            self._bytes += len(piece.encode(errors="surrogatepass"))
            self._on_text(piece)


class Desk:
    """Where one model is asked.

    open_model : makes what the card describes, when it is asked for the first time
    now : a clock in seconds that never goes back
    """

    def __init__(
        self, card: ModelCard, open_model: Callable[[ModelCard], LanguageModel], now: Callable[[], float]
    ) -> None:
        self.card, self._open_model, self._now = card, open_model, now
        self.breaker = Breaker(f"model {card.name!r}", now)
        self._model: LanguageModel | None = None
        self._not_before = 0.0
        self._trouble = ""  # the last, until it answers
        self._answered = self._failed = self._input_tokens = self._output_tokens = 0
        self._money = 0.0

    @property
    def rests_s(self) -> float:
        """Seconds for which it is to be left alone: it failed too often, or asked for it."""
        return max(self.breaker.retry_after(), self._not_before - self._now(), 0.0)

    async def ask(self, prompt: Prompt, listener: Listener, calls: Calls, charge: Charge) -> Said:
        """Its answer, or the error that it is; `charge` is called once, whatever comes."""
        self.breaker.enter()
        begun, paid = self._now(), (0, 0)
        try:
            if self._model is None:
                self._model = self._open_model(self.card)
            async with asyncio.timeout(self.card.timeout):
                said = await self._model.ask(prompt, listener.hear)
            paid = (said.input_tokens, said.output_tokens)
        except TimeoutError as error:
            late = ModelTimeout(f"it did not answer within {self.card.timeout:g} s")
            paid = (estimate_tokens(prompt), listener.tokens)
            self._hold_against(late, calls)
            raise late from error
        except GrymError as error:
            if isinstance(error, UnusableAnswer):
                paid = (error.input_tokens, error.output_tokens)
            elif listener.tokens or isinstance(error, ModelTimeout):  # it was at work: who knows what that costs
                paid = (estimate_tokens(prompt), listener.tokens)
            self._hold_against(error, calls)
            raise
        except BaseException:  # whoever asked has given up, or cannot hear it
            paid = (estimate_tokens(prompt), listener.tokens)
            self.breaker.leave()
            raise
        finally:
            self._bill(paid, charge)
        self.breaker.succeed()
        self._answered, self._trouble = self._answered + 1, ""
        calls.succeeded(self._now() - begun, self.card.timeout)
        return said

    async def aclose(self) -> None:
        model, self._model = self._model, None
        if model is not None:
            await model.aclose()

    def told(self) -> dict[str, Json]:
        """How it is, and what it did and cost since the hub began."""
        card, rests_s = self.card, self.rests_s
        state = "no key" if card.lacks_key else "left alone" if rests_s else "ready"
        if state == "ready" and self.breaker.state is State.HALF_OPEN:
            state = "on trial"
        return {
            "name": card.name,
            "provider": card.provider,
            "model": card.model,
            "url": card.url,
            "is_local": card.is_local,
            "tasks": list(card.tasks),
            "state": state,
            "rests_s": round(rests_s, 1),
            "trouble": self._trouble,
            "answered": self._answered,
            "failed": self._failed,
            "input_tokens": self._input_tokens,
            "output_tokens": self._output_tokens,
            "money": round(self._money, 6),
        }

    def _hold_against(self, error: GrymError, calls: Calls) -> None:
        """Count a failure against the model, and among the calls of the hub, unless it is none of its doing."""
        self._failed, self._trouble = self._failed + 1, str(error)
        if isinstance(error, ModelBusy) and error.retry_after:
            self._not_before = self._now() + min(error.retry_after, _LONGEST_REST_S)
        if isinstance(error, ModelBusy | ModelRefused | BadSetup):
            self.breaker.leave()
            return
        self.breaker.fail()
        if not isinstance(error, ModelAbsent):  # a model that is switched off does not make the hub ill
            calls.failed()

    def _bill(self, paid: tuple[int, int], charge: Charge) -> None:
        tokens_in, tokens_out = (max(0, min(count, _MOST_TOKENS)) for count in paid)
        money = money_of(self.card, tokens_in, tokens_out)
        self._input_tokens, self._output_tokens = self._input_tokens + tokens_in, self._output_tokens + tokens_out
        self._money += money
        charge(tokens_in, tokens_out, money)
