"""Notes of several voices at once, from how likely each of 88 pitches sounds and starts, frame by frame.

These likelihoods come from the Basic Pitch net, or from `note_salience`.

References
----------
Bittner et al. (2022), "A lightweight instrument-agnostic model for polyphonic note transcription and multipitch
estimation".
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray
from ..spectra.resample import Resampler
from .note import Note
from .onnx_session import open_session

SR = 22_050  # Hz
LOWEST, N_PITCHES = 21, 88  # MIDI number of the first pitch

_HOP = 256
_WINDOW = 43_844  # samples that the net takes at once
_EDGE = 15  # frames at either end of a window that are not used
_STEP = 142  # frames used
_INPUT = "serving_default_input_2:0"
_ONSET, _NOTE = "StatefulPartitionedCall:2", "StatefulPartitionedCall:1"

_STARTS, _SOUNDS = 0.3, 0.3  # likelihoods of a start, and of sounding on
_RISES = 0.5  # likelihood of sounding from which a note needs no start
_GAP_FRAMES = 6
_SHORTEST_FRAMES = 4
_KEPT = 0.35  # least confidence

#: Fitted to rendered scores and songs; see `Likelihoods.weights`.
_WEIGHTS = (-1.22, 2.04, 0.05, 0.38, -0.4)


@dataclass(frozen=True, slots=True)
class Likelihoods:
    """How likely each pitch starts, and sounds, in each frame; 255 is certain. Frame i is about i / frame_rate.

    onset, note : arrays of successive frames, [shape=(frames, 88)], uint8, column j for MIDI number 21 + j
    weights : log odds that a note is right: constant, log odds of its start, log odds of its sounding, log of its
        length in s, and whether a stronger note an octave, a twelfth or two octaves below started with it
    late_s : how long after a note began its start is seen
    """

    onset: list[NDArray[np.uint8]]
    note: list[NDArray[np.uint8]]
    frame_rate: float
    weights: tuple[float, float, float, float, float]
    late_s: float = 0.0

    def column(self, pitch: int) -> tuple[FloatArray, FloatArray]:
        """Start and sounding of one pitch, 0..1, float32."""
        onset, note = (
            np.concatenate([np.zeros(0, np.uint8), *(part[:, pitch] for part in parts)])
            for parts in (self.onset, self.note)
        )
        return onset / np.float32(255.0), note / np.float32(255.0)


def open_basic_pitch(file: Path) -> Any:
    """The net; raises BadSetup when the file is not it, MissingDependency without onnxruntime."""
    return open_session(file, (_INPUT,))


class BasicPitchMeter:
    """Feed mono blocks at `sr`, then `finish()`. Kept are 176 bytes a frame."""

    def __init__(self, sr: int, net: Any) -> None:
        self._net = net
        self._resampler = Resampler(sr, SR)
        self._pending = np.zeros(_EDGE * _HOP, np.float32)
        self._samples = self._frames = 0
        self._onset: list[NDArray[np.uint8]] = []
        self._note: list[NDArray[np.uint8]] = []

    def feed(self, y: FloatArray) -> None:
        self._take(self._resampler.feed(y))

    def finish(self) -> Likelihoods:
        self._take(self._resampler.flush())
        wanted = -(-self._samples // _HOP)
        while self._frames < wanted:
            missing = max(0, _WINDOW - len(self._pending))
            self._pending = np.concatenate([self._pending, np.zeros(missing, np.float32)])
            self._hear(wanted - self._frames)
        return Likelihoods(self._onset, self._note, SR / _HOP, _WEIGHTS)

    def _take(self, y: FloatArray) -> None:
        self._samples += len(y)
        self._pending = np.concatenate([self._pending, y])
        while len(self._pending) >= _WINDOW:
            self._hear(_STEP)

    def _hear(self, most: int) -> None:
        window = self._pending[:_WINDOW].reshape(1, -1, 1)
        used = slice(_EDGE, _EDGE + min(_STEP, most))
        onset, note = self._net.run([_ONSET, _NOTE], {_INPUT: window})
        for parts, likelihood in ((self._onset, onset), (self._note, note)):
            parts.append(np.round(255.0 * likelihood[0, used]).astype(np.uint8))
        self._frames += used.stop - used.start
        self._pending = self._pending[_STEP * _HOP :].copy()


@dataclass(frozen=True, slots=True)
class _Candidate:
    pitch: int
    start: int
    end: int
    features: tuple[float, float, float]  # log odds of start and of sounding, log of the length


def find_notes(likelihoods: Likelihoods) -> list[Note]:
    """Notes in order of their start, each with its confidence."""
    candidates = [found for pitch in range(N_PITCHES) for found in _candidates(likelihoods, pitch)]
    candidates.sort(key=lambda found: (found.start, found.pitch))
    notes = []
    for found, odds in zip(candidates, _log_odds(candidates, likelihoods), strict=True):
        confidence = float(1.0 / (1.0 + np.exp(-odds)))
        if confidence >= _KEPT:
            start_s, end_s = (
                max(0.0, frame / likelihoods.frame_rate - likelihoods.late_s) for frame in (found.start, found.end)
            )
            loudness = 1.0 / (1.0 + np.exp(-found.features[1]))
            notes.append(Note(start_s, end_s, LOWEST + found.pitch, float(loudness), confidence))
    return notes


def _candidates(likelihoods: Likelihoods, pitch: int) -> list[_Candidate]:
    onset, note = likelihoods.column(pitch)
    if not (note > _SOUNDS).any():
        return []
    sounding = _bridged(note >= _SOUNDS)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sounding.view(np.int8), [0]])))
    padded = np.pad(onset, 2)
    around = np.lib.stride_tricks.sliding_window_view(padded, 5)
    peaks = np.flatnonzero((onset >= _STARTS) & (onset == around.max(axis=1)))
    found = []
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        inside = peaks[(peaks >= first - 2) & (peaks < end)]
        starts = inside[np.diff(inside, prepend=-9) > 3].tolist()
        if not starts or (starts[0] > first + _GAP_FRAMES and note[first : starts[0]].max() >= _RISES):
            starts = [first, *starts]
        for start, stop in zip(starts, [*starts[1:], end], strict=True):
            if stop - start >= _SHORTEST_FRAMES:
                found.append(_describe(pitch, start, stop, onset, note, likelihoods.frame_rate))
    return found


def _describe(pitch: int, start: int, stop: int, onset: FloatArray, note: FloatArray, frame_rate: float) -> _Candidate:
    start_likelihood = float(onset[max(0, start - 1) : start + 3].max())
    body = float(note[start : min(stop, start + 12)].mean())
    return _Candidate(
        pitch, start, stop, (_logit(start_likelihood), _logit(body), float(np.log((stop - start) / frame_rate)))
    )


def _logit(p: float) -> float:
    p = min(max(p, 0.005), 0.995)
    return float(np.log(p / (1.0 - p)))


def _bridged(sounding: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Gaps of up to 70 ms closed."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], sounding.view(np.int8), [0]])))
    out = sounding.copy()
    for end, start in zip(edges[1:-1:2], edges[2::2], strict=True):
        if start - end <= _GAP_FRAMES:
            out[end:start] = True
    return out


def _log_odds(candidates: list[_Candidate], likelihoods: Likelihoods) -> FloatArray:
    if not candidates:
        return np.zeros(0)
    features = np.array([found.features for found in candidates])
    shadow = _shadowed(candidates, features[:, 0] + features[:, 1], 0.05 * likelihoods.frame_rate)
    weights = likelihoods.weights
    odds: FloatArray = weights[0] + features @ np.array(weights[1:4]) + weights[4] * shadow
    return odds


def _shadowed(candidates: list[_Candidate], strength: FloatArray, reach: float) -> FloatArray:
    """1 for notes that may be overtones: a stronger one lies an octave, a twelfth or two octaves below."""
    starts = np.array([found.start for found in candidates])
    out = np.zeros(len(candidates))
    for i, found in enumerate(candidates):
        for j in range(int(np.searchsorted(starts, found.start - reach)), len(candidates)):
            if starts[j] > found.start + reach:
                break
            if found.pitch - candidates[j].pitch in (12, 19, 24) and strength[j] > strength[i]:
                out[i] = 1.0
    return out
