"""One page: robots first, redirects judged anew, what may pass tried again, and all of it within one deadline."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..rules.packing import Unpacker, judge_file
from ..rules.refusals import NotNow, Refused
from ..rules.responses import (
    MOST_BYTES,
    REDIRECTS,
    WHOLE_S,
    Expected,
    Head,
    is_date,
    is_etag,
    judge_body,
    judge_head,
    judge_status,
    location_of,
)
from ..rules.robots import AGENT, KEPT_S, Robots, read_robots, robots_target
from ..rules.robots import MOST_BYTES as MOST_ROBOTS_BYTES
from ..rules.robots import MOST_REDIRECTS as MOST_ROBOTS_REDIRECTS
from ..rules.urls import Target, judge_redirect, judge_url
from .connection import Exchange, opened
from .ways import Deadline, Ways

TRIES = 3
_AGAIN = frozenset({"connection_lost", "not_connected", "cut_short", "server_error", "too_many_requests"})
_BACK_OFF_S = 0.5, 2.0  # before the second and the third try, where the server does not say
_MOST_ROBOTS = 256  # hosts whose rules are kept
_ACCEPT = (
    "text/html, application/xhtml+xml, text/markdown, text/plain, application/pdf, application/rss+xml, "
    "application/atom+xml, application/xml;q=0.9, text/xml;q=0.9, audio/midi;q=0.8, audio/*;q=0.7, */*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `etag` and `last_modified` are those of the copy that is held already."""

    url: str
    allow_http: bool = False
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What came.

    kind : what the bytes are, whatever their type says; "" when it is as it was
    hops : the URLs on the way, the first as it was asked for, the last where it came from
    """

    target: Target
    status: int
    expected: Expected | None
    content: bytes
    kind: str
    address: str
    hops: tuple[str, ...]
    crawl_delay_s: float
    tries: int = 1

    @property
    def is_unchanged(self) -> bool:
        return self.status == 304


@dataclass(slots=True)
class Browser:
    """Fetches pages, and remembers for an hour what sites let programs read."""

    ways: Ways = field(default_factory=Ways)
    whole_s: float = WHOLE_S
    jitter: Callable[[], float] = random.random
    _robots: dict[str, tuple[float, Robots]] = field(default_factory=dict)

    def fetch(self, wish: Wish, tick: Callable[[float], None] = lambda fraction: None) -> Page:
        """The page, or why there is none.

        Raises
        ------
        Refused, NotNow
        """
        deadline = Deadline(self.whole_s, self.ways.now)
        for tries in range(1, TRIES + 1):
            try:
                return replace(self._fetch_once(wish, deadline, tick), tries=tries)
            except NotNow as error:
                if tries == TRIES or error.code not in _AGAIN:
                    raise
                wait = error.retry_after
                if wait is None:
                    wait = _BACK_OFF_S[tries - 1] * (0.5 + self.jitter())
                if wait >= deadline.left():  # whoever calls may wait so long, this does not
                    raise
                self.ways.sleep(wait)
        raise AssertionError("unreachable")

    def _fetch_once(self, wish: Wish, deadline: Deadline, tick: Callable[[float], None]) -> Page:
        target = judge_url(wish.url, allow_http=wish.allow_http, loopback_only=self.ways.loopback_only)
        before: list[str] = []
        while True:
            before.append(target.url)
            delay = self._robots_of(target, wish, deadline).judge(target)
            tick(0.1)
            with opened(target, self.ways, deadline) as exchange:
                exchange.send(_headers(target, wish))
                head = exchange.head()
                if head.status not in REDIRECTS:
                    return self._take(exchange, head, wish, tuple(before), delay, tick)
            target = judge_redirect(
                target, location_of(head), before,
                allow_http=wish.allow_http, loopback_only=self.ways.loopback_only,
            )  # fmt: skip

    def _take(
        self,
        exchange: Exchange,
        head: Head,
        wish: Wish,
        hops: tuple[str, ...],
        delay: float,
        tick: Callable[[float], None],
    ) -> Page:
        target, address = exchange.target, str(exchange.address)
        judge_status(head, target.url, was_conditional=bool(wish.etag or wish.last_modified))
        if head.status == 304:
            return Page(target, 304, None, b"", "", address, hops, delay)
        expected = judge_head(head)
        unpacker = Unpacker(expected.encoding, MOST_BYTES)
        for piece in exchange.body():
            unpacker.take(piece)
            tick(0.1 + 0.8 * len(unpacker.content) / MOST_BYTES)
        content = unpacker.finish()
        kind = judge_body(content, expected)
        if kind == "gzip":
            judge_file(content, MOST_BYTES)
        return Page(target, head.status, expected, content, kind, address, hops, delay)

    def _robots_of(self, target: Target, wish: Wish, deadline: Deadline) -> Robots:
        now = self.ways.now()
        until, kept = self._robots.get(target.origin, (0.0, None))
        if kept is not None and now < until:
            return kept
        robots = self._ask_robots(target, wish, deadline)
        if not robots.unreachable:
            while len(self._robots) >= _MOST_ROBOTS:
                del self._robots[next(iter(self._robots))]
            self._robots[target.origin] = (now + KEPT_S, robots)
        return robots

    def _ask_robots(self, page: Target, wish: Wish, deadline: Deadline) -> Robots:
        """The rules of a host. What keeps the host itself from being reached is told as that."""
        only_loopback = self.ways.loopback_only
        target = judge_url(robots_target(page), allow_http=wish.allow_http, loopback_only=only_loopback)
        status, content, location = self._robots_once(target, deadline)
        before = [target.url]
        try:
            while status in REDIRECTS and len(before) <= MOST_ROBOTS_REDIRECTS:
                target = judge_redirect(
                    target, location, before, allow_http=wish.allow_http, loopback_only=only_loopback,
                    most=MOST_ROBOTS_REDIRECTS,
                )  # fmt: skip
                before.append(target.url)
                status, content, location = self._robots_once(target, deadline)
        except (Refused, NotNow) as error:
            why = f"{page.host} keeps its robots.txt where it cannot be read: {error}"
            raise Refused("robots_redirect", why, error.hint) from error
        if status in REDIRECTS:
            return Robots()  # RFC 9309, section 2.3.1.2: sent on too often, it counts as not there
        return read_robots(status, content)

    def _robots_once(self, target: Target, deadline: Deadline) -> tuple[int, bytes, str]:
        """Status, the first part of the content, and where it sends on to."""
        with opened(target, self.ways, deadline) as exchange:
            exchange.send(_headers(target, Wish(target.url)))
            head = exchange.head()
            if head.status != 200:
                return head.status, b"", location_of(head)
            encoding = head.get("content-encoding").lower()
            unpacker = Unpacker(encoding if encoding in ("gzip", "deflate") else "", 4 * MOST_ROBOTS_BYTES)
            for piece in exchange.body():
                unpacker.take(piece)
                if len(unpacker.content) > MOST_ROBOTS_BYTES:
                    break
            return 200, bytes(unpacker.content[: MOST_ROBOTS_BYTES + 1]), ""


def _headers(target: Target, wish: Wish) -> list[tuple[str, str]]:
    """No cookie, no referer, no login, no language: nothing that tells who asks."""
    from ... import __version__

    conditions = []
    if wish.etag and is_etag(wish.etag):
        conditions.append(("If-None-Match", wish.etag))
    if wish.last_modified and is_date(wish.last_modified):
        conditions.append(("If-Modified-Since", wish.last_modified))
    return [
        ("Host", target.authority), ("User-Agent", f"{AGENT}/{__version__}"), ("Accept", _ACCEPT),
        ("Accept-Encoding", "gzip, deflate"), ("Connection", "close"), *conditions,
    ]  # fmt: skip
