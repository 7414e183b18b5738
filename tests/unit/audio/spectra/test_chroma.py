"""Pitch features: what is kept of each frame, and that it does not depend on blocks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.unit.audio.chord_tones import SR, hear, play, voice

from grym_synth.audio.spectra import chroma
from grym_synth.audio.spectra.chroma import measure_pitch


def test_chroma_and_bass_of_a_chord_are_its_notes() -> None:
    pitch = measure_pitch(hear(play([voice(0)], 2.0)))
    middle = pitch.roots(slice(8, 16)) ** 2
    assert set(np.argsort(middle[:, 0].mean(axis=0))[-3:]) == {0, 4, 7}
    assert middle[:, 1].mean(axis=0).argmax() == 0


def test_an_inversion_shows_in_the_bass_alone() -> None:
    pitch = measure_pitch(hear(play([voice(0, "maj", bass=1)], 2.0)))
    assert (pitch.roots(slice(8, 16))[:, 1] ** 2).mean(axis=0).argmax() == 4


def test_a_frame_takes_96_bytes() -> None:
    pitch = measure_pitch(hear(play([voice(0)], 2.0)))
    assert pitch.packed[:].nbytes + pitch.loudness.nbytes == 96 * pitch.n_frames


def test_length_of_the_blocks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = hear(play([voice(0), voice(7), voice(9, "min")]))
    once = measure_pitch(peaks)
    monkeypatch.setattr(chroma, "_BLOCK", 5)
    often = measure_pitch(peaks)
    assert often.tuning_cents == pytest.approx(once.tuning_cents, abs=1e-3)
    difference = once.packed[:].astype(int) - often.packed[:]
    assert np.abs(difference).max() <= 1


def test_gain_moves_only_the_loudness() -> None:
    y = play([voice(0), voice(5)])
    loud, soft = measure_pitch(hear(y)), measure_pitch(hear(0.25 * y))
    np.testing.assert_allclose(loud.roots(slice(5, 20)), soft.roots(slice(5, 20)), atol=0.01)
    assert loud.loudness.max() > 2.0 * soft.loudness.max()


def test_silence_does_not_sound_and_music_does() -> None:
    pitch = measure_pitch(hear(play([(), voice(0), ()], 1.5)))
    seconds = np.arange(pitch.n_frames) / pitch.frame_rate
    sounding = pitch.sounding()
    assert sounding[(seconds > 2.0) & (seconds < 3.0)].all()
    assert not sounding[seconds > 3.7].any()
    assert not measure_pitch(hear(np.zeros(SR, np.float32))).sounding().any()


def test_an_empty_recording_has_no_frames_to_speak_of() -> None:
    pitch = measure_pitch(hear(np.zeros(0, np.float32)))
    assert not pitch.packed[:].any()
    assert pitch.tuning_cents == pitch.steadiness == 0.0


def test_features_are_told_apart_by_their_frames() -> None:
    pitch = measure_pitch(hear(play([voice(0)])))
    shorter = dataclasses.replace(pitch, packed=pitch.packed[:5])
    assert shorter.n_frames == 5
