"""Which sources somebody means: one address, one file, a folder with all that was read of it, or a collection."""

from __future__ import annotations

import os

from ..storage.knowledge import Knowledge
from .targets import is_address


def find_sources(knowledge: Knowledge, name: str, folder: str) -> list[str]:
    """The addresses that `forget` is to take for a name; none when it was never read.

    folder : what relative paths start from
    """
    for address in [name] if is_address(name) else [absolute(folder, name), name]:
        is_followed = any(item.address == address for item in knowledge.follows())
        if is_followed or knowledge.with_parts(address):
            return [address]
    return [row.address for row in knowledge.sources(domain=name)] if name else []


def absolute(folder: str, name: str) -> str:
    """A path as it is kept: absolute, no dots in it; links stay what they are called."""
    return os.path.abspath(os.path.join(folder, os.path.expanduser(name)))  # noqa: PTH100, PTH111, PTH118
