"""What an edit made, as findings under the names of `docs/editing.md`."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding
from .make import Made
from .outputs import sidecar_of


def name_made(made: Made) -> Iterator[Finding]:
    form, files = made.plan.form, [str(path) for path in made.files]
    sliced = made.plan.is_sliced
    how = "written by the edit agent, whole, with a sidecar"
    yield Finding("edit.out", "label", files if sliced else files[0], how)
    yield Finding("edit.files", "count", len(files), how)
    yield Finding("edit.sidecar", "label", str(sidecar_of(made.plan.out)), how)
    yield Finding("edit.form", "label", form.said, "format, depth and rate that were written")
    yield Finding("edit.duration_s", "duration", made.duration_s, "samples written over their rate")
    measured = "the file decoded again" if form.kind.is_lossy else "the samples as they were written"
    if made.loudness_lufs is not None:
        yield Finding("edit.loudness_lufs", "loudness", made.loudness_lufs, f"ITU-R BS.1770-4, {measured}")
    if made.true_peak_dbtp is not None:
        yield Finding("edit.true_peak_dbtp", "true_peak", made.true_peak_dbtp, f"ITU-R BS.1770-4, {measured}")
    if made.gain_db is not None:
        yield Finding("edit.gain_db", "ratio", made.gain_db, "one gain for all of it, without a limiter")
    if made.tempo is not None:
        how = "measured before stretching"
        yield Finding("edit.tempo_bpm", "tempo", made.tempo.bpm, how, made.tempo.confidence)
