"""Chords on material made here: what is played is what is read."""

from __future__ import annotations

import itertools

import mir_eval
import numpy as np
import pytest
from tests.unit.audio.chord_tones import SR, hear, play, voice

from grym_synth.audio.harmony import chord_model
from grym_synth.audio.harmony import chords as module
from grym_synth.audio.harmony.chord_inputs import chord_inputs, lay_moments
from grym_synth.audio.harmony.chord_model import read_chord_net
from grym_synth.audio.harmony.chords import Chords, ChordSegment, find_cycle, measure_chords, numeral_of
from grym_synth.audio.harmony.keys import measure_tonality
from grym_synth.audio.spectra.chroma import measure_pitch
from grym_synth.audio.spectra.frames import FloatArray

AXIS = ((0, "maj"), (7, "maj"), (9, "min"), (5, "maj"))  # I V vi IV


def read(y: FloatArray, beats_s: FloatArray, sr: int = SR) -> Chords:
    pitch = measure_pitch(hear(y, sr))
    return measure_chords(pitch, beats_s, len(y) / sr, measure_tonality(pitch))


def song(turns: int = 2, shift: int = 0) -> FloatArray:
    return play([voice(root + shift, quality) for root, quality in AXIS for _ in range(2)] * turns)


def beats_of(y: FloatArray, lead_in: float = 0.3) -> FloatArray:
    return np.arange(lead_in, len(y) / SR, 1.0)


def test_a_song_of_four_chords_is_read_with_its_cycle() -> None:
    y = song()
    chords = read(y, beats_of(y))
    assert [s.label for s in chords.segments if s.label != "N"] == ["C:maj", "G:maj", "A:min", "F:maj"] * 2
    assert [s.numeral for s in chords.segments if s.label != "N"][:4] == ["I", "V", "vi", "IV"]
    assert chords.progression == "I V vi IV"
    assert chords.distinct == 4
    assert chords.changes_per_minute == pytest.approx(60.0 * 7 / 16.0, rel=0.05)


def test_changes_are_on_the_beats() -> None:
    y = song(1)
    chords = read(y, beats_of(y))
    changes = [s.start_s for s in chords.segments if s.label != "N"][1:]
    np.testing.assert_allclose(changes, [2.3, 4.3, 6.3], atol=1e-6)


def test_segments_fill_the_recording_and_neighbours_differ() -> None:
    y = song(1)
    segments = read(y, beats_of(y)).segments
    assert segments[0].start_s == 0.0
    assert segments[-1].end_s == pytest.approx(len(y) / SR)
    assert all(a.end_s == b.start_s and a.label != b.label for a, b in itertools.pairwise(segments))
    assert all(0.0 <= s.confidence <= 1.0 for s in segments)


@pytest.mark.parametrize("shift", [1, 6, 11])
def test_a_transposed_song_has_transposed_chords(shift: int) -> None:
    y = song(1, shift)
    numerals = [s.numeral for s in read(y, beats_of(y)).segments if s.label != "N"]
    assert numerals == ["I", "V", "vi", "IV"]


def test_without_beats_chords_are_read_all_the_same() -> None:
    labels = [s.label for s in read(song(1), np.zeros(0)).segments if s.label != "N"]
    assert labels == ["C:maj", "G:maj", "A:min", "F:maj"]


def test_the_chords_of_an_inversion_keep_their_root() -> None:
    y = play([voice(0, "maj", 1), voice(0, "maj", 1), voice(5, "maj", 2), voice(5, "maj", 2), voice(7), voice(0)])
    labels = [s.label for s in read(y, beats_of(y)).segments if s.label != "N"]
    assert labels == ["C:maj", "F:maj", "G:maj", "C:maj"]


@pytest.mark.parametrize(("quality", "label"), [("7", "G:7"), ("min7", "G:min7"), ("dim", "G:dim")])
def test_sevenths_and_diminished_chords_are_named(quality: str, label: str) -> None:
    y = play([voice(0), voice(0), voice(7, quality), voice(7, quality), voice(7, quality), voice(0), voice(0)])
    assert label in [s.label for s in read(y, beats_of(y)).segments]


def test_every_label_is_read_by_mir_eval() -> None:
    for root, quality in itertools.product(("C", "F#", "A#"), chord_model.QUALITIES):
        mir_eval.chord.encode(f"{root}:{quality}")


def test_silence_between_chords_has_no_chord() -> None:
    y = play([voice(0), voice(7), (), (), voice(0), voice(7)])
    segments = read(y, beats_of(y)).segments
    at = next(s for s in segments if s.start_s <= 3.6 < s.end_s)
    assert at.label == "N"


