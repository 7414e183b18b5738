"""How surely planted fragments that recur are found, and how seldom anything else is taken for one.

    python -m benchmarks.patterns [FOLDER] [--write]

Fragments of 2.5 to 8 s are planted into three recordings each: once as they are, twice with another gain (-9 to 3 dB),
another tempo (up to 4 %) and another pitch (up to a semitone), by the program's own stretching. Hosts and fragments are
excerpts of the recordings in FOLDER, or synthesised. Truth are pairs of recordings that hold the same fragment; found
are pairs that a pattern holds together, right when both of its stretches lie on the planted ones by half. What recurs
within one recording is no part of the count: music repeats itself.

The planted recordings are then looked for once more as the last ones of a library of 500, 2,000 and 20,000 of a minute
each. These are simulated: stretches of 6 to 32 s of the prints of recordings left over, with three bits in ten turned
over for a second each, so that words are as frequent as in music and no two recordings hold the same.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.duplicates import SR, music, read_folders
from benchmarks.rows import Row, write_table
from grym_synth.audio.prints.meter import FRAME_RATE, PrintMeter, WordArray
from grym_synth.memory.aspects import FloatArray
from grym_synth.memory.patterns import seek_patterns
from grym_synth.memory.print_index import PrintIndex
from grym_synth.memory.recurrences import Recurrence, find_recurrences
from grym_synth.storage.library import Library
from grym_synth.storage.library_rows import LibraryFile
from grym_synth.storage.patterns import Occurrence, Patterns
from grym_synth.storage.prints import BANDS, Prints, StoredPrint
from grym_synth.storage.sqlite import SqliteStore

COMMAND = "python -m benchmarks.patterns FOLDER"
SIZES = (500, 2_000, 20_000)
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


def plant(
    sources: list[FloatArray], fragments: int, rng: np.random.Generator
) -> tuple[list[tuple[FloatArray, Planted]], list[FloatArray]]:
    """Recordings with a fragment in each, whose hosts and sources are never the same; and the sources left over."""
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
    return planted, [sources[i] for i in order[fragments * (_TIMES + 1) :]]


def holds(truth: Planted, found: Occurrence | Recurrence) -> bool:
    shared = min(truth.end_s, found.end_s) - max(truth.start_s, found.start_s)
    return shared > 0.5 * (truth.end_s - truth.start_s) and shared > 0.5 * found.length_s


def words_of(y: FloatArray) -> WordArray:
    meter = PrintMeter(SR)
    for start in range(0, len(y), 70_560):
        meter.feed(np.ascontiguousarray(y[start : start + 70_560], np.float32))
    return meter.finish().words


@dataclass
class Counted:
    """Pairs of recordings that hold one fragment, how many were found, and how many were found wrongly."""

    wanted: int
    right: int
    wrong: int

    def __str__(self) -> str:
        precision, recall = self.right / max(1, self.right + self.wrong), self.right / self.wanted
        return f"precision {precision:.3f}, recall {recall:.3f} of {self.wanted} pairs"


def pairs_of(truth: Sequence[Planted]) -> set[tuple[int, int]]:
    return {(a, b) for a, b in combinations(range(len(truth)), 2) if truth[a].fragment == truth[b].fragment}


def sought(prints: Sequence[WordArray], truth: Sequence[Planted]) -> Counted:
    """What the whole search makes of them, as a library's index does."""
    store, wanted = SqliteStore.in_memory(), pairs_of(truth)
    empty = np.zeros((0, BANDS), np.uint8)
    for number, words in enumerate(prints):
        Prints(store).put([StoredPrint(str(number), words, empty, np.zeros(2 * BANDS, np.float32))])
        Library(store).put_files([LibraryFile(f"/{number}.wav", 1, 1, 1, 1, 1, str(number))])
    seek_patterns(store)
    right, wrong = set[tuple[int, int]](), 0
    for pattern in Patterns(store).listed():
        for one, other in combinations(pattern.occurrences, 2):
            a, b = sorted((int(one.sha256), int(other.sha256)))
            placed = {int(one.sha256): one, int(other.sha256): other}
            if (a, b) in wanted and all(holds(truth[i], placed[i]) for i in (a, b)):
                right.add((a, b))
            elif a != b:
                wrong += 1
                print(f"  {one} and {other} are no planted pair")
    store.close()
    return Counted(len(wanted), len(right), wrong)


