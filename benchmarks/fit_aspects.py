"""Fit the projections and curves of `memory.aspects`, and print what they find.

    python -m benchmarks.fit_aspects EVAL AUDIO [--write]

EVAL/truth.json says which excerpts are of one track and which hits of one class; every longer recording of another
kind gives two excerpts of its own. The figures are of the material that the projections were fitted on, but for the
line "left out", where each half of the tracks is judged by the projections of the other half.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.similarity import heard_blocks
from grym_synth.audio.decoding.files import open_audio
from grym_synth.memory.aspects import FIT, HIT_LENGTH, WEIGHTS, WEIGHTS_OF_HIT, FloatArray, Projection, Space

#: Columns that are kept, and how far their spread is evened out: 0 as it is, 1 alike.
COLUMNS = {"timbre": (48, 0.5), "rhythm": (32, 0.5), "harmony": (24, 0.0), "pitch": (48, 0.0), "loudness": (8, 0.0),
           "hit": (32, 0.0)}  # fmt: skip
_MUSIC = ("score", "groove", "project", "gen")


@dataclass(frozen=True)
class Pool:
    """Raw vectors by aspect, what belongs together, and what must not be compared (hits of one kit)."""

    vectors: dict[str, FloatArray]
    label: NDArray[np.str_]
    group: NDArray[np.str_]

    def part(self, chosen: NDArray[np.bool_]) -> Pool:
        return Pool({k: v[chosen] for k, v in self.vectors.items()}, self.label[chosen], self.group[chosen])


def read_pools(truth: dict[str, dict[str, str]], audio: Path) -> tuple[Pool, Pool]:
    """Music in excerpts, and single hits."""
    music: list[tuple[dict[str, FloatArray], str, str]] = []
    hits: list[tuple[dict[str, FloatArray], str, str]] = []
    for name, item in truth.items():
        path = next((p for p in sorted(audio.glob(f"{name}.*")) if p.suffix in (".flac", ".ogg", ".wav")), None)
        if path is None:
            continue
        if item["kind"] in ("segment", "oneshot"):
            is_hit, vectors = _heard(path, None)
            if item["kind"] == "segment":
                music.append((vectors, item["track"], name))
            elif is_hit:
                hits.append((vectors, item["label"], item["group"]))
        elif item["kind"] in _MUSIC:
            for place in (0, 1):
                music.append((_heard(path, place)[1], name, f"{name} {place}"))
    return _pool(music), _pool(hits)


def _heard(path: Path, place: int | None) -> tuple[bool, dict[str, FloatArray]]:
    """The whole, or 8 s from the first or second half."""
    with open_audio(str(path)) as audio:
        half = (audio.header.frames_declared or 0) / audio.sr / 2.0
        blocks = audio.blocks(5.0) if place is None else audio.stretch(place * half, min(8.0, half), 5.0)
        timbre, vectors = heard_blocks(audio.sr, blocks)
    return timbre.hit is not None, vectors


def _pool(rows: list[tuple[dict[str, FloatArray], str, str]]) -> Pool:
    names = [name for name in rows[0][0] if name != "all"]
    vectors = {name: np.array([row[0][name] for row in rows]) for name in names}
    return Pool(vectors, np.array([row[1] for row in rows]), np.array([row[2] for row in rows]))


def fit(music: Pool, hits: Pool) -> Space:
    raw = {**music.vectors, "timbre": music.vectors["timbre"][:, HIT_LENGTH:]}
    projections = {name: _project(values, *COLUMNS[name]) for name, values in raw.items()}
    projections["hit"] = _project(hits.vectors["timbre"][:, :HIT_LENGTH], *COLUMNS["hit"])
    space = Space(projections, {})
    curves = {name: _curve(*_pairs(space, music, {name: 1.0})) for name in WEIGHTS}
    curves["all"] = _curve(*_pairs(space, music, WEIGHTS))
    curves["hit"] = _curve(*_pairs(space, hits, {"timbre": 1.0}))
    curves["hit all"] = _curve(*_pairs(space, hits, WEIGHTS_OF_HIT))
    return Space(projections, curves)


def _project(values: FloatArray, columns: int, evened: float) -> Projection:
    mean, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    _, sizes, axes = np.linalg.svd((values - mean) / spread, full_matrices=False)
    kept = axes[:columns].T / (sizes[:columns] / np.sqrt(len(values)) + 1e-6) ** evened
    return Projection(mean.astype(np.float32), (kept / spread[:, None]).astype(np.float32))


def _likeness(space: Space, pool: Pool, weights: Mapping[str, float]) -> FloatArray:
    """Weighted mean of the cosines of those aspects that speak of both."""
    rows = space.lay(pool.vectors)
    total, speaks = np.zeros((len(pool.label),) * 2), np.zeros((len(pool.label),) * 2)
    for name, weight in weights.items():
        there = np.asarray(rows[name].any(axis=1))
        total += weight * rows[name] @ rows[name].T
        speaks += weight * (there[:, None] & there[None, :])
    return np.asarray(total / np.maximum(speaks, 1e-9))


def _pairs(space: Space, pool: Pool, weights: Mapping[str, float]) -> tuple[FloatArray, NDArray[np.bool_]]:
    first, second = np.triu_indices(len(pool.label), 1)
    apart = pool.group[first] != pool.group[second]
    likeness = _likeness(space, pool, weights)[first, second]
    return likeness[apart], (pool.label[first] == pool.label[second])[apart]


def _curve(cosine: FloatArray, same: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and offset of a logistic curve, by Newton's method; pairs of both kinds weigh the same in all."""
    x = np.stack([cosine, np.ones(len(cosine))], axis=1)
    weight = np.where(same, 0.5 / same.sum(), 0.5 / (~same).sum())
    found = np.zeros(2)
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-(x @ found)))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + 1e-6 * np.eye(2)
        found = found + np.linalg.solve(hessian, x.T @ (weight * (same - p)) - 1e-6 * found)
    return float(found[0]), float(found[1])


