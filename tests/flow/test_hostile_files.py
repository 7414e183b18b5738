"""Hostile files through the real hub: each is refused with a reason or heard, and good ones beside them are heard."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.hostile import make_hostile_files

from grym_synth.config import Config
from grym_synth.frontends.hub_socket import perform_anywhere
from grym_synth.frontends.protocol import operation_of


@pytest.mark.slow
def test_sixty_hostile_files_are_refused_or_heard_and_a_good_one_beside_them_is_heard(
    tmp_path: Path, config: Config, make_loop: Any
) -> None:
    folder = tmp_path / "hostile"
    folder.mkdir()
    files = make_hostile_files(folder)
    assert len(files) >= 60
    good = str(make_loop())
    paths = [good, *(str(file.path) for file in files)]
    operation = operation_of("analyze", paths=paths, capabilities=["facts", "loudness", "rhythm", "spectrum"])
    events: list[dict[str, Any]] = []
    asyncio.run(perform_anywhere(config, operation, events.append))
    documents = [event["document"] for event in events if "document" in event]
    json.dumps(documents, allow_nan=False)
    by_path = {document["path"]: document for document in documents}
    assert abs(by_path[good]["rhythm"]["tempo_bpm"] - 120.0) < 1.0
    for file in files:
        document = by_path[str(file.path)]
        if file.expected == "refused":
            assert document["error"]["code"] == "unreadable", file
            assert document["error"]["message"].count("\n") == 0
            assert document["error"]["hint"], file
        else:
            assert "facts" in document, (file, document)
            assert (file.expected == "partly") <= bool(document["gaps"]), (file, document["gaps"])
    assert events[-1] == {"exit": 0}
