"""Levels that recordings are held against by name: streaming, broadcast, podcasts, clubs."""

from __future__ import annotations

from dataclasses import dataclass

from ...messages import Evidence
from . import advice
from . import phrasing as say
from .page import Page

_NAME = "loudness.integrated_lufs"


@dataclass(frozen=True, slots=True)
class Target:
    """A named level, whose it is, and how far from it is as good as there."""

    name: str
    words: str  # pattern of a question that means it
    lufs: float
    peak_dbtp: float | None  # the highest true peak that is allowed
    room_lu: float
    usual: str  # behind the level: "the -14 LUFS ..."
    method: str  # whose level it is


TURNED_DOWN = r"turn(?:ed)? (?:\w+ ){0,2}down|penali[sz]ed?|penalty"  # by a service, of what is too loud for it
PEAK_ROOM_DBTP = -1.0  # what a true peak is usually kept under

#: Few, each with its source.
TARGETS: tuple[Target, ...] = (
    Target(
        "streaming", r"streaming|spotify|youtube|tidal|apple music|deezer|amazon music", -14.0, None, 1.0,
        "usual for streaming", "usual level of streaming",
    ),
    Target(
        "broadcast", r"broadcast\w*|r ?128|ebu|television|tv|radio|rundfunk|fernsehen|radiodifusi[oó]n", -23.0, -1.0,
        0.5, "of EBU R128 for broadcast", "EBU R128: programme loudness, and the most that a true peak may reach",
    ),
    Target(
        "podcast", r"podcasts?|audiobooks?|h[oö]rbuch", -16.0, -1.0, 1.0, "usual for podcasts",
        "usual level of podcasts, as large directories recommend it",
    ),
    Target(
        "club", r"clubs?|dance ?floors?|dj sets?|disco", -9.0, None, 1.5, "usual for clubs",
        "a convention of dance music; no standard",
    ),
)  # fmt: skip
STREAMING = TARGETS[0]


def asked_target(page: Page) -> Target | None:
    """The named level that a question means, when it gives no level of its own."""
    if "loudness_lufs" in page.targets:
        return None
    return next((target for target in TARGETS if page.asks(target.words)), None)


def against(page: Page, subject: str, target: Target) -> bool:
    """How far a recording lies from a named level, and what to do; false when its loudness is not known."""
    found = page.number(subject, _NAME)
    if found is None:
        return False
    level = page.compute(f"loudness.{target.name}_lufs", "loudness", "LUFS", target.lufs, target.method)
    gap = found[1] - target.lufs
    usual = f"the {say.trimmed(target.lufs, 0)} LUFS {target.usual}"
    too_loud = page.asks("too (?:loud|hot|much)")
    if abs(gap) < 0.05:
        page.say(page.verdict(not too_loud, f"It is at {say.decibels(found[1])} LUFS, {usual}."), found[0], level)
    else:
        away = page.compute(
            f"loudness.{target.name}_difference_lu", "loudness_difference", "LU", gap, "{0} - {1}", found[0], level
        )
        side = "above" if gap > 0 else "below"
        text = f"At {say.decibels(found[1])} LUFS it lies {say.magnitude(gap)} LU {side} {usual}."
        page.say(page.verdict(_holds(page, target, gap), text), found[0], level, away, support="computed")
        _next(page, subject, target, found[0], gap, level)
    _peak(page, subject, target, gap)
    return True


def _next(page: Page, subject: str, target: Target, found: Evidence, gap: float, level: Evidence) -> None:
    """What to do about a level that is off."""
    if gap < -target.room_lu:
        raised(page, subject, found, gap, target.lufs)
    elif gap > target.room_lu:
        gain = page.compute(f"loudness.{target.name}_gain_db", "ratio", "dB", -gap, "{1} - {0}", found, level)
        if target.peak_dbtp is not None:
            page.suggest(
                f"Turn it down by {say.magnitude(gap)} dB.", gain, support="computed",
                command=advice.edit_command(subject, f"normalise={target.lufs:g}LUFS", "normalised"),
            )  # fmt: skip
        elif target is STREAMING:
            page.add(f"They would turn it down by {say.magnitude(gap)} dB.", gain, support="computed")


def raised(
    page: Page, subject: str, found: Evidence, gap: float, target: float,
    lead: tuple[str, Evidence, Evidence] | None = None,
) -> None:  # fmt: skip
    """How to bring it up to a level: by gain alone where the true peak leaves room, with a limiter where not.

    `lead` is what stands in place of "Turn", with the level that it names and the gain that leads there.
    """
    peak = page.number(subject, "loudness.true_peak_dbtp")
    method = f"({say.trimmed(target, 1)} LUFS) - {{0}}"
    turn, *cited = lead or ("Turn", page.compute("loudness.gain_db", "ratio", "dB", -gap, method, found))
    up, gain = f"{turn} it up by {say.magnitude(gap)} dB", cited[-1]
    if peak is None:
        page.suggest(f"{up}.", *cited, support="computed")
        return
    after = page.compute(
        "loudness.true_peak_at_target_dbtp", "true_peak", "dBTP", peak[1] - gap, "{0} + {1}", peak[0], gain
    )
    reached = f"its peaks would then reach {say.decibels(peak[1] - gap)} dBTP"
    if peak[1] - gap > PEAK_ROOM_DBTP:
        page.suggest(f"{up}; {reached}, so that takes a limiter.", *cited, after, support="computed")
        return
    page.suggest(
        f"{up}; {reached}, so there is room for that.", *cited, after, support="computed",
        command=advice.edit_command(subject, f"normalise={target:g}LUFS", "normalised"),
    )  # fmt: skip


def _holds(page: Page, target: Target, gap: float) -> bool:
    """Whether what was asked is so: loud enough, too loud, too quiet, or just right."""
    if page.asks(f"too (?:loud|hot|much)|{TURNED_DOWN}"):
        return gap > target.room_lu
    if page.asks("too (?:quiet|soft|low)"):
        return gap < -target.room_lu
    if page.asks("loud enough|enough") or target.peak_dbtp is None:
        return gap > -target.room_lu
    return abs(gap) <= target.room_lu


def _peak(page: Page, subject: str, target: Target, gap: float) -> None:
    """A true peak over what is allowed there, once the level is right."""
    peak = page.number(subject, "loudness.true_peak_dbtp")
    if peak is None:
        return
    if target.peak_dbtp is None:
        if peak[1] >= 0.05 and not page.wants("true_peak"):
            page.add(
                f"Its true peak of {say.decibels(peak[1])} dBTP lies over full scale: it can distort in a converter or "
                "a lossy encoder.",
                peak[0],
            )
            page.suggest("Limit it, or bring its peak down.", peak[0],
                         command=advice.edit_command(subject, "normalise=-1dBTP", "normalised"))  # fmt: skip
        return
    over = peak[1] - target.peak_dbtp
    if over < 0.05 or gap > target.room_lu:
        return  # turning it down takes the peak down too
    limit = page.compute(f"loudness.{target.name}_peak_dbtp", "true_peak", "dBTP", target.peak_dbtp, target.method)
    page.say(
        f"Its true peak is {say.decibels(peak[1])} dBTP, and no more than {say.trimmed(target.peak_dbtp, 0)} dBTP is "
        "allowed there: limit it.",
        peak[0], limit,
    )  # fmt: skip
