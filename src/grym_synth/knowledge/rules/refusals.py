"""Why something is not fetched: each reason has a code of its own, and a sentence that says it."""

from __future__ import annotations

from ...errors import BadRequest, Unavailable


class Refused(BadRequest):
    """It is not fetched, and trying again would not help."""

    def __init__(self, code: str, sentence: str, hint: str = "") -> None:
        super().__init__(sentence, hint=hint)
        self.code = code


class NotNow(Unavailable):
    """It could not be fetched, and may be another time."""

    def __init__(self, code: str, sentence: str, hint: str = "", retry_after: float | None = None) -> None:
        super().__init__(sentence, hint=hint, retry_after=retry_after)
        self.code = code


#: Codes of what may pass; an agent's gap has only the code.
PASSING = frozenset(
    {
        "no_such_host", "not_connected", "connection_lost", "cut_short", "too_slow", "server_error",
        "too_many_requests", "robots_unreachable",
    }
)  # fmt: skip
