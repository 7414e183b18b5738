"""What an answer lacks, in words: one sentence for each reason, however many capabilities it leaves open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ...messages import Detail, Evidence, Gap, Route
from . import phrasing as say

#: What cannot be done yet, behind "I cannot"; each as somebody would say it who was asked for it.
NOT_YET: Mapping[str, str] = {
    "facts": "read the facts of a file", "loudness": "measure loudness", "rhythm": "find the tempo",
    "tonality": "find the key", "spectrum": "look into the spectrum",
    "chords": "name chords", "structure": "tell the parts of a piece apart", "notes": "write down notes",
    "timbre": "tell which instruments play", "compare": "set recordings side by side",
    "similar": "find recordings that sound alike", "library": "search a library of your recordings",
    "teach": "learn your labels and corrections", "knowledge": "look things up in your notes",
    "learn": "read pages and files into a knowledge base", "share": "export or import packs",
    "theory": "do music arithmetic",
    "edit": "make an edited copy of a recording", "system": "tell how the hub is doing",
}  # fmt: skip
#: Aspects whose findings may be absent in a version that measures the rest of their capability → the findings, and
#: what cannot be done without them.
ASPECT_FINDINGS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "rhythm.downbeats": (("rhythm.downbeats_s",), "tell where the bars begin"),
    "rhythm.metre": (("rhythm.metre",), "tell the metre"),
    "rhythm.swing": (("rhythm.swing",), "measure swing"),
    "rhythm.drift": (("rhythm.drift_percent", "rhythm.tempo_curve"), "measure how steady the tempo is"),
    "tonality.key_changes": (("tonality.key_changes",), "follow changes of key"),
}
#: So many recordings that share a reason are told together.
MANY = 4
SHOWN = 5  # sentences about single recordings; of more, how many
#: Codes of gaps whose reason is a sentence for the asker, a question among them.
OWN_WORDS = frozenset(("unclear", "consent"))
WHICH = "Tell me which recording: put the file after the question."
ANOTHER = "Tell me what to compare it with: put two or more files after the question."


def unmeasured(route: Route, evidence: Sequence[Evidence], gaps: Sequence[Gap]) -> list[Gap]:
    """A gap for each aspect of the question whose capability was measured without a finding about it.

    A finding that is null was looked for: then the writer says so. Where a gap is left already, it says why.
    """
    asked = route.params.get("aspects")
    names = {item.name for item in evidence}
    capabilities = {item.capability for item in evidence}
    known = {gap.capability for gap in gaps}
    missing = []
    for aspect in asked if isinstance(asked, list) else []:
        findings, what = ASPECT_FINDINGS.get(str(aspect), ((), ""))
        capability = str(aspect).partition(".")[0]
        is_measured = capability in capabilities and capability in route.capabilities and capability not in known
        if findings and is_measured and names.isdisjoint(findings):
            reason = f"I cannot {what} yet: that is not in this version of grym-synth"
            missing.append(Gap(capability, reason, "missing"))
    return missing


def gap_sentences(gaps: Sequence[Gap], names: Mapping[str, str], *, detail: Detail = "normal") -> list[str]:
    """Each reason once, in the order in which they first came up; without a wall of them unless in full."""
    if detail != "full":
        gaps = _first_of_each(gaps)
    shared = Counter((gap.capability, gap.code, gap.reason) for gap in gaps if gap.subject)
    grouped: dict[tuple[object, ...], list[Gap]] = {}
    for gap in gaps:
        many = shared[gap.capability, gap.code, gap.reason] >= MANY
        reason: tuple[object, ...] = ("" if many else gap.subject, gap.code, gap.reason, gap.hint)
        if gap.code in ("no_recording", "missing") and not gap.subject:
            reason = (gap.code, gap.code == "missing" and _is_own_words(gap) and gap.reason)
        grouped.setdefault(reason, []).append(gap)
    told = [(same[0].subject, _sentence(same, names, is_brief=detail == "brief")) for same in grouped.values()]
    most = {"brief": 1, "normal": SHOWN, "full": len(told)}[detail]
    of_files = [sentence for subject, sentence in told if subject]
    left = set(of_files[most:])
    sentences = [sentence for _, sentence in told if sentence not in left]
    return [*sentences, f"… and {say.count(len(left), 'more problem')}; --full has them all."] if left else sentences


def _first_of_each(gaps: Sequence[Gap]) -> list[Gap]:
    """One reason why a capability could not be measured in a recording: the others follow from it."""
    kept: dict[tuple[object, ...], Gap] = {}
    for number, gap in enumerate(gaps):
        same = gap.code == "unmeasurable" and gap.subject
        kept.setdefault((gap.subject, gap.capability) if same else (number,), gap)
    return list(kept.values())


def _is_own_words(gap: Gap) -> bool:
    """Whether a reason is a sentence by itself, to be passed on as it is."""
    return gap.reason.strip()[:1].isupper() or gap.capability not in NOT_YET or gap.code in OWN_WORDS


def _sentence(gaps: list[Gap], names: Mapping[str, str], *, is_brief: bool) -> str:
    first = gaps[0]
    if first.code == "no_recording":
        return ANOTHER if all(gap.capability == "compare" for gap in gaps) else WHICH
    if first.code == "missing" and not first.subject and not _is_own_words(first):
        wanted = list(dict.fromkeys(NOT_YET[gap.capability] for gap in gaps))
        return f"I cannot {say.listed(wanted, 'or')} yet: that is not in this version of grym-synth."
    text = _reason(gaps, names)
    if first.hint and not is_brief:
        hint = " ".join(first.hint.split())
        text += f" {_stopped(hint if hint.startswith('grym ') else _capital(hint))}"
    waits = [gap.retry_after_s for gap in gaps if gap.retry_after_s is not None]
    if waits:
        text += f" Try again in {max(1, round(max(waits)))} s."
    return text


def _stopped(text: str) -> str:
    """With a full stop, unless it ends with a mark of its own."""
    return text if text[-1:] in ".?!" else f"{text}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _reason(gaps: list[Gap], names: Mapping[str, str]) -> str:
    first = gaps[0]
    reason = " ".join(first.reason.split())
    if first.code in OWN_WORDS:
        return _stopped(_capital(reason))
    reason = reason.rstrip(".")
    subjects = list(dict.fromkeys(gap.subject for gap in gaps))
    if len(subjects) > 1:
        shown = " and ".join(f"`{names.get(subject, subject)}`" for subject in subjects[:2])
        what = say.listed(list(dict.fromkeys(gap.capability for gap in gaps)))
        return f"About the {what} of {len(subjects)} recordings, {shown} among them: {reason}."
    if first.subject:
        return _of_recording(gaps, reason, names.get(first.subject, first.subject))
    if reason[:1].isupper() or not first.capability:
        return _stopped(_capital(reason))
    return _stopped(f"{say.listed([gap.capability for gap in gaps]).capitalize()}: {reason}")


def _of_recording(gaps: list[Gap], reason: str, name: str) -> str:
    first = gaps[0]
    # The reason often repeats the path that the name says already.
    for shown in (f"{first.subject!r}: ", f"{first.subject!r} ", f"{first.subject}: ", f"{first.subject} "):
        reason = reason.removeprefix(shown)
    if first.code == "unmeasurable" and (match := re.fullmatch(r"(no [a-z ]{2,60}): (.+)", reason)):
        return f"`{name}` has {match[1]}: {match[2]}."
    if first.code == "partial" or (first.capability == "compare" and first.code == "unmeasurable"):
        return f"About `{name}`: {reason}."
    return f"I could not {_attempt(gaps)} `{name}`: {reason}."


def _attempt(gaps: list[Gap]) -> str:
    capabilities = list(dict.fromkeys(gap.capability for gap in gaps))
    if gaps[0].code == "unreadable":
        return "hear"
    if set(capabilities) <= {"", "facts"} or len(capabilities) > 2:
        return "use"
    return f"tell the {say.listed(capabilities)} of"
