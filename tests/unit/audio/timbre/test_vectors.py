"""Vectors by aspect: what moves them, and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.chroma import measure_pitch
from grym_synth.audio.spectra.frames import FloatArray, ShortSpectraMeter
from grym_synth.audio.spectra.pitch_peaks import PitchPeaksMeter
from grym_synth.audio.timbre import vectors
from grym_synth.audio.timbre.one_shots import VECTOR_LENGTH

SR = 22_050


def song(seed: int, root: float, beat: float, start: int = 0, seconds: float = 6.0) -> FloatArray:
    """Chords over a beat; the seed picks which notes and how bright."""
    rng = np.random.default_rng(seed)
    semitones, brightness = rng.choice([0, 3, 4, 7, 9, 12, 16], 4), rng.uniform(0.4, 1.5)
    t = np.arange(start, start + round(seconds * SR)) / SR
    y = np.zeros(len(t))
    for semitone in semitones:
        for k in range(1, 9):
            y += np.sin(2 * np.pi * root * 2 ** (semitone / 12) * k * t + k) / k**brightness
    hits = np.exp(-(t % beat) / 0.05) * np.random.default_rng(seed + start).normal(size=len(t))
    return np.asarray(0.05 * y * (0.5 + np.exp(-(t % (2 * beat)) / 0.3)) + 0.1 * hits, np.float32)


def described(y: FloatArray, sr: int = SR, hit: FloatArray | None = None) -> dict[str, FloatArray]:
    spectra, peaks = ShortSpectraMeter(sr), PitchPeaksMeter(sr)
    spectra.feed(y)
    peaks.feed(y)
    short, found = spectra.finish(), peaks.finish()
    return vectors.describe(short, found, measure_pitch(found), vectors.follow(short.mel), hit)


def likeness(a: FloatArray, b: FloatArray) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b)))


LENGTHS = {"timbre": 220, "rhythm": 120, "harmony": 24, "pitch": 84, "loudness": 12, "all": 408}


@pytest.mark.slow
def test_another_excerpt_of_the_same_song_is_nearest() -> None:
    songs = [(1, 110.0, 0.5), (2, 146.8, 0.4), (3, 98.0, 0.61), (4, 130.8, 0.33)]
    first = np.array([described(song(*which))["all"] for which in songs])
    second = np.array([described(song(*which, start=7 * SR))["all"] for which in songs])
    everything = np.vstack([first, second])
    mean, spread = everything.mean(axis=0), everything.std(axis=0) + 1e-9
    for i, vector in enumerate(second):
        near = [likeness((vector - mean) / spread, (other - mean) / spread) for other in first]
        assert int(np.argmax(near)) == i


@pytest.mark.slow
def test_the_tempo_moves_the_rhythm_most() -> None:
    slow, fast = described(song(1, 110.0, 0.6)), described(song(1, 110.0, 0.42))
    assert likeness(slow["harmony"], fast["harmony"]) > 0.98
    assert likeness(slow["rhythm"][:60], fast["rhythm"][:60]) < 0.95


@pytest.mark.slow
def test_a_transposition_moves_harmony_and_pitch() -> None:
    low, high = described(song(1, 110.0, 0.5)), described(song(1, 110.0 * 2 ** (4 / 12), 0.5))
    assert likeness(low["rhythm"][:60], high["rhythm"][:60]) > 0.9
    assert likeness(low["harmony"], high["harmony"]) < 0.8


@pytest.mark.parametrize("gain", [0.25, -1.0])
def test_gain_and_polarity_change_nothing(gain: float) -> None:
    y = song(2, 120.0, 0.5, seconds=2.5)
    plain, changed = described(y), described(np.float32(gain) * y)
    for name in LENGTHS:
        np.testing.assert_allclose(changed[name], plain[name], atol=2e-3, err_msg=name)


def test_the_part_that_does_not_apply_is_zero() -> None:
    y = song(2, 120.0, 0.5, seconds=2.5)
    music, hit = described(y), described(y, hit=np.ones(VECTOR_LENGTH, np.float32))
    for name in ("timbre", "all"):
        assert not music[name][:VECTOR_LENGTH].any()
        assert music[name][VECTOR_LENGTH:].any()
        assert hit[name][:VECTOR_LENGTH].all()
        assert not hit[name][VECTOR_LENGTH:].any()


def test_mfcc_of_blocks_is_that_of_the_whole() -> None:
    mel = np.random.default_rng(0).gamma(1.0, size=(2500, 40)).astype(np.float32)
    course = vectors.follow(mel)
    level = np.log10(mel / mel.mean() + 1e-5)
    whole = level @ np.array([[np.cos(np.pi * (i + 0.5) * k / 40) for k in range(20)] for i in range(40)])
    whole *= np.sqrt(2 / 40) * np.where(np.arange(20) == 0, np.sqrt(0.5), 1.0)
    np.testing.assert_allclose(course.mfcc_mean, whole.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(course.mfcc_std, whole.std(axis=0), atol=1e-3)
    np.testing.assert_allclose(
        course.rises[2:][:, 0], np.maximum(level[2:] - level[:-2], 0)[:, :8].mean(axis=1), atol=1e-4
    )


@pytest.mark.parametrize("sr", [8_000, 96_000])
@pytest.mark.parametrize("kind", ["empty", "short", "silence", "constant", "noise"])
def test_every_recording_has_vectors_of_the_same_length(kind: str, sr: int) -> None:
    y = {
        "empty": np.zeros(0),
        "short": np.ones(3),
        "silence": np.zeros(sr),
        "constant": np.full(sr, 0.3),
        "noise": np.random.default_rng(1).normal(size=sr),
    }[kind].astype(np.float32)
    found = described(y, sr)
    assert {name: len(vector) for name, vector in found.items()} == LENGTHS
    assert all(np.isfinite(vector).all() for vector in found.values())
