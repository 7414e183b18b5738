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


def test_everything_is_moved_used_there_taken_back_and_moved_for_good(postgres: PostgresWorld, tmp_path: Path) -> None:
    grym, there = Grym(tmp_path), postgres.address(postgres.database())
    (tmp_path / "notes.md").write_text("# Kick\n\nCut 300 Hz on the kick.\n", encoding="utf-8")
    (nothing,) = grym("migrate", "--to", there, code=3)
    assert "nothing to move" in nothing["error"]["message"]
    grym("learn", "notes.md")
    (config := grym.home / "config.toml").write_text("# mine\nmax_files = 7\n\n[limits]\nmemory = [0.8, 0.9, 0.97]\n")
    (planned,) = grym("migrate", "--to", there, "--dry-run")
    assert planned["would_move"]["knowledge_passages"] == 1
    (moved,) = grym("migrate", "--to", there)
    assert moved["same"]
    assert moved["moved"] >= planned["rows"]
    assert config.read_text().startswith(f'store = "{there}"\n# mine\nmax_files = 7\n')
    assert config.stat().st_mode & 0o77 == 0
    assert grym("migrate", "--verify")[0]["same"]
    (grym.home / "grym.db").rename(grym.home / "elsewhere.db")  # the answer came from the server
    assert grym("notes", "kick")[0]["passages"]
    assert [job["state"] for job in grym("jobs")[0]["jobs"]] == ["done"]
    (grym.home / "elsewhere.db").rename(grym.home / "grym.db")
    assert "neither confirmed" in grym("migrate", "--to", there, code=3)[0]["error"]["message"]
    assert grym("migrate", "--rollback")[0]["rolled_back"]
    assert config.read_text() == "# mine\nmax_files = 7\n\n[limits]\nmemory = [0.8, 0.9, 0.97]\n"
    grym("forget", "notes.md", "--yes")
    assert grym("migrate", "--to", there)[0]["same"]  # what was moved before is made equal
    assert not grym("notes", "kick")[0]["passages"]
    assert grym("jobs")[0]["jobs"] == []
    assert "health_log" in grym("migrate", "--verify", code=3)[0]["differ"]  # a hub has used the new one since
    assert grym("migrate", "--confirm")[0]["confirmed"]
    assert grym("migrate", "--to", f"sqlite:///{tmp_path / 'back.db'}")[0]["same"]
    assert "nothing was moved" not in str(grym("migrate", "--confirm"))
    assert "nothing was moved" in grym("migrate", "--confirm", code=3)[0]["error"]["message"]
