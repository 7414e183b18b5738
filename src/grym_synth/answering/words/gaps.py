"""What an answer lacks, in words: one sentence for each reason, however many capabilities it leaves open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ...messages import Evidence, Gap, Route
from . import phrasing as say

#: What cannot be done yet, behind "I cannot"; each as somebody would say it who was asked for it.
NOT_YET: Mapping[str, str] = {
    "facts": "read the facts of a file", "loudness": "measure loudness", "rhythm": "find the tempo",
    "tonality": "find the key", "spectrum": "look into the spectrum",
    "chords": "name chords", "structure": "tell the parts of a piece apart", "notes": "write down notes",
    "timbre": "tell which instruments play", "compare": "set recordings side by side",
    "similar": "find recordings that sound alike", "library": "keep a library of your recordings",
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


def gap_sentences(gaps: Sequence[Gap], names: Mapping[str, str]) -> list[str]:
    """Each reason once, in the order in which they first came up."""
    shared = Counter((gap.capability, gap.code, gap.reason) for gap in gaps if gap.subject)
    grouped: dict[tuple[object, ...], list[Gap]] = {}
    for gap in gaps:
        many = shared[gap.capability, gap.code, gap.reason] >= MANY
        same: tuple[object, ...] = ("" if many else gap.subject, gap.code, gap.reason, gap.hint)
        if gap.code in ("no_recording", "missing") and not gap.subject:
            same = (gap.code, gap.code == "missing" and _is_own_words(gap) and gap.reason)
        grouped.setdefault(same, []).append(gap)
    return [_sentence(together, names) for together in grouped.values()]


def _is_own_words(gap: Gap) -> bool:
    """Whether a reason is a sentence by itself, to be passed on as it is."""
    return gap.reason.strip()[:1].isupper() or gap.capability not in NOT_YET


def _sentence(gaps: list[Gap], names: Mapping[str, str]) -> str:
    first = gaps[0]
    if first.code == "no_recording":
        return ANOTHER if all("one was named" in gap.reason for gap in gaps) else WHICH
    if first.code == "missing" and not first.subject and not _is_own_words(first):
        wanted = list(dict.fromkeys(NOT_YET[gap.capability] for gap in gaps))
        return f"I cannot {say.listed(wanted, 'or')} yet: that is not in this version of grym-synth."
    text = _reason(gaps, names)
    if first.hint:
        hint = " ".join(first.hint.split()).rstrip(".")
        text += f" {hint if hint.startswith('grym ') else hint[:1].upper() + hint[1:]}."
    waits = [gap.retry_after_s for gap in gaps if gap.retry_after_s is not None]
    if waits:
        text += f" Try again in {max(1, round(max(waits)))} s."
    return text


def _reason(gaps: list[Gap], names: Mapping[str, str]) -> str:
    first = gaps[0]
    reason = " ".join(first.reason.split()).rstrip(".")
    subjects = list(dict.fromkeys(gap.subject for gap in gaps))
    if len(subjects) > 1:
        shown = " and ".join(f"`{names.get(subject, subject)}`" for subject in subjects[:2])
        what = say.listed(list(dict.fromkeys(gap.capability for gap in gaps)))
        return f"About the {what} of {len(subjects)} recordings, {shown} among them: {reason}."
    if first.subject:
        name = names.get(first.subject, first.subject)
        # The reason often repeats the path that the name says already.
        for shown in (f"{first.subject!r}: ", f"{first.subject!r} ", f"{first.subject}: ", f"{first.subject} "):
            reason = reason.removeprefix(shown)
        if first.code == "partial" or (first.capability == "compare" and first.code == "unmeasurable"):
            return f"About `{name}`: {reason}."
        return f"I could not {_attempt(gaps)} `{name}`: {reason}."
    if reason[:1].isupper() or not first.capability:
        return f"{reason[:1].upper()}{reason[1:]}."
    return f"{say.listed([gap.capability for gap in gaps]).capitalize()}: {reason}."


def _attempt(gaps: list[Gap]) -> str:
    capabilities = list(dict.fromkeys(gap.capability for gap in gaps))
    if gaps[0].code == "unreadable":
        return "hear"
    if set(capabilities) <= {"", "facts"} or len(capabilities) > 2:
        return "use"
    return f"tell the {say.listed(capabilities)} of"
