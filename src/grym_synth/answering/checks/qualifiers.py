"""Words that say which quantity a number is: "short-term", "in the last third", "left", "roll-off"."""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass

from ...regex import lazily
from .held import Fact
from .tokens import Quantity, Tokens


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A number of one of `units` beside this word must come from one of `names` (and that item or field).

    A weak word has other uses: it counts only when one of the names is cited.
    """

    pattern: re.Pattern[str]
    units: frozenset[str]
    names: tuple[str, ...]
    item: int | None = None
    key: str = ""
    weak: bool = False

    @property
    def is_place(self) -> bool:
        """Whether it picks one entry of several: a channel, a third, a band."""
        return self.item is not None or bool(self.key)

    def admits(self, fact: Fact) -> bool:
        if fact.evidence.name not in self.names or (self.key and fact.key != self.key):
            return False
        if self.item == -1:
            return fact.item == (len(fact.evidence.value) if isinstance(fact.evidence.value, list) else 0) - 1
        return self.item in (None, fact.item)


def _words(
    pattern: str, units: str, *names: str, item: int | None = None, key: str = "", weak: bool = False
) -> Qualifier:
    return Qualifier(lazily(rf"(?i)\b(?:{pattern})"), frozenset(units.split()), names, item, key, weak)


BANDS = ("sub", "bass", "low_mid", "mid", "high_mid", "presence", "brilliance")
BAND_WORDS = {
    "sub": r"sub(?:[- ]bass)?\b", "bass": r"(?<!sub )(?<!sub-)bass\b", "low_mid": r"low(?:er)?[- _]mid(?:s|range)?\b",
    "mid": r"(?<!low )(?<!low-)(?<!low_)(?<!high )(?<!high-)(?<!high_)(?<!lower )(?<!upper )mid(?:s|range)?\b",
    "high_mid": r"(?:high|upper)[- _]mid(?:s|range)?\b", "presence": r"presence\b",
    "brilliance": r"(?:brilliance|air)\b",
}  # fmt: skip
_SHORT, _MOMENTARY = "loudness.short_term_max_lufs", "loudness.momentary_max_lufs"
_THIRDS = "loudness.thirds_lufs"
_LEVELS = "facts.channel_levels_dbfs"

_FIRST = (
    r"(?:first|opening) (?:third|part)|beginning\b|begins?\b|start(?:s|ing)?\b|open(?:s|ing)?\b|initially\b|at first\b"
)
_LAST = r"(?:last|final|third|closing) (?:third|part)|end(?:s|ing)?\b|clos(?:es|ing)\b|finish(?:es|ing)?\b|finally\b"
LASTING = _words(r"lasts?\b|long\b|length\b|duration\b|runs for\b", "s", "facts.duration_s", weak=True)
QUALIFIERS: tuple[Qualifier, ...] = (
    _words(r"range\b|lra\b", "LU", "loudness.range_lu", weak=True),
    _words(r"loudness range\b|lra\b|dynamic range\b", "*", "loudness.range_lu", weak=True),
    _words(r"integrated\b|program(?:me)? loudness", "LUFS *", "loudness.integrated_lufs"),
    _words(
        r"(?<!short-term )(?<!short term )(?<!momentary )loudness\b(?! range| units?)",
        "*",
        "loudness.integrated_lufs",
        weak=True,
    ),
    _words(r"true peaks?\b", "dBTP *", "loudness.true_peak_dbtp", weak=True),
    _words(r"bit[- ]depth\b|word length\b|resolution\b", "bit *", "facts.bit_depth", "facts.codec", weak=True),
    _words(
        r"overall\b|(?:as|on) (?:a|the) whole\b|on average\b|(?:whole|entire|full) (?:length|duration)"
        r"|streaming \w{1,12} (?:would|will|sees?)\b",
        "LUFS",
        "loudness.integrated_lufs",
        weak=True,
    ),
    _words(r"short[- ]term", "LUFS s *", _SHORT),
    _words(r"momentar", "LUFS s *", _MOMENTARY),
    _words(rf"{_FIRST}|in the first\b", "LUFS", _THIRDS, item=0, weak=True),
    _words(r"(?:middle|second) third|middle\b|the second\b", "LUFS", _THIRDS, item=1, weak=True),
    _words(rf"{_LAST}|(?:the )?last\b", "LUFS", _THIRDS, item=2, weak=True),
    _words(_FIRST, "BPM", "rhythm.tempo_curve", item=0, weak=True),
    _words(_LAST, "BPM", "rhythm.tempo_curve", item=-1, weak=True),
    _words(r"left\b", "dBFS", _LEVELS, item=0),
    _words(r"right\b", "dBFS", _LEVELS, item=1),
    _words(
        r"sample peak|peak level|(?:highest|loudest|biggest) sample",
        "dBFS *",
        "loudness.sample_peak_dbfs",
        "facts.peak_dbfs",
    ),
    _words(r"(?<!true )peaks?\b", "dBFS", "loudness.sample_peak_dbfs", "facts.peak_dbfs", "spectrum.peaks", weak=True),
    _words(r"rms\b", "dBFS", "facts.rms_dbfs", _LEVELS),
    _words(r"plr\b|peak[- ]to[- ]loudness", "dB *", "loudness.plr_db"),
    _words(r"crest", "dB *", "loudness.crest_db"),
    _words(r"hum\b", "dB", "spectrum.hum_level_db", weak=True),
    _words(r"hum\b", "Hz", "spectrum.hum_hz", weak=True),
    _words(r"resonan", "Hz dB", "spectrum.resonances", weak=True),
    _words(
        r"centroid|cent(?:re|er) of (?:gravity|mass)|cent(?:re|er) of (?:the|its) spectrum|spectral cent(?:re|er)"
        r"|spectrum (?:is|lies|sits) cent(?:red|ered)|brightness",
        "Hz *",
        "spectrum.centroid_hz",
    ),
    _words(r"bandwidth|spectral spread", "Hz", "spectrum.bandwidth_hz"),
    _words(r"roll-?off|rolls? off", "Hz *", "spectrum.rolloff_hz"),
    _words(r"sample rate|sampling (?:rate|frequency)|sampled", "Hz *", "facts.sample_rate_hz"),
    _words(r"(?<!true )(?<!sample )peaks?\b", "Hz", "spectrum.peaks", weak=True),
    _words(r"reference\b|concert pitch|A4\b", "Hz", "tonality.reference_hz", "spectrum.peaks", weak=True),
    _words(r"(?:down)?beats?\b(?! per)", "s", "rhythm.beats_s", "rhythm.downbeats_s", weak=True),
    _words(r"onsets?\b|hits?\b", "s", "rhythm.onsets_s", weak=True),
    _words(r"silen", "s", "facts.silence_s", "facts.silence_total_s", weak=True),
    LASTING,
    _words(r"tags?\b|tagged|labelled|metadata", "BPM *", "facts.tags", weak=True),
    _words(
        r"(?:i|we) (?:hear|measure)|heard|measured|measures",
        "BPM *",
        "rhythm.tempo_bpm",
        "rhythm.heard_tempo_bpm",
        "rhythm.said_tempo_bpm",
        weak=True,
    ),
    _words(r"dc\b", "%", "facts.dc_offset_percent"),
    _words(r"correlat", "*", "facts.correlation"),
    _words(r"flatness", "*", "spectrum.flatness"),
    _words(r"clipp", "#", "facts.clipped_samples"),
    _words(r"non-?finite|not numbers?\b|nan\b", "#", "facts.nonfinite_samples"),
    _words(r"fft|window|transform", "#", "spectrum.n_fft", weak=True),
    _words(
        r"tempo\b|bpm\b",
        "BPM *",
        "rhythm.tempo_bpm",
        "rhythm.heard_tempo_bpm",
        "rhythm.said_tempo_bpm",
        "facts.tags",
        weak=True,
    ),
    _words(r"metronome|sequencer|daw\b|click\b", "*", "rhythm.tempo_bpm", weak=True),
    _words(r"swing|off-?beats?", "*", "rhythm.swing", weak=True),
    _words(r"attack|rise[sn]?\b|rising|snaps?\b|speaks?\b|comes up\b", "s", "timbre.attack_s", weak=True),
    _words(
        r"decays?|dies? away|dying away|fades? away|rings?\b|tail\b|lingers?\b|sustains?\b",
        "s",
        "timbre.decay_s",
        weak=True,
    ),
    *(_words(BAND_WORDS[band], "dB", "spectrum.bands_db", key=band, weak=True) for band in BANDS),
)

_STOP = lazily(r"[,;:.()](?=\s|$)|\b(?:and|but|with|or|while|against|than|lasts?)\b|\bas well as\b|\bto\b(?= [-\d])")


@dataclass(frozen=True, slots=True)
class Demand:
    """The qualifiers around one number: those right behind it, and the last one before it."""

    behind: tuple[Qualifier, ...] = ()
    before: Qualifier | None = None

    def __bool__(self) -> bool:
        return bool(self.behind) or self.before is not None

    def admits(self, fact: Fact) -> bool:
        """What stands behind decides; what stands before adds the place ("left", "bass") when that does not."""
        if not self.behind:
            return self.before is None or self.before.admits(fact)
        all_behind = all(qualifier.admits(fact) for qualifier in self.behind)
        if self.before is None:
            return all_behind
        if any(qualifier.is_place for qualifier in self.behind):
            # "the short-term maximum is ... at the end": the place says when, the firm word says what
            return all_behind or (not self.before.weak and self.before.admits(fact))
        return all_behind and (not self.before.is_place or self.before.admits(fact))


def demanded(tokens: Tokens, index: int, cited: Set[str]) -> Demand:
    """What the words around the quantity at `index` demand of a fact; `cited` are the names of the findings at hand.

    The words right behind a number count, and those before it that do not belong to the number before.
    """
    quantity = tokens.quantities[index]
    following = _relevant(_near(tokens, index), quantity, cited)
    start = 0
    if index:
        before = tokens.quantities[index - 1]
        # What is said of a time may be said of the level there as well.
        taken = before.unit in (quantity.unit, *quantity.inherited) and _belongs(tokens, index - 1, cited)
        start = before.end + len(_near(tokens, index - 1)) if taken else before.end
    preceding = _relevant(tokens.unnamed[min(start, quantity.start) : quantity.start], quantity, cited)
    if preceding and preceding[-1] is LASTING and _PART.search(_clause_before(tokens, quantity.start)):
        preceding = preceding[:-1]  # what lasts is a part, not the recording
    return Demand(following, preceding[-1] if preceding else None)


_PART = lazily(
    r"(?i)\b(?:silences?|gaps?|attack|decay|sections?|parts?|chords?|notes?|keys?|stretch|passage|intro|outro|third|beat)\b"
)


def _clause_before(tokens: Tokens, start: int) -> str:
    return re.split(r"[;:,]\s|\.\s", tokens.unnamed[max(0, start - 60) : start])[-1]


def _near(tokens: Tokens, index: int) -> str:
    """The words behind a quantity that still speak of it."""
    quantity = tokens.quantities[index]
    end = tokens.quantities[index + 1].start if index + 1 < len(tokens.quantities) else len(tokens.unnamed)
    behind = tokens.unnamed[quantity.end : min(end, quantity.end + 60)]
    # A bracket right behind the number explains it.
    offset = 2 if behind.startswith(" (") else 0
    stop = _STOP.search(behind, offset)
    return behind[: stop.start()] if stop else behind


def _belongs(tokens: Tokens, index: int, cited: Set[str]) -> bool:
    return bool(_relevant(_near(tokens, index), tokens.quantities[index], cited))


def _relevant(text: str, quantity: Quantity, cited: Set[str]) -> tuple[Qualifier, ...]:
    """Qualifiers in a text that concern the quantity's unit, in the order in which they stand there."""
    units = {quantity.unit or "*", *quantity.inherited}
    if not text.strip():
        return ()
    found = []
    for qualifier in QUALIFIERS:
        if units.isdisjoint(qualifier.units) or (qualifier.weak and cited.isdisjoint(qualifier.names)):
            continue
        last = None
        for match in qualifier.pattern.finditer(text):
            last = match
        if last is not None:
            found.append((last.start(), qualifier))
    return tuple(qualifier for _, qualifier in sorted(found, key=lambda each: each[0]))
