"""What a question says outright: times, tempi, levels, keys, notes, frequencies, settings, addresses, files, labels.

The names in what `read_slots` returns, each only when the question has it; all numbers are in the unit of their name:

    start_s, end_s       the first time range ("0:30 to 1:00"); start_s alone is a position ("at 1:23")
    spans_s              all ranges, when there are several          positions_s   all positions, when there are several
    last_s               "the last 8 seconds"                       tempos_bpm    "120 bpm"
    targets              {"integrated_lufs": -14.0, "true_peak_dbtp": -1.0}
    ranges               {"tempo_bpm": [120.0, null]}, also of integrated_lufs, true_peak_dbtp and duration_s
    keys notes chords    "F# minor", "A4", "G7"                     a4_hz         reference tuning
    frequencies_hz       single ones                                ranges_hz     [[low, high], ...]
    n_fft, window        FFT settings                               count         how many are wanted
    urls                 addresses                                  files         given paths that the question names
    paths                files and folders written as paths         folders       names of folders ("the folder Drums")
    labels               "label this as 'dusty snare'"
"""

from __future__ import annotations

from collections.abc import Sequence

from ...messages import Json
from ..routing.features import shorten
from .levels import read_levels
from .names import URL, read_names
from .pitches import read_pitches, read_tuning
from .settings import read_frequencies, read_settings
from .times import read_times

__all__ = ["read_slots"]


def read_slots(question: str, paths: Sequence[str]) -> dict[str, Json]:
    """Everything that can be read from a question; never raises. Of a very long one, head and tail are read."""
    text = shorten(question)
    slots: dict[str, Json] = {}
    urls = [match.group().rstrip(".,;:!?") for match in URL.finditer(text)]
    plain = URL.sub(" ", text)
    read_times(plain, slots)
    read_levels(plain, slots)
    read_settings(plain, slots)
    read_frequencies(read_tuning(plain, slots), slots)
    read_pitches(plain, slots)
    read_names(plain, paths, slots)
    if urls:
        slots["urls"] = list(urls)
    return slots
