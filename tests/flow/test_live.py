"""Two machines on one Postgres: what one of them does, the hub of the other knows at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests import postgres_world
from tests.command import Grym
from tests.postgres_world import PostgresWorld

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_what_is_done_on_one_machine_is_known_to_the_hub_of_another(postgres: PostgresWorld, tmp_path: Path) -> None:
    name = postgres.database()
    session = postgres.address(name)
    store = session if postgres_world.POOLER is None else postgres.pooled(name)
    here, there = (Grym(tmp_path, home=home, GRYM_STORE=store, GRYM_STORE_SESSION=session) for home in ("a", "b"))
    (tmp_path / "notes.md").write_text("# Kick\n\nCut 300 Hz on the kick.\n", encoding="utf-8")
    with here.serving():
        before = here("status")[0]["live"]
        assert (before["cue"], before["fault"]) == ("listen", "")
        there("learn", "notes.md")
        until = time.monotonic() + 30.0
        while not (found := [e for e in here("status")[0]["live"]["latest"] if e["kind"] == "note"]):
            assert time.monotonic() < until
        assert [(event["what"], event["subject"]) for event in found] == [("read", "1")]
        there("forget", "notes.md", "--yes")
        while "forgotten" not in [event["what"] for event in here("status")[0]["live"]["latest"]]:
            assert time.monotonic() < until
        latest = here("status")[0]["live"]["latest"]
        assert {event["kind"] for event in latest} >= {"note", "health"}
        numbers = [event["seq"] for event in latest]
        assert numbers == sorted(numbers, reverse=True)
