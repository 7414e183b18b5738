"""What kind of sound it is, what it is like, and how it begins and dies away."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...messages import Evidence
from . import among
from . import phrasing as say
from .certainty import FAINT_TAG, LIKELY, percent
from .page import Page, Phrase

VOCABULARY = frozenset("sound instrument sound_tags mfcc envelope".split())
_NAME = "timbre.label"
#: Classes as musicians call them.
CLASSES = {
    "kick": "kick drum", "snare": "snare", "rim": "rimshot", "clap": "clap", "hat_closed": "closed hi-hat",
    "hat_open": "open hi-hat", "tom": "tom", "cymbal": "cymbal", "cowbell": "cowbell", "shaker": "shaker",
    "conga": "conga", "bass": "bass note", "pad": "pad", "lead": "lead synth", "keys": "keys sound",
    "guitar": "guitar", "strings": "strings sound", "brass": "brass sound", "voice": "voice", "fx": "sound effect",
    "loop": "loop",
}  # fmt: skip
_TAGS = 5
_ASKED = {
    "hi-hat": ("hat_closed", "hat_open"), "hihat": ("hat_closed", "hat_open"), "hat": ("hat_closed", "hat_open"),
    "kick": ("kick",), "bass drum": ("kick",), "snare": ("snare",), "rimshot": ("rim",), "rim": ("rim",),
    "clap": ("clap",), "tom": ("tom",), "cymbal": ("cymbal",), "crash": ("cymbal",), "ride": ("cymbal",),
    "cowbell": ("cowbell",), "shaker": ("shaker",), "conga": ("conga",), "guitar": ("guitar",), "voice": ("voice",),
    "pad": ("pad",), "brass": ("brass",), "strings": ("strings",), "loop": ("loop",),
}  # fmt: skip


def describe(page: Page, subject: str) -> None:
    focus = page.focus(VOCABULARY)
    if not focus or focus & {"sound", "instrument"}:
        _kind(page, subject)
    if not focus or focus & {"sound_tags", "instrument"}:
        _likeness(page, subject, asked="sound_tags" in focus)
    if "envelope" in focus:
        _envelope(page, subject)
    if "mfcc" in focus:
        _mfcc(page, subject)


def brief(page: Page, subject: str) -> list[Phrase]:
    found, tags = page.find(subject, _NAME), page.find(subject, "timbre.tags")
    name = class_words(say.text_in(found))
    if found is not None and name:
        doubt = "" if found.confidence >= LIKELY else "perhaps "
        return [Phrase(f"{doubt}{_article(name)} {name}", (found,))]
    shown = likeness(_tags(tags)[:3])
    return [Phrase(shown, (tags,), is_list=True)] if tags is not None and shown else []


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """Of many how often each kind comes."""
    if len(subjects) > among.FEW and not page.focus(VOCABULARY) - {"sound", "instrument"}:
        found = [
            (words, item)
            for subject in subjects
            if (item := page.find(subject, _NAME)) is not None and (words := class_words(say.text_in(item)))
        ]
        if len(found) > 1:
            among.shares(page, found, one="timbre.file_count")
    return []


_VOICES = frozenset(
    "singing vocal vocals voice choir female male female-vocals male-vocals female-vocalists male-vocalists".split()
) | {"female vocal", "female vocals", "female voice", "male vocal", "male vocals", "male voice", "female vocalists"}


def class_words(label: str | None) -> str:
    return "" if not label else CLASSES.get(label, say.plain(label.replace("_", " "), 40))


def _article(name: str) -> str:
    return "an" if name[:1] in "aeiou" else "a"


def _kind(page: Page, subject: str) -> None:
    found = page.find(subject, _NAME)
    if found is None:
        return
    name = class_words(say.text_in(found))
    others = [(item, text) for item in page.findings.alternatives(subject, _NAME) if (text := say.text_in(item))]
    if not name:
        tags = page.find(subject, "timbre.tags")
        if tags is not None and _tags(tags) and _asked_classes(page) is None:
            if page.focus(VOCABULARY) and not page.wants("sound_tags", "instrument"):
                _likeness(page, subject, asked=False)
            return  # what it sounds like is the answer
        page.note(
            "I cannot tell what kind of single sound it is: it fits none of those I know well enough, or it is a mix.",
            instead_of="timbre",
        )
        return
    sure = f"{percent(found.confidence)} sure"
    if found.confidence >= LIKELY:
        text = (
            f"It is {_article(name)} {name}, {sure}." if found.confidence < 1.0 else f"It is {_article(name)} {name}."
        )
        asked = _asked_classes(page)
        page.say(text if asked is None else page.verdict((say.text_in(found) or "") in asked, text), found,
                 support="inferred")  # fmt: skip
        return
    rest = [f"{_article(word)} {word}" for _, text in others[:2] if (word := class_words(text))]
    shown = f"perhaps {_article(name)} {name} ({sure})"
    text = f"I am not sure: {shown}, or {' or '.join(rest)}." if rest else f"I am not sure, but {shown}."
    page.say(text, found, *(item for item, _ in others[:2]), support="inferred")


def _asked_classes(page: Page) -> frozenset[str] | None:
    """The classes that a question names, if they are of one word: "snare or clap" asks which."""
    named = [classes for word, classes in _ASKED.items() if page.asks(word + "s?")]
    whole = frozenset(name for classes in named for name in classes)
    if not whole or page.asks("or") or len(set(named)) > 1:
        return None
    if page.asks("closed"):
        whole -= {"hat_open"}
    return whole - {"hat_closed"} if page.asks("open") else whole


def _tags(found: Evidence | None) -> list[str]:
    tags = []
    for item in say.objects_in(found):
        tag = item.get("tag")
        if isinstance(tag, str) and tag.strip():
            tags.append(" ".join(tag.split()))
    return tags


def likeness(tags: Sequence[str]) -> str:
    """ "sounds like: rock, guitar; also "80s"": tags with digits or joining words stand behind, in quotation marks."""
    shown = [tag for tag in tags if not _needs_marks(tag) and say.plain(tag, 30) == tag]
    marked = [f'"{tag}"' for tag in tags if _needs_marks(tag) and say.quotable(tag, 30) == tag]
    if not shown:
        return f"has a likeness to {say.listed(marked)}" if marked else ""
    return f"sounds like: {', '.join(shown)}" + (f"; also {say.listed(marked)}" if marked else "")


def _needs_marks(tag: str) -> bool:
    return re.search(r"\d|[,;:()%]|\b(?:and|or|no|not|an?|the|some|perhaps|maybe)\b", tag) is not None


def _likeness(page: Page, subject: str, *, asked: bool) -> None:
    found = page.find(subject, "timbre.tags")
    tags = _tags(found)
    if found is None or not tags:
        return
    wanted = say.finite(page.params.get("count")) if asked else None
    limit = max(1, min(12, round(wanted))) if wanted is not None else _TAGS
    said = likeness(tags[:limit])
    if not said:
        return
    text = f"It {said}."
    if class_words(say.text_in(page.find(subject, _NAME))):
        if not asked:  # what it is has been told, and how surely
            page.add(text, found, support="inferred")
            return
    elif found.confidence < FAINT_TAG:
        text = f"I cannot tell what it is; if anything, it {said}."
    elif found.confidence < LIKELY:
        text = f"I am not sure, but it {said}."
    if page.asks("sing(?:ing|s)?|vocals?|voice"):
        is_there = bool(_VOICES & {tag.casefold() for tag in tags[:limit]})
        text = page.verdict(True, text) if is_there else f"I hear nobody sing that I could be sure of; it {said}."
    page.say(text, found, support="inferred")


def _envelope(page: Page, subject: str) -> None:
    attack, decay, harmonic = (
        page.number(subject, f"timbre.{name}") for name in ("attack_s", "decay_s", "harmonicity")
    )
    if attack is None and decay is None:
        page.note("It has no one attack and decay: that takes a single sound by itself.")
    if attack is not None:
        page.say(f"Its attack takes {say.trimmed(1000 * attack[1], 0)} ms.", attack[0])
    if decay is not None:
        page.say(f"It dies away within {say.duration(decay[1])}.", decay[0])
    if harmonic is not None:
        word = "tonal" if harmonic[1] >= 0.7 else "noisy" if harmonic[1] < 0.3 else "part tone, part noise"
        page.say(f"Its harmonicity is {say.fixed(harmonic[1], 2)}: {word}.", harmonic[0])


def _mfcc(page: Page, subject: str) -> None:
    found = page.find(subject, "timbre.mfcc")
    values = say.numbers_in(found)
    if found is not None and values:
        shown = ", ".join(say.fixed(value, 1) for value in values[:5])
        more = "; the list of evidence has all of them" if len(values) > 5 else ""
        page.say(f"The MFCC means begin {shown}{more}.", found)
