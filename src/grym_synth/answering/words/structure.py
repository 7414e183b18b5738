"""Its form: which parts there are, where each begins, how many bars it has, and what comes back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ...messages import Evidence
from . import phrasing as say
from .certainty import LIKELY
from .page import Page, Phrase
from .spans import LISTED, Stretch, asked_times, at, stretches, when

VOCABULARY = frozenset("form sections section_bars repetition".split())
_NAME = "structure.sections"
SHORT_S = 6.5  # no section is heard that is shorter
#: Names that songs give their parts. What is heard is only which parts are alike.
_SONG_PARTS = (
    "verse|verses|chorus|choruses|refrain|bridge|intro|outro|drop|hook|breakdown|pre-?chorus|solo|estribillo|strophe|couplet"
    "|refrang|vers|refrão|verso|strofa|ritornello|estrofa|puente|brygga"
)
_LAST = "outro|ending|end|last"
_FIRST = "intro|opening|beginning|first"
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def describe(page: Page, subject: str) -> None:
    found = page.find(subject, _NAME)
    if found is None:
        return
    parts = stretches(found)
    if not parts:
        page.note("I hear no parts that set themselves apart from each other.", instead_of="structure")
        return
    focus = page.focus(VOCABULARY)
    start, _ = asked_times(page)
    letter, place = _asked_part(page, parts), _asked_place(page)
    if start is not None:
        _at(page, found, parts, start)
    elif letter is not None:
        _one(page, found, parts, letter)
    elif place is not None and place < len(parts):
        _nth(page, found, parts, place)
    elif page.asks(_SONG_PARTS) and len(parts) > 1:
        _song_part(page, found, parts)
    elif page.asks("how many (?:sections|parts|segments)") or _counts(page):
        _count(page, subject, found, parts)
    elif page.asks("longest|shortest"):
        _extreme(page, found, parts)
    elif "repetition" in focus and _repetition(page, found, parts):
        pass
    else:
        _form(page, subject, found, parts)


def brief(page: Page, subject: str) -> list[Phrase]:
    form, found = page.find(subject, "structure.form"), page.find(subject, _NAME)
    text = say.text_in(form)
    if form is not None and text and len(text) > 1:
        return [Phrase(f"form {text}", (form,), is_list=True)]
    parts = stretches(found)
    return [Phrase(say.count(len(parts), "section"), (found,), is_list=True)] if found is not None and parts else []


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """Nothing: forms have no order."""
    return []


def _bars(part: Stretch) -> float | None:
    bars = say.finite(part.fields.get("bars"))
    return bars if bars is not None and bars >= 1 else None


def _with_bars(part: Stretch) -> str:
    bars = _bars(part)
    return f" ({say.count(bars, 'bar')})" if bars is not None and float(bars).is_integer() else ""


def _place(part: Stretch) -> str:
    return f"{part.label} {say.clock(part.start_s)}–{say.clock(part.end_s)}{_with_bars(part)}"


def _asked_part(page: Page, parts: Sequence[Stretch]) -> str | None:
    """A letter that the question calls a part: "section B", "the B part"."""
    match = re.search(
        r"\b(?:section|part|teil|partie|parte|sezione|del) ([A-J])\b|\b([A-J])[ -](?:section|part|teil|del)\b",
        page.question,
    )
    letter = (match[1] or match[2]) if match else None
    return letter if letter and any(part.label == letter for part in parts) else None


def _asked_place(page: Page) -> int | None:
    """The place in the order: "the second section" is 1."""
    match = re.search(rf"(?i)\b({'|'.join(_PLACES)}) (?:section|part|segment)\b", page.question)
    return _PLACES.index(match[1].casefold()) if match else None


def _counts(page: Page) -> bool:
    return page.asks("wie viele teile|cu[aá]ntas (?:secciones|partes)|combien de parties|quantas partes|quante parti"
                     "|hur m[aå]nga delar")  # fmt: skip


def _form(page: Page, subject: str, found: Evidence, parts: list[Stretch]) -> None:
    """The letters, then every part with its times and bars."""
    form = page.find(subject, "structure.form")
    text = say.text_in(form)
    asked = re.search(r"(?<![\w])([A-H]{2,16})(?![\w])", page.question)
    told = [_place(part) for part in parts[:LISTED]]
    rest = ", and so on" if len(parts) > LISTED else ""
    sure = sum(part.confidence for part in parts) / len(parts) >= LIKELY
    if len(parts) == 1:
        sentence = f"It is all one section: {told[0]}."
        if parts[0].end_s < SHORT_S:
            sentence = f"It is all one section of {say.duration(parts[0].end_s)}: too short to have parts."
        elif page.asks(_SONG_PARTS):
            sentence = f"It is all one section, in which nothing sets itself apart: {told[0]}."
        asked_form = asked is not None and len(asked[1]) > 1
        page.say(page.verdict(False, sentence) if asked_form else sentence, found)
    elif form is not None and text:
        lead = "The form is" if sure else "The form seems to be"
        sentence = f"{lead} {text}: {', '.join(told)}{rest}."
        if page.is_brief and not page.wants("section_bars"):
            sentence = f"{lead} {text}, with a new part at {say.listed(_starts(parts))}."
        if asked is not None:
            sentence = page.verdict(asked[1] == text, sentence)
        page.say(sentence, form, found, support="measured" if sure else "inferred")
    else:
        page.say(f"Its parts: {', '.join(told)}{rest}.", found, support="measured" if sure else "inferred")


def _starts(parts: Sequence[Stretch]) -> list[str]:
    """Where parts begin, the first aside: a few of them."""
    starts = [say.clock(part.start_s) for part in parts[1:6]]
    return [*starts[:-1], f"{starts[-1]} and later"] if len(parts) > 6 else starts


def _count(page: Page, subject: str, found: Evidence, parts: list[Stretch]) -> None:
    counted, form = page.number(subject, "structure.section_count"), page.find(subject, "structure.form")
    text = say.text_in(form)
    in_form = form is not None and text is not None and len(text) > 1
    beside = f", in the form {text}" if in_form else ""
    cited = [counted[0] if counted else found, *([form] if form is not None and in_form else [])]
    page.say(f"I count {say.count(counted[1] if counted else len(parts), 'section')}{beside}.", *cited)


def _at(page: Page, found: Evidence, parts: list[Stretch], second: float) -> None:
    part = at(parts, second)
    edges = [each for each in parts if abs(each.start_s - second) <= 1.5 and each.start_s > 0]
    if edges:
        text = f"At {say.position(edges[0].start_s)} a new section begins: {_place(edges[0])}."
        page.say(page.verdict(True, text), found)
    elif part is not None:
        text = f"At {when(second)} it is in section {_place(part)}."
        page.say(page.verdict(False, text) if page.asks("new|change|begins?|starts?") else text, found)
    else:
        page.note(f"I have no section at {when(second)}.")


def _one(page: Page, found: Evidence, parts: list[Stretch], letter: str) -> None:
    """Every place of one part."""
    own = [part for part in parts if part.label == letter]
    shown = [f"{say.clock(part.start_s)}–{say.clock(part.end_s)}{_with_bars(part)}" for part in own[:LISTED]]
    page.say(f"Section {letter} is at {say.listed(shown)}.", found)


def _nth(page: Page, found: Evidence, parts: list[Stretch], place: int) -> None:
    page.say(f"The {_PLACES[place]} section is {_place(parts[place])}.", found)


def _most_common(parts: Sequence[Stretch]) -> tuple[str, int]:
    """The part that comes most often, the earliest of several, and how often it comes."""
    counts = Counter(part.label for part in parts)
    return max(counts.items(), key=lambda each: each[1])


def _song_part(page: Page, found: Evidence, parts: list[Stretch]) -> None:
    """A chorus is a name for a part that comes back: which that is can be told, what it is called cannot."""
    word = re.search(rf"\b(?:{_SONG_PARTS})\b", page.question.casefold())
    name = word[0] if word else "part"
    if name == "intro" or name == "outro":
        part = parts[0 if name == "intro" else -1]
        edge = "first" if name == "intro" else "last"
        page.say(f"The {edge} section is {_place(part)}; whether that is the {name} is for you to say.", found)
        return
    label, times = _most_common(parts)
    first = next(part for part in parts if part.label == label)
    if times < 2:
        rest = "" if page.is_brief else f"; its parts: {', '.join(_place(part) for part in parts[:LISTED])}"
        page.say(f"No part comes back, so I cannot tell which would be the {name}{rest}.", found)
        return
    page.remark("I name parts by what comes back, not by what a song would call them.")
    others = [say.clock(part.start_s) for part in parts if part.label == label and part is not first][:LISTED]
    page.say(
        f"The part that comes most often, {label}, first starts at {say.clock(first.start_s)}, then at "
        f"{say.listed(others)}.",
        found,
        support="inferred",
    )


def _extreme(page: Page, found: Evidence, parts: list[Stretch]) -> None:
    longest = page.asks("longest")
    part = max(parts, key=lambda each: each.length_s) if longest else min(parts, key=lambda each: each.length_s)
    page.say(f"The {'longest' if longest else 'shortest'} section is {_place(part)}.", found)


def _repetition(page: Page, found: Evidence, parts: list[Stretch]) -> bool:
    label, times = _most_common(parts)
    if times < 2:
        page.say(page.verdict(False, "No section comes back."), found)
        return True
    own = [say.clock(part.start_s) for part in parts if part.label == label][:LISTED]
    text = f"Section {label} comes {say.count(times, 'time')}, starting at {', then '.join(own)}."
    page.say(page.verdict(True, text), found)
    return True
