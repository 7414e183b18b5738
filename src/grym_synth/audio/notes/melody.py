"""The melody: one fundamental every 10 ms, by arithmetic and, where its model is at hand, by the SwiftF0 net as well.

Candidates of both are joined by dynamic programming: each frame wants the strongest, each jump costs. A new note rules
the spectrum only some time after it began, while the one before rings on, so jumps are put 30 ms earlier.

References
----------
Mauch and Dixon (2014), "pYIN", for choosing among candidates by what came before and after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..spectra.frames import FloatArray
from ..spectra.resample import Resampler
from .pitch_candidates import FRAME_RATE, N_CANDIDATES, SR, PitchCandidates, PitchCandidatesMeter
from .swift_f0 import SwiftF0Meter

_BLOCK = 20_000  # frames worked on at once
_JUMP_COST, _JUMP = 1.0, 1.0  # of a move by a semitone or more
_NEAR = 0.6  # semitones within which two methods agree
_LATE_FRAMES = 3
_FAINT_DB = -80.0
_MUCH_FAINTER_DB = 20.0

#: Log odds that a frame's pitch is right: constant, strength of the candidate, confidence of the net at both speeds.
#: Fitted to frames of rendered solo lines and songs, and of drum grooves, where none is right.
_WITH_NET = (-1.3, 1.7, 2.75, 1.9)
_WITHOUT = (-1.6, 6.2)
_VOICED = 0.33  # least probability at which a pitch is told: low, a doubtful pitch is more use than none
_SHORTEST_FRAMES = 6
_LEAST_MEAN = 0.55  # of the voiced frames, below which there is no melody at all: drums lie below it
#: Lower quartile of the confidence from which it is one line at a time; with the net, and without.
_ONE_LINE, _ONE_LINE_WITHOUT = 0.81, 0.72
_LEAST_VOICED_FRAMES = 10


@dataclass(frozen=True, slots=True)
class Melody:
    """Frame i is about the time i / 100 s.

    midi : np.ndarray [shape=(frames,)], float32, MIDI number with fraction; NaN where nothing pitched sounds
    confidence : np.ndarray [shape=(frames,)], float32, 0..1, chance that a note of this pitch sounds
    level_db : np.ndarray [shape=(frames,)], float32, dBFS, of the 64 ms around
    is_one_line : one harmonic series explains nearly all of what sounds: a solo, not a mix
    """

    midi: FloatArray
    confidence: FloatArray
    level_db: FloatArray
    is_one_line: bool

    @property
    def hz(self) -> FloatArray:
        """Fundamental of each frame, NaN where there is none."""
        return np.asarray(440.0 * 2.0 ** ((self.midi - 69.0) / 12.0), np.float32)


class MelodyMeter:
    """Feed mono blocks at `sr`, then `finish()`. `net` is what `open_swift_f0` gives, None to do without."""

    def __init__(self, sr: int, net: Any = None) -> None:
        self._to_16k = Resampler(sr, SR)
        self._candidates = PitchCandidatesMeter()
        self._nets = [] if net is None else [(Resampler(sr, SR * speed), SwiftF0Meter(net, speed)) for speed in (1, 2)]

    def feed(self, y: FloatArray) -> None:
        self._candidates.feed(self._to_16k.feed(y))
        for resampler, meter in self._nets:
            meter.feed(resampler.feed(y))

    def finish(self) -> Melody:
        self._candidates.feed(self._to_16k.flush())
        heard = []
        for speed, (resampler, meter) in enumerate(self._nets, start=1):
            meter.feed(resampler.flush())
            heard.append((62.5 * speed, *meter.finish()))
        return join_candidates(self._candidates.finish(), heard)


def join_candidates(own: PitchCandidates, heard: list[tuple[float, FloatArray, FloatArray]]) -> Melody:
    """The best way through the candidates of all methods.

    Parameters
    ----------
    heard : list of (frames per second, MIDI numbers, confidences), what nets heard; both or none
    """
    n = len(own.level_db)
    back = np.zeros((n, N_CANDIDATES + len(heard)), np.int8)
    midi = np.full(n, np.nan, np.float32)
    confidence = np.zeros(n, np.float32)
    total: FloatArray = np.zeros(0)
    previous: FloatArray = np.zeros(0)
    for start in range(0, n, _BLOCK):
        pitches, scores, _ = _gather(own, heard, start, min(start + _BLOCK, n))
        total, previous = _go_forward(pitches, scores, total, previous, back[start : start + _BLOCK])
    choice = _go_back(total, back)
    for start in range(0, n, _BLOCK):
        end = min(start + _BLOCK, n)
        pitches, _, features = _gather(own, heard, start, end)
        rows = np.arange(end - start), choice[start:end]
        midi[start:end] = pitches[rows]
        confidence[start:end] = _chance(features[rows], own.level_db[start:end])
    midi, confidence = _put_jumps_earlier(midi, confidence, own.level_db)
    midi[_short_runs(confidence >= _VOICED)] = np.nan
    voiced = confidence[~np.isnan(midi)]
    if not len(voiced) or voiced.mean() < _LEAST_MEAN:
        return Melody(np.full(n, np.nan, np.float32), confidence, own.level_db, is_one_line=False)
    quartile = float(np.percentile(voiced, 25.0))
    is_one_line = len(voiced) >= _LEAST_VOICED_FRAMES and quartile >= (_ONE_LINE if heard else _ONE_LINE_WITHOUT)
    return Melody(midi, confidence, own.level_db, is_one_line)


def _gather(
    own: PitchCandidates, heard: list[tuple[float, FloatArray, FloatArray]], start: int, end: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Pitches (frames, candidates), their scores, and what the scores are made of (frames, candidates, features)."""
    midi, strength = own.midi[start:end].astype(np.float64), own.strength[start:end].astype(np.float64)
    nets = [_at_frames(*one, start, end) for one in heard]
    pitches = np.concatenate([midi, *(pitch[:, None] for pitch, _ in nets)], axis=1)
    features = np.zeros((*pitches.shape, 1 + len(nets)))
    features[:, :N_CANDIDATES, 0] = strength
    for i in range(N_CANDIDATES, pitches.shape[1]):
        # Where the arithmetic found the same note it also knows best where its low partials are.
        away = np.abs(midi - pitches[:, i : i + 1])
        nearest = np.where(np.isnan(away), np.inf, away).argmin(axis=1)
        rows = np.arange(len(midi)), nearest
        same = np.nan_to_num(away[rows], nan=np.inf) < _NEAR
        features[:, i, 0] = np.where(same, strength[rows], 0.0)
        pitches[:, i] = np.where(same, midi[rows], pitches[:, i])
    for j, (pitch, confidence) in enumerate(nets, start=1):
        away = (pitches - pitch[:, None]) / _NEAR
        features[:, :, j] = confidence[:, None] * np.exp(-np.minimum(9.0, np.nan_to_num(away, nan=9.0) ** 2))
    scores = np.where(np.isnan(pitches), -9.0, features.sum(axis=2))
    return pitches, scores, features


