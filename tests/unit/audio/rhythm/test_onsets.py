"""Onset strength rises where something is struck, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.rhythm.onsets import detect_onsets, onset_envelope, pulse_envelope

from .drumming import drums, spectra_of


def test_envelopes_have_a_value_for_each_frame_and_none_below_zero() -> None:
    spectra = spectra_of(drums(100.0, seconds=3.0)[0], 22050)
    onset, pulse = onset_envelope(spectra.mel), pulse_envelope(spectra.mel, spectra.frame_rate)
    assert onset.shape == (len(spectra.mel),)
    assert pulse.shape == (len(spectra.mel), 3)
    assert onset.min() >= 0.0
    assert pulse[:].min() >= 0.0


def test_envelope_does_not_depend_on_the_blocks_it_is_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    mel = spectra_of(drums(100.0, seconds=3.0)[0], 22050).mel
    whole, pulse = onset_envelope(mel), pulse_envelope(mel, 100.0)[:]
    monkeypatch.setattr("grym_synth.audio.rhythm.onsets.BLOCK", 7)
    np.testing.assert_allclose(onset_envelope(mel), whole, rtol=1e-5)
    np.testing.assert_allclose(pulse_envelope(mel, 100.0)[:], pulse, atol=1e-5)


def test_onsets_lie_between_the_frames_of_an_envelope() -> None:
    envelope = np.zeros(200)
    envelope[[49, 50, 51]] = 0.5, 1.0, 0.7
    envelope[[119, 120, 121]] = 0.7, 1.0, 0.7
    assert detect_onsets(envelope, 100.0) == pytest.approx([0.50125, 1.2], abs=1e-6)
