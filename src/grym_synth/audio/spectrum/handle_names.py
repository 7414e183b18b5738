"""What spectra that are kept for a while are called: names that nobody guesses, and that no other file has."""

from __future__ import annotations

import re
import secrets

SUFFIX = ".npy"
HANDLE = re.compile(r"[A-Za-z0-9_-]{32}")
EXPIRES_S = 900.0  # since the last use


def new_handle() -> str:
    """A name of 192 random bits."""
    return secrets.token_urlsafe(24)
