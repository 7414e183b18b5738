"""The library in memory as its owner tells it: his tempi, keys and kinds of sounds in the place of what was measured,
and what his ear learned of them where he said nothing.

Made anew only when the library, what was taught, or the ear in use changes; searches then touch arrays only.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .audio.spectra.frames import FloatArray
from .errors import BadRequest
from .library.reasons import SAID_BY_OTHERS, TOLD_BY
from .memory.shelf import Shelf, Shelves
from .storage.library import Library
from .storage.library_rows import Described
from .theory.keys import camelot
from .tuning.ear import Ear
from .tuning.features import stock_names
from .tuning.owner import LEARNED, OWNER, Owner

log = logging.getLogger(__name__)

_MOST = 0.999  # chance of what was learned: 1 is what the owner said
_FIGURES, _WORDS = {"tempo": "tempo_bpm"}, {"key": "key"}


@dataclass(frozen=True, slots=True)
class _Learned:
    """What an ear says of rows.

    classes : np.ndarray [shape=(n,)], place in `stock_names`, -1 where it says nothing; `sure` is its chance
    labels : np.ndarray [shape=(n,)] of each own label, 0 where it is not said
    """

    version: int | None
    recipe: str
    sha256: tuple[str, ...]
    classes: NDArray[np.int16]
    sure: FloatArray
    labels: Mapping[str, FloatArray]


@dataclass(frozen=True, slots=True)
class _Told:
    """A shelf as it was measured, the state of what was taught, and the shelf with its labels as it is told."""

    measured: Shelf
    state: tuple[object, ...]
    shelf: Shelf
    labels: Mapping[str, FloatArray]


class OwnersShelf:
    """One for each hub; threads may share it. Methods raise StoreUnavailable as the store does."""

    def __init__(self, shelves: Shelves, library: Library, owner: Owner) -> None:
        self._shelves, self._library, self._owner = shelves, library, owner
        self._turn = threading.Lock()
        self._told: dict[bool, _Told] = {}  # of the whole library, and of what this version heard
        self._learned: _Learned | None = None

    @property
    def is_at_hand(self) -> bool:
        """Whether it is in memory or in a file of this machine."""
        return self._shelves.is_at_hand

    def current(self) -> Shelf:
        """What this version heard of the library, as its owner tells it."""
        return self._as_told(is_whole=False).shelf

    def with_labels(self) -> tuple[Shelf, Mapping[str, FloatArray]]:
        """The whole library, and of each label how each row bears it, shape (n,): 1 where the owner said so, -1 where
        he said that it is not, the chance where it was learned, 0 where nothing is known."""
        told = self._as_told(is_whole=True)
        return told.shelf, told.labels

    def waiting(self) -> frozenset[str]:
        """What the ear in use would say, but for having learned it of an earlier version: labels, and "class"."""
        try:
            ear = self._owner.ear
        except BadRequest:
            return frozenset()
        if not ear.listens or ear.speaks_of(self._shelves.current().recipe):
            return frozenset()
        return frozenset({*ear.labels, *(["class"] if ear.classes else [])})

    def _as_told(self, *, is_whole: bool) -> _Told:
        with self._turn:
            shelf = self._shelves.whole() if is_whole else self._shelves.current()
            teachings = self._owner.teachings
            shared = self._owner.shared
            state = (teachings.version(), *teachings.stamp(), *(shared.stamp() if shared is not None else ()))
            for told in self._told.values():
                if told.measured is shelf and told.state == state:
                    return told
            made, labels = self._make(shelf, teachings.version())
            self._told[is_whole] = _Told(shelf, state, made, labels)
            return self._told[is_whole]

    def described(self, found: Described) -> Described:
        """What is known of one recording, with the tempo and the key that its owner told."""
        figures, words = dict(found.figures), dict(found.words)
        for item in self._owner.teachings.corrections(found.sha256):
            if item.field in _FIGURES and isinstance(item.value, int | float):
                figures |= {_FIGURES[item.field]: float(item.value), f"{item.field}_confidence": 1.0}
            elif item.field in _WORDS:
                words |= {"key": str(item.value), "camelot": camelot(str(item.value))}
        return replace(found, figures=figures, words=words)

    def _make(self, shelf: Shelf, version: int | None) -> tuple[Shelf, Mapping[str, FloatArray]]:
        place = {sha256: row for row, sha256 in enumerate(shelf.sha256)}
        told = _Columns(shelf)
        labels: dict[str, FloatArray] = {}
        learned = self._learn(shelf, place, version)
        if learned is not None:
            labels = {name: column.copy() for name, column in learned.labels.items()}
            for row in np.flatnonzero(learned.classes >= 0).tolist():
                told.classify(row, stock_names()[learned.classes[row]], float(learned.sure[row]), LEARNED)
        said = [item for item in self._owner.teachings.labels() if item.sha256 in place]
        for item in sorted(said, key=lambda each: each.is_so):  # what it is outdoes what it is not
            row = place[item.sha256]
            labels.setdefault(item.label, np.zeros(len(shelf), np.float32))[row] = 1.0 if item.is_so else -1.0
            if item.label in stock_names():
                if item.is_so:
                    told.classify(row, item.label, 1.0, OWNER)
                elif told.words["class"][row] == item.label:
                    told.deny(row, item.label)
        for sha256, name in self._said_by_others():
            if sha256 in place:
                column = labels.setdefault(name, np.zeros(len(shelf), np.float32))
                if abs(column[place[sha256]]) < 1.0:  # the owner's word stands
                    column[place[sha256]] = SAID_BY_OTHERS
        for correction in self._owner.teachings.corrections():
            if correction.sha256 in place:
                told.correct(place[correction.sha256], correction.field, correction.value)
        return told.shelf(), labels

    def _said_by_others(self) -> list[tuple[str, str]]:
        """Contents and labels that those gave them whose packs were taken in."""
        shared = self._owner.shared
        said = [] if shared is None else shared.said("label")
        return [(sha256, str(each.value["label"])) for sha256, each in said if each.value["is_so"]]

    def _learn(self, shelf: Shelf, place: Mapping[str, int], version: int | None) -> _Learned | None:
        """What the ear in use says of all rows; of those that it heard before it is remembered."""
        try:
            ear = self._owner.ear
        except BadRequest as error:  # a search does without it
            log.warning("the ear in use cannot be read", extra={"reason": str(error)})
            return None
        if not ear.listens or not ear.speaks_of(shelf.recipe):
            return None
        before = self._learned
        if before is not None and (before.version, before.recipe) != (version, shelf.recipe):
            before = None
        if before is not None and before.sha256 is shelf.sha256:
            return before
        n = len(shelf)
        made = _Learned(
            version,
            shelf.recipe,
            shelf.sha256,
            np.full(n, -1, np.int16),
            np.zeros(n, np.float32),
            {name: np.zeros(n, np.float32) for name in ear.labels},
        )
        fresh = None if before is None else _taken_over(before, made, place)
        for contents, timbre in self._library.vectors("timbre", fresh, recipe=shelf.recipe):
            known = np.array([sha256 in place for sha256 in contents], np.bool_)
            rows = np.array([place[sha256] for sha256 in contents if sha256 in place], np.intp)
            _ask(ear, timbre[known], rows, made)
        self._learned = made
        return made


def _taken_over(before: _Learned, made: _Learned, place: Mapping[str, int]) -> list[str]:
    """Put what is known already into its rows; the contents that are not."""
    pairs = [(old, place[sha256]) for old, sha256 in enumerate(before.sha256) if sha256 in place]
    old, now = np.array(pairs, np.intp).reshape(-1, 2).T
    made.classes[now], made.sure[now] = before.classes[old], before.sure[old]
    for name, column in made.labels.items():
        column[now] = before.labels[name][old]
    heard = set(before.sha256)
    return [sha256 for sha256 in made.sha256 if sha256 not in heard]


def _ask(ear: Ear, timbre: FloatArray, rows: NDArray[np.intp], made: _Learned) -> None:
    """Ask the ear about sounds, timbre [shape=(n, 220)], and write down what it says in these rows."""
    names = {name: place for place, name in enumerate(stock_names())}
    for row, told in zip(rows.tolist(), ear.classify(timbre), strict=True):
        if told is not None:
            made.classes[row], made.sure[row] = names[told[0]], told[1]
    for name, chances in ear.own_labels(timbre).items():
        made.labels[name][rows] = np.minimum(np.nan_to_num(chances, nan=0.0), _MOST)


class _Columns:
    """Columns of a shelf that may be written to, for what the owner tells otherwise."""

    def __init__(self, shelf: Shelf) -> None:
        self._of = shelf
        kept = ("tempo_bpm", "tempo_confidence", "key_confidence", "class_confidence")
        self.figures = {name: shelf.figure(name).copy() for name in kept}
        told = ("key", "camelot", "class", *TOLD_BY.values())
        self.words = {name: list(shelf.word(name)) for name in told}
        self._changed = False

    def classify(self, row: int, name: str, sure: float, by: str) -> None:
        self._changed = True
        self.words["class"][row], self.words["class_by"][row] = name, by
        self.figures["class_confidence"][row] = sure

    def deny(self, row: int, name: str) -> None:
        """It is not that: it is what was measured, or, where that is denied, nothing that is known."""
        measured = self._of.word("class")[row]
        if measured == name:
            self.classify(row, "", 1.0, OWNER)
        else:
            self.classify(row, measured, float(self._of.figure("class_confidence")[row]), "")

    def correct(self, row: int, field: str, value: object) -> None:
        self._changed = True
        if field == "tempo" and isinstance(value, int | float):
            self.figures["tempo_bpm"][row], self.figures["tempo_confidence"][row] = value, 1.0
            self.words["tempo_by"][row] = OWNER
        elif field == "key":
            self.words["key"][row], self.words["camelot"][row] = str(value), camelot(str(value))
            self.figures["key_confidence"][row], self.words["key_by"][row] = 1.0, OWNER

    def shelf(self) -> Shelf:
        """The shelf with them, or the very same where nothing was told."""
        if not self._changed:
            return self._of
        words = {name: tuple(column) for name, column in self.words.items()}
        return replace(self._of, figures={**self._of.figures, **self.figures}, words={**self._of.words, **words})
