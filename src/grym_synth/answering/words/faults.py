"""What is wrong with a recording: only faults, the worst first, each once; one sentence when there are none."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...messages import Evidence, Json
from . import advice
from . import phrasing as say
from .page import Page, Phrase

DC_PERCENT = 0.5  # an offset below this does no harm
LONG_SILENCE = 1.0  # s; shorter ones are pauses
LOPSIDED_DB = 3.0  # between the sides; less is a matter of taste


def describe(page: Page, subject: str, *, is_beside: bool = False) -> None:
    """Every fault that the findings show, or what was looked for in vain; a brief answer has them in one sentence."""
    if page.is_brief:
        if not is_beside and (parts := brief(page, subject)):
            text = ", ".join(part.text for part in parts)
            cited = [item for part in parts for item in part.cited]
            page.say(f"{text[:1].upper()}{text[1:]}.", *cited)
        return
    found = [tell(page, subject) for tell in FAULTS]
    if not any(found):
        _nothing_wrong(page, subject, is_beside=is_beside)


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
        found.append(Phrase(f"{say.count(clipped[1], 'sample')} stuck at full scale", (clipped[0],)))
    if peak and peak[1] >= 0.05:
        found.append(Phrase(f"a true peak of {say.decibels(peak[1])} dBTP", (peak[0],)))
    if hum:
        found.append(Phrase(f"a mains hum at {say.frequency(hum[1])}", (hum[0],)))
    if resonances is not None and (shown := resonance_list(resonances)[:1]):
        found.append(Phrase(f"a narrow resonance at {shown[0].partition(' (')[0]}", (resonances,)))
    if offset and abs(offset[1]) >= DC_PERCENT:
        found.append(Phrase(f"a DC offset of {say.percent(offset[1])}", (offset[0],)))
    if silent is not None and pairs:
        start, end = pairs[0]
        length = page.number(subject, "facts.duration_s")
        if length and is_all(pairs, length[1]):
            found.append(Phrase("silent from beginning to end", (silent, length[0])))
        else:
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
    page.say(f"It clips: {clipped_words(clipped[1])}.", clipped[0])
    advise_on_clipping(page, clipped[0])
    return True


def clipped_words(number: float) -> str:
    """ "1 sample is stuck at full scale"."""
    return f"{say.count(number, 'sample')} {'is' if number == 1 else 'are'} stuck at full scale"


def advise_on_clipping(page: Page, clipped: Evidence) -> None:
    page.suggest(
        "Go back to the mix, turn it down before the limiter and render it again: "
        "turning this file down leaves it clipped.",
        clipped,
    )


def _overshoot(page: Page, subject: str) -> bool:
    peak = page.number(subject, "loudness.true_peak_dbtp")
    if not peak or peak[1] < 0.05:
        return False
    page.say(
        f"The true peak of {say.decibels(peak[1])} dBTP lies over full scale: it can distort in a converter or a lossy "
        "encoder.",
        peak[0],
    )
    clipped = page.number(subject, "facts.clipped_samples")
    if not clipped or not clipped[1]:
        page.suggest("Limit it, or bring its peak down.", peak[0],
                     command=advice.edit_command(subject, "normalise=-1dBTP", "normalised"))  # fmt: skip
    return True


def _hum(page: Page, subject: str) -> bool:
    hum, level = page.number(subject, "spectrum.hum_hz"), page.number(subject, "spectrum.hum_level_db")
    if not hum:
        return False
    page.say(hum_words(hum[1], level[1] if level else None), hum[0], *([level[0]] if level else []))
    advise_on_hum(page, hum[0])
    return True


def hum_words(hz: float, level_db: float | None) -> str:
    strength = f", standing out by {say.decibels(level_db)} dB" if level_db is not None else ""
    return f"There is a mains hum at {say.frequency(hz)}{strength}."


def advise_on_hum(page: Page, hum: Evidence) -> None:
    page.suggest(
        "Put narrow notches on it and its harmonics, and look for a ground loop before the next take.",
        hum,
    )


def _resonances(page: Page, subject: str) -> bool:
    found = page.find(subject, "spectrum.resonances")
    shown = resonance_list(found)[:3]
    if found is None or not shown:
        return False
    noun = "resonances stand" if len(shown) > 1 else "resonance stands"
    lead = "Narrow" if len(shown) > 1 else "A narrow"
    page.say(f"{lead} {noun} out at {say.listed(shown)}.", found)
    advise_on_resonances(page, found, shown)
    return True


def advise_on_resonances(page: Page, found: Evidence, shown: list[str]) -> None:
    cut, note = ("narrow cuts", "held notes") if len(shown) > 1 else ("a narrow cut", "a held note")
    page.suggest(f"Try {cut} there, if you hear ringing and not {note}.", found)


def resonance_list(found: Evidence | None) -> list[str]:
    """ "312 Hz (D#4, 9.3 dB)" for each resonance."""
    return [text for item in say.objects_in(found) if (text := resonance_words(item))]


def resonance_words(item: Mapping[str, Json]) -> str:
    frequency, prominence = say.finite(item.get("frequency_hz")), say.finite(item.get("prominence_db"))
    note = item.get("note")
    if frequency is None:
        return ""
    details = [say.plain(note, 4)] if isinstance(note, str) and note else []
    details += [f"{say.decibels(prominence)} dB"] if prominence is not None else []
    return say.frequency(frequency) + (f" ({', '.join(details)})" if details else "")


def _offset(page: Page, subject: str) -> bool:
    offset = page.number(subject, "facts.dc_offset_percent")
    if not offset or abs(offset[1]) < DC_PERCENT:
        return False
    page.say(f"There is a DC offset of {say.percent(offset[1])} of full scale.", offset[0])
    page.suggest("A gentle high-pass filter removes the offset.", offset[0])
    return True


def _silence(page: Page, subject: str) -> bool:
    found, pairs = page.find(subject, "facts.silence_s"), long_silences(page, subject)
    if found is None or not pairs:
        return False
    length = page.number(subject, "facts.duration_s")
    if length and is_all(pairs, length[1]):
        page.say("It is silent from beginning to end.", found, length[0])
        return True
    shown = [f"from {say.position(start)} to {say.position(end)}" for start, end in pairs[:4]]
    page.say(f"It is silent {say.listed(shown)}{' and elsewhere' if len(pairs) > 4 else ''}.", found)
    return True


def long_silences(page: Page, subject: str) -> list[tuple[float, float]]:
    pairs = say.pairs_in(page.find(subject, "facts.silence_s"))
    return [(start, end) for start, end in pairs if end - start >= LONG_SILENCE]


def is_all(pairs: list[tuple[float, float]], length_s: float) -> bool:
    """Whether the first silence is the whole recording."""
    return bool(pairs) and pairs[0][0] <= 0.01 and pairs[0][1] >= length_s - 0.01


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


def _nothing_wrong(page: Page, subject: str, *, is_beside: bool) -> None:
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
        text = f"I found nothing wrong: no {', no '.join(text for _, text in parts)}."
        (page.add if is_beside else page.say)(text, *(item for item, _ in parts))
