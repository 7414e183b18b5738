"""What a sentence states: quantities, ratios, note and key names, files and quotations, with their places.

Reading never fails and takes time linear in the length of the sentence: every pattern is bounded or free of
backtracking over long runs. What looks like a number and is none is returned all the same, so that `check` refuses it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Set

from ...regex import lazily
from .files import EXTENSION, take_files, take_places, take_quotations, take_unknown_files
from .joined import merged_durations, with_inherited_units
from .masked import MASK, MAX_CHARS, Masked, normalise
from .musical import take_music, take_names
from .numbers import FUNCTION_WORDS, take_quantities
from .stated import FileName, Name, NameKind, Quantity, Quotation, Reading, Tokens

__all__ = [
    "MASK", "MAX_CHARS", "FileName", "Name", "NameKind", "Quantity", "Quotation", "Reading", "Tokens", "name_table",
    "normalise", "read",
]  # fmt: skip

_CITATION = lazily(r"\s?\[e\d{1,4}(?:\s?,\s?e\d{1,4}){0,20}\]")
_EMPHASIS = lazily(r"\*\*|(?<!\w)__(?=\w)|(?<=\w)__(?!\w)")  # of Markdown
#: Names of methods and standards; their digits are no findings.
_CONSTANT = lazily(
    r"\bA4 ?= ?440(?:\.0)? ?Hz\b|\bA ?= ?440(?:\.0)?(?: ?Hz)?\b|\bA440\b|\bEBU (?:R ?128|Tech ?334[12])\b"
    r"|\b(?:ITU-R )?BS\.?1770(?:-[1-5])?\b|\b(?:4|four)(?: times|-times|x) ?oversampl\w{1,4}\b|\bK-weight\w{2,3}\b"
)


def read(text: str, subjects: Iterable[str] = (), places: Iterable[str] = (), topics: Set[str] = frozenset()) -> Tokens:
    """Everything that `text` states.

    `subjects` are the recordings whose names it may use, `places` those that "the second file" counts. `topics` are the
    capabilities that the evidence speaks of: where chords are spoken of, "V7" is a degree and a lone "A" a chord, where
    the form is, "AABA" is one and "B" a section.
    """
    shown = _EMPHASIS.sub("", _CITATION.sub("", normalise(text)))
    masked = Masked(shown)
    files = [
        *take_files(masked, name_table(tuple(subjects))),
        *take_places(masked, tuple(places)),
        *take_unknown_files(masked),
    ]
    unnamed = masked.plain
    quotations = take_quotations(masked, files)
    masked.take(_CONSTANT)
    spells_keys = "tonality" in topics and not topics & {"chords", "theory", "notes"}
    names = [*take_music(masked, topics), *take_names(masked, spells_keys=spells_keys)]
    quantities = with_inherited_units(merged_durations([*take_quantities(masked)]), unnamed)
    return Tokens(
        shown,
        masked.plain,
        unnamed,
        tuple(quantities),
        tuple(sorted(names, key=lambda name: name.start)),
        tuple(sorted(files, key=lambda name: name.start)),
        tuple(quotations),
    )


@functools.lru_cache(maxsize=8)  # the sentences of one answer speak of the same recordings
def name_table(subjects: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Every way to name a recording (base name, with one folder, ... whole path) → the recordings so named."""
    table: dict[str, tuple[str, ...]] = {}
    for subject in dict.fromkeys(subjects):
        whole = normalise(subject).strip()
        parts = whole.replace("\\", "/").split("/")
        tails = {"/".join(parts[-depth:]) for depth in range(1, min(len(parts), 8) + 1)} | {whole}
        base = EXTENSION.sub("", parts[-1])
        if base not in tails and _can_stand_bare(base):
            tails.add(base)
        for tail in tails - {""}:
            table[tail] = (*table.get(tail, ()), subject)
    return table


@functools.lru_cache(maxsize=256)
def _can_stand_bare(base: str) -> bool:
    """Whether a base name says more than a key, a number or a word of the trade: "take_3", but not "A minor"."""
    if re.fullmatch(r"[^\W\d_][^\W\d_]+[ _-]\d{1,3}", base):
        return True  # "Song 2"; `take_files` sees to it that no unit follows
    words = re.findall(r"[^\W\d_]{2,}", read(base).plain.replace(MASK, " "))
    common = _ORDINARY | FUNCTION_WORDS
    return any(word.casefold() not in common for word in words) or re.search(r"[^\W\d]_", base) is not None


#: Words that sentences about sound are made of: a file called "bass.wav" is not meant by every "bass".
_ORDINARY = frozenset(
    """bass sub mid low high presence brilliance air tempo beat beats key note notes tone tones level levels loudness
    peak peaks range track file recording song mono stereo left right major minor hum silence clipping tags tag title
    artist album first second third last start end middle music sound audio spectrum tuning pitch time hertz sample
    samples channel channels window frequency resonance format codec true short long term it is the
    one two three four five six seven eight nine ten
    """.split()
)
