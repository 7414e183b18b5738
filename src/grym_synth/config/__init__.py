"""Every setting, read once: environment over `config.toml` in the home over the default.

The only package that reads the environment. `values` checks them, `models` has those of language models.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ..errors import InvalidConfig
from . import values as checks
from .models import ModelCard, ModelRules, read_model_rules, read_models

_OF_TESTS = "loopback_test"  # a variable only
_TABLES = ("limits", "models", "model_rules")  # in config.toml only


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one hub. In `config.toml` they stand under these names; as variables, as GRYM_CPU and so on."""

    home: Path
    store: str = ""  # sqlite:///PATH, or postgresql://...; "" is grym.db in the home
    store_session: str = ""  # of a Postgres behind a pooler: its address without it
    supabase_url: str = ""  # https://REF.supabase.co, to sign in to; "" is a home of its owner's own
    supabase_key: str = ""  # its publishable key, which everybody may know
    legacy_jwt_secret_env: str = ""  # names the variable with the shared secret of an old project; "" accepts none
    resource_url: str = ""  # https://HOST/mcp, under which others reach `grym serve`; "" is this machine alone
    oauth_issuer: str = ""  # whose tokens for `resource_url` count; "" is nobody's
    oauth_jwks: str = ""  # where its keys are published
    cpu: int = 0  # cores that agents may use at once; 0 is all of them
    step_deadline: float = 120.0  # seconds a step may take, and as many more for each 200 MB of file
    limits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # of signals: see docs/health.md
    roots: tuple[str, ...] = ()  # folders that assistants and programs may name files in; () is the home of the user
    max_files: int = 200  # files that one question reads; the rest is named in a gap
    models: tuple[ModelCard, ...] = ()  # language models; none is needed
    model_rules: ModelRules = field(default_factory=ModelRules)
    loopback_test: bool = False  # set by our tests alone, as a variable: of the web only this machine is opened

    @property
    def store_path(self) -> Path:
        is_file = self.store.startswith("sqlite:///")
        return Path(self.store.removeprefix("sqlite:///")) if is_file else self.home / "grym.db"

    @property
    def jobs_path(self) -> Path:
        """In the home, also where the store is not: who works on them is known by the lock of the home."""
        return self.home / "jobs.db"

    @property
    def agents_folder(self) -> Path:
        return self.home / "agents"

    @property
    def fetched_folder(self) -> Path:
        return self.home / "cache" / "fetched"

    @property
    def pause_path(self) -> Path:
        return self.home / "paused"

    @property
    def socket_path(self) -> Path:
        return self.home / "hub.sock"

    @property
    def spending_path(self) -> Path:
        return self.home / "model-spending.json"

    @property
    def lock_path(self) -> Path:
        return self.home / "hub.lock"

    @property
    def cpu_slots(self) -> int:
        return self.cpu or len(os.sched_getaffinity(0))


def read_config(environ: Mapping[str, str] | None = None) -> Config:
    """Read the settings; a bad value fails here, by its key.

    Raises
    ------
    InvalidConfig
        A key is unknown, or a value cannot be used.
    """
    environ = os.environ if environ is None else environ
    home = read_home(environ)
    known = [item.name for item in fields(Config) if item.name != "home"]
    values = _read_file(home / "config.toml")
    if _OF_TESTS in values:
        raise InvalidConfig(f"{_OF_TESTS!r} is no setting of {home / 'config.toml'}", hint="take it out")
    for name in known:
        if f"GRYM_{name.upper()}" in environ and name not in _TABLES:
            values[name] = environ[f"GRYM_{name.upper()}"]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise InvalidConfig(f"unknown setting {unknown[0]!r} in {home / 'config.toml'}; known: {', '.join(known)}")
    values = {name: _check(name, value, environ) for name, value in values.items()}
    values["model_rules"] = read_model_rules(values.get("model_rules", {}), values.get("models", ()))
    if values.get("oauth_issuer") and not (values.get("oauth_jwks") and values.get("resource_url")):
        raise InvalidConfig("`oauth_issuer` needs `oauth_jwks`, and `resource_url` for which its tokens are")
    return Config(home=home, **values)


def _check(name: str, value: Any, environ: Mapping[str, str]) -> Any:
    match name:
        case "cpu":
            return checks.whole(name, value, 0, 1024)
        case "max_files":
            return checks.whole(name, value, 1, 1_000_000)
        case "step_deadline":
            return checks.seconds(name, value)
        case "limits":
            return checks.limits(value)
        case "models":
            return read_models(value, environ)
        case "loopback_test":
            return value == "1"
        case "roots":
            return checks.folders(name, value)
        case "store":
            return checks.store(value)
        case "resource_url" | "oauth_issuer" | "oauth_jwks":
            return checks.address(name, value)
        case "supabase_url":
            return checks.project(value)
        case "supabase_key":
            return checks.publishable(value)
        case "legacy_jwt_secret_env":
            return checks.variable(name, value)
        case "store_session":
            return checks.store_session(value)
    return value


def legacy_jwt_secret(config: Config, environ: Mapping[str, str] | None = None) -> str:
    """The shared secret of an old Supabase project, "" where none is named; raises InvalidConfig when it is not set."""
    environ = os.environ if environ is None else environ
    name = config.legacy_jwt_secret_env
    if name and not environ.get(name):
        raise InvalidConfig(f"the variable {name!r}, which `legacy_jwt_secret_env` names, is not set")
    return environ.get(name, "") if name else ""


def read_home(environ: Mapping[str, str] | None = None) -> Path:
    """The folder that everything of this user's lies in."""
    environ = os.environ if environ is None else environ
    if environ.get("GRYM_HOME"):
        return Path(environ["GRYM_HOME"]).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("grym-synth", appauthor=False)


def agent_environment(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """The few variables an agent process is given: no secrets, one thread for each numeric library."""
    environ = os.environ if environ is None else environ
    names = ("HOME", "PATH", "LANG", "LC_ALL", "TMPDIR", "TZ", "XDG_DATA_HOME")
    kept = {name: environ[name] for name in names if name in environ}
    if environ.get("GRYM_HOME"):  # where the model packs lie, also for a process that starts in another folder
        kept["GRYM_HOME"] = str(read_home(environ))
    return kept | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONUTF8": "1"}


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise InvalidConfig(f"cannot read {path}: {error}", hint="mend or remove the file") from error
