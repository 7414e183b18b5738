"""The same commands on a store that others share: Postgres, behind a pooler in transaction mode where there is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests import postgres_world
from tests.command import Grym
from tests.postgres_world import PostgresWorld

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_what_is_heard_read_and_taught_is_in_the_shared_store_and_nowhere_else(
    postgres: PostgresWorld, tmp_path: Path, make_loop: Callable[..., Path]
) -> None:
    name = postgres.database()
    session = postgres.address(name)
    store = session if postgres_world.POOLER is None else postgres.pooled(name)
    grym = Grym(tmp_path, GRYM_STORE=store, GRYM_STORE_SESSION=session)
    loop = make_loop("loop.wav", seconds=6.0)
    (notes := tmp_path / "notes.md").write_text("# Kick\n\nCut 300 Hz on the kick.\n", encoding="utf-8")
    assert grym("index", str(loop.parent))[-1]["analysed"] == 1
    grym("learn", str(notes))
    grym("teach", "dusty", str(loop))
    # Another machine has a home of its own, and the same store.
    other = Grym(tmp_path, home="other", GRYM_STORE=store, GRYM_STORE_SESSION=session)
    (found,) = other("find", "dusty")
    assert [Path(match["path"]).name for match in found["matches"]] == ["loop.wav"]
    (noted,) = other("notes", "what do I cut on the kick?")
    assert noted["passages"][0]["text"].endswith("Cut 300 Hz on the kick.")
    (status,) = other("status")
    assert status["last"] is not None
    assert not [path for home in (grym.home, other.home) for path in home.glob("grym.db*")]
