"""Fit the tempo model of `grym_synth.audio.rhythm.tempo`, and predict each recording by a model that never met it.

    python -m benchmarks.fit_tempo EVAL AUDIO FURTHER [--dry-run]

Learns from the development items (EVAL/truth.json, AUDIO/ID.ogg or ID.flac), each also played a little faster or
slower, from what `benchmarks.tempo_material` left in FURTHER, and from patterns made here, in which the backbeat on 2
and 4 says what the beat is. Prints the scores of items whose piece, kit, loop or family of patterns was kept out of the
fit; then writes the weights into tempo.py unless --dry-run. The predictions of --predictions, of those same items, are
what `benchmarks.calibration` fits the line of "tempo" to. Seeded: the same audio gives the same weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.fft
import scipy.optimize
import soundfile as sf
from numpy.typing import NDArray

from benchmarks.tempo_material import source_of
from grym_synth.audio.rhythm import tempo
from grym_synth.audio.rhythm.onsets import pulse_envelope
from grym_synth.audio.spectra.frames import FloatArray, ShortSpectra, ShortSpectraMeter
from grym_synth.audio.spectra.rows import RowsLike

SR = 44_100
FOLDS, SEED = 10, 20
UNITS = 4
PENALTY = 3.0  # on the squares of the weights, of standardised features
SHARES = {"real": 1.0, "respeeded": 1.0, "further": 1.0, "made": 0.3}  # what one example counts in the fit
MADE_PER_FAMILY = 24
OCTAVES = (1.0, 0.5, 2.0, 1 / 3, 3.0)


# --- patterns -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Family:
    """Patterns of one kind. Each voice has rows to draw from: a step a character, `x` a hit, `o` a soft one.

    A row that is shorter than the bar repeats. `octave_free`: some tap at half of the tempo, and both are right.
    """

    tempi: tuple[float, float]
    steps: int  # in a beat
    voices: Mapping[str, Sequence[str]]
    beats: int = 4  # in a bar
    octave_free: bool = False
    tonal: float = 0.6  # how often more than drums plays


EIGHTHS, SIXTEENTHS, OFFBEATS, QUARTERS, NONE = "x.x.", "xoxo", "..x.", "x...", "...."
BACKBEAT = "....x..."
KICKS = ("x.......", "x.......x.x.....", "x.....x.x.......", "x.x.....x.x.....", "x.........x.....")
FAMILIES: dict[str, Family] = {
    "rock": Family((62, 176), 4, {"kick": KICKS, "snare": [BACKBEAT], "hat": [EIGHTHS, EIGHTHS, "x.o."]}),
    "ballad": Family((60, 96), 4, {"kick": KICKS, "snare": [BACKBEAT], "hat": [SIXTEENTHS, EIGHTHS, "xxxx"]}),
    "quarters": Family((90, 178), 4, {"kick": KICKS, "snare": [BACKBEAT], "hat": [QUARTERS, NONE, OFFBEATS]}),
    "four on the floor": Family(
        (96, 152), 4, {"kick": [QUARTERS], "snare": [BACKBEAT, NONE], "hat": [OFFBEATS, EIGHTHS, SIXTEENTHS, "..xx"]}
    ),
    "stomp": Family(
        (92, 160), 4, {"kick": ["x.....x.x.......", QUARTERS], "snare": [QUARTERS], "hat": [EIGHTHS, NONE]}
    ),
    "half-time": Family(
        (116, 168), 4,
        {"kick": ["x.........x.....", "x..............."], "snare": ["........x......."], "hat": [EIGHTHS, QUARTERS]},
        octave_free=True,
    ),
    "break": Family(
        (84, 176), 4,
        {"kick": ["x.x.......xx....", "x..x......x.....", "x.x....x..x....."],
         "snare": ["....x..o.o..x..o", "....x..o....x...", "....x.o..o..x.o."], "hat": [EIGHTHS, EIGHTHS, NONE]},
    ),
    "drum and bass": Family(
        (162, 178), 4,
        {"kick": ["x.........x.....", "x....x....x.....", "x.........x...x."],
         "snare": [BACKBEAT, "....x..o....x..."], "hat": [EIGHTHS, "x.x.x.x.x.xxx.x."]},
    ),
    "hip hop": Family(
        (76, 104), 4,
        {"kick": ["x.....x...x.....", "x..x......x..x..", "x......x.xx....."], "snare": [BACKBEAT],
         "hat": [EIGHTHS, SIXTEENTHS, "xox.xoxxxox.xox."]},
    ),
    "funk": Family(
        (88, 126), 4,
        {"kick": ["x..x..x...x..x..", "x.x...x..xx.....", "x.....x...x..x.."],
         "snare": ["....x..o.o..x...", "....x..o....x..o"], "hat": [SIXTEENTHS, EIGHTHS]},
    ),
    "train": Family(
        (84, 132), 4,
        {"kick": ["x.......", QUARTERS], "snare": ["ooooxooo", "oooxooox"], "hat": [NONE, QUARTERS]},
    ),
    "polka": Family((100, 130), 4, {"kick": [QUARTERS], "snare": [OFFBEATS], "hat": [NONE, EIGHTHS]}),
    "shuffle": Family(
        (64, 150), 3,
        {"kick": ["x.....", "x.....x.x...", "x.."], "snare": ["...x.."], "hat": ["x.x", "x.o", "xoo"]},
    ),
    "swing": Family(
        (96, 178), 3,
        {"kick": ["o..", "x.....", "..."], "snare": ["...", ".....o....o."], "ride": ["x..x.x"], "hat": ["...x.."]},
    ),
    "waltz": Family(
        (84, 178), 2, {"kick": ["x....."], "snare": ["..x.x.", "..o.o."], "hat": ["x.", "xo", ".."]}, beats=3
    ),
    "six-eight": Family(
        (48, 92), 3, {"kick": ["x.....", "x...o.", "x.o..."], "snare": ["...x.."], "hat": ["xoo", "xxx"]}, beats=2
    ),
    "bossa": Family(
        (108, 160), 2,
        {"kick": ["x..xx..x"], "rim": ["x..x..x...x..x..", "..x.x...x..x..x."], "hat": ["xo"]}, beats=8,
    ),
    "hats only": Family((76, 140), 4, {"hat": ["x.o.", "xooo", QUARTERS, "x.o.x.oo"]}),
    "kick only": Family((66, 168), 4, {"kick": [QUARTERS]}, tonal=0.3),
    "claps": Family(
        (84, 150), 4, {"kick": [NONE, "x......."], "clap": [BACKBEAT], "hat": [EIGHTHS, OFFBEATS]}, tonal=1.0
    ),
}  # fmt: skip

Sound = Callable[[float], FloatArray]  # one hit of a drum, at a velocity 0..1


def make_drums(rng: np.random.Generator) -> dict[str, Sound]:
    """A kit of random tuning, length and brightness."""

    def noise(seconds: float, brightness: float) -> FloatArray:
        n = round(6 * seconds * SR)
        y = rng.standard_normal(n + 1)
        y = (1.0 - abs(brightness)) * y[1:] + brightness * np.diff(y)
        return np.asarray(y * np.exp(-np.arange(n) / (seconds * SR)))

    def tone(f0: float, bend: float, seconds: float) -> FloatArray:
        t = np.arange(round(6 * seconds * SR)) / SR
        return np.asarray(np.sin(2 * np.pi * (f0 * t + bend * (1 - np.exp(-t / 0.02)))) * np.exp(-t / seconds))

    def mixed(*parts: FloatArray) -> Sound:
        y = np.zeros(max(map(len, parts)))
        for part in parts:
            y[: len(part)] += part
        return lambda velocity: velocity * y

    hat_s = rng.uniform(0.01, 0.04)
    return {
        "kick": mixed(tone(rng.uniform(42, 75), rng.uniform(0, 10), rng.uniform(0.05, 0.15)),
                      rng.uniform(0, 0.3) * noise(0.003, 0.5)),
        "snare": mixed(rng.uniform(0.3, 0.8) * noise(rng.uniform(0.03, 0.09), rng.uniform(0, 0.6)),
                       rng.uniform(0.1, 0.6) * tone(rng.uniform(160, 260), 1.0, rng.uniform(0.03, 0.08))),
        "clap": mixed(rng.uniform(0.4, 0.8) * noise(rng.uniform(0.03, 0.1), 0.3)),
        "rim": mixed(rng.uniform(0.3, 0.7) * tone(rng.uniform(700, 1800), 0.0, 0.012), 0.2 * noise(0.005, 0.5)),
        "hat": mixed((level := rng.uniform(0.05, 0.3)) * noise(hat_s, 0.9)),
        "ride": mixed(level * noise(rng.uniform(0.08, 0.2), 0.9),
                      0.3 * level * tone(rng.uniform(3000, 5000), 0.0, 0.2)),
    }  # fmt: skip


def make_note(midi: float, seconds: float, decay_s: float, partials: FloatArray) -> FloatArray:
    """A plucked or held note with the given levels of its partials."""
    t = np.arange(round(seconds * SR)) / SR
    f0 = 440.0 * 2 ** ((midi - 69) / 12)
    y = np.zeros(len(t))
    for k, level in enumerate(partials, start=1):
        y += level * np.sin(2 * np.pi * k * f0 * t)
    return np.asarray(y * np.exp(-t / decay_s) * np.minimum(1, t / 0.006) * np.minimum(1, (seconds - t) / 0.02))


CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14), (2, 5, 9), (4, 7, 11))
Rhythms = dict[int, list[tuple[float, ...]]]  # by metre
# Where a part plays, in beats of a bar of four and of three.
CHORD_RHYTHMS: Rhythms = {
    4: [(0,), (0, 2), (0, 1, 2, 3), (1, 3), (0.5, 1.5, 2.5, 3.5), (0, 1.5, 3)],
    3: [(0,), (1, 2), (0, 1, 2)],
}
BASS_RHYTHMS: Rhythms = {
    4: [(0,), (0, 2), (0, 1, 2, 3), (0, 1.5, 2), (0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5)],
    3: [(0,), (0, 2), (0, 1, 2)],
}


def tonal_parts(metre: int, rng: np.random.Generator) -> Iterator[tuple[float, float, float, str]]:
    """(beat, length in beats, level, part) of a bar; some of bass, chords, an arpeggio or a tune."""
    parts = [name for name in ("bass", "chords", "arpeggio", "tune") if rng.random() < 0.5] or ["bass", "chords"]
    for part in parts:
        if part in ("bass", "chords"):
            rhythms = (BASS_RHYTHMS if part == "bass" else CHORD_RHYTHMS)[metre]
            at = list(rhythms[int(rng.integers(len(rhythms)))])
        elif part == "arpeggio":
            at = np.arange(0, metre, rng.choice([0.5, 0.5, 0.25])).tolist()
        else:
            at = [b for b in np.arange(0, metre, 0.5).tolist() if rng.random() < (0.35 if b % 1 else 0.75)] or [0.0]
        ends = (*at[1:], metre)
        for beat, end in zip(at, ends, strict=True):
            yield float(beat), float(end - beat), float(rng.uniform(0.5, 1.0)), part


def make_pattern(family: Family, rng: np.random.Generator) -> tuple[FloatArray, float, float]:
    """A recording of 10 to 24 s, mono, its tempo, and when its first bar begins."""
    tempo = float(rng.uniform(*family.tempi))
    beat_s, seconds = 60.0 / tempo, float(rng.uniform(10, 24))
    y = np.zeros(round((seconds + 2.0) * SR))
    lead = rng.choice([0.0, rng.uniform(0, 1.5)])
    late, uneven = rng.choice([0.0, 0.003, 0.008]), rng.choice([0.0, 0.1, 0.25])
    swing = rng.choice([0.0, 0.0, 0.0, rng.uniform(0.05, 0.3)]) if family.steps == 4 and tempo < 120 else 0.0

    def add(at_beat: float, sound: FloatArray) -> None:
        start = max(0, round((lead + at_beat * beat_s + rng.normal(0, late)) * SR))
        if start < seconds * SR:
            part = y[start : start + len(sound)]
            part += sound[: len(part)]

    drums = make_drums(rng)
    rows = {voice: options[int(rng.integers(len(options)))] for voice, options in family.voices.items()}
    bars = int((seconds - lead) / (family.beats * beat_s)) + 1
    fills = family.voices and family.steps == 4 and rng.random() < 0.4
    steps = family.beats * family.steps
    for bar in range(bars):
        filling = fills and bar % 4 == 3
        for voice, row in rows.items():
            for step in range(steps - family.steps if filling else steps):
                mark = row[(step if steps % len(row) == 0 else bar * steps + step) % len(row)]
                if mark != ".":
                    velocity = (1.0 if mark == "x" else 0.35) * max(0.2, rng.normal(1, uneven))
                    late_16th = swing / family.steps if step % 2 else 0.0
                    add(bar * family.beats + step / family.steps + late_16th, drums[voice](velocity))
        for step in range(family.steps if filling else 0):
            add((bar + 1) * family.beats - 1 + step / family.steps, drums["snare"](0.6 + 0.1 * step))
    if rng.random() < family.tonal:
        add_tonal(add, family.beats if family.beats in (3, 4) else 4, bars * family.beats, beat_s, rng)
    return finish(y[: round(seconds * SR)], rng), tempo, float(lead)


def add_tonal(
    add: Callable[[float, FloatArray], None], metre: int, beats: int, beat_s: float, rng: np.random.Generator
) -> None:
    """Bass, chords, arpeggio or tune over four chords that change with the bar, twice a bar, or every other bar."""
    events = list(tonal_parts(metre, rng))
    level, decay_s = rng.uniform(0.08, 0.3), float(rng.choice([0.15, 0.4, 1.5]))
    partials = np.arange(1, 7) ** -rng.uniform(1.0, 2.5)
    roots, every = rng.integers(len(CHORDS), size=4), float(rng.choice([1, 1, 1, 0.5, 2])) * metre
    key = int(rng.integers(-5, 7))
    for bar in range(beats // metre + 1):
        for count, (beat, length, loud, part) in enumerate(events):
            at = bar * metre + beat
            chord = CHORDS[roots[int(at // every) % 4]]
            pitches = {"bass": [36 + chord[0]], "chords": [60 + p for p in chord],
                       "arpeggio": [60 + chord[count % 3]], "tune": [72 + chord[rng.integers(3)]]}[part]  # fmt: skip
            for pitch in pitches:
                gain = level * loud * (1.6 if part == "bass" else 0.8)
                add(at, gain * make_note(pitch + key, length * beat_s, decay_s, partials))


def finish(y: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Room, noise and saturation, each on some recordings."""
    n = len(y)
    if rng.random() < 0.4:
        tail = rng.standard_normal(SR) * np.exp(-np.arange(SR) / (rng.uniform(0.05, 0.3) * SR))
        size = scipy.fft.next_fast_len(n + SR, real=True)
        wet = scipy.fft.irfft(scipy.fft.rfft(y, size) * scipy.fft.rfft(tail / np.sqrt((tail**2).sum()), size), size)
        y = y + rng.uniform(0.1, 0.6) * wet[:n]
    if rng.random() < 0.3:
        y = np.tanh(rng.uniform(1, 4) * y / np.abs(y).max())
    noise = 10 ** (rng.uniform(-70, -30) / 20) if rng.random() < 0.5 else 1e-5
    return np.asarray(y / np.abs(y).max() + noise * rng.standard_normal(n))


