"""A label track for Audacity: lines of start, end and label, parted by tabs, as File > Import > Labels reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..document import Document
from ..whole_files import LABELS, write_text
from .layers import lay_out

USUAL_LAYERS = ("sections", "keys", "chords", "downbeats", "beats", "silences")


def labels_text(document: Document, layers: Sequence[str] = USUAL_LAYERS) -> str:
    """The label track; where it mixes layers, sections and keys say what they are."""
    mixed = len(layers) > 1
    lines = []
    for layer, label in lay_out(document, layers):
        said = {"sections": "section ", "keys": "key "}.get(layer, "") if mixed else ""
        words = " ".join(f"{said}{label.label}".split())  # a tab or a new line would end the label
        lines.append(f"{label.start_s:.6f}\t{label.end_s:.6f}\t{words}\n")
    return "".join(lines)


def write_labels(document: Document, out: str | Path, layers: Sequence[str] = USUAL_LAYERS) -> None:
    """Write the label track to `out` (.txt)."""
    write_text(labels_text(document, layers), out, LABELS)
