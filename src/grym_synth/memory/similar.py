"""What of the library sounds like a recording, or a part of one, and why.

Copies first, then the same recording in other files, then what is near by the weighted aspects; of several files of one
recording only the nearest stands in the list, and names the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from ..audio.prints.summary import FRAGMENTS_FROM_S, fragment_vector
from ..errors import BadRequest
from ..storage.library import Library
from ..storage.library_rows import Described, Fragment
from ..storage.patterns import Patterns
from ..storage.prints import Prints, StoredPrint
from .aspects import ASPECTS, HIT_LENGTH, WEIGHTS, WEIGHTS_OF_HIT, FloatArray, read_space
from .duplicates import Duplicates, Duplicator, folded
from .nearest import Mask, Nearest
from .shared import Shared, shared_with
from .shelf import Shelf, as_matrix, views
from .wishes import Wish

NEAR = 0.5  # likeness below which a thing is as likely unrelated
_MOST_SHARED, _SHARED = 20, 2  # matches that are held against it for shared patterns, and how many each is told with
MOST = 1000  # matches of one question
#: What is no copy is never told as 1; the same recording in another file lies between these, all else below them.
_SAME_FROM, _SAME_TO = 0.99, 0.999

Relation = Literal["", "copy", "same recording"]


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked about. `described` holds what was heard of it, of a part of it only when it `is_part`."""

    described: Described
    path: str = ""  # its own: never part of the answer
    print: StoredPrint | None = None
    is_part: bool = False

    @property
    def row(self) -> FloatArray:
        """As a row of a shelf's matrix, shape (192,)."""
        return np.asarray(as_matrix({k: v[None] for k, v in self.described.vectors.items() if k in ASPECTS}, 1)[0])

    @property
    def is_hit(self) -> bool:
        timbre = self.described.vectors.get("timbre")
        return timbre is not None and bool(timbre[:HIT_LENGTH].any())


