"""`grym edit`: a new audio file made from a recording: told as a plan, done by the edit agent, shown as it came out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import operation_of
from .telling import JsonOption, for_terminal, perform, print_json
from .telling import told as errors_told

if TYPE_CHECKING:
    from ..audio.editing.plan import EditPlan
    from ..execution.executor import Outcome
    from ..messages import Json

_OPS_HELP = (
    "What to do, in this order: trim=0:30-1:00, fade-in=2, fade-out=8, normalise=-14LUFS, normalise=-1dBTP, "
    "gain=+3dB, stretch=100bpm, stretch=1.05x, stretch=30s, shift=+2st, reverse, slice=onsets, resample=48000, "
    "convert=flac/48000/24, concatenate=OTHER.wav/0.05. Or `undo` alone: FILE is removed if an edit made it."
)


def edit(
    file: Annotated[str, typer.Argument(help="The recording; it stays as it is.")],
    ops: Annotated[list[str], typer.Argument(help=_OPS_HELP, metavar="OP...")],
    out: Annotated[str, typer.Option(help="The new file.", metavar="FILE", show_default=False)] = "",
    tempo: Annotated[
        float | None,
        typer.Option(help="Its tempo in BPM, not to be measured for stretch=100bpm.", min=20, max=400),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier edit that lies there; never anything else.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a new audio file from a recording, which stays as it is.

    grym edit song.wav trim=0:30-1:00 fade-out=8 --out part.flac

    grym edit song.wav normalise=-14LUFS convert=mp3 --out song.mp3

    grym edit song.mp3 undo
    """
    if ops == ["undo"]:
        _undo(file, as_json=as_json)
        return
    if not out:
        raise typer.BadParameter("name the new file: --out FILE")
    from ..audio.editing.wording import canonical

    plan = _plan(file, ops, out, tempo, replace=replace, as_json=as_json)
    if dry_run and as_json:
        print_json(_plan_to_json(plan))
    elif dry_run:
        typer.echo(for_terminal(str(plan)))
    if dry_run:
        return
    if not as_json:
        sys.stderr.write(f"{for_terminal(str(plan))}\n")
    operation = operation_of(
        "edit",
        paths=[file],
        params={"ops": [canonical(op) for op in plan.ops], "out": str(plan.out), "replace": replace},
        use_cache=False,
    )

    def show(document: dict[str, Any]) -> None:
        for line in told(document):
            typer.echo(for_terminal(line))

    perform(operation, as_json, show)


def _undo(file: str, *, as_json: bool) -> None:
    """Remove what an edit made; nothing that has changed since, and nothing of anybody else's."""
    from ..audio.editing.outputs import remove_edit
    from . import telling

    with telling.told(as_json):
        removed = [str(path) for path in remove_edit(file)]
        if as_json:
            print_json({"removed": removed})
        else:
            typer.echo("\n".join(f"removed: {for_terminal(name)}" for name in removed))


def _plan(file: str, words: list[str], out: str, tempo: float | None, *, replace: bool, as_json: bool) -> EditPlan:
    """The checked plan. What was typed wrong ends the command with 2; a recording that cannot be read, with 3."""
    from ..audio.editing.grammar import parse
    from ..audio.editing.plan import absolute_paths, plan_edit, with_tempo
    from ..errors import BadRequest, UnusableAudio
    from .protocol import error_to_json

    with errors_told(as_json):
        try:
            ops = absolute_paths(parse(words), str(Path.cwd()))
            ops = ops if tempo is None else with_tempo(ops, tempo)
            return plan_edit(file, ops, str(Path.cwd() / out), replace=replace)
        except BadRequest as error:
            if isinstance(error, UnusableAudio):
                raise
            if as_json:
                print_json({"error": error_to_json(error)})
                raise typer.Exit(2) from error
            raise typer.BadParameter(f"{error}; {error.hint}" if error.hint else str(error)) from error


def _plan_to_json(plan: EditPlan) -> dict[str, Json]:
    from ..audio.editing.wording import canonical

    return {
        "path": plan.source,
        "ops": [canonical(op) for op in plan.ops],
        "out": str(plan.out),
        "form": plan.form.said,
        "duration_s": None if plan.frames is None else plan.frames / plan.form.sr,
        "plan": str(plan),
    }


def edit_to_json(outcome: Outcome) -> dict[str, Json]:
    """The document of one edit, for whoever asked a hub for it."""
    from ..messages import evidence_to_json, gap_to_json

    heard = outcome.heard
    if not heard.evidence and heard.gaps:
        gap = heard.gaps[0]
        return {"error": {"code": gap.code, "message": gap.reason, "hint": gap.hint}}
    return {
        "path": outcome.step.subject,
        "evidence": [{**evidence_to_json(item), "id": f"e{i}"} for i, item in enumerate(heard.evidence, start=1)],
        "gaps": [gap_to_json(gap) for gap in heard.gaps],
        "timings_ms": {"total": round(1000.0 * outcome.seconds, 1)},
    }


def told(document: Mapping[str, Any]) -> Iterator[str]:
    """What came out, in lines for a person."""
    from ..audio.editing.wording import clock

    found = {item["name"]: item["value"] for item in document["evidence"]}
    files = found["edit.out"] if isinstance(found["edit.out"], list) else [found["edit.out"]]
    yield f"written: {files[0]}" + (f" to {Path(files[-1]).name}, {len(files)} files" if len(files) > 1 else "")
    figures = [found["edit.form"], f"{clock(round(found['edit.duration_s'], 3))} long"]
    for name, form in _FIGURES.items():
        if found.get(name) is not None:
            figures.append(form.format(found[name]))
    yield f"  {', '.join(figures)}"
    for gap in document["gaps"]:
        yield f"  note: {gap['reason']}" + (f" ({gap['hint']})" if gap["hint"] else "")


_FIGURES = {
    "edit.loudness_lufs": "{:.1f} LUFS",
    "edit.true_peak_dbtp": "true peak {:.1f} dBTP",
    "edit.gain_db": "gain {:+.2f} dB",
    "edit.tempo_bpm": "stretched from {:.2f} BPM",
}
