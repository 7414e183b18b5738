"""How surely the same recording is known again in another file, and how seldom another one is taken for it.

    python -m benchmarks.duplicates --music FOLDER --hits FOLDER [--write]

Made: 60 recordings, chords, melodies, drums and noises from seeds, 6 to 20 s long, and hits. Beside them the real ones
of two folders. Each is changed five ways: MP3 at 64 kbit/s, 12 dB quieter, a second trimmed away, at half and at
another sample rate. Every changed file asks for its duplicates among the originals of its sort. Recall: of its own and
the others that are the same sound, how many it names. Precision: of all that were named, how many are.

Two originals are the same sound when what is left of one, after the best gain and the best place for the other are
taken away, lies 40 dB below it or more: a hundredth of the amplitude. Kits have layers that are one recording at
another gain, or cut a millisecond later.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import soundfile
from scipy.fft import irfft, next_fast_len, rfft
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

COMMAND = "python -m benchmarks.duplicates --music FOLDER --hits FOLDER"
SR = 44100
CHANGES = ("MP3 64k", "-12 dB", "1 s trimmed", "half the rate", "48 kHz")
_LONG_S = 4.0  # a shorter recording has no second to spare
SAME_SOUND_DB = -40.0  # residual of two originals that are one sound
_SCREEN, _SCREEN_DB = 32, -10.0  # long ones are first laid over each other at so much lower a rate
_SLACK_DB = 10.0  # above the bound of short ones: magnitudes are of single precision
_MOST_S = 15.0  # of a longer recording its beginning is taken: less of it is harder to know


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


def read_folders(folders: list[Path], most: int | None = None) -> Iterator[tuple[str, FloatArray]]:
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        try:
            with open_audio(str(path)) as audio:
                if audio.sr == SR:
                    yield path.name, np.concatenate([block.mean(axis=1) for block in audio.blocks()])[:most]
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


@dataclass
class Judged:
    """How often each change was asked about, and what was named."""

    asked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        return self.found.total() / max(1, self.asked.total())

    @property
    def precision(self) -> float:
        return self.found.total() / max(1, self.found.total() + self.wrong.total())


def residual_db(a: FloatArray, b: FloatArray) -> float:
    """What is left of a sound when another is taken away at its best gain and place; 0 where nothing is explained."""
    n = next_fast_len(len(a) + len(b))
    best = float(np.abs(irfft(rfft(a, n) * np.conj(rfft(b, n)), n)).max())
    energy = float(np.square(a).sum() * np.square(b).sum())
    return 10.0 * float(np.log10(max(1e-12, 1.0 - best**2 / energy))) if energy > 0.0 else 0.0


def may_be_one(sounds: Mapping[str, FloatArray], bound_db: float) -> Iterator[tuple[str, str]]:
    """Pairs whose residual can be as low as the bound: no correlation is above that of the spectra's magnitudes."""
    names = [name for name, y in sounds.items() if np.any(y)]
    if not names:
        return
    n = next_fast_len(2 * max(len(sounds[name]) for name in names))
    magnitudes = np.array([np.abs(rfft(sounds[name], n)) for name in names], np.float32)
    magnitudes[:, 1:] *= np.sqrt(2.0)  # of both signs; that the last of them has but one only loosens the bound
    at_most = magnitudes / np.linalg.norm(magnitudes, axis=1, keepdims=True)
    for (i, a), (j, b) in combinations(enumerate(names), 2):
        if 1.0 - float(at_most[i] @ at_most[j]) ** 2 <= 10.0 ** (bound_db / 10.0):
            yield a, b


def same_sounds(recordings: Mapping[str, FloatArray]) -> dict[str, set[str]]:
    """Which originals are the same sound as each, itself among them: decided on the samples, by no print."""
    same = {name: {name} for name in recordings}
    long = {name: resample_poly(y, 1, _SCREEN) for name, y in recordings.items() if len(y) >= _LONG_S * SR}
    short = {name: y for name, y in recordings.items() if name not in long}
    pairs = [*may_be_one(short, SAME_SOUND_DB + _SLACK_DB)]
    pairs += [(a, b) for a, b in may_be_one(long, _SCREEN_DB) if residual_db(long[a], long[b]) <= _SCREEN_DB]
    for a, b in pairs:
        if (left := residual_db(recordings[a], recordings[b])) <= SAME_SOUND_DB:
            print(f"  {a} and {b} are one sound: {left:.1f} dB")
            same[a].add(b)
            same[b].add(a)
    return same


def judge(recordings: Mapping[str, FloatArray]) -> Judged:
    """Every change of every recording asked for among all of them."""
    same, judged = same_sounds(recordings), Judged()
    store = SqliteStore.in_memory()
    prints = Prints(store)
    with tempfile.TemporaryDirectory() as folder:
        for name, y in recordings.items():
            soundfile.write(Path(folder, "o.wav"), y, SR)
            prints.put([print_of(Path(folder, "o.wav"), name)])
        duplicates = Duplicates(prints)
        for name, y in recordings.items():
            for change in CHANGES:
                if (path := changed(Path(folder), y, change)) is None:
                    continue
                named = {each.sha256 for each in duplicates.of(print_of(path, "asked"))}
                judged.asked[change] += len(same[name])
                judged.found[change] += len(named & same[name])
                judged.wrong[change] += len(named - same[name])
                for other in sorted(named - same[name]):
                    print(f"  {name}, {change}: took {other} for it")
    store.close()
    return judged


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--music", type=Path, help="a folder of real music")
    parser.add_argument("--hits", type=Path, help="a folder of real single hits")
    parser.add_argument("--write", action="store_true", help="put the rows into the table")
    options = parser.parse_args()
    if options.write and not (options.music and options.hits):
        parser.error("the table has all three rows: name --music and --hits")
    sorts = {"made": dict(synthesised())}
    sorts |= {"real music": dict(read_folders([options.music], round(_MOST_S * SR)))} if options.music else {}
    sorts |= {"real single hits": dict(read_folders([options.hits], round(_MOST_S * SR)))} if options.hits else {}
    rows = []
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(judge, sorts.values()))
    for (sort, recordings), judged in zip(sorts.items(), found, strict=True):
        print(f"{sort}: {len(recordings)} recordings")
        for change in CHANGES:
            if of := judged.asked[change]:
                print(
                    f"  {change}: recall {judged.found[change] / of:.3f} of {of}, others named {judged.wrong[change]}"
                )
        figure = f"recall {judged.recall:.3f}, precision {judged.precision:.3f} of {judged.asked.total()}"
        print(f"{sort}, in all: {figure}")
        rows.append(Row(f"near-duplicates known again, {sort}", figure, "≥ .95 / ≥ .99", COMMAND))
    if options.write:
        write_table(rows)


if __name__ == "__main__":
    main()
