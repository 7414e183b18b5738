"""What is read of this host: memory, the wait for cores, free disk; bounds of a control group where they are set."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from .signals import RULES, Rule, Signal, measure

_GB = 1e9
Rules = Mapping[str, Rule] | None


def read_host(store_folder: Path, rules: Rules = None) -> Mapping[str, Signal]:
    """Every signal of this host, now; by RULES or others."""
    return {"memory": read_memory(rules), "cpu": read_cpu(rules), "disk": read_disk(store_folder, rules)}


def read_memory(rules: Rules = None) -> Signal:
    """Used share of the limit of the host or of our control group, page cache excluded."""
    host = _meminfo()
    share = 1.0 - host["MemAvailable"] / host["MemTotal"]
    limit, current = _cgroup_number("memory.max"), _cgroup_number("memory.current")
    if limit is not None and current is not None and limit < host["MemTotal"]:
        share = max(share, max(0.0, current - _inactive_file()) / limit)
    return measure("memory", share, rules=rules)


def read_cpu(rules: Rules = None) -> Signal:
    """Share of the last 10 s in which runnable work waited (pressure stall information); else from the load."""
    for path in (_cgroup_file("cpu.pressure"), Path("/proc/pressure/cpu")):
        try:
            some = path.read_text().splitlines()[0] if path is not None else ""
            return measure("cpu", float(some.split("avg10=")[1].split()[0]) / 100.0, rules=rules)
        except (OSError, IndexError, ValueError):
            continue
    try:
        load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    except OSError:
        return Signal(0.0, 0.0, "this system tells no load")
    return measure("cpu", max(0.0, (load / cores - 1.0) / 2.0), rules=rules)


def read_disk(folder: Path, rules: Rules = None) -> Signal:
    """Free bytes of the disk that holds `folder`."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    # The axis runs down from a disk that is all free; on one smaller than the warning it starts above that.
    warn = (rules or RULES)["disk"].warn
    return measure("disk", float(usage.free), zero=max(float(usage.total), warn * 2), rules=rules)


def total_ram_gb() -> float:
    """Memory that this host, or the control group we run in, may use at most."""
    total, limit = _meminfo()["MemTotal"], _cgroup_number("memory.max")
    return (total if limit is None else min(total, limit)) / _GB


def _meminfo() -> dict[str, float]:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return {line.split(":")[0]: float(line.split()[1]) * 1024 for line in lines}


def _cgroup_file(name: str) -> Path | None:
    """A file of our control group (version 2); None where there is none."""
    try:
        group = next(line for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::"))
    except (OSError, StopIteration):
        return None
    return Path("/sys/fs/cgroup") / group[3:].lstrip("/") / name


def _cgroup_number(name: str) -> float | None:
    """A number of our control group; None where it sets no bound."""
    path = _cgroup_file(name)
    try:
        return None if path is None else float(path.read_text())
    except (OSError, ValueError):
        return None


def _inactive_file() -> float:
    path = _cgroup_file("memory.stat")
    try:
        lines = path.read_text().splitlines() if path is not None else []
        return next(float(line.split()[1]) for line in lines if line.startswith("inactive_file "))
    except (OSError, ValueError, StopIteration):
        return 0.0
