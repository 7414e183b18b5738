"""One object of `analyze --json`, read without trusting it: what a picture, a page or an exported file can use.

Whatever is missing, null, of the wrong type or beyond the end of the recording is left out, in order of time.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Document: TypeAlias = Mapping[str, Any]

#: What of a Harte chord is read otherwise on a lead sheet.
_QUALITIES = {
    "maj": "", "min": "m", "maj7": "maj7", "min7": "m7", "7": "7", "dim": "dim", "aug": "aug", "hdim7": "m7b5",
    "dim7": "dim7", "minmaj7": "m(maj7)", "maj6": "6", "min6": "m6", "sus2": "sus2", "sus4": "sus4", "9": "9",
    "maj9": "maj9", "min9": "m9",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """A labelled part of a recording: a chord, a section, a key, a silence."""

    start_s: float
    end_s: float
    label: str
    confidence: float | None = None  # 0..1
    detail: str = ""  # of a chord its numeral, of a section its bars


@dataclass(frozen=True, slots=True)
class PlayedNote:
    start_s: float
    end_s: float
    midi: float
    velocity: float = 0.7  # 0..1
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    time_s: float
    position: int | None  # in its bar, from 1; None where no bar is known


def number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def part(document: Document, name: str) -> Mapping[str, Any]:
    """A section that is an object; an empty one when it is not there."""
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def summary(document: Document, capability: str) -> Mapping[str, Any]:
    """What is told of a capability whose section is a list."""
    value = part(document, "summary").get(capability)
    return value if isinstance(value, dict) else {}


def times(value: object, duration: float) -> list[float]:
    """What of a JSON list are times within the recording, in order."""
    found = [number(item) for item in value] if isinstance(value, list) else []
    return sorted(time for time in found if time is not None and 0.0 <= time <= duration)


def duration_of(document: Document) -> float:
    """Length in seconds; where it is not told, the end of the last thing that is."""
    told = number(document.get("duration_s"))
    if told is None:
        told = number(part(document, "facts").get("duration_s"))
    if told is not None and told >= 0.0:
        return told
    ends = [item.end_s for name in ("chords", "structure", "notes") for item in _stretches(document.get(name), "label")]
    return max([*ends, *times(part(document, "rhythm").get("beats_s"), math.inf)], default=0.0)


def chords_of(document: Document) -> list[Stretch]:
    return _stretches(document.get("chords"), "label", "numeral")


def sections_of(document: Document) -> list[Stretch]:
    return _stretches(document.get("structure"), "label", "bars")


def keys_of(document: Document) -> list[Stretch]:
    """Each key and where it reigns; the one key of the whole where no changes are told."""
    tonality = part(document, "tonality")
    changes = _stretches(tonality.get("key_changes"), "key")
    key = tonality.get("key")
    if changes or not isinstance(key, str) or not key:
        return changes
    return [Stretch(0.0, duration_of(document), key, number(tonality.get("confidence")))]


def silences_of(document: Document) -> list[Stretch]:
    spans = part(document, "facts").get("silence_s")
    found = [[number(end) for end in span] for span in spans or [] if isinstance(span, list) and len(span) == 2]
    return [Stretch(a, b, "silence") for a, b in found if a is not None and b is not None and b > a]


def _stretches(items: object, label: str, detail: str = "") -> list[Stretch]:
    found = []
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        start, end, name = number(item.get("start_s")), number(item.get("end_s")), item.get(label)
        if start is None or end is None or end <= start or start < 0.0:
            continue
        more = item.get(detail)
        words = "" if more is None or isinstance(more, bool | list | dict) else str(more)
        found.append(Stretch(start, end, name if isinstance(name, str) else "", number(item.get("confidence")), words))
    return sorted(found, key=lambda stretch: (stretch.start_s, stretch.end_s))


def notes_of(document: Document) -> list[PlayedNote]:
    return read_notes(document.get("notes"))


def read_notes(items: object) -> list[PlayedNote]:
    found = []
    for item in items if isinstance(items, list) else []:
        if not isinstance(item, dict):
            continue
        start, end, midi = (number(item.get(name)) for name in ("start_s", "end_s", "midi"))
        if start is None or end is None or midi is None or end <= start or not 0.0 <= midi <= 127.0:
            continue
        velocity = number(item.get("velocity"))
        force = 0.7 if velocity is None else min(1.0, max(0.0, velocity))
        found.append(PlayedNote(start, end, midi, force, number(item.get("confidence"))))
    return sorted(found, key=lambda note: (note.start_s, note.midi))


def melody_of(document: Document) -> list[tuple[float, float | None]]:
    """Time and frequency in Hz of each frame; None where no melody sounds."""
    items = document.get("melody_hz")
    found = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, list) and len(item) == 2 and (time := number(item[0])) is not None:
            frequency = number(item[1])
            found.append((time, frequency if frequency is not None and frequency > 0.0 else None))
    return sorted(found, key=lambda frame: frame[0])


def tags_of(document: Document) -> list[tuple[str, float]]:
    """Tags of the sound and how sure they are, surest first."""
    items = part(document, "timbre").get("tags")
    found = []
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and isinstance(item.get("tag"), str):
            confidence = number(item.get("confidence"))
            found.append((item["tag"], 1.0 if confidence is None else confidence))
    return sorted(found, key=lambda tag: -tag[1])


def beats_of(document: Document) -> list[Beat]:
    """Beats with their place in the bar, counted from the downbeats; before the first one, backwards by the metre."""
    rhythm, duration = part(document, "rhythm"), duration_of(document)
    beats = times(rhythm.get("beats_s"), duration)
    downbeats = times(rhythm.get("downbeats_s"), duration)
    metre = number(rhythm.get("metre"))
    if not beats or not downbeats:
        return [Beat(time, None) for time in beats]
    firsts = {_nearest(beats, time) for time in downbeats}
    first, found, position = min(firsts), [], 0
    for i, time in enumerate(beats):
        if i < first:
            before = first - i
            found.append(Beat(time, int(-before % metre) + 1 if metre is not None and metre >= 1 else None))
            continue
        position = 1 if i in firsts else position + 1
        found.append(Beat(time, position))
    return found


def _nearest(ordered: list[float], time: float) -> int:
    i = bisect_left(ordered, time)
    return min((j for j in (i - 1, i) if 0 <= j < len(ordered)), key=lambda j: abs(ordered[j] - time))


def bars_of(beats: Iterable[Beat]) -> list[float]:
    """Where the bars start."""
    return [beat.time_s for beat in beats if beat.position == 1]


def chord_name(label: str) -> str:
    """A chord as a lead sheet writes it: "A:min7/b3" is "Am7/b3", no chord is a dash."""
    if label in ("N", "X", ""):
        return "–"
    root, _, rest = label.partition(":")
    quality, slash, bass = rest.partition("/")
    if not rest:
        root, slash, bass = label.partition("/")
    return f"{root}{_QUALITIES.get(quality, quality)}{slash}{bass}"


def clock(seconds: float) -> str:
    """A time as a player shows it: 1:02, or 1:00:02 beyond an hour."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


