"""`grym mcp install` writes one entry into somebody else's file, and harms nothing else in it."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from grym_synth.config.clients import UserFolders, read_user_folders
from grym_synth.errors import BadSetup, InvalidConfig, Unavailable
from grym_synth.frontends import mcp_command
from grym_synth.frontends.mcp_server.client_table import CLIENTS
from grym_synth.frontends.mcp_server.install import (
    LARGEST,
    carry_out,
    new_entry,
    our_program,
    propose,
    seems_here,
    settings_path,
)

Run = Callable[..., Result]
CURSOR = CLIENTS["cursor"]
ENTRY = {"type": "stdio", "command": "/opt/grym", "args": ["mcp"]}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home, and the folder that the command is called in."""
    home, work = tmp_path / "user", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    for name in ("XDG_CONFIG_HOME", "APPDATA", "CODEX_HOME", "GRYM_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def run(home: Path) -> Run:
    def run(*args: str, said: str = "") -> Result:
        return CliRunner().invoke(mcp_command.app, ["install", *args], input=said)

    return run


@pytest.fixture
def folders(home: Path) -> UserFolders:
    return read_user_folders({"HOME": str(home)}, "linux")


def settings_of(home: Path, text: str | bytes) -> Path:
    path = home / ".cursor" / "mcp.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def beside(path: Path) -> list[str]:
    return sorted(other.name for other in path.parent.iterdir() if other != path)


@pytest.mark.parametrize("name", CLIENTS)
def test_every_client_gets_an_entry_that_is_found_again_and_goes_again(
    name: str, run: Run, folders: UserFolders
) -> None:
    client = CLIENTS[name]
    path = settings_path(client, folders)
    first = run("--client", name, "--yes", "--json")
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert told == {
        "client": name,
        "path": str(path),
        "entry": new_entry(client, folders),
        "changed": True,
        "backup": None,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == run("--client", name, "--print").stdout
    again = run("--client", name, "--yes", "--json")
    assert json.loads(again.stdout)["changed"] is False
    assert beside(path) == []
    gone = run("--client", name, "--remove", "--yes", "--json")
    assert json.loads(gone.stdout)["changed"] is True
    assert "grym" not in path.read_text()
    assert Path(json.loads(gone.stdout)["backup"]).is_file()


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_every_client_has_one_place_on_every_platform(name: str, platform: str, tmp_path: Path) -> None:
    user = str(tmp_path)
    folders = read_user_folders({"HOME": user, "USERPROFILE": user}, platform)
    path = settings_path(CLIENTS[name], folders)
    assert path.is_relative_to(tmp_path)
    assert not seems_here(CLIENTS[name], folders)


def test_the_words_of_each_client() -> None:
    folders = UserFolders("linux", Path("/u"), Path("/u/.config"), Path("/u/r"), Path("/u/.codex"), Path("/g"))
    program = our_program()[0]
    plain = {"command": program, "args": ["mcp"], "env": {"GRYM_HOME": "/g"}}
    words = {name: new_entry(client, folders) for name, client in CLIENTS.items()}
    for name in ("claude-desktop", "windsurf", "zed", "cline", "gemini-cli", "codex", "lm-studio", "continue"):
        assert words[name] == plain
    for name in ("claude-code", "cursor", "vscode"):
        assert words[name] == {"type": "stdio", **plain}
    assert words["opencode"]["command"] == [program, "mcp"]
    assert words["opencode"]["environment"] == {"GRYM_HOME": "/g"}
    assert (words["goose"]["cmd"], words["goose"]["args"], words["goose"]["envs"]) == (program, ["mcp"], plain["env"])


def test_the_keys_of_each_format(run: Run) -> None:
    def printed(name: str) -> str:
        return run("--client", name, "--print").stdout

    assert list(json.loads(printed("vscode"))) == ["servers"]
    assert list(json.loads(printed("zed"))) == ["context_servers"]
    assert list(json.loads(printed("opencode"))) == ["mcp"]
    assert list(json.loads(printed("claude-desktop"))) == ["mcpServers"]
    assert tomllib.loads(printed("codex"))["mcp_servers"]["grym"]["args"] == ["mcp"]
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(printed("goose"))["extensions"]["grym"]["type"] == "stdio"


def test_our_home_is_kept_only_when_it_is_set_and_no_other_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    assert "env" not in json.loads(run("--client", "cursor", "--print").stdout)["mcpServers"]["grym"]
    monkeypatch.setenv("GRYM_HOME", "sounds")
    env = json.loads(run("--client", "cursor", "--print").stdout)["mcpServers"]["grym"]["env"]
    assert env == {"GRYM_HOME": str(Path.cwd() / "sounds")}


def test_without_a_terminal_and_without_yes_it_only_shows(run: Run, home: Path) -> None:
    shown = run("--client", "cursor")
    assert shown.exit_code == 0
    assert str(home / ".cursor" / "mcp.json") in shown.stdout
    assert "nothing was written" in shown.stdout
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(("said", "is_written"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_terminal_is_asked(
    said: str, is_written: bool, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp_command, "_is_terminal", lambda: True)
    assert run("--client", "cursor", said=said).exit_code == 0
    assert (home / ".cursor" / "mcp.json").exists() is is_written


def test_other_keys_stay_as_they_are_and_in_order(run: Run, home: Path) -> None:
    servers = '{\n        "b": {"url": "\\u00e9"},\n        "a": {}\n    }'
    text = f'{{\n    "zoom": 1.50,\n    "mcpServers": {servers},\n    "x": 1\n}}\n'
    path = settings_of(home, text)
    path.chmod(0o640)
    told = json.loads(run("--client", "cursor", "--yes", "--json").stdout)
    new = path.read_text()
    assert json.loads(new)["mcpServers"]["grym"] == told["entry"]
    assert list(json.loads(new)["mcpServers"]) == ["b", "a", "grym"]
    start = new.index(',\n        "grym"')
    assert new.startswith(text[:start])
    assert text[start:] == new[new.rindex("}\n    },\n") + 1 :]
    backup = Path(told["backup"])
    assert backup.parent == path.parent
    assert backup.name.startswith("mcp.json.grym-backup-20")
    assert backup.read_text() == text
    assert {stat.S_IMODE(file.stat().st_mode) for file in (path, backup)} == {0o640}
    run("--client", "cursor", "--remove", "--yes")
    assert path.read_text() == text


def test_another_entry_of_our_name_is_shown_and_replaced(run: Run, home: Path) -> None:
    path = settings_of(home, '{"mcpServers": {"grym": {"command": "/old/grym"}, "a": {}}}')
    shown = run("--client", "cursor")
    assert "/old/grym" in shown.stdout
    assert "take its place" in shown.stdout
    run("--client", "cursor", "--yes")
    assert list(json.loads(path.read_text())["mcpServers"]) == ["grym", "a"]
    assert "/old/grym" not in path.read_text()


def test_two_changes_within_a_second_keep_two_copies(run: Run, home: Path) -> None:
    path = settings_of(home, "{}")
    for flags in (["--yes"], ["--remove", "--yes"], ["--yes"]):
        run("--client", "cursor", *flags)
    assert len(beside(path)) == 3


def test_a_link_stays_a_link_and_its_target_is_written(run: Run, home: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "cursor.json"
    real.parent.mkdir()
    real.write_text('{"a": 1}')
    link = home / ".cursor" / "mcp.json"
    link.parent.mkdir()
    link.symlink_to(real)
    run("--client", "cursor", "--yes")
    assert link.is_symlink()
    assert json.loads(real.read_text())["mcpServers"]["grym"]
    assert len(beside(real)) == 1


HOSTILE: dict[str, str | bytes] = {
    "not JSON": "mcpServers = 1",
    "half": '{"mcpServers": {',
    "a list": "[1, 2]",
    "a word": '"mcpServers"',
    "servers that are a string": '{"mcpServers": "none"}',
    "servers that are null": '{"mcpServers": null}',
    "servers that are a list": '{"mcpServers": []}',
    "not UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "an open comment": '{"a": 1} /* and',
    "an open string": '{"a": "b}',
    "only a comment": "// nothing here",
    "deep": "[" * 200_000,
    "many comments that do not end": "/*" * 200_000,
    "many quotes that do not end": '"\\' * 200_001,
    "two values": "{} {}",
    "a comma too many": '{"a": 1,,}',
    "only a comma": "{,}",
    "comments inside our entry": '{"mcpServers": {"grym": {"command": "x" /* mine */}}}',
    "zeros": b"\x00" * 64,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_cannot_be_changed_surely_stays_as_it_is(kind: str, run: Run, home: Path) -> None:
    text = HOSTILE[kind]
    path = settings_of(home, text)
    result = run("--client", "cursor", "--yes")
    assert result.exit_code == 5, result.output
    assert json.loads(result.stdout)["mcpServers"]["grym"]["args"] == ["mcp"]  # to be pasted by hand
    assert f"{path} was left as it is" in result.stderr
    assert path.read_bytes() == (text.encode() if isinstance(text, str) else text)
    assert beside(path) == []
    told = json.loads(run("--client", "cursor", "--yes", "--json").stdout)
    assert told["error"]["code"] == "bad_setup"


def test_a_huge_file_is_not_read(folders: UserFolders, home: Path) -> None:
    path = settings_of(home, "{}")
    os.truncate(path, LARGEST + 1)
    with pytest.raises(BadSetup, match="34 MB"):
        propose(CURSOR, path, ENTRY)


def test_a_folder_in_the_place_of_the_file_is_left(home: Path) -> None:
    path = home / ".cursor" / "mcp.json"
    path.mkdir(parents=True)
    with pytest.raises(BadSetup, match="no file"):
        propose(CURSOR, path, ENTRY)


def test_a_link_to_itself_is_left(home: Path) -> None:
    path = home / "mcp.json"
    path.symlink_to(path)
    with pytest.raises(BadSetup, match="left as it is"):
        propose(CURSOR, path, ENTRY)


@pytest.mark.parametrize("text", ["", "\n", "{}", "{\n}\n", '\ufeff{"a": 1}\r\n'])
def test_an_empty_file_and_one_with_a_mark_are_taken(text: str, home: Path) -> None:
    path = settings_of(home, text)
    carry_out(propose(CURSOR, path, ENTRY))
    new = path.read_bytes().decode()
    assert new.startswith("\ufeff") == text.startswith("\ufeff")
    assert json.loads(new.removeprefix("\ufeff"))["mcpServers"] == {"grym": ENTRY}


def test_a_folder_that_may_not_be_written_is_said(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings_of(home, '{"a": 1}')

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    result = run("--client", "cursor", "--yes")
    assert result.exit_code == 5
    assert "Permission denied" in result.stderr
    assert '"grym"' in result.stdout
    assert path.read_text() == '{"a": 1}'
    assert beside(path) == []


def test_the_end_between_writing_and_renaming_leaves_the_old_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings_of(home, '{"a": 1}')
    change = propose(CURSOR, path, ENTRY)

    def end(*_: object) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", end)
        with pytest.raises(KeyboardInterrupt):
            carry_out(change)
    assert path.read_text() == '{"a": 1}'
    assert [name for name in beside(path) if name.endswith(".tmp")] == []
    carry_out(change)
    assert json.loads(path.read_text())["mcpServers"] == {"grym": ENTRY}


def test_a_full_disk_leaves_the_old_file_and_no_half_one(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings_of(home, '{"a": 1}')
    change = propose(CURSOR, path, ENTRY)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadSetup, match="No space left"):
        carry_out(change)
    assert path.read_text() == '{"a": 1}'
    assert beside(path) == []


@pytest.mark.parametrize("there", [True, False])
def test_what_the_client_wrote_meanwhile_is_not_lost(there: bool, home: Path) -> None:
    path = settings_of(home, "{}")
    if not there:
        path.unlink()
    change = propose(CURSOR, path, ENTRY)
    path.write_text('{"new": 1}')
    with pytest.raises(Unavailable, match="changed just now"):
        carry_out(change)
    assert path.read_text() == '{"new": 1}'


def test_a_draft_is_readable_for_nobody_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = settings_of(home, "{}")
    path.chmod(0o600)
    modes = []

    def watch(self: Path, target: Path) -> Path:
        modes.append(stat.S_IMODE(self.stat().st_mode))
        os.rename(self, target)  # noqa: PTH104 what is watched here is Path.replace
        return target

    monkeypatch.setattr(Path, "replace", watch)
    carry_out(propose(CURSOR, path, ENTRY))
    assert modes == [0o600]


@pytest.mark.parametrize("name", [name for name, client in CLIENTS.items() if client.project])
def test_a_project_has_its_own_file(name: str, run: Run, home: Path) -> None:
    assert run("--client", name, "--project", "--yes").exit_code == 0
    path = Path.cwd() / CLIENTS[name].project
    assert path.is_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(home.iterdir()) == []


def test_of_several_places_the_one_that_is_there_is_taken(folders: UserFolders) -> None:
    cline = CLIENTS["cline"]
    first = settings_path(cline, folders)
    assert first == folders.home / ".cline" / "data" / "settings" / "cline_mcp_settings.json"
    other = folders.settings / "Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
    other.parent.mkdir(parents=True)
    other.write_text("{}")
    assert settings_path(cline, folders) == other
    first.parent.mkdir(parents=True)
    first.write_text("{}")
    assert settings_path(cline, folders) == first


def test_the_list_says_which_are_here_and_how_to_install(run: Run, home: Path) -> None:
    settings_of(home, "{}")
    (home / ".claude").mkdir()
    (home / ".gemini").mkdir()
    (home / ".gemini" / "settings.json").write_text("broken")
    run("--client", "cursor", "--yes")
    rows = {row["client"]: row for row in json.loads(run("--json").stdout)["clients"]}
    assert list(rows) == list(CLIENTS)
    assert {name for name, row in rows.items() if row["here"]} == {"cursor", "claude-code", "gemini-cli"}
    assert (rows["cursor"]["installed"], rows["zed"]["installed"], rows["gemini-cli"]["installed"]) == (
        True,
        False,
        None,
    )
    text = run()
    assert "grym mcp install --client NAME" in text.stdout
    assert "cursor          has grym" in text.stdout


def test_words_that_cannot_be_meant_end_with_two(run: Run) -> None:
    unknown = run("--client", "emacs")
    assert unknown.exit_code == 2
    assert "claude-desktop" in unknown.stderr
    assert run("--yes").exit_code == 2
    assert run("--client", "cursor", "--print", "--remove").exit_code == 2
    assert run("--client", "claude-desktop", "--project").exit_code == 2


def test_taking_out_what_is_not_there_writes_nothing(run: Run, home: Path) -> None:
    assert run("--client", "cursor", "--remove", "--yes").exit_code == 0
    assert list(home.iterdir()) == []
    path = settings_of(home, '{"mcpServers": {"a": {}}}')
    assert json.loads(run("--client", "cursor", "--remove", "--yes", "--json").stdout)["changed"] is False
    assert beside(path) == []


def test_names_that_steer_a_terminal_are_spelled_out(run: Run, home: Path) -> None:
    settings_of(home, '{"mcpServers": {"grym": {"command": "\x7f\u202e\u009b2J"}}}')
    shown = run("--client", "cursor").stdout
    assert not {"\x7f", "\u202e", "\u009b"} & set(shown)


def test_the_program_is_the_one_that_runs(tmp_path: Path) -> None:
    def program(folder: str, name: str = "grym") -> str:
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return str(path)

    def nowhere(name: str) -> str | None:
        return name if os.access(name, os.X_OK) else None

    called, python = program("called"), program("venv", "python")
    assert our_program(called, python, nowhere) == [called]
    assert our_program("/x/pytest", python, nowhere) == [python, "-m", "grym_synth"]
    on_path = program("bin")
    assert our_program("/x/pytest", python, lambda name: on_path) == [on_path]
    assert our_program("/x/pytest", program("bin", "python"), nowhere) == [on_path]
    link = tmp_path / "grym"
    link.symlink_to(called)
    assert our_program(str(link), python, nowhere) == [str(link)]


def test_folders_are_read_from_the_environment() -> None:
    given: dict[str, Any] = {"HOME": "/h", "XDG_CONFIG_HOME": "/x", "CODEX_HOME": "/c", "GRYM_HOME": "/g"}
    folders = read_user_folders(given, "linux")
    assert (folders.settings, folders.codex, folders.grym_home) == (Path("/x"), Path("/c"), Path("/g"))
    relative = read_user_folders({"HOME": "/h", "XDG_CONFIG_HOME": "x"}, "darwin")
    assert relative.settings == Path("/h/.config")
    with pytest.raises(InvalidConfig, match="home"):
        read_user_folders({}, "linux")


def test_the_group_is_one_that_can_be_added(home: Path) -> None:
    whole = typer.Typer()
    whole.add_typer(mcp_command.app, name="mcp")
    assert CliRunner().invoke(whole, ["mcp", "install", "--client", "cursor", "--print"]).exit_code == 0


def test_the_page_tells_of_every_client_and_its_file() -> None:
    page = (Path(__file__).parents[4] / "docs" / "mcp-clients.md").read_text()
    rows = {row.split("`")[1]: row for row in page.splitlines() if row.startswith("| `") and "--" not in row[:6]}
    for client in CLIENTS.values():
        row = rows[client.name]
        assert client.keys[0] in row
        assert client.project in row
        assert f"| {client.title} |" in page
        for place in client.places["linux"]:
            assert place.rpartition("/")[2] in row or "globalStorage" in place