# --- examples -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """The candidates of one recording: their features [shape=(candidates, features)], and which of them are right."""

    name: str
    group: str  # a piece, kit, loop or family; never both learned from and scored
    source: str  # a key of SHARES
    kind: str
    tempi: FloatArray
    features: FloatArray
    right: NDArray[np.bool_]
    octave_free: bool


def make_example(mel: RowsLike, frame_rate: float, tempo_bpm: float, octave_free: bool, **names: str) -> Example | None:
    """None where no tempo is claimed at all."""
    pulse = pulse_envelope(mel, frame_rate)
    tempi, features = tempo.weigh_candidates(pulse, frame_rate, mel)
    if not len(tempi):
        return None
    allowed = tempo_bpm * np.array(OCTAVES if octave_free else (1.0,))
    right = np.asarray((np.abs(tempi[:, None] / allowed - 1.0) < 0.04).any(axis=1))
    return Example(tempi=tempi, features=features, right=right, octave_free=octave_free, **names)


def read_spectra(path: Path) -> ShortSpectra:
    y, sr = sf.read(path, dtype="float32", always_2d=True)
    meter = ShortSpectraMeter(sr)
    meter.feed(y.mean(axis=1))
    return meter.finish()


def real_examples(evaluation: Path, audio: Path, rng: np.random.Generator) -> Iterator[Example]:
    """The items as they are and at two other speeds each: the same frames, said to come faster or slower."""
    truth: dict[str, dict[str, Any]] = json.loads((evaluation / "truth.json").read_text())
    sources = {item["id"]: source_of(item) for item in json.loads((evaluation / "items.json").read_text())}
    for path in sorted(audio.iterdir()):
        item = truth.get(path.stem, {})
        if "tempo_bpm" not in item:
            continue
        spectra = read_spectra(path)
        names = {"name": path.stem, "group": sources[path.stem], "kind": item["kind"]}
        octave_free = bool(item.get("octave_free"))
        for speed in (1.0, rng.uniform(0.82, 0.94), rng.uniform(1.06, 1.2)):
            tempo_bpm, rate = speed * item["tempo_bpm"], speed * spectra.frame_rate
            source = "real" if speed == 1.0 else "respeeded"
            example = make_example(spectra.mel, rate, tempo_bpm, octave_free, source=source, **names)
            if example is not None:
                yield example


