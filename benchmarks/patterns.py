"""How surely planted fragments that recur are found, and how seldom anything else is taken for one.

    python -m benchmarks.patterns [FOLDER...] [--write]

Fragments of 2.5 to 8 s are planted into three recordings each: once as they are, twice with another gain (-9 to 3 dB),
another tempo (up to 4 %) and another pitch (up to a semitone), by the program's own stretching. Hosts and fragments are
excerpts of the recordings in FOLDER, or synthesised. Truth are pairs of recordings that hold the same fragment; found
are pairs that a pattern holds together, right when both of its stretches lie on the planted ones by half. What recurs
within one recording is no part of the count: music repeats itself.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.duplicates import SR, music, read_folders
from benchmarks.rows import Row, write_table
from grym_synth.audio.prints.meter import PrintMeter
from grym_synth.memory.aspects import FloatArray
from grym_synth.memory.patterns import seek_patterns
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import LibraryFile
from grym_synth.storage.patterns import Occurrence, Patterns
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore

COMMAND = "python -m benchmarks.patterns"
_HOST_S, _TIMES = 11.0, 3


@dataclass(frozen=True)
class Planted:
    fragment: int
    start_s: float
    end_s: float


def stretched(y: FloatArray, tempo: float, semitones: int) -> FloatArray:
    from python_stretch import Signalsmith

    stretch = Signalsmith.Stretch()
    stretch.preset(1, SR)
    stretch.setTransposeSemitones(semitones)
    stretch.timeFactor = tempo
    done: FloatArray = np.asarray(stretch.process(np.ascontiguousarray(y[None], np.float32)), np.float32)
    return np.asarray(done[0])


def plant(sources: list[FloatArray], fragments: int, rng: np.random.Generator) -> list[tuple[FloatArray, Planted]]:
    """Recordings with a fragment in each; hosts and sources are never the same."""
    order = rng.permutation(len(sources))
    fragments = min(fragments, len(sources) // (_TIMES + 1))
    planted = []
    for number in range(fragments):
        own = order[number * (_TIMES + 1) : (number + 1) * (_TIMES + 1)]
        source, length = sources[own[0]], rng.uniform(2.5, 8.0)
        cuts = [source[at : at + int(length * SR)] for at in rng.integers(0, len(source) - int(length * SR), 20)]
        fragment = next((cut for cut in cuts if np.sqrt(np.square(cut).mean()) > 0.01), cuts[0])
        for time_round, host in enumerate(own[1:]):
            tempo, semitones = (1.0, 0) if not time_round else (rng.uniform(0.96, 1.04), int(rng.integers(-1, 2)))
            y, part = sources[host].copy(), stretched(fragment, tempo, semitones) * 10 ** (rng.uniform(-9, 3) / 20)
            at = int(rng.integers(0, max(1, len(y) - len(part))))
            part = part[: len(y) - at]
            y[at : at + len(part)] = part
            planted.append((y, Planted(number, at / SR, (at + len(part)) / SR)))
    return planted


def holds(truth: Planted, found: Occurrence) -> bool:
    shared = min(truth.end_s, found.end_s) - max(truth.start_s, found.start_s)
    return shared > 0.5 * (truth.end_s - truth.start_s) and shared > 0.5 * found.length_s


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--fragments", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="put the rows into the table")
    options = parser.parse_args()
    rng = np.random.default_rng(5)
    if options.folders:
        sources = [y for _, y in read_folders(options.folders) if len(y) >= _HOST_S * SR]
    else:
        sources = [music(np.random.default_rng(1000 + i), 20.0) for i in range(4 * options.fragments)]
    planted = plant(sources, options.fragments, rng)
    store = SqliteStore.in_memory()
    for number, (y, _) in enumerate(planted):
        meter = PrintMeter(SR)
        for start in range(0, len(y), 70_560):
            meter.feed(np.ascontiguousarray(y[start : start + 70_560], np.float32))
        empty = np.zeros((0, BANDS), np.uint8)
        Prints(store).put([StoredPrint(str(number), meter.finish().words, empty, np.zeros(2 * BANDS, np.float32))])
        Library(store).put_files([LibraryFile(f"/{number}.wav", 1, 1, 1, 1, 1, str(number))])
    begun = time.process_time()
    seek_patterns(store)
    took = (time.process_time() - begun) / len(planted)
    truth = {number: each for number, (_, each) in enumerate(planted)}
    wanted = {(a, b) for a, b in combinations(truth, 2) if truth[a].fragment == truth[b].fragment}
    right, wrong = set[tuple[int, int]](), 0
    for pattern in Patterns(store).listed():
        for one, other in combinations(pattern.occurrences, 2):
            a, b = sorted((int(one.sha256), int(other.sha256)))
            if a == b:
                continue
            placed = {int(one.sha256): one, int(other.sha256): other}
            if (a, b) in wanted and all(holds(truth[i], placed[i]) for i in (a, b)):
                right.add((a, b))
            else:
                wrong += 1
    precision, recall = len(right) / max(1, len(right) + wrong), len(right) / len(wanted)
    print(f"{len(planted)} recordings, {len(wanted)} pairs: precision {precision:.3f}, recall {recall:.3f}")
    print(f"{1000 * took:.0f} ms of the processor for each recording")
    if options.write:
        figure = f"precision {precision:.3f}, recall {recall:.3f} of {len(wanted)} pairs"
        write_table([Row("planted fragments that recur", figure, "≥ .9 / ≥ .8", COMMAND)])


if __name__ == "__main__":
    main()
