"""From pressure to state: how often, and for how long, before the hub is called tired, or well again.

Getting worse is quick and never delayed; getting better takes its time, and one step after the other. The rules are
data (`RISES`, `FALLS`), from which docs/health.md is made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..messages import Health

HARD = 1.0  # pressure from which a fault is critical at once
FLAPPING_CHANGES, FLAPPING_S = 8, 60.0  # more changes than these within so many seconds double the time of recovery


@dataclass(frozen=True, slots=True)
class Rise:
    """Worse, from `pressure` on in so many samples running."""

    source: Health
    target: Health
    pressure: float
    samples: int


@dataclass(frozen=True, slots=True)
class Fall:
    """Better, below `pressure` for so many seconds without a break."""

    source: Health
    target: Health
    pressure: float
    seconds: float


#: The first that applies counts. Nothing leads from critical to healthy in one step.
RISES = (
    Rise("healthy", "critical", HARD, 1),
    Rise("warning", "critical", HARD, 1),
    Rise("warning", "critical", 0.90, 2),
    Rise("healthy", "warning", 0.70, 3),
)
FALLS = (Fall("critical", "warning", 0.80, 10.0), Fall("warning", "healthy", 0.60, 10.0))


@dataclass(frozen=True, slots=True)
class Condition:
    """Where the hub stands, and what the next sample is judged by.

    since : when the state began; cause : the signal that made it so
    runs : samples running at or above the pressure of each of RISES
    calm_since : since when the pressure has been below that of the fall out of this state; None when it is not
    changes : times of the latest changes, within the last minute
    """

    state: Health
    since: float
    cause: str
    runs: tuple[int, ...] = (0,) * len(RISES)
    calm_since: float | None = None
    changes: tuple[float, ...] = ()


def start(now: float) -> Condition:
    """A hub that has just begun, and knows of no trouble."""
    return Condition("healthy", now, "started")


def advance(was: Condition, now: float, pressure: float, cause: str) -> Condition:
    """The condition after one more sample; `now` never goes back. Equal input gives equal output."""
    runs = tuple(run + 1 if pressure >= rise.pressure else 0 for run, rise in zip(was.runs, RISES, strict=True))
    changes = tuple(time for time in was.changes if now - time <= FLAPPING_S)
    for rise, run in zip(RISES, runs, strict=True):
        if rise.source == was.state and run >= rise.samples:
            return _changed(rise.target, now, pressure, cause, runs, changes)
    fall = _fall_from(was.state)
    if fall is None or pressure >= fall.pressure:
        return replace(was, runs=runs, calm_since=None, changes=changes)
    calm_since = now if was.calm_since is None else was.calm_since
    if now - calm_since >= _wait(fall, changes):
        return _changed(fall.target, now, pressure, cause, runs, changes)
    return replace(was, runs=runs, calm_since=calm_since, changes=changes)


def better_in(condition: Condition, now: float) -> float:
    """Seconds until the state can be better, if the pressure is low from now on; 0 when it is the best."""
    fall = _fall_from(condition.state)
    if fall is None:
        return 0.0
    calm = 0.0 if condition.calm_since is None else now - condition.calm_since
    return max(0.0, _wait(fall, condition.changes) - calm)


def _wait(fall: Fall, changes: tuple[float, ...]) -> float:
    return fall.seconds * (2.0 if len(changes) > FLAPPING_CHANGES else 1.0)


def _fall_from(state: Health) -> Fall | None:
    return next((fall for fall in FALLS if fall.source == state), None)


def _changed(
    state: Health, now: float, pressure: float, cause: str, runs: tuple[int, ...], changes: tuple[float, ...]
) -> Condition:
    fall = _fall_from(state)
    calm = fall is not None and pressure < fall.pressure
    return Condition(state, now, cause, runs, now if calm else None, (*changes, now))
