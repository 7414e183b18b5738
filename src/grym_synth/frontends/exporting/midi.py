"""The notes of a document as a Standard MIDI File, on the beats of the recording."""

from __future__ import annotations

from pathlib import Path

from ...audio.notes.midi import write_midi as midi_bytes
from ...audio.notes.note import Note
from ...errors import BadRequest
from ..document import Document, duration_of, notes_of, number, part, read_notes, summary, times
from ..whole_files import MIDI, new_file


def midi_file(document: Document) -> bytes:
    """A track of all notes and, where one was found, a track of the melody.

    Raises
    ------
    BadRequest
        There are no notes.
    """
    found = {"notes": notes_of(document), "melody": read_notes(summary(document, "notes").get("melody"))}
    tracks = {
        name: [Note(n.start_s, n.end_s, round(n.midi), n.velocity, n.confidence or 0.0) for n in notes]
        for name, notes in found.items()
        if notes
    }
    if not tracks:
        raise BadRequest("there is no MIDI to write: no notes were found", hint="ask for notes: --only notes,rhythm")
    rhythm, duration = part(document, "rhythm"), duration_of(document)
    beats, downbeats = (times(rhythm.get(name), duration) for name in ("beats_s", "downbeats_s"))
    metre = number(rhythm.get("metre"))
    return midi_bytes(tracks, beats, None if metre is None else round(metre), downbeats[0] if downbeats else 0.0)


def write_midi(document: Document, out: str | Path) -> None:
    """Write the notes to `out` (.mid)."""
    raw = midi_file(document)
    with new_file(out, MIDI) as file:
        file.write(raw)
