"""Numbers that belong together: "3 min 2 s" is one time, "126 or 63 BPM" has one unit."""

from __future__ import annotations

from dataclasses import replace

from ...regex import lazily
from .stated import Quantity, Reading
from .units import UNIT


def merged_durations(quantities: list[Quantity]) -> list[Quantity]:
    """ "3 min 2 s" as one time."""
    merged: list[Quantity] = []
    for quantity in sorted(quantities, key=lambda each: each.start):
        last = merged[-1] if merged else None
        if last is not None and last.noun in ("min", "h") and quantity.unit == "s" and quantity.start - last.end <= 5:
            both = last.readings[:1] + quantity.readings[:1]
            if len(both) == 2 and both[1].value < (60 if last.noun == "min" else 3600):
                total = Reading(both[0].value + both[1].value, both[1].step)
                text = f"{last.text} {quantity.text}"
                merged[-1] = replace(
                    last, end=quantity.end, text=text, readings=(total,), noun=quantity.noun, clock=True
                )
                continue
        merged.append(quantity)
    return [replace(each, noun="") if each.unit == "s" else each for each in merged]


def with_inherited_units(quantities: list[Quantity], text: str) -> list[Quantity]:
    """Bare numbers with the units that a list or a range gives them ("126 or 63 BPM", "60-250 Hz")."""
    with_units: list[Quantity] = []
    seen: str = ""
    units_behind = _next_with_unit(quantities)
    for index, quantity in enumerate(quantities):
        if quantity.unit or not quantity.readings:
            seen = quantity.unit if quantity.unit not in ("", "#", "times") else seen
            with_units.append(quantity)
            continue
        following = units_behind[index]
        units = [seen] if seen else []
        if following is not None and _is_list(text[quantity.end : following.start]):
            units = [following.unit]
        readings = _also_scaled(quantity, following, units)
        with_units.append(replace(quantity, inherited=tuple(units), readings=readings))
    return with_units


def _next_with_unit(quantities: list[Quantity]) -> list[Quantity | None]:
    """For each quantity the next one behind it that has a unit."""
    behind: list[Quantity | None] = []
    following: Quantity | None = None
    for quantity in reversed(quantities):
        behind.append(following)
        if quantity.unit not in ("", "#", "times"):
            following = quantity
    return behind[::-1]


_LISTED = lazily(
    r"(?i)(?:[\d\s,.;/+-]|to|and|or|through|then|against|versus|vs|minus|plus|over|via){1,200}"
    r"|[\s\x01\"',;]{1,80}(?:and|while|whereas|but)[\s\x01\"',;]{1,80}(?:(?:is |runs |moves |sits )?at|has)? ?(?:minus )?"
)


def _is_list(between: str) -> bool:
    return _LISTED.fullmatch(between) is not None


def _also_scaled(quantity: Quantity, following: Quantity | None, units: list[str]) -> tuple[Reading, ...]:
    """Readings of the first number of "1.2 to 2.4 kHz" in kilohertz as well."""
    if following is None or not units or following.unit != units[0]:
        return quantity.readings
    scale = UNIT.scale_of(following.text)
    scaled = tuple(Reading(each.value * scale, each.step * scale) for each in quantity.readings)
    return quantity.readings if scale == 1.0 else quantity.readings + scaled
