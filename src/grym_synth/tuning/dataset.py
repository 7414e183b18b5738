"""What the owner taught, checked when it is said and laid out in arrays when it is learned from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..audio.spectra.frames import FloatArray
from ..errors import BadRequest
from ..memory.aspects import ASPECTS, read_space
from ..messages import Json
from ..storage.teachings import Correction, Label, Preference
from ..theory.keys import parse_key
from .features import LENGTH, is_hit, stock_names
from .habits import Candidates
from .weights import STOCK_HIT_WEIGHTS

FIELDS = ("tempo", "key")
_FIELD_NAMES = {"tempo": "tempo", "bpm": "tempo", "tempo_bpm": "tempo", "key": "key", "mode": "key"}
LOWEST_BPM, HIGHEST_BPM = 20.0, 400.0
LONGEST_LABEL = 40  # characters
#: Other words for the classes that are known already.
_SYNONYMS = {
    "kick drum": "kick", "bass drum": "kick", "bassdrum": "kick", "bd": "kick", "snare drum": "snare", "sd": "snare",
    "rimshot": "rim", "rim shot": "rim", "side stick": "rim", "handclap": "clap", "hand clap": "clap",
    "closed hat": "hat_closed", "closed hi-hat": "hat_closed", "closed hihat": "hat_closed", "hat closed": "hat_closed",
    "open hat": "hat_open", "open hi-hat": "hat_open", "open hihat": "hat_open", "hat open": "hat_open",
    "tom-tom": "tom", "crash": "cymbal", "ride": "cymbal", "bongo": "conga",
}  # fmt: skip


def tidy_label(text: str) -> str:
    """A label as it is kept: lower case, on one line, and a known class by its own name.

    Raises
    ------
    BadRequest
        Nothing can be read in it, or it is too long.
    """
    label = " ".join(text.split()).casefold()
    if not label or not any(letter.isalnum() for letter in label) or not label.isprintable():
        raise BadRequest(f"{text!r} is no label", hint="a label is a word or a few, such as snare or dusty")
    if len(label) > LONGEST_LABEL:
        raise BadRequest(f"the label has {len(label)} characters, and at most {LONGEST_LABEL} are kept")
    return _SYNONYMS.get(label, label)


def read_correction(text: str) -> tuple[str, Json]:
    """FIELD=VALUE as field and value: "tempo=140" is ("tempo", 140.0), "key=am" is ("key", "A minor").

    Raises
    ------
    BadRequest
        No such field, or no value that it can have.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise BadRequest(f"{text!r} is not FIELD=VALUE", hint=_HOW)
    field = read_field(name)
    return field, read_value(field, value)


def read_field(name: str) -> str:
    """The field of that name or of another word for it; raises BadRequest where it cannot be corrected."""
    field = _FIELD_NAMES.get(name.strip().casefold())
    if field is None:
        raise BadRequest(f"{name.strip()!r} cannot be corrected", hint=_HOW)
    return field


_HOW = "tempo=140 or key=Am; what a sound is: grym teach LABEL FILE"


def read_value(field: str, text: str) -> Json:
    """The value of a field, in its unit; raises BadRequest as `read_correction` does."""
    if field == "key":
        key = parse_key(text)
        if key is None:
            raise BadRequest(f"{text.strip()!r} is no key", hint='such as "A minor", Am, F#m or "C major"')
        return key
    match = re.fullmatch(r"\s*(\d{1,4}(?:[.,]\d{1,4})?)\s*(?:bpm)?\s*", text, re.IGNORECASE)
    if match is None:
        raise BadRequest(f"{text.strip()!r} is no tempo", hint="a number of beats a minute, such as tempo=140")
    bpm = float(match[1].replace(",", "."))
    if not LOWEST_BPM <= bpm <= HIGHEST_BPM:
        raise BadRequest(f"a tempo of {bpm:g} BPM is outside {LOWEST_BPM:g} to {HIGHEST_BPM:g}")
    return bpm


