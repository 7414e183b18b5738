"""What stands in the objects of a pack, held to its bounds before anything of it is used.

Everything here is a stranger's word: numbers are finite, texts short and printable, hashes hashes, lists bounded.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..messages import Json
from ..storage.prints import StoredPrint, stored_print
from ..storage.sharing import SharedRow
from .container import BadPack

MOST_RECORDINGS = 100_000
_MOST_ROWS = 500_000
_MOST_NAMES = 400  # figures, tags or words of one recording
_MOST_TEXT = 5_000_000  # characters of a note
_MOST_SECTIONS = 10_000
_GREATEST = 1e300
_SHA256 = re.compile("[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][\w.-]{0,60}")
_LEAST = {"duration_s": 0.0, "tempo_bpm": 0.0}
_FIELDS = ("tempo", "key")
EAR_FORMAT = "grym-teachings/1"


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that a pack speaks of, by what its receiver can tell whether it is there too."""

    sha256: str
    figures: Mapping[str, float] = field(default_factory=dict)  # "duration_s", "tempo_bpm", "integrated_lufs"
    words: Mapping[str, str] = field(default_factory=dict)  # "key"
    print: StoredPrint | None = None


def recording_to_json(item: Recording) -> dict[str, Json]:
    told: dict[str, Json] = {"sha256": item.sha256, "figures": dict(item.figures), "words": dict(item.words)}
    if item.print is not None:
        data = (item.print.words.astype("<u8"), item.print.levels, item.print.summary.astype("<f2"))
        told["print"] = [base64.b64encode(each.tobytes()).decode("ascii") for each in data]
    return told


def read_recordings(documents: Mapping[str, Any]) -> list[Recording]:
    """The recordings that a pack speaks of, each once.

    Raises
    ------
    BadPack
    """
    found = [_recording(raw) for raw in _listed(documents.get("recordings", []), MOST_RECORDINGS, "recordings")]
    if len({item.sha256 for item in found}) < len(found):
        raise BadPack("it tells of one recording twice")
    return found


def read_rows(documents: Mapping[str, Any]) -> list[SharedRow]:
    """All that a pack says, one row for each thing; raises BadPack for what cannot be."""
    readers = {"labels": _labels, "features": _features, "notes": _notes, "ear": _ear}
    rows = [row for kind, read in readers.items() if kind in documents for row in _guarded(read, documents[kind], kind)]
    if len({(row.kind, row.key) for row in rows}) < len(rows):
        raise BadPack("it says of one thing twice what it is")
    return rows


def _guarded(read: Any, raw: Any, kind: str) -> list[SharedRow]:
    try:
        return list(read(raw))
    except (TypeError, ValueError, KeyError, AttributeError, IndexError, OverflowError) as error:
        if isinstance(error, BadPack):
            raise
        raise BadPack(f"its {kind} hold something that they cannot: {str(error)[:120]}") from error


def _recording(raw: Any) -> Recording:
    try:
        _only(raw, {"sha256", "figures", "words"}, {"print"})
        sha256 = _hash(raw["sha256"])
        heard = None
        if "print" in raw:
            words, levels, summary = (base64.b64decode(part, validate=True) for part in raw["print"])
            heard = stored_print(sha256, words, levels, summary)
            if not np.isfinite(heard.summary).all():
                raise ValueError("a print holds what is no number")
        return Recording(sha256, _figures(raw["figures"]), _words(raw["words"]), heard)
    except (TypeError, ValueError, KeyError, binascii.Error) as error:
        if isinstance(error, BadPack):
            raise
        raise BadPack(f"it tells of a recording what cannot be: {str(error)[:120]}") from error


def _labels(raw: Any) -> Iterator[SharedRow]:
    _only(raw, set(), {"labels", "corrections", "preferences"})
    for sha256, label, is_so, at in _listed(raw.get("labels", []), _MOST_ROWS, "labels"):
        if not isinstance(is_so, bool):
            raise ValueError(f"{is_so!r:.40} is neither true nor false")
        label = _text(label, 60)
        yield SharedRow("label", f"{_hash(sha256)} {label}", {"label": label, "is_so": is_so, "at": _time(at)})
    for sha256, name, value, at in _listed(raw.get("corrections", []), _MOST_ROWS, "corrections"):
        if name not in _FIELDS:
            raise ValueError(f"{name!r:.40} cannot be corrected")
        value = _number(value, 1.0, 1000.0) if name == "tempo" else _text(value, 20)
        yield SharedRow("correction", f"{_hash(sha256)} {name}", {"field": name, "value": value, "at": _time(at)})
    for a, b, c, at in _listed(raw.get("preferences", []), _MOST_ROWS, "preferences"):
        three = [_hash(a), _hash(b), _hash(c)]
        if len({*three}) < 3:
            raise ValueError("a preference is about three recordings")
        yield SharedRow("preference", " ".join(three), {"at": _time(at)})


