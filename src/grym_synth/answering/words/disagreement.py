"""What is written about a recording beside what is heard in it: how sure, how they are related, what settles it."""

from __future__ import annotations

from collections.abc import Mapping

from ...messages import Evidence
from ..chord_names import common_chord
from ..stated import Stated, Topic
from ..weigh import Contradiction, Relation
from . import advice
from . import phrasing as say
from .certainty import SURE, percent
from .page import Page

_MEANS: Mapping[Relation, str] = {
    "half": "the same pulse felt in half time",
    "double": "the same pulse felt in double time",
    "relative": "relative keys, made of the same notes",
    "parallel": "the same home note in the other mode",
    "fifth": "neighbours on the Camelot wheel",
    "": "",
}
#: Aspects to which a disagreement belongs; a question about none of them has it too.
_ASPECTS: Mapping[Topic, tuple[str, ...]] = {
    "tempo": ("tempo",),
    "key": ("key", "camelot", "key_changes"),
    "loudness": ("integrated", "target"),
    "duration": ("duration",),
}


def concerns(page: Page, found: Contradiction, vocabulary: frozenset[str]) -> bool:
    """Whether a disagreement is about what was asked."""
    focus = page.focus(vocabulary)
    return not focus or not focus.isdisjoint(_ASPECTS[found.topic])


def tell(page: Page, found: Contradiction, *, is_named: bool) -> None:
    """Both sides in one sentence, and, of one recording, what would settle it."""
    sources = _sources(found)
    if not sources:
        return
    whose = f"{page.name(found.subject)}: " if is_named else ""
    cited = [each.evidence for each in found.stated]
    if found.topic == "loudness":
        text, more = _gain(page, found, sources)
        cited += more
    elif found.topic == "duration":
        text = f"{sources} (in milliseconds), but it lasts {say.duration(say.number_in(found.heard) or 0.0)}"
    else:
        text = f"{sources} but I hear {_heard(found.heard)}"
        cited += _as_keys(page, found) if found.stated[0].where == "chords" else []
        text += f": {_MEANS[found.relation]}" if _MEANS[found.relation] else ""
        cited += _as_numbers(page, found)
    (page.say if page.is_brief else page.add)(f"{whose}{text if whose else _capital(text)}.", *cited, found.heard)
    if not is_named:
        _settle(page, found)


def agree(page: Page, found: Contradiction, *, is_named: bool) -> None:
    """In a full answer: who says the same."""
    quoted = [_quoted(each) for each in found.stated]
    shown = [f"the {each.where} ({text})" for each, text in zip(found.stated, quoted, strict=True) if text]
    if not shown or found.topic in ("loudness", "duration"):
        return
    whose = f"{page.name(found.subject)}: " if is_named else ""
    verb = "agrees" if len(shown) == 1 else "agree"
    text = f"{say.listed(shown)} {verb} with the {found.topic} that I hear"
    page.add(f"{whose}{text if whose else _capital(text)}.", *(each.evidence for each in found.stated), found.heard)


def _sources(found: Contradiction) -> str:
    """ "the tag says "140" and the file name "140bpm","; "" where nothing of it can be quoted."""
    if found.stated[0].where == "chords":
        chord = common_chord(found.stated[0].text)
        return (
            f"the chords begin and end on {chord}, which speaks for {say.key(found.stated[0].key or '')},"
            if chord
            else ""
        )
    quoted = [(each.where, text) for each in found.stated if (text := _quoted(each))]
    if not quoted:
        return ""
    (where, text), *rest = quoted
    return f"the {where} says {text}" + "".join(f", the {other} {words}" for other, words in rest)


def _quoted(stated: Stated) -> str | None:
    text = say.quotable(stated.text, 40)
    return None if text is None else f'"{text}"'


def _heard(heard: Evidence) -> str:
    value = say.number_in(heard)
    shown = f"{say.tempo(value)} BPM" if value is not None else say.key(say.text_in(heard) or "")
    return f"{shown} ({percent(heard.confidence)} sure)" if heard.confidence < 1.0 else shown


def _as_numbers(page: Page, found: Contradiction) -> list[Evidence]:
    """The tempo that a name states, as a finding: its relation to what is heard is judged by numbers."""
    if found.relation not in ("half", "double"):
        return []
    return [
        page.compute("rhythm.named_tempo_bpm", "tempo", "BPM", each.number, "the number in {0}", each.evidence)
        for each in found.stated
        if each.where != "tag"
    ]


def _as_keys(page: Page, found: Contradiction) -> list[Evidence]:
    """The key that is stated, as a finding."""
    first = found.stated[0]
    made = page.compute("tonality.stated_key", "musical_key", "", first.key, "the key in {0}", first.evidence)
    return [made]


def _gain(page: Page, found: Contradiction, sources: str) -> tuple[str, list[Evidence]]:
    """A ReplayGain tag, as the loudness that it was written for."""
    meant = found.stated[0].number or 0.0
    made = page.compute("loudness.tagged_lufs", "loudness", "LUFS", round(meant, 2), "-18 LUFS minus the gain of {0}",
                        found.stated[0].evidence)  # fmt: skip
    heard = say.number_in(found.heard) or 0.0
    measured = f"but I measure {say.decibels(heard)} LUFS"
    text = sources.replace("the tag says", "the ReplayGain tag", 1)
    return f"{text} stands for {say.decibels(meant)} LUFS, {measured}", [made]


def _settle(page: Page, found: Contradiction) -> None:
    heard, first = found.heard, found.stated[0]
    if found.topic == "tempo":
        command = ""
        if first.where == "tag" and heard.confidence >= SURE and not found.relation:
            command = advice.tagged_command(found.subject)
        page.suggest("Tap along to settle which tempo is meant.", heard, command=command)
    elif found.topic == "key" and (text := say.text_in(heard)):
        homes = [say.key(key).partition(" ")[0] for key in (first.key or "", text)]
        if homes[0] == homes[1]:
            page.suggest("Play the third of the scale, low and high, to settle which mode is meant.", heard)
        else:
            page.suggest(f"Play the home notes, {homes[0]} and {homes[1]}, to settle which key is meant.",
                         *_as_keys(page, found), heard)  # fmt: skip
    elif found.topic == "loudness":
        page.suggest("Scan its gain again: the tags belong to another version.", found.stated[0].evidence, heard)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
