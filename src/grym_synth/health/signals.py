"""Is the hub fit? Readings of this host made comparable as pressure, and the state that follows.

This version reads memory and disk at the moment of asking. Pressure is piecewise linear through
(0, 0), (warn, 0.70), (critical, 0.90), (hard, 1.0) and at most 1.5.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..messages import Health

_GB = 1e9


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a signal starts to warn, becomes critical, and is a hard fault."""

    warn: float
    critical: float
    hard: float


@dataclass(frozen=True, slots=True)
class Signal:
    """One reading: its value in its own unit, and its pressure."""

    value: float
    pressure: float

    @property
    def state(self) -> Health:
        return state_of(self.pressure)


MEMORY = Limits(warn=0.80, critical=0.90, hard=0.97)  # used share, page cache excluded
DISK = Limits(warn=5 * _GB, critical=1 * _GB, hard=0.2 * _GB)  # free bytes: less is worse


def pressure_of(value: float, limits: Limits, *, zero: float = 0.0) -> float:
    """Pressure of a value on the line through `limits`; `zero` is where there is none. The axis may run downwards."""
    points = [(zero, 0.0), (limits.warn, 0.70), (limits.critical, 0.90), (limits.hard, 1.0)]
    sign = 1.0 if limits.hard >= zero else -1.0
    if sign * value <= sign * zero:
        return 0.0
    segments = list(itertools.pairwise(points))
    for (x0, p0), (x1, p1) in segments:
        if sign * value <= sign * x1:
            return p0 + (p1 - p0) * (value - x0) / (x1 - x0)
    (x0, p0), (x1, p1) = segments[-1]
    return min(1.5, p0 + (p1 - p0) * (value - x0) / (x1 - x0))


def state_of(pressure: float) -> Health:
    return "critical" if pressure >= 0.90 else "warning" if pressure >= 0.70 else "healthy"


def read_signals(store_folder: Path) -> Mapping[str, Signal]:
    """Read every signal of this version now."""
    used, (free, size) = _memory_used_share(), _disk_free_bytes(store_folder)
    # On a disk smaller than the warning, the axis starts where the disk is empty.
    disk_zero = max(size, DISK.warn * 2)
    return {
        "memory": Signal(used, pressure_of(used, MEMORY)),
        "disk": Signal(free, pressure_of(free, DISK, zero=disk_zero)),
    }


def worst(signals: Mapping[str, Signal]) -> tuple[str, Signal]:
    """The signal that decides, by name."""
    name = max(signals, key=lambda key: signals[key].pressure)
    return name, signals[name]


def total_ram_gb() -> float:
    """Memory that this host, or the control group we run in, may use at most."""
    return _memory_limit_bytes() / _GB


def _memory_used_share() -> float:
    host = _meminfo()
    share = 1.0 - host["MemAvailable"] / host["MemTotal"]
    limit, current = _cgroup("memory.max"), _cgroup("memory.current")
    if limit is not None and current is not None and limit < host["MemTotal"]:
        share = max(share, max(0.0, current - _cgroup_inactive_file()) / limit)
    return share


def _memory_limit_bytes() -> float:
    total = _meminfo()["MemTotal"]
    limit = _cgroup("memory.max")
    return total if limit is None else min(total, limit)


def _meminfo() -> dict[str, float]:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return {line.split(":")[0]: float(line.split()[1]) * 1024 for line in lines}


def _cgroup(name: str) -> float | None:
    """A number of our control group (version 2); None where there is none or it sets no bound."""
    try:
        group = next(line for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
        return float((Path("/sys/fs/cgroup") / group[3:].lstrip("/") / name).read_text())
    except (OSError, ValueError, StopIteration):
        return None


def _cgroup_inactive_file() -> float:
    try:
        group = next(line for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
        text = (Path("/sys/fs/cgroup") / group[3:].lstrip("/") / "memory.stat").read_text()
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("inactive_file "))
    except (OSError, ValueError, StopIteration):
        return 0.0


def _disk_free_bytes(folder: Path) -> tuple[float, float]:
    """Free and whole size of the disk that holds `folder`."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return float(usage.free), float(usage.total)
