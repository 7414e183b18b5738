"""What agents of the user found: names and numbers as they gave them, since nobody here knows what they mean."""

from __future__ import annotations

from ...messages import Evidence
from . import phrasing as say
from .certainty import LIKELY
from .page import Page

_MOST = 6  # sentences about one recording; the rest is in the evidence
_LONGEST = 80  # characters of a text that is quoted


def describe(page: Page, capability: str, subject: str, *, is_named: bool) -> None:
    """Say what was found under a capability that is not one of ours."""
    whose = f"{page.name(subject)}: " if is_named else ""
    found = [item for item in page.findings.of(subject, capability) if item.rank == 0]
    for item in found[:_MOST]:
        text = _value(item)
        if text is not None:
            unsure = "perhaps " if item.confidence < LIKELY else ""
            page.say(f"{whose}{_label(item)} is {unsure}{text}.", item, support="inferred" if unsure else "measured")


def _label(item: Evidence) -> str:
    name = item.name.partition(".")[2].removesuffix(f"_{item.unit.casefold()}").replace("_", " ")
    return f"{item.source.agent.capitalize()} finds that the {name}"


def _value(item: Evidence) -> str | None:
    """A number with its unit, or a short text in quotation marks; None for anything longer."""
    if isinstance(item.value, bool):
        return "true" if item.value else "false"
    if isinstance(item.value, int | float):
        return f"{item.value:.6g}{f' {item.unit}' if item.unit else ''}"
    quoted = say.quotable(item.value, _LONGEST) if isinstance(item.value, str) else None
    return None if quoted is None else f'"{quoted}"'
