"""Pictures for each capability: what they show, how large they are, and what must not break them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.frontends.sample_document import full_document, write_sound

from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.levels.loudness import measure_loudness
from grym_synth.errors import BadRequest
from grym_synth.frontends.document import Stretch
from grym_synth.frontends.drawing.balance import band_levels
from grym_synth.frontends.drawing.form import alike
from grym_synth.frontends.drawing.harmony import harmony_lines
from grym_synth.frontends.drawing.lanes import draw_chords
from grym_synth.frontends.drawing.pulse import tempo_curve
from grym_synth.frontends.drawing.roll import melody_line
from grym_synth.frontends.drawing.sheet import Sheet, fitting_size, label_time, shortened, time_ticks
from grym_synth.frontends.plot_columns import chroma_of, loudness_curve, read_columns
from grym_synth.frontends.plots import PLOTTED, plot_recording


def pixels(path: Path) -> np.ndarray:
    from matplotlib.image import imread

    return np.asarray(imread(path))[:, :, :3]


@pytest.mark.slow
@pytest.mark.parametrize("capability", PLOTTED)
def test_each_capability_has_a_panel_of_its_own(tmp_path: Path, capability: str) -> None:
    source, out = write_sound(tmp_path / "a.wav"), tmp_path / "a.png"
    plot_recording(str(source), full_document(), out, [capability])
    image = pixels(out)
    assert image.shape[1] == 1600
    assert (image < 0.9).mean() > 0.01
    plot_recording(str(source), {"duration_s": 8.0}, out, [capability])  # the same without anything to show
    assert pixels(out).shape[1] == 1600


@pytest.mark.slow
def test_several_capabilities_are_stacked_and_harmony_is_drawn_once(tmp_path: Path) -> None:
    source, out = str(write_sound(tmp_path / "a.wav")), tmp_path / "a.png"
    heights = {}
    for names in (["rhythm"], ["tonality"], ["rhythm", "tonality"], ["chords", "tonality"]):
        plot_recording(source, full_document(), out, names)
        heights[tuple(names)] = pixels(out).shape[0]
    assert heights["rhythm", "tonality"] > max(heights["rhythm",], heights["tonality",])
    assert heights["chords", "tonality"] == heights["tonality",]


@pytest.mark.slow
def test_overview_gets_lanes_for_sections_and_chords(tmp_path: Path) -> None:
    source, out = str(write_sound(tmp_path / "a.wav")), tmp_path / "a.png"
    plot_recording(source, full_document(), out)
    with_lanes = pixels(out)
    plot_recording(source, {**full_document(), "chords": None, "structure": None}, out)
    without = pixels(out)
    assert with_lanes.shape == without.shape == (900, 1600, 3)
    assert np.array_equal(with_lanes[:430], without[:430])
    assert np.allclose(with_lanes[450, 600], [0xA9 / 255, 0xCF / 255, 0xE8 / 255], atol=0.01)  # the first section
    assert without[480, 600].max() < 0.9  # the spectrogram reaches higher


@pytest.mark.slow
@pytest.mark.parametrize("sound", [{"seconds": 0.01}, {"sr": 8000, "channels": 3}, {"seconds": 0.5, "sr": 96000},
                                   {"sr": 1000}])  # fmt: skip
def test_unusual_sound_makes_every_panel(tmp_path: Path, sound: dict[str, Any]) -> None:
    source = write_sound(tmp_path / "a.wav", **sound)
    plot_recording(str(source), full_document(), tmp_path / "a.png", PLOTTED)
    assert pixels(tmp_path / "a.png").shape[1] == 1600


@pytest.mark.slow
def test_hostile_words_and_wrong_types_make_every_panel(tmp_path: Path) -> None:
    document = full_document()
    nasty = "$\\frac{1}$\n\x00\u202e<script>" + "long " * 40
    document["structure"][0]["label"] = document["chords"][0]["label"] = nasty
    document["tonality"] = {
        "key": nasty,
        "alternatives": "x",
        "key_changes": [{"start_s": 0, "end_s": 9, "key": nasty}],
    }
    document["timbre"] = {"label": nasty, "tags": [{"tag": nasty, "confidence": 7.0}], "mfcc": "x", "attack_s": -1.0}
    document["rhythm"]["tempo_curve"] = [{"start_s": "x"}, 3]
    document["spectrum"]["resonances"] = [{"frequency_hz": 500.0, "note": nasty}, 3]
    document["summary"] = {"chords": {"progression": nasty}, "structure": {"form": nasty}, "notes": 3}
    plot_recording(str(write_sound(tmp_path / "a.wav")), document, tmp_path / "a.png", PLOTTED)


def test_a_capability_without_a_picture_is_refused_with_those_that_have_one(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="no picture of 'share'") as refusal:
        plot_recording("none.wav", {}, tmp_path / "a.png", ["share"])
    assert "loudness" in refusal.value.hint


@pytest.mark.slow
def test_no_words_of_a_lane_leave_their_box() -> None:
    """What is written lies within its box, so nothing overlaps."""
    sheet = Sheet(100)
    axes = sheet.axes(10, 30)
    label_time(axes, 0.0, 60.0, labelled=False)
    lengths = [0.3, 0.5, 0.8, 1.3, 2.1, 3.4] * 8
    names = ["C:maj", "F#:min7", "Bb:sus4(b7)", "E:hdim7/b3", "A", "D:min"] * 8
    starts = np.cumsum([0.0, *lengths[:-1]])
    chords = [Stretch(s, s + n, name) for s, n, name in zip(starts, lengths, names, strict=True) if s + n < 60.0]
    draw_chords(axes, chords)
    renderer = sheet.figure.canvas.get_renderer()
    written = [text.get_window_extent(renderer) for text in axes.texts]
    assert len(written) > len(chords) / 4
    for box in written:
        left, right = (axes.transData.inverted().transform((x, 0))[0] for x in (box.x0, box.x1))
        assert any(chord.start_s - 1e-6 <= left and right <= chord.end_s + 1e-6 for chord in chords)


def test_many_chords_are_wrapped_into_lines() -> None:
    def lines(n: int) -> int:
        return harmony_lines({"chords": [{"start_s": i, "end_s": i + 1, "label": "C:maj"} for i in range(n)]})

    assert [lines(n) for n in (0, 10, 40, 150, 5000)] == [1, 1, 2, 5, 10]


@pytest.mark.parametrize("span", [(0.0, 0.0004), (0.0, 2.0), (38.0, 76.0), (0.0, 608.0), (0.0, 36000.0)])
def test_time_ticks_are_few_and_within(span: tuple[float, float]) -> None:
    ticks, words = time_ticks(*span)
    assert 1 <= len(ticks) <= 16
    assert len(set(words)) == len(words) == len(ticks)
    assert span[0] - 1e-6 <= ticks.min()
    assert ticks.max() <= span[1] + 1e-6


def test_words_are_made_smaller_before_they_are_left_out() -> None:
    assert fitting_size("Am7", 200.0, 11.0) == 11.0
    smaller = fitting_size("Am7", 32.0, 11.0)
    assert smaller is not None
    assert 7.0 <= smaller < 11.0
    assert fitting_size("Am7", 10.0, 11.0) is None
    assert shortened("abcdefghij", 5) == "a…ij"


def test_loudness_curve_reads_what_the_meter_measures(tmp_path: Path) -> None:
    source = str(write_sound(tmp_path / "a.wav", channels=2))
    columns = read_columns(source, 8.0)
    with open_audio(source) as audio:
        measured = measure_loudness(np.concatenate(list(audio.blocks())), audio.sr)
    assert measured.short_term_max_lufs is not None
    assert measured.momentary_max_lufs is not None
    assert loudness_curve(columns, 3.0)[1].max() == pytest.approx(measured.short_term_max_lufs, abs=0.15)
    assert loudness_curve(columns, 0.4)[1].max() == pytest.approx(measured.momentary_max_lufs, abs=0.5)


def test_chroma_shows_the_notes_that_sound_and_the_tuning_they_are_in(tmp_path: Path) -> None:
    columns = read_columns(str(write_sound(tmp_path / "a.wav")), 8.0)
    strong = np.sort(np.argsort(chroma_of(columns).mean(axis=0))[-2:])
    assert strong.tolist() == [1, 9]  # C sharp and A
    shifted = chroma_of(columns, tuning_cents=-100.0).mean(axis=0)
    assert np.sort(np.argsort(shifted)[-2:]).tolist() == [2, 10]


def test_band_levels_find_a_tone_at_its_level(tmp_path: Path) -> None:
    import soundfile

    t = np.arange(4 * 44100) / 44100
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(2.0 * math.pi * 1000.0 * t), 44100, subtype="FLOAT")
    f, level = band_levels(read_columns(str(tmp_path / "a.wav"), 4.0))
    loudest = int(level.argmax())
    assert f[loudest] / 1000.0 == pytest.approx(1.0, rel=0.06)
    assert level[loudest] == pytest.approx(-6.0, abs=0.7)
    assert np.median(level) < -60.0


def test_map_of_likeness_shows_what_returns(tmp_path: Path) -> None:
    import soundfile

    t = np.arange(44100 * 2) / 22050
    parts = [np.sin(2.0 * math.pi * f * t) for f in (220.0, 330.0, 220.0, 415.0)]
    soundfile.write(tmp_path / "a.wav", 0.4 * np.concatenate(parts), 22050)
    cells = alike(read_columns(str(tmp_path / "a.wav"), 16.0))
    n = len(cells)
    assert np.allclose(cells, cells.T, atol=1e-5)
    first, second, third = (slice(n * i // 4 + n // 12, n * (i + 1) // 4 - n // 12) for i in range(3))
    assert cells[first, third].mean() > cells[first, second].mean() + 0.5


def test_tempo_curve_comes_from_the_beats_where_none_is_told() -> None:
    t, tempo = tempo_curve({"rhythm": {"beats_s": [0.5 * i for i in range(21)]}}, 10.0)
    assert tempo == pytest.approx(120.0)
    assert len(t) == 13
    assert len(tempo_curve({"rhythm": {"beats_s": [1.0]}}, 10.0)[0]) == 0
    told = tempo_curve(full_document(), 8.0)
    assert told[1].tolist() == [119.0, 121.0]


def test_melody_is_no_line_across_leaps_and_silence() -> None:
    frames = [[0.00, 440.0], [0.01, 441.0], [0.02, 880.0], [0.03, 881.0], [0.04, None], [0.05, 440.0]]
    line = melody_line({"melody_hz": frames})
    assert np.isfinite(line[:, 1]).tolist() == [True, True, False, True, False, True]
    assert line[0, 1] == 69.0
    assert melody_line({}).shape == (0, 2)
