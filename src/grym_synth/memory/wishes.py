"""Wishes beside the likeness: like this but darker, and what goes with this by key and tempo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..audio.comparison.fit import EASY_STRETCH_PERCENT, fit_key, fit_tempo
from ..errors import BadRequest
from ..theory.keys import parse_key
from .nearest import Mask
from .shelf import Shelf


@dataclass(frozen=True, slots=True)
class _Shift:
    """A direction along a figure.

    step : by how much at least: a factor, or a difference for figures in decibels
    measure : what the figure is called
    """

    figure: str
    step: float
    is_factor: bool
    measure: str


_SHIFTS: Mapping[str, _Shift] = {
    "brighter": _Shift("centroid_hz", 1.15, True, "spectral centroid"),
    "darker": _Shift("centroid_hz", 1 / 1.15, True, "spectral centroid"),
    "faster": _Shift("tempo_bpm", 1.03, True, "tempo"),
    "slower": _Shift("tempo_bpm", 1 / 1.03, True, "tempo"),
    "louder": _Shift("integrated_lufs", 1.0, False, "loudness"),
    "quieter": _Shift("integrated_lufs", -1.0, False, "loudness"),
    "longer": _Shift("duration_s", 1.2, True, "length"),
    "shorter": _Shift("duration_s", 1 / 1.2, True, "length"),
    "busier": _Shift("onsets_per_s", 1.2, True, "onsets a second"),
    "calmer": _Shift("onsets_per_s", 1 / 1.2, True, "onsets a second"),
    "noisier": _Shift("flatness", 1.3, True, "spectral flatness"),
    "purer": _Shift("flatness", 1 / 1.3, True, "spectral flatness"),
}
DIRECTIONS = tuple(_SHIFTS)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows of a shelf are as wished; `reason` says in words why one of them is."""

    mask: Mask
    reason: Callable[[int], tuple[str, ...]]


def shifted(shelf: Shelf, figures: Mapping[str, float], direction: str) -> Wish:
    """The rows that are darker, faster, ... than a recording of these figures.

    Raises
    ------
    BadRequest
        No such direction, or the figure was not measured of it.
    """
    shift = _SHIFTS.get(direction)
    if shift is None:
        raise BadRequest(f"unknown direction {direction!r}", hint=f"there is {', '.join(DIRECTIONS)}")
    own = figures.get(shift.figure)
    if own is None or (shift.is_factor and own <= 0.0):
        raise BadRequest(
            f"nothing can be told to be {direction}: the {shift.measure} of it was not measured",
            hint="choose another direction",
        )
    theirs = shelf.figure(shift.figure)
    change = theirs / own if shift.is_factor else theirs - own
    with np.errstate(invalid="ignore"):
        mask = change >= shift.step if shift.step >= 1.0 else change <= shift.step

    def reason(i: int) -> tuple[str, ...]:
        amount = f"{100.0 * abs(change[i] - 1.0):.0f} %" if shift.is_factor else f"{abs(change[i]):.1f} LU"
        return (f"{amount} {direction} by {shift.measure}",)

    return Wish(np.asarray(mask & np.isfinite(theirs), np.bool_), reason)


def fitting(shelf: Shelf, figures: Mapping[str, float], words: Mapping[str, str]) -> Wish:
    """The rows that go with a recording: keys that mix, and a tempo that a stretch of 8 % brings to it, also at half or
    double time. What is not known of both does not hinder; where neither is known, nothing fits.

    Raises
    ------
    BadRequest
        Neither key nor tempo of it is known.
    """
    key, tempo = parse_key(words.get("key", "")), figures.get("tempo_bpm", 0.0)
    if key is None and not tempo > 0.0:
        raise BadRequest("neither its key nor its tempo is known, so nothing can be said to fit")
    keys, tempos = shelf.word("key"), shelf.figure("tempo_bpm")
    fits = {name: fit_key(key, other) for name in set(keys) if key and (other := parse_key(name))}
    mixes = np.array([name in fits and fits[name].mixes for name in keys], np.bool_)
    clashes = np.array([name in fits and not fits[name].mixes for name in keys], np.bool_)
    with np.errstate(invalid="ignore", divide="ignore"):
        stretches = np.abs(100.0 * (tempo * np.array([[1.0], [0.5], [2.0]]) / tempos - 1.0)).min(axis=0)
    knows = np.isfinite(stretches) & (tempo > 0.0)
    in_time = knows & (stretches <= EASY_STRETCH_PERCENT)

    def reason(i: int) -> tuple[str, ...]:
        told = [f"{fits[keys[i]].relation}, {fits[keys[i]].codes[1]}"] if mixes[i] else []
        if in_time[i]:
            stretch = fit_tempo(tempo, float(tempos[i]))
            time = {0.5: " at half time", 2.0: " at double time"}.get(stretch.beats, "")
            told.append(f"{stretch.stretch_percent:+.1f} % stretch{time}")
        return tuple(told)

    return Wish(np.asarray((mixes & (in_time | ~knows)) | (in_time & ~clashes), np.bool_), reason)
