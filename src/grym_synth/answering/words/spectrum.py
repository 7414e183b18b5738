"""Which frequencies it is made of: peaks, balance by band, hum, resonances."""

from __future__ import annotations

from ...messages import Evidence, Json
from . import phrasing as say
from .faults import resonance_list
from .page import Page, Phrase

SAME_BRIGHTNESS = 1.05  # ratio of centroids up to which two recordings are about equally bright
_DARKER = "darker|darkest|dark|duller|dullest|warmer|warmest|dunkler|dunkelste|sombre|oscur[oa]|scur[oa]"
VOCABULARY = frozenset("peaks balance hum resonances descriptors spectrogram fft".split())
_BANDS = {
    "sub": "sub", "bass": "bass", "low_mid": "low mids", "mid": "mids", "high_mid": "high mids", "presence": "presence",
    "brilliance": "brilliance",
}  # fmt: skip


def describe(page: Page, subject: str) -> None:
    # "balance" is also the balance of left and right, which `facts` answers: then this one stays quiet.
    focus = page.focus(VOCABULARY)
    if focus & {"peaks", "fft", "spectrogram"} or not focus:
        _peaks(page, subject, with_window=bool(focus & {"fft", "spectrogram"}))
    if "descriptors" in focus:
        _descriptors(page, subject, all_of_them=True)
    if "balance" in focus or not focus:
        _bands(page, subject)
    if not focus:
        _descriptors(page, subject, all_of_them=False)
    if "spectrogram" in focus:
        page.note(f"To see it: grym analyze {page.name(subject)} --plot spectrogram.png")
    told = "fault" in page.aspects
    if ("hum" in focus or not focus) and not told:
        _hum(page, subject)
    if "resonances" in focus and not told:
        _resonances(page, subject)


def brief(page: Page, subject: str) -> list[Phrase]:
    focus = page.focus(VOCABULARY)
    phrases = []
    peaks = page.find(subject, "spectrum.peaks")
    frequency = _field(peaks, 0, "frequency_hz")
    if peaks is not None and frequency is not None and focus & {"peaks", "fft", "spectrogram"}:
        phrases.append(Phrase(f"strongest peak at {say.frequency(frequency)}", (peaks,)))
    if "balance" in focus and (bands := page.find(subject, "spectrum.bands_db")) is not None:
        levels = _levels(bands.value)
        if levels:
            shown = ", ".join(f"{_BANDS[band]} {say.decibels(level)} dB" for band, level in levels)
            phrases.append(Phrase(shown, (bands,)))
    hum, looked = page.number(subject, "spectrum.hum_hz"), page.find(subject, "spectrum.hum_hz")
    if "hum" in focus and looked is not None:
        phrases.append(Phrase(f"hum at {say.frequency(hum[1])}" if hum else "no hum", (looked,)))
    centroid = page.number(subject, "spectrum.centroid_hz")
    if centroid is not None and (not focus or "descriptors" in focus):
        phrases.append(Phrase(f"spectral centroid {say.frequency(centroid[1])}", (centroid[0],)))
    return phrases


def rank(page: Page, subjects: tuple[str, ...]) -> None:
    """The brightest and the darkest, by the centroid."""
    if page.focus(VOCABULARY) and not page.wants("descriptors"):
        return
    found = [(each[1], each[0]) for s in subjects if (each := page.number(s, "spectrum.centroid_hz")) is not None]
    found.sort(key=lambda each: each[0], reverse=True)
    if len(found) > 1 and found[0][0] > found[-1][0]:
        brightest, darkest = found[0][1], found[-1][1]
        order = f"The brightest is {page.name(brightest.subject)}, the darkest {page.name(darkest.subject)}."
        if page.asks(_DARKER):
            order = f"The darkest is {page.name(darkest.subject)}, the brightest {page.name(brightest.subject)}."
        if found[0][0] < SAME_BRIGHTNESS * found[-1][0]:
            order = f"They are about equally bright; by a hair, {order[:1].lower()}{order[1:]}"
        page.say(order, *(item for _, item in found))


def _field(evidence: Evidence | None, index: int, key: str) -> float | None:
    items = say.objects_in(evidence)
    return say.finite(items[index].get(key)) if index < len(items) else None


def _levels(value: Json) -> list[tuple[str, float]]:
    """Bands that we have a word for with their levels, from low to high."""
    if not isinstance(value, dict):
        return []
    numbers = [(band, say.finite(value.get(band))) for band in _BANDS]
    return [(band, level) for band, level in numbers if level is not None]


