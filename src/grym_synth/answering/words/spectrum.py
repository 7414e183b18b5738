"""Which frequencies it is made of: peaks, balance by band, hum, resonances."""

from __future__ import annotations

from collections.abc import Callable

from ...messages import Evidence, Json
from . import advice, among
from . import phrasing as say
from .faults import advise_on_hum, advise_on_resonances, hum_words, resonance_list
from .page import Page, Phrase

SAME_BRIGHTNESS = 1.05  # ratio of centroids up to which two recordings are about equally bright
_DARKER = "darker|darkest|dark|duller|dullest|warmer|warmest|dunkler|dunkelste|sombre|oscur[oa]|scur[oa]"
_BRIGHTNESS = r"centroid|bright\w*|dark\w*|dull\w*|warm\w*"
VOCABULARY = frozenset("peaks balance hum resonances descriptors spectrogram fft".split())
_BANDS = {
    "sub": "sub", "bass": "bass", "low_mid": "low mids", "mid": "mids", "high_mid": "high mids", "presence": "presence",
    "brilliance": "brilliance",
}  # fmt: skip


def describe(page: Page, subject: str) -> None:
    # "balance" is also the balance of left and right, which `facts` answers: then this one stays quiet.
    focus = page.focus(VOCABULARY)
    told = "fault" in page.aspects
    if not focus:
        _bands(page, subject)
        _descriptors(page, subject, all_of_them=False)
        _peaks(page, subject, with_window=False, is_beside=True)
        if not told:
            _hum(page, subject, is_beside=True)
        return
    if "hum" in focus and not told:
        _hum(page, subject)
    if "resonances" in focus and not told:
        _resonances(page, subject)
    if focus & {"fft", "spectrogram"} or ("peaks" in focus and not _means_another(page)):
        _peaks(page, subject, with_window=bool(focus & {"fft", "spectrogram"}))
    if "descriptors" in focus:
        _descriptors(page, subject, all_of_them=True)
    if "balance" in focus:
        _bands(page, subject)
    if "spectrogram" in focus:
        command = advice.analyze_command(subject, "--plot spectrogram.png --only spectrum", "To see it")
        page.suggest("", command=command)


def _means_another(page: Page) -> bool:
    """Whether "frequency" is said of the balance ("the frequency balance"), or "peak" of the level ("true peak")."""
    of_balance = "balance" in page.aspects and page.asks(r"(?:frequency|tonal|spectral) balance")
    of_level = "true_peak" in page.aspects and not page.asks(
        r"frequenc\w*|partials?|spectr\w*|dominant|strongest|whistle|whine|tone|ringing|harmonics"
        r"|(?<!true )(?<!true-)peaks?"
    )
    return of_balance or of_level


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
        shown = f"{_tone(centroid[1])} (spectral centroid {say.frequency(centroid[1])})"
        phrases.append(Phrase(shown, (centroid[0],)))
    if not focus and hum and "fault" not in page.aspects:
        phrases.append(Phrase(f"a mains hum at {say.frequency(hum[1])}", (hum[0],)))
    return phrases


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """The brightest and the darkest, by the centroid."""
    if page.focus(VOCABULARY) and not page.wants("descriptors"):
        return []
    found = among.in_order(page, subjects, "spectrum.centroid_hz")
    order = [item.subject for _, item in found]
    if len(found) < 2 or found[0][0] <= found[-1][0]:
        return order
    ends = [(found[0], "brightest"), (found[-1], "darkest")]
    from_below = page.asks(_DARKER)
    if from_below:
        ends.reverse()
    (_, one), is_one = ends[0]
    (_, other), is_other = ends[1]
    text = f"The {is_one} is {page.name(one.subject)}, the {is_other} {page.name(other.subject)}."
    if found[0][0] < SAME_BRIGHTNESS * found[-1][0]:
        text = f"Their brightness hardly differs; by a hair, {text[:1].lower()}{text[1:]}"
    page.say(text, *(item for _, item in found))
    return order[::-1] if from_below else order


def _field(evidence: Evidence | None, index: int, key: str) -> float | None:
    items = say.objects_in(evidence)
    return say.finite(items[index].get(key)) if index < len(items) else None


def _levels(value: Json) -> list[tuple[str, float]]:
    """Bands that we have a word for with their levels, from low to high."""
    if not isinstance(value, dict):
        return []
    numbers = [(band, say.finite(value.get(band))) for band in _BANDS]
    return [(band, level) for band, level in numbers if level is not None]


