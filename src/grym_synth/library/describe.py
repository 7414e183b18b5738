"""What was heard of a recording, as the library keeps it: figures to filter by, words, tags, and vectors to compare."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from ..messages import Evidence
from ..storage.library_rows import Described, FloatArray, Fragment

#: Evidence that is one number, and the figure it becomes.
FIGURES: Mapping[str, str] = {
    "facts.duration_s": "duration_s",
    "facts.sample_rate_hz": "sample_rate_hz",
    "facts.channels": "channels",
    "facts.bit_depth": "bit_depth",
    "facts.clipped_samples": "clipped_samples",
    "facts.peak_dbfs": "peak_dbfs",
    "facts.rms_dbfs": "rms_dbfs",
    "facts.balance_db": "balance_db",
    "facts.correlation": "correlation",
    "facts.dc_offset_percent": "dc_offset_percent",
    "loudness.integrated_lufs": "integrated_lufs",
    "loudness.short_term_max_lufs": "short_term_max_lufs",
    "loudness.momentary_max_lufs": "momentary_max_lufs",
    "loudness.range_lu": "range_lu",
    "loudness.true_peak_dbtp": "true_peak_dbtp",
    "loudness.plr_db": "plr_db",
    "loudness.crest_db": "crest_db",
    "rhythm.tempo_bpm": "tempo_bpm",
    "rhythm.onset_count": "onset_count",
    "rhythm.metre": "metre",
    "rhythm.swing": "swing",
    "rhythm.drift_percent": "drift_percent",
    "tonality.tuning_cents": "tuning_cents",
    "chords.changes_per_minute": "chord_changes_per_minute",
    "chords.distinct": "distinct_chords",
    "spectrum.centroid_hz": "centroid_hz",
    "spectrum.bandwidth_hz": "bandwidth_hz",
    "spectrum.rolloff_hz": "rolloff_hz",
    "spectrum.flatness": "flatness",
    "spectrum.hum_hz": "hum_hz",
    "structure.section_count": "section_count",
    "timbre.attack_s": "attack_s",
    "timbre.decay_s": "decay_s",
    "timbre.harmonicity": "harmonicity",
}

#: Evidence that is a text, and the word it becomes.
WORDS: Mapping[str, str] = {
    "facts.container": "container",
    "facts.codec": "codec",
    "tonality.key": "key",
    "tonality.camelot": "camelot",
    "chords.progression": "progression",
    "structure.form": "form",
    "timbre.label": "class",
}

#: How sure these findings are, as figures of their own.
_CONFIDENCES: Mapping[str, str] = {
    "rhythm.tempo_bpm": "tempo_confidence",
    "rhythm.metre": "metre_confidence",
    "tonality.key": "key_confidence",
    "timbre.label": "class_confidence",
}

_BUSY = ("rhythm.onset_count", "facts.duration_s")
_TAGS_OF_FILES = ("title", "artist", "album", "genre", "date", "comment")
_LONGEST_WORD = 200  # characters of what a file says of itself
_DECIMALS = 6


def describe(sha256: str, recipe: str, evidence: Iterable[Evidence]) -> Described:
    """What is told of a content by all that was heard of it; alternatives and what was not found are left out."""
    found = {item.name: item for item in evidence if item.rank == 0 and item.value is not None}
    return Described(
        sha256,
        recipe,
        dict(_figures(found)),
        dict(_words(found)),
        _tags(found.get("timbre.tags")),
        _vectors(found.get("timbre.vectors")),
        tuple(_fragments(found.get("timbre.fragments"))),
    )


def is_recording(evidence: Iterable[Evidence]) -> bool:
    """Whether anything was heard: what has a length was decoded."""
    return any(item.name == "facts.duration_s" and _number(item.value) for item in evidence)


def _figures(found: Mapping[str, Evidence]) -> Iterator[tuple[str, float]]:
    for name, figure in FIGURES.items():
        if name in found and (value := _number(found[name].value)) is not None:
            yield figure, value
    for name, figure in _CONFIDENCES.items():
        if name in found:
            yield figure, round(found[name].confidence, _DECIMALS)
    bands = found.get("spectrum.bands_db")
    for band, level in (bands.value if bands and isinstance(bands.value, dict) else {}).items():
        if (value := _number(level)) is not None:
            yield f"band_{band}_db", value
    silence = found.get("facts.silence_s")
    if silence is not None and isinstance(silence.value, list):
        yield "silence_s", round(sum((end - start for start, end in _spans(silence.value)), 0.0), _DECIMALS)
    onsets, duration = (_number(found[name].value) if name in found else None for name in _BUSY)
    if onsets is not None and duration:
        yield "onsets_per_s", round(onsets / duration, _DECIMALS)


def _words(found: Mapping[str, Evidence]) -> Iterator[tuple[str, str]]:
    for name, word in WORDS.items():
        if name in found and isinstance(found[name].value, str) and found[name].value:
            yield word, str(found[name].value)
    told = found.get("facts.tags")
    written = told.value if told is not None and isinstance(told.value, dict) else {}
    of_file = {str(name).lower(): text for name, text in written.items()}
    for name in _TAGS_OF_FILES:
        text = of_file.get(name)
        if isinstance(text, str) and text.strip():
            yield name, text.strip()[:_LONGEST_WORD]


def _tags(item: Evidence | None) -> dict[str, float]:
    tags = item.value if item is not None and isinstance(item.value, list) else []
    read = {str(tag["tag"]): _number(tag.get("confidence")) for tag in tags if isinstance(tag, dict) and "tag" in tag}
    return {name: share for name, share in read.items() if share is not None}


def _vectors(item: Evidence | None) -> dict[str, FloatArray]:
    listed = item.value if item is not None and isinstance(item.value, dict) else {}
    return {name: np.asarray(values, np.float32) for name, values in listed.items() if isinstance(values, list)}


def _fragments(item: Evidence | None) -> Iterator[Fragment]:
    """Of a list of `{"start_s", "end_s", "vector"}`."""
    for part in item.value if item is not None and isinstance(item.value, list) else ():
        match part:
            case {"start_s": int() | float() as start, "end_s": int() | float() as end, "vector": list() as vector}:
                yield Fragment(float(start), float(end), np.asarray(vector, np.float32))


def _spans(value: list[Any]) -> Iterator[tuple[float, float]]:
    for item in value:
        if isinstance(item, list) and len(item) == 2:
            yield float(item[0]), float(item[1])


def _number(value: Any) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return round(float(value), _DECIMALS)
