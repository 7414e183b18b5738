"""What is wrong with a recording: only faults, the worst first, each once; one sentence when there are none."""

from __future__ import annotations

from collections.abc import Callable

from ...messages import Evidence
from . import phrasing as say
from .page import Page, Phrase

DC_PERCENT = 0.5  # an offset below this does no harm
LONG_SILENCE = 1.0  # s; shorter ones are pauses
LOPSIDED_DB = 3.0  # between the sides; less is a matter of taste


def describe(page: Page, subject: str) -> None:
    """Every fault that the findings show, or what was looked for in vain."""
    found = [tell(page, subject) for tell in FAULTS]
    if not any(found):
        _nothing_wrong(page, subject)


def brief(page: Page, subject: str) -> list[Phrase]:
    """The same of one of several recordings, as parts of a line."""
    broken, clipped, peak, hum, offset = (
        page.number(subject, name)
        for name in ("facts.nonfinite_samples", "facts.clipped_samples", "loudness.true_peak_dbtp", "spectrum.hum_hz",
                     "facts.dc_offset_percent")
    )  # fmt: skip
    found, resonances = [], page.find(subject, "spectrum.resonances")
    silent, pairs = page.find(subject, "facts.silence_s"), long_silences(page, subject)
    if broken and broken[1]:
        found.append(Phrase(f"{say.count(broken[1], 'sample')} that are not numbers", (broken[0],)))
    if clipped and clipped[1]:
        found.append(Phrase(say.count(clipped[1], "clipped sample"), (clipped[0],)))
    if peak and peak[1] >= 0.05:
        found.append(Phrase(f"a true peak of {say.decibels(peak[1])} dBTP", (peak[0],)))
    if hum:
        found.append(Phrase(f"a mains hum at {say.frequency(hum[1])}", (hum[0],)))
    if resonances is not None and (shown := resonance_list(resonances)[:1]):
        found.append(Phrase(f"a narrow resonance at {shown[0]}", (resonances,)))
    if offset and abs(offset[1]) >= DC_PERCENT:
        found.append(Phrase(f"a DC offset of {say.percent(offset[1])}", (offset[0],)))
    if silent is not None and pairs:
        start, end = pairs[0]
        found.append(Phrase(f"silent from {say.position(start)} to {say.position(end)}", (silent,)))
    if not found and clipped:
        hummed = page.find(subject, "spectrum.hum_hz")
        found.append(Phrase(f"nothing wrong, no clipping{', no hum' if hummed else ''}",
                            (clipped[0], *([hummed] if hummed else []))))  # fmt: skip
    return found


def _damage(page: Page, subject: str) -> bool:
    broken = page.number(subject, "facts.nonfinite_samples")
    if not broken or not broken[1]:
        return False
    shown = f"{say.count(broken[1], 'sample')} in it {'is not a number' if broken[1] == 1 else 'are not numbers'}"
    page.say(f"It is damaged: {shown}; export it again.", broken[0])
    return True


def _clipping(page: Page, subject: str) -> bool:
    clipped = page.number(subject, "facts.clipped_samples")
    if not clipped or not clipped[1]:
        return False
    page.say(
        f"It clips: {say.count(clipped[1], 'sample')} stuck at full scale; "
        "turn it down before the limiter and render it again.",
        clipped[0],
    )
    return True


def _overshoot(page: Page, subject: str) -> bool:
    peak = page.number(subject, "loudness.true_peak_dbtp")
    if not peak or peak[1] < 0.05:
        return False
    page.say(
        f"The true peak of {say.decibels(peak[1])} dBTP lies over full scale: it can distort in a converter or a lossy "
        "encoder.",
        peak[0],
    )
    return True


def _hum(page: Page, subject: str) -> bool:
    hum, level = page.number(subject, "spectrum.hum_hz"), page.number(subject, "spectrum.hum_level_db")
    if not hum:
        return False
    strength = f", standing out by {say.decibels(level[1])} dB" if level else ""
    page.say(
        f"There is a mains hum at {say.frequency(hum[1])}{strength}; notch it and its harmonics.",
        hum[0], *([level[0]] if level else []),
    )  # fmt: skip
    return True


def _resonances(page: Page, subject: str) -> bool:
    found = page.find(subject, "spectrum.resonances")
    shown = resonance_list(found)[:3]
    if found is None or not shown:
        return False
    noun, cut = ("resonances stand", "cuts") if len(shown) > 1 else ("resonance stands", "a cut")
    lead = "Narrow" if len(shown) > 1 else "A narrow"
    page.say(f"{lead} {noun} out at {say.listed(shown)}; try {cut} there.", found)
    return True


def resonance_list(found: Evidence | None) -> list[str]:
    """ "312 Hz (D#4, 9.3 dB)" for each resonance."""
    shown = []
    for item in say.objects_in(found):
        frequency, prominence = say.finite(item.get("frequency_hz")), say.finite(item.get("prominence_db"))
        note = item.get("note")
        if frequency is not None:
            details = [say.plain(note, 4)] if isinstance(note, str) and note else []
            details += [f"{say.decibels(prominence)} dB"] if prominence is not None else []
            shown.append(say.frequency(frequency) + (f" ({', '.join(details)})" if details else ""))
    return shown


def _offset(page: Page, subject: str) -> bool:
    offset = page.number(subject, "facts.dc_offset_percent")
    if not offset or abs(offset[1]) < DC_PERCENT:
        return False
    page.say(
        f"There is a DC offset of {say.percent(offset[1])} of full scale; a high-pass filter removes it.", offset[0]
    )
    return True


def _silence(page: Page, subject: str) -> bool:
    found, pairs = page.find(subject, "facts.silence_s"), long_silences(page, subject)
    if found is None or not pairs:
        return False
    shown = [f"from {say.position(start)} to {say.position(end)}" for start, end in pairs[:4]]
    page.say(f"It is silent {say.listed(shown)}{' and elsewhere' if len(pairs) > 4 else ''}.", found)
    return True


def long_silences(page: Page, subject: str) -> list[tuple[float, float]]:
    pairs = say.pairs_in(page.find(subject, "facts.silence_s"))
    return [(start, end) for start, end in pairs if end - start >= LONG_SILENCE]


def _lopsided(page: Page, subject: str) -> bool:
    sides = page.number(subject, "facts.balance_db")
    if not sides or abs(sides[1]) < LOPSIDED_DB:
        return False
    word = "louder" if sides[1] > 0 else "quieter"
    page.say(f"It is lopsided: the left channel is {say.magnitude(sides[1])} dB {word} than the right.", sides[0])
    return True


#: The worst first.
FAULTS: tuple[Callable[[Page, str], bool], ...] = (
    _damage, _clipping, _overshoot, _hum, _resonances, _offset, _silence, _lopsided,
)  # fmt: skip


def _nothing_wrong(page: Page, subject: str) -> None:
    looked = [
        (page.find(subject, "facts.clipped_samples"), "clipping"),
        (page.find(subject, "spectrum.hum_hz"), "hum"),
        (page.find(subject, "spectrum.resonances"), "narrow resonances"),
        (page.find(subject, "facts.dc_offset_percent"), "DC offset to speak of"),
        (page.find(subject, "facts.silence_s"), "long silence"),
    ]
    # A hum or a list that is null was looked for as well; a count that is null was not.
    parts = [(item, text) for item, text in looked if item is not None and (item.value is not None or text == "hum")]
    if parts:
        page.say(f"I found nothing wrong: no {', no '.join(text for _, text in parts)}.", *(item for item, _ in parts))
