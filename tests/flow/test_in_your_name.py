"""Commands on a store that several people share act in the name of whoever is signed in, with his rights."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
import soundfile
from tests import postgres_world
from tests.command import Grym
from tests.postgres_world import PostgresWorld
from tests.supabase_world import PASSWORD, AuthWorld, auth_world

pytestmark = [pytest.mark.slow]

ADA, BOB = "aaaaaaaa-0000-0000-0000-000000000001", "bbbbbbbb-0000-0000-0000-000000000002"


@pytest.fixture
def world() -> Iterator[AuthWorld]:
    with auth_world() as world:
        yield world


class Studio:
    """One shared store; each person has a home of his own."""

    def __init__(self, postgres: PostgresWorld, world: AuthWorld, folder: Path) -> None:
        name = postgres.of_ours()
        self.session = postgres.address(name)
        self.store = postgres.pooled(name) if postgres_world.POOLER else self.session
        self.world, self.folder = world, folder

    def home(self, name: str, **variables: str) -> Grym:
        return Grym(
            self.folder, name, GRYM_STORE=self.store, GRYM_STORE_SESSION=self.session, GRYM_SUPABASE_URL=self.world.url,
            GRYM_SUPABASE_KEY="sb_publishable_x", **variables,
        )  # fmt: skip

    def person(self, name: str, sub: str, role: str) -> Grym:
        """Somebody's home, signed in."""
        grym = self.home(name)
        self.world.sub, self.world.role = sub, role
        command = grym.command("login", "--email", "ada@example.org")
        subprocess.run(command, input=f"{PASSWORD}\n", text=True, check=True, env=grym.environment, capture_output=True)
        return grym

    def rows(self, query: str) -> list[Any]:
        with psycopg.connect(self.session) as db:
            return db.execute(query.encode()).fetchall()


@pytest.fixture
def studio(postgres: PostgresWorld, world: AuthWorld, tmp_path: Path) -> Studio:
    (tmp_path / "music").mkdir()
    beats = np.tile(np.hanning(2205), 60).astype(np.float32)
    soundfile.write(tmp_path / "music" / "a.wav", 0.3 * beats * np.sin(np.arange(len(beats)) * 0.06), 44_100)
    (tmp_path / "note.md").write_text("# Kicks\n\nA kick is cut below 30 Hz.\n")
    return Studio(postgres, world, tmp_path)


def refusal(grym: Grym, *words: str) -> str:
    (document,) = grym(*words, code=3)
    return f"{document['error']['code']}: {document['error']['message']}"


def test_an_editor_changes_what_all_see_and_a_viewer_asks(studio: Studio, world: AuthWorld) -> None:
    ada = studio.person("ada", ADA, "editor")
    with ada.serving():
        assert ada("index", "music")[-1]["analysed"] == 1
        ada("teach", "dusty", "music/a.wav")
        ada("learn", "note.md", "--every", "7d")
        ada("ask", "how loud is it?", "music/a.wav")
        assert studio.rows("SELECT by_whom, label FROM ear_labels") == [(ADA, "dusty")]
        assert studio.rows("SELECT DISTINCT by_whom FROM answers") == [(ADA,)]
        asked = len(world.asked)
        bob = studio.person("bob", BOB, "viewer")
        with bob.serving():
            _ask_as_a_viewer(bob, studio)
        assert world.asked[asked:].count("GET /auth/v1/.well-known/jwks.json") == 1, "the keys are kept for the next"
        assert len(studio.rows("SELECT 1 FROM knowledge_sources")) == 1
        ada("index", "--remove", "music")
        ada("forget", "note.md", "--yes")
        left = "SELECT (SELECT count(*) FROM library_folders), (SELECT count(*) FROM knowledge_follows)"
        assert studio.rows(left) == [(0, 0)]


def _ask_as_a_viewer(bob: Grym, studio: Studio) -> None:
    assert bob("ask", "how loud is it?", "music/a.wav")[0]["claims"]
    assert [row["label"] for row in bob("teach", "--list")[0]["labels"]] == ["dusty"]
    (match,) = bob("find", "longer than 1 s")[0]["matches"]
    assert match["path"] == str(studio.folder / "music" / "a.wav")
    assert bob("index", "--list")[0]["recordings"] == 1
    for words in (
        ("index", "music"), ("teach", "bright", "music/a.wav"), ("share", "trust", "x" * 10),
        ("patterns", "foreign", "add", "note.md"), ("migrate", "--confirm"),
    ):  # fmt: skip
        assert refusal(bob, *words).startswith("not_allowed: you are a viewer of this store"), words
    (answer,) = bob("ask", "learn note.md", "--yes", code=3)
    assert answer["gaps"][0]["code"] == "not_allowed"
    asked_by_bob = [turn["question"] for turn in bob("context", "show", "default")[0]["questions"]]
    assert asked_by_bob == ["how loud is it?", "learn note.md"]


def test_nobody_who_is_not_signed_in_does_anything_but_look_after_his_machine(studio: Studio) -> None:
    nobody = studio.home("nobody")
    assert refusal(nobody, "ask", "how loud is it?", "music/a.wav").startswith("not_signed_in")
    assert refusal(nobody, "index", "--list").startswith("not_signed_in")
    assert "jobs" in nobody("status")[0]
    assert nobody("pause")[0]["paused"]


def test_a_hub_that_serves_follows_who_is_signed_in(studio: Studio) -> None:
    ada = studio.person("ada", ADA, "viewer")
    with ada.serving():
        assert refusal(ada, "index", "music").startswith("not_allowed")
        studio.person("ada", ADA, "editor")
        assert ada("index", "music")[-1]["analysed"] == 1
        ada("logout")
        assert refusal(ada, "find", "dusty").startswith("not_signed_in")
    assert studio.rows("SELECT count(*) FROM library_folders") == [(1,)]
