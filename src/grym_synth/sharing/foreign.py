"""Reads the patterns that the earlier grym-synth wrote as JSON: 768 or 512 numbers of its model, with metadata.

What they mean is that model's affair. They are kept apart, never compared with what we measure, and compared with each
other only where model and length are the same.
"""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..storage.foreign import Foreign, ForeignPattern

LENGTHS = (512, 768)
_LARGEST = 100 * 1024 * 1024  # bytes of a file
_MOST_METADATA = 64 * 1024  # characters
_MOST_DIGITS = 400
_MOST_SKIPPED = 1000  # patterns of a file, each with its reason
_VECTORS = ("vector", "features", "embedding", "featureVector", "data")
_NAMES = ("name", "label", "title")
_MODELS = ("model", "modelId", "model_id")
_PATHS, _HASHES = ("path", "file", "filePath", "audioPath", "source"), ("sha256", "hash", "contentHash")


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not taken, and why; `place` is which pattern of the file, from 1, 0 for all of it."""

    source: str
    place: int
    reason: str


def files_of(target: Path) -> list[Path]:
    """The file itself, or the .json files below a folder, in order."""
    if not target.is_dir():
        return [target]
    return sorted(target.rglob("*.json"))


def read_patterns(path: Path) -> Iterator[ForeignPattern | Skipped]:
    """The patterns of one file, or why it or one of them cannot be taken."""
    source = str(path.absolute())
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            yield Skipped(source, 0, "it is no file, and links are not followed")
            return
        if found.st_size > _LARGEST:
            yield Skipped(source, 0, f"it has {found.st_size / 2**20:.0f} MB, at most {_LARGEST // 2**20} are read")
            return
        document = json.loads(path.read_text(encoding="utf-8-sig"), parse_int=_whole)
    except OSError as error:
        yield Skipped(source, 0, f"it cannot be read: {error.strerror}")
        return
    except (ValueError, RecursionError) as error:
        yield Skipped(
            source, 0, f"it is no JSON: {type(error).__name__ if isinstance(error, RecursionError) else error}"
        )
        return
    listed = _listed(document)
    if not listed:
        yield Skipped(source, 0, "it holds no pattern")
    skipped = 0
    for place, each in enumerate(listed, start=1):
        try:
            yield _pattern(each, source)
        except (ValueError, RecursionError) as error:
            skipped += 1
            yield Skipped(source, place, str(error))
            if skipped == _MOST_SKIPPED:
                yield Skipped(source, 0, f"{skipped:,} of its patterns cannot be taken; the rest is passed over")
                return


def link(patterns: Sequence[ForeignPattern], foreign: Foreign) -> list[ForeignPattern]:
    """The same, each with the recording of the library that its metadata name by path or hash."""
    paths = {item.id: _text(item.metadata, _PATHS) for item in patterns}
    hashes = {item.id: _text(item.metadata, _HASHES).lower() for item in patterns}
    lies = foreign.recordings_at([path for path in paths.values() if path], [name for name in hashes.values() if name])
    return [
        ForeignPattern(
            item.id, item.name, item.model, item.vector, item.metadata,
            lies.get(hashes[item.id]) or lies.get(paths[item.id]) or "", item.source,
        )
        for item in patterns
    ]  # fmt: skip


def alike(pattern: ForeignPattern, others: Sequence[ForeignPattern]) -> list[tuple[ForeignPattern, float]]:
    """Others of the same model and length by the cosine of their vectors, -1..1, the most alike first."""
    others = [item for item in others if item.id != pattern.id]
    if not others:
        return []
    rows = np.stack([_unit(item.vector) for item in others])
    cosines = rows @ _unit(pattern.vector)
    return [(others[i], float(cosines[i])) for i in np.argsort(-cosines, kind="stable")]


def _listed(document: Any) -> list[Any]:
    """The patterns of a file: a list, a list under "patterns", one under each id, or one alone."""
    if isinstance(document, dict) and isinstance(document.get("patterns"), list | dict):
        document = document["patterns"]
    if isinstance(document, list):
        return document
    if isinstance(document, dict):
        if any(name in document for name in _VECTORS):
            return [document]
        if all(isinstance(each, dict) for each in document.values()):
            return [{"id": id, **each} for id, each in document.items()]
    return []


def _pattern(each: Any, source: str) -> ForeignPattern:
    if not isinstance(each, dict):
        raise ValueError("it is no object")
    vector = _vector(each)
    given = each.get("metadata", {})
    if not isinstance(given, dict):
        raise ValueError("its metadata are no object")
    beside = {name: value for name, value in each.items() if name not in (*_VECTORS, "metadata")}
    metadata = {**beside, **given}
    text = json.dumps(metadata, sort_keys=True, allow_nan=False)
    if len(text) > _MOST_METADATA:
        raise ValueError(f"its metadata have {len(text)} characters, at most {_MOST_METADATA} are kept")
    model = _text(metadata, _MODELS)
    seal = hashlib.sha256(f"{model}\0{text}\0".encode() + vector.astype("<f4").tobytes()).hexdigest()
    name = _text(metadata, _NAMES) or str(each.get("id", ""))[:200] or seal[:8]
    return ForeignPattern(seal, name, model, vector, metadata, "", source)


def _vector(each: Mapping[str, Any]) -> NDArray[np.float32]:
    found = next((each[name] for name in _VECTORS if name in each), None)
    if isinstance(found, dict):
        found = next((found[name] for name in _VECTORS if name in found), None)
    if not isinstance(found, list):
        raise ValueError("it has no vector")
    if len(found) not in LENGTHS:
        raise ValueError(f"its vector has {len(found)} numbers; 512 or 768 are known")
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in found):
        raise ValueError("its vector holds what is no number")
    try:
        vector = np.asarray(found, np.float64).astype(np.float32)
    except OverflowError as error:
        raise ValueError("its vector holds a number that is too large") from error
    if not np.isfinite(vector).all():
        raise ValueError("its vector holds what is no finite number")
    if not vector.any():
        raise ValueError("its vector is nothing but zeros")
    return vector


def _text(metadata: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(metadata[name])[:1000] for name in names if isinstance(metadata.get(name), str)), "")


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    scaled = vector / np.abs(vector).max()  # else the squares of large numbers are no numbers
    return np.asarray(scaled / np.linalg.norm(scaled), np.float32)


def _whole(digits: str) -> int | float:
    """A whole number; one of thousands of digits is none, and spoils its own pattern only."""
    return int(digits) if len(digits) < _MOST_DIGITS else float("inf")
