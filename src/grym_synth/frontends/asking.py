"""`grym ask`: the main job. What would be done can be seen before, and what writes a file is done after a yes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .protocol import operation_of
from .telling import JsonOption, for_terminal, perform


def ask(
    question: Annotated[str, typer.Argument(help="What you want to know, in your own words.")],
    files: Annotated[
        list[str] | None, typer.Argument(help="Recordings, or folders of them.", show_default=False)
    ] = None,
    context: Annotated[
        str, typer.Option("--context", help='The project at hand: what "it" and "the other one" mean.', metavar="NAME")
    ] = "default",
    brief: Annotated[bool, typer.Option("--brief", help="The short answer alone.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Everything that was measured for it.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be done and what it would take; do nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do what writes a file, without asking.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Name of the file that an edit makes.", show_default=False, metavar="FILE")
    ] = None,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Use no language model, even a configured one.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Listen again, even to what was heard before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Ask a question and see the evidence for the answer.

    grym ask "is it loud enough for streaming?" master.wav

    grym ask "dotted eighth delay at 96 bpm"

    grym ask "fade out over the last 8 seconds" song.wav
    """
    if files and _exists(question) and not any(_exists(name) for name in files):
        raise typer.BadParameter(f'the question comes first: grym ask "{" ".join(files)}" {question}')
    if brief and full:
        raise typer.BadParameter("--brief and --full exclude each other")
    operation = operation_of(
        "ask",
        question=question,
        paths=files or [],
        context=context,
        use_cache=not no_cache,
        use_model=not no_llm,
        detail="brief" if brief else "full" if full else "normal",
        plan_only=plan,
        consent=yes,
        params={} if out is None else {"out": str(Path.cwd() / out)},
    )
    is_proposed = False

    def look(document: dict[str, Any]) -> None:
        nonlocal is_proposed
        is_proposed = any(gap["code"] == CONSENT for gap in document.get("gaps", []))

    show = _show_plan if plan else _show_brief if brief else _show_answer
    try:
        perform(operation, as_json, show, afterwards=look)
    except typer.Exit:
        is_in_person = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
        if plan or not is_proposed or not is_in_person or not typer.confirm("Do it?"):
            raise
    perform({**operation, "consent": True}, as_json, show)


#: The gap that a step leaves which would write and was not allowed to.
CONSENT = "consent"


def _show_brief(document: dict[str, Any]) -> None:
    typer.echo(for_terminal(document["answer"]))


def _show_answer(document: dict[str, Any]) -> None:
    from .evidence_lines import evidence_lines

    typer.echo(for_terminal(document["answer"]))
    cited = {key for claim in document["claims"] for key in claim["evidence"]}
    shown = [item for item in document["evidence"] if item["id"] in cited]
    for number, line in enumerate(evidence_lines(shown)):
        typer.echo(("" if number else "\n") + line)


def _show_plan(document: dict[str, Any]) -> None:
    typer.echo(for_terminal("\n".join(plan_lines(document))))


_MOST_STEPS = 12  # that are listed one by one


def plan_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """A plan in lines for a person: what it takes in all, then each step."""
    steps, taken = document["plan"], document["estimate"]
    for word, names in document.get("referred", {}).items():
        yield f"“{word}” is {' and '.join(names)}"
    if steps:
        known = f", {taken['known']} of them known already" if taken["known"] else ""
        count = f"{len(steps)} step{'s' if len(steps) > 1 else ''}"
        yield f"{count}{known}: {_seconds(taken['seconds'])} at most, with up to {taken['ram_gb']:g} GB of memory"
    for step in steps[:_MOST_STEPS]:
        yield f"  {_step_line(step)}"
    if len(steps) > _MOST_STEPS:
        yield f"  ... and {len(steps) - _MOST_STEPS} more"
    for gap in document["gaps"]:
        yield f"not planned: {gap['reason']}" + (f" ({gap['hint']})" if gap["hint"] else "")
    if not steps and not document["gaps"]:
        yield "nothing would be done: the question is not for this hub"


def _step_line(step: Mapping[str, Any]) -> str:
    what = f"{step['id']}  {step['agent']}: {', '.join(step['capabilities'])}"
    if step["subject"]:
        what += f" of {step['subject']}"
    if "beside" in step:
        what += f" beside {step['beside']}"
    for taken in step.get("takes", {}).values():
        what += f", with {taken['name']} of {taken['subject']}"
    if step.get("after"):
        what += f", after {' and '.join(step['after'])}"
    ops = step["params"].get("ops")
    if ops:
        what += f" [{' '.join(ops)}]"
    return f"{what}  ({'known already' if step['known'] else _seconds(step['seconds'])})"


def _seconds(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds >= 10 else f"{max(seconds, 0.1):.1f} s"


def _exists(name: str) -> bool:
    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False
