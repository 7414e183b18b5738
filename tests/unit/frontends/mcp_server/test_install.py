"""Telling assistants of the hub: their settings keep everything else, and are never lost."""

from __future__ import annotations

import json
import stat
import tomllib
from pathlib import Path

import pytest

from grym_synth.errors import BadRequest, BadSetup
from grym_synth.frontends.mcp_server.install import CLIENTS, NAME, carry_out, client_of, entry_of, place_of, plan

JSON_CLIENTS = [name for name, client in CLIENTS.items() if client.form != "toml"]


@pytest.fixture
def user(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "user"), "XDG_CONFIG_HOME": str(tmp_path / "user" / ".config")}


@pytest.mark.parametrize("name", CLIENTS)
def test_an_entry_is_written_once_starts_us_and_is_taken_out_again(name: str, user: dict[str, str]) -> None:
    client = client_of(name)
    change = plan(client, environ=user | {"GRYM_HOME": "/music/home"})
    assert carry_out(change) is None
    text = change.path.read_text()
    whole = tomllib.loads(text) if client.form == "toml" else json.loads(text)
    entry = whole[client.key][NAME]
    assert "mcp" in entry.get("args", entry["command"])
    assert "/music/home" in json.dumps(entry)
    assert stat.S_IMODE(change.path.stat().st_mode) == 0o600
    assert plan(client, environ=user | {"GRYM_HOME": "/music/home"}).text is None
    removed = plan(client, remove=True, environ=user)
    assert carry_out(removed) is not None
    assert NAME not in change.path.read_text()
    assert plan(client, remove=True, environ=user).text is None


@pytest.mark.parametrize("name", JSON_CLIENTS)
def test_everything_else_of_the_settings_stays_in_its_order_and_the_old_file_is_kept(
    name: str, user: dict[str, str]
) -> None:
    client = client_of(name)
    place = place_of(client, project=False, environ=user)
    place.parent.mkdir(parents=True, exist_ok=True)
    old = json.dumps({"z": 1, client.key: {"b": {"command": "é"}, NAME: {"command": "x"}, "a": {}}, "m": []}, indent=4)
    place.write_text(old)
    place.chmod(0o640)
    change = plan(client, environ=user)
    assert change.old == {"command": "x"}
    backup = carry_out(change)
    assert backup is not None
    assert backup.read_text() == old
    whole = json.loads(place.read_text())
    assert list(whole) == ["z", client.key, "m"]
    assert list(whole[client.key]) == ["b", NAME, "a"]
    assert whole[client.key]["b"] == {"command": "é"}
    assert '\n    "z"' in place.read_text()
    assert stat.S_IMODE(place.stat().st_mode) == 0o640


def test_tables_of_toml_stay_with_their_comments(user: dict[str, str]) -> None:
    client = client_of("codex")
    place = place_of(client, project=False, environ=user)
    place.parent.mkdir(parents=True)
    old = '# mine\nmodel = "x"\n\n[mcp_servers.other]\ncommand = "y"  # why\n\n[tools]\nweb = true\n'
    place.write_text(old)
    carry_out(plan(client, environ=user | {"GRYM_HOME": "/h"}))
    assert place.read_text().startswith(old)
    replaced = plan(client, environ=user)
    assert replaced.old["env"] == {"GRYM_HOME": "/h"}
    carry_out(replaced)
    assert "# why" in place.read_text()
    assert tomllib.loads(place.read_text())["mcp_servers"][NAME] == entry_of(client, user)
    carry_out(plan(client, remove=True, environ=user))
    assert tomllib.loads(place.read_text()) == tomllib.loads(old)


@pytest.mark.parametrize(
    "content",
    [b"{", b'{"mcpServers": "x"}', b"[]", b'// comment\n{"a": 1}', b'{"a": 1,}', b"\xff\xfe\x00", b"[" * 99_999, b"1"],
)
def test_settings_that_cannot_be_changed_without_loss_are_left_alone(content: bytes, user: dict[str, str]) -> None:
    client = client_of("cursor")
    place = place_of(client, project=False, environ=user)
    place.parent.mkdir(parents=True)
    place.write_bytes(content)
    with pytest.raises(BadSetup):
        plan(client, environ=user)
    assert place.read_bytes() == content
    assert [each.name for each in place.parent.iterdir()] == [place.name]


def test_a_toml_entry_in_another_form_is_left_alone(user: dict[str, str]) -> None:
    client = client_of("codex")
    place = place_of(client, project=False, environ=user)
    place.parent.mkdir(parents=True)
    for old in ('mcp_servers = { grym = { command = "x" } }\n', "mcp_servers = 3\n", "= 1\n"):
        place.write_text(old)
        with pytest.raises(BadSetup):
            plan(client, environ=user)
        assert place.read_text() == old


def test_a_link_stays_one_and_what_it_leads_to_is_written(user: dict[str, str], tmp_path: Path) -> None:
    client = client_of("cursor")
    place = place_of(client, project=False, environ=user)
    place.parent.mkdir(parents=True)
    kept = tmp_path / "dotfiles.json"
    kept.write_text("{}")
    place.symlink_to(kept)
    carry_out(plan(client, environ=user))
    assert place.is_symlink()
    assert NAME in json.loads(kept.read_text())["mcpServers"]


def test_what_fails_in_the_middle_leaves_the_old_file(user: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of("cursor")
    place = place_of(client, project=False, environ=user)
    place.parent.mkdir(parents=True)
    place.write_text('{"mine": 1}')
    change = plan(client, environ=user)

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(BadSetup, match="No space"):
        carry_out(change)
    assert place.read_text() == '{"mine": 1}'
    assert not [each for each in place.parent.iterdir() if each.name.endswith(".grym")]


def test_unknown_clients_and_those_without_settings_for_a_folder_are_said(user: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match="unknown client"):
        client_of("emacs")
    with pytest.raises(BadRequest, match="no settings for one folder"):
        place_of(client_of("claude-desktop"), project=True, environ=user)
