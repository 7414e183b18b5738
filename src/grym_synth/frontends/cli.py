"""The command line `grym`. Results go to stdout, everything else to stderr; see CONTRACT for the exit codes."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import __version__
from . import (
    agents,
    asking,
    contexts,
    ear,
    editing,
    finding,
    housekeeping,
    jobs,
    learn,
    library,
    mcp_command,
    migrate,
    models,
    notes,
    patterns,
    share,
    signin,
    status,
    teaching,
    worker,
)
from . import similar as similarity
from .protocol import operation_of
from .telling import JsonOption, fail, for_terminal, perform, print_json, say_error, settings, told, until_told

app = typer.Typer(
    name="grym",
    help="Ask your recordings. Point at files or folders and ask in your own words.\n\n"
    'Try: grym ask "how fast is it, and in which key?" song.flac',
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def OutOption(help: str) -> Any:  # noqa: N802 it stands where typer.Option does
    """A file that a command writes."""
    return typer.Option(help=help, show_default=False, metavar="FILE")


@app.command()
def route(
    question: Annotated[str | None, typer.Argument(help="The question to route.", show_default=False)] = None,
    files: Annotated[
        list[str] | None, typer.Argument(help="Files it is about (need not exist).", show_default=False)
    ] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help='Lines of {"id", "query", "files"}.', show_default=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which capabilities a question needs, and why."""
    if (question is None) == (batch is None):
        raise typer.BadParameter("give a QUESTION, or --batch FILE")
    questions = [{"query": question, "files": files or []}] if batch is None else _read_batch(batch)

    def show(document: dict[str, Any]) -> None:
        names = ", ".join(document["capabilities"]) or "none of these: the question is not for this hub"
        label = f"{document['id']}: " if "id" in document else ""
        typer.echo(f"{label}{names}  ({document['confidence']:.0%} sure)")
        for name, reason in document["reasons"].items():
            typer.echo(f"  {name}: {reason}")

    perform(operation_of("route", questions=questions), as_json, show)


@app.command()
def analyze(
    files: Annotated[list[str], typer.Argument(help="Recordings, or folders of them.")],
    only: Annotated[
        str, typer.Option(help="Capabilities, separated by commas; default: all.", show_default=False)
    ] = "",
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Listen again, even to what was heard before.")] = False,
    as_json: JsonOption = False,
    jams: Annotated[bool, typer.Option("--jams", help="Print JAMS, for music research tools.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print one long table.")] = False,
    labels: Annotated[bool, typer.Option("--labels", help="Print a label track for Audacity.")] = False,
    plot: Annotated[Path | None, OutOption("Draw to this PNG; with --only, a panel for each capability.")] = None,
    report: Annotated[Path | None, OutOption("Write one HTML page with a player and every finding.")] = None,
    midi: Annotated[Path | None, OutOption("Write the notes to this MIDI file, with the tempo map.")] = None,
    reaper: Annotated[Path | None, OutOption("Write markers and regions for REAPER to this CSV.")] = None,
    cues: Annotated[Path | None, OutOption("Write a copy of the WAV with cue points.")] = None,
    tagged: Annotated[Path | None, OutOption("Write a copy with tempo and key as tags.")] = None,
    layers: Annotated[
        str,
        typer.Option(
            help="What labels, markers and cue points show: sections, keys, chords, downbeats, beats, onsets, notes, "
            "silences.",
            show_default=False,
        ),
    ] = "",
    vectors: Annotated[
        bool, typer.Option("--vectors", help="In the JSON, the vectors that similarity is judged by.")
    ] = False,
    n_fft: Annotated[
        int | None,
        typer.Option(
            "--n-fft", help="Points of the FFT that peaks are read from.", min=16, max=1 << 20, show_default="2048"
        ),
    ] = None,
    window: Annotated[str | None, typer.Option(help="Its window.", show_default="hann")] = None,
    start: Annotated[
        float | None, typer.Option(help="Where it starts, in seconds.", min=0.0, show_default="the loudest place")
    ] = None,
) -> None:
    """Measure recordings without a question.

    grym analyze song.flac --only rhythm,tonality --json

    grym analyze song.flac --report song.html
    """
    from ..errors import GrymError
    from ..messages import CAPABILITIES
    from .outputs import Outputs, as_text_of, needed

    texts = [name for name, given in (("jams", jams), ("csv", csv), ("labels", labels)) if given]
    if len(texts) + as_json > 1:
        raise typer.BadParameter("--json, --jams, --csv and --labels exclude each other")
    capabilities = _names(only)
    unknown = [name for name in capabilities if name not in CAPABILITIES]
    if unknown:  # unless an agent of the user's brings it
        from ..execution.catalog import read_catalog

        brought = read_catalog(settings(as_json).agents_folder).capabilities()
        for name in unknown:
            if name not in brought:
                raise typer.BadParameter(
                    f"unknown capability {name!r}; there is {', '.join(dict.fromkeys((*CAPABILITIES, *brought)))}"
                )
    given = {"plot": plot, "report": report, "midi": midi, "reaper": reaper, "cues": cues, "tagged": tagged}
    wanted = {name: path for name, path in given.items() if path is not None}
    outputs = Outputs(wanted, tuple(_names(layers)), tuple(capabilities), settings(as_json).home / "matplotlib")
    try:
        outputs.check(len(files))
    except GrymError as error:
        raise typer.BadParameter(f"{error}; {error.hint}" if error.hint else str(error)) from error
    if vectors and capabilities:
        capabilities.append("timbre")
    params = {"n_fft": n_fft, "window": window, "start_s": start, "vectors": vectors or None}
    operation = operation_of(
        "analyze",
        paths=files,
        capabilities=needed(capabilities, [*texts, *wanted]),
        params={name: value for name, value in params.items() if value is not None},
        use_cache=not no_cache,
    )
    shown = 0

    def show(document: dict[str, Any]) -> None:
        nonlocal shown
        from .exports import as_text

        if "error" in document and texts:
            say_error(document["error"])
            return
        shown += 1
        layers_wanted = outputs.layers
        text = as_text_of(texts[0], document, layers_wanted, is_first=shown == 1) if texts else as_text(document)
        typer.echo(for_terminal(text) if sys.stdout.isatty() else text)

    heard = 0

    def write(document: dict[str, Any]) -> None:
        nonlocal heard
        if wanted and "error" not in document:
            heard += 1
            for out in outputs.write(document, heard):
                sys.stderr.write(f"written: {out}\n")

    perform(operation, as_json, show, afterwards=write)


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


