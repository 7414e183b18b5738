"""The owner's word: kept when it is said, and put beside what was measured in every answer from then on.

What the owner said of a recording stands first, with confidence 1 and the source "owner"; ours comes behind it as an
alternative. What an ear learned speaks with the source "ear", and only where the owner said nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..audio.spectra.frames import FloatArray
from ..errors import BadRequest
from ..messages import Evidence, Json, Source
from ..storage.sharing import Said, Shared
from ..storage.teachings import Correction, Label, Preference, Teachings
from ..theory.keys import camelot
from .dataset import FIELDS
from .ear import Ear, from_bytes
from .features import stock_names
from .fitting import refitted

OWNER, LEARNED = "owner", "ear"  # agents of evidence
SAID = Source(OWNER, "", "said by you")
_TOLD_PAIR = Source(OWNER, "", "from both recordings, with what you said of them")
#: Where the findings stand that an owner may correct.
FINDINGS: Mapping[str, str] = {"tempo": "rhythm.tempo_bpm", "key": "tonality.key"}
#: Where ours stands when it is not the answer any more.
HEARD: Mapping[str, str] = {
    "rhythm.tempo_bpm": "rhythm.heard_tempo_bpm",
    "tonality.key": "tonality.heard_key",
    "timbre.label": "timbre.heard_label",
}
CLASS, OWN_LABELS, VECTORS = "timbre.label", "timbre.labels", "timbre.vectors"
#: What others say, of whom the owner took a pack in.
SAID_BY_OTHERS: Mapping[str, str] = {"tempo": "rhythm.said_tempo_bpm", "key": "tonality.said_key"}
LABELS_OF_OTHERS = "timbre.said_labels"
_CAMELOT = "tonality.camelot"


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording that something is taught of, and what was measured in it."""

    path: str  # as the owner called it
    sha256: str
    recipe: str  # of the vectors
    evidence: tuple[Evidence, ...]

    @property
    def vectors(self) -> dict[str, FloatArray]:
        """By aspect; none where it could not be listened to."""
        found = next((item.value for item in self.evidence if item.name == VECTORS), None)
        return {name: np.array(row, np.float32) for name, row in found.items()} if isinstance(found, dict) else {}

    def candidates(self, field: str) -> tuple[tuple[Json, float], ...]:
        """What was measured of a field and its alternatives, likeliest first."""
        return tuple((item.value, item.confidence) for item in _ranked(self.evidence, FINDINGS[field]))


