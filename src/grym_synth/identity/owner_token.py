"""The one token of a home of its own: whoever has it is the owner, and only who may read the home can have it."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

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
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not place.exists():
            draft = home / f".{NAME}-{os.getpid()}-{secrets.token_hex(4)}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
            try:
                os.link(draft, place)  # unlike a rename it never takes the place of another
            except FileExistsError:
                pass
            finally:
                draft.unlink()
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
