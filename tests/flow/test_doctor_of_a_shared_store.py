"""`grym doctor --supabase` on a server that has everything, and on one that lacks something."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests import postgres_world
from tests.command import Grym
from tests.postgres_world import PostgresWorld
from tests.supabase_world import auth_world

pytestmark = [pytest.mark.slow]


def checks(grym: Grym, code: int) -> dict[str, Any]:
    (report,) = grym("doctor", "--supabase", code=code)
    assert report["verdict"] == ("pass" if code == 0 else "fail")
    return {check["name"]: check for check in report["checks"]}


def test_a_server_that_has_all_of_it_passes_and_says_what_is_optional(postgres: PostgresWorld, tmp_path: Path) -> None:
    name = postgres.database()
    session = postgres.address(name)
    store = session if postgres_world.POOLER is None else postgres.pooled(name)
    with auth_world() as world:
        grym = Grym(tmp_path, GRYM_STORE=store, GRYM_STORE_SESSION=session, GRYM_SUPABASE_URL=world.url)
        found = checks(grym, 0)
    assert {name for name, check in found.items() if not check["ok"]} == {"realtime"}
    assert "Postgres 18" in found["address"]["detail"]
    assert found["rights"]["detail"] == "a viewer may look and not write"
    assert "ES256" in found["sign-in"]["detail"]
    with psycopg.connect(session, autocommit=True) as db:
        assert db.execute("SELECT count(*) FROM changes").fetchone() == (0,)  # nothing stays
        db.execute("ALTER TABLE heard DISABLE ROW LEVEL SECURITY")
        db.execute("DROP POLICY grym_insert ON changes")
        db.execute("CREATE POLICY anybody ON changes FOR INSERT WITH CHECK (true)")
    found = checks(Grym(tmp_path, GRYM_STORE=store, GRYM_STORE_SESSION=session), 5)
    assert found["row-level security"]["detail"].startswith("is off for heard:")
    assert "a viewer may write" in found["rights"]["detail"]
    assert (found["sign-in"]["ok"], found["sign-in"]["optional"]) == (False, True)


@pytest.mark.skipif(postgres_world.POOLER is None, reason=postgres_world.NO_POOLER)
def test_a_pooler_in_the_place_of_a_session_is_found_out(postgres: PostgresWorld, tmp_path: Path) -> None:
    pooled = postgres.pooled(postgres.of_ours())
    found = checks(Grym(tmp_path, GRYM_STORE=pooled), 5)
    assert "has to go around a pooler" in found["LISTEN"]["detail"]


def test_a_server_that_is_not_there_and_a_file_are_told(tmp_path: Path) -> None:
    found = checks(Grym(tmp_path, GRYM_STORE="postgresql://me:secret@127.0.0.1:9/music"), 5)
    assert "refused" in found["address"]["detail"]
    assert "secret" not in str(found)
    (error,) = Grym(tmp_path)("doctor", "--supabase", code=5)
    assert "is a file" in error["error"]["message"]
