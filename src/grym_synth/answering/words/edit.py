"""New files: what would be made, for the asker to say yes to, and what was made, with how to take it back.

That nothing is written yet, and how to say yes, is the gap that a dry run leaves; gaps are told elsewhere.
"""

from __future__ import annotations

import re
import shlex

from ...messages import Evidence, Json
from . import phrasing as say
from .owner import LEARNED, OWNER
from .page import LIKELY, Page

_SIDECAR = ".grym.json"
_WHOSE = {OWNER: "the tempo that you told me", LEARNED: "the tempo that your habit chooses"}
_DONE = {
    "fade": "faded", "bring": "brought", "keep": "kept", "stretch": "stretched", "squeeze": "squeezed",
    "speed": "sped", "slow": "slowed", "shift": "shifted", "turn": "turned", "reverse": "reversed",
    "resample": "resampled",
}  # fmt: skip  # "cut" and "put" stay


def describe(page: Page) -> None:
    """A few sentences for each recording that is edited, or would be."""
    subjects = dict.fromkeys(item.subject for item in page.findings.evidence if item.capability == "edit")
    for subject in subjects:
        edit = _Edit(page, subject, is_named=len(subjects) > 1)
        if edit.is_done:
            edit.tell_done()
        else:
            edit.tell_plan()


class _Edit:
    """One new file."""

    def __init__(self, page: Page, subject: str, *, is_named: bool) -> None:
        self.page, self.subject = page, subject
        self.whose = f"{page.name(subject)}: " if is_named else ""
        self.is_done = self.find("sidecar") is not None

    def find(self, name: str) -> Evidence | None:
        return self.page.find(self.subject, f"edit.{name}")

    def tell_plan(self) -> None:
        plan, output = self.find("plan"), self.find("output")
        if plan is None or output is None:
            return
        orders = say.listed([*_listed(plan, "orders"), f"write {self._written(output)}"])
        self.page.say(f"{self.whose}I would {orders}.", plan, output)
        self._doubt_tempo(plan)

    def tell_done(self) -> None:
        plan, output, sidecar = self.find("plan"), self.find("output"), self.find("sidecar")
        if plan is None or output is None or sidecar is None:
            return
        self.page.say(f"{self.whose}Written: {self._written(output)}.", output, *self._counted())
        done = [_in_past(order) for order in _listed(plan, "orders")]
        if done:
            self.page.say(f"{self.whose}I {say.listed(done)}.", plan)
        self._doubt_tempo(plan)
        self._tell_levels()
        self._tell_undo(sidecar)

    def _written(self, output: Evidence) -> str:
        """ "`song-edited.wav` (WAV, 16 bit, 44.1 kHz, 3:02 long)"."""
        told = _held(output)
        figures = [str(told.get("format", ""))]
        depth, rate, seconds = (say.finite(told.get(name)) for name in ("depth_bit", "rate_hz", "duration_s"))
        if depth is not None:
            figures.append(f"{depth:g} bit" + (" float" if depth == 32 else ""))
        if rate is not None:
            figures.append(say.sample_rate(rate))
        is_sliced = bool(self._counted()) or self._is_sliced()
        if seconds is not None:
            figures.append(f"{say.duration(seconds)} {'in all' if is_sliced else 'long'}")
        name = say.quotable(str(told.get("name", "")))
        shown = f"`{name}`" if name is not None else "a new file"
        count = say.number_in(self.find("files")) if is_sliced else None
        if count is not None:
            shown += f", the first of {say.count(count, 'file')}"
        elif is_sliced:
            shown += " and so on"
        return f"{shown} ({', '.join(filter(None, figures))})"

    def _is_sliced(self) -> bool:
        plan = self.find("plan")
        return "slice=onsets" in _listed(plan, "ops")

    def _counted(self) -> list[Evidence]:
        """How many files there are, where there are several."""
        files = self.find("files")
        return [files] if files is not None and (say.number_in(files) or 0.0) > 1.0 else []

    def _doubt_tempo(self, plan: Evidence) -> None:
        """Say so where a stretch starts from a tempo that the owner told, or that was heard and not for sure."""
        heard = self.page.number(self.subject, "rhythm.tempo_bpm")
        told = [say.finite(value) for name, value in _held(plan).items() if name.endswith("_from_bpm")]
        if heard is None or not any(bpm is not None and abs(bpm - heard[1]) < 0.01 for bpm in told):
            return
        whose = _WHOSE.get(heard[0].source.agent)
        if whose is not None:
            self.page.say(f"{self.whose}The stretch starts from {say.tempo(heard[1])} BPM, {whose}.", heard[0])
            return
        if heard[0].confidence >= LIKELY:
            return
        text = f"I hear {say.tempo(heard[1])} BPM in it and am not sure of that; say another tempo if you know better."
        self.page.say(f"{self.whose}{text}", heard[0], support="inferred")

    def _tell_levels(self) -> None:
        loudness = self.page.number(self.subject, "edit.loudness_lufs")
        peak = self.page.number(self.subject, "edit.true_peak_dbtp")
        gain = self.page.number(self.subject, "edit.gain_db")
        if loudness is not None and peak is not None:
            text = f"It is at {say.decibels(loudness[1])} LUFS, with a true peak of {say.decibels(peak[1])} dBTP."
            self.page.say(f"{self.whose}{text}", loudness[0], peak[0])
        if gain is not None and abs(gain[1]) >= 0.05:
            self.page.say(f"{self.whose}The gain was {say.decibels(gain[1])} dB.", gain[0])

    def _tell_undo(self, sidecar: Evidence) -> None:
        """The command that removes what was made, for the very file."""
        path = str(sidecar.value).removesuffix(_SIDECAR)
        command = f"grym edit {shlex.quote(path)} undo"
        if say.plain(path, len(path)) != path:  # quotation marks and such: nothing that can be quoted
            if path.isprintable():
                self.page.note(f"To undo: {command}")
            return
        undo = self.page.compute("edit.undo", "label", "", command, "from the name of {0}", sidecar)
        self.page.say(f"{self.whose}To undo: `{command}`.", undo, support="computed")


def _held(found: Evidence | None) -> dict[str, Json]:
    return found.value if found is not None and isinstance(found.value, dict) else {}


def _listed(plan: Evidence | None, name: str) -> list[str]:
    """The orders of a plan ("fade it out over the last 8 s"), or its operations."""
    value = _held(plan).get(name)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _in_past(order: str) -> str:
    """ "fade it out" → "faded it out"."""
    return re.sub(r"^\w+", lambda verb: _DONE.get(verb[0], verb[0]), order)
