"""How surely the same recording is known again in another file, and how seldom another one is taken for it.

    python -m benchmarks.duplicates [FOLDER...] [--write]

Without a folder, 60 recordings are synthesised: chords, melodies, drums and noises from seeds, 6 to 20 s long, and
hits. Each is changed five ways: MP3 at 64 kbit/s, 12 dB quieter, a second trimmed away, at half and at another sample
rate. Every changed file asks for its duplicates among the originals. Recall: its own is among them. Precision: of all
that were named, how many were its own.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from benchmarks.rows import Row, write_table
from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.prints.match import SHORT_FRAMES, quantised
from grym_synth.audio.prints.meter import PrintMeter
from grym_synth.audio.prints.summary import summarise
from grym_synth.errors import GrymError
from grym_synth.memory.aspects import FloatArray
from grym_synth.memory.duplicates import Duplicates
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore

COMMAND = "python -m benchmarks.duplicates"
SR = 44100
CHANGES = ("MP3 64k", "-12 dB", "1 s trimmed", "half the rate", "48 kHz")
_LONG_S = 4.0  # a shorter recording has no second to spare


def synthesised(count: int = 60) -> Iterator[tuple[str, FloatArray]]:
    """Recordings of their own: three in four are music, the others hits."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        yield f"r{seed}", (hit(rng) if seed % 4 == 3 else music(rng))


def music(rng: np.random.Generator, seconds: float | None = None) -> FloatArray:
    """A loop of drums under notes that do not repeat, in a key and at a tempo of its own."""
    seconds = float(rng.uniform(6.0, 20.0)) if seconds is None else seconds
    beat, root = 60.0 / rng.uniform(70.0, 170.0), 55.0 * 2 ** (rng.integers(0, 12) / 12)
    y = np.zeros(int(seconds * SR))
    colour, decay = rng.uniform(0.4, 1.6), rng.uniform(2.0, 8.0)
    hits = [hit(rng) for _ in range(3)]
    pattern = rng.random((3, 8)) < (0.4, 0.3, 0.6)[0]
    for step in range(int(seconds / (beat / 2))):
        at = int(step * beat / 2 * SR)
        for drum, line in zip(hits, pattern, strict=True):
            if line[step % 8]:
                add(y, 0.5 * drum, at)
        if rng.random() < 0.7:
            f = root * 2 ** (int(rng.choice((0, 2, 3, 5, 7, 10, 12, 15, 19, 24))) / 12)
            t = np.arange(int(rng.uniform(0.5, 2.0) * beat * SR)) / SR
            tone = sum(np.sin(2 * np.pi * f * h * t + h) / h**colour for h in range(1, 9) if f * h < 16_000)
            add(y, 0.15 * tone * np.exp(-decay * t), at)
    return np.asarray(y / (np.abs(y).max() + 1e-9) * rng.uniform(0.3, 0.95))


def hit(rng: np.random.Generator) -> FloatArray:
    t = np.arange(int(rng.uniform(0.2, 0.9) * SR)) / SR
    f, falls = rng.uniform(50.0, 900.0), rng.uniform(0.0, 4.0)
    tone = np.sin(2 * np.pi * f * (t + falls * (1 - np.exp(-t * 30)) / 30)) * np.exp(-t * rng.uniform(5, 30))
    noise = np.convolve(rng.standard_normal(len(t)), np.ones(int(rng.integers(1, 12))) / 3, "same")
    y = tone + rng.uniform(0.0, 1.0) * noise * np.exp(-t * rng.uniform(10, 60))
    return np.asarray(0.8 * y / np.abs(y).max())


def add(y: FloatArray, sound: FloatArray, at: int) -> None:
    if at < len(y):
        y[at : at + len(sound)] += sound[: len(y) - at]


def read_folders(folders: list[Path]) -> Iterator[tuple[str, FloatArray]]:
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        try:
            with open_audio(str(path)) as audio:
                if audio.sr == SR:
                    yield path.name, np.concatenate([block.mean(axis=1) for block in audio.blocks()])
        except GrymError:
            continue


def changed(folder: Path, y: FloatArray, change: str) -> Path | None:
    """A file of the changed recording; None where it cannot be changed so."""
    path = folder / ("x.mp3" if change == CHANGES[0] else "x.wav")
    if change == CHANGES[0]:
        form = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT"}
        soundfile.write(path, y, SR, compression_level=0.89, **form)
    elif change == "-12 dB":
        soundfile.write(path, y * 10 ** (-12 / 20), SR)
    elif change == "1 s trimmed":
        if len(y) < _LONG_S * SR:
            return None
        soundfile.write(path, y[SR:], SR)
    elif change == "half the rate":
        soundfile.write(path, resample_poly(y, 1, 2), SR // 2)
    else:
        soundfile.write(path, resample_poly(y, 160, 147), 48_000)
    return path


def print_of(path: Path, name: str) -> StoredPrint:
    with open_audio(str(path)) as audio:
        meter = PrintMeter(audio.sr)
        for block in audio.blocks(1.6):
            meter.feed(np.ascontiguousarray(block.mean(axis=1), np.float32))
    found = meter.finish()
    levels = quantised(found.levels) if len(found.words) <= SHORT_FRAMES else np.zeros((0, BANDS), np.uint8)
    return StoredPrint(name, found.words, levels, summarise(found))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="put the rows into the table")
    options = parser.parse_args()
    recordings = dict(read_folders(options.folders) if options.folders else synthesised())
    store = SqliteStore.in_memory()
    prints = Prints(store)
    asked, found, others = Counter[str](), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for name, y in recordings.items():
            soundfile.write(Path(folder, "o.wav"), y, SR)
            prints.put([print_of(Path(folder, "o.wav"), name)])
        duplicates = Duplicates(prints)
        for name, y in recordings.items():
            for change in CHANGES:
                if (path := changed(Path(folder), y, change)) is None:
                    continue
                named = [each.sha256 for each in duplicates.of(print_of(path, "asked"))]
                asked[change] += 1
                found[change] += name in named
                others[change] += sum(each != name for each in named)
    for change in CHANGES:
        print(f"{change}: recall {found[change] / asked[change]:.3f} of {asked[change]}, others named {others[change]}")
    recall = found.total() / asked.total()
    precision = found.total() / max(1, found.total() + others.total())
    print(f"in all: recall {recall:.3f}, precision {precision:.3f}")
    if options.write:
        figure = f"recall {recall:.3f}, precision {precision:.3f} of {asked.total()} files"
        write_table([Row("near-duplicates known again", figure, "≥ .95 / ≥ .99", COMMAND)])


if __name__ == "__main__":
    main()