@app.command()
def compare(
    files: Annotated[list[str], typer.Argument(help="Two recordings or more; each is held against the first.")],
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Listen again, even to what was heard before.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say how recordings differ, and whether they fit together.

    grym compare mix-3.wav mix-4.wav
    """
    if as_json:
        perform(operation_of("compare", paths=files, use_cache=not no_cache), as_json, print_json)
    asking.ask(COMPARE_IN_WORDS, files, no_cache=no_cache)


#: What `grym compare` asks when it answers in words.
COMPARE_IN_WORDS = "Compare these recordings: what is the difference, and do they fit together?"


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="The address to listen on; others than this machine's need `resource_url`.")
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help="The port.", min=0, max=65535, show_default="8473, or the next that is free")
    ] = None,
) -> None:
    """Keep a warm hub until Ctrl-C: other commands answer sooner, programs and assistants can ask it.

    It answers HTTP (see the page it names), MCP at /mcp, and metrics at /metrics; the token lies in your data folder.
    """
    import asyncio

    from ..identity.owner_token import owner_token
    from .calls.desk import open_desk
    from .http.serve import bind, serve_web

    config = settings()
    with told(as_json=False):
        if host not in ("127.0.0.1", "localhost", "::1") and not config.resource_url:
            from ..errors import BadSetup

            raise BadSetup(
                f"{host} is more than this machine, and nothing says under which name others reach it",
                hint="set resource_url in config.toml: docs/mcp.md",
            )
        with bind(host, port) as listening:
            owner_token(config.home)
            address = f"http://{host}:{listening.getsockname()[1]}"

            def announce(*, is_front: bool) -> None:
                who = "runs in another process, for which this one speaks" if is_front else "is ready"
                sys.stderr.write(f"the hub of {config.home} {who}; stop it with Ctrl-C\n")
                sys.stderr.write(f"{address} answers those with the token in {config.home / 'owner-token'}\n")
                sys.stderr.flush()

            asyncio.run(until_told(serve_web(open_desk(config), listening, announce)))


@app.command()
def doctor(
    supabase: Annotated[
        bool, typer.Option("--supabase", help="Try what a shared store needs, on the server that config.toml names.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check the installation; say how to get what is missing."""
    from .doctor import check_installation, check_shared_store

    with told(as_json):
        checks = (check_shared_store if supabase else check_installation)(settings(as_json))
    verdict = "pass" if all(check.ok or check.is_optional for check in checks) else "fail"
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "optional": c.is_optional, "detail": c.detail} for c in checks]
        typer.echo(json.dumps({"verdict": verdict, "checks": rows}, separators=(",", ":")))
    else:
        for check in checks:
            mark = "ok     " if check.ok else "missing" if check.is_optional else "FAILED "
            typer.echo(f"{mark}  {check.name}: {check.detail}")
    raise typer.Exit(0 if verdict == "pass" else 5)


