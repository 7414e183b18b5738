"""How long ago, and which recordings, in words."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_LONG = 60  # characters of a name
_MANY = 5  # names that are listed


def ago(then: float, now: float) -> str:
    """ "a moment ago", "2 minutes ago", "yesterday", "on Friday", "on 3 March": by the clock of this machine."""
    minutes, hours = int((now - then) // 60.0), int((now - then) // 3600.0)
    if minutes < 1:
        return "a moment ago"
    if minutes < 60:
        return "a minute ago" if minutes == 1 else f"{minutes} minutes ago"
    day, today = time.localtime(then), time.localtime(now)
    days = round((_midnight(today) - _midnight(day)) / 86400.0)
    if days == 0 or hours < 6:
        return "an hour ago" if hours == 1 else f"{hours} hours ago"
    if days < 7:
        return "yesterday" if days == 1 else f"on {_DAYS[day.tm_wday]}"
    year = "" if day.tm_year == today.tm_year else f" {day.tm_year}"
    return f"on {day.tm_mday} {_MONTHS[day.tm_mon - 1]}{year}"


def short_names(paths: Sequence[str]) -> list[str]:
    """What to call recordings: their names, with as much of their folders as tells them apart; safe to show."""
    names = [PurePath(path).name or path for path in paths]
    for depth in (2, 3):
        counts = Counter(names)
        names = [
            name if counts[name] == 1 else str(PurePath(*PurePath(path).parts[-depth:]))
            for name, path in zip(names, paths, strict=True)
        ]
    counts = Counter(names)
    return [plain(name if counts[name] == 1 else path) for name, path in zip(names, paths, strict=True)]


def listed(names: Sequence[str], last: str = "and") -> str:
    """ "a", "a and b", "a, b or c"; of many the first few, and how many more."""
    if len(names) > _MANY:
        names = [*names[: _MANY - 1], f"{len(names) - _MANY + 1} more"]
    return "".join(names) if len(names) < 2 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def plain(text: str) -> str:
    """A stranger's text for one line: what would steer a terminal is spelled out, and what is too long is cut."""
    spelled = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
    return spelled if len(spelled) <= _LONG else f"{spelled[: _LONG // 2]}…{spelled[-_LONG // 2 + 1 :]}"


def _midnight(day: time.struct_time) -> float:
    return time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1))
