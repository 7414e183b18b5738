"""How fast a sound is before it is stretched to another tempo: as `audio.listen` measures it."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import BadRequest
from ..rhythm.measure import measure_rhythm
from ..spectra.frames import ShortSpectraMeter
from ..spectra.pitch_peaks import PitchPeaksMeter
from .grammar import MOST_SPEED
from .streams import Blocks, Kept, Stream

LEAST_CONFIDENCE = 0.5


@dataclass(frozen=True, slots=True)
class Tempo:
    bpm: float
    confidence: float


def keep_and_measure(stream: Stream) -> tuple[Kept, Tempo]:
    """All of the sound, and its tempo.

    Raises
    ------
    BadRequest
        It has no pulse, or which one it is was not sure enough.
    """
    spectra, peaks = ShortSpectraMeter(stream.sr), PitchPeaksMeter(stream.sr)

    def heard() -> Blocks:
        for block in stream.blocks:
            mono = block.mean(axis=1)
            spectra.feed(mono)
            peaks.feed(mono)
            yield block

    kept = Kept(stream.with_blocks(heard()))
    rhythm = measure_rhythm(spectra.finish(), kept.frames / stream.sr, peaks.finish())
    if rhythm.tempo_bpm is None:
        raise BadRequest(
            "its tempo could not be measured: no steady pulse was found",
            hint="say it, as in stretch=126->100bpm, or stretch by a factor, as in stretch=1.05x",
        )
    if rhythm.confidence < LEAST_CONFIDENCE:
        raise BadRequest(
            f"its tempo is {rhythm.tempo_bpm:.2f} BPM with a confidence of only {rhythm.confidence:.2f}; "
            f"{LEAST_CONFIDENCE:g} is needed",
            hint=f"if it is so, say it, as in stretch={rhythm.tempo_bpm:.2f}->100bpm",
        )
    return kept, Tempo(round(rhythm.tempo_bpm, 3), rhythm.confidence)


def times_as_long(tempo: Tempo, to_bpm: float) -> float:
    """What brings one tempo to another; raises BadRequest where that is beyond what sounds like anything."""
    times = tempo.bpm / to_bpm
    if not 1.0 / MOST_SPEED <= times <= MOST_SPEED:
        raise BadRequest(
            f"from {tempo.bpm:.2f} to {to_bpm:g} BPM it would become {times:.3g} times as long; "
            f"{1.0 / MOST_SPEED:g} to {MOST_SPEED:g} times can be done",
            hint="choose a tempo nearer to its own, or its half or double",
        )
    return times