def further_examples(folder: Path) -> Iterator[Example]:
    truth: dict[str, dict[str, Any]] = json.loads((folder / "truth.json").read_text())
    for name, item in sorted(truth.items()):
        spectra = read_spectra(folder / f"{name}.ogg")
        names = {"name": name, "group": item["source"], "kind": item["kind"], "source": "further"}
        example = make_example(spectra.mel, spectra.frame_rate, item["tempo_bpm"], False, **names)
        if example is not None:
            yield example


def made_examples(rng: np.random.Generator) -> Iterator[Example]:
    for name, family in FAMILIES.items():
        for i in range(MADE_PER_FAMILY):
            y, tempo_bpm, _ = make_pattern(family, rng)
            meter = ShortSpectraMeter(SR)
            meter.feed(y.astype(np.float32))
            spectra = meter.finish()
            names = {"name": f"{name} {i}", "group": name, "kind": name, "source": "made"}
            example = make_example(spectra.mel, spectra.frame_rate, tempo_bpm, family.octave_free, **names)
            if example is not None:
                yield example


# --- the fit --------------------------------------------------------------------------------------------------------


def fit_weights(examples: Sequence[Example]) -> tempo.Weights:
    """The model that gives the right candidates of each recording the most of the odds, ridge-penalised."""
    learned = [e for e in examples if e.right.any()]
    everything = np.concatenate([e.features for e in learned])
    mean, spread = everything.mean(axis=0), everything.std(axis=0) + 1e-9
    n, most, width = len(learned), max(len(e.tempi) for e in learned), len(mean)
    x = np.zeros((n, most, width))
    right, absent = np.zeros((n, most)), np.full((n, most), -1e9)
    for i, e in enumerate(learned):
        x[i, : len(e.tempi)] = (e.features - mean) / spread
        right[i, : len(e.tempi)], absent[i, : len(e.tempi)] = e.right, 0.0
    share = np.array([SHARES[e.source] * (0.5 if e.octave_free else 1.0) for e in learned])
    cuts = np.cumsum([width - 1, UNITS * width, UNITS])

    def loss(w: FloatArray) -> tuple[float, FloatArray]:
        direct, units, offsets, out = np.split(w, cuts)
        units = units.reshape(UNITS, width)
        together = np.tanh(x @ units.T + offsets)
        chance = _softmax(x[..., :-1] @ direct + together @ out + absent)
        hit = chance * right
        total = hit.sum(axis=1) + 1e-12
        up = (chance - hit / total[:, None]) * share[:, None]
        back = up[..., None] * out * (1.0 - together**2)
        slope = [
            np.einsum("ij,ijf->f", up, x[..., :-1]),
            np.einsum("iju,ijf->uf", back, x, optimize=True).ravel(),
            back.sum(axis=(0, 1)),
            np.einsum("ij,iju->u", up, together),
        ]
        return float(-(share * np.log(total)).sum() + PENALTY * w @ w), np.concatenate(slope) + 2.0 * PENALTY * w

    rng = np.random.default_rng(SEED)
    start = np.zeros(cuts[-1] + UNITS)
    start[cuts[0] : cuts[1]] = rng.normal(0.0, 0.6 / np.sqrt(width), UNITS * width)
    start[cuts[2] :] = rng.normal(0.0, 0.3, UNITS)
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    direct, units, offsets, out = np.split(found, cuts)
    units = units.reshape(UNITS, width) / spread
    return tempo.Weights(direct / spread[:-1], units, offsets - units @ mean, out)


