"""Values of settings, checked one by one: what is wrong is told by its key."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

from ..errors import InvalidConfig

_POSTGRES = ("postgresql://", "postgres://")


def whole(key: str, value: object, low: int, high: int) -> int:
    try:
        number = int(str(value))
    except ValueError as error:
        raise InvalidConfig(f"`{key}` must be a whole number, got {value!r}") from error
    if not low <= number <= high:
        raise InvalidConfig(f"`{key}` must lie in {low}..{high}, got {number}")
    return number


def seconds(key: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError as error:
        raise InvalidConfig(f"`{key}` must be a number of seconds, got {value!r}") from error
    if not 0.0 < number < 1e6:
        raise InvalidConfig(f"`{key}` must be more than 0 seconds, got {number}")
    return number


def amount(key: str, value: object) -> float:
    """An amount of money."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value < 1e9:
        raise InvalidConfig(f"`{key}` must be a number from 0 on, got {value!r}")
    return float(value)


def flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidConfig(f"`{key}` must be true or false, got {value!r}")
    return value


def one_of(key: str, value: object, words: Sequence[str]) -> Any:
    if value not in words:
        raise InvalidConfig(f"`{key}` must be one of {', '.join(words)}; got {value!r}")
    return value


def word(key: str, value: object, pattern: str = r"[^\s\x00-\x1f\x7f]{1,200}") -> str:
    """Text of one word; it may be printed."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise InvalidConfig(f"`{key}` must be one word, got {value!r}; it has to match {pattern}")
    return value


def table(key: str, value: object, known: Collection[str]) -> dict[str, Any]:
    """A table that has none but known keys."""
    if not isinstance(value, dict):
        raise InvalidConfig(f"`{key}` is a table, got {value!r}")
    for name in value:
        if name not in known:
            raise InvalidConfig(f"unknown setting `{key}.{name}`; known: {', '.join(known)}")
    return value


def store(value: object) -> str:
    if value and not str(value).startswith(("sqlite:///", *_POSTGRES)):
        raise InvalidConfig(f"`store` begins with sqlite:/// or postgresql://, got {_scheme(value)!r}")
    return str(value)


def store_session(value: object) -> str:
    if value and not str(value).startswith(_POSTGRES):
        raise InvalidConfig(f"`store_session` begins with postgresql://, got {_scheme(value)!r}")
    return str(value)


def folders(key: str, value: object) -> tuple[str, ...]:
    """A list of absolute folders; in a variable they stand behind each other as in PATH."""
    listed = value.split(os.pathsep) if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise InvalidConfig(f"`{key}` is a list of folders, got {value!r}")
    named = tuple(item for item in listed if item)
    for item in named:
        if not item.startswith(("/", "~")):
            raise InvalidConfig(f"`{key}` names whole paths, got {item!r}")
    return named


def project(value: object) -> str:
    address = str(value).rstrip("/")
    parts = urlsplit(address)
    is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if address and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_here))):
        raise InvalidConfig(f"`supabase_url` is like https://REF.supabase.co, got {_scheme(value)!r}")
    return address


def address(key: str, value: object) -> str:
    """An address of the web: https, or http on this machine."""
    text = str(value)
    parts = urlsplit(text)
    is_here = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if text and not (parts.hostname and (parts.scheme == "https" or (parts.scheme == "http" and is_here))):
        raise InvalidConfig(f"`{key}` begins with https://, got {_scheme(text)!r}")
    return text


def publishable(value: object) -> str:
    if str(value).startswith("sb_secret_"):
        raise InvalidConfig("`supabase_key` is a secret key, which passes every rule", hint="use the publishable one")
    return str(value)


def variable(name: str, value: object) -> str:
    if value and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", str(value)):
        raise InvalidConfig(f"`{name}` is the name of a variable; the secret itself does not stand in this file")
    return str(value)


def _scheme(value: object) -> str:
    """The beginning of an address: the rest may hold a password."""
    return str(value).partition("//")[0][:20]


def limits(value: object) -> dict[str, tuple[float, ...]]:
    """`[limits]` of config.toml: `memory = [0.8, 0.9, 0.97]`; whether they make sense, health decides."""
    if not isinstance(value, dict):
        raise InvalidConfig(f"`limits` is a table of signals, got {value!r}")
    for name, numbers in value.items():
        if not isinstance(numbers, list) or not all(isinstance(n, int | float) for n in numbers):
            raise InvalidConfig(f"`limits.{name}` is a list of numbers, as in [0.8, 0.9, 0.97], got {numbers!r}")
    return {str(name): tuple(float(n) for n in numbers) for name, numbers in value.items()}
