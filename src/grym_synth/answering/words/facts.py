"""What kind of file it is, and whether anything is wrong with it."""

from __future__ import annotations

from ...messages import Evidence
from . import advice, among, faults, sides
from . import phrasing as say
from .page import Page, Phrase

VOCABULARY = frozenset(
    "format duration sample_rate bit_depth channels clipping silence dc_offset balance stereo tags fault".split()
)
_ORDER = among.Measure(
    "facts.duration_s", "longest", "shortest", ("longer", "shorter"), say.duration,
    ("facts.duration_difference_s", "duration", "s"), "They have the same length.", 0.05,
)  # fmt: skip
_PCM = {
    "PCM_S8": "8-bit PCM",
    "PCM_U8": "8-bit PCM",
    "PCM_16": "16-bit PCM",
    "PCM_24": "24-bit PCM",
    "PCM_32": "32-bit PCM",
}
_MAKER = r"(?:who|qui[eé]n|wer|qui|quem|chi|vem)\b(?! (?:\w+ ){0,2}(?:louder|faster|longer))"  # the tags may say it
_FORMAT = frozenset(("format", "duration", "sample_rate", "bit_depth", "channels"))


def describe(page: Page, subject: str) -> None:
    """Sentences about one recording."""
    focus = page.focus(VOCABULARY)
    if focus & {"balance", "stereo"} and not page.asks("how many|channel count"):
        focus -= {"channels"}  # "the left channel" does not ask how many there are
    focus = frozenset((*focus, *_named_form(page))) if focus & _FORMAT else focus
    if focus & {"channels", "stereo"} and sides.asks_for_sum(page) and page.number(subject, "facts.correlation"):
        focus = focus - {"channels"} | {
            "stereo"
        }  # "does it hold up in mono?" asks what cancels, not how many there are
    if not focus and page.asks(_MAKER):
        focus = frozenset(("tags",))
    if _levels(page, subject) and not focus:
        return
    if not focus or focus & _FORMAT:
        _format(page, subject, focus & _FORMAT)
    if not focus:
        faults.describe(page, subject, is_beside=True)
    if "clipping" in focus and "fault" not in focus:
        clipping(page, subject)
    if "silence" in focus and not ("fault" in focus and faults.long_silences(page, subject)):
        silence(page, subject)
    if "dc_offset" in focus and "fault" not in focus:
        _dc_offset(page, subject)
    if "balance" in focus:
        sides.balance(page, subject)
    if "stereo" in focus:
        sides.stereo(page, subject)
    if "tags" in focus or not focus:
        _tags(page, subject, in_short=not focus)


def _named_form(page: Page) -> list[str]:
    """What a question names by its value: "24 bit", "96k", "48 kHz"."""
    named = (("bit_depth", r"\d\d ?-?bits?"), ("sample_rate", r"\d{2,3}(?:[.,]\d)? ?k(?:hz)?"))
    return [aspect for aspect, words in named if page.asks(words)]


def brief(page: Page, subject: str) -> list[Phrase]:
    """The same of one of several recordings, as parts of a line."""
    focus = page.focus(VOCABULARY)
    phrases = _format_parts(page, subject, focus & _FORMAT) if not focus or focus & _FORMAT else []
    if not focus:
        phrases = phrases[:3]
    if focus & {"clipping", "fault"} or not focus:
        clipped = page.number(subject, "facts.clipped_samples")
        if clipped is not None and (focus or clipped[1]):
            shown = (
                f"{say.count(clipped[1], 'sample')} stuck at full scale" if clipped[1] else "no sample at full scale"
            )
            phrases.append(Phrase(shown, (clipped[0],)))
    if "dc_offset" in focus:
        offset = page.number(subject, "facts.dc_offset_percent")
        if offset is not None:
            is_there = abs(offset[1]) >= faults.DC_PERCENT
            phrases.append(
                Phrase(f"a DC offset of {say.percent(offset[1])}" if is_there else "no offset", (offset[0],))
            )
    if "balance" in focus and (found := page.number(subject, "facts.balance_db")) is not None:
        if abs(found[1]) < 0.05:
            phrases.append(Phrase("left and right equally strong", (found[0],)))
        else:
            louder = "left" if found[1] > 0 else "right"
            phrases.append(Phrase(f"{louder} side louder by {say.magnitude(found[1])} dB", (found[0],)))
    return phrases


