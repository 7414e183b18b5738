"""Adjectives as percentiles of this library: "dark" is the lowest quarter by spectral centroid, whatever that is here.

An adjective never returns more than 35 % of what it is applied to, however many recordings share a value: a value that
too many have stands out in none of them.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .columns import Columns, Figures, Mask
from .measures import measure_of
from .query import Adjective, Intensity

Side = Literal["low", "high"]

MOST = 0.35  # of the recordings that an adjective is applied to
FEWEST = 3  # recordings that anything can stand out of
_BANDS: Mapping[Intensity, tuple[float, float]] = {"very": (0.0, 10.0), "": (0.0, 25.0), "slightly": (25.0, 50.0)}


@dataclass(frozen=True, slots=True)
class Scale:
    """The end of which figure is meant; of several figures the first that half of the recordings have."""

    side: Side
    figures: tuple[str, ...]


_LOUDNESS = ("integrated_lufs", "momentary_max_lufs", "rms_dbfs")
ADJECTIVES: Mapping[str, Scale] = {
    "dark": Scale("low", ("centroid_hz",)),
    "dull": Scale("low", ("band_brilliance_db",)),
    "mellow": Scale("low", ("harshness_db",)),
    "bright": Scale("high", ("centroid_hz",)),
    "brilliant": Scale("high", ("band_brilliance_db",)),
    "airy": Scale("high", ("band_brilliance_db",)),
    "crisp": Scale("high", ("band_brilliance_db",)),
    "warm": Scale("high", ("warmth_db",)),
    "cold": Scale("low", ("warmth_db",)),
    "harsh": Scale("high", ("harshness_db",)),
    "sharp": Scale("high", ("harshness_db",)),
    "punchy": Scale("high", ("punch_db",)),
    "snappy": Scale("low", ("attack_s", "decay_s")),
    "soft": Scale("low", ("bite_db",)),
    "gentle": Scale("low", _LOUDNESS),
    "loud": Scale("high", _LOUDNESS),
    "quiet": Scale("low", _LOUDNESS),
    "fast": Scale("high", ("tempo_bpm",)),
    "quick": Scale("high", ("tempo_bpm",)),
    "slow": Scale("low", ("tempo_bpm",)),
    "short": Scale("low", ("duration_s",)),
    "brief": Scale("low", ("duration_s",)),
    "long": Scale("high", ("duration_s",)),
    "dense": Scale("high", ("onsets_per_s",)),
    "busy": Scale("high", ("onsets_per_s",)),
    "sparse": Scale("low", ("onsets_per_s",)),
    "calm": Scale("low", ("onsets_per_s",)),
    "wide": Scale("low", ("correlation",)),
    "narrow": Scale("high", ("correlation",)),
    "noisy": Scale("low", ("harmonicity",)),
    "hissy": Scale("high", ("flatness",)),
    "tonal": Scale("high", ("harmonicity",)),
    "pitched": Scale("high", ("harmonicity",)),
    "atonal": Scale("low", ("harmonicity",)),
    "dry": Scale("low", ("decay_s",)),
    "tight": Scale("low", ("decay_s",)),
    "ringing": Scale("high", ("decay_s",)),
    "deep": Scale("high", ("band_sub_db",)),
    "subby": Scale("high", ("band_sub_db",)),
    "boomy": Scale("high", ("band_bass_db",)),
    "bassy": Scale("high", ("band_bass_db",)),
    "muddy": Scale("high", ("band_low_mid_db",)),
    "boxy": Scale("high", ("band_low_mid_db",)),
    "thin": Scale("low", ("body_db",)),
    "tinny": Scale("low", ("body_db",)),
    "full": Scale("high", ("body_db",)),
    "fat": Scale("high", ("body_db",)),
    "dynamic": Scale("high", ("range_lu", "crest_db")),
    "flat": Scale("low", ("range_lu", "crest_db")),
    "compressed": Scale("low", ("plr_db", "crest_db")),
    "squashed": Scale("low", ("plr_db", "crest_db")),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an adjective picks, of `of` rows called `among`."""

    adjective: Adjective
    figure: str
    percentile: tuple[float, float]  # of the figure, from its lowest value
    bounds: tuple[float, float]  # values of the figure between which the picked lie; NaN where none is
    mask: Mask
    values: Figures
    ordered: Figures  # what was measured, the smallest first
    of: int
    among: str
    note: str = ""

    @property
    def measured(self) -> int:
        return len(self.ordered)

    def rank(self, rows: NDArray[np.intp]) -> Figures:
        """0 for the one that is it most, 1 for the least, and where nothing was measured."""
        share = np.searchsorted(self.ordered, self.values[rows]) / max(1, len(self.ordered) - 1)
        strongest_first = share if ADJECTIVES[self.adjective.name].side == "low" else 1.0 - share
        return np.asarray(np.where(np.isfinite(self.values[rows]), strongest_first, 1.0))

    @property
    def says(self) -> str:
        """ "dark: spectral centroid in the lowest 25 % of the kicks (up to 310 Hz)"."""
        measure, (low, high) = measure_of(self.figure), self.percentile
        if low == 0.0 or high == 100.0:
            part = f"in the {'lowest' if low == 0.0 else 'highest'} {high - low:.0f} %"
        else:
            part = f"from percentile {low:.0f} to {high:.0f}"
        bound = ""
        if np.isfinite(self.bounds).all():
            least, most = (measure.say(value) for value in self.bounds)
            bound = f" ({least} to {most})"
        words = " ".join(w for w in ("not" * self.adjective.is_not, self.adjective.intensity, self.adjective.name) if w)
        return f"{words}: {measure.name} {'not ' * self.adjective.is_not}{part} of {self.among}{bound}"


