"""How sure an answer says it is: one word for each share of certainty. docs/answers.md shows this table."""

from __future__ import annotations

from . import phrasing as say

SURE = 0.9  # from here on it is said plainly: "It runs at 126 BPM"
LIKELY = 0.6  # from here on "most likely"; below, "I am not sure: perhaps"
FAINT_KEY = 0.15  # less sure than this, a key is not worth playing along
FAINT_TAG = 0.25  # less sure than this of every tag, none is believed


def doubt(confidence: float) -> str:
    """What is put before a finding: nothing, "most likely " or "perhaps "."""
    return "" if confidence >= SURE else "most likely " if confidence >= LIKELY else "perhaps "


def in_words(confidence: float) -> str:
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "not sure"


def percent(confidence: float) -> str:
    """ "94 %"; what is nearly certain keeps its decimal, so that no guess is called 100 %."""
    share = 100.0 * confidence
    return f"{say.trimmed(share, 1)} %" if share < 10.0 or 99.5 <= share < 100.0 else say.percent(share)
