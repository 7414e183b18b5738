"""From the one door through real clients to real servers on loopback."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fitness import SetFitness
from tests.model_server import ModelServer, Reply, serving

from grym_synth.config.models import ModelCard, ModelRules
from grym_synth.errors import AdmissionDenied, CircuitOpen, GrymError, MissingDependency, ModelUnreachable
from grym_synth.health.breaker import FAILURES
from grym_synth.llm.adapters import open_model
from grym_synth.llm.guarded import GuardedModels, turns
from grym_synth.llm.model import RESTART, Prompt, Said
from grym_synth.llm.spending import Spending
from grym_synth.resources.pool import Pool
from grym_synth.resources.room import Capacity

PROMPT = Prompt("write", "Write.", "Tempo 128 BPM.", max_tokens=50)
DOWN = Reply(status=500)


def card_of(server: ModelServer, name: str, **changes: Any) -> ModelCard:
    card = ModelCard(name, "openai", "m", server.url, is_local=True, thinking_tokens=50)
    return replace(card, **changes)


class Door:
    """Guarded models as a hub has them, but for the waits, which are none."""

    def __init__(self, *cards: ModelCard, **settings: Any) -> None:
        self.pool = Pool(Capacity(2.0, 4.0, agents=turns(cards)))
        self.models = GuardedModels(cards, open_model, self.pool, SetFitness(), pause=self._go_on, **settings)

    async def _go_on(self, seconds: float) -> None:
        """What is waited for in these tests has come."""

    def ask(self, *prompts: Prompt, context: str = "default", on_text: Any = None) -> list[Said]:
        async def run() -> list[Said]:
            try:
                return [await self.models.ask(prompt, context=context, on_text=on_text) for prompt in prompts]
            finally:
                await self.models.aclose()

        said = asyncio.run(run())
        assert not self.pool.leases()
        return said


def test_the_next_model_answers_for_one_that_is_down() -> None:
    with serving(DOWN) as first, serving(Reply("Two.")) as second:
        (said,) = Door(card_of(first, "first"), card_of(second, "second")).ask(PROMPT)
        assert (said.text, said.model, len(first.seen)) == ("Two.", "second", 1)


def test_one_that_comes_back_is_asked_twice_and_no_more() -> None:
    with serving(DOWN, Reply("One.")) as server:
        assert Door(card_of(server, "first")).ask(PROMPT)[0].text == "One."
        assert len(server.seen) == 2
    with serving(DOWN) as server:
        with pytest.raises(ModelUnreachable, match="first: it answered 500"):
            Door(card_of(server, "first")).ask(PROMPT)
        assert len(server.seen) == 2


def test_a_server_that_keeps_failing_is_left_alone() -> None:
    with serving(DOWN) as first, serving(Reply("Two.")) as second:
        door = Door(card_of(first, "first"), card_of(second, "second"))
        door.ask(*[PROMPT] * (FAILURES + 3))
        assert (len(first.seen), len(second.seen)) == (FAILURES, FAILURES + 3)
    with serving(DOWN) as alone:
        door = Door(card_of(alone, "alone"))
        for _ in range(FAILURES):
            with pytest.raises(GrymError):
                door.ask(PROMPT)
        assert len(alone.seen) == FAILURES
        with pytest.raises(CircuitOpen):
            door.ask(PROMPT)
        assert len(alone.seen) == FAILURES


def test_a_server_that_asks_for_rest_gets_it() -> None:
    busy = Reply(status=429, headers={"retry-after": "600"})
    with serving(busy) as first, serving(Reply("Two.")) as second:
        Door(card_of(first, "first"), card_of(second, "second")).ask(*[PROMPT] * 3)
        assert (len(first.seen), len(second.seen)) == (1, 3)


def test_what_is_private_never_reaches_a_server_elsewhere() -> None:
    private = replace(PROMPT, text="my-secret-song.wav", is_private=True)
    with serving(Reply("Near.")) as near, serving(Reply("Far.")) as far:
        door = Door(card_of(far, "far", is_local=False), card_of(near, "near"))
        assert door.ask(private)[0].model == "near"
        assert far.seen == []
        assert door.ask(PROMPT)[0].model == "far"
    with serving(DOWN) as near, serving(Reply("Far.")) as far:  # not even when nobody else answers
        with pytest.raises(ModelUnreachable, match="far: it is not local"):
            Door(card_of(far, "far", is_local=False), card_of(near, "near")).ask(private)
        assert far.seen == []
        allowed = Door(card_of(far, "far", is_local=False), rules=ModelRules(privacy="any"))
        assert allowed.ask(private)[0].text == "Far."


def test_a_budget_stops_questions_before_they_are_sent_also_after_a_restart(tmp_path: Path) -> None:
    with serving(Reply("Fine.", usage=(600, 400))) as server:
        card = card_of(server, "paid", is_local=False, price_input=1000.0, price_output=1000.0)
        rules = ModelRules(money_a_day=1.05)  # an answer costs 1, and may cost 0.107
        with pytest.raises(AdmissionDenied, match=r"paid: 1.0000 of 1.05 are spent today"):
            Door(card, rules=rules, spending=Spending(tmp_path / "spent.json")).ask(PROMPT, PROMPT)
        again = Door(card, rules=rules, spending=Spending(tmp_path / "spent.json"))
        with pytest.raises(AdmissionDenied):
            again.ask(PROMPT)
        assert len(server.seen) == 1


def test_tokens_are_accounted_as_the_server_counts_them() -> None:
    with serving(Reply("Fine.", usage=(600, 400)), Reply("", usage=(30, 1)), Reply("Fine.", usage=(5, 5))) as server:
        door = Door(card_of(server, "first"))
        door.ask(PROMPT, context="album")
        with pytest.raises(GrymError):
            door.ask(PROMPT, context="album")
        door.ask(PROMPT, context="demo")
        used = door.pool.accounts.snapshot()
        assert (used["album"].model_tokens, used["demo"].model_tokens) == (1031, 10)


def test_the_next_takes_over_in_the_middle_of_a_stream_and_begins_anew() -> None:
    heard: list[str] = []
    breaks = Reply("It is rather fast.", after_pieces=2, then="break")
    with serving(breaks) as first, serving(Reply("It is fast.")) as second:
        door = Door(card_of(first, "first"), card_of(second, "second"))
        assert door.ask(PROMPT, on_text=heard.append)[0].text == "It is fast."
    assert heard == ["It ", "is ", RESTART, "It ", "is ", "fast."]


def test_a_model_that_hangs_is_given_up_for_the_next() -> None:
    with serving(Reply("It is fast.", after_pieces=1, then="hang")) as first, serving(Reply("Two.")) as second:
        door = Door(card_of(first, "first", timeout=0.3), card_of(second, "second"))
        assert door.ask(PROMPT, on_text=lambda piece: None)[0].model == "second"


def test_a_model_whose_extra_is_missing_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydantic_ai.models.google", None)
    with serving(Reply("Fine.")) as server:
        lacking = card_of(server, "lacking", provider="google", url=server.root)
        assert Door(lacking, card_of(server, "first")).ask(PROMPT)[0].model == "first"
        with pytest.raises(MissingDependency, match="lacking: models of the provider 'google'") as error:
            Door(lacking).ask(PROMPT)
        assert error.value.hint == "pip install 'grym-synth[google]'"
