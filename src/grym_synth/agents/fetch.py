# /// script
# requires-python = ">=3.11"
# dependencies = ["grym-synth"]
#
# [tool.uv.sources]
# grym-synth = { path = "../../..", editable = true }
#
# [tool.grym]
# name = "fetch"
# version = "1"
# about = "Fetches one page, feed or file from the public internet into a folder; nothing else opens addresses."
# capabilities = []
# needs_recording = false
# permissions = ["network", "write"]
# cpu = 0.2
# ram_gb = 0.3
# cost = { cpu_s = 3.0, per_minute = 0.0 }
# ///
"""One page from the public internet, kept in a folder. What may be opened is decided by `knowledge.rules`.

uv run fetch.py https://example.org/page ~/pages
uv run fetch.py                                    speaks MCP on stdin and stdout

It sends no cookie, no login and no referer, uses no proxy, runs nothing, and follows no link but redirects.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from grym_synth.agent_stdio import Call, Result, Tool, print_result, serve
from grym_synth.errors import BadRequest, GrymError, Unavailable
from grym_synth.knowledge.fetching.page import Browser, Page, Wish
from grym_synth.knowledge.fetching.ways import Ways
from grym_synth.knowledge.rules.content import ENDINGS
from grym_synth.knowledge.rules.urls import LONGEST
from grym_synth.messages import Evidence, Gap, Json, Source

NAME, VERSION = "fetch", "1"

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["address", "folder"],
    "properties": {
        "address": {"type": "string", "maxLength": 4 * LONGEST, "description": "https://..."},
        "folder": {"type": "string", "maxLength": 4096, "description": "where its content is kept"},
        "subject": {"type": "string", "maxLength": 4 * LONGEST, "description": "what to call it"},
        "capabilities": {"type": "array", "items": {"enum": [NAME]}, "maxItems": 1},
        "allow_http": {"type": "boolean", "default": False},
        "etag": {"type": "string", "maxLength": 400, "description": "of the copy that is held"},
        "last_modified": {"type": "string", "maxLength": 100, "description": "of the copy that is held"},
        "loopback_test": {
            "type": "boolean",
            "default": False,
            "description": "for tests alone: opens nothing but this machine",
        },
    },
}

_BROWSERS = {False: Browser(), True: Browser(Ways(loopback_only=True))}


def fetch(arguments: dict[str, Any], call: Call, browser: Browser | None = None) -> Result:
    """Fetch one address into the folder; why it is not fetched becomes a gap. Tests bring a `browser` of their own."""
    address = str(arguments["address"])
    subject = str(arguments.get("subject", address))
    browser = browser or _BROWSERS[bool(arguments.get("loopback_test", False))]
    wish = Wish(
        address, bool(arguments.get("allow_http", False)),
        str(arguments.get("etag", "")), str(arguments.get("last_modified", "")),
    )  # fmt: skip
    call.progress(0.02, "judging")
    try:
        folder = _folder(str(arguments["folder"]))
        page = browser.fetch(wish, call.progress)
        path = "" if page.is_unchanged else str(_keep(page, folder))
    except GrymError as error:
        return Result((), (Gap.from_error(error, capability=NAME, subject=subject),))
    method = "fetched from this machine, as a test" if browser.ways.loopback_only else "fetched"
    value = {**_told(page), "path": path, "is_test": browser.ways.loopback_only}
    return Result((Evidence("", "fetch.page", "label", value, "", 1.0, subject, Source(NAME, VERSION, method)),))


def _told(page: Page) -> dict[str, Json]:
    expected = {} if page.expected is None else page.expected.to_json()
    return {
        "address": page.target.url, "status": page.status, "is_unchanged": page.is_unchanged, "kind": page.kind,
        "bytes": len(page.content), "sha256": hashlib.sha256(page.content).hexdigest() if page.expected else "",
        "hops": list(page.hops), "machine": page.address, "crawl_delay_s": page.crawl_delay_s, "tries": page.tries,
        **expected,
    }  # fmt: skip


def _folder(name: str) -> Path:
    folder = Path(name)
    if not folder.is_absolute() or folder.is_symlink() or not folder.is_dir():
        raise BadRequest(f"the folder {name[:80]!r} is not there", hint="name one that is, from / on")
    return folder


def _keep(page: Page, folder: Path) -> Path:
    """Write the content whole or not at all, for nobody else to read."""
    token = secrets.token_hex(16)
    place = folder / f"fetched-{token}{ENDINGS.get(page.kind, '.bin')}"
    draft = folder / f".grym-{token}"
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(page.content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Unavailable(f"{str(folder)!r} cannot be written to: {error.strerror}") from error
    return place


def main() -> None:
    if len(sys.argv) == 1:
        description = "Fetch one page, feed or file from the public internet into a folder."
        serve(NAME, VERSION, [Tool(NAME, description, SCHEMA, fetch, read_only=False)])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("folder", type=Path, nargs="?", default=Path(), help="where it is kept; else here")
    parser.add_argument("--allow-http", action="store_true")
    parser.add_argument("--etag", help="of the copy that is held")
    parser.add_argument("--last-modified", help="of the copy that is held")
    parser.add_argument("--loopback-test", action="store_true", help=argparse.SUPPRESS)
    options = {name: value for name, value in vars(parser.parse_args()).items() if value is not None}
    options["folder"] = str(options["folder"].expanduser().absolute())
    raise SystemExit(print_result(fetch(options, Call())))


if __name__ == "__main__":
    main()