def _features(raw: Any) -> Iterator[SharedRow]:
    for item in _listed(raw, MOST_RECORDINGS, "features"):
        _only(item, {"sha256", "recipe", "figures", "words", "tags"}, {"vectors"})
        vectors = item.get("vectors", {})
        if not isinstance(vectors, dict) or len(vectors) > 20:
            raise ValueError("vectors are named one by one")
        for name, data in vectors.items():
            if not _NAME.fullmatch(name) or len(base64.b64decode(data, validate=True)) > 20_000:
                raise ValueError(f"{name!r:.40} is no vector")
        value: dict[str, Any] = {
            "recipe": _text(item["recipe"], 400), "figures": _figures(item["figures"]), "words": _words(item["words"]),
            "tags": _figures(item["tags"]), "vectors": vectors,
        }  # fmt: skip
        yield SharedRow("feature", _hash(item["sha256"]), value)


def _notes(raw: Any) -> Iterator[SharedRow]:
    for item in _listed(raw, _MOST_ROWS, "notes"):
        _only(item, {"address", "kind", "title", "domain", "topic", "sha256", "read_at", "text", "sections"}, set())
        text = item["text"]
        if not isinstance(text, str) or not 0 < len(text) <= _MOST_TEXT:
            raise ValueError("a note has no text, or too much")
        text.encode("utf-8")  # half a character raises ValueError
        sections = [
            [_whole(start, len(text)), _text(title, 1_000, may_be_empty=True), _whole(level, 100)]
            for start, title, level in _listed(item["sections"], _MOST_SECTIONS, "sections")
        ]
        value: dict[str, Any] = {
            "kind": _text(item["kind"], 20), "title": _text(item["title"], 1_000), "domain": _text(item["domain"], 300),
            "topic": _text(item["topic"], 300), "sha256": _hash(item["sha256"]), "read_at": _time(item["read_at"]),
            "text": text, "sections": sections,
        }  # fmt: skip
        yield SharedRow("note", _text(item["address"], 3_000), value)


def _ear(raw: Any) -> Iterator[SharedRow]:
    if not isinstance(raw, dict) or raw.get("format") != EAR_FORMAT:
        raise ValueError(f"an ear is of format {EAR_FORMAT!r}")
    yield SharedRow("ear", "ear", raw)


def _only(raw: Any, needed: set[str], may: set[str]) -> None:
    if not isinstance(raw, dict) or not needed <= set(raw) <= needed | may:
        raise ValueError("a name is missing or unknown")


def _listed(raw: Any, most: int, what: str) -> list[Any]:
    if not isinstance(raw, list):
        raise BadPack(f"its {what} are no list")
    if len(raw) > most:
        raise BadPack(f"it has {len(raw):,} {what}, and at most {most:,} are taken in")
    return raw


def _hash(raw: Any) -> str:
    if not isinstance(raw, str) or not _SHA256.fullmatch(raw):
        raise ValueError(f"{raw!r:.80} is no SHA-256")
    return raw


def _text(raw: Any, most: int, *, may_be_empty: bool = False) -> str:
    if not isinstance(raw, str) or len(raw) > most or not raw.isprintable() or not (raw.strip() or may_be_empty):
        raise ValueError(f"{raw!r:.80} is no text of at most {most} characters")
    return raw


def _number(raw: Any, least: float = -math.inf, most: float = math.inf) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not abs(raw) <= _GREATEST:
        raise ValueError(f"{str(raw)[:40]} is no number that can be")
    if not least <= raw <= most:
        raise ValueError(f"{raw!r} is not from {least:g} to {most:g}")
    return float(raw)


def _whole(raw: Any, most: int) -> int:
    if type(raw) is not int or not 0 <= raw <= most:
        raise ValueError(f"{raw!r:.40} is no number from 0 to {most}")
    return raw


def _time(raw: Any) -> float:
    return _number(raw, 0.0, 1e12)


def _figures(raw: Any) -> dict[str, float]:
    return {_name(name): _number(value, _LEAST.get(name, -math.inf)) for name, value in _named(raw).items()}


def _words(raw: Any) -> dict[str, str]:
    return {_name(name): _text(value, 200, may_be_empty=True) for name, value in _named(raw).items()}


def _named(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict) or len(raw) > _MOST_NAMES:
        raise ValueError("figures, words and tags are named one by one")
    return raw


def _name(raw: str) -> str:
    if not 0 < len(raw) <= 120 or not raw.isprintable():
        raise ValueError(f"{raw!r:.80} is no name of a figure")
    return raw
