"""A sign-in as it is kept in the home, for its owner alone."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from ..config.writing import write_private
from ..errors import BadSetup

NAME = "sign-in.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a project gave at sign-in.

    url : of the project
    expires : seconds since 1970, until when the access token counts
    """

    url: str
    access_token: str
    refresh_token: str
    expires: float


def read(home: Path) -> Kept | None:
    """What is kept; None when nobody is signed in."""
    place = home / NAME
    try:
        told = json.loads(place.read_text(encoding="utf-8"))
        return Kept(str(told["url"]), str(told["access_token"]), str(told["refresh_token"]), float(told["expires"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSetup(
            f"{place} cannot be read: {type(error).__name__}", hint="grym logout, then grym login"
        ) from error


def write(home: Path, kept: Kept) -> None:
    write_private(home / NAME, json.dumps(asdict(kept)) + "\n")


def forget(home: Path) -> bool:
    """Whether something was kept."""
    try:
        (home / NAME).unlink()
    except FileNotFoundError:
        return False
    return True


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """No other process changes what is kept: a refresh token can be used once."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
