"""What Prometheus reads: how the hub is, its room, and the calls of this process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..calls.desk import Outcome
from ..calls.table import Call

CONTENT_TYPE = CONTENT_TYPE_LATEST
_STATES = ("healthy", "warning", "critical")
_SECONDS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0)


class Metrics:
    """Those of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._calls = Counter("grym_calls", "Calls that ended.", ("call", "end"), registry=self._registry)
        self._took = Histogram(
            "grym_call_seconds", "How long calls took.", ("call",), buckets=_SECONDS, registry=self._registry
        )

    def count(self, call: Call, outcome: Outcome, seconds: float) -> None:
        end = "refused" if outcome.is_refused else "failed" if outcome.error is not None else "answered"
        self._calls.labels(call.name, end).inc()
        self._took.labels(call.name).observe(seconds)

    def text(self, status: Mapping[str, Any]) -> bytes:
        """In the exposition format, with a status of the hub as it is now."""
        now = CollectorRegistry()
        now.register(_Status(status))
        return generate_latest(self._registry) + generate_latest(now)


class _Status(Collector):
    """The document of `grym status` as metrics."""

    def __init__(self, status: Mapping[str, Any]) -> None:
        self._status = status

    def collect(self) -> Iterable[Metric]:
        told = self._status
        state = GaugeMetricFamily("grym_health", "1 for the state that the hub is in.", labels=["state"])
        for name in _STATES:
            state.add_metric([name], float(told.get("state") == name))
        yield state
        signals = GaugeMetricFamily(
            "grym_pressure", "Pressure by signal; 0.7 warns, 0.9 is critical.", labels=["signal"]
        )
        for name, signal in told.get("signals", {}).items():
            signals.add_metric([name], float(signal["pressure"]))
        yield signals
        pool = told.get("pool", {})
        for name, about in (
            ("leases", "Leases that are lent."),
            ("waiting", "Steps that wait for room."),
            ("cpu_used", "Cores that are lent."),
            ("ram_gb_used", "Memory that is lent, in GB."),
        ):
            if isinstance(pool.get(name), int | float):
                yield GaugeMetricFamily(f"grym_{name}", about, value=float(pool[name]))
        jobs = told.get("jobs", {})
        rows = GaugeMetricFamily("grym_jobs", "Jobs that have not ended.", labels=["state"])
        for name in ("running", "waiting"):
            rows.add_metric([name], float(jobs.get(name) or 0))
        yield rows
        agents = GaugeMetricFamily("grym_agent_processes", "Processes of agents.", labels=["agent"])
        for agent in told.get("agents", ()):
            agents.add_metric([agent["name"]], float(agent["busy"] + agent["idle"]))
        yield agents
