"""What an edit made, or would make, as findings under the names of `docs/editing.md`."""

from __future__ import annotations

from collections.abc import Iterator

from ..findings import Finding, Value
from .make import Made
from .outputs import sidecar_of
from .plan import EditPlan
from .telling import figures, tell
from .wording import canonical


def name_plan(plan: EditPlan) -> Iterator[Finding]:
    """What would be done; nothing has been."""
    how = "checked against the files, and not done"
    out = plan.out.with_name(f"{plan.out.stem}-01{plan.out.suffix}") if plan.is_sliced else plan.out
    seconds = None if plan.frames is None else plan.frames / plan.form.sr
    yield Finding("edit.out", "label", str(out), how)
    yield from _name_work(plan, out.name, seconds, how)
    if seconds is not None:
        yield Finding("edit.duration_s", "duration", seconds, "from the length of the source")


def name_made(made: Made) -> Iterator[Finding]:
    files = [str(path) for path in made.files]
    how = "written by the edit agent, whole, with a sidecar"
    yield Finding("edit.out", "label", files if made.plan.is_sliced else files[0], how)
    yield Finding("edit.files", "count", len(files), how)
    yield Finding("edit.sidecar", "label", str(sidecar_of(made.plan.out)), how)
    yield from _name_work(made.plan, made.files[0].name, made.duration_s, how)
    yield Finding("edit.duration_s", "duration", made.duration_s, "samples written over their rate")
    measured = "the file decoded again" if made.plan.form.kind.is_lossy else "the samples as they were written"
    if made.loudness_lufs is not None:
        yield Finding("edit.loudness_lufs", "loudness", made.loudness_lufs, f"ITU-R BS.1770-4, {measured}")
    if made.true_peak_dbtp is not None:
        yield Finding("edit.true_peak_dbtp", "true_peak", made.true_peak_dbtp, f"ITU-R BS.1770-4, {measured}")
    if made.gain_db is not None:
        yield Finding("edit.gain_db", "ratio", made.gain_db, "one gain for all of it, without a limiter")
    if made.tempo is not None:
        how = "measured before stretching"
        yield Finding("edit.tempo_bpm", "tempo", made.tempo.bpm, how, made.tempo.confidence)


def _name_work(plan: EditPlan, name: str, seconds: float | None, how: str) -> Iterator[Finding]:
    """The operations in words, with their figures, and how the output is written."""
    told: dict[str, Value] = {
        "orders": [text for op in plan.ops if (text := tell(op))],
        "ops": [canonical(op) for op in plan.ops],
        **{f"{i}_{name}": value for i, op in enumerate(plan.ops, 1) for name, value in figures(op).items()},
    }
    form = plan.form
    output: dict[str, Value] = {"name": name, "format": form.kind.said, "rate_hz": form.sr}
    if form.depth is not None:
        output["depth_bit"] = int(form.depth.removesuffix("f"))
    if seconds is not None:
        output["duration_s"] = seconds
    yield Finding("edit.plan", "label", told, how)
    yield Finding("edit.output", "label", output, how)
    yield Finding("edit.form", "label", form.said, "format, depth and rate of the output")
