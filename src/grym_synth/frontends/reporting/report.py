"""One self-contained page about a recording: player, lanes, every finding, each playable at its second.

The page asks nothing of the network: style, script, pictures and sound are inside, and its content security policy
allows nothing else. All text is escaped, for names and tags come from strangers.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from string import Template

import numpy as np

from ... import __version__
from ...errors import BadRequest
from ..document import Document, clock, duration_of, number, part, sections_of
from ..plot_columns import Columns, read_columns
from ..whole_files import PAGE, check_target, write_text
from .escaping import html_text, plain
from .figures import make_figures
from .findings import findings_html
from .sound import Sound, embed_sound
from .tracks import Track, make_tracks

_RULER_PX = 20


def write_report(document: Document, audio_path: str | Path, out: str | Path) -> None:
    """Write the page about one object of `analyze --json` and its recording to `out` (.html).

    Raises
    ------
    UnusableAudio
        The recording cannot be read.
    BadRequest
        The document tells of an error instead of findings, or the page cannot be written there.
    """
    if "error" in document:
        raise BadRequest(f"there is nothing to report of {str(audio_path)!r}: it could not be heard")
    check_target(out, PAGE)
    columns = read_columns(str(audio_path), duration_of(document) or None)
    sound = embed_sound(audio_path, out, columns.duration)
    write_text(report_html(document, audio_path, columns, sound), out, PAGE)


def report_html(document: Document, audio_path: str | Path, columns: Columns, sound: Sound) -> str:
    """The page as text."""
    name = Path(audio_path).name
    tracks = make_tracks(document, columns)
    script = _asset("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    about = {"duration": columns.duration, "mime": sound.mime, "sections": [s.start_s for s in sections_of(document)]}
    return Template(_asset("page.html")).substitute(
        script_hash=f"sha256-{digest}",
        version=html_text(__version__),
        title=html_text(name),
        style=_asset("page.css"),
        about=_about(document, columns),
        headline=_headline(document),
        duration_words=clock(columns.duration),
        notes=f"<p class=note>{html_text(sound.note)}</p>" if sound.note else "",
        names=_names(tracks),
        lanes=_lanes(tracks, columns.duration),
        findings=findings_html(document, make_figures(document, columns)),
        gaps=_gaps(document),
        footer=_footer(document),
        link=f' src="{html_text(sound.link)}"' if sound.link else "",
        # No tag can end this script early: "<" does not occur in it.
        data=json.dumps(about, allow_nan=False).replace("<", "\\u003c"),
        sound=sound.data,
        script=script,
    )


@cache
def _asset(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").strip()


def _about(document: Document, columns: Columns) -> str:
    facts = part(document, "facts")
    channels = columns.low.shape[1]
    sound = {1: "mono", 2: "stereo"}.get(channels, f"{channels} channels")
    bits = number(facts.get("bit_depth"))
    told = [facts.get("container"), facts.get("codec"), f"{bits:.0f} bit" if bits else None,
            f"{columns.sr / 1000:g} kHz", sound, clock(columns.duration)]  # fmt: skip
    return html_text(" · ".join(dict.fromkeys(str(item) for item in told if item)))


def _headline(document: Document) -> str:
    rhythm, tonality, loudness, timbre = (part(document, name) for name in ("rhythm", "tonality", "loudness", "timbre"))
    camelot = tonality.get("camelot")
    found = [
        ("tempo", _figure(rhythm.get("tempo_bpm"), "BPM"), number(rhythm.get("confidence"))),
        ("key", _text(tonality.get("key")) + (f" ({camelot})" if isinstance(camelot, str) else ""),
         number(tonality.get("confidence"))),
        ("loudness", _figure(loudness.get("integrated_lufs"), "LUFS"), None),
        ("range", _figure(loudness.get("range_lu"), "LU"), None),
        ("true peak", _figure(loudness.get("true_peak_dbtp"), "dBTP"), None),
        ("kind of sound", _text(timbre.get("label")), number(timbre.get("confidence"))),
    ]  # fmt: skip
    return "".join(
        f"<div><dt>{caption}</dt><dd>{html_text(value)}{_sure(sure)}</dd></div>"
        for caption, value, sure in found
        if value
    )


def _sure(sure: float | None) -> str:
    return "" if sure is None or sure >= 1.0 else f" <small>{sure:.0%} sure</small>"


def _figure(value: object, unit: str) -> str:
    known = number(value)
    return "" if known is None else f"{known:.1f} {unit}".replace("-", "−")


def _text(value: object) -> str:
    return plain(value) if isinstance(value, str) else ""


def _names(tracks: list[Track]) -> str:
    names = "".join(
        f'<div style="height:{track.height_px + 1}px">{track.name}'
        f"{f'<small>{html_text(track.note)}</small>' if track.note else ''}</div>"
        for track in tracks
    )
    return f'<div style="height:{_RULER_PX + 1}px"></div>{names}'


def _lanes(tracks: list[Track], duration: float) -> str:
    lanes = "".join(f'<div class=lane style="height:{track.height_px + 1}px">{track.html}</div>' for track in tracks)
    return f'<div class="lane ruler" style="height:{_RULER_PX + 1}px">{_ruler(duration)}</div>{lanes}'


def _ruler(duration: float) -> str:
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 3600)
    step = next((step for step in steps if duration <= 14 * step), 3600)
    marks = np.arange(0.0, duration, step) if duration > 0.0 else np.zeros(1)
    return "".join(
        f'<i style="left:{100 * t / (duration or 1.0):.3f}%">{f"{t:.1f} s" if step < 1 else clock(float(t))}</i>'
        for t in marks[:200]
    )


def _gaps(document: Document) -> str:
    gaps = document.get("gaps")
    items = "".join(
        f"<li>{html_text(gap.get('capability'))}: {html_text(gap.get('reason'))}</li>"
        for gap in (gaps if isinstance(gaps, list) else [])
        if isinstance(gap, dict)
    )
    return f"<section id=open><h2>open</h2><ul>{items}</ul></section>" if items else ""


def _footer(document: Document) -> str:
    sha256 = document.get("sha256")
    same = f"SHA-256 of the recording: {html_text(sha256)}. " if sha256 else ""
    made = f"Measured and written by grym-synth {html_text(__version__)}"
    return f"{same}{made}; how sure each finding is stands beside it."