def _levels(page: Page, subject: str) -> bool:
    """The level of the samples, where a question names it: peak and RMS in dBFS."""
    wants_peak = page.asks(r"(?:sample )?peaks?(?: level)?(?=\b.*\bdbfs)|sample peak|highest sample|headroom")
    told = []
    for name, words, is_asked in (("peak", "highest sample is", wants_peak), ("rms", "RMS level is", page.asks("rms"))):
        if is_asked and (found := page.number(subject, f"facts.{name}_dbfs")) is not None:
            page.say(f"The {words} at {say.decibels(found[1])} dBFS.".replace("level is at", "level is"), found[0])
            told.append(name)
    return bool(told)


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """The longest and the shortest, when lengths were asked for; else what all have in common."""
    if page.wants("duration"):
        return among.rank(page, subjects, _ORDER, from_below=page.asks("short\\w*|kürzest\\w*"))
    if len(subjects) > among.FEW and not page.focus(VOCABULARY) - _FORMAT:
        _in_common(page, subjects)
    return []


def _in_common(page: Page, subjects: tuple[str, ...]) -> None:
    """ "All are WAV, 44.1 kHz, 16 bit, mono": what is the same everywhere."""
    wanted = page.focus(VOCABULARY) & _FORMAT or _FORMAT
    first = _format_parts(page, subjects[0], wanted - {"duration"})
    same, cited = [], list[Evidence]()
    for part in first:
        others = [each for s in subjects for each in _format_parts(page, s, wanted - {"duration"})]
        held = [each for each in others if each.text == part.text]
        if len(held) == len(subjects):
            same.append(part.text)
            cited += [item for each in held for item in each.cited]
    if same:
        page.say(f"All {len(subjects)} are {', '.join(same)}.", *cited)


def _format_parts(page: Page, subject: str, focus: frozenset[str]) -> list[Phrase]:
    parts: list[Phrase] = []
    container, codec = page.find(subject, "facts.container"), page.find(subject, "facts.codec")
    kind, inside = say.text_in(container), say.text_in(codec)
    bits = page.number(subject, "facts.bit_depth")
    if not focus or "format" in focus:
        if kind and container:
            cited = [container]
            shown = say.plain(kind, 30)
            if codec and inside and inside.casefold() != kind.casefold() and inside not in _PCM:
                shown, cited = f"{shown} ({say.plain(inside, 30)})", [container, codec]
            parts.append(Phrase(shown, tuple(cited)))
        elif codec and inside:
            parts.append(Phrase(_PCM.get(inside, say.plain(inside, 30)), (codec,)))
    if (not focus or "duration" in focus) and (length := page.number(subject, "facts.duration_s")):
        parts.append(Phrase(f"{say.duration(length[1])} long", (length[0],)))
    if (not focus or "sample_rate" in focus) and (rate := page.number(subject, "facts.sample_rate_hz")):
        parts.append(Phrase(say.sample_rate(rate[1]), (rate[0],)))
    if (not focus or "bit_depth" in focus) and bits:
        parts.append(Phrase(f"{bits[1]:.0f} bit", (bits[0],)))
    if (not focus or "channels" in focus) and (channels := page.number(subject, "facts.channels")):
        words = {1.0: "mono", 2.0: "stereo"}
        parts.append(Phrase(words.get(channels[1], say.count(channels[1], "channel")), (channels[0],)))
    return parts


