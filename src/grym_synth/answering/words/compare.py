"""Two recordings side by side: what differs, whether they fit, what masks what, and whether they are the same."""

from __future__ import annotations

import re
from pathlib import PurePath

from ...messages import Evidence
from . import advice
from . import phrasing as say
from .certainty import LIKELY
from .page import Page, Phrase

VOCABULARY = frozenset("difference fit masking alignment polarity null".split())
_AUDIBLE_DB = 1.0  # a smaller difference in a band is not told by itself
_SAME_TEMPO = 0.002  # share by which two tempi may differ and still be one
_NO_STRETCH_PERCENT = 0.05  # less is no stretch: half or twice the tempo
_NULL_DB = -60.0  # a residual below this cannot be heard
_BANDS = {
    "sub": "sub", "bass": "bass", "low_mid": "low mids", "mid": "mids", "high_mid": "high mids", "presence": "presence",
    "brilliance": "brilliance",
}  # fmt: skip
#: What a finding says of two keys → how it is said.
_KEYS = {
    "same key": "Their keys are the same",
    "relative keys": "Their keys are relatives, made of the same notes",
    "neighbouring keys": "Their keys are neighbours on the Camelot wheel",
    "same tonic, other mode": "They share the home note, in the other mode",
    "keys that clash": "Their keys clash",
}
#: The easiest fit first.
_FITS = ("fits as it is", "fits with a small stretch", "fits with a clear stretch", "fits with a shift of pitch")


def describe(page: Page) -> None:
    """A few sentences about the recording that was held against the first; of several a line for each."""
    subjects = dict.fromkeys(item.subject for item in page.findings.evidence if item.capability == "compare")
    pairs = [_Pair(page, subject) for subject in subjects]
    if len(pairs) == 1 or page.is_full:
        for pair in pairs:
            pair.describe(with_advice=len(pairs) == 1)
        return
    if any("fit" in pair.focus for pair in pairs):
        _easiest(page, pairs)
    for pair in pairs:
        if phrases := pair.phrases():
            cited = [item for phrase in phrases for item in phrase.cited]
            page.say(f"{pair.own}: {', '.join(phrase.text for phrase in phrases)}.", *cited)


def _easiest(page: Page, pairs: list[_Pair]) -> None:
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


