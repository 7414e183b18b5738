"""The owner's word in an answer: that it is theirs, with ours beside it; and what would be, or was, noted of it."""

from __future__ import annotations

from collections.abc import Sequence

from ...messages import Evidence
from . import phrasing as say
from .certainty import percent
from .page import Page
from .timbre import class_words

OWNER, LEARNED = "owner", "ear"
_TEMPO, _KEY, _CLASS, _LABELS = "rhythm.tempo_bpm", "tonality.key", "timbre.label", "timbre.labels"
_LABELS_OF_OTHERS = "timbre.said_labels"
#: What others say, of whom the owner took a pack in.
_OF_OTHERS = ("rhythm.said_tempo_bpm", "tonality.said_key", _LABELS_OF_OTHERS)
#: Where what was measured stands when it is not the answer.
_OURS = {_TEMPO: "rhythm.heard_tempo_bpm", _KEY: "tonality.heard_key", _CLASS: "timbre.heard_label"}


def describe(page: Page, wanted: Sequence[str], subjects: Sequence[str]) -> None:
    """Whose word a finding is, for each recording of which the owner said something or an ear learned it."""
    for subject in subjects:
        whose = f"{page.name(subject)}: " if len(subjects) > 1 else ""
        if "rhythm" in wanted and not page.focus({"beats", "downbeats", "metre", "onsets", "swing", "drift"}):
            _tell_field(page, subject, _TEMPO, whose)
        if "tonality" in wanted:
            _tell_field(page, subject, _KEY, whose)
        if "timbre" in wanted:
            _tell_class(page, subject, whose)
            _tell_labels(page, subject, whose)
        for said in _OF_OTHERS:
            if said.partition(".")[0] in wanted:
                _tell_others(page, subject, said, whose)


def describe_teaching(page: Page) -> None:
    """What would be noted, or was: "teach.noted_tempo", "teach.planned_label", "teach.planned_not_label"."""
    told = [item for item in page.findings.evidence if item.capability == "teach"]
    for item in told:
        leaf = item.name.partition(".")[2]
        verb = "Noted" if leaf.startswith("noted") else "I would note"
        whose = f" of {page.name(item.subject)}" if len(told) > 1 else ""
        if leaf.endswith("label"):
            shown = say.quotable(class_words(say.text_in(item)), 40)
            order = f'{"not " if "_not_" in leaf else ""}"{shown}"' if shown else ""
        else:
            order = f"{'tempo' if leaf.endswith('tempo') else 'key'} {_shown(item)}"
        if order:
            page.say(f"{verb}{whose}: {order}.", item)


def _tell_field(page: Page, subject: str, name: str, whose: str) -> None:
    found = page.find(subject, name)
    if found is None or found.source.agent not in (OWNER, LEARNED):
        return
    ours = page.find(subject, _OURS[name])
    said = _shown(found)
    if found.source.agent == OWNER:
        text = f"you said {said}" + (f"; I hear {_shown(ours)} ({percent(ours.confidence)} sure)" if ours else "")
    elif ours is not None:
        text = f"you usually mean {said} where I hear {_shown(ours)}"
    else:
        return
    _say(page, f"{whose}{text}.", found, *([ours] if ours else []))


def _shown(found: Evidence) -> str:
    value = say.number_in(found)
    return f"{say.tempo(value)} BPM" if value is not None else say.key(say.text_in(found) or "")


def _tell_class(page: Page, subject: str, whose: str) -> None:
    found = page.find(subject, _CLASS)
    if found is None or found.source.agent not in (OWNER, LEARNED):
        return
    ours = page.find(subject, _OURS[_CLASS])
    name, other = class_words(say.text_in(found)), class_words(say.text_in(ours))
    if found.source.agent == OWNER and name:
        heard = f"; I would have said {other} ({percent(ours.confidence)} sure)" if ours is not None and other else ""
        _say(page, f"{whose}you said that it is: {name}{heard}.", found, *([ours] if heard and ours else []))
    elif name:
        _say(page, f"{whose}I tell this by what you taught: {name}.", found)


def _tell_labels(page: Page, subject: str, whose: str) -> None:
    for item in page.findings.ranked(subject, _LABELS):
        label = say.quotable(say.text_in(item) or "", 40)
        if not label:
            continue
        if item.source.agent == OWNER:
            page.say(f'{whose}You call it "{label}".', item)
        else:
            text = f'{whose}By what you taught it is "{label}", {percent(item.confidence)} sure.'
            page.say(text, item, support="inferred")


def _tell_others(page: Page, subject: str, name: str, whose: str) -> None:
    """What those say whose packs were taken in, each by name."""
    for item in page.findings.ranked(subject, name):
        who = _who(item)
        if name == _LABELS_OF_OTHERS:
            text = f'{whose}{who} calls it "{say.quotable(say.text_in(item) or "", 40)}"'
        else:
            text = f"{whose}{who} says {_shown(item)}"
        page.add(f"{text[:1].upper()}{text[1:]}.", item, support="quoted")


def _who(item: Evidence) -> str:
    """The name that the owner gave to who says it: in quotes where its figures could be taken for a measurement."""
    name = say.quotable(item.source.method.removeprefix("said by ").rpartition(" (")[0], 40)
    if not name:
        return "one whom you trust"
    return f'"{name}"' if any(letter.isdigit() for letter in name) else name


def _say(page: Page, text: str, *cited: Evidence) -> None:
    """A sentence beside the answer; in a brief one there is no room for it."""
    page.add(text[:1].upper() + text[1:], *cited, support="inferred")
