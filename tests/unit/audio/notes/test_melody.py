from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grym_synth import packs
from grym_synth.audio.notes.melody import Melody, MelodyMeter
from grym_synth.audio.notes.note import melody_notes
from grym_synth.audio.notes.swift_f0 import SwiftF0Meter, open_swift_f0
from grym_synth.errors import BadSetup

from .made_tones import drums, line, tone

SR = 44_100
FIDDLE = (69, 71, 73, 74, 76, 74, 73, 71, 69, 57, 64, 69, 81, 76)


def follow(y: np.ndarray, sr: int = SR, net: object = None, block: int = 30_000) -> Melody:
    meter = MelodyMeter(sr, net)
    for start in range(0, len(y), block):
        meter.feed(y[start : start + block])
    return meter.finish()


def share_right(melody: Melody, notes: list[tuple[float, float, int]]) -> float:
    right = []
    for start, end, midi in notes:
        frames = slice(round(100 * (start + 0.03)), round(100 * (end - 0.02)))
        right.append(np.abs(melody.midi[frames] - midi) < 0.5)
    return float(np.concatenate(right).mean())


@pytest.fixture(scope="module")
def net() -> object:
    pack = packs.find_pack("swift-f0")
    if pack is None:
        pytest.skip("the swift-f0 pack is not installed")
    return open_swift_f0(pack.file)


def test_a_line_of_notes_is_followed_without_a_model() -> None:
    y, notes = line(FIDDLE, 0.15, SR)
    melody = follow(y)
    assert share_right(melody, notes) > 0.97
    assert melody.is_one_line


@pytest.mark.slow
def test_a_line_of_notes_is_followed_with_the_model(net: object) -> None:
    y, notes = line(FIDDLE, 0.15, SR)
    melody = follow(y, net=net)
    assert share_right(melody, notes) > 0.97
    assert melody.is_one_line


@pytest.mark.parametrize("hz", [55.0, 98.0, 220.0, 441.0, 1000.0, 1900.0])
def test_a_steady_tone_is_placed_within_a_few_cents(hz: float) -> None:
    melody = follow(tone(hz, 1.0, SR))
    assert np.abs(1200.0 * np.log2(np.nanmedian(melody.hz) / hz)) < 5.0


def test_frames_are_about_their_time() -> None:
    y = np.concatenate([tone(220.0, 1.0, SR, fade_s=1e-4), tone(330.0, 1.0, SR, fade_s=1e-4)])
    jump = int(np.flatnonzero(follow(y).midi > 60.0)[0])
    assert 94 <= jump <= 101  # new notes are put up to 30 ms earlier


def test_a_missing_fundamental_is_still_the_pitch() -> None:
    t = np.arange(SR) / SR
    y = np.sum([np.sin(2.0 * np.pi * 200.0 * k * t) for k in (2, 3, 4, 5, 6)], axis=0).astype(np.float32) / 10.0
    assert np.nanmedian(follow(y).hz) == pytest.approx(200.0, abs=1.0)


def test_drums_have_no_melody() -> None:
    melody = follow(drums(4.0, SR))
    assert np.isnan(melody.midi).mean() > 0.9
    assert not melody.is_one_line


@pytest.mark.parametrize("y", [np.zeros(0), np.zeros(1), np.zeros(SR), np.full(SR, 0.3), np.ones(100)])
def test_what_holds_no_pitch_gives_none(y: np.ndarray) -> None:
    melody = follow(y.astype(np.float32))
    assert np.isnan(melody.midi).all()
    assert melody_notes(melody) == []


def test_noise_is_no_melody() -> None:
    noise = 0.3 * np.random.default_rng(3).standard_normal(2 * SR).astype(np.float32)
    assert np.isnan(follow(noise).midi).mean() > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("sr", [8_000, 22_050, 48_000, 192_000])
def test_the_sample_rate_does_not_matter(sr: int) -> None:
    y, notes = line(FIDDLE, 0.2, sr)
    assert share_right(follow(y, sr), notes) > 0.95


@pytest.mark.slow
def test_the_blocks_do_not_matter(net: object) -> None:
    y, _ = line(FIDDLE, 0.2, SR)
    whole, pieces = follow(y, net=net, block=len(y)), follow(y, net=net, block=7_777)
    np.testing.assert_allclose(whole.midi, pieces.midi, atol=1e-3)
    np.testing.assert_allclose(whole.confidence, pieces.confidence, atol=1e-3)


@pytest.mark.slow
def test_the_net_hears_the_same_in_blocks(net: object) -> None:
    y, _ = line(FIDDLE * 8, 0.2, 16_000)
    meter = SwiftF0Meter(net)
    for start in range(0, len(y), 50_000):
        meter.feed(y[start : start + 50_000])
    bounds = {"fmin": np.array(46.875, np.float32), "fmax": np.array(2093.75, np.float32)}
    hz = net.run(["pitch"], {"audio": y[None], **bounds})[0][0]  # type: ignore[attr-defined]
    midi = meter.finish()[0]
    assert len(midi) == len(hz)
    np.testing.assert_allclose(440.0 * 2.0 ** ((midi - 69.0) / 12.0), hz, rtol=1e-4)


@pytest.mark.slow
def test_gain_changes_only_levels() -> None:
    y, _ = line(FIDDLE, 0.15, SR)
    loud, quiet = follow(y), follow(0.1 * y)
    np.testing.assert_allclose(loud.midi, quiet.midi, atol=0.01)
    np.testing.assert_allclose(np.max(loud.level_db) - np.max(quiet.level_db), 20.0, atol=0.01)


def test_notes_of_a_melody_come_back() -> None:
    y, notes = line(FIDDLE, 0.2, SR)
    found = melody_notes(follow(y))
    assert [note.midi for note in found] == [midi for _, _, midi in notes]
    for note, (start, _, _) in zip(found, notes, strict=True):
        assert note.start_s == pytest.approx(start, abs=0.045)
        assert note.confidence > 0.5


def test_a_pitch_struck_again_is_a_new_note() -> None:
    y, notes = line((69, 69, 69, 72), 0.25, SR, gap_s=0.06)
    assert len(melody_notes(follow(y))) == len(notes)


def test_a_file_that_is_no_net_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    file = tmp_path / "model.onnx"
    file.write_bytes(b"no net")
    with pytest.raises(BadSetup, match="cannot be opened"):
        open_swift_f0(file)