def _peaks(page: Page, subject: str, *, with_window: bool, is_beside: bool = False) -> None:
    peaks = page.find(subject, "spectrum.peaks")
    if peaks is None:
        return
    shown = []
    most = 1 if page.is_brief else 3 if is_beside else 5
    tell = page.add if is_beside else page.say
    for item in say.objects_in(peaks)[:most]:
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
        if not is_beside:
            page.note("No frequency stands out of its spectrum.")
        return
    if len(shown) == 1:
        tell(f"The strongest frequency is {shown[0]}.", peaks)
    else:
        tell(f"The strongest frequencies are {say.listed(shown)}.", peaks)
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
    page.add(
        f"They are read through a {kind}window of {say.count(points[1], 'point')}{where}.",
        points[0], *([shape] if kind and shape is not None else []), *([peaks] if where else []),
    )  # fmt: skip


def _bands(page: Page, subject: str) -> None:
    bands = page.find(subject, "spectrum.bands_db")
    levels = _levels(bands.value) if bands is not None else []
    if bands is None or not levels:
        return
    top = sorted(levels, key=lambda each: each[1], reverse=True)[:2]
    page.say(f"Most of its energy is in {say.listed([f'the {_BANDS[band]}' for band, _ in top])}.", bands)
    if page.wants("balance"):
        shown = [f"{_BANDS[band]} {say.decibels(level)} dB" for band, level in levels]
        page.add(f"Share of the whole power by band: {', '.join(shown)}.", bands)


def _descriptors(page: Page, subject: str, *, all_of_them: bool) -> None:
    centroid, rolloff, bandwidth, flatness = (
        page.number(subject, f"spectrum.{name}") for name in ("centroid_hz", "rolloff_hz", "bandwidth_hz", "flatness")
    )
    is_another = page.asks(r"roll-?off|bandwidth|spread|flatness|nois[ey]\w*") and not page.asks(_BRIGHTNESS)
    if centroid is not None:
        text = f"Its spectral centroid is {say.frequency(centroid[1])}, which sounds {_tone(centroid[1])}."
        (page.add if is_another else page.say)(text, centroid[0])
    if not all_of_them:
        return
    if rolloff is not None:
        _tell(page, "roll-?off")(f"The roll-off lies at {say.frequency(rolloff[1])}.", rolloff[0])
    if bandwidth is not None:
        _tell(page, "bandwidth|spread")(f"The bandwidth is {say.frequency(bandwidth[1])}.", bandwidth[0])
    if flatness is not None:
        shown = say.trimmed(flatness[1], 3 if flatness[1] >= 0.01 else 6)
        _tell(page, r"flatness|nois[ey]\w*")(
            f"The spectral flatness is {shown}: {_noisiness(flatness[1])}.", flatness[0]
        )


def _tone(centroid_hz: float) -> str:
    return "dark" if centroid_hz < 1200 else "balanced" if centroid_hz < 3000 else "bright"


def _noisiness(flatness: float) -> str:
    return "much like noise" if flatness >= 0.3 else "mostly tones" if flatness < 0.05 else "part tone, part noise"


def _tell(page: Page, words: str) -> Callable[..., None]:
    """How a measure is told: as the answer where it was asked for by name, else beside it."""
    return page.say if page.asks(words) else page.add


def _hum(page: Page, subject: str, *, is_beside: bool = False) -> None:
    looked, level = page.find(subject, "spectrum.hum_hz"), page.number(subject, "spectrum.hum_level_db")
    hum = page.number(subject, "spectrum.hum_hz")
    if looked is None:
        return
    if hum is None:
        if page.wants("hum"):
            page.say(page.verdict(False, "There is no mains hum in it."), looked)
        return
    text = hum_words(hum[1], level[1] if level else None)
    cited = [hum[0], *([level[0]] if level else [])]
    if is_beside:
        page.add(text, *cited)
    else:
        page.say(page.verdict(True, text), *cited)
    advise_on_hum(page, hum[0])


def _resonances(page: Page, subject: str) -> None:
    found = page.find(subject, "spectrum.resonances")
    if found is None:
        return
    if shown := resonance_list(found)[: 2 if page.is_brief else 5]:
        text = f"{'There are resonances' if len(shown) > 1 else 'There is a resonance'} at {say.listed(shown)}."
        page.say(page.verdict(True, text), found)
        advise_on_resonances(page, found, shown)
    elif not found.value:
        page.say(page.verdict(False, "There are no resonances that stand out."), found)
