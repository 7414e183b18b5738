"""What calls to agents and models came to in the last minute: how many failed, and how long they took."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping

from .signals import Rule, Signal, measure

WINDOW_S = 60.0
LEAST_CALLS = 20  # fewer say nothing: one of two is half
_MOST_CALLS = 10_000  # that are kept; a busier minute is told by its latest


class Calls:
    """A sliding minute. What a caller did wrong, and refusals, are not for it."""

    def __init__(self, now: Callable[[], float], rules: Mapping[str, Rule] | None = None) -> None:
        self._now, self._rules = now, rules
        self._calls: deque[tuple[float, float | None]] = deque(maxlen=_MOST_CALLS)

    def succeeded(self, seconds: float, declared_s: float) -> None:
        """A call that took `seconds`, by an agent that declares so many for it."""
        self._calls.append((self._now(), seconds / max(declared_s, 1e-3)))

    def failed(self) -> None:
        self._calls.append((self._now(), None))

    def errors(self) -> Signal:
        """Share of the calls that failed."""
        calls = self._latest()
        if len(calls) < LEAST_CALLS:
            return Signal(0.0, 0.0)
        return measure("errors", sum(ratio is None for ratio in calls) / len(calls), rules=self._rules)

    def latency(self) -> Signal:
        """95th percentile of how much longer calls took than was declared for them."""
        ratios = sorted(ratio for ratio in self._latest() if ratio is not None)
        if len(ratios) < LEAST_CALLS:
            return Signal(0.0, 0.0)
        return measure("latency", ratios[int(0.95 * (len(ratios) - 1) + 0.5)], rules=self._rules)

    def _latest(self) -> list[float | None]:
        oldest = self._now() - WINDOW_S
        while self._calls and self._calls[0][0] < oldest:
            self._calls.popleft()
        return [ratio for _, ratio in self._calls]