@dataclass(frozen=True, slots=True)
class Match:
    """A recording of the library and how it is like the one asked about.

    similarity, aspects : 0..1, as `memory.aspects` says; of the aspects that tell of both
    span_s : the seconds in which it is most like it; None when it is short, or nothing is known of its parts
    others : paths where the same recording lies as well, as copies or in other files
    reasons : what else was asked for and holds, in words: "20 % darker", "neighbouring keys"
    shared : patterns that both hold
    """

    path: str
    sha256: str
    similarity: float
    aspects: Mapping[str, float]
    relation: Relation = ""
    span_s: tuple[float, float] | None = None
    others: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    shared: tuple[Shared, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The matches, best first. `is_near` is False when nothing comes near: then they are only the least far."""

    matches: tuple[Match, ...]
    searched: int  # recordings that were allowed
    is_near: bool = True
    left_out: int = 0  # recordings heard by another version, which cannot be compared
    weights: Mapping[str, float] = field(default_factory=dict)  # by aspect; what it was judged by


@dataclass(slots=True)
class Recall:
    """Searches over one library; keep it, since it keeps what it read."""

    library: Library
    prints: Prints
    duplicates: Duplicator = field(init=False)
    _nearest: Nearest | None = None
    _places: dict[str, int] = field(default_factory=dict)  # the row of each content on the latest shelf

    def __post_init__(self) -> None:
        self.duplicates = Duplicates(self.prints)

    def similar(
        self,
        shelf: Shelf,
        query: Query,
        k: int,
        weights: Mapping[str, float] | None = None,
        wish: Wish | None = None,
    ) -> Found:
        """The k recordings most like the query.

        weights : by aspect, any positive numbers; default: those of `memory.aspects`
        wish : which rows may be found; default: all

        Raises
        ------
        BadRequest
            Nothing was heard of it that can be compared by these aspects.
        """
        usual = WEIGHTS_OF_HIT if query.is_hit else WEIGHTS
        weights = usual if weights is None else weights
        row = query.row
        told_by = [name for name, part in views(row[None]).items() if part.any() and weights.get(name, 0.0) > 0.0]
        if not told_by:
            asked = ", ".join(name for name, weight in weights.items() if weight > 0.0)
            raise BadRequest(
                f"nothing of it can be compared by {asked or 'no aspect'}",
                hint="a single hit has timbre and pitch, silence has nothing; name other aspects",
            )
        allowed = np.ones(len(shelf), np.bool_) if wish is None else wish.mask
        own = {i for i in self._rows_of(shelf, [query.described.sha256]) if not query.is_part}
        known = self._known(shelf, query, allowed, own)
        apart = {*own, *known}  # few: looked for with the others and left out, which is quicker than a mask
        count = 2 * k + 20 + len(apart)
        rows, cosines = self._search(shelf).search(row, weights, count, None if wish is None else wish.mask)
        others = np.array([i not in apart for i in rows.tolist()], np.bool_)
        rows, cosines = rows[others], cosines[others]
        shares = read_space().share(cosines, weights, is_hit=query.is_hit)
        likeness = dict(zip(rows.tolist(), (float(min(share, _SAME_FROM)) for share in shares), strict=True))
        near = {**likeness, **known}
        order = sorted(near, key=lambda i: -near[i])
        variants = self._fold(shelf, order[: 2 * k + 10])
        matches = [self._copies(shelf, i, query) for i in own if allowed[i]]
        copies = [match for each in matches for match in each]
        shown = list(variants)[: max(0, k - len(copies))]
        listed = [self._match(shelf, i, near[i], row, query, i in known, variants[i]) for i in shown]
        if wish is not None:
            listed = [replace(match, reasons=wish.reason(i)) for match, i in zip(listed, shown, strict=True)]
        best = max((match.similarity for match in (*copies, *listed)), default=0.0)
        told = (copies + self._with_shared(self._with_spans(listed, query), query))[:k]
        return Found(tuple(told), int(allowed.sum()), best >= NEAR, weights=weights)

    def _with_shared(self, matches: Sequence[Match], query: Query) -> list[Match]:
        """The first of the matches with the patterns that both hold; not those that are the same recording."""
        others = [match.sha256 for match in matches[:_MOST_SHARED] if not match.relation]
        if query.print is None or not others:
            return list(matches)
        found = shared_with(Patterns(self.library.store), self.prints, query.print, others)
        return [
            replace(match, shared=tuple(found.get(match.sha256, ())[:_SHARED] if not match.relation else ()))
            for match in matches
        ]

    def _search(self, shelf: Shelf) -> Nearest:
        if self._nearest is None or self._nearest.shelf is not shelf:
            self._nearest = Nearest(shelf, self._nearest)
            self._places = {sha256: i for i, sha256 in enumerate(shelf.sha256)}
        return self._nearest

    def _rows_of(self, shelf: Shelf, sha256s: Sequence[str]) -> list[int]:
        self._search(shelf)
        return [self._places[each] for each in sha256s if each in self._places]

    def _known(self, shelf: Shelf, query: Query, allowed: Mask, own: set[int]) -> dict[int, float]:
        """Rows that are the same recording in other files, and how alike they are."""
        if query.print is None or query.is_part:
            return {}
        found = {each.sha256: each.similarity for each in self.duplicates.of(query.print)}
        return {
            i: _SAME_FROM + (_SAME_TO - _SAME_FROM) * found[shelf.sha256[i]]
            for i in self._rows_of(shelf, list(found))
            if allowed[i] and i not in own
        }

    def _fold(self, shelf: Shelf, order: Sequence[int]) -> dict[int, list[int]]:
        """Rows in their order, each with those that are the same recording."""
        prints = self.prints.of([shelf.sha256[i] for i in order])
        at = {shelf.sha256[i]: i for i in order}
        return {
            at[first]: [at[each] for each in others]
            for first, others in folded([shelf.sha256[i] for i in order], prints).items()
        }

    def _copies(self, shelf: Shelf, i: int, query: Query) -> list[Match]:
        """Where the same content lies elsewhere."""
        every = {name: 1.0 for name, part in views(query.row[None]).items() if part.any()}
        paths = [path for path in shelf.paths[i] if path != query.path]
        return [Match(path, shelf.sha256[i], 1.0, every, "copy") for path in paths]

    def _match(
        self,
        shelf: Shelf,
        i: int,
        similarity: float,
        row: FloatArray,
        query: Query,
        is_same: bool,
        variants: Sequence[int],
    ) -> Match:
        paths = [path for path in shelf.paths[i] if path != query.path] or list(shelf.paths[i])
        others = [*paths[1:], *(path for j in variants for path in shelf.paths[j] if path != query.path)]
        return Match(
            paths[0],
            shelf.sha256[i],
            similarity,
            aspects_of(row, shelf.matrix[i], is_hit=query.is_hit),
            "same recording" if is_same else "",
            others=tuple(others),
        )

    def _with_spans(self, matches: Sequence[Match], query: Query) -> list[Match]:
        """The matches with the seconds of each that are most like the query."""
        asked = _parts(query.described, query.print)
        if not len(asked):
            return list(matches)
        known = {each.sha256: each for each in self.library.described([match.sha256 for match in matches])}
        return [replace(match, span_s=_best_span(asked, known.get(match.sha256))) for match in matches]


def aspects_of(row: FloatArray, other: FloatArray, *, is_hit: bool = False) -> dict[str, float]:
    """How alike two rows are by each aspect that tells of both, 0..1; not by the timbre of a hit and of music."""
    space, found = read_space(), {}
    for (name, mine), theirs in zip(views(row[None]).items(), views(other[None]).values(), strict=True):
        if ((mine != 0.0) & (theirs != 0.0)).any():
            found[name] = float(space.share(float(mine[0] @ theirs[0]), {name: 1.0}, is_hit=is_hit))
    return found


def read_weights(text: str) -> dict[str, float]:
    """Aspects and their weights as they are typed: "timbre=2,rhythm=1" or "rhythm".

    Raises
    ------
    BadRequest
        It names no aspect of ours, or a weight that is none.
    """
    weights: dict[str, float] = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        name, _, number = item.partition("=")
        name = name.strip()
        if name not in ASPECTS:
            raise BadRequest(f"unknown aspect {name!r}", hint=f"there is {', '.join(ASPECTS)}")
        try:
            weights[name] = float(number) if number else 1.0
        except ValueError:
            weights[name] = -1.0
        if not 0.0 <= weights[name] <= 1000.0:
            raise BadRequest(f"the weight of {name} must be a number in 0..1000, got {number!r}")
    if not any(weight > 0.0 for weight in weights.values()):
        raise BadRequest(
            "no aspect has a weight above 0", hint=f"as in timbre=2,rhythm=1; there is {', '.join(ASPECTS)}"
        )
    return weights


def _parts(described: Described, found: StoredPrint | None) -> FloatArray:
    """What the parts of a recording sound like, shape (n, 44); of a short one the whole."""
    if described.fragments:
        return np.array([_unit(each.vector) for each in described.fragments])
    if found is None or not found.summary.any():
        return np.zeros((0, 0), np.float32)
    return _unit(fragment_vector(found.summary))[None]


def _best_span(asked: FloatArray, described: Described | None) -> tuple[float, float] | None:
    if described is None:
        return None
    fragments: Sequence[Fragment] = described.fragments
    length = described.figures.get("duration_s")
    if not fragments:
        is_short = length is not None and length <= FRAGMENTS_FROM_S
        return (0.0, round(length, 3)) if length is not None and is_short else None
    likeness = np.array([_unit(each.vector) for each in fragments]) @ asked.T
    best = fragments[int(likeness.max(axis=1).argmax())]
    return (round(best.start_s, 3), round(min(best.end_s, length or best.end_s), 3))


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / (np.linalg.norm(vector) + 1e-9), np.float32)
