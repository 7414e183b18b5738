from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from grym_synth.audio.listen import SECTIONS, Heard, Settings, hear
from grym_synth.audio.spectra.frames import ShortSpectraMeter
from grym_synth.errors import BadRequest, UnusableAudio

SR = 44100


def listen(path: Path | str, *sections: str, **settings: Any) -> Heard:
    return hear(str(path), sections or SECTIONS, Settings.read(settings), lambda fraction, message: None)


def values(heard: Heard) -> dict[str, Any]:
    return {item.name: item.value for item in heard.findings if item.rank == 0}


def write(path: Path, y: np.ndarray, sr: int = SR, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, y, sr, subtype=subtype)
    return path


@pytest.mark.slow
def test_one_pass_finds_what_was_put_in(make_loop: Callable[..., Path]) -> None:
    found = values(listen(make_loop(tempo_bpm=96.0, seconds=20.0)))
    assert found["rhythm.tempo_bpm"] == pytest.approx(96.0, abs=0.2)
    assert found["tonality.key"] in ("A minor", "C major")
    assert found["facts.duration_s"] == pytest.approx(20.0)
    assert found["facts.balance_db"] == pytest.approx(20 * np.log10(1 / 0.9), abs=0.01)
    assert -25 < found["loudness.integrated_lufs"] < -8


def test_only_what_was_asked_is_measured(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", 0.1 * np.random.default_rng(1).standard_normal(SR))
    assert {item.name.split(".")[0] for item in listen(path, "facts").findings} == {"facts"}


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", 0.1 * np.random.default_rng(1).standard_normal(12 * SR))
    seen: list[float] = []
    hear(str(path), ("facts",), Settings(), lambda fraction, message: seen.append(fraction))
    assert seen == sorted(seen)
    assert len(seen) >= 3
    assert seen[-1] <= 1.0


@pytest.mark.slow
@pytest.mark.parametrize(("sr", "channels"), [(8000, 1), (384000, 1), (44100, 7)])
def test_unusual_formats_are_heard(tmp_path: Path, sr: int, channels: int) -> None:
    t = np.arange(2 * sr) / sr
    path = write(tmp_path / "a.wav", np.tile(0.5 * np.sin(2 * np.pi * 440 * t)[:, None], channels), sr)
    found = values(listen(path))
    assert found["facts.channels"] == channels
    assert found["spectrum.peaks"][0]["frequency_hz"] == pytest.approx(440.0, abs=0.05)
    assert found["tonality.tuning_cents"] == pytest.approx(0.0, abs=3.0)


def test_silence_leaves_gaps_that_say_why(tmp_path: Path) -> None:
    heard = listen(write(tmp_path / "a.wav", np.zeros(3 * SR)))
    found = values(heard)
    assert found["loudness.integrated_lufs"] is None
    assert found["rhythm.tempo_bpm"] is None
    assert found["tonality.key"] is None
    assert found["facts.silence_s"] == [[0.0, 3.0]]
    assert {gap.section for gap in heard.gaps} == {
        *("facts", "loudness", "rhythm", "tonality", "spectrum", "structure", "timbre")
    }
    assert {gap.code for gap in heard.gaps} == {"unmeasurable"}


def test_one_sample_is_heard(tmp_path: Path) -> None:
    found = values(listen(write(tmp_path / "a.wav", np.array([0.5]))))
    assert found["facts.peak_dbfs"] == pytest.approx(-6.02, abs=0.01)


def test_samples_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    y = 0.1 * np.random.default_rng(1).standard_normal(5 * SR)
    y[100:103] = np.nan
    heard = listen(write(tmp_path / "a.wav", y), "facts", "loudness")
    assert values(heard)["facts.nonfinite_samples"] == 3
    assert [(gap.section, gap.code) for gap in heard.gaps] == [("facts", "partial"), ("loudness", "partial")]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableAudio, match="does not exist"):
        listen(tmp_path / "a.wav")


@pytest.mark.parametrize("n_fft", [256, 2048, 65536])
def test_the_fft_is_read_where_and_as_it_was_asked(tmp_path: Path, n_fft: int) -> None:
    t = np.arange(SR) / SR
    y = np.concatenate([0.5 * np.sin(2 * np.pi * 1000 * t), 0.25 * np.sin(2 * np.pi * 3000 * t)])
    heard = listen(write(tmp_path / "a.wav", y), "spectrum", n_fft=n_fft, window="blackmanharris", start_s=1.0)
    (peaks,) = (item for item in heard.findings if item.name == "spectrum.peaks")
    assert peaks.value[0]["frequency_hz"] == pytest.approx(3000.0, rel=2e-3)
    assert peaks.span_s == (1.0, 1.0 + n_fft / SR)
    assert values(heard)["spectrum.window"] == "blackmanharris"


def test_an_fft_beyond_the_end_is_a_gap_beside_the_other_sections(tmp_path: Path) -> None:
    heard = listen(write(tmp_path / "a.wav", 0.1 * np.ones(SR)), "facts", "spectrum", start_s=9.0)
    assert values(heard)["facts.duration_s"] == 1.0
    (gap,) = heard.gaps
    assert (gap.section, gap.code) == ("spectrum", "bad_request")
    assert "at 9 s, the recording ends at 1.000 s" in gap.reason


@pytest.mark.parametrize(
    "settings",
    [{"n_fft": 8}, {"n_fft": 1 << 21}, {"n_fft": "many"}, {"window": "cosy"}, {"start_s": -1.0}, {"start_s": "now"}],
)
def test_settings_out_of_range_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        Settings.read(settings)


@pytest.mark.slow
def test_gain_and_polarity_change_levels_and_nothing_else(tmp_path: Path, make_loop: Callable[..., Path]) -> None:
    y, _ = soundfile.read(make_loop(seconds=10.0))
    loud = values(listen(write(tmp_path / "loud.wav", y)))
    soft = values(listen(write(tmp_path / "soft.wav", -0.5 * y)))
    for name in ("loudness.integrated_lufs", "loudness.true_peak_dbtp", "facts.rms_dbfs", "facts.peak_dbfs"):
        assert loud[name] - soft[name] == pytest.approx(20 * np.log10(2), abs=1e-3), name
    for name in ("rhythm.tempo_bpm", "tonality.key", "spectrum.centroid_hz", "loudness.plr_db", "facts.balance_db"):
        assert soft[name] == (pytest.approx(loud[name], rel=1e-3) if isinstance(loud[name], float) else loud[name]), (
            name
        )


@pytest.mark.slow
def test_what_is_found_does_not_depend_on_what_else_was_asked(make_loop: Callable[..., Path]) -> None:
    path = make_loop(seconds=10.0)
    together = listen(path).findings
    for section in SECTIONS:
        alone = listen(path, section).findings
        assert alone == tuple(item for item in together if item.name.startswith(f"{section}."))


def test_a_stage_that_two_sections_share_is_computed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    finish = ShortSpectraMeter.finish
    monkeypatch.setattr(ShortSpectraMeter, "finish", lambda self: calls.append(self) or finish(self))  # type: ignore[func-returns-value]
    path = write(tmp_path / "a.wav", 0.1 * np.random.default_rng(1).standard_normal(3 * SR))
    listen(path, "facts", "loudness")
    assert calls == []
    listen(path, "rhythm", "spectrum")
    assert len(calls) == 1
