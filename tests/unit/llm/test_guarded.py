from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, NoReturn

import pytest
from tests.fitness import SetFitness

from grym_synth.config.models import ModelCard, ModelRules
from grym_synth.errors import (
    AdmissionDenied,
    BadSetup,
    CircuitOpen,
    GrymError,
    InvalidConfig,
    MissingDependency,
    ModelFailed,
    ModelUnreachable,
    NotFit,
)
from grym_synth.health.breaker import FAILURES, OPEN_S
from grym_synth.llm.guarded import GuardedModels, turns
from grym_synth.llm.model import (
    RESTART,
    ModelAbsent,
    ModelBusy,
    ModelRefused,
    ModelTimeout,
    Prompt,
    Said,
    UnusableAnswer,
)
from grym_synth.llm.spending import Spending
from grym_synth.resources.pool import Pool
from grym_synth.resources.room import Capacity
from grym_synth.testing import ScriptedModel

FIRST = ModelCard("first", "openai", "m", "http://localhost/v1", is_local=True)
SECOND = ModelCard("second", "openai", "m", "http://localhost/v1", is_local=True)
PAID = ModelCard("paid", "anthropic", "m", "https://h.example", price_input=1e6, price_output=1e6, thinking_tokens=0)
PROMPT = Prompt("write", "Write.", "Tempo 128 BPM.", max_tokens=10)


class Door:
    """Guarded models whose answers are scripts, with a clock that only waiting moves."""

    def __init__(self, scripts: dict[ModelCard, ScriptedModel], **settings: Any) -> None:
        self.scripts = {card.name: model for card, model in scripts.items()}
        self.time, self.waits, self.fitness = 1000.0, list[float](), SetFitness()
        self.pool = Pool(Capacity(2.0, 4.0, agents=turns(list(scripts))))
        self.models = GuardedModels(
            list(scripts),
            lambda card: self.scripts[card.name],
            self.pool,
            self.fitness,
            now=lambda: self.time,
            pause=self.wait,
            **settings,
        )

    async def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds

    async def ask_it(self, prompt: Prompt = PROMPT, **rest: Any) -> Said:
        return await self.models.ask(prompt, context=rest.pop("context", "default"), **rest)

    def ask(self, prompt: Prompt = PROMPT, **rest: Any) -> Said:
        return asyncio.run(self.ask_it(prompt, **rest))

    def asked(self, name: str) -> int:
        return len(self.scripts[name].asked)

    def told(self, name: str) -> dict[str, Any]:
        models: Any = self.models.status()["models"]
        return next(dict(item) for item in models if item["name"] == name)

    def state(self, name: str) -> object:
        return self.told(name)["state"]

    @property
    def failed_calls(self) -> int:
        return sum(ratio is None for ratio in self.fitness.calls._latest())


def test_the_first_model_answers() -> None:
    door = Door({FIRST: ScriptedModel("One."), SECOND: ScriptedModel()})
    said = door.ask()
    assert (said.text, door.asked("second")) == ("One.", 0)


def test_has_tells_whether_a_model_is_for_a_task() -> None:
    door = Door({replace(FIRST, tasks=("plan",)): ScriptedModel()})
    assert (door.models.has("plan"), door.models.has("write")) == (True, False)


