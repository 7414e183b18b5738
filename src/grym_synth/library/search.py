"""Search the library by words: what was understood, what matches, in which order, and what stood in the way."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .adjectives import MOST, Chosen, choose
from .aggregates import Summary, summarise
from .columns import Columns, Mask
from .filters import Stamps, grouped, has_octaves, passing, rows_of, say
from .measures import measure_of
from .query import Called, Condition, OneOf, Query, Same, Shaped, Within
from .reasons import bears, octave, places_of, tagged_and_named, whose_word
from .same import resolved

DEFAULT_K = 10
_PLURALS = {"hat_closed": "closed hats", "hat_open": "open hats", "bass": "bass notes", "keys": "keys", "fx": "effects"}


@dataclass(frozen=True, slots=True)
class Match:
    """A recording that was found, with the figures and words that were asked about."""

    sha256: str
    path: str
    others: tuple[str, ...]
    figures: Mapping[str, float]
    words: Mapping[str, str]
    reasons: tuple[str, ...] = ()  # "at half time", "dusty: said by you", "kind of sound: learned, 83 %"
    places: tuple[tuple[float, float], ...] = ()  # seconds at which the pattern lies that was asked for


@dataclass(frozen=True, slots=True)
class Found:
    """What a question about the library comes to.

    total : recordings that match; `at_other_times` more do by half or double their tempo
    notes : what was guessed, loosened or left out
    """

    query: Query
    matches: tuple[Match, ...]
    total: int
    at_other_times: int = 0
    chosen: tuple[Chosen, ...] = ()
    summary: Summary | None = None
    notes: tuple[str, ...] = ()
    searched: int = 0


def find(columns: Columns, query: Query, stamps: Stamps, *, k: int = DEFAULT_K, without: Collection[str] = ()) -> Found:
    """The recordings that are as a query wants them, best first; `query.limit` goes before `k`.

    without : paths of what is not to be found, since it is what was asked with
    """
    if query.is_empty or not len(columns):
        return Found(query, (), 0, searched=len(columns), notes=query.notes)
    query = _by_name_where_none_was_heard(columns, query, stamps)
    if any(isinstance(condition.test, Same) for condition in query.conditions):
        query, itself = resolved(columns, query)
        without = (*without, *itself)
    base = passing(columns, query.conditions, stamps)
    if without:
        base &= ~np.fromiter((not {*without}.isdisjoint(each) for each in columns.shelf.paths), np.bool_, len(columns))
    wide = base
    if query.asked is None and any(map(has_octaves, query.conditions)):
        wide = passing(columns, query.conditions, stamps, octaves=True)
        if without:
            wide &= ~np.fromiter((not {*without}.isdisjoint(p) for p in columns.shelf.paths), np.bool_, len(columns))
    chosen = _choose(columns, query, stamps)
    notes = [*query.notes, *(each.adjective.name + ": " + each.note for each in chosen if each.note)]
    rows, loosened = _chosen_of(wide, chosen)
    notes += loosened
    direct = rows & base
    notes += [*tagged_and_named(columns, query, direct)]
    at_other_times = int((rows & ~base).sum())
    if query.asked is not None:
        summary = summarise(columns, query.asked, direct)
        octaves = _in_other_time(columns, query, stamps, direct, chosen)
        shown = query.limit or 0
        matches = _matches(columns, query, chosen, direct, base, stamps, shown)
        return Found(query, matches, int(direct.sum()), octaves, chosen, summary, tuple(notes), len(columns))
    matches = _matches(columns, query, chosen, rows, base, stamps, query.limit or k)
    return Found(query, matches, int(direct.sum()), at_other_times, chosen, None, tuple(notes), len(columns))


def _by_name_where_none_was_heard(columns: Columns, query: Query, stamps: Stamps) -> Query:
    """A class that nothing was heard as is looked for in names and folders: people name their own sounds."""
    conditions, notes = list[Condition](), list[str]()
    for condition in query.conditions:
        test = condition.test
        if isinstance(test, OneOf) and test.word == "class" and not condition.is_not and len(test.values) == 1:
            name = test.values[0]
            one, many = (Condition(Called(form), is_alternative=True) for form in (name, f"{name}s"))
            named = [replace(one, is_alternative=condition.is_alternative), many]
            is_named = any(rows_of(columns, each.test, stamps).any() for each in named)
            if is_named and not rows_of(columns, test, stamps).any():
                conditions += named
                notes.append(f"nothing was heard as {name}; what is named so was searched")
                continue
        conditions.append(condition)
    return replace(query, conditions=tuple(conditions), notes=(*query.notes, *notes))


def _choose(columns: Columns, query: Query, stamps: Stamps) -> tuple[Chosen, ...]:
    """What each adjective picks of the classes or shapes that are asked for, else of the whole library."""
    if not query.adjectives:
        return ()
    kinds = tuple(condition for condition in query.conditions if not condition.is_not and _is_kind(condition))
    among, name = _population(columns, kinds, stamps)
    return tuple(choose(columns, adjective, among, name, kinds) for adjective in query.adjectives)


def _population(columns: Columns, kinds: Sequence[Condition], stamps: Stamps) -> tuple[Mask, str]:
    if not kinds:
        return np.ones(len(columns), np.bool_), "your library"
    mask = np.ones(len(columns), np.bool_)
    for group in grouped(kinds):
        any_of = np.zeros(len(columns), np.bool_)
        for condition in group:
            any_of |= rows_of(columns, condition.test, stamps)
        mask &= any_of
    return mask, f"your {' and '.join(dict.fromkeys(map(_name, kinds)))}"


def _is_kind(condition: Condition) -> bool:
    test = condition.test
    return isinstance(test, Shaped) or (isinstance(test, OneOf) and test.word == "class")


def _name(condition: Condition) -> str:
    match condition.test:
        case Shaped(shape):
            return f"{shape}s"
        case OneOf(values=values) if len(values) > 3:
            return "drum sounds"
        case OneOf(values=values):
            return " and ".join(_PLURALS.get(value, f"{value}s") for value in values)
    return ""


def _chosen_of(rows: Mask, chosen: Sequence[Chosen]) -> tuple[Mask, list[str]]:
    """Rows that every adjective picks; where there are none, those that come nearest, and a word about it."""
    measured = [each for each in chosen if each.measured]
    if not chosen:
        return rows, []
    if not measured:
        return np.zeros_like(rows), []
    every = np.logical_and.reduce([rows, *(each.mask for each in measured)])
    positive = [each for each in measured if not each.adjective.is_not]
    if every.any() or not rows.any() or not positive:
        return every, []
    if len(measured) > 1:
        some = rows & np.logical_or.reduce([each.mask for each in positive])
        for each in measured:
            if each.adjective.is_not:
                some &= each.mask
        if some.any():
            names = " and ".join(each.adjective.name for each in positive)
            return _nearest(some, rows, positive), [f"none is {names} at once; these are nearest to it, and one of it"]
    if len(measured) == 1 and not positive[0].note and rows.sum() < positive[0].of:
        name = positive[0].adjective.name
        nearest = _nearest(rows & np.isfinite(positive[0].values), rows, positive)
        if nearest.any():
            return nearest, [f"none of these is {name} for {positive[0].among}; these are the ones that are it most"]
    return every, []


def _nearest(some: Mask, rows: Mask, chosen: Sequence[Chosen]) -> Mask:
    """Of some rows those whose ranks are best, no more than an adjective may return."""
    most = int(MOST * min(int(rows.sum()), *(each.measured for each in chosen)))
    places = np.flatnonzero(some)
    ranks = np.mean([each.rank(places) for each in chosen], axis=0)
    mask = np.zeros_like(some)
    mask[places[np.argsort(ranks, kind="stable")[:most]]] = True
    return mask


def _in_other_time(columns: Columns, query: Query, stamps: Stamps, direct: Mask, chosen: Sequence[Chosen]) -> int:
    """How many more there would be at half or double time."""
    if not any(map(has_octaves, query.conditions)):
        return 0
    wide, _ = _chosen_of(passing(columns, query.conditions, stamps, octaves=True), chosen)
    return int((wide & ~direct).sum())


def _matches(
    columns: Columns,
    query: Query,
    chosen: Sequence[Chosen],
    rows: Mask,
    direct: Mask,
    stamps: Stamps,
    k: int,
) -> tuple[Match, ...]:
    places = np.flatnonzero(rows)
    if not k or not len(places):
        return ()
    keys = _keys(columns, query, chosen, places, stamps)
    keys = [(~direct[places]).astype(np.float64), *keys]
    best = _first(places, keys, columns, k)
    figures, words = _asked_about(query, chosen)
    return tuple(_match(columns, query, int(row), bool(direct[row]), figures, words) for row in best)


def _keys(
    columns: Columns, query: Query, chosen: Sequence[Chosen], places: NDArray[np.intp], stamps: Stamps
) -> list[NDArray[np.floating[Any]]]:
    """What to sort by, the first thing first; small comes first."""
    keys: list[NDArray[np.floating[Any]]] = []
    if query.order is not None:
        values = stamps() if query.order.figure == "changed" else columns.figure(query.order.figure)
        taken = np.asarray(values[places], np.float64)
        keys.append(np.where(np.isfinite(taken), -taken if query.order.descending else taken, np.inf))
    wanted = [each for each in chosen if not each.adjective.is_not and each.measured]
    if wanted:
        keys.append(np.mean([each.rank(places) for each in wanted], axis=0))
    bears = [columns.labelled(c.test.name) for c in query.conditions if isinstance(c.test, Called) and not c.is_not]
    if not keys and any(column.any() for column in bears):
        keys.append(-np.mean([column[places] for column in bears], axis=0))  # what the owner said, then the likeliest
    if not keys and any(_is_kind(c) and isinstance(c.test, OneOf) for c in query.conditions):
        sure = columns.figure("class_confidence")[places]
        keys.append(-np.round(np.nan_to_num(sure, nan=0.0), 1))
    return keys


def _first(
    places: NDArray[np.intp], keys: Sequence[NDArray[np.floating[Any]]], columns: Columns, k: int
) -> NDArray[np.intp]:
    """The k first rows by the keys, then by their path. Sorts only what can be among them."""
    for key in keys:
        if len(places) <= 4 * k:
            break
        last = np.partition(key, k - 1)[k - 1]
        kept = key <= last
        if kept.all():
            continue
        places, keys = places[kept], [each[kept] for each in keys]
        return _first(places, keys, columns, k) if kept.sum() < len(kept) // 2 else _sorted(places, keys, columns, k)
    return _sorted(places, keys, columns, k)


def _sorted(
    places: NDArray[np.intp], keys: Sequence[NDArray[np.floating[Any]]], columns: Columns, k: int
) -> NDArray[np.intp]:
    by_path = columns.place[places]
    if all(not np.ptp(key) for key in keys) and len(places) > k:
        first = np.argpartition(by_path, k - 1)[:k]
        return places[first[np.argsort(by_path[first])]]
    return places[np.lexsort((by_path, *reversed(keys)))[:k]]


def _asked_about(query: Query, chosen: Sequence[Chosen]) -> tuple[list[str], list[str]]:
    """The figures and words that a match is shown with: those that were asked about, else the usual ones."""
    figures = [c.test.figure for c in query.conditions if isinstance(c.test, Within)]
    words = [c.test.word for c in query.conditions if isinstance(c.test, OneOf)]
    figures += [each.figure for each in chosen]
    if query.order is not None and query.order.figure != "changed":
        figures.append(query.order.figure)
    if any(isinstance(c.test, Shaped) for c in query.conditions):
        figures += ["bars", "duration_s"]
    if not figures and not words:
        figures, words = ["tempo_bpm", "duration_s"], ["class", "key"]
    return list(dict.fromkeys(figures)), list(dict.fromkeys(words))


def _match(
    columns: Columns, query: Query, row: int, is_direct: bool, figures: Sequence[str], words: Sequence[str]
) -> Match:
    paths = columns.shelf.paths[row]
    shown = {name: float(columns.figure(name)[row]) for name in figures}
    told = {name: columns.shelf.word(name)[row] for name in words}
    reasons = [] if is_direct else [octave(query, shown.get("tempo_bpm", math.nan))]
    reasons += [whose_word(columns, row, name) for name in (*figures, *words)]
    reasons += [bears(columns, row, c.test) for c in query.conditions if isinstance(c.test, Called)]
    return Match(
        columns.shelf.sha256[row],
        paths[0],
        paths[1:],
        {name: value for name, value in shown.items() if math.isfinite(value)},
        {name: value for name, value in told.items() if value},
        tuple(filter(None, reasons)),
        places_of(columns, query, row),
    )


def understood(found: Found, *, with_asked: bool = True) -> list[str]:
    """What was understood, a line each."""
    query = found.query
    by_condition = [" or ".join(map(say, group)) for group in grouped(query.conditions)]
    lines = ["everything"] if query.is_everything else []
    lines += [*by_condition, *(each.says for each in found.chosen)]
    if query.order is not None:
        figure = "date" if query.order.figure == "changed" else measure_of(query.order.figure).name
        lines.append(f"sorted by {figure}, {'highest' if query.order.descending else 'lowest'} first")
    if query.limit:
        lines.append(f"{query.limit} of them")
    if query.asked is not None and with_asked:
        of = measure_of(query.asked.of).name if query.asked.of else "recordings"
        what = {"count": "how many", "each": "which", "spread": "the distribution of", "total": "the total"}
        lines.append(f"asked: {what.get(query.asked.sum, f'the {query.asked.sum}')} {of}")
    return lines
