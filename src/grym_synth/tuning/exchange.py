"""What one machine taught, as a file that another merges: JSON, by content hash, without the names of files.

    {"format": "grym-teachings/1", "recipe": "...", "labels": [[sha256, label, is_so, at], ...],
     "corrections": [[sha256, field, value, [[heard, confidence], ...], at], ...], "preferences": [[a, b, c, at], ...],
     "vectors": {aspect: {sha256: base64 of float32, little-endian}}, "ear": {...} or null}

Merging keeps everything of both; where they differ about the same thing, what was said later counts. An ear is not
merged but trained again from what both taught; the one in the file is for those who only want to use it.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..audio.spectra.frames import FloatArray
from ..errors import BadRequest
from ..messages import Json
from ..storage.teachings import Correction, Label, Preference, Teachings
from .dataset import FIELDS, read_value, tidy_label

FORMAT = "grym-teachings/1"
_LENGTHS: Mapping[str, int] = {"timbre": 220, "rhythm": 120, "harmony": 24, "pitch": 84, "loudness": 12}
_SHA256 = re.compile("[0-9a-f]{64}")


def export(teachings: Teachings, recipe: str) -> bytes:
    """Everything that was taught, with the vectors of one recipe and the ear in use."""
    stored = teachings.ear()
    document = {
        "format": FORMAT,
        "recipe": recipe,
        "labels": [[item.sha256, item.label, item.is_so, item.at] for item in teachings.labels()],
        "corrections": [
            [item.sha256, item.field, item.value, [list(each) for each in item.heard], item.at]
            for item in teachings.corrections()
        ],
        "preferences": [[item.a, item.b, item.c, item.at] for item in teachings.preferences()],
        "vectors": {
            aspect: {
                sha256: base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()
                for sha256, vector in sorted(teachings.vectors(recipe, aspect).items())
            }
            for aspect in _LENGTHS
        },
        "ear": None if stored is None else json.loads(stored.model),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def merge(teachings: Teachings, file: bytes) -> dict[str, int]:
    """Take in what another machine taught; how many of each kind are new or newer here. All of it, or nothing.

    Raises
    ------
    BadRequest
        It is no such file, or something in it cannot be.
    """
    try:
        raw = json.loads(file)
        if raw["format"] != FORMAT:
            raise BadRequest(f"the file is of format {raw['format']!r}; this version reads {FORMAT!r}")
        labels = [
            Label(_hash(sha), tidy_label(str(label)), bool(so), "", _time(at)) for sha, label, so, at in raw["labels"]
        ]
        corrections = [_correction(*row) for row in raw["corrections"]]
        preferences = [
            Preference(_hash(a), _hash(b), _hash(c), ("", "", ""), _time(at)) for a, b, c, at in raw["preferences"]
        ]
        vectors = {aspect: {_hash(sha): _vector(aspect, text) for sha, text in rows.items()}
                   for aspect, rows in raw["vectors"].items()}  # fmt: skip
        recipe = str(raw["recipe"])
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise BadRequest(f"not an export of teachings: {error!r}", hint="`grym ear export` writes one") from error
    return teachings.merge(labels, corrections, preferences, recipe, vectors)


def _hash(raw: Any) -> str:
    if not isinstance(raw, str) or not _SHA256.fullmatch(raw):
        raise ValueError(f"{raw!r:.80} is no SHA-256")
    return raw


def _time(raw: Any) -> float:
    at = float(raw)
    if not 0.0 < at < math.inf:
        raise ValueError(f"{raw!r:.40} is no time")
    return at


def _correction(sha256: Any, field: Any, value: Any, heard: Any, at: Any) -> Correction:
    if field not in FIELDS:
        raise ValueError(f"{field!r:.40} cannot be corrected")
    candidates = tuple((_candidate(field, each), min(max(float(sure), 0.0), 1.0)) for each, sure in heard)
    return Correction(_hash(sha256), field, read_value(field, str(value)), candidates, "", _time(at))


def _candidate(field: str, raw: Any) -> Json:
    if raw is None:
        return None
    return read_value("key", str(raw)) if field == "key" else float(raw)


def _vector(aspect: Any, text: Any) -> FloatArray:
    vector = np.frombuffer(base64.b64decode(str(text), validate=True), "<f4").astype(np.float32)
    if len(vector) != _LENGTHS[aspect] or not np.isfinite(vector).all():
        raise ValueError(f"{aspect!r} has {len(vector)} numbers, and {_LENGTHS[aspect]} finite ones belong there")
    return vector
