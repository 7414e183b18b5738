"""One sentence on trial: what it states, what is cited, what was asked, and of which recording each part speaks."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...messages import Evidence
from ...regex import lazily
from .held import Fact, facts_of, keys_of, strings_of, subjects_of
from .tokens import FileName, Quantity, Reading, Tokens, normalise, read

#: Words after which a number or a name of the question may be repeated although the evidence holds another one.
_REPEATS = lazily(
    r"(?i)\b(?:targets?|asked?|you(?:r|rs)?|not|than|instead|rather|against|versus|vs|reach|hit|goal|aim|wanted|limit|ceiling"
    r")\b"
)
_MAYBE = lazily(
    r"(?i)\b(?:or|perhaps|maybe"
    r"|could|might|may|possibly|alternatives?|less likely|(?<!I )would|otherwise|else|runner-up|not|unsure"
    r"|if|next|instead|rather|also possible|second (?:choice|guess|candidate|option)|closest"
    r"|followed by|ahead of|before|over|than|though|although|half[- ]time|double[- ]time)\b"
)
_MAYBE_BEHIND = lazily(
    r"(?i)\b(?:if|alternative|alternatively|runner-up|also possible|less likely|half[- ]time|double[- ]time|is possible"
    r"|(?:distant|close|second) (?:second|candidate|guess|choice|option)|second|next best|other (?:candidate|option)"
    r"|cannot be (?:ruled out|excluded)|can't be (?:ruled out|excluded)|as an option|not far behind|runs? it close"
    r"|long shot|outsider|unlikely|legitimate|plausible|conceivable)\b"
)
_FIRMLY = lazily(
    r"(?i)\b(?:most likely|certainly|definitely|clearly|surely|likeliest|best (?:match|fit|guess)|first choice)\b"
)
_FIRMLY_BEHIND = lazily(
    r"(?i)\W{0,4}(?:is|being|would be|as|fits?)(?: by far)?(?: (?:the|its))? ?(?:(?!next|second|third|other)\w+ )?"
    r"(?:likeliest|most (?:likely|probable)|more (?:likely|probable)|likelier|best|main|first)\b"
)
_RUNNER_UP = lazily(
    r"(?i)\W{0,2}(?:BPM\W{0,2})?(?:(?:comes?|is|would (?:be|come)|being|as|in) )?(?:(?:the|a|an|its|close|less|next|distant) ){0,3}"
    r"(?:second|alternative|runner-up|next best|other (?:candidate|option)|likely (?:one|reading|candidate)"
    r"|long shot|outsider|unlikely|remote|legitimate|plausible|conceivable|on the cards|an option)\b"
)
_DENIED = lazily(
    r"(?i)(?:\bnot|n't|\bnever|\banything but|\bfar from|\brather than|\binstead of|\bas opposed to|\bunlike)"
    r"(?: both| all| either| exactly| quite| really| actually)?"
    r"(?: (?:run|runs|sit|lie|stay|last|measure|come|move|be|play|count|use))?"
    r"(?: (?:in|at|for|of|an?|the|to|the key of|written in|tuned to|sampled at|as)){0,2} $"
)
_AT = lazily(r"(?i)\b(?:at|from|to|between|until|after|before|and|around)(?: the)? ?$")
_HELD_AGAINST = lazily(
    r"(?i) (?:against|versus|vs\.?|compared (?:with|to)|rather than)(?: the| only)? ?(?:minus |plus |[-+])?"
)
_MEASURED = lazily(r"(?i)\b(?:measures|measured|runs|comes in|sits|is|reads|comes out|lies)(?: at)? ?$")
_OF = lazily(r"(?i) (?:of|for|in) [\"']?")
_AGAINST = lazily(r"(?i)\b(?:against|versus|vs|compared (?:with|to))\b")
_JOINED = lazily(r"(?i)[\s\x01\"']*(?:,|and|&|or|,\s?and|both|\s)*[\s\"']*")


@dataclass(frozen=True, slots=True)
class Problem:
    """What a sentence states and its evidence does not hold."""

    text: str
    reason: str


class Case:
    """Everything the checks look at; built once a sentence."""

    def __init__(self, sentence: str, cited: Sequence[Evidence], question: str, subjects: Sequence[str]) -> None:
        # The sentence of a theory finding may say how the question was understood (its names), but its numbers
        # must follow from the finding: a sentence is not its own witness.
        self.understood = tuple(
            " ".join(normalise(str(item.value)).split()) for item in cited if item.name == "theory.text"
        )
        self.cited = tuple(item for item in cited if item.name != "theory.text")
        named = (*subjects, *(item.subject for item in cited))
        self.topics = frozenset(item.capability for item in cited)
        self.tokens: Tokens = read(sentence, named, subjects, self.topics)
        self.asked: Tokens = read(question, named, subjects, self.topics)
        self.facts: list[Fact] = [fact for item in self.cited for fact in facts_of(item)]
        self.names = frozenset(item.name for item in self.cited)
        self.by_unit: dict[str, list[Fact]] = {}
        for fact in self.facts:
            self.by_unit.setdefault(fact.unit, []).append(fact)
        self._texts: dict[int, list[str]] = {}
        self._keys: dict[int, set[str]] = {}
        self.strings: list[tuple[str, Evidence]] = [(text, item) for item in self.cited for text in self.texts(item)]
        self.known_words = _words_of(*(text for text, _ in self.strings), *named, question, *self.understood)
        self._subjects = {id(item): _spoken_of(item, self.cited, subjects) for item in self.cited}
        self.is_theory = bool(self.cited) and all(item.capability == "theory" for item in self.cited)
        self.subjects = tuple(dict.fromkeys(name for item in self.cited for name in sorted(self._subjects[id(item)])))
        self.groups = _groups(self.tokens)
        self.supported: dict[int, list[Fact]] = {}  # kept by `quantities.supporting`

    def texts(self, evidence: Evidence) -> list[str]:
        """What `strings_of` reads from a cited finding, read once."""
        if id(evidence) not in self._texts:
            self._texts[id(evidence)] = strings_of(evidence)
        return self._texts[id(evidence)]

    def keys(self, evidence: Evidence) -> set[str]:
        """What `keys_of` reads from a cited finding, read once."""
        if id(evidence) not in self._keys:
            self._keys[id(evidence)] = keys_of(evidence)
        return self._keys[id(evidence)]

    def speaks_of(self, evidence: Evidence, subjects: frozenset[str]) -> bool:
        """Whether a finding is about all of those recordings; a level that they are held against may be of any."""
        own = self._subjects[id(evidence)]
        return subjects <= own or (not own and evidence.source.agent == "hub")

    def touches(self, evidence: Evidence, subjects: frozenset[str]) -> bool:
        return not subjects or not subjects.isdisjoint(self._subjects[id(evidence)])

    def group_at(self, start: int) -> list[FileName]:
        """The file names that what stands at `start` speaks of; none when the sentence names none."""
        if not self.groups:
            return []
        if (owner := self._owner_of(start)) is not None:
            return owner
        if (paired := self._paired_at(start)) is not None:
            return paired
        before = [group for group in self.groups if group[0].start <= start]
        stated = [*(each.start for each in self.tokens.quantities), *(each.start for each in self.tokens.names)]
        name_comes_first = self.groups[0][0].start < min(stated, default=0) or not stated
        if name_comes_first or start > self.groups[-1][0].start:
            return before[-1] if before else self.groups[0]
        return next(group for group in self.groups if group[0].start > start)

    def _owner_of(self, start: int) -> list[FileName] | None:
        """Whose a number is that is told beside another: "the 96 BPM of b.wav", "a.wav has more (96 against 84 BPM)"."""
        quantity = next((each for each in self.tokens.quantities if each.start == start), None)
        if quantity is None:
            return None
        for group in self.groups:
            if _OF.fullmatch(self.tokens.text[quantity.end : group[0].start][:9]):
                return group
        if (side := self._side_of(quantity)) is None:
            return None
        first = [group for group in self.groups if group[0].start <= start][-1:] or self.groups[:1]
        if len(first[0]) > 1 or len(self.subjects) != 2 or not first[0][0].subjects:
            return None
        if side == 0:
            return first[0]
        rest = next(name for name in self.subjects if name != first[0][0].subjects[0])
        return [FileName(start, start, rest, (rest,))]

    def is_held_against(self, quantity: Quantity) -> bool:
        """Whether a number is one of two that are told beside each other: "96 against 84"."""
        return self._side_of(quantity) is not None

    def _side_of(self, quantity: Quantity) -> int | None:
        """0 or 1 for the numbers of "96 against 84 BPM" in the order in which they stand; None for others."""
        quantities = self.tokens.quantities
        at = quantities.index(quantity)
        for first in (at, at - 1):
            if 0 <= first < len(quantities) - 1:
                between = self.tokens.text[quantities[first].end : quantities[first + 1].start]
                if len(between) < 20 and _HELD_AGAINST.fullmatch(between):
                    return at - first
        return None

    def _paired_at(self, start: int) -> list[FileName] | None:
        """ "With 66 BPM against 166 BPM, a.wav is slower than b.wav": the numbers in the order of the names."""
        first = self.groups[0][0].start
        if start >= first or len(self.groups) < 2:
            return None
        leading = [each for each in self.tokens.quantities if each.start < first]
        units = {each.unit for each in leading}
        if len(leading) != len(self.groups) or len(units) > 1 or not _AGAINST.search(self.tokens.text[:first]):
            return None
        return next((self.groups[at] for at, each in enumerate(leading) if each.start == start), None)

    def bound(self, start: int) -> frozenset[str]:
        """The one recording that what stands at `start` speaks of, or all of its group; empty: not said."""
        return frozenset(name.subjects[0] for name in self.group_at(start) if name.subjects)

    def by_name(self, name: str) -> list[Evidence]:
        """The cited main findings of that name."""
        return [item for item in self.cited if item.name == name and item.rank == 0]

    def held_value(self, subject: str, names: Sequence[str]) -> float | None:
        """The main number of that name that is cited for a recording."""
        for name in names:
            for fact in self.facts:
                same = fact.evidence.name == name and fact.evidence.rank == 0 and fact.evidence.subject == subject
                if same and fact.relation == "finding" and fact.item is None:
                    return fact.value
        return None

    def asked_value(self, unit: str) -> list[Quantity]:
        return [each for each in self.asked.quantities if each.unit == unit]

    def repeats_question(self, quantity: Quantity, competing: bool) -> bool:
        """Whether a quantity only repeats one of the question; when the evidence competes, words must say so."""
        for asked in self.asked.quantities:
            if (
                self.is_theory
                and _equal(asked.readings, quantity.readings)
                and not (_is_unit(asked.unit) and _is_unit(quantity.unit) and asked.unit != quantity.unit)
            ):
                return True  # arithmetic may call the 98 of "from 98 to 104" a tempo, and 8 bars bars
            units = {quantity.unit, *quantity.inherited}
            is_bare = not asked.unit and not asked.noun and _equal(asked.readings, quantity.readings)
            if is_bare and self.is_repetition(quantity.start, quantity.end):
                return True  # "is it 120?": "the 120 BPM you asked about"
            same = asked.unit in units or (not quantity.unit and not asked.unit and not quantity.inherited)
            if same and asked.noun == quantity.noun and _equal(asked.readings, quantity.readings):
                return not competing or self.is_repetition(quantity.start, quantity.end)
        return False

    def is_repetition(self, start: int, end: int) -> bool:
        """Whether the words around say that something is repeated from the question, not found."""
        text = self.tokens.text
        before = re.split(r"[;:.]\s", text[max(0, start - 60) : start])[-1]
        after = re.split(r"[;:,.](?:\s|$)", text[end : end + 30])[0]
        if _MEASURED.search(before):  # "your file measures": no number of the question, unless it says so behind
            return re.search(r"(?i)\basked\b", re.split(r"[;:,.](?:\s|$)", after)[0]) is not None
        near = " ".join(before.split()[-4:])
        return bool(_REPEATS.search(near) or re.search(r"(?i)\b(?:you asked|target|asked|limit|ceiling|goal)\b", after))

    def denies(self, start: int) -> bool:
        """Whether what stands at `start` is denied outright: "is not in A minor", "are not both at 126 BPM"."""
        return _DENIED.search(self.tokens.text, max(0, start - 40), start) is not None

    def is_position(self, start: int) -> bool:
        return _AT.search(self.tokens.text, max(0, start - 20), start) is not None

    def clause(self, start: int, end: int) -> str:
        """The words around, up to the next stop or semicolon."""
        plain = self.tokens.plain
        begin = max(plain.rfind(mark, 0, start) for mark in (";", ". ", ": "))
        ends = [at for mark in (";", ". ", ": ") if (at := plain.find(mark, end)) >= 0]
        return plain[begin + 1 : min(ends, default=len(plain))]


def _spoken_of(item: Evidence, cited: Sequence[Evidence], subjects: Sequence[str]) -> frozenset[str]:
    """The recordings that a finding speaks of: a comparison also of the first, which it was held against."""
    own = subjects_of(item, cited)
    if item.capability != "compare" or item.source.agent == "hub":
        return own
    return own | frozenset(subjects if len(subjects) <= 2 else subjects[:1])


def _is_unit(unit: str) -> bool:
    return unit not in ("", "#", "times")


def _equal(first: Sequence[Reading], second: Sequence[Reading]) -> bool:
    return any(abs(one.value - other.value) <= 1e-9 * max(1.0, abs(one.value)) for one in first for other in second)


def _groups(tokens: Tokens) -> list[list[FileName]]:
    """File names that stand together in a list."""
    groups: list[list[FileName]] = []
    for name in tokens.files:
        between = tokens.text[groups[-1][-1].end : name.start] if groups else ""
        if groups and len(between) < 40 and _JOINED.fullmatch(between):
            groups[-1].append(name)
        else:
            groups.append([name])
    return groups


def _words_of(*texts: str) -> frozenset[str]:
    """The words of texts, and what stands between their spaces, lower case; without a possessive."""
    return frozenset().union(*map(_words_in, texts)) - {""}


@functools.lru_cache(maxsize=1024)
def _words_in(text: str) -> frozenset[str]:
    lower = normalise(text).casefold()
    between_spaces = (re.sub(r"'?s$", "", word) for word in re.split(r"[\s,;:()\"/\\]+", lower))
    return frozenset([*between_spaces, *re.split(r"[\W_]+", lower)])


def holds_words(text: str, wanted: str) -> bool:
    """Whether `wanted` stands in `text` as whole words."""
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            return True
        at = text.find(wanted, at + 1)
    return False


def may_be_alternative(
    case: Case, start: int, end: int, ends_before: Sequence[int], starts_behind: Sequence[int] = ()
) -> bool:
    """Whether the words around, up to the next thing of the kind, present something as one possibility among others."""
    text = case.tokens.text
    before = text[max([0, start - 120, *ends_before]) : start]
    behind = re.split(r"[.;](?:\s|$)", text[end : min([end + 60, *starts_behind])])[0]
    if _FIRMLY_BEHIND.match(behind):
        return False
    marks = list(_MAYBE.finditer(before))
    firm = list(_FIRMLY.finditer(before))
    if marks and (not firm or firm[-1].start() < marks[-1].start()):
        return True
    if _RUNNER_UP.match(behind) and (not firm or ends_before):
        return True  # what is firm before it was said of another
    return not firm and _MAYBE_BEHIND.search(behind) is not None
