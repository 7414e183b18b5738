"""Answers of the music arithmetic: each brings its own sentence, which must follow from its finding."""

from __future__ import annotations

from ...messages import Evidence, Json
from ..check import check
from . import phrasing as say
from .page import Page

TEXT = "theory.text"


def describe(page: Page) -> None:
    """One sentence a finding, in their order."""
    found = [item for item in page.findings.evidence if item.capability == "theory"]
    texts = {item.rank: item for item in found if item.name == TEXT}
    by_rank: dict[int, list[Evidence]] = {}
    for item in found:
        if item.name != TEXT:
            by_rank.setdefault(item.rank, []).append(item)
    for rank in sorted({*by_rank, *texts}):
        findings = by_rank.get(rank, [])
        sentence, text = texts.get(rank), say.text_in(texts.get(rank))
        cited = _bearing(text, findings, sentence, page.question) if sentence is not None and text else None
        if text and cited:
            page.say(text, *cited, support="computed")
            continue
        for finding in findings:
            if (shown := _value_words(finding.value, finding.unit)) is not None:
                page.say(f"The answer is {shown}.", finding, support="computed")


def _bearing(text: str, findings: list[Evidence], sentence: Evidence, question: str) -> list[Evidence] | None:
    """What bears it out: the findings alone, or with its own words where those bring names; None if neither does."""
    for cited in (findings, [*findings, sentence]):
        if cited and not check(text, cited, question=question):
            return cited
    return None


def _value_words(value: Json, unit: str) -> str | None:
    """A value as it is, for a finding without a sentence that fits it."""
    number = say.finite(value)
    if number is not None:
        return f"{say.trimmed(number, 2)} {unit}".strip()
    if isinstance(value, str) and value.strip():
        return f'"{say.plain(value)}"'
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return say.listed([f'"{say.plain(str(item))}"' for item in value])
    return None
