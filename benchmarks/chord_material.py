"""Make the material that chords and keys are learned from: known notes, rendered, heard, and kept as pitch features.

    python -m benchmarks.chord_material EVAL AUDIO WORK OUT

EVAL is an evaluation set with `truth.json`, `items.json` and `make_corpus.py`, AUDIO its rendered items, WORK the
folder in which `make_corpus.py` keeps unpacked packages. OUT gets one file an item: the development items with chords
or a key and the drum grooves; their pieces again with other instruments, keys, tempi and places to start; songs like
the generated ones; and songs made here, with sevenths, inversions, passing notes and seven textures. Needs fluidsynth
and the packages mido and music21. Seeded; what OUT holds already is not made again.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import pickle
import random
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import soundfile as sf

from grym_synth.audio.rhythm.measure import measure_rhythm
from grym_synth.audio.spectra.chroma import PitchFeatures, measure_pitch
from grym_synth.audio.spectra.frames import FloatArray, ShortSpectraMeter
from grym_synth.audio.spectra.pitch_peaks import PitchPeaksMeter
from grym_synth.theory.pitch import NOTE_NAMES

VARIANTS, SONGS, LOOPS = 4, 45, 20  # rounds, and songs and loop songs in each

Recipe = dict[str, Any]
Note = tuple[float, float, int, int, int]  # on, off (s), MIDI, velocity, channel


@dataclass(frozen=True)
class Example:
    """What is kept of an item. `source` is the piece: what shares it is kept out of a fit together."""

    name: str
    kind: str
    source: str
    development: bool
    key: str | None
    chords: list[tuple[float, float, str]]  # start, end, Harte label; empty when not known
    beats_s: FloatArray
    duration_s: float
    pitch: PitchFeatures

    def save(self, path: Path) -> None:
        # As a plain mapping: the class has another name where this module is the program.
        path.write_bytes(pickle.dumps({field.name: getattr(self, field.name) for field in dataclasses.fields(self)}))

    @classmethod
    def load(cls, path: Path) -> Example:
        return cls(**pickle.loads(path.read_bytes()))


def hear(y: FloatArray, sr: int) -> tuple[FloatArray, PitchFeatures]:
    """Beats and pitch features of mono audio."""
    spectra, peaks = ShortSpectraMeter(sr), PitchPeaksMeter(sr)
    spectra.feed(y)
    peaks.feed(y)
    heard = peaks.finish()
    pitch = measure_pitch(heard)
    pitch = dataclasses.replace(pitch, packed=pitch.packed[:])
    return measure_rhythm(spectra.finish(), len(y) / sr, heard).beats_s, pitch


def keep(
    out: Path, name: str, kind: str, source: str, development: bool, truth: Recipe, y: FloatArray, sr: int
) -> None:
    chords = [(a, b, label) for a, b, label in truth.get("chords") or []]
    duration = len(y) / sr
    if kind == "groove":
        chords = [(0.0, duration, "N")]
    beats, pitch = hear(np.asarray(y, np.float32), sr)
    example = Example(name, kind, source, development, truth.get("key"), chords, beats, duration, pitch)
    example.save(out / f"{name}.pickle")


# --- songs made here ------------------------------------------------------------------------------------------------

SHAPES = {
    "maj": (0, 4, 7), "min": (0, 3, 7), "7": (0, 4, 7, 10), "maj7": (0, 4, 7, 11), "min7": (0, 3, 7, 10),
    "dim": (0, 3, 6), "hdim7": (0, 3, 6, 10), "aug": (0, 4, 8), "sus4": (0, 5, 7), "sus2": (0, 2, 7),
    "dim7": (0, 3, 6, 9), "maj6": (0, 4, 7, 9),
}  # fmt: skip
FOLLOWS = {  # degree in semitones → what may come next
    "major": {0: (5, 7, 9, 2, 4, 0), 2: (7, 7, 5, 9), 4: (9, 5, 2), 5: (7, 0, 2, 7), 7: (0, 0, 9, 5), 9: (2, 5, 4, 7)},
    "minor": {0: (5, 7, 8, 10, 3, 0), 3: (8, 10, 5), 5: (7, 0, 10, 7), 7: (0, 0, 8), 8: (3, 10, 5, 7), 10: (3, 0, 8)},
}
TRIADS = {
    "major": {0: "maj", 2: "min", 4: "min", 5: "maj", 7: "maj", 9: "min"},
    "minor": {0: "min", 3: "maj", 5: "min", 7: "maj", 8: "maj", 10: "maj"},
}
SEVENTHS = {
    "major": {0: "maj7", 2: "min7", 4: "min7", 5: "maj7", 7: "7", 9: "min7"},
    "minor": {0: "min7", 3: "maj7", 5: "min7", 7: "7", 8: "maj7", 10: "7"},
}
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


@dataclass(frozen=True)
class Chord:
    root: int
    quality: str
    bass: int  # interval of the lowest note above the root
    beats: int

    @property
    def pitch_classes(self) -> list[int]:
        return [(self.root + x) % 12 for x in SHAPES[self.quality]]


def invent_phrase(recipe: Recipe, rng: random.Random) -> list[Chord]:
    """Eight chords that walk through the key, some with sevenths, inverted, altered or borrowed."""
    mode, tonic, special = recipe["mode"], recipe["tonic"], recipe["special"]
    degree, phrase = 0, []
    for _ in range(8):
        quality = (SEVENTHS if rng.random() < recipe["sevenths"] else TRIADS)[mode][degree]
        if mode == "minor" and degree == 7 and rng.random() < 0.35:
            quality = {"maj": "min", "7": "min7"}[quality]
        root = (tonic + degree) % 12
        if rng.random() < special:
            quality = rng.choice(("sus4", "sus2", "aug", "maj6", "7")) if quality == "maj" else quality
        if rng.random() < special / 2:
            root = (tonic + rng.choice((1, 2, 3, 4, 6, 8, 9, 10))) % 12
            quality = rng.choice(("maj", "7", "min", "dim7", "dim", "hdim7"))
        bass = rng.choice(SHAPES[quality][1:3]) if rng.random() < recipe["inverted"] else 0
        phrase.append(Chord(root, quality, bass, rng.choice(recipe["chord_beats"])))
        degree = rng.choice(FOLLOWS[mode][degree])
    return phrase


def voice_chord(recipe: Recipe, chord: Chord, scale: list[int], rng: random.Random) -> Iterator[Note]:
    """The accompaniment of one chord, on and off in beats from its start."""
    notes = sorted(recipe["top"] + (p - recipe["top"]) % 12 for p in chord.pitch_classes)
    if len(notes) == 4 and rng.random() < 0.5:  # the fifth is the first to be left out
        notes = [m for m in notes if m % 12 != (chord.root + 7) % 12]
    n, texture = float(chord.beats), recipe["texture"]
    if texture == "choir":
        for m in {notes[-1], notes[len(notes) // 2], notes[0]}:
            step = m + rng.choice((-2, -1, 1, 2))
            if rng.random() < 0.3 and step % 12 in scale:
                yield 0.0, n - 0.5, m, 75, 0
                yield n - 0.5, n, step, 70, 0
            else:
                yield 0.0, n, m, 75, 0
        return
    step, offset = {"pad": (n, 0.0), "block": (1.0, 0.0), "offbeat": (1.0, 0.5)}.get(texture, (0.5, 0.0))
    step = 0.25 if texture == "strum" else step
    for i, start in enumerate(np.arange(offset, n, step).tolist()):
        end = min(start + (0.5 if texture == "offbeat" else step), n)
        if texture == "alberti":
            yield start, end, notes[(0, 2, 1, 2)[i % 4] % len(notes)], 72, 0
        elif texture != "strum" or rng.random() < 0.75:
            for m in notes:
                yield start, end, m, rng.randint(60, 78), 0


def voice_bass(recipe: Recipe, chord: Chord, scale: list[int], rng: random.Random) -> Iterator[Note]:
    low, style = recipe["low"], recipe["bassline"]
    lowest = low + (chord.root + chord.bass - low) % 12
    if style == "hold":
        yield 0.0, float(chord.beats), lowest, 90, 1
    step = {"beats": 1.0, "walk": 1.0, "eighths": 0.5}.get(style)
    for i, start in enumerate(np.arange(0.0, chord.beats, step).tolist() if step else ()):
        m = lowest + (12 if style == "eighths" and i % 2 and recipe["octaves"] else 0)
        if style == "walk" and i:
            near = [x for x in range(lowest - 7, lowest + 8) if x % 12 in scale]
            m = low + (rng.choice(chord.pitch_classes) - low) % 12 if rng.random() < 0.6 else rng.choice(near)
        yield start, start + 0.9 * (step or 1.0), m, 88, 1


def arrange_song(recipe: Recipe, corpus: ModuleType) -> tuple[list[Note], dict[int, tuple[int, int, int]], Recipe]:
    """Notes, programs and truth, as the arrangements of `make_corpus.py` return them."""
    rng = random.Random(recipe["seed"] * 31 + 7)
    limit, bar, hits = recipe["seconds"], 4, []
    if recipe["drums"]:
        bar, hits = corpus.DRUMS[recipe["drums"]]
    beats = corpus.tempo_map(recipe, int(limit * recipe["bpm"] * 1.1 / 60) + 8)
    scale = [(recipe["tonic"] + x) % 12 for x in SCALES[recipe["mode"]]]
    phrase = invent_phrase(recipe, rng)
    notes: list[Note] = []
    chords: list[tuple[float, float, str]] = []
    position, turn, sung = 0, 0, 72
    while corpus.at(beats, position) < limit:
        chord = phrase[turn % 8] if recipe["repeat"] or turn < 8 else rng.choice(phrase)
        ends = min(corpus.at(beats, position + chord.beats), limit)
        chords.append((corpus.at(beats, position), ends, f"{NOTE_NAMES[chord.root]}:{chord.quality}"))
        played = [*voice_chord(recipe, chord, scale, rng), *voice_bass(recipe, chord, scale, rng)]
        start = 0.0
        while recipe["melody"] and start < chord.beats:
            end = start + rng.choice(recipe["rhythm"])
            if rng.random() < 0.85:
                usable = chord.pitch_classes if rng.random() < recipe["chordal"] else scale
                aim = sung + rng.randint(-5, 5)
                sung = min((m for m in range(60, 88) if m % 12 in usable), key=lambda m: abs(m - aim))
                played.append((start, min(end, chord.beats), sung, 84 + rng.randint(-8, 8), 2))
            start = end
        for on, off, m, velocity, channel in played:
            a, b = corpus.at(beats, position + on), corpus.at(beats, position + off)
            if a < limit:
                notes.append((a, a + 0.94 * (b - a), m, velocity, channel))
        position, turn = position + chord.beats, turn + 1
    for k in range(0, position, bar):
        notes += [(t, t + 0.1, m, v, 9) for p, m, v in hits if (t := corpus.at(beats, k + p)) < limit]
    jitter = recipe.get("jitter", 0.0)
    notes = [(max(0.0, a + rng.gauss(0.0, jitter)), min(b, limit + 0.5), m, v, c) for a, b, m, v, c in notes]
    programs: dict[int, tuple[int, int, int]] = {
        c: (recipe["programs"][c], rng.randint(72, 108), 50 + 14 * c) for c in range(3)
    }
    programs |= {9: (0, rng.randint(70, 110), 64)} if hits else {}
    key = f"{NOTE_NAMES[recipe['tonic']]} {recipe['mode']}"
    return notes, programs, {"chords": chords, "key": key, "duration": limit}


# --- recipes --------------------------------------------------------------------------------------------------------

ENSEMBLES = (
    (0,), (1,), (4,), (5,), (6,), (11,), (16,), (19,), (21,), (24,), (25,), (46,), (48,), (51,), (89,),
    (40, 40, 41, 42), (52, 52, 52, 42), (56, 61, 60, 57), (73, 68, 71, 70),
)  # fmt: skip
KEYBOARDS = (0, 1, 4, 5, 6, 11, 16, 19, 24, 25, 26, 27, 29, 46, 48, 50, 52, 61, 81, 88, 89, 90, 91)
BASSES = (0, 32, 33, 34, 35, 38, 39, 42, 43, 58, 87)
LEADS = (0, 11, 40, 41, 56, 65, 68, 71, 73, 80, 81, 52, 22, 26, 30)
DRUMS = (None, "rock4", "four4", "half4", "swing4", "break4", "waltz3")


def _sound(rng: random.Random) -> Recipe:
    recipe: Recipe = {
        "seed": rng.randrange(1, 999_999), "font": rng.choice(("fluid", "fluid", "timgm")),
        "peak_db": rng.choice((-1, -3, -6, -12)), "lead": round(rng.uniform(0.05, 0.6), 2),
    }  # fmt: skip
    if rng.random() < 0.45:
        recipe |= {"drift": rng.choice((0.015, 0.03, 0.05)), "jitter": rng.choice((0.004, 0.008, 0.012))}
    if rng.random() < 0.25:
        recipe["noise_db"] = rng.choice((-50, -60))
    return recipe


def replayed(item: Recipe, variant: int) -> Recipe:
    """A piece of the development half with other instruments, in another key and tempo."""
    rng = random.Random(f"{item['id']}-{variant}")
    recipe: Recipe = {name: item[name] for name in ("piece", "number") if name in item}
    recipe |= _sound(rng) | {
        "id": f"{item['id']}-again-{variant}", "kind": "score", "source": item["id"], "seconds": 28.0,
        "programs": list(rng.choice(ENSEMBLES)), "bpm": round(min(160, max(60, item["bpm"] * rng.uniform(0.75, 1.3)))),
        "transpose": rng.randint(-5, 6),
    }  # fmt: skip
    if variant % 2:
        recipe["start_q"] = rng.choice((16.0, 24.0, 32.0, 48.0))
    return recipe


def song(number: int) -> Recipe:
    rng = random.Random(f"song-{number}")
    return _sound(rng) | {
        "id": f"song-{number:03d}", "kind": "song", "seconds": 24.0, "bpm": rng.randint(62, 172),
        "mode": rng.choice(("major", "minor")), "tonic": rng.randrange(12), "drums": rng.choice(DRUMS),
        "texture": rng.choice(("pad", "block", "alberti", "offbeat", "strum", "choir", "choir")),
        "chord_beats": rng.choice(((1,), (1, 1, 2), (2,), (2,), (4,), (3,), (1, 2, 4))),
        "sevenths": rng.choice((0.0, 0.2, 0.5, 1.0)), "inverted": rng.choice((0.0, 0.0, 0.2, 0.4)),
        "special": rng.choice((0.0, 0.0, 0.1, 0.3)), "octaves": rng.random() < 0.3, "repeat": rng.random() < 0.6,
        "bassline": rng.choice(("hold", "beats", "walk", "eighths", "hold", "none")),
        "low": rng.choice((28, 33, 36, 40, 45)), "top": rng.choice((52, 55, 57, 60, 64)),
        "melody": rng.random() < 0.75, "rhythm": rng.choice(((0.5, 1, 1), (0.25, 0.5, 0.5, 1), (1, 2), (0.5,))),
        "chordal": rng.choice((0.35, 0.6, 0.9)),
        "programs": [rng.choice(KEYBOARDS), rng.choice(BASSES), rng.choice(LEADS)],
    }  # fmt: skip


def loop_song(number: int) -> Recipe:
    rng = random.Random(f"loop-{number}")
    return _sound(rng) | {
        "id": f"loop-song-{number:03d}", "kind": "gen", "seconds": 24.0, "bpm": rng.randint(62, 178),
        "mode": rng.choice(("major", "minor")), "tonic": rng.randrange(12), "progression": rng.randrange(7),
        "drums": rng.choice(DRUMS), "style": rng.choice(("block", "pad", "offbeat", "arp")),
        "bassline": rng.choice(("roots", "walk")), "melody": rng.random() < 0.8, "swing": rng.choice((0.5, 0.5, 0.62)),
        "programs": [rng.choice((0, 4, 5, 16, 19, 25, 27, 48, 61, 81, 89)), rng.choice((32, 33, 35, 38, 39, 43)),
                     rng.choice((73, 80, 65, 56, 40, 71, 22, 0))],
    }  # fmt: skip


# --- the run --------------------------------------------------------------------------------------------------------


def render(recipe: Recipe, corpus: ModuleType, work: Path) -> tuple[FloatArray, Recipe]:
    """Mono audio at 44.1 kHz, and the truth."""
    notes, programs, truth = arrange_song(recipe, corpus) if recipe["kind"] == "song" else corpus.arrange(recipe)
    package, inside = corpus.SOUNDFONTS[recipe["font"]]
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = Path(folder) / "song.mid", Path(folder) / "song.wav"
        corpus.write_midi(midi, notes, programs)
        corpus.synth(midi, wav, corpus.package(package, work) / inside, True)
        y, _ = sf.read(wav, dtype="float32", always_2d=True)
    n = int(truth["duration"] * corpus.SR)
    y = np.pad(y[:n], ((0, max(0, n - len(y))), (0, 0)))
    return corpus.level(y, recipe).mean(axis=1), truth


def make_material(evaluation: Path, audio: Path, work: Path, out: Path) -> None:
    spec = importlib.util.spec_from_file_location("make_corpus", evaluation / "make_corpus.py")
    assert spec is not None
    assert spec.loader is not None
    corpus = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(corpus)
    truth = json.loads((evaluation / "truth.json").read_text())
    items: list[Recipe] = json.loads((evaluation / "items.json").read_text())
    for item in items:
        known = truth[item["id"]]
        if (known.get("chords") or known.get("key") or known["kind"] == "groove") and not (
            out / f"{item['id']}.pickle"
        ).exists():
            path = next(p for p in sorted(audio.iterdir()) if p.stem == item["id"])
            y, sr = sf.read(path, dtype="float32", always_2d=True)
            keep(out, item["id"], known["kind"], item["id"], True, known, y.mean(axis=1), sr)
    pieces = [item for item in items if item["kind"] == "score" and truth[item["id"]].get("chords")]
    recipes: list[Recipe] = []
    for variant in range(VARIANTS):
        recipes += [replayed(item, variant) for item in pieces]
        recipes += [song(variant * SONGS + i) for i in range(SONGS)]
        recipes += [loop_song(variant * LOOPS + i) for i in range(LOOPS)]
    for recipe in recipes:
        if not (out / f"{recipe['id']}.pickle").exists():
            try:
                y, known = render(recipe, corpus, work)
            except ValueError as error:  # the place to start lies beyond the end of the piece
                sys.stderr.write(f"{recipe['id']}: {error}\n")
                continue
            keep(out, recipe["id"], recipe["kind"], str(recipe.get("source", recipe["id"])), False, known, y, corpus.SR)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("evaluation", "audio", "work", "out"):
        parser.add_argument(name, type=Path)
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    make_material(a.evaluation, a.audio, a.work, a.out)


if __name__ == "__main__":
    main()
