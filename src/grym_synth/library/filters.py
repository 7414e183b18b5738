"""Which rows of the library pass a condition, and how a condition is said back."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..messages import Json
from .columns import Columns, Mask
from .measures import measure_of
from .query import Called, Changed, Coded, Condition, Copied, Holds, InFolder, OneOf, Same, Shaped, Test, Within
from .vocabulary import SUFFIXES

Stamps = Callable[[], NDArray[np.floating[Any]]]  # seconds since 1970 when each row's file was last changed

TAGGED = 0.25  # a tag that is less sure does not count
LONGEST_LOOP_S, LONGEST_HIT_S, SHORTEST_SONG_S = 60.0, 2.0, 60.0
_BAR_COUNTS = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0], np.float32)
_BEAT_EXACT = 0.01  # share that a loop may be off from whole bars
_SURE_TEMPO = 0.5
_CODECS = {"wav": ("pcm",), "ogg": ("vorbis",), "m4a": ("aac", "alac")}


def passing(columns: Columns, conditions: Sequence[Condition], stamps: Stamps, *, octaves: bool = False) -> Mask:
    """Rows that pass all conditions; alternatives, and several classes, keys or folders, pass by one of them.

    octaves : tempi also at half and at double time
    """
    mask = np.ones(len(columns), np.bool_)
    for group in grouped(conditions):
        any_of = np.zeros(len(columns), np.bool_)
        for condition in group:
            found = _tempo(columns, condition.test) if octaves and has_octaves(condition) else None
            found = rows_of(columns, condition.test, stamps) if found is None else found
            any_of |= ~found if condition.is_not else found
        mask &= any_of
    return mask


def grouped(conditions: Sequence[Condition]) -> list[list[Condition]]:
    """Conditions of which one is enough, together."""
    groups = list[list[Condition]]()
    for condition in conditions:
        if groups and condition.is_alternative:
            groups[-1].append(condition)
            continue
        same = next((g for g in groups if _is_one_of_many(condition) and _kind(g[0]) == _kind(condition)), None)
        if same is None:
            groups.append([condition])
        else:
            same.append(condition)
    return groups


def has_octaves(condition: Condition) -> bool:
    """A tempo between bounds may be told at half or double time."""
    test = condition.test
    return isinstance(test, Within) and test.figure == "tempo_bpm" and math.isfinite(test.low + test.high)


def _is_one_of_many(condition: Condition) -> bool:
    """What a recording has only one of: two of them cannot both be meant."""
    return not condition.is_not and isinstance(condition.test, OneOf | InFolder | Coded | Shaped)


def _kind(condition: Condition) -> tuple[object, ...]:
    test = condition.test
    return type(test), condition.is_not, test.word if isinstance(test, OneOf) else ""


def rows_of(columns: Columns, test: Test, stamps: Stamps) -> Mask:
    """Rows that pass a test; what is not known does not pass. Remembered, so not to be written to."""
    found = columns.passed.get(test)
    if found is None:
        found = _rows_of(columns, test, stamps)
        if not isinstance(test, Within):
            columns.remember(test, found)
    return found


def _rows_of(columns: Columns, test: Test, stamps: Stamps) -> Mask:
    match test:
        case Within(figure, low, high):
            return _within(columns, figure, low, high)
        case OneOf(word, values):
            return columns.has_word(word, values)
        case Called(name, synonyms):
            return _called(columns, name, synonyms)
        case Holds(name):
            return columns.holding(name)
        case InFolder(name):
            return columns.in_folder(name)
        case Coded(name):
            codecs = [value for value in columns.values("codec") if _is_codec(value, name)]
            return columns.has_suffix(SUFFIXES[name]) | columns.has_word("codec", codecs)
        case Shaped():
            return _shaped(columns, test)
        case Changed():
            return _changed(columns, test, stamps)
        case Copied():
            return columns.copied()
        case Same():  # of a recording that is not there, or of which this was not measured
            return np.zeros(len(columns), np.bool_)


def _within(columns: Columns, figure: str, low: float, high: float) -> Mask:
    values = columns.figure(figure)
    return np.asarray((values >= np.float32(low)) & (values <= np.float32(high)))


def _tempo(columns: Columns, test: Test) -> Mask:
    """A tempo as told, at half, and at double time."""
    assert isinstance(test, Within)
    mask = np.zeros(len(columns), np.bool_)
    for factor in (1.0, 0.5, 2.0):
        mask |= _within(columns, "tempo_bpm", test.low * factor, test.high * factor)
    return mask


def _called(columns: Columns, name: str, synonyms: tuple[str, ...]) -> Mask:
    mask = columns.named(name) | columns.in_folder(name)
    for tag in synonyms or (name,):
        if (shares := columns.shelf.tags.get(tag)) is not None:
            mask |= shares >= TAGGED
    mask |= columns.has_word("class", synonyms or (name,))
    bears = columns.labelled(name)
    return np.asarray((mask | (bears > 0.0)) & (bears >= 0.0))


def _is_codec(codec: str, name: str) -> bool:
    return any(part in codec.lower() for part in (name, *_CODECS.get(name, ())))


def _shaped(columns: Columns, test: Shaped) -> Mask:
    duration, is_single = columns.figure("duration_s"), columns.coded("class") != columns.values("class").get("", -1)
    is_loop = columns.has_word("class", ("loop",))
    if test.shape == "song":
        return np.asarray(duration >= SHORTEST_SONG_S)
    bars = columns.figure("bars")
    off = np.abs(bars[:, np.newaxis] / _BAR_COUNTS - 1.0).min(axis=1)
    sure = columns.figure("tempo_confidence") >= _SURE_TEMPO
    exact = (off <= _BEAT_EXACT) & sure & (duration <= LONGEST_LOOP_S) & ~is_single
    named = (columns.named("loop") | columns.named("loops") | columns.in_folder("loops")) & (duration <= LONGEST_LOOP_S)
    loops = is_loop | exact | named
    if test.shape == "loop":
        return np.asarray(loops)
    return np.asarray(~loops & (is_single | (duration <= LONGEST_HIT_S)))


def _changed(columns: Columns, test: Changed, stamps: Stamps) -> Mask:
    changed = stamps()
    by_file = (changed >= test.since) & (changed < test.until)
    if test.by_file:
        return np.asarray(by_file)
    told = {value: _date(value) for value in columns.values("date")}
    inside = [value for value, at in told.items() if at is not None and test.since <= at < test.until]
    untold = [value for value, at in told.items() if at is None]
    return columns.has_word("date", inside) | (by_file & columns.has_word("date", untold))


def _date(text: str) -> float | None:
    """The beginning of a date as files tell it: "2024", "2024-05", "2024-05-01"; None for no date."""
    for length, form in ((10, "%Y-%m-%d"), (7, "%Y-%m"), (4, "%Y")):
        try:
            return datetime.strptime(text[:length], form).astimezone().timestamp()
        except (ValueError, OverflowError):
            continue
    return None


def say(condition: Condition) -> str:
    """A condition in words."""
    return f"not {_said(condition.test)}" if condition.is_not else _said(condition.test)


def _said(test: Test) -> str:
    match test:
        case Within(figure, low, high):
            return _said_within(figure, low, high)
        case OneOf(word, values, of):
            return f"{word} {of or ' or '.join(value.replace('_', ' ') for value in values)}"
        case Called(name):
            return f'"{name}" as tag, label, name, genre or folder'
        case Holds(name):
            return f'the pattern "{name}" recurs in it'
        case InFolder(name):
            return f'in a folder "{name}"'
        case Changed(told=told, by_file=by_file):
            return f"{told} by {'when the file was changed' if by_file else 'date of the recording, else of the file'}"
        case Coded(name):
            return f"format {name}"
        case Copied():
            return "in more than one file, byte for byte"
        case Same(of, file):
            return f'the {measure_of(of).name} of "{file}"'
        case Shaped("loop"):
            return f"loops: heard or named as such, or whole bars up to {LONGEST_LOOP_S:.0f} s"
        case Shaped("song"):
            return f"songs: {SHORTEST_SONG_S:.0f} s or longer"
        case Shaped():
            return f"one-shots: single hits, or no loop and up to {LONGEST_HIT_S:.0f} s"


def _said_within(figure: str, low: float, high: float) -> str:
    measure = measure_of(figure)
    if figure == "channels":
        return "mono" if high == 1 else "stereo" if high == 2 else f"{low:g} channels"
    if math.isinf(high):
        return "clipped" if figure == "clipped_samples" else f"{measure.name} {measure.say(low)} or more"
    if math.isinf(low):
        return f"{measure.name} {measure.say(high)} or less"
    return f"{measure.name} {measure.say(low)}" + (f" to {measure.say(high)}" if high > low else "")


def to_json(conditions: Sequence[Condition]) -> dict[str, Json]:
    """Conditions as `find --json` tells them; what is excluded is below "not"."""
    told: dict[str, Json] = {}
    excluded: dict[str, Json] = {}
    for condition in conditions:
        into = excluded if condition.is_not else told
        for name, value in _json_of(condition.test).items():
            before = into.get(name)
            into[name] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
    return {**told, "not": excluded} if excluded else told


def _json_of(test: Test) -> dict[str, Json]:
    match test:
        case Within(figure, low, high):
            return {figure: [None if math.isinf(bound) else round(bound, 6) for bound in (low, high)]}
        case OneOf(word, values):
            return {word: [*values]}
        case Called(name):
            return {"words": [name]}
        case Holds(name):
            return {"pattern": [name]}
        case InFolder(name):
            return {"folder": [name]}
        case Changed(since, until):
            return {"changed": [datetime.fromtimestamp(at).astimezone().isoformat() for at in (since, until)]}
        case Coded(name):
            return {"format": [name]}
        case Copied():
            return {"copied": True}
        case Same(of, file):
            return {"same": [of, file]}
        case Shaped(shape):
            return {"shape": [shape]}
