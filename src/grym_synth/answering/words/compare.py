"""Two recordings side by side: what differs, whether they fit, what masks what, and whether they are the same."""

from __future__ import annotations

from . import fitting
from . import phrasing as say
from .page import Page, Phrase
from .pair import Pair

_AUDIBLE_DB = 1.0  # a smaller difference in a band is not told by itself
_NULL_DB = -60.0  # a residual below this cannot be heard
_BANDS = {
    "sub": "sub", "bass": "bass", "low_mid": "low mids", "mid": "mids", "high_mid": "high mids", "presence": "presence",
    "brilliance": "brilliance",
}  # fmt: skip
#: What a line says of a verdict.
_SAME = {"identical": "identical, sample by sample", "different": "another recording"}
#: The easiest fit first.
_FITS = ("fits as it is", "fits with a small stretch", "fits with a clear stretch", "fits with a shift of pitch")


def describe(page: Page) -> None:
    """A few sentences about the recording that was held against the first; of several a line for each."""
    subjects = dict.fromkeys(item.subject for item in page.findings.evidence if item.capability == "compare")
    pairs = [Pair(page, subject) for subject in subjects]
    if len(pairs) == 1 or page.is_full:
        for pair in pairs:
            _describe(pair, with_advice=len(pairs) == 1)
        return
    if any("fit" in pair.focus for pair in pairs):
        _easiest(page, pairs)
    for pair in pairs:
        if phrases := _phrases(pair):
            cited = [item for phrase in phrases for item in phrase.cited]
            page.say(f"{pair.own}: {', '.join(phrase.text for phrase in phrases)}.", *cited)


def _easiest(page: Page, pairs: list[Pair]) -> None:
    """Which of several fits the first with the least work."""
    judged = [(pair, text) for pair in pairs if (text := say.text_in(pair.find("fit"))) in _FITS]
    if not judged:
        return
    best = min(_FITS.index(text) for _, text in judged)
    winners = [pair for pair, text in judged if _FITS.index(text) == best]
    cited = [item for pair, _ in judged if (item := pair.find("fit")) is not None]
    if len(winners) < len(pairs):
        names = say.listed([pair.own for pair in winners])
        verb = "goes" if len(winners) == 1 else "go"
        page.say(f"{names} {verb} with {pairs[0].other} the most easily.", *cited, support="inferred")


def _describe(pair: Pair, *, with_advice: bool) -> None:
    everything = not pair.focus and not pair.mentions
    differs = everything or "difference" in pair.focus
    if "null" in pair.focus or pair.asks_same() or (differs and not _is_different(pair)):
        _verdict(pair)
    if "null" in pair.focus:
        _null(pair)
    if "polarity" in pair.focus:
        _polarity(pair)
    if "fit" in pair.focus or everything:
        fitting.fit(pair)
    if (differs and not pair.mentions) or "loudness" in pair.mentions:
        _loudness(pair, is_beside=pair.asks_same() and "loudness" not in pair.mentions)
    if (differs and not pair.mentions) or "spectrum" in pair.mentions:
        _bands(pair, is_beside="spectrum" not in pair.mentions)
    if "fit" in pair.focus or everything or "rhythm" in pair.mentions:
        fitting.tempo(pair, is_beside="rhythm" not in pair.mentions and "fit" in pair.focus)
    if "fit" in pair.focus or everything or "tonality" in pair.mentions:
        fitting.key(pair, is_beside="tonality" not in pair.mentions and "fit" in pair.focus)
    if "masking" in pair.focus or (everything and pair.find("masking") is not None):
        _masking(pair)
    if "alignment" in pair.focus:
        _alignment(pair)
    if with_advice:
        fitting.advise(pair, fits="fit" in pair.focus or everything)


def _phrases(pair: Pair) -> list[Phrase]:
    """The same in parts of a line, of one of several recordings."""
    found: list[Phrase] = []
    everything = not pair.focus and not pair.mentions
    verdict, fit = pair.find("verdict"), pair.find("fit")
    if verdict is not None and (text := say.text_in(verdict)) and pair.focus & {"difference", "null"}:
        found.append(Phrase(_SAME.get(text, f"the {text}"), (verdict,)))
    if fit is not None and (text := say.text_in(fit)) and ("fit" in pair.focus or everything):
        found.append(Phrase(text, (fit,)))
    if "fit" in pair.focus or everything or "rhythm" in pair.mentions:
        found += fitting.stretch_phrases(pair)
    if "fit" in pair.focus or everything or "tonality" in pair.mentions:
        relation = pair.find("key_relation")
        if relation is not None and (said := fitting.key_words(say.text_in(relation))):
            found.append(Phrase(f"{said[:1].lower()}{said[1:]}", (relation,)))
    gap = pair.number("loudness_difference_lu")
    if gap is not None and (everything or "loudness" in pair.mentions or "difference" in pair.focus):
        word = "louder" if gap[1] > 0 else "quieter"
        same = abs(gap[1]) < 0.05
        shown = "the same loudness" if same else f"{say.magnitude(gap[1])} LU {word}"
        found.append(Phrase(f"{shown}{'' if same else f' than {pair.other}'}", (gap[0],)))
    return found


