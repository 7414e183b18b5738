"""Spans of calls for whoever collects them; without a collector they cost next to nothing and go nowhere."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from typing import Any

from ...config.tracing import wants_traces

log = logging.getLogger(__name__)


def begin_traces() -> None:
    """Send spans to the collector that the variables of OpenTelemetry name, if they do."""
    if not wants_traces():
        return
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("what sends traces is not installed: pip install 'grym-synth[telemetry]'")
        return
    provider = TracerProvider(resource=Resource.create({"service.name": "grym-synth"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def span(name: str, **attributes: str) -> AbstractContextManager[Any]:
    """One call; what was asked is no attribute of it."""
    from opentelemetry import trace

    told = {f"grym.{key}": value for key, value in attributes.items()}
    return trace.get_tracer("grym_synth").start_as_current_span(f"grym {name}", attributes=told)
