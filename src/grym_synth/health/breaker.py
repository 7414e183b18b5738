"""Leave a part alone that keeps failing: closed, open, half open.

5 failures within 60 s with no success between them open it. 30 s later one call at a time may try; 3 successes close
it, a failure opens it again. What the caller did wrong, and refusals, are not for `fail`.

References
----------
Nygard (2007), "Release It!", on circuit breakers.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Callable

from ..errors import CircuitOpen

FAILURES, WITHIN_S = 5, 60.0
OPEN_S = 30.0
SUCCESSES = 3


class State(enum.Enum):
    CLOSED = "closed"  # calls pass
    OPEN = "open"  # none passes until `OPEN_S` are over
    HALF_OPEN = "half open"  # one at a time passes, to see


class Breaker:
    """The breaker of one part; `now` is a clock in seconds that never goes back."""

    def __init__(self, part: str, now: Callable[[], float]) -> None:
        self.part, self._now = part, now
        self._state = State.CLOSED
        self._failures: deque[float] = deque(maxlen=FAILURES)
        self._opened = 0.0
        self._successes = 0
        self._trying = False

    @property
    def state(self) -> State:
        if self._state is State.OPEN and self._now() >= self._opened + OPEN_S:
            return State.HALF_OPEN
        return self._state

    def retry_after(self) -> float:
        """Seconds until a call may pass; 0 when one may now."""
        if self.state is State.OPEN:
            return self._opened + OPEN_S - self._now()
        return 1.0 if self.state is State.HALF_OPEN and self._trying else 0.0

    def enter(self) -> None:
        """Before each call; then `succeed`, `fail` or `leave`.

        Raises
        ------
        CircuitOpen
            The part is to be left alone.
        """
        wait = self.retry_after()
        if wait > 0.0:
            raise CircuitOpen(f"{self.part} failed {FAILURES} times in a row and is left alone", retry_after=wait)
        if self.state is State.HALF_OPEN:
            self._state, self._trying = State.HALF_OPEN, True

    def succeed(self) -> None:
        self._failures.clear()
        if self._state is State.HALF_OPEN:
            self._trying = False
            self._successes += 1
            if self._successes >= SUCCESSES:
                self._state, self._successes = State.CLOSED, 0

    def fail(self) -> None:
        now = self._now()
        self._failures.append(now)
        many = len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN_S
        if self._state is State.HALF_OPEN or many:
            self._state, self._opened = State.OPEN, now
            self._successes, self._trying = 0, False
            self._failures.clear()

    def leave(self) -> None:
        """The call ended without a verdict on the part: its caller gave up, or had asked for something impossible."""
        self._trying = False
