"""Instruments, grooves and small pieces, synthesized from seeds: what benchmarks/mixed_files.py makes recordings of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.answered import SR, Samples, decibels, harmony, music, pink, tone

# --- instruments: mono, a peak near 1 --------------------------------------------------------------------------------


def note_hz(midi: float) -> float:
    return float(440 * 2 ** ((midi - 69) / 12))


def band_noise(seconds: float, low_hz: float, high_hz: float, rng: np.random.Generator) -> Samples:
    """White noise between two frequencies, with soft edges; its peak is 1."""
    n = round(seconds * SR)
    hz = np.fft.rfftfreq(n, 1 / SR)
    gain = 1 / (1 + (low_hz / np.maximum(hz, 1)) ** 8) / (1 + (hz / high_hz) ** 8)
    y = np.fft.irfft(np.fft.rfft(rng.standard_normal(n)) * gain, n)
    return np.asarray(y / np.max(np.abs(y)), dtype=np.float64)


def kick(seconds: float = 0.45) -> Samples:
    """A sine that falls from 180 to 52 Hz, with a click at its head."""
    t = np.arange(round(seconds * SR)) / SR
    body = np.sin(2 * np.pi * (52 * t + 128 * 0.025 * (1 - np.exp(-t / 0.025)))) * np.exp(-t / 0.11)
    click = np.random.default_rng(1).standard_normal(len(t)) * np.exp(-t / 0.002)
    return np.asarray(0.85 * body + 0.08 * click, dtype=np.float64)


def snare(rng: np.random.Generator, seconds: float = 0.3) -> Samples:
    """Two modes of a drum head and the rattle of wires."""
    t = np.arange(round(seconds * SR)) / SR
    head = 0.55 * np.sin(2 * np.pi * 186 * t) * np.exp(-t / 0.05) + 0.25 * np.sin(2 * np.pi * 332 * t) * np.exp(
        -t / 0.03
    )
    return np.asarray(head + 0.6 * band_noise(seconds, 900, 9000, rng) * np.exp(-t / 0.07), dtype=np.float64)


def hat(rng: np.random.Generator, seconds: float = 0.12) -> Samples:
    t = np.arange(round(seconds * SR)) / SR
    metal = sum(np.sign(np.sin(2 * np.pi * hz * t)) for hz in (3170, 4230, 5210, 6340, 7410, 8630)) / 6
    mixed = 0.7 * band_noise(seconds, 7000, 16000, rng) + 0.3 * np.diff(metal, prepend=0)
    return np.asarray(mixed * np.exp(-t / 0.022), dtype=np.float64)


def clap(rng: np.random.Generator, seconds: float = 0.35) -> Samples:
    """Three hands, 11 ms apart, and the room after them."""
    t = np.arange(round(seconds * SR)) / SR
    level = sum(np.where(t >= at, np.exp(-(t - at) / 0.006), 0) for at in (0.0, 0.011, 0.022))
    level = 0.6 * level + np.where(t >= 0.03, 0.9 * np.exp(-(t - 0.03) / 0.07), 0)
    return np.asarray(0.8 * band_noise(seconds, 800, 3800, rng) * level, dtype=np.float64)


def voice(midi: float, seconds: float, vibrato_cents: float = 0.0) -> Samples:
    """A sung "ah": harmonics under the formants of the vowel."""
    t = np.arange(round(seconds * SR)) / SR
    cents = vibrato_cents * np.sin(2 * np.pi * 5.4 * t)
    phase = 2 * np.pi * np.cumsum(note_hz(midi) * 2 ** (cents / 1200)) / SR
    y = np.zeros_like(t)
    for k in range(1, 24):
        hz = k * note_hz(midi)
        formants = sum(a / (1 + ((hz - f) / w) ** 2) for f, w, a in ((730, 90, 1), (1090, 110, 0.6), (2440, 160, 0.25)))
        y += (formants + 0.03) * np.sin(k * phase)
    y *= np.minimum(1, t / 0.05) * np.minimum(1, (seconds - t) / 0.08)
    return np.asarray(0.6 * y / np.max(np.abs(y)), dtype=np.float64)


def tune(
    notes: Sequence[tuple[int, float]], tempo_bpm: float, partials: Sequence[float] = (1, 0.5, 0.3, 0.15)
) -> Samples:
    """Notes after one another: (MIDI note, beats); 0 is a rest."""
    parts = []
    for midi, beats in notes:
        t = np.arange(round(beats * 60 / tempo_bpm * SR)) / SR
        length = len(t) / SR
        level = np.minimum(1, t / 0.008) * np.exp(-t / 0.9) * np.clip((0.93 * length - t) / 0.02, 0, 1)
        y = sum(a * np.sin(2 * np.pi * k * note_hz(midi) * t) for k, a in enumerate(partials, start=1))
        parts.append(0.5 * y * level if midi else np.zeros(len(t)))
    return np.concatenate(parts)


def groove(bars: Sequence[str], tempo_bpm: float, seed: int, swing: float = 0.5) -> Samples:
    """Drums from patterns of eighths: k kick, s snare, h hat, c clap, - nothing; every k and s has a hat on top.

    swing : where in the beat its second eighth falls
    """
    rng = np.random.default_rng(seed)
    sounds = {"k": kick(), "s": 0.8 * snare(rng), "c": 0.9 * clap(rng), "h": 0.35 * hat(rng)}
    steps = "".join(bars)
    beat = 60 / tempo_bpm
    y = np.zeros(round(len(steps) / 2 * beat * SR) + SR)
    for i, step in enumerate(steps):
        at = round((i // 2 + (swing if i % 2 else 0)) * beat * SR)
        for name in {step, "h"} - {"-"} if step != "-" else set():
            y[at : at + len(sounds[name])] += sounds[name]
    return y[: round(len(steps) / 2 * beat * SR)]


def both(y: Samples, seed: int) -> Samples:
    """The same in both channels, with a little of its own air in each."""
    return y[:, None] + 0.002 * np.random.default_rng(seed).standard_normal((len(y), 2))


def mixed(*parts: Samples, peak: float = 0.6) -> Samples:
    n = min(map(len, parts))
    y = sum(part[:n] for part in parts)
    return np.asarray(peak * y / np.max(np.abs(y)), dtype=np.float64)


# --- music -----------------------------------------------------------------------------------------------------------

AM, F, C, G = (45, 57, 60, 64), (41, 57, 60, 65), (48, 60, 64, 67), (43, 59, 62, 67)
DM, EM, E = (50, 57, 62, 65), (52, 59, 64, 67), (40, 56, 59, 64)
ROCK = "khshkkshkhshkhsh"[:8]
FOUR = "khchkhch"
#: Hook of the melody: E5 G5 A5 G5 E5 D5 C5 D5 E5, in C major at 100 BPM.
HOOK = ((76, 1), (79, 1), (81, 1), (79, 1), (76, 1), (74, 1), (72, 2), (74, 1), (76, 3))
#: Bass line in E minor at 110 BPM: its lowest note is E1, its highest D2.
BASS = ((28, 1), (28, 0.5), (31, 0.5), (33, 1), (35, 1), (28, 1), (38, 0.5), (35, 0.5), (33, 1), (31, 1))


def up(chords: Sequence[Sequence[int]], semitones: int) -> list[tuple[int, ...]]:
    return [tuple(note + semitones for note in chord) for chord in chords]


def song() -> Samples:
    """A minor, 120 BPM: 4 bars of intro without drums, then verse, chorus, verse of 8 bars each: 56 s."""
    verse, chorus = harmony([AM, AM, DM, AM, DM, AM, E, AM], 120, SR), harmony([F, C, G, AM] * 2, 120, SR)
    drums = groove([ROCK] * 8, 120, 20)
    lead = tune([(76, 2), (72, 2), (74, 2), (71, 2), (72, 2), (76, 2), (81, 2), (79, 2)] * 2, 120, (1, 0.7, 0.6, 0.5))
    loud = mixed(0.5 * chorus, 0.8 * drums, 0.5 * lead, peak=0.8)
    quiet = mixed(0.5 * verse, 0.5 * drums, peak=0.45)
    return np.concatenate([mixed(harmony([AM, DM, E, AM], 120, SR), peak=0.25), quiet, loud, quiet])


def waltz() -> Samples:
    """G major, three beats to the bar at 138 BPM, 16 bars."""
    chords = [(43, 59, 62, 67), (43, 59, 62, 67), (48, 60, 64, 67), (50, 57, 62, 66)] * 3
    chords += [(48, 60, 64, 67), (50, 57, 62, 66), (43, 59, 62, 67), (43, 59, 62, 67)]
    parts = []
    for chord in chords:
        bar = tune([(chord[0], 1), (0, 2)], 138)
        for note in chord[1:]:
            bar = bar + 0.4 * tune([(0, 1), (note, 1), (note, 1)], 138)
        parts.append(bar)
    drums = groove(["k-h-h-"] * len(chords), 138, 21)
    return mixed(np.concatenate(parts), 0.6 * drums)


def masters() -> tuple[Samples, Samples]:
    """One mix twice: the second is 4 dB hotter, brighter above 5 kHz, and pressed flat at its peaks."""
    first = both(0.7 * music([AM, F, C, G] * 3, 116, SR, 22), 22)
    first = first[: len(first) // SR * SR]  # a length that the transform is quick with
    hz = np.fft.rfftfreq(len(first), 1 / SR)
    gain = 1 + 1.2 / (1 + (5000 / np.maximum(hz, 1)) ** 4)
    bright = np.fft.irfft(np.fft.rfft(first, axis=0) * gain[:, None], len(first), axis=0)
    return first, 0.95 * np.tanh(decibels(4.5) * bright / 0.95)


def drifting() -> Samples:
    """Two keys: 8 bars in C major, then the same in D major; 104 BPM."""
    first = [C, F, G, C, C, F, G, C]
    return mixed(harmony([*first, *up(first, 2)], 104, SR), 0.5 * groove([ROCK] * 16, 104, 23))


def ten_seconds() -> Samples:
    """A soft pulse and a bass at 120 BPM, at a quarter of the usual rate: ten minutes of it cost little."""
    t = np.arange(SR // 8) / (SR // 4)
    pulse = np.sin(2 * np.pi * (50 * t + 2 * (1 - np.exp(-t / 0.02)))) * np.exp(-t / 0.06)
    bass = 0.5 * np.sin(2 * np.pi * 110 * t) * np.exp(-t / 0.2)
    return np.tile(np.concatenate([pulse, bass, pulse, 1.3 * bass]), 5)[: 10 * (SR // 4)]


def resonant(y: Samples, peak_hz: float, gain_db: float) -> Samples:
    hz = np.fft.rfftfreq(len(y), 1 / SR)
    gain = 1 + (decibels(gain_db) - 1) * np.exp(-0.5 * ((hz - peak_hz) / (peak_hz / 60)) ** 2)
    return np.asarray(np.fft.irfft(np.fft.rfft(y) * gain, len(y)), dtype=np.float64)


def hummed(mains_hz: float, seed: int) -> Samples:
    """A quiet take with the mains in it: five harmonics."""
    y = 0.004 * pink(8 * SR, np.random.default_rng(seed))
    return y + sum(decibels(-36 - 3 * k) * tone(k * mains_hz, 8) for k in range(1, 6))
