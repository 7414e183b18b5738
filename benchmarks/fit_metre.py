"""Fit the model of bars of `grym_synth.audio.rhythm.metre` and write its weights.

    python -m benchmarks.fit_metre EVAL AUDIO [--more TRUTH AUDIO] [--dry-run]

Learns from the items with known downbeats (EVAL/truth.json, AUDIO/ID.ogg, .flac or .wav), from those of a second
truth.json, and from drum patterns made here. Prints the downbeat F of pieces that were kept out of the fit, then writes
data/metre.json unless --dry-run. Seeded: the same audio gives the same weights.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize

from benchmarks.fit_tempo import FAMILIES, SR, make_pattern
from grym_synth.audio.decoding.files import open_audio
from grym_synth.audio.rhythm import metre
from grym_synth.audio.rhythm.half_beats import HalfBeats, hear_halves
from grym_synth.audio.rhythm.measure import measure_pulse
from grym_synth.audio.spectra.frames import FloatArray, ShortSpectraMeter
from grym_synth.audio.spectra.pitch_peaks import PitchPeaksMeter

FOLDS, SEED = 6, 1
PENALTY = 3.0  # on the squares of the weights
SHARPNESS = 2.0  # power of the F that a choice is rewarded with: half right bars are worth little
WINDOW = 24  # beats
SHARES = {"made": 0.3}  # what a piece of a kind counts in the fit; others count 1
MADE_PER_FAMILY = 12
BARLESS = ("hats only", "kick only", "half-time", "polka", "train")  # no bar of theirs is the only one to be heard
USABLE = 0.6  # least F of the best choice: where the beats are wrong, nothing is learned


@dataclass(frozen=True)
class Piece:
    """One recording, heard, and its true downbeats."""

    name: str
    group: str  # pieces of one group are never both learned from and scored
    kind: str
    halves: HalfBeats
    beats_s: FloatArray
    opening: int | None
    downbeats_s: FloatArray
    true_metre: int


@dataclass(frozen=True)
class Example:
    """A stretch of a piece: the model's input for each hypothesis, and the F it would bring."""

    piece: Piece
    table: FloatArray
    reward: FloatArray
    share: float


def hear_pieces(truth_file: Path, audio: Path) -> Iterator[Piece]:
    truth: dict[str, dict[str, Any]] = json.loads(truth_file.read_text())
    recipes = truth_file.with_name("items.json")
    items = {item["id"]: item for item in json.loads(recipes.read_text())} if recipes.exists() else {}
    for path in sorted(audio.iterdir()):
        item, recipe = truth.get(path.stem, {}), items.get(path.stem, {})
        if len(item.get("downbeats") or ()) < 3:
            continue
        with open_audio(path) as sound:
            short, long = ShortSpectraMeter(sound.sr), PitchPeaksMeter(sound.sr)
            for block in sound.blocks(5.0):
                for meter in (short, long):
                    meter.feed(block.mean(axis=1))
        spectra, peaks = short.finish(), long.finish()
        group = item.get("piece") or recipe.get("piece") or recipe.get("samples", {}).get("kick") or path.stem
        piece = hear_piece(path.stem, str(group), item, spectra, peaks, item["duration"])
        if piece is not None:
            yield piece


def made_pieces(rng: np.random.Generator) -> Iterator[Piece]:
    """Drum patterns with a bar that can be heard, most of them with chords or a bass."""
    for name, family in FAMILIES.items():
        if name in BARLESS:
            continue
        for i in range(MADE_PER_FAMILY):
            y, tempo_bpm, lead_s = make_pattern(family, rng)
            if rng.random() < 0.5:  # cut somewhere, as excerpts are
                cut = int(rng.integers(SR, 4 * SR))
                y, lead_s = y[cut:], lead_s - cut / SR
            beats = 4 if family.beats == 8 else family.beats
            duration_s, bar_s = len(y) / SR, beats * 60.0 / tempo_bpm
            downbeats = [t for t in lead_s + bar_s * np.arange(-20, 200) if 0.0 <= t < duration_s]
            truth = {"kind": "made", "downbeats": downbeats, "beats": [0.0, 60.0 / tempo_bpm]}
            short, long = ShortSpectraMeter(SR), PitchPeaksMeter(SR)
            for meter in (short, long):
                meter.feed(y.astype(np.float32))
            piece = hear_piece(f"{name} {i}", name, truth, short.finish(), long.finish(), duration_s)
            if piece is not None and len(downbeats) > 2:
                yield piece


def hear_piece(
    name: str, group: str, item: dict[str, Any], spectra: Any, peaks: Any, duration_s: float
) -> Piece | None:
    """None where there are too few beats."""
    pulse = measure_pulse(spectra, duration_s)
    if len(pulse.beats_s) < metre.LEAST_BEATS:
        return None
    halves = hear_halves(
        spectra.mel, pulse.envelope, spectra.frame_rate, pulse.beats_s, peaks, pulse.early_s, pulse.loud
    )
    opening = metre.find_opening(pulse.beats_s, pulse.onsets_s, peaks)
    downbeats = np.array(item["downbeats"])
    true_metre = round(float(np.median(np.diff(downbeats)) / np.median(np.diff(item["beats"]))))
    return Piece(name, group, item["kind"], halves, pulse.beats_s, opening, downbeats, true_metre)


