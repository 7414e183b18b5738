"""How quickly a library of 200,000 recordings is searched by words, and what share any adjective returns.

    python -m benchmarks.find [--rows N] [--write]

The recordings are simulated: figures drawn from distributions like those of drum kits, loops and songs, some of them
not measured. Questions differ from one to the next in their numbers and words; times are those of one thread, from the
text to the matches. The first search of a library, which makes what the others use, is told apart.

The same once more as an owner tells it: an ear of his names the kinds of half the hits and bears three labels, whose
weights are drawn, of vectors that are drawn; he told 300 labels and 100 tempi. Told apart: the first time that the ear
is asked about everything, and the first question after one more word of his.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Row, write_table
from grym_synth.audio.timbre.one_shots import VECTOR_LENGTH
from grym_synth.library.adjectives import ADJECTIVES, MOST, choose
from grym_synth.library.columns import Columns
from grym_synth.library.query import Adjective, Intensity
from grym_synth.library.search import find
from grym_synth.library.words import read_query
from grym_synth.memory.shelf import Shelf
from grym_synth.owners_shelf import OwnersShelf
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.teachings import Correction, Label, Teachings
from grym_synth.tuning.ear import Ear, to_bytes
from grym_synth.tuning.features import LENGTH, sound_features, stock_names
from grym_synth.tuning.heads import ClassHead, LabelHead
from grym_synth.tuning.owner import Owner

ROWS, QUESTIONS, SEED = 200_000, 400, 7
CLASSES = ("kick", "snare", "clap", "hat_closed", "hat_open", "tom", "cymbal", "bass", "pad", "loop", "")
NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
KEYS = tuple(f"{note} {mode}" for note in NOTES for mode in ("major", "minor"))
FOLDERS = ("Techno", "House", "Ambient Works", "Drum Kits", "Field", "Vinyl Rips", "Loops", "Bass Music")
NAMES = ("amen", "deep", "warehouse", "night", "raw", "vinyl", "tape", "club", "dust", "room", "break", "stab")
TAGS = ("guitar", "techno", "drums", "ambient", "piano", "vocals", "electronic", "strings")
BANDS = ("sub", "bass", "low_mid", "mid", "high_mid", "presence", "brilliance")

#: Questions as people ask them; the braces are filled anew each time.
TEMPLATES = (
    "{adjective} {sounds}", "loops between {tempo} and {tempo_up} bpm in {key}", "{sounds} in my {folder} folder",
    "songs longer than {minutes} minutes", "{adjective} and {adjective_b} loops", "in {key}, without vocals",
    "{sounds} around {tempo} bpm", "{name} {sounds}", "the {n} longest songs in {key}", "24 bit flac {sounds}",
    "how many loops between {tempo} and {tempo_up} in {key}", "average tempo of my {folder} folder",
    "very {adjective} {sounds} not in my {folder} folder", "quieter than -{lufs} lufs", "which keys do I have",
    "{name} or {name_b}", "{adjective} ones with {tag}", "{n} loudest {sounds}",
)  # fmt: skip

#: The same of one who taught labels.
LABELS, RECIPE = ("dusty", "crunchy tape", "mine"), "listen 2"
OWN_TEMPLATES = (
    *TEMPLATES, "{label} {sounds}", "{label} loops in {key}", "{adjective} {label} ones", "how many {label} {sounds}",
    "{sounds} not {label}", "{label} {name}",
)  # fmt: skip


def simulated(n: int, seed: int = SEED) -> Shelf:
    """A library of n recordings: half hits, a quarter loops, a quarter songs."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(3, n, p=(0.5, 0.25, 0.25))
    duration = np.select([kind == 0, kind == 1], [rng.lognormal(-0.7, 0.7, n), rng.choice([2.0, 4.0, 8.0, 16.0], n)],
                         rng.normal(240.0, 80.0, n).clip(60.0))  # fmt: skip
    tempo = np.where(kind == 0, np.nan, rng.normal(122.0, 18.0, n).clip(55.0, 210.0))
    tempo = np.where(kind == 1, 240.0 / (duration / rng.choice([1, 2, 4], n)) / 1.0, tempo)
    figures: dict[str, NDArray[np.float64]] = {
        "duration_s": duration,
        "tempo_bpm": np.where((tempo > 40.0) & (tempo < 250.0), tempo, np.nan),
        "tempo_confidence": np.where(kind == 0, np.nan, rng.beta(5, 2, n)),
        "integrated_lufs": np.where(duration < 0.4, np.nan, rng.normal(-14.0, 5.0, n)),
        "momentary_max_lufs": rng.normal(-11.0, 5.0, n),
        "rms_dbfs": rng.normal(-16.0, 5.0, n),
        "range_lu": np.where(kind == 0, np.nan, rng.gamma(3.0, 2.0, n)),
        "crest_db": rng.normal(14.0, 4.0, n),
        "plr_db": rng.normal(12.0, 3.0, n),
        "centroid_hz": rng.lognormal(7.2, 0.9, n),
        "flatness": rng.beta(1.0, 8.0, n),
        "harmonicity": rng.beta(2.0, 2.0, n),
        "onsets_per_s": rng.gamma(3.0, 1.0, n),
        "correlation": np.where(rng.random(n) < 0.4, 1.0, rng.normal(0.7, 0.2, n).clip(-1.0, 1.0)),
        "attack_s": np.where(kind == 0, rng.lognormal(-5.0, 1.0, n), np.nan),
        "decay_s": np.where(kind == 0, rng.lognormal(-1.5, 0.8, n), np.nan),
        "channels": np.where(rng.random(n) < 0.4, 1.0, 2.0),
        "bit_depth": rng.choice([16.0, 24.0], n),
        "class_confidence": np.where(kind == 0, rng.beta(6, 2, n), np.nan),
        "metre": np.where(kind == 0, np.nan, 4.0),
        **{f"band_{band}_db": -rng.gamma(3.0, 4.0, n) for band in BANDS},
    }
    pick = random.Random(seed)
    label = rng.integers(0, len(CLASSES) - 2, n)
    classes = tuple(CLASSES[i] if k == 0 else "loop" if k == 1 else "" for i, k in zip(label, kind, strict=True))
    suffixes = rng.choice(["wav", "flac", "mp3"], n)
    paths = tuple(
        (f"/library/{pick.choice(FOLDERS)}/Pack {i % 997:03d}/{pick.choice(NAMES)}_{pick.choice(NAMES)}_{i}.{suffix}",)
        for i, suffix in enumerate(suffixes)
    )
    return Shelf(
        1,
        tuple(f"{i:064x}" for i in range(n)),
        paths,
        {name: np.asarray(values, np.float32) for name, values in figures.items()},
        {
            "class": classes,
            "key": tuple("" if k == 0 else KEYS[i] for i, k in zip(rng.integers(0, 24, n), kind, strict=True)),
            "codec": tuple({"wav": "PCM_16", "flac": "FLAC", "mp3": "MP3"}[suffix] for suffix in suffixes),
        },
        {tag: np.where(rng.random(n) < 0.1, rng.random(n), 0.0).astype(np.float32) for tag in TAGS},
        {},
        matrix=np.zeros((n, 0), np.float32),
    )