def found_share(space: Space, pool: Pool, weights: Mapping[str, float]) -> float:
    """Share of those that have somebody to find, whose nearest one belongs to them."""
    likeness = _likeness(space, pool, weights)
    likeness[pool.group[:, None] == pool.group[None, :]] = -9.0
    there = np.array(
        [((pool.label == a) & (pool.group != b)).any() for a, b in zip(pool.label, pool.group, strict=True)]
    )
    return float((pool.label[likeness.argmax(axis=1)] == pool.label)[there].mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("evaluation", type=Path)
    parser.add_argument("audio", type=Path)
    parser.add_argument("--write", action="store_true", help="replace the file that ships with the program")
    options = parser.parse_args()
    music, hits = read_pools(json.loads((options.evaluation / "truth.json").read_text()), options.audio)
    space = fit(music, hits)
    halves = np.isin(music.label, np.unique(music.label)[::2])
    crossed = [found_share(fit(music.part(a), hits), music.part(~a), WEIGHTS) for a in (halves, ~halves)]
    print(f"excerpts, nearest is of the same track: {found_share(space, music, WEIGHTS):.3f} of {len(music.label)}")
    print(f"  left out: {np.mean(crossed):.3f}")
    for name in WEIGHTS:
        print(f"  by {name} alone: {found_share(space, music, {name: 1.0}):.3f}")
    print(
        f"hits, nearest of another kit has the same class: {found_share(space, hits, WEIGHTS_OF_HIT):.3f}"
        f" of {len(hits.label)}"
    )
    for name, (slope, offset) in space.curves.items():
        even = -offset / slope
        print(f"curve {name}: even chance at cosine {even:.2f}, nine in ten at {even + 2.2 / slope:.2f}")
    if options.write:
        FIT.parent.mkdir(exist_ok=True)
        arrays: dict[str, FloatArray] = {}
        for name, projection in space.projections.items():
            arrays |= {f"mean:{name}": projection.mean, f"basis:{name}": projection.basis}
        arrays |= {f"curve:{name}": np.asarray(curve) for name, curve in space.curves.items()}
        np.savez_compressed(FIT, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
