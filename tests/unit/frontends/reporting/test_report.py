"""The page: whole, safe, and with every finding in it."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.unit.frontends.sample_document import full_document, write_sound

from grym_synth.errors import BadRequest, UnusableAudio
from grym_synth.frontends.reporting import sound as sound_module
from grym_synth.frontends.reporting.pixels import grey_png
from grym_synth.frontends.reporting.report import write_report
from grym_synth.frontends.reporting.sound import browser_type, embed_sound

VOID = {"meta", "img", "input", "br", "link", "hr"}
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"' onmouseover=alert(1) ${x} \x00\u202e"


class Page(HTMLParser):
    """All elements with their attributes and the text within them; fails when they do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(text)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page_of(tmp_path: Path, document: dict[str, Any] | None = None, source: Path | None = None) -> tuple[str, Page]:
    source = source or write_sound(tmp_path / "song.wav")
    out = tmp_path / "report.html"
    write_report(full_document(str(source)) if document is None else document, source, out)
    html = out.read_text(encoding="utf-8")
    return html, Page(html)


def test_page_nests_and_shows_every_finding_with_unit_confidence_and_method(tmp_path: Path) -> None:
    html, page = page_of(tmp_path)
    words = " ".join(text for texts in page.texts.values() for text in texts)
    for told in ("120.00", "BPM", "90%", "a tracker", "F# minor", "-15.20", "loudest 3 s", "Am7", "bar 4", "jazz",
                 "against streaming (-14 LUFS)", "A4", "local tempi", "no single line", "i IV"):  # fmt: skip
        assert told in words, told
    sections = {attributes.get("id") for attributes in page.all("section")}
    assert sections >= {"facts", "loudness", "rhythm", "tonality", "chords", "spectrum", "structure", "notes", "timbre"}
    assert html.startswith('<!doctype html>\n<html lang="en"')


def test_every_finding_can_be_played_at_its_second(tmp_path: Path) -> None:
    _, page = page_of(tmp_path)
    buttons = [attributes for attributes in page.all("button") if "data-at" in attributes]
    places = {(float(item["data-at"]), item.get("data-end")) for item in buttons}
    assert (2.0, "5.000") in places  # the loudest three seconds
    assert (4.0, "8.000") in places  # the second section
    assert {(2.0 * i, f"{2.0 * i + 2.0:.3f}") for i in range(4)} <= places  # the chords
    assert {(0.5 * i, None) for i in range(16)} <= places  # the beats
    for item in buttons:
        assert 0.0 <= float(item["data-at"]) <= 8.0


def test_page_asks_nothing_of_the_network_and_says_so_to_the_browser(tmp_path: Path) -> None:
    html, page = page_of(tmp_path)
    policy = next(item["content"] for item in page.all("meta") if item.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    script = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "action", "data", "poster"):
            assert attributes.get(name, "data:").startswith("data:"), (tag, attributes)
    style = "".join(page.texts["style"])
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in re.sub(r"http-equiv", "", html)


def test_strangers_words_stay_words(tmp_path: Path) -> None:
    document = full_document(EVIL)
    document["facts"]["tags"] = {EVIL: EVIL}
    document["facts"]["codec"] = document["facts"]["container"] = EVIL
    document["tonality"]["key"] = document["tonality"]["camelot"] = document["timbre"]["label"] = EVIL
    document["tonality"]["alternatives"] = [{"key": EVIL, "confidence": 0.1}, {EVIL: EVIL}]
    for item in (*document["chords"], *document["structure"]):
        item["label"] = item["numeral"] = item["bars"] = EVIL
    document["timbre"]["tags"] = [{"tag": EVIL, "confidence": 0.4}]
    document["findings"]["rhythm.tempo_bpm"] = {"unit": EVIL, "confidence": 0.5, "method": EVIL}
    document["spectrum"]["bands_db"] = {EVIL: 1.0}
    document["spectrum"]["peaks"] = [{EVIL: EVIL, "note": EVIL}]
    document["gaps"] = [{"capability": EVIL, "reason": EVIL}]
    document["sha256"] = EVIL
    source = write_sound(tmp_path / "<img src=x onerror=alert(1)>.wav")
    html, page = page_of(tmp_path, document, source)
    assert len(page.all("script")) == 3
    assert {tag for tag, _ in page.elements} <= {
        "html", "head", "meta", "title", "style", "body", "header", "h1", "h2", "bdi", "p", "dl", "div", "dt", "dd",
        "small", "button", "output", "span", "label", "input", "main", "svg", "path", "rect", "g", "i", "img",
        "section", "table", "tbody", "tr", "td", "th", "details", "summary", "ul", "li", "footer", "audio", "script",
        "text", "figure", "figcaption",
    }  # fmt: skip
    assert all(item["src"].startswith("data:image/png;base64,") for item in page.all("img"))
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "\x00" not in html
    assert "<script>alert(1)</script>" in " ".join(page.texts["bdi"])


def test_name_with_broken_bytes_makes_a_page(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.wav")
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.wav"))
    source.rename(odd)
    _, page = page_of(tmp_path, full_document(str(odd)), odd)
    assert "a?.wav" in page.texts["title"][0]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"duration_s": None, "rhythm": None, "chords": None, "gaps": None, "findings": None},
        {"rhythm": "x", "chords": {"a": 1}, "notes": [3], "melody_hz": [[1, 2, 3]], "timbre": [], "summary": 7},
        {"spectrum": {"hum_hz": "x", "resonances": "x"}, "structure": [{"start_s": 1, "end_s": 99, "label": None}]},
        {"loudness": {"integrated_lufs": None}, "tonality": {"alternatives": [3, {"key": None}]}, "gaps": [3]},
    ],
)
def test_whatever_is_missing_or_wrong_is_left_out(tmp_path: Path, document: dict[str, Any]) -> None:
    page_of(tmp_path, document)