def examples_of(piece: Piece, window: int | None) -> list[Example]:
    """The piece in stretches of about `window` beats, or as a whole."""
    heard = metre.bar_features(piece.halves)
    breadth = metre.breadth(piece.halves.level)
    n = len(heard[1][0])
    grids = (piece.beats_s[:n], 0.5 * (piece.beats_s[1 : n + 1] + piece.beats_s[:n]))
    cuts = np.linspace(0, n, 1 + (max(1, round(n / window)) if window else 1)).astype(int)
    examples = []
    for first, last in itertools.pairwise(cuts):
        # The phases of a stretch are counted from its own first beat.
        part = tuple((features[first:last], likeness) for features, likeness in heard)
        table = metre.design((part[0], part[1]), breadth, piece.opening if not first else None)
        rewards = []
        for late, beats, phase in metre.HYPOTHESES:
            times = grids[late][first:last]
            near = piece.downbeats_s[(piece.downbeats_s > times[0] - 0.1) & (piece.downbeats_s < times[-1] + 0.1)]
            rewards.append(f_measure(near, times[phase::beats]))
        examples.append(Example(piece, table, np.array(rewards), SHARES.get(piece.kind, 1.0) / (len(cuts) - 1)))
    return [e for e in examples if e.reward.max() >= USABLE]


def f_measure(reference: FloatArray, estimated: FloatArray, window: float = 0.07) -> float:
    if not len(reference) or not len(estimated):
        return 0.0
    near = np.abs(reference[:, None] - estimated) <= window
    return float(2 * min(near.any(axis=0).sum(), near.any(axis=1).sum()) / (len(reference) + len(estimated)))


def fit_weights(examples: Sequence[Example]) -> FloatArray:
    """Weights of a multinomial logit over the hypotheses whose expected reward is greatest, ridge-penalised."""
    tables = np.array([e.table for e in examples])
    rewards = np.array([e.reward for e in examples]) ** SHARPNESS
    share = np.array([e.share for e in examples])

    def loss(w: FloatArray) -> tuple[float, FloatArray]:
        chance = softmax(tables @ w)
        won = chance * rewards
        total = won.sum(axis=1) + 1e-9
        slope = np.einsum("eh,ehk->k", (chance - won / total[:, None]) * share[:, None], tables)
        return float(-(share * np.log(total)).sum() + PENALTY * w @ w), slope + 2.0 * PENALTY * w

    start = np.zeros(tables.shape[2])
    found = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 400})
    return np.asarray(found.x)


def softmax(score: FloatArray) -> FloatArray:
    chance = np.exp(score - score.max(axis=-1, keepdims=True))
    return np.asarray(chance / chance.sum(axis=-1, keepdims=True))


def cross_validate(pieces: Sequence[Piece]) -> dict[str, metre.Bars]:
    """Bars of each piece by weights from other groups."""
    groups = sorted({piece.group for piece in pieces})
    fold = {group: zlib.crc32(f"{SEED} {group}".encode()) % FOLDS for group in groups}
    stretches = [example for piece in pieces for example in examples_of(piece, WINDOW)]
    found = {}
    for k in range(FOLDS):
        weights = fit_weights([e for e in stretches if fold[e.piece.group] != k])
        for piece in pieces:
            if fold[piece.group] == k:
                found[piece.name] = metre.find_bars(piece.halves, piece.opening, weights)
    return found


def report(pieces: Sequence[Piece], found: dict[str, metre.Bars]) -> None:
    rows: list[tuple[str, float, bool]] = []
    for piece in pieces:
        bars = found[piece.name]
        beats = metre.lay_beats(piece.beats_s, bars)
        f = f_measure(piece.downbeats_s, beats[bars.downbeats])
        rows.append((piece.kind, f, bars.metre == piece.true_metre))
    print(f"{'cross-validated':16s} {'n':>4s}  downbeat F  metre right")
    for kind in (*dict.fromkeys(row[0] for row in rows), "all"):
        mine = [row for row in rows if kind in (row[0], "all")]
        print(
            f"{kind:16s} {len(mine):4d}  {np.mean([r[1] for r in mine]):.3f}       {np.mean([r[2] for r in mine]):.3f}"
        )


def write(weights: FloatArray) -> None:
    text = json.dumps(metre.name_weights(weights))
    metre.WEIGHTS_FILE.write_text(re.sub(r"(?<=[\]}],) |(?<=: )(?=[\[{])", "\n", text) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--more", type=Path, nargs=2, metavar=("TRUTH", "AUDIO"))
    parser.add_argument("--dry-run", action="store_true", help="print, do not change the weights")
    a = parser.parse_args()
    pieces = list(hear_pieces(a.evaluation / "truth.json", a.audio))
    more = [*(hear_pieces(*a.more) if a.more else ()), *made_pieces(np.random.default_rng(SEED))]
    found = cross_validate([*pieces, *more])
    report(pieces, found)
    report(more, found)
    if not a.dry_run:
        weights = fit_weights([e for piece in (*pieces, *more) for e in examples_of(piece, WINDOW)])
        write(weights)


if __name__ == "__main__":
    main()
