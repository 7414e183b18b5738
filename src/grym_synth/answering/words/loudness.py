"""How loud it is, where, how much that varies, and how far it is from a target."""

from __future__ import annotations

from . import advice, among, dynamics
from . import phrasing as say
from .page import Page, Phrase
from .targets import STREAMING, TURNED_DOWN, against, asked_target, raised

VOCABULARY = frozenset("integrated short_term momentary range true_peak dynamics over_time target".split())
OVER_DBTP = 0.05  # a true peak from here on lies over full scale, also when rounded
_NAME = "loudness.integrated_lufs"
_ORDER = among.Measure(
    _NAME, "loudest", "quietest", ("louder", "quieter"), lambda level: f"{say.decibels(level)} LUFS",
    ("loudness.difference_lu", "loudness_difference", "LU"), "All have the same loudness.", 0.05,
)  # fmt: skip

#: What has been told by where it is loudest.
_PLACED = frozenset({"over_time", "integrated", "short_term"})


def describe(page: Page, subject: str) -> None:
    focus = page.focus(VOCABULARY)
    if "over_time" in focus and not page.asks("how loud|lufs|overall"):
        focus -= {"integrated"}  # "louder towards the end" asks for the change
    has_target = "loudness_lufs" in page.targets
    if dynamics.asks_where_loudest(page):
        _loudest(page, subject, "loudness.short_term_max_lufs", "short-term")
        focus -= {"over_time", "short_term"} if page.asks("how loud|lufs|overall") else _PLACED
        if not focus:
            return
    if "over_time" in focus:
        dynamics.over_time(page, subject)
    target = asked_target(page)
    if target is not None and against(page, subject, target):
        focus -= {"integrated", "target"}
        if not focus:
            return
    if focus & {"integrated", "target"} or not focus or (has_target and "over_time" not in focus):
        _overall(page, subject, with_peak=not focus)
        if not has_target and not focus - {"integrated", "target"} and page.only == "loudness":
            _in_streaming(page, subject)
    if "loudness_lufs" in page.targets:
        _against_target(page, subject, page.targets["loudness_lufs"])
    if "short_term" in focus or not focus:
        _loudest(page, subject, "loudness.short_term_max_lufs", "short-term", is_beside=not focus)
    if "momentary" in focus:
        _loudest(page, subject, "loudness.momentary_max_lufs", "momentary")
    if "true_peak" in focus:
        _true_peak(page, subject)
    if focus & {"range", "dynamics"} or not focus:
        dynamics.dynamics(page, subject, all_of_it="dynamics" in focus)


def brief(page: Page, subject: str) -> list[Phrase]:
    focus = page.focus(VOCABULARY)
    parts: list[tuple[str, str, str]] = []
    if not focus or focus & {"integrated", "target", "over_time"}:
        parts.append((_NAME, "{} LUFS integrated", ""))
    if not focus or "true_peak" in focus:
        parts.append(("loudness.true_peak_dbtp", "true peak {} dBTP", ""))
    if "short_term" in focus:
        parts.append(("loudness.short_term_max_lufs", "short-term up to {} LUFS", ""))
    if "momentary" in focus:
        parts.append(("loudness.momentary_max_lufs", "momentary up to {} LUFS", ""))
    phrases = []
    for name, text, _ in parts:
        if (found := page.number(subject, name)) is not None:
            phrases.append(Phrase(text.format(say.decibels(found[1])), (found[0],)))
    if focus & {"range", "dynamics"}:
        phrases += dynamics.phrases(page, subject)
    if "over_time" in focus and (thirds := page.find(subject, "loudness.thirds_lufs")) is not None:
        values = say.numbers_in(thirds)
        if len(values) == 3:
            change = values[2] - values[0]
            words = (
                "about level throughout"
                if abs(change) < dynamics.STEADY_LU
                else f"gets {'louder' if change > 0 else 'quieter'} towards the end"
            )
            phrases.append(Phrase(words, (thirds,)))
    return phrases


def rank(page: Page, subjects: tuple[str, ...]) -> list[str]:
    """The loudest and the quietest, and what lies between them."""
    focus = page.focus(VOCABULARY)
    if focus and not focus & {"integrated", "target", "over_time"}:
        return [item.subject for _, item in among.in_order(page, subjects, _first_name(focus))]
    return among.rank(page, subjects, _ORDER, from_below=page.asks("quiet\\w*|soft\\w*|leise\\w*"))


def _first_name(focus: frozenset[str]) -> str:
    names = {
        "true_peak": "true_peak_dbtp", "short_term": "short_term_max_lufs", "momentary": "momentary_max_lufs",
        "range": "range_lu", "dynamics": "plr_db",
    }  # fmt: skip
    return next((f"loudness.{name}" for aspect, name in names.items() if aspect in focus), _NAME)


