"""The form of a recording: where its sections begin, which of them are the same, how many bars they have.

Each beat is described by its mel levels and its pitch classes; `sections` cuts the row of beats. Only one vector a beat
is kept, and of a long recording one for several beats, so that an hour takes no more memory than four minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..calibration import calibrated
from ..rhythm.onsets import loud_power
from ..spectra.frames import FloatArray, ShortSpectra
from ..spectra.pitch_peaks import PitchPeaks
from .sections import Segmentation, join_pairs, segment, split_repeats, whiten

_MOST_CELLS = 600  # beyond, several beats are one cell
_SURROUNDINGS = 20  # cells, two bars and a half to either side: what varies within them is texture, not form
_LONGEST_CELL_S = 0.72  # beats further apart are halved, those less than half of it apart taken in pairs
_SHORTEST_SECTION_S = 6.5
_LONGEST_PHRASE_S = 24.0
_SHORTEST_REPEAT_S, _SHORTEST_REPEAT_CELLS = 12.5, 24
_LEVEL_GAIN = 1e6  # 60 dB below the loudest bands still count
_CHROMA_WEIGHT = 22.0  # of the root of the shares of the pitch classes, against the mel levels in nepers
_PICK_UP_BEATS = 1.05
_BLOCK = 1024  # frames of the mel bands
_PEAKS_AT_ONCE = 512  # frames of pitch peaks

# Fitted to 90 rendered medleys: how often boundaries that save so much lie within half a second of a true one.
_CERTAINTY, _MOST_CERTAIN = (-3.9, 2.35), 0.97
_REPEAT, _ONE_SECTION = 0.88, 0.9  # a section cut because it repeats itself; nothing found to cut at all


@dataclass(frozen=True, slots=True)
class Section:
    """One section. `label` is "A" for what is heard first; the same letter means the same music, roughly.

    bars : from the downbeats, None where there are none
    confidence : 0..1, that both of its ends are right to half a second
    """

    start_s: float
    end_s: float
    label: str
    bars: int | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Structure:
    """The sections of a recording, without gaps from its beginning to its end; none when there is no sound."""

    sections: tuple[Section, ...]

    @property
    def form(self) -> str:
        """The labels in order: "AABA"."""
        return "".join(section.label for section in self.sections)

    @property
    def boundaries_s(self) -> tuple[float, ...]:
        """Where one section ends and the next begins, in seconds; without the beginning and the end."""
        return tuple(section.start_s for section in self.sections[1:])


def measure_structure(
    spectra: ShortSpectra,
    peaks: PitchPeaks,
    beats_s: FloatArray,
    downbeats_s: FloatArray,
    duration_s: float,
) -> Structure:
    """Sections of a recording of `duration_s` seconds; beats and downbeats, in seconds, may be empty."""
    if duration_s <= 0.0 or not spectra.mean_power.any():
        return Structure(())
    times = cell_times(beats_s, duration_s)
    together = -(-(len(times) - 1) // _MOST_CELLS)
    coarse = np.append(times[:-1:together], times[-1])
    scale = _level_scale(spectra)
    cells = whiten(describe_cells(spectra, peaks, coarse, scale), max(4, _SURROUNDINGS // together))
    cell_s = duration_s / len(cells)
    found = segment(cells, max(4, round(_SHORTEST_SECTION_S / cell_s)))
    found = join_pairs(found, round(_LONGEST_PHRASE_S / cell_s))
    found = split_repeats(cells, found, max(_SHORTEST_REPEAT_CELLS, round(_SHORTEST_REPEAT_S / cell_s)))
    edges = coarse[list(found.edges)]
    if together > 1:
        for k in range(1, len(edges) - 1):
            near = times[np.abs(times - edges[k]) <= 2.5 * cell_s]
            edges[k] = near[_sharpest_change(describe_cells(spectra, peaks, near, scale))]
    edges[1:-1] = _to_bars(edges[1:-1], beats_s, downbeats_s)
    return _name(found, edges, downbeats_s)


def cell_times(beats_s: FloatArray, duration_s: float) -> FloatArray:
    """Edges of the cells in seconds, from 0 to `duration_s`, shape (cells + 1,): beats, or even steps without them."""
    beats = np.asarray(beats_s, float)
    beats = beats[(beats > 0.0) & (beats < duration_s)]
    if len(beats) < 8 or beats[-1] - beats[0] < 0.5 * duration_s:
        return np.linspace(0.0, duration_s, max(1, round(2.0 * duration_s)) + 1)
    while np.median(np.diff(beats)) > _LONGEST_CELL_S:
        beats = np.sort(np.concatenate([beats, (beats[1:] + beats[:-1]) / 2.0]))
    if np.median(np.diff(beats)) < 0.5 * _LONGEST_CELL_S:
        beats = beats[::2]
    period = float(np.median(np.diff(beats)))
    before = np.arange(beats[0] - period, 0.3 * period, -period)[::-1]
    after = np.arange(beats[-1] + period, duration_s - 0.3 * period, period)
    first = 1 if beats[0] < 0.3 * period else 0
    last = -1 if duration_s - beats[-1] < 0.3 * period else None
    return np.concatenate([[0.0], before, beats[first:last], after, [duration_s]])


def describe_cells(spectra: ShortSpectra, peaks: PitchPeaks, times: FloatArray, scale: float) -> FloatArray:
    """Mel levels and pitch classes between each two of `times`, in seconds, shape (len(times) - 1, n_mels + 12)."""
    chroma = _cell_chroma(peaks, times)
    total = chroma.sum(axis=1, keepdims=True)
    share = np.sqrt(chroma / (total + 1e-3 * total.max(initial=0.0) + 1e-12))
    return np.hstack([_cell_levels(spectra, times, scale), _CHROMA_WEIGHT * share])


def _level_scale(spectra: ShortSpectra) -> float:
    """What mel power is multiplied with so that 1 lies 60 dB below the loud frames."""
    return _LEVEL_GAIN / loud_power(spectra.mel)


def _cell_levels(spectra: ShortSpectra, times: FloatArray, scale: float) -> FloatArray:
    """Mean log power of each mel band in each cell, in nepers."""
    n, width = spectra.mel.shape
    first, last = (min(n, round(float(t) * spectra.frame_rate)) for t in (times[0], times[-1]))
    total, frames = np.zeros((len(times) - 1, width)), np.zeros(len(times) - 1)
    for start in range(first, last, _BLOCK):
        power = spectra.mel[start : min(start + _BLOCK, last)]
        owner = np.searchsorted(times[1:-1], (start + np.arange(len(power))) / spectra.frame_rate, side="right")
        firsts = np.flatnonzero(np.diff(owner, prepend=-1))
        total[owner[firsts]] += np.add.reduceat(np.log(1.0 + np.float32(scale) * power), firsts, axis=0)
        frames += np.bincount(owner, minlength=len(frames))
    return np.asarray(total / np.maximum(frames, 1.0)[:, None])


def _cell_chroma(peaks: PitchPeaks, times: FloatArray) -> FloatArray:
    """Strength of each pitch class in each cell, shape (cells, 12); a peak between two semitones counts for both."""
    chroma = np.zeros(12 * (len(times) - 1))
    first, last = (min(peaks.n_frames, round(float(t) * peaks.frame_rate)) for t in (times[0], times[-1]))
    for start in range(first, last, _PEAKS_AT_ONCE):
        block = peaks.block(start, min(start + _PEAKS_AT_ONCE, last))
        inside = (block.midi > 45.0) & (block.midi < 90.0)
        midi = block.midi[inside]
        weight = np.minimum(block.prominence[inside], 16.0) * block.magnitude[inside] ** 0.75
        at = (block.frame[inside] + start) / peaks.frame_rate
        cell = 12 * np.searchsorted(times[1:-1], at, side="right")
        below = np.floor(midi)
        upper = midi - below
        for pitch, share in ((below, 1.0 - upper), (below + 1.0, upper)):
            chroma += np.bincount(cell + pitch.astype(np.int64) % 12, weight * share, minlength=len(chroma))
    return chroma.reshape(-1, 12)


def _sharpest_change(cells: FloatArray) -> int:
    """Number of the cell from which on the cells are best described by another mean."""
    n = len(cells)
    if n < 2:
        return n // 2
    x = cells - cells.mean(axis=0)
    totals = np.cumsum(x, axis=0)[:-1]
    before = np.arange(1, n)
    return 1 + int(((totals**2).sum(axis=1) * n / (before * (n - before))).argmax())


def _to_bars(edges_s: FloatArray, beats_s: FloatArray, downbeats_s: FloatArray) -> FloatArray:
    """Boundaries a beat beside the beginning of a bar are moved there: what changes early is a pick-up or a fill."""
    if len(beats_s) < 2 or not len(downbeats_s):
        return edges_s
    nearest = downbeats_s[np.abs(downbeats_s - edges_s[:, None]).argmin(axis=1)]
    is_near = np.abs(nearest - edges_s) <= _PICK_UP_BEATS * float(np.median(np.diff(beats_s)))
    return np.where(is_near, nearest, edges_s)


def _name(found: Segmentation, edges_s: FloatArray, downbeats_s: FloatArray) -> Structure:
    sure = [1.0]
    for k, gain in enumerate(found.gains):
        repeats = found.labels[k] == found.labels[k + 1]
        sure.append(calibrated("boundary", _REPEAT if repeats else _confidence(gain)))
    sure.append(1.0)
    sections = []
    for i, label in enumerate(found.labels):
        start, end = float(edges_s[i]), float(edges_s[i + 1])
        confidence = round(sure[i] * sure[i + 1], 4) if len(found.labels) > 1 else _ONE_SECTION
        sections.append(Section(start, end, _letter(label), _bars(start, end, downbeats_s), confidence))
    return Structure(tuple(sections))


def _confidence(gain: float) -> float:
    """Chance that a boundary between different sections is right to half a second, from what it saves."""
    odds = _CERTAINTY[0] + _CERTAINTY[1] * float(np.log(max(gain, 1e-3)))
    return min(_MOST_CERTAIN, 1.0 / (1.0 + float(np.exp(-odds))))


def _letter(label: int) -> str:
    """ "A" to "Z", then "a" to "x"; there are never more."""
    return chr(ord("A") + label) if label < 26 else chr(ord("a") + label - 26)


def _bars(start_s: float, end_s: float, downbeats_s: FloatArray) -> int | None:
    if len(downbeats_s) < 2:
        return None
    bar = float(np.median(np.diff(downbeats_s)))
    return max(1, round((end_s - start_s) / bar)) if bar > 0.0 else None
