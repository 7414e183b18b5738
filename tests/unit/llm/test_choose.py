from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grym_synth.config.models import ModelCard, ModelRules
from grym_synth.llm.choose import Choice, LeftOut, Spent, choose, estimate_tokens
from grym_synth.llm.model import Prompt

LOCAL = ModelCard("local", "openai", "m", "http://localhost/v1", is_local=True)
CHEAP = ModelCard("cheap", "openai", "m", "https://a.example/v1", price_input=0.1, price_output=0.4)
DEAR = ModelCard("dear", "anthropic", "m", "https://b.example", price_input=3.0, price_output=15.0)
PROMPT = Prompt("write", "Write.", "Tempo 128 BPM.")


def names(choice: Choice) -> list[str]:
    return [pick.card.name for pick in choice.order]


def chosen(*cards: ModelCard, prompt: Prompt = PROMPT, rules: ModelRules | None = None, **rest: object) -> Choice:
    resting, spent = rest.get("resting", {}), rest.get("spent", Spent())
    assert isinstance(resting, dict)
    assert isinstance(spent, Spent)
    return choose(cards, prompt, rules or ModelRules(), resting, spent)


def objection(*cards: ModelCard, prompt: Prompt = PROMPT, rules: ModelRules | None = None, **rest: object) -> LeftOut:
    choice = chosen(*cards, prompt=prompt, rules=rules, **rest)
    assert choice.order == ()
    return choice.left_out[0]


def test_the_cheapest_comes_first() -> None:
    assert names(chosen(DEAR, CHEAP, LOCAL)) == ["local", "cheap", "dear"]


def test_the_first_listed_comes_first_where_that_is_preferred() -> None:
    assert names(chosen(DEAR, LOCAL, CHEAP, rules=ModelRules(prefer="listed"))) == ["dear", "local", "cheap"]


def test_a_model_is_asked_for_its_tasks_only() -> None:
    assert objection(replace(LOCAL, tasks=("plan",))).cause == "task"


def test_what_is_private_goes_to_local_models_only() -> None:
    private = replace(PROMPT, is_private=True)
    assert names(chosen(DEAR, LOCAL, prompt=private)) == ["local"]
    assert objection(DEAR, prompt=private).cause == "privacy"
    assert names(chosen(DEAR, prompt=private, rules=ModelRules(privacy="any"))) == ["dear"]


def test_a_model_without_its_key_is_left_out_by_the_name_of_the_variable() -> None:
    assert "A_KEY is not set" in objection(replace(DEAR, api_key_env="A_KEY")).reason
    assert names(chosen(replace(DEAR, api_key_env="A_KEY", api_key="k3y"))) == ["dear"]


def test_what_is_too_long_is_not_sent() -> None:
    long = replace(PROMPT, text="word " * 20_000)
    left = objection(LOCAL, prompt=long)
    assert (left.cause, left.retry_after) == ("length", None)
    assert names(chosen(LOCAL, replace(CHEAP, context_tokens=100_000), prompt=long)) == ["cheap"]


def test_a_model_that_rests_is_left_out_for_as_long() -> None:
    left = objection(LOCAL, resting={"local": 12.0})
    assert (left.cause, left.retry_after) == ("rest", 12.0)


def test_a_budget_in_money_is_kept_by_what_a_question_can_cost() -> None:
    rules, spent = ModelRules(money_a_day=1.0), Spent(money=0.98, renewed_in_s=60.0)
    choice = chosen(DEAR, CHEAP, LOCAL, rules=rules, spent=spent)  # dear may cost 0.042
    assert names(choice) == ["local", "cheap"]
    assert (choice.left_out[0].cause, choice.left_out[0].retry_after) == ("budget", 60.0)


def test_a_budget_in_tokens_leaves_local_models_alone() -> None:
    choice = chosen(LOCAL, CHEAP, rules=ModelRules(tokens_a_day=1000), spent=Spent(tokens=999))
    assert names(choice) == ["local"]


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abc", 1), ("abcd", 2), ("日本語", 3), ("a" * 300, 100), ("\udcff", 1)]
)
def test_tokens_are_rather_too_many_than_too_few(text: str, tokens: int) -> None:
    assert estimate_tokens(Prompt("write", "", text)) == tokens


