from pathlib import Path

import pytest

from grym_synth.config import agent_environment, read_config
from grym_synth.errors import InvalidConfig
from grym_synth.storage.opening import name_of


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("cpu = 3\nmax_files = 7\n")
    config = read_config({"GRYM_HOME": str(tmp_path), "GRYM_CPU": "1"})
    assert (config.cpu, config.max_files, config.step_deadline) == (1, 7, 120.0)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("cpu = -1", "cpu"),
        ("cpu = 'many'", "cpu"),
        ("max_files = 0", "max_files"),
        ("step_deadline = 0", "step_deadline"),
    ],
)
def test_a_bad_value_fails_by_its_key(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(InvalidConfig, match=f"`{key}`"):
        read_config({"GRYM_HOME": str(tmp_path)})


def test_an_unknown_setting_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("cpus = 2")
    with pytest.raises(InvalidConfig, match=r"unknown setting 'cpus'.*known: store, store_session, supabase_url"):
        read_config({"GRYM_HOME": str(tmp_path)})


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("{json: true}")
    with pytest.raises(InvalidConfig, match="cannot read"):
        read_config({"GRYM_HOME": str(tmp_path)})


def test_a_store_is_a_file_or_a_postgres_and_no_password_is_told(tmp_path: Path) -> None:
    home = {"GRYM_HOME": str(tmp_path)}
    shared = read_config({**home, "GRYM_STORE": "postgresql://me:secret@db.example:6543/music"})
    assert name_of(shared) == "postgresql://me@db.example:6543/music"
    assert name_of(read_config(home)) == str(tmp_path / "grym.db")
    for name, value in (("GRYM_STORE", "mysql://me:secret@db"), ("GRYM_STORE_SESSION", "sqlite:///secret")):
        with pytest.raises(InvalidConfig, match="postgresql") as refused:
            read_config({**home, name: value})
        assert "secret" not in str(refused.value)


def test_agents_get_no_secrets() -> None:
    environment = agent_environment({"PATH": "/bin", "OPENAI_API_KEY": "secret", "GRYM_TOKEN": "secret"})
    assert environment["PATH"] == "/bin"
    assert "secret" not in environment.values()
