"""What the music arithmetic answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = bool | int | float | str | list["Value"] | dict[str, "Value"] | None

#: Unit of each kind used here; a part of EVIDENCE_UNITS in `messages`, which this layer may not import.
UNITS: Mapping[str, str] = {
    "tempo": "BPM", "musical_key": "", "ratio": "dB", "level": "dBFS", "frequency": "Hz", "duration": "s",
    "tuning": "cents",
    "interval": "semitones", "chord": "", "note": "", "label": "", "count": "", "share": "%", "number": "",
    "delay": "ms",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One computed answer. Every number and name of `text` is in `value` or in the question."""

    name: str  # "theory.delay_ms"
    kind: str  # a key of UNITS
    value: Value  # objects have keys that end in their unit
    unit: str
    method: str  # the formula in words
    text: str  # one English sentence


def finding(name: str, kind: str, value: Value, method: str, text: str) -> Finding:
    """A finding with the unit of its kind; `name` without "theory."."""
    return Finding(f"theory.{name}", kind, value, UNITS[kind], method, text)


def shown(number: float, decimals: int = 2) -> str:
    """A number as a sentence shows it: rounded, without trailing zeros; tiny ones keep three digits."""
    if number and abs(number) < 10.0**-decimals:
        return f"{number:.3g}"
    text = f"{number:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def listed(items: list[str] | tuple[str, ...]) -> str:
    """ "A, B and C"."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
