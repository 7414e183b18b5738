"""Make further material of the evaluation set's kinds, from which tempi are learned and their confidence is judged.

    python -m benchmarks.tempo_material EVAL WORK OUT

EVAL is an evaluation set with `items.json` and `make_corpus.py`, WORK the folder in which the latter keeps unpacked
packages. OUT gets ID.ogg and truth.json (of each: kind, tempo_bpm, and the source: piece, song or kit). Chorales,
madrigals and fiddle tunes are drawn at random from those of music21's corpus that the set does not have; of quartets
and piano music there are few, so the set's own pieces are played from other places, its own lead sheets and kits play
other drums and grooves; songs are generated anew. Needs fluidsynth and the packages mido and music21. Seeded; what OUT
holds already is not made again.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

CHORALES, TUNES, MADRIGALS, SONGS = 80, 90, 10, 220
TIMES_A_LEAD_SHEET, GROOVES_A_KIT = 3, 14
PLACES = (0.0, 0.3, 0.55, 0.8)  # of a piece, where playing begins
SHORTEST_S = 10.0

ENSEMBLES = ((0,), (4,), (16,), (19,), (48,), (52,), (89,), (6,), (1,),
             (73, 68, 71, 70), (56, 61, 60, 57), (40, 40, 41, 42), (52, 52, 52, 42))  # fmt: skip
DRUMS_OF_METRE = {2: ("rock4", "four4", "break4"), 3: ("waltz3",), 4: ("rock4", "four4", "break4"), 6: ("six2",)}
DRUMS = ("half4", "break4", "swing4", "four4", "rock4", "rock4", "waltz3")

Recipe = dict[str, Any]


def _playing(rng: random.Random, tempi: tuple[int, int], seconds: float = 28.0) -> Recipe:
    recipe: Recipe = {
        "kind": "score", "seconds": seconds, "bpm": rng.randint(*tempi), "transpose": rng.randint(-5, 6),
        "seed": rng.randrange(1, 999_999), "font": rng.choice(("fluid", "fluid", "timgm")),
        "peak_db": rng.choice((-1, -3, -3, -6, -12)), "lead": round(rng.uniform(0.08, 0.6), 2),
    }  # fmt: skip
    if rng.random() < 0.44:
        recipe |= {"drift": rng.choice((0.015, 0.03, 0.05)), "jitter": rng.choice((0.004, 0.008, 0.012))}
    elif rng.random() < 0.35:
        recipe["noise_db"] = rng.choice((-50, -50, -60))
    return recipe


def scores(items: list[Recipe], corpus_root: Path, rng: random.Random) -> Iterator[Recipe]:
    known = {item["piece"]: item for item in items if item["kind"] == "score"}

    def others(folder: str, n: int) -> list[str]:
        names = [f"{folder}/{p.stem}" for p in sorted((corpus_root / folder).iterdir()) if p.suffix in (".mxl", ".abc")]
        return rng.sample([name for name in names if name not in known], n)

    for piece in others("bach", CHORALES):
        yield _playing(rng, (65, 108)) | {"piece": piece, "programs": rng.choice(ENSEMBLES)}
    for i, piece in enumerate(others("ryansMammoth", TUNES)):
        drums: Recipe = {"mono": True} if i % 3 else {"drums": "of the metre"}
        program = rng.choice((0, 21, 40, 65, 71, 74, 25, 80))
        yield _playing(rng, (84, 148), 24.0) | {"piece": piece, "programs": (program,)} | drums
    for piece in others("monteverdi", MADRIGALS):
        yield _playing(rng, (65, 100)) | {"piece": piece, "programs": rng.choice(((19,), (48,), (52,)))}
    for piece, item in known.items():
        if not piece.startswith(("bach", "ryans", "monteverdi", "nottingham", "leadSheet")):
            for place in PLACES:
                programs = rng.choice((item["programs"], (0,), (4,), (1,), (40, 40, 41, 42)))
                yield _playing(rng, (73, 155)) | {"piece": piece, "programs": programs, "place": place}
    for item in (item for item in items if item.get("comp") is not None for _ in range(TIMES_A_LEAD_SHEET)):
        yield {name: item[name] for name in ("piece", "number") if name in item} | _playing(rng, (95, 150)) | {
            "programs": (rng.choice((73, 71, 65, 40)),), "comp": rng.choice((0, 4, 25)), "bass": rng.choice((32, 33)),
            "drums": rng.choice(("break4", "rock4", "swing4", "four4")),
        }  # fmt: skip


def song(rng: random.Random) -> Recipe:
    drums = rng.choice((None, None, *DRUMS))
    recipe = _playing(rng, (60, 175)) | {
        "kind": "gen", "mode": rng.choice(("major", "minor")), "tonic": rng.randrange(12), "drums": drums,
        "progression": rng.randrange(7), "style": rng.choice(("pad", "pad", "arp", "arp", "block", "offbeat")),
        "programs": (rng.choice((89, 4, 24, 25, 27, 0, 81, 30, 16, 50)), rng.choice((32, 33, 38, 39)),
                     rng.choice((80, 56, 65, 73, 11, 81, 52, 40))),
        "bassline": rng.choice(("roots", "walk")), "melody": rng.random() < 0.88,
    }  # fmt: skip
    if rng.random() < 0.45:
        recipe["swing"] = 0.62 if drums == "swing4" else 0.5
    else:
        recipe |= {"swing": rng.choice((0.5, 0.5, 0.58, 0.64)), "lead": rng.choice((0.0, 0.4))}
    return recipe


def groove(kit: Recipe, rng: random.Random) -> Recipe:
    return {
        "kind": "groove", "package": kit["package"], "samples": kit["samples"], "bpm": rng.randint(80, 172),
        "seconds": 20.0, "pattern": rng.choice(sorted(set(DRUMS))), "seed": rng.randrange(1, 999_999), "swing": 0.5,
        "jitter": rng.choice((0.0, 0.004, 0.008)), "drift": rng.choice((0, 0.02)), "lead": 0.0, "peak_db": -1,
    }  # fmt: skip


def make_recipes(items: list[Recipe], corpus_root: Path) -> list[Recipe]:
    rng = random.Random(20)
    recipes = [*scores(items, corpus_root, rng), *(song(rng) for _ in range(SONGS))]
    kits = {item["samples"]["kick"]: item for item in items if item["kind"] == "groove"}
    recipes += [groove(kit, rng) for kit in kits.values() for _ in range(GROOVES_A_KIT)]
    return [{"id": f"further-{recipe['kind']}-{i:03d}"} | recipe for i, recipe in enumerate(recipes)]


def source_of(recipe: Recipe) -> str:
    """What a recipe must not share with what it is scored by: a piece, a kit, or the recipe itself."""
    if recipe["kind"] == "groove":
        return str(recipe["samples"]["kick"])
    return ":".join(str(recipe[name]) for name in ("piece", "number") if name in recipe) or str(recipe["id"])


def fit_to_score(recipe: Recipe, score: Recipe, rng: random.Random) -> None:
    """Where playing begins, and drums that go with the metre: known only once the piece is."""
    if recipe.get("place"):
        recipe["start_q"] = max((m for m in score["measures"] if m < recipe["place"] * score["end"]), default=0.0)
    if recipe.get("drums") == "of the metre":
        fitting = DRUMS_OF_METRE.get(int(score["meter"].split("/")[0]))
        recipe["drums"] = rng.choice(fitting) if fitting else None


def make_material(evaluation: Path, work: Path, out: Path) -> None:
    corpus = load_program(evaluation / "make_corpus.py")
    items: list[Recipe] = json.loads((evaluation / "items.json").read_text())
    listing = out / "truth.json"
    truth: dict[str, Recipe] = json.loads(listing.read_text()) if listing.exists() else {}
    read: Callable[[Recipe], Recipe] = corpus.load_score
    found = importlib.util.find_spec("music21")
    assert found is not None
    assert found.origin is not None
    for recipe in make_recipes(items, Path(found.origin).parent / "corpus"):
        if recipe["id"] in truth:
            continue
        try:
            if recipe["kind"] == "score":
                score = read(recipe)
                fit_to_score(recipe, score, random.Random(recipe["id"]))
                vars(corpus)["load_score"] = lambda _, score=score: score  # read once
            y, known, sr = corpus.build(recipe, work)
        except (ValueError, LookupError) as error:  # there are no notes at that place
            sys.stderr.write(f"{recipe['id']} {recipe.get('piece', '')}: {error!r}\n")
            continue
        if known["duration"] >= SHORTEST_S:
            corpus.save(y, sr, out / f"{recipe['id']}.ogg")
            kept = {name: known[name] for name in ("kind", "tempo_bpm", "meter", "duration")}
            truth[recipe["id"]] = kept | {"source": source_of(recipe)}
            listing.write_text(json.dumps(truth, indent=0))


def load_program(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("evaluation", "work", "out"):
        parser.add_argument(name, type=Path)
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    make_material(a.evaluation, a.work, a.out)


if __name__ == "__main__":
    main()
