"""Two recordings side by side: what differs at equal loudness, whether they fit, mask each other, or are the same.

The second is held against the first: every difference is its value minus that of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..decoding.files import open_audio
from ..findings import Finding, Unheard
from ..listen import Settings, hear
from ..spectra.frames import FloatArray
from ..spectra.resample import resample
from ..spectrum.peaks import BANDS_HZ
from .alignment import Alignment, Null, SketchMeter, find_lag, null_test, refine_lag
from .fit import KeyFit, TempoFit, fit_key, fit_tempo, judge_fit
from .masking import BandLevels, BandLevelsMeter, Masked, band_weights, find_masking

_SECTIONS = ("facts", "loudness", "rhythm", "tonality")
_BLOCK_S = 1.6
_RANGE_DB = 80.0  # a band this far below the whole holds nothing
_WIDEST_DB = 60.0  # a greater difference of bands is not told
_NULL_DB, _LIKE_DB = -50.0, -6.0  # residuals: the same to the ear; still the same performance
_SAME_GAIN_DB = {False: 0.01, True: 0.1}  # when they null; when they do not, so that the gain is less sure
_SAME_TIME_S, _SAME_LENGTH_S = 5e-6, 0.1

Progress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of one recording by itself.

    found : the findings of `listen` by name, without their alternatives
    sketch : mono at the low rate `sketch_rate`, for the search of the lag
    """

    path: str
    found: Mapping[str, Finding]
    gaps: tuple[Unheard, ...]
    bands: BandLevels
    sketch: FloatArray
    sketch_rate: int

    def number(self, name: str) -> float | None:
        """The value of a finding; None when it is missing or null."""
        finding = self.found.get(name)
        return None if finding is None or finding.value is None else float(finding.value)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The second recording held against the first; None where it cannot be told.

    bands_db : for each band of BANDS_HZ, at equal loudness; None for a band that one of them cannot hold
    correlation_difference : of left and right; the wider image has the smaller correlation
    tempo_confidence, key_confidence : 0..1, that both tempi, both keys are right
    masking : None as well where both are the same sound, of which nobody plays two at once
    """

    loudness_difference_lu: float | None
    range_difference_lu: float | None
    true_peak_difference_db: float | None
    plr_difference_db: float | None
    correlation_difference: float | None
    bands_db: Mapping[str, float | None] | None
    tempo: TempoFit | None
    tempo_confidence: float
    key: KeyFit | None
    key_confidence: float
    tuning_difference_cents: float | None
    alignment: Alignment | None
    null: Null | None
    masking: tuple[Masked, ...] | None
    verdict: str
    fit: str | None
    gaps: tuple[Unheard, ...]


def compare(path_a: str, path_b: str, progress: Progress) -> Comparison:
    """Hold the recording at `path_b` against that at `path_a`.

    Raises
    ------
    UnusableAudio, MissingDependency
        One of them cannot be listened to; the message says which and why.
    """
    a = profile(path_a, lambda done, what: progress(0.45 * done, what))
    b = profile(path_b, lambda done, what: progress(0.45 + 0.45 * done, what))
    return compare_profiles(a, b, lambda done, what: progress(0.9 + 0.1 * done, what))


def profile(path: str, progress: Progress) -> Profile:
    """Listen to one recording for what comparing it needs; raises as `compare` does."""
    heard = hear(path, _SECTIONS, Settings(), lambda done, what: progress(0.7 * done, what))
    with open_audio(path) as audio:
        bands, sketch = BandLevelsMeter(audio.sr, audio.channels), SketchMeter(audio.sr)
        for block in audio.blocks(_BLOCK_S):
            bands.feed(block)
            sketch.feed(block.mean(axis=1, dtype=np.float32))
            progress(0.7 + 0.3 * min(1.0, audio.frames_read / (audio.header.frames_declared or audio.frames_read)), "")
        found = {finding.name: finding for finding in heard.findings if finding.rank == 0}
        gaps = tuple(gap for gap in heard.gaps if gap.code == "partial")
        return Profile(path, found, gaps, bands.finish(), sketch.finish(), sketch.rate)


def compare_profiles(a: Profile, b: Profile, progress: Progress) -> Comparison:
    """Hold `b` against `a`. Both files are read once more where they turn out to hold the same sound."""
    alignment, null = _align(a, b)
    progress(0.8, "comparing")
    # The same performance has one tempo and one key, even where an excerpt or an equaliser made them read otherwise.
    same = is_same_audio(null)
    tempo, key = _tempo(a, a if same else b), _key(a, a if same else b)
    loudness = _difference(a, b, "loudness.integrated_lufs")
    return Comparison(
        loudness_difference_lu=loudness,
        range_difference_lu=_difference(a, b, "loudness.range_lu"),
        true_peak_difference_db=_difference(a, b, "loudness.true_peak_dbtp"),
        plr_difference_db=_difference(a, b, "loudness.plr_db"),
        correlation_difference=_difference(a, b, "facts.correlation"),
        bands_db=None if loudness is None else level_matched_bands(a.bands, b.bands, loudness),
        tempo=tempo,
        tempo_confidence=_both(a, a if same else b, "rhythm.tempo_bpm"),
        key=key,
        key_confidence=_both(a, a if same else b, "tonality.key"),
        tuning_difference_cents=_difference(a, b, "tonality.tuning_cents"),
        alignment=alignment,
        null=null,
        masking=None if same else find_masking(a.bands, b.bands),
        verdict=judge(alignment, null, _formats(a, b)),
        fit=judge_fit(tempo, key),
        gaps=tuple(_gaps(a, b)),
    )


def level_matched_bands(a: BandLevels, b: BandLevels, loudness_lu: float) -> dict[str, float | None]:
    """How much more of each band of BANDS_HZ `b` has once it is as loud as `a`, in dB, at most 60 either way."""
    found: dict[str, float | None] = {}
    for name, (low, high) in BANDS_HZ.items():
        levels = [_band_level(each, low, min(high, a.sr / 2.0, b.sr / 2.0)) for each in (a, b)]
        if levels[0] is None or levels[1] is None or high <= low:
            found[name] = None
        else:
            found[name] = round(float(np.clip(levels[1] - levels[0] - loudness_lu, -_WIDEST_DB, _WIDEST_DB)), 2)
    return found


def _band_level(levels: BandLevels, low: float, high: float) -> float | None:
    """Power of a band in dB, or that 80 dB below the whole; None for silence and beyond what the rate can hold."""
    if high <= low:
        return None
    power = levels.mean_power.copy()
    power[:2] = 0.0  # a constant offset is no sound
    total = float(power.sum())
    if total <= 1e-14:
        return None
    band = float(power @ band_weights(np.array([low, high]), levels.sr, levels.n_fft)[:, 0])
    return 10.0 * float(np.log10(max(band, total * 10.0 ** (-_RANGE_DB / 10.0))))


# ---- the same sound ----------------------------------------------------------------------------------------------


def _align(a: Profile, b: Profile) -> tuple[Alignment | None, Null | None]:
    rate = min(a.sketch_rate, b.sketch_rate)
    first, second = resample(a.sketch, a.sketch_rate, rate), resample(b.sketch, b.sketch_rate, rate)
    coarse = find_lag(first, second, rate)
    if coarse is None:
        return None, None
    with open_audio(a.path) as one, open_audio(b.path) as other:
        fine = refine_lag(one, other, coarse, (first, second), rate)
        return fine, None if fine is None else null_test(one, other, fine.lag_s)


def judge(alignment: Alignment | None, null: Null | None, formats: Sequence[str] = ()) -> str:
    """One of "identical", "same audio" with what differs, "some of the same audio" and "different".

    formats : what differs of the files
    """
    if alignment is None or null is None:
        return "different"
    if not is_same_audio(null):
        return "some of the same audio"
    moved = abs(alignment.lag_s) > _SAME_TIME_S
    if null.exact and not moved and not formats:
        return "identical"
    processed = null.residual_db > _NULL_DB
    changes = [
        *(["processed or coded differently"] if processed else []),
        *(["at another level"] if abs(null.gain_db) > _SAME_GAIN_DB[processed] else []),
        *(["inverted"] if null.inverted else []),
        *(["moved in time"] if moved else []),
        *formats,
    ]
    return f"same audio, {', '.join(changes)}" if changes else "same audio"


def is_same_audio(null: Null | None) -> bool:
    """Whether most of one is the other, whatever was done to it since."""
    return null is not None and null.residual_db <= _LIKE_DB


def _formats(a: Profile, b: Profile) -> list[str]:
    changes = []
    if abs(_difference(a, b, "facts.duration_s") or 0.0) >= _SAME_LENGTH_S:
        changes.append("of another length")
    if _difference(a, b, "facts.sample_rate_hz"):
        changes.append("at another sample rate")
    if _difference(a, b, "facts.channels"):
        changes.append("with other channels")
    return changes


# ---- what fits ---------------------------------------------------------------------------------------------------


def _tempo(a: Profile, b: Profile) -> TempoFit | None:
    first, second = a.number("rhythm.tempo_bpm"), b.number("rhythm.tempo_bpm")
    return None if first is None or second is None else fit_tempo(first, second)


def _key(a: Profile, b: Profile) -> KeyFit | None:
    first, second = (each.found.get("tonality.key") for each in (a, b))
    if first is None or second is None or first.value is None or second.value is None:
        return None
    return fit_key(str(first.value), str(second.value))


def _difference(a: Profile, b: Profile, name: str) -> float | None:
    first, second = a.number(name), b.number(name)
    return None if first is None or second is None else second - first


def _both(a: Profile, b: Profile, name: str) -> float:
    first, second = a.found.get(name), b.found.get(name)
    if first is None or second is None:
        return 0.0
    return first.confidence * (1.0 if first is second else second.confidence)


def _gaps(a: Profile, b: Profile) -> Iterator[Unheard]:
    for gap in dict.fromkeys(gap.reason for each in (a, b) for gap in each.gaps):
        yield Unheard("compare", gap, "partial")
    for name, what in (
        ("loudness.integrated_lufs", "their loudness and balance cannot be compared"),
        ("rhythm.tempo_bpm", "a tempo fit cannot be told"),
        ("tonality.key", "a key fit cannot be told"),
    ):
        missing = [which for which, each in (("first", a), ("second", b)) if _is_missing(each, name)]
        if missing:
            reason = (
                f"{what}: the {' and the '.join(missing)} has none" if len(missing) == 1 else f"{what}: both have none"
            )
            yield Unheard("compare", reason)


def _is_missing(each: Profile, name: str) -> bool:
    finding = each.found.get(name)
    return finding is None or finding.value is None