def _at_frames(
    rate: float, midi: FloatArray, confidence: FloatArray, start: int, end: int
) -> tuple[FloatArray, FloatArray]:
    """The frames nearest in time to the frames `start` to `end`."""
    if not len(midi):
        return np.full(end - start, np.nan), np.zeros(end - start)
    nearest = np.round(np.arange(start, end) * (rate / FRAME_RATE)).astype(np.intp).clip(0, len(midi) - 1)
    return midi[nearest].astype(np.float64), confidence[nearest].astype(np.float64)


def _go_forward(
    pitches: FloatArray, scores: FloatArray, total: FloatArray, previous: FloatArray, back: NDArray[np.int8]
) -> tuple[FloatArray, FloatArray]:
    """Best sums of scores less jumps up to the last frame, and its pitches; `back` takes where each came from."""
    places = np.nan_to_num(pitches, nan=-999.0)
    if not len(total):
        total, previous = np.zeros(places.shape[1]), places[0]
    before = np.concatenate([previous[None], places[:-1]])
    cost = _JUMP_COST * np.minimum(1.0, np.abs(places[:, None, :] - before[:, :, None]) / _JUMP)
    columns = np.arange(places.shape[1])
    for i in range(len(places)):
        ways = total[:, None] - cost[i]
        best = ways.argmax(axis=0)
        back[i] = best
        total = ways[best, columns] + scores[i]
    return total - total.max(), places[-1]


def _go_back(total: FloatArray, back: NDArray[np.int8]) -> NDArray[np.intp]:
    choice = np.zeros(len(back), np.intp)
    if len(back):
        choice[-1] = total.argmax()
        for i in range(len(back) - 1, 0, -1):
            choice[i - 1] = back[i, choice[i]]
    return choice


def _chance(features: FloatArray, level_db: FloatArray) -> FloatArray:
    weights = _WITH_NET if features.shape[1] > 1 else _WITHOUT
    odds = weights[0] + features @ np.array(weights[1:])
    return np.where(level_db < _FAINT_DB, 0.0, 1.0 / (1.0 + np.exp(-odds))).astype(np.float32)


def _put_jumps_earlier(midi: FloatArray, confidence: FloatArray, level_db: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Each new pitch begins up to 30 ms earlier, but not in what was much fainter: there nothing rang on over it."""
    jumps = np.flatnonzero(np.abs(np.diff(midi)) > 0.7) + 1
    midi, confidence = midi.copy(), confidence.copy()
    for i in jumps.tolist():
        for early in range(i - 1, max(-1, i - 1 - _LATE_FRAMES), -1):
            if level_db[early] < level_db[i] - _MUCH_FAINTER_DB:
                break
            midi[early], confidence[early] = midi[i], confidence[i]
    return midi, confidence


def _short_runs(voiced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where nothing is voiced, and where it is for less than 60 ms."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], voiced.view(np.int8), [0]])))
    silent = ~voiced
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        silent[start:end] = end - start < _SHORTEST_FRAMES
    return silent