@pytest.mark.parametrize(
    "error",
    [ModelUnreachable("500"), ModelBusy("429"), ModelAbsent("nobody"), ModelRefused("401"), ModelFailed("nonsense"),
     UnusableAnswer("empty"), MissingDependency("pydantic_ai")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_when_one_gives_no_answer_the_next_does(error: GrymError) -> None:
    door = Door({FIRST: ScriptedModel(error), SECOND: ScriptedModel("Two.")})
    assert door.ask().text == "Two."
    assert door.waits == []


@pytest.mark.parametrize("error", [ModelUnreachable("500"), ModelBusy("429"), ModelUnreachable("503", retry_after=2.0)])
def test_what_passes_is_tried_once_more_after_a_short_wait(error: GrymError) -> None:
    door = Door({FIRST: ScriptedModel(error, "One.")})
    assert door.ask().text == "One."
    assert len(door.waits) == 1
    assert door.waits[0] >= (getattr(error, "retry_after", None) or 0.25)


@pytest.mark.parametrize(
    "error",
    [ModelBusy("429", retry_after=60.0), ModelAbsent("nobody"), ModelTimeout("late"), ModelRefused("401"),
     UnusableAnswer("empty")],
    ids=lambda error: type(error).__name__,
)  # fmt: skip
def test_what_does_not_pass_is_not_tried_again(error: GrymError) -> None:
    door = Door({FIRST: ScriptedModel(error)})
    with pytest.raises(GrymError, match=f"^model first: {error}$"):
        door.ask()
    assert (door.asked("first"), door.waits) == (1, [])


def test_a_second_failure_is_the_last() -> None:
    twice = ScriptedModel(ModelUnreachable("500"), ModelUnreachable("502"))
    door = Door({FIRST: twice, SECOND: ScriptedModel(ModelRefused("401"))})
    with pytest.raises(ModelUnreachable, match=r"^model first: 502; model second: 401$"):
        door.ask()
    assert (door.asked("first"), door.asked("second")) == (2, 1)


def test_the_error_is_of_the_kind_that_gives_most_hope() -> None:
    refused = Door({FIRST: ScriptedModel(ModelRefused("401")), SECOND: ScriptedModel(MissingDependency("no package"))})
    with pytest.raises(ModelFailed):
        refused.ask()
    missing = Door({FIRST: ScriptedModel(MissingDependency("no package", hint="pip install it"))})
    with pytest.raises(MissingDependency, match="no package") as error:
        missing.ask()
    assert error.value.hint == "pip install it"
    busy = Door({FIRST: ScriptedModel(ModelBusy("429", retry_after=60.0)), SECOND: ScriptedModel(ModelRefused("401"))})
    with pytest.raises(ModelUnreachable) as later:
        busy.ask()
    assert later.value.retry_after == 60.0


def test_nobody_configured_is_said() -> None:
    with pytest.raises(BadSetup, match="no language model is configured"):
        Door({}).ask()


def test_five_failures_leave_a_model_alone_until_its_time_is_over() -> None:
    down = [ModelUnreachable("500") for _ in range(FAILURES)]
    door = Door({FIRST: ScriptedModel(*down, "One.", "One.", "One."), SECOND: ScriptedModel(*["Two."] * 9)})
    for _ in range(FAILURES + 2):
        assert door.ask().text == "Two."
    assert (door.asked("first"), door.state("first")) == (FAILURES, "left alone")
    door.time += OPEN_S
    assert door.state("first") == "on trial"
    assert [door.ask().text for _ in range(3)] == ["One."] * 3
    assert door.state("first") == "ready"


def test_when_all_are_left_alone_nobody_is_asked_and_the_time_is_told() -> None:
    door = Door({FIRST: ScriptedModel(*[ModelAbsent("nobody")] * FAILURES)})
    for _ in range(FAILURES):
        with pytest.raises(ModelUnreachable):
            door.ask()
    with pytest.raises(CircuitOpen) as error:
        door.ask()
    assert error.value.retry_after == OPEN_S
    assert door.asked("first") == FAILURES


def test_a_model_that_asks_for_rest_gets_it() -> None:
    door = Door({FIRST: ScriptedModel(ModelBusy("429", retry_after=20.0), "One."), SECOND: ScriptedModel("A", "B")})
    assert [door.ask().text for _ in range(2)] == ["A", "B"]
    assert door.asked("first") == 1
    door.time += 20.0
    assert door.ask().text == "One."


@pytest.mark.parametrize("error", [ModelBusy("429", retry_after=9.0), ModelRefused("401"), MissingDependency("none")])
def test_what_is_no_fault_of_a_model_is_not_held_against_it(error: GrymError) -> None:
    door = Door({FIRST: ScriptedModel(*[error] * (FAILURES + 1))})
    for _ in range(FAILURES + 1):
        with pytest.raises(GrymError):
            door.ask()
        door.time += 10.0
    assert (door.asked("first"), door.state("first"), door.failed_calls) == (FAILURES + 1, "ready", 0)


def test_failures_count_among_the_calls_of_the_hub_and_absence_does_not() -> None:
    door = Door({FIRST: ScriptedModel(ModelTimeout("late"), UnusableAnswer("empty"), ModelAbsent("nobody"), "One.")})
    for _ in range(3):
        with pytest.raises(GrymError):
            door.ask()
    door.ask()
    assert (door.failed_calls, len(door.fitness.calls._latest())) == (2, 3)


def test_a_critical_hub_asks_nobody() -> None:
    door = Door({FIRST: ScriptedModel("One.")})
    door.fitness.set("critical")
    with pytest.raises(NotFit, match=r"critical \(memory"):
        door.ask()
    assert door.asked("first") == 0


def test_a_hub_that_became_critical_while_a_question_waited_asks_nobody() -> None:
    async def ask() -> None:
        model = Waits()
        door = Door({replace(FIRST, concurrent=1): model})
        asking = [asyncio.create_task(door.ask_it()) for _ in range(2)]
        while not model.at_once:
            await asyncio.sleep(0)
        door.fitness.set("critical")
        model.go.set()
        first, second = await asyncio.gather(*asking, return_exceptions=True)
        assert isinstance(first, Said)
        assert isinstance(second, NotFit)
        assert str(second).startswith("the hub asks no language model now")

    asyncio.run(ask())


def test_who_waited_for_a_turn_does_not_ask_a_model_that_wants_rest_by_then() -> None:
    async def ask_three() -> tuple[int, list[Said | BaseException]]:
        model = Waits(ModelBusy("429", retry_after=60.0), "Fine.", "Fine.")
        door = Door({replace(FIRST, concurrent=1): model})
        asking = [asyncio.create_task(door.ask_it()) for _ in range(3)]
        while door.pool.statistics()["waiting"] < 2:
            await asyncio.sleep(0)
        model.go.set()
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
        return len(model.asked), outcomes

    asked, outcomes = asyncio.run(ask_three())
    assert asked == 1
    assert all(isinstance(outcome, ModelUnreachable | CircuitOpen) for outcome in outcomes)


def test_a_model_for_which_there_is_no_room_is_passed_over() -> None:
    async def ask() -> str:
        door = Door({FIRST: ScriptedModel("One."), SECOND: ScriptedModel("Two.")})
        door.pool.resize(Capacity(2.0, 4.0, agents={"model first": 0}))
        return (await door.ask_it()).text

    assert asyncio.run(ask()) == "Two."


def test_tokens_are_accounted_to_the_context() -> None:
    door = Door({FIRST: ScriptedModel("Three words here.", "Two words.")})
    door.ask(context="album")
    door.ask(context="album")
    # The script counts words: 1 + 3 of the prompt each time, and those of the answers.
    assert door.pool.accounts.of("album").model_tokens == 2 * 4 + 3 + 2
    assert door.pool.accounts.of("default").model_tokens == 0


def test_what_was_paid_for_nothing_is_accounted_too() -> None:
    door = Door({FIRST: ScriptedModel(UnusableAnswer("cut off", input_tokens=70, output_tokens=30))})
    with pytest.raises(ModelFailed):
        door.ask()
    assert door.pool.accounts.of("default").model_tokens == 100


@pytest.mark.parametrize(("told", "counted"), [(-5, 0), (10**30, 10**9)])
def test_a_server_that_counts_wildly_upsets_no_account(told: int, counted: int) -> None:
    door = Door({FIRST: ScriptedModel(UnusableAnswer("cut off", input_tokens=told))})
    with pytest.raises(ModelFailed):
        door.ask()
    assert door.pool.accounts.of("default").model_tokens == counted


def test_a_budget_of_a_day_is_never_exceeded() -> None:
    # A token costs 1: 10 are asked for beside those of the prompt, so 17 at most; the script then counts 4 + 3.
    door = Door({PAID: ScriptedModel(*["Three words here."] * 9)}, rules=ModelRules(money_a_day=30.0))
    assert [door.ask().output_tokens for _ in range(2)] == [3, 3]
    with pytest.raises(AdmissionDenied, match=r"14.0000 of 30 are spent today, and it may cost 17") as error:
        door.ask()
    assert error.value.retry_after is not None
    assert door.asked("paid") == 2


def test_a_budget_holds_for_questions_at_the_same_time() -> None:
    async def ask_three() -> list[Said | BaseException]:
        model = Waits()
        door = Door({PAID: model}, rules=ModelRules(money_a_day=30.0))  # each may cost 17
        asking = [asyncio.create_task(door.ask_it()) for _ in range(3)]
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        model.go.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    first, *others = asyncio.run(ask_three())
    assert isinstance(first, Said)
    assert all(isinstance(other, AdmissionDenied) for other in others)


def test_what_was_spent_is_told() -> None:
    door = Door({PAID: ScriptedModel("Three words here.")}, rules=ModelRules(money_a_day=30.0), spending=Spending(None))
    door.ask()
    today: Any = door.models.status()["today"]
    told = door.told("paid")
    assert (today["money"], today["money_limit"], today["tokens"]) == (7.0, 30.0, 7)
    assert (told["answered"], told["input_tokens"], told["output_tokens"], told["money"]) == (1, 4, 3, 7.0)


def test_the_key_is_never_told() -> None:
    door = Door({replace(PAID, api_key="k3y", api_key_env="A_KEY"): ScriptedModel("One.")})
    door.ask()
    assert "k3y" not in str(door.models.status())


def test_what_is_private_reaches_no_model_elsewhere() -> None:
    private = replace(PROMPT, is_private=True)
    door = Door({PAID: ScriptedModel("Far."), FIRST: ScriptedModel(ModelRefused("404"))})
    with pytest.raises(ModelFailed, match=r"paid: it is not local.*first: 404"):
        door.ask(private)
    assert door.asked("paid") == 0
    only_far = Door({PAID: ScriptedModel("Far.")})
    with pytest.raises(InvalidConfig, match="it is not local") as error:
        only_far.ask(private)
    assert 'privacy = "any"' in error.value.hint


def test_text_comes_in_pieces() -> None:
    heard: list[str] = []
    door = Door({FIRST: ScriptedModel("One two three.")})
    said = door.ask(on_text=heard.append)
    assert len(heard) == 3
    assert "".join(heard) == said.text


class Breaks(ScriptedModel):
    """Says some words, and breaks off."""

    async def ask(self, prompt: Prompt, on_text: Any = None, *, context: str = "default") -> Said:
        await super().ask(prompt, on_text, context=context)
        raise ModelUnreachable("it broke off")


def test_when_a_model_dies_in_the_middle_what_came_is_void_and_the_next_begins_anew() -> None:
    heard: list[str] = []
    door = Door({FIRST: Breaks("Half a"), SECOND: ScriptedModel("All of it.")})
    assert door.ask(on_text=heard.append).text == "All of it."
    assert heard == ["Half", " a", RESTART, "All", " of", " it."]
    # What the first had read and said is paid for, by estimate.
    assert door.pool.accounts.of("default").model_tokens == (2 + 5) + 2 + (4 + 3)


def test_no_restart_is_told_where_nothing_came() -> None:
    heard: list[str] = []
    door = Door({FIRST: ScriptedModel(ModelAbsent("nobody")), SECOND: ScriptedModel("All.")})
    door.ask(on_text=heard.append)
    assert heard == ["All."]


def test_an_error_of_the_listener_is_not_the_models() -> None:
    def refuse(piece: str) -> NoReturn:
        raise BrokenPipeError(piece)

    door = Door({FIRST: ScriptedModel("One two."), SECOND: ScriptedModel("Two.")})
    with pytest.raises(BrokenPipeError):
        door.ask(on_text=refuse)
    assert (door.asked("second"), door.failed_calls, door.state("first")) == (0, 0, "ready")
    assert door.pool.accounts.of("default").model_tokens > 0


class Waits(ScriptedModel):
    """Answers when it is let."""

    def __init__(self, *script: str | Exception) -> None:
        super().__init__(*(script or ["Fine."] * 9))
        self.go, self.at_once, self.most = asyncio.Event(), 0, 0

    async def ask(self, prompt: Prompt, on_text: Any = None, *, context: str = "default") -> Said:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await self.go.wait()
            return await super().ask(prompt, on_text, context=context)
        finally:
            self.at_once -= 1


def test_a_model_is_asked_as_often_at_once_as_its_card_says() -> None:
    async def ask_four() -> int:
        model = Waits()
        door = Door({replace(FIRST, concurrent=2): model})
        asking = [asyncio.create_task(door.ask_it()) for _ in range(4)]
        while model.at_once < 2:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        model.go.set()
        await asyncio.gather(*asking)
        return model.most

    assert asyncio.run(ask_four()) == 2


def test_a_question_that_is_given_up_leaves_nothing_behind() -> None:
    async def give_up() -> tuple[Door, Waits]:
        model = Waits()
        door = Door({FIRST: model})
        asking = asyncio.create_task(door.ask_it())
        while not model.at_once:
            await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not door.pool.leases()
        model.go.set()
        assert (await door.ask_it()).text == "Fine."
        return door, model

    door, _ = asyncio.run(give_up())
    assert (door.failed_calls, door.state("first")) == (0, "ready")
    assert door.pool.accounts.of("default").model_tokens > 5  # the one that was given up may have cost as well


def test_a_trial_that_is_given_up_is_no_verdict() -> None:
    async def try_again() -> str:
        model = Waits(*[ModelAbsent("nobody")] * FAILURES, "Fine.")
        door = Door({FIRST: model})
        model.go.set()
        for _ in range(FAILURES):
            with pytest.raises(ModelUnreachable):
                await door.ask_it()
        door.time += OPEN_S
        model.go.clear()
        trial = asyncio.create_task(door.ask_it())
        while not model.at_once:
            await asyncio.sleep(0)
        trial.cancel()
        await asyncio.wait([trial])
        model.go.set()
        return (await door.ask_it()).text

    assert asyncio.run(try_again()) == "Fine."


def test_who_takes_too_long_is_given_up_for_the_next() -> None:
    async def ask() -> str:
        door = Door({replace(FIRST, timeout=0.05): Waits(), SECOND: ScriptedModel("Two.")})
        said = await door.ask_it()
        assert door.failed_calls == 1
        return said.text

    assert asyncio.run(ask()) == "Two."


def test_closing_lets_go_of_what_was_opened() -> None:
    closed: list[str] = []

    class Closes(ScriptedModel):
        async def aclose(self) -> None:
            closed.append("closed")
            raise OSError("gone already")

    async def use() -> None:
        door = Door({FIRST: Closes("One."), SECOND: Closes()})
        await door.ask_it()
        await door.models.aclose()
        await door.models.aclose()

    asyncio.run(use())
    assert closed == ["closed"]
