"""What a sentence teaches, carried out and told; the sentence itself is read in `planning.teaching`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ..messages import Evidence
from .dataset import tidy_label
from .owner import SAID, Heard, Owner


class Said(Protocol):
    """One thing that is taught."""

    @property
    def field(self) -> str: ...
    @property
    def value(self) -> str | float: ...
    @property
    def is_so(self) -> bool: ...


def carry_out(taught: Said, heard: Sequence[Heard], owner: Owner) -> None:
    """Keep what was said of these recordings; raises BadRequest and StoreUnavailable as `Owner` does."""
    if taught.field == "label":
        those, others = (heard, []) if taught.is_so else ([], heard)
        owner.label(tidy_label(str(taught.value)), those, others)
        return
    for item in heard:
        owner.correct(taught.field, taught.value, item)


def orders(taught: Said, subjects: Sequence[str], *, is_done: bool) -> list[Evidence]:
    """What is noted of each recording, or would be, as evidence for the answer."""
    name = f"teach.{'noted' if is_done else 'planned'}{'' if taught.is_so else '_not'}_{taught.field}"
    kind, unit = _KINDS[taught.field]
    value = tidy_label(str(taught.value)) if taught.field == "label" else taught.value
    return [Evidence("", name, kind, value, unit, 1.0, subject, SAID) for subject in subjects]


_KINDS = {"label": ("label", ""), "tempo": ("tempo", "BPM"), "key": ("musical_key", "")}
