"""How far a printed number may lie from what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from .held import Fact
from .tokens import Quantity, Reading

#: The most that a printed number may differ from what was measured.
ROUNDING: dict[str, float] = {
    "BPM": 0.05, "LUFS": 0.05, "LU": 0.05, "dB": 0.05, "dBFS": 0.05, "dBTP": 0.05, "s": 0.05, "Hz": 0.5, "cents": 0.5,
    "%": 0.5, "semitones": 0.05, "bit": 0.0, "#": 0.0, "": 0.05,
}  # fmt: skip
HZ_SHARE = 0.005  # of a frequency
CLOCK_ROUNDING = 0.5  # s, for m:ss and for whole seconds
WHOLE_FROM_S = 20.0  # from here on whole seconds may be told
WHOLE_BPM = 0.5  # musicians tell a tempo in whole beats a minute


def tolerance(quantity: Quantity, reading: Reading, fact: Fact) -> float:
    """How far a printed number may lie from a fact."""
    strict = ROUNDING.get(fact.unit, 0.0)
    if fact.evidence.capability == "theory":
        strict = max(0.5, 0.005 * abs(fact.value))  # nothing was measured: the printed digits decide
    elif fact.unit == "Hz":
        strict = 0.5 if fact.evidence.kind == "sample_rate" else max(HZ_SHARE * abs(fact.value), strict)
    elif fact.unit == "s" and (quantity.clock or (reading.step >= 1 and abs(fact.value) >= WHOLE_FROM_S)):
        strict = CLOCK_ROUNDING
    elif fact.unit == "BPM" and reading.step >= 1:
        strict = WHOLE_BPM
    elif not fact.unit and reading.step >= 1 and not float(fact.value).is_integer():
        strict = 0.005  # a flatness of 0.04 is not 0
    allowed = min(strict, reading.step / 2)
    if quantity.approximate:
        step = reading.step
        while step and abs(reading.value) >= 100 * step and abs(reading.value / (10 * step)) % 1 < 1e-9:
            step *= 10  # "about 450 Hz" does not print its last zero
        if step == reading.step and abs(reading.value) >= 20 * step and abs(reading.value / (5 * step)) % 1 < 1e-9:
            step *= 5  # nor "about 155 BPM" its last five
        unit = reading.step if fact.unit != "s" else 1.0
        share = 0.03 if quantity.approximate in ("over", "under") else 0.02
        allowed = max(allowed, min(step, max(share * abs(fact.value), min(unit, 1.0))))
        if quantity.approximate in ("over", "under") and fact.unit != "s":
            allowed = max(allowed, share * abs(fact.value))
        allowed = max(allowed, min(reading.step / 2, 0.04 * abs(fact.value)))
        if fact.unit == "s" and reading.step >= 60:
            allowed = max(allowed, 0.02 * abs(fact.value))
    return allowed * (1 + 1e-6) + 1e-9


def side_fits(quantity: Quantity, reading: Reading, fact: Fact) -> bool:
    """ "Just over" and "almost" say on which side the number lies."""
    if quantity.approximate in ("", "about"):
        return True
    over = quantity.approximate == "over"
    return abs(fact.value) > abs(reading.value) if over else abs(fact.value) < abs(reading.value)


def same_value(readings: Sequence[Reading], value: float) -> bool:
    return any(abs(each.value - value) < 1e-9 for each in readings)
