"""What the knowledge base says to a question, as evidence: quotations, what contradicts them, or that nothing does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .. import __version__
from ..errors import GrymError
from ..messages import EVIDENCE_UNITS, Evidence, Gap, Json, Source
from ..regex import lazily
from ..storage.knowledge_rows import Passage
from .choosing import Hit
from .conflicts import Side, conflicts_of, quantities_of
from .excerpts import excerpt
from .search import Found, Search
from .terms import stem

QUOTED = 3  # passages that an answer quotes
_LOOKED_AT = 8  # passages that are held against each other
_NEAR_THE_BEST = 0.6  # of its score, below which a passage is not quoted beside it
METHOD = "full text and sentence vectors; quoted as it stands there"
_HINT = "grym learn URL, FILE or FOLDER adds to them"
_OF_A_RECORDING = lazily(
    r"(?i)[,;]?\s+and\s+(?:does|do|is|are|how|has|have|was|were|what)\b[^,;.]*\b(?:this|that|my|the|it|mine)\b.*$",
    re.DOTALL,
)

#: What a number of a passage can be held against: its unit → the finding, and what kind of number it is.
MEASURED: dict[str, tuple[str, str]] = {
    "LUFS": ("loudness.integrated_lufs", "loudness"), "dBTP": ("loudness.true_peak_dbtp", "true_peak"),
    "BPM": ("rhythm.tempo_bpm", "tempo"), "LU": ("loudness.range_lu", "loudness_range"),
}  # fmt: skip


def knowledge_findings(search: Search, question: str, heard: Sequence[Evidence]) -> tuple[list[Evidence], list[Gap]]:
    """Up to three quotations that answer a question, and pairs that contradict each other; or how much was searched.

    heard : what was measured of recordings beside the question; a passage's number of the same kind is found for it
    """
    try:
        found = search.find(_of_notes(question) if heard else question, _LOOKED_AT)
    except GrymError as error:
        return [], [Gap.from_error(error, capability="knowledge")]
    if not found.searched:
        return [], [Gap("knowledge", "your notes are empty: nothing has been learnt yet", "no_notes", hint=_HINT)]
    if found.refused:
        return list(_nothing(found)), []
    good = [hit for hit in found.hits if hit.score >= max(_NEAR_THE_BEST * found.hits[0].score, 0.0)]
    stems = {stem(word) for word in found.looked_for}
    told = [_quotation(hit, stems, rank) for rank, hit in enumerate(good[:QUOTED])]
    sides = conflicts_of([hit.passage for hit in good], [hit.passage for hit in found.hits])
    told += [
        _side(side, 2 * rank + which) for rank, pair in enumerate(sides[:QUOTED]) for which, side in enumerate(pair)
    ]
    return [*told, *_stated(told, heard), _count(found)], []


def _of_notes(question: str) -> str:
    """A question without what it asks of a recording: "..., and does this mix keep to it?"."""
    return _OF_A_RECORDING.sub("", question) or question


def _nothing(found: Found) -> Sequence[Evidence]:
    return [_count(found), _made("looked_for", "label", ", ".join(found.looked_for))]


def _count(found: Found) -> Evidence:
    return _made("searched", "count", found.searched)


def _quotation(hit: Hit, stems: set[str], rank: int) -> Evidence:
    start, end, text = excerpt(hit.passage, stems)
    value = _value(hit.passage, start, end, text)
    return _made("passage", "passage", value, hit.passage.address, rank, confidence=round(hit.score, 3))


def _side(side: Side, rank: int) -> Evidence:
    value = _value(side.passage, side.start, side.end, side.text)
    return _made("conflict", "passage", value, side.passage.address, rank)


def _value(passage: Passage, start: int, end: int, text: str) -> dict[str, Json]:
    return {"text": text, "source": passage.address, "title": passage.title, "section": passage.section,
            "start": start, "end": end}  # fmt: skip


def _stated(told: Sequence[Evidence], heard: Sequence[Evidence]) -> list[Evidence]:
    """The first number of the quotations of each kind that was measured; `method` names the place it was read at."""
    found = []
    for unit, (name, kind) in MEASURED.items():
        if not any(item.name == name and item.rank == 0 and item.value is not None for item in heard):
            continue
        for item in told:
            value = item.value if isinstance(item.value, dict) else {}
            numbers = {each.value for each in quantities_of(str(value.get("text", ""))) if each.unit == unit}
            if len(numbers) == 1:
                method = f"read at character {value['start']} of {value['source']}"
                found.append(_made("stated", kind, numbers.pop(), "", method=method))
                break
    return found


def _made(
    name: str,
    kind: str,
    value: Json,
    subject: str = "",
    rank: int = 0,
    *,
    confidence: float = 1.0,
    method: str = METHOD,
) -> Evidence:
    source = Source("hub", __version__, method)
    return Evidence("", f"knowledge.{name}", kind, value, EVIDENCE_UNITS[kind], confidence, subject, source, rank=rank)
