"""Answers of the music arithmetic: each brings its own sentence, which must follow from its finding."""

from __future__ import annotations

from ...messages import Evidence, Json, Support
from ..check import check
from . import phrasing as say
from .page import SURE, Page

TEXT = "theory.text"


def describe(page: Page) -> None:
    """One sentence a finding, in their order; of what was computed for several recordings, each with its name."""
    found = [item for item in page.findings.evidence if item.capability == "theory"]
    subjects = list(dict.fromkeys(item.subject for item in found))
    for subject in subjects:
        whose = f"{page.name(subject)}: " if len(subjects) > 1 and subject else ""
        _describe_one(page, [item for item in found if item.subject == subject], whose)


def _describe_one(page: Page, found: list[Evidence], whose: str) -> None:
    texts = {item.rank: item for item in found if item.name == TEXT}
    by_rank: dict[int, list[Evidence]] = {}
    for item in found:
        if item.name != TEXT:
            by_rank.setdefault(item.rank, []).append(item)
    for rank in sorted({*by_rank, *texts}):
        findings = by_rank.get(rank, [])
        measured = _measured(page, findings or [texts[rank]])
        support: Support = "inferred" if any(item.confidence < SURE for item in measured) else "computed"
        sentence, text = texts.get(rank), say.text_in(texts.get(rank))
        findings = [*findings, *measured]
        cited = _bearing(text, findings, sentence, page.question) if sentence is not None and text else None
        if text and cited:
            page.say(f"{whose}{text}", *cited, support=support)
            continue
        for finding in by_rank.get(rank, []):
            if (shown := _value_words(finding.value, finding.unit)) is not None:
                page.say(f"{whose}The answer is {shown}.", finding, support=support)


def _measured(page: Page, findings: list[Evidence]) -> list[Evidence]:
    """What was heard in the recording and computed with: the method of a finding names it."""
    subject = findings[0].subject
    return [
        item
        for item in page.findings.evidence
        if subject
        and (item.subject, item.rank) == (subject, 0)
        and f"{item.name} of {subject}" in findings[0].source.method
    ]


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
