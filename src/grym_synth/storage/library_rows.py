"""What the library keeps: folders, files, and what is known of each content; and how vectors lie in a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..messages import Json
from .store import Heard

FloatArray: TypeAlias = NDArray[np.floating[Any]]
State = Literal["waiting", "known", "failed"]  # to be heard · described · no recording that can be heard


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that belongs to the library. Times are seconds since 1970."""

    root: str  # absolute, without a slash at its end
    added_at: float
    scanned_at: float | None = None


@dataclass(frozen=True, slots=True)
class LibraryFile:
    """A file of the library: where it lies, how it looked when it was last read, and which content it holds."""

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    device: int
    sha256: str = ""  # "" while nobody could read it
    state: State = "waiting"
    reason: str = ""  # why it failed


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a recording that can be found by itself."""

    start_s: float
    end_s: float
    vector: FloatArray  # float32


@dataclass(frozen=True, slots=True)
class Described:
    """What the library knows of one content.

    figures : numbers by name ("duration_s", "tempo_bpm"), absent where not measured
    words : texts by name ("key": "A minor", "class": "snare"); tags : of the tagging network, 0..1
    vectors : float32, by aspect
    """

    sha256: str
    recipe: str  # versions and settings that made it: two recipes do not compare
    figures: Mapping[str, float] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, float] = field(default_factory=dict)
    vectors: Mapping[str, FloatArray] = field(default_factory=dict)
    fragments: Sequence[Fragment] = ()


@dataclass(frozen=True, slots=True)
class HeardPart:
    """What was heard of one capability of a content, and by which recipe and settings."""

    capability: str
    recipe: str
    params: Mapping[str, Json]
    heard: Heard


def pack_text(values: Mapping[str, float] | Mapping[str, str]) -> str:
    """Figures, words or tags as they are stored; raises ValueError for a number that is not finite."""
    return json.dumps(dict(values), separators=(",", ":"), allow_nan=False)


def pack_vectors(described: Described) -> tuple[str, bytes, bytes, bytes]:
    """Layout, data, spans and data of the fragments, as a row of `vectors` holds them."""
    vectors = {name: np.asarray(vector, np.float32).ravel() for name, vector in described.vectors.items()}
    layout = ",".join(f"{name}:{len(vector)}" for name, vector in vectors.items())
    data = np.concatenate(list(vectors.values())) if vectors else np.zeros(0, np.float32)
    spans = np.array([(part.start_s, part.end_s) for part in described.fragments], np.float32)
    parts = np.array([part.vector for part in described.fragments], np.float32)
    return layout, _half(data), spans.astype("<f4").tobytes(), _half(parts)


def unpack_vectors(layouts: Iterable[str], data: Sequence[bytes]) -> Iterator[dict[str, FloatArray]]:
    """Vectors by aspect of each row, float32; views of one array, which is made of all rows at once."""
    values = np.frombuffer(b"".join(data), "<f2").astype(np.float32)
    at, places = 0, dict[str, list[tuple[str, int]]]()
    for layout in layouts:
        if layout not in places:
            parts = (item.rpartition(":") for item in layout.split(",") if item)
            places[layout] = [(name, int(length)) for name, _, length in parts]
        vectors = {}
        for name, length in places[layout]:
            vectors[name] = values[at : at + length]
            at += length
        yield vectors


def vectors_of(rows: Iterable[tuple[int, str, str, bytes]], aspect: str) -> Iterator[tuple[list[str], FloatArray]]:
    """The vectors of one aspect of rows (number, sha256, layout, data): together those that lie in the same layout."""
    for layout, group in groupby(rows, itemgetter(2)):
        some, at = list(group), 0
        data = np.frombuffer(b"".join(row[3] for row in some), "<f2").reshape(len(some), -1)
        for item in layout.split(",") if layout else ():
            name, _, length = item.rpartition(":")
            if name == aspect:
                yield [row[1] for row in some], data[:, at : at + int(length)].astype(np.float32)
            at += int(length)


def unpack_fragments(spans: bytes, data: bytes) -> tuple[Fragment, ...]:
    """The fragments of a row, in the order in which they were given."""
    if not spans:
        return ()
    times = np.frombuffer(spans, "<f4").reshape(-1, 2)
    vectors = np.frombuffer(data, "<f2").astype(np.float32).reshape(len(times), -1)
    return tuple(
        Fragment(float(start), float(end), vector) for (start, end), vector in zip(times, vectors, strict=True)
    )


def _half(values: FloatArray) -> bytes:
    """As float16; what is too large for it becomes the largest, so that no vector turns infinite."""
    most = float(np.finfo(np.float16).max)
    return np.nan_to_num(values, nan=0.0, posinf=most, neginf=-most).clip(-most, most).astype("<f2").tobytes()