def questions(count: int, seed: int = SEED, templates: Sequence[str] = TEMPLATES) -> Iterator[str]:
    pick = random.Random(seed)
    sounds = ("kicks", "snares", "claps", "hi-hats", "pads", "loops", "bass notes", "cymbals", "one-shots")
    for i in range(count):
        tempo = pick.randint(80, 160)
        yield templates[i % len(templates)].format(
            adjective=pick.choice(list(ADJECTIVES)), adjective_b=pick.choice(list(ADJECTIVES)),
            sounds=pick.choice(sounds), tempo=tempo, tempo_up=tempo + pick.randint(1, 10), key=pick.choice(KEYS),
            folder=pick.choice(FOLDERS[:2]), minutes=pick.randint(2, 7), n=pick.randint(2, 40),
            name=pick.choice(NAMES), name_b=pick.choice(NAMES), lufs=pick.randint(8, 24), tag=pick.choice(TAGS),
            label=pick.choice(LABELS),
        )  # fmt: skip


def timed(shelf: Shelf, count: int = QUESTIONS) -> tuple[float, NDArray[np.float64]]:
    """Milliseconds of everything before the first answer, and of each question after one of each kind."""
    stamps = np.linspace(0.0, time.time(), len(shelf))
    began = time.perf_counter()
    columns = Columns(shelf)
    warm = [*questions(len(TEMPLATES), seed=SEED + 1)]
    for text in warm:
        _ask(columns, text, lambda: stamps)
    first = 1000.0 * (time.perf_counter() - began)
    taken = []
    for text in questions(count):
        start = time.perf_counter()
        _ask(columns, text, lambda: stamps)
        taken.append(1000.0 * (time.perf_counter() - start))
    return first, np.array(taken)


