"""Whether adjectives of sound say of two sounds what is true of them by their making.

    python -m benchmarks.adjectives [--write]

Six bodies (kick, tom, snare, clap, hat, chord) are made in pairs that differ in one thing only, each at four seeds:
with a hard or a soft attack, as noise or as a tone, low-passed or not, with more or less between 2 and 6 kHz. The real
command listens to all of them. A pair counts where the figure of the adjective is on the right side; and of all sounds
together, no adjective may return more than its share. The measures stood before the sounds were made, and nothing was
fitted to them; what such a pair differs in is what makers call by the word, not what listeners were asked.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt

from benchmarks.rows import GRYM, Row, write_table
from grym_synth.library.adjectives import ADJECTIVES, MOST, choose
from grym_synth.library.columns import Columns
from grym_synth.library.query import Adjective
from grym_synth.memory.shelf import Shelves
from grym_synth.storage.library import Library
from grym_synth.storage.sqlite import SqliteStore

SR, SEEDS, LENGTH_S = 44_100, 4, 0.8
Samples = NDArray[np.float64]

#: Each body: its tones in Hz, the share of noise, the band of the noise, and its decay in seconds.
BODIES: dict[str, tuple[tuple[float, ...], float, tuple[float, float], float]] = {
    "kick": ((55.0, 110.0), 0.1, (100.0, 4000.0), 0.15),
    "tom": ((120.0, 190.0), 0.15, (150.0, 5000.0), 0.2),
    "snare": ((190.0, 330.0), 0.6, (300.0, 9000.0), 0.12),
    "clap": ((900.0, 1400.0), 0.8, (700.0, 7000.0), 0.12),
    "hat": ((6300.0, 8700.0), 0.8, (5000.0, 16000.0), 0.08),
    "chord": ((220.0, 277.2, 329.6), 0.05, (200.0, 6000.0), 0.5),
}
#: What is true of a pair: the adjectives that are said of the first, and those of the second.
PAIRS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "attack": (("punchy",), ("soft",)),
    "noise": (("noisy", "hissy", "atonal"), ("tonal", "pitched")),
    "open": (("bright", "brilliant", "airy", "crisp"), ("dark", "dull")),
    "edge": (("harsh", "sharp"), ("mellow",)),
}


def made(body: str, pair: str, first: bool, seed: int) -> Samples:
    """One of a pair, at a peak of 0.7."""
    rng = np.random.default_rng(seed)
    tones, share, band, decay = BODIES[body]
    t = np.arange(round(LENGTH_S * SR)) / SR
    if pair == "noise":
        share = 0.9 if first else 0.02
    off = rng.uniform(0.95, 1.05)
    tone = np.sum(
        [np.sin(2 * np.pi * hz * off * t + rng.uniform(0, 6)) / (i + 1) for i, hz in enumerate(tones)], axis=0
    )
    noise = _passed(rng.normal(size=len(t)), "bandpass", band)
    y = (1.0 - share) * tone / np.abs(tone).max() + share * noise / np.abs(noise).max() * 2.0
    attack = {True: 0.001, False: 0.08}[first] if pair == "attack" else 0.003
    y = y * np.minimum(t / attack, 1.0) * np.exp(-np.maximum(t - attack, 0.0) / (decay * rng.uniform(0.9, 1.1)))
    if pair == "open" and not first:
        y = _passed(y, "lowpass", max(400.0, 1.5 * tones[0]))
    if pair == "edge":
        y = y + (3.0 if first else -0.8) * _passed(y + 0.05 * noise * np.exp(-t / decay), "bandpass", (2000.0, 6000.0))
    return np.asarray(0.7 * y / np.abs(y).max())


def _passed(y: Samples, kind: Literal["lowpass", "bandpass"], hz: float | tuple[float, float]) -> Samples:
    return np.asarray(sosfilt(butter(2, hz, kind, fs=SR, output="sos"), y))


def heard(folder: Path) -> Columns:
    """The made sounds as the library hears them."""
    music = folder / "made"
    music.mkdir()
    for body in BODIES:
        for pair in PAIRS:
            for seed in range(SEEDS):
                for side in (True, False):
                    name = f"{body}-{pair}-{seed}-{'first' if side else 'second'}.wav"
                    soundfile.write(music / name, made(body, pair, side, seed), SR, subtype="PCM_16")
    home = folder / "home"
    subprocess.run([GRYM, "index", music], env={**os.environ, "GRYM_HOME": str(home)}, check=True, capture_output=True)
    store = SqliteStore(home / "grym.db")
    try:
        return Columns(Shelves(Library(store)).current())
    finally:
        store.close()


def judged(columns: Columns) -> Iterator[tuple[str, str, bool]]:
    """Of each adjective and body, whether the right one of a pair is it more."""
    rows = {Path(paths[0]).stem: row for row, paths in enumerate(columns.shelf.paths)}
    for body in BODIES:
        for pair, sides in PAIRS.items():
            for seed in range(SEEDS):
                first, second = (rows[f"{body}-{pair}-{seed}-{side}"] for side in ("first", "second"))
                for adjective in (*sides[0], *sides[1]):
                    a, b = (first, second) if adjective in sides[0] else (second, first)
                    yield adjective, body, _more(columns, adjective, a, b)


def _more(columns: Columns, adjective: str, a: int, b: int) -> bool:
    scale = ADJECTIVES[adjective]
    values = columns.figure(scale.figures[0])
    return bool(values[a] < values[b] if scale.side == "low" else values[a] > values[b])


def shares(columns: Columns) -> dict[str, tuple[float, Counter[str]]]:
    """The share that each adjective returns of all, and of which bodies."""
    every = np.ones(len(columns), np.bool_)
    found = {}
    for name in {adjective for sides in PAIRS.values() for side in sides for adjective in side}:
        rows = np.flatnonzero(choose(columns, Adjective(name), every, "all").mask)
        bodies = Counter(Path(columns.shelf.paths[row][0]).name.split("-")[0] for row in rows)
        found[name] = len(rows) / len(columns), bodies
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--write", action="store_true", help="rewrite the table of benchmarks/README.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        columns = heard(Path(folder))
    right: dict[str, list[tuple[str, bool]]] = {}
    for adjective, body, is_right in judged(columns):
        right.setdefault(adjective, []).append((body, is_right))
    returned = shares(columns)
    for adjective, told in right.items():
        wrong = Counter(body for body, is_right in told if not is_right)
        share, bodies = returned[adjective]
        print(f"{adjective:>10}: {sum(is_right for _, is_right in told):3} of {len(told)} pairs; wrong {dict(wrong)}; "
              f"returns {100 * share:.0f} % {dict(bodies)}")  # fmt: skip
    total = [is_right for told in right.values() for _, is_right in told]
    worst = min(right, key=lambda name: sum(is_right for _, is_right in right[name]))
    most = max(share for share, _ in returned.values())
    of_worst = sum(is_right for _, is_right in right[worst]) / len(right[worst])
    all_right = f"{100 * np.mean(total):.0f} % of {len(total)}; the worst {worst}, {100 * of_worst:.0f} %"
    print(f"{all_right}; at most {100 * most:.0f} %")
    if options.write:
        command = "python -m benchmarks.adjectives"
        write_table(
            [
                Row(f"adjectives on the right side of {len(total)} pairs that were made so; the worst of them",
                    f"{100 * np.mean(total):.0f} %; {worst} {100 * of_worst:.0f} %", "-", command),
                Row("share that any of them returns of the made sounds", f"at most {100 * most:.0f} %",
                    f"{100 * MOST:.0f} %", command),
            ]
        )  # fmt: skip


if __name__ == "__main__":
    main()
