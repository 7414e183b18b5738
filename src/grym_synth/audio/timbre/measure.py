"""What a recording sounds like: the class of a single hit, its attack and decay, MFCC, harmonicity, tags.

`TimbreMeter` keeps the samples of a recording that is short enough to be one hit, and nothing of a longer one. The rest
is read from the spectra and pitch peaks that other questions need as well. Tags need the weights of a model pack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..spectra.frames import FloatArray, ShortSpectra
from ..spectra.pitch_peaks import F_MAX, F_MIN, PitchPeaks
from ..spectra.resample import resample
from .musicnn import EXCERPT_S, MTT_TAGS, excerpt_starts, load_network, tag
from .musicnn import SR as TAG_SR
from .one_shots import LONGEST_S, Hit, describe_hit, find_attack, read_classes
from .vectors import Course

_BLOCK = 512  # frames of pitch peaks at a time
_STANDS_OUT = 4.0  # a peak this far above its surroundings is a tone; noise has one in 300,000
_HANN_SPREAD = 1.5  # sum of the power of a sine over the bins of a Hann window, where its own bin has 1
_SURELY_ONE_S = 1.0  # a shorter recording is one hit, however often it rises again: a clap, a flam
_STRIKES_AGAIN_DB, _NOT_FAINTER_DB = 9.0, 12.0

TAG_BOUND = 0.15  # of the network's chance; tags below it are not listed
#: Tags that mean the same in the network's training data, and the one that stands for them.
SAME_TAGS: dict[str, str] = {
    "beats": "beat", "vocals": "vocal", "voice": "vocal", "singing": "vocal", "no vocals": "no vocal",
    "no voice": "no vocal", "woman": "female vocal", "female": "female vocal", "female voice": "female vocal",
    "man": "male vocal", "male": "male vocal", "male voice": "male vocal", "classic": "classical", "choral": "choir",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Timbre:
    """The sound of one recording.

    hit : what a single hit is taken for; None for anything longer than one
    attack_s, decay_s : of a single hit, from a tenth to nine tenths of the peak, and from the peak until it stays 20 dB
        below; None for anything else
    mfcc_mean, mfcc_std : np.ndarray [shape=(20,)]
    harmonicity : 0..1, share of the power between 38 Hz and 5 kHz that lies in tones; None for silence
    """

    hit: Hit | None
    attack_s: float | None
    decay_s: float | None
    mfcc_mean: FloatArray
    mfcc_std: FloatArray
    harmonicity: float | None

    @property
    def label(self) -> str | None:
        """The class of a single hit; None for a mix, and where it is too uncertain."""
        return None if self.hit is None else self.hit.label


class TimbreMeter:
    """Feed mono blocks, then `finish()`."""

    def __init__(self, sr: int) -> None:
        self.sr = sr
        self._blocks: list[FloatArray] | None = []
        self._left = round(LONGEST_S * sr)

    def feed(self, y: FloatArray) -> None:
        if self._blocks is None:
            return
        self._left -= len(y)
        if self._left < 0:
            self._blocks = None
        else:
            self._blocks.append(np.array(y, np.float32))

    def finish(self) -> FloatArray | None:
        """The whole recording, shape (n,), if it is short enough to be a single hit."""
        if self._blocks is None:
            return None
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)


def measure_timbre(y: FloatArray | None, spectra: ShortSpectra, peaks: PitchPeaks, course: Course) -> Timbre:
    """The timbre of one recording.

    y : what `TimbreMeter` kept
    course : as from `vectors.follow`
    """
    hit, attack, decay = None, None, None
    if y is not None and is_single_hit(y, spectra.sr):
        hit = read_classes().recognise(describe_hit(y, spectra.sr))
        attack, decay = attack_and_decay(y, spectra.sr)
    return Timbre(hit, attack, decay, course.mfcc_mean, course.mfcc_std, measure_harmonicity(spectra, peaks))


def is_single_hit(y: FloatArray, sr: int) -> bool:
    """Whether y [shape=(n,)] is struck once: nothing later than 0.35 s after the attack rises by 9 dB again."""
    if not len(y) or not np.abs(y).max() > 1e-6:
        return False
    if len(y) <= _SURELY_ONE_S * sr:
        return True
    if len(y) > LONGEST_S * sr:
        return False
    step = max(1, round(0.02 * sr))
    n = len(y) // step
    level = 10.0 * np.log10(np.square(y[: n * step]).reshape(n, step).mean(axis=1) + 1e-10)
    first = find_attack(y, sr) // step + round(0.35 / 0.02)
    lowest = np.lib.stride_tricks.sliding_window_view(np.pad(level, (5, 0), mode="edge"), 6).min(axis=1)[:n]
    again = (level - lowest > _STRIKES_AGAIN_DB) & (level > level.max() - _NOT_FAINTER_DB)
    return not bool(again[first:].any())


def attack_and_decay(y: FloatArray, sr: int) -> tuple[float, float]:
    """Rise from a tenth to nine tenths of the peak, and fall to 20 dB below it, of the strongest hit, in seconds."""
    start = find_attack(y, sr)
    step = max(1, round(0.001 * sr))
    part = np.abs(y[max(0, start - step) :])
    n = max(1, len(part) // step)
    envelope = part[: n * step].reshape(n, -1).max(axis=1) if len(part) >= step else part
    peak = int(envelope.argmax())
    rise = envelope[: peak + 1] / envelope[peak]
    attack = int((rise >= 0.9).argmax()) - int((rise >= 0.1).argmax())
    ring = int(np.flatnonzero(envelope >= 0.1 * envelope[peak])[-1]) - peak
    return max(1, attack) * step / sr, max(1, ring) * step / sr


def measure_harmonicity(spectra: ShortSpectra, peaks: PitchPeaks) -> float | None:
    """Share of the power between 38 Hz and 5 kHz in peaks that stand out; near 0 for noise, near 1 for held tones."""
    hz = np.arange(len(spectra.mean_power)) * spectra.sr / spectra.n_fft
    whole = float(spectra.mean_power[(hz >= F_MIN) & (hz <= F_MAX)].sum()) / _HANN_SPREAD
    if not whole > 1e-12 or not peaks.n_frames:
        return None
    tones = 0.0
    for start in range(0, peaks.n_frames, _BLOCK):
        part = peaks.block(start, min(start + _BLOCK, peaks.n_frames))
        tones += float(np.square(part.magnitude[part.prominence > _STANDS_OUT], dtype=np.float64).sum())
    return min(1.0, tones / peaks.n_frames / whole)


# --- tags -----------------------------------------------------------------------------------------------------------


class ExcerptsMeter:
    """Feed mono blocks; keeps the stretches that tags are told from, if the length of the recording is known before.

    declared_s : that length in seconds, as the file says; None when it does not
    """

    def __init__(self, sr: int, declared_s: float | None) -> None:
        self._n = round(EXCERPT_S * sr)
        starts = () if declared_s is None else excerpt_starts(declared_s)
        self._starts = [max(0, round(start * sr)) for start in starts]
        self._parts: list[list[FloatArray]] = [[] for _ in starts]
        self._position, self._declared = 0, None if declared_s is None else round(declared_s * sr)

    def feed(self, y: FloatArray) -> None:
        for start, parts in zip(self._starts, self._parts, strict=True):
            first, last = max(0, start - self._position), start + self._n - self._position
            if first < len(y) and last > 0:
                parts.append(y[first:last].copy())
        self._position += len(y)

    def finish(self) -> list[FloatArray] | None:
        """The stretches, shape (n,) each; None when the recording was not as long as declared, so that they moved."""
        if self._position != self._declared:
            return None
        return [np.concatenate(parts) for parts in self._parts if parts]


def read_excerpts(read: Callable[[float, int], FloatArray], sr: int, duration_s: float) -> list[FloatArray]:
    """The same stretches by going back to them; `read` gives so many mono samples from a start in seconds."""
    return [read(start, round(EXCERPT_S * sr)) for start in excerpt_starts(duration_s)]


def measure_tags(stretches: Sequence[FloatArray], sr: int, checkpoint: str) -> tuple[tuple[str, float], ...]:
    """(tag, confidence), surest first, by MusiCNN from at most three stretches of three seconds; none for silence.

    Only tags above a bound are listed, and those that mean the same count as one. The confidence is the network's own.

    stretches : mono samples, shape (n,) each
    checkpoint : path of the weights without `.index`

    Raises
    ------
    BadSetup
        The weights are missing or damaged.
    """
    excerpts = []
    for y in stretches:
        if len(y) and np.abs(y).max() > 1e-5:
            excerpts.append(resample(np.asarray(y, np.float32), sr, TAG_SR))
    if not excerpts:
        return ()
    chances, _ = tag(load_network(checkpoint), excerpts)
    best: dict[str, float] = {}
    for name, chance in zip(MTT_TAGS, chances, strict=True):
        name = SAME_TAGS.get(name, name)
        best[name] = max(best.get(name, 0.0), float(chance))
    return tuple(sorted(((n, p) for n, p in best.items() if p >= TAG_BOUND), key=lambda item: -item[1]))