def _loudness(pair: Pair, *, is_beside: bool) -> None:
    gap, peak = pair.number("loudness_difference_lu"), pair.number("true_peak_difference_db")
    tell = pair.page.add if is_beside else pair.page.say
    if gap is None:
        return
    if abs(gap[1]) < 0.05:
        tell(f"{pair.own} and {pair.other} have the same loudness.", gap[0])
    else:
        word = "louder" if gap[1] > 0 else "quieter"
        tell(f"{pair.own} is {say.magnitude(gap[1])} LU {word} than {pair.other}.", gap[0])
    if peak is not None and pair.page.wants("true_peak"):
        word = "higher" if peak[1] > 0 else "lower"
        text = f"The true peak of {pair.own} is {say.magnitude(peak[1])} dB {word} than that of {pair.other}."
        pair.page.say(text, peak[0])


def _bands(pair: Pair, *, is_beside: bool) -> None:
    """At equal loudness: which bands one has more of."""
    found = pair.find("bands_db")
    value = found.value if found is not None and isinstance(found.value, dict) else {}
    bands = [(name, level) for name in _BANDS if (level := say.finite(value.get(name))) is not None]
    if found is None or not bands:
        return
    tell = pair.page.add if is_beside else pair.page.say
    loud = sorted((each for each in bands if abs(each[1]) >= _AUDIBLE_DB), key=lambda each: -abs(each[1]))[:3]
    if not loud:
        tell("Level-matched, no band differs to speak of.", found)
        return
    shown = [f"{say.magnitude(level)} dB {'more' if level > 0 else 'less'} {_BANDS[name]}" for name, level in loud]
    tell(f"Level-matched, {pair.own} has {say.listed(shown)} than {pair.other}.", found)


def _verdict(pair: Pair) -> None:
    """Whether they are the same sound, and what was done to it."""
    found = pair.find("verdict")
    text = say.text_in(found)
    if found is None or not text:
        return
    if pair.several:
        said = {"identical": "is identical to", "different": "is another recording than"}.get(text)
        shown = f"{pair.own} {said} {pair.other}." if said else f"{pair.own} and {pair.other} hold the {text}."
    else:
        shown = {
            "identical": "They are identical, sample by sample.",
            "different": "They are different recordings.",
        }.get(text, f"They hold the {text}.")
    pair.page.say(pair.page.verdict(text != "different", shown) if pair.asks_same() else shown, found)


def _masking(pair: Pair) -> None:
    found = pair.find("masking")
    shown = []
    for item in say.objects_in(found):
        low, high, share = (say.finite(item.get(name)) for name in ("low_hz", "high_hz", "share_percent"))
        who = item.get("masked")
        if low is not None and high is not None and share is not None and isinstance(who, str):
            where = f"from {say.frequency(low)} to {say.frequency(high)}"
            shown.append(f"{pair.page.name(who)} {where} ({say.percent(share)} of the time)")
    if found is None:
        return
    if shown:
        pair.page.say(f"Masked: {'; '.join(shown[: 1 if pair.page.is_brief else 4])}.", found)
        pair.page.suggest("Cut a little of the other there, or pan the two apart.", found)
    else:
        pair.page.say("Neither masks the other.", found)


def _alignment(pair: Pair) -> None:
    found = pair.number("alignment_s")
    if found is None:
        if pair.find("alignment_s") is not None:
            pair.page.note("They share too little to tell how they lie against each other in time.",
                           instead_of="compare")  # fmt: skip
        return
    if abs(found[1]) < 0.0005:
        pair.page.say(f"{pair.own} and {pair.other} are aligned.", found[0])
        return
    word = "later" if found[1] > 0 else "earlier"
    seconds = abs(found[1])
    shown = f"{say.trimmed(1000 * seconds, 1)} ms" if seconds < 1 else f"{say.trimmed(seconds, 2)} s"
    pair.page.say(f"{pair.own} comes {shown} {word} than {pair.other}.", found[0])
    pair.page.suggest(f"Move {pair.own} by that much to line them up.", found[0])


def _polarity(pair: Pair) -> None:
    found = pair.find("polarity")
    if found is None:
        return
    if found.value is None:
        pair.page.note("They share too little to tell whether one is upside down.", instead_of="compare")
        return
    value, word = say.finite(found.value), str(found.value).casefold()
    inverted = value < 0 if value is not None else word in ("inverted", "opposite", "flipped")
    text = "They have opposite polarity." if inverted else "They have the same polarity."
    pair.page.say(pair.page.verdict(inverted, text), found)
    if inverted:
        pair.page.suggest("Flip the polarity of one of them before you layer the two.", found)


def _null(pair: Pair) -> None:
    """What is left when one is taken from the other."""
    found = pair.number("null_residual_db")
    if found is None:
        return
    nobody = ", which nobody hears" if found[1] <= _NULL_DB else ""
    pair.page.say(f"Taken from each other they leave {say.decibels(found[1])} dB{nobody}.", found[0])


def _is_different(pair: Pair) -> bool:
    return say.text_in(pair.find("verdict")) == "different"