class Drawn:
    """A library whose vectors are drawn, every second one of a hit; and its shelf, which never changes."""

    def __init__(self, shelf: Shelf, seed: int = SEED) -> None:
        self._shelf, self._seed = replace(shelf, recipe=RECIPE), seed

    def whole(self) -> Shelf:
        return self._shelf

    current = whole

    def vectors(
        self, aspect: str, sha256s: Sequence[str] | None = None, *, recipe: str
    ) -> Iterator[tuple[list[str], NDArray[np.float32]]]:
        rng = np.random.default_rng(self._seed)
        for start in range(0, len(self._shelf), 2000):
            contents = [*self._shelf.sha256[start : start + 2000]]
            timbre = np.abs(rng.normal(0.0, 0.3, (len(contents), LENGTH))).astype(np.float32)
            timbre[::2, VECTOR_LENGTH:] = 0.0
            timbre[1::2, :VECTOR_LENGTH] = 0.0
            yield contents, timbre


def told(shelf: Shelf, count: int = QUESTIONS) -> tuple[float, float, NDArray[np.float64]]:
    """Milliseconds until the ear has been asked about everything, until the first answer after one more word, and of
    each question."""
    rng, library, teachings = np.random.default_rng(SEED), Drawn(shelf), Teachings(SqliteStore.in_memory())
    heads = ClassHead(rng.normal(0.0, 0.2, (39, len(stock_names()))), 0.7, 1e9)
    sounds = sound_features(next(library.vectors("timbre", recipe=RECIPE))[1])
    drawn = rng.normal(0.0, 0.4, (len(LABELS), 199))
    bounds = 0.5 - np.percentile(sounds @ drawn.T, 95, axis=0)  # so that one sound in twenty bears each
    weights = np.append(drawn, bounds[:, None], axis=1)
    ear = Ear(RECIPE, heads, {name: LabelHead(row, 1.0) for name, row in zip(LABELS, weights, strict=True)})
    teachings.put_ear(to_bytes(ear), {})
    said = rng.choice(len(shelf), 400, replace=False).tolist()
    teachings.put_labels([Label(shelf.sha256[row], LABELS[row % 3], bool(row % 5), "") for row in said[:300]])
    for row in said[300:]:
        teachings.put_correction(Correction(shelf.sha256[row], "tempo", 90.0 + row % 60, (), ""))
    owners = OwnersShelf(library, library, Owner(teachings))  # type: ignore[arg-type]
    stamps = np.linspace(0.0, time.time(), len(shelf))
    began = time.perf_counter()
    columns = Columns(*owners.with_labels())
    first = 1000.0 * (time.perf_counter() - began)
    _, labels = owners.with_labels()
    borne = {name: int((column > 0.0).sum()) for name, column in labels.items()}
    assert min(borne.values()) > len(shelf) // 1000, borne
    for text in questions(len(OWN_TEMPLATES), seed=SEED + 1, templates=OWN_TEMPLATES):
        _ask(columns, text, lambda: stamps)
    teachings.put_labels([Label(shelf.sha256[0], LABELS[0], True, "")])
    began = time.perf_counter()
    columns = Columns(*owners.with_labels(), before=columns)
    _ask(columns, f"{LABELS[0]} kicks", lambda: stamps)
    again = 1000.0 * (time.perf_counter() - began)
    taken = []
    for text in questions(count, templates=OWN_TEMPLATES):
        start = time.perf_counter()
        shelf, labels = owners.with_labels()
        assert shelf is columns.shelf
        _ask(columns, text, lambda: stamps)
        taken.append(1000.0 * (time.perf_counter() - start))
    return first, again, np.array(taken)


