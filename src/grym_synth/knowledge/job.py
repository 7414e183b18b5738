"""Learning as a durable job: one item for each file or address, and for each entry of a feed or sitemap."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ..errors import Unavailable
from ..jobs.port import Found, Item, Jobs, Kind, Work
from ..messages import Json
from ..storage.knowledge import Knowledge
from .learn import MOST_ENTRIES, Learner, Wish
from .targets import files_below, is_address

log = logging.getLogger(__name__)

LEARN = "learn"
_LOOK_S = 30.0  # between looks at what is due


def learn_kind(learner: Learner, *, at_once: int) -> Kind:
    """Learning as a sort of job; its parameters are `targets`, `domain` and `allow_http`."""

    def items(params: Mapping[str, Json]) -> Iterable[Item]:
        for target in _targets(params):
            if is_address(target) or not Path(target).is_dir():
                yield Item(target, {"address": target, "parent": ""})
            else:
                yield from _files(target)

    async def do(work: Work) -> Json | Found:
        payload: Any = work.payload
        wish = Wish(
            str(payload["address"]), str(payload["parent"]), str(work.params.get("domain") or ""),
            bool(work.params.get("allow_http")), int(payload.get("most", MOST_ENTRIES)), int(payload.get("depth", 0)),
        )  # fmt: skip
        learned = await learner.learn(wish)
        return Found(learned.told, [_entry(each) for each in learned.entries]) if learned.entries else learned.told

    def is_here(params: Mapping[str, Json]) -> bool:
        return all(is_address(target) or Path(target).exists() for target in _targets(params))

    def title(params: Mapping[str, Json]) -> str:
        return f"learn {', '.join(_targets(params))}"

    return Kind(LEARN, items, do, title=title, at_once=at_once, is_here=is_here)


@asynccontextmanager
async def following(knowledge: Knowledge, jobs: Jobs, *, is_on: bool) -> AsyncIterator[None]:
    """Learn again whatever comes due in the body of an `async with` block, where that is on."""
    task = asyncio.create_task(_keep_following(knowledge, jobs)) if is_on else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _keep_following(knowledge: Knowledge, jobs: Jobs) -> None:
    while True:
        try:
            await follow_due(knowledge, jobs, time.time())
        except Unavailable as error:  # it may work the next time
            log.warning("nothing was read again", extra={"reason": str(error)})
        await asyncio.sleep(_LOOK_S)


async def follow_due(knowledge: Knowledge, jobs: Jobs, now: float) -> list[str]:
    """Start to learn again what is due; the jobs."""
    started = []
    for item in knowledge.due(now):
        params: dict[str, Json] = {
            "targets": [item.address], "domain": item.domain, "allow_http": item.allows_http,
        }  # fmt: skip
        started.append(await jobs.start(LEARN, params, only_one=item.address))
        # Only now, so that a hub that is killed before starts the job again.
        knowledge.follow(
            item.address, item.every_s, item.kind, due_at=now + item.every_s, domain=item.domain,
            allows_http=item.allows_http,
        )  # fmt: skip
    return started


def _files(folder: str) -> Iterator[Item]:
    for path in files_below(folder):
        try:
            size = os.stat(path).st_size  # noqa: PTH116 many of them
        except OSError:
            continue
        yield Item(path, {"address": path, "parent": folder}, 1.0 + size / 1e5)


def _targets(params: Mapping[str, Json]) -> list[str]:
    targets: Any = params["targets"]
    return [str(target) for target in targets]


def _entry(wish: Wish) -> Item:
    payload: dict[str, Json] = {
        "address": wish.address, "parent": wish.parent, "most": wish.most, "depth": wish.depth,
    }  # fmt: skip
    return Item(wish.address, payload)
