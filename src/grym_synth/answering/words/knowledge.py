"""What the notes say: verbatim between quotation marks, with source, section and position, and nothing of our own."""

from __future__ import annotations

import unicodedata

from ...messages import Evidence, Json
from ...regex import lazily
from . import phrasing as say
from .page import Page

_SUBJECT = ""
_BRIEF = 1
_CITATION = lazily(r"\[(e\d+)\]")
#: What a stated number is held against, by its kind.
_MEASURED = {
    "loudness": ("loudness.integrated_lufs", "LUFS", "integrated loudness"),
    "true_peak": ("loudness.true_peak_dbtp", "dBTP", "true peak"),
    "tempo": ("rhythm.tempo_bpm", "BPM", "tempo"),
    "loudness_range": ("loudness.range_lu", "LU", "loudness range"),
}


def describe(page: Page) -> None:
    """Quotations, the best first; then pairs that disagree; or that it is not in the notes, and what was looked for."""
    searched = page.number(_SUBJECT, "knowledge.searched")
    passages = [item for item in page.findings.evidence if item.name == "knowledge.passage"]
    for item in passages[: _BRIEF if page.is_brief else len(passages)]:
        page.say(f"{quoted(item)}.", item, support="quoted")
    sides = [item for item in page.findings.evidence if item.name == "knowledge.conflict"]
    for one, other in zip(sides[::2], sides[1::2], strict=False):
        page.say(f"Your notes disagree: {quoted(one)}, against {quoted(other)}.", one, other, support="quoted")
    if passages:
        _hold_against(page)
    elif searched is not None:
        _nothing(page, *searched)


def quoted(item: Evidence) -> str:
    """ "“Limit to -1 dBTP.” (Mastering, Levels; mastering.md, characters 120 to 138)"."""
    value = item.value if isinstance(item.value, dict) else {}
    return f"“{shown(value.get('text'))}” ({place(value)})"


def place(value: dict[str, Json]) -> str:
    """Title, section and source of a quotation, and the characters of the source at which it stands."""
    headings = dict.fromkeys(shown(value.get(name)) for name in ("title", "section"))
    named = ", ".join(each for each in headings if each)
    where = f"{shown(value.get('source'))}, characters {value.get('start')} to {value.get('end')}"
    return f"{named}; {where}" if named else where


def shown(text: Json) -> str:
    """A stranger's text on one line: what steers a terminal or turns its writing round is left out, and no citation of
    ours can be forged in it."""
    kept = (letter for letter in str(text or "") if letter.isspace() or unicodedata.category(letter)[0] != "C")
    return _CITATION.sub(r"(\1)", " ".join("".join(kept).split()))


def _nothing(page: Page, searched: Evidence, count: float) -> None:
    looked_for = page.find(_SUBJECT, "knowledge.looked_for")
    words = say.text_in(looked_for) if looked_for is not None else None
    page.say(f"That is not in your notes ({say.count(count, 'passage')} searched).", searched, support="quoted")
    if words:
        page.note(f"Looked for: {words}.")
    page.suggest("", command="To add to them: grym learn URL, FILE or FOLDER")


def _hold_against(page: Page) -> None:
    """What was measured beside the number that a passage states, and how far apart they are."""
    for stated in [item for item in page.findings.evidence if item.name == "knowledge.stated"]:
        name, unit, words = _MEASURED[stated.kind]
        wanted = say.finite(stated.value)
        for subject in page.findings.subjects:
            found = page.number(subject, name)
            if found is None or wanted is None:
                continue
            apart = found[1] - wanted
            kind = {"loudness": "loudness_difference", "true_peak": "ratio"}.get(stated.kind, stated.kind)
            other = {"loudness": "LU", "true_peak": "dB"}.get(stated.kind, unit)
            made = page.compute(f"knowledge.apart_{stated.kind}", kind, other, round(apart, 3), "{0} - {1}",
                                found[0], stated)  # fmt: skip
            side = "above" if apart > 0 else "below"
            page.say(
                f"{page.name(subject)} has {say.trimmed(found[1], 1)} {unit} of {words}, the notes name "
                f"{say.trimmed(wanted, 1)} {unit}: {say.trimmed(abs(apart), 1)} {other} {side}."
                if round(abs(apart), 1) else
                f"{page.name(subject)} has {say.trimmed(found[1], 1)} {unit} of {words}, the notes name "
                f"{say.trimmed(wanted, 1)} {unit}.",
                found[0], stated, made, support="computed",
            )  # fmt: skip
