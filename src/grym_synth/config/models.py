"""The settings of language models, `[[models]]` and `[model_rules]` of config.toml; told in docs/language-models.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Literal, get_args
from urllib.parse import urlsplit

from ..errors import InvalidConfig
from . import values

Provider = Literal["openai", "anthropic", "google"]
ModelTask = Literal["plan", "write"]

#: Where each provider is, and which variable usually holds the key to it.
_OWN: Mapping[str, tuple[str, str]] = {
    "openai": ("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": ("https://api.anthropic.com", "ANTHROPIC_API_KEY"),
    "google": ("https://generativelanguage.googleapis.com", "GOOGLE_API_KEY"),
}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A language model: where it is, and what it may be asked.

    api_key : what `api_key_env` names in the environment; "" where that is not set, or none is needed
    thinking_tokens : that it may write before its answer, beside those of the answer
    price_input, price_output : of a million tokens, in the money of the budget; None is unknown
    is_local : what it is asked stays on machines of the owner's
    timeout : seconds that one answer may take
    concurrent : how often it is asked at once
    """

    name: str
    provider: Provider
    model: str
    url: str
    api_key_env: str = ""
    api_key: str = field(default="", repr=False)
    tasks: tuple[ModelTask, ...] = get_args(ModelTask)
    context_tokens: int = 8192
    thinking_tokens: int = 2000
    price_input: float | None = None
    price_output: float | None = None
    is_local: bool = False
    timeout: float = 60.0
    concurrent: int = 4

    @property
    def lacks_key(self) -> bool:
        return bool(self.api_key_env) and not self.api_key


@dataclass(frozen=True, slots=True)
class ModelRules:
    """What may go where, who comes first, and how much a day may cost.

    privacy : whether prompts with the names of files and notes go to local models only
    tokens_a_day : of models that are not local
    """

    privacy: Literal["local", "any"] = "local"
    prefer: Literal["cheap", "listed"] = "cheap"
    money_a_day: float | None = None
    tokens_a_day: int | None = None


def read_models(value: object, environ: Mapping[str, str]) -> tuple[ModelCard, ...]:
    """The models of config.toml, in their order; raises InvalidConfig."""
    if not isinstance(value, list):
        raise InvalidConfig(f"`models` is a list of tables, each under [[models]]; got {value!r}")
    cards: dict[str, ModelCard] = {}
    for number, item in enumerate(value, start=1):
        card = _read_model(f"models.{number}", item, environ)
        if card.name in cards:
            raise InvalidConfig(f"`models.{number}.name` is {card.name!r}, as that of an earlier model")
        cards[card.name] = card
    return tuple(cards.values())


def read_model_rules(value: object, cards: Sequence[ModelCard]) -> ModelRules:
    """The rules of config.toml; raises InvalidConfig, also when these cards do not suffice for them."""
    table = values.table("model_rules", value, [item.name for item in fields(ModelRules)])
    money, tokens = table.get("money_a_day"), table.get("tokens_a_day")
    rules = ModelRules(
        values.one_of("model_rules.privacy", table.get("privacy", "local"), ("local", "any")),
        values.one_of("model_rules.prefer", table.get("prefer", "cheap"), ("cheap", "listed")),
        None if money is None else values.amount("model_rules.money_a_day", money),
        None if tokens is None else values.whole("model_rules.tokens_a_day", tokens, 0, 10**12),
    )
    for card in cards:
        if rules.money_a_day is not None and card.price_input is None and not card.is_local:
            raise InvalidConfig(
                f"`models.{card.name}.price_input` and `price_output` are needed for `model_rules.money_a_day`; "
                "0 is a price too"
            )
    return rules


def _read_model(place: str, item: object, environ: Mapping[str, str]) -> ModelCard:
    known = [entry.name for entry in fields(ModelCard) if entry.name != "api_key"]
    if isinstance(item, dict) and "api_key" in item:
        raise InvalidConfig(f"`{place}.api_key`: keys do not stand in this file; `api_key_env` names their variable")
    table = values.table(place, item, known)
    name = values.word(f"{place}.name", table.get("name"), r"[A-Za-z0-9][A-Za-z0-9._:-]{0,39}")
    key = f"models.{name}"
    provider: Provider = values.one_of(f"{key}.provider", table.get("provider"), get_args(Provider))
    model = values.word(f"{key}.model", table.get("model"))
    own_url, own_variable = _OWN[provider]
    url = values.word(f"{key}.url", table.get("url", own_url)).rstrip("/")
    is_here = _is_loopback(_host(f"{key}.url", url))
    # What answers on this machine may pass the question on; Ollama's names of models that run elsewhere end in "cloud".
    is_local = values.flag(f"{key}.is_local", table.get("is_local", is_here and not model.endswith("cloud")))
    if url.startswith("http:") and not (is_local or is_here):
        raise InvalidConfig(
            f"`{key}.url` is {url!r}, which sends everything in the clear; use https, "
            "or set `is_local = true` when that machine and the way to it are yours"
        )
    variable = table.get("api_key_env", own_variable if url == own_url else "")
    if variable != "":
        values.word(f"{key}.api_key_env", variable, r"[A-Za-z_][A-Za-z0-9_]*")
    price_input, price_output = (
        values.amount(f"{key}.{name}", table[name]) if name in table else None
        for name in ("price_input", "price_output")
    )
    if (price_input is None) != (price_output is None):
        raise InvalidConfig(f"`{key}` has one price; `price_input` and `price_output` come together")
    context = table.get("context_tokens", 8192 if is_local else 100_000)
    return ModelCard(
        name,
        provider,
        model,
        url,
        variable,
        environ.get(variable, "").strip(),
        tuple(_tasks(f"{key}.tasks", table.get("tasks", list(get_args(ModelTask))))),
        values.whole(f"{key}.context_tokens", context, 256, 100_000_000),
        values.whole(f"{key}.thinking_tokens", table.get("thinking_tokens", 2000), 0, 1_000_000),
        price_input,
        price_output,
        is_local,
        values.seconds(f"{key}.timeout", table.get("timeout", 60.0)),
        values.whole(f"{key}.concurrent", table.get("concurrent", 1 if is_local else 4), 1, 1000),
    )


def _tasks(key: str, value: object) -> Iterator[ModelTask]:
    if not isinstance(value, list) or not value:
        raise InvalidConfig(f"`{key}` is a list of {', '.join(get_args(ModelTask))}; got {value!r}")
    for task in dict.fromkeys(map(str, value)):
        yield values.one_of(key, task, get_args(ModelTask))


def _host(key: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidConfig(f"`{key}` is no address: {url!r} ({error})") from error
    if parts.username is not None:
        raise InvalidConfig(f"`{key}` holds a name or a password; keys come from the variable in `api_key_env`")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise InvalidConfig(f"`{key}` must be like https://HOST/v1, got {url!r}")
    return host


def _is_loopback(host: str) -> bool:
    import ipaddress  # most have no models to configure

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
