"""Which capabilities a question needs: local, deterministic, in milliseconds.

A few rules decide what is certain (an address to read, a pack to open, an order to be refused). Then comes what the
owner taught, then what agents of the user bring, and for all else the weighing: `heads.py` says how much the question
and each of its clauses speak for a capability, `decision.py` which capabilities are asked for together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.util import find_spec

import numpy as np
import numpy.typing as npt

from ...errors import BadSetup
from ...messages import Json, Route
from ...packs import Pack
from ...regex import lazily
from ...sentences.vectors import FloatArray, SentenceEncoder
from ..aspects import aspect_places, read_aspects
from ..capabilities import CAPABILITY
from ..slots import read_slots
from ..teaching import read_teaching
from .added import Added
from .clauses import split_clauses
from .decision import Decision, read_decision, spell_out
from .features import STAND_INS, Features, read_features, shorten
from .heads import Heads, Scores, read_heads
from .orders import is_order
from .taught import Correction, Taught

_CERTAIN = 0.98
_SUREST = 0.99  # whatever the arithmetic says: a question can always mean something else
_COMPUTED = 0.9  # what looks like none of these, but has an answer in the music arithmetic
_FAINT = -0.85  # log odds: no head says more, and what the question names outright tells more
_NAMED = 0.8  # what looks like none of these, but names a chord beside a recording
_ADDRESS = lazily(r"(?:https?|feed)://\S+|\bwww\.\S+", re.IGNORECASE)
_READING = lazily(
    r"\b(?:read|add|learn|save|store|remember|fetch|ingest|import|index|subscribe|follow|crawl|bookmark|study|digest|"
    r"memori[sz]e|keep|grab|pull|watch|lee|guarda|añade|lies|merk|speicher\w*|lis|retiens|ajoute|abonne|lê|adiciona|"
    r"leggi|ricorda\w*|aggiungi|läs|lägg|spara)\b",
    re.IGNORECASE,
)
#: What is never told as the reason of a route, and what is told only beside a word that says more.
_JOINTS = STAND_INS | set("and or but und oder y o et ou e och eller".split())
_SMALL = frozenset("the a an is it its in of to at on do does how what which when where who this that".split())
_PACK_FILE = lazily(r"\S\.grym\b", re.IGNORECASE)


class Router:
    """Routes questions; with an encoder it also understands words that no example had."""

    def __init__(
        self,
        encoder: SentenceEncoder | None,
        examples: Mapping[str, Sequence[str]] | None = None,
        corrections: Sequence[Correction] = (),
    ) -> None:
        encode = None if encoder is None else encoder.encode
        self._encoder = encoder
        self._added = Added(examples or {}, encode)
        self._taught = Taught(corrections, encode)
        self._heads, self._decision = _load_weights("plain" if encoder is None else "pack")
        self.trouble: BadSetup | None = None  # why the encoder it was given is not used

    def learn(self, corrections: Sequence[Correction]) -> None:
        """From now on these corrections count, and no others."""
        self._taught = Taught(corrections, None if self._encoder is None else self._encoder.encode)

    def route(self, question: str, paths: Sequence[str]) -> Route:
        """The capabilities that a question about these files needs; none when it is not for this hub."""
        try:
            reasons, confidence = self._decide(question, paths)
        except BadSetup as error:  # the model file is damaged: words alone do
            self._encoder, self.trouble = None, error
            self._heads, self._decision = _load_weights("plain")
            self._added, self._taught = self._added.without_encoder(), self._taught.without_encoder()
            reasons, confidence = self._decide(question, paths)
        slots = read_slots(question, paths)
        # A comparison is focused by what it compares, which belongs to other capabilities.
        compares = "compare" in reasons
        aspects = [name for name in read_aspects(question) if compares or name.partition(".")[0] in reasons]
        return Route(tuple(reasons), confidence, reasons, {**slots, "aspects": list(aspects)})

    def _decide(self, question: str, paths: Sequence[str]) -> tuple[dict[str, str], float]:
        """A reason for each capability that is needed, and how likely the whole is right."""
        features = read_features(question, paths)
        if not any(character.isalnum() for word in features.words for character in word) or is_order(question):
            return {}, _CERTAIN
        certain = _decide_by_rule(shorten(question), paths)
        if certain is not None:
            name, why = certain
            return {name: f"{CAPABILITY[name].asks}: {why}"}, _CERTAIN
        vector = None if self._encoder is None else self._encoder.encode(features.plain)
        if told := self._taught.match(question, vector):
            return dict.fromkeys(told.capabilities, told.reason), told.confidence
        return self._weigh_with_added(question, paths, features, vector)

    def _weigh_with_added(
        self, question: str, paths: Sequence[str], features: Features, vector: FloatArray | None
    ) -> tuple[dict[str, str], float]:
        """Weighed, and with the capabilities that agents of the user bring."""
        added = self._added.match(shorten(question))
        reasons, confidence = self._weigh(question, paths, features, vector)
        if any(is_same for _, _, is_same in added.values()):
            reasons = {}
        if added:
            confidence = min(0.99, max(likeness for _, likeness, _ in added.values()))
        for name, (example, _, _) in added.items():
            reasons[name] = f"like its example: “{example}”"
        return reasons, confidence

    def _weigh(
        self, question: str, paths: Sequence[str], features: Features, vector: FloatArray | None
    ) -> tuple[dict[str, str], float]:
        whole = self._heads.score(features, aspect_places(features.plain), vector)
        clauses = [self._score_clause(clause, paths) for clause in split_clauses(features.plain)]
        chosen, confidence = self._decision.choose(whole, clauses)
        is_nothing = not chosen or (chosen == ("edit",) and not paths)  # "transpose 1 4 5 to Eb" edits no file
        if is_nothing and _can_be_computed(question):
            return {"theory": f"{CAPABILITY['theory'].asks}: there is an answer to compute"}, _COMPUTED
        is_open = whole[:-1].max() < _FAINT and features.files.endswith("audio")
        if is_open and (named := read_slots(question, paths).get("chords")):
            return {"chords": f"{CAPABILITY['chords'].asks}: “{_first(named)}”"}, _NAMED
        reasons = {
            name: self._explain(name, name if name in chosen else "report", features) for name in spell_out(chosen)
        }
        return reasons, round(min(confidence, _SUREST), 3)

    def _score_clause(self, clause: str, paths: Sequence[str]) -> Scores:
        features = read_features(clause, paths)
        vector = None if self._encoder is None else self._encoder.encode(features.plain)
        return self._heads.score(features, aspect_places(features.plain), vector)

    def _explain(self, name: str, by: str, features: Features) -> str:
        """One line: what the question asks for, and the words that weighed most in the head that chose it."""
        quoted = _heaviest_words(features, self._heads.weigh_words(features, by))
        asks = CAPABILITY[name].asks if by == name else "part of a report on everything"
        return f"{asks}: “{quoted}”" if quoted else asks


def load_router(
    pack: Pack | None, examples: Mapping[str, Sequence[str]] | None = None, corrections: Sequence[Correction] = ()
) -> Router:
    """A router with the MiniLM pack where it is given and can run, else the one that does without.

    `examples` are questions for each capability that is not one of ours, `corrections` what the owner said of routes.
    A model file of the wrong length is not opened; `verify_pack` tells what is wrong with it (0.05 s, for `doctor`).
    """
    if pack is None or not _can_run(pack):
        return Router(None, examples, corrections)
    return Router(SentenceEncoder(pack.file), examples, corrections)


def _can_run(pack: Pack) -> bool:
    return pack.file.stat().st_size == pack.spec.size and all(find_spec(name) is not None for name in pack.spec.modules)


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
    from ...theory.solve import solve  # here: 90 ms of patterns that few questions need

    return bool(solve(question))


def _first(named: Json) -> str:
    return str(named[0]) if isinstance(named, list) and named else ""


def _heaviest_words(features: Features, weight: Scores) -> str:
    """At most three words round the heaviest one, as far as they are worth telling; a small word brings another."""
    words = [word.casefold() for word in features.words]
    weight = np.where([word in _JOINTS for word in words], -np.inf, weight) if words else weight
    if not len(weight) or weight.max() <= 0.0:
        return ""
    best = int(weight.argmax())
    first = last = best
    for _ in range(2):
        before = weight[first - 1] if first > 0 else -np.inf
        after = weight[last + 1] if last + 1 < len(weight) else -np.inf
        is_small = _SMALL.issuperset(words[first : last + 1])
        if max(before, after) < (-np.inf if is_small else 0.3 * weight[best]) or np.isinf(max(before, after)):
            break
        first, last = (first - 1, last) if before > after else (first, last + 1)
    return " ".join(features.words[first : last + 1]).strip("?&+/ ")[:80]


def _load_weights(name: str) -> tuple[Heads, Decision]:
    with resources.files(__package__).joinpath("data/router.npz").open("rb") as stream:
        stored: Mapping[str, npt.NDArray[np.generic]] = np.load(stream)
        return read_heads(stored, name), read_decision(stored, name)
