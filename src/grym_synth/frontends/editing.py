"""`grym edit`: a new audio file made from a recording: told as a plan, done by the edit agent, shown as it came out."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .protocol import operation_of
from .telling import JsonOption, for_terminal, perform, print_json
from .telling import told as errors_told

if TYPE_CHECKING:
    from ..audio.editing.plan import EditPlan
    from ..execution.executor import Outcome
    from ..hub import Hub
    from ..messages import Evidence, Json, Request

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


async def from_owners_tempo(hub: Hub, request: Request) -> tuple[Request, Evidence | None]:
    """The same edit, and the tempo that the owner told, or that his habit chooses, where a stretch starts from it."""
    from ..audio.editing.grammar import parse
    from ..audio.editing.operations import Concatenate, Stretch
    from ..audio.editing.plan import with_tempo
    from ..audio.editing.wording import canonical
    from ..tuning.owner import FINDINGS, LEARNED, OWNER

    listed = request.params.get("ops")
    ops = parse([op for op in listed if isinstance(op, str)]) if isinstance(listed, list) else ()
    # What another stretch, or another recording, has changed is measured anew.
    at = next((i for i, op in enumerate(ops) if isinstance(op, Stretch | Concatenate)), len(ops))
    op = ops[at] if at < len(ops) else None
    if not isinstance(op, Stretch) or not op.is_measured or not hub.word.owner.says_of("tempo"):
        return request, None
    tempo: Evidence | None = None
    asked = replace(request, params={}, use_cache=True)
    async for _, outcome in hub.measure(asked, ["rhythm"], lambda step, fraction, message: None):
        found = outcome.heard.evidence if outcome is not None else ()
        tempo = next((item for item in found if item.name == FINDINGS["tempo"] and item.rank == 0), tempo)
    if tempo is None or tempo.source.agent not in (OWNER, LEARNED) or not isinstance(tempo.value, int | float):
        return request, None
    told = [*ops[:at], *with_tempo([op], float(tempo.value)), *ops[at + 1 :]]
    return replace(request, params={**request.params, "ops": [canonical(each) for each in told]}), tempo


def edit_to_json(outcome: Outcome, tempo: Evidence | None = None) -> dict[str, Json]:
    """The document of one edit, for whoever asked a hub for it.

    tempo : that the owner told, and that a stretch started from
    """
    from ..messages import evidence_to_json, gap_to_json

    heard = outcome.heard
    evidence = [*heard.evidence, *([tempo] if tempo is not None else [])]
    if not heard.evidence and heard.gaps:
        gap = heard.gaps[0]
        return {"error": {"code": gap.code, "message": gap.reason, "hint": gap.hint}}
    return {
        "path": outcome.step.subject,
        "evidence": [{**evidence_to_json(item), "id": f"e{i}"} for i, item in enumerate(evidence, start=1)],
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
    for item in document["evidence"]:
        if item["name"] == "rhythm.tempo_bpm":
            figures.append(f"stretched from {item['value']:.2f} BPM, {item['source']['method']}")
    yield f"  {', '.join(figures)}"
    for gap in document["gaps"]:
        yield f"  note: {gap['reason']}" + (f" ({gap['hint']})" if gap["hint"] else "")


_FIGURES = {
    "edit.loudness_lufs": "{:.1f} LUFS",
    "edit.true_peak_dbtp": "true peak {:.1f} dBTP",
    "edit.gain_db": "gain {:+.2f} dB",
    "edit.tempo_bpm": "stretched from {:.2f} BPM",
}
