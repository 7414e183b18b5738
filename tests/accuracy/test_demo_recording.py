"""What we hear in the recording that ships, against what was put into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grym_synth.audio.listen import SECTIONS, Settings, hear
from grym_synth.packs import find_pack

EXAMPLES = Path(__file__).parents[2] / "examples"
TRUTH: dict[str, Any] = json.loads((EXAMPLES / "going_home_small_band.json").read_text())

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def heard() -> dict[str, Any]:
    pack = find_pack("musicnn")
    settings = Settings(tagger=str(pack.folder / "model") if pack else None)
    found = hear(str(EXAMPLES / "going_home_small_band.ogg"), SECTIONS, settings, lambda fraction, message: None)
    assert [gap for gap in found.gaps if gap.section != "timbre"] == []
    return {item.name: item.value for item in found.findings if item.rank == 0}


def test_tempo_and_key_are_those_of_the_score(heard: dict[str, Any]) -> None:
    assert heard["rhythm.tempo_bpm"] == pytest.approx(TRUTH["tempo_bpm"], abs=0.05)
    assert heard["tonality.key"] == TRUTH["key"]
    assert heard["tonality.camelot"] == TRUTH["camelot"]
    assert heard["tonality.tuning_cents"] == pytest.approx(TRUTH["tuning_cents"], abs=3.0)


def test_beats_and_onsets_are_where_they_were_played(heard: dict[str, Any]) -> None:
    mir_eval = pytest.importorskip("mir_eval")
    beats = np.array(heard["rhythm.beats_s"])
    assert mir_eval.beat.f_measure(np.array(TRUTH["beats_s"]), beats) > 0.97
    onsets = np.array(heard["rhythm.onsets_s"])
    assert mir_eval.onset.f_measure(np.array(TRUTH["onsets_s"]), onsets, window=0.05)[0] > 0.85
    nearest = np.array(TRUTH["beats_s"])[np.abs(np.subtract.outer(beats, TRUTH["beats_s"])).argmin(axis=1)]
    assert abs(np.median(beats - nearest)) <= 0.005


def test_loudness_is_that_of_libebur128(heard: dict[str, Any]) -> None:
    measured = TRUTH["measured"]
    assert heard["loudness.integrated_lufs"] == pytest.approx(measured["integrated_lufs"], abs=0.01)
    assert heard["loudness.range_lu"] == pytest.approx(measured["range_lu"], abs=0.1)
    assert heard["loudness.true_peak_dbtp"] == pytest.approx(measured["true_peak_dbtp"], abs=0.1)
    assert heard["facts.clipped_samples"] == 0


def test_the_planted_hum_is_found(heard: dict[str, Any]) -> None:
    assert heard["spectrum.hum_hz"] == pytest.approx(50.0, abs=0.1)
    assert heard["spectrum.resonances"] == []


def test_bars_begin_where_they_were_written(heard: dict[str, Any]) -> None:
    mir_eval = pytest.importorskip("mir_eval")
    assert heard["rhythm.metre"] == TRUTH["metre"]
    downbeats = np.array(heard["rhythm.downbeats_s"])
    assert mir_eval.beat.f_measure(np.array(TRUTH["downbeats_s"]), downbeats) > 0.95
    assert heard["rhythm.drift_percent"] < 1.0
    assert [part["key"] for part in heard["tonality.key_changes"]] == [TRUTH["key"]]


def test_chords_are_those_of_the_score(heard: dict[str, Any]) -> None:
    mir_eval = pytest.importorskip("mir_eval")
    found = heard["chords.segments"]
    intervals = np.array([[c["start_s"], c["end_s"]] for c in found])
    true = np.array([[c["start_s"], c["end_s"]] for c in TRUTH["chords"]])
    intervals, labels = mir_eval.util.adjust_intervals(
        intervals, [c["label"] for c in found], true.min(), true.max(), "N", "N"
    )
    merged, reference, estimated = mir_eval.util.merge_labeled_intervals(
        true, [c["label"] for c in TRUTH["chords"]], intervals, labels
    )
    right = mir_eval.chord.majmin(reference, estimated)
    assert mir_eval.chord.weighted_accuracy(right, np.diff(merged, axis=1)[:, 0]) > 0.85


def test_most_sections_begin_where_they_were_written(heard: dict[str, Any]) -> None:
    starts = np.array([section["start_s"] for section in heard["structure.sections"]])
    near = [np.abs(starts - section["start_s"]).min() < 0.5 for section in TRUTH["sections"][1:4]]
    assert all(near)
    assert len(starts) <= 7
