"""The candidates for the tempo, and their confidences."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.rhythm.onsets import pulse_envelope
from grym_synth.audio.rhythm.tempo import estimate_tempo
from grym_synth.audio.spectra.frames import FloatArray

from .drumming import add_hit, drums, spectra_of


def test_tempo_candidates_add_up_to_at_most_one() -> None:
    spectra = spectra_of(drums(100.0, seconds=8.0)[0], 22050)
    pulse = pulse_envelope(spectra.mel, spectra.frame_rate)
    candidates = estimate_tempo(pulse, spectra.frame_rate, spectra.mel)
    assert candidates[0][0] == pytest.approx(100.0, rel=0.02)
    assert 0.9 < sum(confidence for _, confidence in candidates) <= 1.0 + 1e-9


def test_a_long_recording_is_judged_by_its_liveliest_stretch() -> None:
    spectra = spectra_of(drums(100.0, seconds=12.0)[0], 22050)
    played = np.tile(spectra.mel[:], (8, 1))
    mel = np.concatenate([np.full((9000, 40), 1e-7, np.float32), played])
    tempo, _ = estimate_tempo(pulse_envelope(mel, spectra.frame_rate), spectra.frame_rate, mel)[0]
    assert tempo == pytest.approx(100.0, rel=0.02)


def possible_tempi(y: FloatArray, sr: int = 22050) -> tuple[tuple[float, float], ...]:
    spectra = spectra_of(y, sr)
    return estimate_tempo(pulse_envelope(spectra.mel, spectra.frame_rate), spectra.frame_rate, spectra.mel)


def test_a_beat_in_half_time_is_less_sure_than_a_plain_one() -> None:
    half_time = np.zeros(16 * 22050)
    for eighth, at_s in enumerate(np.arange(0.25, 15.7, 30.0 / 140.0)):
        add_hit(half_time, at_s, 22050, decay_s=0.02, frequency_hz=None, level=0.08)
        if eighth % 8 == 0:
            add_hit(half_time, at_s, 22050, decay_s=0.08, frequency_hz=60.0, level=0.8)
        if eighth % 8 == 4:
            add_hit(half_time, at_s, 22050, decay_s=0.06, frequency_hz=None, level=0.3)
    (_, plain), *_ = possible_tempi(drums(140.0)[0])
    (first, likeliest), (second, other), *_ = possible_tempi(half_time)
    assert sorted((first, second)) == pytest.approx([70.0, 140.0], rel=0.02)
    assert likeliest < plain - 0.1
    assert other > 0.1


def test_fast_clicks_are_read_at_their_own_rate() -> None:
    clicks = np.zeros(16 * 22050)
    for at_s in np.arange(0.25, 15.9, 60.0 / 180.0):
        add_hit(clicks, at_s, 22050, decay_s=0.006, frequency_hz=1500.0, level=0.5)
    tempo, _ = possible_tempi(clicks)[0]
    assert tempo == pytest.approx(180.0, rel=0.02)
