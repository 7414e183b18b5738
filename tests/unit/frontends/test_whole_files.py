"""Files that are written whole or not at all, and never over somebody else's work."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grym_synth.audio.notes.midi import write_midi
from grym_synth.errors import BadRequest
from grym_synth.frontends.whole_files import LABELS, MIDI, PICTURE, RECORDING, check_target, new_file, write_text


def test_nothing_is_left_of_a_file_whose_writing_failed(tmp_path: Path) -> None:
    out = tmp_path / "a.png"

    def fail() -> None:
        with new_file(out, PICTURE) as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not list(tmp_path.iterdir())


def test_a_file_of_ours_is_replaced_at_once_and_another_never(tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    out.write_bytes(b"\x89PNG\r\n\x1a\n....tEXtSoftware\x00grym-synth....old")
    with new_file(out, PICTURE) as file:
        file.write(b"\x89PNG\r\n\x1a\nnew")
        assert out.read_bytes().endswith(b"old")
    assert out.read_bytes().endswith(b"new")
    for theirs in (b"RIFF", b"\x89PNG\r\n\x1a\n somebody's picture"):
        out.write_bytes(theirs)
        with pytest.raises(BadRequest, match="exists and is something else"):
            check_target(out, PICTURE)


def test_midi_of_others_is_never_replaced(tmp_path: Path) -> None:
    out = tmp_path / "a.mid"
    out.write_bytes(write_midi({}))
    assert check_target(out, MIDI) == out
    out.write_bytes(write_midi({}).replace(b"grym-synth", b"somebody's"))
    with pytest.raises(BadRequest, match="exists and is something else"):
        check_target(out, MIDI)


def test_an_empty_file_may_be_replaced(tmp_path: Path) -> None:
    out = tmp_path / "a.txt"
    out.touch()
    write_text("0.000000\t1.000000\tx\n", out, LABELS)
    assert out.read_text().endswith("x\n")


def test_a_copy_replaces_nothing_even_what_came_while_it_was_written(tmp_path: Path) -> None:
    out = tmp_path / "a.wav"
    out.touch()
    with pytest.raises(BadRequest, match="exists"):
        check_target(out, RECORDING)
    out.unlink()

    def write() -> None:
        with new_file(out, RECORDING) as file:
            file.write(b"copy")
            out.write_bytes(b"meanwhile")

    with pytest.raises(BadRequest, match="File exists"):
        write()
    assert out.read_bytes() == b"meanwhile"
    assert os.listdir(tmp_path) == ["a.wav"]  # noqa: PTH208 one name, and no order to keep


def test_places_and_names_that_cannot_be_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="does not exist"):
        check_target(tmp_path / "no" / "a.png", PICTURE)
    with pytest.raises(BadRequest, match="is a folder"):
        check_target(tmp_path, PICTURE)
    with pytest.raises(BadRequest, match=r"ends in \.png") as refusal:
        check_target(tmp_path / "a.jpg", PICTURE)
    assert "a.png" in refusal.value.hint


def test_broken_bytes_of_a_name_do_not_stop_a_text_file(tmp_path: Path) -> None:
    write_text("0.000000\t1.000000\tx\udcff\n", tmp_path / "a.txt", LABELS)
    assert (tmp_path / "a.txt").read_bytes().endswith(b"x?\n")
