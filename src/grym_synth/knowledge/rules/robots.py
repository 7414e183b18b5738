"""What a site says in its robots.txt, and what follows when it does not say it.

References
----------
RFC 9309, Robots Exclusion Protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .refusals import NotNow, Refused
from .urls import Target

AGENT = "grym-synth"
MOST_BYTES = 500 << 10  # RFC 9309, section 2.5: what has to be parsed; the rest is not read
MOST_REDIRECTS = 5  # section 2.3.1.2
KEPT_S = 3_600.0
_LONGEST_DELAY = 60.0  # seconds; more would be a refusal by another name


class _Rules(Protocol):
    def can_fetch(self, url: str, user_agent: str) -> bool: ...
    def crawl_delay(self, user_agent: str) -> float | None: ...


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site lets us read. Without rules that is everything, unless it is `unreachable`."""

    rules: _Rules | None = None
    unreachable: str = ""  # why nobody knows: then nothing may be read

    def judge(self, target: Target) -> float:
        """Seconds that the site wants between two requests.

        Raises
        ------
        Refused
            The site does not want this to be read by programs.
        NotNow
            Its robots.txt could not be had, so that nobody knows (section 2.3.1.4).
        """
        if self.unreachable:
            raise NotNow(
                "robots_unreachable", f"{target.host} does not say what may be read: {self.unreachable}", "try later"
            )
        if self.rules is None:
            return 0.0
        if not self.rules.can_fetch(target.url, AGENT):
            raise Refused(
                "robots", f"{target.host} does not let programs read {target.path[:80]} (robots.txt)",
                "read it yourself, save it, and give the file",
            )  # fmt: skip
        return min(max(self.rules.crawl_delay(AGENT) or 0.0, 0.0), _LONGEST_DELAY)


def robots_target(target: Target) -> str:
    """Where the rules for it lie."""
    return f"{target.origin}/robots.txt"


def read_robots(status: int, content: bytes) -> Robots:
    """Rules out of a response: none where there is no file (4xx), all forbidden where the server fails.

    429 counts as failing: a site that is asked too often has not said that all may be read.
    """
    if status == 429 or status >= 500:
        return Robots(unreachable=f"its robots.txt answers {status}")
    if status >= 400:
        return Robots()
    from protego import Protego  # here: rules alone need it not

    whole = content[:MOST_BYTES]
    if len(content) > MOST_BYTES:
        whole = whole[: whole.rfind(b"\n") + 1]  # half a rule would be another rule
    return Robots(Protego.parse(whole.decode("utf-8", "replace").removeprefix("\ufeff")))
