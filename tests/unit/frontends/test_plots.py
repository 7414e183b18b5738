"""The picture of a recording: what it reads from the sound, what it says, and what must not break it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from grym_synth.errors import BadRequest, UnusableAudio
from grym_synth.frontends.drawing.lanes import thinned
from grym_synth.frontends.drawing.overview import headline
from grym_synth.frontends.drawing.sheet import drawable_text
from grym_synth.frontends.plot_columns import F_MAX, F_MIN, log_rows, read_columns
from grym_synth.frontends.plots import plot_recording

SR = 44100
SECTION = {
    "duration_s": 2.0,
    "rhythm": {"tempo_bpm": 120.0, "beats_s": [0.0, 0.5, 1.0, 1.5], "downbeats_s": [0.0], "onsets_s": [0.0, 0.25, 0.5]},
    "tonality": {"key": "A minor", "camelot": "8A"},
    "loudness": {"integrated_lufs": -14.04, "range_lu": 6.2, "true_peak_dbtp": -0.8},
    "spectrum": {"hum_hz": 50.0},
}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def write(y: np.ndarray, sr: int = SR, name: str | bytes = "sound.wav") -> str:
        path = os.path.join(os.fsencode(tmp_path), os.fsencode(name))  # noqa: PTH118 (names that are no valid text)
        with open(path, "wb") as file:  # noqa: PTH123
            soundfile.write(file, y, sr, subtype="FLOAT", format="WAV")
        return os.fsdecode(path)

    return write


def tone(seconds: float, frequency_hz: float = 440.0, level_db: float = -6.0, sr: int = SR) -> np.ndarray:
    t = np.arange(round(seconds * sr)) / sr
    return np.asarray(10 ** (level_db / 20) * np.sin(2 * np.pi * frequency_hz * t))


def pixels(path: Path) -> np.ndarray:
    from matplotlib.image import imread

    return np.asarray(imread(path))[:, :, :3]


@pytest.mark.slow
def test_picture_is_a_png_of_the_promised_size_and_leaves_nothing_else(
    write: Callable[..., str], tmp_path: Path
) -> None:
    path = write(np.stack([tone(2.0), tone(2.0, 660.0)], axis=1))
    out = tmp_path / "picture.png"
    plot_recording(path, SECTION, out)
    assert pixels(out).shape == (900, 1600, 3)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["picture.png", "sound.wav"]


@pytest.mark.slow
def test_spectrogram_is_bright_at_the_tone_and_dark_elsewhere(write: Callable[..., str], tmp_path: Path) -> None:
    out = tmp_path / "picture.png"
    plot_recording(write(tone(2.0, 1000.0)), {"duration_s": 2.0}, out)
    image = pixels(out)
    bottom, height = 900 * (1 - 0.065), 900 * 0.432
    share = np.log(1000 / F_MIN) / np.log(F_MAX / F_MIN)
    row = round(bottom - share * height)
    column = image[round(bottom - height) + 5 : round(bottom) - 5, 800].sum(axis=1)
    brightest = int(np.argmax(column)) + round(bottom - height) + 5
    assert abs(brightest - row) <= 4
    assert column.max() > 2.0
    assert np.median(column) < 0.3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("y", "sr"),
    [
        (np.zeros(SR), SR),
        (np.array([0.5]), SR),
        (np.outer(tone(1.0, 300.0, sr=8000), np.arange(1, 8) / 8), 8000),
        (tone(0.3, 1000.0, sr=384000), 384000),
        (3.0 * tone(0.5), SR),
        (np.outer(tone(0.1), np.ones(40)), SR),
        (tone(0.5, 100.0, sr=1000), 1000),
    ],
    ids=["silence", "one sample", "7 channels at 8 kHz", "384 kHz", "beyond full scale", "40 channels", "1 kHz"],
)
def test_unusual_sound_makes_a_picture(write: Callable[..., str], tmp_path: Path, y: np.ndarray, sr: int) -> None:
    out = tmp_path / "picture.png"
    plot_recording(write(y, sr), SECTION, out)
    assert pixels(out).shape == (900, 1600, 3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "two\nlines\t.wav",
        "piano 🎹🏳️‍🌈 日本.wav",
        "$\\frac{1}{$ ^_%&#~.wav",
        b"not \xff\xfe text.wav",
        "long " * 45 + ".wav",
        "שלום عربي.wav",
    ],
)
def test_odd_names_are_drawn_without_a_warning(write: Callable[..., str], tmp_path: Path, name: str | bytes) -> None:
    out = tmp_path / "picture.png"
    plot_recording(write(tone(0.1), name=name), {}, out)
    assert out.stat().st_size > 10_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "section",
    [
        {},
        {"rhythm": None, "tonality": None, "loudness": None, "spectrum": None, "duration_s": None},
        {
            "rhythm": {
                "tempo_bpm": None,
                "beats_s": None,
                "onsets_s": [None, "x", float("nan"), 0.1],
                "downbeats_s": [],
            },
            "tonality": {"key": None, "camelot": "8A"},
            "loudness": {"integrated_lufs": float("-inf"), "range_lu": True},
            "spectrum": {"hum_hz": 1e9},
        },
        {
            "rhythm": {"beats_s": [0.1], "downbeats_s": [5.0, 0.1, -3.0], "onsets_s": [99.0]},
            "tonality": {"key": "$x" * 50},
        },
    ],
)
def test_whatever_is_missing_is_left_out(write: Callable[..., str], tmp_path: Path, section: dict[str, Any]) -> None:
    out = tmp_path / "picture.png"
    plot_recording(write(tone(0.2)), section, out)
    assert out.exists()


def test_headline_rounds_and_says_a_dash_for_what_is_not_known() -> None:
    assert headline(SECTION) == [
        ("tempo", "120.0 BPM"),
        ("key", "A minor (8A)"),
        ("loudness", "−14.0 LUFS"),
        ("loudness range", "6.2 LU"),
        ("true peak", "−0.8 dBTP"),
    ]
    assert [value for _, value in headline({"loudness": {"integrated_lufs": float("nan")}})] == ["–"] * 5


def test_unwritable_places_are_refused_with_a_sentence(write: Callable[..., str], tmp_path: Path) -> None:
    path = write(tone(0.1))
    with pytest.raises(BadRequest, match="does not exist"):
        plot_recording(path, {}, tmp_path / "nowhere" / "picture.png")
    with pytest.raises(BadRequest, match="is a folder"):
        plot_recording(path, {}, tmp_path)


@pytest.mark.slow
def test_failed_write_keeps_the_old_picture_and_leaves_no_rest(
    write: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, out = write(tone(0.1)), tmp_path / "picture.png"
    out.write_bytes(b"\x89PNG\r\n\x1a\n....tEXtSoftware\x00grym-synth....old")

    def full_disk(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(BadRequest, match="No space left on device"):
        plot_recording(path, {}, out)
    assert out.read_bytes().endswith(b"old")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["picture.png", "sound.wav"]


def test_missing_recording_is_unusable_audio(tmp_path: Path) -> None:
    with pytest.raises(UnusableAudio):
        plot_recording(str(tmp_path / "none.wav"), {}, tmp_path / "picture.png")


def test_envelope_keeps_every_extreme_however_often_it_narrows(write: Callable[..., str]) -> None:
    n = 40 * 8000 + 123
    y = np.random.default_rng(3).uniform(-0.1, 0.1, (n, 2)).astype(np.float32)
    spikes = np.linspace(5, n - 1, 57).astype(int)
    y[spikes, 0], y[spikes, 1] = 0.9, -0.8
    columns = read_columns(write(y, 8000))
    step = round(columns.envelope_step * 8000)
    assert 1000 <= len(columns.low) <= 3000
    assert len(columns.low) == -(-n // step)
    assert set(np.flatnonzero(columns.high[:, 0] > 0.5)) == set(spikes // step)
    assert set(np.flatnonzero(columns.low[:, 1] < -0.5)) == set(spikes // step)
    assert columns.duration == pytest.approx(n / 8000)


def test_clipping_is_a_run_of_three_also_across_blocks(write: Callable[..., str]) -> None:
    y = np.zeros((11 * 8000, 2), np.float32)
    y[100:102, 0] = 1.0  # two: a loud peak, no clipping
    y[79998:80001, 1] = -1.0  # three, across the end of the first block of 10 s
    columns = read_columns(write(y, 8000))
    step = round(columns.envelope_step * 8000)
    assert not columns.clipped[:, 0].any()
    assert list(np.flatnonzero(columns.clipped[:, 1])) == [80000 // step]


@pytest.mark.parametrize("frequency_hz", [50.0, 1000.0, 9000.0])
def test_full_scale_sine_reads_0_db_at_its_row(write: Callable[..., str], frequency_hz: float) -> None:
    columns = read_columns(write(tone(12.0, frequency_hz, level_db=0.0)))
    level = log_rows(columns.power, columns.bin_hz, 30.0, 16000.0)
    middle = level[len(level) // 2]
    edges = np.geomspace(30.0, 16000.0, level.shape[1] + 1)
    loudest = int(np.argmax(middle))
    assert edges[loudest] - columns.bin_hz / 2 <= frequency_hz <= edges[loudest + 1] + columns.bin_hz / 2
    assert middle[loudest] == pytest.approx(0.0, abs=1.5)  # the Hann window loses up to 1.4 dB between bins
    assert len(columns.power) * columns.power_step == pytest.approx(12.0, rel=0.02)


def test_opposite_channels_do_not_cancel_in_the_spectrogram(write: Callable[..., str]) -> None:
    y = tone(1.0)
    columns = read_columns(write(np.stack([y, -y], axis=1)), 1.0)
    assert columns.power.max() == pytest.approx(0.25, rel=0.1)


def test_beats_thin_out_by_powers_of_two() -> None:
    loop = np.arange(4) * 0.5
    assert thinned(loop, 2.0)[1] == 1
    beats = np.arange(378) / 2.1
    shown, every = thinned(beats, 180.0)
    assert every == 4
    assert np.array_equal(shown, beats[::4])
    crowded, every = thinned(np.arange(378) / 210.0, 180.0)  # all of them in the first 1 % of the picture
    assert every >= 32
    assert len(crowded) >= 1


def test_printable_keeps_what_fonts_have_and_boxes_the_rest() -> None:
    assert drawable_text("Größe $5 „Œuvre“.wav") == "Größe $5 „Œuvre“.wav"
    assert drawable_text("a\nb\x00c") == "a b c"
    assert drawable_text("x\udcff") == "x□"
    assert drawable_text("\n") == "–"
