"""What of a recording lies on its time line, as layers of labels: what Audacity, REAPER and WAV files can show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ...errors import BadRequest
from ...theory.pitch import note_name
from ..document import (
    Document,
    Stretch,
    beats_of,
    chord_name,
    chords_of,
    duration_of,
    keys_of,
    notes_of,
    number,
    part,
    sections_of,
    silences_of,
    times,
)

LAYERS = ("sections", "keys", "chords", "downbeats", "beats", "onsets", "notes", "silences")


def check_layers(layers: Sequence[str]) -> None:
    """Raise BadRequest for a layer that there is not."""
    unknown = [name for name in layers if name not in LAYERS]
    if unknown:
        raise BadRequest(f"unknown layer {unknown[0]!r}; there is {', '.join(LAYERS)}")


def lay_out(document: Document, layers: Sequence[str]) -> list[tuple[str, Stretch]]:
    """The labels of the layers with their layer's name, in order of time; a moment ends where it starts.

    Where bars are shown, the beats that start them are not shown again.
    """
    check_layers(layers)
    labels = [(name, stretch) for name in LAYERS if name in layers for stretch in _READERS[name](document)]
    if "downbeats" in layers:
        labels = [(name, item) for name, item in labels if not (name == "beats" and item.label == "1")]
    return sorted(labels, key=lambda label: label[1].start_s)


def _moment(time: float, label: str, confidence: float | None = None) -> Stretch:
    return Stretch(time, time, label, confidence)


def _chords(document: Document) -> list[Stretch]:
    named = chords_of(document)
    return [Stretch(c.start_s, c.end_s, chord_name(c.label), c.confidence, c.detail) for c in named if c.label != "N"]


def _downbeats(document: Document) -> list[Stretch]:
    downbeats = times(part(document, "rhythm").get("downbeats_s"), duration_of(document))
    return [_moment(time, f"bar {i}") for i, time in enumerate(downbeats, start=1)]


def _beats(document: Document) -> list[Stretch]:
    confidence = number(part(document, "rhythm").get("confidence"))
    return [
        _moment(b.time_s, "beat" if b.position is None else str(b.position), confidence) for b in beats_of(document)
    ]


def _onsets(document: Document) -> list[Stretch]:
    return [_moment(t, "onset") for t in times(part(document, "rhythm").get("onsets_s"), duration_of(document))]


def _notes(document: Document) -> list[Stretch]:
    return [Stretch(n.start_s, n.end_s, note_name(round(n.midi)), n.confidence) for n in notes_of(document)]


_READERS: Mapping[str, Callable[[Document], list[Stretch]]] = {
    "sections": sections_of,
    "keys": keys_of,
    "chords": _chords,
    "downbeats": _downbeats,
    "beats": _beats,
    "onsets": _onsets,
    "notes": _notes,
    "silences": silences_of,
}