def _ask(columns: Columns, text: str, stamps: Callable[[], NDArray[np.float64]]) -> None:
    phrases = [name for name in columns.labels if " " in name]
    found = find(columns, read_query(text, knows=columns.knows, phrases=phrases), stamps)
    assert not found.query.is_empty, text
    assert not found.query.not_understood, text


def skewed(n: int, seed: int = SEED) -> Iterator[tuple[str, Shelf]]:
    """Libraries of odd shapes."""
    plain = simulated(n, seed)
    rng = np.random.default_rng(seed)

    def with_figures(change: Callable[[NDArray[np.float32]], object]) -> Shelf:
        figures = {name: np.asarray(change(column), np.float32) for name, column in plain.figures.items()}
        return Shelf(1, plain.sha256, plain.paths, figures, plain.words, plain.tags, {}, matrix=plain.matrix)

    def half_same(column: NDArray[np.float32]) -> object:
        return np.where(rng.random(n) < 0.5, np.nanmin(column), column)

    yield "as drawn", plain
    yield "all the same", with_figures(np.ones_like)
    yield "half at the lowest value", with_figures(half_same)
    yield (
        "half at the highest value",
        with_figures(lambda column: np.where(rng.random(n) < 0.5, np.nanmax(column), column)),
    )
    yield "two values, 30 to 70", with_figures(lambda column: (rng.random(n) < 0.3).astype(np.float32))
    yield "three values", with_figures(lambda column: rng.integers(0, 3, n))
    yield "rounded to few values", with_figures(lambda column: np.round(np.nan_to_num(column) / 5.0))
    yield "95 of 100 not measured", with_figures(lambda column: np.where(rng.random(n) < 0.95, np.nan, column))
    yield "one far away", with_figures(lambda column: np.where(np.arange(n) == 0, 1e6, 1.0))


def shares(shelf: Shelf) -> Iterator[tuple[str, float]]:
    """The share that each adjective returns of the library, and of each class that it is applied within."""
    columns = Columns(shelf)
    every = np.ones(len(shelf), np.bool_)
    groups = [("library", every), *((name, columns.has_word("class", (name,))) for name in CLASSES if name)]
    intensities: tuple[Intensity, ...] = ("slightly", "", "very")
    for group, among in groups:
        for adjective in ADJECTIVES:
            for intensity in intensities:
                chosen = choose(columns, Adjective(adjective, intensity), among, group)
                yield f"{intensity} {adjective} {group}", float(chosen.mask.sum()) / max(1, int(among.sum()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--write", action="store_true", help="rewrite the table of benchmarks/README.md")
    options = parser.parse_args()
    first, taken = timed(simulated(options.rows))
    p50, p99 = np.percentile(taken, [50, 99])
    print(f"{options.rows} recordings, {len(taken)} questions: p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst "
          f"{taken.max():.1f} ms; the first of each kind together {first:.0f} ms")  # fmt: skip
    asked, again, own = told(simulated(options.rows))
    own_p50, own_p99 = np.percentile(own, [50, 99])
    print(f"as its owner tells it: p50 {own_p50:.1f} ms, p99 {own_p99:.1f} ms, worst {own.max():.1f} ms; asking the "
          f"ear about everything {asked:.0f} ms; the first answer after one more word {again:.0f} ms")  # fmt: skip
    most = 0.0
    for name, shelf in skewed(options.rows // 10):
        worst = max(shares(shelf), key=lambda item: item[1])
        print(f"{name}: at most {100 * worst[1]:.1f} % ({worst[0].strip()})")
        most = max(most, worst[1])
    if options.write:
        command = "python -m benchmarks.find"
        write_table(
            [
                Row(f"filtered find, {options.rows:,} recordings, p50 / p99", f"{p50:.1f} / {p99:.1f} ms",
                    "8 / 25 ms", command),
                Row("the same as its owner tells it: a class head, 3 label heads, 400 words; p50 / p99",
                    f"{own_p50:.1f} / {own_p99:.1f} ms", "8 / 25 ms", command),
                Row("share that any adjective returns, nine libraries, skewed ones among them",
                    f"at most {100 * most:.1f} %", f"{100 * MOST:.0f} %", command),
            ]
        )  # fmt: skip


if __name__ == "__main__":
    main()
