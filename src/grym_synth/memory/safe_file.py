"""A file that is there whole or not at all, also after kill -9 and power loss."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside `path`, to be written by the body; when that succeeds it takes the place of `path`.

    Raises OSError when it cannot be written, and leaves what was there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".grym-", suffix=".tmp")
    os.close(descriptor)
    draft = Path(name)
    try:
        yield draft
        _sync(draft)
        draft.replace(path)
        _sync(path.parent)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def replace_file(path: Path, parts: Iterable[bytes]) -> None:
    """Write parts one after another in place of what lies there; raises OSError, leaving the old file."""
    with replacing(path) as draft, draft.open("wb") as file:
        for part in parts:
            file.write(part)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