def _overall(page: Page, subject: str, *, with_peak: bool) -> None:
    found, peak = page.number(subject, _NAME), page.number(subject, "loudness.true_peak_dbtp")
    if found is None:
        return  # the gap says why
    beside = f", with a true peak of {say.decibels(peak[1])} dBTP" if peak and with_peak else ""
    text = _with_verdict(page, found[1], "loudness_lufs", f"Overall it is at {say.decibels(found[1])} LUFS{beside}.")
    page.say(text, found[0], *([peak[0]] if peak and beside else []))
    if with_peak:
        _overshoot(page, subject)


def _in_streaming(page: Page, subject: str) -> None:
    """What streaming services will make of it: of anything long enough to be a piece."""
    found = page.number(subject, _NAME)
    if found is None or page.find(subject, "loudness.short_term_max_lufs") is None:
        return
    gap = found[1] - STREAMING.lufs
    if abs(gap) <= STREAMING.room_lu:
        return
    level = page.compute("loudness.streaming_lufs", "loudness", "LUFS", STREAMING.lufs, STREAMING.method)
    away = page.compute("loudness.streaming_gain_db", "ratio", "dB", -gap, "{1} - {0}", found[0], level)
    shown = f"{say.trimmed(STREAMING.lufs, 0)} LUFS"
    if gap > 0:
        text = f"Streaming plays at about {shown} and would turn it down by {say.magnitude(gap)} dB."
        page.add(text, level, away, support="computed")
    else:
        raised(
            page,
            subject,
            found[0],
            gap,
            STREAMING.lufs,
            (f"To reach the {shown} usual for streaming, turn", level, away),
        )


def _with_verdict(page: Page, value: float, target: str, text: str) -> str:
    """Behind a yes or a no when the question asks on which side of a target it lies."""
    limit = page.targets.get(target)
    if limit is None or abs(value - limit) < 0.05:
        return text
    if page.asks(f"louder|above|over|more than|exceeds?|hotter|too loud|{TURNED_DOWN}"):
        return page.verdict(value > limit, text)
    return page.verdict(value < limit, text) if page.asks("quieter|below|under|less than|too quiet") else text


def _overshoot(page: Page, subject: str) -> None:
    peak = page.number(subject, "loudness.true_peak_dbtp")
    if peak and peak[1] >= OVER_DBTP:
        page.add("That true peak lies over full scale: it can distort in a converter or a lossy encoder.",
                 peak[0], support="inferred")  # fmt: skip
        page.suggest("Limit it, or bring its peak down.", peak[0],
                     command=advice.edit_command(subject, "normalise=-1dBTP", "normalised"))  # fmt: skip


def _against_target(page: Page, subject: str, target: float) -> None:
    found = page.number(subject, _NAME)
    if found is None:
        return
    gap = found[1] - target
    asked = f"{say.trimmed(target, 1)} LUFS"
    if abs(gap) < 0.05:
        page.say(f"That is right on your target of {asked}.", found[0])
        return
    away = page.compute(
        "loudness.target_difference_lu", "loudness_difference", "LU", gap, f"{{0}} - ({asked} asked)", found[0]
    )
    side = "above" if gap > 0 else "below"
    page.say(
        f"It lies {say.magnitude(gap)} LU {side} your target of {asked}.", found[0], away, support="computed"
    )  # fmt: skip
    if gap < 0:
        raised(page, subject, found[0], gap, target)
    else:
        gain = page.compute("loudness.gain_db", "ratio", "dB", -gap, f"({asked} asked) - {{0}}", found[0])
        page.suggest(
            f"Turn it down by {say.magnitude(gap)} dB.", gain, support="computed",
            command=advice.edit_command(subject, f"normalise={target:g}LUFS", "normalised"),
        )  # fmt: skip


def _loudest(page: Page, subject: str, name: str, word: str, *, is_beside: bool = False) -> None:
    found = page.number(subject, name)
    if found is None:
        return
    where = f" at {say.position(found[0].span.start_s)}" if found[0].span is not None else ""
    tell = page.add if is_beside else page.say
    tell(f"The loudest moment{where} reaches {say.decibels(found[1])} LUFS {word}.", found[0])


def _true_peak(page: Page, subject: str) -> None:
    peak = page.number(subject, "loudness.true_peak_dbtp")
    if peak is None:
        return
    text = _with_verdict(page, peak[1], "true_peak_dbtp", f"The true peak is {say.decibels(peak[1])} dBTP.")
    page.say(text, peak[0])
    if "true_peak_dbtp" in page.targets:
        limit = page.targets["true_peak_dbtp"]
        gap = peak[1] - limit
        asked = f"{say.trimmed(limit, 1)} dBTP"
        if abs(gap) >= 0.05:
            away = page.compute("loudness.peak_difference_db", "ratio", "dB", gap, f"{{0}} - ({asked} asked)", peak[0])
            side = "above" if gap > 0 else "below"
            page.say(
                f"That is {say.magnitude(gap)} dB {side} your limit of {asked}.", peak[0], away, support="computed"
            )
            if gap > 0:
                command = advice.edit_command(subject, f"normalise={limit:g}dBTP", "normalised")
                page.suggest("Bring its peak down to there.", peak[0], command=command)
            return
        page.say(f"That is right at your limit of {asked}.", peak[0])
    _overshoot(page, subject)
