"""Fit what hears chords and keys: the network of `chord_model` and the weights of `key_model`.

    python -m benchmarks.fit_chords MATERIAL [--dry-run] [--predictions FOLDER]

MATERIAL is what `benchmarks.chord_material` made. First every piece is predicted by a fit that it took no part in:
prints the share of time with the right chord and the MIREX score of the key, and with --predictions leaves what
calibration is fitted to ({"id", "p", "right", "weight"} a line). Then both are fitted to all of it and written into
`grym_synth/audio/data` unless --dry-run. Seeded: the same material gives the same weights.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import mir_eval
import numpy as np
import scipy.optimize

from grym_synth.audio.harmony import chord_model, key_model
from grym_synth.audio.harmony.chord_inputs import Moments, chord_inputs, lay_moments
from grym_synth.audio.harmony.chord_model import (
    FAMILIES,
    N_STATES,
    QUALITIES,
    TURNED,
    ChordNet,
    family_log_probabilities,
)
from grym_synth.audio.harmony.key_model import KeyWeights, gather_seconds, key_name
from grym_synth.audio.harmony.keys import pitchedness, variety
from grym_synth.audio.spectra.chroma import PitchFeatures
from grym_synth.audio.spectra.frames import FloatArray
from grym_synth.audio.spectra.viterbi import best_path, path_probabilities
from grym_synth.theory.pitch import NOTE_NAMES

from .chord_material import Example

FOLDS, SEED = 5, 3
HIDDEN, EPOCHS, DROPPED, BATCH, RATE, DECAY = 64, 10, 0.4, 512, 3e-3, 0.01
CHANGE = (1.5, 0.6)  # cost of a change between beats, and on a beat
KEY_PENALTY = 3.0
EXCERPTS = ((0.0, 1.0), (0.33, 1.0), (0.2, 0.7))  # shares of a piece that its key is learned from
KEY_SHARES = {True: 1.0, False: 0.6}  # what a piece of the development half, and another, counts for the key

# The truth of a score names the triad; a seventh may sound with it.
CLASSES = {
    "maj": ("maj", "7", "maj7"), "min": ("min", "min7"), "dim7": ("dim",), "maj6": ("maj",),
}  # fmt: skip
PLAIN = {"maj": "maj", "7": "maj", "maj7": "maj", "maj6": "maj", "min": "min", "min7": "min"}


@dataclass(frozen=True)
class Lesson:
    """An example as the network sees it: `right` [shape=(n, 121)] marks every class that is right, `weight` seconds."""

    example: Example
    moments: Moments
    pitches: FloatArray
    sides: FloatArray
    right: FloatArray
    weight: FloatArray


def read_lessons(material: Path) -> list[Lesson]:
    lessons = []
    for path in sorted(material.glob("*.pickle")):
        example = Example.load(path)
        moments = lay_moments(example.beats_s, example.duration_s)
        right, weight = mark_right(example, moments)
        lessons.append(Lesson(example, moments, *chord_inputs(example.pitch, moments, 0, len(moments)), right, weight))
    return lessons


def mark_right(example: Example, moments: Moments) -> tuple[FloatArray, FloatArray]:
    """Classes of the label that fills most of each moment, and for how long; 0 where it is not known."""
    right, weight = np.zeros((len(moments), 121), np.float32), np.zeros(len(moments), np.float32)
    best = np.zeros(len(moments))
    for start, end, label in example.chords:
        shared = np.minimum(end, moments.edges_s[1:]) - np.maximum(start, moments.edges_s[:-1])
        mine = (shared > best) & (shared > 0.55 * np.diff(moments.edges_s))
        best[mine] = shared[mine]
        right[mine] = 0.0
        if label == "N":
            right[mine, 120] = 1.0
        elif label != "X":
            root, quality = label.split(":")
            names = (
                CLASSES.get(quality, (quality,)) if example.kind == "score" else (CLASSES.get(quality, (quality,))[0],)
            )
            for name in names:
                right[mine, NOTE_NAMES.index(root) * 10 + QUALITIES.index(name)] = 1.0
        weight[mine] = 0.0 if label == "X" else shared[mine]
    return right, weight


# --- the network ----------------------------------------------------------------------------------------------------

Parameters = dict[str, FloatArray]


def train_net(lessons: Sequence[Lesson]) -> ChordNet:
    """Adam on the log probability of all right classes together, hidden units dropped at random."""
    pitches, sides, right, weight = (
        np.concatenate([getattr(lesson, name)[lesson.weight > 0.0] for lesson in lessons])
        for name in ("pitches", "sides", "right", "weight")
    )
    mean, spread = pitches.mean((0, 2), keepdims=True), pitches.std((0, 2), keepdims=True) + 1e-6
    side_mean, side_spread = sides.mean(axis=0), sides.std(axis=0) + 1e-6
    pitches, sides = (pitches - mean) / spread, (sides - side_mean) / side_spread
    rng = np.random.default_rng(SEED)
    p = _start(pitches.shape[1], sides.shape[1], rng)
    first = {name: np.zeros_like(x) for name, x in p.items()}
    second = {name: np.zeros_like(x) for name, x in p.items()}
    n, step = len(pitches), 0
    steps = EPOCHS * -(-n // BATCH)
    for _ in range(EPOCHS):
        order = rng.permutation(n)
        for i in range(0, n, BATCH):
            b = order[i : i + BATCH]
            kept = ((rng.random((len(b), 1, HIDDEN)) > DROPPED) / (1.0 - DROPPED)).astype(np.float32)
            slopes = _slopes(p, pitches[b], sides[b], right[b], weight[b] / weight[b].sum(), kept)
            step += 1
            rate = RATE * 0.5 * (1.0 + np.cos(np.pi * step / steps)) + 1e-5
            for name, slope in slopes.items():
                first[name] += 0.1 * (slope - first[name])
                second[name] += 0.01 * (slope * slope - second[name])
                move = first[name] / (1 - 0.9**step) / (np.sqrt(second[name] / (1 - 0.99**step)) + 1e-8)
                decay = DECAY * p[name] if name in ("hidden", "quality") else 0.0
                p[name] -= np.float32(rate) * (move + decay)
    # The scale of the inputs goes into the weights.
    hidden = p["hidden"] / spread[0][:, :, None]
    side, none_side = p["side"] / side_spread[:, None], p["none_side"] / side_spread
    bias = p["hidden_bias"] - (hidden * mean[0][:, :, None]).sum((0, 1)) - side_mean @ side
    none_bias = p["none_bias"] - side_mean @ none_side
    change = np.array(CHANGE, np.float32)
    return ChordNet(hidden, bias, side, p["quality"], p["quality_bias"], p["none"], none_side, none_bias, change)


def _start(channels: int, sides: int, rng: np.random.Generator) -> Parameters:
    shapes = {
        "hidden_bias": (HIDDEN,), "side": (sides, HIDDEN), "quality_bias": (10,), "none": (HIDDEN,),
        "none_side": (sides,), "none_bias": (1,),
    }  # fmt: skip
    p = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    p["hidden"] = rng.normal(0.0, (12 * channels) ** -0.5, (channels, 12, HIDDEN)).astype(np.float32)
    p["quality"] = rng.normal(0.0, 0.3 * HIDDEN**-0.5, (HIDDEN, 10)).astype(np.float32)
    return p


def _slopes(
    p: Parameters, pitches: FloatArray, sides: FloatArray, right: FloatArray, weight: FloatArray, kept: FloatArray
) -> Parameters:
    """Gradient of the loss by each parameter."""
    n, channels = pitches.shape[:2]
    table = np.zeros((channels, 12, 12, HIDDEN), np.float32)
    for root in range(12):
        table[:, TURNED[root], root] = p["hidden"]
    flat = pitches.reshape(n, -1)
    active = (flat @ table.reshape(channels * 12, -1)).reshape(n, 12, HIDDEN)
    active = np.maximum(active + p["hidden_bias"] + (sides @ p["side"])[:, None], 0.0) * kept
    pooled = active.mean(axis=1)
    score = np.concatenate(
        [
            (active @ p["quality"] + p["quality_bias"]).reshape(n, 120),
            (pooled @ p["none"] + sides @ p["none_side"] + p["none_bias"])[:, None],
        ],
        axis=1,
    )
    chance = np.exp(score - score.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    hit = chance * right
    error = (chance - hit / (hit.sum(axis=1, keepdims=True) + 1e-9)) * weight[:, None]
    of_roots, of_none = error[:, :120].reshape(n, 12, 10), error[:, 120]
    back = (of_roots @ p["quality"].T + (of_none[:, None] * p["none"])[:, None] / 12.0) * (active > 0.0) * kept
    turned = (flat.T @ back.reshape(n, -1)).reshape(channels, 12, 12, HIDDEN)
    return {
        "hidden": np.asarray(sum(turned[:, TURNED[root], root] for root in range(12))),
        "hidden_bias": back.sum((0, 1)),
        "side": sides.T @ back.sum(axis=1),
        "quality": active.reshape(-1, HIDDEN).T @ of_roots.reshape(-1, 10),
        "quality_bias": of_roots.sum((0, 1)),
        "none": pooled.T @ of_none,
        "none_side": sides.T @ of_none,
        "none_bias": of_none.sum(keepdims=True),
    }


# --- chords, judged -------------------------------------------------------------------------------------------------


def plain(label: str) -> str:
    """Major, minor or none, as chords are scored; "X" for all others."""
    root, _, quality = label.partition(":")
    return label if label in ("N", "X") else f"{root}:{PLAIN[quality]}" if quality in PLAIN else "X"


def state_label(state: int) -> str:
    return "N" if state == N_STATES - 1 else f"{NOTE_NAMES[state // 6]}:{FAMILIES[state % 6]}"


def judge_segments(lesson: Lesson, net: ChordNet) -> Iterator[tuple[float, float, float, float]]:
    """(probability, seconds right, seconds judged, seconds) of each segment that is read."""
    score = family_log_probabilities(net.log_probabilities(lesson.pitches, lesson.sides))
    cost = np.where(lesson.moments.on_beat, net.change[1], net.change[0])
    path = best_path(score, cost)
    sure, length = path_probabilities(score, cost, path), np.diff(lesson.moments.edges_s)
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    for first, last in itertools.pairwise(edges):
        start, end = lesson.moments.edges_s[first], lesson.moments.edges_s[last]
        hit = total = 0.0
        for a, b, label in lesson.example.chords:
            shared = min(b, end) - max(a, start)
            if shared > 0.0 and plain(label) != "X":
                total += shared
                hit += shared * (plain(label) == plain(state_label(int(path[first]))))
        yield float(np.average(sure[first:last], weights=length[first:last])), hit, total, float(end - start)


# --- keys -----------------------------------------------------------------------------------------------------------

# What a unit of each term is worth, so that one penalty suits all.
TERMS = {
    "chords": (36, 8.0),
    "chroma": (12, 8.0),
    "bass": (12, 5.0),
    "opening_chroma": (12, 3.0),
    "opening_bass": (12, 2.0),
}
_WIDTH = sum(width for width, _ in TERMS.values())


def excerpt(pitch: PitchFeatures, start: float, end: float) -> PitchFeatures:
    frames = slice(round(start * pitch.n_frames), round(end * pitch.n_frames))
    packed, loudness = pitch.packed[frames], pitch.loudness[frames]
    return dataclasses.replace(
        pitch, packed=packed, loudness=loudness, starts_from_silence=pitch.starts_from_silence and start == 0.0
    )


def unpack(x: FloatArray) -> KeyWeights:
    """Weights from a vector: all terms of major keys, all of minor ones, being minor."""
    by_mode, at, parts = x[: 2 * _WIDTH].reshape(2, _WIDTH), 0, {}
    for name, (width, unit) in TERMS.items():
        parts[name] = unit * by_mode[:, at : at + width]
        at += width
    return KeyWeights(**(parts | {"chords": parts["chords"].reshape(2, 12, 3), "minor": x[2 * _WIDTH :]}))


def key_terms(pitch: PitchFeatures, net: ChordNet) -> FloatArray:
    """What each weight adds to the score of each key, shape (24, weights); the score is linear in the weights."""
    seconds = gather_seconds(pitch, net)
    sums = [x.sum(axis=0, dtype=np.float64) for x in (seconds.chords, seconds.harmony, seconds.chroma, seconds.bass)]
    share, chroma, bass = key_model.shares(*sums)
    opening = key_model.hear_opening(pitch)
    terms = np.concatenate(
        [share[TURNED].reshape(12, 36), chroma[TURNED], bass[TURNED], opening[0][TURNED], opening[1][TURNED]], axis=1
    )
    terms = terms * np.concatenate([np.full(width, unit) for width, unit in TERMS.values()])
    table = np.zeros((24, 2 * _WIDTH + 1))
    table[:12, :_WIDTH], table[12:, _WIDTH:-1], table[12:, -1] = terms, terms, 1.0
    return table


def fit_keys(terms: Sequence[FloatArray], keys: Sequence[int], share: Sequence[float]) -> FloatArray:
    """Multinomial logit over the 24 keys, ridge-penalised."""
    x, right, weight = np.array(terms), np.array(keys), np.array(share)

    def loss(w: FloatArray) -> tuple[float, FloatArray]:
        score = x @ w
        chance = np.exp(score - score.max(axis=1, keepdims=True))
        chance /= chance.sum(axis=1, keepdims=True)
        slope = np.einsum("nk,nkm->m", (chance - np.eye(24)[right]) * weight[:, None], x) + 2.0 * KEY_PENALTY * w
        found = np.log(chance[np.arange(len(right)), right] + 1e-12)
        return float(-(weight * found).sum() + KEY_PENALTY * w @ w), slope

    start = np.zeros(x.shape[2])
    return np.asarray(scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)


# --- the run --------------------------------------------------------------------------------------------------------

KEYS = [key_name(k) for k in range(24)]
KeyTable = dict[str, list[FloatArray]]


def is_keyed(lesson: Lesson) -> bool:
    """Songs made here wander too much for the key that they were meant to be in."""
    return lesson.example.key is not None and lesson.example.kind != "song"


def hear_keys(lessons: Sequence[Lesson], net: ChordNet) -> KeyTable:
    return {
        lesson.example.name: [key_terms(excerpt(lesson.example.pitch, *ends), net) for ends in EXCERPTS]
        for lesson in lessons
        if is_keyed(lesson)
    }


def fit_all(lessons: Sequence[Lesson], table: KeyTable) -> FloatArray:
    keyed = [lesson for lesson in lessons if is_keyed(lesson)]
    terms = [x for lesson in keyed for x in table[lesson.example.name]]
    keys = [KEYS.index(str(lesson.example.key)) for lesson in keyed for _ in EXCERPTS]
    share = [KEY_SHARES[e.example.development] * (1.0 if i == 0 else 0.5) for e in keyed for i in range(len(EXCERPTS))]
    return fit_keys(terms, keys, share)


def cross_validate(lessons: Sequence[Lesson], predictions: Path | None) -> None:
    sources = sorted({lesson.example.source for lesson in lessons if lesson.example.development})
    order = np.random.default_rng(SEED).permutation(len(sources)) % FOLDS
    fold = dict(zip(sources, order.tolist(), strict=True))
    chords: dict[str, list[float]] = {}
    keys: dict[str, list[float]] = {}
    lines: dict[str, list[str]] = {"chord": [], "key": []}
    for k in range(FOLDS):
        learned = [lesson for lesson in lessons if fold.get(lesson.example.source) != k]
        kept_out = [lesson for lesson in lessons if fold.get(lesson.example.source) == k]
        net = train_net([lesson for lesson in learned if lesson.weight.any()])
        table = hear_keys(lessons, net)
        weights = fit_all(learned, table)
        for lesson in kept_out:
            name, example = lesson.example.name, lesson.example
            group = f"{example.kind}{'' if example.development else ', other'}"
            segments = list(judge_segments(lesson, net))
            judged = sum(total for *_, total, _ in segments)
            if judged >= 3.0:
                chords.setdefault(group, []).append(sum(hit for _, hit, *_ in segments) / judged)
            if example.development and example.kind != "groove":
                lines["chord"] += [
                    json.dumps({"id": f"{name}-{i}", "p": p, "right": bool(hit >= 0.5 * total), "weight": float(total)})
                    for i, (p, hit, total, seconds) in enumerate(segments)
                    if total > 0.5 * seconds
                ]
            for (start, end), x in zip(EXCERPTS, table.get(name, []), strict=False):
                p = np.exp(x @ weights - (x @ weights).max())
                p /= p.sum()
                best = KEYS[int(p.argmax())]
                score = mir_eval.key.weighted_score(example.key, best)
                keys.setdefault(f"{group}, {start:g} to {end:g}", []).append(score)
                part = excerpt(example.pitch, start, end)
                stated = float(p.max()) * pitchedness(part) * variety(part)
                line = {"id": f"{name}-{start:g}", "p": stated, "right": bool(best == example.key), "weight": 1.0}
                lines["key"] += [json.dumps(line)] if example.development else []
    for title, found in (("chords, share of time", chords), ("key, MIREX", keys)):
        for group, values in sorted(found.items()):
            print(f"{title:24s} {group:30s} {len(values):4d}  {np.mean(values):.3f}")
    for name, rows in lines.items() if predictions else ():
        (Path(str(predictions)) / f"{name}_cv.jsonl").write_text("\n".join(rows) + "\n")


def save(path: Path, weights: ChordNet | KeyWeights) -> None:
    parts = {f.name: np.asarray(getattr(weights, f.name), np.float32) for f in dataclasses.fields(weights)}
    if isinstance(weights, ChordNet):
        parts["hidden"] = parts["hidden"].astype(np.float16)
    np.savez(path, allow_pickle=False, **parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("material", type=Path)
    parser.add_argument("--dry-run", action="store_true", help="print, do not write weights")
    parser.add_argument("--predictions", type=Path, help="folder for cross-validated predictions")
    a = parser.parse_args()
    lessons = read_lessons(a.material)
    cross_validate(lessons, a.predictions)
    net = train_net([lesson for lesson in lessons if lesson.weight.any()])
    weights = unpack(fit_all(lessons, hear_keys(lessons, net)))
    if not a.dry_run:
        data = Path(chord_model.__file__).parents[1] / "data"
        save(data / "chords.npz", net)
        save(data / "keys.npz", weights)


if __name__ == "__main__":
    main()
