"""What the hub makes of the word of the fetch agent."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path
from typing import Any

import pytest

from grym_synth.knowledge.fetcher import Fetcher
from grym_synth.knowledge.pace import Pace
from grym_synth.knowledge.rules.refusals import NotNow, Refused
from grym_synth.messages import Evidence, Gap, Json, Source
from grym_synth.storage.store import Heard

PAGE: dict[str, Json] = {
    "path": "/cache/fetched-1.html", "address": "https://example.com/b", "content_type": "text/html", "etag": '"a"',
    "last_modified": "", "is_unchanged": False, "crawl_delay_s": 3.0,
}  # fmt: skip


class Opened:
    """Gives what it was made with, and writes down what it was asked."""

    def __init__(self, *heard: Heard) -> None:
        self.heard, self.asked = [*heard], list[tuple[str, str, dict[str, Json]]]()

    async def open(self, address: str, folder: str, params: dict[str, Json]) -> Heard:
        self.asked.append((address, folder, params))
        return self.heard.pop(0)


def found(**more: Any) -> Heard:
    return Heard((Evidence("", "fetch.page", "label", {**PAGE, **more}, "", 1.0, "a", Source("fetch", "1", "f")),), ())


def missed(code: str, retry_after_s: float | None = None) -> Heard:
    return Heard((), (Gap("fetch", "it is not so", code, "a", "do something", retry_after_s),))


def test_a_page_is_told_and_the_folder_is_for_the_owner_alone(tmp_path: Path) -> None:
    opened, folder = Opened(found()), tmp_path / "cache" / "fetched"
    fetcher = Fetcher(opened, folder)
    page = asyncio.run(fetcher.fetch("https://EXAMPLE.com#a", allow_http=False, etag='"z"'))
    assert (page.path, page.address, page.etag, page.is_unchanged) == (PAGE["path"], PAGE["address"], '"a"', False)
    sent: dict[str, Json] = {"allow_http": False, "etag": '"z"', "last_modified": ""}
    assert opened.asked == [("https://example.com/", str(folder), sent)]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_delay_that_a_site_asks_for_is_kept(tmp_path: Path) -> None:
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    fetcher = Fetcher(Opened(found(), found()), tmp_path, pace=Pace(now=lambda: 0.0, sleep=sleep))

    async def run() -> None:
        for _ in range(2):
            await fetcher.fetch("https://example.com/", allow_http=False)

    asyncio.run(run())
    assert slept == [3.0]


@pytest.mark.parametrize(
    ("code", "kind"), [("robots", Refused), ("mislabelled", Refused), ("server_error", NotNow), ("refused", NotNow)]
)
def test_reasons_keep_their_code_and_what_may_pass_is_told_apart(
    tmp_path: Path, code: str, kind: type[Refused | NotNow]
) -> None:
    with pytest.raises(kind, match="it is not so") as caught:
        asyncio.run(Fetcher(Opened(missed(code)), tmp_path).fetch("https://example.com/", allow_http=False))
    assert (caught.value.code, caught.value.hint) == (code, "do something")


def test_what_the_rules_refuse_never_reaches_the_agent(tmp_path: Path) -> None:
    opened = Opened()
    fetcher = Fetcher(opened, tmp_path)
    with pytest.raises(Refused):
        asyncio.run(fetcher.fetch("https://127.0.0.1/", allow_http=False))
    with pytest.raises(Refused):
        fetcher.judge("file:///etc/passwd", allow_http=True)
    assert not opened.asked
