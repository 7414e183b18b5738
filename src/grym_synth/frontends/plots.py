"""Pictures of a recording, for screen and music stand: an overview, or a panel for each capability asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ..errors import BadRequest
from .document import Document, duration_of
from .drawing.balance import SPECTRUM_PX, draw_spectrum
from .drawing.colour import TIMBRE_PX, draw_timbre
from .drawing.form import STRUCTURE_PX, draw_structure
from .drawing.harmony import draw_harmony, harmony_px
from .drawing.levels import FACTS_PX, LOUDNESS_PX, draw_facts, draw_loudness
from .drawing.overview import HEADER_PX, draw_header, draw_overview
from .drawing.pulse import RHYTHM_PX, draw_rhythm
from .drawing.roll import draw_notes, notes_px
from .drawing.sheet import DPI, Sheet
from .plot_columns import Columns, read_columns
from .whole_files import PICTURE, check_target, new_file

_GAP_PX, _BOTTOM_PX = 34, 24


class _Panel(NamedTuple):
    height_px: Callable[[Document, Columns], int]
    draw: Callable[[Sheet, float, Document, Columns], None]


def _always(height_px: int) -> Callable[[Document, Columns], int]:
    return lambda document, columns: height_px


_HARMONY = _Panel(lambda document, columns: harmony_px(document), draw_harmony)
_PANELS: Mapping[str, _Panel] = {
    "facts": _Panel(_always(FACTS_PX), draw_facts),
    "loudness": _Panel(_always(LOUDNESS_PX), draw_loudness),
    "rhythm": _Panel(_always(RHYTHM_PX), draw_rhythm),
    "tonality": _HARMONY,
    "chords": _HARMONY,
    "spectrum": _Panel(_always(SPECTRUM_PX), draw_spectrum),
    "structure": _Panel(_always(STRUCTURE_PX), draw_structure),
    "notes": _Panel(lambda document, columns: notes_px(columns.duration), draw_notes),
    "timbre": _Panel(_always(TIMBRE_PX), draw_timbre),
}
#: Capabilities that have a picture of their own.
PLOTTED = tuple(_PANELS)


def plot_recording(path: str, document: Document, out: str | Path, capabilities: Sequence[str] = ()) -> None:
    """Write a PNG about the recording at `path` to `out`, whole or not at all.

    `document` is one object of `analyze --json`; whatever it lacks is left out of the picture. Without `capabilities`
    it is the overview, 1600 x 900 pixels; with some, their panels below each other, as high as they need.

    Raises
    ------
    UnusableAudio
        The recording cannot be read.
    BadRequest
        The picture cannot be written there, or a capability has none.
    """
    unknown = [name for name in capabilities if name not in _PANELS]
    if unknown:
        raise BadRequest(f"there is no picture of {unknown[0]!r}", hint=f"there is one of {', '.join(_PANELS)}")
    check_target(out, PICTURE)
    columns = read_columns(path, duration_of(document) or None)
    sheet = _draw_panels(path, document, columns, capabilities) if capabilities else draw_overview(
        path, document, columns)  # fmt: skip
    with new_file(out, PICTURE) as file:
        sheet.figure.savefig(file, format="png", dpi=DPI, metadata={"Software": "grym-synth"})


def _draw_panels(path: str, document: Document, columns: Columns, capabilities: Sequence[str]) -> Sheet:
    panels = list(dict.fromkeys(_PANELS[name] for name in capabilities))  # tonality and chords share one
    heights = [panel.height_px(document, columns) for panel in panels]
    sheet = Sheet(HEADER_PX + sum(heights) + _GAP_PX * (len(panels) - 1) + _BOTTOM_PX)
    draw_header(sheet, path, document, columns)
    top = float(HEADER_PX)
    for panel, height in zip(panels, heights, strict=True):
        panel.draw(sheet, top, document, columns)
        top += height + _GAP_PX
    return sheet
