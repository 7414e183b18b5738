"""Notes of a document as a MIDI file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.frontends.sample_document import full_document

from grym_synth.errors import BadRequest
from grym_synth.frontends.exporting.midi import midi_file, write_midi


def test_notes_and_melody_become_tracks_on_the_beats_of_the_recording(tmp_path: Path) -> None:
    document = full_document()
    document["summary"]["notes"]["melody"] = document["notes"][:1]
    out = tmp_path / "a.mid"
    write_midi(document, out)
    raw = out.read_bytes()
    assert raw[:14] == b"MThd\x00\x00\x00\x06\x00\x01\x00\x03" + (960).to_bytes(2, "big")
    assert raw.count(b"MTrk") == 3
    assert b"\xff\x03\x05notes" in raw
    assert b"\xff\x03\x06melody" in raw
    assert b"\xff\x51\x03" + (500_000).to_bytes(3, "big") in raw  # 120 BPM
    assert bytes([0x90, 69, 102]) in raw  # A4 at 0.8 of 127


def test_without_notes_there_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no notes were found"):
        write_midi({**full_document(), "notes": None, "summary": {}}, tmp_path / "a.mid")
    assert not list(tmp_path.iterdir())
    assert midi_file({"notes": full_document()["notes"]})[:4] == b"MThd"
