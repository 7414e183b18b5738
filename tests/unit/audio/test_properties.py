"""What must not change an answer does not, and what must change it does so by the right amount: through real files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from grym_synth.audio.listen import SECTIONS, Settings, hear

SECONDS, TEMPO = 12.0, 100.0
#: Kinds of evidence that are levels, and findings that are times.
LEVELS = ("level", "loudness", "true_peak")
TIMES = ("rhythm.beats_s", "rhythm.onsets_s")

pytestmark = pytest.mark.slow


def make_music(sr: int) -> np.ndarray:
    """Drums, bass and chords in C major, shape (n, 2), the same sound at every sample rate."""
    n = round(SECONDS * sr)
    y = np.zeros((n, 2))

    def add(
        start_s: float, length_s: float, sound: Callable[[np.ndarray], np.ndarray], left: float, right: float
    ) -> None:
        first = round(start_s * sr)
        t = np.arange(min(round(length_s * sr), n - first)) / sr
        fade = np.minimum(1.0, (length_s - t) / 0.01).clip(0.0)
        y[first : first + len(t)] += (sound(t) * fade)[:, None] * (left, right)

    def hiss(decay: float, seed: int) -> Callable[[np.ndarray], np.ndarray]:
        """Many partials of random phase below 8 kHz: noise that does not depend on the sample rate."""
        rng = np.random.default_rng(seed)
        hz, phase = rng.uniform(1500.0, 8000.0, 60), rng.uniform(0.0, 6.3, 60)
        return lambda t: 0.1 * np.exp(-t / decay) * np.sin(2 * np.pi * hz[:, None] * t + phase[:, None]).sum(axis=0)

    def kick(t: np.ndarray) -> np.ndarray:
        return np.asarray(np.exp(-t / 0.08) * np.sin(2 * np.pi * (50.0 * t - 4.0 * np.exp(-t / 0.03))))

    def note(midi: int, decay: float) -> Callable[[np.ndarray], np.ndarray]:
        hz = 440.0 * 2.0 ** ((midi - 69) / 12.0)
        return lambda t: np.asarray(
            np.minimum(1.0, t / 0.005)
            * np.exp(-t / decay)
            * sum(np.sin(2 * np.pi * h * hz * t) / h**1.5 for h in range(1, 7))
        )

    beat = 60.0 / TEMPO
    chords = [(48, 52, 55), (53, 57, 60), (55, 59, 62), (48, 52, 55)]
    for i in range(int(SECONDS / beat) - 1):
        at, chord = 0.25 + i * beat, chords[i // 4 % 4]
        add(at, 0.3, kick if i % 2 == 0 else hiss(0.07, i % 4), 0.30, 0.30)
        add(at + beat / 2, 0.1, hiss(0.02, 9), 0.08, 0.14)
        add(at, beat * 0.9, note(chord[0] - 12, 0.4), 0.12, 0.12)
        if i % 4 == 0:
            for midi in chord:
                add(at, min(beat * 4, SECONDS - at), note(midi + 12, 1.5), 0.07, 0.04)
    return 0.5 * y


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    return make_music(44100)


@pytest.fixture(scope="module")
def heard(music: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return listen(tmp_path_factory.mktemp("plain") / "a.wav", music)


def listen(path: Path, y: np.ndarray, sr: int = 44100, subtype: str = "FLOAT") -> dict[str, Any]:
    """Likeliest values by name; levels are told by their names from here on."""
    soundfile.write(path, y, sr, subtype=subtype)
    found = hear(str(path), SECTIONS, Settings(), lambda fraction, message: None).findings
    for item in found:
        KINDS[item.name] = item.kind
    return {item.name: item.value for item in found if item.rank == 0}


KINDS: dict[str, str] = {}


def agree(a: Any, b: Any, rel: float, absolute: float) -> bool:
    """Whether two values are alike, down through lists and dictionaries."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(agree(a[key], b[key], rel, absolute) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(agree(x, y, rel, absolute) for x, y in zip(a, b, strict=True))
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) <= absolute + rel * abs(a)
    return bool(a == b)


def shifted(value: Any, by: float) -> Any:
    if isinstance(value, list | tuple):
        return [shifted(item, by) for item in value]
    return value + by if isinstance(value, float) else value


def louder(name: str, value: Any, gain: float) -> Any:
    """What a finding must be when the sound is so many times as strong."""
    db = 20.0 * float(np.log10(gain))
    if name == "facts.dc_offset_percent":
        return gain * value
    if KINDS[name] in LEVELS:
        return shifted(value, db)
    if name == "spectrum.peaks":
        return [{**peak, "level_dbfs": peak["level_dbfs"] + db} for peak in value]
    return value


def test_the_music_is_understood(heard: dict[str, Any]) -> None:
    assert heard["rhythm.tempo_bpm"] == pytest.approx(TEMPO, rel=2e-3)
    assert heard["tonality.key"] == "C major"
    assert heard["facts.clipped_samples"] == 0