app.command("ask")(asking.ask)
app.add_typer(contexts.app, name="context")
app.add_typer(jobs.app, name="jobs")
app.command("teach", no_args_is_help=True, context_settings=teaching.SETTINGS)(teaching.teach)
app.add_typer(ear.app, name="ear")
app.add_typer(share.app, name="share")
app.add_typer(agents.app, name="agents")
app.command("edit")(editing.edit)
app.command("index")(library.index)
app.command("learn")(learn.learn)
app.command("forget")(learn.forget)
app.command("similar")(similarity.similar)
app.add_typer(patterns.app, name="patterns")
app.command("find")(finding.find)
app.command("notes", no_args_is_help=True)(notes.notes)
app.command("migrate")(migrate.migrate)
app.command("login")(signin.login)
app.command("logout")(signin.logout)
app.command("whoami")(signin.whoami)
app.command("worker")(worker.worker)
app.command("cleanup")(housekeeping.cleanup)
app.command("status")(status.status)
app.add_typer(mcp_command.app, name="mcp")
app.command("pause")(status.pause)
app.command("resume")(status.resume)
app.add_typer(models.app, name="models")

#: Commands that CONTRACT names and this version does not have: they say so, instead of being unknown.
NOT_YET = (
    "config",
)  # fmt: skip


def _not_yet(context: typer.Context) -> None:
    _say_not_yet(f"`grym {context.info_name}`", as_json="--json" in context.args)


for _name in NOT_YET:
    _anything = {"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []}
    app.command(_name, hidden=True, context_settings=_anything)(_not_yet)


def _say_not_yet(what: str, *, as_json: bool) -> None:
    from ..errors import BadSetup

    fail(BadSetup(f"{what} is not in this version of grym-synth", hint="see CHANGELOG.md for what is"), as_json)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grym-synth {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; the exit code is the one CONTRACT promises, also for our own bugs."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: what we say goes nowhere, and no other file takes its number
            stream = open(os.open(os.devnull, os.O_WRONLY), "w")  # noqa: SIM115, PTH123 lives as long as we do
            setattr(sys, name, stream)
        stream.reconfigure(errors="backslashreplace")  # names need not be UTF-8, terminals need not be either
    try:
        app()
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of a pipe had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.exit(0)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EIO) or error.filename is not None:
            sys.exit(_confess(error))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.stderr.write(f"grym: the output could not be written: {error.strerror}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as fault:  # noqa: BLE001 whatever it is, it is ours: one sentence, and the details in a file
        sys.exit(_confess(fault))


def _confess(fault: Exception) -> int:
    """Tell of a fault of ours in one sentence; where it happened goes to a file that can be sent along."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", prefix="grym-fault-", suffix=".txt", delete=False) as file:
        file.write(f"grym-synth {__version__}\n{sys.argv!r}\n")
        traceback.print_exception(fault, file=file)
    sys.stderr.write(f"grym: this is a fault of ours ({type(fault).__name__}: {fault})\n      details: {file.name}\n")
    return 1


def _read_batch(path: Path) -> list[dict[str, Any]]:
    try:
        lines = [line for line in path.read_text(encoding="utf-8-sig").split("\n") if line.strip()]
        questions = [json.loads(line, parse_constant=_refuse_constant) for line in lines]
    except (OSError, ValueError, RecursionError) as error:
        raise typer.BadParameter(f"cannot read {str(path)!r}: {error}") from error
    for number, question in enumerate(questions, start=1):
        match question:
            case {"query": str(), "files": [*files]} if all(isinstance(name, str) for name in files):
                pass
            case {"query": str()} if question.get("files") is None:
                pass
            case _:
                raise typer.BadParameter(f'line {number} of {str(path)!r} is no {{"id", "query", "files": [names]}}')
    return questions


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
