"""Single hits: what is heard in the first second and a half after the attack, as numbers that do not know the level.

`describe_hit` turns the samples of a short recording into 171 numbers in fixed units; `Classes` (fitted by
`python -m benchmarks.fit_one_shots`) turns these into the chance of each class and into a vector in which hits of one
class lie close together whatever kit they come from.

References
----------
Fisher (1936), "The use of multiple measurements in taxonomic problems", for the linear discriminants; Lowe (2004),
"Distinctive image features from scale-invariant keypoints", for trust by how much further the second candidate is.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from importlib import resources

import numpy as np

from ..calibration import calibrated
from ..spectra import fft
from ..spectra.frames import FloatArray, mel_filterbank

LONGEST_S = 10.0  # a longer recording is not one hit

_REACH_S = 1.6  # after the attack
_HOP_S, _WINDOW_S = 0.005, 0.0232
_SLOTS_S = (-0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, _REACH_S)
_N_BANDS, _N_SHAPE = 28, 10
_BROAD = (0, 3, 6, 10, 15, 21, 28)  # edges of six broad bands, in mel bands
_FLOOR = 1e-7  # 70 dB below the loudest moment


def find_attack(y: FloatArray, sr: int) -> int:
    """Sample at which the strongest hit of y [shape=(n,)] begins: where it first reaches 1/20 of its peak.

    Quieter sound more than 0.3 s before the loudest moment is taken for something else: a breath, a ghost note.
    """
    envelope = np.abs(y)
    loudest = int(envelope.argmax())
    start = max(0, loudest - round(0.3 * sr))
    return start + int((envelope[start : loudest + 1] >= 0.05 * envelope[loudest]).argmax())


def describe_hit(y: FloatArray, sr: int) -> FloatArray:
    """What distinguishes hits, shape (171,), float32; all zeros for silence.

    y : np.ndarray [shape=(n,)], mono; what follows the attack is read up to 1.6 s
    """
    y = np.asarray(y, np.float32)
    y = y - y.mean() if len(y) else y
    if len(y) < 8 or not np.abs(y).max() > 1e-6:
        return np.zeros(N_NUMBERS, np.float32)
    start = find_attack(y, sr)
    hit = y[max(0, start - round(0.002 * sr)) : start + round(_REACH_S * sr)]
    hit = hit / np.abs(hit).max()
    power = _spectrogram(hit, sr)
    numbers = (
        *_shape_over_time(power, sr),
        *_decays(power, sr),
        *_outline(hit, sr),
        *_brightness(power, sr),
        *_pitch(hit, sr),
    )
    return np.nan_to_num(np.array(numbers, np.float32))


def _spectrogram(hit: FloatArray, sr: int) -> FloatArray:
    """Power, shape (frames, bins); 23 ms windows every 5 ms, the first centred on the first sample, always 1.6 s."""
    n, hop = round(_WINDOW_S * sr), _HOP_S * sr
    starts = np.round(np.arange(round(_REACH_S / _HOP_S)) * hop).astype(int)
    padded = np.zeros(starts[-1] + n + 1, np.float32)
    part = hit[: len(padded) - n // 2]
    padded[n // 2 : n // 2 + len(part)] = part
    frames = np.lib.stride_tricks.sliding_window_view(padded, n)[starts]
    window = np.hanning(n + 1)[:-1].astype(np.float32)
    spectrum = fft.rfft(frames * window, _fft_length(sr), axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def _fft_length(sr: int) -> int:
    return fft.next_fast_len(max(64, round(2 * _WINDOW_S * sr)))


@functools.lru_cache(maxsize=8)
def _bank(sr: int) -> FloatArray:
    """Mel filters, shape (bins, 28), of the same bands at every rate; those above the Nyquist frequency are empty."""
    n_fft = _fft_length(sr)
    high = max(sr, 36_000)
    whole = mel_filterbank(high, round(n_fft * high / sr), _N_BANDS, 40.0, 16_000.0)
    return np.ascontiguousarray(whole[:, : n_fft // 2 + 1].T)


def _slots(x: FloatArray) -> FloatArray:
    """Mean of x [shape=(frames, ...)] in each of the eight stretches of time."""
    edges = [max(0, round(s / _HOP_S)) for s in _SLOTS_S]
    return np.array([x[a : max(b, a + 1)].mean(axis=0) for a, b in itertools.pairwise(edges)])


def _shape_over_time(power: FloatArray, sr: int) -> FloatArray:
    """Cosine shape of the mel spectrum in eight stretches, and of their mean, (9 x 10,), in units of 10 dB."""
    bands = _slots(power @ _bank(sr))
    level = np.log10(bands / (bands.max() + 1e-20) + _FLOOR)
    means = bands.mean(axis=0)
    level = np.vstack([level, np.log10(means / (means.max() + 1e-20) + _FLOOR)])
    return np.asarray((level @ _cosines()).ravel() / 2.0)


@functools.cache
def _cosines() -> FloatArray:
    """The first ten vectors of the orthonormal cosine transform (type 2), shape (28, 10)."""
    i, k = np.arange(_N_BANDS)[:, None] + 0.5, np.arange(_N_SHAPE)[None, :]
    basis = np.cos(np.pi * i * k / _N_BANDS) * np.sqrt(2.0 / _N_BANDS)
    basis[:, 0] /= np.sqrt(2.0)
    return np.asarray(basis)


def _decays(power: FloatArray, sr: int) -> list[float]:
    """Of six broad bands and the whole: share of the energy, time of the peak, time above -10, -20 and -35 dB of it."""
    bands = np.add.reduceat(power @ _bank(sr), _BROAD[:-1], axis=1)
    bands = np.column_stack([bands, bands.sum(axis=1)])
    energy = bands.sum(axis=0)
    numbers = list(np.log10(energy[:-1] / (energy[-1] + 1e-20) + 1e-6))
    for band in bands.T:
        peak = int(band.argmax())
        after = np.maximum.accumulate(band[peak:][::-1])[::-1] / (band[peak] + 1e-20)
        lengths = [(after > limit).sum() for limit in (10**-1.0, 10**-2.0, 10**-3.5)]
        numbers += [np.log10(1.0 + peak), *np.log10(np.maximum(lengths, 1))]
    return [float(x) for x in numbers]


def _outline(hit: FloatArray, sr: int) -> list[float]:
    """Of the envelope: rise, length, centre, crest, unevenness of the first 80 ms; zero crossings of 3 stretches."""
    step = max(1, round(0.001 * sr))
    n = max(1, len(hit) // step)
    envelope = np.sqrt(np.square(hit[: n * step]).reshape(n, -1).mean(axis=1)) if len(hit) >= step else np.abs(hit)
    peak = int(envelope.argmax())
    rise = int((envelope[: peak + 1] >= 0.1 * envelope[peak]).argmax())
    total = float(np.square(envelope).sum())
    centre = float((np.arange(len(envelope)) * np.square(envelope)).sum()) / total
    ring = np.flatnonzero(envelope > 0.01 * envelope[peak])[-1]
    early = np.log(envelope[:80] + 1e-3)
    smooth = np.convolve(np.pad(early, 8, mode="edge"), np.ones(17) / 17, mode="valid")
    rough = early - smooth[: len(early)]
    bursts = int(((rough[1:-1] > rough[:-2]) & (rough[1:-1] >= rough[2:]) & (rough[1:-1] > 0.25)).sum())
    numbers = [np.log10(1.0 + peak - rise), np.log10(1.0 + ring), np.log10(1.0 + centre)]
    numbers += [np.log10(np.abs(hit).max() / (np.sqrt(np.square(hit[: round(0.1 * sr)]).mean()) + 1e-9))]
    numbers += [float(rough.std()), float(bursts), float(np.abs(np.diff(early)).mean())]
    for a, b in ((0.0, 0.02), (0.02, 0.08), (0.08, 0.3)):
        part = hit[round(a * sr) : round(b * sr)]
        crossings = np.count_nonzero(np.signbit(part[1:]) != np.signbit(part[:-1])) if len(part) > 8 else 0
        numbers.append(np.log10(20.0 + crossings * sr / max(1, len(part))))
    return [float(x) for x in numbers]


def _brightness(power: FloatArray, sr: int) -> list[float]:
    """Centroid, spread, 50 and 85 % roll-off (log Hz) and flatness of four stretches after the attack."""
    hz = np.arange(power.shape[1]) * sr / _fft_length(sr)
    inside = (hz >= 40.0) & (hz <= 16_000.0)
    numbers: list[float] = []
    for a, b in ((0, 4), (4, 14), (14, 40), (40, 160)):
        p = power[a:b, inside].mean(axis=0) + 1e-9 * power.max()
        share = p / p.sum()
        log_hz = np.log10(hz[inside])
        centre = float((share * log_hz).sum())
        spread = float(np.sqrt((share * (log_hz - centre) ** 2).sum()))
        up_to = np.cumsum(share)
        rolls = [float(log_hz[int((up_to >= q).argmax())]) for q in (0.5, 0.85)]
        flatness = float(np.exp(np.log(p).mean()) / p.mean())
        numbers += [centre, spread, *rolls, np.log10(flatness + 1e-4)]
    return numbers


def _pitch(hit: FloatArray, sr: int) -> list[float]:
    """The strongest partial of three stretches (log Hz, share of the power), its fall, and how tonal the sound is."""
    numbers: list[float] = []
    for start, length in ((0.002, 0.06), (0.05, 0.12), (0.15, 0.25)):
        part = hit[round(start * sr) : round((start + length) * sr)]
        if len(part) < 0.5 * length * sr:
            part = np.pad(part, (0, round(0.5 * length * sr) - len(part) + 1))
        n = fft.next_fast_len(4 * len(part))
        spectrum = fft.rfft(part * np.hanning(len(part)), n)
        p = spectrum.real**2 + spectrum.imag**2 + 1e-12
        hz = np.arange(len(p)) * sr / n
        inside = (hz > 35.0) & (hz < 6000.0)
        p_in, hz_in = p[inside], hz[inside]
        top = int(p_in.argmax())
        width = 3.0 / length
        near = np.abs(hz_in - hz_in[top]) < width
        rest = np.where(near, 0.0, p_in)
        second = int(rest.argmax())
        numbers += [
            np.log10(hz_in[top]),
            float(p_in[near].sum() / p.sum()),
            float(np.log10(hz_in[second] / hz_in[top])),
            float(np.log10(rest[second] / p_in[top] + 1e-4)),
            float(_self_likeness(p, n, sr)),
        ]
    numbers += [numbers[0] - numbers[5], numbers[5] - numbers[10]]
    return [float(x) for x in numbers]


def _self_likeness(power: FloatArray, n: int, sr: int) -> float:
    """Greatest autocorrelation at lags of 1/1500 to 1/50 s: 1 for a steady tone, near 0 for noise."""
    products = fft.irfft(power.astype(np.complex128), n)
    low, high = max(2, round(sr / 1500)), min(n // 2, round(sr / 50))
    # Begin behind the first fall below zero, else a low-passed noise looks periodic.
    below = np.flatnonzero(products[:high] < 0.0)
    low = max(low, int(below[0])) if len(below) else high
    return float(products[low:high].max() / products[0]) if high > low else 0.0


#: How many numbers `describe_hit` gives, and the length of the vector of a hit (11 classes).
N_NUMBERS = 9 * _N_SHAPE + 6 + 7 * 4 + 10 + 20 + 17
VECTOR_LENGTH = 4 * 11 + 16


# --- classes --------------------------------------------------------------------------------------------------------

#: Below it no class is named: it would be likelier wrong than right, or likelier none of the classes than one of them.
SURE_ENOUGH = 0.5
#: Log odds of the classes against all other sounds where one single sound in seven is none of them.
_ONE_IN_SEVEN = float(np.log(6.0))
_RARE = {"shaker": -4.0}  # log odds: seldom among single hits, and easily taken for a closed hi-hat
_SOFT, _SHARP = 0.3, 0.6  # powers of the chances in the vector: the discriminants alone are too sure


@dataclass(frozen=True, slots=True)
class Hit:
    """What a single hit is taken for.

    label : None when it is too uncertain, or unlike any class
    confidence : 0..1, that `likeliest` is right
    alternatives : (label, confidence), likeliest first
    vector : np.ndarray [shape=(60,)], float32
    """

    label: str | None
    likeliest: str
    confidence: float
    alternatives: tuple[tuple[str, float], ...]
    vector: FloatArray


@dataclass(frozen=True, slots=True)
class Classes:
    """Linear discriminants of the classes, and a direction for what they do not tell.

    mean, scale : np.ndarray [shape=(171,)], of the numbers of `describe_hit`
    discriminants : np.ndarray [shape=(171, classes - 1)], after which hits of one class have unit variance
    centres : np.ndarray [shape=(classes, classes - 1)]
    rest : np.ndarray [shape=(171, 16)], a random projection
    ours : np.ndarray [shape=(172,)], of the logistic model that says whether a sound is of any of the classes; the
        last is its intercept
    trust : np.ndarray [shape=(3 + classes,)], of the logistic model that says whether the likeliest class is right
    """

    names: tuple[str, ...]
    mean: FloatArray
    scale: FloatArray
    discriminants: FloatArray
    centres: FloatArray
    rest: FloatArray
    ours: FloatArray
    trust: FloatArray

    def weigh(self, numbers: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Log chance of each class [shape=(n, classes)], distance to the nearest centre [(n,)], the rest [(n, 16)].

        numbers : np.ndarray [shape=(n, 171)]
        """
        z = self.standardised(numbers)
        place = z @ self.discriminants
        distance = ((place[:, None] - self.centres) ** 2).sum(axis=2)
        log_chance = -0.5 * distance + np.array([_RARE.get(name, 0.0) for name in self.names])
        log_chance = _normalised(log_chance)
        rest = z @ self.rest
        nearest = distance.min(axis=1)
        length = np.linalg.norm(rest, axis=1, keepdims=True) + 1e-9
        return log_chance, np.sqrt(nearest), rest / length * nearest[:, None]

    def standardised(self, numbers: FloatArray) -> FloatArray:
        return np.asarray(((numbers - self.mean) / self.scale).clip(-4.0, 4.0))

    def chance_of_ours(self, numbers: FloatArray) -> FloatArray:
        """Chance that sounds are of any of the classes [shape=(n,)], where one in seven is not."""
        log_odds = self.standardised(numbers) @ self.ours[:-1] + self.ours[-1] + _ONE_IN_SEVEN
        return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))

    def vectors(self, numbers: FloatArray) -> FloatArray:
        """Shape (n, 60): chances of the classes, sharp and soft, and the rest, the longer the less typical a hit is.

        Hits of one class are close; among them the typical ones are closest to all others.
        """
        log_chance, _, rest = self.weigh(numbers)
        soft, sharp = (np.exp(_normalised(power * log_chance)) for power in (_SOFT, _SHARP))
        return np.hstack([soft, sharp, np.log(soft + 0.01), np.log(sharp + 0.01), rest / 100.0]).astype(np.float32)

    def recognise(self, numbers: FloatArray) -> Hit:
        """The class of one hit, numbers [shape=(171,)]."""
        log_chance, distance, _ = self.weigh(numbers[None])
        chance = np.exp(log_chance[0])
        order = np.argsort(-chance)
        raw = trust_of(self.trust, log_chance, distance)[0]
        confidence = calibrated("class", float(raw))
        ours = float(self.chance_of_ours(numbers[None])[0])
        if not numbers.any():  # there was no sound
            ours = 0.0
        if ours < SURE_ENOUGH:
            confidence = min(confidence, ours)
        share = chance / max(1e-9, 1.0 - float(chance[order[0]])) * (1.0 - confidence)
        others = tuple((self.names[i], float(share[i])) for i in order[1:4] if share[i] >= 0.02)
        best = self.names[order[0]]
        label = best if confidence >= SURE_ENOUGH else None
        return Hit(label, best, confidence, others, self.vectors(numbers[None])[0])


