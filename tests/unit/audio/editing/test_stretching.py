"""Stretching and shifting: the tempo to a thousandth of a percent, the pitch to a hundredth of a cent, hits kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grym_synth.audio.editing import stretching
from grym_synth.audio.editing.stretching import shift, stretch
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.errors import MissingDependency

from .sounds import SR, all_of, hits, noise, stream_of, tone

library = pytest.mark.skipif(
    not __import__("importlib.util").util.find_spec("python_stretch"), reason="python-stretch is not installed"
)
PERIOD = 0.5


def frequency(y: FloatArray) -> float:
    """Of a single sine, by the peak of a windowed spectrum and its neighbours."""
    n = 1 << 20
    power = np.log(np.abs(np.fft.rfft(y * np.hanning(len(y)), n)) + 1e-12)
    k = int(power.argmax())
    a, b, c = power[k - 1 : k + 2]
    return float((k + 0.5 * (a - c) / (a - 2 * b + c)) * SR / n)


@library
@pytest.mark.slow
@pytest.mark.parametrize("semitones", [2.0, -0.3, 7.0, -12.0])
@pytest.mark.parametrize("hz", [55.0, 440.0, 3000.0])
def test_a_shift_is_exact_in_pitch_and_in_length(hz: float, semitones: float, tmp_path: Path) -> None:
    y = tone(hz, 4.0)
    out = all_of(shift(stream_of(y, tmp_path), semitones))
    assert out.shape == y.shape
    inner = out[SR:-SR, 0].astype(float)
    assert abs(1200.0 * np.log2(frequency(inner) / (hz * 2.0 ** (semitones / 12.0)))) < 0.1
    assert np.sqrt(2.0 * np.mean(inner**2)) == pytest.approx(0.5, rel=0.02)


@library
@pytest.mark.slow
@pytest.mark.parametrize("values", [6_000_000, 8 * SR])
@pytest.mark.parametrize("times", [1 / 1.05, 1.26, 0.5])
def test_hits_stay_hits_and_come_at_the_new_tempo(
    times: float, values: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretching, "_PART", values)  # in one, and in several parts
    begins = list(np.arange(0.5, 39.0, PERIOD))
    y = hits(begins, 40.0)
    out = all_of(stretch(stream_of(y, tmp_path), times))[:, 0]
    assert len(out) == round(len(y) * times)
    heard, early = [], []
    for begin in begins:
        at = round((begin * times - 0.05) * SR)
        power = np.cumsum(np.square(out[at : at + round(0.1 * SR)], dtype=np.float64))
        heard.append(np.searchsorted(power, 0.05 * power[-1]) / SR - 0.05)
        early.append(power[round(0.046 * SR)] / power[-1])
    slope = np.polyfit(np.array(begins) * times, np.array(begins) * times + heard, 1)[0]
    assert abs(slope - 1.0) < 1e-4
    assert np.abs(heard).max() < 0.006
    assert np.mean(early) < 0.03  # of the energy of a hit lies more than 4 ms before it


@library
@pytest.mark.slow
def test_parts_join_without_a_dip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    y = sum(tone(hz, 40.0, level=0.1) for hz in (110.0, 164.8, 220.0, 277.2, 440.3))
    assert not isinstance(y, int)
    levels = []
    for values in (6_000_000, 8 * SR):
        monkeypatch.setattr(stretching, "_PART", values)
        out = all_of(stretch(stream_of(y, tmp_path), 1.1))[SR:-SR, 0].astype(float)
        power = np.convolve(out**2, np.ones(SR // 20), "valid")
        levels.append(10.0 * np.log10(np.array([power.min(), power.max()]) / np.median(power)))
    assert np.abs(levels[0] - levels[1]).max() < 0.5


@library
@pytest.mark.parametrize("n", [1, 10, 500, 5000])
@pytest.mark.parametrize("times", [0.5, 1.3])
def test_the_shortest_sounds_have_the_right_length(n: int, times: float, tmp_path: Path) -> None:
    assert len(all_of(stretch(stream_of(noise(1.0)[:n], tmp_path), times))) == round(n * times)
    assert len(all_of(shift(stream_of(noise(1.0)[:n], tmp_path), 3.0))) == n


@library
def test_channels_stay_in_step(tmp_path: Path) -> None:
    y = np.repeat(noise(1.0, 1), 2, axis=1)
    out = all_of(stretch(stream_of(y, tmp_path), 1.2))
    assert np.abs(out[:, 0] - out[:, 1]).max() < 1e-4


@pytest.mark.parametrize("change", [lambda s: stretch(s, 1.0), lambda s: shift(s, 0.0)])
def test_nothing_to_change_changes_nothing(change: object, tmp_path: Path) -> None:
    y = noise(0.2)
    assert callable(change)
    assert np.array_equal(all_of(change(stream_of(y, tmp_path))), y)


def test_without_the_library_it_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "python_stretch", None)
    with pytest.raises(MissingDependency, match="python-stretch") as missing:
        all_of(stretch(stream_of(noise(0.2), tmp_path), 1.5))
    assert "pip install" in missing.value.hint
