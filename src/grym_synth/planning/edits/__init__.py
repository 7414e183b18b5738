"""Edits asked for in words: `read_edit` says what is wanted, in the operations of `audio.editing`, or what is missing.

The question becomes tokens, amounts are put together, clauses cut; each clause is read by readers for each operation.
"""

from .read import read_edit
from .wish import OWN, EditWish

__all__ = ["OWN", "EditWish", "read_edit"]
