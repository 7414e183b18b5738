"""PitchPeaks, tuning and key on material made here: chords of harmonic tones, noise, clicks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from tests.unit.audio.chord_tones import hear
from tests.unit.audio.chord_tones import play as render

from grym_synth.audio.harmony.keys import Tonality, key_name, measure_tonality
from grym_synth.audio.spectra.chroma import (
    LOWEST_NOTE,
    bass_classes,
    estimate_tuning,
    note_strengths,
    pitch_classes,
)

C_MAJOR = ((48, 60, 64, 67), (53, 60, 65, 69), (55, 59, 62, 67), (48, 60, 64, 67))
A_MINOR = ((45, 57, 60, 64), (50, 57, 62, 65), (52, 56, 59, 64), (45, 57, 60, 64))


@pytest.mark.parametrize("shift", [0, 3, 7])
@pytest.mark.parametrize(("chords", "mode", "tonic"), [(C_MAJOR, 0, 0), (A_MINOR, 12, 9)])
def test_cadence_gives_its_key(chords: tuple[tuple[int, ...], ...], mode: int, tonic: int, shift: int) -> None:
    moved = tuple(tuple(m + shift for m in chord) for chord in chords)
    tonality = measure_tonality(hear(render(moved)))
    assert tonality.key == key_name(mode + (tonic + shift) % 12)
    assert tonality.confidence > 0.5
    assert all(key != tonality.key for key, _ in tonality.alternatives)
    assert all(a[1] >= b[1] for a, b in itertools.pairwise(tonality.alternatives))


def test_key_and_tuning_do_not_depend_on_the_sample_rate() -> None:
    found = [measure_tonality(hear(render(C_MAJOR[:3], sr=sr), sr)) for sr in (8000, 48000)]
    assert [tonality.key for tonality in found] == ["C major", "C major"]
    assert all(abs(tonality.tuning_cents or 0.0) < 3.0 for tonality in found)


@pytest.mark.parametrize("cents", [-40.0, -17.0, 0.0, 12.5, 35.0])
def test_tuning_is_found_to_three_cents(cents: float) -> None:
    tonality = measure_tonality(hear(render(C_MAJOR, cents=cents)))
    assert tonality.tuning_cents == pytest.approx(cents, abs=3.0)
    assert tonality.tuning_confidence > 0.9


def test_out_of_tune_music_keeps_its_key() -> None:
    assert measure_tonality(hear(render(A_MINOR, cents=-35.0))).key == "A minor"


@pytest.mark.parametrize("make", ["silence", "noise", "clicks", "constant"])
def test_what_has_no_pitch_has_no_key(make: str) -> None:
    rng = np.random.default_rng(3)
    n = 5 * 22050
    y = {
        "silence": np.zeros(n),
        "noise": 0.1 * rng.standard_normal(n),
        "clicks": (np.arange(n) % 5000 == 0).astype(float),
        "constant": np.full(n, 0.5),
    }[make].astype(np.float32)
    tonality = measure_tonality(hear(y))
    assert tonality.key is None
    assert tonality.tuning_cents is None
    assert tonality.confidence == tonality.tuning_confidence == 0.0
    assert tonality.alternatives == ()


def test_one_held_note_leaves_the_key_open() -> None:
    assert measure_tonality(hear(render(((57,),) * 4))).confidence < 0.4


def test_drone_leaves_the_key_open() -> None:
    buzz = 0.2 * np.sign(np.sin(2 * np.pi * 100.0 * np.arange(4 * 22050) / 22050)).astype(np.float32)
    assert measure_tonality(hear(buzz)).confidence < 0.5


@pytest.mark.parametrize("n", [0, 1, 100, 5000])
@pytest.mark.parametrize("sr", [8000, 384000])
def test_recordings_shorter_than_a_window_are_read(n: int, sr: int) -> None:
    y = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(n) / sr).astype(np.float32)
    tonality = measure_tonality(hear(y, sr))
    assert np.isfinite(tonality.confidence)


def test_block_length_changes_nothing() -> None:
    y = render(C_MAJOR[:2])
    once, often = hear(y, block=len(y)), hear(y, block=777)
    assert once.n_frames == often.n_frames
    np.testing.assert_allclose(once.midi, often.midi, atol=1e-5)
    assert once.starts_from_silence == often.starts_from_silence


def test_frames_are_centred_on_their_time() -> None:
    sr = 22050
    y = np.zeros(4 * sr, np.float32)
    y[2 * sr :] = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(2 * sr) / sr)
    chroma = hear(y, sr)
    level = note_strengths(chroma)[69 - LOWEST_NOTE]
    rise = np.flatnonzero(level > 0.5 * level.max())[0] / chroma.frame_rate
    assert rise == pytest.approx(2.0, abs=0.12)


def test_partials_are_not_taken_for_notes() -> None:
    notes = note_strengths(hear(render(((45,),) * 2)))
    strength = notes.sum(axis=1)
    assert strength.argmax() == 45 - LOWEST_NOTE
    assert pitch_classes(notes).sum(axis=1).argmax() == 9
    # the third partial, E4, would be a fifth of the chroma if it were left in
    assert strength[64 - LOWEST_NOTE] < 0.2 * strength[45 - LOWEST_NOTE]


def test_bass_is_told_from_the_chord_above_it() -> None:
    notes = note_strengths(hear(render(((40, 60, 64, 67),) * 2)))
    assert bass_classes(notes).sum(axis=1).argmax() == 40 % 12


def test_only_a_recording_that_begins_of_itself_starts_from_silence() -> None:
    y = render(C_MAJOR, lead_in=0.05)
    assert hear(y).starts_from_silence
    assert not hear(y[22050 // 2 :]).starts_from_silence


def test_opening_chord_speaks_for_its_key() -> None:
    """Am F C G may be in C major too; begun with C it is less of an A minor."""
    loop = ((45, 57, 60, 64), (53, 57, 60, 65), (48, 60, 64, 67), (55, 59, 62, 67))
    turned = loop[2:] + loop[:2]  # C G Am F
    begun, later = measure_tonality(hear(render(loop))), measure_tonality(hear(render(turned)))
    assert later.key == "C major"

    def minor(tonality: Tonality) -> float:
        return dict([(tonality.key, tonality.confidence), *tonality.alternatives]).get("A minor", 0.0)

    assert minor(begun) > minor(later) + 0.05


@pytest.mark.slow
def test_peaks_of_a_minute_stay_below_two_megabytes() -> None:
    chroma = hear(0.1 * np.random.default_rng(1).standard_normal(60 * 22050).astype(np.float32))
    assert sum(a.nbytes for a in (chroma.frame, chroma.midi, chroma.magnitude, chroma.prominence)) < 2e6


def test_noise_has_no_steady_tuning() -> None:
    _, steadiness = estimate_tuning(hear(0.1 * np.random.default_rng(2).standard_normal(5 * 22050).astype(np.float32)))
    assert steadiness < 0.1
