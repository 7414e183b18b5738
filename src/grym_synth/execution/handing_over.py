"""What one step hands to a later one: measured values, put where its parameters ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from ..errors import BadRequest
from ..messages import Evidence, Json, Step
from ..storage.store import Heard

_DECIMALS = 2  # of a number that is handed over: a hundredth of a beat a minute, of a LUFS, of a second

#: Between an agent's own method and what it was given, in the method of evidence.
FROM = "; with "


class NothingToTake(BadRequest):
    """What a step needs of an earlier one was not found."""

    code = "unmeasurable"


class HasHeard(Protocol):
    """What came of an earlier step."""

    @property
    def heard(self) -> Heard: ...


def fill(step: Step, outcomes: Sequence[HasHeard]) -> tuple[Step, tuple[Evidence, ...]]:
    """The step with the values that it takes in place of its words in braces, and the evidence that they are from.

    Raises
    ------
    NothingToTake
        One of them was not measured.
    """
    found = [item for outcome in outcomes for item in outcome.heard.evidence if item.rank == 0]
    words, taken = dict[str, str](), []
    for word, wanted in step.takes.items():
        item = next((item for item in found if (item.subject, item.name) == (wanted.subject, wanted.name)), None)
        if item is None or item.value is None:
            what = wanted.name.rpartition(".")[2].removesuffix("_bpm").removesuffix("_s").replace("_", " ")
            raise NothingToTake(f"this needs its {what}, which I could not measure")
        words[word] = _as_text(item.value)
        taken.append(item)
    params = {name: _filled(value, words) for name, value in step.params.items()}
    return replace(step, params=params), tuple(taken)


def trusted_as(heard: Heard, taken: Iterable[Evidence]) -> Heard:
    """The same findings, no surer than what they were computed from, which their method names."""
    sources = list(taken)
    least = min(item.confidence for item in sources)
    names = " and ".join(f"{item.name} of {item.subject}" for item in sources)
    evidence = (
        replace(
            item,
            confidence=min(item.confidence, least),
            source=replace(item.source, method=f"{item.source.method}{FROM}{names}"),
        )
        for item in heard.evidence
    )
    return replace(heard, evidence=tuple(evidence))


def _as_text(value: Json) -> str:
    if isinstance(value, float):
        return f"{round(value, _DECIMALS):g}" if abs(value) < 1e6 else str(round(value, _DECIMALS))
    return str(value)


def _filled(value: Json, words: dict[str, str]) -> Json:
    match value:
        case str():
            for word, text in words.items():
                value = value.replace(f"{{{word}}}", text)
            return value
        case list():
            return [_filled(item, words) for item in value]
    return value
