"""Which models to ask, in which order, and why not the others: decides, touches nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..config.models import ModelCard, ModelRules
from .model import Prompt

Cause = Literal["task", "key", "privacy", "length", "rest", "budget"]


@dataclass(frozen=True, slots=True)
class Spent:
    """What models have cost today, what is being asked just now included.

    tokens : read and written by models that are not local
    renewed_in_s : until tomorrow
    """

    money: float = 0.0
    tokens: int = 0
    renewed_in_s: float = 86400.0


@dataclass(frozen=True, slots=True)
class Pick:
    """A model that may be asked; `money` and `tokens` are the most that this can cost."""

    card: ModelCard
    reason: str
    money: float
    tokens: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A model that may not be asked; `retry_after` in seconds, None when waiting does not help."""

    card: ModelCard
    cause: Cause
    reason: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Every model is in one of both."""

    order: tuple[Pick, ...]
    left_out: tuple[LeftOut, ...]


def choose(
    cards: Sequence[ModelCard], prompt: Prompt, rules: ModelRules, resting: Mapping[str, float], spent: Spent
) -> Choice:
    """The models for a prompt, the first to be asked first: the cheapest, or the first listed, by the rules.

    resting : seconds for which a model is left alone, by its name
    """
    picks, left_out = [], []
    tokens_in = estimate_tokens(prompt)
    for card in cards:
        pick = _pick(card, prompt, tokens_in)
        objection = _object(pick, prompt, tokens_in, rules, resting.get(card.name, 0.0), spent)
        if objection is None:
            picks.append(pick)
        else:
            left_out.append(objection)
    if rules.prefer == "cheap":
        picks.sort(key=lambda pick: pick.money)  # stable: those of equal cost stay as they are listed
    return Choice(tuple(picks), tuple(left_out))


def estimate_tokens(prompt: Prompt) -> int:
    """Tokens of a prompt, rather more than it has: a third of its bytes, so of its letters in English."""
    schema = "" if prompt.schema is None else json.dumps(prompt.schema)
    return sum(tokens_of(text) for text in (prompt.system, prompt.text, schema))


def tokens_of(text: str) -> int:
    return -(-len(text.encode(errors="surrogatepass")) // 3)


def money_of(card: ModelCard, tokens_in: int, tokens_out: int) -> float:
    """What so many tokens cost; nothing where no price is known."""
    return (tokens_in * (card.price_input or 0.0) + tokens_out * (card.price_output or 0.0)) / 1e6


def _pick(card: ModelCard, prompt: Prompt, tokens_in: int) -> Pick:
    tokens_out = prompt.max_tokens + card.thinking_tokens
    money = money_of(card, tokens_in, tokens_out)
    where = "local" if card.is_local else "elsewhere"
    cost = f"at most {money:.4f}" if money else "no price" if card.price_input is None else "free"
    return Pick(card, f"{where}, {cost}, about {tokens_in} tokens", money, tokens_in + tokens_out)


def _object(
    pick: Pick, prompt: Prompt, tokens_in: int, rules: ModelRules, rests_s: float, spent: Spent
) -> LeftOut | None:
    """Why a model is not asked; None when nothing speaks against it."""
    card = pick.card
    if prompt.task not in card.tasks:
        return LeftOut(card, "task", f"it is not for {prompt.task!r}: its tasks are {', '.join(card.tasks)}")
    if card.lacks_key:
        return LeftOut(card, "key", f"its key is missing: {card.api_key_env} is not set")
    if prompt.is_private and rules.privacy == "local" and not card.is_local:
        return LeftOut(card, "privacy", "it is not local, and this names files or notes of yours")
    if pick.tokens > card.context_tokens:
        return LeftOut(
            card, "length", f"about {tokens_in} tokens and an answer make {pick.tokens}; it takes {card.context_tokens}"
        )
    if rests_s > 0.0:
        return LeftOut(card, "rest", f"it is left alone for {rests_s:.0f} s after what went wrong", rests_s)
    if pick.money > 0.0 and rules.money_a_day is not None and spent.money + pick.money > rules.money_a_day:
        told = f"{spent.money:.4f} of {rules.money_a_day:g} are spent today, and it may cost {pick.money:.4f}"
        return LeftOut(card, "budget", told, spent.renewed_in_s)
    if not card.is_local and rules.tokens_a_day is not None and spent.tokens + pick.tokens > rules.tokens_a_day:
        told = f"{spent.tokens} of {rules.tokens_a_day} tokens are used today, and it may take {pick.tokens}"
        return LeftOut(card, "budget", told, spent.renewed_in_s)
    return None
