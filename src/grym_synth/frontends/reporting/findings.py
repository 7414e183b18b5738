"""The tables of the page: every finding with value, unit, confidence and method, and a button that plays it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...answering.words.targets import TARGETS
from ...theory.pitch import note_name
from ..document import (
    Document,
    Stretch,
    beats_of,
    chord_name,
    chords_of,
    clock,
    confidence_of,
    duration_of,
    keys_of,
    melody_of,
    method_of,
    notes_of,
    number,
    part,
    sections_of,
    silences_of,
    span_of,
    summary,
    tags_of,
    times,
    unit_of,
)
from .escaping import html_text

SECTIONS = ("facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "notes", "timbre")
#: Leaves that are lists of moments or stretches: they get a table or buttons of their own.
_LISTED = {"silence_s", "beats_s", "downbeats_s", "onsets_s", "tempo_curve", "key_changes", "melody"}
#: What no second of the recording lets one hear.
_UNHEARD = {"facts.container", "facts.codec", "facts.bit_depth", "facts.tags", "spectrum.n_fft", "spectrum.window"}
_SHORT_FORMS = {"plr": "PLR", "rms": "RMS", "dc": "DC", "mfcc": "MFCC", "fft": "FFT", "f0": "fundamental"}
_UNIT_ENDINGS = (" lufs", " lu", " dbtp", " dbfs", " db", " hz", " bpm", " s", " cents", " percent")


def findings_html(document: Document, figures: Mapping[str, str]) -> str:
    """A table for each section that the document has, in the order of the capabilities, with its figure."""
    return "".join(
        _section(document, name, figures.get(name, ""))
        for name in SECTIONS
        if document.get(name) is not None or _told(document, name)
    )


def _told(document: Document, name: str) -> bool:
    return bool(summary(document, name))


def _section(document: Document, name: str, figure: str) -> str:
    values = document.get(name)
    leaves = values if isinstance(values, dict) else summary(document, name)
    rows = "".join(_rows(document, name, leaves))
    table = f"<table class=found><tbody>{rows}</tbody></table>" if rows else ""
    return f'<section id="{name}"><h2>{name}</h2>{figure}{table}{"".join(_lists(document, name))}</section>'


def _rows(document: Document, section: str, leaves: Mapping[str, Any]) -> Iterator[str]:
    alternatives = leaves.get("alternatives")
    others = [item for item in alternatives if isinstance(item, dict)] if isinstance(alternatives, list) else []
    for leaf, value in leaves.items():
        if leaf in _LISTED or leaf in ("confidence", "alternatives") or leaf.endswith("_confidence"):
            continue
        if (section, leaf) == ("timbre", "tags"):
            continue
        name, unit = f"{section}.{leaf}", unit_of(leaf, document, section)
        sure, method, span = confidence_of(document, name), method_of(document, name), span_of(document, name)
        yield _row(_words(leaf), _value(value, unit), sure, method, span, is_heard=name not in _UNHEARD)
        for item in others:
            if leaf in item:
                yield _row(f"or {_words(leaf)}", _value(item[leaf], unit), number(item.get("confidence")))
    integrated = number(leaves.get("integrated_lufs")) if section == "loudness" else None
    for target in TARGETS if integrated is not None else ():
        above = (integrated or 0.0) - target.lufs
        told = f"{abs(above):.1f} <small>LU</small> {'above' if above > 0 else 'below'}"
        yield _row(f"against {target.name} ({target.lufs:.0f} LUFS)", told, None, target.method)


def _row(
    name: str,
    value: str,
    sure: float | None,
    method: str = "",
    span: tuple[float, float] | None = None,
    *,
    is_heard: bool = True,
) -> str:
    button = play_button(span or (0.0, None)) if is_heard else ""
    return (
        f"<tr><td>{button}</td><th scope=row>{html_text(name)}</th><td>{value}</td>"
        f"<td>{_meter(sure)}</td><td class=how>{html_text(method)}</td></tr>"
    )


def play_button(span: tuple[float, float | None]) -> str:
    """A button that plays from a second on, to the end of its span where it has one."""
    start, end = span
    until = "" if end is None else f' data-end="{end:.3f}"'
    return f'<button class=play data-at="{start:.3f}"{until} aria-label="play from {clock(start)}">▶</button>'


def _meter(sure: float | None) -> str:
    if sure is None or sure >= 1.0:
        return ""
    return f'<span class=sure title="confidence"><i style="width:{100 * sure:.0f}%"></i></span> {sure:.0%}'


def _words(leaf: str) -> str:
    words = leaf.replace("_", " ")
    ending = next((ending for ending in _UNIT_ENDINGS if words.endswith(ending)), "")
    words = words.removesuffix(ending) if unit_of(leaf) else words
    return " ".join(_SHORT_FORMS.get(word, word) for word in words.split(" "))


def _value(value: Any, unit: str = "") -> str:
    """Any JSON value with its unit as HTML; objects and lists of objects as little tables."""
    said = f" <small>{html_text(unit)}</small>" if unit else ""
    if value is None:
        return "<span class=none>none found</span>"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        digits = 3 if abs(value) < 1 else 2 if abs(value) < 10000 else 0
        return f"{value:.{digits}f}{said}"
    if isinstance(value, dict):
        pairs = "".join(
            f"<tr><td><bdi>{html_text(key)}</bdi></td><td>{_value(item, unit)}</td></tr>" for key, item in value.items()
        )
        return f"<table class=inner>{pairs}</table>" if pairs else "<span class=none>none</span>"
    if isinstance(value, list):
        if value and all(isinstance(item, dict) for item in value):
            return _table(value)
        return ", ".join(_value(item) for item in value) + said if value else "<span class=none>none</span>"
    return f"<bdi>{html_text(value)}</bdi>{said}"


def _table(items: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(key for item in items for key in item))
    head = "".join(f"<th>{html_text(_words(str(key)))}</th>" for key in names)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_value(item.get(key), unit_of(str(key)))}</td>' for key in names)}</tr>" for item in items
    )
    return f"<details><summary>{len(items)} in all</summary><table class=inner><tr>{head}</tr>{rows}</table></details>"


def _lists(document: Document, section: str) -> Iterator[str]:
    """What of a section lies on the time line."""
    duration = duration_of(document)
    rhythm = part(document, "rhythm")
    if section == "facts":
        yield _stretches("silences", silences_of(document))
    elif section == "rhythm":
        downbeats = times(rhythm.get("downbeats_s"), duration)
        yield _moments("bars", [(time, f"bar {i}") for i, time in enumerate(downbeats, start=1)])
        beats = [(b.time_s, _clock(b.time_s) if b.position is None else str(b.position)) for b in beats_of(document)]
        yield _moments("beats", beats)
        onsets = times(rhythm.get("onsets_s"), duration)
        yield _moments("onsets", [(time, _clock(time)) for time in onsets])
        yield _moments("local tempi", list(_local_tempi(rhythm.get("tempo_curve"))))
    elif section == "tonality":
        yield _stretches("keys", keys_of(document))
    elif section == "chords":
        named = [Stretch(c.start_s, c.end_s, chord_name(c.label), c.confidence, c.detail) for c in chords_of(document)]
        yield _stretches("chords", named, is_open=True)
    elif section == "structure":
        yield _stretches("sections", sections_of(document), is_open=True)
    elif section == "notes":
        yield _moments("notes", [(note.start_s, note_name(round(note.midi))) for note in notes_of(document)])
        voiced = sum(hz is not None for _, hz in melody_of(document))
        if voiced:
            yield f"<p>The melody sounds in {voiced} of {len(melody_of(document))} moments.</p>"
    elif section == "timbre":
        bars = "".join(
            f"<tr><th scope=row><bdi>{html_text(tag)}</bdi></th><td>{_meter(min(sure, 0.9999))}</td></tr>"
            for tag, sure in tags_of(document)
        )
        yield f"<table class=tags>{bars}</table>" if bars else ""


def _local_tempi(items: object) -> Iterator[tuple[float, str]]:
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            start, tempo = number(item.get("start_s")), number(item.get("tempo_bpm"))
            if start is not None and tempo is not None:
                yield start, f"{clock(start)} {tempo:.1f}"


def _clock(time: float) -> str:
    minutes, rest = divmod(time, 60.0)
    return f"{minutes:.0f}:{rest:05.2f}"


def _moments(name: str, moments: list[tuple[float, str]]) -> str:
    if not moments:
        return ""
    chips = "".join(f'<button data-at="{time:.3f}">{html_text(words)}</button>' for time, words in moments)
    return f"<details><summary>{len(moments)} {name}</summary><div class=chips>{chips}</div></details>"


def _stretches(name: str, stretches: Iterable[Stretch], *, is_open: bool = False) -> str:
    rows = "".join(
        f'<tr data-s="{item.start_s:.3f}" data-e="{item.end_s:.3f}"><td>{play_button((item.start_s, item.end_s))}</td>'
        f"<td>{_clock(item.start_s)}</td><td>{item.end_s - item.start_s:.2f} <small>s</small></td>"
        f"<th scope=row><bdi>{html_text(item.label)}</bdi></th><td><bdi>{html_text(item.detail)}</bdi></td>"
        f"<td>{_meter(item.confidence)}</td></tr>"
        for item in stretches
    )
    if not rows:
        return ""
    count = rows.count("<tr ")
    opened = " open" if is_open else ""
    return (
        f"<details{opened}><summary>{count} {name}</summary><table class=follow><tbody>{rows}</tbody></table></details>"
    )