@pytest.mark.parametrize("sound", [{"seconds": 0.001}, {"seconds": 0.2, "channels": 5}, {"seconds": 0.5, "sr": 8000}])
def test_short_and_unusual_sound_makes_a_page(tmp_path: Path, sound: dict[str, Any]) -> None:
    page_of(tmp_path, source=write_sound(tmp_path / "a.wav", **sound))


def test_the_recordings_own_bytes_are_inside_where_browsers_play_them(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "song.flac")
    html, page = page_of(tmp_path, source=source)
    packed = re.search(r'<script type="application/octet-stream" id=sound>(.*?)</script>', html)
    assert packed is not None
    assert base64.b64decode(packed[1]) == source.read_bytes()
    about = re.search(r'<script type="application/json" id=about>(.*?)</script>', html)
    assert about is not None
    assert json.loads(about[1]) == {"duration": 8.0, "mime": "audio/flac", "sections": [0.0, 4.0]}
    assert "src" not in page.all("audio")[0]


@pytest.mark.parametrize(
    ("name", "options", "mime"),
    [("a.wav", {}, "audio/wav"), ("a.ogg", {"format": "OGG"}, "audio/ogg"), ("a.flac", {}, "audio/flac"),
     ("a.mp3", {"format": "MP3", "sr": 44100}, "audio/mpeg"), ("a.aiff", {}, ""),
     ("b.wav", {"subtype": "IMA_ADPCM"}, ""), ("c.wav", {"subtype": "DOUBLE"}, ""), ("a.caf", {}, "")],
)  # fmt: skip
def test_what_browsers_play_is_told_by_content(tmp_path: Path, name: str, options: Any, mime: str) -> None:
    assert browser_type(write_sound(tmp_path / name, seconds=0.5, **options)) == mime


@pytest.mark.parametrize(("options", "kind"), [({}, "audio/ogg"), ({"sr": 4000}, "audio/flac"),
                                              ({"channels": 6}, "audio/ogg")])  # fmt: skip
def test_other_recordings_are_rendered_and_the_page_says_so(tmp_path: Path, options: Any, kind: str) -> None:
    source = write_sound(tmp_path / "a.aiff", seconds=2.0, **options)
    sound = embed_sound(source, tmp_path / "a.html", 2.0)
    assert sound.mime == kind
    assert "rendering" in sound.note
    rendered = tmp_path / "r"
    rendered.write_bytes(base64.b64decode(sound.data))
    y, sr = soundfile.read(rendered, always_2d=True)
    assert len(y) / sr == pytest.approx(2.0, abs=0.01)
    assert y.shape[1] <= 2
    assert np.corrcoef(y[:, 0], soundfile.read(source, always_2d=True)[0][:, 0])[0, 1] > 0.98


def test_large_recordings_are_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_module, "MOST_BYTES", 1000)
    sound = embed_sound(write_sound(tmp_path / "a.wav"), tmp_path / "a.html", 8.0)
    assert sound.mime == "audio/ogg"
    assert "large" in sound.note


def test_long_recordings_are_linked_relative_to_the_page(tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    source = write_sound(tmp_path / "music" / "a b#1%.wav", seconds=0.5)
    sound = embed_sound(source, tmp_path / "a.html", 1201.0)
    assert (sound.link, sound.data) == ("music/a%20b%231%25.wav", "")
    assert "keep the page beside it" in sound.note


@pytest.mark.slow
def test_page_replaces_a_page_of_ours_and_nothing_else(tmp_path: Path) -> None:
    page_of(tmp_path)
    page_of(tmp_path)
    (tmp_path / "report.html").write_text("<!doctype html><p>my own page")
    with pytest.raises(BadRequest, match="exists and is something else"):
        page_of(tmp_path)
    with pytest.raises(BadRequest, match=r"ends in \.html"):
        write_report(full_document(), tmp_path / "song.wav", tmp_path / "song.wav")
    with pytest.raises(UnusableAudio):
        write_report(full_document(), tmp_path / "none.wav", tmp_path / "other.html")
    with pytest.raises(BadRequest, match="could not be heard"):
        write_report({"path": "a", "error": {}}, "a", tmp_path / "other.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "song.wav"]


def test_pictures_of_the_page_are_valid_png() -> None:
    raw = base64.b64decode(grey_png(np.array([[0.0, 1.0, np.nan], [0.5, 2.0, -1.0]])).partition(",")[2])
    assert raw[:8] == b"\x89PNG\r\n\x1a\n"
    at, parts = 8, {}
    while at < len(raw):
        size, name = struct.unpack_from(">I4s", raw, at)
        data = raw[at + 8 : at + 8 + size]
        assert struct.unpack_from(">I", raw, at + 8 + size)[0] == zlib.crc32(name + data)
        parts[name] = data
        at += 12 + size
    assert struct.unpack(">IIBBBBB", parts[b"IHDR"]) == (3, 2, 8, 3, 0, 0, 0)
    lines = zlib.decompress(parts[b"IDAT"])
    assert lines == bytes([0, 0, 63, 0, 0, 32, 63, 0])
    assert parts[b"PLTE"][:3] == b"\xff\xff\xff"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_script_is_valid(tmp_path: Path) -> None:
    html, _ = page_of(tmp_path)
    script = tmp_path / "page.js"
    found = re.search(r"<script>(.*?)</script>", html, re.DOTALL)
    assert found is not None
    script.write_text(found[1])
    subprocess.run(["node", "--check", str(script)], check=True, capture_output=True)
