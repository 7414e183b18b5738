"""How quick and how exact the search for what is similar is, in a library of 200,000 recordings.

    python -m benchmarks.similar FOLDER... [--recordings N] [--queries N] [--write]

Real vectors come from the recordings in FOLDER, heard in excerpts of 8 s. Recordings are simulated from them: each is a
mixture of two real ones of the same kind, with a little of a third direction added, so that they cluster as real ones
do. They lie in a store of their own, with prints; the search is the one that `grym similar` makes, in one thread.
Truth is the weighted mean of the cosines of all rows, in double precision.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported

import numpy as np
from numpy.typing import NDArray

from benchmarks.rows import Row, write_table
from benchmarks.similarity import heard_blocks
from grym_synth.audio.decoding.files import open_audio
from grym_synth.errors import GrymError
from grym_synth.memory.aspects import ASPECTS, HIT_LENGTH, WEIGHTS, WEIGHTS_OF_HIT, FloatArray
from grym_synth.memory.nearest import Nearest, weigh
from grym_synth.memory.shelf import Shelf, Shelves
from grym_synth.memory.similar import Query, Recall
from grym_synth.memory.wishes import Wish
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import Described, LibraryFile
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore
from grym_synth.storage.store import Store

COMMAND = "python -m benchmarks.similar FOLDER"
_EXCERPT_S, _MOST_EXCERPTS = 8.0, 4
_AT_ONCE = 2000


def real_vectors(folders: list[Path]) -> list[dict[str, FloatArray]]:
    """The vectors of excerpts of every recording below the folders; of a short one, of the whole."""
    found = []
    for path in sorted(p for folder in folders for p in folder.rglob("*") if p.is_file()):
        try:
            with open_audio(str(path)) as audio:
                length = (audio.header.frames_declared or 0) / audio.sr
                count = max(1, min(_MOST_EXCERPTS, int(length / _EXCERPT_S)))
                for i in range(count):
                    blocks = audio.stretch(i * length / count, min(_EXCERPT_S, length)) if count > 1 else audio.blocks()
                    found.append({k: v for k, v in heard_blocks(audio.sr, blocks)[1].items() if k in ASPECTS})
        except GrymError:
            continue
    return found


def simulate(real: list[dict[str, FloatArray]], n: int, rng: np.random.Generator) -> Iterator[dict[str, FloatArray]]:
    """Recordings between two real ones of a kind, and a little beside them."""
    kinds = [np.array([i for i, v in enumerate(real) if v["timbre"][:HIT_LENGTH].any() == hit]) for hit in (0, 1)]
    kinds = [kind for kind in kinds if len(kind) > 2]
    share = np.array([len(kind) for kind in kinds], float) / sum(map(len, kinds))
    for _ in range(n):
        a, b, c, d = rng.choice(kinds[int(rng.choice(len(kinds), p=share))], 4)
        mix, beside = rng.uniform(0.0, 0.5), 0.2 * rng.standard_normal()
        yield {
            name: ((1 - mix) * real[a][name] + mix * real[b][name] + beside * (real[c][name] - real[d][name])).astype(
                np.float32
            )
            for name in ASPECTS
        }


def fill(store: Store, real: list[dict[str, FloatArray]], n: int, rng: np.random.Generator) -> None:
    library, prints = Library(store), Prints(store)
    items = simulate(real, n, rng)
    for start in range(0, n, _AT_ONCE):
        described, files, marks = [], [], []
        for i in range(start, min(start + _AT_ONCE, n)):
            sha256 = f"{i:064x}"
            figures = {"tempo_bpm": float(rng.uniform(60, 180)), "duration_s": float(rng.uniform(0.2, 8.0)),
                       "centroid_hz": float(rng.lognormal(7.0, 0.7))}  # fmt: skip
            words = {"key": f"{rng.choice(list('ACDEFG'))} minor"}
            described.append(Described(sha256, "bench", figures, words, {}, next(items)))
            files.append(LibraryFile(f"/library/{i // 100}/{i}.wav", 1, 1, 1, i, 1, sha256))
            summary = rng.standard_normal(2 * BANDS).astype(np.float32) - 3.0
            words_of = rng.integers(1, 1 << 63, 30, dtype=np.uint64)
            marks.append(StoredPrint(sha256, words_of, np.zeros((0, BANDS), np.uint8), summary))
        library.put_files(files)
        library.put(described)
        prints.put(marks)


class Took:
    """Median and 99th percentile in ms: on the wall, with whatever else the machine does, and of the processor."""

    def __init__(self, work: Callable[[int], object], rows: NDArray[np.intp]) -> None:
        wall, cpu = [], []
        for row in rows.tolist():
            begun, used = time.perf_counter(), time.process_time()
            work(row)
            wall.append(1000.0 * (time.perf_counter() - begun))
            cpu.append(1000.0 * (time.process_time() - used))
        self.wall, self.cpu = ([float(np.quantile(times, q)) for q in (0.5, 0.99)] for times in (wall, cpu))

    def __str__(self) -> str:
        return "p50 {:.1f} ms, p99 {:.1f} ms ({:.1f} / {:.1f} ms of the processor)".format(*self.wall, *self.cpu)


def truth(shelf: Shelf, row: int, weights: dict[str, float], k: int, mask: NDArray[np.bool_] | None = None) -> set[int]:
    likeness = shelf.matrix.astype(np.float64) @ weigh(shelf.matrix[row], weights).astype(np.float64)
    if mask is not None:
        likeness[~mask] = -9.0
    return set(np.argsort(-likeness)[:k].tolist())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--recordings", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--write", action="store_true", help="put the rows into the table")
    options = parser.parse_args()
    rng, n = np.random.default_rng(1), options.recordings
    real = real_vectors(options.folders)
    print(f"{len(real)} real vectors")
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "store.db")
        fill(store, real, n, rng)
        measure(store, Path(folder) / "shelf", n, options.queries, rng, options.write)
        store.close()


def measure(store: SqliteStore, cache: Path, n: int, queries: int, rng: np.random.Generator, write: bool) -> None:
    library = Library(store)
    begun = time.process_time()
    shelf = Shelves(library, cache).current()
    print(f"shelf from the store: {time.process_time() - begun:.1f} s of the processor")
    begun = time.process_time()
    Shelves(library, cache).current()
    print(f"shelf from its cache: {time.process_time() - begun:.2f} s")
    begun = time.process_time()
    nearest = Nearest(shelf)
    print(f"ready to search: {time.process_time() - begun:.2f} s")
    rows = rng.choice(n, queries, replace=False)
    every = {**WEIGHTS}
    others = [dict(zip(ASPECTS, rng.dirichlet(np.ones(5)), strict=True)) for _ in range(20)]
    few, many = rng.random(n) < 0.01, rng.random(n) < 0.3
    alone = Took(lambda i: nearest.search(shelf.matrix[i], WEIGHTS, 10), rows)
    print(f"search: {alone}")
    print(f"  1 % filter: {Took(lambda i: nearest.search(shelf.matrix[i], WEIGHTS, 10, few), rows)}")
    print(f"  30 % filter: {Took(lambda i: nearest.search(shelf.matrix[i], WEIGHTS, 10, many), rows)}")
    tempo, key = shelf.figure("tempo_bpm"), np.array(shelf.word("key"))

    def found_and_filtered(i: int) -> None:
        mask = (tempo > tempo[i] - 5) & (tempo < tempo[i] + 5) & (key == key[i])
        nearest.search(shelf.matrix[i], WEIGHTS, 10, mask)

    filtered = Took(found_and_filtered, rows)
    print(f"by tempo and key: {filtered}")
    recall = Recall(library, Prints(store))
    asked = {
        each.sha256: Query(each, print=found)
        for each in library.described([shelf.sha256[i] for i in rows])
        if (found := Prints(store).of([each.sha256])[each.sha256])
    }
    recall.similar(shelf, next(iter(asked.values())), 10)  # reads the summaries, once
    whole = Took(lambda i: recall.similar(shelf, asked[shelf.sha256[i]], 10), rows)
    print(f"whole question (copies, duplicates, folding, seconds): {whole}")
    right = wrong = full = 0
    for number, i in enumerate(rows[:200].tolist()):
        weights = (
            (every if shelf.vectors["rhythm"][i].any() else dict(WEIGHTS_OF_HIT)) if number % 2 else others[number % 20]
        )
        told = set(nearest.search(shelf.matrix[i], weights, 10)[0].tolist())
        right += len(told & truth(shelf, i, weights, 10))
        wrong += 10 - len(told & truth(shelf, i, weights, 10))
        full += len(nearest.search(shelf.matrix[i], weights, 10, few)[0]) == 10
    share = right / (right + wrong)
    wished = recall.similar(shelf, asked[shelf.sha256[int(rows[0])]], 10, None, Wish(few, lambda _: ()))
    print(f"recall@10 {share:.4f}; 1 % filter full in {full} of {len(rows[:200])}")
    print(f"with the same filter the whole question has {len(wished.matches)} of 10")
    if write:
        goal = "p50 ≤ 8 ms, p99 ≤ 25 ms"
        write_table(
            [
                Row(f"similar, {n:,} recordings: whole question", str(whole), goal, COMMAND),
                Row(f"similar, {n:,} recordings: search alone", str(alone), goal, COMMAND),
                Row(f"filtered by tempo and key, {n:,} recordings", str(filtered), goal, COMMAND),
                Row("similar: recall@10, usual and random weights", f"{share:.4f}", "≥ .98", COMMAND),
                Row("similar: a filter of 1 % returns 10", f"{full} of {len(rows[:200])}", "all", COMMAND),
            ]
        )


if __name__ == "__main__":
    main()
