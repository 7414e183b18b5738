"""Regular expressions that are compiled at their first use: a command needs few of the hundreds that there are."""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn", "pattern")


def lazily(pattern: str, flags: int | re.RegexFlag = 0) -> re.Pattern[str]:
    """What `re.compile` gives, made at the first use; one that is wrong fails there."""
    return cast("re.Pattern[str]", _Pattern(pattern, flags))


class _Pattern:
    def __init__(self, pattern: str, flags: int | re.RegexFlag) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> Any:
        """Called for what is not here yet: from then on the methods of the compiled one are."""
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = re.compile(*self._given)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)