@pytest.mark.parametrize("gain", [2.0, 0.5, 0.25])
def test_gain_moves_every_level_and_nothing_else(
    gain: float, music: np.ndarray, heard: dict[str, Any], tmp_path: Path
) -> None:
    other = listen(tmp_path / "a.wav", gain * music)
    assert other.keys() == heard.keys()
    assert [name for name in heard if not agree(louder(name, heard[name], gain), other[name], 1e-4, 1e-4)] == []


def test_polarity_changes_nothing(music: np.ndarray, heard: dict[str, Any], tmp_path: Path) -> None:
    other = listen(tmp_path / "a.wav", -music)
    assert [name for name in heard if not agree(heard[name], other[name], 1e-6, 1e-6)] == []


def test_swapping_the_channels_turns_the_balance_and_nothing_else(
    music: np.ndarray, heard: dict[str, Any], tmp_path: Path
) -> None:
    other = listen(tmp_path / "a.wav", music[:, ::-1])
    assert abs(heard["facts.balance_db"]) > 0.1
    expected = heard | {
        "facts.balance_db": -heard["facts.balance_db"],
        "facts.channel_levels_dbfs": heard["facts.channel_levels_dbfs"][::-1],
    }
    assert [name for name in expected if not agree(expected[name], other[name], 1e-6, 1e-6)] == []


def test_leading_silence_moves_every_time_by_its_length(
    music: np.ndarray, heard: dict[str, Any], tmp_path: Path
) -> None:
    other = listen(tmp_path / "a.wav", np.concatenate([np.zeros((44100, 2)), music]))
    for name in ("tonality.key", "facts.peak_dbfs", "loudness.true_peak_dbtp", "loudness.momentary_max_lufs"):
        assert agree(heard[name], other[name], 1e-4, 1e-3), name
    assert other["rhythm.tempo_bpm"] == pytest.approx(heard["rhythm.tempo_bpm"], rel=1e-3)
    assert np.array(other["rhythm.onsets_s"]) == pytest.approx(np.array(heard["rhythm.onsets_s"]) + 1.0, abs=1e-3)
    # The first beat may be one that nothing is heard at: before the silence there was no room for it.
    first = heard["rhythm.onsets_s"][0]
    beats = [beat for beat in heard["rhythm.beats_s"] if beat > first - 0.05]
    later = [beat for beat in other["rhythm.beats_s"] if beat > first + 0.95]
    assert np.array(later) == pytest.approx(np.array(beats) + 1.0, abs=1e-3)


@pytest.mark.parametrize("sr", [22050, 48000, 96000])
def test_the_sample_rate_changes_little(sr: int, heard: dict[str, Any], tmp_path: Path) -> None:
    """Tempo within 0.1 %, times within 3 ms (5 without what lies above 11 kHz), levels within 0.05 dB (peaks 0.1)."""
    other = listen(tmp_path / "a.wav", make_music(sr), sr)
    assert other["tonality.key"] == heard["tonality.key"]
    assert other["rhythm.tempo_bpm"] == pytest.approx(heard["rhythm.tempo_bpm"], rel=1e-3)
    assert other["rhythm.beat_count"] == heard["rhythm.beat_count"]
    for name in TIMES:
        assert np.array(other[name]) == pytest.approx(np.array(heard[name]), abs=3e-3 if sr > 40000 else 5e-3), name
    for name in (
        "facts.rms_dbfs",
        "loudness.integrated_lufs",
        "loudness.momentary_max_lufs",
        "loudness.range_lu",
    ):
        assert other[name] == pytest.approx(heard[name], abs=0.05), name
    assert other["loudness.true_peak_dbtp"] == pytest.approx(heard["loudness.true_peak_dbtp"], abs=0.1)
    assert other["tonality.tuning_cents"] == pytest.approx(heard["tonality.tuning_cents"], abs=0.5)
    assert other["spectrum.centroid_hz"] == pytest.approx(heard["spectrum.centroid_hz"], rel=0.01)


@pytest.mark.parametrize(
    ("name", "subtype"),
    [("a.wav", "PCM_16"), ("a.wav", "PCM_24"), ("a.flac", "PCM_16"), ("a.flac", "PCM_24"), ("a.aiff", "PCM_24")],
)
def test_the_container_changes_nothing_but_what_its_header_says(
    name: str, subtype: str, music: np.ndarray, heard: dict[str, Any], tmp_path: Path
) -> None:
    """Rounding to 16 bits moves levels by less than 0.001 dB; the faintest partials are left out of the comparison."""
    other = listen(tmp_path / name, music, subtype=subtype)
    assert other["facts.dc_offset_percent"] == pytest.approx(heard["facts.dc_offset_percent"], abs=2e-3)
    header = {"facts.container", "facts.codec", "facts.bit_depth", "facts.tags"}
    alike = heard.keys() - header - {"facts.dc_offset_percent", "spectrum.peaks", "spectrum.resonances"}
    assert [each for each in sorted(alike) if not agree(heard[each], other[each], 1e-3, 1e-3)] == []
    for peak, expected in zip(other["spectrum.peaks"][:5], heard["spectrum.peaks"][:5], strict=True):
        assert agree(expected, peak, 1e-4, 0.05)