cards = st.lists(
    st.builds(
        ModelCard,
        name=st.uuids().map(str),
        provider=st.just("openai"),
        model=st.just("m"),
        url=st.just("https://h.example"),
        api_key_env=st.sampled_from(["", "A_KEY"]),
        api_key=st.sampled_from(["", "k3y"]),
        tasks=st.sampled_from([("plan",), ("write",), ("plan", "write")]),
        context_tokens=st.integers(256, 9000),
        thinking_tokens=st.integers(0, 4000),
        price_input=st.sampled_from([None, 0.0, 1.0, 30.0]),
        price_output=st.sampled_from([0.0, 1.0, 60.0]),
        is_local=st.booleans(),
    ),
    max_size=5,
)
prompts = st.builds(
    Prompt,
    task=st.sampled_from(["plan", "write"]),
    system=st.text(max_size=20),
    text=st.text(max_size=3000),
    schema=st.sampled_from([None, {"type": "object"}]),
    max_tokens=st.integers(1, 3000),
    is_private=st.booleans(),
)
limits = st.builds(
    ModelRules,
    privacy=st.sampled_from(["local", "any"]),
    prefer=st.sampled_from(["cheap", "listed"]),
    money_a_day=st.none() | st.floats(0.0, 0.3),
    tokens_a_day=st.none() | st.integers(0, 9000),
)
sums = st.builds(Spent, money=st.floats(0.0, 0.3), tokens=st.integers(0, 9000))


def objections(card: ModelCard, prompt: Prompt, rules: ModelRules, rests: float, spent: Spent) -> set[str]:
    """What speaks against a model, reckoned another way."""
    schema = len(json.dumps(prompt.schema)) if prompt.schema else 0
    read = sum(-(-length // 3) for length in (len(prompt.system.encode()), len(prompt.text.encode()), schema))
    written = prompt.max_tokens + card.thinking_tokens
    money = (read * (card.price_input or 0.0) + written * (card.price_output or 0.0)) / 1e6
    found = {
        "task": prompt.task not in card.tasks,
        "key": card.api_key_env != "" and card.api_key == "",
        "privacy": prompt.is_private and rules.privacy == "local" and not card.is_local,
        "length": read + written > card.context_tokens,
        "rest": rests > 0.0,
        "budget": (rules.money_a_day is not None and money > 0.0 and spent.money + money > rules.money_a_day)
        or (
            rules.tokens_a_day is not None and not card.is_local and spent.tokens + read + written > rules.tokens_a_day
        ),
    }
    return {cause for cause, applies in found.items() if applies}


@given(cards, prompts, limits, sums, st.data())
def test_a_model_is_asked_exactly_when_nothing_speaks_against_it(
    cards: list[ModelCard], prompt: Prompt, rules: ModelRules, spent: Spent, data: st.DataObject
) -> None:
    resting = {card.name: data.draw(st.sampled_from([0.0, 3.0])) for card in cards}
    choice = choose(cards, prompt, rules, resting, spent)
    assert sorted([*names(choice), *(left.card.name for left in choice.left_out)]) == sorted(c.name for c in cards)
    for pick in choice.order:
        assert not objections(pick.card, prompt, rules, resting[pick.card.name], spent)
    for left in choice.left_out:
        assert left.cause in objections(left.card, prompt, rules, resting[left.card.name], spent)
        assert left.reason
    places = [(0.0 if rules.prefer == "listed" else pick.money, cards.index(pick.card)) for pick in choice.order]
    assert places == sorted(places)


@given(cards, prompts, limits, sums)
def test_more_spent_or_more_private_never_brings_a_model_in(
    cards: list[ModelCard], prompt: Prompt, rules: ModelRules, spent: Spent
) -> None:
    before = set(names(choose(cards, replace(prompt, is_private=False), rules, {}, spent)))
    more = replace(spent, money=spent.money + 0.1, tokens=spent.tokens + 500)
    assert set(names(choose(cards, replace(prompt, is_private=True), rules, {}, spent))) <= before
    assert set(names(choose(cards, replace(prompt, is_private=False), rules, {}, more))) <= before
