"""What a question looks like to the router: hashed character and word n-grams, and how many files of which sort.

Accents, case and most numbers are taken away, so that typos and the languages' spellings stay close; the hash is
CRC-32, the same on every machine. Words of an address, a path, a file name or a quotation say nothing about what is
wanted, so that a word for what it is stands in their place.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from ...regex import lazily

IndexArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]

CHAR_BUCKETS = 8192
WORD_BUCKETS = 8192
SHORTEST, LONGEST = 2, 5  # characters of an n-gram

#: Of a very long question only the head and the tail are read.
_HEAD, _TAIL = 1200, 400

#: What stands in a question in place of an address, a file, a folder or a quotation.
STAND_INS = frozenset({"webpageurl", "audiofile", "textfile", "packfile", "foldername", "quotedwords"})
#: A quotation with fewer words around it is the question itself.
_LEAST_AROUND = 2

_URL = lazily(r"(?:https?|ftp|feed)://\S+|\bwww\.\S+", re.IGNORECASE)
_SUFFIX = r"\.(wav|flac|mp3|ogg|aiff?|m4a|aac|opus|grym|pdf|md|txt|html?|docx?|epub)"
_FILE = lazily(rf"[\w./~-]*\w{_SUFFIX}\b", re.IGNORECASE)
_QUOTED = lazily(r"[\"“„«]\s?([^\"“”„«»]{1,80}?)\s?[\"”“»]|(?<!\w)['‘‚]([^'‘’‚]{1,80})['’‘](?!\w)")
_QUOTED_FILE = lazily(rf".*{_SUFFIX}", re.IGNORECASE)
# "and/or" and "key/bpm" are no paths: one begins at a root, ends with a slash, or is named as a folder.
_PATH = lazily(
    r"(?<![\w/])(?:(?:~|\.{1,2}|[A-Za-z]:)?[/\\][\w.~][\w./\\~-]*|\w[\w./-]*/(?=[\s,;?!]|$))"
    r"|(?<=\bfolder )[\w.-]+/[\w./-]+"
)
_NUMBER = lazily(r"-?\d+(?:[.,:]\d+)*")
_TOKEN = lazily(rf"{_NUMBER.pattern}|[^\W_]+[#♯♭]?|[?&+/]")
_KEPT_NUMBERS = frozenset({"440", "432", "415", "442", "443", "-14", "-16", "-23", "50", "60", "16", "24", "48", "96"})

_AUDIO = frozenset("wav wave flac mp3 ogg oga opus aif aiff aifc caf m4a aac mp4 au snd w64 rf64 wv ape wma".split())
_TEXT = frozenset("pdf md txt html htm rst doc docx epub xml rss atom csv musicxml".split())


@dataclass(frozen=True, slots=True)
class Buckets:
    """Hashed n-grams: the bucket of each, and the place in `words` of the word that it comes from."""

    index: IndexArray
    word: IndexArray


@dataclass(frozen=True, slots=True)
class Features:
    """A question, ready to be weighed.

    `words` are as the asker wrote them (for reasons), `plain` is the text for the sentence encoder.
    """

    words: tuple[str, ...]
    chars: Buckets
    grams: Buckets
    files: str
    plain: str


def read_features(question: str, paths: Sequence[str]) -> Features:
    """Features of a question with its files. Never raises; 100 kB of text take no longer than 2 kB."""
    plain = name_plainly(question)
    words = tuple(match.group() for match in _TOKEN.finditer(plain))
    folded = [_fold_token(word) for word in words]
    files = describe_files(paths)
    return Features(words, _char_grams(folded), _word_grams(folded, files), files, plain)


def name_plainly(question: str) -> str:
    """The question with addresses, files, paths and quotations called what they are; head and tail of a long one."""
    text = _URL.sub(" webpageurl ", shorten(question))
    text = _QUOTED.sub(lambda match: _say_quoted(match, text), text)
    return " ".join(_PATH.sub(" foldername ", _FILE.sub(_say_file, text)).split())


def shorten(text: str) -> str:
    """The text itself, or the head and tail of a very long one."""
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}"


def fold(text: str) -> str:
    """Lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def describe_files(paths: Sequence[str]) -> str:
    """How many files of which sort, as one word: "0", "1audio", "2audio", "3pack", "1text", "1other"; 3 is many."""
    if not paths:
        return "0"
    suffixes = [PurePosixPath(path).suffix.lower().lstrip(".") for path in paths]
    count = min(len(paths), 3)
    if "grym" in suffixes:
        return f"{count}pack"
    if any(suffix in _AUDIO for suffix in suffixes):
        return f"{count}audio"
    return f"{count}text" if any(suffix in _TEXT for suffix in suffixes) else f"{count}other"


def _say_quoted(match: re.Match[str], text: str) -> str:
    """A quotation is a name or words to look for, unless it is all that was said."""
    inside = match.group(1) or match.group(2)
    if file := _QUOTED_FILE.fullmatch(inside):
        return _say_file(file)
    around = len(text.split()) - len(match.group().split())
    return " quotedwords " if around >= _LEAST_AROUND else f" {inside} "


def _say_file(match: re.Match[str]) -> str:
    suffix = match.group(1).lower()
    return " packfile " if suffix == "grym" else " audiofile " if suffix in _AUDIO else " textfile "


def _fold_token(token: str) -> str:
    """A word folded; a number as "0", unless it is one that says what it measures."""
    if _NUMBER.fullmatch(token) is None:
        return fold(token)
    return token.lstrip("-") if token in _KEPT_NUMBERS else "0"


def _char_grams(words: Sequence[str]) -> Buckets:
    """Buckets of all 2- to 5-grams within each word, its ends marked."""
    index, origin = [], []
    for place, word in enumerate(words):
        padded = f"<{word}>"
        for n in range(SHORTEST, LONGEST + 1):
            for start in range(max(1, len(padded) - n + 1)):
                index.append(_bucket(padded[start : start + n], CHAR_BUCKETS))
                origin.append(place)
    return _distinct(index, origin)


def _word_grams(words: Sequence[str], files: str) -> Buckets:
    """Buckets of words and pairs of neighbours, each also joined with the files that came with the question."""
    index, origin = [], []
    marked = ["^", *words, "$"]
    for place, word in enumerate(words):
        for gram in (word, f"{marked[place]} {word}", f"{word} {marked[place + 2]}"):
            index += [_bucket(gram, WORD_BUCKETS), _bucket(f"{files[0]}|{gram}", WORD_BUCKETS)]
            origin += [place, place]
    return _distinct(index, origin)


def _bucket(gram: str, count: int) -> int:
    return zlib.crc32(gram.encode("utf-8", "replace")) % count


def _distinct(index: Sequence[int], origin: Sequence[int]) -> Buckets:
    """Each bucket once, with the first word that fell into it."""
    buckets, first = np.unique(np.asarray(index, dtype=np.int64), return_index=True)
    return Buckets(buckets, np.asarray(origin, dtype=np.int64)[first])
