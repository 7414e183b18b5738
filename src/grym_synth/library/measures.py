"""The figures that the library is searched by: what they are called, their units, and those computed from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Figures: TypeAlias = NDArray[np.floating[Any]]
Figure = Callable[[str], Figures]


@dataclass(frozen=True, slots=True)
class Measure:
    """How a figure is spoken of."""

    name: str  # "tempo"
    unit: str = ""
    decimals: int = 1

    def say(self, value: float) -> str:
        text = f"{value:.{self.decimals}f}"
        if self.unit == "s":
            return say_length(value)
        return f"{text} {self.unit}".rstrip()


def say_length(seconds: float) -> str:
    """ "0.25 s", "12.3 s", "3:05 min", "1:02:30 h"."""
    if seconds < 60.0:
        return f"{seconds:.2f} s" if seconds < 10.0 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d} h"


MEASURES: Mapping[str, Measure] = {
    "tempo_bpm": Measure("tempo", "BPM"),
    "duration_s": Measure("length", "s", 2),
    "size_mb": Measure("file size", "MB", 2),
    "bars": Measure("length", "bars", 2),
    "integrated_lufs": Measure("loudness", "LUFS"),
    "momentary_max_lufs": Measure("loudest moment", "LUFS"),
    "rms_dbfs": Measure("level", "dBFS"),
    "range_lu": Measure("loudness range", "LU"),
    "true_peak_dbtp": Measure("true peak", "dBTP"),
    "crest_db": Measure("crest factor", "dB"),
    "plr_db": Measure("peak to loudness ratio", "dB"),
    "centroid_hz": Measure("spectral centroid", "Hz", 0),
    "flatness": Measure("spectral flatness", "", 3),
    "harmonicity": Measure("share of tones", "", 2),
    "onsets_per_s": Measure("onsets a second", "", 2),
    "correlation": Measure("correlation of the channels", "", 2),
    "attack_s": Measure("attack", "s", 3),
    "decay_s": Measure("decay", "s", 3),
    "swing": Measure("swing", "", 2),
    "drift_percent": Measure("tempo drift", "%"),
    "chord_changes_per_minute": Measure("chord changes a minute"),
    "clipped_samples": Measure("clipped samples", "", 0),
    "sample_rate_hz": Measure("sample rate", "Hz", 0),
    "bit_depth": Measure("bit depth", "bit", 0),
    "channels": Measure("channels", "", 0),
    "metre": Measure("beats a bar", "", 0),
    "tuning_cents": Measure("tuning offset", "cents"),
    "band_sub_db": Measure("share of 20 to 60 Hz", "dB"),
    "band_bass_db": Measure("share of 60 to 250 Hz", "dB"),
    "band_low_mid_db": Measure("share of 250 to 500 Hz", "dB"),
    "band_brilliance_db": Measure("share above 6 kHz", "dB"),
    "warmth_db": Measure("60 to 500 Hz against 2 to 20 kHz", "dB"),
    "body_db": Measure("share below 500 Hz", "dB"),
    "harshness_db": Measure("share of 2 to 6 kHz", "dB"),
    "punch_db": Measure("crest factor plus share below 500 Hz", "dB"),
    "bite_db": Measure("crest factor plus share of 2 to 6 kHz", "dB"),
}


def measure_of(figure: str) -> Measure:
    return MEASURES.get(figure) or Measure(figure.replace("_", " "))


def _power(figure: Figure, *bands: str) -> Figures:
    """Summed power of bands, in dB; a band that was not measured makes it NaN."""
    with np.errstate(divide="ignore", over="ignore"):
        total = sum(np.power(10.0, figure(f"band_{band}_db") / 10.0) for band in bands)
        return np.asarray(10.0 * np.log10(total), np.float32)


def _bars(figure: Figure) -> Figures:
    metre = figure("metre")
    beats = figure("duration_s") * figure("tempo_bpm") / 60.0
    return np.asarray(beats / np.where(np.isfinite(metre) & (metre > 0), metre, 4.0), np.float32)


def _warmth(figure: Figure) -> Figures:
    low, high = _power(figure, "bass", "low_mid"), _power(figure, "high_mid", "presence", "brilliance")
    with np.errstate(invalid="ignore"):
        return np.asarray(low - high, np.float32)


#: Figures of a row that come from others of it.
COMPUTED: Mapping[str, Callable[[Figure], Figures]] = {
    "bars": _bars,
    "warmth_db": _warmth,
    "body_db": lambda f: _power(f, "sub", "bass", "low_mid"),
    "harshness_db": lambda f: _power(f, "high_mid", "presence"),
    # How far peaks stand out is no punch by itself: a closed hat has more of it than any kick.
    "punch_db": lambda f: np.asarray(f("crest_db") + _power(f, "sub", "bass", "low_mid"), np.float32),
    "bite_db": lambda f: np.asarray(f("crest_db") + _power(f, "high_mid", "presence"), np.float32),
}