class _Pair:
    """One recording held against the first; every difference is its value minus that of the first."""

    def __init__(self, page: Page, subject: str) -> None:
        self.page, self.subject = page, subject
        others = [path for path in (*page.paths, *page.findings.subjects) if path and path != subject]
        self.own = page.name(subject)
        # A folder that was asked for is no recording: then the first of its files is meant.
        self.other = page.name(others[0]) if others and PurePath(others[0]).suffix else "the first recording"
        self.focus = page.focus(VOCABULARY)
        mentioned = {name.partition(".")[0] for name in page.mentioned}
        self.mentions = mentioned - {"compare"}
        self.several = len({item.subject for item in page.findings.evidence if item.capability == "compare"}) > 1

    def number(self, name: str) -> tuple[Evidence, float] | None:
        return self.page.number(self.subject, f"compare.{name}")

    def find(self, name: str) -> Evidence | None:
        return self.page.find(self.subject, f"compare.{name}")

    def describe(self, *, with_advice: bool) -> None:
        everything = not self.focus and not self.mentions
        differs = everything or "difference" in self.focus
        if "null" in self.focus or self.asks_same() or (differs and not self._is_different()):
            self._verdict()
        if "null" in self.focus:
            self._null()
        if "polarity" in self.focus:
            self._polarity()
        if "fit" in self.focus or everything:
            self._fit()
        if (differs and not self.mentions) or "loudness" in self.mentions:
            self._loudness()
        if (differs and not self.mentions) or "spectrum" in self.mentions:
            self._bands(is_beside="spectrum" not in self.mentions)
        if "fit" in self.focus or everything or "rhythm" in self.mentions:
            self._tempo(is_beside="rhythm" not in self.mentions and "fit" in self.focus)
        if "fit" in self.focus or everything or "tonality" in self.mentions:
            self._key(is_beside="tonality" not in self.mentions and "fit" in self.focus)
        if "masking" in self.focus or (everything and self.find("masking") is not None):
            self._masking()
        if "alignment" in self.focus:
            self._alignment()
        if with_advice:
            self._advise(fits="fit" in self.focus or everything)

    def phrases(self) -> list[Phrase]:
        """The same in parts of a line, of one of several recordings."""
        found: list[Phrase] = []
        everything = not self.focus and not self.mentions
        verdict, fit = self.find("verdict"), self.find("fit")
        if verdict is not None and (text := say.text_in(verdict)) and self.focus & {"difference", "null"}:
            found.append(Phrase(_SAME.get(text, f"the {text}"), (verdict,)))
        if fit is not None and (text := say.text_in(fit)) and ("fit" in self.focus or everything):
            found.append(Phrase(text, (fit,)))
        if "fit" in self.focus or everything or "rhythm" in self.mentions:
            found += self._stretch_phrase()
        if "fit" in self.focus or everything or "tonality" in self.mentions:
            relation = self.find("key_relation")
            if relation is not None and (said := _key_words(say.text_in(relation))):
                found.append(Phrase(f"{said[:1].lower()}{said[1:]}", (relation,)))
        gap = self.number("loudness_difference_lu")
        if gap is not None and (everything or "loudness" in self.mentions or "difference" in self.focus):
            word = "louder" if gap[1] > 0 else "quieter"
            same = abs(gap[1]) < 0.05
            shown = "the same loudness" if same else f"{say.magnitude(gap[1])} LU {word}"
            found.append(Phrase(f"{shown}{'' if same else f' than {self.other}'}", (gap[0],)))
        return found

    def _stretch_phrase(self) -> list[Phrase]:
        ratio, stretch, after = (
            self.number(name) for name in ("tempo_ratio", "stretch_percent", "stretched_tempo_bpm")
        )
        if ratio is not None and abs(ratio[1] - 1) <= _SAME_TEMPO:
            return [Phrase("the same tempo", (ratio[0],))]
        if stretch is None or abs(stretch[1]) < _NO_STRETCH_PERCENT:
            return []
        word = "faster" if stretch[1] > 0 else "slower"
        beside = f" at {say.tempo(after[1])} BPM" if after else ""
        return [Phrase(f"to be played {say.percent(abs(stretch[1]))} {word}{beside}",
                       (stretch[0], *([after[0]] if after else [])))]  # fmt: skip

    def _loudness(self) -> None:
        gap, peak = self.number("loudness_difference_lu"), self.number("true_peak_difference_db")
        if gap is None:
            return
        if abs(gap[1]) < 0.05:
            self.page.say(f"{self.own} and {self.other} have the same loudness.", gap[0])
        else:
            word = "louder" if gap[1] > 0 else "quieter"
            self.page.say(f"{self.own} is {say.magnitude(gap[1])} LU {word} than {self.other}.", gap[0])
        if peak is not None and self.page.wants("true_peak"):
            word = "higher" if peak[1] > 0 else "lower"
            text = f"The true peak of {self.own} is {say.magnitude(peak[1])} dB {word} than that of {self.other}."
            self.page.say(text, peak[0])

    def _bands(self, *, is_beside: bool) -> None:
        """At equal loudness: which bands one has more of."""
        found = self.find("bands_db")
        value = found.value if found is not None and isinstance(found.value, dict) else {}
        bands = [(name, level) for name in _BANDS if (level := say.finite(value.get(name))) is not None]
        if found is None or not bands:
            return
        tell = self.page.add if is_beside else self.page.say
        loud = sorted((each for each in bands if abs(each[1]) >= _AUDIBLE_DB), key=lambda each: -abs(each[1]))[:3]
        if not loud:
            tell("Level-matched, no band differs to speak of.", found)
            return
        shown = [f"{say.magnitude(level)} dB {'more' if level > 0 else 'less'} {_BANDS[name]}" for name, level in loud]
        tell(f"Level-matched, {self.own} has {say.listed(shown)} than {self.other}.", found)

    def _tempo(self, *, is_beside: bool) -> None:
        ratio, stretch, after = (
            self.number(name) for name in ("tempo_ratio", "stretch_percent", "stretched_tempo_bpm")
        )
        if ratio is None:
            return
        tell = self.page.add if is_beside else self.page.say
        if abs(ratio[1] - 1) <= _SAME_TEMPO:
            tell(f"{self.own} and {self.other} have the same tempo.", ratio[0])
        elif stretch is not None and abs(stretch[1]) >= _NO_STRETCH_PERCENT:
            word = "faster" if stretch[1] > 0 else "slower"
            beside = f", at {say.tempo(after[1])} BPM" if after else ""
            text = f"{self.own} must be played {say.percent(abs(stretch[1]))} {word} to fit {self.other}{beside}."
            tell(text, stretch[0], *([after[0]] if after else []))

    def _key(self, *, is_beside: bool) -> None:
        relation, shift = self.find("key_relation"), self.number("shift_semitones")
        tell = self.page.add if is_beside else self.page.say
        if relation is not None and (said := _key_words(say.text_in(relation))):
            tell(f"{said}.", relation)
        if shift is not None and abs(shift[1]) >= 0.05:
            way = "up" if shift[1] > 0 else "down"
            steps = say.count(round(abs(shift[1])), "semitone")
            tell(f"Shift {self.own} {way} by {steps} to fit {self.other}.", shift[0])

    def _advise(self, *, fits: bool) -> None:
        """The one edit that makes it fit."""
        stretch, after, shift = (
            self.number(name) for name in ("stretch_percent", "stretched_tempo_bpm", "shift_semitones")
        )
        ops = []
        if stretch and after and abs(stretch[1]) >= _NO_STRETCH_PERCENT:
            ops.append(f"stretch={after[1]:g}bpm")
        if shift and abs(shift[1]) >= 0.05:
            ops.append(f"shift={round(shift[1]):+d}st")
        if fits and ops and (say.text_in(self.find("fit")) or "").startswith("fits"):
            command = advice.edit_command(self.subject, " ".join(ops), "fitted", "To make it fit")
            self.page.suggest("", command=command)

    def _fit(self) -> None:
        """Whether it fits, in the words of the finding: "fits with a small stretch"."""
        found = self.find("fit")
        text = say.text_in(found)
        if found is None or not text:
            return
        shown = f"{self.own} is {text}." if text.startswith("hard") else f"{self.own} {text}."
        is_asked = self.page.asks("fit|fits|match|work|go together|layer|blend|mash ?up")
        doubt = found.confidence < LIKELY
        if doubt:
            self.page.say(f"As far as tempo and key are known, {shown}", found, support="inferred")
            return
        self.page.say(self.page.verdict(not text.startswith("hard"), shown) if is_asked else shown, found)

    def _verdict(self) -> None:
        """Whether they are the same sound, and what was done to it."""
        found = self.find("verdict")
        text = say.text_in(found)
        if found is None or not text:
            return
        if self.several:
            said = {"identical": "is identical to", "different": "is another recording than"}.get(text)
            shown = f"{self.own} {said} {self.other}." if said else f"{self.own} and {self.other} hold the {text}."
        else:
            shown = {
                "identical": "They are identical, sample by sample.",
                "different": "They are different recordings.",
            }.get(text, f"They hold the {text}.")
        self.page.say(self.page.verdict(text != "different", shown) if self.asks_same() else shown, found)

    def asks_same(self) -> bool:
        return self.page.asks("same|identical|copy|duplicate|cancel|null")

    def _masking(self) -> None:
        found = self.find("masking")
        shown = []
        for item in say.objects_in(found):
            low, high, share = (say.finite(item.get(name)) for name in ("low_hz", "high_hz", "share_percent"))
            who = item.get("masked")
            if low is not None and high is not None and share is not None and isinstance(who, str):
                where = f"from {say.frequency(low)} to {say.frequency(high)}"
                shown.append(f"{self.page.name(who)} {where} ({say.percent(share)} of the time)")
        if found is None:
            return
        if shown:
            self.page.say(f"Masked: {'; '.join(shown[: 1 if self.page.is_brief else 4])}.", found)
            self.page.suggest("Cut a little of the other there, or pan the two apart.", found)
        else:
            self.page.say("Neither masks the other.", found)

    def _alignment(self) -> None:
        found = self.number("alignment_s")
        if found is None:
            if self.find("alignment_s") is not None:
                self.page.note("They share too little to tell how they lie against each other in time.",
                               instead_of="compare")  # fmt: skip
            return
        if abs(found[1]) < 0.0005:
            self.page.say(f"{self.own} and {self.other} are aligned.", found[0])
            return
        word = "later" if found[1] > 0 else "earlier"
        seconds = abs(found[1])
        shown = f"{say.trimmed(1000 * seconds, 1)} ms" if seconds < 1 else f"{say.trimmed(seconds, 2)} s"
        self.page.say(f"{self.own} comes {shown} {word} than {self.other}.", found[0])
        self.page.suggest(f"Move {self.own} by that much to line them up.", found[0])

    def _polarity(self) -> None:
        found = self.find("polarity")
        if found is None:
            return
        if found.value is None:
            self.page.note("They share too little to tell whether one is upside down.", instead_of="compare")
            return
        value, word = say.finite(found.value), str(found.value).casefold()
        inverted = value < 0 if value is not None else word in ("inverted", "opposite", "flipped")
        text = "They have opposite polarity." if inverted else "They have the same polarity."
        self.page.say(self.page.verdict(inverted, text), found)
        if inverted:
            self.page.suggest("Flip the polarity of one of them before you layer the two.", found)

    def _null(self) -> None:
        """What is left when one is taken from the other."""
        found = self.number("null_residual_db")
        if found is None:
            return
        nobody = ", which nobody hears" if found[1] <= _NULL_DB else ""
        self.page.say(f"Taken from each other they leave {say.decibels(found[1])} dB{nobody}.", found[0])

    def _is_different(self) -> bool:
        return say.text_in(self.find("verdict")) == "different"


#: What a line says of a verdict.
_SAME = {"identical": "identical, sample by sample", "different": "another recording"}


def _key_words(relation: str | None) -> str | None:
    """ "Their keys are the same ("8A")" of "same key (8A and 8A)"; None for words that are not ours."""
    match = re.fullmatch(r"([a-z ,]{3,40}) \(((\d{1,2}[AB]) and (\d{1,2}[AB]))\)", relation or "")
    if match is None or match[1] not in _KEYS:
        return None
    return f'{_KEYS[match[1]]} ("{match[3] if match[3] == match[4] else match[2]}")'