def _softmax(score: FloatArray) -> FloatArray:
    chance = np.exp(score - score.max(axis=-1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=-1, keepdims=True))


def cross_validate(examples: Sequence[Example]) -> tuple[FloatArray, FloatArray]:
    """(probability of the likeliest, whether it is right) of each example, its group kept out of the fit."""
    groups = sorted({e.group for e in examples})
    fold = dict(zip(groups, np.random.default_rng(SEED).permutation(len(groups)) % FOLDS, strict=True))
    p, hit = np.zeros(len(examples)), np.zeros(len(examples))
    for k in range(FOLDS):
        weights = fit_weights([e for e in examples if fold[e.group] != k])
        for i, e in enumerate(examples):
            if fold[e.group] == k:
                chance = _softmax(weights.score(e.features))
                best = int(chance.argmax())
                p[i], hit[i] = chance[best], e.right[best]
    return p, hit


def to_predictions(examples: Sequence[Example], p: FloatArray, hit: FloatArray) -> list[dict[str, Any]]:
    return [
        {"id": e.name, "source": e.group, "p": round(float(p[i]), 6), "right": bool(hit[i])}
        for i, e in enumerate(examples)
        if e.source in ("real", "further")
    ]


# --- report ---------------------------------------------------------------------------------------------------------


