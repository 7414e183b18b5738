"""What the hub's clean-up does for jobs: dead executors are buried, and jobs that ended long ago are forgotten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from ..resources.cleaners import Given
from ..resources.cleanup import Cleaner
from ..resources.rules import Item, Rule
from ..storage.jobs import JobStore
from .reaper import Reaper
from .threads import in_thread


def job_cleaners(store: JobStore, reaper: Reaper, go_on: Callable[[], Awaitable[object]]) -> Mapping[str, Cleaner]:
    """By the kinds of resources/rules.py; whom they bury and forget stands in the audit log.

    go_on : called when somebody was buried, since there may be nobody else to go on with its jobs
    """

    async def find_dead(rule: Rule, now: float) -> Sequence[Item]:
        return [Item(silent.id, silent.silent_s) for silent in await in_thread(reaper.find)]

    async def bury(item: Item) -> int:
        count = await in_thread(reaper.bury, item.key)
        if count:
            await go_on()
        return count

    async def find_old(rule: Rule, now: float) -> Sequence[Item]:
        found = await in_thread(store.ended_before, now - rule.stale_after_s)
        return [Item(id, now - ended) for id, ended in found.items()]

    async def forget(item: Item) -> int:
        return await in_thread(store.forget, item.key)

    return {"worker": Given(find_dead, bury), "job": Given(find_old, forget)}