def _peaks(page: Page, subject: str, *, with_window: bool) -> None:
    peaks = page.find(subject, "spectrum.peaks")
    if peaks is None:
        return
    shown = []
    for item in say.objects_in(peaks)[: 5 if page.wants("peaks", "fft", "spectrogram") else 3]:
        frequency, level, note = (
            say.finite(item.get("frequency_hz")),
            say.finite(item.get("level_dbfs")),
            item.get("note"),
        )
        if frequency is None:
            continue
        text = say.frequency(frequency)
        text += f" ({say.plain(note, 4)})" if isinstance(note, str) and note else ""
        text += f" at {say.decibels(level)} dBFS" if level is not None else ""
        shown.append(text)
    if not shown:
        page.note("No frequency stands out of its spectrum.")
        return
    if len(shown) == 1:
        page.say(f"The strongest frequency is {shown[0]}.", peaks)
    else:
        page.say(f"The strongest frequencies are {say.listed(shown)}.", peaks)
    if with_window:
        _window(page, subject, peaks)


def _window(page: Page, subject: str, peaks: Evidence) -> None:
    """Which samples the peaks were read from."""
    points, shape = page.number(subject, "spectrum.n_fft"), page.find(subject, "spectrum.window")
    name = say.text_in(shape)
    if points is None:
        return
    kind = f'"{say.plain(name, 30)}" ' if name and shape is not None else ""
    where = f" from {say.position(peaks.span.start_s)} on" if peaks.span is not None else ""
    page.say(
        f"They are read through a {kind}window of {say.count(points[1], 'point')}{where}.",
        points[0], *([shape] if kind and shape is not None else []), *([peaks] if where else []),
    )  # fmt: skip


def _bands(page: Page, subject: str) -> None:
    bands = page.find(subject, "spectrum.bands_db")
    levels = _levels(bands.value) if bands is not None else []
    if bands is None or not levels:
        return
    top = sorted(levels, key=lambda each: each[1], reverse=True)[:2]
    shown = [f"the {_BANDS[band]} ({say.decibels(level)} dB of the whole)" for band, level in top]
    page.say(f"Most of the energy is in {say.listed(shown)}.", bands)
    if page.wants("balance"):
        shown = [f"{_BANDS[band]} {say.decibels(level)} dB" for band, level in levels]
        page.say(f"Share of the whole power by band: {', '.join(shown)}.", bands)


def _descriptors(page: Page, subject: str, *, all_of_them: bool) -> None:
    centroid, rolloff, bandwidth, flatness = (
        page.number(subject, f"spectrum.{name}") for name in ("centroid_hz", "rolloff_hz", "bandwidth_hz", "flatness")
    )
    if centroid is not None:
        tone = "dark" if centroid[1] < 1200 else "balanced" if centroid[1] < 3000 else "bright"
        page.say(f"Its spectral centroid is {say.frequency(centroid[1])}, which sounds {tone}.", centroid[0])
    if not all_of_them:
        return
    if rolloff is not None:
        page.say(f"The roll-off lies at {say.frequency(rolloff[1])}.", rolloff[0])
    if bandwidth is not None:
        page.say(f"The bandwidth is {say.frequency(bandwidth[1])}.", bandwidth[0])
    if flatness is not None:
        page.say(f"The spectral flatness is {say.trimmed(flatness[1], 3 if flatness[1] >= 0.01 else 6)}.", flatness[0])


def _hum(page: Page, subject: str) -> None:
    looked, level = page.find(subject, "spectrum.hum_hz"), page.number(subject, "spectrum.hum_level_db")
    hum = page.number(subject, "spectrum.hum_hz")
    if looked is None:
        return
    if hum is None:
        if page.wants("hum"):
            page.say(page.verdict(False, "There is no mains hum in it."), looked)
        return
    text = f"There is a mains hum at {say.frequency(hum[1])}"
    text += f", standing out by {say.decibels(level[1])} dB" if level else ""
    text = f"{text}; notch it and its harmonics."
    page.say(page.verdict(True, text) if page.wants("hum") else text, hum[0], *([level[0]] if level else []))


def _resonances(page: Page, subject: str) -> None:
    found = page.find(subject, "spectrum.resonances")
    if found is None:
        return
    if shown := resonance_list(found)[:5]:
        text = f"{'There are resonances' if len(shown) > 1 else 'There is a resonance'} at {say.listed(shown)}; "
        page.say(page.verdict(True, f"{text}try {'narrow cuts' if len(shown) > 1 else 'a narrow cut'} there."), found)
    elif not found.value:
        page.say(page.verdict(False, "There are no resonances that stand out."), found)