def report(examples: Sequence[Example], hit: FloatArray, p: FloatArray) -> None:
    kinds = np.array([f"{e.source} {e.kind}" for e in examples])
    strict = np.array([not e.octave_free for e in examples])
    print(f"{'cross-validated':30s} {'n':>5s}  right  probability")
    for kind in dict.fromkeys(kinds):
        mine = kinds == kind
        print(f"{kind:30s} {mine.sum():5d}  {hit[mine].mean():.3f}  {p[mine].mean():.3f}")
    for source in SHARES:
        mine = strict & np.array([e.source == source for e in examples])
        print(f"{source + ', acc1':30s} {mine.sum():5d}  {hit[mine].mean():.3f}  {p[mine].mean():.3f}")


def paste(weights: tempo.Weights) -> str:
    """tempo.py with these weights instead of those that it has."""

    def rows(numbers: FloatArray, lengths: Sequence[int]) -> list[str]:
        parts = np.split(numbers, np.cumsum(lengths)[:-1])
        return [", ".join(f"{number:.2f}" for number in part) for part in parts]

    table = ["    direct=np.array([", *(f"        {row}," for row in rows(weights.direct, (7, 2, 2, 6, 2))), "    ]),"]
    table += ["    units=np.array(["]
    for unit in weights.units:
        first, second = rows(unit, (11, 9))
        table += [f"        [{first},", f"         {second}],"]
    table += ["    ]),"]
    for name, numbers in (("offsets", weights.offsets), ("out", weights.out)):
        table += [f"    {name}=np.array([{rows(numbers, (len(numbers),))[0]}]),"]
    source = Path(tempo.__file__).read_text()
    start = source.index("_WEIGHTS = Weights(\n") + len("_WEIGHTS = Weights(\n")
    return source[:start] + "\n".join(table) + "\n" + source[source.index(")  # fmt: skip", start) :]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("further", type=Path)
    parser.add_argument("--predictions", type=Path, help="write what was predicted of real and further recordings")
    parser.add_argument("--dry-run", action="store_true", help="print, do not change tempo.py")
    a = parser.parse_args()
    rng = np.random.default_rng(SEED)
    real = real_examples(a.evaluation, a.audio, rng)
    examples = [*made_examples(rng), *real, *further_examples(a.further)]
    p, hit = cross_validate(examples)
    report(examples, hit, p)
    if a.predictions:
        a.predictions.write_text("".join(json.dumps(row) + "\n" for row in to_predictions(examples, p, hit)))
    pasted = paste(fit_weights(examples))
    print(pasted[pasted.index("_WEIGHTS = ") : pasted.index(")  # fmt: skip")])
    if not a.dry_run:
        Path(tempo.__file__).write_text(pasted)


if __name__ == "__main__":
    main()
