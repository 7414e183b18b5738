"""Markers and regions for REAPER, as View > Region/Marker Manager > Import reads them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ..document import Document
from ..whole_files import REAPER, write_text
from .layers import lay_out

USUAL_LAYERS = ("sections", "keys", "chords")
_REGIONS = ("sections", "silences")
_COLOURS = ("0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "F0E442")  # Okabe and Ito


def reaper_text(document: Document, layers: Sequence[str] = USUAL_LAYERS) -> str:
    """Sections and silences as regions, everything else as markers at its start; like sections have like colours."""
    labels = lay_out(document, layers)
    names = list(dict.fromkeys(label.label for layer, label in labels if layer == "sections"))
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(["#", "Name", "Start", "End", "Length", "Color"])
    markers = regions = 0
    for layer, label in labels:
        name = " ".join(label.label.split())
        if layer in _REGIONS:
            regions += 1
            colour = _COLOURS[names.index(label.label) % len(_COLOURS)] if layer == "sections" else "808080"
            ends = [_time(label.end_s), _time(label.end_s - label.start_s)]
            rows.writerow([f"R{regions}", name, _time(label.start_s), *ends, colour])
        else:
            markers += 1
            said = "key " if layer == "keys" else ""
            rows.writerow([f"M{markers}", said + name, _time(label.start_s), "", "", ""])
    return out.getvalue()


def _time(seconds: float) -> str:
    """Hours, minutes and seconds: without the colons REAPER could read bars and beats."""
    milliseconds = round(1000.0 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def write_reaper(document: Document, out: str | Path, layers: Sequence[str] = USUAL_LAYERS) -> None:
    """Write the marker list to `out` (.csv)."""
    write_text(reaper_text(document, layers), out, REAPER)
