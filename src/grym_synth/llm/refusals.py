"""Why no language model answered, in one error: what was wrong with each, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..config.models import ModelCard
from ..errors import (
    AdmissionDenied,
    AgentFailed,
    CircuitOpen,
    GrymError,
    InvalidConfig,
    MissingDependency,
    ModelFailed,
    ModelUnreachable,
    Unavailable,
)
from .choose import Cause, LeftOut
from .model import ModelRefused

_HOPE: tuple[Cause, ...] = ("rest", "budget", "key", "privacy", "length", "task")  # what passes by itself, first
_WAY_OUT: dict[Cause, str] = {
    "rest": "wait, or ask without it: --no-llm",
    "budget": "wait until tomorrow, or raise the limit in [model_rules]",
    "key": "set that variable before grym starts",
    "privacy": 'configure a local model, or allow it: `privacy = "any"` in [model_rules]',
    "length": "ask about fewer files, or configure a model with more `context_tokens`",
    "task": "add the task to `tasks` of a model",
}


def not_asked(left: LeftOut) -> GrymError:
    """The error for a model that may not be asked."""
    hint = _WAY_OUT[left.cause]
    match left.cause:
        case "rest":
            return CircuitOpen(left.reason, hint=hint, retry_after=left.retry_after)
        case "budget":
            return AdmissionDenied(left.reason, hint=hint, retry_after=left.retry_after)
        case "length":
            return ModelRefused(left.reason, hint=hint)
    return InvalidConfig(left.reason, hint=hint)


def none_answered(left_out: Sequence[LeftOut], failures: Sequence[tuple[ModelCard, GrymError]]) -> GrymError:
    """The error for a question that no model answered; of the kind that gives most hope."""
    if not left_out and not failures:
        return InvalidConfig("no language model is configured", hint="docs/language-models.md says how")
    # Models that are not for this task are told of only where there are no others.
    relevant = [left for left in left_out if left.cause != "task"] or ([] if failures else list(left_out))
    reasons = {left.card.name: left.reason for left in relevant} | {card.name: str(error) for card, error in failures}
    message = "; ".join(f"model {name}: {reason}" for name, reason in reasons.items())
    errors = [error for _, error in failures] or [
        not_asked(left) for left in sorted(relevant, key=lambda left: _HOPE.index(left.cause))
    ]
    waits = [error.retry_after for error in errors if isinstance(error, Unavailable)]
    return _of_kind(errors, message, min((wait for wait in waits if wait is not None), default=None))


def _of_kind(errors: Iterable[GrymError], message: str, retry_after: float | None) -> GrymError:
    errors = list(errors)
    passing = [error for error in errors if isinstance(error, Unavailable)]
    if passing:
        kind = type(passing[0]) if isinstance(passing[0], CircuitOpen | AdmissionDenied) else ModelUnreachable
        return kind(message, hint=passing[0].hint, retry_after=retry_after)
    if any(isinstance(error, AgentFailed) for error in errors):
        return ModelFailed(message, hint=errors[-1].hint)
    kind_of_setup = MissingDependency if isinstance(errors[-1], MissingDependency) else InvalidConfig
    return kind_of_setup(message, hint=errors[-1].hint)
