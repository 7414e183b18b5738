from __future__ import annotations

import numpy as np
import pytest

from grym_synth import packs
from grym_synth.audio.notes.note import Note
from grym_synth.audio.notes.note_salience import NoteSalienceMeter
from grym_synth.audio.notes.transcription import (
    N_PITCHES,
    BasicPitchMeter,
    Likelihoods,
    find_notes,
    open_basic_pitch,
)

from .made_tones import drums, tone

SR = 22_050
WEIGHTS = (0.0, 1.0, 1.0, 0.0, 0.0)


def likelihoods(*notes: tuple[int, int, int], frames: int = 300, level: int = 230) -> Likelihoods:
    onset, note = np.zeros((2, frames, N_PITCHES), np.uint8)
    for pitch, start, end in notes:
        note[start:end, pitch - 21] = level
        onset[start : start + 2, pitch - 21] = level
    return Likelihoods([onset], [note], 100.0, WEIGHTS)


def chords(sr: int = SR) -> tuple[np.ndarray, list[tuple[float, int]]]:
    y = np.zeros(round(3.4 * sr), np.float32)
    truth = []
    for i, chord in enumerate(((57, 60, 64), (53, 57, 60), (48, 55, 64), (55, 59, 62))):
        start = 0.2 + 0.75 * i
        for midi in chord:
            sound = tone(440.0 * 2.0 ** ((midi - 69) / 12.0), 0.7, sr)
            decay = np.exp(-2.0 * np.arange(len(sound)) / sr).astype(np.float32)
            y[round(start * sr) : round(start * sr) + len(sound)] += sound * decay
            truth.append((start, midi))
    return y, truth


def hear(meter: BasicPitchMeter | NoteSalienceMeter, y: np.ndarray, block: int = 20_000) -> list[Note]:
    for start in range(0, len(y), block):
        meter.feed(y[start : start + block])
    return find_notes(meter.finish())


def found_share(notes: list[Note], truth: list[tuple[float, int]]) -> tuple[float, float]:
    """Recall and precision, start within 50 ms and pitch the same."""
    hits = [any(note.midi == midi and abs(note.start_s - start) <= 0.05 for note in notes) for start, midi in truth]
    return sum(hits) / len(truth), sum(hits) / max(1, len(notes))


@pytest.fixture(scope="module")
def net() -> object:
    pack = packs.find_pack("basic-pitch")
    if pack is None:
        pytest.skip("the basic-pitch pack is not installed")
    return open_basic_pitch(pack.file)


def test_chords_are_written_down_with_the_model(net: object) -> None:
    y, truth = chords()
    recall, precision = found_share(hear(BasicPitchMeter(SR, net), y), truth)
    assert recall >= 0.75
    assert precision >= 0.6


def test_chords_are_written_down_without_a_model() -> None:
    y, truth = chords()
    recall, precision = found_share(hear(NoteSalienceMeter(SR), y), truth)
    assert recall >= 0.6
    assert precision >= 0.5


def test_drums_give_hardly_any_notes(net: object) -> None:
    assert len(hear(BasicPitchMeter(SR, net), drums(4.0, SR))) <= 1


@pytest.mark.parametrize("n", [0, 1, 2_205, 43_844, 50_000])
def test_silence_of_any_length_gives_no_notes_and_all_its_frames(net: object, n: int) -> None:
    meter = BasicPitchMeter(SR, net)
    meter.feed(np.zeros(n, np.float32))
    heard = meter.finish()
    assert sum(map(len, heard.note)) == -(-n // 256)
    assert find_notes(heard) == []
    assert hear(NoteSalienceMeter(SR), np.zeros(n, np.float32)) == []


@pytest.mark.slow
def test_the_blocks_do_not_matter(net: object) -> None:
    y, _ = chords()
    assert hear(BasicPitchMeter(SR, net), y, block=len(y)) == hear(BasicPitchMeter(SR, net), y, block=9_999)


def test_notes_are_read_from_likelihoods() -> None:
    found = find_notes(likelihoods((60, 50, 100), (64, 50, 80), (67, 120, 200)))
    assert [(note.midi, note.start_s) for note in found] == [(60, 0.5), (64, 0.5), (67, 1.2)]
    assert found[0].end_s == pytest.approx(1.0)


def test_a_second_start_in_a_sounding_pitch_is_a_second_note() -> None:
    heard = likelihoods((60, 50, 150))
    heard.onset[0][100:102, 39] = 230
    assert [note.start_s for note in find_notes(heard)] == [0.5, 1.0]


def test_a_short_gap_is_no_new_note() -> None:
    heard = likelihoods((60, 50, 150))
    heard.note[0][90:94, 39] = 0
    assert len(find_notes(heard)) == 1


def test_weak_likelihoods_give_weak_confidence_and_then_no_note() -> None:
    strong, weak = find_notes(likelihoods((60, 50, 100))), find_notes(likelihoods((60, 50, 100), level=150))
    assert strong[0].confidence > weak[0].confidence
    assert find_notes(likelihoods((60, 50, 100), level=80)) == []


def test_no_frames_give_no_notes() -> None:
    assert find_notes(Likelihoods([], [], 100.0, WEIGHTS)) == []
