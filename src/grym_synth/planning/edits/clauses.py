"""A question cut into clauses: each with what is to be done and all that is said of it, in its order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from .lexicon import SPLIT_VERBS
from .tokens import Token

#: What opens a clause; words without one belong to the clause before.
ACTIONS = frozenset(
    """FADE CROSSFADE CUT KEEP CROP NORMALISE AS_LOUD LOUDER SOFTER STRETCH LENGTHEN SHORTEN SLOWER FASTER PITCH SHIFT
    REVERSE SLICE RATE CONVERT JOIN OVERWRITE DELETE UNDO NAME MAKE SAVE GIVE STOP""".split()
)
_MARKS = frozenset(",;.!?:()\n…/&+")
_ENGLISH = frozenset(
    "the it with of this that make give add put me an by to at from off over its and want need".split()
)
#: What a clause begins with that tells something.
_TELLERS = frozenset(
    """the there my it its i we this that because since der die das es mein meine ich weil la el los hay mi esta porque
    le il y mon ma je parce o a meu minha ha lo c mio mia perche den det min jag eftersom""".split()
)
_AMOUNTS = frozenset({"number", "clock", "quantity", "edge", "range", "change", "file", "name"})
_TIMES = frozenset({"clock", "quantity", "edge", "range"})


@dataclass(slots=True)
class Clause:
    """Tokens of one clause; `used` are the places of those that were understood."""

    tokens: list[Token] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)  # places where a comma or an "and" was
    first: int = 0  # place of the first token in the question
    is_later: bool = False  # it begins with "then": what it speaks of is what came of the clauses before
    used: set[int] = field(default_factory=set)

    def has(self, *concepts: str) -> bool:
        return any(not token.concepts.isdisjoint(concepts) for token in self.tokens)

    def places(self, *concepts: str) -> list[int]:
        return [at for at, token in enumerate(self.tokens) if not token.concepts.isdisjoint(concepts)]

    def free(self, kind: str, *units: str) -> list[int]:
        """Places of what was not understood yet, of that kind and in one of those units."""
        return [
            at
            for at, token in enumerate(self.tokens)
            if token.kind == kind and at not in self.used and (not units or token.unit in units)
        ]

    def take(self, *places: int) -> None:
        self.used.update(places)

    def parts(self) -> Iterator[range]:
        """Places between the breaks."""
        edges = [0, *self.breaks, len(self.tokens)]
        for start, end in itertools.pairwise(edges):
            if end > start:
                yield range(start, end)

    def part_of(self, place: int) -> range:
        return next(part for part in self.parts() if place in part)

    def before(self, place: int, *concepts: str, reach: int = 3) -> bool:
        """Whether one of those words stands just before a place, with nothing but small words between."""
        for at in range(place - 1, max(-1, place - 1 - reach), -1):
            token = self.tokens[at]
            if token.text in ("a", "A") and self.is_english:
                continue  # an article here, where Romance languages have a "to"
            if not token.concepts.isdisjoint(concepts):
                return True
            if token.kind != "word" or token.unit:
                return False
        return False

    @property
    def is_aside(self) -> bool:
        """Whether it only tells something ("the outro drags", "there's a click"): no verb of ours, and no amount."""
        first = next((token for token in self.tokens if token.kind == "word"), None)
        tells = first is not None and first.folded in _TELLERS
        return tells and not _opens(self.tokens) and not any(token.kind in _AMOUNTS for token in self.tokens)

    @property
    def is_english(self) -> bool:
        return any(token.folded in _ENGLISH for token in self.tokens)

    @property
    def text(self) -> str:
        return " ".join(token.text for token in self.tokens)


def clauses_of(tokens: Sequence[Token]) -> list[Clause]:
    """Cut at commas, stops, "and" and "then"; what opens no clause of its own is joined to the one before."""
    clauses: list[Clause] = []
    for start, part in _parts(tokens):
        is_later = start > 0 and "THEN" in tokens[start - 1].concepts
        own = _opens(part) or Clause(part).is_aside or (is_later and _says_enough(part))
        if clauses and not own and any("NOT" in token.concepts for token in part):
            continue  # "but not in"
        if clauses and not own:
            clauses[-1].breaks.append(len(clauses[-1].tokens))
            clauses[-1].tokens += part
        else:
            clauses.append(Clause(list(part), first=start, is_later=is_later))
    if len(clauses) > 1 and not _opens(clauses[0].tokens) and not clauses[0].is_aside and not _tells_tempo(clauses[0]):
        opening = clauses.pop(0)  # "the last 8 seconds: fade them out"
        clauses[0].breaks = [len(opening.tokens), *(len(opening.tokens) + at for at in clauses[0].breaks)]
        clauses[0].tokens = [*opening.tokens, *clauses[0].tokens]
        clauses[0].first = opening.first
    for clause in clauses:
        _join_verbs(clause)
    return clauses


def _opens(part: Sequence[Token]) -> bool:
    """Whether something is to be done here: a verb says so, or "half speed"."""
    said = frozenset().union(*(token.concepts for token in part))
    return not said.isdisjoint(ACTIONS) or not (
        said.isdisjoint({"HALF", "DOUBLE"}) or said.isdisjoint({"SPEED", "LENGTH"})
    )


def _says_enough(part: Sequence[Token]) -> bool:
    """Whether an amount tells by its unit what is to be done: "then to 100 bpm"."""
    return any(token.kind == "quantity" and token.unit in ("bpm", "lufs", "dbtp", "dbfs", "st", "ct") for token in part)


def _tells_tempo(clause: Clause) -> bool:
    """ "it is 126 bpm" asks for nothing."""
    return clause.has("BE") and bool(clause.free("quantity", "bpm"))


def _join_verbs(clause: Clause) -> None:
    """Give verbs in two parts ("dreh es um", "take 3 s off") what they mean together."""
    for at, token in enumerate(clause.tokens):
        for behind, concept in SPLIT_VERBS.get(token.folded, ()):
            if any(later.folded == behind for later in clause.tokens[at + 1 :]):
                clause.tokens[at] = token = replace(token, concepts=token.concepts | {concept})


def _parts(tokens: Sequence[Token]) -> Iterator[tuple[int, list[Token]]]:
    part: list[Token] = []
    for at, token in enumerate(tokens):
        if not _separates(tokens, at):
            part.append(token)
        elif part:
            yield at - len(part), part
            part = []
    if part:
        yield len(tokens) - len(part), part


def _separates(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.kind == "mark":
        return token.text in _MARKS and not _is_of_a_form(tokens, at)
    if token.kind != "word":
        return False
    if "AND" in token.concepts:
        return len(token.text) > 1 or token.text.islower()  # "E" is a note
    if "THEN" in token.concepts:
        if at and "EXCEPT" in token.concepts and "EVERYTHING" in tokens[at - 1].concepts:
            return False  # "everything but"
        following = tokens[at + 1 : at + 3]  # "nach 1:00" is a place, "danach" is not
        return not ("AFTER" in token.concepts and any(each.kind in _TIMES for each in following))
    return False


def _is_of_a_form(tokens: Sequence[Token], at: int) -> bool:
    """ "24/96": the slash between depth and rate."""
    around = tokens[max(0, at - 1) : at + 2]
    return tokens[at].text == "/" and len(around) == 3 and {around[0].kind, around[2].kind} <= {"number", "quantity"}
