"""Is what a sentence says to be there, there? Clipping, hum, silence, resonances, tags, one channel or two."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ...messages import Evidence
from ...regex import lazily
from ..words.phrasing import finite, pairs_in
from .case import Case, Problem

DC_PERCENT = 0.1  # below this an offset is none
DC_HARM_PERCENT = 0.5  # from here on it cannot be denied
LONG_SILENCE = 1.0  # s


def _any(evidence: Evidence) -> bool:
    return bool(evidence.value)


def _is_long(evidence: Evidence) -> bool:
    return any(end - start >= LONG_SILENCE for start, end in pairs_in(evidence))


def _is_offset(evidence: Evidence) -> bool:
    return abs(finite(evidence.value) or 0.0) >= DC_PERCENT


@dataclass(frozen=True, slots=True)
class Topic:
    """A word, the finding that settles it, and when it is there."""

    pattern: re.Pattern[str]
    names: tuple[str, ...]
    is_there: Callable[[Evidence], bool]


def _topic(words: str, *names: str, is_there: Callable[[Evidence], bool] = _any) -> Topic:
    return Topic(lazily(rf"(?i)\b(?:{words})\b"), names, is_there)


TOPICS: tuple[Topic, ...] = (
    _topic(r"clip(?:s|ped|ping)?|(?:stuck|pinned) at full scale", "facts.clipped_samples"),
    _topic(r"(?:mains )?hum(?:s|ming)?", "spectrum.hum_hz"),
    _topic(r"silen(?:ce|ces|t)|pauses?|gaps?(?! (?:between|of \x01+ LU))", "facts.silence_s"),
    _topic(r"resonan(?:ce|ces|t)", "spectrum.resonances"),
    _topic(r"DC", "facts.dc_offset_percent", is_there=_is_offset),
    _topic(r"tags", "facts.tags", "timbre.tags", "timbre.whole_tags"),
)
_NONE = lazily(
    r"(?i)\b(?:no|not|none|never|nothing|without|free of|neither|nor|nowhere|zero|cannot|lacks?|lacking|absence of|fails? to|isn't|aren't)\b"
    r"|\bnot (?:a|one|any)\b"
    r"|n't\b"
)
_MIGHT = lazily(
    r"(?i)\b(?:clipp?(?:ing|s)?|it|that|this|distortion) (?:may|might|could|can) |\b(?:risk|danger|chance) of clipping"
    r"|\b(?:avoid|prevent|against) clipping"
)
_CHANNELS = lazily(r"(?i)\b(?<!summed to )(?<!safe in )(?P<word>mono|stereo)\b(?![- ]compat| ?sum)")


def check_presence(case: Case) -> list[Problem]:
    """What the sentence says to be there or not, against the cited evidence."""
    problems = []
    for topic in TOPICS:
        for match in topic.pattern.finditer(case.tokens.plain):
            bound = case.bound(match.start())
            held = [item for item in case.cited if item.name in topic.names and case.touches(item, bound)]
            denied = _is_denied(case.tokens.text, match.start())
            if not denied and _MIGHT.search(case.clause(match.start(), match.end())):
                continue  # what may happen later was not measured, and is not said to have been
            if not held:
                problems.append(Problem(match[0], "nothing cited speaks of this"))
            elif any(_contradicts(case, match, topic, item, denied) for item in held):
                problems.append(Problem(match[0], "the cited evidence says otherwise"))
    return problems + _check_channels(case)


def _contradicts(case: Case, match: re.Match[str], topic: Topic, item: Evidence, denied: bool) -> bool:
    """Whether a finding says otherwise. "No long silence" denies only long ones; a slight offset may go either way."""
    if denied and item.name == "facts.dc_offset_percent":
        return abs(finite(item.value) or 0.0) >= DC_HARM_PERCENT
    if denied and item.name == "facts.silence_s" and case.tokens.plain[: match.start()].casefold().endswith("long "):
        return _is_long(item)
    return topic.is_there(item) is denied


def _is_denied(text: str, start: int) -> bool:
    """A "no" or a zero before it: in the same part of the clause, or of a list that an "or" ends."""
    clause = re.split(r"[;:()]|\.\s|,?\s(?:but|with|and it|though)\s", text[max(0, start - 100) : start])[-1]
    if re.search(r"(?<![\d.,])0 (?:\w+ )?$", clause):
        return True
    *earlier, own = clause.split(", ")
    if _NONE.search(own):
        return True
    # "no clipping, DC offset or silence" has one "no" for all; "no clipping, DC offset" denies only the first.
    rest = re.split(r"[;:()]|\.(?:\s|$)", text[start : start + 100])[0]
    is_list = re.search(r"(?i)\b(?:or|nor)\b", f"{own}{rest}") is not None
    return is_list and any(_NONE.search(part) for part in earlier)


def _check_channels(case: Case) -> list[Problem]:
    problems = []
    for match in _CHANNELS.finditer(case.tokens.plain):
        bound = case.bound(match.start())
        wanted = 2.0 if match["word"].casefold() == "stereo" else 1.0
        held = [item for item in case.cited if item.name == "facts.channels" and case.touches(item, bound)]
        pairs = [item for item in case.cited if item.name in ("facts.balance_db", "facts.correlation")]
        stated = [finite(item.value) == wanted for item in held] + [wanted == 2.0 for _ in pairs if not held]
        denied = _is_denied(case.tokens.text, match.start())
        if not stated or all(stated) == denied:
            problems.append(Problem(match[0], "the cited evidence does not hold this number of channels"))
    return problems