def choose(columns: Columns, adjective: Adjective, among: Mask, name: str, key: Hashable = None) -> Chosen:
    """The recordings of `among`, called `name`, that are so by their percentile.

    key : stands for `among`, as long as the columns are the same; None: nothing is kept
    """
    scale = ADJECTIVES[adjective.name]
    of = int(np.count_nonzero(among))
    figure = _best_measured(columns, scale.figures, among, of)
    measure, values = measure_of(figure), columns.figure(figure)
    ordered = columns.ordered(figure, among, (name, key))
    band = _BANDS[adjective.intensity]
    bounds, note = _pick(ordered if scale.side == "low" else -ordered[::-1], band)
    if scale.side == "high":
        bounds = -bounds[1], -bounds[0]
    known = among & np.isfinite(values)
    picked = known & (values >= bounds[0]) & (values <= bounds[1])
    percentile = band if scale.side == "low" else (100.0 - band[1], 100.0 - band[0])
    if not len(ordered):
        note = f"{measure.name} is measured of none of {name}"
    elif note == "few":
        have = "has" if len(ordered) == 1 else "have"
        note = f"only {len(ordered)} of {name} {have} a measured {measure.name}: too few for anything to stand out"
    elif note:
        note = f"too many of {name} have the same {measure.name} for any to stand out"
    mask = known & ~picked if adjective.is_not else picked
    return Chosen(adjective, figure, percentile, bounds, mask, values, ordered, of, name, note)


def _best_measured(columns: Columns, figures: tuple[str, ...], among: Mask, of: int) -> str:
    """The first figure that half of the recordings have, or the one that the most have."""
    if len(figures) == 1:
        return figures[0]
    counts = {figure: int((among & np.isfinite(columns.figure(figure))).sum()) for figure in figures[:-1]}
    for figure, count in counts.items():
        if 2 * count >= of:
            return figure
    counts[figures[-1]] = int((among & np.isfinite(columns.figure(figures[-1]))).sum())
    return max(counts, key=lambda name: counts[name])


def _pick(ordered: Figures, band: tuple[float, float]) -> tuple[tuple[float, float], str]:
    """Bounds of the band, in values of which the smallest is the strongest, or why there are none.

    Equal values go together, or not at all where they are too many.
    """
    n = len(ordered)
    most, nothing = int(MOST * n), (math.nan, math.nan)
    if n < FEWEST:
        return nothing, "few"
    count = min(max(1, round(n * band[1] / 100.0)), n)
    last = ordered[count - 1]
    skipped = round(n * band[0] / 100.0)
    start = int(np.searchsorted(ordered, ordered[skipped - 1], side="right")) if skipped else 0
    end = int(np.searchsorted(ordered, last, side="right"))
    if end - start > most:
        end = int(np.searchsorted(ordered, last, side="left"))
    if end <= start or end - start > most:
        return nothing, "same"
    return (float(ordered[start]), float(ordered[end - 1])), ""
