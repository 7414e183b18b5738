"""Names of edits that nobody named: beside the source, after it, never where something is."""

from __future__ import annotations

from pathlib import Path

import pytest

from grym_synth.audio.decoding.decoders import Header
from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.editing.naming import free_name
from grym_synth.audio.editing.operations import Convert
from grym_synth.audio.editing.outputs import sidecar_of

from .sounds import noise, write_sound


@pytest.fixture
def header(tmp_path: Path) -> Header:
    with open_audio(write_sound(tmp_path / "song.wav", noise(0.1))) as audio:
        return audio.header


@pytest.mark.parametrize(
    ("source", "convert", "name"),
    [
        ("song.wav", Convert(), "song-edited.wav"),
        ("song.WAV", Convert(), "song-edited.WAV"),
        ("song.wave", Convert(sr=48000), "song-edited.wave"),
        ("song.wav", Convert("flac"), "song-edited.flac"),
        ("song", Convert(), "song-edited.wav"),
        ("song.mp3", Convert(), "song-mp3-edited.wav"),  # its header says that it is WAV, and there is a song.wav
        ("song-edited.wav", Convert(), "song-edited.wav"),
        ("song-edited-3.wav", Convert(), "song-edited.wav"),
        ("-edited.wav", Convert(), "-edited-edited.wav"),
        ("a.b.wav", Convert("mp3"), "a.b-edited.mp3"),
    ],
)
def test_it_is_named_after_its_source(source: str, convert: Convert, name: str, header: Header, tmp_path: Path) -> None:
    assert free_name(str(tmp_path / source), header, convert) == tmp_path / name


def test_two_recordings_of_one_stem_get_two_names_in_one_format(header: Header, tmp_path: Path) -> None:
    (tmp_path / "song.flac").touch()
    names = [free_name(str(tmp_path / source), header, Convert("mp3")).name for source in ("song.wav", "song.flac")]
    assert names == ["song-wav-edited.mp3", "song-flac-edited.mp3"]


def test_a_recording_of_the_same_stem_changes_no_name_where_the_format_stays(header: Header, tmp_path: Path) -> None:
    (tmp_path / "song.flac").touch()
    assert free_name(str(tmp_path / "song.wav"), header, Convert()) == tmp_path / "song-edited.wav"


def test_a_file_an_earlier_sidecar_and_earlier_slices_take_a_name(header: Header, tmp_path: Path) -> None:
    (tmp_path / "song-edited.wav").touch()
    sidecar_of(tmp_path / "song-edited-2.wav").touch()
    (tmp_path / "song-edited-3-01.wav").touch()
    (tmp_path / "song-edited-4.wav").symlink_to("nowhere")
    assert free_name(str(tmp_path / "song.wav"), header, Convert()) == tmp_path / "song-edited-5.wav"
