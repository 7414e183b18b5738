"""The documents of calls in words, for whoever reads text alone; and the same documents kept to a readable length."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from .table import Call

_MOST_CHARS = 24_000
_MOST_ITEMS = 200  # of a list; the whole is in its resource


def words_of(call: Call, document: Mapping[str, Any]) -> str:
    """What a document says."""
    try:
        text = "\n".join(_lines(call, document))
    except (KeyError, TypeError, ValueError, AttributeError):  # a document of another version: as it is
        text = json.dumps(document, ensure_ascii=False)
    return text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}\n... ({len(text)} characters in all)"


def _lines(call: Call, document: Mapping[str, Any]) -> Iterator[str]:
    match call.name:
        case "ask" if "answer" in document:
            from ..evidence_lines import evidence_lines

            yield document["answer"]
            cited = {key for claim in document["claims"] for key in claim["evidence"]}
            yield from evidence_lines([item for item in document["evidence"] if item["id"] in cited])
            for gap in document["gaps"]:
                yield f"open: {gap['reason']}" + (f" ({gap['hint']})" if gap["hint"] else "")
        case "ask":
            from ..asking import plan_lines

            yield from plan_lines(document)
        case "analyze":
            from ..exports import as_text

            yield from (as_text(each) for each in document["recordings"])
        case "find_recordings":
            from ..finding import lines_of as found

            yield from found(document)
        case "find_similar":
            from ..similar import lines_of as alike

            yield from alike(document)
        case "search_notes":
            from ..notes import lines_of as passages

            yield from passages(document, now=time.time())
        case "list_patterns":
            from ..patterns import lines_of as patterns

            yield from patterns(document, in_full=False)
        case "hub_status":
            from ..status_words import status_lines

            yield from status_lines(document)
        case "jobs" | "change_job" | "learn" | "index_folders":
            from ..job_documents import progress_in_words

            for job in document.get("jobs", [document]):
                yield f"{job['id']} {job['state']}: {job['title']}, {progress_in_words(job)}"
            if not document.get("jobs", [document]):
                yield "there are no jobs"
        case "edit_audio":
            found_ = {item["name"]: item["value"] for item in document["evidence"]}
            is_made = not any(gap["code"] == "consent" for gap in document["gaps"])
            outs = found_["edit.out"] if isinstance(found_["edit.out"], list) else [found_["edit.out"]]
            yield f"{'made' if is_made else 'nothing is made yet; it would be'}: {', '.join(map(str, outs))}"
            yield json.dumps(found_, ensure_ascii=False)
            if not is_made:
                yield "ask the person; after a yes call again with consent true"
        case _:
            yield json.dumps(document, ensure_ascii=False)


def shortened(document: Mapping[str, Any], most: int = _MOST_ITEMS) -> dict[str, Any]:
    """The same with long lists cut, and under `shortened` how long they were; lists of evidence stay whole."""
    cut: dict[str, int] = {}
    short = {name: _short(value, name, cut, most) for name, value in document.items()}
    return {**short, **({"shortened": cut} if cut else {})}


def _short(value: Any, place: str, cut: dict[str, int], most: int) -> Any:
    if isinstance(value, dict):
        return {name: _short(each, f"{place}.{name}", cut, most) for name, each in value.items()}
    if isinstance(value, list):
        if len(value) > most and place != "evidence":
            cut[place] = len(value)
            value = value[:most]
        return [_short(each, place, cut, most) for each in value]
    return value