def simulated(known: Sequence[WordArray], rng: np.random.Generator, seconds: float = 60.0) -> WordArray:
    """A print of as frequent words as known ones, which holds nothing that another one holds."""
    n, parts = round(seconds * FRAME_RATE), list[WordArray]()
    while sum(map(len, parts)) < n:
        words = known[int(rng.integers(len(known)))]
        begin = int(rng.integers(0, max(1, len(words) // 2)))
        parts.append(words[begin : begin + int(rng.integers(80, 400))])
    found = np.concatenate(parts)[:n]
    turned = rng.random((-(-n // 12), 64)) < 0.3
    mask = np.packbits(turned, axis=1, bitorder="little").view("<u8")[:, 0].astype(np.uint64)
    return np.asarray(np.where(found == 0, found, found ^ np.repeat(mask, 12)[:n]), np.uint64)


def at_size(
    size: int, prints: Sequence[WordArray], truth: Sequence[Planted], others: Sequence[WordArray]
) -> tuple[Counted, float, float]:
    """The planted ones as the last of so many: what is found, s to read all, ms for each recording of a minute."""
    before, rng = size - len(prints), np.random.default_rng(7)
    library = [*(simulated(others, rng) for _ in range(before)), *prints]
    begun = time.process_time()
    index = PrintIndex(library)
    built = time.process_time() - begun
    wanted, right, wrong = pairs_of(truth), set[tuple[int, int]](), 0
    for place in range(len(prints)):
        row = before + place
        for each in find_recurrences(library[row], index, own_row=row, among=np.arange(size) < row):
            pair = (each.row - before, place)
            if pair in wanted and holds(truth[place], each):
                right.add(pair)
            elif each.row != row:
                wrong += 1
    # Two that are found with a third are in one pattern with each other.
    for a, b in wanted - right:
        if any({tuple(sorted((a, c))), tuple(sorted((b, c)))} <= right for c in range(len(truth)) if c not in (a, b)):
            right.add((a, b))
    begun, rows = time.process_time(), np.linspace(before - 1 - before // 20, before - 1, 20).astype(int)
    for row in rows:
        find_recurrences(library[row], index, own_row=int(row), among=np.arange(size) < row)
    return Counted(len(wanted), len(right), wrong), built, 1000.0 * (time.process_time() - begun) / len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, help="a folder of real music")
    parser.add_argument("--fragments", type=int, default=20)
    parser.add_argument("--write", action="store_true", help="put the rows into the table")
    options = parser.parse_args()
    if options.write and options.folder is None:
        parser.error("the table has the rows of real music: name its folder")
    sorts = {"made": [music(np.random.default_rng(1000 + i), 20.0) for i in range(5 * options.fragments)]}
    if options.folder:
        real = [y for _, y in read_folders([options.folder], round(30.0 * SR)) if len(y) >= _HOST_S * SR]
        sorts["real music"] = real
    rows, goal = list[Row](), "≥ .9 / ≥ .8"
    for sort, sources in sorts.items():
        planted, left = plant(sources, options.fragments, np.random.default_rng(5))
        prints, truth = [words_of(y) for y, _ in planted], [each for _, each in planted]
        rows.append(Row(f"planted fragments that recur, {sort}", str(sought(prints, truth)), goal, COMMAND))
        print(f"{sort}, {len(prints)} recordings: {rows[-1].figure}", flush=True)
    others = [words_of(y) for y in left]
    for size in SIZES:  # of the last sort
        counted, built, each_ms = at_size(size, prints, truth, others)
        rows.append(Row(f"the same as the last of {size:,} recordings", str(counted), goal, COMMAND))
        cost = f"{each_ms:.0f} ms CPU, once {built:.1f} s to read all prints"
        rows.append(Row(f"to look through a recording of a minute, the last of {size:,}", cost, "", COMMAND))
        print(f"{size:,}: {counted}; {cost}", flush=True)
    if options.write:
        write_table(rows)


if __name__ == "__main__":
    main()
