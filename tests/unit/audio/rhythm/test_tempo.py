"""The candidates for the tempo, and their confidences."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.rhythm.onsets import pulse_envelope
from grym_synth.audio.rhythm.tempo import estimate_tempo

from .drumming import drums, spectra_of


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
