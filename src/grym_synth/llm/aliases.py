"""File names stay at home: recordings go to a model as "recording A", and get their names back in what it says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePath

_LETTERS = r"[A-Z]{1,2}"
_ONE = re.compile(rf"\b(?:[Tt]he )?[Rr]ecording ({_LETTERS})\b")
_SEVERAL = re.compile(rf"\b(?:[Tt]he )?[Rr]ecordings ({_LETTERS}(?:(?:, ?(?:and |or )?| and | or | & ){_LETTERS})*)\b")
_URL = re.compile(r"(?:https?|feed)://\S+|\bwww\.\S+", re.IGNORECASE)
_FILE = re.compile(
    r"[^\s\"'(]\.(?:wave?|flac|mp3|og[ga]|opus|aif[fc]?|m4a|aac|mp4|caf|w64|wma|grym|mid|midi|pdf|md|txt|html?|docx?|epub"
    r"|als|logicx|flp|ptx|rpp)\b"
    r"|(?<![\w/\\])(?:~|\.{1,2}|[A-Za-z]:)?[/\\]\w|\w[/\\][\w.-]{1,80}[/\\]\w",
    re.IGNORECASE,
)
#: Words of the trade: a file named by nothing else ("Bass.wav") is not meant by every "bass", and gives nothing away.
_ORDINARY = frozenset(
    """audio bass bpm chord chords drum drums file guitar hat hihat intro key kick lead loop loud major master mastered
    minor mix mixdown mono music note notes outro pad piano premix recording recordings reference rough sample samples
    section snare song songs sound stem stems stereo sub synth take tempo test track tracks vocal vocals vox"""
    .split()
)  # fmt: skip
_MOST_FOLDERS = 8


class Aliases:
    """The letters of the recordings of one request.

    shown : each recording, by its path as asked → the name that people read
    """

    def __init__(self, shown: Mapping[str, str]) -> None:
        self._shown = {_letters(place): name for place, name in enumerate(shown.values())}
        self._alias = {path: f"recording {_letters(place)}" for place, path in enumerate(shown)}
        self._by_name: dict[str, str] = {}
        self._by_stem: dict[str, str] = {}
        for path, name in shown.items():
            for tail in (name, *_tails(path)):
                if not _is_ordinary(tail):
                    self._by_name.setdefault(_composed(tail), self._alias[path])
            stem = PurePath(path.replace("\\", "/")).stem
            if not _is_ordinary(stem):
                self._by_stem.setdefault(_composed(stem), self._alias[path])

    def of(self, path: str) -> str:
        """ "recording A"; nothing for what is no recording of the request."""
        return self._alias.get(path, "")

    def hide(self, text: str, *, stems: bool = False) -> str:
        """The text with letters in place of names; with `stems` also of names written without their ending."""
        names = {**self._by_stem, **self._by_name} if stems else self._by_name
        if not names:
            return _composed(text)
        lower = {name.lower(): alias for name, alias in names.items()}
        longest_first = sorted(names, key=len, reverse=True)
        pattern = r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w|\.\w)"
        # Letters that are the same only to the pattern ("ı" and "i") are hidden as well, whichever file was meant.
        return re.sub(pattern, lambda m: lower.get(m[0].lower(), "a recording"), _composed(text), flags=re.IGNORECASE)

    def show(self, text: str) -> str:
        """The text with names in place of letters; unknown letters stay."""

        def name(match: re.Match[str]) -> str:
            return self._shown.get(match[1], match[0])

        def names(match: re.Match[str]) -> str:
            return re.sub(rf"\b{_LETTERS}\b", lambda each: self._shown.get(each[0], each[0]), match[1])

        return _ONE.sub(name, _SEVERAL.sub(names, text))

    def knows_all(self, text: str) -> bool:
        """Whether each letter in the text stands for a recording."""
        stated = [match[1] for pattern in (_ONE, _SEVERAL) for match in pattern.finditer(text)]
        return all(letter in self._shown for each in stated for letter in re.findall(rf"\b{_LETTERS}\b", each))


def names_files(text: str) -> bool:
    """Whether a text still names a file or a folder, of the request or not."""
    return _FILE.search(_URL.sub(" ", text)) is not None


def _letters(place: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    first, last = divmod(place, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def _tails(path: str) -> list[str]:
    """A path as asked, and its end with ever fewer folders."""
    parts = PurePath(path.replace("\\", "/")).parts
    return [path, *("/".join(parts[-depth:]) for depth in range(1, min(len(parts), _MOST_FOLDERS) + 1))]


def _composed(text: str) -> str:
    """One form of accented letters: some file systems take them apart, nobody types them so."""
    return unicodedata.normalize("NFC", text)


def _is_ordinary(stem: str) -> bool:
    """Whether a name without its ending is made of words and numbers that any question may hold."""
    words = stem.casefold().split(" ")
    return len(stem) < 2 or all(word in _ORDINARY or word.isdecimal() or len(word) == 1 for word in words)
