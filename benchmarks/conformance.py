"""The official conformance suite against our server, in both eras of the protocol.

    python -m benchmarks.conformance SUITE [--node NODE] [--write]

SUITE is `dist/index.js` of `@modelcontextprotocol/conformance@0.2.0-alpha.12`, unpacked anywhere; it needs Node 22. The
server is `grym mcp --conformance-fixture`, behind our gate and middleware, without a token.
"""

from __future__ import annotations

import argparse
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.rows import GRYM, Row, write_table

COMMAND = "python -m benchmarks.conformance SUITE"
_ERAS = ("2026-07-28", "2025-11-25")
_AT_MOST_S = 300


@contextmanager
def fixture() -> Iterator[str]:
    """The address of the server."""
    command = [str(GRYM), "mcp", "--conformance-fixture", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            yield next(found[0] for line in process.stderr if (found := re.search(r"http://\S+", line)))
        finally:
            process.terminate()
            process.communicate()


def run(node: str, suite: Path, url: str, era: str) -> tuple[int, str]:
    """The exit code, and what the suite says of all its checks, scored or not."""
    command = [node, str(suite), "server", "--url", url, "--requirements", era]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_AT_MOST_S, check=False)
    said = re.findall(r"Total: (\d+) passed, (\d+) failed", done.stdout)
    passed, failed = said[-1] if said else ("0", "?")
    return done.returncode, f"{passed} checks passed, {failed} failed, exit {done.returncode}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", type=Path)
    parser.add_argument("--node", default="node")
    parser.add_argument("--write", action="store_true", help="write the table in benchmarks/README.md")
    wanted = parser.parse_args()
    rows, worst = [], 0
    with fixture() as url:
        for era in _ERAS:
            code, said = run(wanted.node, wanted.suite, url, era)
            worst = max(worst, code)
            what = f"official conformance suite 0.2.0-alpha.12, server, {era}, with what is not scored"
            rows.append(Row(what, said, "exit 0; tasks pass too", COMMAND))
    for row in rows:
        print(f"{row.what}: {row.figure} (goal: {row.goal})")
    if wanted.write:
        write_table(rows)
    raise SystemExit(worst)


if __name__ == "__main__":
    main()
