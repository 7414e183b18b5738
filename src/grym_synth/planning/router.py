"""Which capabilities a question needs: local, deterministic, in milliseconds.

One logistic head for each capability, one for "a report" and one for "none of these" weigh hashed n-grams, the files,
and, with the MiniLM pack, the sentence vector. Weights come from `benchmarks/train_router.py`. A few rules decide what
is certain (an address to read, a pack to open).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from ..errors import BadSetup
from ..messages import CAPABILITIES, Json, Route
from ..packs import Pack
from .added import Added
from .aspects import aspect_places, read_aspects
from .capabilities import CAPABILITY
from .features import Buckets, Features, read_features, shorten
from .sentence_vectors import SentenceEncoder
from .slots import read_slots
from .taught import Correction, Taught
from .teaching import read_teaching

FloatArray = npt.NDArray[np.float32]

#: What is weighed: the capabilities, a report on everything, and, last, "none of these".
HEADS: tuple[str, ...] = (*CAPABILITIES, "report", "none")
#: What a report on everything needs.
REPORT: tuple[str, ...] = ("facts", "loudness", "rhythm", "tonality", "spectrum")
#: What `features.describe_files` can say.
FILE_SORTS: tuple[str, ...] = ("0", *(f"{n}{sort}" for n in (1, 2, 3) for sort in ("audio", "pack", "text", "other")))

#: The likeliest capability is answered when it is surer than this, however far it is from its threshold.
_LEAST = 0.04
_CERTAIN = 0.98
_COMPUTED = 0.9  # what looks like none of these, but has an answer in the music arithmetic
_FAINT = 0.3  # nothing is likelier than this: what the question names outright tells more
_NAMED = 0.8  # what looks like none of these, but names a chord beside a recording
_ADDRESS = re.compile(r"(?:https?|feed)://\S+|\bwww\.\S+", re.IGNORECASE)
_READING = re.compile(
    r"\b(?:read|add|learn|save|store|remember|fetch|ingest|import|index|subscribe|follow|crawl|bookmark|study|digest|"
    r"memori[sz]e|keep|grab|pull|watch|lee|guarda|añade|lies|merk|speicher\w*|lis|retiens|ajoute|abonne|lê|adiciona|"
    r"leggi|ricorda\w*|aggiungi|läs|lägg|spara)\b",
    re.IGNORECASE,
)
_PACK_FILE = re.compile(r"\S\.grym\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weights:
    """One of the two trained sets; `sense` is None in the set that works without the pack."""

    chars: FloatArray  # (buckets, heads)
    grams: FloatArray
    files: FloatArray  # (FILE_SORTS, heads)
    aspects: FloatArray  # (ASPECTS, heads)
    bias: FloatArray  # (heads,)
    thresholds: FloatArray  # (heads but the last,)
    calibration: FloatArray  # slope, offset
    char_rarity: FloatArray  # (buckets,)
    word_rarity: FloatArray
    sense: FloatArray | None = None  # (384, heads)


class Router:
    """Routes questions; with an encoder it also understands words that no example had."""

    def __init__(self, encoder: SentenceEncoder | None, examples: Mapping[str, Sequence[str]] | None = None) -> None:
        self._encoder = encoder
        self._added = Added(examples or {}, None if encoder is None else encoder.encode)
        self._taught = Taught((), None)
        self._weights = _load_weights("plain" if encoder is None else "pack")
        self.trouble: BadSetup | None = None  # why the encoder it was given is not used

    def learn(self, corrections: Sequence[Correction]) -> None:
        """From now on these corrections count, and no others."""
        self._taught = Taught(corrections, None if self._encoder is None else self._encoder.encode)

    def route(self, question: str, paths: Sequence[str]) -> Route:
        """The capabilities that a question about these files needs; none when it is not for this hub."""
        try:
            reasons, confidence = self._decide_with_added(question, paths)
        except BadSetup as error:  # the model file is damaged: words alone do
            self._encoder, self._weights, self.trouble = None, _load_weights("plain"), error
            self._added, self._taught = self._added.without_encoder(), self._taught.without_encoder()
            reasons, confidence = self._decide_with_added(question, paths)
        slots = read_slots(question, paths)
        # A comparison is focused by what it compares, which belongs to other capabilities.
        compares = "compare" in reasons
        aspects = [name for name in read_aspects(question) if compares or name.partition(".")[0] in reasons]
        return Route(tuple(reasons), confidence, reasons, {**slots, "aspects": list(aspects)})

    def _decide_with_added(self, question: str, paths: Sequence[str]) -> tuple[dict[str, str], float]:
        """The same, and the capabilities that agents of the user bring, unless its owner said what it needs."""
        if told := self._taught.match(question):
            return dict.fromkeys(told.capabilities, f"like what you taught: “{told.question[:80]}”"), told.confidence
        added = self._added.match(shorten(question))
        reasons, confidence = self._decide(question, paths)
        if any(is_same for _, _, is_same in added.values()):
            reasons = {}
        if added:
            confidence = min(0.99, max(likeness for _, likeness, _ in added.values()))
        return {
            **reasons,
            **{name: f"like its example: “{example}”" for name, (example, _, _) in added.items()},
        }, confidence

    def _decide(self, question: str, paths: Sequence[str]) -> tuple[dict[str, str], float]:
        """A reason for each capability that is needed, and how likely the whole is right."""
        features = read_features(question, paths)
        if not any(character.isalnum() for word in features.words for character in word):
            return {}, _CERTAIN
        certain = _decide_by_rule(shorten(question), paths)
        if certain is not None:
            name, why = certain
            return {name: f"{CAPABILITY[name].asks}: {why}"}, _CERTAIN
        p = self.probabilities(features, aspect_places(question))
        chosen = choose(p, self._weights.thresholds)
        if not chosen and _can_be_computed(question):
            return {"theory": f"{CAPABILITY['theory'].asks}: there is an answer to compute"}, _COMPUTED
        is_open = p[:-1].max() < _FAINT and _names_a_recording(features)
        if is_open and (named := read_slots(question, paths).get("chords")):
            return {"chords": f"{CAPABILITY['chords'].asks}: “{_first(named)}”"}, _NAMED
        slope, offset = self._weights.calibration
        joint = joint_probability(p, chosen)
        confidence = 1.0 / (1.0 + np.exp(-(slope * np.log(joint / (1.0 - joint)) + offset)))
        reasons = {
            name: self._explain(name, name if name in chosen else "report", features) for name in spell_out(chosen)
        }
        return reasons, round(float(confidence), 3)

    def probabilities(self, features: Features, aspects: Sequence[int]) -> npt.NDArray[np.float64]:
        """How likely each head is, shape (len(HEADS),); the heads are independent and do not add up to 1.

        `aspects` are places in `aspects.ASPECTS` of what the question names.
        """
        w = self._weights
        scores = w.bias + w.files[FILE_SORTS.index(features.files)] + w.aspects[list(aspects)].sum(axis=0)
        scores = scores + _weigh(features.chars, w.char_rarity, w.chars).sum(axis=0)
        scores = scores + _weigh(features.grams, w.word_rarity, w.grams).sum(axis=0)
        if self._encoder is not None and w.sense is not None:
            scores = scores + self._encoder.encode(features.plain) @ w.sense
        return np.asarray(1.0 / (1.0 + np.exp(-scores.astype(np.float64))))

    def _explain(self, name: str, by: str, features: Features) -> str:
        """One line: what the question asks for, and the words that weighed most in the head that chose it."""
        w, head = self._weights, HEADS.index(by)
        weight = np.zeros(len(features.words))
        np.add.at(weight, features.chars.word, _weigh(features.chars, w.char_rarity, w.chars[:, [head]])[:, 0])
        np.add.at(weight, features.grams.word, _weigh(features.grams, w.word_rarity, w.grams[:, [head]])[:, 0])
        quoted = _heaviest_words(features.words, weight)
        asks = CAPABILITY[name].asks if by == name else "part of a report on everything"
        return f"{asks}: “{quoted}”" if quoted else asks


def load_router(pack: Pack | None, examples: Mapping[str, Sequence[str]] | None = None) -> Router:
    """A router with the MiniLM pack where it is given and can run, else the one that does without.

    `examples` are questions for each capability that is not one of ours.
    A model file of the wrong length is not opened; `verify_pack` tells what is wrong with it (0.05 s, for `doctor`).
    """
    if pack is None or not _can_run(pack):
        return Router(None, examples)
    return Router(SentenceEncoder(pack.file), examples)


def _can_run(pack: Pack) -> bool:
    return pack.file.stat().st_size == pack.spec.size and all(find_spec(name) is not None for name in pack.spec.modules)


def choose(p: npt.NDArray[np.float64], thresholds: npt.NDArray[np.floating]) -> tuple[str, ...]:
    """The likeliest head and all above their thresholds; none when that is likelier, or when nothing is sure."""
    best = int(p[:-1].argmax())
    if p[-1] > p[best] or p[best] < _LEAST:
        return ()
    return tuple(name for i, name in enumerate(HEADS[:-1]) if i == best or p[i] >= thresholds[i])


def spell_out(heads: Sequence[str]) -> tuple[str, ...]:
    """Capabilities that the chosen heads stand for, in the order of CAPABILITIES."""
    wanted = {*heads, *(REPORT if "report" in heads else ())}
    return tuple(name for name in CAPABILITIES if name in wanted)


def joint_probability(p: npt.NDArray[np.float64], heads: Sequence[str]) -> float:
    """Probability that all heads are right at once, if they were independent; within 1e-6 of 0 and 1 at most."""
    has = np.array([name in heads for name in HEADS[:-1]] + [not heads])
    return float(np.clip(np.where(has, p, 1.0 - p).prod(), 1e-6, 1.0 - 1e-6))


def _decide_by_rule(question: str, paths: Sequence[str]) -> tuple[str, str] | None:
    """What needs no weighing: the capability, and why."""
    if any(path.lower().endswith(".grym") for path in paths) or _PACK_FILE.search(question):
        return "share", "a .grym pack"
    if paths and read_teaching(question) is not None:
        return "teach", "it says what is so"
    address = _ADDRESS.search(question)
    if address and (_READING.search(question) or len(_ADDRESS.sub(" ", question).split()) <= 1):
        return "learn", f"an address to read, {address.group()[:80]}"
    return None


def _can_be_computed(question: str) -> bool:
    """Whether the music arithmetic has an answer; it never guesses, so this tells better than any likeness."""
    from ..theory.solve import solve  # here: 90 ms of patterns that few questions need

    return bool(solve(question))


def _names_a_recording(features: Features) -> bool:
    return features.files.endswith("audio")


def _first(named: Json) -> str:
    return str(named[0]) if isinstance(named, list) and named else ""


def _weigh(buckets: Buckets, rarity: FloatArray, weights: FloatArray) -> npt.NDArray[np.float32]:
    """Contribution of each bucket to each head, shape (buckets, heads)."""
    x = rarity[buckets.index]
    norm = float(np.linalg.norm(x))
    return np.asarray((x / max(norm, 1e-9))[:, None] * weights[buckets.index], dtype=np.float32)


def _heaviest_words(words: Sequence[str], weight: npt.NDArray[np.float64]) -> str:
    """The run of at most three words round the heaviest one whose weight is worth telling."""
    if not len(weight) or weight.max() <= 0.0:
        return ""
    best = int(weight.argmax())
    first = last = best
    for _ in range(2):
        before = weight[first - 1] if first > 0 else -np.inf
        after = weight[last + 1] if last + 1 < len(weight) else -np.inf
        if max(before, after) < 0.3 * weight[best]:
            break
        first, last = (first - 1, last) if before > after else (first, last + 1)
    return " ".join(words[first : last + 1]).strip("?&+/ ")[:80]


def _load_weights(name: str) -> Weights:
    with resources.files(__package__).joinpath("data/router.npz").open("rb") as stream:
        stored: Mapping[str, npt.NDArray[np.generic]] = np.load(stream)
        both = {key: stored[key].astype(np.float32) for key in ("char_rarity", "word_rarity")}
        own = {
            key: stored[f"{key}_{name}"].astype(np.float32)
            for key in ("chars", "grams", "files", "aspects", "bias", "thresholds", "calibration")
        }
        sense = stored["sense_pack"].astype(np.float32) if name == "pack" else None
        return Weights(**own, **both, sense=sense)
