"""Dates in a question: "from last month", "2024", "since May", "newer than a week". Local time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..regex import lazily
from .query import Changed
from .vocabulary import NUMBERS

_MONTHS = tuple(
    "jan(?:uar[yi]?|vier|eiro)?|gennaio|enero feb(?:ruar[yi]?|rero|braio)?|fevr(?:ier|eiro)? mar(?:ch|z|zo|s|co)?|marz|maerz"
    " apr(?:il|ile)?|abr(?:il)?|avril may|mai|mayo|mag(?:gio)?|maio|maj jun[ei]?|junio|juin|giugno|junho"
    " jul[yi]?|julio|juillet|luglio|julho aug(?:ust)?|agosto|aout|augusti sept?(?:ember|iembre|embre)?|set(?:tembre|embro)?"
    " o[ck]t(?:ober|ubre|obre)?|ottobre|outubro nov(?:ember|iembre|embre|embro)? de[cz](?:ember|embre|embro)?|dic(?:iembre|embre)?".split()
)
_MONTH = "|".join(f"(?P<m{i}>{names})" for i, names in enumerate(_MONTHS, 1))
_SPANS = (
    (r"days?|tage?n?|dias?|jours?|giorn[oi]|dagar|dag", "day"),
    (r"weeks?|wochen?|semanas?|semaines?|settiman[ae]|veckor|veckan?", "week"),
    (r"months?|monate?n?|mes(?:es)?|mois|mes[ei]|manad(?:er|en)?", "month"),
    (r"years?|jahre?n?|anos?|an(?:nee)?s?|ann[oi]|ar(?:et)?", "year"),
)
_SPAN = "|".join(f"(?P<{name}>{pattern})" for pattern, name in _SPANS)
_COUNT = "|".join(sorted((re.escape(w) for w in NUMBERS), key=len, reverse=True))
_IN = r"(?:(?P<since>since|after|newer than|seit|desde|depuis|sedan|later than|nach|despues de|apres|dopo|dal)|" \
    r"(?P<until>before|until|older than|vor|bis|antes de|avant|prima del|fore)|from|in|of|made in|recorded in|added in|" \
    r"aus|von|vom|im|de|en|du|del|della|da|fran) "  # fmt: skip
_PATTERNS = (
    lazily(rf"(?:{_IN})?(?:the |la |le |el |il )?(?P<year>(?:19[5-9]|20[0-4])\d)-(?P<month>\d\d)(?:-(?P<dom>\d\d))?(?!\w)"),
    lazily(rf"(?:{_IN})(?:the |la |le |el |il )?(?:{_MONTH})(?: (?:de |of )?(?P<year>(?:19[5-9]|20[0-4])\d))?(?!\w)"),
    lazily(
        rf"(?:{_IN})?(?:the |den |der |las |los |les |gli |i |os |as |de )?(?:last|past|letzten?|ultim[oa]s|dernier(?:e?s)|"
        rf"ultim[ie]|senaste) (?P<n>\d+|{_COUNT}) (?:{_SPAN})(?!\w)"
    ),
    lazily(rf"(?P<newer>newer|younger|neuer|jungre) (?:than|als|an) (?P<n>\d+|{_COUNT}) (?:{_SPAN})(?!\w)"),
    lazily(rf"(?P<older>older|alter|aldre) (?:than|als|an) (?P<n>\d+|{_COUNT}) (?:{_SPAN})(?!\w)"),
    lazily(
        rf"(?:{_IN})?(?:the |dem |der |el |la |le |il |o |a )?(?P<which>last|past|previous|this|letzte[nmrs]?|vorige[nmrs]?|"
        rf"diese[nmrs]?|este|esta|questo|questa|ultimo|ultima|cette|ce|denna|forra) (?:{_SPAN})(?!\w)"
    ),
    lazily(
        rf"(?:{_IN})?(?:the |el |la |le |il |o |a )?(?:{_SPAN}) (?P<which>pasad[oa]|derniere?|scors[oa]|passad[oa])(?!\w)"
    ),
    lazily(r"(?:from |von )?(?P<today>today|heute|hoy|aujourd'hui|oggi|hoje|idag)(?!\w)"),
    lazily(r"(?:from |von )?(?P<yesterday>yesterday|gestern|ayer|hier|ieri|ontem|igar)(?!\w)"),
    lazily(rf"(?<![\w.-])(?:{_IN})?(?:the year |dem jahr |el ano )?(?P<year>(?:19[5-9]|20[0-4])\d)(?![\w.:])(?! (?:hz|khz|ms))"),
)  # fmt: skip
_THIS = ("this", "diese", "este", "esta", "questo", "questa", "cette", "ce", "denna")


@dataclass(frozen=True, slots=True)
class DateFound:
    """Where a date stands in the text, and the time it means."""

    start: int
    end: int
    test: Changed


def read_dates(text: str, now: datetime) -> Iterator[DateFound]:
    """The dates of a folded text, none over another."""
    taken = list[tuple[int, int]]()
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if (start and re.match(r"\w", text[start - 1])) or any(start < b and a < end for a, b in taken):
                continue
            try:
                since, until = _bounds(match.groupdict(), now)
            except (ValueError, OverflowError):  # the 31st of February
                continue
            taken.append((start, end))
            by_file = not match.groupdict().get("year")
            yield DateFound(start, end, Changed(since.timestamp(), until.timestamp(), _told(since, until), by_file))


def _bounds(parts: dict[str, str | None], now: datetime) -> tuple[datetime, datetime]:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    first, last = _named(parts, now, day)
    if parts.get("since"):
        # "since May" begins with May, "after 2020" with the end of 2020.
        return (
            last if parts["since"] in ("after", "later than", "nach", "apres", "dopo", "despues de") else first
        ), now
    if parts.get("until"):
        return datetime(1971, 1, 1, tzinfo=now.tzinfo), first
    return first, last


def _named(parts: dict[str, str | None], now: datetime, day: datetime) -> tuple[datetime, datetime]:
    begin = datetime(1971, 1, 1, tzinfo=now.tzinfo)
    if parts.get("today"):
        return day, now
    if parts.get("yesterday"):
        return day - timedelta(days=1), day
    span = next((name for _, name in _SPANS if parts.get(name)), "")
    if count := parts.get("n"):
        amount = float(count) if count.isdigit() else NUMBERS[count]
        at = now - timedelta(days=amount * {"day": 1, "week": 7, "month": 30.4, "year": 365.25}[span])
        return (begin, at) if parts.get("older") else (at, now)
    if which := parts.get("which"):
        start = _start_of(span, day)
        if which.startswith(_THIS):
            return start, now
        if which in ("past",):
            return now - timedelta(days={"day": 1, "week": 7, "month": 30.4, "year": 365.25}[span]), now
        return _start_of(span, start - timedelta(days=1)), start
    month = next((i for i in range(1, 13) if parts.get(f"m{i}")), 0) or int(parts.get("month") or 0)
    year = int(parts.get("year") or (now.year if month <= now.month else now.year - 1))
    if dom := parts.get("dom"):
        at = datetime(year, month, int(dom), tzinfo=now.tzinfo)
        return at, at + timedelta(days=1)
    if month:
        return datetime(year, month, 1, tzinfo=now.tzinfo), datetime(
            year + month // 12, month % 12 + 1, 1, tzinfo=now.tzinfo
        )
    return datetime(year, 1, 1, tzinfo=now.tzinfo), datetime(year + 1, 1, 1, tzinfo=now.tzinfo)


def _start_of(span: str, day: datetime) -> datetime:
    if span == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if span == "month" else day.replace(month=1, day=1) if span == "year" else day


def _told(since: datetime, until: datetime) -> str:
    if since.year <= 1971:
        return f"before {until:%Y-%m-%d}"
    if (until - since) < timedelta(days=1.01):
        return f"on {since:%Y-%m-%d}"
    return f"from {since:%Y-%m-%d} to {until - timedelta(seconds=1):%Y-%m-%d}"
