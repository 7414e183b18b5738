"""Which key it is in, what else that could be, and whether it is in tune with A440."""

from __future__ import annotations

import re

from ...messages import Evidence, Support
from ...theory.keys import relative
from ..stated import read_key
from . import advice, among
from . import phrasing as say
from .certainty import FAINT_KEY, LIKELY, SURE, doubt, percent
from .page import Page, Phrase
from .spans import LISTED, asked_times, at, stretches, when

VOCABULARY = frozenset("key camelot tuning key_changes".split())
IN_TUNE_CENTS = 5.0
SHOWN = 4  # recordings whose keys stand in one sentence
_NAME = "tonality.key"


def describe(page: Page, subject: str) -> None:
    focus = page.focus(VOCABULARY)
    told = ("key_changes" in focus or asked_times(page)[0] is not None) and key_changes(page, subject)
    if not focus or (focus & {"key", "camelot", "key_changes"} and not told):
        key(page, subject)
    if not focus or "tuning" in focus:
        tuning(page, subject, is_beside=not focus)


def brief(page: Page, subject: str) -> list[Phrase]:
    focus = page.focus(VOCABULARY)
    phrases = []
    found, wheel = page.find(subject, _NAME), page.find(subject, "tonality.camelot")
    name, code = say.text_in(found), say.text_in(wheel)
    if found is not None and (not focus or focus & {"key", "camelot", "key_changes"}):
        if not name or found.confidence < FAINT_KEY:
            phrases.append(Phrase("no clear key", (found,)))
        else:
            shown = f"{doubt(found.confidence)}{say.key(name)}"
            with_code = code and wheel and (not page.is_brief or "camelot" in focus)
            phrases.append(Phrase(f"{shown} ({code})" if with_code else shown,
                                  (found, wheel) if with_code and wheel else (found,)))  # fmt: skip
    if "tuning" in focus and (cents := page.number(subject, "tonality.tuning_cents")) is not None:
        phrases.append(Phrase(tuning_words(cents[1]), (cents[0],)))
    return phrases


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """Whether all are in one key; of many, how often each comes."""
    if page.focus(VOCABULARY) and not page.wants("key", "camelot"):
        return []
    found = [
        (say.key(text), item)
        for subject in subjects
        if (item := page.find(subject, _NAME)) is not None and (text := say.text_in(item))
    ]
    sure = all(item.confidence >= LIKELY for _, item in found)
    if sure and len(found) > 1 and len({text for text, _ in found}) == 1:
        text = "They have the same key."
        page.say(page.verdict(True, text) if page.asks(among.SAME) else text, *(item for _, item in found))
    elif len(found) > 1 and page.asks(among.SAME) and len({text for text, _ in found}) > 1:
        each = [f"{page.name(item.subject)} is in {text}" for text, item in found]
        told = f"{say.listed(each)}." if len(each) <= SHOWN else "Their keys differ."
        page.say(f"No: {told}" if page.verdict(False, "") else told, *(item for _, item in found))
    elif len(found) > among.SOME or (page.is_brief and len(found) > among.FEW):
        among.shares(page, found, one="tonality.file_count")
    return []


def key(page: Page, subject: str) -> None:
    """The key, as surely as it is known, with the one it could be confused with."""
    found, wheel = page.find(subject, _NAME), page.find(subject, "tonality.camelot")
    name, code = say.text_in(found), say.text_in(wheel)
    if found is None:
        return
    if not name:
        page.note("I hear no clear key in it: too few pitched sounds, or too many keys at once.", instead_of="tonality")
        return
    others = [(item, text) for item in page.findings.alternatives(subject, _NAME) if (text := say.text_in(item))]
    cited: list[Evidence] = [found]
    shown = say.key(name)
    if code and wheel is not None and (not page.is_brief or page.wants("camelot")):
        shown, cited = f"{shown} ({code} on the Camelot wheel)", [found, wheel]
    asked = _asked_key(page)
    if found.confidence >= SURE:
        text = f"It is in {shown}."
        page.say(text if asked is None else page.verdict(read_key(name) == asked, text), *cited)
    elif found.confidence >= LIKELY:
        rest = f", or else {say.key(others[0][1])}" if others else ""
        text = f"Most likely {shown}{rest}."
        if asked is not None and all(read_key(other) != asked for _, other in others):
            text = page.verdict(read_key(name) == asked, text)
        page.say(text, *cited, *(item for item, _ in others[:1]), support="inferred")
        if others and is_relative(name, others[0][1]):
            _relatives(page, found, others[0][0], name, others[0][1])
    elif found.confidence < FAINT_KEY:
        fits = f"{say.key(name)} fits best, but I am only {percent(found.confidence)} sure"
        page.say(f"I hear no clear key in it: {fits}.", found, support="inferred")
        return
    else:
        rest = " or ".join(say.key(text) for _, text in others[:2])
        text = f"I am not sure: perhaps {say.key(name)}, or {rest}" if rest else (
            f"I am not sure, but {say.key(name)} fits best"
        )  # fmt: skip
        page.say(f"{text}.", found, *(item for item, _ in others[:2]), support="inferred")
        page.suggest("Play the home notes along and hear on which one it comes to rest.", found)
    if "key" in page.aspects and "sure" in page.question.casefold():
        page.say(f"I am {percent(found.confidence)} sure of that.", found)


