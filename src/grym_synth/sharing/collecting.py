"""What is shared from here: taught, heard and read, without the names of files, folders and machines."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import BadRequest
from ..messages import Json
from ..storage.knowledge import Knowledge
from ..storage.knowledge_rows import SourceRow
from ..storage.library import Library
from ..storage.library_rows import Described
from ..storage.prints import Prints
from ..storage.teachings import Teachings
from .contents import Recording, recording_to_json

WHAT = ("labels", "features", "notes", "ear")
#: By what a receiver checks that both mean one recording.
COMPARED = ("duration_s", "tempo_bpm", "integrated_lufs")


MOST_FEATURES = 10_000  # recordings; with their prints some 100 MB, and a pack has 200 at most


@dataclass(frozen=True, slots=True)
class Stock:
    """Where what is shared comes from. `ear` makes the export of what was taught, with the ear in use."""

    teachings: Teachings
    library: Library
    prints: Prints
    knowledge: Knowledge
    ear: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Collected:
    """JSON of each kind, how much of each it is, and what is left out on purpose."""

    documents: Mapping[str, Any]
    counts: Mapping[str, int]
    left_out: Sequence[str]


def collect(stock: Stock, what: Sequence[str]) -> Collected:
    """What of these kinds there is; a kind of which there is nothing is absent."""
    documents: dict[str, Any] = {}
    counts: dict[str, int] = {}
    left_out: list[str] = []
    spoken_of: set[str] = set()
    if "labels" in what:
        labels = _labels(stock.teachings)
        counts |= {name: len(rows) for name, rows in labels.items() if rows}
        spoken_of |= {row[0] for name in ("labels", "corrections") for row in labels[name]}
        spoken_of |= {sha256 for row in labels["preferences"] for sha256 in row[:3]}
        if any(labels.values()):
            documents["labels"] = labels
    features = "features" in what
    if features and (n := sum(stock.library.recipes().values())) > MOST_FEATURES:
        hint = "share labels or notes; or index a part of it into another GRYM_HOME, and share that"
        raise BadRequest(
            f"measurements of {n:,} recordings do not fit into a pack: at most {MOST_FEATURES:,}", hint=hint
        )
    asked = None if features else sorted(spoken_of)
    described = {item.sha256: item for item in stock.library.described(asked, with_fragments=False)}
    if features and described:
        documents["features"] = [_feature(item) for _, item in sorted(described.items())]
        counts["features"] = len(described)
        spoken_of |= set(described)
    if "notes" in what:
        own, others = _notes(stock.knowledge)
        counts["notes"] = len(own)
        left_out += [f"{others:,} sources that others shared with you"] if others else []
        if own:
            documents["notes"] = own
    if "ear" in what and stock.teachings.ear() is not None:
        documents["ear"], counts["ear"] = stock.ear(), 1
    if spoken_of:
        documents["recordings"] = _recordings(sorted(spoken_of), described, stock.prints)
        counts["recordings"] = len(spoken_of)
    left_out += ["names of files and folders"] if documents else []
    return Collected(documents, {name: count for name, count in counts.items() if count}, left_out)


def figures_of(item: Described) -> tuple[dict[str, float], dict[str, str]]:
    """What is held against another's: figures and words."""
    figures = {name: float(item.figures[name]) for name in COMPARED if name in item.figures}
    return figures, {"key": item.words["key"]} if item.words.get("key") else {}


def _labels(teachings: Teachings) -> dict[str, list[list[Any]]]:
    return {
        "labels": [[item.sha256, item.label, item.is_so, item.at] for item in teachings.labels()],
        "corrections": [[item.sha256, item.field, item.value, item.at] for item in teachings.corrections()],
        "preferences": [[item.a, item.b, item.c, item.at] for item in teachings.preferences()],
    }


def _feature(item: Described) -> dict[str, Any]:
    vectors = {
        name: base64.b64encode(np.asarray(row, "<f2").tobytes()).decode("ascii") for name, row in item.vectors.items()
    }
    return {
        "sha256": item.sha256, "recipe": item.recipe, "figures": dict(item.figures), "words": dict(item.words),
        "tags": dict(item.tags), "vectors": vectors,
    }  # fmt: skip


def _recordings(sha256s: Sequence[str], described: Mapping[str, Described], prints: Prints) -> list[dict[str, Json]]:
    heard = prints.of(sha256s)
    told = []
    for sha256 in sha256s:
        figures, words = figures_of(described[sha256]) if sha256 in described else ({}, {})
        told.append(recording_to_json(Recording(sha256, figures, words, heard.get(sha256))))
    return told


def _notes(knowledge: Knowledge) -> tuple[list[dict[str, Any]], int]:
    """What the owner read himself, with its text; and how many sources others shared with him."""
    sources = [item for item in knowledge.sources() if item.kind != "audio"]
    own = [item for item in sources if not item.author_key]
    told = []
    for item in own:
        text = knowledge.text(item.address)
        if text:
            sections = [[each.start, each.title, each.level] for each in knowledge.sections(item.address)]
            told.append({
                "address": shared_address(item), "kind": item.kind, "title": item.title, "domain": item.domain,
                "topic": item.topic, "sha256": item.sha256, "read_at": item.read_at, "text": text,
                "sections": sections,
            })  # fmt: skip
    names = [each["address"] for each in told]
    return [each for place, each in enumerate(told) if each["address"] not in names[:place]], len(sources) - len(own)


def shared_address(item: SourceRow) -> str:
    """A web address as it is; of a file only its collection and topic, and the beginning of its hash."""
    if item.address.startswith(("https://", "http://")):
        return item.address
    return f"{item.domain}/{item.topic}-{item.sha256[:8]}"