#: Unit by the last word of a name; the first that fits.
_UNITS = {
    "lufs": "LUFS", "lu": "LU", "dbtp": "dBTP", "dbfs": "dBFS", "db": "dB", "hz": "Hz", "bpm": "BPM", "s": "s",
    "cents": "cents", "percent": "%", "ms": "ms",
}  # fmt: skip


def unit_of(name: str, document: Document | None = None, section: str = "") -> str:
    """Unit of a value by the name it stands under: "bands_db.sub" is in dB."""
    if name.startswith("tags."):
        return ""
    for word in reversed(name.split(".")):
        unit = _UNITS.get(word.rpartition("_")[2])
        if unit and "_" in word:
            return unit
    origin = part(document or {}, "findings").get(f"{section}.{name.partition('.')[0]}")
    unit = origin.get("unit") if isinstance(origin, dict) and "." not in name else ""
    return unit if isinstance(unit, str) else ""


def _origin(document: Document, name: str) -> Mapping[str, Any]:
    origin = part(document, "findings").get(name)
    return origin if isinstance(origin, dict) else {}


def confidence_of(document: Document, name: str) -> float | None:
    """How sure a finding ("rhythm.tempo_bpm") is; None where it is not told."""
    told = number(_origin(document, name).get("confidence"))
    if told is None and name in ("rhythm.tempo_bpm", "rhythm.beats_s", "tonality.key", "timbre.label"):
        told = number(part(document, name.partition(".")[0]).get("confidence"))
    if told is None:
        capability, _, leaf = name.partition(".")
        stem = leaf.rpartition("_")[0] if unit_of(leaf) else leaf
        told = number(part(document, capability).get(f"{stem}_confidence"))
    return None if told is None else min(1.0, max(0.0, told))


def span_of(document: Document, name: str) -> tuple[float, float] | None:
    """The part of the recording that a finding speaks of; None when it is all of it."""
    span = _origin(document, name).get("span_s")
    ends = [number(end) for end in span] if isinstance(span, list) and len(span) == 2 else [None]
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    return ends[0], ends[1]


def method_of(document: Document, name: str) -> str:
    method = _origin(document, name).get("method")
    return method if isinstance(method, str) else ""
