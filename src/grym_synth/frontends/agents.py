"""`grym agents`: see, run, check, write and approve the single-file specialists."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .telling import JsonOption, print_json, told

if TYPE_CHECKING:
    from ..config import Config
    from ..execution.catalog import AgentCard, Catalog

app = typer.Typer(
    help="Agents: one file, one job. See docs/agents.md for how to write one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_ANY_WORDS = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command("list")
def list_agents(as_json: JsonOption = False) -> None:
    """Show every agent: what it answers, what it may do, whether it may be run."""
    with told(as_json):
        config, catalog = _read()
        rows = [_row(card, config) for card in catalog.cards.values()]
    troubles = [{"reason": gap.reason, "hint": gap.hint} for gap in catalog.troubles]
    if as_json:
        print_json({"agents": rows, "troubles": troubles})
        return
    for row in rows:
        answers = " ".join(row["capabilities"]) or "(called by name)"
        may = ", ".join(row["permissions"]) or "nothing"
        typer.echo(f"{row['name']:11} {row['state']:9} {answers}\n{'':21} may {may}; {row['runs_on']}")
    for trouble in troubles:
        sys.stderr.write(f"grym: {trouble['reason']}\n")


@app.command(context_settings=_ANY_WORDS)
def run(context: typer.Context, name: Annotated[str, typer.Argument(help="Name of an agent.")]) -> None:
    """Run one agent by hand: it prints its evidence, a JSON document a line.

    grym agents run listen song.wav --only rhythm
    """
    import subprocess

    from ..config import agent_environment
    from ..execution.approval import Approvals
    from ..execution.launching import launch_command

    with told(as_json=False):
        config, catalog = _read()
        card = catalog.agent(name)
        Approvals(config.agents_folder).check(card)
        command = launch_command(card, context.args)
    sys.stdout.flush()
    done = subprocess.run(command, env=agent_environment(), check=False)
    raise typer.Exit(done.returncode if done.returncode >= 0 else 128 - done.returncode)


@app.command()
def approve(
    script: Annotated[str, typer.Argument(help="A script, or the name of an agent whose script has changed.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Let a script be run, as it is now: look at it first, it can do what you can.

    Makes its environment, with uv, when it needs more than is installed here.
    """
    from ..execution.approval import Approvals
    from ..execution.catalog import read_card
    from ..execution.launching import prepare

    with told(as_json):
        config, catalog = _read()
        path = Path(script)
        if not path.is_file():
            path = catalog.agent(script).script
        card = read_card(path)
        _show(card)
        if not yes and not as_json and sys.stdin.isatty() and not typer.confirm("run this from now on?", err=True):
            raise typer.Exit(2)
        card = Approvals(config.agents_folder).approve(path, prepare, shown=card.sha256)
        own = _row(card, config)["runs_on"]
    if as_json:
        print_json({"approved": card.name, "sha256": card.sha256, "script": str(card.script)})
    else:
        typer.echo(f"{card.name} {card.version} may be run, with {own}: {card.script}")


@app.command(context_settings=_ANY_WORDS)
def doctor(
    context: typer.Context,
    script: Annotated[
        str | None, typer.Argument(help="A script, the name of an agent, or a server's command.", show_default=False)
    ] = None,
    call: Annotated[
        str, typer.Option("--call", help="Of a stranger's server, call this tool; else only those that say they read.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Check agents against the contract: all that may be run, a script, or any MCP server command after `--`.

    grym agents doctor mood.py

    grym agents doctor -- some-mcp-server --its-option
    """
    import asyncio

    from ..config import agent_environment
    from ..execution.approval import Approvals
    from ..execution.judging.judge import judge
    from .agent_verdicts import verdict_lines, verdict_to_json

    with told(as_json):
        config, catalog = _read()
        if script is None:
            approvals = Approvals(config.agents_folder)
            approved = (card for card in catalog.cards.values() if approvals.is_approved(card))
            commands = {card.name: [str(card.script)] for card in approved}
        else:
            named = catalog.cards.get(script) if not Path(script).exists() else None
            commands = {script: [str(named.script) if named else script, *context.args]}
        passed = True
        for name, command in commands.items():
            verdict = asyncio.run(judge(command, environment=agent_environment(), call=call or None))
            passed = passed and all(check.ok for check in verdict.checks)
            if as_json:
                document = verdict_to_json(verdict)
                print_json(document if script else {"agent": name, **document})
            else:
                typer.echo("\n".join([*([] if script else [f"{name}:"]), *verdict_lines(verdict)]))
    raise typer.Exit(0 if passed else 3)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and _; the tool's and the file's name.")],
    folder: Annotated[Path, typer.Option("--in", help="Where to write it.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Write a working agent and a test of it, to start from.

    grym agents new mood
    """
    from ..execution.new_agent import write_agent

    with told(as_json):
        script, test = write_agent(name, folder)
        if as_json:
            print_json({"script": str(script), "test": str(test)})
        else:
            typer.echo(f"{script} measures the mean level; make it do what you want\n{test} launches and checks it")
            typer.echo(f"next: grym agents doctor {script}, then: grym agents approve {script}")


def _show(card: AgentCard) -> None:
    """What somebody should know before they let it run; nothing of it can steer the terminal that shows it."""
    from .exports import printable

    lines = [
        f"{card.name} {card.version}: {card.about or 'says nothing of what it does'}",
        f"  script   {card.script}",
        f"  sha256   {card.sha256}",
        f"  answers  {', '.join(card.capabilities) or 'only when called by name'}",
        f"  may      {', '.join(card.permissions) or 'nothing'} (declared, not enforced)",
        f"  needs    {', '.join(card.dependencies) or 'the standard library'}",
    ]
    sys.stderr.write("\n".join(map(printable, lines)) + "\n")


def _row(card: AgentCard, config: Config) -> dict[str, Any]:
    from ..errors import BadSetup
    from ..execution.approval import Approvals
    from ..execution.launching import interpreter_for

    try:
        interpreter = interpreter_for(card)
        runs_on = "this interpreter" if interpreter == sys.executable else interpreter
    except BadSetup as error:
        runs_on = str(error)
    approved = Approvals(config.agents_folder).is_approved(card)
    return {
        "name": card.name,
        "version": card.version,
        "about": card.about,
        "capabilities": list(card.capabilities),
        "permissions": list(card.permissions),
        "lowest_health": card.lowest_health,
        "state": ("ours" if card.is_ours else "approved") if approved else "CHANGED",
        "runs_on": runs_on,
        "script": str(card.script),
        "sha256": card.sha256,
    }


def _read() -> tuple[Config, Catalog]:
    from ..config import read_config
    from ..execution.catalog import read_catalog

    config = read_config()
    return config, read_catalog(config.agents_folder)
