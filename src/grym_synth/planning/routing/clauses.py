"""The parts of a question that asks for several things: "how fast is it, and does it clip?" has two."""

from __future__ import annotations

import re

from ...regex import lazily

#: Parts that are weighed; a list of more is weighed as a whole as well.
MOST = 4

_AND = (
    "and then|and also|and|also|then|plus|but|und dann|und auch|und|sowie|y luego|y además|y|además|et puis|et aussi|"
    "et|puis|e depois|e também|e poi|e anche|e|och sedan|och|samt|together with|along with|as well as"
)
_BREAK = lazily(
    rf"(?:[,;.?!:]+\s+|\s[-–—/&+]+\s|\s*[&;]\s*)(?:(?:{_AND})\s+)*|\s+(?:{_AND})\s+",
    re.IGNORECASE,
)


def split_clauses(plain: str) -> tuple[str, ...]:
    """The first parts of a question, in order; none when it has only one."""
    parts = [part for part in _BREAK.split(plain) if any(character.isalnum() for character in part)]
    return tuple(parts[:MOST]) if len(parts) > 1 else ()
