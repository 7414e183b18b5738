"""Single hits, made here: what describes them, and what they are taken for."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.timbre.one_shots import (
    N_NUMBERS,
    SURE_ENOUGH,
    VECTOR_LENGTH,
    describe_hit,
    find_attack,
    read_classes,
    trust_of,
)

SR = 44_100


def kick(sr: int = SR) -> FloatArray:
    t = np.arange(round(0.5 * sr)) / sr
    hz = 50.0 + 150.0 * np.exp(-t / 0.02)
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hz) / sr) * np.exp(-t / 0.12), np.float32)


def hiss(seconds: float, decay: float, lowest_hz: float = 7000.0) -> FloatArray:
    noise = np.random.default_rng(3).normal(size=round(seconds * SR))
    spectrum = np.fft.rfft(noise)
    spectrum[: round(lowest_hz * seconds)] = 0.0
    return np.asarray(np.fft.irfft(spectrum, len(noise)) * np.exp(-np.arange(len(noise)) / SR / decay), np.float32)


def tone(hz: float, seconds: float) -> FloatArray:
    t = np.arange(round(seconds * SR)) / SR
    return np.asarray(np.sum([np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 8)], axis=0) * 0.2, np.float32)


def test_a_falling_sine_is_a_kick() -> None:
    hit = read_classes().recognise(describe_hit(kick(), SR))
    assert hit.label == "kick"
    assert hit.confidence > 0.5


def test_short_bright_noise_is_a_closed_hat_and_long_noise_is_not() -> None:
    classes = read_classes()
    assert classes.recognise(describe_hit(hiss(0.2, 0.02), SR)).likeliest == "hat_closed"
    assert classes.recognise(describe_hit(hiss(3.0, 1.0, 400.0), SR)).likeliest == "cymbal"


def test_a_held_note_is_given_no_class() -> None:
    assert read_classes().recognise(describe_hit(tone(330.0, 1.5), SR)).label is None


def test_a_held_note_is_likelier_none_of_the_classes_and_a_kick_is_likelier_one() -> None:
    note, drum = read_classes().chance_of_ours(np.array([describe_hit(tone(330.0, 1.5), SR), describe_hit(kick(), SR)]))
    assert note < SURE_ENOUGH < drum


def test_what_is_likelier_none_of_the_classes_is_given_no_great_confidence() -> None:
    classes, numbers = read_classes(), describe_hit(tone(330.0, 1.5), SR)
    hit = classes.recognise(numbers)
    assert hit.confidence <= float(classes.chance_of_ours(numbers[None])[0])


def test_trust_grows_with_how_much_further_the_second_class_is_and_falls_with_distance() -> None:
    weights = read_classes().trust
    n = len(read_classes().names)
    near, clear, far = np.full((3, n), -30.0)
    near[:2], clear[:2], far[:2] = (0.0, -1.0), (0.0, -9.0), (0.0, -9.0)
    unclear, sure, unlike = trust_of(weights, np.array([near, clear, far]), np.array([3.0, 3.0, 8.0]))
    assert unclear < sure
    assert unlike < sure


def test_the_same_lead_is_trusted_less_where_both_classes_are_far() -> None:
    weights = np.zeros_like(read_classes().trust)
    weights[1] = 1.0  # only the ratio of the distances
    lead = np.full((2, len(read_classes().names)), -30.0)
    lead[:, :2] = 0.0, -4.0
    close, remote = trust_of(weights, lead, np.array([2.0, 6.0]))
    assert remote < close
    assert close == pytest.approx(0.75)  # the squares of the distances are 4 and 12


def test_the_confidences_of_a_hit_are_shares_of_one() -> None:
    hit = read_classes().recognise(describe_hit(tone(200.0, 0.3), SR))
    assert 0.0 <= hit.confidence + sum(share for _, share in hit.alternatives) <= 1.0 + 1e-6
    assert hit.likeliest not in [name for name, _ in hit.alternatives]


@pytest.mark.parametrize("gain", [0.01, 0.5, -1.0])
def test_gain_and_polarity_change_nothing(gain: float) -> None:
    np.testing.assert_allclose(describe_hit(np.float32(gain) * kick(), SR), describe_hit(kick(), SR), atol=2e-3)


def test_silence_before_a_hit_changes_nothing() -> None:
    late = np.concatenate([np.zeros(3000, np.float32), kick()])
    classes = read_classes()
    a, b = (classes.recognise(describe_hit(y, SR)) for y in (kick(), late))
    assert a.label == b.label
    assert float(a.vector @ b.vector / np.linalg.norm(a.vector) / np.linalg.norm(b.vector)) > 0.98


def test_the_attack_is_found_behind_a_quiet_noise() -> None:
    noise = 0.01 * np.random.default_rng(0).normal(size=SR // 2).astype(np.float32)
    assert abs(find_attack(np.concatenate([noise, kick()]), SR) - SR // 2) < 0.005 * SR


def test_a_hit_at_another_rate_is_told_the_same() -> None:
    classes = read_classes()
    assert classes.recognise(describe_hit(kick(48_000), 48_000)).label == "kick"
    assert classes.recognise(describe_hit(kick(22_050), 22_050)).likeliest == "kick"


@pytest.mark.parametrize("sr", [8_000, 44_100, 192_000])
@pytest.mark.parametrize("kind", ["empty", "one sample", "silence", "constant", "click", "noise"])
def test_any_sound_is_described(kind: str, sr: int) -> None:
    y = {
        "empty": np.zeros(0),
        "one sample": np.ones(1),
        "silence": np.zeros(sr // 10),
        "constant": np.full(sr // 10, 0.3),
        "click": np.eye(1, sr // 10, 7)[0],
        "noise": np.random.default_rng(1).normal(size=sr // 4),
    }[kind].astype(np.float32)
    numbers = describe_hit(y, sr)
    assert numbers.shape == (N_NUMBERS,)
    assert np.isfinite(numbers).all()
    hit = read_classes().recognise(numbers)
    assert hit.vector.shape == (VECTOR_LENGTH,)
    assert np.isfinite(hit.vector).all()
    assert 0.0 <= hit.confidence <= 1.0
