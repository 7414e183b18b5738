"""Who writes about what, and in which order: one recording in sentences, several in rankings and lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from . import (
    among,
    chords,
    facts,
    faults,
    faulty,
    loudness,
    notes,
    rhythm,
    spectrum,
    structure,
    timbre,
    tonality,
    whole,
)
from . import phrasing as say
from .page import Page, Phrase, joined


class Writer(Protocol):
    """What each module about a recording offers. `rank` gives the recordings in the order that it tells."""

    VOCABULARY: frozenset[str]

    def describe(self, page: Page, subject: str) -> None: ...
    def brief(self, page: Page, subject: str) -> list[Phrase]: ...
    def rank(self, page: Page, subjects: tuple[str, ...]) -> list[str]: ...


#: Writers of what is heard in a recording, in the order of a full report.
WRITERS: Mapping[str, Writer] = {
    "facts": facts, "loudness": loudness, "rhythm": rhythm, "tonality": tonality, "chords": chords,
    "spectrum": spectrum, "structure": structure, "notes": notes, "timbre": timbre,
}  # fmt: skip

MOST_BRIEF_SENTENCES = 2
_DOUBTS = ("most likely", "perhaps")


def most_asked_first(page: Page, wanted: Sequence[str]) -> list[str]:
    """Capabilities in the order in which the question mentions them; those it does not, in the order of a report."""

    def place(name: str) -> int:
        mentioned = [at for at, aspect in enumerate(page.mentioned) if _belongs(aspect, name)]
        return min(mentioned, default=len(page.mentioned))

    return sorted(wanted, key=place)


def _belongs(aspect: str, capability: str) -> bool:
    """Whether an aspect ("rhythm.tempo", or "tempo" alone) is one of a capability."""
    owner, _, word = aspect.rpartition(".")
    return owner == capability if owner else word in WRITERS[capability].VOCABULARY


def tell_one(page: Page, wanted: Sequence[str], subject: str) -> None:
    """Sentences about one recording; a full answer has every finding of a capability behind them."""
    wanted = most_asked_first(page, wanted)
    asked = wanted
    if "fault" in page.aspects:
        faults.describe(page, subject)
        wanted = [name for name in wanted if not _told_by_faults(page, name)]
    for name in asked:
        if name in wanted and not _means_sides(page, name, asked):
            WRITERS[name].describe(page, subject)
        if page.is_full:
            whole.describe(page, name, subject, is_named=False)


def is_too_long(page: Page) -> bool:
    """Whether a brief answer about one recording says too much."""
    return page.is_brief and len(page.answers) > MOST_BRIEF_SENTENCES


def in_one_line(page: Page, wanted: Sequence[str], subject: str) -> None:
    """A brief answer to more than two questions at a time: "126 BPM, most likely A minor, -14.1 LUFS integrated."."""
    phrases = _phrases(page, most_asked_first(page, wanted), subject)
    if phrases:
        text = joined(phrases)
        _say_line(page, f"{text[:1].upper()}{text[1:]}.", phrases)


def tell_many(page: Page, wanted: Sequence[str], subjects: tuple[str, ...]) -> None:
    """Rankings first, they are the short answer; then a line a recording: of many only those at the ends."""
    wanted, order = most_asked_first(page, wanted), list[str]()
    asked = wanted
    if "fault" in page.aspects:
        order = faulty.tell(page, subjects)
        wanted = [name for name in wanted if not _told_by_faults(page, name)]
    few = among.FEW if page.is_brief else among.SOME
    # Who asks for several numbers of each of a few wants those, and no ranking.
    is_plain = len(subjects) <= few and (page.is_brief or len(wanted) > 1 or among.asks_for_each(page))
    is_plain = is_plain and not among.asks_for_order(page)
    for name in wanted:
        if not is_plain:
            order = WRITERS[name].rank(page, subjects) or order
    if _are_only_faults(page, wanted, subjects):
        lines = tuple(order[: among.FEW if page.is_brief else among.SOME])
    elif page.is_brief and page.answers and (among.asks_for_order(page) or len(subjects) > among.FEW):
        lines = ()
    else:
        lines = among.shown(page, subjects, order)
    for subject in lines:
        if phrases := _phrases(page, wanted, subject):
            _say_line(page, f"{page.name(subject)}: {joined(phrases)}.", phrases)
    if page.is_full and len(subjects) <= among.FEW:
        for subject in subjects:
            for name in asked:
                whole.describe(page, name, subject, is_named=True)
    _say_what_is_left(page, subjects, lines, order)


def _are_only_faults(page: Page, wanted: Sequence[str], subjects: tuple[str, ...]) -> bool:
    """Whether only the faulty ones of many recordings get a line."""
    return "fault" in page.aspects and not wanted and len(subjects) > among.FEW and not page.is_full


def _say_what_is_left(page: Page, subjects: tuple[str, ...], lines: tuple[str, ...], order: Sequence[str]) -> None:
    """That there are more recordings than are named."""
    if _are_only_faults(page, (), subjects):
        left = len(order) - len(lines)
    else:
        left = len(subjects) - (len(lines) or (2 if order else 0))
    if left > 0 and len(subjects) > among.FEW:
        page.note(f"… {say.count(left, 'more recording')}; --full has a line for each.")


def _phrases(page: Page, wanted: Sequence[str], subject: str) -> list[Phrase]:
    phrases = [phrase for name in wanted for phrase in WRITERS[name].brief(page, subject)]
    phrases.sort(key=lambda phrase: phrase.text.startswith("no "))  # what is not there stands last
    return phrases + (faults.brief(page, subject) if "fault" in page.aspects else [])


def _say_line(page: Page, text: str, phrases: Sequence[Phrase]) -> None:
    unsure = any(phrase.text.startswith(_DOUBTS) for phrase in phrases)
    cited = [item for phrase in phrases for item in phrase.cited]
    page.say(text, *cited, support="inferred" if unsure else "measured")


def _means_sides(page: Page, name: str, asked: Sequence[str]) -> bool:
    """Whether "balance" meant left and right, not bass and treble."""
    shared = name == "spectrum" and "balance" in page.aspects and "facts" in asked
    return shared and not page.focus(spectrum.VOCABULARY - {"balance"})


def _told_by_faults(page: Page, name: str) -> bool:
    """Whether faults were all that was asked of a capability: its other findings are nobody's question then."""
    faulty = {"facts": {"fault", "clipping", "dc_offset"}, "spectrum": {"hum", "resonances"}, "loudness": set()}
    return name in faulty and page.focus(WRITERS[name].VOCABULARY) <= faulty[name]
