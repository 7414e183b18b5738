"""Who a process is among those that work on the same jobs: always the same name on the same machine and home."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

from ..config.writing import write_once
from ..errors import BadSetup

_FILE = "executor-id"


def executor_name(home: Path, host: str, role: str) -> str:
    """`role-host-id`, where the id was drawn once for this home; the host is in it since a home may be copied.

    Raises
    ------
    BadSetup
        The home cannot be written.
    """
    place = home / _FILE
    try:
        write_once(place, secrets.token_hex(3))
        drawn = re.sub(r"[^0-9a-f]", "", place.read_text(errors="replace"))[:6]
    except OSError as error:
        raise BadSetup(f"{home} cannot be written: {error.strerror}", hint="check its rights") from error
    if not drawn:
        raise BadSetup(f"{place} holds no id", hint="remove it; a new one is drawn")
    named = re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:24] or "machine"
    return f"{role}-{named}-{drawn}"
