"""A real `grym serve` with its web address, and a plain client of it."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True)
class WebHub:
    """A hub that answers at an address; `process` can be killed."""

    url: str
    home: Path
    process: subprocess.Popen[str]

    @property
    def token(self) -> str:
        return (self.home / "owner-token").read_text().strip()

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def post(self, call: str, headers: dict[str, str] | None = None, /, **arguments: Any) -> httpx.Response:
        told = self.headers | (headers or {})
        return httpx.post(f"{self.url}/v1/{call}", json=arguments, headers=told, timeout=60)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", headers=self.headers | headers, timeout=60)


@contextlib.contextmanager
def web_hub(home: Path, folder: Path, variables: Mapping[str, str] | None = None) -> Iterator[WebHub]:
    """One whose callers may name files below `folder`."""
    own = {"GRYM_HOME": str(home), "GRYM_ROOTS": str(folder), "GRYM_CPU": "2"}
    environment = {**os.environ, **own, **(variables or {})}
    command = [sys.executable, "-m", "grym_synth", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            url = ""
            for line in process.stderr:
                if found := re.search(r"http://\S+", line):
                    url = found[0]
                    break
            assert url, "it did not say where it answers"
            yield WebHub(url, home, process)
        finally:
            process.terminate()
            said = process.communicate(timeout=30)[1]
    assert "Traceback" not in said, said
