"""Signing in with the real client of Supabase Auth against what it says on the wire."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.command import Grym
from tests.supabase_world import CODE, PASSWORD, AuthWorld, auth_world

pytestmark = [pytest.mark.slow]


@pytest.fixture
def world() -> Iterator[AuthWorld]:
    with auth_world() as world:
        yield world


@pytest.fixture
def grym(world: AuthWorld, tmp_path: Path) -> Grym:
    return Grym(tmp_path, GRYM_SUPABASE_URL=world.url, GRYM_SUPABASE_KEY="sb_publishable_x")


def said(grym: Grym, *words: str, typed: str = "", code: int = 0) -> str:
    """What a command prints, on both outputs."""
    command = grym.command(*words)
    done = subprocess.run(
        command, cwd=grym.folder, input=typed, capture_output=True, text=True, check=False, env=grym.environment
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_one_signs_in_stays_so_is_told_and_signs_out(grym: Grym, world: AuthWorld) -> None:
    assert "grym login" in said(grym, "whoami", code=3)
    wrong = said(grym, "login", "--email", "ada@example.org", typed="guess\n", code=3)
    assert "Invalid login credentials" in wrong
    assert "guess" not in wrong
    world.lasts_s = 30.0  # so that it has to be renewed at once
    told = json.loads(said(grym, "login", "--email", "ada@example.org", typed=f"{PASSWORD}\n"))
    assert (told["mode"], told["email"], told["role"]) == ("supabase", "ada@example.org", "editor")
    kept = grym.home / "sign-in.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    before = json.loads(kept.read_text())
    assert PASSWORD not in kept.read_text()
    world.lasts_s, world.role = 3600.0, "viewer"
    assert json.loads(said(grym, "whoami"))["role"] == "viewer"  # what the project says now
    after = json.loads(kept.read_text())
    assert after["refresh_token"] != before["refresh_token"]
    asked = len(world.asked)
    assert said(grym, "whoami", "--token").strip() == after["access_token"]
    assert len(world.asked) == asked  # nobody has to be asked for a token that counts
    assert json.loads(said(grym, "logout")) == {"signed_out": True}
    assert world.ended == ["scope=local"]  # of this home, and no other
    assert not kept.exists()
    assert json.loads(said(grym, "logout")) == {"signed_out": False}


def test_a_sign_in_that_is_over_is_renewed_to_be_ended_and_one_that_cannot_be_verified_is_not_kept(
    grym: Grym, world: AuthWorld
) -> None:
    world.lasts_s = -60.0
    assert "expired" in said(grym, "login", "--email", "ada@example.org", typed=f"{PASSWORD}\n", code=3)
    assert not (grym.home / "sign-in.json").exists()
    world.lasts_s = 30.0
    said(grym, "login", "--email", "ada@example.org", typed=f"{PASSWORD}\n")
    kept = json.loads((grym.home / "sign-in.json").read_text())
    (grym.home / "sign-in.json").write_text(json.dumps({**kept, "access_token": world.token(exp=1), "expires": 1.0}))
    world.lasts_s = 3600.0
    assert json.loads(said(grym, "logout")) == {"signed_out": True}
    assert (world.ended, world.refresh_tokens) == (["scope=local"], set())


def test_several_processes_renew_it_once_and_one_that_is_refused_is_told(grym: Grym, world: AuthWorld) -> None:
    world.lasts_s = 30.0  # less than a token has to count still
    said(grym, "login", "--email", "ada@example.org", typed=f"{PASSWORD}\n")
    world.lasts_s, asked = 3600.0, len(world.asked)
    command = grym.command("whoami", "--token")
    several = [subprocess.Popen(command, env=grym.environment, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    tokens = {each.communicate()[0] for each in several}
    assert tokens == {json.loads((grym.home / "sign-in.json").read_text())["access_token"] + "\n"}
    assert world.asked[asked:] == ["POST /auth/v1/token"]
    world.refresh_tokens.clear()  # ended by somebody else
    kept = grym.home / "sign-in.json"
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "expires": 0.0}))
    assert "grym login" in said(grym, "whoami", code=3)


def test_a_code_by_mail_signs_in_as_well(grym: Grym, world: AuthWorld) -> None:
    out = said(grym, "login", "--email", "ada@example.org", "--code", typed="000000\n", code=3)
    assert "expired or is invalid" in out
    out = said(grym, "login", "--email", "ada@example.org", "--code", typed=f"{CODE}\n")
    assert "a code was sent to ada@example.org" in out
    assert world.sent_codes == ["ada@example.org", "ada@example.org"]


def test_a_project_that_is_away_is_told_and_what_is_kept_stays(grym: Grym, world: AuthWorld, tmp_path: Path) -> None:
    said(grym, "login", "--email", "ada@example.org", typed=f"{PASSWORD}\n")
    kept = json.loads((grym.home / "sign-in.json").read_text())
    nowhere = "http://127.0.0.1:9"  # nothing answers there
    (grym.home / "sign-in.json").write_text(json.dumps({**kept, "url": nowhere, "expires": 0.0}))
    away = Grym(tmp_path, GRYM_SUPABASE_URL=nowhere, GRYM_SUPABASE_KEY="sb_publishable_x")
    assert "cannot be reached" in said(away, "whoami", code=4)
    assert json.loads((grym.home / "sign-in.json").read_text())["refresh_token"] == kept["refresh_token"]
    (grym.home / "sign-in.json").write_text("{")
    assert "grym logout" in said(away, "whoami", code=5)
    own = Grym(tmp_path)  # whose settings name no project any more
    assert json.loads(said(own, "logout")) == {"signed_out": True}
    assert not (grym.home / "sign-in.json").exists()


def test_a_home_of_its_own_has_an_owner_and_nothing_to_sign_in_to(tmp_path: Path) -> None:
    grym = Grym(tmp_path)
    (told,) = grym("whoami")
    assert (told["mode"], told["role"], told["expires"]) == ("local", "owner", None)
    assert "nothing to sign in to" in grym("login", code=5)[0]["error"]["message"]
    token = said(grym, "whoami", "--token").strip()
    assert (grym.home / "owner-token").read_text() == token
    secret = Grym(tmp_path, GRYM_SUPABASE_URL="https://ref.example.org", GRYM_SUPABASE_KEY="sb_secret_x")
    assert "which passes every rule" in secret("whoami", code=5)[0]["error"]["message"]
