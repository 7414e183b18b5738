"""What was read, forgotten, shared or taken in on the asker's word; or would be, once there is a yes."""

from __future__ import annotations

from collections.abc import Sequence

from ...messages import Evidence
from . import phrasing as say
from .knowledge import shown
from .page import Page

_MOST = 5  # that are named one by one
_DID: dict[str, str] = {
    "learn.planned": "I would read", "learn.planned_to_forget": "I would forget, for good,",
    "learn.new": "I read, and it is new:", "learn.changed": "I read what has changed:",
    "learn.unchanged": "It is as it was:", "learn.followed": "I read the entries of", "learn.forgotten": "Forgotten:",
    "learn.ended": "Ended, since it still read this:",
}  # fmt: skip
_HELD = {
    "labels": "label", "corrections": "correction", "preferences": "preference", "features": "feature",
    "notes": "note", "ears": "ear", "ear": "ear",
}  # fmt: skip


def describe(page: Page) -> None:
    """Learning first, then packs."""
    told = [item for item in page.findings.evidence if item.capability in ("learn", "share")]
    for name, words in _DID.items():
        _name_each(page, words, [item for item in told if item.name == name])
    for item in told:
        if item.name == "learn.planned_every_h":
            page.say(f"It would be read again every {say.trimmed(say.finite(item.value) or 0.0, 2)} hours.", item)
    _packs(page, {item.name: item for item in told if item.capability == "share"})


def _name_each(page: Page, words: str, items: Sequence[Evidence]) -> None:
    for item in items[:_MOST]:
        page.say(f"{words} “{shown(item.value)}”.", item, support="quoted")
    if len(items) > _MOST:
        page.note("There are more; `grym learn --list` names what is there.")


def _packs(page: Page, told: dict[str, Evidence]) -> None:
    held = [(told[f"share.{name}"], word) for name, word in _HELD.items() if f"share.{name}" in told]
    counted = say.listed([say.count(say.finite(item.value) or 0.0, word) for item, word in held])
    counts = [item for item, _ in held]
    for name, words in (("share.planned", "I would write"), ("share.written", "I wrote")):
        if name in told:
            where = f"“{shown(told[name].value)}”"
            page.say(f"{words} {counted} to {where}, signed by you.", *counts, told[name], support="quoted")
    for name, known in (("share.signer", "whom you trust"), ("share.stranger", "whom you do not trust")):
        if name in told:
            page.say(f"It is signed by “{shown(told[name].value)}”, {known}.", told[name], support="quoted")
            if held:
                page.say(f"It holds {counted}.", *counts, support="quoted")
    if "share.taken" in told:
        page.say(f"It is taken in as “{shown(told['share.taken'].value)}”.", told["share.taken"], support="quoted")
        page.suggest("", command=f"To take it back: grym share undo {shown(told['share.taken'].value)}")
