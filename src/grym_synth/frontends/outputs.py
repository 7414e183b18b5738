"""What `grym analyze` makes of its documents beside JSON: text formats on stdout, and files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import BadRequest

#: Formats for stdout, and the capabilities that they need at least; what else was measured goes in as well.
TEXTS: Mapping[str, tuple[str, ...]] = {
    "jams": ("facts", "rhythm", "tonality", "chords", "structure"),
    "csv": (),
    "labels": ("facts", "rhythm", "tonality", "chords", "structure"),
}
#: Files, by the name of their option, and the capabilities that they need.
FILES: Mapping[str, tuple[str, ...]] = {
    "plot": (),
    "report": (),
    "midi": ("notes", "rhythm"),
    "reaper": ("tonality", "chords", "structure"),
    "cues": ("rhythm", "structure"),
    "tagged": ("rhythm", "tonality"),
}


@dataclass(frozen=True, slots=True)
class Outputs:
    """Where to write which file, by option name, and which layers of labels are wanted; () is what is usual."""

    files: Mapping[str, Path]
    layers: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()  # asked for with --only: a plot draws their panels
    cache: Path | None = None  # matplotlib's folder

    def check(self, n_inputs: int) -> None:
        """Refuse what cannot be written, before anything is listened to: raises BadRequest."""
        from . import whole_files as kinds
        from .exporting.layers import check_layers

        check_layers(self.layers)
        if self.files and n_inputs != 1:
            raise BadRequest(f"--{next(iter(self.files))} is about one recording, {n_inputs} were named")
        of_name = {"plot": kinds.PICTURE, "report": kinds.PAGE, "midi": kinds.MIDI, "reaper": kinds.REAPER}
        for name, out in self.files.items():
            kinds.check_target(out, of_name.get(name, kinds.RECORDING))

    def write(self, document: Mapping[str, Any], number: int) -> Iterator[Path]:
        """Write every file about one recording; what a folder holds beyond its first gets a number in its name."""
        for name, path in self.files.items():
            out = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
            _WRITERS[name](self, document, out)
            yield out


def needed(capabilities: Sequence[str], outputs: Sequence[str]) -> list[str]:
    """The capabilities asked for (none: all of them), and what these outputs need of others."""
    if not capabilities:
        return []
    more = [name for output in outputs for name in {**TEXTS, **FILES}[output]]
    return list(dict.fromkeys([*capabilities, *more]))


def as_text_of(name: str, document: Mapping[str, Any], layers: Sequence[str], *, is_first: bool) -> str:
    """A document in one of TEXTS, ready to print without another end of line."""
    if name == "jams":
        from .exporting.jams import jams_text

        return jams_text(document)
    if name == "csv":
        from .exporting.tables import table_text

        return table_text(document, with_header=is_first).rstrip("\n")
    from .exporting.labels import USUAL_LAYERS, labels_text

    return labels_text(document, layers or USUAL_LAYERS).rstrip("\n")


def _plot(outputs: Outputs, document: Mapping[str, Any], out: Path) -> None:
    _keep_matplotlib_home(outputs)
    from .plots import PLOTTED, plot_recording

    plot_recording(document["path"], document, out, [name for name in outputs.capabilities if name in PLOTTED])


def _report(outputs: Outputs, document: Mapping[str, Any], out: Path) -> None:
    _keep_matplotlib_home(outputs)
    from .reporting.report import write_report

    write_report(document, document["path"], out)


def _keep_matplotlib_home(outputs: Outputs) -> None:
    if outputs.cache is not None:
        os.environ.setdefault("MPLCONFIGDIR", str(outputs.cache))  # else it writes elsewhere


def _midi(outputs: Outputs, document: Mapping[str, Any], out: Path) -> None:
    from .exporting.midi import write_midi

    write_midi(document, out)


def _reaper(outputs: Outputs, document: Mapping[str, Any], out: Path) -> None:
    from .exporting.reaper import USUAL_LAYERS, write_reaper

    write_reaper(document, out, outputs.layers or USUAL_LAYERS)


def _cues(outputs: Outputs, document: Mapping[str, Any], out: Path) -> None:
    from .exporting.cue_points import USUAL_LAYERS, write_cue_points

    write_cue_points(document, document["path"], out, outputs.layers or USUAL_LAYERS)


def _tagged(outputs: Outputs, document: Mapping[str, Any], out: Path) -> None:
    from .exporting.tagging import write_tagged_copy

    write_tagged_copy(document, document["path"], out)


_WRITERS: Mapping[str, Callable[[Outputs, Mapping[str, Any], Path], None]] = {
    "plot": _plot, "report": _report, "midi": _midi, "reaper": _reaper, "cues": _cues, "tagged": _tagged,
}  # fmt: skip