class Owner:
    """What one owner taught, in one store. Methods raise StoreUnavailable as the store does."""

    def __init__(self, teachings: Teachings, shared: Shared | None = None) -> None:
        self.teachings, self.shared = teachings, shared
        self._ear: tuple[int | None, Ear] = (None, Ear())

    # --- what is taught ---------------------------------------------------------------------------------------------

    def label(self, label: str, those: Sequence[Heard], others: Sequence[Heard] = ()) -> None:
        """These recordings are that; the others are not. All are kept, or none."""
        if both := {item.sha256 for item in those} & {item.sha256 for item in others}:
            path = next(item.path for item in others if item.sha256 in both)
            raise BadRequest(f"{path!r} cannot be {label!r} and not be it", hint="name it on one side only")
        for item in (*those, *others):
            self.keep_vectors(item)
        rows = [Label(item.sha256, label, item in those, item.path) for item in (*those, *others)]
        self.teachings.put_labels(rows)

    def correct(self, field: str, value: Json, heard: Heard) -> None:
        """A measured field of a recording is truly this."""
        self.teachings.put_correction(Correction(heard.sha256, field, value, heard.candidates(field), heard.path))

    def prefer(self, a: Heard, b: Heard, c: Heard) -> None:
        """`a` is closer to `c` than `b` is."""
        if len({a.sha256, b.sha256, c.sha256}) < 3:
            raise BadRequest("a preference is about three recordings, and two of these are the same sound")
        for item in (a, b, c):
            self.keep_vectors(item)
        self.teachings.put_preference(Preference(a.sha256, b.sha256, c.sha256, (a.path, b.path, c.path)))

    def keep_vectors(self, heard: Heard) -> None:
        """What is learned from; raises BadRequest where nothing could be heard."""
        vectors = heard.vectors
        if not vectors:
            raise BadRequest(f"{heard.path!r} has nothing to learn from: no vectors could be made of it")
        self.teachings.put_vectors(heard.sha256, heard.recipe, vectors)

    # --- what is told -----------------------------------------------------------------------------------------------

    @property
    def ear(self) -> Ear:
        """The ear in use."""
        version = self.teachings.version()
        if version != self._ear[0]:
            stored = self.teachings.ear()
            self._ear = (None, Ear()) if stored is None else (stored.version, from_bytes(stored.model))
        return self._ear[1]

    @property
    def listens(self) -> bool:
        """Whether the ear needs the vectors of a recording to say something of its timbre."""
        return self.ear.listens

    def weights_for(self, recipe: str, *, is_hit: bool) -> Mapping[str, float] | None:
        """What share of a likeness each aspect has by the ear in use; None where the usual weights hold.

        Choices between hits say nothing of music, nor those between longer recordings of hits. They add up to 1.
        """
        ear, part = self.ear, "weights of hits" if is_hit else "weights"
        if part not in ear.parts or not ear.speaks_of(recipe):
            return None
        return ear.hit_weights if is_hit else ear.weights

    def told(self, sha256: str, recipe: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """The evidence of one recording, with the owner's word and what was learned of it.

        Nothing is lost: what was measured stays, behind the owner's word. Only the vectors are left out.
        """
        corrected = {item.field: item.value for item in self.teachings.corrections(sha256)}
        labels = self.teachings.labels(sha256)
        found = list(evidence)
        for field in FIELDS:
            if any(item.name == FINDINGS[field] for item in found):
                found = self._field(field, corrected, found)
        if any(item.capability == "timbre" for item in found):
            found = self._timbre(labels, recipe, found)
        return (*found, *self._others(sha256, found))

    def told_pair(self, contents: tuple[str, str], evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """The evidence of two recordings held against each other, with the tempi and keys that the owner told."""
        first, second = ({item.field: item.value for item in self.teachings.corrections(each)} for each in contents)
        return refitted(evidence, first, second, _TOLD_PAIR) if first or second else tuple(evidence)

    def says_of(self, field: str) -> bool:
        """Whether anything was corrected in that field, or a habit learned of it."""
        return field in self.ear.habits or any(item.field == field for item in self.teachings.corrections())

    def _others(self, sha256: str, found: Sequence[Evidence]) -> list[Evidence]:
        """What those whom the owner trusts say of the recording: behind everything, and under names of its own."""
        if self.shared is None:
            return []
        rows: dict[str, list[Evidence]] = {}
        for field, like in ((name, _main(found, FINDINGS[name])) for name in FIELDS):
            for said in self.shared.said_of(sha256, "correction") if like is not None else ():
                if said.value["field"] == field and like is not None:
                    word = replace(like, name=SAID_BY_OTHERS[field], value=said.value["value"], confidence=1.0)
                    rows.setdefault(word.name, []).append(replace(word, source=_source_of(said), quality="full"))
        timbre = next((item for item in found if item.capability == "timbre"), None)
        for said in self.shared.said_of(sha256, "label") if timbre is not None else ():
            if said.value["is_so"] and timbre is not None:
                word = _own(timbre, str(said.value["label"]), 1.0, _source_of(said))
                rows.setdefault(LABELS_OF_OTHERS, []).append(replace(word, name=LABELS_OF_OTHERS))
        return [item for each in rows.values() for item in _in_ranks(each)]

    def _field(self, field: str, corrected: Mapping[str, Json], found: list[Evidence]) -> list[Evidence]:
        name, ranked = FINDINGS[field], _ranked(found, FINDINGS[field])
        if ranked[0].rank or (ranked[0].value is None and field not in corrected):
            return found
        if field in corrected:
            word = replace(ranked[0], value=corrected[field], confidence=1.0, source=SAID, quality="full", rank=0)
            if ranked[0].value == word.value:
                return _with(found, name, [word, *ranked[1:]])
            found = _beside(_with(found, name, [word, *(item for item in ranked if item.value is not None)]), ranked[0])
            return _camelot(found, word) if field == "key" else found
        candidates = [(item.value, item.confidence) for item in ranked]
        moved = self.ear.reweigh(field, candidates)
        if moved[0][0] == candidates[0][0]:
            return found
        source = Source(LEARNED, str(self._ear[0]), f"measured by {ranked[0].source.agent}, chosen by your habit")
        by_value = {str(item.value): item for item in ranked}
        chosen = [replace(by_value[str(value)], confidence=sure) for value, sure in moved]
        found = _beside(_with(found, name, [replace(chosen[0], source=source), *chosen[1:]]), ranked[0])
        return _camelot(found, found[[item.name for item in found].index(name)]) if field == "key" else found

    def _timbre(self, labels: Sequence[Label], recipe: str, found: list[Evidence]) -> list[Evidence]:
        like = next(item for item in found if item.capability == "timbre")
        ear, vectors = self.ear, Heard("", "", recipe, tuple(found)).vectors
        timbre = vectors["timbre"][None] if "timbre" in vectors and recipe == ear.recipe else np.zeros((0, 220))
        learned = Source(LEARNED, str(self._ear[0]), "learned from what you taught")
        so = [item.label for item in labels if item.is_so]
        not_so = {item.label for item in labels if not item.is_so}

        known = [label for label in so if label in stock_names()]
        classified = next(iter(ear.classify(timbre)), None)
        if known:
            found = _headed(found, CLASS, known[-1], 1.0, SAID, like)
        elif classified is not None and classified[0] not in not_so:
            found = _headed(found, CLASS, *classified, learned, like)
        elif (main := _main(found, CLASS)) is not None and main.value in not_so:
            found = _headed(found, CLASS, None, 1.0, SAID, like)

        rows = [replace(_own(like, label, 1.0, SAID), rank=0) for label in so if label not in stock_names()]
        for label, chances in ear.own_labels(timbre).items():
            if label not in so and label not in not_so and len(chances) and not np.isnan(chances[0]):
                rows.append(_own(like, label, float(chances[0]), learned))
        return [*(item for item in found if item.name != OWN_LABELS), *_in_ranks(rows)]


def _source_of(said: Said) -> Source:
    return Source("share", said.signer, f"said by {said.who}")


def _ranked(evidence: Sequence[Evidence], name: str) -> list[Evidence]:
    return sorted((item for item in evidence if item.name == name), key=lambda item: item.rank)


def _main(evidence: Sequence[Evidence], name: str) -> Evidence | None:
    return next((item for item in evidence if item.name == name and item.rank == 0), None)


def _with(found: Sequence[Evidence], name: str, rows: Sequence[Evidence]) -> list[Evidence]:
    """The findings with others of one name in the place of those that were there, ranked in their order."""
    at = next((place for place, item in enumerate(found) if item.name == name), len(found))
    rest = [item for item in found[at:] if item.name != name]
    return [*found[:at], *_in_ranks(rows), *rest]


def _beside(found: Sequence[Evidence], ours: Evidence) -> list[Evidence]:
    """The findings with what was measured under a name of its own; what could not be told is no finding."""
    if ours.value is None:
        return list(found)
    return [*found, replace(ours, name=HEARD[ours.name], rank=0)]


def _in_ranks(rows: Sequence[Evidence]) -> list[Evidence]:
    return [replace(item, rank=rank) for rank, item in enumerate(rows)]


def _headed(
    found: list[Evidence], name: str, value: Json, confidence: float, source: Source, like: Evidence
) -> list[Evidence]:
    """The findings with a word before what was measured; the same value is not told twice."""
    ranked = _ranked(found, name)
    word = replace(like, name=name, kind="label", value=value, unit="", confidence=confidence, source=source, rank=0)
    found = _with(
        found, name, [replace(word, span=None), *(item for item in ranked if item.value not in (value, None))]
    )
    return _beside(found, ranked[0]) if ranked and ranked[0].value != value else found


def _own(like: Evidence, label: str, confidence: float, source: Source) -> Evidence:
    return replace(
        like, name=OWN_LABELS, kind="label", value=label, unit="", confidence=confidence, source=source, span=None
    )


def _camelot(found: Sequence[Evidence], key: Evidence) -> list[Evidence]:
    """The place on the Camelot wheel follows the key."""
    return [
        replace(item, value=camelot(str(key.value)), confidence=key.confidence, source=key.source)
        if item.name == _CAMELOT and item.rank == 0
        else item
        for item in found
    ]