def trust_of(weights: FloatArray, log_chance: FloatArray, distance: FloatArray) -> FloatArray:
    """Chance that the likeliest class is right [shape=(n,)], from `grounds_of_trust`."""
    return np.asarray(1.0 / (1.0 + np.exp(-(grounds_of_trust(log_chance, distance) @ weights))))


def grounds_of_trust(log_chance: FloatArray, distance: FloatArray) -> FloatArray:
    """What trust rests on, shape (n, 3 + classes).

    1, the logarithm of how much further (in squares) the second class is than the likeliest, the distance to the
    likeliest, and which class that is. The lead alone would trust most what lies far from everything.
    """
    ordered = np.sort(log_chance, axis=1)
    further = np.log1p(2.0 * (ordered[:, -1] - ordered[:, -2]) / (distance**2 + 1e-6))
    likeliest = np.eye(log_chance.shape[1])[log_chance.argmax(axis=1)]
    return np.column_stack([np.ones(len(distance)), further, distance, likeliest])


def _normalised(log_chance: FloatArray) -> FloatArray:
    """Log chances that add up to 1 in each row."""
    shifted = log_chance - log_chance.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


@functools.cache
def read_classes() -> Classes:
    """The fitted model, from `data/one_shots.npz`."""
    with resources.files("grym_synth.audio").joinpath("data/one_shots.npz").open("rb") as file, np.load(file) as stored:
        arrays = {name: stored[name] for name in stored.files}
    names = tuple(str(name) for name in arrays.pop("names"))
    return Classes(names, **{name: value.astype(np.float32) for name, value in arrays.items()})
