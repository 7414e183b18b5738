"""Figures over many recordings: counts, averages, totals, distributions, and of how many nothing is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..messages import Json
from .columns import Columns, Figures, Mask
from .measures import Measure, measure_of, say_length
from .query import Asked, Sum

#: Words of a recording that `each` counts; figures that have few values are counted the same way.
_COUNTED_FIGURES = frozenset({"metre", "sample_rate_hz", "bit_depth", "channels"})
_ADDED_UP = frozenset({"duration_s", "size_mb"})
#: What several of a word are called, where an "s" does not do.
_PLURALS = {"class": "kinds of sounds", "codec": "formats", "metre": "metres"}
_SINGULARS = {"class": "kind of sounds", "codec": "format", "metre": "metre"}
_BINS = 10
_SHOWN = 12  # values of a word
_OCTAVE_PERCENT = 4.0  # how near to half or double time two tempi are the same pulse


@dataclass(frozen=True, slots=True)
class Summary:
    """An answer about all recordings that match.

    value : the figure that was asked for; None where nothing was measured
    figures : others about the same: "median", "least", "most", "p10" ...
    parts : values with their counts, the most frequent first, or stretches of a figure
    octaves : tempi that stand at half or double time of the median
    """

    sum: Sum
    of: str
    unit: str
    counted: int
    measured: int
    value: float | None
    figures: dict[str, float]
    parts: tuple[tuple[str, int], ...] = ()
    octaves: int = 0

    @property
    def missing(self) -> int:
        return self.counted - self.measured


def summarise(columns: Columns, asked: Asked, rows: Mask) -> Summary:
    """The figure that is asked for, over the rows that match."""
    counted = int(rows.sum())
    if asked.sum == "count" and not asked.of:
        return Summary("count", "", "", counted, counted, float(counted), {})
    if asked.sum in ("each", "spread", "count") and (asked.of in _COUNTED_FIGURES or asked.of not in _known(columns)):
        parts = _counts(columns, asked.of, rows)
        measured = sum(count for _, count in parts)
        return Summary("each", asked.of, "", counted, measured, float(len(parts)), {}, parts)
    values = columns.figure(asked.of)[rows]
    known = np.asarray(values[np.isfinite(values)], np.float64)
    unit = measure_of(asked.of).unit
    if not len(known):
        return Summary(asked.sum, asked.of, unit, counted, 0, None, {})
    figures = {
        "average": float(known.mean()),
        "median": float(np.median(known)),
        "least": float(known.min()),
        "most": float(known.max()),
        "p10": float(np.percentile(known, 10)),
        "p90": float(np.percentile(known, 90)),
    }
    if asked.of in _ADDED_UP:
        figures["total"] = float(known.sum())
    octaves = _octaves(known, figures["median"]) if asked.of == "tempo_bpm" else 0
    value = figures["median" if asked.sum in ("spread", "each") else asked.sum]
    parts = _histogram(known, measure_of(asked.of)) if asked.sum in ("spread", "each") else ()
    kind: Sum = "spread" if asked.sum == "each" else asked.sum
    return Summary(kind, asked.of, unit, counted, len(known), value, figures, parts, octaves)


def _known(columns: Columns) -> set[str]:
    return {*columns.shelf.figures, "duration_s", "tempo_bpm", "integrated_lufs", "true_peak_dbtp", "range_lu",
            "centroid_hz", "crest_db", "swing", "tuning_cents", "correlation", "bars", "size_mb"}  # fmt: skip


def _counts(columns: Columns, word: str, rows: Mask) -> tuple[tuple[str, int], ...]:
    if word == "folder":
        pairs = [*columns.folders(rows).items()]
    elif word in _COUNTED_FIGURES:
        values, counts = np.unique(columns.figure(word)[rows], return_counts=True)
        pairs = [(f"{value:g}", int(n)) for value, n in zip(values, counts, strict=True) if np.isfinite(value)]
    else:
        names = list(columns.values(word))
        found = np.bincount(columns.coded(word)[rows], minlength=len(names))
        pairs = [(name, int(n)) for name, n in zip(names, found, strict=True) if n and name]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _histogram(known: Figures, measure: Measure) -> tuple[tuple[str, int], ...]:
    """Counts between round bounds that hold all but the strangest hundredth at each end."""
    low, high = np.percentile(known, [1, 99])
    if low == high:
        return ((measure.say(float(low)), len(known)),)
    edges = np.unique(np.round(np.linspace(low, high, _BINS + 1), max(0, 1 - int(np.log10(max(high - low, 1e-3))))))
    edges[0], edges[-1] = min(edges[0], known.min()), max(edges[-1], known.max())
    counts, _ = np.histogram(known, edges)
    return tuple(
        (f"{measure.say(float(a))} to {measure.say(float(b))}", int(n))
        for a, b, n in zip(edges, edges[1:], counts, strict=False)
    )


def _octaves(tempi: Figures, median: float) -> int:
    """How many stand near half or double the median: possibly the same pulse, counted otherwise."""
    ratio = tempi / median
    near = [np.abs(ratio / factor - 1.0) <= _OCTAVE_PERCENT / 100.0 for factor in (0.5, 2.0)]
    return int((near[0] | near[1]).sum())


def lines_of(summary: Summary) -> list[str]:
    """A summary in words."""
    measure, counted = measure_of(summary.of), _recordings(summary.counted)
    if not summary.of:
        return [counted]
    name = measure.name
    if not summary.measured:
        return [f"The {name} of none of {counted} is known."]
    if summary.sum == "each":
        shown = summary.parts[:_SHOWN]
        lines = [
            _different(summary),
            *(f"{n:>7,}  {100 * n / summary.counted:4.1f} %  {_shown(summary.of, value)}" for value, n in shown),
        ]
        rest = summary.parts[_SHOWN:]
        if rest:
            lines.append(f"{sum(n for _, n in rest):>7,}  in {len(rest)} others")
        return [*lines, *_missing(summary, name)]
    figures = summary.figures
    if summary.sum == "total":
        lines = [f"{measure.say(figures['total'])} in {counted}"]
        if summary.of == "duration_s":
            hours = figures["total"] / 3600
            lines = [f"{say_length(figures['total'])} of audio ({hours:.2f} hours) in {counted}"]
        return [*lines, f"median {measure.say(figures['median'])}", *_missing(summary, name)]
    if summary.sum == "spread":
        lines = [f"{n:>7,}  {stretch}" for stretch, n in summary.parts]
        lines.append(f"median {measure.say(figures['median'])}, 80 % from {measure.say(figures['p10'])} to "
                     f"{measure.say(figures['p90'])}, all from {measure.say(figures['least'])} to "
                     f"{measure.say(figures['most'])}")  # fmt: skip
    else:
        value = figures[summary.sum]
        other = {"average": "median", "median": "average"}.get(summary.sum, "median")
        lines = [f"{summary.sum} {name} {measure.say(value)} ({other} {measure.say(figures[other])}) of {counted}"]
        lines.append(f"from {measure.say(figures['least'])} to {measure.say(figures['most'])}")
    return [*lines, *_missing(summary, name), *_ambiguous(summary)]


def _different(summary: Summary) -> str:
    """ "5 different keys in 12 recordings"."""
    name = measure_of(summary.of).name
    if len(summary.parts) == 1:
        return f"1 {_SINGULARS.get(summary.of, name)} in {_recordings(summary.counted)}"
    many = _PLURALS.get(summary.of, f"{name}s")
    return f"{len(summary.parts)} different {many} in {_recordings(summary.counted)}"


def _shown(word: str, value: str) -> str:
    return value if word == "folder" else value.replace("_", " ")


def _missing(summary: Summary, name: str) -> list[str]:
    return [f"not measured in {summary.missing:,} of them"] if summary.missing else []


def _ambiguous(summary: Summary) -> list[str]:
    if not summary.octaves:
        return []
    return [f"{summary.octaves:,} of them stand at half or double time of the median: perhaps the same pulse, counted "
            "otherwise; the median is less moved by that than the average"]  # fmt: skip


def _recordings(count: int) -> str:
    return "1 recording" if count == 1 else f"{count:,} recordings"


def summary_to_json(summary: Summary) -> dict[str, Json]:
    return {
        "sum": summary.sum,
        "of": summary.of or None,
        "value": None if summary.value is None else round(summary.value, 6),
        "unit": summary.unit,
        "counted": summary.counted,
        "measured": summary.measured,
        "not_measured": summary.missing,
        **{name: round(value, 6) for name, value in summary.figures.items()},
        **({"parts": [{"value": value, "count": n} for value, n in summary.parts]} if summary.parts else {}),
        **({"at_half_or_double_time": summary.octaves} if summary.of == "tempo_bpm" else {}),
    }
