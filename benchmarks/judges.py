"""Judges that others made, against our server: conformance, inspection, fuzzing, and a client that shares no code.

    python -m benchmarks.judges [--node NODE --suite INDEX.js] [--node NODE --inspector INDEX.js] [--fuzzer PROGRAM]
                                [--schemathesis PROGRAM] [--fastmcp PYTHON] [--write]

Each needs the path of what it names, installed wherever you like, beside ours:
`@modelcontextprotocol/conformance@0.2.0-alpha.12` (`dist/index.js`) and `@modelcontextprotocol/inspector@2.12.0`
(`clients/launcher/build/index.js`) with Node 22 or later; `mcp-fuzzer==0.7.0`; `schemathesis` under Python 3.12, since
with 3.11 it stumbles over itself; a Python with `fastmcp>=4`. All of them speak with this machine only. What a judge
found beside its exit code is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.web_hub import WebHub, web_hub

from benchmarks.rows import GRYM, Row, write_table

COMMAND = "python -m benchmarks.judges"
_ERAS = ("2026-07-28", "2025-11-25")
_AT_MOST_S = 300
_EXAMPLES = Path(__file__).parents[1] / "examples"
_CONFORMANCE = "official conformance suite 0.2.0-alpha.12, server, {era}, with what is not scored"


def run(command: Sequence[str], **variables: str) -> tuple[int, str]:
    """The exit code of a judge, 124 when it did not end, and all that it said."""
    environment = {**os.environ, **variables}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_AT_MOST_S, check=False, env=environment)
    except subprocess.TimeoutExpired as late:
        return 124, str(late.output)
    return done.returncode, done.stdout + done.stderr


@contextmanager
def fixture() -> Iterator[str]:
    """The address of the server with what the conformance suite asks for."""
    command = [str(GRYM), "mcp", "--conformance-fixture", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield next(found[0] for line in process.stderr if (found := re.search(r"http://\S+", line)))
        finally:
            process.terminate()
            process.communicate()


@contextmanager
def hub() -> Iterator[WebHub]:
    """A fresh hub with one recording to speak of."""
    with tempfile.TemporaryDirectory(prefix="grym-judges-") as name:
        music = Path(name, "music")
        music.mkdir()
        for song in _EXAMPLES.glob("*.ogg"):
            shutil.copy(song, music)
        with web_hub(Path(name, "home"), music) as running:
            yield running


def conformance(node: str, suite: str) -> Iterator[Row]:
    with fixture() as url:
        for era in _ERAS:
            code, said = run([node, suite, "server", "--url", url, "--requirements", era])
            totals = re.findall(r"Total: (\d+) passed, (\d+) failed", said)
            passed, failed = totals[-1] if totals else ("0", "?")
            figure = f"{passed} checks passed, {failed} failed, exit {code}"
            yield Row(_CONFORMANCE.format(era=era), figure, "exit 0; tasks pass too", COMMAND)


def inspection(node: str, inspector: str) -> Iterator[Row]:
    """Every list, a call and a resource over stdin and stdout; the tools by `--strict`."""
    ask = ["--tool-name", "ask", "--tool-args-json", json.dumps({"question": "dotted eighth at 120 bpm"})]
    methods = [
        ["tools/list", "--strict"], ["resources/list"], ["resources/templates/list"], ["prompts/list"],
        ["tools/call", *ask], ["resources/read", "--uri", "health://hub"],
    ]  # fmt: skip
    for era in ("modern", "legacy"):
        codes, warnings = [], 0
        with tempfile.TemporaryDirectory(prefix="grym-judges-") as home:
            for method in methods:
                command = [node, inspector, "--cli", str(GRYM), "mcp", "-e", f"GRYM_HOME={home}"]
                code, said = run([*command, "--protocol-era", era, "--method", *method])
                codes.append(code)
                warnings += len(re.findall(r"^Warning:", said, re.MULTILINE))
                if code:
                    print(said[-2000:])
        figure = f"exit codes {', '.join(map(str, codes))}; {warnings} warnings"
        yield Row(f"Inspector 2.12 over stdio, {era} era, tools by --strict", figure, "no failure", COMMAND)


def fuzzing(fuzzer: str) -> Iterator[Row]:
    for mode in ("tools", "resources"):
        with hub() as running, tempfile.TemporaryDirectory(prefix="grym-judges-") as out:
            command = [fuzzer, "--mode", mode, "--phase", "realistic", "--protocol", "streamablehttp", "--runs", "5"]
            command += ["--endpoint", f"{running.url}/mcp", "--timeout", "20", "--tool-timeout", "20", "--seed", "7"]
            command += ["--no-network", "--allow-host", "127.0.0.1", "--auth-env", "--output-dir", out]
            token = {"MCP_OAUTH_TOKEN": running.token, "MCP_DEFAULT_AUTH_PROVIDER": "oauth"}
            code, said = run(command, **token)
            is_alive = running.get("/v1/health").status_code == 200
        crashes = sum(map(int, re.findall(r"(\d+) crashes", said)))
        anomalies = sum(map(int, re.findall(r"(\d+) transport/protocol anomalies", said)))
        accepted = re.findall(r"accepted_malformed: (\d+)", said)
        figure = (
            f"exit {code}, {crashes} crashes, {anomalies} anomalies, {accepted[-1] if accepted else 0} inputs it calls"
        )
        figure += f" malformed and that are valid (read one by one); the hub {'goes on' if is_alive else 'IS GONE'}"
        yield Row(f"mcp-fuzzer 0.7.0, {mode}", figure, "no failure, no hang", COMMAND)


def schemas(schemathesis: str) -> Iterator[Row]:
    with hub() as running:
        command = [schemathesis, "run", f"{running.url}/openapi.json", "-H", f"Authorization: Bearer {running.token}"]
        command += ["--seed", "7", "--max-examples", "15", "--exclude-path", "/v1/events", "--request-timeout", "20"]
        code, said = run([*command, "--phases", "examples,coverage,fuzzing", "-w", "2"])
        is_alive = running.get("/v1/health").status_code == 200
    if code:
        print("\n".join(line for line in said.splitlines() if len(line) < 300)[-4000:])
    found = re.findall(r"(\d+ generated[^\n]*)", said)
    figure = f"{found[-1] if found else said[-300:]}, exit {code}; the hub {'goes on' if is_alive else 'IS GONE'}"
    yield Row("schemathesis on the OpenAPI document", figure, "no failure, no 5xx", COMMAND)


def independent(python: str) -> Iterator[Row]:
    with hub() as running:
        song = next((running.home.parent / "music").glob("*.ogg"))
        script = Path(__file__).with_name("independent.py")
        code, said = run([python, str(script), f"{running.url}/mcp", running.token, str(song)])
    met = len(re.findall(r"^met", said, re.MULTILINE))
    if code:
        print(said[-2000:])
    yield Row("fastmcp's client and a scripted model", f"{met} checks met, {code} failed", "as documented", COMMAND)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--node", default="node")
    for name in ("suite", "inspector", "fuzzer", "schemathesis", "fastmcp"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--write", action="store_true", help="write the table in benchmarks/README.md")
    wanted = parser.parse_args()
    rows: list[Row] = []
    if wanted.suite:
        rows += conformance(wanted.node, wanted.suite)
    if wanted.inspector:
        rows += inspection(wanted.node, wanted.inspector)
    if wanted.fuzzer:
        rows += fuzzing(wanted.fuzzer)
    if wanted.schemathesis:
        rows += schemas(wanted.schemathesis)
    if wanted.fastmcp:
        rows += independent(wanted.fastmcp)
    for row in rows:
        print(f"{row.what}: {row.figure} (goal: {row.goal})")
    if wanted.write:
        write_table(rows)


if __name__ == "__main__":
    main()