@dataclass(frozen=True, slots=True)
class Taught:
    """All that can be learned from.

    hits, allowed : np.ndarray [shape=(n, 220)] and [shape=(n, classes)], for `heads.fit_classes`
    labels : own label → (timbre, is_so, presumed), for `heads.fit_label`
    choices : np.ndarray [shape=(n, aspects)], for `weights.fit_weights`, between what may be likest a longer recording
    hit_choices : np.ndarray [shape=(n, 2)], the same where it is a single hit
    corrected : field → (what was heard, what it is), for `habits.fit_habit`
    left_out : how many labels and preferences rest on sounds that were heard by another recipe, or not at all
    """

    recipe: str
    hits: FloatArray
    allowed: NDArray[np.bool_]
    labels: Mapping[str, tuple[FloatArray, NDArray[np.bool_], NDArray[np.bool_]]]
    choices: FloatArray
    hit_choices: FloatArray
    corrected: Mapping[str, Sequence[tuple[Candidates, Json]]]
    left_out: int = 0


def lay_out(
    recipe: str,
    labels: Sequence[Label],
    corrections: Sequence[Correction],
    preferences: Sequence[Preference],
    vectors: Mapping[str, Mapping[str, FloatArray]],
) -> Taught:
    """Everything that was taught, in arrays; vectors are by aspect, then by content hash, all of one recipe."""
    timbre = vectors.get("timbre", {})
    heard = [item for item in labels if item.sha256 in timbre]
    known = [item for item in preferences if all(each in timbre for each in (item.a, item.b, item.c))]
    hits, allowed = _classes(heard, timbre)
    return Taught(
        recipe,
        hits,
        allowed,
        _own_labels(heard, timbre),
        *_choices(known, vectors),
        {name: [(item.heard, item.value) for item in corrections if item.field == name] for name in FIELDS},
        len(labels) - len(heard) + len(preferences) - len(known),
    )


def _is_class(item: Label, timbre: Mapping[str, FloatArray]) -> bool:
    return item.label in stock_names() and bool(is_hit(timbre[item.sha256][None])[0])


def _classes(labels: Sequence[Label], timbre: Mapping[str, FloatArray]) -> tuple[FloatArray, NDArray[np.bool_]]:
    names = stock_names()
    allowed: dict[str, NDArray[np.bool_]] = {}
    for item in sorted(labels, key=lambda each: each.is_so):  # what it is outdoes what it is not
        if not _is_class(item, timbre):
            continue
        here = np.array([name == item.label for name in names])
        before = allowed.get(item.sha256, np.ones(len(names), np.bool_))
        allowed[item.sha256] = here if item.is_so else before & ~here
    rows = {sha256: mask for sha256, mask in sorted(allowed.items()) if mask.any()}
    hits = np.array([timbre[sha256] for sha256 in rows], np.float32).reshape(len(rows), LENGTH)
    return hits, np.array(list(rows.values()), np.bool_).reshape(len(rows), len(names))


def _own_labels(
    labels: Sequence[Label], timbre: Mapping[str, FloatArray]
) -> dict[str, tuple[FloatArray, NDArray[np.bool_], NDArray[np.bool_]]]:
    sounds = sorted({item.sha256 for item in labels})
    own = sorted({item.label for item in labels if not _is_class(item, timbre)})
    found = {}
    for label in own:
        told = {item.sha256: item.is_so for item in labels if item.label == label}
        is_so = np.array([told.get(sha256, False) for sha256 in sounds])
        presumed = np.array([sha256 not in told for sha256 in sounds])
        found[label] = np.array([timbre[sha256] for sha256 in sounds], np.float32), is_so, presumed
    return found


def _choices(
    preferences: Sequence[Preference], vectors: Mapping[str, Mapping[str, FloatArray]]
) -> tuple[FloatArray, FloatArray]:
    """By how much more alike a is to c than b is, by the cosines that recordings are searched by: c longer, c a hit."""
    sounds = sorted({each for item in preferences for each in (item.a, item.b, item.c)})
    raw = {name: np.zeros((len(sounds), read_space().raw_length(name)), np.float32) for name in ASPECTS}
    for name, table in raw.items():
        for row, sha256 in enumerate(sounds):
            if sha256 in vectors.get(name, {}):
                table[row] = vectors[name][sha256]
    rows = read_space().lay(raw)
    place = {sha256: row for row, sha256 in enumerate(sounds)}
    a, b, c = (np.array([place[getattr(item, which)] for item in preferences], np.int64) for which in "abc")
    found = np.array([((rows[name][a] - rows[name][b]) * rows[name][c]).sum(axis=1) for name in ASPECTS], np.float64).T
    of_hit = np.asarray(is_hit(raw["timbre"])[c], np.bool_)
    return found[~of_hit], found[of_hit][:, [ASPECTS.index(name) for name in STOCK_HIT_WEIGHTS]]
