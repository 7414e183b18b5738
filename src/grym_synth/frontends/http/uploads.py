"""Files that come over HTTP: written as they arrive, bounded, and found again under a name that nobody guesses."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from ...errors import BadRequest, Unavailable

LARGEST = 2 << 30  # bytes of one file
_LEAST_FREE = 1 << 30  # bytes that stay free on the disk


class TooLarge(BadRequest):
    """More bytes than are taken."""

    code = "too_large"


def uploads_folder(home: Path) -> Path:
    return home / "uploads"


async def take_upload(home: Path, name: str, chunks: AsyncIterator[bytes], *, largest: int = LARGEST) -> Path:
    """Write what comes to a file of its own folder; it is whole when this returns, else nothing is left.

    Raises
    ------
    BadRequest
        The name is none of a file, nothing came, or more than is taken.
    Unavailable
        There is no room on the disk.
    """
    if not name or "/" in name or "\\" in name or name.startswith(".") or len(name.encode()) > 200:
        raise BadRequest("that is no name of a file", hint="as in song.flac")
    folder = uploads_folder(home)
    place = folder / secrets.token_hex(16)
    written = 0
    try:
        place.mkdir(parents=True, mode=0o700)
        if shutil.disk_usage(place).free < _LEAST_FREE:
            raise Unavailable("the disk is nearly full", hint="free some space", retry_after=60.0)
        target = place / name
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as file:
            async for chunk in chunks:
                written += len(chunk)
                if written > largest:
                    raise TooLarge(f"more than {largest} bytes", hint="name a file on this machine instead")
                await asyncio.to_thread(file.write, chunk)
        if not written:
            raise BadRequest("the file is empty", hint="send its bytes as the body")
        return target
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise Unavailable(f"the file could not be written: {error.strerror}", retry_after=60.0) from error
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise
