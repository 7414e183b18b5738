"""From a card to a model of pydantic-ai, over a connection that says no more than it must, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..config.models import ModelCard, Provider
from ..errors import InvalidConfig, MissingDependency
from .model import ModelRefused

if TYPE_CHECKING:  # seconds to import: done when a model is asked for the first time
    import httpx2
    from pydantic_ai.models import Model

_CONNECT_S = 5.0
_EXTRA: Mapping[Provider, str] = {"openai": "llm", "anthropic": "anthropic", "google": "google"}

#: What goes along with a question. Clients would add the system, the versions of much, and what they find in variables.
_HEADERS = frozenset(
    "host connection content-length content-type transfer-encoding accept accept-encoding"
    " anthropic-version anthropic-beta".split()
)
_KEY_HEADER: Mapping[Provider, tuple[str, str]] = {
    "openai": ("authorization", "Bearer "),
    "anthropic": ("x-api-key", ""),
    "google": ("x-goog-api-key", ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A model, and the client that its questions go through."""

    model: Model
    client: httpx2.AsyncClient


def connect(card: ModelCard) -> Line:
    """Make what it takes to ask a model; takes seconds the first time, and connects only when it is asked.

    Raises
    ------
    MissingDependency
        The extra for its provider is not installed.
    """
    try:
        import httpx2

        # A transport of our own: proxies are read from the environment only for one that is not given.
        client = httpx2.AsyncClient(
            transport=httpx2.AsyncHTTPTransport(),
            trust_env=False,
            timeout=httpx2.Timeout(card.timeout, connect=_CONNECT_S),
            event_hooks={"request": [bare(card)], "response": [stay]},
        )
        return Line(_BUILD[card.provider](card, client), client)
    except ImportError as error:
        extra = _EXTRA[card.provider]
        raise MissingDependency(
            f"models of the provider {card.provider!r} need the extra {extra!r}, which is not installed ({error})",
            hint=f"pip install 'grym-synth[{extra}]'",
        ) from error


def check(card: ModelCard) -> str:
    """What can be said of a model without asking it anything.

    Raises
    ------
    BadSetup
        Its key or the extra for its provider is missing.
    """
    if card.lacks_key:
        raise InvalidConfig(f"its key is missing: {card.api_key_env} is not set", hint="set that variable")
    connect(card)  # opens nothing, so there is nothing to close
    where = "local" if card.is_local else "not local: nothing private goes there unless that is allowed"
    return f"{card.model} at {card.url}, {where}"


def bare(card: ModelCard) -> Callable[[httpx2.Request], Coroutine[Any, Any, None]]:
    """A hook for requests: to the address of the card alone, with the key of the card alone, without our traces."""
    import httpx2

    home = httpx2.URL(card.url)
    header, prefix = _KEY_HEADER[card.provider]

    async def strip(request: httpx2.Request) -> None:
        if (request.url.scheme, request.url.host, request.url.port) != (home.scheme, home.host, home.port):
            raise ModelRefused(f"a question for {card.url} was about to go to {request.url.host!r}")
        for name in [name for name in request.headers if name.lower() not in _HEADERS]:
            del request.headers[name]
        request.headers["user-agent"] = "grym-synth"
        if card.api_key:
            request.headers[header] = prefix + card.api_key

    return strip


async def stay(response: httpx2.Response) -> None:
    """A hook for answers: nobody is followed elsewhere, with a key and what may be private."""
    if 300 <= response.status_code < 400:
        raise ModelRefused(
            f"it answered {response.status_code}, which points elsewhere", hint="put the final address into `url`"
        )


def _build_openai(card: ModelCard, client: httpx2.AsyncClient) -> Model:
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai import OpenAIProvider

    key = card.api_key or "none"  # it insists on one; `bare` sends only what the card has
    sdk = AsyncOpenAI(api_key=key, base_url=card.url, http_client=client, max_retries=0, timeout=client.timeout)
    # Only OpenAI itself takes the new name of the limit alone; every other server knows the old one.
    profile = OpenAIModelProfile(
        openai_chat_supports_max_completion_tokens=card.url.startswith("https://api.openai.com/"),
        openai_chat_streaming_requires_finish_reason=True,  # or a stream that broke off would pass for a whole answer
    )
    return OpenAIChatModel(card.model, provider=OpenAIProvider(openai_client=sdk), profile=profile)


def _build_anthropic(card: ModelCard, client: httpx2.AsyncClient) -> Model:
    from anthropic import AsyncAnthropic
    from pydantic_ai.models.anthropic import AnthropicModel
    from pydantic_ai.providers.anthropic import AnthropicProvider

    key = card.api_key or "none"
    sdk = AsyncAnthropic(api_key=key, base_url=card.url, http_client=client, max_retries=0, timeout=client.timeout)
    return AnthropicModel(card.model, provider=AnthropicProvider(anthropic_client=sdk))


def _build_google(card: ModelCard, client: httpx2.AsyncClient) -> Model:
    from pydantic_ai.models.google import GoogleModel
    from pydantic_ai.providers.google import GoogleProvider

    # It tries once where it is told of no retries.
    provider = GoogleProvider(api_key=card.api_key or "none", base_url=card.url, http_client=client)
    return GoogleModel(card.model, provider=provider)


_BUILD: Mapping[Provider, Callable[[ModelCard, Any], Model]] = {
    "openai": _build_openai,
    "anthropic": _build_anthropic,
    "google": _build_google,
}
