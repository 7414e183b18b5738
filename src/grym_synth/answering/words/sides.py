"""Left and right: which is the louder, and how wide the image is."""

from __future__ import annotations

import re

from ...messages import Evidence
from . import faults
from . import phrasing as say
from .page import Page

CANCELS = -0.3  # a correlation below this: most of what is summed to mono is lost
THINS = 0.3  # below this some of it is
_SUM = (
    r"mono[- ]?(?:compat\w*|kompat\w*|safe|proof)|(?:com|kom)patib\w* (?:\w+ ){0,2}mono"
    r"|(?:in|to|into|auf|zu|en|em|i) mono"
    r"|mono\w* (?:sum|summe|summation)|sum(?:s|med|ming)? (?:\w+ ){0,3}mono"
    r"|mono(?= .*(?:vanish|disappear|cancel|collaps|surviv))"
    r"|(?:vanish|disappear|cancel|collaps|surviv)\w*(?= .*mono)"
)
_LOST = r"vanish\w*|disappear\w*|cancel\w*|lose|lost|collaps\w*|problems?|thin\w*|phasey|weak\w*"
BALANCE_DB = 0.5  # nobody hears a smaller difference of the sides


def balance(page: Page, subject: str) -> bool:
    """Says which side is louder; true when it can be heard."""
    found = page.number(subject, "facts.balance_db")
    if found is None:
        channels = page.number(subject, "facts.channels")
        if channels and channels[1] == 1:
            page.say("It is mono, so there are no sides to compare.", channels[0])
        return False
    levels = page.find(subject, "facts.channel_levels_dbfs")
    values = say.numbers_in(levels)
    detail = ""
    if levels is not None and len(values) == 2 and not page.is_brief:
        detail = f" ({say.decibels(values[0])} dBFS RMS on the left, {say.decibels(values[1])} dBFS on the right)"
    cited = [found[0], *([levels] if levels is not None and detail else [])]
    if abs(found[1]) < 0.05:
        page.say(_balance_verdict(page, found[1], f"Left and right are equally strong{detail}."), *cited)
        return False
    word = "louder" if found[1] > 0 else "quieter"
    text = f"The left channel is {say.magnitude(found[1])} dB {word} than the right{detail}."
    page.say(_balance_verdict(page, found[1], text), *cited)
    if abs(found[1]) < BALANCE_DB:
        page.add("That is too little to hear.", found[0], support="inferred")
    elif abs(found[1]) >= faults.LOPSIDED_DB:
        side = "right" if found[1] > 0 else "left"
        raise_by = page.compute("facts.balance_gain_db", "ratio", "dB", abs(found[1]), "size of {0}", found[0])
        page.suggest(f"Raise the {side} channel by {say.magnitude(found[1])} dB to even it out, if it is not meant so.",
                     raise_by)  # fmt: skip
    return abs(found[1]) >= BALANCE_DB


def asks_for_sum(page: Page) -> bool:
    """Whether a question is about what is left of a stereo recording in mono."""
    return page.asks(_SUM)


def _summed(page: Page, found: tuple[Evidence, float]) -> None:
    """What becomes of it in mono, behind a yes or a no to what was asked: is it lost, or does it survive?"""
    value = found[1]
    meaning = (
        "it cancels when the sides are summed to mono" if value < CANCELS
        else "it gets thinner when the sides are summed to mono" if value < THINS
        else "it is safe in mono"
    )  # fmt: skip
    text = f"The correlation of left and right is {say.fixed(value, 2)}: {meaning}."
    survives = None if CANCELS <= value < THINS else value >= THINS
    holds = None if survives is None else survives != page.asks(_LOST)
    page.say(text if holds is None else page.verdict(holds, text), found[0])
    if value < CANCELS:
        page.suggest("Listen to the sum of both; if a channel is upside down, flip its polarity.", found[0])


def _balance_verdict(page: Page, difference: float, text: str) -> str:
    """Behind a yes or a no when the question says which side is the louder, or whether they are even."""
    if page.asks("balanced|even|centred|centered|equal|same"):
        return page.verdict(abs(difference) < BALANCE_DB, text)
    if page.asks("(?:one|a) (?:channel|side)|off|uneven|lopsided|imbalanced?|unbalanced|lean(?:s|ing)?|different"):
        return page.verdict(abs(difference) >= BALANCE_DB, text)
    side, word = page.asks("left|right"), page.asks("louder|stronger|hotter|quieter|softer|weaker|missing|dead|low")
    if not side or not word:
        return text
    if abs(difference) < BALANCE_DB:
        return page.verdict(None, text)
    first = re.search(r"\b(?:left|right)\b", page.question.casefold())
    is_louder = (difference > 0) == (first is not None and first[0] == "left")
    return page.verdict(is_louder == page.asks("louder|stronger|hotter"), text)


def stereo(page: Page, subject: str) -> None:
    """How wide it is, from the correlation of its sides."""
    found, channels = page.number(subject, "facts.correlation"), page.number(subject, "facts.channels")
    if channels and channels[1] == 1:
        page.say("It is mono.", channels[0])
    elif found is not None:
        value = found[1]
        if asks_for_sum(page):
            _summed(page, found)
            return
        meaning = (
            "the sides are nearly the same, so it sounds narrow" if value > 0.95
            else "a moderate width that survives being summed" if value > 0.3
            else "a wide image" if value > 0.0
            else "the sides work against each other, and some of it cancels when they are summed"
        )  # fmt: skip
        text = f"The correlation of left and right is {say.fixed(value, 2)}: {meaning}."
        page.say(page.verdict(value > 0.0, text) if page.asks("in phase") else text, found[0])
        if value < 0.0:
            page.suggest("Listen to the sum of both; if a channel is upside down, flip its polarity.", found[0])
    elif channels:
        page.say(f"It has {say.count(channels[1], 'channel')}.", channels[0])