def is_relative(one: str, other: str) -> bool:
    """Whether two keys ("A minor", "C major") have the same notes."""
    first, second = read_key(one), read_key(other)
    return first is not None and relative(first) == second


def _relatives(page: Page, found: Evidence, other: Evidence, name: str, second: str) -> None:
    homes = " or on ".join(say.key(key).partition(" ")[0] for key in (name, second))
    page.suggest(f"Hear whether it comes to rest on {homes}: both keys share their notes.", found, other)


def key_changes(page: Page, subject: str) -> bool:
    """Whether and where the key changes, or which it is at a time; says whether there was anything to tell."""
    found = page.find(subject, "tonality.key_changes")
    parts = stretches(found, "key")
    if found is None or not parts:
        return False
    start, end = asked_times(page)
    here = at(parts, start) if start is not None and end is None else None
    if here is not None and start is not None:
        page.say(f"At {when(start)} it is in {say.key(here.label)}.", found)
        return True
    sure = min(part.confidence for part in parts) >= LIKELY
    lead = "It" if sure else "As far as I can tell, it"
    support: Support = "measured" if sure else "inferred"
    stays = page.asks("stay|stays|same|one key|remain|remains")
    if len(parts) == 1:
        page.say(page.verdict(stays, f"{lead} stays in {say.key(parts[0].label)}."), found, support=support)
        return True
    moves = [f"{say.key(part.label)} at {say.clock(part.start_s)}" for part in parts[1 : LISTED + 1]]
    text = f"{lead} starts in {say.key(parts[0].label)} and changes to {say.listed(moves)}."
    page.say(page.verdict(not stays, text), found, support=support)
    return True


def _asked_key(page: Page) -> str | None:
    """The one key that a question names."""
    named = re.findall(r"\b([A-Ga-g](?: ?[#b♯♭])?(?: (?:sharp|flat))? (?:major|minor))\b", page.question)
    spelled = {read_key(text.replace(" sharp", "#").replace(" flat", "b").replace(" #", "#")) for text in named}
    return spelled.pop() if len(spelled) == 1 else None


def tuning(page: Page, subject: str, *, is_beside: bool = False) -> None:
    """How far the tuning lies from A440, in words."""
    cents, reference = page.number(subject, "tonality.tuning_cents"), page.number(subject, "tonality.reference_hz")
    if cents is None:
        if page.find(subject, "tonality.tuning_cents") is not None and not is_beside:
            page.note("There is too little pitched sound to tell how it is tuned.", instead_of="tonality")
        return
    is_off = abs(cents[1]) > IN_TUNE_CENTS
    is_sure = cents[0].confidence >= LIKELY
    with_reference = reference if is_off and not page.is_brief else None
    detail = f", which puts A4 at {say.fixed(with_reference[1], 1)} Hz" if with_reference else ""
    cited = [cents[0], *([with_reference[0]] if with_reference else [])]
    lead = "It is" if is_sure else "I am not sure, but it seems to be"
    text = f"{lead} {tuning_words(cents[1])}{detail}."
    if is_sure and not is_beside and (holds := _as_asked(page, cents[1])) is not None:
        text = page.verdict(holds, text)
    (page.add if is_beside else page.say)(text, *cited, support="measured" if is_sure else "inferred")
    if is_off and is_sure and not is_beside:
        way = "up" if cents[1] < 0 else "down"
        page.suggest(
            f"Tune it {way} by that much to play along with instruments at A440.", cents[0],
            command=advice.edit_command(subject, f"shift={-cents[1]:+.0f}ct", "in-tune"),
        )  # fmt: skip


def _as_asked(page: Page, cents: float) -> bool | None:
    """Whether it is in tune, sharp or flat, or out of tune, if that is the question."""
    if page.asks("out of tune|off pitch|detuned|mistuned"):
        return abs(cents) > IN_TUNE_CENTS
    if page.asks("flat|low"):
        return cents < -IN_TUNE_CENTS
    if page.asks("sharp|high"):
        return cents > IN_TUNE_CENTS
    return abs(cents) <= IN_TUNE_CENTS if page.asks("in tune|tuned to (?:a ?)?440|at 440|a440|concert pitch") else None


def tuning_words(cents: float) -> str:
    if abs(cents) < 0.5:
        return "in tune with A440"
    side = "sharp" if cents > 0 else "flat"
    shown = f"{say.cents(cents)} {side} of A440"
    return f"in tune, {shown}" if abs(cents) <= IN_TUNE_CENTS else shown
