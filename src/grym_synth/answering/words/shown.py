"""How values of findings are shown in a full answer: numbers with units, times, stretches, notes, peaks, tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...messages import Json
from ..chord_names import NO_CHORD, common_chord
from . import phrasing as say
from .certainty import percent
from .notes import spelled

MOST = 24  # entries of a list; all of them are in the evidence
_FIRST_TIMES = 8
_BANDS = ("sub", "bass", "low_mid", "mid", "high_mid", "presence", "brilliance")


def number(text: Callable[[float], str], unit: str = "") -> Callable[[Json], str]:
    def show(value: Json) -> str:
        number = say.finite(value)
        return "" if number is None else f"{text(number)} {unit}".strip()

    return show


def decimals(places: int, unit: str = "") -> Callable[[Json], str]:
    return number(lambda number: say.trimmed(number, places), unit)


def counted(noun: str) -> Callable[[Json], str]:
    return number(lambda number: say.count(number, noun))


def plain(value: Json) -> str:
    return say.plain(value, 40) if isinstance(value, str) else ""


def times(value: Json) -> str:
    """ "the first lie at 0.5 s, 0.98 s, and so on"."""
    times = [number for item in items(value) if (number := say.finite(item)) is not None]
    shown = [f"{say.fixed(second, 2)} s" for second in times[:_FIRST_TIMES]]
    rest = ", and so on" if len(times) > _FIRST_TIMES else ""
    return f"the first lie at {', '.join(shown)}{rest}" if len(shown) > 1 else "".join(shown)


def numbers(places: int, unit: str) -> Callable[[Json], str]:
    def show(value: Json) -> str:
        numbers = [number for item in items(value) if (number := say.finite(item)) is not None]
        return ", ".join(f"{say.fixed(number, places)} {unit}".strip() for number in numbers[:MOST])

    return show


def pairs(value: Json) -> str:
    pairs = [each for each in items(value) if isinstance(each, list) and len(each) == 2]
    ends = [(say.finite(start), say.finite(end)) for start, end in pairs]
    shown = [f"{say.position(a)} to {say.position(b)}" for a, b in ends if a is not None and b is not None]
    return _cut(shown)


def entries(show: Callable[[dict[str, Json]], str], joint: str = ", ") -> Callable[[Json], str]:
    def each(value: Json) -> str:
        found = [text for item in items(value) if isinstance(item, dict) and (text := show(item))]
        return _cut(found, joint)

    return each


def _cut(shown: Sequence[str], joint: str = ", ") -> str:
    return joint.join(shown[:MOST]) + (", and so on" if len(shown) > MOST else "")


def items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _stretch(item: dict[str, Json], name: str) -> str:
    start, end = say.finite(item.get("start_s")), say.finite(item.get("end_s"))
    return f"{name} {say.clock(start)}–{say.clock(end)}" if name and start is not None and end is not None else ""


def _chord(item: dict[str, Json]) -> str:
    label = str(item.get("label") or "")
    name, _, where = ("" if label in NO_CHORD else _stretch(item, common_chord(label) or "")).partition(" ")
    return f"{name} ({where})" if name else ""


def chords(value: Json) -> str:
    shown = entries(_chord)(value)
    return f"I hear {shown}" if shown else ""


def section(item: dict[str, Json]) -> str:
    bars = say.finite(item.get("bars"))
    counted = f" ({say.count(bars, 'bar')})" if bars is not None and bars >= 1 and float(bars).is_integer() else ""
    shown = _stretch(item, say.plain(str(item.get("label") or ""), 4))
    return f"{shown}{counted}" if shown else ""


def key(item: dict[str, Json]) -> str:
    return _stretch(item, say.key(say.plain(str(item.get("key") or ""), 12)))


def note(item: dict[str, Json]) -> str:
    midi, start = say.finite(item.get("midi")), say.finite(item.get("start_s"))
    if midi is None or start is None or not 0 <= midi <= 127:
        return ""
    return f"{spelled(round(midi), flat=False)} at {say.trimmed(start, 2)} s"


def tempo(item: dict[str, Json]) -> str:
    bpm, start = say.finite(item.get("tempo_bpm")), say.finite(item.get("start_s"))
    return "" if bpm is None or start is None else f"{say.tempo(bpm)} BPM at {say.clock(start)}"


def peak(item: dict[str, Json]) -> str:
    hz, level = say.finite(item.get("frequency_hz")), say.finite(item.get("level_dbfs"))
    note = item.get("note")
    if hz is None:
        return ""
    named = f" ({say.plain(note, 4)})" if isinstance(note, str) and note else ""
    return f"{say.frequency(hz)}{named}" + ("" if level is None else f" at {say.decibels(level)} dBFS")


def bands(value: Json) -> str:
    levels = value if isinstance(value, dict) else {}
    known = [(band, level) for band in _BANDS if (level := say.finite(levels.get(band))) is not None]
    return ", ".join(f"{band.replace('_', ' ')} {say.decibels(level)} dB" for band, level in known)


def tag_list(value: Json) -> str:
    shown = []
    for item in items(value):
        tag, sure = (item.get("tag"), say.finite(item.get("confidence"))) if isinstance(item, dict) else (None, None)
        if isinstance(tag, str) and (quoted := say.quotable(tag, 30)):
            shown.append(f'"{quoted}"' + ("" if sure is None else f" ({percent(sure)} sure)"))
    return _cut(shown[:12])


def tags(value: Json) -> str:
    pairs = value.items() if isinstance(value, dict) else ()
    texts = [(say.quotable(key, 40), say.quotable(text)) for key, text in pairs if isinstance(text, str)]
    return ", ".join(f'"{key}" is "{text}"' for key, text in texts[:MOST] if key and text)
