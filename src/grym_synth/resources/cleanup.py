"""What nobody uses any more goes: the pass that carries out the rules.

What goes is decided in `rules.py`; who finds and removes it is a cleaner (`cleaners.py`), handed in by the hub. What is
removed is written into the audit log before it is done, so nothing goes unrecorded.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn, Protocol

from ..errors import Unavailable
from ..messages import Json
from ..storage.house import House
from ..storage.house_rows import AuditRow
from .rules import RULES, Item, Reading, Rule, applies, cause_of, choose

log = logging.getLogger(__name__)

_PATIENCE_S = 60.0  # for one cleaner to find or remove; then the next one has its turn
_MOST_NAMED = 1000  # items that one entry of the audit log names
_MOST_WAITING = 10_000  # entries that wait for a store that cannot be written
_LOOK_S = 5.0


@dataclass(frozen=True, slots=True)
class Why:
    """By which rule something is removed, at which time of day, and the cause in words."""

    rule: Rule
    now: float
    cause: str


class Cleaner(Protocol):
    """Finds and removes one kind of thing. `remove` looks again whether it may, and gives how many went."""

    @property
    def audits_itself(self) -> bool: ...  # whether it writes what it removes into the audit log, in one transaction
    async def find(self, rule: Rule, now: float) -> Sequence[Item]: ...
    async def remove(self, item: Item, why: Why) -> int: ...


@dataclass(frozen=True, slots=True)
class Removed:
    """What went, or would go; `size_bytes` is None where it is not known."""

    kind: str
    what: str
    cause: str
    count: int
    size_bytes: int | None


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be looked for or removed."""

    kind: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one pass did."""

    removed: tuple[Removed, ...] = ()
    failures: tuple[Failure, ...] = ()


class AuditLog:
    """Entries for the audit log. What the store does not take waits and is written later: clean-up goes on."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._waiting: deque[AuditRow] = deque(maxlen=_MOST_WAITING)

    async def write(self, rows: Sequence[AuditRow] = ()) -> bool:
        """Write these and what waits; whether all of it is written."""
        self._waiting.extend(replace(row, hub=self._house.hub) for row in rows)
        batch = list(self._waiting)
        if not batch:
            return True
        try:
            await asyncio.to_thread(self._house.append_audit, batch)
        except Unavailable as error:
            log.warning("the audit log waits", extra={"count": len(batch), "reason": str(error)})
            return False
        written = set(map(id, batch))
        while self._waiting and id(self._waiting[0]) in written:
            self._waiting.popleft()
        return True


async def clean(
    rules: Sequence[Rule],
    cleaners: Mapping[str, Cleaner],
    signals: Mapping[str, Reading],
    now: float,
    audit: AuditLog,
    *,
    dry_run: bool = False,
) -> Report:
    """One pass over all rules that apply; `now` is the time of day. A cleaner that fails stops no other.

    With `dry_run` nothing is removed or written, and the report says what would be.
    """
    removed: list[Removed] = []
    failures: list[Failure] = []
    for rule in rules:
        cleaner = cleaners.get(rule.kind)
        if cleaner is None or not applies(rule, signals):
            continue
        why = Why(rule, now, cause_of(rule, signals))
        try:
            async with asyncio.timeout(_PATIENCE_S):
                chosen = choose(rule, await cleaner.find(rule, now))
        except Exception as fault:  # noqa: BLE001 cleaners are others' code, and the next one must have its turn
            log.warning("clean-up cannot look", extra={"kind": rule.kind, "reason": repr(fault)})
            failures.append(Failure(rule.kind, "", _reason(fault)))
            continue
        if dry_run:
            removed += [_removed(item, item.count, why) for item in chosen]
        elif chosen:
            went, stayed = await _remove(cleaner, chosen, why, audit)
            removed += went
            failures += stayed
    return Report(tuple(removed), tuple(failures))


async def keep_clean(
    cleaners: Mapping[str, Cleaner],
    signals: Callable[[], Mapping[str, Reading]],
    audit: AuditLog,
    *,
    rules: Sequence[Rule] = RULES,
    now: Callable[[], float] = time.time,
    steady: Callable[[], float] = time.monotonic,
) -> NoReturn:
    """At once, and then each rule as often as it says, until cancelled."""
    looked: dict[Rule, float] = {}
    while True:
        at = steady()
        due = [rule for rule in rules if rule not in looked or at - looked[rule] >= rule.every_s]
        looked |= dict.fromkeys(due, at)
        readings: Mapping[str, Reading] = {}
        try:
            readings = signals()
        except Exception:  # others' code, which this loop must outlive: rules by time go on
            log.exception("no signals for the clean-up")
        await clean(due, cleaners, readings, now(), audit)
        await audit.write()
        await asyncio.sleep(_LOOK_S)


async def _remove(
    cleaner: Cleaner, chosen: Sequence[Item], why: Why, audit: AuditLog
) -> tuple[list[Removed], list[Failure]]:
    """Announce in the audit log, then remove one after another; what stays is told there as well."""
    if not cleaner.audits_itself:
        await audit.write([_announced(part, why) for part in _parts(chosen)])
    went: list[Removed] = []
    stayed: list[Failure] = []
    for item in chosen:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                count = await cleaner.remove(item, why)
        except Exception as fault:  # noqa: BLE001 as above
            log.warning(
                "clean-up cannot remove", extra={"kind": why.rule.kind, "what": item.key, "reason": repr(fault)}
            )
            stayed.append(Failure(why.rule.kind, item.key, _reason(fault)))
            continue
        if count:
            went.append(_removed(item, count, why))
        elif not cleaner.audits_itself:
            stayed.append(Failure(why.rule.kind, item.key, ""))  # in use again, or somebody was faster: no fault
    if stayed and not cleaner.audits_itself:
        await audit.write([_kept(failure, why) for failure in stayed])
    return went, [failure for failure in stayed if failure.reason]


def _announced(items: Sequence[Item], why: Why) -> AuditRow:
    count = sum(item.count for item in items)
    what = items[0].key if len(items) == 1 else f"{items[0].key} and {len(items) - 1} more"
    keys: list[Json] = [item.key for item in items]
    return AuditRow(why.now, "", why.rule.kind, what, why.cause, count, {"items": keys, "size": _size(items)})


def _kept(failure: Failure, why: Why) -> AuditRow:
    reason = f"stayed: {failure.reason or 'in use again, or removed by another'}"
    return AuditRow(why.now, "", why.rule.kind, failure.what, reason, 0, {})


def _removed(item: Item, count: int, why: Why) -> Removed:
    return Removed(why.rule.kind, item.key, why.cause, count, item.size if item.size > 1 else None)


def _parts(items: Sequence[Item]) -> list[Sequence[Item]]:
    return [items[start : start + _MOST_NAMED] for start in range(0, len(items), _MOST_NAMED)]


def _size(items: Sequence[Item]) -> int:
    return sum(item.size for item in items)


def _reason(fault: Exception) -> str:
    return f"took more than {_PATIENCE_S:.0f} s" if isinstance(fault, TimeoutError) else str(fault) or repr(fault)
