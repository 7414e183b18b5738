"""Scores: MusicXML and MIDI, told in words a person can search: parts, keys, times, tempi, bars, instruments."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .document import MOST_SECTIONS, Document, Unreadable, Writer, listed, one_line
from .xml import local, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_LINES = 2_000  # of changes in one part
_MAJOR = ("Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#")
_MINOR = ("Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#")
#: Families of the sounds of General MIDI level 1, eight programs each.
_FAMILIES = (
    "piano", "chromatic percussion", "organ", "guitar", "bass", "strings", "ensemble", "brass",
    "reed", "pipe", "synth lead", "synth pad", "synth effects", "ethnic", "percussive", "sound effects",
)  # fmt: skip
_DRUMS = 9  # the channel, counted from 0


def read_musicxml(content: bytes) -> Document:
    """Tell of a score: who wrote it, and for each part what is played and where keys, times and tempi change."""
    root = parse_xml(content)
    if local(root.tag) not in ("score-partwise", "score-timewise"):
        raise Unreadable(f"the XML is no score: it begins with <{one_line(local(root.tag))[:40]}>")
    title = _first(root, "work-title") or _first(root, "movement-title")
    writer = Writer()
    if title:
        writer.head(title, 1)
    people = [f"{each.get('type', 'by')}: {_said(each)}" for each in _every(root, "creator") if _said(each)]
    writer.block("\n".join(people))
    names: dict[str, str] = {}
    for part in _every(root, "score-part"):
        id = str(part.get("id", ""))
        names[id] = _first(part, "part-name") or id
        played = listed(_said(each) for each in _every(part, "instrument-name"))
        writer.block(f"Part {names[id]}" + (f": {played}" if played else ""))
    for part in [part for part in _every(root, "part") if local(root.tag) == "score-partwise"]:
        bars = [bar for bar in part if local(bar.tag) == "measure"]
        writer.head(names.get(str(part.get("id", "")), "part"), 2)
        lines = [f"{len(bars)} bars", *_changes(bars)]
        writer.block("\n".join(lines[:_MOST_LINES]))
    if not writer.text.strip():
        raise Unreadable("the score says nothing of itself: no title and no parts")
    return Document("score", title, writer.text, tuple(writer.sections))


def _changes(bars: Iterable[Element]) -> Iterator[str]:
    """ "Bar 1: key D major", one line for each thing that is said."""
    for place, bar in enumerate(bars, start=1):
        at = f"Bar {one_line(str(bar.get('number', place)))}"
        for element in bar.iter():
            match local(element.tag):
                case "key" if (fifths := _whole(_first(element, "fifths"))) is not None and -7 <= fifths <= 7:
                    yield f"{at}: key {_key(fifths, is_minor=_first(element, 'mode') == 'minor')}"
                case "time" if _first(element, "beats"):
                    yield f"{at}: time {_first(element, 'beats')}/{_first(element, 'beat-type')}"
                case "sound" if element.get("tempo"):
                    yield f"{at}: tempo {one_line(str(element.get('tempo')))} BPM"
                case "words" | "rehearsal" if _said(element):
                    yield f"{at}: {_said(element)}"


def read_midi(content: bytes) -> Document:
    """Tell of a MIDI file: tracks with their instruments and notes, and where tempo, time and key change."""
    import mido

    try:
        file = mido.MidiFile(file=io.BytesIO(content), clip=True)
    except Exception as error:  # mido meets what is broken with whatever comes up
        raise Unreadable(f"the MIDI file is broken: {one_line(str(error)) or type(error).__name__}") from error
    if not any(message.type == "note_on" for track in file.tracks for message in track):
        raise Unreadable("the MIDI file holds no notes")
    title = next((one_line(track.name) for track in file.tracks if one_line(track.name)), "")
    writer = Writer()
    if title:
        writer.head(title, 1)
    length, changes = _map(file)
    writer.block("\n".join([f"{len(file.tracks)} tracks, {length} bars", *changes][:_MOST_LINES]))
    for number, track in enumerate(file.tracks[: MOST_SECTIONS // 2], start=1):
        notes = sum(1 for message in track if message.type == "note_on" and message.velocity)
        if notes:
            writer.head(one_line(track.name) or f"track {number}", 2)
            played = listed(_sounds(track))
            writer.block(f"{notes} notes" + (f"; {played}" if played else ""))
    return Document("midi", title, writer.text, tuple(writer.sections))


def _map(file: Any) -> tuple[int, list[str]]:
    """How many bars there are, and what changes in them."""
    events: list[tuple[int, Any]] = []
    end = 0
    for track in file.tracks:
        ticks = 0
        for message in track:
            ticks += message.time
            if message.type in ("set_tempo", "time_signature", "key_signature"):
                events.append((ticks, message))
        end = max(end, ticks)
    ticks_a_bar, since, bars, lines = 4.0 * max(1, file.ticks_per_beat), 0, 0.0, list[str]()
    for ticks, message in sorted(events, key=lambda event: event[0]):
        bars, since = bars + (ticks - since) / ticks_a_bar, ticks
        at = f"Bar {int(bars) + 1}"
        match message.type:
            case "set_tempo" if message.tempo:
                lines.append(f"{at}: tempo {60e6 / message.tempo:.6g} BPM")
            case "time_signature":
                lines.append(f"{at}: time {message.numerator}/{message.denominator}")
                ticks_a_bar = max(1.0, file.ticks_per_beat * 4.0 * message.numerator / message.denominator)
            case "key_signature":
                minor = message.key.endswith("m")
                lines.append(f"{at}: key {message.key.rstrip('m')} {'minor' if minor else 'major'}")
    whole = bars + (end - since) / ticks_a_bar
    return int(-(-whole // 1)), list(dict.fromkeys(lines))


def _sounds(track: Any) -> Iterator[str]:
    for message in track:
        if message.type == "program_change" and message.channel != _DRUMS:
            yield f"{_FAMILIES[message.program // 8]} (program {message.program + 1})"
        elif message.type == "note_on" and message.channel == _DRUMS:
            yield "drums"


def _key(fifths: int, *, is_minor: bool) -> str:
    return f"{_MINOR[fifths + 7]} minor" if is_minor else f"{_MAJOR[fifths + 7]} major"


def _every(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if local(element.tag) == name]


def _first(root: Element, name: str) -> str:
    return next((_said(element) for element in root.iter() if local(element.tag) == name), "")


def _said(element: Element) -> str:
    return one_line(element.text or "")


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