def _format(page: Page, subject: str, focus: frozenset[str]) -> None:
    parts = _format_parts(page, subject, focus)
    if parts:
        in_short = bool(focus) and len(parts) < 3
        listed = say.listed([part.text for part in parts]) if in_short else ", ".join(part.text for part in parts)
        text = f"It is {listed}." if in_short else f"The file: {listed}."
        if in_short and focus == {"channels"} and page.asks("mono|stereo"):
            asked = "mono" if page.asks("mono") else "stereo"
            text = page.verdict(listed == asked, text)
        page.say(text, *(item for part in parts for item in part.cited))
    if "bit_depth" in focus and page.number(subject, "facts.bit_depth") is None:
        page.note("There is no bit depth to report: lossy formats have none.")


def clipping(page: Page, subject: str) -> bool:
    """Says whether it clips; true when it does."""
    clipped, peak = page.number(subject, "facts.clipped_samples"), page.number(subject, "facts.peak_dbfs")
    if clipped is None:
        return False
    if not clipped[1]:
        shown = f"; the highest peak is at {say.decibels(peak[1])} dBFS" if peak else ""
        page.say(page.verdict(False, f"Nothing is clipped{shown}."), clipped[0], *([peak[0]] if peak else []))
        return False
    text = f"{faults.clipped_words(clipped[1])}."
    page.say(page.verdict(True, text) if page.verdict(True, "") else f"It clips: {text}", clipped[0])
    faults.advise_on_clipping(page, clipped[0])
    return True


def silence(page: Page, subject: str) -> bool:
    """Says where it is silent; true when it is for long."""
    found = page.find(subject, "facts.silence_s")
    if found is None:
        return False
    pairs = say.pairs_in(found)
    if not pairs:
        page.say(page.verdict(False, "There is no silence in it."), found)
        return False
    length = page.number(subject, "facts.duration_s")
    if length is not None and faults.is_all(pairs, length[1]):
        page.say(page.verdict(True, "It is silent from beginning to end."), found, length[0])
        return True
    most = 2 if page.is_brief else 4
    shown = [f"{say.position(start)} to {say.position(end)}" for start, end in pairs[:most]]
    more = " and elsewhere" if len(pairs) > most else ""
    page.say(page.verdict(True, f"It is silent from {say.listed(shown)}{more}."), found)
    if length is not None:
        _trimmed(page, subject, found, pairs, length[1])
    return True


def _trimmed(page: Page, subject: str, found: Evidence, pairs: list[tuple[float, float]], length: float) -> None:
    """How to cut silence off at either end."""
    start = pairs[0][1] if pairs[0][0] < 0.05 else 0.0
    end = pairs[-1][0] if pairs[-1][1] > length - 0.05 else length
    if start < end and (start > 0.0 or end < length):
        cut = f"trim={start:.2f}-" + (f"{end:.2f}" if end < length else "")
        page.suggest("", command=advice.edit_command(subject, cut, "trimmed", "To cut it off at the ends"))


def _dc_offset(page: Page, subject: str) -> bool:
    offset = page.number(subject, "facts.dc_offset_percent")
    if offset is None:
        return False
    if abs(offset[1]) < faults.DC_PERCENT:
        page.say(page.verdict(False, "There is no DC offset to speak of."), offset[0])
        return False
    text = f"There is a DC offset of {say.percent(offset[1])} of full scale."
    page.say(page.verdict(True, text), offset[0])
    page.suggest("A gentle high-pass filter removes the offset.", offset[0])
    return True


def _tags(page: Page, subject: str, *, in_short: bool) -> None:
    tags = page.find(subject, "facts.tags")
    if tags is None or not isinstance(tags.value, dict):
        return
    texts = [
        (say.quotable(key, 40), say.quotable(value)) for key, value in tags.value.items() if isinstance(value, str)
    ]
    pairs = [(key, value) for key, value in texts if key and value]
    if pairs:
        shown = [f'"{key}" is "{value}"' for key, value in pairs[: 3 if in_short or page.is_brief else 12]]
        tell = page.add if in_short else page.say
        tell(f"In its tags {say.listed(shown)}.", tags, support="quoted")
    elif not in_short and not tags.value:
        page.say("It has no tags.", tags)
