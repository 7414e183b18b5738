"""Addresses for the knowledge base: judged here, fetched by the agent, each host at its own pace."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from ..messages import Gap, Json
from ..storage.store import Heard
from .learn import Fetched
from .pace import Pace
from .rules.refusals import PASSING, NotNow, Refused
from .rules.urls import judge_url

_OF_THE_HUB = frozenset({"refused", "circuit_open", "unavailable", "agent_timeout", "agent_crashed"})


class Opens(Protocol):
    """Who has addresses opened."""

    async def open(self, address: str, folder: str, params: dict[str, Json]) -> Heard: ...


class Fetcher:
    """One for each hub.

    folder : where what was fetched lies until it was read
    loopback_test : the setting of tests: nothing but this machine is opened
    """

    def __init__(self, opens: Opens, folder: Path, *, pace: Pace | None = None, loopback_test: bool = False) -> None:
        self._opens, self._folder, self._loopback_test = opens, folder, loopback_test
        self._pace = pace or Pace()

    def judge(self, address: str, *, allow_http: bool) -> str:
        """The address in the spelling that is kept; raises Refused, and opens nothing."""
        return judge_url(address, allow_http=allow_http, loopback_only=self._loopback_test).url

    async def fetch(self, address: str, *, allow_http: bool, etag: str = "", last_modified: str = "") -> Fetched:
        """Fetch one address.

        Raises
        ------
        Refused, NotNow
            There is nothing; NotNow where there may be something later.
        """
        target = judge_url(address, allow_http=allow_http, loopback_only=self._loopback_test)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        params: dict[str, Json] = {"allow_http": allow_http, "etag": etag, "last_modified": last_modified}
        async with self._pace.turn(target.host) as ask:
            heard = await self._opens.open(target.url, str(self._folder), params)
            page = _page_of(heard)
            ask(float(page["crawl_delay_s"]))
        return Fetched(
            str(page["path"]), str(page["address"]), str(page.get("content_type", "")), str(page.get("etag", "")),
            str(page.get("last_modified", "")), bool(page["is_unchanged"]),
        )  # fmt: skip


def _page_of(heard: Heard) -> dict[str, Any]:
    for item in heard.evidence:
        if item.name == "fetch.page" and isinstance(item.value, dict):
            return item.value
    gap = heard.gaps[0] if heard.gaps else Gap("fetch", "nobody said why it was not fetched", "agent_failed")
    if gap.code in PASSING | _OF_THE_HUB:
        raise NotNow(gap.code, gap.reason, gap.hint, gap.retry_after_s)
    raise Refused(gap.code, gap.reason, gap.hint)
