"""Which of several recordings have faults: how many, the worst first; a narrow resonance alone is none yet."""

from __future__ import annotations

from collections.abc import Sequence

from . import phrasing as say
from .faults import brief
from .page import Page, Phrase

#: Findings that faults rest on, the worst first.
_WORST = (
    "facts.nonfinite_samples", "facts.clipped_samples", "loudness.true_peak_dbtp", "spectrum.hum_hz",
    "facts.dc_offset_percent", "facts.silence_s",
)  # fmt: skip
_DOUBTFUL = "spectrum.resonances"  # ringing, or a held note


def tell(page: Page, subjects: Sequence[str]) -> list[str]:
    """How many have faults, and how many only what may be one; the faulty ones, the worst first."""
    judged = {subject: phrases for subject in subjects if (phrases := brief(page, subject))}
    if len(judged) < 2:
        return list(judged)
    faulty = [subject for subject, phrases in judged.items() if _severity(phrases) < len(_WORST)]
    doubtful = [subject for subject, phrases in judged.items() if _severity(phrases) == len(_WORST)]
    cited = [item for phrases in judged.values() for phrase in phrases for item in phrase.cited]
    if not faulty:
        page.say(f"I found nothing wrong in any of the {len(judged)}.", *cited)
    elif len(judged) > 2:
        number = page.compute("facts.faulty_files", "count", "", len(faulty), "how many have a fault", *cited)
        verb = "has a fault" if len(faulty) == 1 else "have faults"
        text = f"{say.count(len(faulty), 'recording')} {verb}, of {len(judged)} recordings in all."
        page.say(text, number, *cited, support="computed")
    if doubtful and len(judged) > 2:
        rest = [item for subject in doubtful for phrase in judged[subject] for item in phrase.cited]
        number = page.compute("facts.doubtful_files", "count", "", len(doubtful), "how many have just that", *rest)
        verb = "has" if len(doubtful) == 1 else "have"
        text = f"{say.count(len(doubtful), 'recording')} {verb} just a narrow resonance, perhaps a held note."
        page.add(text, number, *rest, support="computed")
    return sorted(faulty, key=lambda subject: _severity(judged[subject]))


def _severity(phrases: Sequence[Phrase]) -> int:
    """Place of the worst fault in _WORST; behind them what is doubtful, then what is sound."""
    if phrases[0].text.startswith("nothing wrong"):
        return len(_WORST) + 1
    places = [_WORST.index(name) for phrase in phrases if (name := phrase.cited[0].name) in _WORST]
    return min(places, default=len(_WORST))
