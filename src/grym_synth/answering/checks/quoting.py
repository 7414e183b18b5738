"""Sentences that quote the notes: every letter between quotation marks must stand so in the cited passage.

A quotation is no claim of ours, so that its numbers, keys and names are not held against measurements. In turn
nothing of ours may stand beside it but source, section, position and the few words that join them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...messages import Evidence
from ...regex import lazily
from ..words.knowledge import place, shown
from ..words.phrasing import finite, trimmed
from .case import Problem

_JOINING = frozenset("your notes disagree against that is not in passage passages searched".split())
#: Words of sentences about what was read, shared or taken in on the asker's word.
_DOING = frozenset(
    "i would read forget for good and it is new what has changed as was the entries of forgotten again every hours write"
    " wrote to signed by you whom trust do not holds taken in ended since still this label labels correction corrections preference"
    " preferences feature features note notes ear ears".split()
)
_ERRANDS = ("learn.", "share.")
_CITATION = lazily(r"\[e\d{1,6}\]")


def quotes_notes(cited: Sequence[Evidence]) -> bool:
    """Whether a sentence rests on the notes alone."""
    names = ("knowledge.passage", "knowledge.conflict", "knowledge.searched")
    return bool(cited) and all(item.name in names or item.name.startswith(_ERRANDS) for item in cited)


def check_quoting(sentence: str, cited: Sequence[Evidence]) -> list[Problem]:
    """What of a sentence stands neither in the cited passages nor among the words that join them."""
    left, problems = _CITATION.sub("", sentence), list[Problem]()
    for item in cited:
        count = finite(item.value)
        if count is not None:
            left = re.sub(rf"(?<![\d.]){trimmed(count, 2)}(?![\d.]*\d)", " ", left, count=1)
            left = re.sub(rf"(?<!\d){count:,.0f}(?!\d)", " ", left, count=1) if count >= 1000 else left
            continue
        if item.name.startswith(_ERRANDS):
            held = f"“{shown(item.value)}”"
            if held not in left:
                problems.append(Problem(str(item.value), "not named as it is"))
            left = left.replace(held, " ", 1)
            continue
        value = item.value if isinstance(item.value, dict) else {}
        held = f"“{shown(value.get('text'))}”"
        if held not in left:
            problems.append(Problem(str(value.get("source", "")), "not quoted verbatim"))
        left = left.replace(held, " ", 1)
        where = f"({place(value)})"
        if where not in left:
            problems.append(Problem(where, "source or position is not that of the quotation"))
        left = left.replace(where, " ", 1)
    joining = _DOING if all(item.name.startswith(_ERRANDS) for item in cited) else _JOINING
    strange = [word for word in re.findall(r"[^\W_]+|[“”\"]", left) if word.casefold() not in joining]
    problems += [Problem(word, "not in the cited passage") for word in dict.fromkeys(strange)]
    return problems
