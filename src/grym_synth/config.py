"""Every setting, read once: environment over `config.toml` in the home over the default.

The only module that reads the environment.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import InvalidConfig


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one hub. In `config.toml` they stand under these names; as variables, as GRYM_CPU and so on."""

    home: Path
    store: str = ""  # sqlite:///PATH; "" is grym.db in the home
    cpu: int = 0  # cores that agents may use at once; 0 is all of them
    step_deadline: float = 120.0  # seconds a step may take, and as many more for each 200 MB of file
    limits: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # of signals: see docs/health.md
    max_files: int = 200  # files that one question reads; the rest is named in a gap

    @property
    def store_path(self) -> Path:
        return Path(self.store.removeprefix("sqlite:///")) if self.store else self.home / "grym.db"

    @property
    def agents_folder(self) -> Path:
        return self.home / "agents"

    @property
    def pause_path(self) -> Path:
        return self.home / "paused"

    @property
    def socket_path(self) -> Path:
        return self.home / "hub.sock"

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
    defaults = {
        field.name: field.default if field.default is not MISSING else {}
        for field in fields(Config)
        if field.name != "home"
    }
    values: dict[str, Any] = {**defaults, **_read_file(home / "config.toml")}
    names = list(defaults)
    for name in names:
        if f"GRYM_{name.upper()}" in environ and name != "limits":
            values[name] = environ[f"GRYM_{name.upper()}"]
    unknown = sorted(set(values) - set(names))
    if unknown:
        raise InvalidConfig(f"unknown setting {unknown[0]!r} in {home / 'config.toml'}; known: {', '.join(names)}")
    values["cpu"] = _whole("cpu", values["cpu"], low=0, high=1024)
    values["max_files"] = _whole("max_files", values["max_files"], low=1, high=1_000_000)
    values["step_deadline"] = _seconds("step_deadline", values["step_deadline"])
    values["limits"] = _limits(values["limits"])
    values["store"] = str(values["store"])
    if values["store"] and not values["store"].startswith("sqlite:///"):
        raise InvalidConfig(f"`store` is {values['store']!r}; this version stores in sqlite:///PATH only")
    return Config(home=home, **values)


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


def _whole(key: str, value: object, *, low: int, high: int) -> int:
    try:
        number = int(str(value))
    except ValueError as error:
        raise InvalidConfig(f"`{key}` must be a whole number, got {value!r}") from error
    if not low <= number <= high:
        raise InvalidConfig(f"`{key}` must lie in {low}..{high}, got {number}")
    return number


def _limits(value: object) -> Mapping[str, tuple[float, ...]]:
    """`[limits]` of config.toml: `memory = [0.8, 0.9, 0.97]`; whether they make sense, health decides."""
    if not isinstance(value, dict):
        raise InvalidConfig(f"`limits` is a table of signals, got {value!r}")
    for name, numbers in value.items():
        if not isinstance(numbers, list) or not all(isinstance(n, int | float) for n in numbers):
            raise InvalidConfig(f"`limits.{name}` is a list of numbers, as in [0.8, 0.9, 0.97], got {numbers!r}")
    return {str(name): tuple(float(n) for n in numbers) for name, numbers in value.items()}


def _seconds(key: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError as error:
        raise InvalidConfig(f"`{key}` must be a number of seconds, got {value!r}") from error
    if not 0.0 < number < 1e6:
        raise InvalidConfig(f"`{key}` must be more than 0 seconds, got {number}")
    return number
