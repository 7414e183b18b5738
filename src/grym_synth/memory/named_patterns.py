"""Patterns by the names that their owner gave them: which of them a question means, and what is told of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from .. import __version__
from ..messages import EVIDENCE_UNITS, Evidence, Gap, Json, Source, Span
from ..storage.patterns import Occurrence
from ..storage.prints import Prints, StoredPrint
from .shared import Shared, places_in

_NAMES = 6  # of patterns, that are told where none was meant
_HOLDS = re.compile(
    r"(?i)\b(?:contains?|holds?|has|have|uses?|samples?|(?:is|in) (?:here|this|it|there)|comes? (?:back|up|again)"
    r"|recurs?|occurs?|appears?|shows? up|where)\b"
)
#: Questions for a pattern whether or not one has the name: "does this contain the amen break?", "where does it recur?"
_SEEKS_PATTERN = re.compile(
    r"(?i)\bpatterns?\b(?! (?:like|similar|as))"
    r"|\b(?:does|do)(?:n't| not)? (?:this|it|that|the|my)\b[^?]*\b(?:contain|hold|use|sample)\b"
    r"|\bwhere\b[^?]*\b(?:comes? (?:back|up|again)|recurs?|occurs?|appears?|shows? up)\b"
    r"|\bis (?:the|my|that)\b[^?]* in (?:here|this|it|there)\b"
    r"|\b(?:enthält|contient|contiene|contém)\b"
)
_METHOD = "prints of the recording held against those places where the pattern is known"
_SHARED = "prints of both recordings, word by word"


def named_in(question: str, names: Iterable[str]) -> list[str]:
    """The names whose words a question has."""
    return [name for name in names if _is_named(name, question)]


def seeks_pattern(question: str, names: Iterable[str]) -> bool:
    """Whether it is asked if, or where, one of the patterns of these names lies."""
    return _HOLDS.search(question) is not None and bool(named_in(question, names))


def unknown_pattern(question: str, names: Sequence[str], subject: str) -> Gap | None:
    """That no pattern has a name of the question, where one is asked for; None where none is."""
    if named_in(question, names) or not _SEEKS_PATTERN.search(question):
        return None
    known = f"; there are {', '.join(map(repr, sorted(names)[:_NAMES]))}" if names else "; none has a name yet"
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    hint = "grym patterns list, then grym patterns name NUMBER NAME"
    return Gap("similar", f"no pattern has a name that the question says{known}{more}", "unclear", subject, hint)


def held(
    prints: Prints, asked: StoredPrint | None, named: Mapping[str, Sequence[Occurrence]], subject: str
) -> tuple[list[Evidence], list[Gap]]:
    """Whether each of these patterns lies in a recording, and at which seconds; or why that cannot be told."""
    if asked is None or not asked.words.any():
        reason = "it is too short or too silent to hold a pattern"
        return [], [Gap("similar", reason, "unmeasurable", subject)]
    found = list[Evidence]()
    for name, occurrences in named.items():
        places, compared = places_in(prints, asked, occurrences)
        found.append(_told("pattern" if places else "no_pattern", "label", name, subject, _METHOD))
        found += [_told("place", "time", round(span[0], 2), subject, _METHOD, span) for span in places]
        if not places:
            found.append(_told("places_compared", "count", compared, subject, _METHOD))
    return found, []


def evidence_of_shared(shared: Shared, subject: str, path: str) -> Iterator[Evidence]:
    """A pattern that the recording asked about and a match both hold: its name, "" for none, and where it begins."""
    yield _told("shared", "label", shared.name, subject, _SHARED)
    yield _told("shared_here", "time", round(shared.here_s[0], 2), subject, _SHARED, shared.here_s)
    yield _told("shared_there", "time", round(shared.there_s[0], 2), path, _SHARED, shared.there_s)


def _told(
    name: str, kind: str, value: Json, subject: str, method: str, span: tuple[float, float] | None = None
) -> Evidence:
    source = Source("hub", __version__, method)
    where = None if span is None else Span(*span)
    return Evidence("", f"similar.{name}", kind, value, EVIDENCE_UNITS[kind], 1.0, subject, source, span=where)


def _is_named(name: str, question: str) -> bool:
    words = r"\W+".join(re.escape(word) for word in re.findall(r"\w+", name))
    return bool(words) and re.search(rf"(?i)(?<!\w){words}(?!\w)", question) is not None
