"""What another recording of the library is in a figure or word, as a condition: "the same key as X.wav"."""

from __future__ import annotations

import math
from dataclasses import replace

from .columns import Columns
from .measures import measure_of
from .quantities import near
from .query import Condition, OneOf, Query, Same, Test, Within

_WORDS = frozenset({"key", "class", "codec", "genre", "artist"})


def resolved(columns: Columns, query: Query) -> tuple[Query, tuple[str, ...]]:
    """The query with what each named recording is in place of its name, and the paths of those recordings.

    What cannot be told stays as it was, and then nothing matches; a note says why.
    """
    conditions, notes, paths = list[Condition](), list[str](), list[str]()
    for condition in query.conditions:
        if isinstance(condition.test, Same):
            test, note, path = _resolved(columns, condition.test)
            condition = replace(condition, test=test)
            notes += [note] if note else []
            paths += [path] if path else []
        conditions.append(condition)
    notes = [*dict.fromkeys(notes)]
    return replace(query, conditions=tuple(conditions), notes=(*query.notes, *notes)), tuple(dict.fromkeys(paths))


def _resolved(columns: Columns, same: Same) -> tuple[Test, str, str]:
    rows = columns.rows_called(same.file)
    if not len(rows):
        return same, f"no recording of your library is called {same.file!r}", ""
    row = int(rows[0])
    path = columns.shelf.paths[row][0]
    note = f"{len(rows)} recordings are called {same.file!r}; {path} was taken" if len(rows) > 1 else ""
    name = measure_of(same.of).name
    if same.of in _WORDS:
        word = columns.shelf.word(same.of)[row]
        if not word:
            return same, f"the {name} of {path} is not known", path
        return OneOf(same.of, (word,), f"{word.replace('_', ' ')}, as {same.file}"), note, path
    value = float(columns.figure(same.of)[row])
    if not math.isfinite(value):
        return same, f"the {name} of {path} is not known", path
    return Within(same.of, *near(same.of, value)), note, path
