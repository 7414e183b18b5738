"""Hearing with less: the middle of a recording, told as a part of the whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from grym_synth.audio.decoding.files import lite_stretch, open_audio
from grym_synth.audio.listen import Heard, Settings, hear

SR = 8_000


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """140 s at 120 BPM: clicks on every half second from the first on, over a chord."""
    path = tmp_path_factory.mktemp("lite") / "song.flac"
    t = np.arange(140 * SR) / SR
    y = 0.1 * sum(np.sin(2 * np.pi * hz * t) for hz in (220.0, 277.2, 329.6))
    y += 0.5 * np.exp(-(t % 0.5) / 0.01) * np.sin(2 * np.pi * 900.0 * t)
    soundfile.write(path, y, SR)
    return path


def heard(path: Path, *sections: str, lite: bool = True) -> Heard:
    return hear(str(path), sections, Settings(lite=lite), lambda fraction, message: None)


def values(found: Heard) -> dict[str, object]:
    return {item.name: item.value for item in found.findings if item.rank == 0}


def test_the_middle_minute_of_a_long_recording_and_the_middle_half_of_a_shorter_one_are_heard(
    song: Path, tmp_path: Path
) -> None:
    with open_audio(song) as audio:
        assert lite_stretch(audio) == (40.0, 60.0)
    soundfile.write(tmp_path / "half.wav", np.zeros(30 * SR), SR)
    with open_audio(tmp_path / "half.wav") as audio:
        assert lite_stretch(audio) == (7.5, 15.0)


def test_what_is_short_is_heard_whole(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "hit.wav", np.random.default_rng(0).normal(0, 0.1, 19 * SR), SR)
    found = heard(tmp_path / "hit.wav", "facts")
    assert not found.is_part
    assert not found.gaps


def test_times_are_those_of_the_whole_recording_and_so_is_its_length(song: Path) -> None:
    found = values(heard(song, "facts", "rhythm"))
    assert found["facts.duration_s"] == pytest.approx(140.0)
    beats = found["rhythm.beats_s"]
    assert isinstance(beats, list)
    assert 40.0 <= beats[0] < 41.0
    assert 99.0 < beats[-1] <= 100.0
    assert found["rhythm.tempo_bpm"] == pytest.approx(120.0, rel=0.01)
    full = values(heard(song, "rhythm", lite=False))["rhythm.beats_s"]
    assert isinstance(full, list)
    assert min(abs(beats[10] - beat) for beat in full) < 0.02


def test_every_section_says_which_part_was_heard(song: Path) -> None:
    found = heard(song, "facts", "tonality")
    assert found.is_part
    assert [(gap.section, gap.code) for gap in found.gaps] == [("facts", "partial"), ("tonality", "partial")]
    assert "only 40 to 100 s" in found.gaps[0].reason


def test_a_spectrum_asked_for_at_a_second_is_read_there_also_outside_of_the_part(song: Path) -> None:
    settings = Settings(lite=True, start_s=5.0)
    found = hear(str(song), ("spectrum",), settings, lambda fraction, message: None)
    peaks = next(item for item in found.findings if item.name == "spectrum.peaks")
    assert peaks.span_s == pytest.approx((5.0, 5.0 + 2048 / SR))
    beyond = hear(str(song), ("spectrum",), Settings(lite=True, start_s=150.0), lambda fraction, message: None)
    assert any("ends at 140.000 s" in gap.reason for gap in beyond.gaps)
