"""What the library answers to a question, as evidence: counts, figures, and the recordings that were found.

A question may take what is measured of a recording beside it: "loops that fit the tempo of this track".
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from .. import __version__
from ..errors import GrymError
from ..messages import EVIDENCE_UNITS, Evidence, Gap, Json, Source, Span
from ..regex import lazily
from .aggregates import Summary
from .finder import Finder
from .search import Found, understood

TOLD = 5  # recordings that an answer in words names
_PARTS = 6  # values of a distribution
_KINDS: Mapping[str, str] = {"BPM": "tempo", "s": "duration", "LUFS": "loudness", "LU": "loudness_range",
                             "dBTP": "true_peak", "Hz": "frequency", "cents": "tuning", "dB": "ratio"}  # fmt: skip
_THIS = r"(?:this|the|that|my|its?|of|track|song|loop|file|recording|one|it|\s)*"
_FITS = lazily(
    rf"(?i)(?:that |which )?(?:fits?|match(?:es)?|goes? with|go with|at|in|with|to|of|like)\s+(?:the )?(?:same )?"
    rf"(?P<what>(?:tempo|key|bpm)(?:\s*(?:and|or|&)\s*(?:the )?(?:tempo|key|bpm))?)(?: (?:of|as)\s+{_THIS})?(?!\w)"
)


def library_findings(finder: Finder, question: str, heard: Sequence[Evidence]) -> tuple[list[Evidence], list[Gap]]:
    """What the library answers, or why it answers nothing.

    heard : of a recording beside the question, whose tempo and key it may speak of
    """
    text, missing = completed(question, heard)
    if missing:
        return [], [
            Gap("library", f"the {missing} that the library is to be searched for was not found", "unmeasurable")
        ]
    try:
        asked_with = {os.path.abspath(item.subject) for item in heard if item.subject}  # noqa: PTH100 links stay links
        found = finder.find(text, k=TOLD, without=asked_with)
    except GrymError as error:
        return [], [Gap.from_error(error, capability="library")]
    if found.query.is_empty:
        unknown = ", ".join(found.query.not_understood)
        reason = f"did not understand: {unknown}" if unknown else "nothing to search the library for was understood"
        return [], [Gap("library", reason, "unclear")]
    return list(evidence_of(found)), []


def completed(question: str, heard: Sequence[Evidence]) -> tuple[str, str]:
    """The question with tempo and key of the recording in their places, and what of them nobody measured."""
    found = {item.name: item for item in heard if item.rank == 0 and item.value is not None}
    missing = list[str]()

    def put(match: re.Match[str]) -> str:
        words = list[str]()
        for name, key, form in (
            ("tempo", "rhythm.tempo_bpm", "around {} bpm"),
            ("key", "tonality.key", "mixes with {}"),
        ):
            if name not in match["what"].lower() and not (name == "tempo" and "bpm" in match["what"].lower()):
                continue
            if key in found:
                words.append(form.format(found[key].value))
            else:
                missing.append(name)
        return " ".join(words)

    if not heard or not _FITS.search(question):
        return question, ""
    return _FITS.sub(put, question), " and ".join(dict.fromkeys(missing))


def evidence_of(found: Found) -> Iterator[Evidence]:
    """How many match, what was asked of them, and the first of them; `library.reading` is what was understood."""
    method = "the library in columns; adjectives by percentile"
    source = Source("hub", __version__, method)

    def made(name: str, kind: str, value: Json, subject: str = "", rank: int = 0) -> Evidence:
        return Evidence("", f"library.{name}", kind, value, EVIDENCE_UNITS[kind], 1.0, subject, source, rank=rank)

    yield made("total", "count", found.total)
    yield made("searched", "count", found.searched)
    if reading := understood(found, with_asked=False):
        yield made("reading", "label", "; ".join(reading))
    if found.query.not_understood:
        yield made("not_understood", "label", ", ".join(found.query.not_understood))
    if found.notes:
        yield made("notes", "label", "; ".join(found.notes))
    if found.at_other_times:
        yield made("at_other_times", "count", found.at_other_times)
    if found.summary is not None:
        yield from _summary(found.summary, made)
    for rank, match in enumerate(found.matches):
        told: dict[str, Json] = {
            "path": match.path,
            **{n: round(v, 3) for n, v in match.figures.items()},
            **match.words,
        }
        yield made("match", "match", told, match.path, rank)
        for place in match.places:
            yield replace(made("place", "time", round(place[0], 2), match.path), span=Span(*place))


def _summary(summary: Summary, made: Callable[..., Evidence]) -> Iterator[Evidence]:
    if not summary.of:
        return
    if summary.sum == "each":
        yield made("different", "count", len(summary.parts))
        for rank, (value, count) in enumerate(summary.parts[:_PARTS]):
            kind = "musical_key" if summary.of == "key" else "label"
            yield made("value", kind, value, "", rank)
            yield made("value_count", "count", count, "", rank)
    elif summary.value is not None:
        kind = _KINDS.get(summary.unit, "number")
        for name in ("average", "median", "least", "most", "total"):
            if name in summary.figures:
                yield made(f"{name}_{summary.of}", kind, round(summary.figures[name], 3))
    yield made("asked", "label", summary.sum if summary.sum != "spread" else "median")
    yield made("measured", "count", summary.measured)
    yield made("missing", "count", summary.missing)
