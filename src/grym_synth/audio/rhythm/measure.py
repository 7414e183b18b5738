"""Rhythm from short spectra: onsets, tempo with its alternatives, beats, bars, and how evenly it is all played.

Each stage is a module of pure functions on arrays that accept what the stage before returned: `onsets`, `tempo`,
`beats`, `half_beats`, `metre`. `measure_rhythm` runs them all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calibration import calibrated
from ..spectra.frames import FloatArray, ShortSpectra
from ..spectra.pitch_peaks import PitchPeaks
from ..spectra.rows import RowsLike
from .beats import fit_tempo, fit_to_loop, measure_swing, trace_tempo, track_beats
from .half_beats import hear_halves
from .metre import LEAST_BEATS, Bars, find_bars, find_opening, lay_beats
from .onsets import BEAT_EARLY, ONSET_EARLY, detect_onsets, early_by, loud_power, onset_envelope, pulse_envelope
from .tempo import estimate_tempo


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Tempo, beats, bars and onsets of a recording.

    tempo_bpm : None when there is no pulse: silence, one hit, a drone, noise
    confidence : 0..1, that `tempo_bpm` is what a listener would tap (not half or double of it)
    alternatives : (tempo_bpm, confidence), likeliest first
    beats_s, onsets_s : np.ndarray [shape=(n,)], seconds, ascending
    downbeats_s : the beats that begin a bar, so sure as `downbeats_confidence` says, 0..1
    metre : beats of a bar: 2, 3 or 4; None where nothing is surer than 0.5
    metre_confidence : 0..1, that a bar has so many of these beats
    swing : where in the beat the off-beat falls, 0.5 straight, 0.667 triplets; None without off-beats
    swing_confidence : 0..1, that `swing` is within 0.02
    drift_percent : 90 % range of the local tempo, in % of the tempo; None with less than about 10 s of beats
    tempo_curve : (start_s, tempo_bpm) every few seconds
    """

    tempo_bpm: float | None
    confidence: float
    alternatives: tuple[tuple[float, float], ...]
    beats_s: FloatArray
    onsets_s: FloatArray
    downbeats_s: FloatArray
    metre: int | None = None
    metre_confidence: float = 0.0
    swing: float | None = None
    swing_confidence: float = 0.0
    drift_percent: float | None = None
    tempo_curve: tuple[tuple[float, float], ...] = ()
    downbeats_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is known of a rhythm before its bars are.

    candidates : (tempo_bpm, confidence), likeliest first; empty when there is no pulse
    envelope : rows of shape (frames, 3), as from `pulse_envelope`
    early_s : how much earlier than at its time a beat shows in `envelope`
    loud : as from `loud_power`
    """

    candidates: tuple[tuple[float, float], ...]
    beats_s: FloatArray
    onsets_s: FloatArray
    envelope: RowsLike
    early_s: float
    loud: float


def measure_rhythm(spectra: ShortSpectra, duration_s: float, peaks: PitchPeaks | None = None) -> Rhythm:
    """All of the rhythm of one recording of `duration_s` seconds; `peaks` tell where chords change, as bars do."""
    pulse = measure_pulse(spectra, duration_s)
    onsets = pulse.onsets_s
    if not pulse.candidates:
        return Rhythm(None, 0.0, (), np.zeros(0), onsets, np.zeros(0))
    bars = _measure_bars(spectra, pulse, peaks)
    beats = lay_beats(pulse.beats_s, bars)
    coarse, confidence = pulse.candidates[0]
    tempo = fit_to_loop(fit_tempo(beats, coarse), duration_s, onsets, bars.metre, _ends_in_sound(spectra, pulse.loud))
    others = tuple((bpm * tempo / coarse, p) for bpm, p in pulse.candidates[1:])
    swing, agreement = measure_swing(beats, onsets)
    return Rhythm(
        tempo,
        confidence,
        others,
        beats,
        onsets,
        beats[bars.downbeats],
        bars.metre,
        bars.metre_confidence,
        swing,
        calibrated("swing", agreement * confidence),  # at half or double the tempo the off-beat is another one
        *trace_tempo(beats),
        bars.downbeats_confidence,
    )


def measure_pulse(spectra: ShortSpectra, duration_s: float) -> Pulse:
    """Onsets, possible tempi, and the beats of the likeliest."""
    mel, frame_rate, window_s = spectra.mel, spectra.frame_rate, spectra.n_fft / spectra.sr
    loud = loud_power(mel)
    strength = onset_envelope(mel, loud)
    onsets = detect_onsets(strength, frame_rate)
    onsets = onsets + window_s * early_by(strength, onsets * frame_rate, ONSET_EARLY)
    onsets = onsets[onsets < duration_s - window_s / 2]  # later, the cut at the end of the file is heard as well
    envelope = pulse_envelope(mel, frame_rate, loud)
    candidates = estimate_tempo(envelope, frame_rate, mel) if len(onsets) >= 4 else ()
    if not candidates:
        return Pulse((), np.zeros(0), onsets, envelope, 0.0, loud)
    coarse = candidates[0][0]
    frames = track_beats(envelope, frame_rate, coarse)
    early_s = window_s * float(np.median(early_by(strength, frames, BEAT_EARLY)))
    beats = frames / frame_rate + early_s
    # The chain runs on through silence before the first note and after the last, evenly and at the coarse tempo: one
    # beat of it is kept, and it has no say in the tempo.
    first, last = max(0.0, onsets[0] - 75.0 / coarse), min(duration_s, onsets[-1] + 75.0 / coarse)
    beats = beats[(beats >= first) & (beats < last)]
    return Pulse(candidates, beats, onsets, envelope, early_s, loud)


def _measure_bars(spectra: ShortSpectra, pulse: Pulse, peaks: PitchPeaks | None) -> Bars:
    if len(pulse.beats_s) < LEAST_BEATS:
        return Bars(None, 0.0, np.zeros(0, int), 0.0, False)
    halves = hear_halves(
        spectra.mel, pulse.envelope, spectra.frame_rate, pulse.beats_s, peaks, pulse.early_s, pulse.loud
    )
    return find_bars(halves, find_opening(pulse.beats_s, pulse.onsets_s, peaks))


def _ends_in_sound(spectra: ShortSpectra, loud: float) -> bool:
    """Whether less than 80 dB below the loudest is heard just before the end, where the last window is not cut yet."""
    n = len(spectra.mel)
    return n > 5 and float(spectra.mel[n - 5 : n - 2].max()) > 1e-8 * loud
