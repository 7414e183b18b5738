"""What the router is trained on: questions with the capabilities they need, and copies that make it robust.

`with_typos` adds slips of the finger, `with_clauses` second clauses, that ask for more or for nothing; both are seeded.
`drop_near` leaves out what is nearly a question of an evaluation set, so that a score on it says something.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from grym_synth.messages import CAPABILITIES
from grym_synth.planning.routing.features import fold

#: {"q", "files", "caps", "lang"}; a copy names as `of` the place of the example that it was made from.
Example: TypeAlias = dict[str, Any]

#: Cosine of two questions' 4-grams of letters from which they are nearly the same.
NEAR = 0.8
_GRAM = 4

#: How a second wish is joined to a first one.
_JOINTS = {
    "en": (" and ", ", and ", ", ", " plus ", "; ", ", also ", ". Also, ", " and then ", ", then ", " & ", " + "),
    "de": (" und ", ", und ", " und dann ", ", außerdem "),
    "es": (" y ", ", y ", ", y además ", " y luego "),
    "fr": (" et ", ", et ", " et aussi ", " puis "),
    "pt": (" e ", ", e ", " e também ", " e depois "),
    "it": (" e ", ", e ", " e anche ", " e poi "),
    "sv": (" och ", ", och ", " och sedan ", " samt "),
}
_LONGEST_JOINED = 60  # characters of each half
#: What is said beside a wish and asks for nothing, before it or after it.
_BEFORE = {
    "en": (
        "hi, ", "ok, ", "sorry, ", "quick one: ", "I made this yesterday. ", "it's for a friend. ", "my first try, ",
        "we recorded this live. ", "not sure about this one, ", "be honest: ", "I need this today, ", "so, ",
    ),
    "de": ("hallo, ", "kurze Frage: ", "ich hab das gestern aufgenommen. ", "also, "),
    "es": ("hola, ", "una pregunta: ", "lo grabé ayer. ", "a ver, "),
    "fr": ("salut, ", "petite question : ", "je l'ai enregistré hier. ", "alors, "),
    "pt": ("oi, ", "uma pergunta: ", "gravei isso ontem. ", "então, "),
    "it": ("ciao, ", "una domanda: ", "l'ho registrato ieri. ", "allora, "),
    "sv": ("hej, ", "snabb fråga: ", "jag spelade in det igår. ", "alltså, "),
}  # fmt: skip
_AFTER = {
    "en": (
        ", please", ", thanks", ", and how sure are you", ", and be brief", ", roughly", ", exactly", ", in one word",
        ", if you can", ", I can't tell", ", it matters", " and explain it simply", ", as a list", " or am I wrong",
        ", just the answer", ", and why",
    ),
    "de": (", bitte", ", danke", ", und wie sicher ist das", ", so ungefähr", ", und warum", ", ganz kurz"),
    "es": (", por favor", ", gracias", ", y con qué seguridad", ", más o menos", ", y por qué"),
    "fr": (", s'il te plaît", ", merci", ", et à quel point c'est sûr", ", à peu près", ", et pourquoi"),
    "pt": (", por favor", ", obrigado", ", e com que certeza", ", mais ou menos", ", e por quê"),
    "it": (", per favore", ", grazie", ", e quanto è sicuro", ", più o meno", ", e perché"),
    "sv": (", tack", ", och hur säkert är det", ", ungefär", ", och varför"),
}  # fmt: skip


def read_examples(path: Path) -> list[Example]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def example_paths(files: int | Sequence[str]) -> list[str]:
    """Names that stand for the files of an example."""
    suffixes = ["wav"] * files if isinstance(files, int) else files
    return [f"file{number}.{suffix}" for number, suffix in enumerate(suffixes)]


def drop_near(examples: Sequence[Example], questions: Sequence[str]) -> list[Example]:
    """The examples that are not nearly one of the questions."""
    others = [_grams(question) for question in questions]
    return [example for example in examples if all(likeness(_grams(example["q"]), o) <= NEAR for o in others)]


def likeness(a: Counter[str], b: Counter[str]) -> float:
    """Cosine of two counts."""
    shared = sum(count * b[gram] for gram, count in a.items())
    return shared / math.sqrt(sum(n * n for n in a.values()) * sum(n * n for n in b.values()))


def _grams(question: str) -> Counter[str]:
    words = "".join(c if c.isalnum() or c == "#" else " " for c in fold(question)).split()
    text = f" {' '.join(words)} "
    return Counter(text[i : i + _GRAM] for i in range(max(1, len(text) - _GRAM + 1)))


def with_typos(examples: Sequence[Example], share: float = 0.2, seed: int = 5) -> list[Example]:
    """The examples, and after them a copy of some with a slip of the finger in one or two of their longer words."""
    rng = np.random.default_rng(seed)
    copies = []
    for place in map(int, np.flatnonzero(rng.random(len(examples)) < share)):
        words = examples[place]["q"].split(" ")
        long = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
        for i in map(int, rng.permutation(np.array(long, np.int64))[: int(rng.integers(1, 3))]):
            words[i] = _slip(words[i], rng)
        copies.append({**examples[place], "q": " ".join(words), "of": place})
    return [*examples, *copies]


def with_clauses(examples: Sequence[Example], folds: Sequence[int], count: int, seed: int = 3) -> list[Example]:
    """The examples, and after them some with a second clause: half ask for two things, the others for one as before.

    Both halves of a pair are of one fold, one language and the same number of files.
    """
    rng = np.random.default_rng(seed)
    alike: dict[tuple[str, int, int], list[int]] = {}
    for place, example in enumerate(examples):
        if len(example["caps"]) == 1 and len(example["q"]) <= _LONGEST_JOINED and "of" not in example:
            group = example["lang"], min(len(example_paths(example["files"])), 2), int(folds[place])
            alike.setdefault(group, []).append(place)
    groups = list(alike)
    shares = np.array([len(alike[group]) for group in groups]) / sum(len(places) for places in alike.values())
    copies: list[Example] = []
    while len(copies) < count:
        group = groups[int(rng.choice(len(groups), p=shares))]
        place, other = (alike[group][int(i)] for i in rng.integers(len(alike[group]), size=2))
        first, second = examples[place], examples[other]
        if len(copies) % 4 == 0:
            question = f"{_pick(_BEFORE[group[0]], rng)}{first['q']}"
        elif len(copies) % 4 == 1:
            question = f"{first['q'].rstrip('?!. ')}{_pick(_AFTER[group[0]], rng)}"
        elif first["caps"] != second["caps"]:
            question = f"{first['q'].rstrip('?!. ')}{_pick(_JOINTS[group[0]], rng)}{second['q']}"
            both = [name for name in CAPABILITIES if name in (*first["caps"], *second["caps"])]
            copies.append({**first, "q": question, "caps": both, "of": place})
            continue
        else:
            continue
        copies.append({**first, "q": question, "of": place})
    return [*examples, *copies]


def _pick(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


def _slip(word: str, rng: np.random.Generator) -> str:
    """Two letters swapped, one doubled, or one left out; the first letter stays."""
    at = int(rng.integers(1, len(word) - 1))
    match rng.integers(3):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1 :]
