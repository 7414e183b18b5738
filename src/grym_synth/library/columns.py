"""What searching needs beside the shelf's own columns: words as numbers, and which rows a name is told of.

Made once for each shelf, each part when it is first asked for; a search then touches arrays only.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..memory.shelf import Shelf
from ..regex import lazily
from .measures import COMPUTED

Mask: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = Mapping[str, Sequence[tuple[float, float]]]  # start and end in seconds, by content
Figures: TypeAlias = NDArray[np.floating[Any]]

_NAMED_IN = ("title", "artist", "album", "genre")
_TOKEN = lazily(r"[a-z#]+|\d+|[^\W\d_a-z]+")
_KEPT = 64  # masks
_SHORTEST_START = 4  # letters of a name that may be the start of a longer one: "amen" of "amenbreak"


class Columns:
    """A shelf, ready to be searched.

    labels : of the owner, how each row bears them, shape (n,): 1 said, -1 denied, between 0 and 1 learned, 0 unknown
    patterns : by the names that the owner gave them: the seconds at which they lie in each content
    before : of the same recordings, of which something else was told: its index of their names is taken over
    more : figures that the shelf does not have, each made when it is first asked for
    """

    def __init__(
        self,
        shelf: Shelf,
        labels: Mapping[str, Figures] | None = None,
        patterns: Mapping[str, Places] | None = None,
        before: Columns | None = None,
        more: Mapping[str, Callable[[], Figures]] | None = None,
    ) -> None:
        self.shelf = shelf
        self._figures: dict[str, Figures] = {}
        self._more = more or {}
        self._codes: dict[str, tuple[dict[str, int], NDArray[np.int32]]] = {}
        self._ordered: dict[tuple[str, Hashable], Figures] = {}
        self.passed: dict[Hashable, Mask] = {}  # what searches found so far, of the last few tests
        self._labels = {fold(name): column for name, column in (labels or {}).items()}
        self.patterns = {fold(name): places for name, places in (patterns or {}).items()}
        if before is not None and before.shelf.paths is shelf.paths:
            kept = ("place", "_names", "_folders", "_suffixes")
            self.__dict__.update({name: before.__dict__[name] for name in kept if name in before.__dict__})

    def __len__(self) -> int:
        return len(self.shelf)

    def figure(self, name: str) -> Figures:
        """A figure of every row, measured or computed from others; NaN where unknown."""
        found = self._figures.get(name)
        if found is None:
            if name in self._more:
                found = self._more[name]()
            else:
                found = COMPUTED[name](self.shelf.figure) if name in COMPUTED else self.shelf.figure(name)
            self._figures[name] = found
        return found

    def values(self, word: str) -> Mapping[str, int]:
        """Each value of a word, and its number in `coded`."""
        return self._coded(word)[0]

    def coded(self, word: str) -> NDArray[np.int32]:
        """The number of each row's value."""
        return self._coded(word)[1]

    def has_word(self, word: str, values: Iterable[str]) -> Mask:
        """Rows whose word is one of these."""
        numbers, codes = self._coded(word)
        wanted = [numbers[value] for value in values if value in numbers]
        if len(wanted) == 1:
            return np.asarray(codes == wanted[0])
        return np.isin(codes, wanted)

    def _coded(self, word: str) -> tuple[dict[str, int], NDArray[np.int32]]:
        found = self._codes.get(word)
        if found is None:
            numbers: dict[str, int] = {}
            codes = [numbers.setdefault(value, len(numbers)) for value in self.shelf.word(word)]
            found = self._codes[word] = (numbers, np.array(codes, np.int32))
        return found

    def ordered(self, figure: str, among: Mask, key: Hashable) -> Figures:
        """What was measured of some rows, the smallest first; `key` stands for the rows."""
        found = self._ordered.get((figure, key))
        if found is None:
            values = self.figure(figure)[among]
            found = np.sort(values[np.isfinite(values)])
            if len(self._ordered) >= _KEPT:
                self._ordered.pop(next(iter(self._ordered)), None)
            self._ordered[(figure, key)] = found
        return found

    def remember(self, test: Hashable, rows: Mask) -> None:
        """Keep what a test found, in place of the oldest."""
        if len(self.passed) >= _KEPT:
            self.passed.pop(next(iter(self.passed)), None)
        self.passed[test] = rows

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """Where each row stands in the order of the paths."""
        order = sorted(range(len(self)), key=lambda row: self.shelf.paths[row][0])
        place = np.empty(len(self), np.int64)
        place[order] = np.arange(len(self))
        return place

    @property
    def labels(self) -> Iterable[str]:
        """The labels of the owner, folded."""
        return self._labels

    def labelled(self, name: str) -> Figures:
        """How each row bears a label: 1 said, -1 denied, between 0 and 1 learned, 0 where nothing is known."""
        found = self._labels.get(name)
        return np.zeros(len(self), np.float32) if found is None else found

    def holding(self, name: str) -> Mask:
        """Rows in which a pattern of the owner's recurs."""
        places = self.patterns.get(name, {})
        return np.fromiter((sha in places for sha in self.shelf.sha256), np.bool_, len(self))

    def named(self, name: str) -> Mask:
        """Rows whose file name, title, artist, album or genre has all the words of a name."""
        return self._with_all(self._names, name, starts=True)

    def in_folder(self, name: str) -> Mask:
        """Rows that lie below a folder whose name has all the words of a name."""
        parts, row, folder = self._folders
        wanted = set(tokens(name))
        hit = np.zeros(int(folder.max(initial=-1)) + 1, np.bool_)
        for words, folders in parts:
            if wanted and wanted <= words:
                hit[folders] = True
        mask = np.zeros(len(self), np.bool_)
        mask[row[hit[folder]]] = True
        return mask

    def folders(self, rows: Mask) -> dict[str, int]:
        """The folders that hold files of these rows, with how many recordings each has."""
        found: dict[str, int] = {}
        for row in np.flatnonzero(rows):
            for folder in {path.rpartition("/")[0] for path in self.shelf.paths[row]}:
                found[folder] = found.get(folder, 0) + 1
        return found

    def copied(self) -> Mask:
        """Rows whose content lies in more than one file."""
        return np.fromiter((len(paths) > 1 for paths in self.shelf.paths), np.bool_, len(self))

    def rows_called(self, file: str) -> NDArray[np.intp]:
        """Rows of the files of this name, with or without its ending and folders, in large letters or small."""
        file = fold(file)
        stem = tuple(f"{file}.{suffix}" for suffix in self._suffixes[0]) if "." not in file else ()
        wanted = {file.rpartition("/")[2], *stem}
        found = np.zeros(len(self), np.bool_)
        for row, paths in enumerate(self.shelf.paths):
            found[row] = any(fold(path.rpartition("/")[2]) in wanted for path in paths)
        return np.flatnonzero(found)

    def has_suffix(self, suffixes: Iterable[str]) -> Mask:
        """Rows that lie in a file with one of these endings, without their dot."""
        numbers, rows, codes = self._suffixes
        mask = np.zeros(len(self), np.bool_)
        mask[rows[np.isin(codes, [numbers[suffix] for suffix in suffixes if suffix in numbers])]] = True
        return mask

    def knows(self, name: str) -> bool:
        """Whether any name, tag, label or folder has these words."""
        return (
            name in self._labels
            or any(fold(tag) == name and bool((column > 0.0).any()) for tag, column in self.shelf.tags.items())
            or bool(self.named(name).any())
            or bool(self.in_folder(name).any())
        )

    def _with_all(self, index: tuple[list[str], list[NDArray[np.int32]]], name: str, *, starts: bool) -> Mask:
        mask = np.ones(len(self), np.bool_)
        words = tokens(name)
        for word in words:
            found = np.zeros(len(self), np.bool_)
            for rows in _rows_of(index, word, starts=starts):
                found[rows] = True
            mask &= found
        return mask if words else np.zeros(len(self), np.bool_)

    @cached_property
    def _names(self) -> tuple[list[str], list[NDArray[np.int32]]]:
        texts: list[list[str]] = [[path.rpartition("/")[2] for path in paths] for paths in self.shelf.paths]
        for word in _NAMED_IN:
            for row, text in enumerate(self.shelf.word(word)):
                if text:
                    texts[row].append(text)
        # One pass over one text: folding and splitting row by row would take several times as long.
        whole = fold("\n".join(" ".join(part.replace("\n", " ") for part in row) for row in texts))
        numbers: dict[str, int] = {}
        code, at = list[int](), list[int]()
        for row, line in enumerate(whole.split("\n")):
            for token in _TOKEN.findall(line):
                code.append(numbers.setdefault(token, len(numbers)))
                at.append(row)
        codes, rows = np.array(code, np.int64), np.array(at, np.int32)
        order = np.argsort(codes, kind="stable")
        parts = np.split(rows[order], np.searchsorted(codes[order], np.arange(1, len(numbers))))
        names = list(numbers)
        alphabetical = sorted(range(len(names)), key=names.__getitem__)
        return [names[i] for i in alphabetical], [parts[i] for i in alphabetical]

    @cached_property
    def _folders(self) -> tuple[list[tuple[frozenset[str], list[int]]], NDArray[np.int32], NDArray[np.int32]]:
        """The words of each part of a path, with the folders that have it; and rows with the folder each lies in."""
        numbers: dict[str, int] = {}
        pairs = [
            (row, numbers.setdefault(path.rpartition("/")[0], len(numbers)))
            for row, paths in enumerate(self.shelf.paths)
            for path in paths
        ]
        table = np.array(pairs, np.int32).reshape(-1, 2)
        parts: dict[str, list[int]] = {}
        for folder, number in numbers.items():
            for part in folder.split("/"):
                parts.setdefault(part, []).append(number)
        named = [(frozenset(tokens(fold(part))), folders) for part, folders in parts.items()]
        return named, table[:, 0], table[:, 1]

    @cached_property
    def _suffixes(self) -> tuple[dict[str, int], NDArray[np.int32], NDArray[np.int32]]:
        numbers: dict[str, int] = {}
        pairs = [
            (row, numbers.setdefault(path.rpartition(".")[2].lower(), len(numbers)))
            for row, paths in enumerate(self.shelf.paths)
            for path in paths
        ]
        table = np.array(pairs, np.int32).reshape(-1, 2)
        return numbers, table[:, 0], table[:, 1]


def fold(text: str) -> str:
    """Lower case without accents, letter for letter: what is found at a place stands there in the text, too."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_letter, text))


def _fold_letter(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    plain = _LETTERS.get(letter) or unicodedata.normalize("NFKD", letter)[0].lower()
    return plain if len(plain) == 1 else letter


_LETTERS: Mapping[str, str] = {
    "ß": "s", "♯": "#", "♭": "b", "–": "-", "—": "-", "−": "-", "’": "'", "ø": "o", "æ": "a", "“": '"', "”": '"',
}  # fmt: skip


def tokens(name: str) -> list[str]:
    """The words of a folded name: letters apart from digits."""
    return _TOKEN.findall(name)


def _rows_of(
    index: tuple[list[str], list[NDArray[np.int32]]], word: str, *, starts: bool
) -> Iterable[NDArray[np.int32]]:
    names, rows = index
    at = bisect_left(names, word)
    if not starts or len(word) < _SHORTEST_START:
        return [rows[at]] if at < len(names) and names[at] == word else []
    return rows[at : bisect_left(names, word + "\uffff")]
