"""Prints: what changes them little, what changes them much, and how they are laid over each other."""

from __future__ import annotations

import numpy as np
import pytest

from grym_synth.audio.prints.match import (
    SAME_BITS,
    SAME_LEVELS_DB,
    are_alike,
    lay,
    level_distance,
    quantised,
    shifted,
)
from grym_synth.audio.prints.meter import FRAME_RATE, Print, PrintMeter
from grym_synth.audio.prints.summary import FRAGMENT_S, SUMMARY_LENGTH, fragments, summarise

SR = 44100


def music(seconds: float, seed: int, sr: int = SR) -> np.ndarray:
    """Short tones and noises at random times; the same at every sample rate, but for the noise."""
    rng = np.random.default_rng(seed)
    y = np.zeros(int(seconds * sr), np.float32)
    for at in np.arange(0.0, seconds, 0.15):
        f, length = 110.0 * 2 ** (rng.integers(0, 48) / 12), rng.uniform(0.1, 0.5)
        t = np.arange(int(length * sr)) / sr
        tone = sum(np.sin(2 * np.pi * f * h * t) / h for h in range(1, 6) if f * h < 10_000) * np.exp(-4 * t)
        i = int(at * sr)
        y[i : i + len(tone)] += 0.1 * rng.uniform(0.3, 1.0) * tone[: len(y) - i]
    return y


def print_of(y: np.ndarray, sr: int = SR, block: int = 70_560) -> Print:
    meter = PrintMeter(sr)
    for start in range(0, len(y), block):
        meter.feed(y[start : start + block])
    return meter.finish()


def differing(a: Print, b: Print) -> float:
    found = are_alike(a.words, b.words)
    return 1.0 if found is None else found


def test_a_print_does_not_depend_on_how_its_sound_is_cut_into_blocks() -> None:
    y = music(5.0, 1)
    whole = print_of(y)
    assert np.array_equal(whole.words, print_of(y, block=1001).words)
    assert abs(len(whole.words) - 5.0 * FRAME_RATE) <= 1


@pytest.mark.parametrize("sr", [16_000, 22_050, 32_000, 44_100, 48_000, 96_000])
def test_the_sample_rate_and_the_gain_change_little(sr: int) -> None:
    assert differing(print_of(music(8.0, 2)), print_of(0.25 * music(8.0, 2, sr), sr)) < 0.1


def test_a_second_trimmed_away_is_still_the_same_recording_and_others_are_not() -> None:
    y = music(10.0, 3)
    assert differing(print_of(y), print_of(y[SR:])) < SAME_BITS
    assert differing(print_of(y), print_of(music(10.0, 4))) > 0.4
    assert are_alike(print_of(y).words, print_of(y[: 4 * SR]).words) is None, "too short to be the same"


def test_a_stretch_is_found_with_its_place_speed_and_shift() -> None:
    y = music(8.0, 5)
    own = print_of(y)
    stretch = own.words[30:60]
    found = lay(stretch, own.words)
    assert found is not None
    assert (found.start, found.speed, found.shift, found.differing) == (30, 1.0, 0, 0.0)
    t = np.arange(int(len(y) * 2 ** (-1 / 12))) * 2 ** (1 / 12)  # a semitone higher, and faster by as much
    higher = print_of(np.interp(t, np.arange(len(y)), y).astype(np.float32))
    found = lay(stretch, higher.words, speeds=(2 ** (-1 / 12),))
    assert found is not None
    assert found.shift == 1
    assert found.differing < SAME_BITS
    assert found.start == pytest.approx(30 * 2 ** (-1 / 12), abs=2)


def test_shifting_there_and_back_loses_only_the_edge() -> None:
    words = np.array([0xDEADBEEF12345678], np.uint64)
    up, known = shifted(words, 1)
    down, _ = shifted(up, -1)
    assert (down[0] ^ words[0]) & ~np.uint64(1 << 63) == 0
    assert known == np.uint64(0xFFFFFFFFFFFFFFFE)


def test_short_sounds_are_told_apart_by_their_levels() -> None:
    def hit(f: float, decay: float, gain: float = 0.5) -> Print:
        t = np.arange(SR // 2) / SR
        return print_of((gain * np.sin(2 * np.pi * f * t) * np.exp(-decay * t)).astype(np.float32))

    one = quantised(hit(200.0, 20.0).levels)
    assert level_distance(one, quantised(hit(200.0, 20.0, gain=0.05).levels)) < 0.2
    assert level_distance(one, quantised(hit(260.0, 20.0).levels)) > SAME_LEVELS_DB
    assert level_distance(one, quantised(hit(200.0, 8.0).levels)) > SAME_LEVELS_DB


def test_silence_and_a_held_tone_have_no_words_to_be_recognised_by() -> None:
    assert not print_of(np.zeros(3 * SR, np.float32)).words.any()
    assert len(print_of(np.zeros(0, np.float32)).words) <= 1
    silent = print_of(np.zeros(3 * SR, np.float32))
    assert not summarise(silent).any()
    assert lay(silent.words, silent.words) is None


def test_summaries_and_fragments_tell_of_the_whole_and_of_its_parts() -> None:
    loud = np.concatenate([music(12.0, 6), np.zeros(6 * SR, np.float32)])
    found = print_of(loud)
    assert summarise(found).shape == (SUMMARY_LENGTH,)
    told = fragments(found)
    assert all(end - start == FRAGMENT_S and len(vector) == 44 for start, end, vector in told)
    assert told[0][0] == 0.0
    assert told[-1][0] < 13.0, "the silence at the end has none"
    assert fragments(print_of(music(5.0, 7))) == []
