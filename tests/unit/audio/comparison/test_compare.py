"""Made pairs of recordings: what was done to the second is what comparing finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from grym_synth.audio.comparison.alignment import Alignment, Null
from grym_synth.audio.comparison.compare import Comparison, compare, judge
from grym_synth.audio.comparison.comparison_findings import name_comparison
from grym_synth.audio.comparison.fit import fit_key, fit_tempo, judge_fit
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.spectra.resample import resample
from grym_synth.errors import UnusableAudio
from grym_synth.messages import EVIDENCE_UNITS

SR = 22050
SILENT: Callable[[float, str], None] = lambda done, what: None  # noqa: E731


def song(tempo_bpm: float = 120.0, semitones: int = 0, *, seconds: float = 16.0, sr: int = SR) -> FloatArray:
    """Kick, snare and hats under C, F, G and C major triads with a bass, shape (n, 2)."""
    rng = np.random.default_rng(7)
    y = np.zeros((round(seconds * sr), 2))
    t = np.arange(round(0.4 * sr)) / sr
    beat = 60.0 / tempo_bpm
    hits = {
        "kick": 0.8 * np.sin(2 * np.pi * (50.0 * t + 3.0 * (1.0 - np.exp(-30.0 * t)))) * np.exp(-12.0 * t),
        "snare": 0.3 * rng.standard_normal(len(t)) * np.exp(-18.0 * t),
        "hat": 0.1 * np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-60.0 * t),
    }

    def add(sound: FloatArray, at_s: float, left: float = 0.5, right: float = 0.5) -> None:
        start = round(at_s * sr)
        part = sound[: max(0, len(y) - start)]
        y[start : start + len(part)] += np.outer(part, (left, right))

    for k in range(int(seconds / beat)):
        add(hits["kick" if k % 2 == 0 else "snare"], k * beat)
        for half in (0.0, 0.5):
            add(hits["hat"], (k + half) * beat, 0.3, 0.7)
        root = (60, 65, 67, 60)[k // 4 % 4] + semitones
        for note in (root, root + 4, root + 7, root - 24):
            f = 440.0 * 2.0 ** ((note - 69) / 12.0)
            tone = sum(np.sin(2 * np.pi * f * partial * t) / partial for partial in range(1, 6))
            add(0.12 * tone * np.exp(-3.0 * t), k * beat, 0.6, 0.4)
    return 0.5 * y


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("songs") / "original.wav", song())


def write(path: Path, y: FloatArray, sr: int = SR) -> Path:
    soundfile.write(path, y, sr, subtype="FLOAT")
    return path


def against(original: Path, folder: Path, y: FloatArray, sr: int = SR) -> Comparison:
    return compare(str(original), str(write(folder / "other.wav", y, sr)), SILENT)


@pytest.mark.slow
def test_a_copy_is_identical(original: Path, tmp_path: Path) -> None:
    found = against(original, tmp_path, song())
    assert found.verdict == "identical"
    assert found.fit == "fits as it is"
    assert found.loudness_difference_lu == 0.0
    assert found.bands_db is not None
    assert set(found.bands_db.values()) == {0.0}
    assert found.masking is None


@pytest.mark.slow
def test_3_db_less_is_3_lu_less_and_the_same_at_equal_loudness(original: Path, tmp_path: Path) -> None:
    found = against(original, tmp_path, 10.0 ** (-3.0 / 20.0) * song())
    assert found.verdict == "same audio, at another level"
    assert found.loudness_difference_lu == pytest.approx(-3.0, abs=1e-3)
    assert found.true_peak_difference_db == pytest.approx(-3.0, abs=1e-3)
    assert found.plr_difference_db == pytest.approx(0.0, abs=1e-3)
    assert found.range_difference_lu == pytest.approx(0.0, abs=1e-3)
    assert found.bands_db is not None
    assert max(abs(level or 0.0) for level in found.bands_db.values()) < 0.01
    assert found.null is not None
    assert found.null.gain_db == pytest.approx(-3.0, abs=1e-4)


@pytest.mark.slow
def test_a_delay_of_123_samples_is_found(original: Path, tmp_path: Path) -> None:
    found = against(original, tmp_path, np.concatenate([np.zeros((123, 2)), song()]))
    assert found.verdict == "same audio, moved in time"
    assert found.alignment is not None
    assert found.alignment.lag_s == pytest.approx(123 / SR, abs=1e-7)


@pytest.mark.slow
def test_a_copy_upside_down_is_told(original: Path, tmp_path: Path) -> None:
    found = against(original, tmp_path, -song())
    assert found.verdict == "same audio, inverted"
    labels = {each.name: each.value for each in name_comparison(found, ("a", "b"))}
    assert labels["compare.polarity"] == "inverted"


@pytest.mark.slow
def test_a_shelf_shows_in_its_bands_and_leaves_a_residual(original: Path, tmp_path: Path) -> None:
    y = song()
    spectrum = np.fft.rfft(y, axis=0)
    lifted = np.where(np.fft.rfftfreq(len(y), 1.0 / SR)[:, None] >= 2000.0, 2.0 * spectrum, spectrum)
    found = against(original, tmp_path, np.fft.irfft(lifted, len(y), axis=0))
    assert found.verdict.startswith("same audio, processed or coded differently")
    bands = found.bands_db
    assert bands is not None
    low = bands["bass"]
    assert low is not None
    for name in ("high_mid", "presence", "brilliance"):
        assert bands[name] == pytest.approx(low + 6.02, abs=0.3)
    assert bands["mid"] == pytest.approx(low, abs=0.3)
    assert found.null is not None
    assert -40.0 < found.null.residual_db < -6.0


@pytest.mark.slow
def test_another_rate_and_mono_are_told_apart_from_another_sound(original: Path, tmp_path: Path) -> None:
    y = song()
    slower = np.stack([resample(column, SR, 16000) for column in y.T], axis=1)
    found = against(original, tmp_path, slower, 16000)
    assert found.verdict == "same audio, at another sample rate"
    assert found.bands_db is not None
    assert found.bands_db["presence"] is not None
    assert against(original, tmp_path, y.mean(axis=1, keepdims=True)).verdict == "same audio, with other channels"


@pytest.mark.slow
def test_bands_that_a_rate_cannot_hold_are_not_compared(original: Path, tmp_path: Path) -> None:
    y = np.stack([resample(column, SR, 8000) for column in song().T], axis=1)
    bands = against(original, tmp_path, y, 8000).bands_db
    assert bands is not None
    assert bands["presence"] is None
    assert bands["brilliance"] is None
    assert bands["mid"] == pytest.approx(0.0, abs=1.5)


@pytest.mark.slow
def test_a_transposed_and_faster_song_fits_after_stretch_and_shift(original: Path, tmp_path: Path) -> None:
    found = against(original, tmp_path, song(126.0, 3))
    assert found.verdict == "different"
    assert found.alignment is None
    assert found.tempo is not None
    assert found.tempo.stretch_percent == pytest.approx(100.0 * (120.0 / 126.0 - 1.0), abs=0.3)
    assert found.key is not None
    assert found.key.shift_semitones == -3
    assert found.fit == "fits with a small stretch and a shift of pitch"
    assert found.masking is not None


@pytest.mark.slow
@pytest.mark.parametrize("silent_first", [True, False])
def test_silence_leaves_gaps_and_no_numbers(original: Path, tmp_path: Path, silent_first: bool) -> None:
    silence = write(tmp_path / "silence.wav", np.zeros((2 * SR, 1)))
    pair = (str(silence), str(original)) if silent_first else (str(original), str(silence))
    found = compare(*pair, SILENT)
    assert found.verdict == "different"
    assert found.loudness_difference_lu is None
    assert found.bands_db is None
    assert found.tempo is None
    assert found.masking == ()
    which = "first" if silent_first else "second"
    assert f"their loudness and balance cannot be compared: the {which} has none" in [gap.reason for gap in found.gaps]


def test_very_short_files_are_compared_without_complaint(tmp_path: Path) -> None:
    y = song(seconds=0.5)
    for n in (1, 50, 2205):
        a, b = write(tmp_path / "a.wav", y[:n]), write(tmp_path / "b.wav", 0.5 * y[:n])
        assert compare(str(a), str(b), SILENT).verdict in ("different", "same audio, at another level")


def test_a_file_that_is_not_there_is_an_error_that_names_it(original: Path, tmp_path: Path) -> None:
    with pytest.raises(UnusableAudio, match=r"missing\.wav"):
        compare(str(tmp_path / "missing.wav"), str(original), SILENT)


@pytest.mark.slow
def test_progress_rises_to_one(original: Path) -> None:
    told: list[float] = []
    compare(str(original), str(original), lambda done, what: told.append(done))
    assert told == sorted(told)
    assert 0.9 <= told[-1] <= 1.0


@pytest.mark.slow
def test_every_finding_has_a_known_kind_and_names_the_subjects(original: Path, tmp_path: Path) -> None:
    found = against(original, tmp_path, song(126.0, 3))
    findings = list(name_comparison(found, ("first.wav", "second.wav")))
    assert all(each.kind in EVIDENCE_UNITS for each in findings)
    assert all(0.0 <= each.confidence <= 1.0 for each in findings)
    names = {each.name for each in findings}
    assert {"compare.bands_db", "compare.stretch_percent", "compare.key_relation", "compare.verdict"} <= names
    masking = next(each.value for each in findings if each.name == "compare.masking")
    assert {item["masked"] for item in masking} <= {"first.wav", "second.wav"}


@pytest.mark.parametrize(
    ("lag_s", "null", "formats", "verdict"),
    [
        (0.0, Null(0.0, False, -144.0, 9.0, True), (), "identical"),
        (0.0, Null(0.0, False, -144.0, 9.0, True), ("of another length",), "same audio, of another length"),
        (0.0, Null(0.0, False, -90.0, 9.0, False), (), "same audio"),
        (0.1, Null(-2.0, True, -90.0, 9.0, False), (), "same audio, at another level, inverted, moved in time"),
        (0.0, Null(0.05, False, -20.0, 9.0, False), (), "same audio, processed or coded differently"),
        (0.0, Null(0.0, False, -3.0, 9.0, False), (), "some of the same audio"),
    ],
)
def test_the_verdict_says_what_was_done(lag_s: float, null: Null, formats: tuple[str, ...], verdict: str) -> None:
    assert judge(Alignment(lag_s, 0.9), null, formats) == verdict


def test_without_a_shared_place_they_are_different() -> None:
    assert judge(None, None) == "different"
    assert judge(Alignment(0.0, 0.9), None) == "different"


@pytest.mark.parametrize(
    ("tempi", "keys", "fit"),
    [
        ((120.0, 120.0), ("C major", "A minor"), "fits as it is"),
        ((120.0, 60.0), None, "fits as it is"),
        ((120.0, 124.0), ("C major", "G major"), "fits with a small stretch"),
        ((120.0, 135.0), ("C major", "C# major"), "fits with a clear stretch and a shift of pitch"),
        (None, ("C major", "C# major"), "fits with a shift of pitch"),
        ((100.0, 140.0), None, "hard to fit"),
        (None, None, None),
    ],
)
def test_the_fit_says_what_is_needed(
    tempi: tuple[float, float] | None, keys: tuple[str, str] | None, fit: str | None
) -> None:
    assert judge_fit(fit_tempo(*tempi) if tempi else None, fit_key(*keys) if keys else None) == fit
