from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from grym_synth import packs
from grym_synth.audio.findings import Finding, Unheard
from grym_synth.audio.notes.note_findings import Excerpt, hear_notes
from grym_synth.errors import BadRequest, UnusableAudio

from .made_tones import drums, line, tone

SR = 22_050


def hear(path: Path, excerpt: Excerpt | None = None, **models: Path) -> tuple[list[Finding], list[Unheard]]:
    return hear_notes(str(path), excerpt or Excerpt(), lambda fraction, message: None, **models)


def values(findings: list[Finding]) -> dict[str, Any]:
    return {item.name: item.value for item in findings}


@pytest.fixture
def scale(tmp_path: Path) -> Path:
    y, _ = line((60, 62, 64, 65, 67, 69, 71, 72), 0.3, SR)
    soundfile.write(tmp_path / "scale.wav", np.stack([y, y], axis=1), SR, subtype="FLOAT")
    return tmp_path / "scale.wav"


@pytest.mark.slow
def test_a_scale_is_written_down_without_models_and_says_so(scale: Path) -> None:
    findings, gaps = hear(scale)
    found = values(findings)
    assert [note["midi"] for note in found["notes.melody"]] == [60, 62, 64, 65, 67, 69, 71, 72]
    assert found["notes.melody"][0]["start_s"] == pytest.approx(0.2, abs=0.03)
    assert (found["notes.lowest"], found["notes.highest"]) == ("C4", "C5")
    assert found["notes.note_count"] == len(found["notes.notes"]) == 8
    assert found["notes.f0_hz"] == pytest.approx(np.sqrt(349.2 * 392.0), rel=0.07)
    assert [(gap.code, gap.hint) for gap in gaps] == [
        ("partial", "grym models add swift-f0"),
        ("partial", "grym models add basic-pitch"),
    ]


def test_the_melody_has_a_value_every_ten_milliseconds(scale: Path) -> None:
    melody = values(hear(scale)[0])["notes.melody_hz"]
    times = [time for time, _ in melody]
    np.testing.assert_allclose(np.diff(times), 0.01, atol=1e-9)
    assert times[-1] == pytest.approx(2.8, abs=0.02)
    assert melody[0][1] is None


@pytest.mark.slow
def test_with_the_models_nothing_is_missing(scale: Path) -> None:
    swift_f0, basic_pitch = packs.find_pack("swift-f0"), packs.find_pack("basic-pitch")
    if swift_f0 is None or basic_pitch is None:
        pytest.skip("the packs are not installed")
    findings, gaps = hear(scale, swift_f0=swift_f0.file, basic_pitch=basic_pitch.file)
    assert gaps == []
    assert [note["midi"] for note in values(findings)["notes.melody"]] == [60, 62, 64, 65, 67, 69, 71, 72]
    assert findings == hear(scale, swift_f0=swift_f0.file, basic_pitch=basic_pitch.file)[0]


def test_an_excerpt_keeps_the_times_of_the_recording(scale: Path) -> None:
    found = values(hear(scale, Excerpt(1.0, 2.0))[0])
    assert found["notes.melody_hz"][0][0] == 1.0
    assert found["notes.melody_hz"][-1][0] == pytest.approx(2.0, abs=0.02)
    assert all(0.95 <= note["start_s"] <= 2.0 for note in found["notes.notes"])
    assert {65, 67}.issubset(note["midi"] for note in found["notes.melody"])


def test_a_start_beyond_the_end_is_told(scale: Path) -> None:
    findings, gaps = hear(scale, Excerpt(60.0))
    assert values(findings)["notes.notes"] == []
    assert "bad_request" in [gap.code for gap in gaps]


def test_a_chord_has_no_single_fundamental(tmp_path: Path) -> None:
    y = tone(220.0, 2.0, SR) + tone(277.2, 2.0, SR) + tone(329.6, 2.0, SR)
    soundfile.write(tmp_path / "chord.wav", y, SR)
    found = values(hear(tmp_path / "chord.wav")[0])
    assert "notes.f0_hz" not in found
    assert {57, 61, 64}.issubset(note["midi"] for note in found["notes.notes"])


@pytest.mark.parametrize("y", [drums(3.0, SR), np.zeros(SR), np.full(SR, 0.25)])
def test_what_has_no_pitch_gives_no_notes(tmp_path: Path, y: np.ndarray) -> None:
    soundfile.write(tmp_path / "y.wav", y, SR)
    findings, gaps = hear(tmp_path / "y.wav")
    found = values(findings)
    assert found["notes.melody"] == found["notes.notes"] == []
    assert found["notes.note_count"] == 0
    assert found["notes.lowest"] is found["notes.highest"] is None
    assert "unmeasurable" in [gap.code for gap in gaps]


@pytest.mark.parametrize("raw", [{"start_s": -1}, {"start_s": "a"}, {"start_s": 2, "end_s": 1}, {"end_s": 0.0}])
def test_an_excerpt_that_makes_no_sense_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        Excerpt.read(raw)


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableAudio):
        hear(tmp_path / "none.wav")
