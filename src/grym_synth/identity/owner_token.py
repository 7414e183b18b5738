"""The one token of a home of its own: whoever has it is the owner, and only who may read the home can have it."""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from ..config.writing import write_once
from ..errors import BadSetup

NAME = "owner-token"


def owner_token(home: Path) -> str:
    """The token; drawn at the first call, once, whoever calls at the same time.

    Raises
    ------
    BadSetup
        Others may read it, or the home cannot be written.
    """
    place = home / NAME
    try:
        write_once(place, secrets.token_urlsafe(32))
        mode = place.stat().st_mode & 0o777
        if mode & 0o077:
            raise BadSetup(
                f"others may read {place} (mode {mode:o})", hint=f"chmod 600 {place}, or remove it for a new one"
            )
        token = place.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise BadSetup(f"{place} cannot be used: {error.strerror}", hint="check the rights of GRYM_HOME") from error
    if len(token) < 32:
        raise BadSetup(f"{place} holds no token", hint="remove it; a new one is made")
    return token


def matches(home: Path, given: str) -> bool:
    """Whether somebody has the token of a home."""
    return hmac.compare_digest(owner_token(home).encode(), given.encode("utf-8", "replace"))
