"""What clients of language models raise, in our words: come back later, refused for good, or no answer at all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..config.models import ModelCard
from ..errors import GrymError, ModelFailed, ModelUnreachable
from .model import ModelAbsent, ModelBusy, ModelRefused, ModelTimeout

_MOST_SHOWN = 200  # characters of what a server says
_PASSING = (408, 409, 425)  # beside every 5xx
_WAYS_OUT = {
    401: "check its key",
    402: "its account is used up",
    403: "check what its key may do",
    404: "check `model` and `url`; most addresses end in /v1",
}


class RequestRejected(ModelRefused):
    """It does not take the request as it is put; put otherwise, it may."""


def translate(error: Exception, card: ModelCard, *, streams: bool) -> GrymError:
    """The error of ours for one of a client's, by what the caller can do about it."""
    import httpx2
    from pydantic_ai.exceptions import AgentRunError, ModelAPIError, ModelHTTPError, ModelQuotaExceededError

    chain = list(_chain(error))
    for cause in chain:
        if isinstance(cause, GrymError):
            return cause
    if any(isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout) for cause in chain):
        return ModelAbsent(f"nobody answers at {card.url}", hint="is it running, and is `url` right?")
    if any(isinstance(cause, httpx2.TimeoutException) for cause in chain):
        return ModelTimeout(f"it did not answer within {card.timeout:g} s")
    if isinstance(error, ModelHTTPError):
        is_used_up = isinstance(error, ModelQuotaExceededError)
        return _of_status(error.status_code, _said(error.body, card), error.retry_after, is_used_up=is_used_up)
    if any(isinstance(cause, httpx2.TransportError) for cause in chain):
        return ModelUnreachable("the connection broke off")
    is_nonsense = any(isinstance(cause, ValueError) for cause in chain)  # JSON that is none, among others
    if streams and isinstance(error, ModelAPIError) and not is_nonsense:
        return ModelUnreachable(f"it broke off: {_shorten(error.message, card)}")
    told = _shorten(str(error), card) if isinstance(error, AgentRunError) else type(error).__name__
    return ModelFailed(f"it answered something that is no answer: {told}")


def _of_status(status: int, said: str, retry_after: float | None, *, is_used_up: bool) -> GrymError:
    told = f"it answered {status}{said and f': {said}'}"
    if is_used_up:
        return ModelRefused(told, hint=_WAYS_OUT[402])
    if status == 429:
        return ModelBusy(told, hint="wait a little", retry_after=retry_after)
    if status >= 500 or status in _PASSING:
        return ModelUnreachable(told, retry_after=retry_after)
    if status in (400, 422):
        return RequestRejected(told)
    return ModelRefused(told, hint=_WAYS_OUT.get(status, ""))


def _said(body: object, card: ModelCard) -> str:
    """What a server says of an error, wherever in its answer that stands."""
    while isinstance(body, dict):
        body = next((body[name] for name in ("error", "message", "detail") if body.get(name)), None)
    return "" if body is None else _shorten(str(body), card)


def _shorten(text: str, card: ModelCard) -> str:
    if card.api_key:
        text = text.replace(card.api_key, "***")
    text = re.sub(r"[\s\x00-\x1f\x7f-\x9f]+", " ", text).strip()
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
