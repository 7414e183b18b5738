"""JAMS: annotations of music as JSON, which mir_eval, mirdata and the `jams` package read.

References
----------
Humphrey, Salamon, Nieto, Forsyth, Bittner, Bello (2014), "JAMS: a JSON annotated music specification", ISMIR;
Harte, Sandler, Abdallah, Gómez (2005), "Symbolic representation of musical chords", ISMIR.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ... import __version__
from ..document import (
    Document,
    Stretch,
    beats_of,
    chords_of,
    duration_of,
    keys_of,
    melody_of,
    notes_of,
    number,
    part,
    sections_of,
    tags_of,
    times,
)
from ..whole_files import JAMS, write_text

_VERSION = "0.3.4"
#: Chords that Harte's grammar knows and the namespace `chord_harte` has no short name for, by their degrees.
_SPELLED = {"sus2": "(2,5)", "1": "(1)", "5": "(5)", "11": "(3,5,b7,9,11)", "13": "(3,5,b7,9,13)"}
_SHORT = "maj min dim aug maj7 min7 7 dim7 hdim7 minmaj7 maj6 min6 9 maj9 min9 sus4".split()
_DEGREE = r"\*?[b#]*(?:[1-9]|1[0-3])"
_HARTE = re.compile(
    rf"([A-G][b#]*)(?::({'|'.join(map(re.escape, [*_SHORT, *_SPELLED]))})?(\({_DEGREE}(?:,{_DEGREE})*\))?)?"
    rf"(/{_DEGREE.removeprefix(chr(92) + '*?')})?"
)

Observation = dict[str, Any]


def jams_document(document: Document) -> dict[str, Any]:
    """The annotations that `document` has something for, each in its namespace."""
    duration = duration_of(document)
    rhythm, tags = part(document, "rhythm"), part(document, "facts").get("tags")
    sure = _confidence(rhythm.get("confidence"))
    beats = [_observation(beat.time_s, 0.0, beat.position, sure) for beat in beats_of(document)]
    found = {
        "tempo": _tempo(document, duration),
        "beat": beats,
        "onset": [_observation(time, 0.0, None, None) for time in times(rhythm.get("onsets_s"), duration)],
        "key_mode": _stretches(_key_value, keys_of(document)),
        "chord_harte": _stretches(_harte, chords_of(document)),
        "segment_open": _stretches(str, sections_of(document)),
        "note_midi": [_observation(n.start_s, n.end_s - n.start_s, n.midi, n.confidence) for n in notes_of(document)],
        "tag_open": [_observation(0.0, duration, tag, confidence) for tag, confidence in tags_of(document)],
    }
    annotations = [_annotation(name, data, duration) for name, data in found.items() if data]
    if melody := melody_of(document):
        annotations.append(_annotation("pitch_contour", _contour(melody), duration))
    told = (
        {key.lower(): value for key, value in tags.items() if isinstance(value, str)} if isinstance(tags, dict) else {}
    )
    names = {"title": told.get("title", ""), "artist": told.get("artist", ""), "release": told.get("album", "")}
    return {
        "file_metadata": {**names, "duration": duration, "identifiers": _identifiers(document),
                          "jams_version": _VERSION},
        "annotations": annotations,
        "sandbox": {"path": str(document.get("path") or "")},
    }  # fmt: skip


def jams_text(document: Document) -> str:
    """The same as compact JSON, on one line."""
    return json.dumps(jams_document(document), separators=(",", ":"), allow_nan=False)


def write_jams(document: Document, out: str | Path) -> None:
    """Write the annotations to `out` (.jams)."""
    write_text(jams_text(document) + "\n", out, JAMS)


def _identifiers(document: Document) -> dict[str, str]:
    sha256 = document.get("sha256")
    return {"sha256": sha256} if isinstance(sha256, str) else {}


def _annotation(namespace: str, data: Any, duration: float) -> dict[str, Any]:
    tool = f"grym-synth {__version__}"
    about = {"annotation_tools": tool, "data_source": "program", "version": __version__}
    return {
        "namespace": namespace,
        "annotation_metadata": about,
        "time": 0.0,
        "duration": duration,
        "data": data,
        "sandbox": {},
    }


def _observation(time: float, duration: float, value: Any, confidence: float | None) -> Observation:
    return {"time": time, "duration": duration, "value": value, "confidence": confidence}


def _confidence(value: object) -> float | None:
    known = number(value)
    return None if known is None else min(1.0, max(0.0, known))


def _tempo(document: Document, duration: float) -> list[Observation]:
    """The tempo and its alternatives; the namespace asks for a confidence of each."""
    rhythm = part(document, "rhythm")
    alternatives = rhythm.get("alternatives")
    found = []
    for item in [rhythm, *(alternatives if isinstance(alternatives, list) else [])]:
        tempo = number(item.get("tempo_bpm")) if isinstance(item, dict) else None
        if tempo is not None and tempo >= 0.0:
            found.append(_observation(0.0, duration, tempo, _confidence(item.get("confidence")) or 0.0))
    return found


def _stretches(name: Any, stretches: Iterable[Stretch]) -> list[Observation]:
    named = [(stretch, name(stretch.label)) for stretch in stretches]
    return [_observation(s.start_s, s.end_s - s.start_s, value, s.confidence) for s, value in named if value]


def _key_value(key: str) -> str | None:
    found = re.fullmatch(r"([A-G][b#]?) (major|minor|ionian|dorian|phrygian|lydian|mixolydian|aeolian|locrian)", key)
    return f"{found[1]}:{found[2]}" if found else None


def _harte(label: str) -> str | None:
    """The chord as the namespace spells it; None where it has no spelling."""
    if label == "N":
        return label
    found = _HARTE.fullmatch(label)
    if found is None:
        return None
    root, quality, degrees, bass = (group or "" for group in found.groups())
    if quality in _SPELLED:
        if degrees:
            return None
        quality = _SPELLED[quality]
    return f"{root}{':' if quality or degrees else ''}{quality}{degrees}{bass}"


def _contour(melody: list[tuple[float, float | None]]) -> dict[str, list[Any]]:
    """Columns, as the dense namespace is stored; a contour ends where the melody falls silent."""
    step = melody[1][0] - melody[0][0] if len(melody) > 1 else 0.01
    values, index = [], -1
    before: float | None = None
    for _, frequency in melody:
        index += frequency is not None and before is None
        before = frequency
        values.append({"index": max(0, index), "frequency": frequency or 0.0, "voiced": frequency is not None})
    return {
        "time": [time for time, _ in melody],
        "duration": [step] * len(melody),
        "value": values,
        "confidence": [None] * len(melody),
    }