@pytest.mark.parametrize("make", ["silence", "noise", "clicks", "constant"])
def test_what_has_no_pitch_has_no_chord(make: str) -> None:
    n = 5 * SR
    y = {
        "silence": np.zeros(n),
        "noise": 0.1 * np.random.default_rng(3).standard_normal(n),
        "clicks": (np.arange(n) % 5000 == 0).astype(float),
        "constant": np.full(n, 0.5),
    }[make].astype(np.float32)
    chords = read(y, np.arange(0.5, 5.0, 0.5))
    assert [s.label for s in chords.segments] == ["N"]
    assert chords.distinct == 0
    assert chords.changes_per_minute == 0.0
    assert chords.progression is None


@pytest.mark.parametrize("n", [0, 1, 100, 2205])
def test_recordings_shorter_than_a_window_are_read(n: int) -> None:
    y = 0.5 * np.sin(2 * np.pi * 440.0 * np.arange(n) / SR).astype(np.float32)
    assert len(read(y, np.zeros(0)).segments) == (1 if n else 0)


def test_moments_are_half_beats_up_to_the_end() -> None:
    moments = lay_moments(np.array([1.0, 2.0, 3.0, 4.0]), 5.5)
    np.testing.assert_allclose(moments.edges_s, np.arange(0.0, 5.6, 0.5))
    assert moments.on_beat.tolist() == [True, False] * 5 + [True]


@pytest.mark.parametrize(
    "beats", [[], [0.5], [0.1, 0.2, 0.3, 0.4], [0.5, 1.0, 8.0, 9.0, 9.5], [2.0, 2.0, 2.0, 2.0, 3.0]]
)
@pytest.mark.parametrize("duration", [0.0, 0.05, 0.1, 1.0, 10.0])
def test_moments_ascend_whatever_the_beats(beats: list[float], duration: float) -> None:
    moments = lay_moments(np.array(beats), duration)
    assert len(moments.edges_s) == len(moments) + 1
    assert (np.diff(moments.edges_s) > 0.0).all()
    if duration > 0.0:
        assert moments.edges_s[0] == 0.0
        assert moments.edges_s[-1] == duration


def test_inputs_of_a_stretch_are_those_of_the_whole() -> None:
    y = song(1)
    pitch, moments = measure_pitch(hear(y)), lay_moments(beats_of(y), len(y) / SR)
    whole, part = chord_inputs(pitch, moments, 0, len(moments)), chord_inputs(pitch, moments, 5, 9)
    for all_of_it, some in zip(whole, part, strict=True):
        np.testing.assert_allclose(all_of_it[5:9], some, atol=2e-3)


def test_the_network_judges_a_moved_chord_as_before() -> None:
    rng = np.random.default_rng(4)
    pitches, sides = rng.random((3, 27, 12), np.float32), rng.random((3, 4), np.float32)
    net = read_chord_net()
    here = net.log_probabilities(pitches, sides)
    moved = net.log_probabilities(np.roll(pitches, 5, axis=2), sides)
    np.testing.assert_allclose(
        np.roll(here[:, :120].reshape(3, 12, 10), 5, axis=1).reshape(3, 120), moved[:, :120], atol=1e-4
    )
    np.testing.assert_allclose(np.exp(here).sum(axis=1), 1.0, atol=1e-4)


def test_decoding_in_stretches_gives_the_same_chords(monkeypatch: pytest.MonkeyPatch) -> None:
    y = song(2)
    once = read(y, beats_of(y))
    monkeypatch.setattr(module, "_STRETCH", 12)
    monkeypatch.setattr(module, "_MARGIN", 10)
    often = read(y, beats_of(y))
    assert [(s.start_s, s.label) for s in once.segments] == [(s.start_s, s.label) for s in often.segments]


@pytest.mark.parametrize(
    ("root", "quality", "key", "numeral"),
    [
        (2, "min7", "C major", "ii7"), (7, "7", "C major", "V7"), (11, "hdim7", "C major", "viiø7"),
        (10, "maj", "C major", "bVII"), (0, "maj", "A minor", "III"), (4, "7", "A minor", "V7"),
        (8, "dim", "A minor", "#vii°"), (5, "sus4", "F major", "Isus4"), (1, "min", None, None),
    ],
)  # fmt: skip
def test_numerals(root: int, quality: str, key: str | None, numeral: str | None) -> None:
    assert numeral_of(root, quality, key) == numeral


def _row(numerals: str) -> list[ChordSegment]:
    return [ChordSegment(i, i + 1, "C:maj" + str(i), 1.0, n) for i, n in enumerate(numerals.split())]


@pytest.mark.parametrize(
    ("row", "cycle"),
    [
        ("I V vi IV I V vi IV I V", "I V vi IV"),
        ("ii I V vi IV I V vi IV I V vi IV", "I V vi IV"),
        ("i iv7 V7 i iv V i iv V", "i iv V"),
        ("I ii iii IV V vi I vi ii V", None),
        ("I", None),
        ("", None),
    ],
)
def test_the_cycle_is_the_row_that_comes_again(row: str, cycle: str | None) -> None:
    assert find_cycle(_row(row)) == cycle
