"""When is something stale, and which of it goes? Rules as data and one decision for all of them; touches nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ..audio.spectrum.handle_names import EXPIRES_S
from ..storage.events import KEPT_S

WARN = 0.70  # pressure from which a signal warns

Order = Literal["oldest", "largest and oldest"]


@dataclass(frozen=True, slots=True)
class Rule:
    """When something of a kind goes.

    how : what is done with it, for the docs; because : in which state it is then
    every_s : how often it is looked for
    stale_after_s : only what has been silent or unused for so long
    signal, of, level : only while that signal's value or pressure is at the level or above; "" is always
    floor : so many of each group stay in any case; a group may ask for more
    share : the part that goes at once, in the order given; the rest has its turn in the next pass
    """

    kind: str
    how: str
    because: str
    every_s: float
    stale_after_s: float = 0.0
    signal: str = ""
    of: Literal["value", "pressure"] = "pressure"
    level: float = 0.0
    floor: int = 0
    share: float = 1.0
    order: Order = "oldest"


#: A kind of resource that is added later adds its rule here and its cleaner in the hub.
RULES = (
    Rule("lease", "taken back", "no heartbeat", 10.0, stale_after_s=30.0),
    Rule("agent", "an idle process is stopped", "idle", 10.0, stale_after_s=300.0),
    Rule("handle", "what is behind it is removed", "unused", 60.0, stale_after_s=EXPIRES_S),
    Rule("worker", "declared dead, and others go on with its jobs", "no heartbeat", 10.0, stale_after_s=60.0),
    Rule("job", "forgotten, with its items", "ended", 3600.0, stale_after_s=30 * 86400.0),
    Rule("event", "forgotten", "told", 3600.0, stale_after_s=KEPT_S),
    Rule("process", "what a hub had launched is ended", "its hub runs no more", 60.0),
    Rule("temporary", "what a killed command left is removed", "untouched", 60.0, stale_after_s=3600.0),
    Rule("upload", "removed, with what was sent", "untouched", 3600.0, stale_after_s=86400.0),
    Rule("result", "removed; that there was a task stays known", "untouched", 3600.0, stale_after_s=86400.0),
    Rule("fault report", "removed", "untouched", 3600.0, stale_after_s=30 * 86400.0),
    Rule("agent", "half of the idle are stopped", "idle", 10.0, signal="pool", of="value", level=0.80, share=0.5),
    Rule("agent", "the idle are stopped, and the models in them unloaded", "idle", 10.0, signal="memory", level=WARN),
    Rule("connection", "an idle one is closed", "idle", 10.0, signal="store", of="value", level=0.80),
    Rule(
        "cache",
        "pruned to half their size",
        "unused",
        60.0,
        stale_after_s=60.0,
        signal="disk",
        level=WARN,
        share=0.5,
        order="largest and oldest",
    ),
)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a cleaner found.

    key : its name, also for the audit log
    age_s : since its last use or sign of life
    count : how many things it stands for; size : bytes, or 1 where none are known
    group, floor : what it is one of, and how many of these stay; in_use : it counts for the floor and never goes
    """

    key: str
    age_s: float
    count: int = 1
    size: int = 1
    group: str = ""
    floor: int = 0
    in_use: bool = False


class Reading(Protocol):
    """A signal of health."""

    @property
    def value(self) -> float: ...
    @property
    def pressure(self) -> float: ...


def applies(rule: Rule, signals: Mapping[str, Reading]) -> bool:
    """Whether a rule is to be carried out: always, or while its signal is high enough; one not read is not."""
    return not rule.signal or (rule.signal in signals and _measured(rule, signals) >= rule.level)


def choose(rule: Rule, items: Sequence[Item]) -> list[Item]:
    """Which of the items go by a rule that applies, the first first."""
    members: dict[str, int] = defaultdict(int)
    for item in items:
        members[item.group] += item.count
    spare = dict(members)
    for item in items:
        spare[item.group] = min(spare[item.group], members[item.group] - max(rule.floor, item.floor))
    left = float(sum(item.size for item in items if not item.in_use))
    enough = left * (1.0 - rule.share)
    chosen = []
    for item in sorted(items, key=_places_in(rule.order)):
        if item.in_use or item.age_s < rule.stale_after_s or spare[item.group] < item.count:
            continue
        if rule.share < 1.0 and left <= enough:
            break
        chosen.append(item)
        spare[item.group] -= item.count
        left -= item.size
    return chosen


def cause_of(rule: Rule, signals: Mapping[str, Reading]) -> str:
    """Why a rule removes something, in words."""
    idle = f"{rule.because} for {_span(rule.stale_after_s)}" if rule.stale_after_s else rule.because
    if not rule.signal:
        return idle
    return f"{idle}, and {rule.signal} {rule.of} {_measured(rule, signals):.2f} is at {rule.level:.2f} or above"


def rules_table() -> str:
    """The rules as a table in Markdown, for docs/cleanup.md."""
    lines = ["| kind | goes when | what is done | first | looked for |", "|---|---|---|---|---|"]
    for rule in RULES:
        when = f"{rule.because} for {_span(rule.stale_after_s)}" if rule.stale_after_s else rule.because
        if rule.signal:
            when += f", while {rule.signal} {rule.of} ≥ {rule.level:.2f}"
        lines.append(f"| {rule.kind} | {when} | {rule.how} | {rule.order} | every {_span(rule.every_s)} |")
    return "\n".join(lines)


def _places_in(order: Order) -> Callable[[Item], float]:
    return (lambda item: -item.age_s) if order == "oldest" else (lambda item: -item.size * max(item.age_s, 1.0))


def _measured(rule: Rule, signals: Mapping[str, Reading]) -> float:
    reading = signals[rule.signal]
    return reading.value if rule.of == "value" else reading.pressure


def _span(seconds: float) -> str:
    for unit, length in (("days", 86400.0), ("hours", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"
