"""Near-duplicates: texts that share most of their runs of five words, found by MinHash.

References
----------
Broder, "On the resemblance and containment of documents" (1997).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..regex import lazily

_RUN = 5  # words
_HASHES, _BANDS = 16, 8
_WORD = lazily(r"\w+")
_ALIKE = 0.8  # share of runs
_random = np.random.default_rng(5)
#: Odd multipliers and offsets: each pair is one order in which runs are looked at.
_FACTORS = _random.integers(1, 1 << 63, _HASHES, dtype=np.uint64) | np.uint64(1)
_OFFSETS = _random.integers(0, 1 << 63, _HASHES, dtype=np.uint64)

Runs = frozenset[int]


def runs_of(text: str) -> Runs:
    """Hashes of every run of five words, whatever their case; of a shorter text, of all its words."""
    words = _WORD.findall(text.casefold())
    if not words:
        return frozenset()
    last = max(1, len(words) - _RUN + 1)
    return frozenset(_hash(" ".join(words[place : place + _RUN])) for place in range(last))


def bands_of(runs: Runs) -> list[int]:
    """Numbers of 63 bits; two texts that share 80 % of their runs share one of them but for 3 in 10,000."""
    if not runs:
        return []
    hashes: NDArray[np.uint64] = np.fromiter(runs, np.uint64, len(runs))
    least = (hashes[:, None] * _FACTORS + _OFFSETS).min(axis=0)
    rows = least.reshape(_BANDS, -1)
    return [_hash(f"{place} {row.tobytes().hex()}") >> 1 for place, row in enumerate(rows)]


def is_alike(one: Runs, other: Runs) -> bool:
    """Whether two texts are one but for small things."""
    both = len(one & other)
    return both >= _ALIKE * (len(one) + len(other) - both) and both > 0


def is_held(part: Runs, whole: Runs) -> bool:
    """Whether most of `part` stands in `whole`."""
    return len(part & whole) >= _ALIKE * len(part) and bool(part)


def most_alike(one: Runs, others: Sequence[Runs]) -> int:
    """The place of the one that shares most with it."""
    return max(range(len(others)), key=lambda place: len(one & others[place]))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "little")
