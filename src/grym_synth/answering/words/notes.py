"""Which notes are played: how many, how low and high, how the line begins, and the pitch of a single voice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...messages import Evidence
from ...theory.pitch import NOTE_NAMES, frequency_to_midi, note_name
from ..chord_names import wants_flats
from . import advice
from . import phrasing as say
from .certainty import LIKELY
from .page import Page, Phrase
from .spans import LISTED, asked_times, when

VOCABULARY = frozenset("transcription melody compass pitch note_count".split())
_LISTED = 8
Played = tuple[float, float, int]  # start and end in seconds, MIDI number
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")


def describe(page: Page, subject: str) -> None:
    focus = page.focus(VOCABULARY)
    line, every = page.find(subject, "notes.melody"), page.find(subject, "notes.notes")
    wants_line = "melody" in focus and bool(_played(line))
    found = line if wants_line else every if _played(every) else line
    played = _played(found)
    pitch = page.number(subject, "notes.f0_hz")
    flat = wants_flats(say.text_in(page.find(subject, "tonality.key")))
    if not played and pitch is None:
        if any(item is not None for item in (line, every)):
            page.note("I hear no notes in it that I could write down.", instead_of="notes")
        return
    start, end = asked_times(page)
    if found is not None and start is not None and played:
        _sounding(page, found, played, start, end, flat=flat)
        return
    if pitch is None and "pitch" in focus:
        page.note("No one pitch can be given: several notes sound at a time, or none is clear.", instead_of="notes")
        if focus == {"pitch"}:
            return
    if pitch is not None and ("pitch" in focus or not played):
        _pitch(page, pitch)
        if focus == {"pitch"} or not played:
            return
    if "compass" in focus or page.asks("range"):
        _compass(page, subject, flat=flat)
        if focus <= {"compass", "transcription"} or page.asks("range"):
            return
    if not focus or focus & {"transcription", "note_count"}:
        _count(page, subject, is_beside=wants_line and "note_count" not in focus)
    if focus == {"note_count"} or (page.asks("how many notes") and "note_count" in focus):
        return
    if not focus:
        _compass(page, subject, flat=flat, is_beside=True)
    if found is not None and played:
        _opening(page, found, played, "melody" if found is line else "line", flat=flat)
    if "transcription" in focus or page.asks("midi|sheet|score|noten|partition|spartito"):
        page.suggest("", command=advice.analyze_command(subject, "--midi notes.mid", "To get them as MIDI"))


def brief(page: Page, subject: str) -> list[Phrase]:
    counted = page.number(subject, "notes.note_count")
    low, high = page.find(subject, "notes.lowest"), page.find(subject, "notes.highest")
    phrases = [Phrase(say.count(counted[1], "note"), (counted[0],), is_list=True)] if counted else []
    if page.findings.has("chords"):  # a line of chords names no single notes
        return phrases
    if (text := _note(say.text_in(low))) and (top := _note(say.text_in(high))) and low is not None and high is not None:
        phrases.append(Phrase(f"from {text} to {top}", (low, high), is_list=True))
    return phrases


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """Nothing: notes are told of each."""
    return []


def _played(found: Evidence | None) -> list[Played]:
    """Notes in the order in which they begin, low ones first."""
    notes = []
    for item in say.objects_in(found):
        start, end, midi = (say.finite(item.get(name)) for name in ("start_s", "end_s", "midi"))
        if start is not None and end is not None and midi is not None and 0 <= midi <= 127:
            notes.append((start, end, round(midi)))
    return sorted(notes, key=lambda note: (note[0], note[2]))


def spelled(midi: int, *, flat: bool) -> str:
    return f"{_FLATS[midi % 12]}{midi // 12 - 1}" if flat else note_name(midi)


def _note(text: str | None) -> str | None:
    """A note with its octave, as findings name it; None for anything else."""
    return text if text and re.fullmatch(r"[A-G]#?-?\d", text) else None


def _respelled(name: str, *, flat: bool) -> str:
    tonic = name.rstrip("0123456789-")
    return f"{_FLATS[NOTE_NAMES.index(tonic)]}{name[len(tonic) :]}" if flat and tonic in NOTE_NAMES else name


def _pitch(page: Page, pitch: tuple[Evidence, float]) -> None:
    item, hz = pitch
    midi = frequency_to_midi(hz)
    nearest = round(midi)
    cents = 100 * (midi - nearest)
    if page.asks("midi number"):
        page.say(f"Its median pitch is {say.frequency(hz)}.", item)
        return
    off = page.compute("notes.f0_offset_cents", "tuning", "cents", round(cents, 2), "{0} - nearest note", item)
    name = page.compute("notes.f0_note", "note", "", note_name(nearest), "note nearest to {0}", item)
    side = "sharp of" if cents > 0 else "flat of"
    shown = "on" if abs(cents) < 0.5 else f"{say.cents(cents)} {side}"
    page.say(f"Its median pitch is {say.frequency(hz)}, {shown} {note_name(nearest)}.", item, off, name)


def _count(page: Page, subject: str, *, is_beside: bool = False) -> None:
    counted = page.number(subject, "notes.note_count")
    if counted is not None and (counted[1] or not _played(page.find(subject, "notes.melody"))):
        (page.add if is_beside else page.say)(f"I hear {say.count(counted[1], 'note')}.", counted[0])


def _compass(page: Page, subject: str, *, flat: bool, is_beside: bool = False) -> None:
    low, high = page.find(subject, "notes.lowest"), page.find(subject, "notes.highest")
    bottom, top = (_note(say.text_in(item)) for item in (low, high))
    if low is None or high is None or not bottom or not top:
        if not is_beside:
            page.note("I cannot tell its lowest and its highest note.")
        return
    bottom, top = _respelled(bottom, flat=flat), _respelled(top, flat=flat)
    wants_low = page.asks("lowest|deepest|tiefste|grave|lagsta|lägsta")
    wants_high = page.asks("highest|höchste|hochste|aguda|aigue|aiguë|acuta|högsta|hogsta")
    if wants_low and not wants_high:
        page.say(f"The lowest note is {bottom}.", low)
    elif wants_high and not wants_low:
        page.say(f"The highest note is {top}.", high)
    else:
        tell = page.add if is_beside else page.say
        tell(f"The lowest note is {bottom} and the highest note is {top}.", low, high)


def _opening(page: Page, found: Evidence, played: Sequence[Played], noun: str, *, flat: bool) -> None:
    """The first notes, in the order in which they begin; those that begin together from the lowest up."""
    wanted = say.finite(page.params.get("count"))
    limit = min(LISTED, max(1, round(wanted))) if wanted is not None else _LISTED
    names = [spelled(midi, flat=flat) for _, _, midi in played[:limit]]
    more = ", and so on" if len(played) > limit else ""
    sure = found.confidence >= LIKELY
    row, notes = " – ".join(names), "note" if len(names) == 1 else "notes"
    text = f"the melody begins {row}" if noun == "melody" else f"it begins with the {notes} {row}"
    text = text[:1].upper() + text[1:] if sure else f"As far as I can tell, {text}"
    page.say(f"{text}{more}.", found, support="measured" if sure else "inferred")


def _sounding(
    page: Page, found: Evidence, played: Sequence[Played], start: float, end: float | None, *, flat: bool
) -> None:
    """The notes at a time, or within a range."""
    stop = start if end is None else end
    here = [note for note in played if note[0] <= stop and note[1] > start]
    names = list(dict.fromkeys(spelled(midi, flat=flat) for _, _, midi in here))
    where = f"At {when(start)}" if end is None else f"Between {when(start)} and {when(end)}"
    if not names:
        page.say(f"{where} I hear no note.", found)
        return
    rest = ", and so on" if len(names) > LISTED else ""
    page.say(f"{where} I hear {say.listed(names[:LISTED]) if not rest else ', '.join(names[:LISTED])}{rest}.", found)
