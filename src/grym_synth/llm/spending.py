"""What language models have cost today, also over restarts: a budget of a day outlives the hub of one command."""

from __future__ import annotations

import datetime
import itertools
import json
import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .choose import Spent

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Day:
    date: str
    money: float = 0.0
    tokens: int = 0  # of models that are not local


class Spending:
    """The sums of one day; one hub of a home writes them.

    path : the file that keeps them; None to forget them
    wall : seconds since 1970; a day ends at midnight, local time
    """

    def __init__(self, path: Path | None, wall: Callable[[], float] = time.time) -> None:
        self._path, self._wall = path, wall
        self._day: _Day | None = None
        self._reserved: dict[int, tuple[float, int]] = {}
        self._numbers = itertools.count()

    def today(self) -> Spent:
        """What is spent, and what may be by questions that are on their way."""
        day, now = self._today(), datetime.datetime.fromtimestamp(self._wall())
        midnight = datetime.datetime.combine(now.date() + datetime.timedelta(days=1), datetime.time())
        left = max(1.0, midnight.timestamp() - now.timestamp())
        reserved = self._reserved.values()
        money, tokens = sum(item[0] for item in reserved), sum(item[1] for item in reserved)
        return Spent(day.money + money, day.tokens + tokens, left)

    @contextmanager
    def reserve(self, money: float, tokens: int) -> Iterator[None]:
        """Count the most that a question may cost for as long as it is on its way."""
        number = next(self._numbers)
        self._reserved[number] = (money, tokens)
        try:
            yield
        finally:
            del self._reserved[number]

    def add(self, money: float, tokens: int) -> None:
        """Count what a question has cost."""
        if not (money or tokens):
            return
        day = self._today()
        day.money, day.tokens = day.money + money, day.tokens + tokens
        self._write(day)

    def _today(self) -> _Day:
        date = datetime.date.fromtimestamp(self._wall()).isoformat()
        if self._day is None:
            self._day = self._read()
        if self._day is None or self._day.date != date:
            self._day = _Day(date)
        return self._day

    def _read(self) -> _Day | None:
        if self._path is None:
            return None
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            day = _Day(str(found["day"]), float(found["money"]), int(found["tokens"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            log.warning("what models cost today cannot be read, counting anew", extra={"reason": str(error)})
            return None
        return day if math.isfinite(day.money) and day.money >= 0.0 and day.tokens >= 0 else None

    def _write(self, day: _Day) -> None:
        if self._path is None:
            return
        text = json.dumps({"day": day.date, "money": round(day.money, 9), "tokens": day.tokens})
        draft = self._path.with_name(f".{self._path.name}.part")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8")
            draft.replace(self._path)
        except OSError as error:
            log.warning("what models cost today cannot be kept", extra={"reason": str(error)})
