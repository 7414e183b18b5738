"""What comparing two recordings found, as a flat list of findings under the names of `docs/evidence.md`."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from .alignment import Alignment
from .compare import Comparison
from .masking import Masked

_MASKING = 0.7  # how sure a model of the ear is of what one hears


def name_comparison(comparison: Comparison, subjects: tuple[str, str]) -> Iterator[Finding]:
    """The findings of `docs/evidence.md`; `subjects` are what the two recordings are called."""
    matched, same = "difference of the measurements", _certainty(comparison.alignment)
    for name, kind in (
        ("loudness_difference_lu", "loudness_difference"),
        ("range_difference_lu", "loudness_difference"),
        ("true_peak_difference_db", "ratio"),
        ("plr_difference_db", "ratio"),
        ("correlation_difference", "number"),
        ("tuning_difference_cents", "tuning"),
    ):
        value = getattr(comparison, name)
        if value is not None:
            yield Finding(f"compare.{name}", kind, value, matched)
    if comparison.bands_db is not None:
        yield Finding("compare.bands_db", "ratio", dict(comparison.bands_db), "mean power at equal integrated loudness")
    yield from _name_fit(comparison)
    by = "cross-correlation, coarse at 4 kHz, then to a fraction of a sample"
    lag, null = comparison.alignment, comparison.null
    yield Finding("compare.alignment_s", "time", None if lag is None else lag.lag_s, by, same)
    yield Finding("compare.likeness", "number", None if lag is None else lag.likeness, by, same)
    polarity = None if null is None else "inverted" if null.inverted else "same"
    yield Finding("compare.polarity", "label", polarity, by, same)
    taken = "the first taken from the second, aligned, at the gain that leaves least"
    yield Finding("compare.gain_db", "ratio", None if null is None else null.gain_db, taken, same)
    yield Finding("compare.null_residual_db", "ratio", None if null is None else null.residual_db, taken, same)
    yield Finding("compare.verdict", "label", comparison.verdict, taken, same)
    if comparison.masking is not None:
        hidden = [_masked(each, subjects) for each in comparison.masking]
        yield Finding(
            "compare.masking", "spectrum", hidden, "spread power in thirds of an octave, every 50 ms", _MASKING
        )


def _masked(each: Masked, subjects: tuple[str, str]) -> dict[str, float | str]:
    return {
        "low_hz": each.low_hz,
        "high_hz": each.high_hz,
        "masked": subjects[1] if each.second else subjects[0],
        "share_percent": each.share_percent,
    }


def _name_fit(comparison: Comparison) -> Iterator[Finding]:
    tempo, key = comparison.tempo, comparison.key
    if tempo is not None:
        method, sure = "from both tempi, or half or twice the first", comparison.tempo_confidence
        yield Finding("compare.tempo_ratio", "number", tempo.ratio, "from both tempi", sure)
        yield Finding("compare.stretch_percent", "share", tempo.stretch_percent, method, sure)
        yield Finding("compare.stretched_tempo_bpm", "tempo", tempo.tempo_bpm, method, sure)
    if key is not None:
        method, sure = "from both keys, on the Camelot wheel", comparison.key_confidence
        relation = f"{key.relation} ({key.codes[0]} and {key.codes[1]})"
        yield Finding("compare.key_relation", "label", relation, method, sure)
        yield Finding("compare.shift_semitones", "interval", key.shift_semitones, method, sure)
        if key.nearest_semitones is not None:
            yield Finding("compare.shift_semitones", "interval", key.nearest_semitones, method, sure, rank=1)
    if comparison.fit is not None:
        sure = min(
            [comparison.tempo_confidence] * (tempo is not None) + [comparison.key_confidence] * (key is not None)
        )
        yield Finding("compare.fit", "label", comparison.fit, "from tempo and key", sure)


def _certainty(alignment: Alignment | None) -> float:
    """Chance that the recordings lie as told; where none was found, that they share no sound."""
    if alignment is None:
        return 0.9
    likeness = abs(alignment.likeness)
    return min(0.99, likeness if alignment.places == 1 else 0.6 + 0.4 * likeness)
