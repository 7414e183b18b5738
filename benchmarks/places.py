"""What is similar, asked by a process that has not the library in memory: of pgvector, and by reading all of it.

    python -m benchmarks.places FOLDER... [--recordings N] [--queries N] [--write]

Recordings are simulated as in `benchmarks.similar`, into a real Postgres. Each question begins cold, as `grym similar`
on a machine without a cache: once the whole library is read and searched exactly, once the server's candidates are
judged. Truth is what the exact search finds; weights are the usual ones, each aspect alone, and all alike.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from tests.postgres_world import running

from benchmarks.rows import Row, write_table
from benchmarks.similar import fill, real_vectors
from grym_synth.memory.aspects import ASPECTS, WEIGHTS, WEIGHTS_OF_HIT
from grym_synth.memory.candidates import DuplicatesAmong, candidates, give_places, nearest_names
from grym_synth.memory.nearest import weigh
from grym_synth.memory.shelf import Shelf, Shelves
from grym_synth.memory.similar import Query, Recall
from grym_synth.storage.library import Library
from grym_synth.storage.postgres import PostgresStore
from grym_synth.storage.prints import Prints

COMMAND = "python -m benchmarks.places FOLDER"
_RECIPE, _K = "bench", 10


def misses(shelf: Shelf, library: Library, weights: Mapping[str, float] | None, rows: list[int]) -> list[float]:
    """Of the first ten of each question, how many the candidates lack."""
    found = []
    for row in rows:
        query = shelf.matrix[row]
        judged_by = weights or (WEIGHTS_OF_HIT if not shelf.vectors["rhythm"][row].any() else WEIGHTS)
        likeness = shelf.matrix @ weigh(query, judged_by)
        if not likeness.any():
            continue
        least = np.sort(likeness)[-_K] - 1e-6  # of equals any will do
        few = candidates(library, _RECIPE, query, judged_by)
        assert few is not None
        found.append(1.0 - min(_K, int((few.matrix @ weigh(query, judged_by) >= least).sum())) / _K)
    return found


def cold_whole(store: PostgresStore, query: Query) -> None:
    library = Library(store)
    Recall(library, Prints(store)).similar(Shelves(library).current(), query, _K)


def cold_few(store: PostgresStore, query: Query) -> None:
    library = Library(store)
    few = candidates(library, _RECIPE, query.row, WEIGHTS, query.described.sha256)
    assert few is not None
    recall = Recall(library, Prints(store))
    recall.duplicates = DuplicatesAmong(recall.prints, nearest_names(few, query.row, WEIGHTS, 50))
    recall.similar(few, query, _K)


def median_s(work: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return float(np.median(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--recordings", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="put the rows into the table")
    asked = parser.parse_args()
    rng, n = np.random.default_rng(1), asked.recordings
    real = real_vectors(asked.folders)
    with running() as world:
        store = PostgresStore(world.address(world.of_ours()))
        fill(store, real, n, rng)
        library = Library(store)
        began = time.perf_counter()
        while give_places(library, _RECIPE, 60.0):
            pass
        given = time.perf_counter() - began
        shelf = Shelves(library).current()
        chosen = rng.integers(0, n, asked.queries).tolist()
        of = {"usual": None, **{name: {name: 1.0} for name in ASPECTS}, "alike": dict.fromkeys(ASPECTS, 1.0),
              "pitch and loudness": {"pitch": 0.5, "loudness": 0.5}}  # fmt: skip
        recall = {name: 1.0 - float(np.mean(misses(shelf, library, weights, chosen))) for name, weights in of.items()}
        sha256 = shelf.sha256[chosen[0]]
        query = Query(next(iter(library.described([sha256]))), "", Prints(store).of([sha256])[sha256])
        whole, few = median_s(lambda: cold_whole(store, query), 3), median_s(lambda: cold_few(store, query), 9)
        store.close()
    least = min(recall, key=lambda name: recall[name])
    rows = [
        Row(f"cold question of {n:,} recordings on Postgres: candidates of pgvector / all read",
            f"{few:.2f} / {whole:.2f} s", "the former quicker", COMMAND),
        Row(f"the first ten of {n:,} among the candidates: usual weights / the worst of each alone, two, and all alike",
            f"{recall['usual']:.3f} / {recall[least]:.3f} ({least})", "≥ 0.98 / ≥ 0.95", COMMAND),
        Row(f"places of {n:,} recordings given to the server, by one hub", f"{given:.0f} s", "in the background",
            COMMAND),
    ]  # fmt: skip
    for row in rows:
        print(f"{row.what}: {row.figure}")
    print(recall)
    if asked.write:
        write_table(rows)


if __name__ == "__main__":
    main()
