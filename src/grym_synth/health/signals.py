"""Readings made comparable: each signal's value, the pressure it makes, and the greatest of them.

Pressure is piecewise linear through (0, 0), (warn, 0.70), (critical, 0.90), (hard, 1.0) and at most 1.5. `RULES` is the
table of docs/health.md; what is read of this host is in `readings.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..messages import Health

_GB = 1e9
WARNING, CRITICAL, HARD = 0.70, 0.90, 1.0  # pressure
_MOST = 1.5


@dataclass(frozen=True, slots=True)
class Rule:
    """What a signal is, and where it starts to warn, becomes critical, and is a hard fault.

    hard : None for what can never be one
    at_most : pressure that it never exceeds; at_most_idle : the same while nobody waits for what it counts
    """

    name: str
    says: str
    unit: str
    warn: float
    critical: float
    hard: float | None
    at_most: float = _MOST
    at_most_idle: float = _MOST


#: In the order in which they are told. Which value makes a signal hard without a number is said in `says`.
RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("memory", "used share of the memory we may use, page cache excluded", "share", 0.80, 0.90, 0.97),
        Rule("cpu", "share of time that runnable work waited for a core", "share", 0.40, 0.70, None, at_most=0.89),
        Rule("disk", "free space where the store lies", "bytes", 5e9, 1e9, 2e8),
        Rule(
            "pool", "share of the room held by critical and interactive leases", "share", 0.70, 0.90, 1.0, _MOST, 0.69
        ),
        Rule("wait", "age of the oldest interactive waiter", "s", 2.0, 5.0, 30.0),
        Rule(
            "store",
            "connections in use, ours or the server's; hard when it cannot be written",
            "share",
            0.70,
            0.90,
            1.0,
            _MOST,
            0.69,
        ),
        Rule(
            "errors", "failed share of the calls to agents and models in 60 s, of 20 or more", "share", 0.05, 0.10, 0.50
        ),
        Rule(
            "latency",
            "95th percentile of call times over what was declared, in 60 s, of 20 or more",
            "ratio",
            1.0,
            2.0,
            4.0,
        ),
        Rule(
            "probe",
            "failures in a row of a tiny real job; hard when the store or every agent is dead",
            "count",
            1.0,
            3.0,
            None,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One reading: its value in its own unit, and its pressure; `cause` says more where there is more to say."""

    value: float
    pressure: float
    cause: str = ""

    @property
    def state(self) -> Health:
        return state_of(self.pressure)


def configured(limits: Mapping[str, Sequence[float]]) -> Mapping[str, Rule]:
    """The rules with other limits: `{"memory": [0.7, 0.8, 0.9]}` for warn, critical and hard.

    Raises
    ------
    ValueError
        A name is unknown, or its limits do not get worse and worse.
    """
    rules = dict(RULES)
    for name, values in limits.items():
        if name not in RULES:
            raise ValueError(f"no signal {name!r}; there is {', '.join(RULES)}")
        rule, wanted = RULES[name], 2 if RULES[name].hard is None else 3
        falls = rule.warn > rule.critical  # less is worse, as for free bytes
        if len(values) != wanted or list(values) != sorted(set(values), reverse=falls):
            order = "warn, critical and hard" if wanted == 3 else "warn and critical"
            raise ValueError(f"the limits of {name!r} are {order}, each worse than the one before; got {list(values)}")
        warn, critical, *hard = values
        rules[name] = replace(rule, warn=warn, critical=critical, hard=hard[0] if hard else None)
    return rules


def measure(
    name: str,
    value: float,
    *,
    zero: float = 0.0,
    waiting: bool = True,
    hard: bool = False,
    cause: str = "",
    rules: Mapping[str, Rule] | None = None,
) -> Signal:
    """The signal `name` at a value, by RULES or others.

    zero : where there is no pressure; the axis runs down from it where less is worse, as for free bytes
    waiting : whether anybody waits for what is counted
    hard : whether this is a hard fault whatever the value
    """
    rule = (rules or RULES)[name]
    pressure = pressure_of(value, rule, zero=zero)
    pressure = min(pressure, rule.at_most if waiting else rule.at_most_idle)
    return Signal(value, max(pressure, HARD) if hard else pressure, cause)


def pressure_of(value: float, rule: Rule, *, zero: float = 0.0) -> float:
    """Pressure on the line through the limits of a rule; beyond the last of them the line goes on, up to 1.5."""
    points = [(zero, 0.0), (rule.warn, WARNING), (rule.critical, CRITICAL)]
    if rule.hard is not None:
        points.append((rule.hard, HARD))
    sign = 1.0 if rule.critical >= zero else -1.0
    if sign * value <= sign * zero:
        return 0.0
    segments = list(itertools.pairwise(points))
    for (x0, p0), (x1, p1) in segments:
        if sign * value <= sign * x1:
            return p1 - (p1 - p0) * (x1 - value) / (x1 - x0)  # exactly p1 at the limit
    (x0, p0), (x1, p1) = segments[-1]
    most = _MOST if rule.hard is not None else HARD - 0.01
    return min(most, p0 + (p1 - p0) * (value - x0) / (x1 - x0))


def state_of(pressure: float) -> Health:
    """What one reading by itself would make of the hub; the state of the hub takes time into account (`state.py`)."""
    return "critical" if pressure >= CRITICAL else "warning" if pressure >= WARNING else "healthy"


def worst(signals: Mapping[str, Signal]) -> tuple[str, Signal]:
    """The signal that decides, by name."""
    name = max(signals, key=lambda key: signals[key].pressure)
    return name, signals[name]
