"""Does the cited evidence hold what a sentence states? Every sentence of an answer passes here, whoever wrote it.

A number must be in the cited evidence with its unit, of the recording that the sentence names, rounded no further than
its printed digits say and than `ROUNDING` allows. Keys, notes, chords, file names and quotations must be there as well,
and comparisons must be true. What only repeats the question may stand where the words say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..messages import Evidence
from ..regex import lazily
from .checks.alike import check_alike
from .checks.bounds import check_full_scale
from .checks.case import Case, Problem, holds_words
from .checks.certainty import check_certainty
from .checks.compared import check_compared
from .checks.compass import check_compass
from .checks.directions import check_directions
from .checks.equality import check_equality
from .checks.music import check_music
from .checks.names import check_name
from .checks.orders import check_orders
from .checks.presence import check_presence
from .checks.proper_names import check_proper_names
from .checks.quantities import check_quantities
from .checks.quoting import check_quoting, quotes_notes
from .checks.rankings import check_rankings
from .checks.silences import check_silences
from .checks.spans import check_spans
from .checks.targets import check_targets
from .checks.things import check_things
from .checks.tokens import MAX_CHARS

__all__ = ["Problem", "check"]


_UNQUOTED = lazily(
    r"\b(?:title|artist|album|genre|composer|label)(?: tag)? (?:is|says|reads) ([A-Z][^.,;()\x01]{0,80})"
)
MAX_STATED = 400  # numbers and names in one sentence

#: What is asked of every sentence, each in a module of its own.
CHECKS: tuple[Callable[[Case], list[Problem]], ...] = (
    check_quantities, check_full_scale, check_directions, check_rankings, check_presence, check_proper_names,
    check_spans, check_music, check_compared, check_compass, check_orders, check_equality, check_targets,
    check_silences, check_certainty, check_things, check_alike,
)  # fmt: skip


def check(
    sentence_text: str, cited: Sequence[Evidence], *, question: str = "", subjects: Sequence[str] = ()
) -> tuple[Problem, ...]:
    """Everything in a sentence that its evidence does not bear out; empty when all of it is held.

    Parameters
    ----------
    sentence_text : one sentence, with or without its citations
    cited : the evidence that it cites; for computed evidence also what that was computed from
    question : what was asked; its numbers and names may be repeated
    subjects : all recordings of the answer, so that a name of one is never taken for a word
    """
    if len(sentence_text) > MAX_CHARS:
        return (
            Problem(sentence_text[:40], f"{len(sentence_text):,} characters; a sentence has at most {MAX_CHARS:,}"),
        )
    if quotes_notes(cited):
        return tuple(dict.fromkeys([*_check_citations(sentence_text, cited), *check_quoting(sentence_text, cited)]))
    case = Case(sentence_text, cited, question, subjects)
    if len(case.tokens.text) > MAX_CHARS:
        return (Problem(sentence_text[:40], "too long once its letters are written out"),)
    tokens = case.tokens
    if len(tokens.quantities) + len(tokens.names) + len(tokens.files) + len(tokens.quotations) > MAX_STATED:
        return (Problem(sentence_text[:40], f"states more than {MAX_STATED} things; nobody can follow that"),)
    problems = [*_check_citations(sentence_text, cited), *_check_files(case)]
    if not problems:  # with an unknown recording nothing else can be decided
        problems += _check_quotations(case)
        problems += [problem for judge in CHECKS for problem in judge(case)]
        problems += [problem for name in case.tokens.names if (problem := check_name(case, name)) is not None]
    return tuple(dict.fromkeys(problems))


def _check_citations(text: str, cited: Sequence[Evidence]) -> list[Problem]:
    known = {item.id for item in cited}
    stated = dict.fromkeys(re.findall(r"\[(e\d{1,6})\]", text))
    return [Problem(name, "cited in the text, not among the evidence") for name in stated if name not in known]


def _check_files(case: Case) -> list[Problem]:
    problems = []
    for name in case.tokens.files:
        if len(name.subjects) > 1:
            problems.append(Problem(name.text, "names more than one recording"))
        elif name.subjects:
            if name.subjects[0] not in case.subjects:
                problems.append(Problem(name.text, "nothing cited speaks of this recording"))
        elif not any(name.text in text for text, _ in case.strings):
            problems.append(Problem(name.text, "no such recording"))
    return problems


def _check_quotations(case: Case) -> list[Problem]:
    problems = []
    for match in _UNQUOTED.finditer(case.tokens.plain):
        wanted = " ".join(match[1].split())
        if not any(holds_words(text, wanted) for text, _ in case.strings):
            problems.append(Problem(wanted, "not verbatim in the cited evidence"))
    for quotation in case.tokens.quotations:
        whole = " ".join(quotation.text.split())
        wanted = whole.strip(" .,!?") or whole
        bound = case.bound(quotation.start)
        held = any(holds_words(text, wanted) and case.touches(item, bound) for text, item in case.strings)
        repeated = holds_words(" ".join(case.asked.text.split()), wanted)
        if not held and not (repeated and (not case.strings or case.is_repetition(quotation.start, quotation.end))):
            problems.append(Problem(quotation.text, "not verbatim in the cited evidence"))
    return problems
